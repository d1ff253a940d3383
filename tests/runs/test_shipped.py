"""What is shipped is made, read and shown: files, makers and readers are held to one another."""

import ast
import functools
import gzip
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import ship
from course import LESSONS, NOTEBOOKS, ROOT, cells, headings

from helpers.checks import names as asked
from helpers.runs import Shipped, Sweep, load_run, sweep

ENTRIES = [entry for entries in ship.lists().values() for entry in entries]
COPY = "start.ipynb.gz"       # of the lesson: no run
SWEEPS = [entry for entry in ENTRIES if ".jsonl" in entry.file]


# --- files = makers ---

def test_every_file_has_one_maker_and_every_maker_its_file():
    there = {path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").glob("lesson*/*")
             if path.suffix != ".unfinished" and path.name != COPY}
    made = [entry.file for entry in ENTRIES]
    assert sorted(file for file in made if file.startswith("lesson")) == sorted(there)
    assert len({entry.name for entry in ENTRIES}) == len(made), "two endings of one name"
    assert all((ROOT / "data" / file).is_file() for file in made)
    for lesson, entries in ship.lists().items():
        assert all(entry.file.startswith((f"lesson{lesson}/", "texts/")) for entry in entries)
        assert len({entry.name.split("/")[1] for entry in entries}) == len(entries), "one name for two"


def test_what_is_shipped_is_small():
    assert sum((ROOT / "data" / entry.file).stat().st_size for entry in ENTRIES) < 4_500_000


@pytest.mark.parametrize("entry", SWEEPS, ids=lambda entry: entry.name)
def test_a_sweep_has_its_name_and_holds_just_the_runs_of_its_maker(entry):
    path = ROOT / "data" / entry.file
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    assert json.loads(text.partition(b"\n")[0])["sweep"] == entry.name
    results = load_run(entry.name)
    assert {result.seed for result in results} == set(entry.seeds)
    if isinstance(entry.maker, Sweep):
        grids = entry.maker.grid if isinstance(entry.maker.grid, list) else [entry.maker.grid]
        wanted = [dict(zip(grid, values, strict=True)) for grid in grids
                  for values in itertools.product(*grid.values())]
        assert (sorted(json.dumps([result.parameters, result.seed]) for result in results)
                == sorted(json.dumps([settings, seed]) for settings in wanted for seed in entry.seeds))


# --- makers = readers ---

def strings(tree: ast.AST) -> set[str]:
    """The names of shipped files that a piece of code has in it, as `load_run` and `load_text` take them."""
    texts = {f"texts/{node.args[0].value}" for node in ast.walk(tree) if isinstance(node, ast.Call)
             and asked.called(node) == "load_text" and isinstance(node.args[0], ast.Constant)}
    return texts | {node.value for node in ast.walk(tree)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def names(tree: ast.AST, imported: set[str]) -> set[str]:
    """The names in a piece of code that are imported by themselves, or have their lesson before them."""
    return {name for node in ast.walk(tree) if (name := asked.name_of(node))
            and (name in imported or isinstance(node, ast.Attribute))}


def called(tree: ast.AST) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    stepwise = [call.value for call in calls if isinstance(call, ast.Attribute) and call.attr == "steps"]
    return {asked.name_of(call) for call in calls + stepwise}


@functools.cache
def read_by(lesson: str) -> dict[str, set[str]]:
    """The functions of a lesson's helpers: which shipped files each reads, itself or through another."""
    reads, calls = {}, {}
    for path in (ROOT / "helpers" / "lessons" / f"lesson{lesson}").glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                reads.setdefault(node.name, set()).update(strings(node) & {entry.name for entry in ENTRIES})
                calls.setdefault(node.name, set()).update(called(node))
    while True:
        more = {name: reads[name].union(*(reads[other] for other in calls[name] & reads.keys()))
                for name in reads}
        if more == reads:
            return reads
        reads = more


def code_by_place(path) -> Iterator[tuple[str, ast.AST]]:
    """The code cells of a notebook, each with the section or exercise in which it stands."""
    place = ""
    for cell in cells(path):
        if cell["cell_type"] == "code":
            yield place, ast.parse(cell["source"])
            continue
        for _, words in headings(cell["source"]):
            if found := re.match(r"(\d+) · |Exercise ([\d.]+)", words):
                place = f"section {found[1]}" if found[1] else f"exercise {found[2]}"


def places_in(lesson: str) -> set[tuple[str, str]]:
    """Every (name, place) of a shipped file that a cell of the lesson's notebook, or its solutions, reads."""
    found = set()
    for path in (path for path in NOTEBOOKS if path.name.startswith(lesson)):
        pieces = list(code_by_place(path))
        imported = {alias.name for _, tree in pieces for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom) and node.module.startswith("helpers.lessons")
                    for alias in node.names}
        for place, tree in pieces:
            read = strings(tree).union(*(read_by(lesson).get(name, set()) for name in names(tree, imported)))
            found |= {(name, place) for name in read}
    return found


def test_what_is_shipped_is_shown_just_where_its_entry_says():
    """Each cell that reads a file is in a place that its entry names, and each such place reads it."""
    known = {entry.name for entry in ENTRIES}
    shown = set()
    for path in LESSONS:
        for name, place in places_in(path.name[:2]):
            if name in known:
                own = name.startswith(path.name[:2])
                shown.add((name, place if own else f"lesson {path.name[:2]}, {place}"))
        page = (ROOT / "README.md").read_text("utf-8")      # which shows drawings
        shown |= {(name, "the README") for drawing, names in read_by(path.name[:2]).items()
                  if f"](img/{drawing}.svg)" in page for name in names}
    said = {(entry.name, place) for entry in ENTRIES for place in entry.shown_in}
    assert shown - said == set(), "these are read there, and their entry does not say so"
    assert said - shown == set(), "an entry says so, and no cell there reads it"


# --- the command ---

def command(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "scripts/ship.py", *arguments], cwd=ROOT, capture_output=True,
                          text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_misspelt_name_is_an_error_with_the_names_there_are_and_makes_nothing(tmp_path):
    for arguments, said in ((("05", "norms", "tresholds"), "no 'tresholds': take one of neighbours, race"),
                            (("5",), "no lesson '5' ships anything: take one of 02, 03")):
        ended = command(*arguments, "--into", str(tmp_path))
        assert ended.returncode == 1 and said in ended.stderr and "Traceback" not in ended.stderr
    assert not list(tmp_path.rglob("*.*"))


def test_a_file_is_made_again_by_its_name(tmp_path):
    ended = command("04", "short_run", "--into", str(tmp_path))
    assert ended.returncode == 0 and ended.stdout.startswith("04/short_run"), ended.stderr
    assert [path.name for path in (tmp_path / "lesson04").iterdir()] == ["short_run.npz"]


def noted(rng, place):
    """A run of the sweep below: it leaves a mark beside, and fails the first time that it sees a 3."""
    with open(os.environ["SHIP_NOTES"], "a") as notes:
        notes.write(f"{place} ")
    if place == 3 and open(os.environ["SHIP_NOTES"]).read().count("3") == 1:
        raise KeyboardInterrupt
    return float(rng.random())


def test_a_sweep_that_was_stopped_goes_on_and_the_old_file_stays_until_its_end(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIP_NOTES", str(tmp_path / "notes"))
    entry = Shipped("lesson99/tried.jsonl", "a sweep for this test", Sweep(noted, {"place": [1, 2, 3, 4]}, 1),
                    seeds=(0,), minutes=0, shown_in=())
    old = tmp_path / entry.file
    old.parent.mkdir()
    old.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        ship.ship(entry, tmp_path)
    assert old.read_text() == "old"
    ship.ship(entry, tmp_path)
    assert (tmp_path / "notes").read_text() == "1 2 3 3 4 ", "what had ended was not run again"
    head, *lines = map(json.loads, old.read_text().splitlines())
    assert head["sweep"] == "99/tried" and [line["parameters"]["place"] for line in lines] == [1, 2, 3, 4]
    alone = {result.parameters["place"]: result.value
             for result in sweep(noted, {"place": [1, 2, 4]}, (0,), processes=1)}
    assert {line["parameters"]["place"]: line["value"] for line in lines}.items() >= alone.items()
    assert [path.name for path in old.parent.iterdir()] == ["tried.jsonl"]


def failing(rng, place):
    """A run that a misspelt line would make: one setting of three raises an error."""
    return 1 / (place - 2)


def test_a_sweep_whose_runs_fail_is_not_shipped_and_says_which_and_why(tmp_path, monkeypatch, capsys):
    entry = Shipped("lesson99/tried.jsonl", "a sweep for this test", Sweep(failing, {"place": [1, 2, 3]}, 1),
                    seeds=(0, 1), minutes=0, shown_in=("section 1",))
    monkeypatch.setattr(ship, "lists", lambda: {"99": (entry,)})
    with pytest.raises(SystemExit) as ended:
        ship.main(["99", "tried", "--into", str(tmp_path)])
    said = "2 of the runs failed, the first at {'place': 2}, seed 0, with ZeroDivisionError: division by zero"
    assert said in str(ended.value) and not (tmp_path / entry.file).exists()


# --- the page ---
