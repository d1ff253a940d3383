"""The pictures of lesson 07: a cell over time, the gradient by lag, forget biases, the adding problem."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.lessons.lesson07.experiments import Latch, correct_steps, run_cell
from helpers.pictures import (
    CELL_COLOURS,
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    lag_axes,
    new_figure,
    set_axes,
    styled,
    yardstick,
)
from helpers.pictures.highlights import MOST
from helpers.runs import Result, Table

SEVERAL = 10        # runs, of which the sentence gives the least and the most
LIMIT = 1500        # updates after which a run of the memory task was given up


@styled
def latch_steps(
    latch: Latch, i: Sequence[float], f: Sequence[float], o: Sequence[float],
    beside: Mapping[str, Sequence[float]] | None = None, title: str = "",
) -> Picture:
    """One sequence of the latch task, the gates of one cell, and what happened to its memory.

    Args:
        latch: one sequence (T, 1). Its values are what may be added, g.
        i, f, o: gates, (T,) each, from 0 to 1.
        beside: "i", "f" and "o" of another cell, (T,) each, drawn as rings on the gates.
        title: what to see.
    """
    T = len(latch.values)
    figure, (above, gates, below) = new_figure(3, 1, height=6.6, height_ratios=[0.85, 1.5, 1.8])
    figure.subplots_adjust(left=0.14, right=0.87, top=0.93, bottom=0.1, hspace=0.16)
    for ax in (above, gates, below):
        ax.set(xlim=(0.4, T + 0.6), xticks=range(1, T + 1))
        ax.tick_params(axis="x", length=0, labelbottom=ax is below)
    above.set_title(title or "What comes in, what the gates do, what is kept")
    _draw_task(above, latch)
    rings = _draw_gates(gates, {"o": o, "f": f, "i": i}, beside)
    sentence, points = _draw_memory(below, latch, *run_cell(latch.values[:, 0], i, f, o))
    if beside is not None:
        apart = np.abs(np.subtract([i, f, o], [beside[name] for name in "ifo"])).mean()
        sentence += (f" The gates of the trained cell, the rings, differ from the bars by {apart:.2f} on "
                     "average.")
        points += [("the rings", rings)]
    return Picture(figure, sentence, points=points)


def _draw_task(ax: Axes, latch: Latch) -> None:
    """The values of the one sequence, and where they are to be stored or asked for."""
    ax.set(ylim=(-2.4, 2.4), yticks=[])
    ax.spines[:].set_visible(False)
    for step, (value, store, ask) in enumerate(zip(*(rows[:, 0] for rows in latch), strict=True), 1):
        ax.text(step, 1.3, f"{value:+d}".replace("-", "−"), ha="center", va="center", fontsize=17,
                color=TEXT_COLOURS["x"], fontweight="bold" if store else "normal")
        for row, word, there in ((-0.6, "store", store), (-2.1, "ask", ask)):
            ax.text(step, row, word if there else "", ha="center", va="center", fontsize=14,
                    fontweight="bold" if word == "store" else "normal")
    ax.text(0.2, 1.3, "value", ha="right", va="center", color=TEXT_COLOURS["x"], fontsize=15)


def _draw_gates(
    ax: Axes, gates: Mapping[str, Sequence[float]], beside: Mapping[str, Sequence[float]] | None
) -> list[Line2D]:
    """A row of bars for each gate, with rings for the gates `beside`; returns the rings."""
    ax.set(ylim=(-0.3, 3.9), yticks=[])
    ax.spines[:].set_visible(False)
    T, rings = len(gates["i"]), []
    t = np.arange(1, T + 1)
    for row, (name, gate) in enumerate(gates.items()):
        base = 1.3 * row
        ax.plot([0.5, T + 0.5], [base, base], color=COLOURS["quiet"], linewidth=1)
        tops = base + np.asarray(gate, dtype=float)
        bars = np.column_stack([np.full(T, base), tops, np.full(T, np.nan)]).ravel()  # a line with gaps
        ax.plot(np.repeat(t, 3), bars, color=COLOURS["quiet"], linewidth=26, solid_capstyle="butt")
        ax.text(0.2, base + 0.45, {"i": "i  add?", "f": "f  keep?", "o": "o  show?"}[name], ha="right",
                va="center", fontsize=15)
        if beside is not None:
            rings += ax.plot(t, base + np.asarray(beside[name]), "o", color=COLOURS["c"], markersize=10,
                             markerfacecolor="none", markeredgewidth=2.5)
    if beside is not None:
        ax.text(T + 0.75, 1.8, "○ trained", va="center", fontsize=14, color=TEXT_COLOURS["c"])
    return rings


def _draw_memory(ax: Axes, latch: Latch, c: np.ndarray, h: np.ndarray) -> tuple[str, list]:
    """Memory, output and targets over the steps; returns how many steps are right, and its points."""
    targets = latch.targets[:, 0]
    right, t = correct_steps(h, targets), np.arange(1, len(c) + 1)
    reach = max(1.3, 1.1 * np.abs(c).max())
    ax.set(ylim=(-reach, 1.25 * reach), xlabel="step", ylabel="value",
           yticks=[-1, 0, 1] if reach < 2 else [-2, 0, 2])
    ax.axhline(0, color=COLOURS["quiet"], linewidth=1)
    ax.plot(t, targets, "o", color="black", markersize=15, markerfacecolor="none", markeredgewidth=1.6)
    ax.plot(t, c, color=COLOURS["c"], marker="o", markersize=5, linestyle="--")
    ax.plot(t, h, color=COLOURS["h"], marker="o", markersize=7)
    ticks = [ax.text(step, 1.1 * reach, "✓" if fine else "✗", ha="center", va="center", fontsize=19,
                     color=TEXT_COLOURS["h" if fine else "gradient"],
                     fontweight="normal" if fine else "bold")
             for step, fine in zip(t, right, strict=True)]
    label_ends(ax, [End("memory c", c[-1], "c"), End("shown h", h[-1], "h"),
                    End("○ target", targets[-1], "loss")])
    sentence = f"{right.sum()} of {len(c)} steps are right"
    points = [(sentence, [tick for tick, fine in zip(ticks, right, strict=True) if fine])]
    if not right.all():
        first = int(right.argmin())
        is_now = f"h is {h[first]:.2f}".replace("-0.00", "0.00")
        should_be = f"the target is {targets[first]:.2f}"
        sentence += f"; the first that is not is step {first + 1}, where {is_now} and {should_be}"
        points += [(f"step {first + 1}", ticks[first]), (is_now, Place(ax, t[first], h[first])),
                   (should_be, Place(ax, t[first], targets[first]))]
    return f"{sentence}.", points


@styled
def paths_by_lag(
    curves: Mapping[str, np.ndarray], kinds: Mapping[str, str], sentence: str, title: str = ""
) -> Picture:
    """What is left of a gradient after so many steps back, on a logarithmic axis.

    Args:
        curves: by name, (L + 1,) sizes at lag 0 to L.
        kinds: by the same names, the quantity whose colour a curve has; with a dash before it ("-c") the
            curve is dashed.
        sentence: what the picture says. A curve is pointed at where it has the words of the curve's name
            behind the comma and before the bracket: "direct" of "LSTM, direct (dashed)".
        title: what to see.
    """
    figure, ax = new_figure(height=5.2)
    figure.subplots_adjust(right=0.74)
    longest = max(len(curve) for curve in curves.values()) - 1
    lag_axes(ax, title, "share of the gradient", longest, 1e-12, 1e4)
    ax.axhline(1, color=COLOURS["quiet"], linewidth=1)
    drawn = [ax.plot(curve, color=COLOURS[kinds[name].strip("-")],
                     linestyle="--" if kinds[name].startswith("-") else "-")[0]
             for name, curve in curves.items()]
    texts = label_ends(ax, [End(name, curve[-1], kinds[name].strip("-")) for name, curve in curves.items()])
    parts = {name.split(", ")[-1].split(" (")[0]: part
             for name, *part in zip(curves, drawn, texts, strict=True)}
    mentioned = sorted((words for words in parts if words in sentence), key=sentence.find)
    return Picture(figure, sentence, points={words: parts[words] for words in mentioned})


@styled
def updates_by_bias(table: Table, lag: int) -> Picture:
    """For one lag, how many updates each forget bias needed: a ring for each seed, failures at the top.

    `table` has "forget_bias" down and "lag" across.
    """
    values = table.values[:, table.columns.index(lag)]
    figure, ax = new_figure(height=5.0)
    R, S = values.shape
    never = 2.2 * LIMIT
    ax.set(yscale="log", ylim=(8, 5 * LIMIT), xlim=(-0.5, R - 0.5), xticks=range(R), xticklabels=table.rows,
           yticks=[10, 100, 1000, never], yticklabels=["10", "100", "1,000", "never"],
           xlabel="forget bias at the start", ylabel="updates until learnt",
           title=f"A symbol to be kept for {lag} steps")
    ax.minorticks_off()
    yardstick(ax, LIMIT)
    aside, parts = np.linspace(-0.36, 0.36, S), []
    solved = np.isfinite(values).sum(axis=1)
    for row, updates in enumerate(values):
        heights = np.sort(np.where(np.isfinite(updates), updates, never))
        rings = ax.plot(row + aside, heights, "o", color=COLOURS["c"], markersize=9,
                        markerfacecolor="none", markeredgewidth=2)
        parts.append([*rings, ax.text(row, 3.9 * LIMIT, f"{solved[row]} of {S}", ha="center", va="center",
                                      fontsize=14, fontweight="bold" if solved[row] == S else "normal")])
    middle = np.median(np.where(np.isfinite(values), values, np.inf), axis=1)
    counts = [f"{n} at {bias:g}" for bias, n in zip(table.rows, solved, strict=True)]
    counts[0] = counts[0].replace(" at ", " at forget bias ")
    words = ", ".join(count + (f" ({m:.0f})" if np.isfinite(m) else "")
                      for count, m in zip(counts, middle, strict=True))
    words = words.replace("(", "(median ", 1)
    return Picture(figure, f"Of {S} runs, this many learnt to keep a symbol for {lag} steps within "
                           f"{LIMIT:,} updates: {words}.",
                   points=list(zip(counts, parts, strict=True))[:MOST])


@styled
def adding_race(curves: Mapping[str, Sequence[tuple[Sequence[int], Sequence[float]]]]) -> Picture:
    """Test errors on the adding problem against updates, all runs of a cell in one colour.

    `curves` has for "RNN", "GRU" or "LSTM" its runs, each a pair (updates, errors).
    """
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.83)
    set_axes(ax, "The adding problem, 100 steps: error on 1,000 new sequences", ("updates", 0, 3000),
             ("mean squared error", 0, 0.25))
    yardstick(ax, 1 / 6, "loss")
    yardstick(ax, 0.01)
    ends = [End("chance 1/6", 1 / 6, "loss"), End("solved: 0.01", 0.01)]
    points = []
    for name, runs in curves.items():
        kind = CELL_COLOURS[name]
        look = {"linewidth": 2.2} if len(runs) < SEVERAL else {"linewidth": 1.2, "alpha": 0.6}
        drawn = [ax.plot(at, errors, color=COLOURS[kind], **look)[0] for at, errors in runs]
        if len(runs) < SEVERAL:
            points += [(f"{errors[-1]:.3f} after {at[-1]:,}", line)
                       for (at, errors), line in zip(runs, drawn, strict=True)]
        else:
            points.append((f"{name}, {len(runs)} runs", drawn))
        at, errors = max(runs, key=lambda run: run[0][-1], default=((), ()))
        if len(at) and name == "RNN":
            ends.append(End("RNN", errors[-1], kind))
        elif len(at):
            above = 0.04 if name == "GRU" else 0.017
            ax.text(at[-1] + 37, errors[-1] + above, name, va="center", fontsize=15, color=TEXT_COLOURS[kind])
    label_ends(ax, ends)
    last = "; ".join(f"{name}{_ends(runs)}" for name, runs in curves.items() if runs) or "none after 0"
    return Picture(figure, f"Errors on the adding problem, chance 0.167: {last} updates.",
                   points=points[:MOST])


def _ends(runs: Sequence[tuple[Sequence[int], Sequence[float]]]) -> str:
    """The last error and update of each run; of many runs the least and the most of both."""
    if len(runs) < SEVERAL:
        return " " + ", ".join(f"{errors[-1]:.3f} after {at[-1]:,}" for at, errors in runs)
    errors, updates = [run[1][-1] for run in runs], [run[0][-1] for run in runs]
    last = f"{min(updates):,}" + f" to {max(updates):,}" * (min(updates) < max(updates))
    return f", {len(runs)} runs, {min(errors):.3f} to {max(errors):.3f} after {last}"


def adding_results(results: Sequence[Result]) -> dict[str, list[tuple[list[int], list[float]]]]:
    """The curves of a sweep over `helpers.runs.adding_curve`, by cell, for `adding_race`."""
    curves: dict[str, list[tuple[list[int], list[float]]]] = {}
    for result in results:
        run = result.value["updates"], result.value["errors"]
        curves.setdefault(result.parameters["cell"], []).append(run)
    return curves
