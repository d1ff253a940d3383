"""The bar of the site that runs: NumPy out of reach, dead controls, the version, fresh copies.

What reaches for Pyodide's server is stopped, or answered, by the test: with a network it is as without.
"""

import re

import build_site
import lite_site
import pytest
import site_tools

from helpers import __version__ as VERSION

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


@pytest.mark.site
@pytest.mark.browser
def test_controls_without_a_kernel_are_grey_and_say_so(cut_off):
    """Before a cell is run there are none: a saved dashboard is its picture."""
    assert cut_off.locator(".jupyter-widgets").count() == 0
    cell = run_cell(cut_off, "import ipywidgets\nipywidgets.VBox([ipywidgets.IntSlider()])")
    slider = cell.locator(".widget-hslider")
    slider.wait_for(timeout=60_000)
    shown = """slider => {
        let opacity = 1;
        for (let e = slider; e; e = e.parentElement) opacity *= getComputedStyle(e).opacity;
        return [opacity, getComputedStyle(slider.parentElement, '::after').content];
    }"""
    opacity, words = slider.evaluate(shown)
    assert opacity == 1 and "Run the cell again" not in words
    cut_off.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    cell.locator(".widget-vbox.jupyter-widgets-disconnected").wait_for(timeout=60_000)
    opacity, words = slider.evaluate(shown)
    assert 0.3 < opacity < 0.6 and "Run the cell again" in words


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_where_it_answers_the_bar_says_the_version_and_lies_above_jupyter(address, browser, app):
    asked = []

    def answer(route):
        asked.append(route.request.url.rpartition("/")[2])
        route.fulfill(status=200, body="", headers={"Access-Control-Allow-Origin": "*"})

    page = opened(address, browser, answer, f"{app}/index.html?path={FIRST}")
    bar = page.locator(".course-bar")
    assert f"version {VERSION}" in bar.inner_text() and page.locator(".course-alarm").inner_text() == ""
    assert [name.partition("-")[0] for name in asked] == ["numpy"], "asked once, for what every lesson needs"
    above, below = bar.bounding_box(), page.locator("#main").bounding_box()
    assert 0 <= below["y"] - above["height"] < 1 < above["height"]
    assert below["y"] + below["height"] == page.viewport_size["height"]
    page.close()


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


@pytest.mark.parametrize(("file", "probe"), [("numpy-2.whl", False), ("https://x.org/n.whl?a&b", True)])
@pytest.mark.parametrize("routes", [False, True])
def test_the_bar_asks_only_for_what_is_elsewhere_and_links_to_what_is_there(tmp_path, file, probe, routes):
    for app in lite_site.APPS:
        (tmp_path / "lite" / app).mkdir(parents=True)
        (tmp_path / "lite" / app / "index.html").write_text("<head></head><body></body>")
    if routes:
        (tmp_path / lite_site.ROUTES).parent.mkdir()
        (tmp_path / lite_site.ROUTES).touch()
    lite_site.add_bar(tmp_path / "lite", {"packages": {"numpy": {"file_name": file}}})
    for app in lite_site.APPS:
        page = (tmp_path / "lite" / app / "index.html").read_text()
        assert ("data-probe=" in page, "data-routes=" in page) == (probe, routes)
        assert not probe or 'data-probe="https://x.org/n.whl?a&amp;b"' in page
    assert (tmp_path / "lite" / "course" / "bar.js").exists()


def test_a_page_without_a_head_is_a_problem_said_in_one_sentence(tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "index.html").write_text("<body></body>")
    with pytest.raises(site_tools.Problem, match="has no head"):
        lite_site.add_bar(tmp_path, {"packages": {"numpy": {"file_name": "numpy.whl"}}})


def test_the_version_is_that_of_the_project_and_the_same_each_time():
    assert lite_site.course_version() == lite_site.course_version()
    assert re.fullmatch(re.escape(VERSION) + r"(, [0-9a-f]+\+?)?", lite_site.course_version())
