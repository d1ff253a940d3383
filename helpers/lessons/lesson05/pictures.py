"""Gradients that grow: one factor repeated, a matrix repeated, and an arrow clipped two ways."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.lessons.lesson05.spikes_and_runs import angle_between
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    new_figure,
    on_narrow_page,
    set_axes,
    styled,
)

LOW, HIGH = 1e-6, 1e6           # sizes that are shown
RING = np.column_stack([part(np.linspace(0, 2 * np.pi, 121)) for part in (np.cos, np.sin)])     # a circle


@styled
def repeated_factor(factor: float = 1.1, steps: int = 50) -> Picture:
    """factor^n for n = 0 to `steps`, on a logarithmic axis.

    Raises ValueError if `factor` is not above 0 or `steps` is below 1.
    """
    if not (factor > 0 and steps >= 1):
        raise ValueError(f"factor is {factor} and steps is {steps}. The factor must be above 0, and steps at "
                         "least 1.")
    n = np.arange(steps + 1)
    size = float(factor) ** n
    figure, ax = new_figure(height=4.2)
    ax.set_position((0.1, 0.17, 0.72, 0.7))
    _growth_axes(ax, "What n equal factors make of 1", steps, "size of the gradient")
    curve, = ax.plot(n, size, color=COLOURS["gradient"], marker="o", markersize=5)
    last = label_ends(ax, [End(in_short(size[-1]), size[-1], "gradient")], size=16)
    return Picture(figure, f"A gradient of 1 that is multiplied by {factor:.2f} at every step back is "
                           f"{in_short(size[-1])} after {steps} step{'s' * (steps > 1)}.",
                   points={f"multiplied by {factor:.2f}": curve,
                           f"is {in_short(size[-1])}": [*last, *_ring(ax, steps, size[-1])]})


def _ring(ax: Axes, step: int, size: float) -> list[Place]:
    """The point of a curve, if it is on the axes."""
    return [Place(ax, step, size)] if LOW <= size <= HIGH else []


def two_by_two(eigenvalue: float, singular_value: float) -> np.ndarray:
    """The matrix [[a, s], [0, a]] with both eigenvalues a and the given largest singular value.

    Raises ValueError if the singular value is smaller than the eigenvalue: no matrix has that.
    """
    if not 0 < eigenvalue <= singular_value:
        raise ValueError(f"eigenvalue is {eigenvalue} and singular_value is {singular_value}. The eigenvalue "
                         "must be above 0, and the singular value must not be below it.")
    return np.array([[eigenvalue, singular_value - eigenvalue**2 / singular_value], [0.0, eigenvalue]])


@styled
def repeated_matrix(eigenvalue: float = 0.9, singular_value: float = 2.0, steps: int = 60) -> Picture:
    """What one multiplication by a 2 × 2 matrix does to a circle, and how much n of them stretch at most.

    A largest singular value below the eigenvalue does not exist; it is raised to it.
    """
    singular_value = max(eigenvalue, singular_value)
    W = two_by_two(eigenvalue, singular_value)
    n = np.arange(steps + 1)
    stretch = np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in n])

    figure, (plane, time) = new_figure(1, 2, height=4.4)
    plane.set_position([0.09, 0.16, 0.37, 0.7])
    plane.plot(*RING.T, color=COLOURS["quiet"], linewidth=1.6, linestyle="--")
    plane.plot(*(RING @ W.T).T, color=COLOURS["gradient"])
    longest = W @ np.linalg.svd(W)[2][0]
    arrow, = plane.plot([0, longest[0]], [0, longest[1]], color=COLOURS["gradient"], linewidth=2.2,
                        marker="o", markersize=6)
    set_axes(plane, "One step: an ellipse", ("first entry", -2.6, 2.6), ("second entry", -2.6, 2.6),
             xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    plane.set_aspect("equal")
    time.set_position((0.6, 0.16, 0.2, 0.7))
    _growth_axes(time, "n steps", steps, "largest stretch")
    powers = []
    for base, style, name, high in ((singular_value, ":", ("dotted:", "singular value"), 0.93),
                                    (eigenvalue, "--", ("dashed:", "eigenvalue"), 0.2)):
        powers += time.plot(n, base ** n.astype(float), color=COLOURS["quiet"], linestyle=style, linewidth=2)
        for line, words in enumerate((*name, f"{base:.2f} to the n")):
            time.text(1.02, high - 0.075 * line, words, transform=time.transAxes, fontsize=14,
                      color=TEXT_COLOURS["quiet"])
    curve, = time.plot(n, stretch, color=COLOURS["gradient"])
    last = time.text(1.02, 0.53, f"{in_short(stretch[-1])}", transform=time.transAxes, fontsize=16,
                     va="center", color=TEXT_COLOURS["gradient"])
    top = int(stretch.argmax())
    story = (f"The largest stretch grows to {in_short(stretch[top])} at step {top} and is "
             f"{in_short(stretch[-1])} after {steps} steps." if 0 < top < steps else
             f"The largest stretch is {in_short(stretch[-1])} after {steps} steps.")
    return Picture(figure, f"Both eigenvalues are {eigenvalue:.2f}, and the largest singular value is "
                           f"{singular_value:.2f}. One step makes an arrow at most "
                           f"{singular_value:.2f} times as long. {story}",
                   points={f"eigenvalues are {eigenvalue:.2f}": powers[1],
                           f"singular value is {singular_value:.2f}": powers[0],
                           f"at most {singular_value:.2f} times": arrow,
                           f"is {in_short(stretch[-1])}": (curve, last)})


def _growth_axes(ax: Axes, title: str, steps: int, name: str) -> None:
    set_axes(ax, title, ("steps back n", 0, steps), (name, LOW, HIGH), log="y",
             yticks=[1e-6, 1e-3, 1, 1e3, 1e6])
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.axhline(1, color=COLOURS["quiet"], linewidth=1)


@styled
def clip_plane(angle: float = 20.0, length: float = 3.0, threshold: float = 1.0) -> Picture:
    """A gradient of two entries, clipped by norm and by value to the same threshold."""
    if not (length > 0 and threshold > 0):
        raise ValueError(f"length is {length} and threshold is {threshold}. Both must be above 0.")
    g = length * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    by_norm, by_value = g * min(1, threshold / length), g.clip(-threshold, threshold)
    narrow = on_narrow_page()        # then the words stand below the plot
    figure, ax = new_figure(height=6.4 if narrow else 5.2)
    ax.set(position=(0.16, 0.42, 0.8, 0.5) if narrow else (0.08, 0.135, 0.44, 0.77), aspect="equal")
    set_axes(ax, "One gradient, clipped two ways", ("first entry", -3.8, 3.8), ("second entry", -3.8, 3.8))
    square = threshold * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)])
    limits = [*ax.plot(*(threshold * RING).T, color=COLOURS["h"], linewidth=2.2, linestyle=":"),
              *ax.plot(*square.T, color=COLOURS["y"], linewidth=2.2, linestyle="--")]
    turns = [angle_between(g, by_norm), angle_between(g, by_value)]
    lines = [("g, the gradient", g, "gradient", f"length {length:.2f}"),
             ("by value", by_value, "y", f"length {np.hypot(*by_value):.2f}, turned by {turns[1]:.0f}°"),
             ("by norm", by_norm, "h", f"length {np.hypot(*by_norm):.2f}, turned by {turns[0]:.0f}°")]
    arrows = []
    for place, ((name, arrow, kind, words), style) in enumerate(zip(lines, ("-", "--", ":"), strict=True)):
        arrows.append(_arrow(ax, arrow, COLOURS[kind], 3.2 if kind == "gradient" else 5.5 - place, style))
        where = {"transform": ax.transAxes, "color": TEXT_COLOURS[kind]}
        if narrow:
            ax.text(-0.3, -0.3 - 0.1 * place, f"{name}: {words}", fontsize=14, **where)
            continue
        ax.text(1.08, 0.93 - 0.22 * place, name, fontsize=17, fontweight="bold", **where)
        ax.text(1.08, 0.85 - 0.22 * place, words, fontsize=16, **where)
    ahead = g / length
    aside = np.array([-ahead[1], ahead[0]]) * (1 if np.cross([*ahead, 0], [*by_value, 0])[2] >= 0 else -1)
    _at_head(ax, g, ahead, "g", "gradient")
    _at_head(ax, by_value, aside, "value", "y")     # on the side to which it is turned
    _at_head(ax, by_norm, -aside, "norm", "h")
    for height, low, words, kind in ((0.2, -0.6, "dashed: no entry above", "y"),
                                     (0.05, -0.7, "dotted: not longer than", "h")):
        ax.text(*((-0.3, low) if narrow else (1.08, height)), f"{words} {threshold:.2f}", fontsize=15,
                transform=ax.transAxes, color=TEXT_COLOURS[kind])
    return Picture(figure, f"A gradient of length {length:.2f} at {angle:.0f}°, threshold {threshold:.2f}: "
                           f"clipped by norm its length is {np.hypot(*by_norm):.2f} and it is turned by "
                           f"{turns[0]:.0f}°; by value {np.hypot(*by_value):.2f}, turned by {turns[1]:.0f}°.",
                   points={f"of length {length:.2f}": arrows[0], f"threshold {threshold:.2f}": limits,
                           f"by norm its length is {np.hypot(*by_norm):.2f}": arrows[2],
                           f"by value {np.hypot(*by_value):.2f}": arrows[1]})


def _arrow(ax: Axes, to: np.ndarray, colour: str, width: float, style: str) -> list[Line2D]:
    """A line from the origin with a head, of lines alone, so that it may move over a waiting frame."""
    length = np.hypot(*to)
    along = to / length
    across = np.array([-along[1], along[0]])
    head = min(0.24, 0.5 * length)
    barbs = [to - head * (along + 0.5 * across), to, to - head * (along - 0.5 * across)]
    return [*ax.plot([0, to[0]], [0, to[1]], color=colour, linewidth=width, linestyle=style),
            *ax.plot(*np.array(barbs).T, color=colour, linewidth=width)]


def _at_head(ax: Axes, tip: np.ndarray, towards: np.ndarray, words: str, kind: str) -> None:
    """Words a little way from the head of an arrow, in the direction `towards`, a unit vector."""
    ha = "center" if abs(towards[0]) < 0.4 else "left" if towards[0] > 0 else "right"
    ax.text(*(tip + (0.24 + 0.12 * abs(towards[1])) * towards), words, ha=ha, va="center", fontsize=15,
            fontweight="bold", color=TEXT_COLOURS[kind])


def in_short(value: float) -> str:
    """A size as a reader would write it: 0.0052, 117, 2.3e5."""
    if 0.001 <= value < 1e4:
        return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(power)}"
