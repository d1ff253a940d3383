"""Where nothing runs, a dashboard of a saved notebook is a picture, its sentence and its controls' values."""

import re

import nbformat
import pytest
from course import LESSONS, NOTEBOOKS, cells, name, some

from helpers.widgets.dashboard import VIEW

nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed: pip install jupyter")
WITH_VALUES = ("explore(", "stepper(", "laboratory(", "lecture_mode(")


def views(path) -> list[tuple[str, dict]]:
    """The cell and the output of every widget in a saved notebook."""
    return [(cell["source"], output["data"]) for cell in cells(path, "code") for output in cell["outputs"]
            if VIEW in output["data"]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_saved_dashboard_has_its_picture_its_sentence_and_its_values(path):
    for source, data in views(path):
        page, words = data.get("text/html", ""), data["text/plain"]
        last = source.strip().splitlines()[-1]
        if "fit(" in source or "progress(" in source:
            continue  # grows while the cell runs; what it found is below it, or in the cells after it
        assert re.search('class="course-(picture|passage|characters|question|lessons|words)"', page), last
        assert len(words.split()) > 5, last
        if any(maker in source for maker in WITH_VALUES):
            settings = re.search(r"\n\[(.+ = .+)\]$", words)
            assert settings, f"{last}: no values in {words[-80:]!r}"
            assert settings[1].split(",")[0] in page, last


@pytest.mark.parametrize("path", some(LESSONS, ("00", "02", "05", "12")))
def test_a_page_made_by_nbconvert_shows_them(path):
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.read(str(path), as_version=4))
    for _, data in views(path):
        for picture in re.findall(r'src="(data:image/png;base64,[^"]{200})', data.get("text/html", "")):
            assert picture in page
    assert 'application/vnd.jupyter.widget-view+json">' not in page, "scripts from afar would replace them"
