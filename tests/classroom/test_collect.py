"""Files as they come from sixty computers: each is read, or set aside and told; none stops the others."""

import io
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_class import as_zip, cell_of, in_time

from helpers.classroom import collect
from helpers.classroom.assignment import planned, source_notebook
from helpers.classroom.collect import take
from helpers.classroom.tasks import lesson_tasks

LESSON = lesson_tasks("05")
ANSWER = "def choose(norms):\n    return 'größer'"


def as_made(tmp_path: Path) -> Path:
    """A course as `make` leaves it, without nbgrader."""
    release = source_notebook(LESSON)
    for cell in release.cells:
        cell.source = cell.metadata.pop("starter", cell.source)
    folder = tmp_path / "course"
    (folder / "release/lesson05").mkdir(parents=True)
    nbformat.write(release, folder / "release/lesson05/lesson05.ipynb")
    plan = planned(LESSON)
    (folder / "course.json").write_text(json.dumps({"lessons": {"05": plan}}), encoding="utf-8")
    return folder


@pytest.fixture
def course(tmp_path):
    return as_made(tmp_path)


@pytest.fixture
def handed_in(course):
    notebook = nbformat.read(course / "release/lesson05/lesson05.ipynb", as_version=4)
    cell_of(notebook, "exercise-5-3").source = ANSWER
    return notebook


def written(notebook) -> bytes:
    return nbformat.writes(notebook).encode()


def answer_of(course, person: str) -> str:
    path = course / f"submitted/{person}/lesson05/lesson05.ipynb"
    return cell_of(nbformat.read(path, as_version=4), "exercise-5-3").source


def without_metadata(notebook) -> bytes:
    raw = json.loads(written(notebook))
    del raw["metadata"]
    for cell in raw["cells"]:
        cell["metadata"] = {"nbgrader": None}
    return json.dumps(raw).encode()


