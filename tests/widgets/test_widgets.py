"""Dashboards without a browser: what a control does, what an error does, what is left behind."""

import asyncio
import gc
import re
import threading
import tracemalloc
from types import SimpleNamespace

import ipywidgets as W
import numpy as np
import pytest
from common import simulated_time, turns, until
from exerciser import anywhere, seen

from helpers.data import Vocabulary, chunks
from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson01 import unrolled_network
from helpers.lessons.lesson05 import cliff_grows
from helpers.lessons.lesson11 import two_layers
from helpers.lessons.lesson13 import resting_unit
from helpers.networks import RNN, Adagrad, CharModel
from helpers.pictures import Picture, coloured_text
from helpers.widgets import dashboard as dashboard_module
from helpers.widgets import explore, fit, lecture_mode, stepper, warm_up
from helpers.widgets import train_view as live_module
from helpers.widgets import view as view_module

TEXT = "hello hello help help the hole " * 8


def test_a_moved_control_changes_picture_and_sentence():
    dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.1), steps=(1, 30))
    before = dashboard.screen()
    dashboard.controls["weight"].value = 0.5
    assert dashboard.screen() != before
    assert "multiplied by 0.50" in dashboard.said


async def test_where_a_loop_runs_it_is_drawn_when_that_turns_or_at_once_for_a_program_that_asks():
    drawn = []

    def draw(weight=1.0):
        drawn.append(weight)
        return fading_memory(weight)
    dashboard = explore(draw, weight=(-1.0, 1.0, 0.1))
    for weight in (0.2, 0.5):
        dashboard.controls["weight"].value = weight
    assert drawn == [1.0]
    dashboard.draw_now()
    assert drawn == [1.0, 0.5] and "multiplied by 0.50" in dashboard.said
    await turns()
    assert drawn == [1.0, 0.5], "not once more"
    dashboard.close()


def test_the_frame_is_drawn_again_only_where_the_axes_change():
    def frame() -> str:
        return re.search(r"<img[^>]*src=\S+", dashboard.screen())[0]

    dashboard = explore(fading_memory, weight=(-1.5, 1.5, 0.1), steps=(1, 30))
    before, drawn = frame(), dashboard.screen()
    dashboard.controls["weight"].value = 0.5
    assert frame() == before and dashboard.screen() != drawn
    dashboard.controls["steps"].value = 10
    assert frame() != before


@pytest.mark.parametrize(("number", "again"), [(6, 0), (7, 7)])
def test_of_the_frames_that_a_control_comes_back_to_six_are_kept(number, again, monkeypatch):
    drawn, view = [], view_module.View()
    monkeypatch.setattr(view_module, "frame_png", lambda figure: drawn.append(figure) or b"")
    pictures = [fading_memory(steps=10 * (turn + 1)) for turn in range(number)] * 2
    for picture in pictures:
        view.show(picture)
    assert len(drawn) == number + again


def test_a_frame_that_a_control_comes_back_to_is_not_drawn_again(monkeypatch):
    drawn = []

    def frame_png(figure, *how):
        drawn.append(figure)
        return view_frame_png(figure, *how)

    view_frame_png = view_module.frame_png
    monkeypatch.setattr(view_module, "frame_png", frame_png)
    dashboard = explore(two_layers, steps=(1, 5))
    seen = {}
    for steps in (1, 2, 4, 5, 2, 5, 1, 4, 3):
        dashboard.controls["steps"].value = steps
        assert seen.setdefault(steps, dashboard.view.parts().frame) == dashboard.view.parts().frame
    assert len(drawn) == 5 == len(set(seen.values()))


def test_controls_start_at_the_functions_own_defaults():
    dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.1), steps=(1, 30))
    assert dashboard.values() == {"weight": 0.9, "steps": 20}


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


def page_of(dashboard) -> str:
    """The HTML of every part that the dashboard sends to the page."""
    parts, found = [dashboard.box], []
    while parts:
        part = parts.pop()
        parts.extend(getattr(part, "children", ()))
        found.append(part.value if isinstance(part, W.HTML) else "")
    return "".join(found)


