"""The checks of lesson 09's exercises, and of what can be measured in its three projects."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    arrays_of,
    check,
    entries_of,
    first_mistake,
    listed,
    need_answers,
    numbers_of,
    part,
    several_of,
    wait_for,
    word_of,
    wrong_answers,
)
from helpers.data import Vocabulary, ngram_loss
from helpers.lessons.lesson09 import mistakes
from helpers.lessons.lesson09.experiments import FAILURES, RIGHT, SUMS, describe_difference
from helpers.lessons.lesson09.experiments_ward import RIGHT_BELOW, WARD, Findings, examine
from helpers.networks import GRU, CharModel, numerical_gradient, relative_error

EVIDENCE = {
    1: "At the last step da is right, but before it da is wrong. What should come from later steps?",
    2: "At the last step da is wrong, and nothing is passed back there yet. Count the factors from dh to da.",
    3: "da is right at every step, so only W_hh's gradient is wrong. What goes into it besides da?",
    4: "da is right only at step 0, the step that was written last.",
    5: "Only b_h's gradient is wrong. Its shape fits only because there are as many sequences as units.",
    6: "Every gradient points the right way but is 24 times too long. There are 6 steps and 4 sequences.",
    7: "da is right at every step, and only W_hh's gradient is wrong. It is too short.",
    8: "At the last step all is right. One step earlier o is still right, but what comes through c is not.",
    9: "At the last step only f is wrong. What did f multiply?",
    10: "At the last step i and f are right, but o and g are wrong. Or have they changed places?",
    11: "At the last step only z is wrong. Is dh still the same when dz is computed from it?",
    12: "At the last step everything is right, so the bug is in what is passed back. No shape gives it away.",
}


@check(*map(str, WARD))
def check_lines(lines: Mapping[int, int]) -> str:
    """Check which line of each patient is said to have the bug: a dictionary from patient to line."""
    for number, line in entries_of(lines, WARD, "lines").items():
        with part(str(number)):
            code, line = WARD[number].source.splitlines(), numbers_of(line, (), "It")
            if line not in range(1, len(code) + 1):
                raise Mistake("no-such-line", f"There is no line {line:g}. Choose one from 1 to {len(code)}.")
            if line not in WARD[number].lines:
                raise Mistake("wrong-line", f"line {line:g}, `{code[int(line) - 1].strip()}`, is sound. "
                                            f"{EVIDENCE[number]}")
    return "\n".join([f"Correct: you found all {len(WARD)} bugs.\n",
                      *(f"{number:2}  {patient.cause}" for number, patient in WARD.items())])


@check
def check_repair(kind: str, backward: Callable) -> str:
    """Check a fixed backward pass of an "RNN", "LSTM" or "GRU", with equal sizes and with different ones."""
    need_answers(kind)
    if not isinstance(kind, str) or kind not in RIGHT:
        raise Mistake("no-kind", f"Say first which network it is: {', '.join(RIGHT)}, in quotation marks.")
    for sizes in ((6, 4, 4, 4), (5, 2, 6, 3), (1, 3, 4, 2)):
        place = "With T = {}, B = {}, V = {} and H = {}: ".format(*sizes)
        asked = _Asked(kind, backward, place)
        findings = examine(kind, asked, sizes)
        if findings.wrong or findings.first_wrong:
            raise _findings(findings, examine(kind, asked.turned, sizes), asked).after(place)
    return "Correct: every gradient is right at every step, for three networks of different sizes."


class _Asked:
    """A reader's backward pass, whose answers are checked as those of every reader's function.

    Attributes:
        only_zeros: whether the last da it returned is nothing but zeros.
        one_array: whether that da was a list that holds one array several times.
    """

    def __init__(self, kind: str, backward: Callable, place: str):
        self._kind, self._backward, self._place = kind, backward, place
        self.only_zeros = self.one_array = False

    def __call__(self, p, x, *given):
        place = self._place
        hint = " The states come in a dictionary: h[t] is the state of step t, h[-1] is the initial state."
        grads, da = answer_of(self._backward, p, x, *given, place=place, hint=hint, read=lambda
                              answer: several_of(answer, ("grads", "da"), "What it returns", place))
        own = [name for name in p if self._kind == "RNN" or name not in ("W_hy", "b_y")]
        checked = p.zeros_like()
        for name, array in entries_of(grads, own, "grads", place).items():
            checked[name] = numbers_of(array, p[name].shape, f"The gradient of {name}", place)
        if isinstance(da, Mapping):
            raise Mistake("da-by-key", f"{place}da is a dictionary. Make it an array, or a list, in which "
                                       "da[t] belongs to step t.")
        self.one_array = isinstance(da, list | tuple) and len(set(map(id, da))) < len(da)
        da = numbers_of(da, (*x.shape[:2], len(p.b_h)), "da, with its steps stacked,", place)
        self.only_zeros = not da.any()
        return checked, da

    def turned(self, *given):
        """The same answer with its da in the other order."""
        grads, da = self(*given)
        return grads, da[::-1]


def _findings(findings: Findings, turned: Findings, asked: _Asked) -> Mistake:
    """What is wrong with the gradients, and where it begins; `turned` are the findings with da reversed."""
    fine = [name for name in findings.parameters if name not in findings.wrong]
    words = "the gradients are right."
    if findings.wrong:
        words = f"the gradients are wrong for {listed(findings.wrong)}, and right for {listed(fine)}."
    if findings.first_wrong is None:
        return Mistake("sums", "da is right at every step, so look where the gradients are computed from "
                               "it.").after(words + "\n")
    if asked.only_zeros:
        return Mistake("no-da", "da is nothing but zeros. Store in da[t] what step t computes."
                       ).after(words + "\n")
    if turned.first_wrong is None:
        return Mistake("da-turned", "da is right, but the last step comes first in it. da[t] belongs to step "
                                    "t.").after(words + "\n")
    t, sums = findings.first_wrong
    if t == len(next(iter(findings.steps.values()))) - 1:
        mistake = Mistake("last-step", "This is the last step, where nothing has been passed back yet, so "
                                       "look at the step itself.", *[
            f"All {t + 1} entries of da are one and the same array. A .copy() of the list, or of the array "
            "before * T, does not change that. Make a new array for each step."][: asked.one_array])
    else:
        mistake = Mistake("carried", "The steps after it are right, so look at what they pass back.")
    sizes = listed(f"{name} ({findings.steps[name][t]:.2g})" for name in sums)
    return mistake.after(f"{words}\nIn the backward pass the first wrong step is t = {t}, in da of {sizes}. "
                         "The relative error is in brackets. ")


UNITS = 7       # of the tables for an examiner: one or three blocks of 7 columns can't be cut in four


@check
def check_first_wrong(first_wrong: Callable) -> str:
    """Try ``first_wrong(derived, measured, names) -> (t, name)`` or None on fresh tables.

    derived and measured are (T, B, K H), in blocks of H for each of the K names.
    """
    for case in _tables(np.random.default_rng(92)):
        names, where = SUMS[case.kind], case.where
        answer = answer_of(first_wrong, case.derived, case.measured, names,
                           unanswered=lambda answer: answer is ...,
                           hint=f" In this test derived has the shape {case.derived.shape}, with {UNITS} "
                                f"columns for each of {names}.")
        if where is None:
            if answer is not None:
                raise Mistake("rounding", f"In this test all relative errors are below {RIGHT_BELOW:g}, "
                                          f"which is only rounding{case.words}. Return None.")
            continue
        if answer is None:
            raise Mistake("nothing-found", f"Step {where[0]} is wrong in {where[1]}{case.words}, but "
                                           "first_wrong found nothing: it returned None.")
        step, name = several_of(answer, ("a step", "a name"), "What first_wrong returns")
        if isinstance(step, str) and step in names and not isinstance(name, str):
            raise Mistake("swapped", f"The step and the name have changed places in {answer}. The step "
                                       "comes first.")
        step = numbers_of(step, (), "The step")
        if (step, str(name)) == where:
            continue
        if step != where[0] and step == 0:
            mistake = Mistake("last-on-the-way-back", "That is the last wrong step of the backward pass, but "
                                                      "the bug is at the first. Begin with the last t.")
        elif step in (where[0] + 1, where[0] - len(case.derived)):
            mistake = Mistake("counted-otherwise", "Count the steps from 0, as range(T) does.")
        elif step == where[0] and str(name) == str(names.index(where[1])):
            mistake = Mistake("number-of-block",
                              "That is the number of the block. Return its name, names[k].")
        elif step == where[0]:
            mistake = Mistake("wrong-block",
                              "Each name has a block of H columns: np.split(array, len(names), axis=-1).")
        else:
            mistake = Mistake("another-step", f"Step {where[0]} is wrong{case.words}. "
                                              "Compare all sequences and all units of a block.")
        raise mistake.after(f"The first wrong step of the backward pass is t = {where[0]}, in {where[1]}; "
                            f"you returned t = {step:g}, in {name}. ")
    return "Correct: it finds the step and the gate in six wrong tables, and no bug in three right ones."


class _Case(NamedTuple):
    """Tables for an examiner, the first wrong step and block in them or None, and what is special."""

    kind: str
    where: tuple[int, str] | None
    derived: np.ndarray
    measured: np.ndarray
    words: str = ""


def _tables(rng: np.random.Generator) -> Iterator[_Case]:
    """Tables with rounding alone, with a bug in all of a block, and with one that is hard to see."""
    for kind, where in (("LSTM", None), ("LSTM", (4, "o")), ("GRU", (0, "r")), ("RNN", (2, "a")),
                        ("LSTM", (3, "g"))):
        measured = rng.normal(size=(5, 3, UNITS * len(SUMS[kind])))
        derived = measured * (1 + 1e-9 * rng.normal(size=measured.shape))
        if where:
            t, block = where[0], SUMS[kind].index(where[1])
            derived[t, :, UNITS * block : UNITS * (block + 1)] *= 1.3
            derived[:t] *= -1                       # all that comes later in the backward pass is spoilt
        yield _Case(kind, where, derived, measured)
    measured = rng.normal(size=(5, 3, 3 * UNITS))
    derived = measured * (1 + 1e-9 * rng.normal(size=measured.shape))
    nearly = derived.copy()
    nearly[2, 2, 2 * UNITS - 1] *= 1 + 1e-5
    yield _Case("GRU", (2, "z"), nearly, measured,
                ", by a hundred-thousandth, in one unit of the last sequence")
    small = derived.copy()
    small[1, :, 2 * UNITS :] *= 1.3
    yield _Case("GRU", (1, "n"), 1e-10 * small, 1e-10 * measured, " (all numbers are small, about 1e-10)")
    yield _Case("GRU", None, 1e4 * derived, 1e4 * measured, " (the numbers are large, about 10,000)")
    yield _Case("RNN", None, 1e-10 * derived, 1e-10 * measured, " (the numbers are small, about 1e-10)")


@check(*sorted(what.letter for what in FAILURES.values()))
def check_names(names: Mapping[str, str]) -> str:
    """Check which of `FAILURES` each letter is said to be."""
    letters = dict(sorted((what.letter, cause) for cause, what in FAILURES.items()))
    for letter, name in entries_of(names, letters, "names").items():
        with part(letter):
            need_answers(name)
            cause = word_of(name).rstrip(".").replace("initialization", "initialisation")
            if cause in ("memorised", "memorized") or cause.endswith(" by heart"):
                cause = "overfitting"
            if cause not in FAILURES:
                raise Mistake("no-such-failure",
                              f"There is no failure called {cause!r}. Choose one of {', '.join(FAILURES)}.")
            if cause != letters[letter]:
                raise Mistake("wrong-failure",
                              f"It is not {cause!r}. That failure looks like this: {FAILURES[cause].sign}")
    return "\n".join(["Correct: all eight.\n", *(
        f"{letter}  {cause}: {describe_difference(cause)}. {FAILURES[cause].sign} Remedy: "
        f"{FAILURES[cause].remedy}"
        for letter, cause in letters.items())])


# --- the projects: the parts of a rubric that can be measured ---

SEEN = 40               # characters: so long a passage does not occur twice by chance
ORDERS = range(1, 7)    # the n-grams that a network is compared with
LITTLE = 0.1            # nats below chance: less is nothing learnt yet
SYMBOLS = 26            # of a task: so few that each, and nearly each pair, comes last in some sequences
WANTED = 0.95           # share of answers that a network has to get right
EASIER = 0.1            # as much above chance may someone be right who sees the last symbols alone
CHANCE = 0.80           # at most: with EASIER it stays below WANTED, so that WANTED needs a memory


@check("guessing", "counting")
def check_text(train_text: str, heldout_text: str, model: CharModel) -> str:
    """Measure project 9.6: two texts, and a network trained on the first.

    The symbols of the network are those of ``Vocabulary(train_text + heldout_text)``.
    """
    need_answers(train_text, heldout_text, model)
    texts = isinstance(train_text, str) and isinstance(heldout_text, str)
    if not texts or not isinstance(model, CharModel):
        raise Mistake("no-texts", "Pass two texts, which are strings, and a CharModel.")
    if len(train_text) < 2000 or len(heldout_text) < 300:
        raise Mistake("too-short",
                      f"The texts have {len(train_text):,} and {len(heldout_text):,} characters. Use at "
                      "least 2,000 for training and 300 for the test, or luck decides.")
    starts = range(0, len(heldout_text) - SEEN, SEEN // 2)
    seen = sum(heldout_text[start : start + SEEN] in train_text for start in starts) / len(starts)
    if seen > 0.5:
        raise Mistake("seen-before",
                      f"{seen:.0%} of the {SEEN}-character passages of the held-out text occur in the "
                      "training text, too, so the held-out text tests nothing. Cut the text in two *before* "
                      "training, and look for repetitions.")
    vocabulary = Vocabulary(train_text + heldout_text)
    if model.cell.input_size != len(vocabulary):
        raise Mistake("another-vocabulary",
                      f"The network has {model.cell.input_size} symbols, but the two texts have "
                      f"{len(vocabulary)}. Encode both with Vocabulary(train_text + heldout_text).")
    ids, heldout = vocabulary.encode(train_text)[:, None], vocabulary.encode(heldout_text)[:, None]
    trained = model.loss(ids[:-1], ids[1:])[0]
    loss = model.loss(heldout[:-1], heldout[1:])[0]
    counted = {n: ngram_loss(train_text, heldout_text, n) for n in ORDERS}
    best = min(counted, key=counted.get)
    uniform_loss = math.log(len(vocabulary))
    measured = (f"\n  held out {loss:.2f}, training text {trained:.2f}, chance {uniform_loss:.2f}, "
                f"best n-gram (n = {best}) {counted[best]:.2f}")
    if seen > 0.05:
        measured += (f"\n  {seen:.0%} of the {SEEN}-character passages of the held-out text occur in the "
                     "training text, too. Does the text repeat itself, or is a piece in both texts?")
    if loss > trained + 0.5:
        measured += ("\n  The network predicts the training text far better than the held-out text. Try more "
                     "text, fewer units, or early stopping.")
    with part("guessing"):
        if loss > uniform_loss - LITTLE:
            raise Mistake("behind-chance",
                          "The network has learnt nothing that helps on unseen text. An untrained network, "
                          "which only guesses, does as well." + measured)
    with part("counting"):
        wait_for("guessing")
        if loss >= counted[best]:
            raise Mistake("behind-counting", "The network has learnt something, but less than counting does. "
                                             f"Its loss is above that of the {best}-gram." + measured)
    return f"Correct: on unseen text the network beats every n-gram up to n = {max(ORDERS)}." + measured


@check("repeatable", "chance", "memory", "network")
def check_task(make: Callable, chance: float, answer: Callable) -> str:
    """Measure project 9.7: a memory task, the share right by chance, and a network that solves it.

    Args:
        make: ``make(rng, batch) -> (symbols (T, B), answers (B,))``, whole numbers, symbols from 0 to 25.
        chance: share of answers that are right without memory, at most 0.8.
        answer: ``answer(symbols) -> (B,)``, what the trained network says.
    """
    symbols, answers = _sequences(make, 93, 4000)
    fresh, wanted = _sequences(make, 94, 1000)
    blind = np.unique(answers, return_counts=True)[1].max() / len(answers)
    with part("repeatable"):
        if not np.array_equal(symbols, _sequences(make, 93, 4000)[0]):
            raise Mistake("not-from-rng", "make returns different sequences for the same seed. Draw all "
                                          "random numbers from rng.")
    with part("chance"):
        claim = numbers_of(chance, (), "It")
        if not abs(blind - claim) < 0.03:
            raise Mistake("another-chance",
                          f"Someone who always says the most frequent answer is right in {blind:.1%} of "
                          f"the sequences, but you say that chance is {claim:.1%}.")
        if claim > CHANCE:
            raise Mistake("too-easy",
                          f"Someone who always says the most frequent answer is right in {blind:.1%} of "
                          f"the sequences, so a network that is right in {WANTED:.0%} may have remembered "
                          f"next to nothing. Change the task until chance is at most {CHANCE:.0%}.")
    with part("memory"):
        for steps in (1, 2, 3):
            share = max(_table_right(symbols[rows], answers, fresh[rows], wanted)
                        for rows in (slice(-steps, None), slice(-steps, 1 - steps or None)))
            if share > blind + min(EASIER, (1 - blind) / 2):
                last = f"last {steps} symbols" if steps > 1 else "last symbol"
                raise Mistake("no-memory-needed",
                              f"Someone who looks only at the {last} is right in {share:.0%} of the "
                              "sequences, so the task needs hardly any memory. Move what matters further "
                              "back.")
    with part("network"):
        answered = answer_of(answer, fresh, hint=f" It is called with symbols of shape {fresh.shape}.",
                             shape=wanted.shape)
        share = float(np.mean(answered == wanted))
        if share < WANTED:
            mistake = Mistake("on-its-way",
                              "It does better than chance. Train it for longer."
                              ) if share > blind + EASIER else Mistake(
                "plateau", "It is guessing. Is the loss still on its plateau? Try a shorter task first.")
            raise mistake.after(f"Your network is right in {share:.1%} of 1,000 new sequences (chance "
                                f"{blind:.1%}); it should be right in at least {WANTED:.0%}. ")
    return "Correct: the task needs memory, chance is what you say, and the network solves it."


def _sequences(make: Callable, seed: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Symbols (T, batch) and answers (batch,) of a reader's task."""
    symbols, answers = answer_of(
        make, np.random.default_rng(seed), batch, hint=" It is called with a generator and a batch size.",
        read=lambda answer: several_of(answer, ("symbols", "answers"), "What make returns"))
    numbers, _ = numbers_of(symbols, (None, batch), "symbols"), numbers_of(answers, (batch,), "answers")
    other = numbers[(numbers != np.round(numbers)) | (numbers < 0) | (numbers >= SYMBOLS)]
    if other.size:
        raise Mistake("other-symbols", f"One of the symbols is {other[0]:g}. Use whole numbers from 0 to "
                                       f"{SYMBOLS - 1}.")
    return np.asarray(symbols), np.asarray(answers)


