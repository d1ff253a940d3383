"""What `make` knows of a course's lessons, for all steps after it; and files read and written with care."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from helpers.runs.files import reason, regular, write_file

PLAN = "course.json"                # what `take`, the grading and `report` know of the lessons
GRADEBOOK = "gradebook.db"          # nbgrader's, with all marks
AGAIN = ('Replace the whole file with {{"lessons": {{}}}}, then make each lesson again, for example with'
         '  python -m helpers.classroom make 02 --into "{}".  What was handed in and marked is kept.')
RESULTS = "results.json"            # beside a marked submission: what its checks said


def read_plan(course: Path) -> dict[str, Any]:
    """What `make` knows of the lessons of a course."""
    path = course / PLAN
    if not path.exists():
        raise ValueError(f"{course} is not a course folder. Check the path, or make a course there, for "
                         f"example with  python -m helpers.classroom make 02 --into \"{course}\"")
    try:
        plan = read_json(path, dict)
        if not isinstance(plan.get("lessons"), dict):
            raise ValueError(f"{path} has no lessons.")
    except ValueError as error:
        raise ValueError(f"{error} {AGAIN.format(course)}") from None
    return plan


def read_json(path: Path, form: type) -> Any:
    """What a file of the course holds, a `form` such as dict; else ValueError, which names the file."""
    try:
        found = json.loads(Path(regular(path)).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read ({plainly(error)}).") from None
    if not isinstance(found, form):
        raise ValueError(f"{path} cannot be read (it holds no {form.__name__}).")
    return found


def plainly(error: Exception) -> str:
    """What an error says, if people wrote it or the system did, and else in words that need no Python."""
    if isinstance(error, OSError) or type(error) is ValueError:
        return reason(error)
    return "it is damaged, or not in the form that such a file has"


def clear(path: Path) -> None:
    """Nothing is at a path any more, whatever was: a file, a folder, a link or a pipe."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def put(path: Path, data: bytes) -> None:
    """Write a file of a submission, never through a link or into a pipe in its place."""
    if path.is_symlink() or not path.is_file():
        clear(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, data)


def squeezed(source: str) -> str:
    """A short name for a cell's code, the same however it is spaced."""
    return hashlib.sha256("".join(source.split()).encode()).hexdigest()[:16]
