"""A new notebook can be run: what its last cell looks for is there, and cells get ids and slide tags."""

import json
from types import SimpleNamespace

import pytest
import run_notebooks

from helpers.data import shipped_lesson

SOURCES = [("markdown", "# 99 · New"), ("markdown", "## 1 · A section"), ("markdown", "### Exercise 99.1"),
           ("markdown", "<details>"), ("markdown", "Words"), ("code", "# a remark")]


@pytest.fixture
def new_lesson(tmp_path, monkeypatch):
    """A lesson that was just written, in a course of its own."""
    monkeypatch.setattr(run_notebooks, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr("helpers.data.lessons.data_folder", lambda: tmp_path)
    path = tmp_path / "99_new.ipynb"
    code = {"outputs": [], "execution_count": None}
    path.write_text(json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [
        {"cell_type": kind, "metadata": {}, "source": source, **(code if kind == "code" else {})}
        for kind, source in SOURCES]}), encoding="utf-8")
    return path


def test_while_it_runs_for_the_first_time_its_start_can_be_brought_back(new_lesson, monkeypatch):
    def executed():
        assert shipped_lesson("99_new")

    monkeypatch.setattr(run_notebooks, "client", lambda *_: SimpleNamespace(execute=executed))
    run_notebooks.run(new_lesson)
    cells = json.loads(new_lesson.read_text("utf-8"))["cells"]
    assert [cell["metadata"]["slideshow"]["slide_type"] for cell in cells] == [
        "slide", "slide", "subslide", "skip", "-", "-"]
    assert len({cell["id"] for cell in cells}) == len(SOURCES)


def test_a_run_that_saves_nothing_packs_nothing(new_lesson, monkeypatch, tmp_path):
    before = new_lesson.read_text("utf-8")
    monkeypatch.setattr(run_notebooks, "client", lambda *_: SimpleNamespace(execute=lambda: None))
    run_notebooks.run(new_lesson, save=False)
    assert not list(tmp_path.glob('lesson*')) and new_lesson.read_text("utf-8") == before
