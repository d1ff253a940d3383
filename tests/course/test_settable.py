"""A number that the text tells a reader to set is in the range of that control, or among its options."""

import ast
import re

import pytest
from course import LESSONS, SOLUTIONS, cells, name

NUMBER = r"−?\d+(?:,\d{3})*(?:\.\d+)?"
# "set *steps* to 50", "drag *lag* up to 20"
SET = re.compile(rf"\*([a-z][\w ]*)\* (?:up |down |back )?to ({NUMBER})(?![\d,]*\d)")


def controls(code: str) -> dict:
    """By the name of a control its range, or the set of its options; None where they are not written out."""
    found = {}
    for call in ast.walk(ast.parse(code)):
        for one in call.keywords if isinstance(call, ast.Call) else ():
            value = one.value
            parts = value.args[1:3] if isinstance(value, ast.Call) and len(value.args) >= 3 else (
                value.elts if isinstance(value, ast.Tuple | ast.List) else ())
            try:
                numbers = [ast.literal_eval(part) for part in parts]
            except ValueError:          # only running it would say
                numbers = []
            plain = len(numbers) > 1 and all(isinstance(n, int | float) for n in numbers)
            found[one.arg] = (set if isinstance(value, ast.List) else tuple)(numbers) if plain else None
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


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS], ids=name)
def test_a_number_that_the_text_tells_to_set_can_be_set(path):
    known, wrong, told = {}, [], []
    for cell in cells(path):
        if cell["cell_type"] == "code":
            here = controls(re.sub(r"^\s*[%!].*$", "", cell["source"], flags=re.MULTILINE))
            wrong += cannot(told, here)         # a table tells of the cell below it
            known, told = known | here, []
        else:
            told = recipes(cell["source"])
            wrong += cannot(SET.findall(cell["source"]), known)
    assert wrong == []


def cannot(told: list[tuple[str, str]], known: dict) -> list[tuple]:
    """What can't be set of what a text tells to set."""
    wrong = []
    for what, number in told:
        can, value = known.get(what.replace(" ", "_")), float(number.replace(",", "").replace("−", "-"))
        if can and not (value in can if isinstance(can, set) else can[0] <= value <= can[1]):
            wrong.append((what, number, can))
    return wrong


def test_a_range_that_is_too_short_is_found():
    code = 'explore(cliff, steps=IntSlider(10, 1, 25), lag=(1, 40), rate=[0.1, 1], x=(0, last))'
    assert controls(code) == {"steps": (1, 25), "lag": (1, 40), "rate": {0.1, 1}, "x": None}
    assert SET.findall("Drag *steps* up to 50, set *rate* to 0.1.") == [("steps", "50"), ("rate", "0.1")]
    table = "Try:\n\n| | *rate* | lag |\n|---|---|---|\n| **far** | 1 | 5, then −50 |\n"
    assert recipes(table) == [("rate", "1"), ("lag", "5"), ("lag", "−50")]
    assert cannot(recipes(table), controls(code)) == [("lag", "−50", (1, 40))]
