"""Where nothing runs, a dashboard of a saved notebook is a picture, its sentence and its controls' values."""

import re

import pytest
from course import NOTEBOOKS, cells, name

from helpers.widgets.dashboard import VIEW

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
