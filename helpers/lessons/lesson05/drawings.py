"""The drawings of lesson 05: repeated factors, the cliff, two clips, anti-windup, a page to fill in."""

import numpy as np

from helpers.lessons.lesson05.experiments import loss_and_gradient, surface, wall_bias
from helpers.lessons.lesson05.pictures import RING
from helpers.lessons.page_drawings import LEFT, Worksheet
from helpers.networks import SGD, Parameters, clip_norm, clip_value
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
    b = wall_bias(w) + np.r_[np.linspace(-1.1, -0.004, 300), np.linspace(0.004, 1.9, 500)]
    loss = surface(np.array([w]), b)[:, 0]        # without the sliver where it passes through 0
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
    _, dw, db = loss_and_gradient(w, wall_bias(w))
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
    for name, left, outline, clipped, kind in (("by norm", 140, RING, g / 3, "h"),
                                               ("by value", 640, corners, g.clip(-1, 1), "y")):
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


FACTORS, STEPS = (1.5, 0.5), 5
GRADIENT, LIMIT, MOST, RATE = (3.0, -4.0, 12.0), 5.0, 6.5, 0.1
MEASURES = {"length": 568, "$g \\cdot v$": 652, "cosine": 736, "angle, °": 820, "[2] : [0]": 918}
ROWS = {"g": 399, "squares": 357, "value": 315, "norm": 273}        # heights on the page


def _row(values) -> Parameters:
    return Parameters({"w": (3,)}, np.array(values))


def _clipped(clip, threshold: float) -> np.ndarray:
    """The gradient of the page after `clip` at `threshold`."""
    grads = _row(GRADIENT)
    clip(grads, threshold)
    return grads.w


def _updated(gradient: np.ndarray) -> np.ndarray:
    """The weights (1, 1, 1) after one update of gradient descent."""
    weights = _row(np.ones(3))
    SGD(RATE).update(weights, _row(gradient))
    return weights.w


@styled
def page_clipping(filled: bool = False) -> Picture:
    """Repeated factors, a gradient clipped by value and by norm, an update with each; answers if `filled`."""
    g = np.array(GRADIENT)
    by_value, by_norm = _clipped(clip_value, LIMIT), _clipped(clip_norm, MOST)

    page = Worksheet("Grow, shrink, clip",
                     "Grey boxes are given or done, white boxes are yours. Two digits are enough.", filled)
    for y, words in ((616, f"A.  A gradient of 1 goes back {STEPS} steps, "
                           "multiplied by the same factor at each."),
                     (460, "B.  One gradient, clipped to v in two ways."),
                     (222, f"C.  One update, w ← w − {RATE} v, from w = (1, 1, 1).")):
        page.label(LEFT, y, words, size=15, ha="left", weight="bold")
    _draw_factors(page)
    _draw_entries(page, g, by_value, by_norm)
    angles = _draw_measures(page, g, {"value": by_value, "norm": by_norm})
    for y, words, v, kind in ((184, "with g itself", g, "gradient"), (142, "clipped by value", by_value, "y"),
                              (100, "clipped by norm", by_norm, "h")):
        page.label(LEFT, y, words, kind, 15, ha="left")
        page.row(394, y, _updated(v), kind, kind == "gradient")
    best = min(angles, key=angles.get)
    page.label(568 - 35, 172, "Which clip keeps the ratios of the entries,\nand with them the direction?",
               size=15, ha="left", linespacing=1.35)
    page.box(568 + 8, 112, best, "quiet", width=86)
    degrees = np.arange(0, 80, 5)
    page.table(14, ("angle in °", degrees, 0), ("cosine", np.cos(np.radians(degrees)), 2))
    ends = " and ".join(short(factor**STEPS) for factor in FACTORS)
    return page.page(
        f"""A page to fill in by hand: a gradient goes back {STEPS} steps, of which the first is worked out. A
        gradient of three numbers is clipped by value and by norm, and an update is made with each""",
        f"""The page, filled in: after {STEPS} steps the gradients are {ends}. The gradient g, of length
        {np.linalg.norm(g):.0f}, is turned by {angles["value"]:.0f}° when clipped by value, and by
        {angles["norm"]:.0f}° when clipped by norm. So the clip by {best} keeps the ratio
        {g[2] / g[0]:.0f} of the last entry to the first.""")