def test_the_garbage_collector_ignores_imports_from_the_first_dashboard_of_a_kernel_on(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    dashboard_module.freeze_imports.cache_clear()
    explore(fading_memory, weight=(0.0, 1.0))
    assert not frozen, "a script has its own memory to mind"

    async def kernel():
        for _ in range(2):
            explore(fading_memory, weight=(0.0, 1.0)).close()

    asyncio.run(kernel())
    assert frozen == [True]


async def test_callbacks_from_another_thread_draw_on_the_cells_own_thread():
    drawn_on = []

    def draw(weight=0.9):
        drawn_on.append(threading.current_thread())
        return fading_memory(weight)
    dashboard = explore(draw, weight=(-1.0, 1.0, 0.01))
    drawn_on.clear()

    def move():
        for value in np.linspace(-1, 1, 101):
            dashboard.controls["weight"].value = float(value)

    await asyncio.to_thread(move)
    await until(lambda: "multiplied by 1.00" in dashboard.said)  # the last value is the one shown
    assert set(drawn_on) == {threading.main_thread()}
    assert len(drawn_on) < 101, "a burst of moves is merged into fewer drawings"


@pytest.mark.parametrize(("milliseconds", "apart"), [(0, 16), (3, 33), (50, 16), (50, 120), (200, 33)])
async def test_a_dragged_slider_is_followed_and_leaves_time_for_other_work(milliseconds, apart, simulated):
    drawings, moved = [], {}

    def draw(move=0):
        began = simulated.now
        simulated.spend(milliseconds / 1000)
        drawings.append((began, simulated.now, move))
        return f"moved {move} times"
    dashboard = explore(draw, move=W.IntSlider(value=0, max=59))
    await asyncio.sleep(1)
    drawings.clear()
    for move in range(1, 60):
        moved[move] = 2 + move * apart / 1000       # also where this loop is late, as the hand is not
        await asyncio.sleep(max(0.0, moved[move] - simulated.now))
        dashboard.controls["move"].value = move
    await asyncio.sleep(1)
    dashboard.close()
    shown = [0, *(move for _, _, move in drawings)]
    assert shown[-1] == 59, "the last value is the one shown"
    waits = [began - moved[before + 1] for (began, _, _), before in zip(drawings, shown, strict=False)]
    assert max(waits) <= 0.002 + (min(50, milliseconds) + milliseconds) / 1000, "no move waits long"
    if milliseconds > apart:
        assert len(drawings) < 59, "moves that come faster than they can be drawn are merged"
    busy = sum(end - began for began, end, _ in drawings) / (drawings[-1][1] - drawings[0][0])
    assert milliseconds > 50 or busy <= 0.6, "a picture of 50 ms leaves much of the time to other work"


async def test_an_error_after_a_move_is_one_sentence_with_the_traceback_folded():
    def draw(steps=3):
        if steps == 5:
            raise ValueError("<b>five</b> is not allowed")
        return fading_memory(steps=steps)
    dashboard = explore(draw, steps=(1, 9))
    assert not dashboard.failed
    dashboard.controls["steps"].value = 5
    await until(lambda: dashboard.failed)
    assert dashboard.said == "<b>five</b> is not allowed"
    page = page_of(dashboard)
    assert 'class="course-error"' in page
    assert "&lt;b&gt;five&lt;/b&gt; is not allowed" in page and "<b>five" not in page
    assert "Traceback" in page.split("<details>")[1].split("</details>")[0]
    dashboard.controls["steps"].value = 6
    await until(lambda: not dashboard.failed)
    assert "after 6 steps" in dashboard.said and 'class="course-error"' not in page_of(dashboard)


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


def test_without_a_loop_an_error_after_a_move_is_raised():
    dashboard = explore(fading_memory, steps=W.IntSlider(value=3, min=0, max=5))
    with pytest.raises(ValueError, match="steps must be at least 1"):
        dashboard.controls["steps"].value = 0


@pytest.fixture
def there():
    """The widgets that there are, by number."""
    try:
        from ipywidgets.widgets.widget import _instances
    except ImportError:  # ipywidgets 7
        return W.Widget.widgets
    return _instances


def test_a_closed_round_of_questions_leaves_nothing_behind(there):
    before, asked = set(there), warm_up("04")
    assert len(set(there) - before) > 10
    asked.close()
    assert set(there) == before


def test_a_closed_dashboard_leaves_nothing_behind(there):
    before = set(there)
    dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.1))
    assert set(there) - before
    box, (_, panel, *_) = dashboard.box, dashboard.box.children
    dashboard.close()
    assert set(there) == before
    assert box.children == panel.children == () and dashboard.screen() == "" and dashboard.controls == {}


@pytest.mark.parametrize("draw", [fading_memory, resting_unit, cliff_grows])
def test_a_closed_dashboard_that_the_notebook_still_holds_keeps_nothing_that_was_drawn(draw):
    closed = []

    def again():
        closed.append(explore(draw))
        closed[-1].close()

    again()                 # by this what all have in common is there
    tracemalloc.start()
    try:
        for _ in range(4):
            again()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < len(closed) * 150_000
    finally:
        tracemalloc.stop()


