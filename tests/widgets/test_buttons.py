"""Buttons that compute: what is on and off while they work, what the status says, and how they are stopped.

lesson_items.py presses those of the lessons.
"""

import asyncio
import base64
import re
import sys

import numpy as np
import pytest
from common import char_model, simulated_time, turns, until

from helpers.data import Vocabulary
from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import Picture, new_figure, styled
from helpers.runs import in_turn, stepwise
from helpers.widgets import button, live_runs, progress, take_home_button
from helpers.widgets.progress import how_far

MODULE = sys.modules["helpers.widgets.button"]          # whose name in the package is the function's

# A button that works.

def test_a_button_is_off_while_it_works_and_the_status_says_so():
    seen = []

    def compute():
        seen.append((control.disabled, dashboard.said))
        control.click()              # a second click, while the first is at work
        return f"done {len(seen)}"

    dashboard = button("Count", compute, "not yet")
    control = dashboard.controls["Count"]
    control.click()
    assert seen == [(True, MODULE.WORKING)]
    assert not control.disabled and dashboard.shown == "done 1" and dashboard.said != MODULE.WORKING
    control.click()
    assert dashboard.shown == "done 2"


async def test_clicks_that_came_while_it_worked_are_dropped_in_a_kernel_too(monkeypatch):
    monkeypatch.setattr(MODULE, "REST", 0.05)
    count = []
    dashboard = button("Count", lambda: f"done {count.append(1)}", "not yet")
    control = dashboard.controls["Count"]
    for _ in range(3):
        control.click()
    assert control.disabled
    while not count:
        await asyncio.sleep(0.01)
    control.click()              # it was sent while the kernel was busy, and is heard right after
    assert control.disabled and len(count) == 1
    await asyncio.sleep(0.2)
    assert not control.disabled and len(count) == 1
    control.click()
    await asyncio.sleep(0.2)
    dashboard.close()
    assert len(count) == 2


async def test_a_button_is_on_again_after_an_error(monkeypatch):
    monkeypatch.setattr(MODULE, "REST", 0.05)

    def compute():
        raise ValueError("no such thing")
    dashboard = button("Count", compute, "not yet")
    dashboard.controls["Count"].click()
    await asyncio.sleep(0.3)
    assert dashboard.failed and dashboard.said == "no such thing"
    assert not dashboard.controls["Count"].disabled
    dashboard.close()


# A button whose work is done in pieces, beside the cells.

def pieces_of_a_second(simulated, pieces: int, begun: list):
    """A generator function that works for so many simulated seconds, a tenth at a time."""
    def compute():
        begun.append(simulated.now)
        for done in range(10 * pieces):
            simulated.spend(0.1)
            yield (done + 1) // 10, pieces
        return "done"
    return compute


def looks(dashboard) -> tuple:
    """Which buttons are on, which has the mark, and what is said."""
    control, stop = dashboard.controls.values()
    return not control.disabled, not stop.disabled, control.icon, dashboard.said


async def test_work_in_pieces_tells_how_far_it_is_and_how_long_it_will_take(simulated):
    begun, said = [], []
    dashboard = button("Train five networks here (a few seconds)",
                       pieces_of_a_second(simulated, 5, begun), "not yet")
    dashboard.view.status.observe(
        lambda change: said.append(re.sub("<[^>]+>", "", change.new)), "value")
    control, stop = dashboard.controls.values()
    assert looks(dashboard)[:3] == (True, False, "") and stop.description == "Stop"
    for _ in range(5):
        control.click()
    await until(lambda: begun)
    while dashboard.task.running:
        assert looks(dashboard)[:3] == (False, True, "cog")
        control.click()                      # heard at once, and dropped
        await asyncio.sleep(0)
    assert dashboard.shown == "done" and looks(dashboard)[1:] == (False, "", "")
    control.click()                          # it was sent while the last piece was at work
    await asyncio.sleep(2)
    assert len(begun) == 1 and looks(dashboard)[:3] == (True, False, "")
    dashboard.close()
    words = re.compile(r"Train five networks here: (\d) of 5(?:, about (\d+) s to go)?\.")
    told = [words.fullmatch(one) for one in said]
    told = [(int(match[1]), int(match[2] or 0)) for match in told if match]
    assert 4 <= len(told) <= 8, f"once a second: {said}"
    assert told == sorted(told, key=lambda at: at[0])
    assert all(abs(seconds - (5 - done)) <= 2 for done, seconds in told if done), told


