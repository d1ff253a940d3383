"""The checks of lesson 10: gates in another order, a GRU's two biases, a graph that is cut, a scan."""

from collections.abc import Callable

import numpy as np

from helpers.lessons.checking import Slip, answer_of, check
from helpers.networks import LSTM


@check
def check_gate_order(to_their_order: Callable) -> str:
    """Try ``to_their_order(W)``: (D, 4H) in the order i, f, o, g to (4H, D) in the order i, f, g, o."""
    rng = np.random.default_rng(10)
    for D, H in ((3, 2), (6, 1), (2, 5)):
        W = rng.standard_normal((D, 4 * H))
        answer = answer_of(to_their_order, W.copy())
        i, f, o, g = np.split(W, 4, axis=1)
        right, answer = np.concatenate([i, f, g, o], axis=1).T, np.asarray(answer)
        if answer.shape == (D, 4 * H):
            raise Slip("not-transposed", f"The shape is still {answer.shape}: PyTorch's matrix is the "
                                         f"transpose, {right.shape}.")
        if answer.shape != right.shape:
            raise Slip("wrong-shape",
                       f"The shape is {answer.shape}, but should be {right.shape}: 4H rows, D columns.")
        if np.array_equal(answer, W.T):
            raise Slip("not-reordered", "Transposed, but o and g are still in this course's order.")
        if np.array_equal(answer, W.reshape(4 * H, D)):
            raise Slip("reshaped",
                       "reshape does not transpose: it only reads the same numbers in rows of another "
                       "length.")
        if not np.array_equal(answer, right):
            wrong = [name for n, name in enumerate("ifgo") if not np.array_equal(*(a[n * H:(n + 1) * H]
                                                                                  for a in (answer, right)))]
            raise Slip("wrong-order",
                       f"The rows of {', '.join(wrong)} are not in their place: the order is i, f, g, o.")
    return "Right: transposed, and o and g have changed places."


@check
def check_gru_biases(our_biases: Callable) -> str:
    """Try ``our_biases(b_ih, b_hh)``, which returns (b_h, b_hn) for a GRU of any size."""
    rng = np.random.default_rng(11)
    for H in (1, 3, 4):
        b_ih, b_hh = rng.standard_normal((2, 3 * H))
        answer = answer_of(our_biases, b_ih.copy(), b_hh.copy())
        try:
            b_h, b_hn = (np.asarray(part) for part in answer)
        except (TypeError, ValueError):
            raise Slip("not-two", "It should return two arrays: b_h and b_hn.") from None
        if b_h.shape != (3 * H,) or b_hn.shape != (H,):
            raise Slip("wrong-shape", f"b_h has shape {b_h.shape} and b_hn {b_hn.shape}; they should be "
                                      f"{(3 * H,)} and {(H,)}.")
        right = b_ih + b_hh
        right[2 * H:] = b_ih[2 * H:]
        if np.allclose(b_h, b_ih + b_hh):
            raise Slip("added-in-n",
                       "r and z fit. In the candidate n the two biases stand in different places: only one "
                       "of them is multiplied by the reset gate, so they can't be added.")
        if not np.allclose(b_hn, b_hh[2 * H:]):
            if np.allclose(b_hn, b_ih[2 * H:]):
                raise Slip("outer-bias",
                           "b_hn is the inner bias, which comes with h W_hn: it is in b_hh, not in b_ih.")
            raise Slip("another-b-hn", "b_hn should be the part of b_hh that belongs to n, the one that the "
                                       "reset gate multiplies.")
        if not np.allclose(b_h, right):
            raise Slip("another-b-h", "b_hn fits; b_h should be b_ih + b_hh for r and z, and b_ih alone for "
                                      "n.")
    return "Right: the gates' biases are added, the candidate's two stay apart."


@check
def check_cut(chunk_gradients: Callable) -> str:
    """Try ``chunk_gradients(layer, x1, x2)``: gradients of the sum of all outputs, in two chunks.

    The second chunk starts from the first one's state, and no gradient crosses the border. The
    function returns the gradient of `weight_hh_l0` summed over both.
    """
    from helpers.lessons.lesson10.pytorch import to_torch, torch

    rng = np.random.default_rng(12)
    cell = LSTM(2, 3)
    p = cell.init(rng, dtype=np.float64)
    chunks = rng.standard_normal((2, 4, 1, 2))
    layer = to_torch(cell, p)
    answer = answer_of(chunk_gradients, layer, *(torch.from_numpy(x) for x in chunks))
    answer = np.asarray(answer.detach() if hasattr(answer, "detach") else answer)

    def gradient(cut: bool, carried: bool) -> np.ndarray:
        fresh = to_torch(cell, p)
        first, state = fresh(torch.from_numpy(chunks[0]))
        state = tuple(s.detach() if cut else s for s in state) if carried else None
        second, _ = fresh(torch.from_numpy(chunks[1]), state)
        (first.sum() + second.sum()).backward()
        return fresh.weight_hh_l0.grad.numpy()

    right = gradient(cut=True, carried=True)
    if answer.shape != right.shape:
        raise Slip("wrong-shape",
                   f"The gradient of weight_hh_l0 has shape {right.shape}, yours has {answer.shape}.")
    if np.allclose(answer, right):
        return "Right: the state is carried, the gradient is not."
    if np.allclose(answer, gradient(cut=False, carried=True)):
        raise Slip("not-cut",
                   "That is the full gradient: it still runs back through the first chunk. Detach the state.")
    if np.allclose(answer, gradient(cut=True, carried=False)):
        raise Slip("not-carried",
                   "The second chunk starts from zero: hand it the (detached) state of the first.")
    if np.allclose(2 * answer, right) or np.allclose(answer, 2 * right):
        raise Slip("factor-two", "A factor of two: gradients add up in .grad until they are set to zero. "
                                 "Count the backward calls.")
    raise Slip("another-gradient", "Not the gradient of the sum of both chunks' outputs. Is one chunk "
                                   "missing?")


@check
def check_combine(combine: Callable) -> str:
    """Try ``combine(first, second)`` of two steps h -> f h + u, each a pair (f, u)."""
    rng = np.random.default_rng(13)
    for _ in range(3):
        (f1, u1), (f2, u2) = first, second = [tuple(pair) for pair in rng.standard_normal((2, 2, 4))]
        answer = answer_of(combine, first, second)
        try:
            f, u = (np.asarray(part) for part in answer)
        except (TypeError, ValueError):
            raise Slip("no-pair", "It should return a pair (f, u) again.") from None
        if not np.allclose(f, f1 * f2):
            if np.allclose(f, f1 + f2):
                raise Slip("factors-added", "The factors multiply, they don't add.")
            raise Slip("another-f", "The factors: after both steps h has been multiplied by f of the first "
                                    "and f of the second.")
        if np.allclose(u, u1 + u2):
            raise Slip("u-not-multiplied", "What the first step added is also multiplied by the second "
                                           "step's f.")
        if np.allclose(u, f1 * u2 + u1):
            raise Slip("other-way-round",
                       "The other way round: the first step's u is multiplied by the second step's f.")
        if not np.allclose(u, f2 * u1 + u2):
            raise Slip("another-u",
                       "Put the first step into the second: f2 (f1 h + u1) + u2. What stands without h?")
    return "Right: (f2 f1, f2 u1 + u2). Since combining is associative, the order of work is free."
