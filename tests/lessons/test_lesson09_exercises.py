"""The checks of lesson 09 accept what is right, explain what is wrong, and never raise."""

import re

import numpy as np
from answers import broken, complete, mistakes, right

from helpers.data import Vocabulary
from helpers.lessons.lesson09 import (
    FAILURES,
    RIGHT,
    WARD,
    check_first_wrong,
    check_gru,
    check_lines,
    check_names,
    check_repair,
    check_task,
    check_text,
    checks,
    project_checks,
)
from helpers.networks import GRU, RNN, CharModel, relative_error, sigmoid


def spoiling(p, x, h, c, gates, d_h):
    """It sets all that it is given to zero, and stops."""
    for array in (p.vector, x, d_h, *h.values(), *c.values()):
        array[...] = 0
    raise RuntimeError("lost")


def mended(hand_on, past_the_gates=True, through_r=True):
    """The GRU of exercise 9.3 with one of its faults, both, or none."""
    def backward(p, x, h, gates, d_h):
        grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
        carried = np.zeros_like(h[-1])
        for t in reversed(range(len(x))):
            r, z, n, h_n = gates[t]
            dh = d_h[t] + carried
            dn, dz = dh * (1 - z) * (1 - n**2), dh * (h[t - 1] - n) * z * (1 - z)
            dr = dn * h_n * r * (1 - r)
            da[t] = np.hstack([dr, dz, dn])
            da_h = np.hstack([dr, dz, dn * r if through_r else dn])
            carried = hand_on(da_h @ p.W_hh.T + past_the_gates * dh * z)
            grads.W_xh += x[t].T @ da[t]
            grads.W_hh += h[t - 1].T @ da_h
            grads.b_h += da[t].sum(axis=0)
            grads.b_hn += (dn * r).sum(axis=0)
        return grads, da
    return backward


def as_it_is(carried):
    return carried


two_faults = mended(as_it_is, past_the_gates=False, through_r=False)        # of exercise 9.3


def other_da(change):
    """A right pass of a plain network whose da is handed over in another form."""
    def backward(*given):
        grads, da = RIGHT["RNN"](*given)
        return grads, change(da)
    return backward


NAMES = {what.letter: cause for cause, what in FAILURES.items()}


def by_another_error(wrong):
    """The examiner with another test of whether a block is wrong."""
    def other(derived, measured, names):
        for t in reversed(range(len(derived))):
            blocks = (np.split(array[t], len(names), axis=1) for array in (derived, measured))
            for name, mine, true in zip(names, *blocks, strict=True):
                if wrong(mine, true):
                    return t, name
        return None
    return other


first_wrong = by_another_error(lambda mine, true: relative_error(mine, true) > 1e-7)


def from_the_start(derived, measured, names):
    """The last wrong step on the way back, which is the first in time."""
    found = (first_wrong(derived[t : t + 1], measured[t : t + 1], names) for t in range(len(derived)))
    return next(((t, wrong[1]) for t, wrong in enumerate(found) if wrong), None)


LINES = {number: patient.lines[0] for number, patient in WARD.items()}

test_a_right_answer_is_accepted = right(
    *((check_lines, ({number: patient.lines[place] for number, patient in WARD.items()},))
      for place in (0, -1)),
    *((check_repair, (kind, backward)) for kind, backward in RIGHT.items()),
    (check_repair, ("RNN", WARD[4].cured())),
    (check_repair, ("RNN", other_da(list))), (check_repair, ("RNN", other_da(tuple))),
    (check_repair, ("RNN", other_da(np.ndarray.tolist))),
    (check_repair, ("RNN", lambda *given: ({**RIGHT["RNN"](*given)[0]}, RIGHT["RNN"](*given)[1]))),
    (check_repair, ("GRU", mended(as_it_is))),
    (check_first_wrong, (first_wrong,)),
    (check_lines, ({number: np.float32(line) for number, line in LINES.items()},)),
    (check_names, (NAMES,)),
    (check_names, ({letter: cause.replace("initialis",
     "initializ") + "." for letter, cause in NAMES.items()},)),
    (check_names, (NAMES | {"E": "learned by heart"},)), (check_names, (NAMES | {"E": "memorised"},)),
    (check_names, ({letter: f" {cause.upper()} " for letter, cause in NAMES.items()},)),
)

