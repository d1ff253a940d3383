"""What no page shows waits, its cell run again offers to go on with it, and what was taken over says so."""

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from test_laboratory import bare_losses, in_an_empty_folder, losses  # noqa: F401, a fixture is among them

from helpers.lessons.lesson00 import fading_memory
from helpers.widgets import button, explore, laboratory, lecture_mode, live_runs, predict, stepper, warm_up
from helpers.widgets import dashboard as dashboard_module

# The cell is run again.

@pytest.fixture
def a_cell(monkeypatch):
    """From now on what is made is made by one cell, each time in another run of it."""
    runs = count()
    monkeypatch.setattr(dashboard_module, "this_cell", lambda: ("cell", next(runs)))


def offered(made):
    """The button that offers to take up what was there before, or None."""
    row = made.box.children[1] if not hasattr(made, "training") else made.box.children[2].children[-1]
    return row.children[0] if row.children[0].icon == "forward" else None


def test_a_laboratory_goes_on_from_the_update_at_which_its_cell_was_run_again(a_cell):
    first = laboratory(hidden_size=20)
    first.controls["clip"].value = "off"
    first.controls["learning_rate"].value = 0.05
    first.run(100)
    first.controls["hidden_size"].value = 10        # leaves a grey curve
    first.run(130)
    settings = first.values() | {"train": True}
    again = laboratory(hidden_size=20)
    assert again.training.updates == 0 and again.values() != settings
    assert offered(again).description == "Resume from update 130"
    third = laboratory(hidden_size=20)              # run once more by mistake
    offered(third).click()
    assert offered(third) is None and third.said.startswith("Resumed at update 130.")
    assert third.training.updates >= 130 and "1: RNN with 20 units" in third.shown.text
    assert third.values() == settings, "a script does 50 updates, in a notebook it trains"
    third.close()


def test_it_goes_on_as_if_nothing_had_been(a_cell):
    first = laboratory(hidden_size=20)
    first.run(60)
    again = laboratory(hidden_size=20)
    offered(again).click()
    again.run(140 - again.training.updates)
    assert np.array_equal(losses(again.training), bare_losses(140))
    again.close()


# What another run of its cell takes over.

MADE = {
    "explore": lambda: explore(fading_memory, weight=(0.0, 1.0)),
    "stepper": lambda: stepper(fading_memory, steps=(1, 5)),
    "laboratory": lambda: laboratory(hidden_size=5),
    "live_runs": lambda: live_runs({"Run": count}, lambda points: fading_memory(), fading_memory()),
    "button": lambda: button("Run", lambda: "done", "not yet"),
    "predict": lambda: predict("02.all-weights-zero"),
    "opening": lambda: warm_up("04"),
    "lecture mode": lecture_mode,
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_what_a_cell_made_goes_when_the_cell_runs_again_and_not_before(make, monkeypatch):
    shell = SimpleNamespace(execution_count=1)
    shell.kernel = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": "cell"}})
    monkeypatch.setattr(dashboard_module, "get_ipython", lambda: shell)
    old, beside = make(), make()
    assert old.box.comm is not None, "a cell may make two"
    shell.execution_count = 2
    new = make()
    assert old.box.comm is None and beside.box.comm is None and new.box.comm is not None
    new.close()
