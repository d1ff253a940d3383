"""The checks of lesson 10 accept what is right and say what is wrong with what is not."""

import numpy as np
import pytest
from answers import (
    complete,
    mistakes,
    right,
)

from helpers.lessons.lesson10 import (
    check_cut,
    check_gate_order,
    check_gru_biases,
    check_loop,
    check_programs,
    checks,
)
from helpers.lessons.lesson10.faults import FAULTS

PROGRAMS = {fault.letter: name for name, fault in FAULTS.items()}


def split(W):
    return np.split(W, 4, axis=1)


def in_order(W, order):
    return np.concatenate([split(W)[n] for n in order], axis=1)


def right_order(W):
    return in_order(W, (0, 1, 3, 2)).T


def right_biases(i, h):
    return np.where(np.arange(len(i)) < 2 * len(i) // 3, i + h, i), h[2 * len(h) // 3 :]


def order_in_place(W):
    H = W.shape[1] // 4
    W[:, 2 * H :] = np.roll(W[:, 2 * H :], H, axis=1)
    return W.T


def order_by_loops(W):
    D, H = W.shape[0], W.shape[1] // 4
    return [[float(W[d, (0, 1, 3, 2)[block] * H + unit]) for d in range(D)]
            for block in range(4) for unit in range(H)]


def biases_in_place(i, h):
    H = len(i) // 3
    i[: 2 * H] += h[: 2 * H]
    return [i.tolist(), h[2 * H :].tolist()]


def biases_by_a_mask(i, h):
    H = len(i) // 3
    return i + h * np.repeat([1, 1, 0], H), np.split(h, 3)[2]


test_a_right_answer_is_accepted = right(
    (check_gate_order, (lambda W: right_order(W).astype("float32"),)),
    *((check_gate_order, (answer,)) for answer in (right_order, order_in_place, order_by_loops)),
    (check_gate_order, (lambda W: right_order(W).astype("float32"),)),
    (check_gru_biases, (lambda i, h: [np.float32(b) for b in right_biases(i, h)],)),
    *((check_gru_biases, (answer,)) for answer in (right_biases, biases_in_place, biases_by_a_mask)),
    (check_programs, (PROGRAMS,)),
    (check_programs, ({letter: f" {name.capitalize()} " for letter, name in PROGRAMS.items()},)),
    (check_programs, (PROGRAMS | {"F": "optimizer of another network"},)))

test_gate_order = mistakes(*((check_gate_order, (answer,), *told) for answer, *told in (
    (lambda W: ..., "not-yet"),
    (lambda W: W, "not-transposed"),
    (lambda W: W.T, "not-reordered"),
    (lambda W: W.reshape(W.shape[::-1]), "reshaped"),
    (lambda W: in_order(W, (1, 0, 3, 2)).T, "wrong-order"),
    (lambda W: W[:, :4], "wrong-shape"),
    (lambda W: [[1.0], [1.0, 2.0]], "no-numbers"),
    (lambda W: W.no_such_thing, "stops"),
)))

test_gru_biases = mistakes(*((check_gru_biases, (answer,), *told) for answer, *told in (
    (lambda i, h: None, "not-yet"),
    (lambda i, h: (i + h, h[2 * len(h) // 3 :]), "added-in-n"),
    (lambda i, h: (right_biases(i, h)[0], i[2 * len(i) // 3 :]), "outer-bias"),
    (lambda i, h: (right_biases(i, h)[0], 7 * h[2 * len(h) // 3 :]), "another-b-hn"),
    (lambda i, h: (i, h[2 * len(h) // 3 :]), "another-b-h"),
    (lambda i, h: (i, h), "wrong-shape"),
    (lambda i, h: 3, "wrong-count"),
)))

test_programs = mistakes(
    (check_programs, (dict.fromkeys(PROGRAMS, ...),), "not-yet"),
    (check_programs, ({**PROGRAMS, "A": "padding counted", "C": PROGRAMS["A"]},), "another-fault"),
    (check_programs, ({**PROGRAMS, "B": "bad luck"},), "no-such-fault"),
    (check_programs, ({"A": PROGRAMS["A"]},), "no-dictionary"),
)

test_a_mistake_that_is_made_again_gets_a_sentence_more = mistakes(
    (check_gate_order, (lambda W: in_order(W, (1, 0, 2, 3)).T,), "wrong-order"),
    (check_gru_biases, (lambda i, h: (i, h[2 * len(h) // 3 :]),), "another-b-h"),
    (check_gru_biases, (lambda i, h: (right_biases(i, h)[0], 7 * h[2 * len(h) // 3 :]),), "another-b-hn"))


def cut(layer, x1, x2, detach=(True, True), carry=True, times=1, turn=False, counts=(1, 1), between=False):
    for _ in range(times):
        h1, state = layer(x1)
        state = tuple(s.detach() if off else s for s, off in zip(state, detach, strict=True))
        h2, _ = layer(x2, (state[::-1] if turn else state) if carry else None)
        if between:
            h1.sum().backward()
            layer.zero_grad()
            h2.sum().backward()
        else:
            (counts[0] * h1.sum() + counts[1] * h2.sum()).backward()
    return layer.weight_hh_l0.grad


def cut_by_two_calls(layer, x1, x2):
    layer.zero_grad()
    h1, (h, c) = layer(x1)
    h1.sum().backward()
    layer(x2, (h.detach(), c.data))[0].sum().backward()
    return layer.weight_hh_l0.grad.numpy()


def order_in_torch(W):
    import torch

    return torch.Tensor(right_order(W))


test_a_cut_that_carries_is_accepted = pytest.mark.torch(right(
    (check_gate_order, (order_in_torch,)),
    (check_cut, (cut,)), (check_cut, (cut_by_two_calls,)), ))

test_a_graph_is_judged_by_its_gradient = mistakes(*((check_cut, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"),
    (lambda *a: cut(*a, detach=(False, False)), "not-cut"),
    (lambda *a: cut(*a, detach=(True, False)), "only-h"),
    (lambda *a: cut(*a, detach=(False, True)), "only-c"),
    (lambda *a: cut(*a, carry=False), "not-carried"),
    (lambda *a: cut(*a, turn=True), "swapped"),
    (lambda *a: cut(*a, counts=(0, 1)), "second-only"),
    (lambda *a: cut(*a, counts=(1, 0)), "first-only"),
    (lambda *a: cut(*a, counts=(1 / 12, 1 / 12)), "means"),
    (lambda *a: cut(*a, times=2), "factor-two"),
    (lambda layer, *x: layer.weight_hh_l0, "weights"),
    (lambda *a: cut(*a)[:2], "wrong-shape"),
    (lambda layer, *x: layer, "no-numbers"),
    (lambda *a: cut(*a) + 1, "another-gradient"),
)), mark=pytest.mark.torch)


def loop(**change):
    """The updates of a right loop, or of one with something changed."""
    def trained(net, chunks):
        from helpers.lessons.lesson10.pytorch import updates_of

        return updates_of(net, chunks, **change)
    return trained


def attached(net, chunks):
    state = None
    for inputs, _ in chunks:
        scores, state = net(inputs, state)
        scores.sum().backward()


def detached_as_a_pair(net, chunks):
    state = None
    for inputs, _ in chunks:
        _, state = net(inputs, state)
        state = tuple(one.detach() for one in state)


def without_backward(layer, x1, x2):
    _, state = layer(x1)
    layer(x2, tuple(one.detach() for one in state))
    return layer.weight_hh_l0.grad


test_a_loop_that_learns_is_accepted = pytest.mark.torch(right(
    *((check_loop, (answer,)) for answer in (loop(), ))))

test_a_gradient_that_is_not_there_is_told = mistakes(
    (check_cut, (without_backward,), "no-backward"), mark=pytest.mark.torch)

test_a_loop_is_judged_by_its_losses = mistakes(*((check_loop, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"),
    (loop(step=False), "nothing-learnt"), (loop(zero=False), "not-set-to-zero"),
    (loop(carry=False), "not-carried"), (loop(clip=None), "not-clipped"),
    (loop(padding=False), "padding-counted"), (loop(rate=0.001), "another-rate"),
    (loop(rate=0.1), "other-losses"),
    (detached_as_a_pair, "state-is-a-tensor"),
    (lambda *a: loop()(*a)[-1], "wrong-shape"), (lambda *a: "low", "no-numbers"),
    (lambda *a: [None] * 5, "not-finite"),
    (attached, "graph-kept"),
)), mark=pytest.mark.torch)

test_a_mistake_with_pytorch_that_is_made_again_gets_a_sentence_more = pytest.mark.torch(mistakes(
    (check_cut, (lambda *a: cut(*a) + 1,), "another-gradient"),
    (check_loop, (loop(rate=0.1),), "other-losses")))


test_every_mistake_is_made = complete(checks)
