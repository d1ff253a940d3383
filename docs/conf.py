"""How Sphinx makes the course a site to read. Called by scripts/site/build_site.py, from the repository's
root."""

import html
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
FRONT = json.loads((ROOT / "build" / "read" / "front.json").read_text(encoding="utf-8"))    # by build_site.py
ABOUT = "Lessons that take recurrent neural networks apart, from the first loop to the LSTM and attention."
# Pages below others in the list of all pages.
CHILDREN = {"docs/instructor_guide": "hours/*", "docs/teaching": "teaching_questions",
            "docs/hosting": "routes/*", "docs/exam_questions": "exam/*", "docs/inventory/README": "form\nkey"}
LONG = 60           # letters of TeX, in an equation that stands by itself

project = "Recurrent neural networks, taken apart"
html_title = project
author = copyright = ""
language = "en"
root_doc = "docs/index"
only = [tag.removeprefix("only") for tag in tags if tag.startswith("only")]  # noqa: F821
include_patterns = ([f"notebooks/{number}_*.ipynb" for number in only] + ["docs/index.md", "docs/glossary.md"]
                    if only else ["docs/**.md", "notebooks/**.ipynb"])
with_solutions = not tags.has("without_solutions")  # noqa: F821
exclude_patterns = [] if with_solutions else [
    "notebooks/solutions", "docs/solutions.md", "docs/exam", "docs/exam_questions.md", "docs/inventory"]
extensions = ["myst_nb", "sphinx_copybutton"]
nitpicky = not only
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

mathjax3_config = {}            # equations are set when the pages are made, by scripts/site/equations.py

html_theme = "furo"
templates_path = ["templates"]
html_static_path = ["site.css", "print.css", "../build/read/static"]
html_css_files = ["site.css", "player.css", ("print.css", {"media": "print"})]
html_js_files = [("player.js", {"defer": "defer"})]
html_copy_source = True
html_show_sourcelink = False
html_sourcelink_suffix = ""
html_show_copyright = html_show_sphinx = False
html_last_updated_fmt = None
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def describe(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document) -> None:
    """Say of a page what search engines and previews of links show, and of a lesson where it can be run."""
    words, picture = FRONT["previews"].get(page, (ABOUT, "cover.png"))
    told = {"description": words, "og:title": context.get("title", project), "og:description": words,
            "og:type": "article", "twitter:card": "summary_large_image",
            "og:image": context["pathto"](f"_static/previews/{picture}", resource=True)}
    tags = (f'<meta {"property" if name[:3] == "og:" else "name"}="{name}" content="{html.escape(value)}">\n'
            for name, value in told.items())
    context["metatags"] = context.get("metatags", "") + "".join(tags)
    if 'class="course-learner' in context.get("body", ""):
        app.add_js_file("learner.js", loading_method="defer", priority=900)     # after player.js
        app.add_css_file("learner.css", priority=900)
    if not page.startswith("notebooks/"):
        return
    place = f"{page}.ipynb"
    ways = [("Download the notebook", context["pathto"](f"_sources/{place}", resource=True))]
    if app.tags.has("lite"):
        run = context["pathto"](f"lite/lab/index.html?path={place}", resource=True)
        ways.insert(0, ("Run in this browser", run))
    if ADDRESS:
        owner = ADDRESS.partition("://")[2].partition("/")[2]
        ways += [("Colab", f"https://colab.research.google.com/github/{owner}/blob/main/{place}"),
                 ("Binder", f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{place}"),
                 ("Source", f"{ADDRESS}/blob/main/{place}")]
    context["ways"] = ways


def prepare(app: Sphinx, page: str, source: list[str]) -> None:
    """Give a page what it has besides its source. The dashboards of a lesson move, where build_site.py says
    so by a tag with its number."""
    if not with_solutions:
        source[0] = paper.without_solutions(source[0])
    if page == root_doc:
        for part in ("board", "cards"):
            raw = f"```{{raw}} html\n{FRONT[part]}\n```" if FRONT[part] else ""
            source[0] = source[0].replace(f"<!-- {part} -->", raw)
    if page in CHILDREN:
        source[0] += f"\n```{{toctree}}\n:glob:\n:hidden:\n\n{CHILDREN[page]}\n```\n"
    if not page.startswith("notebooks/"):
        source[0] = paper.with_anchors(source[0])
        return
    notebook = json.loads(source[0])
    number = page.removeprefix("notebooks/")[:2]
    if app.tags.has(f"moves{number}"):
        moving.moving(notebook, play.load_played(play.PLAYED / number))
        moving.learning(notebook, **FRONT["learners"][number])
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
    app.connect("html-page-context", describe)
