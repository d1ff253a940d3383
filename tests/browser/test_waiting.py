"""Nothing drives on unseen: what trains waits while no page shows it, and is taken up when one does."""

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
    "from helpers.widgets import laboratory",
    "lab = laboratory(updates=10**7, hidden_size=20)\nlab",
)
# What browsers do to a tab in the background: a timer goes off once a minute, and nothing is painted.
NO_TIMERS = """() => {
    for (const name of ['setTimeout', 'setInterval']) {
        const real = window[name];
        window[name] = (what, wait = 0, ...given) => real(what, Math.max(60_000, wait), ...given);
    }
    window.requestAnimationFrame = () => 0;
}"""


def updates(notebook) -> int:
    return int(notebook.page.evaluate(RUN, "print(lab.training.updates)"))


def updates_in(notebook, seconds: float) -> int:
    """How many are made in so long a time."""
    before = updates(notebook)
    notebook.page.wait_for_timeout(1000 * seconds)
    return updates(notebook) - before


@pytest.mark.slow
def test_without_a_page_a_run_waits_and_is_taken_up_and_one_in_the_background_counts(lab, browser):
    """A quarter of a minute, most of it the time after which nobody is thought to look on."""
    lab.write("reload.ipynb", CELLS)
    notebook = lab.open(browser.page(), "reload.ipynb")
    page = notebook.page
    page.on("dialog", lambda dialog: dialog.accept())
    notebook.run_all()
    notebook.dashboards()[0].get_by_role("button", name="Train").click()
    page.get_by_text("(training").first.wait_for()
    page.reload()
    lab.ready(page)
    assert notebook.dashboards() == [], "it was not saved"
    page.wait_for_timeout(1000 * (UNSEEN + 1))
    stands = updates(notebook)
    assert updates_in(notebook, 1) == 0, "nobody sees it"
    notebook.run_all()
    notebook.dashboards()[0].get_by_role("button", name=f"Resume from update {stands:,}").click()
    page.get_by_text("Resumed at").first.wait_for()
    assert updates(notebook) >= stands and updates_in(notebook, 0.5) > 0
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    lab.ready(page)
    page.locator(".course-dashboard button", has_text="Pause").wait_for()
    page.evaluate(NO_TIMERS)
    page.wait_for_timeout(1000 * (UNSEEN + 1))
    assert updates_in(notebook, 0.5) > 0, "it was saved, so a page shows it, if only in the background"
    notebook.shut_down()