test_a_wrong_line_is_shown_with_what_speaks_against_it = mistakes(
    (check_lines, ({**LINES, 5: 7, 9: 99, 3: ...},), "wrong-line"),
    (check_lines, ({**LINES, 9: 99},), "no-such-line"),
    (check_lines, ({**LINES, 9: "the last"},), "no-number"),
    (check_lines, ({**LINES, 3: ...},), "not-yet"),
    (check_lines, ({str(number): line for number, line in LINES.items()},), "no-dictionary"),
    (check_repair, ("RNN", lambda p, x, y, h, q: h.shape), "stops"),
)

test_a_faulty_pass_is_told_its_parameter_and_its_step = mistakes(
    (check_repair, ("RNN", ...), "not-yet"), (check_repair, ("LST", two_faults), "no-kind"),
    (check_repair, ("RNN", WARD[4].backward), "last-step"),
    (check_repair, ("GRU", two_faults), "carried"),
    (check_repair, ("RNN", WARD[3].backward), "sums"),
    (check_repair, ("GRU", lambda p, x, h: None), "stops"),
    (check_repair, ("RNN", lambda p, *given: p), "wrong-count"),
    (check_repair, ("RNN", lambda p, *given: (p, given[2])), "da-by-key"),
    (check_repair, ("RNN", lambda p, *given: (p, "da")), "no-numbers"),
    (check_repair, ("RNN", lambda p, *given: (p, given[3][1:])), "wrong-shape"),
    (check_repair, ("RNN", lambda p, *given: ({}, given[3])), "no-dictionary"),
    (check_repair, ("RNN", other_da(lambda da: da[::-1])), "da-turned"),
    (check_repair, ("RNN", other_da(lambda da: 0 * da)), "no-da"),
)

test_the_first_wrong_step_is_told_from_the_last = mistakes(*(
    (check_first_wrong, (answer,), *told) for answer, *told in (
        (lambda derived, measured, names: ..., "not-yet"),
        (from_the_start, "last-on-the-way-back"),
        (lambda derived, measured, names: (0, "i"), "rounding"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and (4, "i"), "wrong-block"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and (5, "o"),
         "counted-otherwise"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and (4, 2),
         "number-of-block"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and (2, "i"), "another-step"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and 4, "wrong-count"),
        (lambda derived, measured, names: first_wrong(derived, measured, names) and ("one", 4), "no-number"),
        (lambda *tables: first_wrong(*tables) and first_wrong(*tables)[::-1], "swapped"),
        (lambda derived, measured, names: None, "nothing-found"),
        (lambda derived, measured, names: 1 / 0, "stops"),
    )))

test_names_are_checked_one_by_one = mistakes(
    (check_names, (dict.fromkeys(NAMES, ...),), "not-yet"),
    (check_names, ({**NAMES, "C": "wrong gradient", "D": "rate too high", "E": ...},), "wrong-failure"),
    (check_names, ({**NAMES, "A": "bad luck"},), "no-such-failure"),
    (check_names, ({"A": "no clipping"},), "no-dictionary"),
)


def test_a_pass_that_spoils_what_it_is_given_spoils_it_for_nobody_else():
    assert check_repair.result("LSTM", spoiling).mistake == "stops"
    assert check_repair.result("LSTM", RIGHT["LSTM"]).right


# --- projects ---

ALPHABET = "abcdefghij"


def random_text(seed: int, length: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list(ALPHABET), length))


def network(text: str) -> CharModel:
    return CharModel(RNN(len(Vocabulary(text)), 4), np.random.default_rng(0))


def words(seed, count: int) -> str:
    """A text of a few words, of which counting knows more than how frequent each character is."""
    return "".join(np.random.default_rng(seed).choice(["aab", "aac", "ada", "aef", "ag"], count))


def knows_frequencies(text: str) -> CharModel:
    """A network that says of every character how frequent it is, whatever came before."""
    model = network(text)
    model.params.vector[:] = 0
    model.params.b_y[:] = np.log(np.bincount(Vocabulary(text).encode(text)) / len(text))
    return model


TRAIN, HELD = random_text(0, 3000), random_text(1, 400)


COMMON = "Take two cups of flour and a pinch of salt, and mix it well in a large bowl.\n"


def recipes(seed: int, count: int) -> str:
    """A book of recipes: one line that each of them has, and some that few have."""
    rng = np.random.default_rng(seed)
    return "".join(f"{COMMON}Then add {words(rng, 20)}.\n" for _ in range(count))


