"""The course's own copy of a lesson: from git in a clone, else of the release, else it says what to do."""

import gzip
import json
import os
import subprocess

import pytest
import release

from helpers.data import lesson_names, shipped_lesson
from helpers.data.lessons import lesson_facts

NAME = "00_start_here"
NOTEBOOK = {"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["the course's"]},
                      {"cell_type": "code", "id": "b", "metadata": {}, "source": ["1 + 1"],
                       "execution_count": 1,
                       "outputs": [{"output_type": "stream", "name": "stdout", "text": ["2"]}]}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def git(folder, *arguments: str) -> None:
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one lesson, in a folder that is no clone and has no copies."""
    folder = tmp_path / "course"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "data" / "lesson00").mkdir(parents=True)
    (folder / "notebooks" / f"{NAME}.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    (folder / "lesson00").mkdir()
    (folder / "lesson00" / "lesson.toml").write_text(f'notebook = "{NAME}"\n', encoding="utf-8")
    monkeypatch.setattr("helpers.data.lessons.ROOT", folder)
    monkeypatch.setattr("helpers.data.lessons.FOLDERS", folder)
    monkeypatch.setattr("helpers.data.lessons.data_folder", lambda: folder / "data")
    lesson_facts.cache_clear()
    yield folder
    lesson_facts.cache_clear()


@pytest.mark.git
def test_a_clone_restores_what_the_course_has_and_not_what_a_reader_committed(course, tmp_path, monkeypatch):
    git(course, "init", "-q", "-b", "main")
    git(course, "add", "-A")
    git(course, "commit", "-q", "-m", "the course")
    assert shipped_lesson(NAME).source == "from git"
    git(tmp_path, "clone", "-q", "course", "student")
    monkeypatch.setattr("helpers.data.lessons.ROOT", tmp_path / "student")
    (tmp_path / "student" / "notebooks" / f"{NAME}.ipynb").write_text("mine", encoding="utf-8")
    git(tmp_path / "student", "commit", "-q", "-a", "-m", "as nbgitpuller does")
    assert json.loads(shipped_lesson(NAME).data) == NOTEBOOK


def test_a_download_restores_the_copy_of_its_release_and_names_the_version(course, monkeypatch):
    (course / "data" / "lesson00" / release.START).write_bytes(release.packed(NOTEBOOK, "7.8.9"))
    data, source = shipped_lesson(NAME)
    assert source == "from version 7.8.9"
    first, second = json.loads(data)["cells"]
    assert first == NOTEBOOK["cells"][0] and second["source"] == ["1 + 1"] and second["outputs"] == []
    (course / ".git").mkdir()                   # and so does a clone on a computer without git
    monkeypatch.setenv("PATH", os.devnull)
    assert shipped_lesson(NAME).source == source


def test_where_there_is_neither_it_is_said_what_to_do(course):
    with pytest.raises(LookupError, match="Download the course again"):
        shipped_lesson(NAME)


def test_a_release_packs_every_lesson_with_its_version():
    copies = release.copies()
    assert list(copies) == [f"lesson{name[:2]}/{release.START}" for name in lesson_names()]
    assert copies == release.copies(), "the same bytes each time"
    for data in copies.values():
        notebook = json.loads(gzip.decompress(data))
        assert notebook["metadata"]["version"] and all(
            cell["outputs"] == [] for cell in notebook["cells"] if cell["cell_type"] == "code")
