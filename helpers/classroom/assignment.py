"""`make`: an nbgrader course, made from the lessons and their worked solutions."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.checks.names import CHECK
from helpers.classroom.plagiarism import borrowed
from helpers.classroom.plan import GRADEBOOK, PLAN, RESULTS, clear, read_plan, squeezed
from helpers.classroom.tasks import Lesson, lesson_tasks
from helpers.runs.files import write_file

CONFIG = '''"""What nbgrader needs to know of this course. Made by python -m helpers.classroom make."""

from helpers.classroom.nbgrader_config import configure

c = get_config()  # noqa: F821
configure(c)
'''
HEAD = """# {title}: to hand in

Write your answers in the cells below, with the lesson open beside them: its pictures and hints are there. \
Keep the given names; add as many new cells as you like. The cell after each answer checks the \
answer. Run that check as often as you wish: what it says is for you, and its last line gives your points.

**To hand in:** save this file, and hand it in under any name. It is run again from the top with a fresh \
copy of each check, so saved outputs count for nothing. An answer that stops with an error costs only its \
own points. You have to write the answers yourself: an answer that calls the course's own function instead \
is noticed."""
WRITTEN_STUB = "*Your answer, in two to four sentences.*"


def make(lessons: Iterable[str], into: Path) -> list[Path]:
    """Write, or write again, what nbgrader needs of these lessons; returns the copies to give out.

    ``COURSE/source/lessonNN`` has the solutions, ``COURSE/release/lessonNN`` is given out. Submissions, marks
    and everything else in the folder stay.
    """
    found = [lesson_tasks(number) for number in lessons]
    if into.exists() and (not into.is_dir() or (any(into.iterdir()) and not (into / PLAN).is_file())):
        raise ValueError(f"{into} already exists and was not made by this command: name a new folder.")
    into.mkdir(parents=True, exist_ok=True)
    if not (into / "nbgrader_config.py").is_file():         # one that was changed stays
        write_file(into / "nbgrader_config.py", CONFIG.encode())
    plan = read_plan(into) if (into / PLAN).is_file() else {"lessons": {}}
    for lesson in found:
        folder = into / "source" / f"lesson{lesson.number}"
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / f"lesson{lesson.number}.ipynb", nbformat.writes(source_notebook(lesson)).encode())
        plan["lessons"][lesson.number] = planned(lesson)
    if not (into / GRADEBOOK).exists():         # of what it does not know any more, nothing is marked
        for path in into.glob(f"autograded/*/*/{RESULTS}"):
            clear(path)
    write_file(into / PLAN, json.dumps(plan, indent=1, ensure_ascii=False).encode())
    return [_released(into, lesson) for lesson in found]


def source_notebook(lesson: Lesson) -> nbformat.NotebookNode:
    """The notebook with the solutions, from which nbgrader makes the one that is given out."""
    cells = [_cell(new_markdown_cell, "head", HEAD.format(title=lesson.title)),
             _cell(new_code_cell, "imports", lesson.imports)]
    if lesson.given:
        cells.append(_cell(new_code_cell, "given", lesson.given))
    for task in lesson.tasks:
        cells.append(_cell(new_markdown_cell, f"{task.id}-text",
                           f"## {task.title}\n\n*{task.points} points, {task.minutes} minutes*\n\n"
                           f"{task.text}"))
        answer = _cell(new_code_cell, task.id, task.solution, solution=True, locked=False)
        answer.metadata["starter"] = task.starter
        cells.append(answer)
        cells.append(_cell(new_code_cell, f"{task.id}-check", f"{task.check}.points({task.points})",
                           grade=True, points=task.points))
        if task.after:
            cells.append(_cell(new_code_cell, f"{task.id}-after", task.after))
    for question in lesson.written:
        cells.append(_cell(new_markdown_cell, f"{question.id}-text",
                           f"## In words\n\n*{question.points} points, {question.minutes} minutes; "
                           f"marked by hand*\n\n{question.ask}\n\n=== BEGIN MARK SCHEME ===\n\n"
                           f"{question.rubric}\n\n=== END MARK SCHEME ==="))
        answer = _cell(new_markdown_cell, question.id, question.two, solution=True, grade=True, locked=False,
                       points=question.points)
        answer.metadata["starter"] = WRITTEN_STUB
        cells.append(answer)
    return new_notebook(cells=cells, metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})


def _cell(kind: Callable, name: str, source: str, **role) -> nbformat.NotebookNode:
    """A cell that nbgrader knows by its name; it is locked if nothing else is said."""
    known = {"grade": False, "solution": False, "locked": True, "task": False, **role,
             "grade_id": name, "schema_version": 3}
    return kind(source, id=name, metadata={"nbgrader": known})


def planned(lesson: Lesson) -> dict[str, Any]:
    """What the plan says of a lesson."""
    return {
        "title": lesson.title, "name": lesson.name,
        "tasks": [{"id": task.id, "title": task.title, "points": task.points, "minutes": task.minutes,
                   "names": task.names, "check": CHECK.match(task.check)[1], "starter": task.starter,
                   "may use": sorted(borrowed([lesson.imports, lesson.given], [task.starter, task.solution]))}
                  for task in lesson.tasks],
        "written": [{"id": question.id, "points": question.points} for question in lesson.written],
        "own": sorted({squeezed(source) for source in lesson.own}),
    }


def _released(course: Path, lesson: Lesson) -> Path:
    """Have nbgrader make the copy that is given out."""
    from helpers.classroom.nbgrader_config import nbgrader_of  # here alone nbgrader is needed

    name = f"lesson{lesson.number}"
    done = nbgrader_of(course).generate_assignment(name, force=True, create=True)
    if not done["success"]:
        raise RuntimeError(f"nbgrader could not make {name}:\n{done.get('log', '')}{done.get('error', '')}")
    path = course / "release" / name / f"{name}.ipynb"
    asked = (*lesson.tasks, *lesson.written)
    points, minutes = sum(task.points for task in asked), sum(task.minutes for task in asked)
    print(f"{name}: {len(lesson.tasks)} tasks plus {len(lesson.written)} in words, {points} points, about "
        f"{minutes} minutes. Give out {path}")
    return path
