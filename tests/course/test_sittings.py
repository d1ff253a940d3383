"""A stage written as the solutions have it is right in its own sitting, on another day."""

import pytest
from course import ROOT, cells

LESSON = "02_min_char_rnn.ipynb"


def code(folder: str, begins: str) -> str:
    """The code of the first cell below `folder` that begins so."""
    sources = [cell["source"] for cell in cells(ROOT / folder / LESSON, "code")]
    return next(source for source in sources if source.startswith(begins))


@pytest.mark.parametrize("stage", ["forward", "sample"])
def test_a_stage_of_lesson_02_needs_no_cell_of_an_earlier_sitting(stage, monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "notebooks")
    names = {}
    exec(code("notebooks", "import math"), names)
    exec(code("notebooks", "text = load_text(\"input\")\nvocabulary, hidden_size"), names)
    exec(code("notebooks/solutions", f"def {stage}("), names)
    assert names[f"check_{stage}"].result(names[stage]).right
