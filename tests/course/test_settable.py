"""A number that the text tells a reader to set is in the range of that control, or among its options."""

import ast
import re

import pytest
from course import LESSONS, SOLUTIONS, cells, name

# "set *steps* to 50", "drag *lag* up to 20"
SET = re.compile(r"\*([a-z][\w ]*)\* (?:up |down |back )?to (−?\d+(?:,\d{3})*(?:\.\d+)?)(?![\d,]*\d)")


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


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS], ids=name)
def test_a_number_that_the_text_tells_to_set_can_be_set(path):
    known, wrong = {}, []
    for cell in cells(path):
        if cell["cell_type"] == "code":
            known |= controls(re.sub(r"^\s*[%!].*$", "", cell["source"], flags=re.MULTILINE))
            continue
        for what, number in SET.findall(cell["source"]):
            can, value = known.get(what.replace(" ", "_")), float(number.replace(",", "").replace("−", "-"))
            if can and not (value in can if isinstance(can, set) else can[0] <= value <= can[1]):
                wrong.append((what, number, can))
    assert wrong == []


def test_a_range_that_is_too_short_is_found():
    code = 'explore(cliff, steps=IntSlider(10, 1, 25), lag=(1, 40), rate=[0.1, 1], x=(0, last))'
    assert controls(code) == {"steps": (1, 25), "lag": (1, 40), "rate": {0.1, 1}, "x": None}
    assert SET.findall("Drag *steps* up to 50, set *rate* to 0.1.") == [("steps", "50"), ("rate", "0.1")]
