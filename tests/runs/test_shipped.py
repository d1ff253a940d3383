"""What is shipped is made, read and shown: files, makers and readers are held to one another."""

import gzip
import itertools
import json
import re

import pytest
import ship
from course import ROOT

from helpers.runs import Sweep, load_run

ENTRIES = [entry for entries in ship.lists().values() for entry in entries]
COPY = "start.ipynb.gz"       # of the lesson: no run
SWEEPS = [entry for entry in ENTRIES if ".jsonl" in entry.file]


def test_every_file_has_one_maker_and_every_maker_its_file():
    there = {path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").glob("lesson*/*")
             if path.suffix != ".unfinished" and path.name != COPY}
    made = [entry.file for entry in ENTRIES]
    assert sorted(file for file in made if file.startswith("lesson")) == sorted(there)
    assert len({entry.name for entry in ENTRIES}) == len(made), "two endings of one name"
    assert sum((ROOT / "data" / file).stat().st_size for file in made) < 4_500_000


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


def test_each_file_is_read_by_a_lesson():
    """What nobody reads any more would be downloaded by everybody."""
    code = "".join(path.read_text("utf-8") for folder in ("helpers", "notebooks")
                   for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".ipynb"))
    names = {entry.name.removeprefix("texts/") for entry in ENTRIES}
    assert {name for name in names if not re.search(rf"""["']{name}[\\"']""", code)} == set()
