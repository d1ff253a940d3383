"""The checks of lesson 10 accept what is right and say what is wrong with what is not."""

import numpy as np
import pytest
from answers import (
    AlwaysRight,
    alone,
    broken,
    complete,
    mistakes,
    no_answers,
    printed,
    right,
    stops,
    three_times,
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
    (lambda W: W, "not-transposed", "(3, 8)"),
    (lambda W: W.T, "not-reordered"),
    (lambda W: W.reshape(W.shape[::-1]), "reshaped"),
    (lambda W: in_order(W, (1, 0, 3, 2)).T, "wrong-order", "rows of i, f"),
    (lambda W: W[:, :4], "wrong-shape", "(3, 4)"),
    (lambda W: [[1.0], [1.0, 2.0]], "no-numbers"),
    (lambda W: W.no_such_thing, "stops", "AttributeError"),
)))

test_gru_biases = mistakes(*((check_gru_biases, (answer,), *told) for answer, *told in (
    (lambda i, h: None, "not-yet"),
    (lambda i, h: (i + h, h[2 * len(h) // 3 :]), "added-in-n"),
    (lambda i, h: (right_biases(i, h)[0], i[2 * len(i) // 3 :]), "outer-bias", "✗ b_hn", "✓ b_h"),
    (lambda i, h: (right_biases(i, h)[0], 7 * h[2 * len(h) // 3 :]), "another-b-hn", "✗ b_hn", "✓ b_h"),
    (lambda i, h: (i, h[2 * len(h) // 3 :]), "another-b-h", "✗ b_h", "✓ b_hn"),
    (lambda i, h: (i, h), "wrong-shape", "b_hn should be numbers of shape (1,)", "(3,)"),
    (lambda i, h: 3, "wrong-count", "b_h and b_hn"),
)))

test_programs = mistakes(
    (check_programs, (dict.fromkeys(PROGRAMS, ...),), "not-yet"),
    (check_programs, ({**PROGRAMS, "C": ...},), "not-yet", "6 of 7", "… C: not yet"),
    (check_programs, ({**PROGRAMS, "A": "padding counted", "C": PROGRAMS["A"]},), "another-fault", "5 of 7",
     f"✗ A: It is not 'padding counted'. That bug looks like this: {FAULTS['padding counted'].sign}"),
    (check_programs, ({**PROGRAMS, "B": "bad luck"},), "no-such-fault", "'bad luck'"),
    (check_programs, (dict.fromkeys(PROGRAMS, AlwaysRight(PROGRAMS["A"])),), "another-fault", "1 of 7"),
    (check_programs, ({"A": PROGRAMS["A"]},), "no-dictionary"),
    (check_programs, ("ABCDEFG",), "no-dictionary"),
)

test_a_mistake_that_is_made_again_gets_a_sentence_more = three_times(
    (check_gate_order, (lambda W: in_order(W, (1, 0, 2, 3)).T,), "wrong-order"),
    (check_gru_biases, (lambda i, h: (i, h[2 * len(h) // 3 :]),), "another-b-h"),
    (check_gru_biases, (lambda i, h: (right_biases(i, h)[0], 7 * h[2 * len(h) // 3 :]),), "another-b-hn"))

test_each_part_counts_alone = alone(
    (check_gru_biases, {"b_h": (lambda i, h: (right_biases(i, h)[0], i[-len(i) // 3 :]),),
                        "b_hn": (lambda i, h: (i, right_biases(i, h)[1]),)}),
    (check_programs, {letter: ({letter: name} | {other: ... for other in PROGRAMS if other != letter},)
                      for letter, name in PROGRAMS.items()}),
)

test_what_is_no_answer_is_met_with_a_word = no_answers(
    *((check, lambda nothing: (lambda *given: nothing,))
      for check in (check_gate_order, check_gru_biases)))

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    *((check, (broken,)) for check in (check_gate_order, check_gru_biases)))

test_what_is_printed_is_what_is_said = printed(
    (check_gate_order, (lambda W: W.T,)), (check_gru_biases, (broken,)), (check_programs, (PROGRAMS,)))


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


def cut_by_clones(layer, x1, x2):
    import torch

    h1, state = layer(x1)
    with torch.no_grad():
        state = tuple(s.clone() for s in state)
    total = sum(h.sum() for h in (h1, layer(x2, state)[0]))
    return torch.autograd.grad(total, layer.weight_hh_l0)[0].tolist()


def order_in_torch(W):
    import torch

    return torch.Tensor(right_order(W))


test_a_cut_that_carries_is_accepted = pytest.mark.torch(right(
    (check_gate_order, (order_in_torch,)),
    (check_cut, (cut,)), (check_cut, (cut_by_two_calls,)), (check_cut, (cut_by_clones,))))

test_a_graph_is_judged_by_its_gradient = mistakes(*((check_cut, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"),
    (lambda *a: cut(*a, detach=(False, False)), "not-cut"),
    (lambda *a: cut(*a, detach=(True, False)), "only-h"),
    (lambda *a: cut(*a, detach=(False, True)), "only-c"),
    (lambda *a: cut(*a, carry=False), "not-carried"),
    (lambda *a: cut(*a, turn=True), "swapped", "(h, c)"),
    (lambda *a: cut(*a, counts=(0, 1)), "second-only"),
    (lambda *a: cut(*a, between=True), "second-only"),
    (lambda *a: cut(*a, counts=(1, 0)), "first-only"),
    (lambda *a: cut(*a, counts=(1 / 12, 1 / 12)), "means"),
    (lambda *a: cut(*a, counts=(1 / 24, 1 / 24)), "means"),
    (lambda *a: cut(*a, times=2), "factor-two"),
    (lambda *a: cut(*a) / 2, "factor-two"),
    (lambda layer, *x: layer.weight_hh_l0, "weights"),
    (lambda *a: cut(*a)[:2], "wrong-shape", "(12, 3)", "(2, 3)"),
    (lambda *a: (cut(*a), cut(*a)), "wrong-shape", "(12, 3)"),
    (lambda layer, *x: layer, "no-numbers"),
    (lambda *a: cut(*a) + 1, "another-gradient"),
    (lambda *a: "done", "no-numbers"),
)), mark=pytest.mark.torch)

test_an_error_before_the_cut_is_told = stops((check_cut, (broken,)), (check_loop, (broken,)),
                                             mark=pytest.mark.torch)


def loop(**change):
    """The updates of a right loop, or of one with something changed."""
    def trained(net, chunks):
        from helpers.lessons.lesson10.pytorch import updates_of

        return updates_of(net, chunks, **change)
    return trained


def loop_by_a_mask(net, chunks):
    """A loop that leaves padding out by its own mean, and returns an array."""
    import torch

    optimizer, state, losses = torch.optim.Adam(net.parameters(), 0.01), None, np.zeros(len(chunks))
    for n, (inputs, targets) in enumerate(chunks):
        scores, state = net(inputs, state)
        counts, logs = targets >= 0, -torch.log_softmax(scores, dim=2)
        loss = logs.gather(2, targets.clamp(0)[..., None])[..., 0][counts].mean()
        net.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(net.parameters()), max_norm=1)
        optimizer.step()
        losses[n], state = loss.detach(), state.detach()
    return losses


def loop_of_tensors(net, chunks):
    """A loop that keeps each loss on its graph, and sets the gradients to None at the end of an update."""
    import torch

    optimizer, state, losses = torch.optim.Adam(net.parameters(), 0.01), None, []
    for inputs, targets in chunks:
        scores, last = net(inputs) if state is None else net(inputs, state)
        losses.append(torch.nn.CrossEntropyLoss(ignore_index=-1)(scores.transpose(1, 2), targets))
        losses[-1].backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        state = last.data
    return tuple(losses)


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
    *((check_loop, (answer,)) for answer in (loop(), loop_by_a_mask, loop_of_tensors))))

test_a_gradient_that_is_not_there_is_told = mistakes(
    (check_cut, (without_backward,), "no-backward", "until backward() is called"), mark=pytest.mark.torch)

test_a_loop_is_judged_by_its_losses = mistakes(*((check_loop, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"), (lambda *a: None, "not-yet"),
    (loop(step=False), "nothing-learnt"), (loop(zero=False), "not-set-to-zero"),
    (loop(carry=False), "not-carried"), (loop(clip=None), "not-clipped"),
    (loop(padding=False), "padding-counted"), (loop(rate=0.001), "another-rate"),
    (loop(rate=0.1), "other-losses", "The loss of chunk 2 should be"),
    (detached_as_a_pair, "state-is-a-tensor", "state = state.detach()"),
    (lambda *a: loop()(*a)[-1], "wrong-shape", "(5,)"), (lambda *a: "low", "no-numbers"),
    (lambda *a: [None] * 5, "not-finite"),
    (attached, "graph-kept", "state = state.detach()"),
)), mark=pytest.mark.torch)

test_a_mistake_with_pytorch_that_is_made_again_gets_a_sentence_more = pytest.mark.torch(three_times(
    (check_cut, (lambda *a: cut(*a) + 1,), "another-gradient"),
    (check_loop, (loop(rate=0.1),), "other-losses")))

test_what_is_no_answer_of_pytorch_is_met_with_a_word = pytest.mark.torch(no_answers(
    *((check, lambda nothing: (lambda *given: nothing,)) for check in (check_cut, check_loop))))

test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)
