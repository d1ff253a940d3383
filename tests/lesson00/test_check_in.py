"""The check-in of lesson 00: ready, or what is missing and what to do."""

import re
import sys
import tomllib

import numpy as np
import pytest
from course import LESSONS, ROOT, cells

from helpers import __version__
from helpers.lessons.lesson00 import check_in
from helpers.networks import CELLS, CharModel
from helpers.runs import Progress

module = sys.modules["helpers.lessons.lesson00.check_in"]       # the function has its name


def test_a_computer_that_runs_the_tests_is_ready_and_names_its_versions(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_COURSE", str(tmp_path / "my_course.jsonl"))
    first, _, *rest = check_in().split("\n")
    assert first.startswith("Ready:")
    assert f"numpy {np.__version__}" in rest
    assert rest[0] == f"the course {__version__}" and rest[1].startswith("Python 3.")
    assert not (tmp_path / "my_course.jsonl").exists(), "a check-in keeps nothing"


@pytest.mark.parametrize(("name", "said", "told"), [
    ("numpy", "1.26.4", "numpy 1.26.4 is too old. Version 2.0 or newer"),
    ("ipywidgets", "", "ipywidgets is missing. Version 7.7.1 or newer"),
    ("ipykernel", "7.2.0", "ipykernel 7.2.0 hangs"),
])
def test_a_package_that_does_not_fit_is_named_with_what_to_do(name, said, told, monkeypatch):
    known = module._version
    monkeypatch.setattr(module, "_version", lambda one: said if one == name else known(one))
    first = check_in().split("\n")[0]
    assert first.startswith(f"Not yet: {told}") and "README" in first


def test_a_kernel_that_does_not_hang_is_ready(monkeypatch):
    known = module._version
    for kernel in ("6.29.5", "7.4.0", ""):
        monkeypatch.setattr(module, "_version",
                            lambda one, kernel=kernel: kernel if one == "ipykernel" else known(one))
        assert check_in().startswith("Ready:"), kernel


def test_what_fails_is_told_and_not_raised(monkeypatch):
    def no_texts(name):
        raise ValueError("no such text")

    def no_picture():
        raise RuntimeError("no font")

    monkeypatch.setattr(module, "load_text", no_texts)
    monkeypatch.setattr(module, "fading_memory", no_picture)
    first = check_in().split("\n")[0]
    assert "“texts” failed (ValueError: no such text)" in first
    assert "Then: the test “drawing” failed (RuntimeError: no font)" in first


def test_a_wrong_product_is_noticed(monkeypatch):
    monkeypatch.setattr(module, "gradient_check", lambda *_: {"W_hh": 0.3, "b_h": 1e-9})
    assert "NumPy gives wrong results" in check_in()


def test_where_nothing_can_be_written_that_is_said_and_all_else_is_ready(monkeypatch, tmp_path):
    monkeypatch.setenv("MY_COURSE", str(tmp_path / "no" / "folder" / "my_course.jsonl"))
    assert not Progress().path.parent.exists()
    first, note, *_ = check_in().split("\n")
    assert first.startswith("Ready:") and note.startswith("Your answers cannot be saved")


def test_it_asks_for_what_the_course_asks_for():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    asked = {name: tuple(map(int, least.split("."))) for name, least in (one.split(">=") for one in needed)}
    assert asked == module.OLDEST
    kernel = re.search(r"^ipykernel.*", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)[0]
    left_out = [tuple(map(int, pair)) for pair in re.findall(r"!=(\d+)\.(\d+)\.", kernel)]
    assert left_out == [(7, minor) for minor in range(module.HANG[0][1], module.HANG[1][1])]


def test_the_shapes_in_the_table_of_symbols_are_those_of_the_networks_and_fit_together():
    (table,) = (cell["source"] for cell in cells(LESSONS[0], "markdown") if "| symbol |" in cell["source"])
    rows = (row.split("|")[2:4] for row in table.splitlines() if row.startswith("| "))
    sizes = {"B": 2, "D": 3, "H": 4, "V": 5}
    shape = {name: eval(said, sizes) for names, shapes in rows if "(" in shapes for name, said in zip(
        re.findall(r"`([\w\[\]]+)`", names), re.findall(r"\([^)]*\)", shapes), strict=True)}
    model = CharModel(CELLS["RNN"](5, 4), np.random.default_rng(0))
    for name, array in model.params.items():
        assert shape[name] == (array.shape if name != "W_xh" else (3, 4)), name     # D is V for characters
    x, h = (np.ones(shape[name]) for name in ("x[t]", "h[t]"))
    a = x @ np.ones(shape["W_xh"]) + h @ np.ones(shape["W_hh"]) + np.ones(shape["b_h"])
    y = h @ np.ones(shape["W_hy"]) + np.ones(shape["b_y"])
    assert {shape[name] for name in ("a[t]", "h[t]", "c[t]", "dh")} == {a.shape}
    assert {shape[name] for name in ("y[t]", "p[t]")} == {y.shape}
