"""The checks of the stages of lesson 07: one step forward, one step back, a whole sequence back."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    entries_of,
    listed,
    nearly,
    numbers_of,
    part,
    several_of,
    wait_for,
)
from helpers.checks.stages import Mutant, with_changes
from helpers.lessons.lesson07 import mistakes
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.networks import LSTM, Parameters, sigmoid

GATES = "ifog"
SIZES = ((4, 4, 3), (3, 2, 1), (2, 5, 2))       # inputs, units, batch size
SHAPES = (" In this test {rows} W_hh ({H}, {K}), and each state and gate ({B}, {H}). * multiplies two arrays "
          "of the same shape number by number; @ needs as many columns on its left as rows on its right.")


def cell(rng: np.random.Generator, D: int, H: int) -> Parameters:
    """Parameters of which none is zero."""
    p = LSTM(D, H).init(rng)
    p.vector = 0.8 * rng.normal(size=p.vector.size)
    return p


def one_step(rng: np.random.Generator, D: int, H: int, B: int) -> tuple:
    """Arguments of `lstm_step`."""
    return cell(rng, D, H), *(rng.normal(size=(B, n)) for n in (D, H, H))


def one_step_back(rng: np.random.Generator, D: int, H: int, B: int) -> tuple:
    """Arguments of `lstm_step_back`."""
    p, x, h_prev, c_prev = one_step(rng, D, H, B)
    *gates, c, _ = plain.lstm_step(p, x, h_prev, c_prev)
    return p, c_prev, c, tuple(gates), rng.normal(size=(B, H)), rng.normal(size=(B, H))


def sequence(rng: np.random.Generator, D: int, H: int, B: int, T: int) -> tuple:
    """Arguments of `backward`."""
    p, x = cell(rng, D, H), rng.normal(size=(T, B, D))
    h, c, gates = plain.forward(p, x, *rng.normal(size=(2, B, H)))
    return p, x, h, c, gates, rng.normal(size=(T, B, H))


def _place_and_hint(D: int, H: int, B: int, rows: str) -> tuple[str, str]:
    """The sizes in words, and the shapes as a hint if the function stops; `rows` has those but (B, H)."""
    return (f"With {D} inputs, {H} units and a batch size of {B}: ",
            SHAPES.format(rows=rows.format(B=B, D=D, K=4 * H), B=B, H=H, K=4 * H))


@check(*GATES, "c", "h")
def check_lstm_step(lstm_step: Callable) -> str:
    """Try ``lstm_step(p, x, h_prev, c_prev) -> (i, f, o, g, c, h)`` on three fresh cells."""
    rng = np.random.default_rng(71)
    made_of = {"c": "ifg", "h": "oc"}
    for sizes in SIZES:
        given = one_step(rng, *sizes)
        place, hint = _place_and_hint(*sizes, "x is ({B}, {D}), W_xh ({D}, {K}), b_h ({K},),")
        answer = answer_of(
            lstm_step, *given, place=place, hint=hint, keeps=True,
            read=lambda answer: several_of(answer, "ifogch", "What lstm_step returns"))
        wanted, found = dict(zip("ifogch", plain.lstm_step(*given), strict=True)), {}
        for name, value in zip(wanted, answer, strict=True):
            with part(name):
                found[name] = numbers_of(value, wanted[name].shape, "It", place)
        wrong = [name for name in found if not nearly(found[name], wanted[name])]
        if wrong and all(any(nearly(value, right) for value in found.values()) for right in wanted.values()):
            raise Mistake("other-order", "Everything that lstm_step returns is right, but in the wrong "
                                         "order. Write `return i, f, o, g, c, h`.")
        for name in wrong:
            with part(name):
                wait_for(*made_of.get(name, ""))
                raise (_gate_mistake(name, found[name], wanted[name], given) if name in GATES else
                       _state_mistake(name, found[name], wanted[name], given, made_of[name]))
    return "Correct: all four gates and both states, on three fresh cells of different sizes."


def _gate_mistake(name: str, found: np.ndarray, right: np.ndarray, given: tuple) -> Mistake:
    """What probably makes the gate `name` wrong."""
    p, x, h_prev, _ = given
    k = GATES.index(name)
    squash, wrong = (np.tanh, sigmoid) if name == "g" else (sigmoid, np.tanh)
    terms = x @ p.W_xh, h_prev @ p.W_hh, p.b_h
    a = np.split(sum(terms), 4, axis=1)
    symptom = _range(name, found)
    for other, sums in zip(GATES, a, strict=True):
        if other != name and (nearly(found, sigmoid(sums)) or nearly(found, np.tanh(sums))):
            return Mistake("wrong-block", symptom, "Each gate has its own block of the sums. Whose block is "
                                                "this?",
                           f"It is computed from a_{other}, but {name} should be computed from a_{name}.")
    without = {
        Mistake("no-bias", symptom, "Count the terms of the sum a. The equation has three.",
                "The bias b_h is missing from its sum."): terms[0] + terms[1],
        Mistake("no-h-prev", symptom, "What does the gate know about the step before?",
                "h_prev @ W_hh is missing from its sum."): terms[0] + terms[2],
        Mistake("no-input", symptom, "What does the gate know about the input?",
                "The input, x @ W_xh, is missing from its sum."): terms[1] + terms[2],
    }
    for mistake, total in without.items():
        if nearly(found, squash(np.split(total, 4, axis=1)[k])):
            return mistake
    if nearly(found, wrong(a[k])):
        return (Mistake("sigmoid-for-tanh", symptom, "What is added to the memory may also lower it.",
                        "g is squashed by a sigmoid, but it may be negative, so use np.tanh.")
                if name == "g" else
                Mistake("tanh-for-sigmoid", symptom, "A gate is a share, from none to all.",
                        "Yours is squashed by tanh, but a gate is between 0 and 1, so use sigmoid."))
    if nearly(found, a[k]):
        return Mistake("not-squashed", symptom, "A sum can be any number. Can a gate?",
                       f"The sum is right, but it is not squashed. Use "
                       f"{'np.tanh' if name == 'g' else 'sigmoid'}(a_{name}).")
    return Mistake("another-gate", symptom, "Write the equation from section 4 next to your line.",
                   f"Its numbers are off by up to {np.abs(found - right).max():.2g}. {name} is "
                   f"{'np.tanh' if name == 'g' else 'sigmoid'}(a_{name}).")


def _range(name: str, found: np.ndarray) -> str:
    """Where the numbers of a gate lie, and whether they may."""
    if name != "g" and found.min() < 0:
        return "Some numbers are below 0."
    if np.abs(found).max() > 1:
        return f"Some numbers are {'not between -1 and 1' if name == 'g' else 'above 1'}."
    if name == "g" and found.min() > 0:
        return "No number is below 0."
    return "The numbers are in the right range, but they are not what the equation gives."


def _state_mistake(name: str, found: np.ndarray, right: np.ndarray, given: tuple,
                   parts: str) -> Mistake:
    """What probably makes the state `name` wrong, although its parts are right."""
    symptom = f"It is wrong, although {listed(parts)}, from which it is computed, are right."
    for mutant in mistakes.STEP:
        if nearly(found, with_changes(plain.lstm_step, mutant.changes)(*given)["ifogch".index(name)]):
            return mutant.found(symptom)
    return Mistake("another-state", symptom, "Follow the line of the memory in the picture at the top.",
                   f"Its numbers are off by up to {np.abs(found - right).max():.2g}. "
                   + ("c is f * c_prev + i * g." if name == "c" else "h is o * np.tanh(c)."))


LINES = {           # of what one step back returns, how each is made
    "da_i": "dc * g * i * (1 - i)", "da_f": "dc * c_prev * f * (1 - f)",
    "da_o": "dh * np.tanh(c) * o * (1 - o)", "da_g": "dc * i * (1 - g**2)", "dc_prev": "dc * f",
    "dh_prev": "da @ p.W_hh.T"}
SUMS = tuple(LINES)[:4]
OF_DC = {"da_i", "da_f", "da_g", "dc_prev"}


@check(*LINES)
def check_lstm_step_back(lstm_step_back: Callable) -> str:
    """Try ``lstm_step_back(p, c_prev, c, gates, dh, dc_next) -> (da, dh_prev, dc_prev)`` on three cells."""
    rng = np.random.default_rng(72)
    for D, H, B in SIZES:
        given = one_step_back(rng, D, H, B)
        place, hint = _place_and_hint(D, H, B, "da is ({B}, {K}),")
        answer = answer_of(
            lstm_step_back, *given, place=place, hint=hint, keeps=True, read=lambda answer: several_of(
                answer, ("da", "dh_prev", "dc_prev"), "What lstm_step_back returns"))
        right, found = _by_line(plain.lstm_step_back(*given)), {}
        for name in LINES:
            with part(name):
                found[name] = _line_of(answer, name, B, H, place)
        wrong = [name for name in found if not nearly(found[name], right[name])]
        named = _known(wrong, found, given)
        for name in sorted(wrong, key=lambda name: (name == "dh_prev", named[name] is None)):
            with part(name):
                if name == "dh_prev":
                    wait_for(*SUMS)
                raise _line_mistake(name, wrong, named, found[name], right[name])
    return "Correct: all four gates, and what is passed back to both states, on three fresh cells."


def _by_line(answer: Sequence) -> dict[str, np.ndarray]:
    """What one step back returns, by the names of `LINES`."""
    da, dh_prev, dc_prev = answer
    return {**dict(zip(SUMS, np.split(da, 4, axis=1), strict=True)), "dc_prev": dc_prev, "dh_prev": dh_prev}


def _line_of(answer: Sequence, name: str, B: int, H: int, place: str) -> np.ndarray:
    """One line of a reader's answer."""
    if name in SUMS:
        return np.split(numbers_of(answer[0], (B, 4 * H), "da", place), 4, axis=1)[SUMS.index(name)]
    return numbers_of(answer[1 if name == "dh_prev" else 2], (B, H), "It", place)


