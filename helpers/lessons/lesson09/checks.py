"""The checks of lesson 09: find the line, fix the pass, read the table, name the failure."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    entries_of,
    listed,
    need_answers,
    numbers_of,
    part,
    several_of,
    word_of,
)
from helpers.lessons.lesson09.bench import RIGHT, SUMS
from helpers.lessons.lesson09.failures import FAILURES, describe_difference
from helpers.lessons.lesson09.ward import RIGHT_BELOW, WARD, Findings, examine

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
    """Say of each patient whether the line with the bug is named: a dictionary from patient to line."""
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
    """Check a fixed pass of a "RNN", "LSTM" or "GRU", with sizes that are alike and sizes that are not."""
    need_answers(kind)
    if not isinstance(kind, str) or kind not in RIGHT:
        raise Mistake("no-kind", f"Say first which network it is: {', '.join(RIGHT)}, in quotation marks.")
    for sizes in ((6, 4, 4, 4), (5, 2, 6, 3), (1, 3, 4, 2)):
        place = "With T = {}, B = {}, V = {} and H = {}: ".format(*sizes)
        asked = _Asked(kind, backward, place)
        found = examine(kind, asked, sizes)
        if found.wrong or _first(found):
            raise _findings(found, examine(kind, _turned(asked), sizes), asked).after(place)
    return "Correct: every gradient is right at every step, for three networks of different sizes."


class _Asked:
    """A reader's backward pass, called and looked at as every function of a reader.

    Attributes:
        only_zeros: whether the da that it returned last has nothing in it.
        one_array: whether that da was a list of one and the same array.
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
        made = p.zeros_like()
        for name, array in entries_of(grads, own, "grads", place).items():
            made[name] = numbers_of(array, p[name].shape, f"The gradient of {name}", place)
        if isinstance(da, Mapping):
            raise Mistake("da-by-key", f"{place}da is a dictionary. Make it an array, or a list, in which "
                                       "da[t] belongs to step t.")
        self.one_array = isinstance(da, list | tuple) and len(set(map(id, da))) < len(da)
        da = numbers_of(da, (*x.shape[:2], len(p.b_h)), "da, with its steps stacked,", place)
        self.only_zeros = not da.any()
        return made, da


def _turned(asked: Callable) -> Callable:
    """The same pass with its da in the other order."""
    def call(*given):
        grads, da = asked(*given)
        return grads, da[::-1]

    return call


def _first(found: Findings) -> tuple[int, list[str]] | None:
    """The first wrong step of the backward pass, and the sums that are wrong there."""
    for t in reversed(range(len(next(iter(found.steps.values()))))):
        bad = [name for name, errors in found.steps.items() if errors[t] > RIGHT_BELOW]
        if bad:
            return t, bad
    return None


def _findings(found: Findings, turned: Findings, asked: _Asked) -> Mistake:
    """What is wrong with the gradients, and where in the backward pass it begins.

    `turned` is found with da reversed.
    """
    fine = [name for name in found.parameters if name not in found.wrong]
    words = f"the gradients are wrong for {listed(found.wrong)}, and right for {listed(fine)}." if (
        found.wrong) else "the gradients are right."
    first = _first(found)
    if first is None:
        return Mistake("sums", "da is right at every step, so look where the gradients are computed from "
                               "it.").after(words + "\n")
    if asked.only_zeros:
        return Mistake("no-da", "da is nothing but zeros. Store in da[t] what step t computes."
                       ).after(words + "\n")
    if _first(turned) is None:
        return Mistake("da-turned", "da is right, but the last step comes first in it. da[t] belongs to step "
                                    "t.").after(words + "\n")
    t, bad = first
    if t == len(next(iter(found.steps.values()))) - 1:
        mistake = Mistake("last-step", "This is the last step, where nothing has been passed back yet, so "
                                       "look at the step itself.", *[
            f"All {t + 1} entries of da are one and the same array. A .copy() of the list, or of the array "
            "before * T, does not change that. Make a new array for each step."][: asked.one_array])
    else:
        mistake = Mistake("carried", "The steps after it are right, so look at what they pass back.")
    sizes = listed(f"{name} ({found.steps[name][t]:.2g})" for name in bad)
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
        said, name = several_of(answer, ("a step", "a name"), "What first_wrong returns")
        if isinstance(said, str) and said in names and not isinstance(name, str):
            raise Mistake("swapped", f"The step and the name have changed places in {answer}. The step "
                                       "comes first.")
        said = numbers_of(said, (), "The step")
        if (said, str(name)) == where:
            continue
        if said != where[0] and said == 0:
            mistake = Mistake("last-on-the-way-back", "That is the last wrong step of the backward pass, but "
                                                      "the bug is at the first. Begin with the last t.")
        elif said in (where[0] + 1, where[0] - len(case.derived)):
            mistake = Mistake("counted-otherwise", "Count the steps from 0, as range(T) does.")
        elif said == where[0] and str(name) == str(names.index(where[1])):
            mistake = Mistake("number-of-block",
                              "That is the number of the block. Return its name, names[k].")
        elif said == where[0]:
            mistake = Mistake("wrong-block",
                              "Each name has a block of H columns: np.split(array, len(names), axis=-1).")
        else:
            mistake = Mistake("another-step", f"Step {where[0]} is wrong{case.words}. "
                                              "Compare all sequences and all units of a block.")
        raise mistake.after(f"The first wrong step of the backward pass is t = {where[0]}, in {where[1]}; "
                            f"you returned t = {said:g}, in {name}. ")
    return "Correct: it finds the step and the gate in six wrong tables, and no bug in three right ones."


class _Case(NamedTuple):
    """Tables for an examiner: of which cell, the first wrong step and block or None, and what is special."""

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
    one = derived.copy()
    one[2, 2, 2 * UNITS - 1] *= 1 + 1e-5
    yield _Case("GRU", (2, "z"), one, measured, ", by a hundred-thousandth, in one unit of the last sequence")
    small = derived.copy()
    small[1, :, 2 * UNITS :] *= 1.3
    yield _Case("GRU", (1, "n"), 1e-10 * small, 1e-10 * measured, " (all numbers are small, about 1e-10)")
    yield _Case("GRU", None, 1e4 * derived, 1e4 * measured, " (the numbers are large, about 10,000)")
    yield _Case("RNN", None, 1e-10 * derived, 1e-10 * measured, " (the numbers are small, about 1e-10)")


@check(*sorted(what.letter for what in FAILURES.values()))
def check_names(names: Mapping[str, str]) -> str:
    """Say whether each letter has its failure, one of `FAILURES`."""
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
