"""What the pages say of commands, keys, options, files and limits: each sentence is there, and is so."""

import argparse
import inspect
import json
import os
import re
import sys
import tomllib
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import build_site
import facts
import lesson_items
import lite_site
import make_slides
import numpy as np
import paper
import pytest
import release
import site_tools
from course import LESSONS, ROOT, cells
from jupyter_core.paths import jupyter_path
from nbformat.v4 import new_code_cell, new_notebook

from helpers.classroom import closed_book, collect, judge, limits
from helpers.classroom.collect import File, Taken
from helpers.classroom.people import Person, owner, read_roster
from helpers.classroom.plagiarism import borrowed, not_allowed
from helpers.classroom.plan import GRADEBOOK
from helpers.classroom.tasks import Written
from helpers.data import POINTS, Vocabulary, questions, read_text
from helpers.lessons.checks import check
from helpers.lessons.lesson07 import plain_lstm
from helpers.lessons.lesson07.stage_checks import sequence, where_first_wrong
from helpers.lessons.prose_facts import _plain
from helpers.networks import RNN, SGD, CharModel
from helpers.old_names import OLD
from helpers.runs import Checkpoint, Progress, files, load_run, restore, save, take_home
from helpers.widgets import page, predict, throttle

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMAND = re.compile(r"python (?:-m (helpers\.classroom)|(?:scripts|scripts/site)/"
                     r"(pages|run_notebooks|ship|replicate|build_site|make_slides)\.py)\b([^`\n#]*)")
ADA, BO = Person("s1", "Ada Byron", "ab@x.org"), Person("s2", "Bo Lee", "bl@x.org")


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def plain(words: str) -> str:
    """Markdown without its emphasis, its links and the bars of its tables, in one line."""
    return _plain(re.sub(r"\]\([^)\s]*\)|[\[|]", "", words))


def in_order(path: str, *words: str) -> bool:
    places = [text(path).find(word) for word in words]
    return -1 not in places and places == sorted(places)


def lab(extension: str) -> dict:
    """The settings that JupyterLab ships for one of its parts."""
    places = [Path(place, f"@jupyterlab/{extension}.json") for place in jupyter_path("lab", "schemas")]
    return json.loads(next(place for place in places if place.is_file()).read_text("utf-8"))


def on_key(keys: str) -> set[str]:
    """What a key does while a cell is edited."""
    return {one["command"] for one in lab("notebook-extension/tracker")["jupyter.lab.shortcuts"]
            if one["keys"] == [keys] and one["selector"] == ".jp-Notebook.jp-mod-editMode"}


def in_menu(name: str) -> set[str]:
    return {item.get("command") for menu in lab("mainmenu-extension/plugin")["jupyter.lab.menus"]["main"]
            if menu["id"] == f"jp-mainmenu-{name}" for item in menu["items"]}


