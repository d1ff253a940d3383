"""The laboratory without a browser: what each dial does to the run, and what a run leaves behind."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from common import contents

from helpers.data import Vocabulary, chunks, data_folder, load_text
from helpers.networks import CELLS, RNN, Adagrad, CharModel, PlainCell, train
from helpers.runs import Training, restore, save
from helpers.widgets import laboratory
from helpers.widgets.laboratory.controls import FAULTS

TEXT = "The tide comes in, the tide goes out, and nobody is about.\n" * 20


@pytest.fixture
def lab():
    made = laboratory(hidden_size=20)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def losses(training: Training) -> np.ndarray:
    return training.history.curves()[1]


def bare_losses(updates: int, hidden_size: int = 20, clip_value: float | None = 0.2) -> np.ndarray:
    text = load_text("input")
    vocabulary = Vocabulary(text)
    model = CharModel(RNN(len(vocabulary), hidden_size), np.random.default_rng(0), scale=0.01)
    steps = train(model, chunks(vocabulary.encode(text), 25), Adagrad(0.1), clip_value=clip_value)
    return np.array([step.loss for step, _ in zip(steps, range(updates), strict=False)])


# The run.

def test_it_trains_as_the_bare_loop_does(lab):
    for _ in range(2):
        lab.run(60)
        assert np.array_equal(losses(lab.training), bare_losses(60))
        lab.controls["reset"].click()
    assert lab.controls["cell"].options == tuple(CELLS)


@pytest.mark.parametrize(("dial", "value"), [("hidden_size", 50), ("sequence_length", 10), ("cell", "GRU"),
                                             ("seed", 3)])
def test_these_dials_begin_a_new_run_and_keep_the_old_curve(lab, dial, value):
    lab.run(150)
    old = lab.training.history.curves()[0]
    lab.controls[dial].value = value
    assert lab.training.updates == 0
    (grey,) = lab.shown.figure.axes[0].collections[0].get_segments()
    assert np.array_equal(grey[:, 0], old)


def test_a_state_that_is_not_carried_starts_at_zero(lab):
    lab.controls["state_not_carried"].value = True
    lab.run(5)
    text = load_text("input")
    ids = Vocabulary(text).encode(text)
    zeros = CharModel(RNN(60, 20), np.random.default_rng(0), scale=0.01)
    reset = (chunk._replace(starts_over=True) for chunk in chunks(ids, 25))
    steps = train(zeros, reset, Adagrad(0.1), clip_value=0.2)
    assert losses(lab.training).tolist() == [next(steps).loss for _ in range(5)]


def test_divergence_names_the_dial_and_keeps_parameters_and_curve():
    lab = laboratory(learning_rate=1.0, rate_times_ten=True, no_clipping=True)
    lab.controls["train"].value = True
    assert "diverged" in lab.said and "learning rate" in lab.said
    assert lab.controls["train"].value is False
    assert np.isfinite(lab.training.model.params.vector).all()
    assert np.isfinite(lab.training.history.curves()).all() and lab.training.updates >= 1
    for name, value in (("rate_times_ten", False), ("no_clipping", False), ("learning_rate", 0.1)):
        lab.controls[name].value = value
    lab.controls["reset"].click()
    lab.run(100)
    assert lab.training.updates == 100


def test_what_the_network_writes_is_text_and_never_markup(lab):
    lab.training.written = "<img src=x onerror=alert(1)>"
    lab.run(updates=0)
    assert "<img src=x" not in lab.screen() and "&lt;img src=x" in lab.screen()


# Texts and files.

@pytest.mark.parametrize("form", ["tuple", "dict"])
def test_an_upload_in_the_form_of_both_versions_of_ipywidgets(form):
    from helpers.widgets.laboratory.controls import chosen_corpus

    values = {"tuple": ({"name": "up.txt", "content": memoryview(TEXT.encode())},),
              "dict": {"up.txt": {"content": TEXT.encode()}}}
    found = chosen_corpus("upload", values[form])
    assert found.title == "your text up.txt"
    assert found.vocabulary.decode(found.ids) + found.vocabulary.decode(found.heldout) == TEXT


@pytest.mark.parametrize(("name", "value", "words"), [
    ("path", "nowhere.txt", "There is no file"), ("paste", "short", "a few hundred"),
    ("text", "upload", "no text yet"),
])
def test_a_text_that_cannot_be_used_leaves_the_run_as_it_was(lab, name, value, words):
    lab.run(50)
    lab.files[name].value = value
    assert words in lab.said and "the current run is kept, and it trains on the course's play" in lab.said
    assert lab.training.updates == 50


class MyCell(PlainCell):
    """A plain network, by its two steps."""

    def step(self, p, x, h_prev):
        return np.tanh(x @ p.W_xh + h_prev @ p.W_hh + p.b_h)

    def step_back(self, p, grads, h_prev, h, dh):
        da = dh * (1 - h**2)
        return da, da @ p.W_hh.T


def test_a_cell_of_your_own_is_on_the_menu_and_learns_as_it_should():
    lab = laboratory(cells=[MyCell], cell="MyCell", hidden_size=20)
    assert "MyCell with 20 units" in lab.shown.sentence
    lab.run(60)
    assert np.allclose(losses(lab.training), bare_losses(60), rtol=0, atol=1e-9)
    lab.controls["sample"].click()
    assert len(lab.training.written) == 200
    lab.files["save"].click()
    lab.close()
    other = laboratory(hidden_size=20)
    other.files["restore"].click()
    assert "cells=[MyCell]" in other.said and not other.failed
    assert type(other.training.model.cell) is RNN
    other.close()


# By what is special about a run: the dials as it is saved, and what is typed or turned before.
RUNS = {
    "as it opens": {},
    "length 10, seed 3, no clipping": {"sequence_length": 10, "seed": 3, "clip": "off"},
    "an LSTM by Adam, clipped by norm": {"cell": "LSTM", "optimizer": "Adam", "learning_rate": 0.013,
                                         "clip": "by norm", "threshold": 0.7},
    "state not carried, rate times ten": {"state_not_carried": True, "rate_times_ten": True,
                                          "learning_rate": 0.07, "seed": 1},
    "no clipping, targets not shifted": {"no_clipping": True, "targets_not_shifted": True,
                                         "temperature": 1.7},
    "a pasted text": {"paste": TEXT, "sequence_length": 33},
    "a file": {"path": "mine.txt", "state_not_carried": True},
}


def after_100_more(lab) -> tuple:
    """What the next 100 updates are, to the last bit."""
    begun = lab.training.updates
    lab.run(100)
    curves = lab.training.history.curves()
    return (curves[:, curves[0] > begun][:3].tobytes(), list(lab.training.history.norms)[-100:],
            lab.training.model.params.vector.tobytes(), lab.training.history.heldout[-1],
            [array.tobytes() for array in lab.training.steps.state])


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_the_next_100_updates_of_a_restored_run_are_those_of_the_saved_one(run, lab, tmp_path):
    """Wherever the dials of the laboratory stand that restores it, and whatever text it reads."""
    (tmp_path / "mine.txt").write_text(TEXT.upper())
    for name, value in run.items():
        lab.files.get(name, lab.controls.get(name)).value = value
    lab.run(60)
    lab.files["save"].click()
    assert lab.said.startswith("Saved as 'my_run.npz'. ")
    dials, title, wanted = lab.values(), lab.training.corpus.title, after_100_more(lab)
    (tmp_path / "mine.txt").unlink()

    other = laboratory(learning_rate=0.5, threshold=5.0, temperature=0.3, clip="by norm", optimizer="RMSProp",
                       cell="GRU", hidden_size=35, sequence_length=40, seed=9)
    other.files["paste"].value = "Quite another text, and none of its characters stay. 0123456789\n" * 20
    for fault in FAULTS:
        other.controls[fault].value = True
    other.run(30)
    other.files["restore"].click()
    assert other.said.startswith("Restored from 'my_run.npz'. ") and "does not say" not in other.said
    assert other.values() == dials and other.training.updates == 60
    assert after_100_more(other) == wanted
    other.controls["reset"].click()
    other.run(20)
    assert other.training.corpus.title == title, "the dials are those of the run, so Reset begins it anew"
    other.close()


def test_a_shipped_network_is_restored_and_never_saved_over(lab):
    file = data_folder() / "lesson02/long_run.npz"
    before = contents(file.parent)
    try:
        lab.files["file"].value = str(file)
        lab.files["restore"].click()
        assert lab.said.startswith("Restored from") and "does not record the run's length" in lab.said
        lab.run(20)
        lab.files["save"].click()
        assert "already holds another run." in lab.said
        made = Path(lab.files["file"].value)
        assert made.name == f"{file.stem}_2.npz" and restore(made).updates == 20
    finally:
        file.with_stem(f"{file.stem}_2").unlink(missing_ok=True)
    assert contents(file.parent) == before


@pytest.mark.parametrize("change", [
    {"settings": {"clip": "by hand"}}, {"settings": {"sequence_length": 0}}, {"settings": {"seed": True}},
    {"settings": {"learning_rate": -0.1}}, {"settings": {"sequence_length": 10**6}},
    {"text": ("mine", "ab", "ba")}, {"vocabulary": None}, {"state": (np.zeros((3, 20)),)},
], ids=repr)
def test_a_run_that_does_not_fit_the_laboratory_is_refused_and_changes_nothing(change, lab):
    lab.run(20)
    lab.files["save"].click()
    run = restore("my_run.npz")
    if "settings" in change:
        change = {"settings": run.settings | change["settings"]}
    save("my_run.npz", dataclasses.replace(run, **change))
    other = laboratory(hidden_size=30)
    other.run(10)
    before, training = other.values(), other.training
    other.files["restore"].click()
    assert not other.failed and re.match(r"Th(is|e) run .*[.!] ", other.said)
    assert other.values() == before and other.training is training and other.files["text"].value == "play"
    other.run(10)
    assert other.training.updates == 20
    other.close()


# Saving

def test_a_run_saved_twice_is_one_file_and_another_run_is_another(lab, tmp_path):
    for _ in range(2):
        lab.run(20)
        lab.files["save"].click()
    assert restore("my_run.npz").updates == 40
    lab.controls["reset"].click()
    lab.run(10)
    for _ in range(2):                  # a second click, by habit
        lab.files["save"].click()
        assert lab.files["file"].value == "my_run_2.npz"
    other = laboratory(hidden_size=25)
    other.files["save"].click()
    lab.files["restore"].click()
    assert lab.training.updates == 10, "its own, not that of the other laboratory"
    found = {file.name: restore(file).updates for file in tmp_path.iterdir()}
    assert found == {"my_run.npz": 40, "my_run_2.npz": 10, "my_run_3.npz": 0}
    other.close()


def test_a_document_stays_and_the_note_names_it(lab, tmp_path):
    (tmp_path / "my_lesson.ipynb").write_text('{"cells": []}')
    lab.files["file"].value = "my_lesson.ipynb"
    lab.files["save"].click()
    assert "'my_lesson.ipynb' is not a saved run" in lab.said and "choose another name" in lab.said
    assert (tmp_path / "my_lesson.ipynb").read_text() == '{"cells": []}' and not lab.failed
    lab.files["file"].value = "nothing\0there"
    for button in ("save", "restore"):
        lab.files[button].click()
        assert "nothing[U+0000]there" in lab.said and not lab.failed
