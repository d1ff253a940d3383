"""A check of a reader's answer: it looks, judges and shows.

A check returns the sentence of a right answer and raises a `Mistake` for any other::

    @check
    def check_sum(add: Callable) -> str:
        answer = answer_of(add, 2, 3, shape=())
        if answer == 6:
            raise Mistake("product", "That is the product.")
        ...
        return "Correct: 2 + 3 is 5."

A check that asks for several things names them. It looks at each, even if others are wrong::

    @check("add", "double")
    def check_sums(add: Callable, double: Callable) -> str:
        with part("add"):
            ...
        with part("double"):
            ...
        return "Correct: both."

Most checks compare a function with a reference version; `helpers.checks.against` makes them from a table.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial, update_wrapper, wraps
from itertools import permutations

from helpers.checks.code import caret, return_in_loop, returned, unread, values_given
from helpers.checks.results import MET, OPEN, Mistake, Result, judged, listed

Verdict = tuple[dict[str, Mistake | None], str]     # each part's mistake, and the sentence of a right answer


class Check:
    """A check of one or several answers. Called, it shows its `Result` and returns it.

    Attributes:
        parts: the names of its parts; a check without parts is one part with the name of the check.
        tries: how often it has shown each mistake since the answer was last right.
        mutants: wrong answers that it knows, each as the name of the mistake and what the check is given.
        accepted: right answers.
    """

    def __init__(self, look: Callable[..., str], names: tuple[str, ...] = ()) -> None:
        update_wrapper(self, look)
        self._look, self._names, self._signature = look, names, inspect.signature(look)
        self.parts = names or (self.__name__.removeprefix("check_"),)
        self.tries: Counter[str] = Counter()
        self.mutants: Iterable[tuple[str, tuple]] = ()
        self.accepted: Iterable[tuple] = ()

    def __call__(self, *answers, **named) -> Result:
        self._signature.bind(*answers, **named)     # too few answers are not a bug in the check
        try:
            mistakes, sentence = self._explained(*answers, **named)
        except Exception as error:
            return Result(
                f"This check crashed: {self.__name__} stops with {type(error).__name__} ({error}).\nIt is "
                "not your fault. Please report this line and your answer to your instructor. Until it is "
                "fixed, compare your answer with the worked solution.", {}).show()
        self.tries.update({mistake.name for mistake in mistakes.values() if mistake})
        result = judged(mistakes, sentence, self.tries)
        if result.right:
            self.tries.clear()
        return result.show()

    def result(self, *answers, **named) -> Result:
        """The result as for the first time; nothing is shown, and a bug in the check raises its exception."""
        return judged(*self._explained(*answers, **named))

    def _explained(self, *answers, **named) -> Verdict:
        """The verdict; a mistake that is seen in the code of an answer explains all its wrong parts."""
        given = self._signature.bind(*answers, **named)
        given.arguments.update({name: own(answer) for name, answer in given.arguments.items()})
        functions = {name: answer for name, answer in given.arguments.items() if inspect.isroutine(answer)}
        if mistake := self._not_read(functions.values()):
            return dict.fromkeys(self.parts, mistake), ""
        found, sentence = self._tried(*given.args, **given.kwargs)

        def right_with(name: str, other: Callable) -> bool:
            again = self._signature.bind(*given.args, **given.kwargs)
            again.arguments[name] = other
            return not any(self._tried(*again.args, **again.kwargs)[0].values())

        wrong = {part for part, mistake in found.items() if mistake and mistake.name not in OPEN}
        for name, function in functions.items() if wrong else ():
            if seen := _seen_in_code(function) or _order(function, partial(right_with, name), found):
                found.update({part: seen for part in wrong if part == name or part not in functions})
        return found, sentence

    def _tried(self, *answers, **named) -> Verdict:
        """The verdict without a look into the code."""
        met: dict[str, Mistake | None] = {}
        before = MET.set(met)
        try:
            sentence = self._look(*answers, **named)
        except Mistake as mistake:        # of all parts that are not wrong already, so nothing is done
            return {name: met.get(name) or mistake for name in self.parts}, ""
        finally:
            MET.reset(before)
        if not isinstance(sentence, str):
            raise TypeError(f"{self.__name__} ended without returning a sentence.")
        if met.keys() != set(self._names):
            raise RuntimeError(f"{self.__name__} has the parts {listed(self._names)}, but looked at "
                               f"{listed(met)}.")
        return {name: met.get(name) for name in self.parts}, sentence

    def _not_read(self, functions: Iterable[Callable]) -> Mistake | None:
        """The Mistake of an answer whose newest text Python could not read."""
        defined = {getattr(function, "__name__", ""): True for function in functions}
        for name, is_function in (dict.fromkeys(values_given(self.__name__), False) | defined).items():
            if error := unread(name, is_function):
                line = f", `{error.text.strip()}`," if error.text else ""
                end = "" if error.msg.endswith("?") else "."
                return Mistake("not-yet", f"Not yet: your latest version of `{name}` did not run. Line "
                                          f"{error.lineno}{line} gives {type(error).__name__}: {error.msg}"
                                          f"{end} Fix it, and run both cells again.")
        return None


def check(*names) -> Callable:
    """Make a `Check` of a function that returns the sentence of a right answer or raises a `Mistake`.

    With names it has these parts. Any other exception is a bug in the check, not in the answer.
    """
    return Check(names[0]) if names and callable(names[0]) else partial(Check, names=names)


def own(answer):
    """What the reader wrote, if `answer` is only a stand-in for it from `helpers.checks.stages`."""
    return getattr(answer, "own", answer) if callable(answer) else answer


def _seen_in_code(function: Callable) -> Mistake | None:
    """What is wrong whatever is asked: a return that ends a loop in its first pass, or ^ for a power."""
    if line := return_in_loop(function):
        return Mistake("return-in-loop", f"{function.__name__} returns after the first pass through its "
                                         f"loop, because `{line}` is inside it. Move that line below the "
                                         "loop, and indent it less.")
    if words := caret(function):
        base, exponent = words
        return Mistake("caret", f"In Python, ^ is not the power operator. Write {base}**{exponent}, "
                                f"not {base}^{exponent}.")
    return None


def _order(function: Callable, right_with: Callable, found: Mapping) -> Mistake | None:
    """The Mistake of a function that returns what is right, but in another order."""
    several = [one.elts for one in returned(function) if isinstance(one, ast.Tuple)]
    named = any(mistake and mistake.name in ("exchanged", "swapped") for mistake in found.values())
    if len(several) != 1 or len(several[0]) > 3 or named:
        return None
    for order in list(permutations(range(len(several[0]))))[1:]:
        @wraps(function)
        def other(*given, order=order, **by_name):
            answer = function(*given, **by_name)
            return tuple(answer[n] for n in order) if isinstance(answer, tuple) else answer

        if right_with(other):
            right = ", ".join(ast.unparse(several[0][n]) for n in order)
            return Mistake("other-order", f"Everything that {function.__name__} returns is right, but in "
                                          f"the wrong order. Write `return {right}`.")
    return None
