"""The checks of lesson 09: find the line, mend the pass, read the table, name the failure."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.lessons.checking import NOT_YET, Slip, answer_of, check, listed
from helpers.lessons.lesson09.bench import SUMS, gradients, parameters
from helpers.lessons.lesson09.failures import FAILURES
from helpers.lessons.lesson09.ward import RIGHT_BELOW, WARD, Findings, examine

EVIDENCE = {
    1: "At the last step da is right, before it wrong: what should come from later steps?",
    2: "Even at the last step da is wrong, where nothing is carried yet: count the factors from dh to da.",
    3: "da is right at every step, and W_hh alone is wrong: what is W_hh's gradient made of besides da?",
    4: "da is right at step 0 alone, the step that was written last.",
    5: "b_h alone is wrong, and only where there are as many sequences as units.",
    6: "Everything points the right way and is 24 times too long: 6 steps times 4 sequences.",
    7: "da is right at every step, and W_hh alone is wrong, and too short.",
    8: "At the last step all is right; one step before it o still is, and what comes through c is not.",
    9: "At the last step f alone is wrong: what did f multiply?",
    10: "At the last step i and f are right, o and g wrong: or are they in each other's place?",
    11: "At the last step z alone is wrong: is dh then still what it was?",
    12: "At the last step all is right: the fault is in what is carried, and the square matrices are silent.",
}


@check
def check_lines(lines: Mapping[int, int]) -> str:
    """Say of each patient whether the line of the fault is named: a dictionary from patient to line."""
    if not isinstance(lines, Mapping) or set(lines) != set(WARD):
        raise Slip("no-dictionary",
                   f"lines should be a dictionary with the keys 1 to {len(WARD)}, one for each patient.")
    answered = {number: line for number, line in lines.items() if line is not ... and line is not None}
    if not answered:
        raise Slip("not-yet", NOT_YET)
    wrong = []
    for number, line in sorted(answered.items()):
        code = WARD[number].source.splitlines()
        if isinstance(line, bool) or not isinstance(line, int | np.integer) or not 1 <= line <= len(code):
            wrong.append(f"Patient {number}: {line!r} is no line; there are lines 1 to {len(code)}.")
        elif line not in WARD[number].lines:
            wrong.append(f"Patient {number}: line {line}, `{code[line - 1].strip()}`, is sound. "
                         f"{EVIDENCE[number]}")
    found = len(answered) - len(wrong)
    if found == len(WARD):
        return "\n".join([f"Right: all {len(WARD)} faults are found.\n",
                          *(f"{number:2}  {patient.cause}" for number, patient in WARD.items())])
    still_open = len(WARD) - len(answered)
    raise Slip("wrong-line" if wrong else "still-open", "\n".join([
        f"{found} of {len(WARD)} found." + (f" {still_open} are still open." if still_open else ""), *wrong]))


@check
def check_repair(kind: str, backward: Callable) -> str:
    """Examine a mended pass of a "RNN", "LSTM" or "GRU", with sizes that are alike and sizes that are not."""
    for sizes in ((6, 4, 4, 4), (5, 2, 6, 3), (1, 3, 4, 2)):
        place = "With T = {}, B = {}, V = {} and H = {}".format(*sizes)
        if backward is ...:
            raise Slip("not-yet", NOT_YET)
        found = answer_of(
            _answer, kind, backward, sizes, unanswered=lambda answer: answer is True or answer is None,
            read=lambda _, sizes=sizes: examine(kind, backward, sizes),
            stops=f"{place} your function stops with {{error}}.")
        if found.wrong or _first(found):
            raise _findings(found).after(f"{place}: ")
    return "Right: every gradient and every step, for three networks of different sizes."


def _answer(kind: str, backward: Callable, sizes: tuple[int, int, int, int]):
    """What the reader's function returns when it is called as `gradients` calls it; None for no answer."""
    kept = []

    def call(*given):
        kept.append(backward(*given))
        return kept[0]

    try:
        (T, B, V, H), rng = sizes, np.random.default_rng(91)
        x, y = np.eye(V)[rng.integers(V, size=(2, T, B))]
        gradients(kind, call, parameters(kind, V, H, rng), x, y)
    except Exception:
        if not kept or (kept[0] is not None and kept[0] is not ...):
            raise
    return None if kept[0] is ... else kept[0]


def _first(found: Findings) -> tuple[int, list[str]] | None:
    """The first wrong step on the way back, and the sums that are wrong there."""
    for t in reversed(range(len(next(iter(found.steps.values()))))):
        bad = [name for name, errors in found.steps.items() if errors[t] > RIGHT_BELOW]
        if bad:
            return t, bad
    return None


