"""The shipped runs are whole, belong to the shipped text, and show what the lesson says about them."""

import json
import math

import numpy as np
import pytest

from helpers.data import data_folder, load_text, ngram_loss
from helpers.lessons.lesson00 import cover
from helpers.lessons.lesson02 import checks as lesson02
from helpers.lessons.lesson02 import shipped as made_by
from helpers.runs import load_run, select

CHANCE = math.log(60)
SETTINGS = {"class_run": made_by.class_run, "settings": made_by.dials, "optimizers": made_by.optimizers,
            "lengths": made_by.lengths, "shifts": made_by.shifts}


def settings_of(name: str) -> list[dict]:
    """What the maker of the file gives its runs."""
    seeds = {entry.name: entry.seeds for entry in made_by.SHIPPED}
    return SETTINGS[name](seeds[f"02/{name}"])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_run_is_whole_and_starts_at_chance(name):
    for run in load_run(f"02/{name}"):
        assert len(run.updates) == len(run.train) == len(run.heldout) > 10
        assert run.updates[0] == 0 and (np.diff(run.updates) > 0).all()
        assert np.isfinite([run.train, run.heldout]).all()
        assert run.train[0] == pytest.approx(CHANCE, abs=0.01)
        assert run.heldout[0] == pytest.approx(CHANCE, abs=0.01)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_smoothed_loss_is_kept_where_it_is_shown(name):
    for run in load_run(f"02/{name}"):
        if name not in ("class_run", "shifts"):
            assert not len(run.smoothed_loss)
            continue
        assert len(run.smoothed_loss) == len(run.updates) and np.isfinite(run.smoothed_loss).all()
        assert run.smoothed_loss[:2] == pytest.approx(CHANCE, abs=0.01)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_shipped_runs_are_those_that_their_maker_would_make(name):
    made = [run.settings for run in load_run(f"02/{name}")]
    wanted = json.loads(json.dumps(settings_of(name)))
    for settings in (*made, *wanted):
        for key in ("samples_at", "prompt", "diverged"):
            settings.pop(key, None)
    assert made == wanted


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


def test_the_cover_can_be_drawn_from_its_run():
    run = load_run("02/class_run")[-1]
    assert "4.09" in cover(run.updates, run.train, run.samples).sentence


def test_with_memory_it_beats_the_bigram_and_reaches_the_goal():
    with_memory = load_run("02/class_run")[0]
    bigram = ngram_loss(load_text("input"), load_text("heldout"), 2)
    assert with_memory.best_heldout()[1] < bigram
    assert with_memory.smoothed_loss[-1] < 1.75
    assert [at for at, _ in with_memory.samples][:3] == [0, 100, 1000]


def test_the_race_is_about_the_rate_more_than_about_the_optimiser():
    runs = load_run("02/optimizers")
    best = {name: lesson02.best_of(runs, name) for name in ("SGD", "Adagrad", "RMSProp", "Adam")}
    at_best = [medians[rate] for rate, medians in best.values()]
    assert all(sorted(medians.values())[-2] - medians[rate] > max(at_best) - min(at_best)
               for rate, medians in best.values())
    diverged = [run.settings for run in runs if run.settings.get("diverged")]
    assert {(settings["optimizer"], settings["learning_rate"]) for settings in diverged} == {("SGD", 1.0)}


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match="Choose one of 05/dial, 05/neighbours"):
        load_run("05/tresholds")
    with pytest.raises(ValueError, match="02/long_run"):
        load_run("nothing")
    with pytest.raises(ValueError, match="hidden_size"):
        select(load_run("02/settings"), hidden_size=7)
