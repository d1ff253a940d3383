"""Restore in a real browser, where a slider answers whoever sets it with the nearest value that it can show.

Needs Chromium or Chrome and the package playwright.
"""

import pytest
from course import ROOT
from lab import KERNEL

pytestmark = pytest.mark.browser

WINDOW = 1280, 1600

CELLS = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "from helpers.runs import restore, save\nfrom helpers.widgets import laboratory\n"
    "def more(lab):\n"
    "    lab.run(100)\n"
    "    return lab.training.model.params.vector.tobytes(), list(lab.training.history.norms)[-100:]\n"
    "first = laboratory(hidden_size=20, seed=3)\nfirst",
    "second = laboratory(cell='LSTM', learning_rate=0.5, threshold=3.0, temperature=0.7, clip='by norm')\n"
    "second",
)
RUN = f"""async code => {{
    const request = {KERNEL}.requestExecute({{code}});
    let printed = '';
    request.onIOPub = message => {{ printed += message.content.text ?? message.content.evalue ?? '' }};
    await request.done;
    return printed;
}}"""


@pytest.fixture(scope="module")
def notebook(lab, browser):
    lab.write("restore.ipynb", CELLS)
    opened = lab.open(browser.page(), "restore.ipynb")
    opened.run_all()
    for root in opened.dashboards():
        root.get_by_role("button", name="File").click()
        opened.settle(root)
    return opened


def press(notebook, root, button):
    root.get_by_role("button", name=button).click()
    notebook.settle(root)


def test_the_next_100_updates_are_those_of_the_saved_run(notebook):
    first, second = notebook.dashboards()
    for slider in ("learning rate", "clip at"):
        handle = first.locator(".widget-hslider", has_text=slider).locator(".noUi-handle")
        for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowLeft"):
            handle.press(key)
    notebook.settle(first)
    notebook.page.evaluate(RUN, "first.run(60)")
    press(notebook, first, "Save")
    press(notebook, second, "Restore")
    assert notebook.page.evaluate(RUN, "print(second.said)").startswith("Restored from 'my_run.npz'. Before")
    assert notebook.page.evaluate(RUN, "print(first.values() == second.values())") == "True\n"
    assert notebook.page.evaluate(RUN, "print(more(first) == more(second))") == "True\n"
    assert notebook.page.problems == []


def test_values_that_no_slider_can_show_hold(notebook):
    _, second = notebook.dashboards()
    values = {"learning_rate": 7.0, "threshold": 0.0033, "temperature": 2.71, "sequence_length": 123,
              "seed": 4321}
    notebook.page.evaluate(
        RUN, f"run = restore('my_run.npz')\nrun.settings |= {values}\nsave('my_run.npz', run)")
    press(notebook, second, "Restore")
    assert "Restored from" in second.locator(".course-said").inner_text()
    found = notebook.page.evaluate(RUN, f"print({{name: second.values()[name] for name in {list(values)}}})")
    assert found == f"{values}\n"
    for shown in ("7.0", "0.0033", "2.7"):
        assert second.locator(".widget-readout", has_text=shown).count()