def _findings(found: Findings) -> Slip:
    """What is wrong with the gradients, and where on the way back it begins."""
    fine = [name for name in found.parameters if name not in found.wrong]
    words = f"the gradient of {listed(found.wrong)} is wrong, right are those of {listed(fine)}." if (
        found.wrong) else "the gradients are right."
    first = _first(found)
    if first is None:
        return Slip("sums", "da is right at every step: look where the gradients are made from it.").after(
            words + "\n")
    t, bad = first
    if t == len(next(iter(found.steps.values()))) - 1:
        slip = Slip("last-step", "the last step, where nothing is carried yet.")
    else:
        slip = Slip("carried", "the steps after it are right, so look at what they hand on.")
    return slip.after(f"{words}\nOn the way back the first wrong step is t = {t}, in da of {listed(bad)}: ")


@check
def check_first_wrong(first_wrong: Callable) -> str:
    """Try ``first_wrong(derived, measured, names) -> (t, name)`` or None on fresh tables.

    derived and measured are (T, B, K H), in blocks of H for each of the K names.
    """
    rng = np.random.default_rng(92)
    for kind, where in (("LSTM", None), ("LSTM", (4, "o")), ("GRU", (0, "r")), ("RNN", (2, "a")),
                        ("LSTM", (3, "g"))):
        names = SUMS[kind]
        measured = rng.normal(size=(5, 3, 4 * len(names)))
        derived = measured * (1 + 1e-9 * rng.normal(size=measured.shape))
        if where:
            t, block = where[0], names.index(where[1])
            derived[t, :, 4 * block : 4 * block + 4] *= 1.3
            derived[:t] *= -1                       # all that comes later on the way back is spoilt
        answer = answer_of(first_wrong, derived.copy(), measured.copy(), names, unanswered=None,
                           stops="first_wrong stops with {error}.")
        if answer is ... or (answer is None and where == (4, "o")):
            raise Slip("not-yet", NOT_YET)
        if where is None:
            if answer is not None:
                raise Slip("rounding", "There all differences are below 1e-8, which is rounding: return "
                                       "None.")
            continue
        if answer is None:
            raise Slip("nothing-found",
                       f"Step {where[0]} is wrong in {where[1]}, but first_wrong found nothing.")
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise Slip("no-pair", "first_wrong should return a step and a name, such as (3, 'o'), or None.")
        if tuple(answer) == where:
            continue
        said, name = answer
        if said != where[0] and said == 0:
            slip = Slip("last-on-the-way-back", "That is the last wrong step on the way back; the fault is "
                                                "at the first: begin with the last t.")
        elif said == where[0]:
            slip = Slip("wrong-block",
                        "Each name has a block of H columns: np.split(array, len(names), axis=-1).")
        else:
            slip = Slip("another-step", "Compare the whole step: all sequences, all units of a block.")
        raise slip.after(f"The first wrong step on the way back is t = {where[0]}, in {where[1]}; you say "
                         f"t = {said}, in {name}. ")
    return "Right: it finds step and gate in four faulty tables, and nothing in a sound one."


@check
def check_names(names: Mapping[str, str]) -> str:
    """Say whether each letter has its failure, one of `FAILURES`."""
    letters = {what.letter: cause for cause, what in FAILURES.items()}
    if not isinstance(names, Mapping) or set(names) != set(letters):
        raise Slip("no-dictionary", "names should be a dictionary with the keys "
                                    f"{', '.join(sorted(letters))}.")
    answered = {letter: str(cause).strip().lower() for letter, cause in names.items()
                if cause is not ... and cause is not None}
    if not answered:
        raise Slip("not-yet", NOT_YET)
    unknown = sorted({cause for cause in answered.values() if cause not in FAILURES})
    if unknown:
        raise Slip("no-such-failure",
                   f"There is no failure called {listed(map(repr, unknown))}: take {', '.join(FAILURES)}.")
    wrong = [f"{letter}: not {cause!r}. Of such a run one would say: {FAILURES[cause].sign}"
             for letter, cause in sorted(answered.items()) if letters[letter] != cause]
    if not wrong and len(answered) == len(letters):
        return "\n".join(["Right: all eight.\n", *(
            f"{letter}  {letters[letter]}. {FAILURES[letters[letter]].sign} "
            f"Remedy: {FAILURES[letters[letter]].remedy}" for letter in sorted(letters))])
    raise Slip("wrong-failure" if wrong else "still-open", "\n".join([
        f"{len(answered) - len(wrong)} of {len(letters)} are right.", *wrong]))
