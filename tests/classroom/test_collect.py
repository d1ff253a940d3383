"""Files as they come from sixty computers: each is read, or set aside and told; none stops the others."""

import io
import json
import os
import sys
import zipfile
from copy import deepcopy
from datetime import UTC, datetime

import nbformat
import pytest
from made_up_class import as_zip, cell_of, in_time
from nbformat.v4 import new_code_cell

from helpers.classroom import collect
from helpers.classroom.assignment import planned, source_notebook
from helpers.classroom.collect import take
from helpers.classroom.limits import unreadable
from helpers.classroom.plagiarism import borrowed
from helpers.classroom.tasks import lesson_tasks

LESSON = lesson_tasks("05")
ANSWER = "def choose(norms):\n    return 'größer'"


@pytest.fixture
def course(tmp_path):
    """As `make` leaves it, without nbgrader."""
    release = source_notebook(LESSON)
    for cell in release.cells:
        cell.source = cell.metadata.pop("starter", cell.source)
    folder = tmp_path / "course"
    (folder / "release/lesson05").mkdir(parents=True)
    nbformat.write(release, folder / "release/lesson05/lesson05.ipynb")
    plan = planned(LESSON, release.metadata.course["edition"])
    (folder / "course.json").write_text(json.dumps({"lessons": {"05": plan}}), encoding="utf-8")
    return folder


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


def with_line_ends(notebook):
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return notebook


def without_metadata(notebook) -> bytes:
    raw = json.loads(written(notebook))
    del raw["metadata"]
    for cell in raw["cells"]:
        cell["metadata"] = {"nbgrader": None}
    return json.dumps(raw).encode()


