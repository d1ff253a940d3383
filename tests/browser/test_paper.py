"""Around the pages of the site to read: captions, code that can be copied, solutions left out, and paper.

The dashboards of the first lesson are played here; of the other lessons their pictures are printed instead.
"""

import json
import re

import build_site
import lite_site
import paper
import pytest
import site_tools
import small_type
from course import LESSONS, NOTEBOOKS, ROOT, cells, name

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


def test_a_lesson_says_below_its_opening_that_here_its_code_does_not_run():
    notebook = {"cells": [{"cell_type": "markdown", "source": "# A lesson"},
                          {"cell_type": "code", "source": "1 + 1"}, {"cell_type": "code", "source": "2"}]}
    paper.say_that_it_is_read(notebook)
    said = notebook["cells"][1]
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "markdown", "code", "code"]
    assert "its code is only here to read" in said["source"]
    assert "(../docs/nothing_to_install.md)" in said["source"]


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_every_question_of_a_lesson_has_an_answer(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    paper.for_reading(notebook)
    shown = json.dumps(notebook["cells"][:-1])
    listed = notebook["cells"][-1]["outputs"][0]["data"]["text/html"]
    numbers = shown.count("data-number=")
    assert numbers == shown.count('class=\\"course-question') == listed.count("<li>") > 0
    assert len(paper.solutions(notebook)) == shown.count("<summary>Solution</summary>")


@pytest.mark.site
def test_each_picture_has_its_sentence_below_heard_once(site):
    for path in NOTEBOOKS:
        page = (site / path.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf-8")
        pictures = re.findall(r'<img [^>]*class="course-picture".*? alt="([^"]*)"[^>]*>(.{80})', page,
                              re.DOTALL)
        saved = sum('class="course-picture"' in output.get("data", {}).get("text/html", "")
                    for cell in cells(path, "code") for output in cell["outputs"])
        assert len(pictures) == saved or name(path).startswith("00"), path.name
        for sentence, after in pictures:
            below = f'<figcaption aria-hidden="true">{sentence}</figcaption>'
            assert sentence and (below.startswith(after) or after.startswith(below)), path.name


@pytest.mark.site
@pytest.mark.browser
def test_code_is_copied_as_it_stands_and_nothing_from_another_server_is_asked(opened):
    page = opened("notebooks/01_introduction_to_rnns")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert page.locator(".cell_input button.copybtn").count() > 20
    assert page.locator(".tag_course-answers").is_hidden()
    button = page.locator(".cell_input button.copybtn").locator("visible=true").first
    button.focus()
    button.press("Enter")
    copied = page.evaluate("navigator.clipboard.readText()")
    sources = ("".join(cell["source"]) for cell in cells(LESSONS[1], "code"))
    assert copied.strip() == next(source for source in sources if not (
        paper.only_shows(source) or paper.folded(source))).strip()
    elsewhere = page.evaluate("""() => performance.getEntriesByType('resource').map(e => e.name)
        .filter(url => !url.startsWith(location.origin) && !url.startsWith('data:'))""")
    assert elsewhere == []
    page.close()


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
@pytest.mark.browser
def test_a_dashboard_is_printed_as_three_states_with_their_sentences(opened):
    page = opened("notebooks/00_start_here")
    printed(page)
    first = page.locator(".course-play").first
    assert first.locator(".course-controls, .course-said").locator("visible=true").count() == 0
    figures = first.locator(".course-strip figure")
    assert all(words.strip() for words in first.locator(".course-strip figcaption").all_inner_texts())
    sizes = dict(small_type.on_paper(page))
    assert sizes and min(sizes.values()) >= 6.9, "points"
    page.emulate_media(media="print")
    boxes = [figure.bounding_box() for figure in figures.all()]
    assert len(boxes) == 3 and len({round(box["y"]) for box in boxes}) == 1
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


def test_the_site_that_runs_leaves_them_out_too(tmp_path):
    lite_site.copy_contents(tmp_path / "without", solutions=False)
    assert not (tmp_path / "without" / "notebooks" / "solutions").exists()
    for lesson in (tmp_path / "without" / "notebooks").glob("*.ipynb"):
        text = lesson.read_text(encoding="utf-8")
        assert "](solutions/" not in text and json.loads(text)["cells"]
