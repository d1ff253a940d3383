"""`take`: submissions as they really come, put where nbgrader looks for them, and mended on the way."""

import hashlib
import io
import json
import os
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import IO, Any

import nbformat

from helpers.classroom.people import Person, few, owner, plain, read_roster
from helpers.classroom.plan import RESULTS, clear, plainly, put, read_json, read_plan
from helpers.classroom.repair import mend
from helpers.classroom.tasks import defined
from helpers.runs.files import reason, regular, write_file
from helpers.runs.progress import FILE as RECORD

ASIDE = "set_aside"                 # for what can't be placed
COMMON = (r"\.(ipynb|jsonl)$|my_course|(?<![a-z\d])\d\d_[a-z_]+|"
          r"(?<![a-z])(lesson|untitled|notebook|homework|solution|final|copy)s?"
          r"[\s_]*\d*(?![a-z])(\s*\(\d+\))?")           # in a file's name, says nothing of whose it is
# What systems and editors leave beside files, without being asked.
HIDDEN = re.compile(r"(^|/)(\._|\.DS_Store$|__MACOSX/|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints(/|$))")
PACKED = re.compile(r"\.(tar|tgz|gz|bz2|xz|rar|7z)$", re.IGNORECASE)
BEGINNINGS = b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ"
OTHER = "not a notebook: its name ends in "
MANY = 20                           # files of one folder that are no notebooks; more have one line together
LARGEST = 50_000_000                # bytes of one file
WHOLE = 10_000, 4_000_000_000       # files and bytes of an archive of the class, unpacked
INNER = 1_000, 200_000_000          # of a student's; and the bytes of all that is theirs
PACKED_TWICE = "an archive in an archive. Unpack it, and take it in by itself"
PATH = 300                          # letters of a path that are kept
LONG_AGO = datetime.fromtimestamp(0, UTC)       # when a file that can't be read was written
TAKEN = "taken.json"                # what became of each file
PEOPLE = "people.json"              # of the roster


@dataclass
class File:
    """A file as it came."""

    path: str           # with the folders or the archive that it lay in
    data: bytes
    when: datetime      # it was written
    problem: str = ""   # why it can't be read

    def __post_init__(self):
        path = visible(self.path)
        self.path = path if len(path) <= PATH else f"{path[: PATH // 2]}…{path[-PATH // 2 :]}"


@dataclass
class Taken:
    """What became of one file."""

    path: str
    person: str = ""        # its owner's id, "" where nobody is known
    lesson: str = ""        # two digits, "" where it is none of the course's
    state: str = "taken"    # or "unchanged", "set aside", "kept for the report"
    said: list[str] = field(default_factory=list)       # what was mended or is wrong

    @property
    def other(self) -> bool:
        """Whether it is no notebook by its name."""
        return bool(self.said) and self.said[0].startswith(OTHER)


def take(sources: Iterable[Path], course: Path, roster: Path | None = None) -> list[Taken]:
    """Read submissions from folders, archives and single files into a course.

    Each is written again from the copy that was given out, with its answers, and goes to
    ``COURSE/submitted/PERSON/lessonNN``. What can't be placed goes to ``COURSE/set_aside``; no file is
    dropped. Of two by the same person the later one counts, and the earlier one is set aside. Without a
    `roster`, a person is who a file is named after.
    """
    plan = read_plan(course)
    people = read_roster(roster) if roster else []
    if people:
        write_file(course / PEOPLE, json.dumps([vars(person) for person in people], indent=1,
                                               ensure_ascii=False).encode())
    found, spelt = [], {}       # by id, the name that was read as it first
    size = Counter()            # by id, bytes
    for file in (file for source in sources for file in _files(Path(source))):
        found.append(taken := Taken(file.path))
        try:
            if notebook := _placed(taken, file, plan, people, course, spelt, size):
                _write(course, taken, notebook, file)
        except Exception as error:      # whatever a file holds, the others are taken
            _set_aside(course, taken, file, f"can't be read as a submission ({plainly(error)[:200]}): "
                                            "open it and look")
        if not taken.other:
            _print(taken)
    if not found:
        raise ValueError("There are no files in the folders that you named.")
    _keep(course, _together(found, bool(people)))
    _tell(found, people, course)
    return found


def _print(taken: Taken) -> None:
    to = f" → {taken.person}, lesson {taken.lesson}" if taken.lesson and taken.person else ""
    print(f"{taken.path}{to}: {taken.state}" + "".join(f"\n    {line}" for line in taken.said), flush=True)