def _known(wrong: Sequence[str], found: Mapping, given: tuple) -> dict[str, Mutant | None]:
    """The mutant that explains each wrong line, if any; rather one that explains all lines."""
    mutants = [(mutant, _by_line(with_changes(plain.lstm_step_back, mutant.changes)(*given)))
               for mutant in (mistakes.STEP_BACK if set(wrong) >= OF_DC else mistakes.OF_LINES)]
    early = [name for name in found if name != "dh_prev"]
    mutants.sort(key=lambda pair: not all(nearly(found[name], pair[1][name]) for name in early))
    return {name: next((mutant for mutant, lines in mutants if nearly(found[name], lines[name])), None)
            for name in wrong}


def _line_mistake(name: str, wrong: Sequence[str], named: Mapping, found: np.ndarray,
                  right: np.ndarray) -> Mistake:
    """What probably makes the line `name` wrong, in this line or in that of dc before it."""
    through_dc = set(wrong) >= OF_DC
    symptom = "This is wrong" + (
        (", like everything that depends on dc" + (
            "." if "da_o" in wrong else ", but da_o, which does not, is right."))
        if through_dc else
        f", although {'dc' if name in OF_DC else 'do' if name == 'da_o' else 'da'}, from which this is "
        "computed, is right.")
    if named[name]:
        return named[name].found(symptom)
    if through_dc and name in OF_DC:
        wait_for(*(other for other in wrong if other in OF_DC and named[other]))
        return Mistake("another-dc", symptom, "Two things depend on c, and both contribute to dc. Which two?",
                       "dc is dc_next + dh * o * (1 - np.tanh(c) ** 2).")
    return Mistake("another-line", symptom, "What multiplied " + (
                       "this gate in the forward pass, and which slope comes in between?" if name in SUMS
                       else "the state before this step in the forward pass?"),
                   f"Its numbers are off by up to {np.abs(found - right).max():.2g}. {name} is "
                   f"{LINES[name]}.")


