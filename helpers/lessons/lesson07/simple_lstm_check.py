"""A small LSTM trained by hand: the last exercise of lesson 07, after the program "Simple LSTM"."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mistake, answer_of, check, numbers_of
from helpers.lessons.lesson07.simple_lstm import small_lstm
from helpers.networks import sigmoid


def train_small(W_xh, W_hh, b_h, inputs, targets, rate=0.1, updates=100, squashed=False, factor=2.0,
                mean=False) -> np.ndarray:
    """Losses before each update and after the last: the sum over time of (h_t[0] - target_t)^2, h = o c.

    With `squashed` h = o tanh(c); `factor` is that of the derivative of the square. With `mean` the loss is
    a mean over time. The arguments are left as they are.
    """
    W_xh, W_hh, b_h = W_xh.copy(), W_hh.copy(), b_h.copy()
    H, T, losses = len(W_hh), len(inputs), []
    for _ in range(updates + 1):
        h, c, steps = np.zeros(H), np.zeros(H), []
        for x in inputs:
            a = x @ W_xh + h @ W_hh + b_h
            i, f, o, g = (*np.split(sigmoid(a[: 3 * H]), 3), np.tanh(a[3 * H :]))
            before, c = (x, h, c), f * c + i * g
            shown = np.tanh(c) if squashed else c
            h = o * shown
            steps.append((before, (i, f, o, g), shown))
        scale = 1 / T if mean else 1.0
        errors = np.array([(o * shown)[0] for _, (_, _, o, _), shown in steps]) - targets
        losses.append(scale * np.sum(errors**2))
        d_W_xh, d_W_hh, d_b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
        dh, dc = np.zeros(H), np.zeros(H)
        for ((x, h_prev, c_prev), (i, f, o, g), shown), error in zip(steps[::-1], errors[::-1], strict=True):
            dh[0] += scale * factor * error
            dc = dc + dh * o * (1 - shown**2 if squashed else 1)
            da = np.concatenate([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * shown * o * (1 - o),
                                 dc * i * (1 - g**2)])
            d_W_xh += np.outer(x, da)
            d_W_hh += np.outer(h_prev, da)
            d_b += da
            dh, dc = W_hh @ da, dc * f
        W_xh -= rate * d_W_xh
        W_hh -= rate * d_W_hh
        b_h -= rate * d_b
    return np.array(losses)


@check
def check_small_lstm(train: Callable) -> str:
    """Try ``train(W_xh, W_hh, b_h, inputs, targets) -> losses``, 101 of them, on fresh weights and inputs."""
    short = Mistake("one-too-few", "Your list has 100 losses, but needs 101. Keep one before each of the "
                                   "100 updates, and one at the end.")
    for given in (small_lstm(), small_lstm(np.random.default_rng(75))):
        right = train_small(**given)
        losses = answer_of(train, named=given, read=lambda answer: numbers_of(
            answer, (101,), "The losses, before each update and at the end,", instead={(100,): short}))
        if not np.allclose(losses, right, rtol=1e-4, atol=1e-12):
            raise _mistake(losses, right, given)
    return "Correct: your losses match the program's, from 0.75 to 2.6e-06, and are right with fresh weights."


def _mistake(losses: np.ndarray, right: np.ndarray, given: dict) -> Mistake:
    """What was probably done instead."""
    mistakes = {
        Mistake("squashed", "h = o c here, without the tanh."): {"squashed": True},
        Mistake("mean", "The loss is the sum over the steps, not their mean."): {"mean": True},
        Mistake("no-factor-two",
                "The factor 2 is missing. The derivative of (h - y)^2 is 2 (h - y)."): {"factor": 1.0},
        Mistake("sign", "The sign of the update, or of the gradient, is flipped, so the loss rises. It "
                        "should fall."):
            {"rate": -0.1},
        Mistake("another-rate", "The learning rate should be 0.1."): {"rate": 0.01},
    }
    with np.errstate(all="ignore"):
        for mistake, options in mistakes.items():
            if np.allclose(losses[:3], train_small(**given, **options, updates=2), rtol=1e-4):
                return mistake
    if np.isclose(losses[0] * len(given["inputs"]), right[0], rtol=1e-4):
        return Mistake("mean-told", "The losses that you keep are means. Keep the sum over the steps.")
    if not np.isclose(losses[0], right[0], rtol=1e-4):
        return Mistake("first-loss",
                       f"The first loss is {losses[0]:.4f} and should be {right[0]:.4f}, so look at the "
                       "forward pass. Only the first hidden unit, h[0], has a target.")
    update = int(np.flatnonzero(~np.isclose(losses, right, rtol=1e-4, atol=1e-12))[0])
    return Mistake("gradient",
                   f"The first loss is right, but after update {update} the loss is {losses[update]:.5f}, "
                   f"not {right[update]:.5f}. So a gradient is wrong. Check those of W_xh, W_hh and b_h "
                   "with central differences.")
