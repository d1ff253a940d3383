"""Nothing drives on unseen, in a real browser: a page loaded anew, a second tab, a kernel that ends.

Needs Chromium or Chrome and the package playwright.
"""

import os
import signal

import pytest
from course import ROOT
from lab import RUNNING
from test_restore import RUN

from helpers.widgets.visibility import UNSEEN

pytestmark = pytest.mark.browser

CELLS = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "import os\nfrom helpers.widgets import explore, laboratory, warm_up\n"
    "from helpers.lessons.lesson00 import fading_memory",
    "lab = laboratory(updates=10**7, hidden_size=20)\nlab",
    "explore(fading_memory, weight=[0.9, 1.1], steps=(1, 20))",
    "warm_up('04')",
)
# What browsers do to a tab in the background: a timer goes off once a minute, and nothing is painted.
NO_TIMERS = """() => {
    for (const name of ['setTimeout', 'setInterval']) {
        const real = window[name];
        window[name] = (what, wait = 0, ...given) => real(what, Math.max(60_000, wait), ...given);
    }
    window.requestAnimationFrame = () => 0;
}"""


@pytest.fixture(scope="module", autouse=True)
def written(lab):
    for name in ("reload", "second", "seven"):
        lab.write(f"{name}.ipynb", CELLS)


def train(notebook) -> None:
    notebook.run_all()
    notebook.dashboards()[0].get_by_role("button", name="Train").click()
    notebook.page.wait_for_function("() => document.body.innerText.includes('(training')")


def updates(notebook) -> int:
    return int(notebook.page.evaluate(RUN, "print(lab.training.updates)"))


def updates_in(notebook, seconds: float) -> int:
    """How many are made in so long a time."""
    before = updates(notebook)
    notebook.page.wait_for_timeout(1000 * seconds)
    return updates(notebook) - before


def said(root) -> str:
    return root.locator(".course-said").inner_text()


@pytest.mark.slow
def test_without_a_page_a_run_waits_and_is_taken_up_and_one_in_the_background_counts(lab, browser):
    notebook = lab.open(browser.page(), "reload.ipynb")
    notebook.page.on("dialog", lambda dialog: dialog.accept())
    train(notebook)
    notebook.page.reload()
    lab.ready(notebook.page)
    assert notebook.dashboards() == [], "it was not saved"
    notebook.page.wait_for_timeout(1000 * (UNSEEN + 1))
    stands = updates(notebook)
    assert updates_in(notebook, 1) == 0, "nobody sees it"
    notebook.run_all()
    root = notebook.dashboards()[0]
    assert f"is at update {stands:,}. Resume it" in said(root)
    root.get_by_role("button", name=f"Resume from update {stands:,}").click()
    notebook.page.wait_for_function("() => document.body.innerText.includes('Resumed at')")
    assert notebook.page.evaluate("() => document.activeElement.matches('.jp-Cell')"), "that button is gone"
    assert updates(notebook) >= stands and updates_in(notebook, 0.5) > 0
    notebook.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(500)
    notebook.page.reload()
    lab.ready(notebook.page)
    notebook.page.locator(".course-dashboard button", has_text="Pause").wait_for()
    notebook.page.evaluate(NO_TIMERS)
    notebook.page.wait_for_timeout(1000 * (UNSEEN + 1))
    assert updates_in(notebook, 0.5) > 0, "it was saved, so a page shows it, if only in the background"
    notebook.shut_down()


@pytest.mark.slow
def test_a_second_tab_leaves_the_first_its_last_picture_and_a_kernel_that_ends_is_said(lab, browser):
    first = lab.open(browser.page(), "second.ipynb")
    train(first)
    first.page.locator(".course-dashboard select").last.select_option("1.1")
    first.settle(first.dashboards()[1])
    second = lab.open(browser.page(), "second.ipynb")
    second.run_all()
    first.page.locator(".course-still .course-off").nth(4).wait_for()
    stills = first.dashboards()
    assert [root.is_visible() for root in stills] == [True] * 5, "the three questions too"
    for root in stills:
        assert said(root).startswith("Replaced because the cell was run again.")
        assert root.locator(".course-controls").evaluate("part => part.inert")
    assert "Seen last:" in said(stills[0]) and "multiplied by 1.10" in said(stills[1])
    assert stills[1].locator("select").input_value() == "1.1"
    for root in stills[:2]:
        high = root.locator(".course-drawn > :is(img, svg)").first.bounding_box()["height"]
        assert high > 100, "the picture is there"
    assert second.dashboards()[0].get_by_role("button", name="Resume from update").is_visible()
    first.run_all()
    assert first.page.locator(".course-still").count() == 0
    assert not any(said(root).startswith("Taken over") for root in first.dashboards())
    assert [said for said in first.page.problems + second.page.problems if "Comm not found" not in said] == []

    os.kill(int(first.page.evaluate(RUN, "print(os.getpid())")), signal.SIGKILL)
    first.page.locator(".course-off").nth(4).wait_for()
    for root in first.dashboards():
        assert said(root).startswith("The kernel has ended: run the cell again.")
        assert root.locator(".course-controls").evaluate("part => part.inert")
    first.page.locator(".jp-Dialog button").first.click()
    first.wait_idle()
    first.run_all()
    assert first.page.locator(".course-off").count() == 0 and first.errors() == []
    second.page.close()
    first.shut_down()


@pytest.mark.slow
def test_in_notebook_7_too(lab, browser):
    page = browser.page()
    page.on("dialog", lambda dialog: dialog.accept())

    def open_and_run() -> None:
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(".course-dashboard").nth(4).wait_for()
        page.wait_for_function(f"() => !{RUNNING}")

    page.goto(lab.address("seven.ipynb").replace("/doc/tree/", "/notebooks/"))
    open_and_run()
    page.get_by_role("button", name="Train").click()
    page.wait_for_function("() => document.body.innerText.includes('(training')")
    page.reload()
    page.wait_for_timeout(1000 * (UNSEEN + 1))
    open_and_run()
    page.get_by_role("button", name="Resume from update").click()
    page.wait_for_function("() => document.body.innerText.includes('Resumed at')")
    page.close()
