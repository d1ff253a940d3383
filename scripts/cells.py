"""What a code cell of a notebook is for a reader, for all that reads notebooks: with Python alone."""

import ast
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a code cell is for a reader."""

    IMPORTS = "imports"
    QUESTION = "question"
    REFLECTION = "reflection"           # to be answered in one's own words
    DASHBOARD = "dashboard"
    BUTTON = "button"
    LIVE_RUN = "live run"
    CHECK = "check"
    PICTURE = "picture"
    CODE = "code"                       # it prints something, or defines what the lesson is about
    PREPARATION = "preparation"         # of what the next cells show


CALLS = {                               # of helpers.widgets
    "predict": Kind.QUESTION, "warm_up": Kind.QUESTION, "review": Kind.QUESTION, "self_test": Kind.QUESTION,
    "reflect": Kind.REFLECTION,
    "explore": Kind.DASHBOARD, "stepper": Kind.DASHBOARD, "laboratory": Kind.DASHBOARD,
    "fit": Kind.LIVE_RUN, "live_runs": Kind.LIVE_RUN,
    "button": Kind.BUTTON, "lecture_mode": Kind.BUTTON, "course_map": Kind.BUTTON,
    "hide_questions": Kind.BUTTON, "restore_notebook": Kind.BUTTON, "take_home_button": Kind.BUTTON}


def kind_of(cell: Mapping[str, Any]) -> Kind:
    """What a code cell of a notebook is, by what it calls and by its saved outputs.

    >>> kind_of({"source": "import numpy as np", "outputs": []})
    <Kind.IMPORTS: 'imports'>
    >>> kind_of({"source": "explore(draw, T=slider)", "outputs": []})
    <Kind.DASHBOARD: 'dashboard'>
    """
    tree, outputs = ast.parse("".join(cell["source"])), cell.get("outputs", ())
    body, named = tree.body, [ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree)
                              if isinstance(node, ast.Call)]
    data = [output.get("data", {}) for output in outputs]
    if all(isinstance(node, ast.Import | ast.ImportFrom) for node in body):
        return Kind.IMPORTS
    if found := next((kind for call, kind in CALLS.items() if call in named), None):
        return found
    if any(name.startswith("check_") for name in named):
        return Kind.CHECK
    if any("image/png" in one or 'class="course-text"' in "".join(one.get("text/html", "")) for one in data):
        return Kind.PICTURE
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)
    gap = any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree))
    return Kind.CODE if outputs or defines or gap else Kind.PREPARATION
