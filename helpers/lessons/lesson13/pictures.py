"""The pictures of lesson 13: the flip-flop, fixed points, the cube, two memories, random networks."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.lessons.lesson13.experiments import predicted_exponent
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    new_figure,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

LOOKS = {           # of the points of a cube: colour, and how many corners the outline has
    "corner": ("h", 0), "edge": ("y", 3), "face": ("gradient", 4), "centre": ("c", 6)}
UNSTABLE = {"corner": "stable", "edge": "1 unstable each", "face": "2 unstable each", "centre": "3 unstable"}
STEPS_OF_NEWTON = 8
GAP = np.full((1, 2), np.nan)           # between lines that are drawn as one
CLEARLY = 0.005     # nats per step: an exponent that is not 0 but for what a thousand steps leave open


@styled
def bits_over_time(inputs: np.ndarray, outputs: np.ndarray) -> Picture:
    """The pulses (T, 3) on three wires, -1, 0 or 1, and what a network reads out (T, 3)."""
    T, bits = inputs.shape
    t = np.arange(1, T + 1)
    figure, rows = new_figure(bits, 1, height=5.6, squeeze=False)
    figure.subplots_adjust(left=0.12, right=0.84, top=0.91, bottom=0.13, hspace=0.22)
    points, bit_now, wanted = [], np.zeros(bits), np.empty((T, bits))
    for step, pulse in enumerate(inputs):
        wanted[step] = bit_now = np.where(pulse != 0, pulse, bit_now)
    wrong = int(np.sum(np.sign(outputs) != wanted))
    for bit, ax in enumerate(rows[:, 0]):
        last = bit == bits - 1
        ax.set(xlim=(0.5, T + 0.5), ylim=(-1.5, 1.5), yticks=[-1, 0, 1], ylabel=f"bit {bit + 1}")
        ax.tick_params(labelbottom=last)
        if last:
            ax.set_xlabel("step")
        pulses = np.flatnonzero(inputs[:, bit])
        tops = np.column_stack([np.zeros(len(pulses)), inputs[pulses, bit], np.full(len(pulses), np.nan)])
        lines = ax.plot(np.repeat(t[pulses], 3), tops.ravel(), color=COLOURS["x"], linewidth=5)
        lines += ax.plot(t, outputs[:, bit], color=COLOURS["y"], linestyle="--", marker="o", markersize=3)
        label_ends(ax, [End("answer", float(np.clip(outputs[-1, bit], -1.3, 1.3)), "y")])
        points.append((f"bit {bit + 1} gets {len(pulses)}", lines))
    rows[0, 0].set_title("Pulses come and go, the answers stay")
    counts = ", ".join(words for words, _ in points)
    return Picture(figure, f"In {T} steps {counts} pulses, and {wrong} of {T * bits} answers "
                           f"{'has' if wrong == 1 else 'have'} the wrong sign.", points=points)


@styled
def resting_unit(w: float = 2.0, b: float = 0.0, start: float = 0.6) -> Picture:
    """One tanh unit on its own: where tanh(w h + b) meets h, and the path of Newton's method."""
    line = np.linspace(-1.3, 1.3, 261)
    f = np.tanh(w * line + b)
    figure, ax = new_figure(height=5.2)
    figure.subplots_adjust(left=0.12, right=0.8)
    set_axes(ax, "Where the curve meets the line, a state stays", ("state h now", -1.3, 1.3),
             ("state h one step later", -1.3, 1.3))
    same, = ax.plot(line, line, color=COLOURS["quiet"], linewidth=1.6, linestyle="--")
    after, = ax.plot(line, f, color=COLOURS["h"], linewidth=2.6)
    label_ends(ax, [End("the same", 1.3), End("tanh(w h + b)", f[-1], "h")])
    crossings = _crossings(w, b)
    stable = [h for h in crossings if abs(w * (1 - h**2)) < 1 + 1e-9]      # at w = 1 a push shrinks, slowly
    for h in crossings:
        rests = h in stable
        ax.plot(h, h, "o" if rests else "^", color=COLOURS["h" if rests else "gradient"], markersize=14,
                markerfacecolor=COLOURS["h"] if rests else "white", markeredgewidth=2.6)
    way = [start]
    for _ in range(STEPS_OF_NEWTON):
        h = way[-1]
        slope = w * (1 - np.tanh(w * h + b) ** 2)
        if abs(1 - slope) < 1e-9 or abs(h) > 50:
            break
        way.append(h - (h - np.tanh(w * h + b)) / (1 - slope))
    corners = []                # from the curve along its tangent to the line, and back to the curve
    for h, after_it in pairwise(way):
        corners += [(h, np.tanh(w * h + b)), (after_it, after_it)]
    path, = ax.plot(*np.array(corners or [(start, start)]).T, color=COLOURS["loss"], marker=".", markersize=7,
                    linewidth=2.2, linestyle="-.")
    ax.plot(start, np.tanh(w * start + b), "s", color=COLOURS["loss"], markersize=9)
    where = ", ".join(f"{h:z.2f}" for h in crossings)
    kind = "point" if len(crossings) == 1 else "points"
    return Picture(
        figure, f"With w = {w:.2f} and b = {b:z.2f} the unit has {len(crossings)} fixed {kind}, {where}, "
                f"of which {len(stable)} {'is' if len(stable) == 1 else 'are'} stable. Newton's method goes "
                f"from {start:z.2f} to {_far(way[-1])} in {len(way) - 1} step{'s' * (len(way) != 2)}.",
        points=[(f"{len(crossings)} fixed {kind}", [after, same]), ("Newton's method", path)])


