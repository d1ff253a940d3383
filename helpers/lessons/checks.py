"""A check of a reader's answer, with its parts, its mistakes and its result.

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

A mistake may have several sentences. The first says where it shows. Each time that the reader makes it again,
the check adds one more, as a teacher would: first the idea, and then what exactly is wrong.

Called, a check shows its `Result` and returns it; ``check_sum.result(add)`` only returns it, as for the first
time. `helpers.lessons.student_calls` calls a reader's function and looks at what it returns.
"""

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from itertools import permutations

from helpers.lessons.result_pictures import result_html
from helpers.lessons.student_code import caret, return_in_loop, returned, unread, values_given

NO_RETURN = " returns nothing. Does it end with a return?"     # how a "not-yet" without dots ends
OPEN = ("not-yet", "waits")         # the mistakes of what has no answer yet, or cannot be judged yet
FAILED = "check-failed"             # in place of a mistake's name if it is not the reader's


class Mistake(Exception):
    """What is wrong with an answer: a short name, for tests and programs, and the sentence to show.

    The names are in kebab-case. Within a check, each stands for one mistake. `more` are further sentences
    for the second time that the reader makes it, the third, and so on.
    """

    def __init__(self, name: str, said: str, *more: str) -> None:
        super().__init__(name, said, *more)
        self.name, self.said, self.more = name, said, more

    def after(self, words: str) -> "Mistake":
        """The same mistake with `words` before its sentence, such as where it was found."""
        return Mistake(self.name, words + self.said, *self.more)

    def explained(self, *more: str) -> "Mistake":
        """The same mistake with `more` further sentences, if it has none and there is an answer."""
        return self if self.more or self.name in OPEN else Mistake(self.name, self.said, *more)

    def told(self, time: int) -> str:
        """What is said the first, second, ... time that the mistake is made: one more sentence each time."""
        return "\n".join([self.said, *self.more[: max(time, 1) - 1]])


@dataclass(frozen=True)
class Result:
    """The result of a check.

    Attributes:
        said: the words that are shown, after a sign.
        mistakes: of each part, by its name, the name of its mistake, or None if it is done. A check without
            parts is one part, with the name of the check. Empty if the check itself has crashed.
        shown: whether it has been shown already, so that a cell which ends with it shows it once.
    """

    said: str
    mistakes: dict[str, str | None]
    shown: bool = field(default=False, compare=False, repr=False)

    @property
    def mistake(self) -> str | None:
        """The first mistake, mistakes before what is still open; None if everything is right."""
        found = sorted(filter(None, self.mistakes.values()), key=lambda name: name in OPEN)
        return found[0] if found else None if self.mistakes else FAILED

    @property
    def right(self) -> bool:
        return self.mistake is None

    @property
    def done(self) -> list[str]:
        """The names of the parts that are right."""
        return [name for name, mistake in self.mistakes.items() if mistake is None]

    @property
    def solved(self) -> int:
        """How many parts are right."""
        return len(self.done)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self.mistakes)

    def points(self, of: float) -> float:
        """How many of these points the right parts earn; 0 if the check has crashed."""
        return of * self.solved / self.parts if self.parts else 0.0

    @property
    def text(self) -> str:
        """The words, after the sign for right, wrong, open or crashed."""
        sign = "✓" if self.right else "!" if self.mistake == FAILED else "…" if self.mistake in OPEN else "✗"
        return f"{sign} {self.said}"

    def show(self) -> "Result":
        """Show it: as a box in a notebook, in plain text elsewhere."""
        # A shell can only be there if IPython has been imported; lessons are read without it too.
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell:
            shell.display_pub.publish({"text/html": result_html(self.text), "text/plain": self.text})
        else:
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"     # which may lack the signs
            print(self.text.encode(encoding, "replace").decode(encoding))
        return replace(self, shown=True)

    def _ipython_display_(self) -> None:
        if not self.shown:
            self.show()


# Of the check that is running: each part's mistake, None where it is right so far; without an entry, not met.
_MET: ContextVar[dict[str, Mistake | None]] = ContextVar("parts that a check has met")


@contextmanager
def part(name: str, *more: str) -> Iterator[None]:
    """Look at one part of an answer: a `Mistake` in here belongs to that part, and the check goes on.

    A part may be looked at more than once, for several cases. Its first mistake counts. `more` are the
    further sentences of a mistake that has none.
    """
    met = _MET.get()
    try:
        yield
    except Mistake as mistake:
        met[name] = met.get(name) or mistake.explained(*more)
    else:
        met.setdefault(name, None)


@contextmanager
def further(*more: str) -> Iterator[None]:
    """Give the mistakes found in here these further sentences, unless they have some or nothing is written.

    Also as a decorator: ``@further("What is ...?", "Write ...")``.
    """
    try:
        yield
    except Mistake as mistake:
        raise mistake.explained(*more) from None


def something_wrong() -> bool:
    """Whether a part that was looked at so far is wrong."""
    return any(_MET.get().values())


def wait_for(*names: str) -> None:
    """Raise the `Mistake` "waits", for a part that can't be judged, unless the parts `names` are right."""
    wrong = [name for name in names if _MET.get().get(name)]
    if wrong:
        raise Mistake("waits", f"waits for {listed(wrong)}")


def check(*names) -> Callable:
    """Make a check of a function that returns the sentence of a right answer or raises a `Mistake`.

    With names it has these parts. The check shows its `Result` and returns it. Its attribute ``result`` takes
    the same answers and shows nothing, ``parts`` has the names, and ``tries`` counts how often it has shown
    each mistake since the answer was last right. Any other exception is a bug in the check, not in the
    answer: ``result`` lets it through, and the check tells the reader that it crashed.
    """
    return _check(names[0], ()) if names and callable(names[0]) else partial(_check, names=names)