FORMS = {
    "utf16": lambda one: nbformat.writes(one).encode("utf-16"),
    "windows": lambda one: nbformat.writes(one).encode("cp1252", "replace"),
    "bom": lambda one: b"\xef\xbb\xbf" + written(one),
    "lines": lambda one: written(one).replace(b"\n", b"\r\n"),
    "inside": lambda one: written(with_line_ends(one)),
    "old": lambda one: nbformat.writes(nbformat.convert(deepcopy(one), 3), version=3).encode(),
    "bare": without_metadata,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_notebook_is_read_however_it_was_saved(course, handed_in, form, tmp_path):
    take([as_zip(tmp_path / "all.zip", {"ada/lesson05.ipynb": FORMS[form](handed_in)})], course)
    assert answer_of(course, "ada") == ANSWER


def changed(notebook, change) -> bytes:
    """A hand-in whose raw notebook `change` has altered."""
    raw = json.loads(written(notebook))
    change(raw)
    return json.dumps(raw).encode()


def first_answer(raw: dict) -> dict:
    return next(cell for cell in raw["cells"] if cell["id"] == "exercise-5-1")


CROOKED = {
    "course is text": lambda raw: raw["metadata"].update(course="rnn"),
    "course is null": lambda raw: raw["metadata"].update(course=None),
    "a number for an id": lambda raw: first_answer(raw).update(
        metadata={"nbgrader": {"grade_id": 5}}, source="def my_clip_norm(a, b): pass"),
    "no cell type": lambda raw: first_answer(raw).pop("cell_type"),
}
LONG = {"the shell": "!echo\n" * 501, "question marks": "np?\n" * 501, "dots": f"np{'.a' * 900} = 1",
        "numbers": f"x = [{'1, ' * 700_000}]", "accents": "e" + "\u0301\u0316" * 99_000 + " = 1"}


@pytest.mark.parametrize("how", CROOKED)
def test_one_crooked_notebook_stops_nobody_else(course, handed_in, tmp_path, how, capsys):
    eve = changed(handed_in, CROOKED[how])
    files = {"ada/ada.ipynb": written(handed_in), "eve/eve.ipynb": eve, "zoe/zoe.ipynb": written(handed_in)}
    take([as_zip(tmp_path / "all.zip", files)], course)
    assert answer_of(course, "ada") == answer_of(course, "zoe") == ANSWER
    assert (course / "set_aside/all_eve_eve.ipynb").read_bytes() == eve
    said = capsys.readouterr().out
    assert "all/eve/eve.ipynb" in said and ": set aside\n    can't be read as a submission (" in said
    assert said.splitlines()[-1].startswith("2 taken, 1 set aside")


@pytest.mark.parametrize("how", LONG)
def test_a_cell_that_takes_minutes_to_read_is_taken_and_told_apart(course, handed_in, tmp_path, how):
    eve = changed(handed_in, lambda raw: first_answer(raw).update(source=LONG[how]))
    with in_time(20):
        files = {"eve/eve.ipynb": eve, "zoe/zoe.ipynb": written(handed_in)}
        take([as_zip(tmp_path / "all.zip", files)], course)
        assert (course / "submitted/eve").is_dir() and answer_of(course, "zoe") == ANSWER
        assert borrowed([LONG[how]], ["x = 1"]) == set() and bool(unreadable(LONG[how])) is (how != "dots")


def test_as_many_accents_as_any_language_has_are_read():
    assert not unreadable("e" + "\u0301" * 30 + " = 1\n" + "é" * 99)


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
    for name, why in (("in/bo.ipynb", "Permission denied"), ("in/lu.ipynb", "it is a symbolic link"), *(
            (name, "it is a pipe or a device")
            for name in ("in/eve.ipynb", "\neve.ipynb", "in/kim_my_course.jsonl"))):
        assert f"{name}: set aside\n    can't be read: {why}" in said
    assert not (course / "progress").exists()


def test_half_a_letter_harms_nobody(course, handed_in, tmp_path):
    raw = json.loads(written(handed_in))
    raw["cells"][1]["source"] = "x = '\ud83d'"
    files = {"ada/a.ipynb": json.dumps(raw).encode(), "bo/b.ipynb": written(handed_in)}
    take([as_zip(tmp_path / "all.zip", files)], course)
    assert answer_of(course, "a") == answer_of(course, "b") == ANSWER


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names")
def test_names_in_old_letters_and_with_line_feeds_are_read_and_shown(course, handed_in, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    handed_in.metadata.course["edition"] = "\x1b[2J\ud83d"
    for name in (os.fsdecode(b"M\xfcller_lesson05.ipynb"), "x\x1b[2J\nzoe.ipynb: taken\n.ipynb"):
        (folder / name).write_bytes(nbformat.writes(handed_in).encode("ascii", "replace"))
    (tmp_path / "people.csv").write_text("id,name\ns1,Müller\ns2,Zoe\n", encoding="utf-8")
    take([folder], course, tmp_path / "people.csv")
    said = capsys.readouterr().out
    assert "in/Müller_lesson05.ipynb → s1, lesson 05: taken" in said and "\x1b" not in said
    assert answer_of(course, "s1") == answer_of(course, "s2")
    assert "\nzoe" not in said
    assert {row["person"] for row in json.loads((course / "taken.json").read_text("utf-8"))} == {"s1", "s2"}


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


def test_a_name_in_an_archive_that_does_not_say_how_it_is_written(course, handed_in, tmp_path):
    name = "Jürgen Müßig/05.ipynb"
    path = as_zip(tmp_path / "all.zip", {name: written(handed_in)})
    raw = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        raw[raw.index(sign) + place] &= ~8
    path.write_bytes(raw)
    (tmp_path / "people.csv").write_text("id,name\ns1,Jürgen Müßig\n", encoding="utf-8")
    take([path], course, tmp_path / "people.csv")
    assert answer_of(course, "s1") == ANSWER


def test_a_name_that_is_too_long_for_a_folder_is_set_aside_all_the_same(course, tmp_path):
    take([as_zip(tmp_path / "all.zip", {f"{'ü' * 200}/{'x' * 200}.pdf": b"%PDF"})], course)
    assert len(list((course / "set_aside").iterdir())) == 1


def test_what_came_anew_at_the_same_time_is_marked_anew(course, handed_in, tmp_path):
    """An archive may give the same time to all it holds."""
    from helpers.classroom.autograde import _marked

    def came(notebook):
        entry = zipfile.ZipInfo("ada.ipynb", (2026, 11, 1, 12, 0, 0))
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.writestr(entry, written(notebook))
        take([tmp_path / "all.zip"], course)

    came(handed_in)
    folder, done = (course / kind / "ada/lesson05" for kind in ("submitted", "autograded"))
    done.mkdir(parents=True)
    for name in ("timestamp.txt", "lesson05.ipynb"):
        (done / name).write_bytes((folder / name).read_bytes())
    (done / "results.json").write_text("[]")
    (done / "lesson05.ipynb").touch()
    came(handed_in)
    assert _marked(course, folder)
    cell_of(handed_in, "exercise-5-3").source = "def choose(norms):\n    return 1"
    came(handed_in)
    assert not _marked(course, folder)


@pytest.mark.parametrize("days", [(1, 2), (2, 1)], ids=["in order", "the later one first"])
def test_of_two_by_one_person_the_later_one_counts(course, handed_in, tmp_path, days):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for day in days:
            cell_of(handed_in, "exercise-5-3").source = f"def choose(norms):\n    return {day}"
            archive.writestr(zipfile.ZipInfo(f"Ada/Untitled{day}.ipynb", (2026, 11, day, 12, 0, 0)),
                             written(handed_in))
    states = {taken.path: taken.state for taken in take([tmp_path / "all.zip"], course)}
    assert answer_of(course, "ada").endswith("return 2")
    assert states == {"all/Ada/Untitled1.ipynb": "set aside", "all/Ada/Untitled2.ipynb": "taken"}


def test_without_a_roster_a_common_name_of_a_file_is_nobodys(course, handed_in, tmp_path):
    files = {f"{path}.ipynb": written(handed_in) for path in (
        "Ada/Untitled3", "Bo/lesson05 (1)", "Cy/homework final", "Di_lesson05", "x/Eva Notebook",
        "s01_lesson05", "s02_lesson05", "Fay/05_exploding_gradients")}
    found = take([as_zip(tmp_path / "all.zip", files)], course)
    assert {taken.person for taken in found} == {
        "ada", "bo", "cy", "di", "eva", "fay", "s01", "s02"}


def test_a_lesson_under_the_name_of_another_goes_where_its_answers_belong(course, handed_in, tmp_path):
    found = take([as_zip(tmp_path / "all.zip", {"ada/lesson02.ipynb": written(handed_in)})], course)
    assert answer_of(course, "ada") == ANSWER and "named as lesson 02" in found[0].said[0]


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
    "in one another": (in_one_another, "10 files"),
    "a lie": (lying, "can't be extracted"),
}


@pytest.mark.parametrize("what", LARGE)
def test_an_archive_that_becomes_too_much_is_told_and_not_unpacked(course, handed_in, tmp_path, what):
    make, said = LARGE[what]
    files = {"ada/ada.ipynb": written(handed_in), "eve/eve.zip": make(), "zoe/zoe.ipynb": written(handed_in)}
    archive, before = as_zip(tmp_path / "all.zip", files), largest_use()
    with in_time(60):
        found = take([archive], course)
    assert answer_of(course, "ada") == answer_of(course, "zoe") == ANSWER
    assert any(said in line for taken in found for line in taken.said) and len(found) < 1003
    assert largest_use() - before < 100_000_000


def largest_use() -> int:
    """The most bytes of memory that this process has had so far."""
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize(("roster", "whose"), [
    ("", "this person's files"), ("id,name\nzoe,Zoe", "the files without a known owner")])
def test_what_one_person_or_nobody_hands_in_is_limited_over_all_archives(
        roster, whose, course, tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "INNER", (1_000, 3_000))
    (people := tmp_path / "class.csv").write_text(roster)
    (tmp_path / "in/eve").mkdir(parents=True)
    for k in range(3):
        as_zip(tmp_path / f"in/eve/{k}.zip", {"eve.txt": b"x" * 2_000})
    as_zip(tmp_path / "in/zoe.zip", {"zoe.txt": b"x" * 2_000})
    rows = take([tmp_path / "in"], course, people if roster else None)
    assert [row.path for row in rows if f"{whose} exceed 0 MB" in str(row.said)] == [
        "in/eve/1/eve.txt", "in/eve/2/eve.txt"]
    assert sum(path.stat().st_size for path in (course / "set_aside").iterdir()) == 4_000


def test_of_a_path_of_thousands_of_letters_the_ends_are_kept(course, tmp_path, capsys):
    take([as_zip(tmp_path / "all.zip", {f"ada/{'é' * 9_000}/ada.pdf": b"x"})], course)
    said = capsys.readouterr().out
    assert said.startswith("all/ada/éé") and "éé/ada.pdf" in said and len(said) < 500


@pytest.mark.parametrize("name", ["../../zoe.ipynb", "/zoe.ipynb", "..\\zoe.ipynb", "C:/zoe.ipynb"])
def test_a_path_that_leads_out_of_its_archive_is_refused(course, handed_in, tmp_path, name, capsys):
    take([as_zip(tmp_path / "all.zip", {name: written(handed_in), "ada.ipynb": written(handed_in)})], course)
    assert "set aside\n    its path points outside the archive" in capsys.readouterr().out
    assert os.listdir(course / "submitted") == ["ada"] and not list(tmp_path.glob("../zoe.ipynb"))


def test_each_file_is_told_when_it_has_been_looked_at(course, handed_in, tmp_path, monkeypatch, capsys):
    """And not all of them in the end."""
    told, put = [], collect.put

    def and_look(path, data):
        told.append(capsys.readouterr().out)
        put(path, data)

    monkeypatch.setattr(collect, "put", and_look)
    files = {f"{one}.ipynb": written(handed_in) for one in ("ada", "zoe")}
    take([as_zip(tmp_path / "all.zip", files)], course)
    assert any("all/ada.ipynb → ada, lesson 05: taken" in said for said in told)


def test_nothing_that_is_set_aside_takes_the_place_of_another(course, tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made, pytest.warns(UserWarning, match="Duplicate"):
        for name, text in (("a/b.txt", "1"), ("a_b.txt", "2"), ("a?b.txt", "3"), ("a/b.txt", "4")):
            made.writestr(name, text)
    for _ in range(2):              # the same once more: no second copy of each
        take([archive], course)
    assert sorted(path.read_text() for path in (course / "set_aside").iterdir()) == ["1", "2", "3", "4"]
    assert (course / "set_aside/all_a_b (2).txt").is_file()


def test_the_name_of_a_file_takes_nobody_elses_place(course, handed_in, tmp_path):
    """The platform names the folder, a student the file."""
    roster = tmp_path / "people.csv"
    roster.write_text("id,name\ns1,Ada Mary Lovelace\ns2,Bob Ray\n", encoding="utf-8")
    cell_of(handed_in, "exercise-5-3").source = "def choose(norms):\n    return 'wrong'"
    wrong = written(handed_in)
    cell_of(handed_in, "exercise-5-3").source = ANSWER
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for month, path, data in (
                (10, "Ada Mary Lovelace_1_assignsubmission_file_/lesson.ipynb", written(handed_in)),
                (11, "Bob Ray_2_assignsubmission_file_/Ada Mary Lovelace lesson05.ipynb", wrong),
                (12, "raybob_2_3_Ada Mary Lovelace.ipynb", wrong)):
            archive.writestr(zipfile.ZipInfo(path, (2026, month, 1, 12, 0, 0)), data)
    found = take([tmp_path / "all.zip"], course, roster)
    assert answer_of(course, "s1") == ANSWER and answer_of(course, "s2").endswith("'wrong'")
    assert found[2].said == ["whose? s1, s2 could be meant"]


def test_an_archive_with_the_name_of_a_student_is_not_theirs_as_a_whole(course, handed_in, tmp_path):
    """Lee may teach."""
    roster = tmp_path / "people.csv"
    roster.write_text("id,name\nlee,Sam Lee\ns1,Ada Byron\n", encoding="utf-8")
    archive = as_zip(tmp_path / "lee all.zip", {"Ada Byron_1/x.ipynb": written(handed_in)})
    found = take([archive], course, roster)
    assert found[0].said == ["whose? lee, s1 could be meant"]


def test_a_hidden_name_and_an_empty_archive_are_told_and_counted(course, handed_in, tmp_path, capsys):
    """Only what every computer leaves beside files goes without a word."""
    folder = tmp_path / "in"
    for name in ("fay/.ipynb", "ada/.hidden.ipynb", ".../bo.ipynb", "cy/.DS_Store",
                 "cy/.ipynb_checkpoints/cy.ipynb", "cy/.lesson05.ipynb.swp", "cy/._lesson05.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(written(handed_in))
    as_zip(folder / "di.zip", {})
    as_zip(folder / "eve.zip", {"__MACOSX/._eve.ipynb": b"x"})
    take([folder], course)
    *said, last = capsys.readouterr().out.splitlines()
    assert [line for line in said if line[0] != " "] == [
        "in/di.zip: set aside", "in/eve.zip: set aside", "in/.../bo.ipynb → bo, lesson 05: taken",
        "in/ada/.hidden.ipynb → hidden, lesson 05: taken", "in/fay/.ipynb → fay, lesson 05: taken",
        "in/cy/.lesson05.ipynb.swp: set aside"]
    assert said[1] == "    an archive with no file in it" and last.startswith("3 set aside, 3 taken")


@pytest.mark.parametrize("name", ["ada.tar", "ada.ipynb.gz", "ada.TGZ", "ada.rar", "ada.7z", "ada.ipynb"])
def test_for_an_archive_of_another_kind_a_zip_file_is_asked_for(course, handed_in, tmp_path, name):
    data = archive_of(("lesson05.ipynb", written(handed_in))) if name.endswith(".ipynb") else b"x"
    found = take([as_zip(tmp_path / "all.zip", {name: data})], course)
    assert found[0].said[0].endswith("name isn't supported. Ask for a file that ends in .zip")


def test_many_files_that_are_no_notebooks_have_one_line_together(course, handed_in, tmp_path, capsys):
    (tmp_path / "people.csv").write_text("id,name\ns1,Eve\ns2,Bo\n", encoding="utf-8")
    many = archive_of(*((f"{k}.png", bytes([k % 256])) for k in range(1000)))
    take([as_zip(tmp_path / "all.zip", {"Eve/x.zip": many, "Eve/y.ipynb": written(handed_in),
                                        "Bo/z.pdf": b"%PDF"})], course, tmp_path / "people.csv")
    said = capsys.readouterr().out
    assert said.splitlines()[2:] == [
        "all/Eve/x: set aside",
        "    1,000 files are not notebooks: 0.png, 1.png, 2.png, 3.png, 4.png and 995 more",
        "all/Bo/z.pdf: set aside", "    not a notebook: its name ends in .pdf", "lesson 05, nothing from: s2",
        f"1001 set aside, 1 taken (see {course / 'set_aside'})"]
    rows = json.loads((course / "taken.json").read_text("utf-8"))
    assert [(row["path"], row["person"]) for row in rows] == [
        ("all/Eve/y.ipynb", "s1"), ("all/Eve/x", "s1"), ("all/Bo/z.pdf", "s2")]


def test_of_very_many_who_have_handed_in_nothing_the_first_are_named(course, handed_in, tmp_path, capsys):
    (tmp_path / "people.csv").write_text("id,name\n" + "".join(f"s{k},A{k}\n" for k in range(9999)))
    take([as_zip(tmp_path / "all.zip", {"s0/a.ipynb": written(handed_in)})], course, tmp_path / "people.csv")
    line = capsys.readouterr().out.splitlines()[-2]
    assert line.startswith("lesson 05, nothing from: s1, s2, ") and line.endswith(", s20 and 9,978 more")


def test_two_names_that_are_read_as_one_person_are_told(course, handed_in, tmp_path):
    names = "x,y", "x;y", "x,y/copy", "Ada", "ada", "Zoë", "Zoe\u0308"
    files = {f"{name}/lesson05.ipynb": written(handed_in) for name in names}
    found = {taken.path: taken.said[0] for taken in take([as_zip(tmp_path / "all.zip", files)], course)}
    told = "x;y and x,y are both read as x-y. If they are two people, run `take` again with --roster"
    assert [path for path, said in found.items() if said == told] == ["all/x;y/lesson05.ipynb"]
    assert not any("both read" in said for path, said in found.items() if ";" not in path)


def test_an_earlier_submission_is_set_aside_by_a_later_take(course, handed_in, tmp_path, capsys):
    lost = handed_in.cells.pop(1)
    earlier = written(handed_in)        # from which what is taken differs: the cell is put back
    handed_in.cells.insert(1, lost)
    cell_of(handed_in, "exercise-5-3").source = "def choose(norms):\n    return 2"
    for number, data in ((1, earlier), (2, written(handed_in))):
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            entry = zipfile.ZipInfo(f"ada/Untitled{number}.ipynb", (2026, 11, number, 12, 0, 0))
            archive.writestr(entry, data)
        take([tmp_path / "all.zip"], course)
    kept = "ada lesson05 2026-11-01 12_00_00 UTC.ipynb"
    assert f"\n    replaces an earlier one, which is in set_aside as {kept}\n" in capsys.readouterr().out
    assert (course / "set_aside" / kept).read_bytes() == earlier and answer_of(course, "ada")[-1] == "2"
    first, second = json.loads((course / "taken.json").read_text("utf-8"))
    assert (first["state"], second["state"]) == ("set aside", "taken")
    assert first["said"][-1] == "duplicate: all/ada/Untitled2.ipynb is later and counts"


def test_what_2_0_wrote_of_each_file_is_read(course, handed_in, tmp_path):
    row = {"path": "old.pdf", "person": "bo", "lesson": "", "state": "set aside", "said": ["x"], "when": "1"}
    (course / "taken.json").write_text(json.dumps([row]))
    take([as_zip(tmp_path / "all.zip", {"ada.ipynb": written(handed_in)})], course)
    rows = json.loads((course / "taken.json").read_text("utf-8"))
    assert [row["path"] for row in rows] == ["old.pdf", "all/ada.ipynb"]


def test_what_python_warns_of_in_a_submission_is_not_printed(course, handed_in, tmp_path, recwarn):
    cell_of(handed_in, "exercise-5-3").source = "def choose(norms):\n    return 1if norms else '\\d' is 2"
    take([as_zip(tmp_path / "all.zip", {"ada.ipynb": written(handed_in)})], course)
    assert not [one for one in recwarn if issubclass(one.category, SyntaxWarning | DeprecationWarning)]


def test_what_is_in_the_way_is_told_and_a_broken_list_is_begun_anew(course, handed_in, tmp_path, capsys):
    (course / "submitted").mkdir()
    (course / "submitted/eve").write_text("a file")
    (course / "taken.json").write_text("{not json")
    (course / "progress/zoe/my_course.jsonl").mkdir(parents=True)
    files = {"ada.ipynb": written(handed_in), "eve.ipynb": written(handed_in), "zoe/my_course.jsonl": b"{}\n"}
    take([as_zip(tmp_path / "all.zip", files)], course)
    said = capsys.readouterr().out
    assert answer_of(course, "ada") == ANSWER and (course / "progress/zoe/my_course.jsonl").is_file()
    assert "all/eve.ipynb → eve, lesson 05: set aside\n" in said and "can't be read as a submission (" in said
    assert f"{course / 'taken.json'} cannot be read" in said
    assert (course / "taken.json.broken").read_text() == "{not json"
    assert len(json.loads((course / "taken.json").read_text("utf-8"))) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lessons": 5}', '{"lessons": {"05": null}}',
                                  '{"lessons": {"05": {"tasks": [{"id": "a"}]}}}',
                                  '{"lessons": {"05": {"tasks": [{"id": "a", "points": "2"}]}}}'])
def test_a_broken_plan_is_named(course, tmp_path, text):
    (course / "course.json").write_text(text)
    with pytest.raises(ValueError, match=r"course\.json"):
        take([tmp_path], course)


def at(name: str, when: tuple = (2026, 11, 1, 12, 0, 0), **about) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, when)
    for key, value in about.items():
        setattr(entry, key, value)
    return entry