def _together(found: list[Taken], by_person: bool) -> list[Taken]:
    """The files, with one entry for many of a folder that are no notebooks; these are printed here."""
    rows, others = [taken for taken in found if not taken.other], defaultdict(list)
    for taken in (taken for taken in found if taken.other):
        others[taken.path.rpartition("/")[0], taken.person if by_person else ""].append(taken)
    for (folder, person), some in others.items():
        if len(some) > MANY:
            names = few([taken.path.rpartition("/")[2] for taken in some], 5)
            said = f"{len(some):,} files are not notebooks: {names}"
            some = [Taken(folder, person, "", "set aside", [said])]
        for taken in some:
            _print(taken)
        rows += some
    return rows


def _files(source: Path) -> Iterator[File]:
    """All files of a folder, an archive or one file, with those of archives in it."""
    if not os.path.lexists(source):
        raise ValueError(f"{source} is not there.")
    if not source.is_dir():
        yield from _read(Path(os.path.realpath(source)), source.name, WHOLE)
        return
    shut: list[OSError] = []
    for folder, folders, names in os.walk(source, onerror=shut.append):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for path in (Path(folder, name) for name in sorted(names + links)):
            if not HIDDEN.search(name := path.relative_to(source.parent).as_posix()):
                yield from _read(path, name, INNER)
    for error in shut:
        name = Path(error.filename).relative_to(source.parent).as_posix()
        yield File(name, b"", LONG_AGO, f"a folder that can't be read: {reason(error)}")


def _read(path: Path, name: str, room: tuple[int, int]) -> Iterator[File]:
    """A file on the disk, or those in it if it is an archive; a link could lead anywhere."""
    when = LONG_AGO
    try:
        if path.is_symlink():
            raise ValueError("it is a symbolic link")
        with open(regular(path), "rb") as file:
            about = os.fstat(file.fileno())
            when = datetime.fromtimestamp(about.st_mtime, UTC)
            if about.st_size > (room[1] if name.lower().endswith(".zip") else LARGEST):
                raise ValueError("it is too large")
            yield from _unpacked(name, file, when, room)
    except (OSError, ValueError, OverflowError, MemoryError) as error:
        yield File(name, b"", when, f"can't be read: {reason(error)}")


def _unpacked(name: str, file: IO[bytes], when: datetime, room: tuple[int, int]) -> Iterator[File]:
    """A file, or those in an archive, which are at most as many files and bytes as there is `room` for.

    In the archive of a class each student may have an archive; any others in one another stay closed.
    """
    if not name.lower().endswith(".zip"):
        yield File(name, file.read(), when)
        return
    try:
        archive, entries = _opened(file, *room)
    except ValueError as error:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        yield File(name, file.read() if size <= LARGEST else b"", when, str(error))
        return
    for entry in entries:
        inside = f"{name[:-4]}/{entry.filename}"
        if why := _refused(entry):
            yield File(inside.replace("..", "__"), b"", when, why)
            continue
        try:
            with archive.open(entry) as packed:         # no more than it says that it has
                data = packed.read(entry.file_size + 1)
            written = _zip_time(entry, when)
            if room == WHOLE:
                yield from _unpacked(inside, io.BytesIO(data), written, INNER)
            else:
                yield File(inside, data, written, PACKED_TWICE * inside.lower().endswith(".zip"))
        except Exception:               # whatever an archive holds, the others are read
            yield File(inside, b"", when, "can't be extracted: its archive is damaged")


def _opened(file: IO[bytes], most: int, most_bytes: int) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """An archive and its files; ValueError says why it is not unpacked."""
    try:
        archive = zipfile.ZipFile(file, metadata_encoding="utf-8")      # some write it and do not say so
    except UnicodeDecodeError:
        archive = zipfile.ZipFile(file)
    except Exception:
        raise ValueError("an archive that cannot be opened: it is damaged, or not a zip file") from None
    entries = [entry for entry in archive.infolist()
               if not entry.is_dir() and not HIDDEN.search(entry.filename)]
    size = sum(entry.file_size for entry in entries if entry.file_size <= LARGEST)
    if not entries:
        raise ValueError("an archive with no file in it")
    if len(entries) > most or size > most_bytes:
        raise ValueError(f"an archive with {len(entries):,} files ({size / 1e6:,.0f} MB) in it, more than "
                         "can be unpacked")
    return archive, entries


def _refused(entry: zipfile.ZipInfo) -> str:
    """Why a file is not taken out of its archive, "" if it is."""
    parts = re.split(r"[\\/]", entry.filename)
    if ".." in parts or parts[0] == "" or parts[0][1:] == ":":
        return "its path points outside the archive"
    if entry.flag_bits & 1:
        return "in an archive with a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed by a method that isn't supported. Ask for an ordinary zip file"
    return "too large to read" if entry.file_size > LARGEST else ""


def _zip_time(entry: zipfile.ZipInfo, when: datetime) -> datetime:
    try:
        written = datetime(*entry.date_time, tzinfo=UTC)
    except ValueError:
        return when
    return written if written.year > 1990 else when         # 1980 stands for none


