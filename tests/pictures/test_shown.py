"""Pictures show what they say: names stand at their curves, numbers at their ticks, colours mean numbers.

gallery.py says for each picture, drawn from known data, what it must show. Beside that each is compared with
its description in `described`, which says when anything else of it has changed.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from described import TESTS, blocks, described, differences, every_axes, kept, place_of, ticks
from gallery import BESIDES, ELSEWHERE, GALLERY, At, Cells, Curve, Shades, room_of
from looks import BAR
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from panels import PANELS
from sentences import missing, values_of

from helpers import lessons
from helpers.data import typed
from helpers.pictures import COLOURS, TEXT_COLOURS, matrix_map, signed_map
from helpers.runs import Table

NEAR = 0.17             # of the axes: how far a name may stand from the end of its curve, clear of others
every_picture = pytest.mark.parametrize("name", GALLERY)


def meaning(kind: type):
    """A test for each statement of this kind in the gallery."""
    found = [(name, what) for name, one in GALLERY.items() for what in one.means if isinstance(what, kind)]
    return pytest.mark.parametrize(("name", "what"), found, ids=lambda value: str(value)[:40])


# --- all of them, and all that is drawn ---

def drawn() -> set[str]:
    """The names of all functions of the course that return a picture."""
    helpers = Path(lessons.__file__).parents[1]
    files = [*helpers.glob("lessons/*/*pictures.py"), *helpers.glob("lessons/*/*drawings.py"),
             *helpers.glob("pictures/*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in files]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)
            and node.name[0] != "_" and getattr(node.returns, "id", "") in ("Picture", "ColouredText")}


def test_every_function_that_draws_is_in_the_gallery():
    there = {one.function.__name__ for one in GALLERY.values()}
    assert drawn() - there == {"map_of"}, "add it to GALLERY in tests/support/gallery.py"   # by course_map


def given(thing) -> Iterator[Any]:
    """What a picture is drawn from, and what lies in it."""
    yield thing
    inside = thing.values() if isinstance(thing, dict) else thing if type(thing) in (list, tuple) else ()
    for one in inside:
        yield from given(one)


@every_picture
def test_the_data_of_a_picture_tell_its_axes_and_both_signs_apart(name):
    """So that to count lengths as seeds, or to draw what is below zero upwards, never looks right by luck."""
    entry = GALLERY[name]
    for one in given([entry.arguments, entry.options]):
        if isinstance(one, Table):
            assert len(set(one.values.shape)) == 3, f"rows, columns and seeds: {one.values.shape}"
        if isinstance(one, np.ndarray) and one.ndim == 1 and one.min() < 0 < one.max():
            assert min((one < 0).sum(), (one > 0).sum()) > 1, f"one of the signs is there once: {one}"


@every_picture
def test_a_picture_is_as_it_is_described(name):
    now = described(name, GALLERY[name].picture)
    changed = differences(kept(room_of(name)).get(name, ""), now)
    assert not changed, ("what it shows has changed; if it should, read the change and keep it with "
                         "python scripts/pages.py:\n" + "\n".join(changed))


def test_nothing_is_described_that_is_not_drawn():
    there = {name for path in TESTS.glob("*/described.txt") for name in blocks(path.read_text("utf-8"))}
    assert there == GALLERY.keys() | PANELS.keys()


# --- what a statement means ---

def same(one, other) -> bool:
    one, other = (np.asarray(values, float) for values in (one, other))
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)


def lines_of(name: str, what: Curve) -> list[tuple[Axes, Line2D]]:
    """The lines of a picture that have these numbers."""
    return [(ax, line) for ax in every_axes(GALLERY[name].picture.figure) for line in ax.lines
            if same(line.get_ydata(), what.y) and (what.x is None or same(line.get_xdata(), what.x))]


def says(ax: Axes, axis: str, words: str) -> bool:
    """Whether the label of an axis has these words; of a nameless one across, nothing is asked."""
    label = getattr(ax, f"get_{axis}label")()
    title = ax.get_title() or ax.get_title("left")
    return words in label or (not label and (axis == "x" or words in title))


def end_of(ax: Axes, line: Line2D) -> np.ndarray:
    """Where a curve ends, in shares of the axes; what lies beyond them is at their edge."""
    x, y = (np.asarray(part, float) for part in line.get_data())
    last = np.flatnonzero(np.isfinite(y))[-1]
    return (line.get_transform() - ax.transAxes).transform((x[last], y[last])).clip(0, 1)


def height(ax: Axes, line: Line2D, value: float) -> float:
    """How high a value on a curve lies, in shares of the axes."""
    return (line.get_transform() - ax.transAxes).transform((line.get_xdata()[0], value))[1]


def named_by(ax: Axes, words: str) -> Line2D:
    """The curve that words stand for: that of their legend, or the nearest one to them where curves end."""
    legend = ax.get_legend()
    entries = zip(legend.get_texts(), legend.legend_handles, strict=True) if legend else ()
    for text, handle in entries:
        if text.get_text().startswith(words):
            alike = [line for line in ax.lines if line.get_linestyle() == handle.get_linestyle()
                     and same_color(line.get_color(), handle.get_color())
                     and line.get_label() == text.get_text()]
            assert len(alike) == 1, f"{words!r} of the legend looks like {len(alike)} lines"
            return alike[0]
    texts = [text for text in ax.texts if text.get_text().startswith(words)]
    (text,) = [text for text in texts if text.get_text() == words] or texts
    x, y = place_of(text, ax.transAxes)
    curves = [line for line in ax.lines if of_its_colour(text.get_color(), line.get_color())
              and line.get_linewidth() < BAR and (line.get_alpha() or 1) > 0.9]
    assert curves, f"{words!r} has the colour of no curve"
    if x < 0.05:        # words at the left stand for a whole row
        return min(curves, key=lambda line: abs(height(ax, line, np.nanmean(line.get_ydata())) - y))
    weights = 0.2 if x > 0.99 else 1, 1     # words at the right edge stand at the height of their curve
    away = {line: np.hypot(*weights * (end_of(ax, line) - (min(x, 1), y))) for line in curves}
    nearest = min(away, key=away.__getitem__)
    assert away[nearest] < NEAR, f"{words!r} stands at the end of no curve of its colour"
    return nearest


def of_its_colour(words: str, line: str) -> bool:
    """Whether words in this colour are for a curve in that: the dark shade of one quantity; black for any."""
    return same_color(words, TEXT_COLOURS["loss"]) or any(
        same_color(words, TEXT_COLOURS[kind]) and same_color(line, COLOURS[kind]) for kind in COLOURS)


@meaning(Curve)
def test_a_curve_has_its_numbers_along_the_axes_that_say_so_and_its_name_and_colour(name, what):
    found = lines_of(name, what)
    assert found, "no line has these numbers"
    right = [(ax, line) for ax, line in found if says(ax, "x", what.across) and says(ax, "y", what.up)]
    assert right, f"they lie along other axes than {what.across!r} and {what.up!r}"
    if what.kind:
        right = [(ax, line) for ax, line in right if same_color(line.get_color(), COLOURS[what.kind])]
        assert right, f"it does not have the colour of {what.kind}"
    if what.name:
        named = [named_by(ax, what.name) for ax, _ in right]
        assert any(one is line for one, (_, line) in zip(named, right, strict=True)), "it names another curve"


def standing_at(ax: Axes, axis: str, place: float) -> list[float]:
    """What is drawn at a place of an axis: where points, bars and edges lie along the other one."""
    along, other = (0, 1) if axis == "x" else (1, 0)
    found = []
    for line in ax.lines:
        points = np.column_stack([np.asarray(part, float) for part in line.get_data()])
        near = points[np.abs(points[:, along] - place) < 0.45]
        found += near[:, other].tolist()
    for patch in ax.patches:
        if isinstance(patch, Rectangle):
            (x, y), wide, high = patch.get_xy(), patch.get_width(), patch.get_height()
            low, far, ends = (x, x + wide, (y, y + high)) if axis == "x" else (y, y + high, (x, x + wide))
            found += [float(end) for end in ends if low - 0.45 <= place <= far + 0.45]
    return [value for value in found if np.isfinite(value)]


@meaning(At)
def test_at_the_tick_with_a_name_stands_the_number_of_that_name(name, what):
    side = "y" if what.axis == "x" else "x"
    panels = [ax for ax in every_axes(GALLERY[name].picture.figure)
              if what.values.keys() <= dict(ticks(getattr(ax, f"{what.axis}axis"))).keys()
              and says(ax, what.axis, what.label) and what.other in getattr(ax, f"get_{side}label")()]
    assert len(panels) == 1, f"{len(panels)} plots have ticks with these names and these labels"
    places = dict(ticks(getattr(panels[0], f"{what.axis}axis")))
    wrong = {word: value for word, value in what.values.items()
             if not np.isclose(standing_at(panels[0], what.axis, places[word]), value, rtol=1e-6).any()}
    assert not wrong, "these stand somewhere else"


def colour_at(ax: Axes, x: float, y: float) -> tuple[float, ...] | None:
    """The colour of the uppermost field at a place: a rectangle, a cell of a map or a thick line."""
    for patch in reversed(ax.patches):
        outline = patch.get_path().transformed(patch.get_patch_transform())
        if patch.get_fill() and outline.contains_point((x, y)):
            return to_rgb(patch.get_facecolor())
    for mesh in ax.collections:
        if (values := mesh.get_array()) is not None and np.ndim(values) == 2:
            return to_rgb(mesh.to_rgba(values)[int(y), int(x)])
    for line in reversed(ax.lines):
        points = np.column_stack([np.asarray(part, float) for part in line.get_data()])
        for (x0, y0), (x1, y1) in pairwise(points):
            if line.get_linewidth() > BAR and y0 == y1 and abs(y - y0) < 0.5 and x0 - 1e-9 <= x <= x1 + 1e-9:
                return to_rgb(line.get_color())
    for image in (image for one in (ax, *ax.child_axes) for image in one.images):
        left, right, bottom, top = image.get_extent()
        values = np.asarray(image.get_array())
        column = int((x - left) / (right - left) * values.shape[1])
        row = (y - bottom) / (top - bottom) * values.shape[0]
        row = int(row if image.origin == "lower" else values.shape[0] - row)
        return to_rgb(image.to_rgba(values[row, column]))
    return None


def lightness(colour) -> float:
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))


def assert_direction(pairs: list[tuple[float, tuple]], light: str) -> None:
    """The light end of the colours is at the low or the high numbers; or orange is positive, not purple."""
    pairs = sorted(pairs)
    (low, first), (high, last) = pairs[0], pairs[-1]
    if light == "signed":
        assert all((red > blue) == (value > 0) for value, (red, _, blue) in pairs), "the signs are turned"
        return
    shades = [lightness(colour) for _, colour in pairs]
    if light == "low":
        shades = [-shade for shade in shades]
    assert shades[-1] > shades[0] + 0.15, f"{low:g} to {high:g} is shown as {first} to {last}: turned round"
    assert all(b >= a - 0.01 for a, b in pairwise(shades)), "not in the order of the numbers"


@meaning(Cells)
def test_a_field_says_and_shows_the_number_of_its_row_and_column(name, what):
    (ax,) = [ax for ax in every_axes(GALLERY[name].picture.figure)
             if {row for _, row in what.values} - {""} <= dict(ticks(ax.yaxis)).keys()
             and {column for column, _ in what.values} <= dict(ticks(ax.xaxis)).keys()
             and (what.across in ax.get_xlabel() or what.across == (ax.get_title() or ax.get_title("left")))
             and what.up in ax.get_ylabel()]
    columns, rows = dict(ticks(ax.xaxis)), {"": min(ax.get_ylim()) + 0.5, **dict(ticks(ax.yaxis))}
    written = {(round(x, 2), round(y, 2)): text.get_text().split("\n")[0]
               for text in ax.texts for x, y in [text.get_position()]}
    pairs = []
    for (column, row), (words, value) in what.values.items():
        place = round(columns[column], 2), round(rows[row], 2)
        assert written.get(place) == words, f"at {column!r}, {row!r}"
        pairs.append((value, colour_at(ax, *place)))
    if what.light:
        assert_direction(pairs, what.light)


@meaning(Shades)
def test_colours_stand_for_the_numbers_of_their_scale(name, what):
    (ax,) = [ax for ax in every_axes(GALLERY[name].picture.figure)
             if (ax.get_title() or ax.get_title("left")).startswith(what.title)]
    shown = [(value, colour_at(ax, x, y)) for x, y, value in what.values]
    assert_direction(shown, what.light)
    for x, y, value in what.scale:
        bar = colour_at(ax, x, y)
        nearest = min(shown, key=lambda one: abs(np.log(one[0] / value)))
        if abs(np.log(nearest[0] / value)) < 1:
            assert np.allclose(bar, nearest[1], atol=0.12), f"the scale has another colour at {value:g}"
    if what.scale:
        assert_direction([(value, colour_at(ax, x, y)) for x, y, value in what.scale], what.light)


# --- the course's colours ---

def test_the_maps_go_from_dark_to_light_and_from_purple_to_orange():
    shades = [lightness(colour[:3]) for colour in matrix_map()(np.linspace(0, 1, 9))]
    assert shades == sorted(shades) and shades[0] < 0.2 and shades[-1] > 0.7
    (r0, _, b0), (r1, _, b1) = (signed_map()(end)[:3] for end in (0.1, 0.9))
    assert b0 > r0 and r1 > b1, "purple is negative, orange positive"


@pytest.mark.parametrize(("name", "light"), [("coloured_text", "low"), ("coloured_text, signed", "signed")])
def test_the_ground_of_a_character_has_the_colour_that_the_bar_has_for_its_number(name, light):
    one = GALLERY[name]
    page, (_, values, (low, high), _) = one.picture.html(), one.arguments
    grounds = re.findall(r'<label style="background:(#\w+);[^>]*?title="[^"]*  (-?[\d.]+)">', typed(page))
    assert [float(number) for _, number in grounds] == values
    assert_direction([(float(number), to_rgb(colour)) for colour, number in grounds], light)
    bar = re.findall(r'<span style="background:(#\w+)', page)
    for colour, number in grounds:
        place = round((min(max(float(number), low), high) - low) / (high - low) * (len(bar) - 1))
        assert np.allclose(to_rgb(colour), to_rgb(bar[place]), atol=0.07), f"{number} is not as on the bar"
    words = re.search(r'course-bar">(.*?)<span aria.*</span>&nbsp;(.*?)</div>', page)
    assert f"{low:g}" in typed(words[1]) and f"{high:g}" in words[2]


# --- the numbers of a sentence ---

def flat(thing) -> Iterator[float | str]:
    """Numbers and words in the arguments of a picture."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        yield from flat(list(thing) + list(thing.values()))
    elif isinstance(thing, int | float | np.number):
        yield float(thing)
    elif isinstance(thing, np.ndarray) and thing.dtype.kind in "fiub":
        yield from thing.ravel().astype(float)
    elif hasattr(thing, "_fields") or isinstance(thing, list | tuple | range | np.ndarray):
        yield len(thing)
        for part in thing:
            yield from flat(part)
    elif hasattr(thing, "__dict__"):
        yield from flat(vars(thing))


