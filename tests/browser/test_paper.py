"""Around the pages of the site to read: captions, code that can be copied, solutions left out, and paper.

The dashboards of the first lesson are played here; of the other lessons their pictures are printed instead.
"""

import re

import build_site
import paper
import pytest
import site_tools
from course import LESSONS, name

PAGES = 15              # of a printed lesson at most
LONG = {"02": 18, "08": 17}     # of the longest


@pytest.fixture(scope="module")
def opened(site, browser):
    """Opens a page of the site by its path, as wide as A4 within its margins."""
    with build_site.serving(site) as address:
        def open_page(path: str):
            page = browser._browser.new_page(viewport={"width": 703, "height": 1032})
            page.goto(f"{address}/{path}.html")
            return page

        yield open_page


def test_a_question_gets_its_number_and_its_answer_and_an_exercise_its_solution():
    notebook = {"cells": [
        {"cell_type": "code", "source": "", "metadata": {}, "outputs": [{"data": {
            "text/html": '<div class="course-question"><p>Which?</p><details><p class="course-because">'
                         '<b>b is right.</b> So it is.</p></details></div>'}}]},
        {"cell_type": "markdown", "source": "### Exercise 1.2 ★ Title (5 minutes)\n\nDo it."},
        {"cell_type": "markdown",
         "source": "<details><summary>Solution</summary>\n\n$x$, as in 1.\n\n</details>"}]}
    paper.for_reading(notebook)
    assert 'data-number="1"><p>Which?' in notebook["cells"][0]["outputs"][0]["data"]["text/html"]
    listed, solved = (output["data"] for output in notebook["cells"][-1]["outputs"])
    assert "<li><b>b is right.</b> So it is.</li>" in listed["text/html"]
    assert solved["text/markdown"] == "**Exercise 1.2 ★ Title**\n\n$x$, as in 1."


def printed(page) -> bytes:
    """The page as a PDF, after what must hold on paper."""
    page.emulate_media(media="print")
    assert page.evaluate("""() => [...document.querySelectorAll('pre')]
        .filter(part => part.getClientRects().length && part.scrollWidth > part.clientWidth)
        .map(part => part.textContent)""") == []
    hidden = page.locator(".sidebar-drawer, .mobile-header, .toc-drawer, .content-icon-container, "
                          "button.copybtn, .course-because")
    assert hidden.locator("visible=true").count() == 0
    assert page.locator(".tag_course-answers").locator("visible=true").count() == 1
    return page.pdf(prefer_css_page_size=True)


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("path", [path if path.name[:2] in ("01", "07") else
                                  pytest.param(path, marks=pytest.mark.slow) for path in LESSONS], ids=name)
def test_a_lesson_is_printed_with_whole_lines_on_few_pages(path, opened):
    page = opened(f"notebooks/{name(path)}")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed(page)))
    assert pages <= LONG.get(path.name[:2], PAGES)
    page.close()


@pytest.mark.site
@pytest.mark.parametrize("missing", [pytest.param(False, marks=pytest.mark.slow), True],
                         ids=["switch", "no folder"])
def test_without_solutions_no_page_and_no_link_leads_to_one(missing, tmp_path, monkeypatch):
    if missing:     # the folder is looked for elsewhere
        monkeypatch.setattr(site_tools, "ROOT", tmp_path)
        asked = []
        monkeypatch.setattr(site_tools, "run", lambda *arguments, **_: asked.extend(arguments) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_site.read(tmp_path / "site", lessons=[])
        assert "without_solutions" in asked
        return
    build_site.read(tmp_path, lessons=[], solutions=False)
    assert not (tmp_path / "notebooks" / "solutions").exists()
    assert not any(tmp_path.glob("docs/inventory/*.html")) and not any(tmp_path.glob("docs/exam*/*.html"))
    for page in tmp_path.glob("*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'href="[^"]*(solutions|inventory|exam)/', text), page.name
        assert ">Worked solutions<" not in text, page.name
