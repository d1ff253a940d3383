"""No page and no lesson has a word that is known to be misspelt."""

import subprocess
import sys

from course import NOTEBOOKS, ROOT, cells, markdown

COLOURS = "vermillion"      # as the palette that the pictures use spells it
HOURS = ROOT / "docs" / "hours"         # with the cut-off words that networks make of a text


def test_no_word_of_a_page_or_a_lesson_is_misspelt():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "helpers").rglob("*.toml")]
    texts = [path.read_text("utf-8") for path in pages if HOURS not in path.parents]
    texts += [markdown(cell["source"]) for path in NOTEBOOKS for cell in cells(path, "markdown")]
    done = subprocess.run([sys.executable, "-m", "codespell_lib", "-L", COLOURS, "-"], input="\n".join(texts),
                          capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")
