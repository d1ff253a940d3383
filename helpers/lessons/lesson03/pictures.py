"""The backward microscope on hello, credit maps, and what a backward pass through a whole text costs."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from helpers.lessons.hello import INPUTS, LETTERS, TARGETS, hello_gradients
from helpers.lessons.lesson03.experiments import Cost
from helpers.networks import Parameters
from helpers.pictures import (
    COLOURS,
    INK,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    Box,
    Canvas,
    End,
    Picture,
    Place,
    count,
    label_lines,
    lecture_stage,
    matrix_map,
    new_figure,
    set_axes,
    several_looks,
    short,
    styled,
    tint,
    visible,
)
from helpers.runs import History

DIGITS = "₀₁₂₃₄"
SHAPES = {"W_xh": (4, 3), "W_hh": (3, 3), "b_h": (3,), "W_hy": (3, 4), "b_y": (4,)}
LEFT, SPACING, WIDTH, ROW = 148, 124, 86, 28                     # of the film strip, in pixels
TOP = {"h": 654, "p": 552, "dy": 388, "dh": 258, "da": 156}      # the first row of each block
ASIDE = 636                                                      # where the calculation begins
MOMENTS = 8                                                      # four steps forward, four back

# What can be looked at: "dh 2 [1]" is unit 1 at step 2, "W_hh [0, 2]" the gradient of a weight.
GRADIENTS = [
    *(f"{name} {t} [{k}]" for t in (4, 3, 2, 1) for name, size in (("dy", 4), ("dh", 3), ("da", 3))
      for k in range(size)),
    *(f"{name} [{', '.join(map(str, index))}]"
      for name, shape in SHAPES.items() for index in np.ndindex(shape)),
]


def explain(p: Parameters, seen: dict[str, np.ndarray], gradient: str, reached: int):
    """How a gradient came about, as lines of (words, numbers), the fields it was made of, and its value.

    The backward pass has reached step `reached`, or 5 before it starts. A value is None until the pass gets
    to it, and that of a weight grows step by step.
    """
    name, *where = gradient.replace("[", "").replace("]", "").replace(",", "").split()
    index, h, dy, dh, da = [int(i) for i in where], seen["h"], seen["dy"], seen["dh"], seen["da"]
    if name in ("dy", "dh", "da"):
        step, k = index
        t, sub = step - 1, DIGITS[step]
        if step < reached:
            return [], [], None
        if name == "dy":
            aim = float(LETTERS[k] == TARGETS[t])
            return [(f"p{sub}[{LETTERS[k]}] − wanted", f"{short(seen['p'][t, k])} − {aim:.0f}")], [
                ("p", t, k)], dy[t, k]
        if name == "da":
            return [(f"(1 − h{sub}[{k}]²) · dh{sub}[{k}]", _times(1 - h[t, k] ** 2, dh[t, k]))], [
                ("h", t, k), ("dh", t, k)], da[t, k]
        lines, made_of = [(f"from dy{sub}, through W_hy", "")], [("dy", t, j) for j in range(4)]
        lines += [(letter, _times(dy[t, j], p.W_hy[k, j])) for j, letter in enumerate(LETTERS)]
        if t < 3:
            lines += [(f"from da{DIGITS[step + 1]}, through W_hh", "")]
            lines += [(f"{j}", _times(da[t + 1, j], p.W_hh[k, j])) for j in range(3)]
            made_of += [("da", t + 1, j) for j in range(3)]
            shares = [f"L{DIGITS[u + 1]} {short(seen['dh_from'][u, t, k])}" for u in range(t, 4)]
            lines += [("or, loss by loss:", "")]
            lines += [("  ".join(shares[i : i + 2]), "") for i in range(0, len(shares), 2)]
        return lines, made_of, dh[t, k]
    return _explain_weight(name, index, seen, reached)


def _explain_weight(name: str, index: list[int], seen: dict[str, np.ndarray], reached: int):
    """The same for the gradient of a weight, with one product for every step back so far."""
    lines, made_of, total = [], [], 0.0
    source = "dy" if name in ("W_hy", "b_y") else "da"
    column = LETTERS[index[-1]] if source == "dy" else index[-1]
    for t in range(3, reached - 2, -1):
        sub, right = DIGITS[t + 1], seen[source][t, index[-1]]
        made_of.append((source, t, index[-1]))
        if name in ("b_h", "b_y"):
            left, word = 1.0, ""
        elif name == "W_xh":
            left, word = float(LETTERS[index[0]] == INPUTS[t]), f"x{sub}[{LETTERS[index[0]]}] · "
        else:                                                    # it multiplied a state, W_hh the one before
            u = t - (name == "W_hh")
            left, word = seen["h"][u, index[0]] if u >= 0 else 0.0, f"h{DIGITS[u + 1]}[{index[0]}] · "
            made_of += [("h", u, index[0])] if u >= 0 else []
        lines.append((f"{word}{source}{sub}[{column}]", _times(left, right) if word else short(right)))
        total += left * right
    return lines, made_of, total if lines else None


@styled
def backward_hello(
    p: Parameters, moment: int = MOMENTS, gradient: str = "dh 2 [1]",
    changed: tuple[str, tuple[int, ...], float] | None = None,
) -> Picture:
    """The hello network forward and back with every number, and how one of GRADIENTS came about.

    Moments 1 to 4 are so many steps forward, 5 to 8 also back through step 4, 3, 2 and 1. `changed` are
    name, index and change of a weight whose value is written below.
    """
    seen, reached = hello_gradients(p), MOMENTS + 1 - moment if moment > 4 else 5
    lines, made_of, value = explain(p, seen, gradient, reached)
    page = Canvas(720)
    page.axes.set_axis_on()             # without its axis, a dashboard would draw all of it at every move
    page.axes.set(xticks=[], yticks=[])
    page.axes.spines[:].set_visible(False)
    _strip(page, seen, moment, reached)
    for block, t, k in made_of:
        _frame(page, block, t, k, COLOURS["gradient"], 3)
    name, *where = gradient.replace("[", "").replace("]", "").split()
    parts: list[Text | Box] = [_panel(page, gradient, lines, value, reached)]
    if name in ("dy", "dh", "da") and value is not None:
        parts.append(_frame(page, name, int(where[0]) - 1, int(where[1]), INK, 4))
    if changed:
        weight, where, change = changed
        value_now = f"{weight}{list(where)} = {short(p[weight][where])}"
        page.label(12, 26, f"changed: {value_now}" if change else value_now, size=15, ha="left",
                   weight="bold" if change else "normal")
    sentence, total = _sentence(seen, moment, gradient, value), [
        words for words in page.axes.texts if words.get_text().startswith("L = ")]
    known = f"{gradient} is {'not known yet' if value is None else short(value, 3)}"
    points = [("add up to", total)] * (moment > 4) + [(known, parts)]
    return page.picture(sentence, points)


def _strip(page: Canvas, seen: dict[str, np.ndarray], moment: int, reached: int) -> None:
    """Four columns of numbers, as far as they are known, the present one on a ground."""
    now = moment - 1 if moment <= 4 else reached - 1
    low, high = (452, 714) if moment <= 4 else (78, 408)
    page.axes.plot([_x(now)] * 2, [low, high], color=tint(COLOURS["y"], 0.3), linewidth=0.72 * (WIDTH + 14),
                   solid_capstyle="butt", zorder=0)
    for block, words, kind in (("h", "state h", "h"), ("p", "prob. p", "y"), ("dy", "dy", "gradient"),
                               ("dh", "dh", "gradient"), ("da", "da", "gradient")):
        rows = LETTERS if block in ("p", "dy") else "012"
        page.label(12, TOP[block] - ROW * (len(rows) - 1) / 2, words, kind, 16, ha="left",
                   va="center_baseline")
        for k, row in enumerate(rows):
            page.label(LEFT - 24, TOP[block] - ROW * k, row, kind, 15, va="center_baseline")
        for t, k in product(range(4), range(len(rows))):
            known = t < moment if block in ("h", "p") else t + 1 >= reached
            _field(page, block, t, k, seen[block][t, k] if known else None, kind)
    page.label(12, 694, "reads", "x", 16, ha="left", va="center_baseline")
    for t in range(4):
        page.label(_x(t), 694, f"{t + 1}: {INPUTS[t]}", "x", 16, va="center_baseline")
        loss = f"{seen['losses'][t]:.2f}" if t < moment else "?"
        page.label(_x(t), 430, f"{TARGETS[t]}: {loss}", "loss", 16, weight="bold", va="center_baseline")
    page.label(12, 430, "loss on", "loss", 16, ha="left", va="center_baseline")
    for t in range(3):
        start, end, y = _x(t) + WIDTH / 2 + 3, _x(t + 1) - WIDTH / 2 - 3, TOP["h"] - ROW
        if t + 1 < moment:
            _arrow(page, (start, y), (end, y), COLOURS["h"], "-", 2.4)
        if t + 1 >= reached:
            _arrow(page, (end, TOP["da"]), (start, TOP["dh"] - 2 * ROW), COLOURS["gradient"], "--", 3)
    total = seen["losses"].sum()
    if moment >= 4:
        page.label(12, 58, f"L = L₁ + L₂ + L₃ + L₄ = {total:.2f} nats", "loss", 16, ha="left",
                   va="center_baseline")


def _panel(page: Canvas, gradient: str, lines, value: float | None, reached: int) -> Text:
    """On the right: one gradient, and the products that add up to it; the words of its value."""
    page.axes.plot([ASIDE - 12] * 2, [20, 706], color=COLOURS["quiet"], linewidth=1.2)
    weight = gradient[0] in "Wb"
    page.label(ASIDE, 690, f"{'d' if weight else ''}{gradient}", "gradient", 17, ha="left", weight="bold")
    y = 644
    if value is None:
        page.label(ASIDE, y - 30, "try a later moment", "", 16, ha="left")
        return page.label(ASIDE, y, "not known yet:" if not weight else "nothing yet:", "", 16, ha="left")
    for words, numbers in lines:
        page.label(ASIDE, y, words, "" if numbers else "quiet", 14.5, ha="left", va="center_baseline")
        if numbers:
            y -= 0 if len(words) < 7 else 28
            page.label(988, y, numbers, "", 15, ha="right", va="center_baseline")
        y -= 30
    page.axes.plot([ASIDE, 988], [y + 12] * 2, color=COLOURS["quiet"], linewidth=1.2)
    so_far = f"steps 4 to {reached}" if weight and 1 < reached < 4 else "sum" if len(lines) > 1 else ""
    page.label(ASIDE, y - 12, so_far, "", 15, ha="left", va="center_baseline")
    return page.label(988, y - 12, short(value, 3), "gradient", 18, ha="right", weight="bold",
                      va="center_baseline")


def _x(t: int) -> float:
    return LEFT + SPACING * t + WIDTH / 2


def _field(page: Canvas, block: str, t: int, k: int, value: float | None, kind: str) -> None:
    x, y = _x(t), TOP[block] - ROW * k
    depth = 0.08 if value is None else 0.1 + 0.5 * min(abs(value), 1.0)
    colour = "#ECECEC" if value is None else tint(COLOURS[kind], depth)
    page.axes.plot([x - WIDTH / 2, x + WIDTH / 2], [y, y], color=colour, linewidth=0.72 * (ROW - 3),
                   solid_capstyle="butt", zorder=2)
    if value is not None:
        page.label(x, y, short(value), size=14.5, va="center_baseline")


def _frame(page: Canvas, block: str, t: int, k: int, colour: str, width: float) -> Box:
    x, y, across, up = _x(t), TOP[block] - ROW * k, WIDTH / 2, ROW / 2 - 1
    page.axes.plot(x + across * np.array([-1, 1, 1, -1, -1]), y + up * np.array([-1, -1, 1, 1, -1]),
                   color=colour, linewidth=width, zorder=3)
    return Box(x, y, WIDTH, ROW - 2)


def _arrow(page: Canvas, start, end, colour: str, dashes: str, width: float) -> None:
    """A line with a head of two strokes."""
    (x, y), (x_end, y_end) = start, end
    page.axes.plot([x, x_end], [y, y_end], color=colour, linestyle=dashes, linewidth=width, zorder=3)
    angle = np.arctan2(y - y_end, x - x_end)
    tips = [(x_end + 11 * np.cos(angle + turn), y_end + 11 * np.sin(angle + turn)) for turn in (0.5, -0.5)]
    page.axes.plot([tips[0][0], x_end, tips[1][0]], [tips[0][1], y_end, tips[1][1]], color=colour,
                   linewidth=width, zorder=3)


def _times(a: float, b: float) -> str:
    return f"{short(a)} × {short(b)} = {short(a * b)}"


def _sentence(seen: dict[str, np.ndarray], moment: int, gradient: str, value: float | None) -> str:
    weight = gradient[0] in "Wb"
    known = (f"the gradient {'of ' * weight}{gradient} is "
             f"{'not known yet' if value is None else short(value, 3)}")
    if moment <= 4:
        so_far = ", ".join(f"{loss:.2f}" for loss in seen["losses"][:moment])
        return (f"Moment {moment} of {MOMENTS}, forward to step {moment}: the loss by step is {so_far} "
                f"nats, and {known}.")
    whole = ", so far" if weight and moment < MOMENTS else ""
    return (f"Moment {moment} of {MOMENTS}, back through step {MOMENTS + 1 - moment}: the four losses add up "
            f"to {seen['losses'].sum():.2f} nats, and {known}{whole}.")


LOWEST, HIGHEST = 1e-6, 100.0     # of the colours and of the curve: the same in every picture, to compare
SHADES = 32
BELOW = 68                        # points from a plot to the first line of words below its axis
LEFTWARDS = 52                    # and from the side of the plot to where they begin, below its name


@styled
def credit_map(credit: np.ndarray, read: str, wanted: str, step: int, title: str) -> Picture:
    """A credit matrix with the letters beside it, and the row of one step as a curve over the lag.

    Args:
        credit: (T, T), at [t, s] the size of dL_t / dh_s, in nats per unit of the state.
        read, wanted: the T characters that were read, and those that came next.
    """
    T = len(credit)
    figure, (left, right) = new_figure(1, 2, height=6.6)
    left.set_position((0.095, 0.1, 0.545, 0.82))
    right.set_position((0.735, 0.3, 0.25, 0.62))
    left.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5), xticks=[], yticks=[], title=title)
    left.spines[:].set_visible(False)
    left.set_xlabel("state after reading this (step s)", labelpad=26)
    left.set_ylabel("loss on this (step t)", labelpad=34)
    _fields(left, credit)
    frame, = left.plot([0.5, step + 0.5, step + 0.5, 0.5, 0.5], np.array([-1, -1, 1, 1, -1]) / 2 + step,
                       color=COLOURS["gradient"], linewidth=3, clip_on=False)
    for t, (given, aim) in enumerate(zip(read, wanted, strict=True), start=1):
        left.text(t, T + 1.2, visible(given), ha="center", va="center", fontsize=14)
        aside = 1.2 * (t % 2) if lecture_stage() else 0         # large letters stand in two columns
        left.text(-0.2 - aside, t, visible(aim), ha="center", va="center", fontsize=14,
                  fontweight="bold" if t == step else "normal")

    row = credit[step - 1, :step][::-1]
    lags = np.arange(step)
    right.plot(lags, np.clip(row, LOWEST / 3, None), color=COLOURS["gradient"], marker="o", markersize=5)
    set_axes(right, "The framed row", ("lag t − s (steps)", -0.5, T - 0.5),
             ("size of dLₜ/dhₛ", LOWEST, HIGHEST), log="y", yticks=[1e-6, 1e-4, 1e-2, 1, 100])
    caption = "how far the loss", f"of step {step}, on {visible(wanted[step - 1])},", "reaches back"
    for line, words in enumerate(caption):
        below = ScaledTranslation(-LEFTWARDS / 72, -(BELOW + 20 * line) / 72, figure.dpi_scale_trans)
        right.text(0, 0, words, transform=right.transAxes + below, fontsize=14, va="center",
                   color=TEXT_COLOURS["gradient"])
    far = min(10, T - 1)
    typical = np.median(np.diagonal(credit, -far)) / np.median(np.diagonal(credit))
    head = title if title.endswith("?") else f"{title}."
    farthest = f", and {_size(row[-1])} to the state {count(step - 1, 'step')} back" if step > 1 else ""
    return Picture(figure, f"""{head} The loss of step {step} sends a gradient of size
        {_size(row[0])} to its own state{farthest}. Over all losses, the median at lag {far} is
        {_size(typical)} times that at lag 0.""",
        points=[(f"The loss of step {step}", frame),
                *((words, Place(right, lag, np.clip(row[lag], LOWEST, HIGHEST))) for words, lag in (
                    (f"{_size(row[0])} to its own state", 0), (f"{_size(row[-1])} to the state", step - 1)
                )[:step])])


def _fields(axes: Axes, credit: np.ndarray) -> None:
    """The lower half in colours and a scale above it: one thick broken line for each shade."""
    T, shades = len(credit), matrix_map()(np.linspace(0, 1, SHADES))
    t, s = np.tril_indices(T)
    place = np.log(np.maximum(credit[t, s], 1e-300) / LOWEST) / np.log(HIGHEST / LOWEST)
    shade = np.clip(place * SHADES, 0, SHADES - 1).astype(int)
    box = axes.get_position()
    thick = {"linewidth": 72 * box.height * axes.figure.get_figheight() / T, "solid_capstyle": "butt"}
    left, across = 0.52 * T, 0.46 * T / SHADES
    for k in range(SHADES):
        mine = shade == k
        x = np.column_stack([s[mine] + 0.5, s[mine] + 1.5, np.full(mine.sum(), np.nan)]).ravel()
        axes.plot(x, np.repeat(t[mine] + 1, 3), color=shades[k], **thick)
        axes.plot([left + across * k, left + across * (k + 1.05)], [3, 3], color=shades[k], **thick)
    axes.text(left, 1.3, "size of dLₜ/dhₛ", fontsize=14, va="center")
    for exponent, words in ((-6, "10⁻⁶"), (-3, "10⁻³"), (0, "1"), (2, "100")):
        axes.text(left + 0.46 * T * (exponent + 6) / 8, 4.7, words, fontsize=14, ha="center", va="center")


def _size(value: float) -> str:
    if value < 1e-3:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.2g}"


@styled
def bptt_costs(costs: Sequence[Cost], title: str) -> Picture:
    """Time and memory of one update by the steps that its gradient goes back, both axes logarithmic."""
    steps, seconds, memory = np.array(costs, dtype=float).T
    figure, (left, right) = new_figure(1, 2, height=4.6)
    figure.subplots_adjust(left=0.09, right=0.97, wspace=0.3, bottom=0.17, top=0.86)
    curves, (high, after) = [], (46, "\n") if lecture_stage() else (30, " ")     # clear of them
    for axes, values, unit, words, colour in (
        (left, 1000 * seconds, "ms", "Time", "heldout"), (right, memory / 1e6, "MB", "Memory", "h")):
        curves += axes.loglog(steps, values, color=COLOURS[colour], marker="o")
        axes.loglog(steps, values[-1] * steps / steps[-1], color=COLOURS["quiet"],
                    linestyle=LINE_STYLES["chance"])
        set_axes(axes, f"{words}: {title}", ("steps back, T (logarithmic)", *axes.get_xlim()),
                 (f"{unit} per update (logarithmic)", *axes.get_ylim()), log="xy")
        for x, y in ((steps[0], values[0]), (steps[-1], values[-1])):
            first, number = x == steps[0], f"{y:.2g}" if y < 100 else f"{y:,.0f}"
            axes.annotate(f"{number} {unit}", (x, y), (-8, high) if first else (-12, -4),
                          textcoords="offset points", ha="left" if first else "right", fontsize=14)
    left.text(0.97, 0.06, f"dotted:{after}twice the steps,\ntwice the cost", transform=left.transAxes,
              ha="right", fontsize=14, color=TEXT_COLOURS["quiet"])
    return Picture(figure, f"""From {steps[0]:,.0f} to {steps[-1]:,.0f} steps back,
        {steps[-1] / steps[0]:,.0f} times as many, one update takes more time and more memory, in
        proportion to the steps once there are a few hundred: {memory[-1] / 1e6:.0f} MB at
        {steps[-1]:,.0f}.""", points={"more time": curves[0], "more memory": curves[1],
        f"{memory[-1] / 1e6:.0f} MB": Place(right, steps[-1], memory[-1] / 1e6)})


@styled
def bptt_race(runs: Sequence[History], lines: dict[str, float]) -> Picture:
    """Losses over seconds of training, a curve for each length of the backward pass, and named baselines."""
    figure, axes = new_figure(height=5.4)
    figure.subplots_adjust(left=0.09, right=0.63, bottom=0.14, top=0.88)
    end = max(run.seconds[-1] for run in runs)
    set_axes(axes, "Same training time, different lengths",
             ("seconds of training (logarithmic)", end / 110, end), (LOSS, 0, 5.2), log="x")
    ends, results = [], []
    for run, look in zip(runs, several_looks(len(runs)), strict=True):
        axes.plot(run.seconds, run.train, **look)
        length, updates, last = run.settings["length"], run.settings["updates"], run.train[-1]
        name = "the whole text" if length > 4000 else f"T = {length}"
        ends.append(End(f"{name}: {last:.2f} ({updates:,} updates)", last, "loss"))
        results.append(f"{length:,} steps {last:.2f} after {updates:,} updates")
    label_lines(axes, lines, ends)
    return Picture(figure, f"""Loss on the training text after the same time, in nats per character, by how
        far the gradient goes back: {"; ".join(results)}.""")