def test_running_a_cell_again_closes_its_old_dashboard(monkeypatch):
    run = iter([("cell", 1), ("cell", 1), ("other", 2), ("cell", 3)])
    monkeypatch.setattr(dashboard_module, "_this_cell", lambda: next(run))
    first, beside, other, again = (explore(fading_memory, weight=(0.0, 1.0)) for _ in range(4))
    assert first.box.comm is None and beside.box.comm is None
    assert other.box.comm is not None and again.box.comm is not None


@pytest.mark.parametrize(("request_", "cell"), [
    ({"metadata": {"cellId": "c1"}, "content": {"code": "1 + 1"}}, ("c1", 7)),
    ({"content": {"code": "1 + 1"}}, ("1 + 1", 7)), ({}, None)])
def test_a_cell_is_known_by_its_id_or_else_by_its_code(request_, cell, monkeypatch):
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: request_), execution_count=7)
    monkeypatch.setattr(dashboard_module, "get_ipython", lambda: shell)
    assert dashboard_module._this_cell() == cell


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


def test_a_stepper_goes_by_the_steps_of_its_slider():
    dashboard = stepper(lambda weight: f"{weight}", weight=W.FloatSlider(value=0.5, max=1.2, step=0.5))
    for control, place in (("step on", 1.0), ("step on", 1.2), ("step back", 0.7), ("to the start", 0.0)):
        press(dashboard, control)
        assert dashboard.values()["weight"] == pytest.approx(place)


def test_a_stepper_wants_a_slider_first():
    with pytest.raises(TypeError, match="first control, 'kind', is not a slider"):
        stepper(lambda kind: fading_memory(), kind=["a", "b"])
    with pytest.raises(TypeError, match="There is no control, so"):
        stepper(fading_memory)


async def test_a_played_stepper_goes_on_by_itself_until_its_end_or_a_pause(simulated):
    dashboard = stepper(fading_memory, steps=W.IntSlider(value=1, min=1, max=500))

    def stands() -> tuple:
        return dashboard.values()["steps"], dashboard.controls["play or pause"].description

    await asyncio.sleep(100)
    assert stands() == (1, "Play"), "it never starts by itself"
    press(dashboard, "play or pause")
    await asyncio.sleep(3.5)
    assert stands() == (4, "Pause"), "one step a second"
    press(dashboard, "play or pause")
    await asyncio.sleep(100)
    assert stands() == (4, "Play")
    dashboard.controls["steps"].value = 498
    press(dashboard, "play or pause")
    await asyncio.sleep(3.5)
    assert stands() == (500, "Play")
    press(dashboard, "play or pause")  # at the end, Play begins again
    await asyncio.sleep(2.5)
    assert stands() == (3, "Pause")
    dashboard.close()
    await turns()
    assert len(asyncio.all_tasks()) == 1, "only this test itself is left"


def test_an_error_in_what_runs_beside_the_cells_is_shown():
    async def work():
        raise ArithmeticError("too large")

    async def body():
        dashboard = explore(fading_memory, weight=(-1.0, 1.0))
        dashboard.start(work())
        await until(lambda: dashboard.failed)
        assert dashboard.said == "too large"

    asyncio.run(body())


async def test_different_actions_all_run_and_the_same_one_only_once(simulated):
    done = []
    dashboard = explore(fading_memory, weight=(-1.0, 1.0))
    first, second = (lambda: done.append(1)), (lambda: done.append(2))
    for action in (first, second, first, first):
        dashboard.later(action)
    await asyncio.sleep(10)
    assert done == [1, 2]


def test_five_dashboards_at_once_end_as_each_does_alone(monkeypatch):
    def make():
        return [explore(fading_memory, weight=(-1.2, 1.2, 0.05), steps=(1, 50)),
                explore(unrolled_network, steps=(1, 8)), stepper(fading_memory, steps=(1, 30)),
                explore(lambda n=1, on=True: Picture(fading_memory(steps=n).figure, f"{n} {on}", "x" * n),
                        n=(1, 9), on=True),
                explore(lambda n=5: coloured_text("abcdef", np.arange(6) / n, label=f"sixths of {n}"),
                        n=(5, 60))]

    rng = np.random.default_rng(0)
    controls = [one.controls for one in make()]
    events = []
    for place in rng.integers(5, size=1000).tolist():
        name = rng.choice(sorted(controls[place].keys() - {"play or pause"}))
        control = controls[place][name]
        events.append((place, name, None if isinstance(control, W.Button) else anywhere(control, rng)))

    async def ends(places):
        dashboards = make()

        def play():
            for place, name, value in events:
                control = dashboards[place].controls[name]
                if place in places:
                    control.click() if value is None else setattr(control, "value", value)

        await asyncio.to_thread(play)
        await asyncio.sleep(10)                 # of simulated time: all that was to be drawn is
        return [(dashboards[place].values(), seen(dashboards[place])) for place in places]

    def played(places):
        return simulated_time(monkeypatch).run(lambda: ends(places))

    alone = [end for place in range(5) for end in played([place])]
    assert played(range(5)) == alone


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


