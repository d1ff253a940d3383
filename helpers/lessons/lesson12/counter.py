"""One unit of an LSTM that counts: its path by hand, and whether it predicts the end of a^n b^n."""

import numpy as np

from helpers.networks import Parameters, sigmoid

HALF = 0.5              # the readout says the end where h = tanh(c) is below this


def counter_path(ups: int, downs: int, forget_bias: float) -> np.ndarray:
    """c = f c_prev + g over `ups` steps with g = 1 and `downs` with g = -1, from c = 0: all of c."""
    f, c = float(sigmoid(np.array(forget_bias))), [0.0]
    for n in range(ups + downs):
        c.append(f * c[-1] + (1 if n < ups else -1))
    return np.array(c)


def told_end(c: np.ndarray, ups: int) -> int | None:
    """The first step after the a's at which the readout says the end, None if there is none."""
    low = np.flatnonzero(np.tanh(c[ups + 1 :]) < HALF)
    return ups + 1 + int(low[0]) if low.size else None


def strings_to(longest: int) -> tuple[np.ndarray, np.ndarray]:
    """All strings a^n b^n, n from 1 to `longest`, one-hot (T, N, 2), 0 after the end; and n, (N,)."""
    ns, t = np.arange(1, longest + 1), np.arange(2 * longest)[:, None]
    return np.stack([t < ns, (t >= ns) & (t < 2 * ns)], axis=-1).astype(float), ns


def run_unit(
    W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The h and c of one LSTM unit after each step of x (T, B, 2), (T, B) each."""
    from helpers.networks import LSTM

    cell = LSTM(2, 1)
    p = Parameters(cell.shapes)
    p.W_xh, p.W_hh, p.b_h = W_xh, W_hh, b_h
    states, h, state = [], [], None
    for piece in x:
        rows, state, _ = cell.forward(p, piece[None], state)
        h.append(rows[0, :, 0])
        states.append(state[1][:, 0])
    return np.array(h), np.array(states)