def kept(here: Path, name: str = "", lecture: bool | None = None) -> dict[str, int]:
    """The files of a folder with their lines, after two events, or an answer, where MY_COURSE is `name`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setenv("MY_COURSE", name)
        if lecture is None:
            Progress().add(question="x")
            Progress().add(question="x")
        else:
            asked = predict("04.window-of-five")
            asked.view.lecture.value, asked.chosen = lecture, "a"
            asked._reveal()
            asked.close()
    return {path.name: len(path.read_bytes().splitlines()) for path in here.iterdir() if path.is_file()}


def told(module: str, line: str) -> argparse.Namespace:
    """What a program of the course is told by the rest of its line; it does nothing more."""
    class Read(Exception):
        pass

    def read(parser, arguments=None, parse=argparse.ArgumentParser.parse_args):
        raise Read(parse(parser, arguments))

    main = import_module(module).main
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Read) as found:
        patch.setattr(argparse.ArgumentParser, "parse_args", read)
        patch.setattr(sys, "argv", [module, *line.split()])
        main(*[line.split()] * bool(inspect.signature(main).parameters))
    return found.value.args[0]


def built(line: str) -> dict:
    """What build_site makes of its line, by site: whether with solutions, and of what."""
    made, sizes = {}, SimpleNamespace(st_size=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["a program", *line.split()])
        patch.setattr(site_tools, "size", lambda site: "")
        patch.setattr(build_site, "read", lambda **to: made.update(
            read=(to["solutions"], to["alone"] and to["lessons"])))
        patch.setattr(lite_site, "build", lambda folder, packages, solutions: made.update(
            {folder.relative_to(ROOT).as_posix(): (solutions, packages)}))
        patch.setattr(site_tools, "python", lambda: None)
        patch.setattr(lite_site, "pyodide_version", lambda: "0")
        patch.setattr(site_tools, "npm_package", lambda name, version="": made.update({name: version}))
        patch.setattr(make_slides, "make", lambda notebook: made.update(
            {notebook.stem: make_slides.DECKS}) or SimpleNamespace(stat=lambda: sizes))
        (build_site if re.match("[a-z]", line) else make_slides).main()
    return made


def after_marking(plain) -> int:
    """What a stage whose own version stops with an error gives for 1 in the cells after its check."""
    plain.__name__, stands = "stage", closed_book.standing_in(plain, {}.__getitem__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closed_book, "MARKED", set())
        with pytest.raises(KeyError):
            stands(1)
        closed_book.MARKED.add("stage")
        return stands(1)


def counts(here: Path, *days: int) -> tuple:
    """Of one person's notebooks, each of which says its day, in the order in which `take` met them: what is
    marked, what is kept as it came, what is set aside."""
    for day in days:
        file = File(f"{day}.ipynb", b"%d" % day, datetime(2026, 11, day, tzinfo=UTC))
        notebook = new_notebook(cells=[new_code_cell(str(day))])
        collect._write(here, Taken(file.path, "s1", "05"), notebook, file)
    folder = here / "submitted/s1/lesson05"
    marked, = json.loads((folder / "lesson05.ipynb").read_text("utf-8"))["cells"]
    return ("".join(marked["source"]), (folder / "as_it_came.ipynb.txt").read_bytes(),
            [path.read_bytes() for path in (here / "set_aside").iterdir()])


def lines_of(number: int) -> int:
    return len(collect._together([Taken(f"x/{k}.png", said=[f"{collect.OTHER}.png"])
                                  for k in range(number)], False))


def flat(cell: str) -> list[int]:
    """Up to which update each run of the adding problem stays near chance."""
    return [max(update for update, error in zip(run.value["updates"], run.value["errors"], strict=True)
                if error > 0.15) for run in load_run("07/adding") if run.parameters["cell"] == cell]


def takes(code: str) -> list[str]:
    return not_allowed(borrowed([], [code]), ())


@check
def crashes(answer: int) -> str:
    return {}[answer]


def tried(words: str) -> list[str]:
    """The tests, and what starts them, that have something to do with it."""
    return [path.name for place in ("tests/**/*.py", ".ci/*", ".github/**/*.yml") for path in ROOT.glob(place)
            if path.name != Path(__file__).name and re.search(words, path.read_text("utf-8"))]


def refused(function, *given) -> bool:
    with pytest.raises(ValueError):
        function(*given)
    return True


def off_from(t: int) -> tuple[str, list[int]]:
    """Where the check of an LSTM's backward pass places a mistake at step t, and which steps it puts off."""
    given = sequence(np.random.default_rng(0), 3, 2, 1, 5)
    right = plain_lstm.backward(*given)[1]
    given[-1][t] += 1
    wrong = plain_lstm.backward(*given)[1]
    return where_first_wrong(wrong, right), np.flatnonzero((wrong != right).any(axis=(1, 2))).tolist()


def kit():
    """With nbgrader alone."""
    return import_module("helpers.classroom.nbgrader_config")


LETTER = "Anna's letter to Otto"
RUN = Checkpoint(CharModel(RNN(len(Vocabulary(LETTER)), 2), np.random.default_rng(0)), SGD(0.1),
                 vocabulary=Vocabulary(LETTER), text=("x", LETTER, ""))
