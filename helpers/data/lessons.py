"""The lessons: where their facts are, their names, and their notebooks without a reader's edits."""

import gzip
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from helpers.data.course import data_folder

FACTS = "lesson.toml"
START = "start.ipynb.gz"
POINTS = {1: 2, 2: 4, 3: 6}         # of an exercise or a stage, by its stars
HEADING = re.compile(r"### (?P<kind>Stage|Exercise) (?P<number>[\d.]+) (?P<stars>★+) (?P<title>.+) "
                     r"\((?P<minutes>\d+) minutes?\)")


def lesson_folder(lesson: str) -> Path:
    """The folder with the facts, the questions and the data of a lesson, given by its two digits."""
    return data_folder() / f"lesson{lesson}"


@cache
def lesson_facts(lesson: str) -> dict[str, Any]:
    """What the package needs to know of a lesson: the entries of its facts before the first table.

    >>> lesson_facts("05")["needs"]
    ['02', '03', '04']
    """
    text = (lesson_folder(lesson) / FACTS).read_text(encoding="utf-8")
    return tomllib.loads(text.partition("\n[[")[0])


def lesson_names() -> list[str]:
    """The names of the lessons' notebooks in order, "00_start_here" first."""
    found = sorted(data_folder().glob(f"{lesson_folder('*').name}/{FACTS}"))
    return [lesson_facts(path.parent.name[-2:])["notebook"] for path in found]


def shipped_lesson(name: str) -> bytes:
    """The course's own copy of a lesson, by the name of its notebook: a notebook file without outputs.

    Raises ValueError, with the names there are, for another one.
    """
    path = data_folder() / f"lesson{name[:2]}" / START
    if path.is_file():
        data = gzip.decompress(path.read_bytes())
        if json.loads(data)["metadata"]["title"] == name:
            return data
    raise ValueError(f"The course has no lesson called {name!r}: take one of {', '.join(lesson_names())}.")


def packed_lesson(notebook: Mapping[str, Any], name: str) -> bytes:
    """What is shipped of a notebook, as bytes that are the same for the same cells."""
    cells = [{**cell, **({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})}
             for cell in notebook["cells"]]
    whole = {"cells": cells, "metadata": {**notebook["metadata"], "title": name},
             "nbformat": notebook["nbformat"], "nbformat_minor": notebook["nbformat_minor"]}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return gzip.compress(text.encode(), mtime=0)


def pack_lesson(notebook: Mapping[str, Any], name: str) -> Path:
    """Put the cells of a lesson's notebook where `shipped_lesson` finds them."""
    path = data_folder() / f"lesson{name[:2]}" / START
    path.parent.mkdir(exist_ok=True)
    data = packed_lesson(notebook, name)
    if not path.is_file() or gzip.decompress(path.read_bytes()) != gzip.decompress(data):
        path.write_bytes(data)
    return path
