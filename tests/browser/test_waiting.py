"""Nothing drives on unseen, in a real browser: a page loaded anew, a second tab, a kernel that ends.

Needs Chromium or Chrome and the package playwright.
"""


import pytest
from course import ROOT
from lab import KERNEL

from helpers.widgets.visibility import UNSEEN

pytestmark = pytest.mark.browser

RUN = f"""async code => {{
    const request = {KERNEL}.requestExecute({{code}});
    let printed = '';
    request.onIOPub = message => {{ printed += message.content.text ?? message.content.evalue ?? '' }};
    await request.done;
    return printed;
}}"""
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
