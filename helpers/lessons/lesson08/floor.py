"""What the tales cost one who knows their grammar, character by character: the floor under every model."""

import re
from itertools import product, zip_longest

import numpy as np

from helpers.lessons.lesson08.tern_island import BOUND, GRAMMAR, WIDTH, title

TITLE = re.compile(r"(\w+), (\w+) and the ([\w ]+) in the ([\w ]+)\n=+")
END = "\n\n\n"              # of a tale
# Only a speech ends a line within a block, and what is in a list is indented: here a line was full.
FULL = re.compile(r'(?<=[^"=\n])\n(?=[^ =\n])')
REMEMBERED = ("title and underline", "the two people", "the place and the thing", "ends of full lines",
              "everything else")


def true_nll(text: str) -> np.ndarray:
    """-ln P of each character of whole tales (N,), given all before it, for one who knows how they are made.

    Its mean is the surprise of the choices that made the text; what a network pays above it is what the
    network does not know.

    Raises:
        ValueError: the text does not consist of whole tales.
    """
    titles = [title(A, B, P, T) for A, B, P, T in product(*BOUND.values()) if A != B]
    pieces, found = text.split(END), []
    if pieces.pop():
        raise ValueError(f"text has {len(text)} characters and ends within a tale: give whole tales")
    for piece in pieces:
        heading, gap, blocks = piece.partition("\n\n")
        named = TITLE.fullmatch(heading)
        if named is None or not gap:
            raise ValueError(f"a tale begins {piece[:60]!r}: expected an underlined title and an empty line")
        bound = dict(zip("ABTP", named.groups(), strict=True))
        found.append(_drawn(heading, titles))
        found.append(GRAMMAR.reading(f"{gap}{{blocks}}{END}", gap + blocks + END, WIDTH, **bound))
    return np.concatenate(found)


def _drawn(text: str, texts: list[str]) -> np.ndarray:
    """-ln P of each character (N,) of one of `texts`, all of which are as probable."""
    nats = np.zeros(len(text))
    for place, character in enumerate(text):
        fits = [other for other in texts if other[place : place + 1] == character]
        if not fits:
            raise ValueError(f"no tale can have the title {text!r}")
        nats[place], texts = np.log(len(texts) / len(fits)), fits
    return nats


def sum_by_memory(text: str, values: np.ndarray) -> dict[str, float]:
    """Sums of `values` (N,), divided by N, over what depends on something far back and over the rest.

    The names are those of `REMEMBERED`: the title itself; the names of its two people, and of its place and
    its thing, wherever they come back; the newlines where a line had no more room. The shares add up to the
    mean of all values.

    Args:
        text: that begins with a title.
    """
    part = np.full(len(text), REMEMBERED.index("everything else"))
    titles = [*TITLE.finditer(text)]
    for named, after in zip_longest(titles, titles[1:]):
        part[named.start() : named.end()] = REMEMBERED.index("title and underline")
        # A line may end between two words of a place.
        A, B, thing, place = (word.replace(" ", "[ \n]") for word in named.groups())
        below = named.end(), after.start() if after else len(text)
        for kind, words in (("the two people", f"{A}|{B}"), ("the place and the thing", f"{thing}|{place}")):
            for word in re.compile(rf"\b({words})\b").finditer(text, *below):
                part[word.start() : word.end()] = REMEMBERED.index(kind)
    part[[end.start() for end in FULL.finditer(text)]] = REMEMBERED.index("ends of full lines")
    return {kind: float(values[part == n].sum() / len(text)) for n, kind in enumerate(REMEMBERED)}