def visible(text: str) -> str:
    """Text that can be shown and kept: "_" for what is not seen, such as half a letter or a line feed."""
    return "".join(letter if letter.isprintable() else "_" for letter in text)


def _placed(taken: Taken, file: File, plan: dict, people: list[Person], course: Path,
            spelt: dict[str, str], size: Counter[str]) -> Any:
    """Fill in what became of a file; returns its mended notebook, or None where there is none to mark."""
    person, said = _whose(file.path, people)
    size[whose := person.id if person else ""] += len(file.data)
    if size[whose] > INNER[1]:
        several = "this person's files" if person else "the files without a known owner"
        file.data = b""
        file.problem = f"not kept, because {several} exceed {INNER[1] // 1_000_000} MB in all"
    if file.path.endswith(RECORD) and person and not file.problem:
        taken.person, taken.state = person.id, "kept for the report"
        put(course / "progress" / person.id / RECORD, file.data)
        return None
    handed_in, problem = _notebook(file)
    if problem:
        taken.said.append(problem)
    elif not (lesson := _lesson(handed_in.cells, file.path, plan)):
        taken.said.append("not a lesson of this course: it has none of the course's answer cells")
    else:
        taken.lesson = lesson
        named = re.search(r"lesson[\s_-]*(\d\d)", Path(file.path).name.lower())
        if named and named[1] != lesson:
            taken.said.append(f"named as lesson {named[1]}, but its answers are those of lesson {lesson}")
    if person is None:
        taken.said.append(said)
    else:
        taken.person = person.id
        if (first := spelt.setdefault(person.id, person.name)) != person.name:
            taken.said.append(f"{person.name} and {first} are both read as {person.id}. If they are two "
                              "people, run `take` again with --roster")
    if person is None or not taken.lesson:
        _set_aside(course, taken, file)
        return None
    name = f"lesson{taken.lesson}"
    release = json.dumps(read_json(course / "release" / name / f"{name}.ipynb", dict))
    notebook, mended = mend(handed_in, nbformat.reads(release, as_version=4), plan["lessons"][taken.lesson])
    taken.said += map(visible, mended)
    return notebook


def _whose(path: str, people: list[Person]) -> tuple[Person | None, str]:
    if not people:
        for part in reversed(Path(path).parts):
            said = unicodedata.normalize("NFC", re.sub(COMMON, " ", part.lower()))
            name = " ".join(said.replace("_", " ").split())
            if words := plain(name):
                return Person(words.replace(" ", "-"), name), ""
        return None, "its path contains no name. Put the student's name into that of the file or its folder"
    person, meant = owner(path, people)
    inside, _ = owner(path.partition("/")[2], people)
    if person and inside and person != inside:      # "lee_all.zip" may be of who teaches
        person, meant = None, [person, inside]
    if person:
        return person, ""
    if meant:
        return None, f"whose? {few(sorted(one.id for one in meant))} could be meant"
    return None, "whose? its path contains no id, email or name from the roster"


def _notebook(file: File) -> tuple[Any, str]:
    """A notebook file, whatever wrote it, or what is wrong with it."""
    suffix = Path(f"_{Path(file.path).name}").suffix        # also of a name that is nothing else
    if file.problem:
        return None, file.problem
    if PACKED.search(file.path) or (suffix.lower() == ".ipynb" and file.data.startswith(BEGINNINGS)):
        return None, "an archive whose type or file name isn't supported. Ask for a file that ends in .zip"
    if suffix.lower() not in (".ipynb", ".json", ".txt"):
        own = ("; perhaps the student's own module? Only the notebook is run, so its code must be in a cell "
               "of the notebook")
        return None, f"{OTHER}{suffix or 'nothing'}" + own * (suffix == ".py")
    if not file.data:
        return None, "empty"
    try:
        notebook = nbformat.convert(nbformat.from_dict(json.loads(file.data)), 4)     # in UTF-8, 16 or 32
        for holder in (notebook, *notebook.cells):
            if not isinstance(holder.get("metadata"), dict):
                holder.metadata = nbformat.from_dict({})
        for cell in notebook.cells:
            source = re.sub(r"\r\n?", "\n", "".join(cell.source))
            cell.source = source.encode("utf-8", "replace").decode()    # some editors leave halves of letters
            if not isinstance(cell.metadata.get("nbgrader", {}), dict):
                del cell.metadata["nbgrader"]
        return notebook, ""
    except Exception:                   # whatever a file holds, the others are read
        return None, "not a notebook, or a damaged one: open it and look"


