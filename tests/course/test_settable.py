"""A value that the text tells a reader to set is in that control's range and on its step, or an option."""

import ast
import re

import pytest
from course import LESSONS, SOLUTIONS, cells, name

NUMBER = r"−?\d+(?:,\d{3})*(?:\.\d+)?"
ITALIC = r"(?<!\*)\*(\w[^*]*)\*(?!\*)"
# "set *steps* to 50", "drag *lag* slowly from 5 up to 20", "with *k1* and *k2* at 25", "*cell* to *GRU*",
# "move *unit* to 22, 28 and 63", "set *run* to H", "*gates* 0 → 3"
SET = re.compile(
    rf"{ITALIC}(?: and {ITALIC})?(?:, which [^,.]*,)?(?: slowly)?(?: (?:up |down |back )?from ({NUMBER}))?"
    rf"(?: (?:up |down |back )?(?:to|at|of|=))? ({NUMBER}|(?<=to )[A-Z]\b|{ITALIC})"
    rf"((?:(?:, then|,| and| →)(?: to)? {NUMBER})*)"
    r"(?![\d,]*\d|[-\w%]| \*)")
BUILTINS = {"__builtins__": {one.__name__: one for one in (list, range, max, min, dict, round)}}


def valued(node: ast.AST, names: dict):
    """What an expression says, with the `names` that are known; None if only running would say."""
    if isinstance(node, ast.Dict) and None not in node.keys:
        return dict.fromkeys([valued(one, names) for one in node.keys])
    try:
        return eval(compile(ast.Expression(node), "", "eval"), BUILTINS, names)
    except Exception:
        return None


def control(node: ast.AST, names: dict):
    """The range of a control with its step, or a list of its options; None where they aren't written out."""
    if isinstance(node, ast.Name) and isinstance(names.get(node.id), ast.Call):
        node = names[node.id]
    kind = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if kind.endswith("Slider"):
        said = dict(zip(("value", "min", "max", "step"), node.args, strict=False))
        said |= {keyword.arg: keyword.value for keyword in node.keywords}
        said = {one: valued(value, names) for one, value in said.items()}
        if "options" in said:
            return said["options"] and list(said["options"])
        if "Log" in kind:
            return 10 ** said["min"], 10 ** said["max"], None
        value = tuple(said[one] for one in ("min", "max", "step") if one in said)
    else:
        value = valued(node, names)
    if isinstance(value, tuple) and all(isinstance(one, int | float) for one in value):
        return value if len(value) > 2 else (*value, 1 if all(isinstance(one, int) for one in value) else 0.1)
    return list(value) if isinstance(value, list | dict) else None


def controls(code: str, names: dict | None = None) -> dict:
    """By the name of a control its range, or its options; the cell's names are added to `names`."""
    found, names = {}, {} if names is None else names
    for node in ast.walk(ast.parse(re.sub(r"^\s*[%!].*$", "", code, flags=re.MULTILINE))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = valued(node.value, names)
            names[node.targets[0].id] = node.value if value is None else value
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("explore", "stepper", "live_runs"):
            found |= {one.arg: control(one.value, names) for one in node.keywords}
    return found


def recipes(text: str) -> list[tuple[str, str]]:
    """What the columns of tables tell to set: the name at the head, and each number below it."""
    found = []
    for table in re.findall(r"(?:^\|.*\|\n?)+", text, re.MULTILINE):
        heads, _, *rows = ([cell.strip(" *") for cell in row.strip("|").split("|")]
                           for row in table.splitlines())
        found += [(head, number) for row in rows for head, cell in zip(heads, row, strict=False)
                  for number in re.findall(NUMBER, cell)]
    return found


def told_to_set(text: str) -> list[tuple[str, str]]:
    """What the sentences of a text tell to set: the name of a control, and each value."""
    return [(what, value) for one, other, start, value, option, more in SET.findall(text)
            for what in filter(None, (one, other))
            for value in filter(None, (start, option or value, *re.findall(NUMBER, more)))]


def cannot(told: list[tuple[str, str]], *known: dict) -> list[tuple]:
    """What can't be set of what a text tells to set, in any dashboard that has a control of that name."""
    wrong = []
    for what, value in told:
        those = [can for one in known if (can := control_of(what, one))]
        if those and not any(takes(can, value) for can in those):
            wrong.append((what, value, *those))
    return wrong


def control_of(what: str, known: dict) -> tuple | list | None:
    """The control that a text calls this, if there is one whose values are known."""
    return known.get(what.lower().replace(" ", "_"))


def takes(can: tuple | list, value: str) -> bool:
    """Whether a control can be set to this; words are let through where its values are numbers."""
    number = float(value.replace(",", "").replace("−", "-")) if re.fullmatch(NUMBER, value) else None
    if isinstance(can, list):
        options = [one.partition(" (")[0] for one in can if isinstance(one, str)]
        return number in can or value in options or value in can or (number is None and not options)
    low, high, step = can
    return number is None or (low <= number <= high and (
        step is None or abs((number - low) / step - round((number - low) / step)) < 1e-6))


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS], ids=name)
def test_a_value_that_the_text_tells_to_set_can_be_set(path):
    known, names, wrong, told = {}, {}, [], []
    for cell in cells(path):
        if cell["cell_type"] == "code":
            here = controls(cell["source"], names)
            wrong += cannot(told, here)     # a table tells of the cell below, as a sentence may at first
            known, told = known | here, []
        else:
            said = told_to_set(cell["source"])
            wrong += cannot(said, known)
            told = recipes(cell["source"]) + [one for one in said if not control_of(one[0], known)]
    assert wrong == []
