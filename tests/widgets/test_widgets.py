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
from helpers.pictures import coloured_text
from helpers.widgets import dashboard as dashboard_module
from helpers.widgets import explore, fit, lecture_mode, stepper
from helpers.widgets import view as view_module

TEXT = "hello hello help help the hole " * 8


def test_a_moved_control_changes_picture_and_sentence():
    dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.1), steps=(1, 30))
    before = dashboard.screen()
    dashboard.controls["weight"].value = 0.5
    assert dashboard.screen() != before
    assert "multiplied by 0.50" in dashboard.said


def test_the_frame_is_drawn_again_only_where_the_axes_change():
    def frame() -> str:
        return re.search(r"<img[^>]*src=\S+", dashboard.screen())[0]

    dashboard = explore(fading_memory, weight=(-1.5, 1.5, 0.1), steps=(1, 30))
    before, drawn = frame(), dashboard.screen()
    dashboard.controls["weight"].value = 0.5
    assert frame() == before and dashboard.screen() != drawn
    dashboard.controls["steps"].value = 10
    assert frame() != before


def test_short_forms_become_controls():
    def draw(size, kind, on, name):
        picture = fading_memory()
        picture.sentence = f"{size} {kind} {on} {name}"
        return picture

    dashboard = explore(draw, size=(1, 5), kind=["a", "b"], on=True, name="text")
    kinds = [type(c) for c in dashboard.controls.values()]
    assert kinds == [W.IntSlider, W.Dropdown, W.Checkbox, W.Text]
    dashboard.controls["kind"].value = "b"
    assert "3 b True text" in dashboard.said


def test_what_is_no_control_is_refused_by_name():
    with pytest.raises(TypeError, match=r"steps=.* cannot be made into a control"):
        explore(fading_memory, steps=object())


def test_an_error_in_the_first_picture_stops_the_cell():
    with pytest.raises(ValueError, match="steps must be at least 1"):
        explore(fading_memory, steps=(0, 5, 1), weight=W.FloatSlider(value=1)).controls["steps"].value = 0


def test_the_static_form_has_picture_sentence_and_settings():
    bundle = explore(fading_memory, weight=(-1.0, 1.0, 0.1), steps=(1, 30))._repr_mimebundle_()
    assert bundle["text/plain"].endswith("[weight = 0.9, steps = 20]")
    assert "course-picture" in bundle["text/html"] and bundle["image/png"]
    assert bundle[view_module.VIEW]["model_id"]


@pytest.mark.parametrize(("error", "words"), [
    (ValueError("no such text"), "No such text"), (ValueError("steps is 0"), "steps is 0"),
    (TypeError("it is none"), "It is none"), (OSError("disk full"), "Disk full"),
    (ZeroDivisionError("x"), "X"), (KeyError("h"), "KeyError: &#x27;h&#x27;"), (ValueError(), "ValueError: "),
    (AssertionError("no"), "AssertionError: no")])
def test_an_error_of_the_course_is_a_sentence_and_any_other_has_its_name(error, words):
    view = view_module.View()
    view.fail(error)
    assert f"<b>This did not work.</b> {words}<details>" in view.status.value and view.failed


# Of a text beside a picture in lecture mode, what room it leaves: hundreds of pixels.
ROOM = {"": (10.0, 5.6), "\n" * 9: (10.0, 3.7), "\n" * 10: (10.0, 2.9), "\n" * 11: (10.0, 2.9),
        "\n" * 12: (5.8, 3.3), "x" * 57 * 10: (10.0, 3.7), "x" * (57 * 10 + 1): (10.0, 2.9)}


@pytest.mark.parametrize(("text", "room"), [*ROOM.items(), (coloured_text("ab", [0, 1]), (10.0, 3.7)),
                                            ("beside", (6.4, 5.6))], ids=lambda value: str(value)[:20])
def test_in_lecture_mode_a_picture_takes_the_room_that_its_text_leaves(text, room, monkeypatch):
    monkeypatch.setattr(view_module, "frame_png", lambda figure: b"")
    view = view_module.View()
    picture, view.narrow = fading_memory(), text == "beside"
    picture.text = text
    view.show(picture)
    view.lecture.value = True
    view.turned()
    width, height = re.search(r"--course-w:(\d+);--course-h:(\d+)", view.parts().layer).groups()
    assert (int(width) / 100, int(height) / 100) == room


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
    monkeypatch.setattr(dashboard_module, "_this_cell", lambda: next(run))
    first, beside, other, again = (explore(fading_memory, weight=(0.0, 1.0)) for _ in range(4))
    assert first.box.comm is None and beside.box.comm is None
    assert other.box.comm is not None and again.box.comm is not None


def test_lecture_mode_is_on_and_off_again():
    dashboard = lecture_mode()
    dashboard.controls["lecture_mode"].value = True
    assert "setLecture(true)" in dashboard.screen() and "is on" in dashboard.screen()
    dashboard.controls["lecture_mode"].value = False
    assert "setLecture(false)" in dashboard.screen() and "is off" in dashboard.screen()


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


def test_fit_learns_and_keeps_a_record():
    vocabulary, model, stream = small_model()
    heldout = vocabulary.encode("help the hello hole ")
    record = fit(model, stream, Adagrad(0.1), updates=300, heldout=heldout, vocabulary=vocabulary,
                 rng=np.random.default_rng(1), samples_at=(0, 100))
    assert record.index == record.updates[-1] == 300
    updates, losses, *_ = record.curves()
    assert losses[updates > 280].mean() < 0.6 * losses[0]
    assert [at for at, _ in record.samples] == [0, 100, 300]
    assert all(len(text) == 200 for _, text in record.samples)
    assert record.best_heldout()[1] < record.heldout[0]
    assert record.smoothed_loss[0] == pytest.approx(np.log(len(vocabulary)))
    assert len(np.unique(record.updates)) == len(record.updates) == len(record.heldout) > 20


def test_fit_gives_the_same_run_as_the_bare_loop():
    from helpers.networks import train

    _, model, stream = small_model()
    record = fit(model, stream, Adagrad(0.05), updates=50, clip_value=0.2)
    _, other, stream = small_model()
    losses = [step.loss for step, _ in zip(train(other, stream, Adagrad(0.05), clip_value=0.2),
                                           range(50), strict=False)]
    assert record.curves()[1].tolist() == losses


def test_fit_keeps_what_was_learnt_when_interrupted():
    _, model, stream = small_model()

    def interrupted():
        for number, chunk in enumerate(stream):
            if number == 30:
                raise KeyboardInterrupt
            yield chunk

    assert fit(model, interrupted(), Adagrad(0.1), updates=100).index == 30
