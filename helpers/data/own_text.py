"""A reader's own text: any plain text, repaired where need be, refused in one sentence."""

import codecs
import os
import re
import stat
from typing import NamedTuple

MAX_BYTES = 20_000_000          # of a reader's own text; no network of this course has a use for more


class TextError(ValueError):
    """A text that cannot be used; the message is one sentence that says why and what to do."""


class Text(NamedTuple):
    """A reader's own text, ready for a Vocabulary, and what was repaired to make it so."""

    text: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Text({len(self.text):,} characters, notes={self.notes})"


# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_CHARACTERS = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")      # all but NUL, tab and line feed
_TOO_LARGE = f"is larger than {MAX_BYTES // 1_000_000} MB: cut out a part, a few megabytes are plenty."
_NOT_TEXT = "is not plain text (a picture, an archive, an office document?): save it as plain text in UTF-8."


def read_text(source: str | os.PathLike | bytes) -> Text:
    """Read any plain text: a file by its path, or the bytes themselves (an upload, an encoded paste).

    UTF-8 is expected. A byte order mark is removed (and UTF-16 or UTF-32 decoded where it says so),
    carriage returns of Windows and old Mac line ends become line feeds, stray control characters are
    removed; `notes` says each repair in words. No more than MAX_BYTES + 1 bytes are ever read.

    Raises:
        TextError: no such file, a folder or device, unreadable, larger than MAX_BYTES, not text, not
            UTF-8, empty, or one character repeated.
        TypeError: `source` is neither a path nor bytes.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        label, raw = "The given text", bytes(source[: MAX_BYTES + 1])
    elif isinstance(source, (str, os.PathLike)):
        name = os.path.expanduser(os.fsdecode(source))
        label = repr(name if len(name) <= 80 else "…" + name[-79:])
        raw = _read_file(name, label)
    else:
        raise TypeError(f"source is {type(source).__name__}: give the path of a text file, or its bytes.")
    if len(raw) > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")

    notes = []
    encoding = next((codec for mark, codec in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8-sig":
        notes.append("removed the byte order mark at the start")
    elif encoding != "utf-8":
        notes.append(f"decoded from {encoding.upper()}")
    elif b"\0" in raw:                  # before decoding: a picture is better called that than bad UTF-8
        raise TextError(f"{label} {_NOT_TEXT}")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError(
            f"{label} is not valid {encoding.removesuffix('-sig').upper()} (near byte {error.start}): "
            "open it in a text editor and save it with the encoding UTF-8."
        ) from None

    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append("turned carriage returns at line ends into line feeds")
    length = len(text)
    text, removed = _CONTROL_CHARACTERS.subn("", text)
    if "\0" in text or removed * 10 > length:
        raise TextError(f"{label} {_NOT_TEXT}")
    if removed:
        notes.append(f"removed {removed} control character{'s' if removed > 1 else ''}")
    if not text:
        raise TextError(f"{label} is empty: take a text of at least a few hundred characters.")
    if text.count(text[0]) == len(text):
        raise TextError(
            f"{label} has only one distinct character, {text[0]!r}, so there is nothing to predict: "
            "take a text with at least two."
        )
    return Text(text, tuple(notes))


def _read_file(name: str, label: str) -> bytes:
    """At most MAX_BYTES + 1 bytes of a regular file; TextError for everything else."""
    try:
        status = os.stat(name)
    except (OSError, ValueError):           # ValueError: a NUL or half a character in the name
        raise TextError(
            f"No file {label} can be found: check the name and the folder; "
            "a relative path starts where the notebook is."
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise TextError(f"{label} is a folder: give the path of a text file in it.")
    if not stat.S_ISREG(status.st_mode):    # reading a device or a pipe could wait for ever
        raise TextError(f"{label} is a device or a pipe, not a file: give the path of a text file.")
    if status.st_size > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")
    try:
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TextError(f"{label} cannot be read ({error.strerror}): check its permissions.") from None
