"""Characters and file names in a sentence: what can't be seen has its number, and no name turns the line
round.
"""

import unicodedata

SPOKEN = {" ": "space", "\n": "line end", "\t": "tab"}
_BLANK = frozenset("\u115f\u1160\u2800\u3164\ufffc\uffa0")      # letters and signs of which nothing is seen


def is_mark(character: str) -> bool:
    """Whether it is an accent or another sign that lies on the character before it."""
    return unicodedata.category(character)[0] == "M"


def shows(character: str) -> bool:
    """Whether something of it is seen: no control, no other blank than the space."""
    return character.isprintable() and character not in _BLANK


def is_seen(character: str) -> bool:
    """Whether it can be recognised where it stands alone: no control, no other blank, no accent."""
    return shows(character) and not is_mark(character)


def spoken(character: str) -> str:
    """A character that is seen as it is; of others the name or the number, "tab" or "U+202E"."""
    return SPOKEN.get(character) or (character if is_seen(character) else number_of(character))


def character_in_words(character: str) -> str:
    """How a sentence names a character.

    >>> [character_in_words(character) for character in "a \\u202e"]
    ["'a'", 'the space', 'the U+202E']
    """
    name = spoken(character)
    return f"'{isolated(name)}'" if name == character else f"the {name}"


def name_in_words(name: str) -> str:
    """A file's name for a sentence, with a number for what is not seen of it.

    >>> name_in_words("photo\\u202etxt.exe")
    'photo[U+202E]txt.exe'
    """
    return isolated("".join(c if shows(c) else f"[{number_of(c)}]" for c in name))


def isolated(words: str) -> str:
    """`words` for the middle of a sentence: where it is written from right to left, the rest stays in order.

    Unicode's isolates (U+2068, U+2069) around it tell the page so; without such letters there are none.
    """
    turns = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in words)
    return f"\u2068{words}\u2069" if turns else words


def number_of(character: str) -> str:
    """Its number in Unicode, in the usual form, "U+202E"."""
    return f"U+{ord(character):04X}"
