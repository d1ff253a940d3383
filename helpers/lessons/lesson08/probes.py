"""Looking inside a trained network: what it holds after each character, and what that goes with."""

from collections.abc import Iterator

import numpy as np

from helpers.networks import LSTM, CharModel, Softmax, nll, one_blas_thread

FIXED = 30.0        # a bias so far from 0 that the sigmoid is 0 or 1 within 1e-13
GATES = ("i", "f", "o")
FEATURES = ("inside a quotation", "depth of round brackets", "depth of square brackets",
            "position in the line", "indentation", "inside an underline")
KINDS = {           # of characters to be predicted, in this order: the first that fits
    "the underline of a title": "=",
    "quotation marks and brackets": "\"'()[]",
    "spaces and newlines": " \n",
    "other marks": ".,:?!-",
}

PIECE = 1000        # steps that are read at once: what a cache holds of a whole text would fill memory


def read_states(model: CharModel, ids: np.ndarray) -> dict[str, np.ndarray]:
    """What is in a network after each character of a text (N,): "h", an LSTM's "c", and its gates by name.

    Returns arrays (N, H). The text is read from an empty state. c is rebuilt from c = f c_prev + i g.
    """
    ids, found = np.asarray(ids)[:, None], {}
    state = cache = None
    with one_blas_thread():
        for start in range(0, len(ids), PIECE):
            h, state, cache = model.cell.forward(model.params, ids[start : start + PIECE], state, cache)
            for name, values in {"h": h, **model.cell.gates(cache)}.items():
                whole = found.setdefault(name, np.empty((len(ids), model.cell.hidden_size), h.dtype))
                whole[start : start + len(h)] = values[:, 0]
    if isinstance(model.cell, LSTM):
        c, now = np.empty_like(found["h"]), 0.0
        added = found["i"] * found["g"]
        for t, f in enumerate(found["f"]):
            now = c[t] = f * now + added[t]
        found["c"] = c
    return found


def text_nll(model: CharModel, ids: np.ndarray) -> np.ndarray:
    """-ln p of every character but the first, (N - 1,), for a text (N,) that is read from an empty state."""
    h = read_states(model, ids[:-1])["h"]
    return nll(h @ model.params.W_hy + model.params.b_y, np.asarray(ids[1:]))


def sum_by_kind(text: str, values: np.ndarray) -> dict[str, float]:
    """The sum of `values` (N,) over the characters of each kind of a text (N,), divided by N.

    Kinds are those of `KINDS`; of the letters, those that begin a word and those within one. The shares
    add up to the mean of all values.
    """
    letters = np.array(list(text))
    starts = np.array([False, *(before in " \n\"'([" for before in text[:-1])])
    left, shares = np.ones(len(text), bool), {}
    for name, characters in KINDS.items():
        here = np.isin(letters, list(characters)) & left
        shares[name], left = values[here].sum() / len(text), left & ~here
    return {"first letters of words": values[left & starts].sum() / len(text),
            "other letters": values[left & ~starts].sum() / len(text), **shares}


def features(text: str) -> dict[str, np.ndarray]:
    """What could be worth remembering of a text after each of its characters: (N,) numbers by name.

    The names are those of `FEATURES`. A quotation begins with its first mark and ends with its last:
    after the closing mark the feature is 0 again. The newline itself has position 0.
    """
    letters = np.array(list(text))
    where = np.arange(len(text))
    line_start = np.maximum.accumulate(np.where(np.append(True, letters[:-1] == "\n"), where, 0))
    column = np.where(letters == "\n", 0, where - line_start + 1)
    blank = (letters == " ") & (column > 0)
    leading = np.zeros(len(text), int)          # spaces at the start of the line, so far
    for t in where:
        before = leading[t - 1] if t and column[t] > 1 else 0
        leading[t] = 0 if column[t] == 0 else before + (blank[t] and before == column[t] - 1)
    depth = [np.cumsum(letters == opening) - np.cumsum(letters == closing)
             for opening, closing in ("()", "[]")]
    found = np.cumsum(letters == '"') % 2, *depth, column, leading, (letters == "=") * 1
    return {name: values.astype(float) for name, values in zip(FEATURES, found, strict=True)}