@pytest.mark.parametrize(("about", "why"), [
    ({"file_size": 50_000_000}, ""), ({"file_size": 50_000_001}, "too large to read"),
    ({"flag_bits": 1}, "in an archive with a password"), ({"flag_bits": 2}, ""),
    ({"compress_type": zipfile.ZIP_DEFLATED}, ""), ({"compress_type": zipfile.ZIP_BZIP2},
     "compressed by a method that isn't supported. Ask for an ordinary zip file")])
def test_what_can_not_be_taken_out_of_an_archive_is_told_why(about, why):
    assert collect._refused(at("a/b.ipynb", **about)) == why


@pytest.mark.parametrize(("year", "month", "kept"), [(1991, 1, 1991), (1990, 12, 2020), (1991, 0, 2020)])
def test_an_archive_that_tells_no_time_has_that_of_its_file(year, month, kept):
    when = datetime(2020, 5, 1, tzinfo=UTC)
    assert collect._zip_time(at("x", (year, month, 1, 0, 0, 0)), when).year == kept


def test_how_much_is_read_and_unpacked_ends_at_a_limit_and_not_before(course, tmp_path, monkeypatch):
    assert (collect.LARGEST, collect.WHOLE, collect.INNER) == (
        50_000_000, (10_000, 4_000_000_000), (1_000, 200_000_000))
    monkeypatch.setattr(collect, "LARGEST", 1_000)
    monkeypatch.setattr(collect, "INNER", (3, 2_400))
    (tmp_path / "in").mkdir()
    small = {k: archive_of(*((f"{one}.txt", b"1") for one in range(k))) for k in (2, 3, 4)}
    for name, data in {"a.txt": bytes(1_000), "b.txt": bytes(1_001), "c.zip": b"x" * 1_000,
                       "d.zip": b"x" * 1_001,
                       "e.zip": archive_of(*((f"{k}.txt", bytes(800)) for k in range(3))),
                       "f.zip": archive_of(*((f"{k}.txt", bytes(801)) for k in range(3))), "g.zip": small[4],
                       "h.zip": b"x" * 2_401, "i.zip": archive_of(("x.zip", small[2]), ("3.txt", b"")),
                       "j.zip": archive_of(("x.zip", small[3]))}.items():
        (tmp_path / "in" / name).write_bytes(data)
    found = {file.path[3:]: (len(file.data), file.problem) for file in collect._files(tmp_path / "in")}
    damaged = "an archive that cannot be opened: it is damaged, or not a zip file"
    much = "an archive with {} files (0 MB) in it, more than can be unpacked"
    assert found["a.txt"] == (1_000, "") and found["b.txt"] == (0, "can't be read: it is too large")
    assert found["c.zip"] == (1_000, damaged) and found["d.zip"] == (0, damaged)
    assert found["h.zip"] == (0, "can't be read: it is too large")
    assert found["e/2.txt"] == (800, "") and found["f.zip"][1] == much.format(3) and found["g.zip"][1] == (
        much.format(4))
    assert found["i/x.zip"][1] == much.format(2) and found["i/3.txt"] == (0, ""), "two are one too many"
    assert found["j/x.zip"][1] == much.format(3) and len(found) == 13


