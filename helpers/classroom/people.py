"""Who is in the class, and whose a file is: by a roster, a table of people with a column for their ids."""

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.runs.files import reason, regular

IDS = ("id", "student id", "student number", "username", "user", "matriculation", "sis id", "idnumber",
       "id number")
NAMES = ("name", "full name", "student", "student name")
FIRST, LAST = ("first name", "first", "given name"), ("last name", "last", "surname", "family name")
MAILS = ("email", "e-mail", "mail", "email address")


@dataclass(frozen=True)
class Person:
    """Somebody in the class; `id` names the folder, so it has letters, digits, dots and dashes only."""

    id: str
    name: str = ""
    mail: str = ""

    def __post_init__(self):
        if not isinstance(self.id, str) or not re.fullmatch(r"[\w-][\w.-]*", self.id):
            raise TypeError(f"{self.id!r} cannot name a folder")

    @property
    def signs(self) -> list[set[str]]:
        """Words of which one set has to be in a path that is theirs: of the id, the mail, the name."""
        return [set(plain(text).split()) for text in (self.id, self.mail.partition("@")[0], self.name)
                if plain(text)]


@cache
def plain(text: str) -> str:
    """Small letters and digits without accents, anything else a blank."""
    spelt = without_accents(text.translate(str.maketrans("øØłŁ", "oOlL")))
    return " ".join(re.findall(r"[^\W_]+", spelt.casefold()))


def read_roster(path: Path) -> list[Person]:
    """The people of a CSV file, with commas, semicolons or tabs, as learning platforms write it."""
    try:
        data = Path(regular(path)).read_bytes()
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {reason(error)}.") from None
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding).replace("\0", "")
            break
    else:
        raise ValueError(f"{path} is not a text file.")
    text = re.sub(r"\A\s*sep=.\s*\n", "", text)         # as Excel has it
    head = next((line for line in text.splitlines() if line.strip()), "")
    between = max(",;\t", key=head.count)
    if head and between not in head:
        raise ValueError(f"{path} is not a table: give it at least two columns, id and name, with a comma, a "
                         "semicolon or a tab between them.")
    table, rows, line = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True), [], 1
    try:
        for row in table:
            rows += [row] * any(cell.strip() for cell in row)
            line = table.line_num + 1
    except csv.Error as error:
        wrong = "is too long" if "limit" in str(error) else "has a quotation mark that is not closed"
        raise ValueError(f"{path}: line {line} {wrong}.") from None
    if len(rows) < 2:
        raise ValueError(f"{path} lists nobody: give it a line with the columns id and name, then a line per "
                         "person.")
    heads = [re.sub(r"[\s_]+", " ", head.strip().casefold()) for head in rows[0]]
    if not {*IDS, *NAMES, *LAST, *MAILS} & {*heads}:
        raise ValueError(f"{path} has no column id, name or email; it has {', '.join(rows[0])}.")
    if double := sorted({head for head in {*IDS, *NAMES, *FIRST, *LAST, *MAILS} if heads.count(head) > 1}):
        raise ValueError(f"{path} has two columns called {double[0]}. Rename one of them.")
    people, spelt = [], defaultdict(list)       # by what a folder is called on systems that fold names
    for row in rows[1:]:
        cells = dict(zip(heads, map(" ".join, map(str.split, row)), strict=False))

        def get(names: Iterable[str], cells: dict = cells) -> str:
            return next((cells[name] for name in names if cells.get(name)), "")

        name = get(NAMES) or f"{get(FIRST)} {get(LAST)}".strip()
        known = get(IDS) or get(MAILS).partition("@")[0] or name
        ident = re.sub(r"[^\w.-]+", "-", without_accents(known)).strip("-.")[:100]
        if ident:                       # else a line with a group or a sum in it, and nobody
            people.append(Person(ident, name, get(MAILS)))
            spelt[ident.casefold()].append(known)
    if twice := [" and ".join(dict.fromkeys(some)) for some in spelt.values() if len(some) > 1]:
        raise ValueError(f"{path} has an id twice: {few(twice)}. Give each person a different one, of "
                         "letters, digits, dots and dashes.")
    return people


def few(names: Sequence[str], most: int = 20) -> str:
    """Names with commas between them; of very many the first, and how many others there are."""
    return ", ".join(names[:most]) + f" and {len(names) - most:,} more" * (len(names) > most)


def without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text)
                   if not unicodedata.combining(letter))


def owner(path: str, people: Iterable[Person]) -> tuple[Person | None, list[Person]]:
    """Whose a file is, by the words of its path, and all who could be meant.

    The id, the part of the mail before the @, or all words of the name have to be in one part of the path.
    The outermost part that names someone rules, because a platform or a teacher gave it its name, and a
    student the inner ones.
    """
    people, parts = [*people], [*re.split(r"[\\/]", path), path]     # last: a name over several folders
    for numbers in (False, True):               # "week 7" is person 7 only if nothing says anything else
        for part in parts:
            meant = _meant(part, people, numbers)
            if meant:
                return (meant[0] if len(meant) == 1 else None), meant
    return None, []


def _meant(part: str, people: Iterable[Person], numbers: bool) -> list[Person]:
    """Whom one part of a path names, without those whose words are only some of another's: Ada in Ada Byron.

    A short number counts where it is the whole part, or with `numbers`.
    """
    words, found = Counter(plain(part).split()), {}
    for person in people:
        name = plain(person.name).split()
        # Some platforms write a name as one word: lovelaceada_1234_lesson02.ipynb
        joined = {"".join(name), "".join([*name[-1:], *name[:-1]])} if len(name) > 1 else set()
        fits = [sign for sign in person.signs if sign <= words.keys() and (
            numbers or sign == words.keys() or any(len(word) > 3 or not word.isdecimal() for word in sign))]
        fits += [set(name)] * bool(joined & words.keys())
        if fits:
            found[person] = max(fits, key=len)
    # In "ada_1_Ada Byron" the first Ada is not a part of the other.
    return [person for person, sign in found.items() if not any(
        sign < other and max(words[word] for word in sign) <= min(words[word] for word in other - sign)
        for other in found.values())]