def _draw_factors(page: Worksheet) -> None:
    """Part A: a gradient that goes back, once for each factor."""
    columns = 930 - 130 * np.arange(STEPS + 1)
    for back, x in enumerate(columns):
        page.label(x, 585, f"$h_{{t-{back}}}$" if back else "$h_t$", "h", 16)
        for y, factor in zip((552, 510), FACTORS, strict=True):
            box = page.box(x, y, factor**back, "gradient", back < 2)
            if back:
                page.arrow((columns[back - 1] - 35, y), box.right, kind="gradient", gap=4)
    for y, factor in zip((552, 510), FACTORS, strict=True):
        page.label(LEFT, y, f"times {factor} per step", "gradient", 15, ha="left")


def _draw_entries(page: Worksheet, g: np.ndarray, by_value: np.ndarray, by_norm: np.ndarray) -> None:
    """Part B, on the left: the three entries of the gradient, their squares, and both clipped gradients."""
    for words, x in MEASURES.items():
        page.label(x, 432, words, size=14.5)
    for name, words, kind in (("g", "the gradient g", "gradient"),
                              ("squares", "its squares; their sum", "gradient"),
                              ("value", f"v, by value, at {LIMIT:g}", "y"),
                              ("norm", f"v, by norm, at {MOST:g}", "h")):
        page.label(LEFT, ROWS[name], words, kind, 15, ha="left")
    for place, x in enumerate((318, 394, 470)):
        page.label(x, 432, f"{place}", "quiet", 14.5)
        page.box(x, ROWS["g"], g[place], "gradient", True, decimals=0)
        page.box(x, ROWS["squares"], g[place] ** 2, "gradient", place == 0, decimals=0)
        page.box(x, ROWS["value"], by_value[place], "y", place == 0, decimals=1)
        page.box(x, ROWS["norm"], by_norm[place], "h", decimals=1)


def _draw_measures(page: Worksheet, g: np.ndarray, clipped: dict[str, np.ndarray]) -> dict[str, float]:
    """Part B, on the right: lengths, angles and ratios; returns the angles in degrees."""
    at_length, at_dot, at_cosine, at_angle, at_ratio = MEASURES.values()
    length, angles = np.linalg.norm(g), {}
    page.box(at_length, ROWS["g"], length, "gradient", decimals=1)
    page.box(at_length, ROWS["squares"], g @ g, "gradient")
    page.box(at_ratio, ROWS["g"], g[2] / g[0], "gradient", True)
    page.label(at_ratio - 44, ROWS["squares"], f"factor: {MOST:g} / length of g", "h", 14.5, ha="right")
    page.box(at_ratio, ROWS["squares"], MOST / length, "h")
    for (name, v), kind in zip(clipped.items(), "yh", strict=True):
        cosine = min(1.0, g @ v / length / np.linalg.norm(v))
        angles[name] = np.degrees(np.arccos(cosine))
        page.box(at_length, ROWS[name], np.linalg.norm(v), kind, name == "norm")
        page.box(at_dot, ROWS[name], g @ v, kind)
        page.box(at_cosine, ROWS[name], cosine, kind)
        page.box(at_angle, ROWS[name], angles[name], kind, decimals=0)
        page.box(at_ratio, ROWS[name], v[2] / v[0], kind)
    page.label(952, 460, "cosine = $g \\cdot v\\; /\\; (\\|g\\|\\,\\|v\\|)$", size=14.5, ha="right")
    return angles


DRAWINGS = [repeated_factors, cliff_edge, two_clips, anti_windup, page_clipping]