def test_a_folder_that_can_not_be_read_and_one_that_is_not_there_are_told(course, tmp_path, monkeypatch):
    walk = os.walk
    (tmp_path / "in/b").mkdir(parents=True)
    (tmp_path / "in/a").mkdir()
    for name in ("b/b.txt", "a/a.txt", "z.txt"):
        (tmp_path / "in" / name).write_text("x")

    def shut(source, onerror):
        onerror(PermissionError(13, "Permission denied", str(source / "shut")))
        return walk(source)

    monkeypatch.setattr(collect.os, "walk", shut)
    found = [(file.path, file.problem, file.when.year) for file in collect._files(tmp_path / "in")]
    assert [path for path, *_ in found] == ["in/z.txt", "in/a/a.txt", "in/b/b.txt", "in/shut"]
    assert found[-1][1:] == ("a folder that can't be read: Permission denied", 1970)
    with pytest.raises(ValueError, match=r"none is not there\."):
        take([tmp_path / "none"], course)
    (tmp_path / "empty").mkdir()
    monkeypatch.undo()
    with pytest.raises(ValueError, match="There are no files in the folders"):
        take([tmp_path / "empty"], course)


def test_of_a_long_path_both_halves_are_kept():
    for between, kept in (("", ""), ("-", "…")):
        path = collect.File(f"{'a' * 150}{between}{'b' * 150}", b"", collect.LONG_AGO).path
        assert path == "a" * 150 + kept + "b" * 150


