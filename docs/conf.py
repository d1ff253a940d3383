"""How Sphinx makes the course a site to read. Called by scripts/site/build_site.py, from the repository's
root."""

import json
import sys
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "site"))
import moving  # noqa: E402
import paper  # noqa: E402
import play  # noqa: E402

ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["course"]["address"]
LONG = 60           # letters of TeX, in an equation that stands by itself

project = "Recurrent neural networks, taken apart"
html_title = project
author = copyright = ""
language = "en"
root_doc = "docs/index"
include_patterns = ["docs/**.md", "notebooks/**.ipynb"]
with_solutions = not tags.has("without_solutions")  # noqa: F821
exclude_patterns = [] if with_solutions else [
    "notebooks/solutions", "docs/exam", "docs/exam_questions.md", "docs/inventory"]
extensions = ["myst_nb", "sphinx_copybutton"]
nitpicky = True
suppress_warnings = [
    "mystnb.unknown_mime_type",     # the live view of a control: its picture is shown
    "myst.header",                  # solutions have a title and then exercises, a level deeper
]

# The notebooks are shown as they were saved; nothing runs. A dashboard is its picture.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["dollarmath", "amsmath", "substitution"]
myst_heading_anchors = 4
myst_substitutions = {"address": ADDRESS or "https://ADDRESS-OF-THE-REPOSITORY"}

# Code can be copied, without the prompts of a terminal; what it printed has no button.
copybutton_selector = "div.highlight pre"
copybutton_exclude = ".linenos, .gp, .go"

# MathJax comes from the site itself: scripts/site/build_site.py puts it there.
mathjax_path = "mathjax/tex-mml-chtml.js"
mathjax3_config = {"tex": {"inlineMath": [["$", "$"], ["\\(", "\\)"]]}}      # as in a notebook's questions

html_theme = "sphinx_book_theme"
html_static_path = ["site.css", "../build/read/static"]
html_css_files = ["site.css", "player.css"]
html_js_files = ["player.js"]
html_copy_source = True
html_show_copyright = html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "use_download_button": True, "use_fullscreen_button": False, "show_toc_level": 2,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light", "pygments_dark_style": "a11y-high-contrast-dark",
}
if ADDRESS:
    html_theme_options |= {
        "repository_url": ADDRESS, "use_repository_button": True, "repository_branch": "main",
        "launch_buttons": {"binderhub_url": "https://mybinder.org",
                           "colab_url": "https://colab.research.google.com"},
    }


def offer_to_run(app: Sphinx, page: str, template: str, context: dict, doctree) -> None:
    """Where the site that runs in the browser stands beside this one, give each lesson a button to it."""
    if app.tags.has("lite") and page.startswith("notebooks/"):
        context["header_buttons"].append({
            "type": "link", "icon": "fas fa-play", "label": "run", "text": "Run",
            "tooltip": "Run this lesson in your browser: nothing to install",
            "url": context["pathto"](f"lite/lab/index.html?path={page}.ipynb", resource=True),
        })


def prepare(app: Sphinx, page: str, source: list[str]) -> None:
    """Give a page what it has besides its source. The dashboards of a lesson move, where build_site.py says
    so by a tag with its number."""
    if not with_solutions:
        source[0] = paper.without_solutions(source[0])
    if not page.startswith("notebooks/"):
        return
    notebook = json.loads(source[0])
    number = page.removeprefix("notebooks/")[:2]
    if app.tags.has(f"moves{number}"):
        moving.moving(notebook, play.kept(play.PLAYED / number))
    paper.for_reading(notebook)
    if number.isdecimal():      # a lesson, not a solution
        paper.say_that_it_is_read(notebook)
    source[0] = json.dumps(notebook)


def widen(app: Sphinx, doctree: nodes.document) -> None:
    """Mark long equations: a column of the print has no room for them."""
    for equation in list(doctree.findall(nodes.math_block)):
        if len(equation.astext()) > LONG:
            wide = nodes.container(classes=["course-wide"])
            equation.replace_self(wide)
            wide += equation


def setup(app: Sphinx) -> None:
    app.connect("source-read", prepare)
    app.connect("doctree-read", widen)
    app.connect("html-page-context", offer_to_run, priority=900)
