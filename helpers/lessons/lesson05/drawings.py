"""Gradients that grow, in pictures: repeated factors, the cliff, two ways to clip, anti-windup."""

import numpy as np

from helpers.lessons.lesson05 import cliff
from helpers.lessons.lesson05.pictures import RING
from helpers.pictures import COLOURS, INK, Canvas, Picture, count, short, styled


@styled
def repeated_factors() -> Picture:
    """A gradient in a backward pass through five steps, multiplied by 1.5 at each."""
    factor, steps = 1.5, 5
    page = Canvas(330)
    spacing = 760 / steps
    sizes = factor ** np.arange(steps + 1.0)
    tall = 120 / sizes.max()
    nodes = []
    for back, size in enumerate(sizes):
        x = 880 - back * spacing
        name = "h_t" if back == 0 else f"h_{{t-{back}}}"
        nodes.append(page.node(x, 210, f"${name}$", "h", 70, height=56, fontsize=17))
        page.axes.plot([x, x], [52, 52 + tall * size], color=COLOURS["gradient"], linewidth=16,
                       solid_capstyle="butt", zorder=2)
        page.label(x, 26, short(size), "gradient", 16)
        if back:
            page.arrow(nodes[-2].left, nodes[-1].right, kind="gradient")
            page.label(x + spacing / 2, 236, f"×{factor:g}", "gradient", 16)
    page.arrow((965, 210), nodes[0].right, kind="gradient", gap=3)
    page.label(500, 300, "back in time: at every step the same factor", size=18)
    return page.picture(f"""A gradient of 1 goes back through {count(steps, "step")} and is multiplied by
        {factor:g} at each. At the end it is {short(sizes[-1])}.""")


@styled
def cliff_edge() -> Picture:
    """A cut through the cliff at w = 5.5, and where one step from the wall leads, clipped and not."""
    w = 5.5
    page = Canvas(390)
    b = cliff.wall_bias(w) + np.r_[np.linspace(-1.1, -0.004, 300), np.linspace(0.004, 1.9, 500)]
    loss = cliff.surface(np.array([w]), b)[:, 0]        # without the sliver where it passes through 0
    x, y = 20 + 960 * (b - b[0]) / 3, 70 + 520 * loss
    page.axes.plot(x, y, color=INK, linewidth=4, solid_joinstyle="round", zorder=2)
    wall = 20 + 960 * 1.1 / 3
    middle = (y[299] + y[300]) / 2
    page.axes.plot(wall, middle, "o", markersize=20, color=COLOURS["y"], markeredgecolor=INK,
                   markeredgewidth=2, zorder=4)
    page.arrow((wall, middle), (990, 320), kind="gradient", gap=14)
    page.arrow((wall, middle), (wall + 56, 98), kind="h", gap=14, turn=5)
    page.label(650, 330, "one step, not clipped:", "gradient", 17)
    page.label(650, 304, "far outside the picture", "gradient", 17)
    page.label(wall + 72, 128, "one step, clipped: lands at the foot", "h", 17, ha="left")
    page.label(190, 350, "high ground", size=17)
    page.label(190, 324, "hardly any slope", size=15)
    page.label(690, 54, "from here, gently downhill to the left", size=15)
    _, dw, db = cliff.loss_and_gradient(w, cliff.wall_bias(w))
    return page.picture(f"""A cut through an error surface has a wall between high and low ground. On
        the wall the gradient has the norm {np.hypot(dw, db):.1e}, so one step without clipping throws the
        ball far away, while a clipped step lands at the foot of the wall.""")


@styled
def two_clips() -> Picture:
    """One gradient of length 3, clipped to 1 by norm (left) and by value (right)."""
    angle = 25.0
    page = Canvas(400)
    unit, along = 110, np.radians(angle)
    g = 3 * np.array([np.cos(along), np.sin(along)])
    corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)])
    kept = (("by norm", 140, RING, g / 3, "h"),
            ("by value", 640, corners, g.clip(-1, 1), "y"))
    for name, left, outline, clipped, kind in kept:
        origin = np.array([left, 140])
        page.axes.plot(*(origin + unit * outline).T, color=COLOURS[kind], linewidth=2,
                       linestyle=(0, (1, 1.6)))
        page.arrow(origin, origin + unit * g, kind="gradient", gap=0)
        page.arrow(origin, origin + unit * clipped, kind=kind, gap=0, width=6)
        page.label(left + 130, 360, f"clipped {name}", kind, 19, weight="bold")
        turn = np.degrees(np.arctan2(*clipped[::-1])) - angle
        words = "same direction" if abs(turn) < 0.5 else f"turned by {abs(turn):.0f}°"
        page.label(left + 130, 40, words, kind, 17, ha="left")
    turn = np.degrees(np.arctan2(*g.clip(-1, 1)[::-1])) - angle
    return page.picture(f"""A gradient of length 3 at {angle:g}° is clipped to 1. By norm it keeps its
        direction and ends on a circle. By value each entry is cut on its own, so it ends on a square and
        is turned by {abs(turn):.0f}°.""")


@styled
def anti_windup() -> Picture:
    """A control loop whose integral must not wind up, and a gradient clipped before an optimiser state."""
    page = Canvas(500)
    _chain(page, 390, ("error", "x"), ("integral", "c"), ("valve", "y"), ("tank", "h"))
    page.label(610, 336, "opens only so far", "y", 15)
    page.arrow((900, 360), (900, 300), (118, 300), (118, 360), kind="quiet", gap=2)
    page.label(250, 280, "the measured level", "quiet", 15)
    page.arrow((610, 422), (610, 458), (364, 458), (364, 422), kind="gradient", gap=2)
    page.label(487, 480, "at its limit: stop adding", "gradient", 16)
    page.axes.plot([20, 980], [232, 232], color=COLOURS["quiet"], linewidth=1.4)
    _chain(page, 140, ("gradient", "gradient"), ("clip", "y"), ("state", "c"), ("step", "h"))
    page.label(364, 86, "cuts the spike", "y", 15)
    page.label(610, 86, "never sees it", "c", 15)
    page.label(500, 30, "clipping before the optimiser state keeps it from winding up", size=17)
    page.label(118, 208, "training", size=17, weight="bold")
    page.label(118, 458, "control", size=17, weight="bold")
    return page.picture("""Above is a control loop. An integral drives a valve that opens only so far,
        and at the limit a signal goes back and stops the integral. Below is training. The gradient is
        clipped before it reaches the optimiser state, which therefore never sees the spike.""")


def _chain(page: Canvas, y: float, *parts: tuple[str, str]) -> None:
    """Four boxes in a row, joined by arrows."""
    boxes = []
    for x, (name, kind) in zip((118, 364, 610, 856), parts, strict=True):
        boxes.append(page.node(x, y, name, kind, 140, height=58, radius=0.24))
        if len(boxes) > 1:
            page.arrow(boxes[-2].right, boxes[-1].left, kind="quiet")
    page.band(boxes[0].x - 96, y - 42, boxes[-1].x + 96, y + 42)


DRAWINGS = [repeated_factors, cliff_edge, two_clips, anti_windup]