async def test_work_in_pieces_is_stopped_and_what_was_there_comes_back(simulated):
    begun, ended = [], []

    def compute():
        try:
            yield from pieces_of_a_second(simulated, 5, begun)()
        finally:
            ended.append(True)
    before = fading_memory()
    dashboard = button("Train", compute, before)
    screen = dashboard.screen()
    dashboard.controls["Train"].click()
    await until(lambda: begun and simulated.now > begun[0] + 2)
    dashboard.controls["Stop"].click()
    await until(lambda: not dashboard.task.running)
    assert ended == [True] and dashboard.shown is before and not dashboard.failed
    assert re.match(r"Stopped after 2 s\. The previous result is shown again\.", dashboard.said)
    assert dashboard.said.endswith(before.sentence)
    assert re.sub("clip-[0-9-]+", "", dashboard.screen()) == re.sub("clip-[0-9-]+", "", screen)
    await asyncio.sleep(1)
    assert looks(dashboard)[:3] == (True, False, "")
    dashboard.controls["Train"].click()             # and again
    await until(lambda: len(begun) == 2)
    dashboard.close()
    await turns()
    assert ended == [True, True], "a dashboard that is taken down ends its work"
    assert len(asyncio.all_tasks()) == 1


async def test_work_in_pieces_ends_where_other_work_begins_and_says_so(simulated):
    begun = []
    one, other = (button(name, pieces_of_a_second(simulated, 3, begun), "not yet") for name in "ab")
    one.controls["a"].click()
    await until(lambda: begun)
    other.controls["b"].click()
    await until(lambda: len(begun) == 2)
    assert not one.task.running and other.task.running
    assert re.match(r"Stopped after \d s because something else was started\. The previous", one.said)
    await until(lambda: not other.task.running)
    assert other.shown == "done" and one.shown == "not yet"
    one.close(), other.close()


async def test_an_error_in_a_piece_is_shown_and_the_button_is_on_again(simulated):

    def compute():
        yield 0.5
        raise ValueError("no such thing")
    dashboard = button("Go", compute, "not yet")
    dashboard.controls["Go"].click()
    await until(lambda: dashboard.failed)
    await asyncio.sleep(1)
    assert looks(dashboard) == (True, False, "", "no such thing") and dashboard.shown == "not yet"
    dashboard.close()


def test_where_no_loop_runs_work_in_pieces_is_done_at_once():
    @stepwise
    def total(numbers):
        found = 0
        for done, number in enumerate(numbers, 1):
            found += number
            yield done, len(numbers)
        return found

    def compute():
        both = yield from in_turn([total.steps([1, 2]), total.steps([3, 4, 5])], [2, 3])
        return f"{both}"

    dashboard = button("Add", compute, "not yet")
    dashboard.controls["Add"].click()
    assert dashboard.shown == "[3, 12]" == str([total([1, 2]), total([3, 4, 5])])
    assert looks(dashboard)[:3] == (True, False, "")
    shares = list(in_turn([total.steps([1, 2]), total.steps([3, 4, 5])], [2, 3]))
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


# Runs that go on while a picture grows.

def test_the_button_whose_run_goes_on_is_marked_and_off_and_stop_is_off_where_nothing_runs():
    def points():
        seen.append([(control.icon, control.disabled) for control in dashboard.controls.values()])
        dashboard.controls["two"].click()           # once more, while it goes on: dropped
        yield 1

    seen = []
    dashboard = live_runs({"one": points, "two": points}, lambda found: drawn(found), drawn({}))
    still = [("", False), ("", False), ("", True)]
    assert [(control.icon, control.disabled) for control in dashboard.controls.values()] == still
    dashboard.controls["two"].click()
    assert seen == [[("", False), ("cog", True), ("", False)]]
    assert [(control.icon, control.disabled) for control in dashboard.controls.values()] == still


