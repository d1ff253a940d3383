"""The checks of lesson 10: gates in another order, a GRU's two biases, a graph that is cut, a scan."""

from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.lessons.asking import answer_of, close_to_one, compare, numbers_of, several_of
from helpers.lessons.checking import Slip, check, part
from helpers.networks import LSTM


@check
def check_gate_order(to_their_order: Callable) -> str:
    """Try ``to_their_order(W)``: (D, 4H) in the order i, f, o, g to (4H, D) in the order i, f, g, o."""
    rng = np.random.default_rng(10)
    for D, H in ((3, 2), (6, 1), (2, 5)):
        W = rng.standard_normal((D, 4 * H))
        same_shape = Slip("not-transposed", f"The shape is still {W.shape}: PyTorch's matrix is the "
                                            f"transpose, {W.T.shape}.")
        answer = answer_of(to_their_order, W, read=partial(
            numbers_of, shape=(4 * H, D), what="The matrix", instead={W.shape: same_shape}))
        i, f, o, g = np.split(W, 4, axis=1)
        right = np.concatenate([i, f, g, o], axis=1).T
        slips = {
            Slip("not-reordered", "Transposed, but o and g are still in this course's order."): W.T,
            Slip("reshaped",
                 "reshape does not transpose: it only reads the same numbers in rows of another length."):
                W.reshape(4 * H, D),
        }
        blocks = zip("ifgo", np.split(answer, 4), np.split(right, 4), strict=True)
        wrong = ", ".join(name for name, mine, true in blocks if not np.array_equal(mine, true))
        compare(answer, right, slips, Slip(
            "wrong-order", f"The rows of {wrong} are not in their place: the order is i, f, g, o."),
            same=np.array_equal)
    return "Right: transposed, and o and g have changed places."


@check("b_h", "b_hn")
def check_gru_biases(our_biases: Callable) -> str:
    """Try ``our_biases(b_ih, b_hh)``, which returns (b_h, b_hn) for a GRU of any size."""
    rng = np.random.default_rng(11)
    for H in (1, 3, 4):
        b_ih, b_hh = rng.standard_normal((2, 3 * H))
        b_h, b_hn = answer_of(our_biases, b_ih, b_hh, read=lambda answer: several_of(
            answer, ("b_h", "b_hn"), "What it returns"))
        b_h, b_hn = numbers_of(b_h, (3 * H,), "b_h"), numbers_of(b_hn, (H,), "b_hn")
        right = b_ih + b_hh
        right[2 * H:] = b_ih[2 * H:]
        with part("b_h"):
            compare(b_h, right, {
                Slip("added-in-n",
                     "r and z fit. In the candidate n the two biases stand in different places: only one of "
                     "them is multiplied by the reset gate, so they can't be added."): b_ih + b_hh,
            }, Slip("another-b-h", "It should be b_ih + b_hh for r and z, and b_ih alone for n."))
        with part("b_hn"):
            compare(b_hn, b_hh[2 * H:], {
                Slip("outer-bias", "b_hn is the inner bias, which comes with h W_hn: it is in b_hh, not in "
                                   "b_ih."): b_ih[2 * H:],
            }, Slip("another-b-hn", "It should be the part of b_hh that belongs to n, the one that the reset "
                                    "gate multiplies."))
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
    answer = answer_of(
        chunk_gradients, layer, *(torch.from_numpy(x) for x in chunks),
        read=lambda answer: numbers_of(answer.detach() if hasattr(answer, "detach") else answer,
                                       tuple(layer.weight_hh_l0.shape), "The gradient of weight_hh_l0"))

    def gradient(cut: bool, carried: bool) -> np.ndarray:
        fresh = to_torch(cell, p)
        first, state = fresh(torch.from_numpy(chunks[0]))
        state = tuple(s.detach() if cut else s for s in state) if carried else None
        second, _ = fresh(torch.from_numpy(chunks[1]), state)
        (first.sum() + second.sum()).backward()
        return fresh.weight_hh_l0.grad.numpy()

    right = gradient(cut=True, carried=True)
    slips = {
        Slip("not-cut",
             "That is the full gradient: it still runs back through the first chunk. Detach the state."):
            [gradient(cut=False, carried=True)],
        Slip("not-carried", "The second chunk starts from zero: hand it the (detached) state of the first."):
            [gradient(cut=True, carried=False)],
        Slip("factor-two", "A factor of two: gradients add up in .grad until they are set to zero. Count the "
                           "backward calls."): [2 * right, right / 2],
    }
    compare(answer, [right], slips, Slip(
        "another-gradient", "Not the gradient of the sum of both chunks' outputs. Is one chunk missing?"),
        same=close_to_one)
    return "Right: the state is carried, the gradient is not."


@check("f", "u")
def check_combine(combine: Callable) -> str:
    """Try ``combine(first, second)`` of two steps h -> f h + u, each a pair (f, u)."""
    rng = np.random.default_rng(13)
    for _ in range(3):
        (f1, u1), (f2, u2) = first, second = [tuple(pair) for pair in rng.standard_normal((2, 2, 4))]
        f, u = answer_of(combine, first, second, read=lambda answer: several_of(
            answer, ("f", "u"), "What combine returns"))
        with part("f"):
            compare(numbers_of(f, (4,), "f"), f1 * f2, {
                Slip("factors-added", "The factors multiply, they don't add."): f1 + f2,
            }, Slip("another-f", "After both steps h has been multiplied by f of the first and f of the "
                                 "second."))
        with part("u"):
            slips = {
                Slip("u-not-multiplied", "What the first step added is also multiplied by the second step's "
                                         "f."): u1 + u2,
                Slip("other-way-round", "The other way round: the first step's u is multiplied by the second "
                                        "step's f."): f1 * u2 + u1,
            }
            compare(numbers_of(u, (4,), "u"), f2 * u1 + u2, slips, Slip(
                "another-u",
                "Put the first step into the second: f2 (f1 h + u1) + u2. What stands without h?"))
    return "Right: (f2 f1, f2 u1 + u2). Since combining is associative, the order of work is free."
