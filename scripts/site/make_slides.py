"""Make the deck of a lesson: slides in a browser, in one file that needs nothing beside it.

    python scripts/site/make_slides.py 02        # then open _site/slides/02_min_char_rnn.slides.html
    python scripts/site/make_slides.py           # the decks of all lessons

The arrow keys go from step to step, S shows the notes, F fills the screen, O gives the overview.
"""

import argparse
import html
import re
import sys
from pathlib import Path

import equations
import guide
import nbformat
import play
import site_tools
import slides
from nbconvert import SlidesExporter
from pygments.formatters import HtmlFormatter

DECKS = site_tools.ROOT / "_site" / "slides"
SOURCES = site_tools.ROOT / "docs" / "slides"


def with_equations(page: str) -> str:
    """A page with its marked equations set by MathJax, as outlines of glyphs, so that it needs no fonts."""
    mark = re.compile(r'<i class="tex"(?: data-display="(yes)")? data-tex="([^"]*)"></i>([.,;:?)]*)')
    wanted = [(html.unescape(tex), bool(display)) for display, tex, _ in mark.findall(page)]
    made, glyphs = equations.setting(wanted)
    each = iter(made)

    def whole(found: re.Match) -> str:      # no line begins with the comma after an equation
        return f'<span class="joint">{next(each)}{found[3]}</span>' if found[3] else next(each)

    return mark.sub(whole, page).replace("<!-- glyphs -->", glyphs)


def text(path: Path) -> str:
    """What a file says; a script so that nothing in it looks like its end."""
    return path.read_text(encoding="utf-8").replace("</script", r"<\/script")


def make(notebook: Path, decks: Path = DECKS, most: int | None = None) -> Path:
    """Make the deck of `notebook` in the folder `decks`, as `play.lectured` gives the lesson; its file."""
    number, reveal = notebook.name[:2], site_tools.npm_package("reveal.js") / "dist"
    lesson = play.lectured(number, most)
    deck, nb = slides.Deck(notebook.parent, lesson), nbformat.read(notebook, as_version=4)
    deck.lay(nb.cells)
    for slide, lines in zip(deck.slides, guide.notes(deck.slides, guide.rows(number)), strict=True):
        of_dashboard = re.findall(r'<p class="course-note">(.+?)</p>', "".join(slide.parts))
        slide.notes = "".join(map(deck.renderer.page, [*lines, *of_dashboard]))
    nb.cells = deck.cells()
    exporter = SlidesExporter(template_name="slides", extra_template_basedirs=[str(SOURCES.parent)])
    page, _ = exporter.from_notebook_node(nb, {"deck": {
        "title": re.sub("<[^>]+>", "", deck.slides[0].title),
        "files": dict(file for dashboard in lesson.dashboards for file in dashboard.files.items()),
        "styles": [text(reveal / "reveal.css"), play.style(),
                   HtmlFormatter(cssclass="code").get_style_defs(), text(SOURCES / "deck.css")],
        "scripts": [text(reveal / "reveal.js"), text(reveal / "plugin" / "notes.js"), play.script(),
                    text(SOURCES / "deck.js")]}})
    decks.mkdir(parents=True, exist_ok=True)
    file = decks / f"{notebook.stem}.slides.html"
    file.write_text(with_equations(page), encoding="utf-8")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="the number of a lesson; without one, all")
    try:
        for number in parser.parse_args().numbers or play.lessons():
            file = make(play.notebook(number))
            print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    except site_tools.Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