FORMS = {
    "utf16": lambda one: nbformat.writes(one).encode("utf-16"),
    "bom": lambda one: b"\xef\xbb\xbf" + written(one),
    "lines": lambda one: written(one).replace(b"\n", b"\r\n"),
    "old": lambda one: nbformat.writes(nbformat.convert(deepcopy(one), 3), version=3).encode(),
    "bare": without_metadata,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_notebook_is_read_however_it_was_saved(course, handed_in, form, tmp_path):
    take([as_zip(tmp_path / "all.zip", {"ada/lesson05.ipynb": FORMS[form](handed_in)})], course)
    assert answer_of(course, "ada") == ANSWER


JUNK = st.sampled_from([None, 5, True, "x", [], {}, [None], {"nbgrader": {"grade_id": 5}}])


@st.composite
def crooked(draw) -> Callable[[dict], None]:
    """A change of one place of a notebook, anywhere in it."""
    turns = draw(st.lists(st.integers(0, 60), min_size=1, max_size=6))
    junk = draw(JUNK)

    def change(raw: dict) -> None:
        node = raw
        for turn in turns:
            places = sorted(node) if isinstance(node, dict) else range(len(node))
            place, within = places[turn % len(places)], node
            if not (isinstance(node[place], dict | list) and node[place]):
                break
            node = node[place]
        within[place] = junk
    return change


@given(change=crooked())
@settings(max_examples=60, deadline=None)
def test_one_crooked_notebook_stops_nobody_else_and_is_not_lost(change):
    with tempfile.TemporaryDirectory() as folder:
        course = as_made(Path(folder))
        honest = nbformat.read(course / "release/lesson05/lesson05.ipynb", as_version=4)
        cell_of(honest, "exercise-5-3").source = ANSWER
        raw = json.loads(written(honest))
        change(raw)
        eve = json.dumps(raw).encode()
        files = {"ada/ada.ipynb": written(honest), "eve/eve.ipynb": eve, "zoe/zoe.ipynb": written(honest)}
        take([as_zip(Path(folder) / "all.zip", files)], course)
        assert answer_of(course, "ada") == answer_of(course, "zoe") == ANSWER
        aside = course / "set_aside/all_eve_eve.ipynb"
        assert (course / "submitted/eve").exists() or aside.read_bytes() == eve


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such things")
def test_what_is_no_file_or_can_not_be_read_is_told_and_never_waited_for(course, handed_in, tmp_path, capsys,
                                                                         monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("ada", "bo", "zoe"):
        (folder / f"{name}.ipynb").write_bytes(written(handed_in))
    os.mkfifo(folder / "eve.ipynb")
    os.mkfifo(folder / "kim_my_course.jsonl")
    (folder / "lu.ipynb").symlink_to(tmp_path)
    regular = collect.regular

    def refused(path):          # who runs the tests may be root, who may read all
        if path.name == "bo.ipynb":
            raise PermissionError(13, "Permission denied")
        return regular(path)

    monkeypatch.setattr(collect, "regular", refused)
    with in_time():
        take([folder, tmp_path / "in/eve.ipynb"], course)
    said = capsys.readouterr().out
    assert answer_of(course, "ada") == answer_of(course, "zoe") == ANSWER
    for name in ("in/bo.ipynb", "in/lu.ipynb", "in/eve.ipynb", "\neve.ipynb", "in/kim_my_course.jsonl"):
        assert f"{name}: set aside\n    can't be read: " in said
    assert not (course / "progress").exists()


def test_archives_that_are_broken_or_locked_are_told_and_the_others_taken(course, handed_in, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("work/lesson05.ipynb", written(handed_in))
    whole = inner.getvalue()
    locked = bytearray(whole)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):         # as one with a password
        locked[whole.index(sign) + place] |= 1
    files = {"ada/mine.zip": whole, "bo/mine.zip": whole[:2000] + whole[-100:], "cy/mine.zip": bytes(locked),
             "di/mine.zip": b"no archive"}
    found = {taken.path.split("/")[1]: taken for taken in take([as_zip(tmp_path / "all.zip", files)], course)}
    assert answer_of(course, "work") == ANSWER and found["ada"].state == "taken"
    assert {found[one].state for one in ("bo", "cy", "di")} == {"set aside"}
    assert "can't be extracted" in found["bo"].said[0] and "cannot be opened" in found["di"].said[0]
    assert found["cy"].said == ["in an archive with a password"]


def test_a_record_of_a_reader_goes_to_its_owner_and_one_of_nobody_is_set_aside(course, tmp_path):
    archive = as_zip(tmp_path / "in.zip", {"Ada Byron/my_course.jsonl": b"{}\n", "my_course.jsonl": b"[]\n"})
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr("boleary_12_my_course.jsonl", b"{ }\n")
    take([archive], course)
    assert (course / "progress/ada-byron/my_course.jsonl").read_bytes() == b"{}\n"
    assert (course / "progress/boleary/my_course.jsonl").read_bytes() == b"{ }\n"
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n1,Ada Byron\n", encoding="utf-8")
    found = {taken.path: taken for taken in take([archive], course, roster)}
    assert found["in/Ada Byron/my_course.jsonl"].state == "kept for the report"
    assert found["in/my_course.jsonl"].state == "set aside", "whose? Not thrown away"
    assert any(path.read_bytes() == b"[]\n" for path in (course / "set_aside").rglob("*") if path.is_file())


def archive_of(*entries: tuple[str, bytes]) -> bytes:
    """A zip file in which little becomes much."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


def lying() -> bytes:
    """An archive whose file says that it has 1,000 bytes, and has 100 million."""
    data = bytearray(archive_of(("eve.ipynb", bytes(100_000_000))))
    for place in (22, data.index(b"PK\x01\x02") + 24):
        data[place: place + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def in_one_another() -> bytes:
    """Ten archives in each of ten in each of ten, and so on: 100,000 files."""
    inner = b"x"
    for level in range(5):
        inner = archive_of(*((f"{k}{'.zip' if level else '.txt'}", inner) for k in range(10)))
    return inner


LARGE = {
    "many files": (lambda: archive_of(*((f"{k}.txt", b"") for k in range(1001))), "1,001 files"),
    "much in it": (lambda: archive_of(*((f"{k}.ipynb", bytes(45_000_000)) for k in range(5))), "225 MB"),
    "in one another": (in_one_another, "an archive in an archive"),
    "a lie": (lying, "can't be extracted"),
}


@pytest.mark.parametrize("what", LARGE)
def test_an_archive_that_becomes_too_much_is_told_and_not_unpacked(course, handed_in, tmp_path, what):
    make, said = LARGE[what]
    files = {"ada/ada.ipynb": written(handed_in), "eve/eve.zip": make(), "zoe/zoe.ipynb": written(handed_in)}
    archive, memory = as_zip(tmp_path / "all.zip", files), pytest.importorskip("resource")
    before = memory.getrusage(memory.RUSAGE_SELF).ru_maxrss
    with in_time(60):
        found = take([archive], course)
    assert answer_of(course, "ada") == answer_of(course, "zoe") == ANSWER
    assert any(said in line for taken in found for line in taken.said) and len(found) < 1003
    thousand = 1000 if sys.platform == "darwin" else 1          # what it counts in
    assert memory.getrusage(memory.RUSAGE_SELF).ru_maxrss - before < 100_000 * thousand


@pytest.mark.parametrize("name", ["../../zoe.ipynb", "/zoe.ipynb", "..\\zoe.ipynb", "C:/zoe.ipynb"])
def test_a_path_that_leads_out_of_its_archive_is_refused(course, handed_in, tmp_path, name, capsys):
    take([as_zip(tmp_path / "all.zip", {name: written(handed_in), "ada.ipynb": written(handed_in)})], course)
    assert "set aside\n    its path points outside the archive" in capsys.readouterr().out
    assert os.listdir(course / "submitted") == ["ada"] and not list(tmp_path.glob("../zoe.ipynb"))


def test_nothing_that_is_set_aside_takes_the_place_of_another(course, tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made, pytest.warns(UserWarning, match="Duplicate"):
        for name, text in (("a/b.txt", "1"), ("a_b.txt", "2"), ("a?b.txt", "3"), ("a/b.txt", "4")):
            made.writestr(name, text)
    for _ in range(2):              # the same once more: no second copy of each
        take([archive], course)
    assert sorted(path.read_text() for path in (course / "set_aside").iterdir()) == ["1", "2", "3", "4"]
    assert (course / "set_aside/all_a_b (2).txt").is_file()


def test_what_came_again_is_unchanged_and_an_earlier_one_a_duplicate(course, handed_in, tmp_path):
    def came(day: int, answer: str = "1") -> list:
        cell_of(handed_in, "exercise-5-3").source = f"def choose(norms):\n    return {answer}"
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("ada.ipynb", (2026, 11, day, 12, 0, 0)), written(handed_in))
        (found,) = take([tmp_path / "all.zip"], course)
        return [found.state, [line for line in found.said if "words" not in line]]

    stamp = course / "submitted/ada/lesson05/timestamp.txt"
    assert came(2) == ["taken", []] and stamp.read_text() == "2026-11-02 12:00:00 UTC\n"
    assert came(3) == ["unchanged", []] and came(2) == ["unchanged", []]
    assert came(1, "2")[0] == "set aside" and answer_of(course, "ada").endswith("1")
    assert came(2, "3")[0] == "taken" and answer_of(course, "ada").endswith("3"), "also at the same time"
