"""Dashboards without a browser: what a control does, what an error does, what is left behind."""

import asyncio
import re

import ipywidgets as W
import numpy as np
import pytest
from common import until

from helpers.data import Vocabulary, chunks
from helpers.lessons.lesson00 import fading_memory
from helpers.networks import RNN, Adagrad, CharModel
from helpers.widgets import dashboard as dashboard_module
from helpers.widgets import explore, fit, stepper

TEXT = "hello hello help help the hole " * 8


def test_the_frame_is_drawn_again_only_where_the_axes_change():
    def frame() -> str:
        return re.search(r"<img[^>]*src=\S+", dashboard.screen())[0]

    dashboard = explore(fading_memory, weight=(-1.5, 1.5, 0.1), steps=(1, 30))
    before, drawn = frame(), dashboard.screen()
    dashboard.controls["weight"].value = 0.5
    assert frame() == before and dashboard.screen() != drawn
    dashboard.controls["steps"].value = 10
    assert frame() != before


def test_an_error_in_the_first_picture_stops_the_cell():
    with pytest.raises(ValueError, match="steps must be at least 1"):
        explore(fading_memory, steps=(0, 5, 1), weight=W.FloatSlider(value=1)).controls["steps"].value = 0


@pytest.fixture
def there():
    """The widgets that there are, by number."""
    try:
        from ipywidgets.widgets.widget import _instances
    except ImportError:  # ipywidgets 7
        return W.Widget.widgets
    return _instances


def test_a_closed_dashboard_leaves_nothing_behind(there):
    before = set(there)
    dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.1))
    assert set(there) - before
    box, (_, panel, *_) = dashboard.box, dashboard.box.children
    dashboard.close()
    assert set(there) == before
    assert box.children == panel.children == () and dashboard.screen() == "" and dashboard.controls == {}


def test_running_a_cell_again_closes_its_old_dashboard(monkeypatch):
    run = iter([("cell", 1), ("cell", 1), ("other", 2), ("cell", 3)])
    monkeypatch.setattr(dashboard_module, "this_cell", lambda: next(run))
    first, beside, other, again = (explore(fading_memory, weight=(0.0, 1.0)) for _ in range(4))
    assert first.box.comm is None and beside.box.comm is None
    assert other.box.comm is not None and again.box.comm is not None


def press(dashboard, control):
    dashboard.controls[control].click()


def test_a_stepper_goes_on_and_back_and_stays_within_its_ends():
    dashboard = stepper(fading_memory, steps=(1, 3), weight=(-1.0, 1.0))
    assert next(iter(dashboard.controls)) == "steps" and dashboard.values().keys() == {"steps", "weight"}
    for control, place in (("to the start", 1), ("step back", 1), ("step on", 2), ("step on", 3),
                          ("step on", 3), ("step back", 2), ("play or pause", 3), ("to the start", 1)):
        press(dashboard, control)
        assert dashboard.values()["steps"] == place
        assert f"after {place} step{'s' * (place > 1)}" in dashboard.said


def test_an_error_in_what_runs_beside_the_cells_is_shown():
    async def work():
        raise ArithmeticError("too large")

    async def body():
        dashboard = explore(fading_memory, weight=(-1.0, 1.0))
        dashboard.start(work())
        await until(lambda: dashboard.failed)
        assert dashboard.said == "too large"

    asyncio.run(body())


def small_model():
    vocabulary = Vocabulary(TEXT)
    model = CharModel(RNN(len(vocabulary), 12), np.random.default_rng(0), scale=0.01)
    return vocabulary, model, chunks(vocabulary.encode(TEXT), length=10)


def test_fit_keeps_what_was_learnt_when_interrupted():
    _, model, stream = small_model()

    def interrupted():
        for number, chunk in enumerate(stream):
            if number == 30:
                raise KeyboardInterrupt
            yield chunk

    assert fit(model, interrupted(), Adagrad(0.1), updates=100).index == 30
