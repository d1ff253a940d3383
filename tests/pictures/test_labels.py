"""Words at the ends of curves can be read and stand where they belong; numbers on axes are written out."""

import contextlib

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import same_color

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson06 import gradient_by_lag
from helpers.pictures import (
    TEXT_COLOURS,
    End,
    Picture,
    for_lecture,
    label_ends,
    label_lines,
    new_figure,
    set_axes,
    styled,
)


@styled
def plot(ends=(), lines=None, x=(0, 1), y=(0, 10), log="", height=5.0, **ticks):
    """Axes with these words at the right edge."""
    ax = new_figure(height=height)[1]
    set_axes(ax, "", ("", *x), ("", *y), log, **ticks)
    if lines:
        label_lines(ax, lines, ends)
    else:
        label_ends(ax, ends)
    return ax


def places(ax) -> dict[str, float]:
    """Of each word the height of its middle, in heights of the plot."""
    return {text.get_text(): text.get_position()[1] for text in ax.texts}


def lie_on_each_other(ax) -> bool:
    renderer = ax.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1:])


@pytest.mark.parametrize("height", [2.5, 5.0])
@pytest.mark.parametrize("values", [[5, 5, 5], [0, 0, 0.1], [10, 10, 9.9, 99], [4, 4.1, 4.2, 8, 8.1], [2]])
def test_words_keep_the_order_of_their_values_and_are_clear_of_each_other(values, height):
    ax = plot([End(f"curve {i}", value) for i, value in enumerate(values)], height=height)
    assert not lie_on_each_other(ax)
    found = places(ax)
    assert sorted(found, key=found.get) == [f"curve {i}" for i in np.argsort(values, kind="stable")]
    assert all(0 <= place <= 1 for place in found.values())


def test_words_with_room_stand_at_their_values_on_any_axis():
    assert places(plot([End("half", 5)])) == {"half": pytest.approx(0.5)}
    assert places(plot([End("half", 0.01)], y=(1e-4, 1), log="y")) == {"half": pytest.approx(0.5)}
    assert places(plot([End("below", 2.5)], y=(10, 0))) == {"below": pytest.approx(0.75)}
    assert places(plot()) == {}


def test_words_that_touch_share_the_way_and_others_stay():
    found = places(plot([End("low", 5), End("high", 5), End("far", 9)]))
    assert found["low"] + found["high"] == pytest.approx(1.0), "one goes down as far as the other goes up"
    assert found["far"] == pytest.approx(0.9)


def test_an_end_has_its_colour_and_lines_are_named_among_the_ends():
    ax = plot([End("LSTM", 4.0, "c")], {"chance": 4.09, "bigram": 2.41})
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert colours.keys() == {"LSTM", "chance 4.09", "bigram 2.41"}
    assert same_color(colours["LSTM"], TEXT_COLOURS["c"])
    assert not lie_on_each_other(ax)
    assert sorted(line.get_ydata()[0] for line in ax.lines) == [2.41, 4.09]


def numbers(axis) -> list[str]:
    axis.figure.canvas.draw()
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for place, label in ticks if low <= place <= high]


def test_numbers_on_axes_are_written_out():
    assert numbers(plot(x=(1, 2000), log="x").xaxis) == ["1", "10", "100", "1,000"]
    assert numbers(plot(x=(0, 2000)).xaxis)[-1] == "2,000"
    assert numbers(plot(x=(0, 1000)).xaxis)[-1] == "1,000"
    assert numbers(plot(y=(1e-4, 1), log="y").yaxis)[0] == "0.0001"
    assert "10" in numbers(plot(y=(1e-12, 1), log="y").yaxis)[0], "too small to be written out"


def test_ticks_beyond_the_end_do_not_move_it():
    ax = plot(y=(0.2, 2.5), log="y", yticks=[0.2, 0.5, 1, 2, 4])
    assert ax.get_ylim() == (0.2, 2.5)
    assert numbers(ax.yaxis) == ["0.2", "0.5", "1", "2"]
    assert len(ax.yaxis.get_minorticklocs()) == 0


def test_the_style_file_is_read_once_and_nobody_changes_it(monkeypatch):
    sentence = fading_memory().sentence
    monkeypatch.setattr(mpl, "rc_params_from_file", None)
    assert fading_memory().sentence == sentence

    @styled
    def spoilt() -> Picture:
        mpl.rcParams["font.family"][:] = ["DejaVu Serif"]
        mpl.rcParams["font.size"] = 3
        return fading_memory()

    assert spoilt().png == fading_memory().png


@pytest.mark.parametrize("stage", ["desk", "lecture"])
@pytest.mark.parametrize("factor", [0.1, 0.5, 0.8, 0.9, 0.95, 0.97, 1.0, 1.01])
def test_no_curve_runs_through_the_words_beside_two_gradients(factor, stage):
    lags = np.arange(201.0)
    curves = {"LSTM, forget bias 2": factor**lags, "plain tanh, orthogonal": 0.74**lags}
    with for_lecture() if stage == "lecture" else contextlib.nullcontext():
        ax, = gradient_by_lag(curves).figure.axes
    ax.figure.canvas.draw()
    ways = [line.get_transform().transform_path(line.get_path()) for line in ax.lines]
    for text in ax.texts:
        box = text.get_window_extent()
        assert not any(way.intersects_bbox(box, filled=False) for way in ways)
        assert box.x0 > ax.bbox.x0 and box.x1 < ax.bbox.x1
