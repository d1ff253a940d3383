"""The checks of lesson 09 accept what is right, explain what is wrong, and never raise."""

import numpy as np
import pytest

from helpers.cells import GRU, RNN
from helpers.clinic import FAILURES, RIGHT, WARD
from helpers.data import Vocabulary
from helpers.exercises.lesson09 import check_first_wrong, check_lines, check_names, check_repair, two_faults
from helpers.exercises.projects import check_gru, check_task, check_text
from helpers.gradients import relative_error
from helpers.model import CharModel

NAMES = {what.letter: cause for cause, what in FAILURES.items()}
NOT_ANSWERED = [..., None, 3, "no", [], lambda *given: None, lambda *given: ..., lambda *given: "no"]


def said(capsys) -> str:
    return capsys.readouterr().out


def first_wrong(derived, measured, names):
    for t in reversed(range(len(derived))):
        blocks = (np.split(array[t], len(names), axis=1) for array in (derived, measured))
        for name, mine, true in zip(names, *blocks, strict=True):
            if relative_error(mine, true) > 1e-7:
                return t, name
    return None


def test_every_line_that_the_ward_names_is_accepted(capsys):
    for place in (0, -1):
        check_lines({number: patient.lines[place] for number, patient in WARD.items()})
        assert said(capsys).startswith("Right")


def test_a_wrong_line_is_shown_with_what_speaks_against_it(capsys):
    lines = {number: patient.lines[0] for number, patient in WARD.items()}
    check_lines({**lines, 5: 7, 9: 99, 3: ...})
    out = said(capsys)
    assert out.startswith("9 of 12 found. 1 are still open.")
    assert "Patient 5: line 7, `da[t] = dh * (1 - h[t] ** 2)`, is sound. b_h alone is wrong" in out
    assert "Patient 9: 99 is no line" in out


def test_cured_patients_and_right_passes_pass(capsys):
    for kind, backward in RIGHT.items():
        check_repair(kind, backward)
        assert said(capsys).startswith("Right")
    check_repair("RNN", WARD[4].cured())
    assert said(capsys).startswith("Right")


def test_a_faulty_pass_is_told_its_parameter_and_its_step(capsys):
    check_repair("RNN", WARD[4].backward)
    out = said(capsys)
    assert "the gradient of W_xh, W_hh and b_h is wrong" in out and "t = 5" in out and "Right" not in out
    check_repair("GRU", two_faults)
    out = said(capsys)
    assert "first wrong step is t = 4" in out and "look at what they hand on" in out
    check_repair("RNN", WARD[3].backward)
    assert "da is right at every step: look where the gradients" in said(capsys)
    check_repair("RNN", WARD[5].backward)
    assert "b_h is wrong" in said(capsys)
    check_repair("GRU", lambda p, x, h: None)
    assert "TypeError" in said(capsys)


def test_the_first_wrong_step_is_told_from_the_last(capsys):
    check_first_wrong(first_wrong)
    assert said(capsys).startswith("Right")
    check_first_wrong(lambda derived, measured, names: next(
        ((t, name) for t in range(len(derived)) for name, mine, true in zip(
            names, np.split(derived[t], len(names), 1), np.split(measured[t], len(names), 1), strict=True)
         if relative_error(mine, true) > 1e-7), None))
    assert "that is the last wrong step on the way back" in said(capsys).lower()
    check_first_wrong(lambda derived, measured, names: (0, "i"))
    assert "return None" in said(capsys)
    check_first_wrong(lambda derived, measured, names: 1 / 0)
    assert "ZeroDivisionError" in said(capsys)


def test_names_are_checked_one_by_one(capsys):
    check_names(NAMES)
    assert said(capsys).startswith("Right")
    check_names({**NAMES, "C": "wrong gradient", "D": "rate too high", "E": ...})
    out = said(capsys)
    assert out.startswith("5 of 8 are right.")
    assert "C: not 'wrong gradient'" in out and "tenth of the rate" in out
    check_names({**NAMES, "A": "bad luck"})
    assert "no failure called 'bad luck'" in said(capsys)


@pytest.mark.parametrize("answer", NOT_ANSWERED, ids=repr)
def test_no_answer_makes_a_check_raise(answer, capsys):
    check_lines(answer)
    check_lines(dict.fromkeys(WARD, answer))
    check_repair("RNN", answer)
    check_repair("LSTM", answer)
    check_first_wrong(answer)
    check_names(answer)
    check_names(dict.fromkeys("ABCDEFGH", answer))
    check_text(answer, answer, answer)
    check_task(answer, answer, answer)
    check_gru(answer, answer)
    assert "Right" not in said(capsys)


# --- projects ---

ALPHABET = "abcdefghij"


def random_text(seed: int, length: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list(ALPHABET), length))


