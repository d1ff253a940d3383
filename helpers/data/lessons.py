"""The lessons: where their facts are, their names, and their notebooks without a reader's edits."""

import gzip
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from helpers.data.course import data_folder

FACTS = "lesson.toml"
START = "start.ipynb.gz"
POINTS = {1: 2, 2: 4, 3: 6}         # of an exercise or a stage, by its stars
ROOT = Path(__file__).parents[2]         # of a checkout
FOLDERS = Path(__file__).parents[1] / "lessons"


def lesson_folder(lesson: str) -> Path:
    """The folder with the code, the facts and the questions of a lesson, given by its two digits."""
    return FOLDERS / f"lesson{lesson}"


@cache
def lesson_facts(lesson: str) -> dict[str, Any]:
    """What the package needs to know of a lesson: the entries of its facts before the first table.

    >>> lesson_facts("05")["needs"]
    ['02', '03', '04']
    """
    text = (lesson_folder(lesson) / FACTS).read_text(encoding="utf-8")
    return tomllib.loads(text.partition("\n[[")[0])


@cache
def section_numbers(lesson: str) -> dict[str, int]:
    """The numbers of a lesson's sections by their ids, which its questions name.

    >>> section_numbers("05")["cliff"]
    2
    """
    text = (lesson_folder(lesson) / FACTS).read_text(encoding="utf-8")
    ids = re.findall(r'^\[\[sections\]\]\nid = "([\w-]+)"$', text, re.MULTILINE)
    return {name: number for number, name in enumerate(ids, 1)}


def lesson_names() -> list[str]:
    """The names of the lessons' notebooks in order, "00_start_here" first."""
    found = sorted(FOLDERS.glob(f"lesson*/{FACTS}"))
    return [lesson_facts(path.parent.name[-2:])["notebook"] for path in found]


class Copy(NamedTuple):
    """The course's own notebook of a lesson: its bytes, and from where it is, in words."""

    data: bytes
    source: str


def shipped_lesson(name: str) -> Copy:
    """The course's own copy of a lesson, by the name of its notebook.

    In a clone it is what git has of the course, without what a reader, or nbgitpuller for a reader, has
    committed on top. Elsewhere it is the copy, without outputs, that a release put beside the lesson's data.
    Raises LookupError, which says what to do, if there is neither.
    """
    why = "This folder isn't a clone of the course"
    if (ROOT / ".git").exists():
        try:
            base = _git("merge-base", "HEAD", "@{upstream}") or b"HEAD"
            data = _git("show", f"{base.decode().strip()}:notebooks/{name}.ipynb")
        except OSError:
            why, data = "Git is not installed on this computer", None
        else:
            why = f"Git has no file notebooks/{name}.ipynb"
        if data:
            return Copy(data, "from git")
    path = data_folder() / f"lesson{name[:2]}" / START
    if path.is_file():
        data = gzip.decompress(path.read_bytes())
        return Copy(data, f"from version {json.loads(data)['metadata'].get('version', '1.0.1')}")
    raise LookupError(f"{why}, and no original of {name} came with the course. Download the course "
                      f"again, and copy notebooks/{name}.ipynb from there.")


def _git(*arguments: str) -> bytes | None:
    """What git says of the course's repository, or None if it fails. Raises OSError if there is no git."""
    import subprocess

    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True)
    return done.stdout if done.returncode == 0 else None
