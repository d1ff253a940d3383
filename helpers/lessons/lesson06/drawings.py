"""The drawing of lesson 06: what is left of a gradient as it goes back through time."""

from matplotlib.patches import Rectangle

from helpers.networks import check_positive
from helpers.pictures import COLOURS, INK, Canvas, Picture, count, short, styled, whole_number

TALLEST = 120       # pixels, of a bar


@styled
def gradient_along_time(factor: float = 0.6, steps: int = 8) -> Picture:
    """One loss at the last of 2 to 8 steps, and how much of its gradient reaches each earlier state.

    `factor`, above 0 and at most 2, is what one step multiplies a gradient by. Raises ValueError for
    other numbers.
    """
    steps = whole_number("steps", steps, 2, 8)
    if check_positive("factor", factor) > 2:
        raise ValueError(f"factor is {factor}. Give a number above 0 and at most 2.")
    page = Canvas(440)
    spacing = 860 / (steps - 0.5)
    size = min(62, 0.6 * spacing)
    largest = max(1.0, factor ** (steps - 1))
    before, first, back = None, [], []
    for lag in reversed(range(steps)):
        x = 930 - spacing * lag
        name = "$h_t$" if lag == 0 else f"$h_{{t-{lag}}}$"
        state = page.node(x, 290, name, "h", size, fontsize=17)
        share = factor**lag
        if before:
            page.arrow(before.right, state.left, kind="h", shift=(0, size / 5))
            width = 1.0 + 4.2 * min(1.0, factor ** (lag + 1))
            back += page.arrow(state.left, before.right, kind="gradient", shift=(0, -size / 5), width=width)
        height = TALLEST * share / largest
        bar = page.axes.add_patch(Rectangle((x - size / 2, 70), size, max(height, 1.5), edgecolor="none",
                                            facecolor=COLOURS["gradient"], label="bar"))
        left = page.label(x, 84 + height, short(share, 2 if share >= 0.01 else 3), "gradient", 15)
        first = first or [bar, left]
        page.label(x, 48, f"lag {lag}", "quiet", 15)
        before = state
    page.axes.plot([930 - spacing * (steps - 0.6), 930 + size / 2 + 6], [70, 70], color=INK, linewidth=1.2)
    loss = page.node(930, 395, "$L$", "loss", 54)
    page.arrow(before.top, loss.bottom, kind="y", shift=(-9, 0))
    page.arrow(loss.bottom, before.top, kind="gradient", shift=(9, 0), width=5.2)
    words = f"at each step back the gradient is multiplied by {factor:.2f}"
    page.label(40, 395, words, "gradient", 17, ha="left")
    page.label(500, 16, "what is left of it", "gradient", 15)
    end = factor ** (steps - 1)
    far = ("all of it is left" if f"{end:.2g}" == "1" else
           f"it is {end:.2g} times as large" if factor > 1 else f"{end:.2g} of it is left")
    return page.picture(f"""A loss at step t sends its gradient back through time. If every step
        multiplies it by {factor:.2f}, {far} after {count(steps - 1, "step")}.""",
        {f"multiplies it by {factor:.2f}": back, far: first})


DRAWINGS = [gradient_along_time]
