"""The pictures of lesson 10: two libraries raced and trained, what a state gives back, attention, a scan."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures import COLOURS, End, Picture, Place, label_ends, new_figure, set_axes, styled, yardstick
from helpers.pictures.points import MOST
from helpers.runs import Table


@styled
def speeds(rates: Sequence[Mapping]) -> Picture:
    """How often faster one library is than the other.

    Args:
        rates: for each race "cell", "size" (words), "NumPy" and "PyTorch", updates a second.
    """
    height = 1.5 + 0.42 * len(rates)
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.17, right=0.97, top=1 - 0.55 / height, bottom=0.8 / height)
    ratios = np.array([rate["NumPy"] / rate["PyTorch"] for rate in rates])
    rows = np.arange(len(rates))[::-1]
    parts = []
    for row, ratio in zip(rows, ratios, strict=True):
        ours = ratio >= 1
        bar = ax.barh(row, np.log2(ratio), height=0.7, color=COLOURS["h" if ours else "y"],
                      hatch=None if ours else "//", edgecolor="black", linewidth=0.8)
        side, place = (0.06, "left") if ours else (-0.06, "right")
        number = ax.text(np.log2(ratio) + side, row, f"{max(ratio, 1 / ratio):.1f}", va="center", ha=place)
        parts.append((*bar, number))
    reach = max(1.0, np.abs(np.log2(ratios)).max()) + 0.6
    powers = np.arange(-int(reach), int(reach) + 1)
    ax.axvline(0, color="black", linewidth=1.2)
    names = [f"{rate['cell']}, {rate['size']}" for rate in rates]
    ax.set(xlim=(-reach, reach), yticks=rows, yticklabels=names, xticks=powers,
           xticklabels=[f"{2.0 ** abs(power):.0f}" for power in powers],
           title="The same training, in NumPy and in PyTorch",
           xlabel="PyTorch is faster, times     |     NumPy is faster, times")
    ahead = sum(ratios >= 1)
    each = [f"{name}: {_times(ratio)}" for name, ratio in zip(names, ratios, strict=True)]
    return Picture(figure, f"Of {len(rates)} networks trained side by side on one thread, NumPy is ahead in "
                           f"{ahead}: {'; '.join(each)}.",
                   points=list(zip(each, parts, strict=True))[:MOST])


def _times(ratio: float) -> str:
    return f"NumPy {ratio:.1f} times" if ratio >= 1 else f"PyTorch {1 / ratio:.1f} times"


@styled
def held(tables: Mapping[int, Table], hidden_size: int = 32, updates: int = 3000) -> Picture:
    """How much of a string comes back, for a state of one size before the others in grey.

    Args:
        tables: by number of updates, shares of right symbols, rows hidden sizes and columns lengths
            (`helpers.runs.table`).
        hidden_size: the one in colour, one of the rows.
        updates: how long it was trained, one of the keys; the same size trained less is a thin line.
    """
    if updates not in tables or hidden_size not in tables[updates].rows:
        raise ValueError(f"hidden_size is {hidden_size} and updates {updates}: there are " + "; ".join(
            f"{', '.join(map(str, table.rows))} after {n}" for n, table in tables.items()))
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.1, right=0.86, bottom=0.16, top=0.88)
    table, every = tables[updates], sorted({n for one in tables.values() for n in one.columns})
    for size in table.rows:
        _share_line(ax, table, size, COLOURS["quiet"], "--", 1.5)
    for less in (n for n in tables if n < updates and hidden_size in tables[n].rows):
        _share_line(ax, tables[less], hidden_size, COLOURS["h"], ":", 2.2)
    right = _share_line(ax, table, hidden_size, COLOURS["h"], "-", 3)
    chosen = table.values[list(table.rows).index(hidden_size)]
    ax.vlines(table.columns, chosen.min(axis=1), chosen.max(axis=1), color=COLOURS["h"], linewidth=2.2)
    chance = yardstick(ax, 1 / 8, "loss")
    set_axes(ax, f"What {hidden_size} units give back of a string after {updates:,} updates",
             ("length of the string (symbols)", every[0] * 0.9, every[-1] * 1.03),
             ("share copied correctly", 0, 1.05), log="x", xticks=every)
    named = label_ends(ax, [End("chance", 1 / 8, "loss")], size=15)
    shares = [(f"{share:.0%} at {n:.0f}", Place(ax, n, share))
              for n, share in zip(table.columns, right, strict=True)]
    return Picture(figure, f"Strings of {table.columns[0]} to {table.columns[-1]} symbols, copied by a GRU "
                           f"with {hidden_size} hidden units after {updates:,} updates: medians of "
                           f"{table.values.shape[2]} seeds, {', '.join(words for words, _ in shares)} "
                           "symbols; chance is 12.5 %.",
                   points=[*shares[:MOST - 1], ("chance is 12.5 %", (chance, *named))])


def _share_line(ax: Axes, table: Table, size: int, colour: str, style: str, width: float) -> np.ndarray:
    """Draw the medians of one size, and return them."""
    right = np.median(table.values[list(table.rows).index(size)], axis=1)
    ax.plot(table.columns, right, style, marker="o", markersize=3 * width, color=colour, linewidth=width)
    return right


@styled
def same_curve(ours: Sequence[float], theirs: Sequence[float]) -> Picture:
    """The loss of the same training in NumPy and in PyTorch, one line on the other."""
    figure, ax = new_figure(height=4)
    figure.subplots_adjust(left=0.09, right=0.97, bottom=0.18, top=0.87)
    updates = np.arange(1, len(ours) + 1)
    ax.plot(updates, ours, color=COLOURS["h"], linewidth=5, alpha=0.5, label="NumPy, our own")
    ax.plot(updates, theirs, color=COLOURS["y"], linewidth=1.2, label="PyTorch")
    ax.set(xlim=(1, len(ours)), xlabel="updates", ylabel="loss (nats per character)",
           title="The same training, twice")
    ax.legend(loc="upper right")
    apart = np.abs(np.subtract(ours, theirs)).max()
    least = next((n for n in range(12, -1, -1) if apart < 10.0**-n), 0)
    return Picture(figure, f"In {len(ours)} updates the loss falls from {ours[0]:.2f} to {ours[-1]:.2f} in "
                           f"NumPy and from {theirs[0]:.2f} to {theirs[-1]:.2f} in PyTorch; no two losses "
                           f"are 1e-{min(least, 10)} apart.")


@styled
def attention(weights: np.ndarray, symbols: str, asked: int) -> Picture:
    """Where a query looks: one bar for each stored step.

    Args:
        weights: (T,) what the softmax gave, they sum to one.
        symbols: what was read at each step, T characters.
        asked: the step that was wanted.
    """
    T = len(weights)
    figure, ax = new_figure(height=3.8)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.2, top=0.86)
    bars = ax.bar(range(T), weights, color=[COLOURS["h" if t == asked else "quiet"] for t in range(T)],
                  edgecolor="black", linewidth=0.6)
    ax.set(xlim=(-0.7, T - 0.3), ylim=(0, 1.05), xticks=range(T), xticklabels=list(symbols), ylabel="weight",
           xlabel="what was stored, step by step", title=f"The query asks for step {asked}, and looks there")
    found = float(weights[asked])
    return Picture(figure, f"{T} stored symbols; the query asks for step {asked}, the symbol "
                           f"{symbols[asked]}, and puts {found:.2f} of its weight there.",
                   points={f"{found:.2f} of its weight": bars[asked]})


@styled
def scan_steps(lengths: Sequence[int], highlighted: int = 64) -> Picture:
    """Steps that have to wait for one another: a loop, and a scan that doubles its reach."""
    figure, ax = new_figure(height=4.4)
    figure.subplots_adjust(left=0.11, right=0.86, bottom=0.17, top=0.88)
    lengths = np.asarray(lengths)
    passes = np.ceil(np.log2(lengths)).astype(int)
    curves = [*ax.plot(lengths, lengths, color=COLOURS["quiet"], linestyle="--"),
              *ax.plot(lengths, passes, color=COLOURS["h"])]
    needed = int(np.ceil(np.log2(highlighted)))
    ax.plot([highlighted] * 2, [highlighted, needed], "o", color="black", markersize=9)
    set_axes(ax, "Rounds that wait for each other",
             ("length of the sequence (steps)", lengths[0], lengths[-1]),
             ("rounds, one after another", 0.8, lengths[-1]), log="xy")
    texts = label_ends(ax, [End("loop", lengths[-1]), End("scan", passes[-1], "h")], size=15)
    return Picture(figure, f"A sequence of {highlighted} steps takes {highlighted} rounds in a loop, each of "
                           f"which waits for the one before, and {needed} rounds in a scan.",
                   points=[(f"takes {highlighted} rounds", Place(ax, highlighted, highlighted)),
                           ("a loop", (curves[0], texts[0])),
                           (f"{needed} rounds", Place(ax, highlighted, needed)),
                           ("a scan", (curves[1], texts[1]))])
