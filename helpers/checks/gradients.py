"""What a check says about a backward pass: which gradients are wrong, at which T, and what that suggests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from helpers.checks.calls import answer_of, arrays_of, nearly
from helpers.checks.results import Mistake, listed
from helpers.checks.stages import Mutant, with_changes

Arrays = Mapping[str, object]       # gradients by the name of what they belong to
# A length is a number of steps, or words that can follow "At T = ".


def tried_gradients(
    backward: Callable, cases: Iterable[tuple[Any, tuple, Arrays]], **asked
) -> dict[Any, tuple]:
    """By length, the gradients of a reader's function and the right ones.

    `cases` are lengths, arguments and right gradients. If the function stops after an earlier length was
    wrong, only what was found until then is returned.
    """
    tried: dict[Any, tuple] = {}
    for T, given, right in cases:
        shapes = {name: array.shape for name, array in right.items()}
        try:
            found = answer_of(
                backward, *given, place=f"At T = {T}: ", keeps=True,
                read=lambda answer, shapes=shapes: arrays_of(answer, shapes, "What it returns"), **asked)
        except Mistake:
            if any(wrong_of(*pair) for pair in tried.values()):
                break
            raise
        tried[T] = found, right
    return tried


def wrong_of(found: Arrays, right: Arrays) -> list[str]:
    """The names of the gradients that are wrong."""
    return [name for name in right if not nearly(found[name], right[name])]


def where(tried: Mapping[Any, tuple]) -> str:
    """A sentence that says which gradients are wrong, and at which lengths."""
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
            said.append(f"{at}the {'gradients' if len(spoilt) > 1 else 'gradient'} of {listed(spoilt)} "
                        f"{'are' if len(spoilt) > 1 else 'is'} wrong, but "
                        f"{'those' if len(fine) > 1 else 'that'} of {listed(fine)} "
                        f"{'are' if len(fine) > 1 else 'is'} right.")
    return " ".join(said)


def need_right(
    tried: Mapping[Any, tuple], plain: Callable, given: Mapping[Any, tuple], mutants: Sequence[Mutant],
    otherwise: Callable[[str, dict[Any, list[str]]], Mistake], read: Callable = lambda answer: answer,
) -> None:
    """Raise a Mistake unless all gradients are right at all lengths.

    The Mistake belongs to the first of `mutants` that, planted in the reference version `plain`, gives
    exactly these gradients for the arguments `given` at each length. If none does, `otherwise` makes the
    Mistake from where the gradients are wrong and from their names by length. `read` takes the gradients
    out of what `plain` returns.
    """
    wrong = {T: wrong_of(*pair) for T, pair in tried.items()}
    if not any(wrong.values()):
        return
    for mutant in mutants:
        made = with_changes(plain, mutant.changes)
        try:
            same = all(not wrong_of(tried[T][0], read(made(*given[T]))) for T in tried)
        except (IndexError, ValueError):        # at this length it would have stopped
            continue
        if same:
            raise mutant.found(where(tried))
    raise otherwise(where(tried), wrong)


def symptoms(told: str, wrong: Mapping[Any, Sequence[str]]) -> Mistake:
    """The Mistake for gradients that no known mutant explains, by which arrays are wrong."""
    first, spoilt = min(wrong), {name for names in wrong.values() for name in names}
    if spoilt <= {"W_hy", "b_y"}:       # the others depend on dy too
        return Mistake("wrong-read-out-line", told,
                       "The others are right and are computed from dy, so dy is right too. Look at the line "
                       f"for {listed(sorted(spoilt))}.",
                       "At every time step, W_hy gets np.outer(h[t], dy) and b_y gets dy, both with +=.")
    if spoilt & {"W_hy", "b_y"} and not wrong[first]:
        return Mistake("wrong-steps", told,
                       "With a single time step everything is right. Where does dy depend on the number of "
                       "steps, or on t?",
                       "dy is computed from p[t] and targets[t], in the same way at every step. It is "
                       "divided by the number of steps if the loss is a mean.")
    if spoilt & {"W_hy", "b_y"}:
        return Mistake("wrong-read-out", told,
                       "The gradient with respect to the scores comes first, because all others are computed "
                       "from it.",
                       "dy is the probabilities minus the one-hot target, divided by the number of steps if "
                       "the loss is a mean. W_hy gets the outer product of h[t] and dy, b_y gets dy, and "
                       "both are added up over all steps.")
    if not wrong[first] and len(spoilt) > 1:        # da is right where a single array is wrong
        return Mistake("wrong-carry", told,
                       "With a single time step everything is right. What is passed back from step to step?",
                       "The step before receives da @ W_hh.T, which is added to the gradient from its own "
                       "scores. Every array is added up over all steps.")
    if len(wrong[first]) > 1:
        return Mistake("wrong-da", told,
                       "Even with a single time step some gradients are wrong, but dy is right. So the "
                       "mistake is between dy and da.",
                       "dh is dy @ W_hy.T plus what the next step passes back. da is dh times 1 - h[t]**2.")
    return Mistake("wrong-line", told, "Where only one array is wrong, the mistake is in the line for that "
                                       "array.",
                   "A bias gets da, and a matrix gets what it multiplied in the forward pass, times da. Both "
                   "are added up over the steps.")