@pytest.mark.parametrize(("name", "data", "why"), [
    ("a.py", b"x", "not a notebook: its name ends in .py; perhaps the student's own module? Only the "
     "notebook is run, so its code must be in a cell of the notebook"),
    ("a", b"x", "not a notebook: its name ends in nothing"),
    ("a.ipynb", b"", "empty"), ("a.JSON", b"[", "not a notebook, or a damaged one: open it and look"),
    ("a.txt", b"7", "not a notebook, or a damaged one: open it and look"), ("a.html", b"", "ends in .html")])
def test_what_is_no_notebook_is_told_why(name, data, why):
    found, said = collect._notebook(collect.File(name, data, collect.LONG_AGO))
    assert found is None and said.endswith(why)


def test_the_lesson_with_most_answers_counts_and_of_equals_the_one_in_the_path():
    plan = {"lessons": {number: {"name": f"{number}_x", "tasks": [
        {"names": [f"f{number}"], "check": f"check_{number}"}, {"names": ["g", "h"], "check": "check_g"}]}
        for number in ("01", "02", "03")}}
    for code, path, lesson in (
            ("f02 = 1", "a", "02"),
            ("f02 = f03 = 1\ncheck_03(f03)", "lesson02", "03"), ("g = 1", "02_x", ""),
            ("g = h = 1", "Lesson02.ipynb", "02"),
            ("g = h = 1", "03_x.ipynb", "03"), ("g = h = 1", "a", "01")):
        assert collect._lesson([new_code_cell(code)], path, plan) == lesson, code


