"""Buttons that compute: what is on and off while they work, what the status says, and how they are stopped.

lesson_items.py presses those of the lessons.
"""

import re
import sys

import numpy as np
from common import char_model, simulated_time

from helpers.data import Vocabulary
from helpers.widgets import button, progress, take_home_button

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


# A cell that computes for long.


def test_a_long_cell_shows_a_bar_where_a_kernel_runs(monkeypatch):
    module = sys.modules["helpers.widgets.progress"]
    simulated, shown = simulated_time(monkeypatch), []
    monkeypatch.setattr(module, "get_ipython", lambda: type("Shell", (), {"kernel": object()}))
    monkeypatch.setattr(module, "display", shown.append)
    told = []
    for _ in progress(range(4), "Networks read"):
        simulated.spend(2)
        told.append((shown[0]._bar.value, re.sub("<[^>]+>", "", shown[0]._label.value)))
        assert shown[0].box.layout.display != "none"
    assert len(shown) == 1 and shown[0].box.layout.display == "none"
    assert told == [(0, "Networks read: 0 of 4"), (1, "Networks read: 1 of 4, about 6 s to go"),
                    (2, "Networks read: 2 of 4, about 4 s to go"),
                    (3, "Networks read: 3 of 4, about 2 s to go")]


# A button that writes a network into a page.

def test_a_network_goes_home_when_its_button_is_pressed_and_not_before(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    vocabulary = Vocabulary("hello")
    model = char_model(len(vocabulary), 3)
    shown = take_home_button(model, vocabulary, "my.html", title="hello", loss=0.5, updates=3)
    assert list(tmp_path.iterdir()) == []
    shown.controls["Take home"].click()
    page = (tmp_path / "my.html").read_bytes()
    assert shown.said.startswith("Saved as 'my.html'")
    model.params.W_hh[0, 0] = np.nan
    shown.controls["Take home"].click()
    assert "not finite" in shown.said and not shown.failed
    assert (tmp_path / "my.html").read_bytes() == page
