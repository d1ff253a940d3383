"""Words at the ends of curves can be read and stand where they belong; numbers on axes are written out."""


import numpy as np
import pytest

from helpers.pictures import End, label_ends, new_figure, set_axes, styled


@styled
def plot(ends=(), x=(0, 1), y=(0, 10), log="", height=5.0):
    """Axes with these words at the right edge."""
    ax = new_figure(height=height)[1]
    set_axes(ax, "", ("", *x), ("", *y), log)
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