@check("da", "W_xh", "W_hh", "b_h")
def check_backward(backward: Callable) -> str:
    """Try ``backward(p, x, h, c, gates, d_h) -> (grads, da)`` on fresh cells; da is (T, B, 4H)."""
    rng = np.random.default_rng(73)
    for D, H, B, T in ((3, 4, 2, 5), (2, 2, 1, 4)):
        given = sequence(rng, D, H, B, T)
        place, hint = _place_and_hint(D, H, B, "x[t] is ({B}, {D}), da[t] ({B}, {K}),")
        p, x, h = given[:3]
        grads, found = answer_of(
            backward, *given, place=f"At T = {T}, {place[0].lower()}{place[1:]}", hint=hint, keeps=True,
            read=lambda answer: several_of(answer, ("grads", "da"), "What backward returns"))
        grads, found = entries_of(grads, p, "grads"), numbers_of(found, (T, B, 4 * H), "da")
        with part("da"):
            _need_sums(found, given)
        states = np.stack([h[t] for t in range(-1, T)])
        for name, rows in (("W_xh", x), ("W_hh", states[:-1]), ("b_h", None)):
            with part(name):        # judged by the reader's da, but right only if that is
                grad = numbers_of(grads[name], p[name].shape, "It")
                _need_sum(grad, found, rows, states[1:] if name == "W_hh" else None)
                wait_for("da")
    return "Correct: every gate at every step, and all three gradients, on two fresh cells."


