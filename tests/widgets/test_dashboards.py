"""What is on a dashboard as it opens; and what moves those of the lessons finds what is wrong.

lesson_items.py has it move them all.
"""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from course import ROOT
from described import differences, kept
from exerciser import exercise
from panels import PANELS, panel

from helpers.pictures import Picture, new_figure, styled
from helpers.widgets import explore


@pytest.mark.parametrize("name", PANELS)
def test_a_dashboard_opens_with_the_controls_that_are_described(name):
    changed = differences(kept("widgets").get(name, ""), panel(name))
    assert not changed, ("its controls have changed; if they should, read the change and keep it with "
                         "python scripts/pages.py:\n" + "\n".join(changed))


@styled
def drawing(values=(0.0, 1.0), sentence="A line.", colour="black", second=None, width=2.5) -> Picture:
    figure, ax = new_figure(height=3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_title("A title", color=colour)
    ax.plot(values, values, color="black", linewidth=width)
    if second:
        ax.plot(values, [0.5, 0.5], **second)
    return Picture(figure, sentence)


@pytest.mark.parametrize(("draw", "message"), [
    (lambda n=1: drawing((0, n / 10), "Always the same."), "never changed the sentence"),
    (lambda n=1: drawing(sentence=f"It is {n}."), "never changed the picture"),
    (lambda n=1: drawing((0, np.inf if n == 5 else n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, np.nan, np.nan, n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, n / 10), f"The loss is {np.log(n - 5) if n > 5 else np.nan:.2f}."), "nan"),
    (lambda n=1: drawing((0, n / 10), f"{n}", "#8A8A8A"), "'A title' in #8a8a8a"),
    (lambda n=1: drawing((0, n / 10), f"{n}", second={"color": "#D55E00"}), "differ in colour alone"),
    (lambda n=1: drawing((0, n / 10), f"{n}", width=1.5), "1.5 pt wide"),
], ids=["sentence", "picture", "infinite", "none", "words", "pale", "alike", "thin"])
def test_the_exerciser_finds_what_is_not(draw, message):
    with pytest.raises(AssertionError, match=message):
        exercise(explore(draw, n=(1, 9)), walks=10)


# What is found in the kernel of a lesson.

MADE_UP = {
    "98_made_up": ["""
from helpers.lessons.lesson00 import fading_memory
from helpers.widgets import explore, button, stepper
def draw(steps=5):
    return fading_memory(steps=steps, weight=0.5 if steps < 30 else 1 / 0)
explore(draw, steps=(1, 30))""", "stepper(fading_memory, steps=(1, 30))", """
button("Count", lambda: "6 of 5", "not yet")""", """
def work():
    yield 1
    raise ValueError("the run has ended badly")
    yield 2
button("Go", work, "not yet")""", "import os", "explore(fading_memory, weight=(-1.0, 1.0))"],
    "99_made_up": ["import os", "os._exit(1)"],
}


def test_what_is_asked_of_a_lesson_names_the_dashboard_the_control_and_its_value(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, sources in MADE_UP.items():
        code = [{"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": source, "outputs": [],
                 "execution_count": None} for number, source in enumerate(sources)]
        (folder / f"{name}.ipynb").write_text(json.dumps(
            {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "lesson_items", "-W", "ignore",
         "--nbval", "--nbval-current-env", "--rootdir", tmp_path, "-k", "controls or buttons", folder],
        cwd=tmp_path, timeout=500, capture_output=True, text=True, env={
            **os.environ, "MY_COURSE": str(tmp_path / "my_course.jsonl"),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "support")))})
    wrong = dict(re.findall(r"(?ms)^_+ (\S+::\w+) _+$(.*?)(?=^_{4,} |^====|^----)", ended.stdout))
    assert wrong.keys() == {"98_made_up.ipynb::controls", "98_made_up.ipynb::buttons",
                            "99_made_up.ipynb::controls"}, ended.stdout
    controls, buttons = wrong["98_made_up.ipynb::controls"], wrong["98_made_up.ipynb::buttons"]
    assert re.findall(r"(?m)^code cell \d+, .*?:", controls) == ["code cell 0, Dashboard(steps):"]
    assert "steps = 30: division by zero" in controls and "in draw\n" in controls
    assert re.findall(r"(?m)^code cell \d+, .*?:", buttons) == [
        "code cell 2, Dashboard(Count):", "code cell 3, Dashboard(Go, Stop):"]
    assert "'Count': 6 of 5" in buttons and "'Go': the run has ended badly" in buttons
    assert "The kernel ended" in wrong["99_made_up.ipynb::controls"]