def test_a_training_that_begins_in_lecture_mode_is_drawn_for_it_from_the_start(monkeypatch):
    seen = []
    monkeypatch.setattr(live_module, "display", lambda live: seen.append((live, live.view.shown.stage)))
    switch = lecture_mode()
    switch.view.lecture.value = True
    _, model, stream = small_model()
    fit(model, stream, Adagrad(0.1), updates=5)
    (live, at_first), = seen
    assert at_first is not None and live.view.shown.stage == at_first
    switch.view.lecture.value = False
    fit(model, stream, Adagrad(0.1), updates=5)
    assert seen[1][1] is None


def test_fit_says_how_far_it_is_and_how_fast_and_looks_ever_more_rarely(monkeypatch):
    simulated, shown, said = simulated_time(monkeypatch), [], []

    def show(live):
        shown.append(live)
        live.view.status.observe(lambda change: said.append(change.new), "value")

    def slow(stream):
        for chunk in stream:
            simulated.spend(0.01)
            yield chunk

    monkeypatch.setattr(live_module, "display", show)
    vocabulary, model, stream = small_model()
    stream, optimizer, heldout = slow(stream), Adagrad(0.1), vocabulary.encode("help the hello hole ")
    more = {"heldout": heldout, "vocabulary": vocabulary, "rng": np.random.default_rng(1)}
    first = fit(model, stream, optimizer, updates=300, **more)
    assert 25 < len(said) <= 31, "ten times a second"
    looks = np.array([at for at in first.updates if at != 100])        # there it writes, too
    assert [*looks[:2], looks[-1], len(looks)] == [0, 20, 300, 21]
    assert (np.diff(looks[1:], 2) > -2).all(), "ever further apart"
    assert [at for at, _ in first.samples] == [0, 100, 300]
    second = fit(model, stream, optimizer, updates=20_000, until=first.smoothed - 0.05, state=first.state,
                 index=300, **more)
    for live, record in zip(shown, (first, second), strict=True):
        assert live.view.said == (
            f"Update {record.index:,} (finished). The smoothed loss (black line) is {record.smoothed:.2f} "
            "nats per character. Speed: 100 updates per second. "
            f"The held-out loss is {record.heldout[-1]:.2f} (blue, dashed).")
        assert live.samples.value.count("<b>Sample after ") == len(record.samples)
    assert 300 < second.index < 2000 and shown[1].view.shown.figure.axes[0].get_xlim()[1] == 5000


def test_fit_goes_on_below_any_loss_where_no_goal_is_given():
    stream = chunks(np.tile([0, 1], 200), length=10)
    assert fit(CharModel(RNN(2, 3), np.random.default_rng(0)), stream, Adagrad(0.1), updates=7).index == 7


async def test_what_fit_has_drawn_follows_lecture_mode_when_it_is_over(monkeypatch):
    shown = []
    monkeypatch.setattr(live_module, "display", shown.append)
    _, model, stream = small_model()
    fit(model, stream, Adagrad(0.1), updates=5)
    for lecture in (True, False):
        shown[0].view.lecture.value = lecture
        await turns()
        size = re.search(r"--course-w:(\d+);--course-h:(\d+)", shown[0].view.parts().layer).groups()
        assert (size == ("640", "560")) == lecture, "the room beside its samples"
    shown[0].close()


def test_fit_stops_at_its_goal():
    _, model, stream = small_model()
    record = fit(model, stream, Adagrad(0.1), updates=100_000, until=1.5)
    smoothed = record.curves()[2]
    assert record.smoothed == smoothed[-1] < 1.5 <= smoothed[:-1].min()


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


@pytest.mark.parametrize("updates", [0, -3])
def test_fit_refuses_no_updates(updates):
    _, model, stream = small_model()
    with pytest.raises(ValueError, match="updates must be at least 1"):
        fit(model, stream, Adagrad(0.1), updates=updates)


def test_pictures_are_all_the_dashboard_accepts():
    with pytest.raises(TypeError, match=r"returned an object of type int. It must return"):
        explore(lambda n: n, n=(1, 3))
    assert isinstance(fading_memory(), Picture)