def _lesson(cells: list, path: str, plan: dict) -> str:
    """The lesson that most answers belong to; of equals the one in the path."""
    names = set().union(*(defined(cell.source) for cell in cells if cell.cell_type == "code"))
    code = "\n".join(cell.source for cell in cells)
    scores = {}
    for lesson, known in plan["lessons"].items():
        checks = sum(f"{task['check']}(" in code for task in known["tasks"])
        answers = sum(set(task["names"]) <= names for task in known["tasks"])
        scores[lesson] = checks + answers, f"lesson{lesson}" in path.lower() or known["name"] in path
    best = max(scores, key=lambda lesson: scores[lesson], default="")
    return best if best and scores[best][0] else ""


def _write(course: Path, taken: Taken, notebook: Any, file: File) -> None:
    """Put a submission where nbgrader looks for it; one that has not changed is left alone."""
    folder = course / "submitted" / taken.person / f"lesson{taken.lesson}"
    path, stamp = folder / f"lesson{taken.lesson}.ipynb", folder / "timestamp.txt"
    original = folder / "as_it_came.ipynb.txt"
    text, when = nbformat.writes(notebook), f"{file.when:%Y-%m-%d %H:%M:%S} UTC"
    if path.is_file():
        before = stamp.read_text(encoding="utf-8").strip() if stamp.is_file() else ""
        if before > when:
            _set_aside(course, taken, file, "duplicate: the later submission that is already there counts")
            return
        there = [cell["source"] for cell in read_json(path, dict)["cells"]]
        if there == [cell["source"] for cell in json.loads(text)["cells"]]:
            taken.state = "unchanged"
            return
        earlier = (original if original.is_file() else path).read_bytes()
        if earlier != file.data:        # else the copy that was given out has changed
            name = _aside(course, f"{taken.person} {path.stem} {before}.ipynb", earlier)
            taken.said.append(f"replaces an earlier one, which is in {ASIDE} as {name}")
    put(path, text.encode())
    put(original, file.data)
    put(stamp, f"{when}\n".encode())
    # Marks of what was there before hold no more, also where both files say the same time.
    clear(course / "autograded" / taken.person / path.stem / RESULTS)


def _set_aside(course: Path, taken: Taken, file: File, *why: str) -> None:
    taken.state = "set aside"
    taken.said += map(visible, why)
    _aside(course, file.path, file.data)


def _aside(course: Path, name: str, data: bytes) -> str:
    """Keep data aside, under a name that nothing else has there, which is returned; once is enough."""
    name = re.sub(r"[^\w.() -]+", "_", name)
    if len(name.encode()) > 200:        # systems allow 255 bytes
        name = f"{hashlib.sha256(name.encode()).hexdigest()[:8]} {name[-40:]}"
    (course / ASIDE).mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = course / ASIDE / name
        if number > 1:
            path = path.with_name(f"{path.stem} ({number}){path.suffix}")
        if not os.path.lexists(path):
            path.write_bytes(data)
        if path.is_file() and path.read_bytes() == data:
            return path.name
    return ""


def remembered(path: Path, kind: type) -> list:
    """What `take` has written into a file of the course: in TAKEN each a Taken, in PEOPLE each a Person."""
    try:
        return [kind(**{key: value for key, value in row.items() if key != "when"})     # which 2.0 wrote, too
                for row in (read_json(path, list) if path.exists() else ())]
    except (TypeError, AttributeError):
        raise ValueError(f"{path} cannot be read (its entries are not those that `take` writes).") from None


def _keep(course: Path, found: list[Taken]) -> None:
    """Remember what became of each file, for the report; of a path that came again the last time."""
    path, before = course / TAKEN, []
    try:
        before = remembered(path, Taken)
    except ValueError as error:
        os.replace(path, f"{path}.broken")
        print(f"{error} A new file is begun, and the old one is now called {TAKEN}.broken.")
    counts, rows = {}, {taken.path: taken for taken in before}
    for taken in (*before, *found):
        if taken.state == "taken":
            if earlier := counts.get((taken.person, taken.lesson)):
                earlier.state = "set aside"
                earlier.said.append(f"duplicate: {taken.path} is later and counts")
            counts[taken.person, taken.lesson] = taken
    for taken in found:
        if taken.state != "unchanged" or taken.path not in rows:
            rows[taken.path] = taken
    write_file(path, json.dumps([vars(row) for row in rows.values()], indent=1, ensure_ascii=False).encode())


def _tell(found: list[Taken], people: list[Person], course: Path) -> None:
    for lesson in sorted({taken.lesson for taken in found} - {""}):
        there = {path.parent.name for path in (course / "submitted").glob(f"*/lesson{lesson}")}
        missing = [person.id for person in people if person.id not in there]
        if missing:
            print(f"lesson {lesson}, nothing from: {few(missing)}")
    counts = Counter(taken.state for taken in found)
    print(", ".join(f"{count} {state}" for state, count in counts.items())
        + (f" (see {course / ASIDE})" if counts["set aside"] else ""))

