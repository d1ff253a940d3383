"""What scripts/pages.py writes: each module makes one kind of page, as texts by their paths."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Problem(ValueError):
    """Pages can't be made, because what they are made from doesn't fit together. The text says what to do."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, each row on a line."""
    lines = [columns, ["---"] * len(columns), *([str(entry) for entry in row] for row in rows)]
    lines = [f"| {' | '.join(line)} |".replace("|  |", "| |").replace("|  |", "| |") for line in lines]
    return "\n".join([lines[0], lines[1].replace(" ", ""), *lines[2:]]) + "\n"


def replaced(pattern: str, new: str, text: str, what: str) -> str:
    """The text with what a pattern finds in it replaced by `new`. Raises Problem where it is not there."""
    text, count = re.subn(pattern, lambda _: new, text, count=1, flags=re.MULTILINE | re.DOTALL)
    if not count:
        raise Problem(f"{what} is not there: put it back, so that it can be written")
    return text