# By page, the words of a sentence and what tries them, in a folder of its own. With nbgrader: "classroom".
SAID: dict[str, list] = {}
SAID["README.md"] = [
    ("Ctrl-Enter runs a cell and keeps it selected, and Shift-Enter goes on to the next.",
     lambda _: "notebook:run-cell" in on_key("Accel Enter")
     and "notebook:run-cell-and-select-next" in on_key("Shift Enter")),
    ("(press Alt-Shift-L, or click the A in the margin of any dashboard)", lambda _: ">A</" in page.TOOLS
     and re.search(r"\.altKey && event\.shiftKey && .*'KeyL'.*setLecture", text("helpers/widgets/page.js"))),
    ("The button above the A fills the window with the dashboard, and Escape goes back.", lambda _: re.search(
        "Fill the window with this; Escape goes back.*</button><button.*>A</button>", page.TOOLS)),
    ("Choices aren't saved in lecture mode.", lambda here: not kept(here, "x", True)
     and kept(here, "x", False) == {"x": 1}),
    ("in one readable file beside the notebooks, my_course.jsonl, and nothing leaves",
     lambda here: [*kept(here)] == ["my_course.jsonl"]),
    ("You need only Python 3.11 or newer",
     lambda _: PROJECT["project"]["requires-python"] == ">=3.11"),
    ("Only lesson 10 needs PyTorch.", lambda _: {path.parent.name for path in ROOT.glob("helpers/**/*.py")
     if re.search(r"^\s*(import|from) torch", path.read_text("utf-8"), re.M)} == {"lesson10"}),
    ("The second is whether a lesson runs on Binder, in Colab, in VS Code or on a JupyterHub. There we "
     "checked only the files that", lambda _: not tried(r"mybinder\.org|colab\.research|\bcode --")),
    ("Code: BSD-3-Clause. Text and pictures: CC BY 4.0.", lambda _: PROJECT["project"]["license"] == {
        "text": "BSD-3-Clause"} and in_order("LICENSE", "The code", "BSD", "The text and the", "CC BY")),
    ("They need Node.js, whose npm fetches four packages", lambda _: len(built("tools")) == 4),
    ("build_site.py all # a site to read, and JupyterLab with Python in the reader's browser",
     lambda _: [*built("all")] == ["read", "_site/lite"]),
    ("build_site.py serve # both at http://localhost:8000",
     lambda _: told("build_site", "serve").port == 8000),
    ("make_slides.py 02 # the deck of lesson 02, in one file; without a number all decks", lambda _:
     [*built("02")] == [LESSONS[2].stem] and [*built("")] == [path.stem for path in LESSONS]),
    ("pytest opens lesson 02 in a real browser and moves all its controls (all lessons with -m browser)",
     lambda _: '\nQUICK = ("02",)\n' in text("tests/browser/test_browser.py")),
]
SAID["docs/classroom.md"] = [
    ("★ gives 2 points, ★★ gives 4, and ★★★ gives 6", lambda _: POINTS == {1: 2, 2: 4, 3: 6}),
    ("A roster is a CSV file with a column id and a column name or email.", lambda here: all(
        (here / "x.csv").write_text(f"id,{column}\ns1,Ada\ns2,Bo\n")
        and [one.id for one in read_roster(here / "x.csv")] == ["s1", "s2"] for column in ("name", "email"))),
    ("whose id, whole name, or email address up to the @ is in the file's path", lambda _: [
        owner(f"{name}.ipynb", [ADA, BO])[0] for name in ("s1", "Ada Byron", "ab", "Byron", "x.org")
        ] == [ADA, ADA, ADA, None, None]),
    ("the outermost part decides, because the platform names the folders, whereas the student names the file",
     lambda _: collect._whose("all/Ada Byron/Bo Lee.ipynb", [ADA, BO])[0] == ADA),
    ("take reads the person's name from the name of the file. If the file is not named after a person "
     "(lesson, Untitled 3), take uses the name of the folder that contains the file.", lambda _: [
         collect._whose(f"all/Bo/{name}.ipynb", [])[0].id for name in ("Ada", "lesson", "Untitled 3")
         ] == ["ada", "bo", "bo"]),
    ("at most 1,000 files and 200 MB. A single file may have up to 50 MB, and all files of one person 200 MB",
     lambda _: collect.INNER == (1_000, 200_000_000) and collect.LARGEST == 50_000_000),
    ("If more than 20 files in a folder aren't notebooks, they are listed in one line.",
     lambda _: (lines_of(20), lines_of(21)) == (20, 1)),
    ("the later notebook counts, and the earlier one is set aside, even if it came in an earlier run of take",
     lambda here: counts(here / "a", 1, 2)[::2] == counts(here / "b", 2, 1)[::2] == ("2", [b"1"])),
    ("Every notebook that counts is also kept as it was handed in, beside the copy that is marked.",
     lambda here: counts(here, 1, 2)[1] == b"2"),
    ("the module is set aside and not run, so this code belongs in a cell of the notebook",
     lambda _: "Only the notebook is run" in collect._notebook(File("my.py", b"x", collect.LONG_AGO))[1]),
    ("what an answer worth 2, 1 or 0 points looks like", lambda _: re.findall("(Two|One|No) points?, .*: (.)",
     Written("x", "", 1, "c", "b", "a").rubric) == [("Two", "a"), ("One", "b"), ("No", "c")]),
    ("pictures (PNG, JPEG) that it shows are kept, up to half a million characters and 1,000 lines per cell",
     lambda _: kit().PICTURES == ("image/png", "image/jpeg") and (kit().Marking().printed,
               kit().steps.LimitOutput().max_lines) == (500_000, 1_000), "classroom"),
    ("An answer that stops with an error costs only its own points, because later answers use the course's "
     "reference version of the stage.", lambda _: after_marking(lambda answer: answer + 1) == 2),
    ("So the expected answers aren't in the kernel's memory, and a check that a cell calls there checks "
     "nothing.", lambda _: closed_book.CLOSED.fullmatch("helpers.lessons.lesson02.checks")
     and closed_book.LATER in closed_book.later("check_sample")(crashes).said),
    ("A whole submission has 60 seconds. All these are seconds of processor time, which include the "
     "processes that the submission starts. By the clock, each limit is five times as long",
     lambda _: (kit().Marking().seconds, kit().Marking().patience) == (60, 5), "classroom"),
    ("Each of its processes has 3 GB of memory and may write files of at most 50 MB.",
     lambda _: judge.GIGABYTES == 3 and limits.FILE == 50_000_000),
    ("with more than 200,000 characters, with more than 200 lines that use !, % or ?, or with more than 30 "
     "accents on one letter, is not run", lambda _: [bool(limits.unreadable(part * more)) for part, most in (
         ("x", 200_000), ("!a\n", 200), ("%a\n", 200), ("a?\n", 200), ("\u0301", 30))
         for more in (most, most + 1)] == [False, True] * 5),
    ("c.Marking.check_seconds, c.Marking.seconds, c.Marking.patience and c.Marking.printed",
     lambda _: {*kit().Marking.class_own_traits(config=True)} == {
         "check_seconds", "seconds", "patience", "printed"}, "classroom"),
    ("If a task allows some of the course's networks, because its worked solution uses them, it allows all",
     lambda _: not_allowed({"networks.GRU"}, ["networks.LSTM"]) == [] != not_allowed({"networks.GRU"}, [])),
    ("looks through sys.modules, or imports a module by its name in a string, is reported too.",
     lambda _: takes("def f():\n    return sys.modules") and takes("m = import_module('x')")),
    ("for example by putting such a string together or by reading the course's files, is not found", lambda _:
     takes("f = vars(importlib)['import_' + 'module']") == takes("f = open('gru.py').read()") == []),
    ("If a check itself crashes, the report asks you to look at the answer.", lambda _: judge._verdict(
        crashes, SimpleNamespace(hear=lambda: ("given", (1,), {}))).said.endswith("Mark it by hand.")),
    ("has the versions of all packages except those of that extra. This command has not been tested.",
     lambda _: not tried("docker") and "nbgrader" not in text("docs/locks/python-3.12.txt")),
    ("All marks are in my-class/gradebook.db", lambda _: GRADEBOOK == "gradebook.db"),
    ("delete what is left of it, run make for all lessons again, and then mark. Everything is then marked "
     "again, but the marks that you gave by hand are lost.", lambda _: re.search(
         "delete what is left .* make .*mark again.*by hand are then lost",
         import_module("helpers.classroom.report").AGAIN), "classroom"),
]
SAID["docs/hosting.md"] = [
    ("kept in my_course.jsonl beside the notebooks, one event per line",
     lambda here: kept(here) == {"my_course.jsonl": 2}),
    ("set the environment variable MY_COURSE to the name of another file. Where no file can be written, "
     "nothing is kept", lambda here: not kept(here, str(here)) and kept(here, "x") == {"x": 2}),
    ("as address in the table tool.course of pyproject.toml", lambda _: "address" in
     PROJECT["tool"]["course"] and '["tool"]["course"]["address"]' in text("docs/conf.py")),
    ("makes a folder of files, _site/lite.", lambda _: [*built("lite")] == ["_site/lite"]),
    ("the version of the course from helpers/__init__.py",
     lambda _: PROJECT["tool"]["hatch"]["version"]["path"] == "helpers/__init__.py"),
    ("lists the notebooks whose cells differ from those of the site, and replaces them with the site's. The "
     "student's own copy is kept under a name with the date.", lambda _: in_order(
         "docs/lite/bar.js", "text(mine) !== text(await site(`files/", ".mine-${now.", "rename(path, kept")),
    ("build with --packages FOLDER.", lambda _: built("lite --packages x")["_site/lite"] == (True, "x")),
    ("read 02 12 # these lessons alone", lambda _: built("read 02 12") == {"read": (True, ["02", "12"])}),
    ("no notebooks from notebooks/solutions, no links to them, no exam questions and no inventory",
     lambda _: re.search(r'with_solutions else \[\s+"notebooks/solutions".*exam_quest.*"docs/inventory"\]',
                         text("docs/conf.py"))),
    ("The short solutions folded below an exercise stay, because they are part of the lesson.",
     lambda _: (all_of := "".join(one["source"] for path in LESSONS for one in cells(path, "markdown")))
     and len(paper.SOLUTION.findall(paper.without_solutions(all_of)))
     == len(paper.SOLUTION.findall(all_of)) > 50),
    ("The option works with read, lite and all.", lambda _: [made[0] for what in ("read", "lite", "all")
     for made in built(f"{what} --without-solutions").values()] == [False] * 4),
    ("then open _site/slides/02_min_char_rnn.slides.html",
     lambda _: built("02") == {"02_min_char_rnn": ROOT / "_site/slides"}),
    ("When pip checks hashes it can't install a folder, so a second command installs the course",
     lambda _: in_order("docs/hosting.md", "--require-hashes -r docs/locks/python-3.12.txt", "--no-deps .")
     and "-e ." not in text("docs/locks/python-3.12.txt")),
]
SAID["docs/nothing_to_install.md"] = [
    ("run lesson 10 too, with PyTorch Colab in your Google Drive",
     lambda _: "(--torch notebooks/10_" in text(".ci/colab")),
    ("try it on a free server Binder no run", lambda _: "is deleted, with everything" in text(
        "docs/routes/binder.md")),
]
SAID["docs/routes/binder.md"] = [
    ("Lesson 10 needs PyTorch, which the image does not have.",
     lambda _: "torch" not in text("requirements.txt") + text("binder/requirements.txt")),
    ("Kernel → Shut Down Kernel", lambda _: "kernelmenu:shutdown" in in_menu("kernel")),
]
SAID["docs/routes/browser.md"] = [
    ("Then hold Shift and press Enter, cell by cell.",
     lambda _: "notebook:run-cell-and-select-next" in on_key("Shift Enter")),
    ("Choose Run → Run All Cells.", lambda _: "runmenu:run-all" in in_menu("run")),
    ("lists the notebooks whose cells differ from the site's, and replaces the ones that you choose. Your "
     "version is kept beside the new one, under a name with the date.", lambda _: in_order(
         "docs/lite/bar.js", "text(mine) !== text(await site(`files/", ":checked", "await freshen(path)")),
    ("right-click the file, Download", lambda _: "filebrowser:download" in {one["command"] for one in lab(
        "filebrowser-extension/download")["jupyter.lab.menus"]["context"]}),
]
SAID["docs/routes/colab.md"] = [
    ("the course is tested with ipywidgets 7 and NumPy 2.1", lambda _: re.search(
        r"ipywidgets==7\..*\n.*numpy==2\.1\.", text(".ci/colab"))),
]
SAID["docs/routes/hub.md"] = [
    ("Start over at the end of the lesson, which keeps your version under a different name", lambda _: all(
        "keeps your copy of the lesson under another name" in text(f"notebooks/{path.name}")
        for path in LESSONS)),
    ("Choose Kernel → Shut Down All Kernels", lambda _: "kernelmenu:shutdownAll" in in_menu("kernel")),
]
SAID["docs/routes/read.md"] = [
    ("on the first page and in the laboratory (lessons 02, 05 and 08) a network learns in your browser",
     lambda _: 'if number == "08"' in text("scripts/site/learner.py") and [
         path.name[:2] for path in LESSONS for one in cells(path, "code")
         if re.search(r"^laboratory\(", one["source"], re.M)] == ["02", "05"]),
]
SAID["docs/accessibility.md"] = [
    ("the Tab key indents, and Escape leaves the editor",
     lambda _: "notebook:enter-command-mode" in on_key("Escape")),
    ("a view draws ten times a second at most", lambda _: throttle.REDRAW == 1 / 10),
    ("No screen reader was used, and nobody who depends on one was asked.", lambda _: not tried(
        r"NVDA|\b[Oo]rca\b|VoiceOver|JAWS|guidepup|speech-dispatcher")),
]
SAID["docs/objectives.md"] = [
    ("Only a task that can be marked counts as a test.", lambda _: {
        name.split()[0] for one in facts.lessons() for aim in one.objectives for name in aim.tests
        } == {"exercise", "stage", "page"}),
    ("They show what a class thinks, but a student who chooses the right option may have guessed.", lambda _:
     all(len(one.options) <= 4 for path in LESSONS for one in questions(path.name[:2]).predict.values())),
]
SAID["docs/teaching.md"] = [
    ("read its result from the last step back to the first, to see which gate goes wrong at which step.",
     lambda _: off_from(2) == ("It is wrong for i, f, o, g at step 2 (while the steps after it are right).",
                               [0, 1, 2])),
]
SAID["SECURITY.md"] = [
    ("Anything that is not plain text, is larger than 20 MB, or is a folder, a device or a pipe is refused",
     lambda here: all(refused(read_text, one) for one in (b"a\0b", b"ab" * 10**7 + b"a", here, os.devnull))),
    ("or reverse words are taken out or named, except U+200C and U+200D", lambda _: read_text(
        "a\u200c\u202e\u200db".encode())[0] == "a\u200c\u200db" and read_text("a\u202eb".encode()).notes),
    ("numbers and text but no code, so reading it runs nothing (no pickle). It has at most 256 MB.", lambda _:
     refused(files.pack, "", {"x": np.array([print], object)}) and files.MAX_BYTES == 256 << 20),
    ("The checksum is not a signature, because someone who changes a file on purpose can compute it again.",
     lambda _: (made := files.pack("x", {})) and refused(files.unpack, made.replace(b"x", b"y", 1))
     and sha256(made[:-64]).hexdigest().encode() == made[-64:]),
    ("The page loads nothing and sends nothing, and its own rules forbid the browser to load or send",
     lambda _: "-Security-Policy\" content=\"default-src 'none';" in text("helpers/runs/take_home.html")),
    ("The text isn't in it.", lambda here: take_home(RUN.model, RUN.vocabulary, here / "a.html", "x")
     and LETTER not in (here / "a.html").read_text("utf-8")),
    ("A saved run (.npz) from the laboratory holds more: the whole text is in it.",
     lambda here: restore(save(here / "a.npz", RUN)).text == RUN.text),
]
SAID["docs/instructor_guide.md"] = [
    ("press GRU: flat at 1/6 for some two hundred updates, then a sudden fall.",
     lambda _: 150 <= min(flat("GRU")) <= max(flat("GRU")) <= 250 < 2 * 250 < min(flat("LSTM"))),
]
SAID["CONTRIBUTING.md"] = [
    ("moves every control (controls), presses the buttons (buttons), and compares the kinds of outputs "
     "(outputs) and what the pictures show (pictures)", lambda _: all(
         word in inspect.getsource(getattr(lesson_items, name).wrong) for name, word in {
             "Controls": '"move(', "Buttons": '"press(', "Outputs": "kinds(", "Pictures": "pictures()",
         }.items())),
    ("has a mark: browser, site, torch, dask, types, git or classroom.", lambda _: {*re.findall(
        r'^    "(\w+)": \(', text("conftest.py"), re.M)} == {
            "browser", "site", "torch", "dask", "types", "git", "classroom"}),
    ("two to four have talk, and five reviews, of which at least one is harder", lambda _: all(
        2 <= sum(one.talk is not None for one in found.predict.values()) <= 4 and len(found.review) == 5
        and any(one.harder for one in found.review.values())
        for found in (questions(path.name[:2]) for path in LESSONS[1:]))),
    ("release.py packs each lesson into data/lessonNN/start.ipynb.gz.", lambda _: [*release.copies()] == [
        f"lesson{path.name[:2]}/start.ipynb.gz" for path in LESSONS]),
    ("First it runs the README's test line on a bare machine, where tests with a mark are skipped. Then it "
     "installs what those tests need and runs them, and this time no test may be skipped. Last it marks",
     lambda _: in_order(".ci/run", "COURSE_SKIPS=marked", 'install --quiet -e ".[torch', "COURSE_SKIPS=none",
                        '\nmarked "${class[@]}"')),
    (".ci/wheel installs nothing but the built wheel", lambda _: re.findall(
        "pip install .*", text(".ci/wheel")) == ["pip install --quiet build/wheel/*.whl"]),
    (".ci/colab runs a third of the lessons, by turns", lambda _: "86400 % 3" in text(".ci/colab")),
]