def seen(name: str) -> Iterator[float]:
    """The numbers that a picture draws, writes or was given."""
    one = GALLERY[name]
    for value in flat([one.arguments, one.options]):
        yield from values_of(value) if isinstance(value, str) else [value]
    for text in one.picture.figure.texts:
        yield from values_of(text.get_text())
    for ax in every_axes(one.picture.figure):
        for line in ax.lines:
            yield from np.ravel(line.get_data()).astype(float)
        for patch in ax.patches:
            yield from patch.get_path().transformed(patch.get_patch_transform()).vertices.ravel()
        for text in ax.texts:
            yield from values_of(text.get_text().replace("|", " "))
        for words in (ax.get_title(), ax.get_title("left"), ax.get_xlabel(), ax.get_ylabel(),
                      *(word for axis in (ax.xaxis, ax.yaxis) for word, _ in ticks(axis))):
            yield from values_of(words)


@cache
def pool(name: str) -> np.ndarray:
    found = np.array(list(seen(name)), float)
    return found[np.isfinite(found)]


@pytest.mark.parametrize("name", [name for name in GALLERY if name not in ELSEWHERE
                                  and "coloured_text" not in name])
def test_the_numbers_of_a_sentence_are_in_its_picture(name):
    sentence, numbers, besides = GALLERY[name].picture.sentence, pool(name), BESIDES.get(name, {})
    assert missing(sentence, np.append(numbers, list(besides.values()))) == [], sentence
    for what in besides:
        others = [value for other, value in besides.items() if other != what]
        assert missing(sentence, np.append(numbers, others)), f"{what} is there already"
