"""A page to be filled in by hand: a gradient that grows or shrinks, and one that is clipped two ways."""

import numpy as np

from helpers.lessons.page_drawings import LEFT, Worksheet
from helpers.networks import SGD, Parameters, clip_norm, clip_value
from helpers.pictures import Picture, short, styled

FACTORS, STEPS = (1.5, 0.5), 5
GRADIENT, LIMIT, MOST, RATE = (3.0, -4.0, 12.0), 5.0, 6.5, 0.1


def _clipped(clip, threshold: float) -> np.ndarray:
    """The gradient of the page after `clip` at `threshold`."""
    grads = _row(GRADIENT)
    clip(grads, threshold)
    return grads.w


def _row(values) -> Parameters:
    row = Parameters({"w": (3,)})
    row.w = values
    return row


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
    length = np.linalg.norm(g)

    page = Worksheet("Grow, shrink, clip",
                     "Grey boxes are given or done, white boxes are yours. Two digits are enough.", filled)
    for y, words in ((616, f"A.  A gradient of 1 goes back {STEPS} steps, "
                           "multiplied by the same factor at each."),
                     (460, "B.  One gradient, clipped to v in two ways."),
                     (222, f"C.  One update, w ← w − {RATE} v, from w = (1, 1, 1).")):
        page.label(LEFT, y, words, size=15, ha="left", weight="bold")
    columns = 930 - 130 * np.arange(STEPS + 1)
    for back, x in enumerate(columns):
        page.label(x, 585, f"$h_{{t-{back}}}$" if back else "$h_t$", "h", 16)
        for y, factor in zip((552, 510), FACTORS, strict=True):
            box = page.box(x, y, factor**back, "gradient", back < 2)
            if back:
                page.arrow((columns[back - 1] - 35, y), box.right, kind="gradient", gap=4)
    for y, factor in zip((552, 510), FACTORS, strict=True):
        page.label(LEFT, y, f"times {factor} per step", "gradient", 15, ha="left")

    entries = (318, 394, 470)
    measured = {"length": 568, "$g \\cdot v$": 652, "cosine": 736, "angle, °": 820, "[2] : [0]": 918}
    for words, x in measured.items():
        page.label(x, 432, words, size=14.5)
    at = {name: 399 - 42 * place for place, name in enumerate(("g", "squares", "value", "norm"))}
    at_length, at_dot, at_cosine, at_angle, at_ratio = measured.values()
    for name, words, kind in (("g", "the gradient g", "gradient"),
                              ("squares", "its squares; their sum", "gradient"),
                              ("value", f"v, by value, at {LIMIT:g}", "y"),
                              ("norm", f"v, by norm, at {MOST:g}", "h")):
        page.label(LEFT, at[name], words, kind, 15, ha="left")
    for place, x in enumerate(entries):
        page.label(x, 432, f"{place}", "quiet", 14.5)
        page.box(x, at["g"], g[place], "gradient", True, decimals=0)
        page.box(x, at["squares"], g[place] ** 2, "gradient", place == 0, decimals=0)
        page.box(x, at["value"], by_value[place], "y", place == 0, decimals=1)
        page.box(x, at["norm"], by_norm[place], "h", decimals=1)
    page.box(at_length, at["g"], length, "gradient", decimals=1)
    page.box(at_length, at["squares"], g @ g, "gradient")
    page.box(at_ratio, at["g"], g[2] / g[0], "gradient", True)
    page.label(at_ratio - 44, at["squares"], f"factor: {MOST:g} / length of g", "h", 14.5, ha="right")
    page.box(at_ratio, at["squares"], MOST / length, "h")
    angles = {}
    for name, v, kind in (("value", by_value, "y"), ("norm", by_norm, "h")):
        cosine = min(1.0, g @ v / length / np.linalg.norm(v))
        angles[name] = np.degrees(np.arccos(cosine))
        page.box(at_length, at[name], np.linalg.norm(v), kind, name == "norm")
        page.box(at_dot, at[name], g @ v, kind)
        page.box(at_cosine, at[name], cosine, kind)
        page.box(at_angle, at[name], angles[name], kind, decimals=0)
        page.box(at_ratio, at[name], v[2] / v[0], kind)
    page.label(952, 460, "cosine = $g \\cdot v\\; /\\; (\\|g\\|\\,\\|v\\|)$", size=14.5, ha="right")

    for y, words, v, kind in ((184, "with g itself", g, "gradient"), (142, "clipped by value", by_value, "y"),
                              (100, "clipped by norm", by_norm, "h")):
        page.label(LEFT, y, words, kind, 15, ha="left")
        page.row(394, y, _updated(v), kind, kind == "gradient")
    kept = min(angles, key=angles.get)
    page.label(568 - 35, 172, "Which clip keeps the ratios of the entries,\nand with them the direction?",
               size=15, ha="left", linespacing=1.35)
    page.box(568 + 8, 112, kept, "quiet", width=86)
    degrees = np.arange(0, 80, 5)
    page.table(14, ("angle in °", degrees, 0), ("cosine", np.cos(np.radians(degrees)), 2))
    ends = " and ".join(short(factor**STEPS) for factor in FACTORS)
    return page.page(
        f"""A page to fill in by hand: a gradient goes back {STEPS} steps, of which the first is worked out. A
        gradient of three numbers is clipped by value and by norm, and an update is made with each""",
        f"""The page, filled in: after {STEPS} steps the gradients are {ends}. The gradient g, of length
        {length:.0f}, is turned by {angles["value"]:.0f}° when clipped by value, and by
        {angles["norm"]:.0f}° when clipped by norm. So the clip by {kept} keeps the ratio
        {g[2] / g[0]:.0f} of the last entry to the first.""")


DRAWINGS = [page_clipping]
