"""How Sphinx makes the course a site to read. Called by scripts/site/build_site.py, from the repository's
root."""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["course"]["address"]

project = "Recurrent neural networks, taken apart"
html_title = project
author = copyright = ""
language = "en"
root_doc = "docs/index"
include_patterns = ["docs/**.md", "notebooks/**.ipynb"]
extensions = ["myst_nb"]
nitpicky = True
suppress_warnings = [
    "mystnb.unknown_mime_type",     # the live view of a control: its picture is shown
    "myst.header",                  # solutions have a title and then exercises, a level deeper
]

# The notebooks are shown as they were saved; nothing runs. A dashboard is its picture.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["dollarmath", "amsmath", "substitution"]
myst_heading_anchors = 4
myst_substitutions = {"address": ADDRESS or "https://ADDRESS-OF-THE-REPOSITORY"}

# MathJax comes from the site itself: scripts/site/build_site.py puts it there.
mathjax_path = "mathjax/tex-mml-chtml.js"

html_theme = "sphinx_book_theme"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
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


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", offer_to_run, priority=900)
