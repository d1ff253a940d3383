"""Every dashboard of every notebook, each control moved to its ends, through its options, and at random.

A notebook runs here once, without a kernel; drawing is the dashboards' own. The normal run gives each
dashboard a second; `pytest -m slow tests/test_dashboards.py` takes the three orders and 200 random moves.
"""

import ast
import contextlib
import io
import linecache
import sys
import types

import numpy as np
import pytest
from course import NOTEBOOKS, cells, name
from exerciser import choices, exercise

from helpers.plots import fading_memory
from helpers.style import Picture, new_figure, styled
from helpers.widgets import Dashboard, dashboard, explore, on_press, stepper

SECONDS = 1.0  # for one dashboard; the ends of every control are always gone to


def run_cell(source: str, place: str, module: types.ModuleType):
    """Run the code of one cell in `module`; the value of its last expression."""
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    tree = ast.parse(source, place)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, place, "exec"), module.__dict__)
    return eval(compile(ast.Expression(last.value), place, "eval"), module.__dict__) if last else None


def dashboards_of(path, monkeypatch) -> list[tuple[str, Dashboard]]:
    """Run a notebook; every dashboard that it made, with the first words of its cell."""
    monkeypatch.chdir(path.parent)
    module = types.ModuleType("course_notebook")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = []
    for number, cell in enumerate(cells(path, "code")):
        before = set(dashboard._open)
        with contextlib.redirect_stdout(io.StringIO()):
            value = run_cell(cell["source"], f"<cell {number} of {name(path)}>", module)
            if hasattr(value, "_repr_mimebundle_"):
                value._repr_mimebundle_()
        made = [one for one in set(dashboard._open) - before if isinstance(one, Dashboard)]
        made.sort(key=lambda d: d.box.model_id)
        found += [(f"code cell {number}", one) for one in made]
    return found


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=name)
def found(request):
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield dashboards_of(request.param, monkeypatch)
    for one in list(dashboard._open):
        one.close()


def exercise_all(found, seconds: float) -> None:
    faults = {}
    for place, one in found:
        if seconds < float("inf") and not one.values():
            continue  # a button that computes for some seconds: the browser tests press each, once
        try:
            done = exercise(one, seconds=seconds)
            print(f"{place} {one}: {done['moves']} moves, {done['orders']} orders, {done['walks']} moves at "
                  f"random, {done['seconds']:.1f} s")
        except Exception as error:
            faults[f"{place} {one}"] = f"{type(error).__name__}: {error}"
    assert faults == {}


def test_every_control_of_every_dashboard_can_be_moved_anywhere(found):
    exercise_all(found, SECONDS)


@pytest.mark.slow
def test_every_dashboard_stands_two_hundred_random_moves(found):
    exercise_all(found, float("inf"))


# What the exerciser finds.

@styled
def drawing(values=(0.0, 1.0), sentence="A line.", colour="black") -> Picture:
    figure, ax = new_figure(height=3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_title("A title", color=colour)
    ax.plot(values, values)
    return Picture(figure, sentence)


def test_the_exerciser_passes_what_is_sound():
    assert exercise(explore(fading_memory, weight=(-1.0, 1.0), steps=(1, 30)), walks=20)["walks"] == 20
    assert exercise(stepper(fading_memory, steps=(1, 30), weight=(-1.0, 1.0)), walks=5)["moves"] > 30
    assert exercise(on_press("Go", lambda: "gone", "not yet"))["moves"] == 1


@pytest.mark.parametrize(("draw", "message"), [
    (lambda n=1: drawing((0, n / 10), "Always the same."), "never changed the sentence"),
    (lambda n=1: drawing(sentence=f"It is {n}."), "never changed the picture"),
    (lambda n=1: drawing((0, np.inf if n == 5 else n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, np.nan, np.nan, n / 10), f"{n}"), "a line"),
    (lambda n=1: drawing((0, n / 10), f"The loss is {np.log(n - 5) if n > 5 else np.nan:.2f}."), "nan"),
    (lambda n=1: drawing((0, n / 10), f"{n}", "#8A8A8A"), "'A title' in #8a8a8a"),
], ids=["sentence", "picture", "infinite", "none", "words", "pale"])
def test_the_exerciser_finds_what_is_not(draw, message):
    with pytest.raises(AssertionError, match=message):
        exercise(explore(draw, n=(1, 9)), walks=10)


def test_the_exerciser_finds_an_error_at_an_end():
    with pytest.raises(ZeroDivisionError):
        exercise(explore(lambda n=1: drawing((0, 1 / (n - 9)), f"{n}"), n=(1, 9)), walks=0)


def test_a_menu_gives_all_its_options():
    made = explore(lambda kind="a": drawing((0, ord(kind) / 200), kind), kind=["a", "b", "c"])
    assert choices(made.controls["kind"]) == ["a", "b", "c"]
