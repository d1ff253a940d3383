"""Every notebook without a kernel, as a browser's Python would run it; then every control of every dashboard.

A notebook runs once for both: without threads, processes and network, and with its saved outputs. Then each
control goes to its ends, through its options, and at random. The normal run gives each dashboard a second;
`pytest -m slow tests/widgets/test_dashboards.py` takes the three orders and 200 random moves.
"""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from course import NOTEBOOKS, ROOT, cells, name
from exerciser import choices, exercise
from looks import alike

from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import Picture, new_figure, styled, svg
from helpers.widgets import explore, on_press, stepper

SECONDS = 0.4  # for one dashboard; the ends of every control are always gone to


ALONE = ROOT / "tests" / "support" / "cells_alone.py"
NAMES = [pytest.param(path, marks=[pytest.mark.torch] * path.name.startswith("10_")
                      + [pytest.mark.slow] * (path.parent.name == "solutions")) for path in NOTEBOOKS]


def alone(path, *options) -> subprocess.CompletedProcess:
    """Run a notebook's cells in one process that refuses what a browser's Python can't do."""
    if path.name.startswith("10_"):
        options = ("--torch", *options)
    return subprocess.run([sys.executable, ALONE, *map(str, options), path], capture_output=True, text=True)


@pytest.fixture(scope="module", params=NAMES, ids=name)
def ran(request, tmp_path_factory):
    """A notebook that ran so, with all its controls moved: its path, what was said, what was first shown."""
    first = tmp_path_factory.mktemp("first") / "shown.txt"
    return request.param, alone(request.param, "--controls", SECONDS, 5, "--describe", first), first


def test_every_cell_runs_without_threads_processes_and_network(ran):
    path, result, _ = ran
    assert f"{path.name}: {len(cells(path, 'code'))} cells ran\n" in result.stdout, (
        result.stdout[-3000:] + result.stderr[-1000:])
    if not path.name.startswith("10_") and (peak := re.search(r"^peak (\d+) MB$", result.stderr, re.M)):
        assert int(peak[1]) < 400, "a seat of a class, or a browser, may have no more"


def test_every_control_of_every_dashboard_can_be_moved_anywhere(ran):
    path, result, _ = ran
    print(result.stdout)
    moved = len(re.findall(r"^  code cell \d+, .*: \d+ moves", result.stdout, re.MULTILINE))
    assert "FAILED" not in result.stdout, result.stdout[result.stdout.index("FAILED"):][:3000]
    assert moved or path.parent.name == "solutions", "every lesson has a dashboard"


def test_nine_of_ten_dashboards_of_a_lesson_point(ran):
    """Of those that show a picture or coloured characters, as they are at first."""
    path, _, first = ran
    if path.parent.name == "solutions":
        return
    shown = [block for block in re.split("(?m)^## ", first.read_text("utf-8"))
             if block.partition("\n")[0].endswith(", dashboard")]
    points = [block for block in shown if re.search(r"(?m)^points$", block)
              and re.search(r"(?m)^  .*: (?!nothing$).", block.partition("\npoints\n")[2])]
    assert shown and len(points) >= 0.9 * len(shown), f"{len(points)} of {len(shown)}"


@pytest.mark.slow
@pytest.mark.parametrize("path", NAMES, ids=name)
def test_every_dashboard_stands_two_hundred_random_moves(path):
    result = alone(path, "--controls", "inf", 200)
    print(result.stdout)
    assert result.returncode == 0 and "FAILED" not in result.stdout, result.stdout[-3000:] + result.stderr


def test_beside_a_loop_such_as_a_kernels_no_thread_is_made_either():
    """Lesson 02 has each kind of live view: explore, stepper, fit, the laboratory."""
    lesson = next(path for path in NOTEBOOKS if path.name.startswith("02_"))
    assert alone(lesson).stdout == f"{lesson.name}: {len(cells(lesson, 'code'))} cells ran\n"


BAD = {
    "a thread": "import threading\nthreading.Thread(target=print).start()",
    "a process": "import subprocess\nsubprocess.run(['true'])",
    "a pool of processes": "from concurrent.futures import ProcessPoolExecutor\n"
                           "with ProcessPoolExecutor(1) as pool:\n    pool.submit(abs, -1).result()",
    "a socket": "import socket\nsocket.socket()",
    "a file that is not shipped": "open('/etc/hostname').read()",
    "a file written beside the notebook": "open('left_behind.txt', 'w').close()",
    "another output than the saved one": "print('something else')",
}