def network(text: str) -> CharModel:
    return CharModel(RNN(len(Vocabulary(text)), 4), np.random.default_rng(0))


def test_a_text_project_is_refused_where_it_tests_nothing(capsys):
    train, held = random_text(0, 3000), random_text(1, 400)
    check_text(train[:500], held, network(train))
    assert "at least 2,000" in said(capsys)
    check_text(train, train[100:600], network(train))
    assert "100% of the passages" in said(capsys)
    check_text(train, held + "XYZ", network(train))
    assert "Vocabulary(train_text + heldout_text)" in said(capsys)


def test_a_text_project_is_measured_against_chance_and_counting(capsys):
    train, held = random_text(0, 3000), random_text(1, 400)
    model = network(train)
    check_text(train, held, model)
    out = said(capsys)
    assert "Right" not in out and "chance 2.30" in out
    sure = "ab" * 1500 + "c" * 10
    other = "ba" * 200
    model = CharModel(RNN(3, 4), np.random.default_rng(0))
    check_text(sure, other, model)
    assert "100%" in said(capsys), "a text that repeats itself tests nothing"


def recall(rng, batch, length=6):
    symbols = rng.integers(3, size=(length, batch))
    return symbols, symbols[0].copy()


def test_a_memory_task_is_accepted_with_a_network_that_solves_it(capsys):
    check_task(recall, 1 / 3, lambda symbols: symbols[0])
    assert said(capsys).startswith("Right")


@pytest.mark.parametrize("make, chance, answer, words", [
    (recall, 0.5, lambda s: s[0], "you say that chance is 50.0%"),
    (lambda rng, batch: (recall(rng, batch)[0],) * 2, 1 / 3, lambda s: s[0], "answers (B,)"),
    (lambda rng, batch: recall(np.random.default_rng(), batch), 1 / 3, lambda s: s[0], "from rng"),
    (lambda rng, batch: recall(rng, batch, length=2), 1 / 3, lambda s: s[0], "last 2 symbols"),
    (recall, 1 / 3, lambda s: 0 * s[0], "plateau"),
    (recall, 1 / 3, lambda s: np.where(np.arange(s.shape[1]) % 2, s[0], 0), "on its way"),
    (recall, 1 / 3, lambda s: s, "one answer for each sequence"),
    (recall, 1 / 3, lambda s: 1 / 0, "ZeroDivisionError"),
    (lambda rng: 0, 1 / 3, lambda s: s[0], "make stops with TypeError"),
])
def test_what_is_wrong_with_a_task_is_said(make, chance, answer, words, capsys):
    check_task(make, chance, answer)
    out = said(capsys)
    assert "Right" not in out
    assert words in out, out


def forward(p, x, h_first):
    cell = GRU(len(p.W_xh), len(p.W_hh))
    h, _, trace = cell.forward(p, x, (h_first,))
    return h.copy(), (cell, trace)


def backward(p, x, h_first, h, kept, d_h):
    cell, trace = kept
    return cell.backward(p, d_h, trace)[0]


def changed(name, change):
    def wrong(*given):
        grads = backward(*given).copy()
        grads[name] = change(grads[name])
        return grads
    return wrong


def test_a_gru_is_proved_right_or_told_its_slip(capsys):
    check_gru(forward, backward)
    assert said(capsys).startswith("Right")

    def other_way(p, x, h_first):
        h, states = h_first, []
        for x_t in x:
            _, (cell, trace) = forward(p, x_t[None], h)
            z, n = cell.gates(trace)["z"][0], cell.gates(trace)["n"][0]
            h = z * n + (1 - z) * h
            states.append(h)
        return np.array(states), None
    check_gru(other_way, backward)
    assert "z have changed places" in said(capsys)
    check_gru(forward, changed("b_hn", lambda grad: 2 * grad))
    assert "b_hn in the block of n" in said(capsys)
    check_gru(forward, changed("b_h", lambda grad: grad * np.repeat([1, 0, 1], len(grad) // 3)))
    assert "b_h in the block of z" in said(capsys)
    check_gru(forward, lambda *given: {name: grad[:1] for name, grad in backward(*given).items()})
    assert "should have that of" in said(capsys)
    check_gru(forward, lambda *given: ...)
    assert said(capsys).startswith("The way forward is right. Not yet")


def test_a_gru_that_loses_what_is_carried_is_told_so(capsys):
    def forgetful(p, x, h_first, h, kept, d_h):
        cell, total, h_prev = GRU(len(p.W_xh), len(p.W_hh)), p.zeros_like(), h_first
        for t in range(len(x)):
            _, _, trace = cell.forward(p, x[t : t + 1], (h_prev,))
            total.vector += cell.backward(p, d_h[t : t + 1], trace)[0].vector
            h_prev = h[t]
        return total
    check_gru(forward, forgetful)
    assert "look at what is carried" in said(capsys)
