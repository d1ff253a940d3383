"""Words that point: pieces of a picture's sentence, and the parts of the picture that they speak of.

`Picture` finds them, `layers.py` and the dashboards show them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes

MOST = 12           # pieces of a sentence that point: as many rules has the style of the page


class Place(NamedTuple):
    """A rectangle of a plot, its middle and its size in data; without a size, a ring around a point."""

    axes: Axes
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


Part = Artist | Place
Points = Mapping[str, Part | Sequence[Part]] | Iterable[tuple[str, Part | Sequence[Part]]]


class Point(NamedTuple):
    """From where to where in the sentence the words go, and of what they speak."""

    start: int
    end: int
    parts: tuple[Part, ...]


def find_points(sentence: str, points: Points) -> tuple[Point, ...]:
    """Where in the sentence the words of `points` are, as whole words and from left to right.

    Raises ValueError for words that aren't there, or not in this order, or for too many of them.
    """
    pairs = list(points.items() if isinstance(points, Mapping) else points)
    if len(pairs) > MOST:
        raise ValueError(f"points has {len(pairs)} entries, but it can have at most {MOST}")
    found, end = [], 0
    for words, parts in pairs:
        parts = (parts,) if isinstance(parts, Part) else tuple(parts)
        piece = " ".join(words.split())
        # A number is not the end, or the beginning, of another one.
        begin = r"(?<![\w.,])(?<![-\N{MINUS SIGN}](?=\d))" if piece[:1].isalnum() else ""
        there = re.compile(rf"{begin}{re.escape(piece)}(?!\w|[.,]\d)").search(sentence, end)
        if there is None or not piece:
            raise ValueError(f"points has {words!r}, but that is not in the rest of the sentence, "
                             f"{sentence[end:]!r}. Use its words as they are, from left to right.")
        end = there.end()
        found.append(Point(*there.span(), parts))
    return tuple(found)