def correlations(cells: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """Pearson's r of each of H cells (N, H) with a feature (N,) or with each of several (N, K).

    Returns (H,) or (H, K), 0 where one of the two never changes.

    Raises ValueError if the numbers of rows differ.
    """
    cells, feature = np.asarray(cells, float), np.asarray(feature, float)
    if len(cells) != len(feature):
        raise ValueError(f"cells has {len(cells)} rows and feature {len(feature)}: they must be equal")
    return standardise(cells).T @ standardise(feature) / len(cells)


def standardise(a: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; those that never change are 0."""
    a = a - a.mean(axis=0)
    spread = a.std(axis=0)
    return np.divide(a, spread, out=np.zeros_like(a), where=spread > 1e-12)


def shifted_control(
    cells: np.ndarray, feature: np.ndarray, rng: np.random.Generator, shifts: int = 20
) -> np.ndarray:
    """The control: the largest |r| of any unit with a feature that is moved to another place of the text.

    The feature is shifted in a circle by a random number of characters, so that it keeps its own
    rhythm and loses its tie to what the units have read.

    Args:
        cells, feature: (N, H) and (N,) or (N, K).
        shifts: how many are tried, each of at least a tenth of N.

    Returns (shifts,) or (shifts, K).
    """
    N = len(cells)
    cells, feature = standardise(np.asarray(cells, float)), standardise(np.asarray(feature, float))
    by = rng.integers(N // 10, N - N // 10, size=shifts)
    return np.array([np.abs(cells.T @ np.roll(feature, shift, axis=0) / N).max(axis=0) for shift in by])


def fix_gate(model: CharModel, gate: str, cell: int, value: float) -> CharModel:
    """A copy of an LSTM model in which one gate of one unit is at 0 or 1, whatever comes.

    Args:
        gate: "i", "f" or "o".
        cell: from 0 to H - 1.
        value: 0 or 1.

    Raises ValueError if there is no such gate or cell, or for another value.
    """
    if type(model.cell) is not LSTM or gate not in GATES:    # a peephole would go on moving a gate
        raise ValueError(f"gate is {gate!r} of {model.cell!r}: choose 'i', 'f' or 'o' of an LSTM")
    H = model.cell.hidden_size
    if cell not in range(H):
        raise ValueError(f"cell is {cell!r}: choose a whole number from 0 to {H - 1}")
    if value not in (0, 1):
        raise ValueError(f"value is {value!r}: a gate can be fixed at 0 or at 1")
    fixed = CharModel(model.cell, np.random.default_rng(0), dtype=model.params.vector.dtype)
    fixed.params.vector = model.params.vector
    column = GATES.index(gate) * H + cell
    fixed.params.W_xh[:, column] = 0                # nothing that comes in moves it any more
    fixed.params.W_hh[:, column] = 0
    fixed.params.b_h[column] = FIXED if value else -FIXED
    return fixed


def every_gate(model: CharModel) -> Iterator[tuple[str, CharModel]]:
    """Names like "o=0" and an LSTM model with that gate of one cell fixed, cell after cell."""
    for gate in GATES:
        for value in (0, 1):
            for cell in range(model.cell.hidden_size):
                yield f"{gate}={value}", fix_gate(model, gate, cell, value)


def saliency(model: CharModel, ids: np.ndarray) -> np.ndarray:
    """How the surprise at the last character answers to each character before it, (N - 1,).

    The gradient of -ln p(last) by the one-hot row of each earlier character, at the entry that is 1. A
    negative number says: if a little more of this character were there, the last one would surprise less.

    Args:
        ids: (N,) symbols, at least two.
    """
    p, V = model.params, model.cell.input_size
    x = np.eye(V)[np.asarray(ids[:-1])][:, None]
    with one_blas_thread():
        h, _, cache = model.cell.forward(p, x)
        _, d_h = Softmax(V, last=True).loss_and_grads(p, h, np.array(ids[-1:]), p.zeros_like(), cache)
        _, d_x, _ = model.cell.backward(p, d_h, cache)
    return (d_x * x).sum(axis=(1, 2))
