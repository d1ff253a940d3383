"""What a check finds: named mistakes, parts that are right or wrong, and the `Result` that is shown.

A mistake may have several sentences. The first says where it shows. Each time that the reader makes it again,
the check adds one more, as a teacher would: first the idea, and then what exactly is wrong.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from helpers.checks.boxes import result_html

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
        mistakes: by part, the name of its mistake, or None if it is right. A check without parts is one part,
            with the name of the check. Empty if the check itself has crashed.
        shown: whether it has been shown, so that a cell which ends with it shows it once.
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

    def points(self, of: float) -> float:
        """How many of these points the right parts earn; 0 if the check has crashed."""
        return of * len(self.done) / len(self.mistakes) if self.mistakes else 0.0

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
MET: ContextVar[dict[str, Mistake | None]] = ContextVar("parts that a check has met")


@contextmanager
def part(name: str, *more: str) -> Iterator[None]:
    """Look at one part of an answer: a `Mistake` in here belongs to that part, and the check goes on.

    A part may be looked at more than once, for several cases. Its first mistake counts. `more` are the
    further sentences of a mistake that has none.
    """
    met = MET.get()
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
    return any(MET.get().values())


def wait_for(*names: str) -> None:
    """Raise the `Mistake` "waits", for a part that can't be judged, unless the parts `names` are right."""
    wrong = [name for name in names if MET.get().get(name)]
    if wrong:
        raise Mistake("waits", f"waits for {listed(wrong)}")


def judged(found: dict[str, Mistake | None], right: str = "", tries: Mapping[str, int] = {}) -> Result:
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
