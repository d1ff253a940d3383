"""What a code cell of a notebook is for a reader: asked by all that reads notebooks; needs Python alone."""

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

Cell = Mapping[str, Any]


class Kind(StrEnum):
    """What a code cell is for a reader."""

    IMPORTS = "imports"
    QUESTION = "question"
    OPENING = "opening"                 # the questions before a lesson
    SELF_TEST = "self-test"             # the questions before the course
    REFLECTION = "reflection"           # to be answered in one's own words
    DASHBOARD = "dashboard"
    LABORATORY = "laboratory"
    BUTTON = "button"                   # its picture comes when it is pressed
    PAGE_BUTTON = "page button"         # it changes the page or keeps something
    LIVE_RUN = "live run"               # its picture grows while the cell runs
    LIVE_RUNS = "live runs"             # they are started by buttons
    CHECK = "check"
    PICTURE = "picture"
    CODE = "code"                       # it prints something, or defines what the lesson is about
    PREPARATION = "preparation"         # for the next cells


BY_CALL = {                             # of helpers.widgets
    "predict": Kind.QUESTION, "review": Kind.QUESTION, "warm_up": Kind.OPENING,
    "self_test": Kind.SELF_TEST, "reflect": Kind.REFLECTION,
    "explore": Kind.DASHBOARD, "stepper": Kind.DASHBOARD, "laboratory": Kind.LABORATORY,
    "fit": Kind.LIVE_RUN, "live_runs": Kind.LIVE_RUNS, "button": Kind.BUTTON,
    "lecture_mode": Kind.PAGE_BUTTON, "course_map": Kind.PAGE_BUTTON, "hide_questions": Kind.PAGE_BUTTON,
    "restore_notebook": Kind.PAGE_BUTTON, "take_home_button": Kind.PAGE_BUTTON}
ASKS = {Kind.QUESTION, Kind.OPENING, Kind.SELF_TEST, Kind.REFLECTION}
PLAYS = {Kind.DASHBOARD, Kind.LABORATORY, Kind.BUTTON, Kind.LIVE_RUNS}      # it can be moved or pressed
WIDGETS = {*BY_CALL.values()}


def kind_of(cell: Cell) -> Kind:
    """What a code cell is, by what it calls and by its saved outputs.

    >>> kind_of({"source": "import numpy as np"}), kind_of({"source": "explore(draw, T=slider)"})
    (<Kind.IMPORTS: 'imports'>, <Kind.DASHBOARD: 'dashboard'>)
    """
    tree, outputs = ast.parse("".join(cell["source"])), cell.get("outputs", ())
    if not statements(tree):
        return Kind.IMPORTS
    names = {name for name, _ in calls(tree)}
    if maker := next((name for name in BY_CALL if name in names), ""):
        return BY_CALL[maker]
    if any(name.startswith("check_") for name in names):
        return Kind.CHECK
    if pictures(cell):
        return Kind.PICTURE
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
    gap = any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree))
    return Kind.CODE if outputs or defines or gap else Kind.PREPARATION


def calls(code: str | ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in code, by the last part of the name of what it calls."""
    for node in ast.walk(ast.parse(code) if isinstance(code, str) else code):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


def maker_of(cell: Cell) -> tuple[str, ast.Call]:
    """The call that shows the widget of a cell, of a kind in WIDGETS, with its name; the last of several."""
    kind = kind_of(cell)
    return [(name, node) for name, node in calls("".join(cell["source"])) if BY_CALL.get(name) is kind][-1]


def question_of(cell: Cell) -> str:
    """The id of the question that a cell asks, alone; "" if it asks none, or several."""
    if kind_of(cell) not in (Kind.QUESTION, Kind.REFLECTION):
        return ""
    name, node = maker_of(cell)
    return ast.literal_eval(node.args[0]) if name != "review" else ""


def statements(code: str | ast.Module) -> list[ast.stmt]:
    """The statements of code that are no imports."""
    body = (ast.parse(code) if isinstance(code, str) else code).body
    return [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]


def pictures(cell: Cell) -> list[Mapping[str, Any]]:
    """The outputs of a cell that hold a picture, or text whose colours are one."""
    found = [(output, output.get("data", {})) for output in cell.get("outputs", ())]
    return [output for output, data in found
            if "image/png" in data or 'class="course-text"' in "".join(data.get("text/html", ""))]
