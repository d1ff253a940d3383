"""The pictures of lesson 11: a padded batch, what layers and states hold, look-ups, strings backwards."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator

from helpers.lessons.lesson11.experiments import weight_beside
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
    tint,
    whole_number,
    yardstick,
)
from helpers.pictures.highlights import MOST
from helpers.runs import Result, Table

LEVELS = 24             # sizes of the discs that stand for weights
LEAST = 0.002           # of a weight that is drawn
NEAR = 0.03             # between shares that have one name together
BESIDE = ("on the state of", "one state after", "two states after")     # where it looks, by `weight_beside`


def _discs(ax: Axes, shares: np.ndarray, colour: str) -> None:
    """A disc at each place (row, column) of (R, C) shares from 0 to 1; its area is that of the share."""
    R, C = shares.shape
    width, height = 72 * ax.get_position().size * ax.figure.get_size_inches()
    field = 0.94 * min(width / C, height / R)
    levels = np.ceil(LEVELS * np.sqrt(np.clip(shares, 0, 1))).astype(int)
    levels[shares < LEAST] = 0
    for level in range(1, LEVELS + 1):
        rows, columns = np.nonzero(levels == level)
        if len(rows):
            ax.plot(columns, rows, "o", markersize=field * level / LEVELS, color=colour)


@styled
def padded_batch(texts: Sequence[str], gradient: np.ndarray, columns: int = 0) -> Picture:
    """Sequences of unequal length in one rectangle, and the size of the gradient (T, B) at each position.

    The axis has room for at least `columns` steps.
    """
    T, B = max(map(len, texts)), len(texts)
    steps = max(T, columns)
    figure, ax = new_figure(height=4.2)
    figure.subplots_adjust(left=0.1, right=0.98, top=0.88, bottom=0.19)
    ax.set(ylim=(B - 0.5, -0.5), ylabel="sequence", xlabel="step t", xlim=(-0.5, steps - 0.5),
           title="The gradient at each position (larger: more)")
    ax.xaxis.set_major_locator(FixedLocator(range(steps)))     # set_xticks would make each tick
    ax.yaxis.set(major_locator=FixedLocator(range(B)),
                 major_formatter=FixedFormatter([str(row + 1) for row in range(B)]))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    sizes = np.zeros((B, steps))
    sizes[:, :T] = np.asarray(gradient).T / np.max(gradient)
    _discs(ax, sizes, tint(COLOURS["gradient"], 0.55))
    padding = []
    for row, text in enumerate(texts):
        for t in range(T):
            padded = t >= len(text)
            symbol = ax.text(t, row, "0" if padded else text[t], ha="center", va="center", fontsize=16,
                             color=TEXT_COLOURS["quiet"] if padded else "black")
            padding += [symbol] if padded else []
    shares = np.asarray(gradient) / np.sum(gradient)
    lost = sum(shares[len(text):, row].sum() for row, text in enumerate(texts))
    words = f"{len(padding)} {'is' if len(padding) == 1 else 'are'} padding"
    return Picture(figure, f"Of {T * B} positions, {words}, shown as 0. The padding has {100 * lost:.0f} % "
                           "of the gradient with respect to the scores.",
                   points={words: padding} if padding else {})


@styled
def plot_layer_probes(runs: Mapping[str, np.ndarray], lag: int = 0) -> Picture:
    """What a linear probe finds in the states of two layers, by how far back the symbol is.

    `runs` has "one" and "two", shares of symbols right (seeds, lags). The sentence is about `lag`.
    """
    first, second = np.asarray(runs["one"]), np.asarray(runs["two"])
    lag = whole_number("lag", lag, 0, first.shape[1] - 1)
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.1, right=0.84, bottom=0.17, top=0.88)
    lags, ends, points = np.arange(first.shape[1]), [], []
    for values, kind, style, name in ((first, "h", "-", "first layer"), (second, "c", "--", "second layer")):
        middle = np.median(values, axis=0)
        _ranges(ax, lags, values.T, COLOURS[kind])
        ax.plot(lags, middle, style, marker="o", color=COLOURS[kind], linewidth=3)
        ends.append(End(name, middle[-1], kind))
        points.append((f"{100 * middle[lag]:.0f} %", Place(ax, lag, middle[lag])))
    ax.axvline(lag, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    set_axes(ax, "What each layer still knows of the text", ("how far back (characters)", -0.2, lags[-1]),
             ("share read correctly", 0, 1.03), xticks=lags)
    label_ends(ax, ends, size=15)
    when = "The present character" if lag == 0 else "The character before" if lag == 1 else (
        f"The character {lag} steps back")
    return Picture(figure, f"{when} is read correctly from the first layer in {points[0][0]} of cases, and "
                           f"from the second in {points[1][0]} (medians of {len(first)} networks).",
                   points=points)


@styled
def plot_reversal_accuracy(tables: Mapping[int, Table], hidden_size: int = 32,
                           updates: int = 3000) -> Picture:
    """How much of a string is copied after so many updates, for one hidden size in colour, others in grey.

    `tables` has, by number of updates, shares of right symbols; its rows are hidden sizes, its columns
    lengths. The same size trained less is a thin line. Raises ValueError if there is no such run.
    """
    if updates not in tables or hidden_size not in tables[updates].rows:
        raise ValueError(f"hidden_size is {hidden_size} and updates {updates}. Choose a hidden size that was "
                         "trained for that many updates: " + "; ".join(
            f"{', '.join(map(str, table.rows))} for {n}" for n, table in tables.items()))
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.1, right=0.8, bottom=0.16, top=0.88)
    table, lengths = tables[updates], sorted({n for other in tables.values() for n in other.columns})
    last = {size: _share_line(ax, table, size, COLOURS["quiet"], "--", 1.5)[-1] for size in table.rows}
    near = {size: [other for other in last if other != hidden_size and abs(last[other] - last[size]) < NEAR]
            for size in last if size != hidden_size}        # where lines end together, so do their names
    ends = [End(f"{', '.join(map(str, others))} units", last[size])
            for size, others in near.items() if size == others[0]]
    for less in (n for n in tables if n < updates and hidden_size in tables[n].rows):
        before = _share_line(ax, tables[less], hidden_size, COLOURS["h"], ":", 2.2)
        ends.append(End(f"after {less:,}", before[-1], "h"))
    right = _share_line(ax, table, hidden_size, COLOURS["h"], "-", 3)
    chosen = table.values[list(table.rows).index(hidden_size)]
    _ranges(ax, table.columns, chosen, COLOURS["h"])
    chance = yardstick(ax, 1 / 8, "loss")
    set_axes(ax, f"How well a GRU with {hidden_size} units has learnt to copy",
             ("length of the string (symbols)", lengths[0] * 0.9, lengths[-1] * 1.03),
             ("share copied correctly", 0, 1.05), log="x", xticks=lengths)
    named = label_ends(ax, [*ends, End("chance", 1 / 8, "loss")], size=15)[-1:]
    shares = [(f"{100 * share:.0f} % at {n:.0f}", Place(ax, n, share))
              for n, share in zip(table.columns, right, strict=True)]
    return Picture(figure, f"After {updates:,} updates a GRU with {hidden_size} hidden units copies these "
                           f"shares of the symbols correctly, by length: {', '.join(w for w, _ in shares)} "
                           f"(medians of {table.values.shape[2]} seeds), and chance is 12.5 %.",
                   points=[*shares[:MOST - 1], ("chance is 12.5 %", (chance, *named))])


def _ranges(ax: Axes, places: Sequence[float], values: np.ndarray, colour: str) -> None:
    """At each of N places a line from the least to the largest of its values (N, S)."""
    for place, row in zip(places, values, strict=True):
        ax.plot([place, place], [row.min(), row.max()], color=colour, linewidth=2.2)


def _share_line(ax: Axes, table: Table, size: int, colour: str, style: str, width: float) -> np.ndarray:
    """Draw the medians of a hidden size, and return them."""
    right = np.median(table.values[list(table.rows).index(size)], axis=1)
    ax.plot(table.columns, right, style, marker="o", markersize=3 * width, color=colour, linewidth=width)
    return right


@styled
def look_up_weights(
    weights: np.ndarray, symbols: str, asked: int, d_scores: np.ndarray | None = None,
) -> Picture:
    """One look-up for the step `asked`: the weights (T,) of what was read, the T symbols.

    With `d_scores` (T,) the gradient with respect to the scores is drawn below.
    """
    T, alone = len(weights), d_scores is None
    figure, axes = new_figure(1 if alone else 2, height=3.8 if alone else 5.0)
    above, *below = np.ravel(axes)
    figure.subplots_adjust(left=0.1, right=0.98, bottom=0.22 if alone else 0.06, top=0.9, hspace=0.62)
    bar = _bars(above, weights, asked, COLOURS["h"], COLOURS["quiet"])
    for ax in (above, *below):
        ax.set(xlim=(-0.7, T - 0.3), xticks=())
    above.set(ylim=(0, 1.05), ylabel="weight", title="Where the query looks")
    above.set_xlabel("what was stored, step by step", labelpad=32 if alone else 26)
    for t, symbol in enumerate(symbols):
        above.text(t, -0.1 if alone else -0.16, symbol, ha="center", va="center", fontsize=15)
    weight = f"{weights[asked]:.2f} of its weight"
    symbol = "a space" if symbols[asked] == " " else f"the symbol {symbols[asked]}"
    sentence = f"The query asks for step {asked}, {symbol}, and puts {weight} there"
    points = [(weight, bar)]
    if d_scores is not None:
        step = _bars(below[0], d_scores, asked, COLOURS["gradient"], COLOURS["gradient"])
        below[0].axhline(0, color="black", linewidth=1.2)
        below[0].set(ylim=(-0.32, 0.32), ylabel="gradient")
        size = f"{d_scores[asked]:z.3f}".replace("-", "\N{MINUS SIGN}")
        sentence += f". The gradient with respect to the score of that step is {size}"
        points.append((size, step))
    return Picture(figure, f"{sentence}.", points=points)


def _bars(ax: Axes, values: np.ndarray, asked: int, colour: str, others: str) -> Line2D:
    """A bar from 0 for each value; returns the one of the value asked for, the others are one line."""
    wide = 0.7 * 72 * ax.get_position().width * ax.figure.get_size_inches()[0] / len(values)
    t = np.delete(np.arange(len(values)), asked)
    tops = np.column_stack([np.zeros(len(t)), np.asarray(values)[t], np.full(len(t), np.nan)])
    look = {"linewidth": wide, "solid_capstyle": "butt"}
    ax.plot(np.repeat(t, 3), tops.ravel(), color=others, **look)
    return ax.plot([asked, asked], [0, values[asked]], color=colour, **look)[0]


def _map(ax: Axes, weights: np.ndarray, string: str, written: str, size: float = 15) -> None:
    """Draw where each step of writing looks."""
    U, T = weights.shape
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xlim=(-1.2, T - 0.5), ylim=(U + 0.2, -0.5), xticks=(), yticks=(), xlabel="read", ylabel="written")
    _discs(ax, np.pad(weights, ((0, 1), (0, 1))), COLOURS["h"])
    for t, letter in enumerate(string):
        ax.text(t, U, letter, ha="center", va="center", fontsize=size)
    for t, (mine, right) in enumerate(zip(written, string[::-1], strict=True)):
        ax.text(-1, t, mine, ha="center", va="center", fontsize=size,
                color="black" if mine == right else TEXT_COLOURS["gradient"],
                fontweight="normal" if mine == right else "bold")


@styled
def reversal_live(points: Mapping[str, Sequence]) -> Picture:
    """Networks that learn to write backwards: shares of symbols right, and where with attention one looks.

    `points` has for "with" and "without" attention what `watch_training` yields, the latest last.
    """
    figure, (left, right) = new_figure(1, 2, height=4.5)
    figure.subplots_adjust(left=0.09, right=0.97, bottom=0.18, top=0.88, wspace=0.42)
    sentence, ends, points_at = "", [], []
    for name, kind, style in (("with", "h", "-"), ("without", "quiet", "--")):
        run = points.get(name) or []
        if run:
            updates, shares, *_ = zip(*run, strict=True)
            left.plot(updates, shares, style, color=COLOURS[kind], linewidth=3)
            ends.append(End(name, run[-1][1], kind))
            share = f"{100 * run[-1][1]:.0f} %"
            sentence += (f", and {name} it {share} after {run[-1][0]:,}" if sentence else
                         f"{name.capitalize()} attention {share} of the symbols are right "
                         f"after {run[-1][0]:,} updates")
            points_at.append((share, Place(left, run[-1][0], run[-1][1])))
    yardstick(left, 1 / 8)
    set_axes(left, "Symbols written correctly", ("updates", 0, 1000), ("share of symbols right", 0, 1.05))
    label_ends(left, ends)
    looked = points.get("with") or []
    if looked:
        _map(right, *looked[-1][2:])
        shares = weight_beside(looked[-1][2])
        late = int(np.argmax(shares)) if max(shares) > 0.5 else 0
        sentence += f". Of the weight, {shares[late]:.2f} is {BESIDE[late]} the symbol to be written"
        right.set_title("Where it looks (larger: more)")
    else:
        right.set_axis_off()
    return Picture(figure, f"{sentence or 'Nothing is trained yet'}. Chance is 12.5 %.", points=points_at)


def runs_up_to(runs: Sequence[Mapping], updates: int) -> dict[str, list[tuple]]:
    """The shipped training runs up to so many updates, as `reversal_live` takes them."""
    points: dict[str, list[tuple]] = {"with": [], "without": []}
    for run in runs:
        if run["updates"] <= updates:
            weights = None if run["weights"] is None else np.array(run["weights"])
            points["with" if run["attention"] else "without"].append(
                (run["updates"], run["share"], weights, run["string"], run["written"]))
    return points


@styled
def reversal_by_length(runs: Sequence[Result], length: int = 10, fed: str = "its own symbols") -> Picture:
    """Shares of symbols written right, with and without attention, by the length of the string.

    `runs` are results of `reversal_accuracy`, the sentence is about `length`, and while it writes the decoder
    is `fed` "its own symbols" or "the right ones". Raises ValueError for another length or word.
    """
    what = {"its own symbols": "accuracy", "the right ones": "told"}
    lengths = sorted({run.parameters["length"] for run in runs})
    if fed not in what or length not in lengths:
        raise ValueError(f"fed is {fed!r} and length {length!r}. Choose fed from "
                         f"{', '.join(map(repr, what))}, and length from {', '.join(map(str, lengths))}.")
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.1, right=0.8, bottom=0.17, top=0.88)
    ends, shares = [], []
    for attention, kind, style, name in ((True, "h", "-", "with"), (False, "quiet", "--", "without")):
        values = np.array([[run.value[what[fed]] for run in runs if run.parameters["attention"] is attention
                            and run.parameters["length"] == n] for n in lengths])
        middle = np.median(values, axis=1)
        ax.plot(lengths, middle, style, marker="o", color=COLOURS[kind], linewidth=3)
        for n, row in zip(lengths, values, strict=True):
            ax.plot([n] * len(row), row, "o", color=COLOURS[kind], markersize=6, alpha=0.5)
        ends.append(End(f"{name} attention", middle[-1], kind))
        at = lengths.index(length)
        shares.append((f"{name} attention {values[at].min():.2f} to {values[at].max():.2f}",
                       Place(ax, length, middle[at])))
    ax.axvline(length, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    ends.append(End("chance", 1 / 8, "loss"))
    yardstick(ax, 1 / 8, "loss")
    set_axes(ax, "Strings written backwards, by their length",
             ("length of the string (symbols)", lengths[0] - 0.5, lengths[-1] + 0.5),
             ("share of symbols right", 0, 1.05), xticks=lengths)
    label_ends(ax, ends)
    whose = "their own symbols" if fed == "its own symbols" else "the right symbols"
    return Picture(figure, f"""After 1,000 updates, {values.shape[1]} networks of each kind, fed {whose},
        write these shares of {length} symbols correctly: {shares[0][0]}, {shares[1][0]}.""", points=shares)