@pytest.mark.parametrize(("path", "words", "fact"), [
    pytest.param(path, words, fact, id=f"{path}: {words[:50]}", marks=[pytest.mark.classroom] * bool(needs))
    for path, rows in SAID.items() for words, fact, *needs in rows])
def test_a_page_says_what_is_so(path, words, fact, tmp_path):
    assert plain(words) in plain(text(path)), "hold what the page says now, and see that it is so"
    assert fact(tmp_path), "the page says otherwise than the course does"


@pytest.mark.parametrize("path", [path for path in SAID if COMMAND.search(text(path))])
def test_every_command_on_a_page_is_one_that_its_program_takes(path):
    for classroom, script, line in COMMAND.findall(text(path)):
        told(f"{classroom}.__main__" if classroom else script, line)


def test_pip_takes_the_course_from_its_address_by_git():
    """Without git+ it takes the page of a repository for a package."""
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    found = [before for page in pages for before in re.findall(
        r"pip install[^\n]*?(\S*)https://", page.read_text("utf-8"))]
    assert found and set(found) == {"git+"}


def test_each_name_of_1_0_stands_beside_the_one_that_took_its_place():
    today = {old: new for names in OLD.values() for old, new in names.items()}
    rows = text("CONTRIBUTING.md").rpartition("| version 1.0 | now |")[2]
    names = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (`\w+`(?:, `\w+`)*) \|$", rows, re.M)
    pairs = [pair for row in names for pair in zip(*(re.findall(r"\w+", part) for part in row), strict=True)]
    assert [pair for pair in pairs if pair[1] != today.get(*pair)] == []
    assert sum(old in today for old, _ in pairs) > 10