def _check(function: Callable[..., str], names: tuple[str, ...]) -> Callable[..., Result]:
    called = function.__name__
    whole = called.removeprefix("check_")       # the name of the one part of a check without parts
    tries: Counter[str] = Counter()

    def looked_at(*answers, **named) -> tuple[dict[str, Mistake | None], str]:
        """The mistake of each part, and the sentence of a right answer. One seen in the code explains all."""
        given = inspect.signature(function).bind(*answers, **named)
        given.arguments.update({name: own(answer) for name, answer in given.arguments.items()})
        functions = {name: one for name, one in given.arguments.items() if inspect.isroutine(one)}
        defined = {getattr(one, "__name__", ""): True for one in functions.values()}
        for name, is_function in (dict.fromkeys(values_given(called), False) | defined).items():
            if error := unread(name, is_function):
                return dict.fromkeys(names or (whole,), _not_read(name, error)), ""
        found, said = tried(*given.args, **given.kwargs)

        def right_with(name: str, other: Callable) -> bool:
            again = inspect.signature(function).bind(*given.args, **given.kwargs)
            again.arguments[name] = other
            return not any(tried(*again.args, **again.kwargs)[0].values())

        wrong = {part for part, mistake in found.items() if mistake and mistake.name not in OPEN}
        for name, one in functions.items() if wrong else ():
            if seen := _seen_in_code(one) or _order(one, partial(right_with, name), found):
                found.update({part: seen for part in wrong if part == name or part not in functions})
        return found, said

    def tried(*answers, **named) -> tuple[dict[str, Mistake | None], str]:
        """The same, without a look into the code."""
        met: dict[str, Mistake | None] = {}
        before = _MET.set(met)
        try:
            said = function(*answers, **named)
        except Mistake as mistake:        # of all parts that are not wrong already, so nothing is done
            return {name: met.get(name) or mistake for name in names or (whole,)}, ""
        finally:
            _MET.reset(before)
        if not isinstance(said, str):
            raise TypeError(f"{called} ended without returning a sentence.")
        if met.keys() != set(names):
            raise RuntimeError(f"{called} has the parts {listed(names)}, but looked at {listed(met)}.")
        return {name: met[name] for name in names} or {whole: None}, said

    def result(*answers, **named) -> Result:
        return _judged(*looked_at(*answers, **named))

    @wraps(function)
    def told(*answers, **named) -> Result:
        inspect.signature(function).bind(*answers, **named)     # too few answers are not a bug in the check
        try:
            mistakes, said = looked_at(*answers, **named)
        except Exception as error:
            return Result(f"This check crashed: {called} stops with {type(error).__name__} ({error}).\nIt "
                          "is not your fault. Please report this line and your answer to your instructor. "
                          "Until it is fixed, compare your answer with the worked solution.", {}).show()
        tries.update({mistake.name for mistake in mistakes.values() if mistake})
        found = _judged(mistakes, said, tries)
        if found.right:
            tries.clear()
        return found.show()

    told.result, told.parts, told.tries = result, names or (whole,), tries
    return told


def own(answer):
    """What the reader wrote, if `answer` is only a stand-in for it from `helpers.lessons.stages`."""
    return getattr(answer, "own", answer) if callable(answer) else answer


def _not_read(name: str, error: SyntaxError) -> Mistake:
    """The Mistake of an answer whose newest text Python could not read."""
    line = f", `{error.text.strip()}`," if error.text else ""
    end = "" if error.msg.endswith("?") else "."
    return Mistake("not-yet", f"Not yet: your latest version of `{name}` did not run. "
                              f"Line {error.lineno}{line} gives {type(error).__name__}: {error.msg}{end} "
                              "Fix it, and run both cells again.")


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


def _judged(found: dict[str, Mistake | None], right: str = "", tries: Mapping[str, int] = {}) -> Result:
    """The result of a check whose parts have these mistakes, each made so many times so far.

    Without a mistake, it says `right`.
    """
    def told(mistake: Mistake) -> str:
        return mistake.told(tries.get(mistake.name, 1))

    mistakes = [mistake for mistake in found.values() if mistake]
    names = {name: mistake and mistake.name for name, mistake in found.items()}
    if not mistakes:
        return Result(right, names)
    if len(mistakes) == len(found) and (
            len(set(mistakes)) == 1 or all(mistake.name in OPEN for mistake in mistakes)):
        return Result(told(mistakes[0]), names)
    lines: dict[str, list[str]] = {"✓": []}     # the parts of each line, what is open at the end
    for mistake in sorted(mistakes, key=lambda mistake: mistake.name in OPEN):
        lines[_line(mistake, told)] = []
    for name, mistake in found.items():
        lines[_line(mistake, told)].append(name)
    done = f"{len(lines['✓'])} of {len(found)} done."
    return Result("\n".join([done, *(f"  {line[0]} {', '.join(parts)}{line[1:]}"
                                     for line, parts in lines.items() if parts)]), names)


def _line(mistake: Mistake | None, told: Callable[[Mistake], str]) -> str:
    """The line for parts with this mistake, without their names, which belong after its sign."""
    if mistake is None:
        return "✓"
    if mistake.name in OPEN:
        if mistake.name != "not-yet":
            return f"…: {mistake.said}"
        return f"…:{NO_RETURN}" if mistake.said.endswith(NO_RETURN) else "…: not yet"
    return "✗: " + told(mistake).replace("\n", "\n    ")


def listed(names) -> str:
    """Names in a sentence: "a, b and c"."""
    names = list(names)
    return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:]) or "none"
