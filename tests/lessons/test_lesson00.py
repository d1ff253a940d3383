"""The check-in of lesson 00: ready, or what is missing and what to do."""

import numpy as np
import pytest

from helpers import __version__
from helpers.lessons.lesson00 import check_in
from helpers.lessons.lesson00 import experiments as module
from helpers.runs import Progress


def test_a_computer_that_runs_the_tests_is_ready_and_names_its_versions(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_COURSE", str(tmp_path / "my_course.jsonl"))
    first, _, *rest = check_in().split("\n")
    assert first.startswith("Ready:")
    assert f"numpy {np.__version__}" in rest
    assert rest[0] == f"the course {__version__}" and rest[1].startswith("Python 3.")
    assert not (tmp_path / "my_course.jsonl").exists(), "a check-in keeps nothing"


@pytest.mark.parametrize(("name", "said", "told"), [
    ("numpy", "1.26.4", "Not yet: numpy 1.26.4 is too old. Version 2.0 or newer"),
    ("ipywidgets", "", "Not yet: ipywidgets is missing. Version 7.7.1 or newer"),
    ("ipykernel", "7.2.0", "Not yet: ipykernel 7.2.0 hangs"),
    ("ipykernel", "7.4.0", "Ready:"),
    ("ipykernel", "", "Ready:"),
])
def test_a_package_that_does_not_fit_is_named_with_what_to_do(name, said, told, monkeypatch):
    known = module._version
    monkeypatch.setattr(module, "_version", lambda one: said if one == name else known(one))
    first = check_in().split("\n")[0]
    assert first.startswith(told) and ("README" in first) == told.startswith("Not yet")


def test_what_fails_is_told_and_not_raised(monkeypatch):
    def no_texts(name):
        raise ValueError("no such text")

    def no_picture():
        raise RuntimeError("no font")

    monkeypatch.setattr(module, "load_text", no_texts)
    monkeypatch.setattr(module, "fading_memory", no_picture)
    monkeypatch.setattr(module, "gradient_check", lambda *_: {"W_hh": 0.3, "b_h": 1e-9})
    first = check_in().split("\n")[0]
    assert "“texts” failed (ValueError: no such text)" in first
    assert "Then: the test “drawing” failed (RuntimeError: no font)" in first
    assert "NumPy gives wrong results" in first


def test_where_nothing_can_be_written_that_is_said_and_all_else_is_ready(monkeypatch, tmp_path):
    monkeypatch.setenv("MY_COURSE", str(tmp_path / "no" / "folder" / "my_course.jsonl"))
    assert not Progress().path.parent.exists()
    first, note, *_ = check_in().split("\n")
    assert first.startswith("Ready:") and note.startswith("Your answers cannot be saved")