BOOK, SECOND = recipes(0, 40), recipes(1, 6)


def test_a_text_that_repeats_itself_is_judged_with_a_warning():
    result = check_text.result(BOOK, SECOND, network(BOOK + SECOND))
    assert result.mistake == "behind-chance" and "% of the 40-character passages" in result.said
    assert "% of the passages" not in check_text.result(TRAIN, HELD, network(TRAIN)).said


def test_a_network_that_knows_only_its_training_text_is_told_that_it_overfits():
    text, other = words(0, 1500), words(1, 200)
    mostly_e = re.sub("[a-d]", "e", text)
    knows = knows_frequencies(mostly_e + text)
    for train, heldout, told in ((mostly_e, other, True), (text, other, False), (text, mostly_e, False)):
        said = check_text.result(train, heldout, knows).said
        assert ("far better than the held-out text" in said) == told


def test_a_network_that_beats_all_counting_is_told_up_to_which_n(monkeypatch):
    monkeypatch.setattr(project_checks, "ngram_loss", lambda *given: 9.0)
    text = words(0, 1500)
    result = check_text.result(text, words(1, 200), knows_frequencies(text))
    assert result.right and "every n-gram up to n = 6" in result.said


test_a_text_project_is_refused_where_it_tests_nothing = mistakes(
    (check_text, (TRAIN, ..., network(TRAIN)), "not-yet"),
    (check_text, (TRAIN, 3, network(TRAIN)), "no-texts"),
    (check_text, (TRAIN[:500], HELD, network(TRAIN)), "too-short"),
    (check_text, (TRAIN, TRAIN[100:600], network(TRAIN)), "seen-before"),
    (check_text, (TRAIN, HELD + "XYZ", network(TRAIN)), "another-vocabulary"),
)

test_a_text_project_is_measured_against_chance_and_counting = mistakes(
    (check_text, (TRAIN, HELD, network(TRAIN)), "behind-chance"),
    (check_text, (words(0, 1500), words(1, 200), knows_frequencies(words(0, 1500))), "behind-counting"),
)


def recall(rng, batch, length=6):
    symbols = rng.integers(3, size=(length, batch))
    return symbols, symbols[0].copy()


def recall_in_lists(rng, batch):
    symbols, answers = recall(rng, batch)
    return symbols.tolist(), answers.tolist()


def recall_in_floats(rng, batch):
    symbols, answers = recall(rng, batch)
    return [symbols.astype(np.float32), 1.0 * answers - 5]


def asked(symbols, last=20, **what):
    """A task with these symbols: whether the one that comes `last` from the end is large."""
    def make(rng, batch):
        made = symbols(rng, (20, batch))
        return made, (made[-last] > what.get("over", 0)).astype(int)
    return make


def letters(rng, size):
    return rng.integers(26, size=size)


def always_zero(rng, batch):
    return letters(rng, (20, batch)), np.zeros(batch, int)


test_a_memory_task_is_accepted_with_a_network_that_solves_it = right(
    (check_task, (recall, 1 / 3, lambda symbols: symbols[0])),
    (check_task, (recall_in_lists, np.float32(1 / 3), lambda symbols: list(symbols[0]))),
    (check_task, (recall_in_floats, np.array(0.33), lambda symbols: symbols[0] - 5)),
    (check_task, (asked(letters, over=12), 0.5, lambda symbols: symbols[0] > 12)),
    (check_task, (asked(letters, over=5), 20 / 26, lambda symbols: symbols[0] > 5)),
    (check_task, (asked(lambda rng, size: rng.integers(5, size=size)), 0.8, lambda symbols: symbols[0] > 0)))

