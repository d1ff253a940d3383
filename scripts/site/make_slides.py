"""Make the deck of a lesson: slides in a browser, without a network.

    python scripts/site/make_slides.py 02        # then open _site/slides/02_min_char_rnn.slides.html
    python scripts/site/make_slides.py 01 02 07

The slides are the notebook's cells and saved outputs by their slide tags; what a slide can't hold goes on
the next one, below it. S shows the notes, F fills the screen, O gives the overview.
"""

import argparse
import shutil
import sys
from pathlib import Path

import site_tools

DECKS = site_tools.ROOT / "_site" / "slides"


def lesson(number: str) -> Path:
    """The notebook of the lesson with this number, for example 02. Raises ValueError for another."""
    found = sorted((site_tools.ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    if len(found) != 1:
        raise ValueError(f"no lesson has the number {number!r}: give two digits, for example 02")
    return found[0]


def make(notebook: Path, decks: Path = DECKS) -> Path:
    """Make the deck of `notebook` in the folder `decks`, with reveal.js and MathJax beside it; its file."""
    reveal = decks / "reveal.js"
    if not reveal.exists():
        shutil.copytree(site_tools.npm_package("reveal.js") / "dist", reveal / "dist",
                        ignore=shutil.ignore_patterns("*.mjs", "*.d.ts"))
    site_tools.copy_mathjax(decks / "mathjax")
    site_tools.run("nbconvert", "--to", "slides", notebook, "--output-dir", decks, "--template", "slides",
                   f"--TemplateExporter.extra_template_basedirs={site_tools.ROOT / 'docs'}",
                   "--SlidesExporter.reveal_url_prefix=reveal.js", "--SlidesExporter.reveal_theme=white",
                   "--SlidesExporter.embed_images=True")
    return decks / f"{notebook.stem}.slides.html"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="+", metavar="NN", help="the number of a lesson")
    try:
        for number in parser.parse_args().numbers:
            print(make(lesson(number)))
    except (ValueError, site_tools.Problem) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