def _need_sums(found: np.ndarray, given: tuple) -> None:
    """Raise a Mistake unless da is right at every step."""
    right = plain.backward(*given)[1]
    if nearly(found, right):
        return
    symptom = where_first_wrong(found, right)
    for mutant, faulty in mistakes.faulty_sequences():
        if nearly(found, faulty(*given)[1]):
            raise mutant.found(symptom)
    raise Mistake("another-da", symptom, "Which gradients does a step start from, and which states belong to "
                                      "it?",
                  "lstm_step_back needs c[t - 1], c[t], gates[t], d_h[t] plus the dh_prev of step t + 1, and "
                  "the dc_prev of step t + 1.")


def where_first_wrong(da: np.ndarray, right: np.ndarray, called: str = "It") -> str:
    """In words, the last step at which da is wrong, the first that a backward pass does, and its gates."""
    T, bad = len(da), ~np.isclose(da, right, rtol=1e-5, atol=1e-6)
    t = int(np.flatnonzero(bad.any(axis=(1, 2)))[-1])
    gates = [gate for gate, block in zip(GATES, np.split(bad[t], 4, axis=1), strict=True) if block.any()]
    place = "the last, where nothing comes from later steps yet" if t == T - 1 else (
        f"while the step{' after it is' if t == T - 2 else 's after it are'} right")
    return f"{called} is wrong for {', '.join(gates)} at step {t} ({place})."


def _need_sum(grad, da: np.ndarray, rows: np.ndarray | None, later: np.ndarray | None) -> None:
    """Raise a Mistake unless `grad` is the sum over time and sequences of rows times da; without rows, of da.

    `later` are the rows of the step after.
    """
    def terms(rows: np.ndarray | None) -> np.ndarray:
        return da if rows is None else np.einsum("tbi,tbj->tbij", rows, da)

    right = terms(rows).sum(axis=(0, 1))
    if nearly(grad, right):
        return
    symptom = "Your da gives a different gradient."
    explained = {
        Mistake("one-step", symptom, "The weights were used at every step. How many steps contribute?",
                "Yours is that of one step alone. Add up all steps, with +=."): list(terms(rows).sum(axis=1)),
        Mistake("mean-over-sequences", symptom, "Is the loss of several sequences a sum here, or a mean?",
                "Your gradient is a mean over the sequences. Take the sum."): [right / da.shape[1]],
        Mistake("mean-over-steps", symptom, "d_h already says how much each step counts.",
                "Your gradient is a mean over the steps. Take the sum."): [right / len(da)],
        Mistake("h-of-same-step", symptom, "Which state did W_hh multiply at step t?",
                "Yours is computed from h[t], but W_hh multiplied the state before, h[t - 1]."):
            [terms(later).sum(axis=(0, 1))],
    }
    for mistake, wrong in explained.items():
        if any(nearly(grad, value) for value in wrong):
            raise mistake
    raise Mistake("another-sum", symptom, "How was this array used in the forward pass?",
                  "Over all steps, add up " + (
                      "da[t], summed over the rows: da[t].sum(axis=0)." if rows is None
                      else "x[t].T @ da[t] for W_xh, h[t - 1].T @ da[t] for W_hh."))


def step_at_lesson_size() -> tuple:
    """Arguments of `lstm_step` as section 6 trains with them."""
    return one_step(np.random.default_rng(74), 3, 4, 32)


def step_back_at_lesson_size() -> tuple:
    """Arguments of `lstm_step_back` as section 6 trains with them."""
    return one_step_back(np.random.default_rng(75), 3, 4, 32)


def backward_at_lesson_size() -> tuple:
    """Arguments of `backward` as section 6 trains with them."""
    return sequence(np.random.default_rng(76), 3, 4, 32, 10)
