"""A reader's own text: any plain text, repaired where need be, refused in one sentence.

Notebooks call `read_text`; the laboratory calls it for what is typed or uploaded.
"""

import codecs
import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from helpers.data.characters import character_in_words, is_mark, number_of, shows

MAX_BYTES = 20_000_000          # of a reader's own text; no network of this course has a use for more


class TextError(ValueError):
    """A text that cannot be used; a notebook shows its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Text(NamedTuple):
    """A reader's own text, ready for a Vocabulary, and what was repaired to make it so."""

    text: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Text({len(self.text):,} characters, notes={self.notes})"


# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"),
                     (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
                     (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL_CHARACTERS = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")      # all but NUL, tab and line feed
# What leaves no trace, turns the order of a line round or hides words: Unicode's Default_Ignorable_Code_Point
# (DerivedCoreProperties.txt). U+200B to U+200D stay: Khmer, Persian, Hindi and joined emoji need them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
_DOCUMENTS = {"{\\rtf": "an RTF document", "%PDF-": "a PDF file"}
_WEB_PAGE = re.compile(r"\s*(?=<).{0,1000}?<(?:!doctype\s+)?html\b", re.IGNORECASE | re.DOTALL)
_JOINERS = "\u200c\u200d"       # seen by what becomes of the letters beside them
_LISTED = 6                     # characters that a note names
_ACCENTS = 30                   # in a row, as in the Stream-Safe Text Format of UAX #15, because NFC sorts a
                                # row of them, which would take minutes with 200,000
_TOO_LARGE = f"is larger than {MAX_BYTES // 1_000_000} MB. Use an excerpt, for example a few megabytes."
_NOT_TEXT = "is not plain text (a picture, an archive, an office document?): save it as plain text in UTF-8."


def read_text(source: str | os.PathLike | bytes) -> Text:
    """Read any plain text: a file by its path, or the bytes themselves (an upload, an encoded paste).

    UTF-8 is expected. UTF-16 and UTF-32 are read where a byte order mark says so, and Windows text (cp1252)
    where the bytes are neither damaged UTF-8 nor another alphabet. Line endings become line feeds; control
    characters, invisible ones and accents after the first 30 in a row are removed; an accent is made one
    with its letter (NFC). `notes` says each repair in words.

    Raises:
        TextError: no file can be read there, it is larger than 20 MB, it is no plain text, it is empty, or
            it has only one distinct character.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        label, raw = "The given text", bytes(source[: MAX_BYTES + 1])
    elif isinstance(source, (str, os.PathLike)):
        name = text_path(source)
        label = repr(name if len(name) <= 80 else "…" + name[-79:])
        raw = _read_file(name, label)
    else:
        raise TypeError(f"source has type {type(source).__name__}. Give the path of a text file, or the "
                        "file's contents as bytes.")
    if len(raw) > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")

    _refuse_document(raw[:100].decode("latin-1"), label)    # which is better called that than bad UTF-8
    text, notes = _decoded(raw, label)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append("turned carriage returns at the ends of lines into line feeds")
    length = len(text)
    text, removed = _CONTROL_CHARACTERS.subn("", text)
    if "\0" in text or removed * 10 > length:
        raise TextError(f"{label} {_NOT_TEXT}")
    if removed:
        notes.append(f"removed {_counted(removed, 'control character')}")
    invisible = _INVISIBLE.findall(text)
    if invisible:
        text = _INVISIBLE.sub("", text)
        notes.append(f"removed {_counted(len(invisible), 'invisible character')} ({_numbers(invisible)})")
    text, removed = _few_accents(text)
    if removed:
        notes.append(f"removed {_counted(removed, 'accent')} beyond {_ACCENTS} in a row")
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        text = composed
        notes.append("combined each letter and its accent into one character (NFC)")
    _refuse_document(text, label)
    if not text:
        raise TextError(f"{label} is empty. Use a text of at least a few hundred characters.")
    refuse_one_character(text, label)
    if _WEB_PAGE.match(text):
        notes.append("a web page, whose HTML tags will be learnt along with its words")
    unseen = [character for character in set(text) - set("\n\t" + _JOINERS) if not shows(character)]
    if unseen:
        notes.append(f"has characters that do not show ({_numbers(unseen)})")
    return Text(text, tuple(notes))


def refuse_one_character(text: str, label: str, where: str = "") -> None:
    """TextError if all characters of a text are the same; `where` says which of them were looked at."""
    if text.count(text[0]) == len(text):
        raise TextError(
            f"{label} has only one distinct character{where}, {character_in_words(text[0])}, so there is "
            "nothing to predict. Use a text with at least two."
        )


def text_path(typed: str | os.PathLike) -> str:
    """The path that was meant, with `~` spelt out.

    If there is no such file, it is looked for without the white space, the quotation marks and the invisible
    characters that come with a path that was copied.
    """
    name = os.path.expanduser(os.fsdecode(typed))
    bare = _INVISIBLE.sub("", os.fsdecode(typed)).strip()
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\""
    meant = (os.path.expanduser(path) for path in (bare, bare[1:-1] if quoted else bare))
    return name if os.path.exists(name) else next(filter(os.path.exists, meant), name)


def _decoded(raw: bytes, label: str) -> tuple[str, list[str]]:
    """The text of bytes, and what was repaired."""
    encoding = next((codec for mark, codec in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in raw:       # before decoding: better called a picture than bad UTF-8
        raise TextError(f"{label} {_NOT_TEXT}")
    try:
        notes = {"utf-8": [], "utf-8-sig": ["removed the byte order mark at the start"]}
        return raw.decode(encoding), notes.get(encoding, [f"decoded from {encoding.upper()}"])
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and _is_windows_text(raw):
            return raw.decode("cp1252"), ["read as Windows text (cp1252), since it is not UTF-8"]
        raise TextError(
            f"{label} is not valid {encoding.removesuffix('-sig').upper()} (near byte {error.start}): "
            "open it in a text editor and save it with the encoding UTF-8."
        ) from None


def _is_windows_text(raw: bytes) -> bool:
    """Whether all bytes are characters of cp1252, and it is neither damaged UTF-8 nor another alphabet.

    Damaged UTF-8 has more whole characters than stray bytes; no language that cp1252 is for writes half of
    its letters with accents, while Russian, Greek, Chinese and Japanese have most bytes above ASCII.
    """
    stray, whole = _UTF_8.subn(b"", raw)
    if whole > len(stray.translate(None, _ASCII)) or 2 * len(raw.translate(None, _ASCII)) > len(raw):
        return False
    return not set(raw) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}        # which cp1252 leaves undefined


def _few_accents(text: str) -> tuple[str, int]:
    """The text without the accents after the first 30 of a row, and how many those were."""
    accents = "".join(filter(is_mark, set(text)))
    fewer = re.sub(f"([{accents}]{{{_ACCENTS}}})[{accents}]+", r"\1", text) if accents else text
    return fewer, len(text) - len(fewer)


def _refuse_document(text: str, label: str) -> None:
    """TextError if a text is the source of a document."""
    for start, kind in _DOCUMENTS.items():
        if text.lstrip().startswith(start):
            raise TextError(f"{label} is {kind}, not plain text: open it in the program for such documents, "
                            "and save or copy its text as plain text in UTF-8.")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number > 1 else ''}"


def _numbers(characters: Iterable[str]) -> str:
    """The numbers of different characters, not too many."""
    numbers = [number_of(character) for character in sorted(set(characters))]
    more = [f"and {len(numbers) - _LISTED} more"] if len(numbers) > _LISTED else []
    return ", ".join(numbers[:_LISTED] + more)


def _read_file(name: str, label: str) -> bytes:
    """At most MAX_BYTES + 1 bytes of a regular file; TextError for everything else."""
    try:
        status = os.stat(name)
    except (OSError, ValueError) as error:      # ValueError: a NUL or half a character in the name
        if re.match(r"(?:https?://|ftp://|www\.)", name, re.IGNORECASE):
            raise TextError(f"{label} is a web address: save the page as plain text, and give the path of "
                            "that file.") from None
        if getattr(error, "errno", None) == errno.ELOOP:
            raise TextError(f"{label} is a link that leads back to itself. Give the path of a text "
                            "file.") from None
        raise TextError(
            f"There is no file {label}. Check its name and its folder. "
            "A relative path starts in the notebook's folder."
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise TextError(f"{label} is a folder. Give the path of a text file in it.")
    if not stat.S_ISREG(status.st_mode):    # reading a device or a pipe could wait for ever
        raise TextError(f"{label} is a device or a pipe, not a file. Give the path of a text file.")
    if status.st_size > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")
    try:
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TextError(f"{label} cannot be read ({error.strerror}). Check its permissions.") from None
