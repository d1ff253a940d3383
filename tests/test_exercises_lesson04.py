"""The checks of lesson 04 accept what is right, name what is wrong, and never raise."""

import numpy as np
import pytest

from helpers.exercises.lesson04 import check_carry, check_layout, check_never_cut, check_reach

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object()]


def window(lag):
    return lag + 1


def share(lag, k):
    return max(0, k - lag) / k


def in_chunks(model, inputs, targets, length, carry=True, weigh=True, copies=True, whole=False):
    total, state, last = np.zeros_like(model.params.vector), None, None
    for start in range(0, len(inputs), length):
        x, y = inputs[start : start + length], targets[start : start + length]
        if whole and len(x) < length:
            break
        _, grads, after = model.loss_and_grads(x, y, state)
        state = after if carry else None
        total += grads.vector * (len(x) / len(inputs) if weigh else 1)
        last = grads.vector
    return total if copies else last


def streams(ids, batch, length):
    rows = ids.reshape(batch, -1)
    return [rows[:, start : start + length].T for start in range(0, rows.shape[1], length)]


def dealt(ids, batch, length):
    size = batch * length
    return [ids[start : start + size].reshape(batch, length).T for start in range(0, len(ids), size)]


def interleaved(ids, batch, length):
    rows = ids.reshape(-1, batch)
    return [rows[start : start + length] for start in range(0, len(rows), length)]


@pytest.mark.parametrize(("check", "answers"), [
    (check_reach, (window, share)),
    (check_carry, (in_chunks,)),
    (check_never_cut, (lambda n, k: k * n * (n + 1) / 2, lambda n, k: n * k)),
    (check_layout, (streams,)),
    (check_layout, (lambda ids, B, T: [piece.tolist() for piece in streams(ids, B, T)],)),
])
def test_a_right_answer_is_accepted(check, answers, capsys):
    check(*answers)
    assert capsys.readouterr().out.startswith("Right")


@pytest.mark.parametrize(("check", "answers", "word"), [
    (check_reach, (lambda lag: lag, share), "the step itself is the first"),
    (check_reach, (lambda lag: 2 * lag + 5, share), "both counted"),
    (check_reach, (window, lambda lag, k: max(0, k - lag)), "give the share"),
    (check_reach, (window, lambda lag, k: (k - lag) / k), "negative"),
    (check_reach, (window, lambda lag, k: max(0, k - lag + 1) / k), "One too many"),
    (check_reach, (window, lambda lag, k: max(0, k - lag - 1) / k), "One too few"),
    (check_reach, (window, lambda lag, k: float(k > lag)), "Not all of them"),
    (check_carry, (lambda m, x, y, n: in_chunks(m, x, y, n, carry=False),), "from zero in every chunk"),
    (check_carry, (lambda m, x, y, n: in_chunks(m, x, y, n, weigh=False),), "share of all steps"),
    (check_carry, (lambda m, x, y, n: in_chunks(m, x, y, n, whole=True),), "left out"),
    (check_carry, (lambda m, x, y, n: m.loss_and_grads(x, y)[1].vector,), "nothing was cut"),
    (check_carry, (lambda m, x, y, n: m.loss_and_grads(x, y)[0],), "should be a vector"),
    (check_carry, (lambda m, x, y, n: 3 * m.params.vector,), "another gradient"),
    (check_never_cut, (lambda n, k: n * k, lambda n, k: n * k), "with the cut"),
    (check_never_cut, (lambda n, k: n * n * k, lambda n, k: n * k), "Not every update"),
    (check_never_cut, (lambda n, k: k * n * (n - 1) // 2, lambda n, k: n * k), "its own chunk"),
    (check_never_cut, (lambda n, k: k * n * (n + 1) // 2, lambda n, k: k), "none can be thrown away"),
    (check_layout, (dealt,), "like cards"),
    (check_layout, (interleaved,), "running text"),
    (check_layout, (lambda ids, B, T: [p.T for p in streams(ids, B, T)],), "Time comes first"),
    (check_layout, (lambda ids, B, T: streams(ids, B, T)[:-1],), "there should be"),
    (check_layout, (lambda ids, B, T: [streams(ids, B, T)[0]] * (len(ids) // B // T),), "missing or doubled"),
])
def test_a_slip_is_named(check, answers, word, capsys):
    check(*answers)
    said = capsys.readouterr().out
    assert word in said and not said.startswith("Right")


@pytest.mark.parametrize("answer", NOT_ANSWERED, ids=repr)
def test_what_is_no_answer_is_met_with_a_word(answer, capsys):
    check_reach(lambda lag: answer, share)
    check_carry(lambda *_: answer)
    check_never_cut(lambda n, k: answer, lambda n, k: answer)
    check_layout(lambda *_: answer)
    said = capsys.readouterr().out
    assert len(said.splitlines()) >= 4 and "Right" not in said


def test_an_error_in_an_answer_is_told_and_not_raised(capsys):
    def broken(*_):
        raise RuntimeError("lost")
    check_reach(broken, broken)
    check_carry(broken)
    check_never_cut(broken, broken)
    check_layout(broken)
    assert capsys.readouterr().out.count("RuntimeError: lost") == 4
