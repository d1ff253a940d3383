"""What a check says of a backward pass: which gradients are wrong at which lengths, what that points to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from helpers.lessons.asking import answer_of, arrays_of, nearly
from helpers.lessons.checking import Slip, listed
from helpers.lessons.stages import Fault, with_changes

Arrays = Mapping[str, object]       # gradients by the name of what they belong to
# A length is a number of steps, or words that can stand after "At T = ".


def tried_gradients(
    backward: Callable, cases: Iterable[tuple[Any, tuple, Arrays]], **asked
) -> dict[Any, tuple]:
    """Of a reader's function, by length: its gradients and the right ones.

    `cases` are lengths, arguments and right gradients. Where it stops at a later length although an earlier
    one is wrong already, what was found so far is told.
    """
    tried: dict[Any, tuple] = {}
    for T, given, right in cases:
        shapes = {name: array.shape for name, array in right.items()}
        try:
            found = answer_of(
                backward, *given, place=f"At T = {T}: ", keeps=True,
                read=lambda answer, shapes=shapes: arrays_of(answer, shapes, "What it returns"), **asked)
        except Slip:
            if any(wrong_of(*pair) for pair in tried.values()):
                break
            raise
        tried[T] = found, right
    return tried


def wrong_of(found: Arrays, right: Arrays) -> list[str]:
    """The names of the gradients that are wrong."""
    return [name for name in right if not nearly(found[name], right[name])]


def where(tried: Mapping[Any, tuple]) -> str:
    """Which gradients are wrong, and at which lengths."""
    wrong = {T: wrong_of(*pair) for T, pair in tried.items()}
    names = list(next(iter(tried.values()))[1])
    said = []
    for spoilt, lengths in groupby(wrong, key=wrong.get):
        at = f"At T = {listed(map(str, lengths))} "
        fine = [name for name in names if name not in spoilt]
        if not spoilt:
            said.append(at + "every gradient is right.")
        elif not fine:
            said.append(at + "every gradient is wrong.")
        else:
            said.append(f"{at}{'those' if len(spoilt) > 1 else 'that'} of {listed(spoilt)} "
                        f"{'are' if len(spoilt) > 1 else 'is'} wrong, "
                        f"{'those' if len(fine) > 1 else 'that'} of {listed(fine)} "
                        f"{'are' if len(fine) > 1 else 'is'} right.")
    return " ".join(said)


def need_right(
    tried: Mapping[Any, tuple], plain: Callable, given: Mapping[Any, tuple], faults: Sequence[Fault],
    otherwise: Callable[[str, dict[Any, list[str]]], Slip], read: Callable = lambda answer: answer,
) -> None:
    """Raise a Slip unless all gradients are right at all lengths.

    It is that of the first of `faults` which, made in `plain`, gives just these gradients for the arguments
    `given` at each length; else what `otherwise` makes of where it is wrong and of the names by length.
    `read` takes the gradients out of what `plain` returns.
    """
    wrong = {T: wrong_of(*pair) for T, pair in tried.items()}
    if not any(wrong.values()):
        return
    for fault in faults:
        made = with_changes(plain, fault.changes)
        if all(not wrong_of(tried[T][0], read(made(*given[T]))) for T in tried):
            raise fault.found(where(tried))
    raise otherwise(where(tried), wrong)


def symptoms(told: str, wrong: Mapping[Any, Sequence[str]]) -> Slip:
    """The Slip of gradients that no known fault makes: what the pattern of wrong arrays points to."""
    first, spoilt = min(wrong), {name for names in wrong.values() for name in names}
    if spoilt <= {"W_hy", "b_y"}:       # the others are made of dy too
        return Slip("wrong-read-out-line", told, "The others are right, and they are made of dy: so dy is "
                                                 f"right too. Look at the line of {listed(sorted(spoilt))}.",
                    "W_hy gets np.outer(h[t], dy) and b_y gets dy, both with += in every step.")
    if spoilt & {"W_hy", "b_y"} and not wrong[first]:
        return Slip("wrong-steps", told, "With a single step all is right: where does dy depend on how many "
                                         "steps there are, or on which one it is?",
                    "dy is made of p[t] and targets[t], in every step alike; it is divided by the number of "
                    "steps where the loss is a mean.")
    if spoilt & {"W_hy", "b_y"}:
        return Slip("wrong-read-out", told, "The gradient by the scores comes first: all else is made of it.",
                    "dy is the probabilities minus the one-hot target, divided by the number of steps where "
                    "the loss is a mean; W_hy gets the outer product of h[t] and dy, b_y gets dy, and all "
                    "steps are added up.")
    if not wrong[first] and len(spoilt) > 1:        # da is right where a single array is wrong
        return Slip("wrong-carry", told, "With a single step all is right: what goes from step to step?",
                    "What the step before gets is da @ W_hh.T, and it is added to what its own scores say; "
                    "every array adds up all steps.")
    if len(wrong[first]) > 1:
        return Slip("wrong-da", told, "With a single step it is wrong already, but dy is right: something "
                                      "between dy and da is not.",
                    "dh is dy @ W_hy.T plus what is carried; da is dh times 1 - h[t]**2.")
    return Slip("wrong-line", told, "One array alone is wrong: the fault is in the line that is its own.",
                "Its gradient is what it multiplied on the way forward, times da, added up over the steps.")