def _table_right(symbols: np.ndarray, answers: np.ndarray, fresh: np.ndarray, wanted: np.ndarray) -> float:
    """Share right if one always gives the most frequent answer after these symbols.

    After symbols that are new it is the most frequent answer of all.
    """
    counts: defaultdict[tuple, Counter] = defaultdict(Counter)
    for key, answer in zip(map(tuple, symbols.T), answers, strict=True):
        counts[key][answer] += 1
    best = {key: after.most_common(1)[0][0] for key, after in counts.items()}
    values, often = np.unique(answers, return_counts=True)
    guesses = [best.get(key, values[often.argmax()]) for key in map(tuple, fresh.T)]
    return float(np.mean(guesses == wanted))


@check("forward", "backward")
def check_gru(forward: Callable, backward: Callable) -> str:
    """Measure project 9.8: ``forward(p, x, h_first) -> (h, kept)``, h (T, B, H), and
    ``backward(p, x, h_first, h, kept, d_h) -> grads``, for x (T, B, D) and d_h (T, B, H).

    They are compared with the `GRU` in helpers, and with central differences.
    """
    rng = np.random.default_rng(95)
    for T, B, D, H in ((1, 1, 3, 2), (5, 2, 3, 4), (4, 3, 4, 4)):
        cell, place = GRU(D, H), f"With T = {T}, B = {B}, D = {D} and H = {H}: "
        p = cell.init(rng)
        p.vector += 0.3 * rng.standard_normal(p.vector.size)
        x, h_first, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(T, B, H))
        right = cell.forward(p, x, (h_first,))[0]
        with part("forward"):
            h, kept = answer_of(forward, p, x, h_first, place=place, read=partial(
                several_of, names=("h", "kept"), what="What forward returns", place=place))
            h = numbers_of(h, right.shape, "h", place)
            if not np.allclose(h, right, atol=1e-10):
                raise _forward_mistake(h, right, p, x, h_first).after(place)
        with part("backward"):
            wait_for("forward")
            grads = answer_of(backward, p, x, h_first, h, kept, d_h, place=place, read=partial(
                arrays_of, shapes=p.shapes, what="What backward returns", place=place))
            measured = _measured(cell, p, x, h_first, d_h)
            wrong = {name: _wrong_blocks(name, grads[name], measured[name]) for name in p
                     if relative_error(grads[name], measured[name]) > 1e-7}
            if wrong:
                words = "; ".join(f"{name} in the block of {', '.join(gates)}"
                                  for name, gates in wrong.items())
                mistake = Mistake(
                    "single-step", "They are wrong even with a single step, so what is passed back is "
                                   "not to blame."
                ) if T == 1 else Mistake(
                    "carried", "With a single step all were right, so look at what is passed back, dh_next.")
                raise mistake.after(f"{place}these gradients are wrong: {words}.\n")
    return ("Correct: forward agrees with the GRU in helpers, and backward with central differences, for "
            "three sizes.")


