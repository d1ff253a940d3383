"""What a lesson claims: sentences that compare, each with the fact that makes it true.

A number in prose can be looked up; "best", "twice", "none" or "the same" cannot. So a lesson's ``claims.py``
lists its sentences of that kind, a line each: a name, the words as they stand in the notebook, and a
function of `Facts`, what the notebook has printed and what is shipped. Those of its worked solutions are in
``SOLVED``::

    Claim("more-steps-less-left", "a memory that is multiplied fades", lambda f: f.number("after 20") < 0.2)
"""

import json
import re
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from helpers.data import adding_sequences, questions, typed
from helpers.data.lessons import ROOT

NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


class Facts:
    """What a notebook, as it is saved, has printed and shown.

    Args:
        path: of the notebook.

    Attributes:
        code: of its code cells, in their order.
    """

    def __init__(self, path: Path):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        self._prose = [_whole(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        self._outputs = [_shown(output) for cell in cells for output in cell.get("outputs", [])]
        self.code = [_whole(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        self._prose += _answers(path)

    @cached_property
    def prose(self) -> str:
        """The text of the lesson without its marks of emphasis, in one line."""
        return _plain("\n".join(self._prose))

    @cached_property
    def printed(self) -> list[str]:
        """The lines of all outputs, from the first to the last, with numbers as Python writes them.

        Of a picture it is its sentence.
        """
        return [line for text in self._outputs for line in typed(text).splitlines()]

    def says(self, words: str) -> bool:
        """Whether the lesson's prose has these words, whatever is emphasised in them."""
        return _plain(words) in self.prose

    def place(self, words: str) -> tuple[str, str]:
        """The heading of the section whose prose has these words, and the sentence that they belong to.

        Raises LookupError if the lesson does not say them.
        """
        section = ""
        for text in self._prose:
            heading = re.search(r"^## (.*?)(?: \*?\(.*)?$", text, re.MULTILINE)
            section = heading[1] if heading else section
            for paragraph in map(_plain, re.split(r"\n\s*\n|(?:^|\n)[-|] ", text)):
                for sentence in re.split(r"(?<=[.?!:])(?<!\b[A-Z]\.) (?=[A-Z“])", paragraph):
                    if _plain(words) in sentence:
                        return section, sentence
                if _plain(words) in paragraph:
                    return section, _plain(words)
        raise LookupError(f"the lesson does not say {words!r}")

    def in_order(self, *words: str) -> bool:
        """Whether one of the code cells has all these words, in this order."""
        return any(re.search(".*".join(map(re.escape, words)), cell, re.DOTALL) for cell in self.code)

    def line(self, words: str) -> str:
        """The first printed line that has these words. Raises LookupError if there is none."""
        for line in self.printed:
            if typed(words) in line:
                return line
        raise LookupError(f"no output has {words!r}")

    def numbers(self, words: str) -> list[float]:
        """The numbers behind `words` in the first printed line that has them."""
        return [_number(text) for text in NUMBER.findall(self.line(words).split(typed(words), 1)[1])]

    def number(self, words: str) -> float:
        """The first of them."""
        return self.numbers(words)[0]

    def table(self, words: str, rows: int) -> list[list[float]]:
        """The numbers in the `rows` printed lines below the first that has these words."""
        start = self.printed.index(self.line(words)) + 1
        lines = self.printed[start : start + rows]
        return [[_number(text) for text in NUMBER.findall(line)] for line in lines]


class Claim(NamedTuple):
    """A sentence that compares, and what makes it true.

    Attributes:
        name: of the claim, in kebab-case.
        words: some of the sentence as it stands in the lesson's prose, enough to say what is claimed.
        fact: of the `Facts` of its lesson; True if the claim holds.
    """

    name: str
    words: str
    fact: Callable[[Facts], bool]


@cache
def notebook(name: str) -> Facts:
    """The facts of a lesson, "02", or of its worked solutions, "solutions/02"."""
    return Facts(next((ROOT / "notebooks").glob(f"{name}_*.ipynb")))


def two_are_marked() -> bool:
    """Whether in the adding problem one number of each half is marked, and the answer is their sum."""
    x, sums = adding_sequences(np.random.default_rng(0), 10, 50)
    return bool(all((half[..., 1].sum(axis=0) == 1).all() for half in np.split(x, 2))
                and np.allclose(x.prod(axis=2).sum(axis=0), sums))


def labels(picture: Any) -> dict[str, tuple[float, float]]:
    """Where the words of a `Picture` with one axes are: how far from its left, and how far from below."""
    return {label.get_text(): label.get_position() for label in picture.figure.axes[0].texts}


def broken(claim: Claim, facts: Facts) -> str:
    """What is wrong with a claim: its words are not there, or its fact does not hold; "" if nothing is."""
    if not facts.says(claim.words):
        return f"{claim.name}: the lesson does not say {claim.words!r}"
    try:
        holds = claim.fact(facts)
    except (LookupError, ValueError) as error:
        return f"{claim.name}: the fact can't be looked up, {error}"
    return "" if bool(holds) else f"{claim.name}: what is printed or shipped says otherwise"


def _answers(path: Path) -> list[str]:
    """The reasons, the model sentences and what is said aloud of a lesson's questions."""
    if path.parent.name != "notebooks":
        return []
    asked = questions(path.name[:2])
    choices = [*asked.predict.values(), *asked.review.values()]
    return [*(text for one in choices for text in (*one.because, one.say)),
            *(one.model for one in asked.see.values())]


def _whole(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _shown(output: dict) -> str:
    return _whole(output.get("text", "")) or _whole(output.get("data", {}).get("text/plain", ""))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", text).split())


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))