def test_the_check_of_cells_finds():
    folder = ROOT / "build" / "purity"      # the temporary folder may be written to
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, source in enumerate(BAD.values()):
        cell = {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": []}
        paths.append(folder / f"bad{number}.ipynb")
        paths[-1].write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    result = subprocess.run([sys.executable, ALONE, *paths], capture_output=True, text=True)
    assert result.returncode == 1
    assert re.findall(r"^bad(\d+)\.ipynb: (\w+)", result.stdout, re.MULTILINE) == [
        (str(number), "FAILED") for number in range(len(BAD))]
    assert not (folder / "left_behind.txt").exists()


# What the exerciser finds.

@styled
def drawing(values=(0.0, 1.0), sentence="A line.", colour="black", second=None, width=2.5) -> Picture:
    figure, ax = new_figure(height=3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_title("A title", color=colour)
    ax.plot(values, values, color="black", linewidth=width)
    if second:
        ax.plot(values, [0.5, 0.5], **second)
    return Picture(figure, sentence)


def test_the_exerciser_passes_what_is_sound():
    assert exercise(explore(fading_memory, weight=(-1.0, 1.0), steps=(1, 30)), walks=20)["walks"] == 20
    assert exercise(stepper(fading_memory, steps=(1, 30), weight=(-1.0, 1.0)), walks=5)["moves"] > 30
    assert exercise(on_press("Go", lambda: "gone", "not yet"))["moves"] == 1


@pytest.mark.parametrize(("draw", "message"), [
    (lambda n=1: drawing((0, n / 10), "Always the same."), "never changed the sentence"),
    (lambda n=1: drawing(sentence=f"It is {n}."), "never changed the picture"),
    (lambda n=1: drawing((0, np.inf if n == 5 else n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, np.nan, np.nan, n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, n / 10), f"The loss is {np.log(n - 5) if n > 5 else np.nan:.2f}."), "nan"),
    (lambda n=1: drawing((0, n / 10), f"{n}", "#8A8A8A"), "'A title' in #8a8a8a"),
    (lambda n=1: drawing((0, n / 10), f"{n}", second={"color": "#D55E00"}), "differ in colour alone"),
    (lambda n=1: drawing((0, n / 10), f"{n}", width=1.5), "1.5 pt wide"),
], ids=["sentence", "picture", "infinite", "none", "words", "pale", "alike", "thin"])
def test_the_exerciser_finds_what_is_not(draw, message):
    with pytest.raises(AssertionError, match=message):
        exercise(explore(draw, n=(1, 9)), walks=10)


@styled
def turned(angle=0, bars=False) -> Picture:
    """Its numbers below stand at an angle."""
    figure, ax = new_figure(height=3)
    ax.set(xlim=(0, 2), ylim=(0, 3))
    ax.tick_params(axis="x", labelrotation=10 * angle)
    ax.bar([1], [1 + angle % 2]) if bars else ax.plot([0, 1 + angle % 2], color="black")
    return Picture(figure, f"Turned by {10 * angle} degrees.")


@pytest.mark.parametrize(("module", "name", "bars", "message"), [
    ("exerciser", "frame_key", False, "one key for two frames: Turned by"),
    ("helpers.pictures.furniture", "_key", True, "the axes of an earlier setting are drawn: Turned by")])
def test_the_exerciser_finds_a_frame_that_stands_still(module, name, bars, message, monkeypatch):
    made = explore(lambda angle=0: turned(angle, bars), angle=(0, 8))
    exercise(made, walks=0)
    monkeypatch.setattr(sys.modules[module], name, lambda figure: "always the same")
    with pytest.raises(AssertionError, match=message):
        exercise(explore(lambda angle=0: turned(angle, bars), angle=(0, 8)), walks=0)


@styled
def pointed(n=1) -> Picture:
    """Its sentence points at a line that is not seen at one setting."""
    figure, ax = new_figure(height=3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    lines = [ax.plot([0, 1], [0, height], color="black", visible=shown)[0]
             for height, shown in ((n / 10, True), (1, n != 9))]
    return Picture(figure, f"One line ends at {n}, one at 10.", points={str(n): lines[0], "10": lines[1]})


def test_the_exerciser_finds_words_that_point_at_nothing(monkeypatch):
    with pytest.raises(AssertionError, match="'10' points at what is not seen: One line ends at 9"):
        exercise(explore(pointed, n=(1, 9)), walks=0)
    exercise(explore(pointed, n=(1, 8)), walks=0)
    monkeypatch.setattr("helpers.widgets.view.svg", lambda figure, sentence, *_: svg(figure, sentence))
    with pytest.raises(AssertionError, match="'1' points at what is not seen"):
        exercise(explore(pointed, n=(1, 8)), walks=0)


@pytest.mark.parametrize("second", [
    {"color": "#D55E00", "linestyle": "--"}, {"color": "#D55E00", "marker": "o"}, {"color": "#8A8A8A"},
    {"color": "#D55E00", "label": "named"}, {"color": "black"}, {"color": "#D55E00", "linewidth": 9}])
def test_curves_that_differ_in_more_than_colour_pass(second):
    picture = drawing(second=second)
    if "label" in second:
        picture.figure.axes[0].plot([0, 1], [1, 1], color="black", label="other")
        picture.figure.axes[0].legend()
    assert alike(picture.figure) == []


def test_the_exerciser_finds_an_error_at_an_end():
    with pytest.raises(ZeroDivisionError):
        exercise(explore(lambda n=1: drawing((0, 1 / (n - 9)), f"{n}"), n=(1, 9)), walks=0)


def test_a_menu_gives_all_its_options():
    made = explore(lambda kind="a": drawing((0, ord(kind) / 200), kind), kind=["a", "b", "c"])
    assert choices(made.controls["kind"]) == ["a", "b", "c"]
