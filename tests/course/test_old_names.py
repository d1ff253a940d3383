"""Who asks for a name of version 1.0 reads what it is called now; nothing else notices the table."""

import doctest
import inspect
import pickle
from importlib import import_module

import pytest
from kernels import Kernel

from helpers import old_names
from helpers.old_names import OLD

SAID = ("`{}` is now `{}`, and this copy of the lesson is from version 1.0. To go on with it, run `from "
        "helpers.old_names import accept; accept()` in a new cell, and then this cell again.")
PACKAGES = [pytest.param(package, marks=[pytest.mark.torch] * package.endswith("pytorch")) for package in OLD]


@pytest.mark.parametrize("package", PACKAGES)
def test_each_new_name_is_there_and_each_old_one_is_not(package):
    names = vars(import_module(package))
    assert {new for new in OLD[package].values() if new not in names} == set()
    assert OLD[package].keys() & names.keys() == set()


@pytest.fixture(params=PACKAGES)
def package(request, monkeypatch):
    """A package in which something was once called `gone`, and is called as the package itself now."""
    monkeypatch.setitem(OLD[request.param], "gone", "__name__")
    return request.param


def test_an_old_name_is_explained_and_another_that_is_not_there_is_not(package):
    with pytest.raises(ImportError) as imported:
        exec(f"from {package} import gone")
    with pytest.raises(AttributeError) as used:
        exec(f"import {package} as lesson\nlesson.gone")
    for error in (imported.value, used.value):
        assert str(error) == SAID.format("gone", "__name__") == "\n".join(error._render_traceback_())
    with pytest.raises(ImportError, match="cannot import name 'never'"):
        exec(f"from {package} import never")
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'never'"):
        exec(f"import {package} as lesson\nlesson.never")


def test_who_only_looks_around_finds_that_it_is_not_there(package):
    module = import_module(package)
    assert not hasattr(module, "gone") and getattr(module, "gone", 3) == 3
    assert pickle.whichmodule(object(), "gone") == "__main__"       # asks every module for the name
    assert "gone" not in dict(inspect.getmembers(module)) and inspect.unwrap(module) is module
    assert doctest.DocTestFinder(recurse=False).find(module, package)


def test_accepted_it_is_what_has_the_new_name(package, monkeypatch):
    monkeypatch.setattr(old_names, "_accepted", False)
    old_names.accept()
    names = {}
    exec(f"from {package} import gone", names)
    assert names["gone"] == package
    with pytest.raises(ImportError, match="cannot import name 'never'"):
        exec(f"from {package} import never")


@pytest.mark.parametrize(("package", "code"), [
    ("helpers.widgets", "from helpers.widgets import gone"),
    ("helpers.lessons.lesson07", "from helpers.lessons.lesson07 import gone"),
    ("helpers.lessons.lesson07", "from helpers.lessons import lesson07 as lesson\nlesson.gone"),
])
def test_a_notebook_shows_the_sentence_alone(package, code):
    with Kernel() as kernel:
        kernel.run(f"from helpers import old_names\nold_names.OLD[{package!r}]['gone'] = 'here'")
        with pytest.raises(RuntimeError) as shown:
            kernel.run(code)
        assert str(shown.value) == SAID.format("gone", "here")
