"""The shipped runs are whole, belong to the shipped text, and show what the lesson says about them."""

import math

import numpy as np
import pytest

from helpers.data import data_folder, load_text
from helpers.lessons.lesson02 import shipped as made_by
from helpers.runs import load_run

CHANCE = math.log(60)
SETTINGS = {"class_run": made_by.class_run, "settings": made_by.dials, "optimizers": made_by.optimizers,
            "lengths": made_by.lengths, "shifts": made_by.shifts}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_run_is_whole_and_starts_at_chance(name):
    for run in load_run(f"02/{name}"):
        assert len(run.updates) == len(run.train) == len(run.heldout) > 10
        assert run.updates[0] == 0 and (np.diff(run.updates) > 0).all()
        assert np.isfinite([run.train, run.heldout]).all()
        assert run.train[0] == pytest.approx(CHANCE, abs=0.01)
        assert run.heldout[0] == pytest.approx(CHANCE, abs=0.01)


def test_the_shipped_files_are_small_and_hold_no_pickle():
    files = list((data_folder() / "lesson02").iterdir())
    assert {path.suffix for path in files} == {".json", ".gz", ".npz"}
    assert sum(path.stat().st_size for path in files if path.stem in (*SETTINGS, "long_run")) < 400_000
    for path in files:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].size for name in arrays)


def test_the_shipped_network_is_the_one_at_the_end_of_the_long_run():
    model, vocabulary = load_run("02/long_run")
    ids = vocabulary.encode(load_text("input"))
    loss, _ = model.loss(ids[:-1, None], ids[1:, None])
    assert model.params.vector.dtype == np.float64
    assert loss == pytest.approx(load_run("02/class_run")[-1].train[-1], abs=0.002)


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
