"""The bar of the site that runs: NumPy out of reach, dead controls, the version, fresh copies.

What reaches for Pyodide's server is stopped, or answered, by the test: with a network it is as without.
"""

import re

import build_site
import pytest

ELSEWHERE = re.compile(r"^https://")
FIRST = "notebooks/00_start_here.ipynb"


@pytest.fixture(scope="module")
def address(site):
    """Where the site that runs is served."""
    with build_site.serving(site) as address:
        yield f"{address}/lite"


def opened(address, browser, answer, place=f"lab/index.html?path={FIRST}"):
    """A page of the site, by default the first lesson; `answer` is given to requests to another server."""
    page = browser.page()
    page.route(ELSEWHERE, answer)
    page.goto(f"{address}/{place}")
    page.get_by_role("button", name="Fresh copies").and_(page.locator(":enabled")).wait_for(timeout=60_000)
    return page


@pytest.fixture(scope="module")
def cut_off(address, browser):
    """A page on a network that lets no other server through."""
    page = opened(address, browser, lambda route: route.abort())
    yield page
    page.close()


def run_cell(page, code=None, number=0):
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    if code:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    return cell


@pytest.mark.site
@pytest.mark.browser
def test_where_numpy_is_out_of_reach_the_page_and_the_cell_say_what_to_do(cut_off):
    alarm = cut_off.get_by_role("alert").and_(cut_off.locator(".course-alarm"))
    alarm.get_by_text("cdn.jsdelivr.net").wait_for()
    assert "Reload the page" in alarm.inner_text() and "can be read" in alarm.inner_text()
    cut_off.get_by_text("Python (Pyodide) | Idle").wait_for(timeout=90_000)
    said = run_cell(cut_off, number=1).locator(".jp-OutputArea-output")
    said.get_by_text("NumPy did not load").wait_for(timeout=90_000)
    assert "Reload the page" in said.inner_text()
    assert "Traceback" not in said.inner_text() and "ModuleNotFoundError" not in said.inner_text()


# Three notebooks saved in this browser: of 01 the results were changed, of 02 and 03 a cell.
SAVED = """async () => {
    const contents = jupyterapp.serviceManager.contents;
    const change = async (name, how) => {
        const model = await contents.get(`notebooks/${name}.ipynb`, {content: true});
        how(model.content.cells);
        await contents.save(model.path, model);
    };
    const mine = cells => { cells[0].source = 'my own words' };
    await change('01_introduction_to_rnns', cells => cells.forEach(c => { if (c.outputs) c.outputs = [] }));
    await change('02_min_char_rnn', mine);
    await change('03_backpropagation_through_time', mine);
}"""
FIRST_CELLS = """async () => {
    const contents = jupyterapp.serviceManager.contents, found = {};
    for (const {path} of (await contents.get('notebooks', {content: true})).content)
        if (/0[23]_.*ipynb$/.test(path))
            found[path] = (await contents.get(path, {content: true})).content.cells[0].source;
    return found;
}"""


@pytest.mark.site
@pytest.mark.browser
def test_fresh_copies_take_the_place_of_those_chosen_and_the_readers_are_kept(address, browser):
    page = opened(address, browser, lambda route: route.abort(), "lab/index.html")    # no kernel
    before = page.evaluate(FIRST_CELLS)
    page.evaluate(SAVED)
    for kept in (1, 2):         # twice in the same minute, perhaps: the second has a name of its own
        page.get_by_role("button", name="Fresh copies").click()
        dialog = page.get_by_role("dialog", name="Fresh copies")
        dialog.get_by_label("02_min_char_rnn").wait_for()
        assert re.findall(r"\d\d_\w+", dialog.inner_text()) == [
            "02_min_char_rnn", "03_backpropagation_through_time"]
        dialog.get_by_label("03_backpropagation").uncheck()
        dialog.get_by_role("button", name="Put the site's").click()
        dialog.get_by_text("Yours is now").wait_for()
        assert page.get_by_role("button", name="Fresh copies (1)").count() == 1
        dialog.get_by_role("button", name="Close").click()
        after = page.evaluate(FIRST_CELLS)
        mine = [path for path in after if "02_min_char_rnn.mine-" in path]
        assert len(mine) == kept and {after[path] for path in mine} == {"my own words"}
        assert after["notebooks/02_min_char_rnn.ipynb"] == before["notebooks/02_min_char_rnn.ipynb"]
        assert after["notebooks/03_backpropagation_through_time.ipynb"] == "my own words"
        page.evaluate(SAVED)
    page.close()
