"""Cells stand alone: run again, in another order or without what came before, each prints what is saved.

On a second day a part, or the exercises, runs from its first code cell, without any cell above it. For every
lesson: `pytest -m "slow or not slow" tests/course/test_any_order.py -k second_day`.
"""

import json
import os
import subprocess
import sys
from datetime import date
from importlib.util import find_spec

import pytest
from any_order import in_all_orders
from cells_alone import run_cell
from course import LESSONS, NOTEBOOKS, ROOT, name
from fork import apart

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a state is kept by a fork: not on Windows")
QUICK = ("03",)        # of the quickest; the others with the slow tests
TODAY = {path.name[:2] for path in LESSONS[1 + date.today().toordinal() % 7::7]}    # by turns
SCRIPT = ROOT / "tests/support/any_order.py"


def over(paths, quick=()):
    """`path` is each of them; lesson 10 is marked, and if some are `quick` so are the others."""
    return pytest.mark.parametrize("path", [
        pytest.param(path, id=name(path), marks=[
            *[pytest.mark.torch] * path.name.startswith("10_"),
            *[pytest.mark.slow] * bool(quick and path.name[:2] not in quick)])
        for path in paths])


def measured(paths, *options) -> dict:
    """What any_order.py says of notebooks, by their paths: all in forks of one process, which has imported
    the course."""
    done = subprocess.run([sys.executable, SCRIPT, *options, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip(paths, map(json.loads, done.stdout.splitlines()), strict=True))


def wanted(request) -> list:
    """The notebooks of all tests that are to be run with this fixture."""
    found = [item.callspec.params["path"] for item in request.session.items
             if request.fixturename in getattr(item, "fixturenames", ()) and item.path == request.path]
    return [path for path in dict.fromkeys(found) if find_spec("torch") or not path.name.startswith("10_")]


@pytest.fixture(scope="module")
def orders(request):
    return measured(wanted(request))


@pytest.fixture(scope="module")
def all_orders(request):
    return measured(wanted(request), "--alone", "--all")


@pytest.fixture(scope="module")
def on_a_second_day(request):
    return measured(wanted(request), "--parts")


@over(NOTEBOOKS, QUICK)
def test_after_run_all_every_cell_can_be_run_again_and_sections_from_last_to_first(path, orders):
    assert {order: orders[path][order] for order in ("run all", "again", "backwards")} == {
        "run all": {}, "again": {}, "backwards": {}}


@over(LESSONS[1:], TODAY)     # lesson 00 has one part, and its exercise is in it
def test_on_a_second_day_a_part_or_the_exercises_need_no_cell_above_them(path, on_a_second_day):
    parts = on_a_second_day[path]["parts"]
    assert list(parts)[-1] == "exercises"
    assert parts == {part: {} for part in parts}


@pytest.mark.slow
@over(LESSONS)
def test_every_section_runs_alone_after_the_opening_of_its_part(path, all_orders):
    assert {order: all_orders[path][order] for order in ("run all", "again", "backwards", "alone")} == {
        "run all": {}, "again": {}, "backwards": {}, "alone": {}}


# That it notices.

FAULTS = {
    "a later cell takes a name": (
        [["x = 1"], ["print(x)"], ["x = 2"]],
        {"again": [1], "backwards": [1], "alone": []}),
    "a cell needs another order": (
        [["total = 0"], ["total += 1\nprint(total)"], ["print(10 * total)"]],
        {"again": [1], "backwards": [1], "alone": [2]}),
    "two cells share a random state": (
        [["import numpy as np"], ["rng = np.random.default_rng(0)", "print(rng.integers(100))"],
         ["print(rng.integers(100))"]],
        {"again": [2, 3], "backwards": [3], "alone": [3]}),
    "a long cell reads what a later one has changed": (
        [["x = [1]"], ["import time\ntime.sleep(0.3)\nprint(x)"], ["x.append(2)"]],
        {"again": [1], "backwards": [1], "alone": []}),
    "none of these": (
        [["import time\nx = 1"], ["time.sleep(0.3)\ny = x + 1\nprint(y)"], ["x = 1\nprint(x)"]],
        {"again": [], "backwards": [], "alone": []}),
}


def write_run(path, sections) -> None:
    """A notebook with these sections, as a run from top to bottom leaves it."""
    parts = "**A, all of it** (sections 1 to 9), takes 9"
    cells, names = [{"cell_type": "markdown", "source": text} for text in ("# Title", parts)], {}
    for number, group in enumerate(sections, 1):
        cells.append({"cell_type": "markdown", "source": f"## {number} · Section (1 min)"})
        for source in group:
            printed, _ = run_cell(source, "planted", names)
            saved = [{"output_type": "stream", "text": printed}] if printed else []
            cells.append({"cell_type": "code", "source": source, "outputs": saved})
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def test_planted_faults_are_found_where_they_are(tmp_path):
    paths = [tmp_path / f"{number}.ipynb" for number in range(len(FAULTS))]
    for path, (sections, _) in zip(paths, FAULTS.values(), strict=True):
        write_run(path, sections)
    found = {path: apart(lambda: in_all_orders(path, True, True)) for path in paths}    # noqa: B023
    for path, (fault, (_, expected)) in zip(paths, FAULTS.items(), strict=True):
        alone = [number for problems in found[path]["alone"].values() for number in problems]
        numbers = {order: sorted(found[path][order]) for order in ("again", "backwards")}
        assert {**numbers, "alone": sorted(alone)} == expected, fault
        assert found[path]["run all"] == {}, fault
