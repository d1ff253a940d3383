"""How a notebook names what it takes from its lesson: ``lesson.check_step``, or ``check_step`` alone."""

import ast
import re
from collections.abc import Iterator

LESSON = "lesson"           # from helpers.lessons import lesson05 as lesson
CHECK = re.compile(rf"(?:{LESSON}\.)?(check_\w+)\(")        # at the beginning of a line, the call of a check


def name_of(node: ast.AST) -> str:
    """The name in a notebook's code, with or without the lesson before it; "" for anything else.

    >>> [name_of(ast.parse(code, mode="eval").body) for code in ("cliff", "lesson.cliff", "np.exp", "3")]
    ['cliff', 'cliff', '', '']
    """
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == LESSON:
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST) -> str:
    """The name of what a call calls; "" for anything else, such as a call of a method."""
    return name_of(node.func) if isinstance(node, ast.Call) else ""


def calls(code: str | ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in code, by the name of what it calls.

    >>> [name for name, _ in calls("lesson.check_step(step)\\nstep = np.array(use_if_correct(step))")]
    ['check_step', 'use_if_correct']
    """
    for node in ast.walk(ast.parse(code) if isinstance(code, str) else code):
        if isinstance(node, ast.Call) and called(node):
            yield called(node), node