async def test_the_status_names_the_run_and_says_how_far_it_is(simulated):
    said = []

    def points():
        for number in range(10):
            simulated.spend(0.5)
            yield number + 1
            for _ in range(5):
                simulated.spend(0.1)
                yield None
    dashboard = live_runs({"GRU": points, "RNN": points}, lambda found: drawn(found), drawn({}),
                          done=lambda found: found[-1] / 10)
    dashboard.view.status.observe(
        lambda change: said.append(re.sub("<[^>]+>", "", change.new)), "value")
    dashboard.controls["GRU"].click()
    await until(lambda: dashboard.task.running)
    await until(lambda: not dashboard.task.running)
    assert dashboard.said == "10 points"
    dashboard.close()
    found = [re.match(r"GRU: (\d+) points?, (\d+) %, about (\d+) s to go\. \d+ points", one) for one in said]
    told = sorted({(int(m[1]), int(m[2]), int(m[3])) for m in found if m})
    assert len(told) >= 8 and all(share == 10 * n for n, share, _ in told), said
    assert all(abs(seconds - (10 - n)) <= 1 for n, _, seconds in told if n >= 4), said


async def test_a_run_that_finds_nothing_for_long_is_told_of_each_second(simulated):
    said, drawings = [], []

    def points():
        yield 1
        for _ in range(55):
            simulated.spend(0.1)
            yield None
    dashboard = live_runs({"Run": points}, lambda found: drawings.append(1) or drawn(found), drawn({}))
    dashboard.view.status.observe(lambda change: said.append(change.new), "value")
    dashboard.controls["Run"].click()
    await until(lambda: dashboard.task.running)
    await until(lambda: not dashboard.task.running)
    dashboard.close()
    told = [re.search(r"<b>Run: 1 point, (\d+) s so far\.</b> 1 points", one) for one in said]
    assert [int(match[1]) for match in told if match] == [0, 1, 2, 3, 4, 5] and len(drawings) == 2


def test_a_run_that_is_recorded_is_drawn_at_even_moments_of_it(monkeypatch):
    simulated = simulated_time(monkeypatch)

    def points():
        for number in range(1, 11):
            simulated.spend(1)
            yield number
            yield None
    dashboard = live_runs({"Run": points}, drawn, drawn({}), done=lambda found: found[-1] / 10)
    assert list(dashboard.record("Run", moments=5, seconds=60)) == [2, 4, 6, 8, 10]
    assert list(dashboard.record("Run", moments=5, seconds=4)) == [2, 4] and dashboard.said == "4 points"
    short = live_runs({"Run": points}, drawn, drawn({}))
    assert list(short.record("Run", moments=10, seconds=60)) == list(range(1, 11))


# A cell that computes for long.

@pytest.mark.parametrize(("done", "seconds", "words"), [
    ((0, 7), 3, "0 of 7"), ((1, 21), 1, "1 of 21"), ((1, 20), 1, "1 of 20, about 19 s to go"),
    (0.5, 0.2, "50 %, about 1 s to go"), (0.5, 99.4, "50 %, about 99 s to go"),
    (0.5, 100, "50 %, about 2 min to go"), ((1000, 4000), 1200, "1,000 of 4,000, about 60 min to go"),
    ((4, 4), 9, "4 of 4, about 1 s to go"), (None, 2.6, "3 s so far")])
def test_how_long_it_will_take_is_in_seconds_or_minutes_once_it_can_be_said(done, seconds, words):
    assert how_far(done, seconds) == words


@pytest.mark.parametrize(("things", "of", "words"), [
    (iter("abcd"), None, ["0, 0 s so far", "2, 1 s so far", "3, 1 s so far"]),
    (iter("abcd"), 4, ["0 of 4", "2 of 4, about 1 s to go", "3 of 4, about 1 s to go"]),
    ("abcd", 5, ["0 of 5", "2 of 5, about 2 s to go", "3 of 5, about 1 s to go"]),
])
def test_the_bar_moves_where_a_tenth_of_a_second_has_passed(things, of, words, monkeypatch):
    module = sys.modules["helpers.widgets.progress"]
    simulated, shown = simulated_time(monkeypatch), []
    monkeypatch.setattr(module, "get_ipython", lambda: type("Shell", (), {"kernel": object()}))
    monkeypatch.setattr(module, "display", shown.append)
    told = []
    for seconds, _ in zip((0.09, 1.0, 0.2, 0.05), progress(things, "Letters", of), strict=True):
        told.append(re.sub("<[^>]+>", "", shown[0]._label.value).removeprefix("Letters: "))
        simulated.spend(seconds)
    shown[0].close()
    assert list(dict.fromkeys(told)) == words and told[:2] == words[:1] * 2
    assert shown[0]._bar.value == (3 if of else 1)


