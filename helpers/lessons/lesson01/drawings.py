"""What a recurrent network is: one cell, the same cell unrolled, the tasks it can be given."""

import numpy as np
from matplotlib.patches import Circle, Polygon

from helpers.pictures import COLOURS, Box, Canvas, Picture, count, styled, whole_number

W_XH, W_HH, W_HY = "$W_{xh}$", "$W_{hh}$", "$W_{hy}$"


def _column(page: Canvas, x: float, step: int | str, size: float) -> Box:
    """Input, state and output of one time step, from the bottom up; returns the state's box."""
    state = page.node(x, 240, f"$h_{{{step}}}$", "h", size)
    given = page.node(x, 100, f"$x_{{{step}}}$", "x", size)
    output = page.node(x, 385, f"$y_{{{step}}}$", "y", size * 1.1, size)
    page.arrow(given.top, state.bottom, kind="x")
    page.arrow(state.top, output.bottom, kind="y")
    page.label(x + 7, 170, W_XH, "x", 15, ha="left")
    page.label(x + 7, 324, W_HY, "y", 15, ha="left")
    return state


@styled
def unrolled_network(steps: int = 4) -> Picture:
    """The loop on the left and the same network unrolled over 1 to 8 steps on the right."""
    steps = whole_number("steps", steps, 1, 8)
    page = Canvas(450)
    first, spacing = 300, min(150, 632 / steps)
    size = min(62, 0.68 * spacing)
    loop = _column(page, 130, "t", 62)
    back = page.arrow((99, 254), (48, 254), (48, 226), (99, 226), kind="h", turn=14)
    page.label(60, 280, W_HH, "h", 15)
    page.label((loop.x + first) / 2 + 5, 240, "=", size=34)
    before = page.node(first, 240, "$h_0$", "quiet", size, fill=0.12)
    above = 18 if spacing - size > 60 else size / 2 + 17  # where there is room for the name
    for step in range(1, steps + 1):
        state = _column(page, first + step * spacing, step, size)
        page.arrow(before.right, state.left, kind="h")
        page.label((before.x + state.x) / 2, 240 + above, W_HH, "h", 15)
        before = state
    time = page.arrow((first + spacing - size / 2, 30), (before.x + size / 2, 30), gap=0)
    page.label(first + spacing - size / 2 - 12, 30, "time", "quiet", 15, ha="right")
    return page.picture(f"""A recurrent network drawn as a loop, and the same network unrolled over
        {count(steps, "time step")}: the same three matrices W_xh, W_hh and W_hy are used
        at every step, so more steps need no more weights.""",
        {"a loop": back, count(steps, "time step"): time,
         **{name: page.words(f"${name[:2]}{{{name[2:]}}}$") for name in ("W_xh", "W_hh", "W_hy")}})


def _landscape(page: Canvas, x: float, y: float) -> Box:
    """An input that is a picture: a sun over hills."""
    box = page.node(x, y, "", "x", 64, 44)
    hills = [(-24, -14), (-10, 7), (1, -7), (9, 2), (22, -14)]
    page.axes.add_patch(Polygon(np.add(hills, (x, y)), facecolor=COLOURS["h"], zorder=3.1))
    page.axes.add_patch(Circle((x + 11, y + 9), 6, facecolor=COLOURS["y"], zorder=3.1))
    return box


@styled
def task_shapes() -> Picture:
    """Four shapes of task for one cell, each with an example that fits on the page."""
    page = Canvas(640)
    tasks = [
        ("one to many", "a picture → its caption", ["picture", "", ""], ["sun", "over", "hills"]),
        ("many to one", "a review → its verdict", ["not", "too", "bad"], ["", "", "good"]),
        ("many to many, step by step", "each letter → the next one", list("hell"), list("ello")),
        ("many to many, read then write", "a phrase → its translation",
         ["good", "night", "", ""], ["", "", "bonne", "nuit"]),
    ]
    for place, (name, example, inputs, outputs) in enumerate(tasks):
        left, base = 20 + 490 * (place % 2), 335 - 315 * (place // 2)
        page.band(left, base, left + 470, base + 285)
        page.label(left + 20, base + 260, name, size=17, ha="left", weight="bold")
        page.label(left + 20, base + 229, example, "quiet", 15, ha="left")
        spacing = 470 / len(inputs)
        previous = None
        for column, (given, wanted) in enumerate(zip(inputs, outputs, strict=True)):
            x = left + spacing * (column + 0.5)
            state = page.node(x, base + 103, "", "h", 44)
            if previous:
                page.arrow(previous.right, state.left, kind="h")
            if given == "picture":
                source = _landscape(page, x, base + 32)
            elif given:
                source = page.node(x, base + 32, given, "x", max(40, 22 + 12 * len(given)), 40, fontsize=15)
            if given:
                page.arrow(source.top, state.bottom, kind="x", gap=4)
            if wanted:
                goal = page.node(x, base + 178, wanted, "y", max(46, 34 + 12 * len(wanted)), 40, fontsize=15)
                page.arrow(state.top, goal.bottom, kind="y", gap=4)
            previous = state
    return page.picture("""Four shapes of task for the same cell: one to many (1 picture, 3 words out),
        many to one (3 words of a review, 1 verdict), many to many step by step (4 letters, each answered by
        the next), and many to many after reading (2 words in, then 2 words of the translation out).""")


DRAWINGS = [unrolled_network, task_shapes]
