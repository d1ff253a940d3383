"""What is shipped is made, read and shown: files, makers and readers are held to one another."""

import gzip
import itertools
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import ship
from course import ROOT

from helpers.runs import Shipped, Sweep, load_run

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


def test_what_the_shipped_network_writes_does_not_hang_on_the_last_digits():
    model, vocabulary = load_run("02/long_run")
    prompt, weights = vocabulary.encode("Lamp: "), model.params.vector
    for temperature in (0.1, 1.0, 2.0):
        texts = set()
        for _ in range(3):
            drawn = model.sample(prompt, 300, np.random.default_rng(7), temperature)
            texts.add(vocabulary.decode(drawn))
            weights *= 1 + 1e-13 * np.random.default_rng(1).standard_normal(weights.size)
        assert len(texts) == 1


def command(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "scripts/ship.py", *arguments], cwd=ROOT, capture_output=True,
                          text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)})


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
    assert [path.name for path in old.parent.iterdir()] == ["tried.jsonl"]


def failing(rng, place):
    """A run that a misspelt line would make: one setting of three raises an error."""
    return 1 / (place - 2)