@pytest.mark.parametrize(("number", "lines"), [(20, 40), (21, 2)])
def test_so_many_that_are_no_notebooks_have_a_line_each(course, tmp_path, capsys, number, lines):
    found = take([as_zip(tmp_path / "in.zip", {f"{k}.png": b"x" for k in range(number)})], course)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == lines + 1 and len(found) == number
    assert said[-1] == f"{number} set aside (see {course / 'set_aside'})"
    together = "21 files are not notebooks: 0.png, 1.png, 2.png, 3.png, 4.png and 16 more"
    assert (said[1].strip() == together) == (number > 20)


def test_what_is_set_aside_has_a_name_that_every_system_allows(course):
    assert collect._aside(course, "x" * 196 + ".pdf", b"1") == "x" * 196 + ".pdf"
    long = collect._aside(course, "x" * 197 + ".pdf", b"1")
    assert len(long) == 49 and long.endswith(" " + "x" * 36 + ".pdf")
    assert [collect._aside(course, "a:b.pdf", data) for data in (b"1", b"2", b"3", b"2")] == [
        "a_b.pdf", "a_b (2).pdf", "a_b (3).pdf", "a_b (2).pdf"]


def test_what_came_again_is_unchanged_and_an_earlier_one_a_duplicate(course, handed_in, tmp_path, capsys):
    def came(day: int, answer: str = "1") -> list:
        cell_of(handed_in, "exercise-5-3").source = f"def choose(norms):\n    return {answer}"
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.writestr(at("ada.ipynb", (2026, 11, day, 12, 0, 0)), written(handed_in))
        (found,) = take([tmp_path / "all.zip"], course)
        return [found.state, [line for line in found.said if "words" not in line]]

    stamp = course / "submitted/ada/lesson05/timestamp.txt"
    assert came(2) == ["taken", []] and stamp.read_text() == "2026-11-02 12:00:00 UTC\n"
    assert came(3) == ["unchanged", []] and came(2) == ["unchanged", []]
    (state, said), last = came(1, "2"), capsys.readouterr().out.splitlines()[-1]
    assert (state, said) == ("set aside", ["duplicate: the later submission that is already there counts"])
    assert last == f"1 set aside (see {course / 'set_aside'})" and answer_of(course, "ada").endswith("1")
    assert came(2, "3")[0] == "taken" and answer_of(course, "ada").endswith("3"), "also at the same time"
    assert capsys.readouterr().out.splitlines()[-1] == "1 taken"
    states = [(row["path"], row["state"]) for row in json.loads((course / "taken.json").read_text("utf-8"))]
    assert states == [("all/ada.ipynb", "taken")]
