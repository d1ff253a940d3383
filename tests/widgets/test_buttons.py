"""Buttons that compute: what is on and off while they work, what the status says, and how they are stopped.

lesson_items.py presses those of the lessons.
"""

import base64
import re
import sys

import numpy as np
import pytest
from common import char_model, simulated_time

from helpers.data import Vocabulary
from helpers.pictures import Picture, new_figure, styled
from helpers.runs import in_turn, stepwise
from helpers.widgets import button, live_runs, progress, take_home_button

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


# A button whose work is done in pieces, beside the cells.


def looks(dashboard) -> tuple:
    """Which buttons are on, which has the mark, and what is said."""
    control, stop = dashboard.controls.values()
    return not control.disabled, not stop.disabled, control.icon, dashboard.said


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