def _measured(cell: GRU, p, x, h_first, d_h) -> dict[str, np.ndarray]:
    """The gradients of the sum of d_h times h, by central differences."""
    def loss() -> float:
        return float((cell.forward(p, x, (h_first,))[0] * d_h).sum())

    return {name: numerical_gradient(loss, array) for name, array in p.items()}


def _wrong_blocks(name: str, derived: np.ndarray, measured: np.ndarray) -> list[str]:
    """Those of r, z and n whose block is wrong; b_hn belongs to n alone."""
    gates = "n" if name == "b_hn" else "rzn"
    pairs = zip(np.split(derived, len(gates), -1), np.split(measured, len(gates), -1), strict=True)
    return [gate for gate, pair in zip(gates, pairs, strict=True) if relative_error(*pair) > 1e-7]


def _forward_mistake(h: np.ndarray, right: np.ndarray, p, x, h_first: np.ndarray) -> Mistake:
    """The mistake that was probably made, and the first step that is wrong."""
    t = int(np.argmax(np.abs(h - right).max(axis=(1, 2)) > 1e-10))
    mistake = first_mistake(
        wrong_answers(mistakes.FORWARD, p, x, h_first), h,
        Mistake("another-state", "Compare r, z and n with their equations."),
        same=lambda found, wrong: np.allclose(found, wrong[0], atol=1e-10))
    return mistake.after(f"the state of step t = {t} is wrong. ")