test_what_is_wrong_with_a_task_is_said = mistakes(*((check_task, answers, *told) for answers, *told in (
    ((..., 1 / 3, lambda s: s[0]), "not-yet"),
    ((recall, 0.5, lambda s: s[0]), "another-chance"),
    ((lambda rng, batch: (recall(rng, batch)[0],) * 2, 1 / 3, lambda s: s[0]), "wrong-shape"),
    ((lambda rng, batch: recall(rng, batch)[0], 1 / 3, lambda s: s[0]), "wrong-count"),
    ((lambda rng, batch: (recall(rng, batch)[0], np.full(batch, "b")), 1 / 3, lambda s: s[0]), "no-numbers"),
    ((recall, [1 / 3, 2 / 3], lambda s: s[0]), "no-number"),
    ((lambda rng, batch: recall(np.random.default_rng(), batch), 1 / 3, lambda s: s[0]), "not-from-rng"),
    ((lambda rng, batch: recall(rng, batch, length=2), 1 / 3, lambda s: s[0]), "no-memory-needed"),
    ((always_zero, 1, lambda s: 0 * s[0]), "too-easy"),
    ((asked(lambda rng, size: rng.normal(size=size), last=1), 0.5, lambda s: s[-1] > 0), "other-symbols"),
    ((recall, 1 / 3, lambda s: 0 * s[0]), "plateau"),
    ((recall, 1 / 3, lambda s: np.where(np.arange(s.shape[1]) % 2, s[0], 0)), "on-its-way"),
    ((recall, 1 / 3, lambda s: 1 / 0), "stops"),
)))


def forward(p, x, h_first):
    cell = GRU(len(p.W_xh), len(p.W_hh))
    h, _, cache = cell.forward(p, x, (h_first,))
    return h.copy(), (cell, cache)


def backward(p, x, h_first, h, kept, d_h):
    cell, cache = kept
    return cell.backward(p, d_h, cache)[0]


def changed(name, change):
    def wrong(*given):
        grads = backward(*given).copy()
        grads[name] = change(grads[name])
        return grads
    return wrong


def by_another_update(update):
    """A forward pass whose new state is another function of z, n and the old state."""
    def other(p, x, h_first):
        h, states = h_first, []
        for x_t in x:
            _, (cell, cache) = forward(p, x_t[None], h)
            h = update(cell.gates(cache)["z"][0], cell.gates(cache)["n"][0], h)
            states.append(h)
        return np.array(states), None
    return other


def with_n(candidate):
    """A forward pass with another candidate state."""
    def other(p, x, h_first):
        H, h, states = len(p.W_hh), h_first, []
        for x_t in x:
            _, (cell, cache) = forward(p, x_t[None], h)
            r, z = cell.gates(cache)["r"][0], cell.gates(cache)["z"][0]
            from_x = x_t @ p.W_xh[:, 2 * H :] + p.b_h[2 * H :]
            h = (1 - z) * candidate(from_x, r, h, p.W_hh[:, 2 * H :], p.b_hn) + z * h
            states.append(h)
        return np.array(states), None
    return other


# Cho's form: the reset gate before the matrix.
reset_before = with_n(lambda from_x, r, h, W, b_hn: np.tanh(from_x + (r * h) @ W + b_hn))


def forgetful(p, x, h_first, h, kept, d_h):
    cell, total, h_prev = GRU(len(p.W_xh), len(p.W_hh)), p.zeros_like(), h_first
    for t in range(len(x)):
        _, _, cache = cell.forward(p, x[t : t + 1], (h_prev,))
        total.vector += cell.backward(p, d_h[t : t + 1], cache)[0].vector
        h_prev = h[t]
    return total


test_a_gru_is_proved_right = right((check_gru, (forward, backward)))

test_a_gru_is_told_its_mistake = mistakes(*((check_gru, answers, *told) for answers, *told in (
    ((by_another_update(lambda z, n, h: z * n + (1 - z) * h), backward), "z-swapped"),
    ((by_another_update(lambda z, n, h: (1 - z) * n), backward), "nothing-kept"),
    ((by_another_update(lambda z, n, h: n), backward), "another-state"),
    ((reset_before, backward), "reset-before"),
    ((with_n(lambda from_x, r, h, W, b_hn: np.tanh(from_x + r * (h @ W))), backward), "no-b-hn"),
    ((with_n(lambda from_x, r, h, W, b_hn: sigmoid(from_x + r * (h @ W + b_hn))), backward), "no-tanh"),
    ((lambda p, x, h: (forward(p, x, h)[0][0], None), backward), "wrong-shape"),
    ((lambda *given: ..., backward), "not-yet"),
    ((forward, changed("b_hn", lambda grad: 2 * grad)), "single-step"),
    ((forward, forgetful), "carried"),
    ((forward, broken), "stops"),
)))


test_every_mistake_is_made = complete(checks)
test_every_mistake_of_a_project_is_made = complete(project_checks)
