"""The checks of lesson 10: gates in another order, a GRU's two biases, a graph that is cut, a scan."""

from collections.abc import Callable

import numpy as np

from helpers.cells import LSTM
from helpers.exercises.answers import answer_of


def check_gate_order(to_their_order: Callable) -> None:
    """Try ``to_their_order(W)``: (D, 4H) in the order i, f, o, g to (4H, D) in the order i, f, g, o."""
    rng = np.random.default_rng(10)
    for D, H in ((3, 2), (6, 1), (2, 5)):
        W = rng.standard_normal((D, 4 * H))
        answer = answer_of(to_their_order, W.copy())
        if answer is None:
            return
        i, f, o, g = np.split(W, 4, axis=1)
        right, answer = np.concatenate([i, f, g, o], axis=1).T, np.asarray(answer)
        if answer.shape == (D, 4 * H):
            print(f"The shape is still {answer.shape}: PyTorch's matrix is the transpose, {right.shape}.")
        elif answer.shape != right.shape:
            print(f"The shape is {answer.shape}, but should be {right.shape}: 4H rows, D columns.")
        elif np.array_equal(answer, W.T):
            print("Transposed, but o and g are still in this course's order.")
        elif np.array_equal(answer, W.reshape(4 * H, D)):
            print("reshape does not transpose: it only reads the same numbers in rows of another length.")
        elif not np.array_equal(answer, right):
            wrong = [name for n, name in enumerate("ifgo") if not np.array_equal(*(a[n * H:(n + 1) * H]
                                                                                  for a in (answer, right)))]
            print(f"The rows of {', '.join(wrong)} are not in their place: the order is i, f, g, o.")
        else:
            continue
        return
    print("Right: transposed, and o and g have changed places.")


def check_gru_biases(our_biases: Callable) -> None:
    """Try ``our_biases(b_ih, b_hh)``, which returns (b_h, b_hn) for a GRU of any size."""
    rng = np.random.default_rng(11)
    for H in (1, 3, 4):
        b_ih, b_hh = rng.standard_normal((2, 3 * H))
        answer = answer_of(our_biases, b_ih.copy(), b_hh.copy())
        if answer is None:
            return
        try:
            b_h, b_hn = (np.asarray(part) for part in answer)
        except (TypeError, ValueError):
            print("It should return two arrays: b_h and b_hn.")
            return
        if b_h.shape != (3 * H,) or b_hn.shape != (H,):
            print(f"b_h has shape {b_h.shape} and b_hn {b_hn.shape}; they should be {(3 * H,)} and {(H,)}.")
            return
        right = b_ih + b_hh
        right[2 * H:] = b_ih[2 * H:]
        if np.allclose(b_h, b_ih + b_hh):
            print("r and z fit. In the candidate n the two biases stand in different places: only one of "
                  "them is multiplied by the reset gate, so they can't be added.")
        elif not np.allclose(b_hn, b_hh[2 * H:]):
            print("b_hn should be the part of b_hh that belongs to n, the one that the reset gate multiplies."
                  if not np.allclose(b_hn, b_ih[2 * H:]) else
                  "b_hn is the inner bias, which comes with h W_hn: it is in b_hh, not in b_ih.")
        elif not np.allclose(b_h, right):
            print("b_hn fits; b_h should be b_ih + b_hh for r and z, and b_ih alone for n.")
        else:
            continue
        return
    print("Right: the gates' biases are added, the candidate's two stay apart.")


def check_cut(chunk_gradients: Callable) -> None:
    """Try ``chunk_gradients(layer, x1, x2)``: gradients of the sum of all outputs, in two chunks.

    The second chunk starts from the first one's state, and no gradient crosses the border. The
    function returns the gradient of `weight_hh_l0` summed over both.
    """
    from helpers.pytorch import to_torch, torch  # only this check needs PyTorch

    rng = np.random.default_rng(12)
    cell = LSTM(2, 3)
    p = cell.init(rng, dtype=np.float64)
    chunks = rng.standard_normal((2, 4, 1, 2))
    layer = to_torch(cell, p)
    answer = answer_of(chunk_gradients, layer, *(torch.from_numpy(x) for x in chunks))
    if answer is None:
        return
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
        print(f"The gradient of weight_hh_l0 has shape {right.shape}, yours has {answer.shape}.")
    elif np.allclose(answer, right):
        print("Right: the state is carried, the gradient is not.")
    elif np.allclose(answer, gradient(cut=False, carried=True)):
        print("That is the full gradient: it still runs back through the first chunk. Detach the state.")
    elif np.allclose(answer, gradient(cut=True, carried=False)):
        print("The second chunk starts from zero: hand it the (detached) state of the first.")
    elif np.allclose(2 * answer, right) or np.allclose(answer, 2 * right):
        print("A factor of two: gradients add up in .grad until they are set to zero. "
              "Count the backward calls.")
    else:
        print("Not the gradient of the sum of both chunks' outputs. Is one chunk missing?")


def check_combine(combine: Callable) -> None:
    """Try ``combine(first, second)`` of two steps h -> f h + u, each a pair (f, u)."""
    rng = np.random.default_rng(13)
    for _ in range(3):
        (f1, u1), (f2, u2) = first, second = [tuple(pair) for pair in rng.standard_normal((2, 2, 4))]
        answer = answer_of(combine, first, second)
        if answer is None:
            return
        try:
            f, u = (np.asarray(part) for part in answer)
        except (TypeError, ValueError):
            print("It should return a pair (f, u) again.")
            return
        if not np.allclose(f, f1 * f2):
            print("The factors: after both steps h has been multiplied by f of the first and f of the second."
                  if not np.allclose(f, f1 + f2) else "The factors multiply, they don't add.")
        elif np.allclose(u, u1 + u2):
            print("What the first step added is also multiplied by the second step's f.")
        elif np.allclose(u, f1 * u2 + u1):
            print("The other way round: the first step's u is multiplied by the second step's f.")
        elif not np.allclose(u, f2 * u1 + u2):
            print("Put the first step into the second: f2 (f1 h + u1) + u2. What stands without h?")
        else:
            continue
        return
    print("Right: (f2 f1, f2 u1 + u2). Since combining is associative, the order of work is free.")
