"""Pictures for the last row: large words have room, names stay, numbers that would touch are fewer."""

import re

import pytest

from helpers.pictures import NARROW, Picture, for_lecture, new_figure, styled
from helpers.widgets.view import View


def drawn_for(stage, draw):
    """The figure of a function that draws, made for the last row or a narrow page."""
    with for_lecture(*stage):
        figure = draw().figure
    figure.canvas.draw()
    return figure


@styled
def bars(labels) -> Picture:
    figure, ax = new_figure(height=4)
    ax.set(xlim=(-0.5, len(labels) - 0.5))
    ax.set_xticks(range(len(labels)), labels)
    return Picture(figure, "Some bars.")


def ticks(ax) -> list[str]:
    """What can be read at the axis below."""
    return [tick.label1.get_text() for tick in ax.xaxis.get_major_ticks() if tick.label1.get_visible()]


def test_of_numbers_that_would_touch_some_go_and_the_last_one_stays():
    numbers = [f"{10_000 * number:,}" for number in range(1, 31)]
    shown = ticks(drawn_for([], lambda: bars(numbers)).axes[0])
    assert 2 < len(shown) < 30 and shown[-1] == numbers[-1]


def test_a_plot_above_a_text_keeps_its_height_until_the_text_is_long():
    def size(text: str) -> tuple[int, int]:
        """Of the plot that is shown, in its own pixels."""
        view = View()
        view.lecture.value = True
        picture = bars("abc")
        picture.text = text
        view.show(picture)
        found = re.search(r"--course-w:(\d+);--course-h:(\d+)", view.parts().frame)
        return int(found[1]), int(found[2])
    few, more = size("a line"), size("a line\n" * 9)
    assert few == more == size("word " * 100) and few[0] == size("")[0] and few[1] < size("")[1]
    assert size("a line\n" * 20)[0] < few[0]


# A narrow page.

@styled
def beside(number: int) -> Picture:
    """So many plots beside each other, with words at the right edge of the last one."""
    figure, axes = new_figure(1, number, height=4.0, squeeze=False, sharey=True)
    axes[0, 0].set(ylabel="loss (nats)")
    for ax in axes[0]:
        ax.set(xlim=(0, 1000), ylim=(0, 1), xlabel="updates", title="What is seen here after training")
    ax.text(1.02, 0.5, "ends 0.50", transform=ax.transAxes, va="center", fontsize=14)
    return Picture(figure, "Plots.")


@pytest.mark.parametrize(("number", "rows"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_on_a_narrow_page_plots_stand_one_below_another_and_none_of_their_words_is_cut(number, rows):
    figure = drawn_for([NARROW], lambda: beside(number))
    places = [ax.get_position() for ax in figure.axes]
    assert len({round(place.y0, 2) for place in places}) == rows
    renderer = figure.canvas.get_renderer()
    for ax, place in zip(figure.axes, places, strict=True):
        assert place.width * figure.get_figwidth() > 1.1, "inches"
        if place.x0 < 0.4:
            assert ax.get_ylabel() and ax.yaxis.get_major_ticks()[0].label1.get_visible()
        box = ax.get_tightbbox(renderer)
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1
