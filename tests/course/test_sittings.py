"""On another day: a stage written as the solutions have it is right in its own sitting, and exercises run."""

from importlib import import_module

import pytest
from course import LESSONS, ROOT, cells, name

LESSON = "02_min_char_rnn.ipynb"
BRING_ALL = [path for path in LESSONS if path.name[:2] in ("02", "03", "07")]


def code(folder: str, words: str) -> str:
    """The code of the first cell below `folder` in which these words stand."""
    sources = [cell["source"] for cell in cells(ROOT / folder / LESSON, "code")]
    return next(source for source in sources if words in source)


def last_import_above(call: str) -> str:
    """The code of the cell with which the part of a stage begins, given that of its check."""
    sources = [cell["source"] for cell in cells(ROOT / "notebooks" / LESSON, "code")]
    return [one for one in sources[: sources.index(call)] if "from helpers.lessons" in one][-1]


@pytest.mark.parametrize("stage", ["forward", "score_gradient", "gradient_error", "adagrad", "sample"])
def test_a_stage_of_lesson_02_needs_one_cell_of_its_part(stage, monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "notebooks")
    names = {}
    call = code("notebooks", f"check_{stage}(")
    exec(last_import_above(call), names)
    exec(code("notebooks/solutions", f"def {stage}("), names)
    assert eval(call.partition("(")[0], names).result(names[stage]).right


@pytest.mark.parametrize("path", BRING_ALL, ids=name)
def test_the_exercises_need_no_cell_above_them(path, monkeypatch, capsys):
    """Where some need more than imports, the first cell under their heading brings it."""
    monkeypatch.chdir(ROOT / "notebooks")
    sources = [cell["source"] for cell in cells(path) if not cell["source"].startswith(("<details>", "### "))]
    start = next(n for n, source in enumerate(sources) if source.startswith("## Exercises"))
    end = next(n for n, source in enumerate(sources) if n > start and source.startswith("## "))
    names = {"__name__": "__main__"}
    for source in sources[start + 1 : end]:
        exec(source, names)
    if "train_briefly" in names:        # of 2.3, which its starter only defines
        assert names["train_briefly"](names["Adagrad"](0.1), updates=2) > 0
    for word, check in vars(import_module(f"helpers.lessons.lesson{path.name[:2]}")).items():
        if word.startswith("check_"):
            check.tries.clear()