def _far(value: float) -> str:
    return f"{value:z.2f}" if abs(value) < 50 else "far away"


def _crossings(w: float, b: float) -> list[float]:
    """Where tanh(w h + b) is h, ascending."""
    grid = np.linspace(-1.0001, 1.0001, 4001)
    gap = np.tanh(w * grid + b) - grid
    return [float(low - here * (high - low) / (there - here))
            for (low, high), (here, there) in zip(pairwise(grid), pairwise(gap), strict=True)
            if here == 0 or here * there < 0]


@styled
def plot_found_by_starts(results: Sequence[Result], signs: bool = False) -> Picture:
    """How many fixed points a `search` finds from more and more starts: medians, minima and maxima.

    With `signs` it shows what the signs of det(I - J) add up to instead.
    """
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.12, right=0.76)
    starts = results[0].value["starts"]
    looks = {"both": ("h", "-", "o"), "means": ("y", "--", "^"), "visited": ("quiet", "-.", "s")}
    names = {"both": "visited and means", "means": "means of 2 to 8", "visited": "visited states"}
    if signs:
        looks = {"all signs": ("h", "-", "o"), "signs": ("y", "--", "^")}
        names = {"all signs": "visited and means", "signs": "means of 2 to 8"}
    low, high = (-4, 10) if signs else (0, 30)
    set_axes(ax, "What the signs add up to" if signs else "Where the search begins decides what it finds",
             ("starts of each kind", 9, 330),
             ("sum of the signs" if signs else "fixed points found", low, high), log="x", xticks=starts)
    yardstick(ax, 1 if signs else 27)
    ends, parts = [], []
    for aside, (name, (kind, dashes, marker)) in zip((0.97, 1.03, 1.0), looks.items(), strict=False):
        found = np.array([result.value[name] for result in results])
        for start, several in zip(starts, found.T, strict=True):        # those of two kinds side by side
            ax.plot([start * aside] * 2, [several.min(), several.max()], color=COLOURS[kind], alpha=0.6,
                    linewidth=3)
        lines = ax.plot(starts, np.median(found, axis=0), marker, color=COLOURS[kind], linestyle=dashes,
                        markersize=7, linewidth=2.2)
        last = sorted(found[:, -1].tolist())
        parts.append((f"{last[0]}" + f" to {last[-1]}" * (last[0] != last[-1]) + f" ({names[name]})", lines))
        ends.append(End(names[name], last[len(last) // 2], kind))
    label_ends(ax, ends)
    ranges = " and ".join([", ".join(words for words, _ in parts[:-1]), parts[-1][0]])
    what = (f"the signs of points from {starts[-1]} starts of each kind add up to {ranges}" if signs else
            f"{starts[-1]} starts of each kind lead to {ranges} fixed points")
    return Picture(figure, f"In {len(results)} networks {what}. "
                           "The marks are medians, and the bars go from the smallest to the largest value.",
                   points=parts)


def turned(places: np.ndarray, turn: float, tilt: float) -> np.ndarray:
    """Places (..., 3) in the plane (..., 2): the first two axes rotated, the third tilted, in degrees."""
    a, e = np.deg2rad([turn, tilt])
    x, y, z = np.moveaxis(np.asarray(places, float), -1, 0)
    across, away = x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)
    return np.stack([across, z * np.cos(e) + away * np.sin(e)], axis=-1)


@styled
def cube(
    points: Mapping[str, np.ndarray], turn: float = 25.0, tilt: float = 20.0,
    paths: Sequence[np.ndarray] | np.ndarray = (), sentence: str = "", title: str = "",
    rings: str = "",
) -> Picture:
    """Fixed points in the space of the three outputs, seen from a side that is chosen.

    Args:
        points: the readouts (N, 3) by kind ("corner", "edge", "face", "centre").
        turn, tilt: degrees, about the axis of bit 3, and of its top towards the eye.
        paths: readouts (T, 3) of states that move. The last one is a ring.
        sentence: instead of how many there are of each kind.
        title: what to see.
        rings: the words of that sentence that point to the rings.
    """
    figure, ax = new_figure(height=5.6)
    figure.subplots_adjust(left=0.03, right=0.66, bottom=0.09, top=0.91)
    set_axes(ax, title or "The fixed points form a cube",
             ("the three readouts, seen from the side", -2.6, 2.6), ("", -1.9, 1.9),
             xticks=[], yticks=[])              # of a projection, numbers at the edges would say nothing
    ax.spines[:].set_visible(False)
    _draw_frame(ax, turn, tilt)
    groups = {kind: np.reshape(points[kind], (-1, 3)) for kind in LOOKS if len(points.get(kind, ()))}
    parts, row = [], 0.95
    for kind, places in groups.items():
        words = f"{len(places)} {kind if len(places) == 1 else f'{kind}s'}"
        parts.append((words, _draw_points(ax, kind, turned(places, turn, tilt), words, row)))
        row -= 0.1
    if len(paths):
        ends = _draw_paths(ax, [turned(path, turn, tilt) for path in paths], row)
        if rings:
            parts = [(rings, ends)]
    if sentence:
        return Picture(figure, sentence, points=parts if rings else ())
    counts = [words for words, _ in parts]
    kinds = " and ".join([", ".join(counts[:-1])] * (len(counts) > 1) + counts[-1:])
    return Picture(figure, f"The {sum(map(len, groups.values()))} fixed points are {kinds}, turned by "
                           f"{turn:.0f} and tilted by {tilt:.0f} degrees.", points=parts)


def _draw_frame(ax: Axes, turn: float, tilt: float) -> None:
    """The edges of the cube, and the axes of the three bits with their names."""
    corners = np.array(list(np.ndindex(2, 2, 2))) * 2 - 1
    edges = [pair for pair in combinations(corners, 2) if np.abs(pair[0] - pair[1]).sum() == 2]
    ax.plot(*_as_one_line(turned(np.array(edges), turn, tilt)).T, color=COLOURS["quiet"], linewidth=1.2)
    tips = turned(1.6 * np.eye(3), turn, tilt)
    rays = _as_one_line(np.array([np.zeros(2), tip]) for tip in tips)
    ax.plot(*rays.T, color=COLOURS["x"], linewidth=2.2)
    for bit, tip in enumerate(tips):            # beyond the end of its axis, or beside one seen from its end
        across, up = np.sign(tip).astype(int) * (np.abs(tip) > 0.3)
        if across:
            up = 0
        elif not up:
            across, up = 1, 1
        ax.text(tip[0] + 0.08 * across, tip[1] + 0.08 * up, f"bit {bit + 1}", fontsize=14,
                ha=("center", "left", "right")[across], va=("center", "bottom", "top")[up],
                color=TEXT_COLOURS["x"])


def _draw_points(ax: Axes, kind: str, places: np.ndarray, words: str, row: float) -> list:
    """Points of a kind, and beside the plot, at a height from 0 to 1, a sample of them with its words."""
    colour, corners_of = LOOKS[kind]
    sample = np.array([_key_place(row)])
    if kind == "corner":
        look, shapes = {"linestyle": "", "marker": "o", "markersize": 11}, (places, sample)
    else:                       # lines, which a dashboard's layer draws by itself, as it does few markers
        look, shapes = {"linewidth": 2.4}, [_outlined(some, corners_of) for some in (places, sample)]
    drawn, = ax.plot(*shapes[0].T, color=COLOURS[colour], **look)
    ax.plot(*shapes[1].T, color=COLOURS[colour], clip_on=False, **look)
    return [drawn, ax.text(1.09, row, f"{words}: {UNSTABLE[kind]}", transform=ax.transAxes, va="center",
                           fontsize=14, color=TEXT_COLOURS[colour])]


def _draw_paths(ax: Axes, paths: Sequence[np.ndarray], row: float) -> Line2D:
    """Paths (T, 2) with a ring at the end of each, and beside the plot a ring with its words."""
    ring = {"linestyle": "", "marker": "o", "color": COLOURS["loss"], "markerfacecolor": "none",
            "markeredgewidth": 2.4}
    ax.plot(*np.transpose([_key_place(row)]), markersize=15, clip_on=False, **ring)
    ax.text(1.09, row, "where a path ends", transform=ax.transAxes, va="center", fontsize=14)
    ax.plot(*_as_one_line(paths).T, color=COLOURS["loss"], linewidth=2.2, marker=".", markersize=4)
    return ax.plot(*np.array([path[-1] for path in paths]).T, markersize=17, **ring)[0]


def _key_place(row: float) -> tuple[float, float]:
    """Where the sample beside the plot is, in the units of the axes."""
    return 2.6 + 0.05 * 5.2, -1.9 + 3.8 * row


def _as_one_line(lines: Iterable[np.ndarray]) -> np.ndarray:
    """Several lines (N, 2) as one with gaps."""
    return np.concatenate([piece for line in lines for piece in (line, GAP)])


def _outlined(places: np.ndarray, corners_of: int) -> np.ndarray:
    """The outlines of regular shapes around places (N, 2), one line with gaps."""
    angles = np.pi / 2 + 2 * np.pi * np.arange(corners_of + 1) / corners_of + (corners_of == 6) * np.pi / 6
    shape = np.column_stack([0.1 * np.cos(angles), 0.085 * np.sin(angles)])
    return _as_one_line(shape + place for place in places)


@styled
def plot_noise_and_gradient(
    kept: Mapping[str, np.ndarray], left: Mapping[str, np.ndarray], noise: float
) -> Picture:
    """What the "attractor" and the "highway" keep under noise, and what is left of a gradient, side by side.

    `kept` has the shares (T + 1,) of memories that are still right, `left` the norms (L + 1,) of a gradient
    by lag.
    """
    looks = {"attractor": ("h", "-"), "highway": ("c", "--")}
    figure, (forwards, backwards) = new_figure(1, 2, height=4.8)
    figure.subplots_adjust(left=0.1, right=0.86, wspace=0.36, top=0.88, bottom=0.16)
    steps, lags = len(kept["highway"]) - 1, len(left["highway"]) - 1
    set_axes(forwards, "Forwards: what is still right", ("steps with noise", 0, steps),
             ("share still right", 0, 1.05), yticks=[0, 0.5, 1])
    set_axes(backwards, "Backwards: what is left", ("lag (steps back)", 0, lags),
             ("norm of the gradient", 1e-12, 10), "y", yticks=[1e-12, 1e-8, 1e-4, 1])
    yardstick(forwards, 1 / 8)
    label_ends(forwards, [End("a guess", 1 / 8)])
    parts, ends = {}, []
    for name, (kind, dashes) in looks.items():
        parts[name] = [*forwards.plot(kept[name], color=COLOURS[kind], linestyle=dashes),
                       *backwards.plot(left[name], color=COLOURS[kind], linestyle=dashes)]
        ends.append(End(name, left[name][-1], kind))
    label_ends(backwards, ends)
    kept_by = [f"the {name} keeps {kept[name][-1]:.0%} of the memories and ".replace("%", " %")
               + f"{_power(left[name][-1])} of a gradient" for name in looks]
    return Picture(figure, f"With noise of {noise:.2f}, after {steps} steps and at lag {lags}, {kept_by[0]}, "
                           f"and {kept_by[1]}.",
                   points=[(f"the {name}", parts[name]) for name in looks])


def _power(value: float) -> str:
    return "all" if abs(value - 1) < 0.005 else f"{value:.0e}"


@styled
def exponents_by_gain(results: Sequence[Result], units: int = 100, noise: float = 0.0) -> Picture:
    """The largest Lyapunov exponents of random networks by gain, a ring for each, and what theory says.

    Raises ValueError if no run of `exponents` has these units and this noise.
    """
    runs = [run for run in results if (run.parameters["units"], run.parameters["noise"]) == (units, noise)]
    if not runs:
        raise ValueError(f"There is no run with {units} units and noise {noise}. Choose other values.")
    gains = sorted({run.parameters["gain"] for run in runs})
    measured = {gain: [run.value["exponents"][0] for run in runs if run.parameters["gain"] == gain]
                for gain in gains}
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.13, right=0.8)
    set_axes(ax, "Above 0 neighbours drift apart, below 0 they meet",
             ("gain", gains[0] - 0.05, gains[-1] + 0.05), ("largest exponent (nats per step)", -0.5, 0.2))
    yardstick(ax, 0)
    line = np.linspace(gains[0], gains[-1], 49)
    theory = np.array([predicted_exponent(gain, noise) for gain in line])
    drawn, = ax.plot(line, theory, color=COLOURS["loss"], linestyle="--")
    rings = [ax.plot([gain] * len(found), found, "o", color=COLOURS["h"], markersize=7, alpha=0.75,
                     markerfacecolor="none", markeredgewidth=1.3)[0] for gain, found in measured.items()]
    label_ends(ax, [End("theory", theory[-1], "loss"), End("0: the edge", 0.0)])
    ax.text(0.03, 0.92, "○ a network", transform=ax.transAxes, color=TEXT_COLOURS["h"], fontsize=14)
    apart = max(abs(np.mean(found) - predicted_exponent(gain, noise)) for gain, found in measured.items())
    above = [gain for gain, found in measured.items() if np.median(found) > CLEARLY]
    first, last = ("", f" from gain {min(above):.1f} on") if above else ("at no gain do ", "")
    low, high = line[0], line[-1]
    while high - low > 1e-3:                            # where theory crosses 0
        middle = (low + high) / 2
        low, high = (middle, high) if predicted_exponent(middle, noise) < 0 else (low, middle)
    edge = (low + high) / 2
    return Picture(
        figure, f"With {units} units and input noise of {noise:.1f}, {first}most of "
                f"{len(runs) // len(gains)} networks have an exponent above {CLEARLY}{last}. Theory puts the "
                f"edge near {edge:.2f}, and the means lie within {apart:.3f} of theory.",
        points=[("networks", rings), (f"{edge:.2f}", Place(ax, float(edge), 0.0)), ("means", drawn)])


@styled
def memory_by_lag(curves: Mapping[str, Sequence[Sequence[float]]]) -> Picture:
    """What a linear probe of untrained networks decodes of past inputs by lag: each network, and medians.

    `curves` has for up to three names the curves (lags,) of several networks, shares from 0 to 1.
    """
    looks = [("h", "-"), ("y", "--"), ("c", "-.")]
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.12, right=0.76)
    lags = len(next(iter(curves.values()))[0])
    set_axes(ax, "The area below a curve is the memory capacity", ("lag (steps back)", 0, lags - 1),
             ("share of the input decoded", 0, 1.05))
    ends, points = [], []
    for (name, runs), (kind, dashes) in zip(curves.items(), looks, strict=False):
        drawn = [ax.plot(run, color=COLOURS[kind], alpha=0.25, linewidth=0.8)[0] for run in runs]
        middle = np.median(runs, axis=0)
        drawn += ax.plot(middle, color=COLOURS[kind], linestyle=dashes, linewidth=2.2)
        capacity = [float(np.sum(run)) for run in runs]
        half = int(np.argmax(middle < 0.5))
        ends.append(End(name, middle[-1], kind))
        words = f"{min(capacity):.1f} to {max(capacity):.1f} inputs ({name})"
        points.append((words, [*drawn, Place(ax, half, 0.5)]))
    label_ends(ax, ends)
    capacities = " and ".join(words for words, _ in points)
    return Picture(figure, f"{len(runs)} networks of each kind have a memory capacity of {capacities}.",
                   points=points)
