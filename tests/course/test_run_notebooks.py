"""A new notebook is run: its cells get ids and slide tags, and a check saves nothing."""

import json
from types import SimpleNamespace

import pytest
import run_notebooks

SOURCES = [("markdown", "# 99 · New"), ("markdown", "## 1 · A section"), ("markdown", "### Exercise 99.1"),
           ("markdown", "<details>"), ("markdown", "Words"), ("code", "# a remark")]


def not_run(*_, **__):
    """A client that runs nothing."""
    return SimpleNamespace(execute=lambda: None)


@pytest.fixture
def new_notebook(tmp_path):
    """A notebook that was just written."""
    path = tmp_path / "99_new.ipynb"
    code = {"outputs": [], "execution_count": None}
    path.write_text(json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [
        {"cell_type": kind, "metadata": {}, "source": source, **(code if kind == "code" else {})}
        for kind, source in SOURCES]}), encoding="utf-8")
    return path


def test_cells_get_ids_and_slide_tags(new_notebook, monkeypatch):
    monkeypatch.setattr(run_notebooks, "NotebookClient", not_run)
    run_notebooks.run(new_notebook)
    cells = json.loads(new_notebook.read_text("utf-8"))["cells"]
    assert [cell["metadata"]["slideshow"]["slide_type"] for cell in cells] == [
        "slide", "slide", "subslide", "skip", "-", "-"]
    assert len({cell["id"] for cell in cells}) == len(SOURCES)


def test_a_check_saves_nothing(new_notebook, monkeypatch):
    before = new_notebook.read_text("utf-8")
    monkeypatch.setattr(run_notebooks, "NotebookClient", not_run)
    run_notebooks.run(new_notebook, save=False)
    assert new_notebook.read_text("utf-8") == before