def test_a_long_cell_shows_a_bar_where_a_kernel_runs(monkeypatch):
    module = sys.modules["helpers.widgets.progress"]
    simulated, shown = simulated_time(monkeypatch), []
    monkeypatch.setattr(module, "get_ipython", lambda: type("Shell", (), {"kernel": object()}))
    monkeypatch.setattr(module, "display", shown.append)
    monkeypatch.setattr(module, "close_earlier", lambda new: None)
    told = []
    for _ in progress(range(4), "Networks read"):
        simulated.spend(2)
        told.append((shown[0]._bar.value, re.sub("<[^>]+>", "", shown[0]._label.value)))
        assert shown[0].box.layout.display != "none"
    assert len(shown) == 1 and shown[0].box.layout.display == "none"
    assert told == [(0, "Networks read: 0 of 4"), (1, "Networks read: 1 of 4, about 6 s to go"),
                    (2, "Networks read: 2 of 4, about 4 s to go"),
                    (3, "Networks read: 3 of 4, about 2 s to go")]
    bundle = shown[0]._repr_mimebundle_()
    assert bundle["text/plain"] == "(progress appears here while the cell runs)"
    shown[0].close()
    assert shown[0].box.comm is None


def test_the_bar_goes_where_its_cell_is_broken_off_and_when_it_is_run_again(monkeypatch):
    module, made = sys.modules["helpers.widgets.progress"], sys.modules["helpers.widgets.dashboard"]
    shown, runs = [], iter([("cell", 1), ("cell", 2)])
    monkeypatch.setattr(module, "get_ipython", lambda: type("Shell", (), {"kernel": object()}))
    monkeypatch.setattr(module, "display", shown.append)
    monkeypatch.setattr(made, "_this_cell", lambda: next(runs))
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            for _ in progress(iter("abc"), "Letters", of=3):
                raise KeyboardInterrupt
    assert shown[0].box.comm is None and shown[1].box.comm is not None
    assert shown[1] in made.open_views() and shown[0] not in made.open_views()
    shown[1].close()


def test_without_a_kernel_the_bar_is_silent(capsys):
    assert list(progress("abc", "Letters")) == ["a", "b", "c"]
    assert capsys.readouterr().out == ""


@styled
def drawn(found) -> Picture:
    figure, _ = new_figure()
    return Picture(figure, f"{sum(map(len, found.values()))} points")


# A button that writes a network into a page.

def test_a_network_goes_home_when_its_button_is_pressed_and_not_before(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    vocabulary = Vocabulary("hello")
    model = char_model(len(vocabulary), 3)
    shown = take_home_button(model, vocabulary, "my.html", title="hello", loss=0.5, updates=3)
    saved = shown._repr_mimebundle_()
    assert list(tmp_path.iterdir()) == []
    assert "any browser" in saved["text/plain"] and "any browser" in shown.said
    shown.controls["Take home"].click()
    page = (tmp_path / "my.html").read_bytes()
    assert shown.said == f"Saved as 'my.html' ({len(page) / 1000:.0f} kB). Open it in any browser."
    (link,) = re.findall(r'<a .*download="my.html" href="data:text/html;charset=utf-8;base64,(.*?)">',
                         shown.view.text.value)
    assert base64.b64decode(link) == page
    model.params.W_hh[0, 0] = np.nan
    shown.controls["Take home"].click()
    assert shown.said.startswith("The model has weights that are not finite") and not shown.failed
    assert shown.view.text.value == "" and (tmp_path / "my.html").read_bytes() == page
    again = shown._repr_mimebundle_()
    assert again["text/html"] == saved["text/html"] and again["text/plain"] == saved["text/plain"]
