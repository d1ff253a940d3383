"""The pictures of lesson 12: parity by a factor, networks on longer strings, counters, a scan, automata."""

from collections.abc import Sequence
from functools import cache
from itertools import permutations

import numpy as np
from matplotlib.axes import Axes

from helpers.lessons.lesson12.experiments import KINDS, Automaton, Look, counter_path, signalled_end
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    count,
    label_ends,
    new_figure,
    set_axes,
    styled,
    whole_number,
    yardstick,
)
from helpers.runs import Result

SEEN = 0.05             # a readout sees that a state is negative only above this size
TESTED = (40, 256, 4096)
LONGEST = 20            # n of the strings that the counters learnt
MANY = 16               # 1s in the string on which units run out of turns
SHOWN = 12              # 1s, after each of which the state is drawn
UPDATES = 1000          # that a network makes
NAMED = 8               # up to so many states, each has its number, and each arrow its symbols
FEW = 4                 # up to so many are drawn larger
LOOKS = {"0": ("heldout", "--"), "1": ("y", "-"), "0, 1": ("quiet", "-")}
KIND_COLOURS = dict(zip(KINDS, ("c", "h", "quiet", "gradient", "heldout"), strict=True))


def parity_by_factor(factor: float, length: int) -> np.ndarray:
    """Whether the answers after 0, 1, ..., `length` 1s are right, (length + 1,).

    Each 1 multiplies a state by the factor. It begins at 1, and its readout says odd below -`SEEN` and
    even elsewhere.
    """
    read = np.arange(length + 1)
    return (float(factor) ** read < -SEEN) == (read % 2 == 1)


@styled
def plot_factor(factor: float = -0.9) -> Picture:
    """A state that every 1 multiplies by the same factor: its sign at first, and its size far on.

    Raises ValueError if the factor is not between -1 and 1.
    """
    if not -1 <= factor <= 1:
        raise ValueError(f"factor is {factor!r}. Give a number from -1 to 1.")
    right = parity_by_factor(factor, TESTED[-1])
    first = int(np.argmin(right)) if not right.all() else len(right)
    figure, (near, far) = new_figure(1, 2, height=4.6, width_ratios=[1, 1.15])
    figure.subplots_adjust(left=0.08, right=0.97, bottom=0.17, top=0.88, wspace=0.28)
    read = np.arange(SHOWN + 1)
    states = float(factor) ** read
    set_axes(near, "Its sign (○ target)", ("1s read", -0.9, SHOWN + 0.9), ("state h", -1.25, 1.25),
             xticks=range(0, SHOWN + 1, 2))
    near.axhline(0, color=COLOURS["quiet"], linewidth=1)
    near.plot(read, (-1.0) ** read, "o", color="black", markersize=13, markerfacecolor="none",
              markeredgewidth=1.5)
    begun, = near.plot(read, states, "o-", color=COLOURS["h"], markersize=7)

    set_axes(far, "Its size", ("1s read", 1, TESTED[-1]), ("size of h", 1e-3, 1.6), log="xy",
             xticks=[1, *TESTED], yticks=[0.001, 0.01, 0.1, 1])
    many = np.unique(np.round(np.geomspace(1, TESTED[-1], 200)))
    size, = far.plot(many, np.maximum(np.abs(factor) ** many, 1e-9), color=COLOURS["h"])
    seen = yardstick(far, SEEN, "loss")
    far.text(1.15, SEEN / 1.25, "too small to read", va="top", fontsize=14)
    shares = ", ".join(f"{100 * right[1 : n + 1].mean():.0f} % of {n:,}" for n in TESTED)
    if factor == -1:
        what, part = "the size stays 1", size
    elif factor >= 0:
        what, part = "the sign never changes", begun
    elif first == 1:
        what, part = f"after one step the size is below {SEEN}", (size, seen)
    else:
        what, part = f"after {first - 1:,} steps the size falls below {SEEN}", (size, seen)
    sentence = f"A factor of {factor:g} for every 1: {what}. The readout is right on {shares} 1s."
    return Picture(figure, sentence.replace("-", "−"), points=[(what, part)])


def crossing_sum(units: int, steps: int) -> np.ndarray:
    """A constant and `units` decaying exponentials whose sum is right as long as it can be, (steps + 1,).

    Their factors are 0.85, 0.85², ..., and their weights give -1 for an odd number of steps and +1 for an
    even number, from 0 to `units` steps.
    """
    factors = np.append(1.0, 0.85 ** np.arange(1, units + 1))
    t = np.arange(steps + 1)
    table = factors ** t[:, None]
    return table @ np.linalg.solve(table[: units + 1], (-1.0) ** t[: units + 1])


@styled
def plot_crossings(units: int = 1) -> Picture:
    """The best sum of a constant and some decaying exponentials on a string of 1s."""
    units, steps = whole_number("units", units, 1, 6), MANY
    t, y = np.arange(steps + 1), crossing_sum(units, steps)
    right = np.sign(y) == (-1.0) ** t
    figure, ax = new_figure(height=4.4)
    figure.subplots_adjust(left=0.09, right=0.85, bottom=0.17, top=0.88)
    set_axes(ax, f"The best fit with {count(units, 'unit')}: a curve that runs out of turns",
             ("1s read", -0.5, steps + 0.5), ("score of even minus odd", -3.4, 3.4),
             xticks=range(0, steps + 1, 2))
    ax.axhline(0, color="black", linewidth=1.2)
    curve, = ax.plot(t, y, "-", color=COLOURS["y"])
    good, = ax.plot(t[right], np.clip(y[right], -3, 3), "o", color=COLOURS["h"], markersize=9)
    bad, = ax.plot(t[~right], np.clip(y[~right], -3, 3), "o", color=COLOURS["gradient"], markersize=10,
                   markerfacecolor="none", markeredgewidth=2.5)
    label_ends(ax, [End("● right", 1.4, "h"), End("○ wrong", -1.4, "gradient"), End("says even", 2.6),
                    End("says odd", -2.6)])
    turns = f"the sum crosses zero {count(int((np.diff(np.sign(y)) != 0).sum()), 'time')}"
    first = f"first {'step' if units == 1 else f'{units} steps'}"
    return Picture(figure, f"A constant and {count(units, 'decaying exponential')}, drawn up to ±3: {turns} "
                           f"and is right for the {first}. Of {steps} answers {right[1:].sum()} are right.",
                   points=[(turns, curve), (first, good), (f"{right[1:].sum()} are right", (good, bad))])


@styled
def plot_accuracy_beyond(results: Sequence[Result], kind: str) -> Picture:
    """The share of right answers far beyond the length that was learnt, for all runs of one of `KINDS`."""
    runs = [result.value for result in results if result.parameters["kind"] == kind]
    at = runs[0]["at"]
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.09, right=0.86, bottom=0.17, top=0.88)
    set_axes(ax, f"Parity, learnt on strings of {at[0]}: {kind}",
             ("length of the string (symbols)", at[0] * 0.9, at[-1] * 1.05),
             ("share of answers right", 0, 1.05), log="x", xticks=at)
    right = np.array([run["right"] for run in runs])
    for row in right:
        ax.plot(at, row, "o-", color=COLOURS[KIND_COLOURS[kind]], linewidth=2.2, markersize=5)
    guessed = yardstick(ax, 0.5, "loss")
    names = label_ends(ax, [End("chance", 0.5, "loss")])
    learnt = sorted(run["updates"] for run in runs if run["updates"] is not None)
    when = f" after {learnt[0]:,} to {learnt[-1]:,} updates" if len(learnt) > 1 else (
        f" after {learnt[0]:,} updates" if learnt else "")
    ends = [(n, right[:, at.index(n)]) for n in (256, at[-1])]
    shares = [(f"{_from_to(row)} at {n:,}",
               [Place(ax, n, row.min()), Place(ax, n, row.max())]) for n, row in ends]
    far = " and ".join(words for words, _ in shares)
    return Picture(figure, f"Parity, {kind}: {len(learnt)} of {len(right)} runs learn strings of {at[0]} "
                           f"symbols{when}. The share of right answers is {far}, and chance is 0.50.",
                   points=[*shares, ("chance is 0.50", (guessed, *names))])


def _from_to(shares: np.ndarray) -> str:
    """The least and the largest of some shares, or a single number if both are written alike."""
    low, high = f"{shares.min():.2f}", f"{shares.max():.2f}"
    return low if low == high else f"{low} to {high}"


@styled
def plot_counter(forget_bias: float = 20.0, n: int = 1000) -> Picture:
    """The memory of a unit set by hand over n a's and n b's, for a bias of its forget gate."""
    n = whole_number("n", n, 1, 1000)
    c = counter_path(n, n, forget_bias)
    end = signalled_end(c, n)
    figure, ax = new_figure(height=4.4)
    figure.subplots_adjust(left=0.1, right=0.86, bottom=0.17, top=0.88)
    top = max(10, n)
    set_axes(ax, f"A unit that counts, with {n:,} a's and {n:,} b's", ("step", 0, 2.03 * n),
             ("memory c", -0.35 * top, 1.1 * top))
    ax.axhline(0, color="black", linewidth=1.2)
    ax.axvline(n, color=COLOURS["quiet"], linewidth=1.2, linestyle="--")
    ax.plot([0, n, 2 * n], [0, n, 0], ":", color="black", linewidth=2.2)
    path, = ax.plot(np.arange(2 * n + 1), c, color=COLOURS["c"])
    label_ends(ax, [End("counted", c[-1], "c"), End("··· exact", 0.25 * top, "loss")])
    wrong = "" if end == 2 * n else (", too early" if end is not None else "")
    signal = (f"does not signal the end after {n:,} b's" if end is None else
              f"signals the end after {end - n:,} b's{wrong}")
    up, left = f"{c[n]:.1f} after the a's", f"{c[-1]:z.2f} after the b's"
    mark = ax.plot([2 * n if end is None else end], [0], "o", color=COLOURS["y"], markersize=10)
    words = (f"With a forget bias of {forget_bias:g} the cell state is {up} and {left}. The readout "
             f"{signal}, which is {'right' if end == 2 * n else 'wrong'}.").replace("-", "−")
    left = left.replace("-", "−")
    return Picture(figure, words, points=[(up, Place(ax, n, c[n])), (left, path), (signal, mark)])


@styled
def plot_memories(states: np.ndarray, n: int, right: bool, cell: str = "LSTM") -> Picture:
    """What the units of a network that learnt to count hold over n a's and n b's.

    `states` (2 n, H) are c of an LSTM or h of another cell after each symbol. `right` says whether the
    network predicts all of this string from its first b on.
    """
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.09, right=0.84, bottom=0.17, top=0.88)
    t = np.arange(1, 2 * n + 1)
    there, back = (np.abs(states[n - 1] - states[end]) for end in (0, -1))
    swing = np.minimum(there, back)
    best = int(swing.argmax())
    reach = max(1.2, 1.1 * np.abs(states).max())
    name, colour = ("memory c", "c") if cell == "LSTM" else ("state h", "h")
    set_axes(ax, f"{cell}: {count(n, 'a')} and as many b's" if n == 1 else f"{cell}: {n} a's and {n} b's",
             ("step", 0, 2 * n + 1), (name, -reach, reach))
    ax.axvline(n + 0.5, color=COLOURS["quiet"], linewidth=1.2, linestyle="--")
    for unit in np.argsort(swing)[:-1]:
        ax.plot(t, states[:, unit], color=COLOURS["quiet"], linewidth=1.4)
    line, = ax.plot(t, states[:, best], "o-", markersize=4, color=COLOURS[colour])
    label_ends(ax, [End(f"unit {best + 1}", states[-1, best], colour)])
    words = ""
    if n > 2:
        up, down = np.diff(states[:n, best]), np.diff(states[n:, best])
        rises, falls = np.median(up), np.median(down)
        even = [np.mean(np.abs(steps - middle) <= abs(middle) / 4)
                for steps, middle in ((up, rises), (down, falls))]
        words = f" moves by {rises:+.2f} at each a and by {falls:+.2f} at each b"
        if min(even) < 0.8:
            turn, end = states[[n - 1, -1], best]
            words = (f" moves by {turn:+.2f} over the a's and by {end - turn:+.2f} over the b's, "
                     "in unequal steps")
    sentence = (f"{cell}, {n} a's and {n} b's: unit {best + 1}{words}. From the first b on, "
                f"{'' if right else 'not '}everything is predicted correctly.")
    return Picture(figure, sentence.replace("-", "−"), points=[(f"unit {best + 1}", line)])


@styled
def plot_reach(results: Sequence[Result], updates: int = 500) -> Picture:
    """How far networks that learnt a^n b^n up to n = 20 count, with a dot for each run."""
    look = results[0].value["updates"].index(updates)
    figure, ax = new_figure(height=4.4)
    figure.subplots_adjust(left=0.1, right=0.84, bottom=0.17, top=0.88)
    kinds = "LSTM", "GRU", "RNN"
    most = max(LONGEST, *(max(result.value["reach"]) for result in results))
    set_axes(ax, f"How far they count after {updates:,} updates", ("", -0.5, len(kinds) - 0.5),
             ("counts to n", -0.04 * most, 1.08 * most))
    ax.set(xticks=range(len(kinds)), xticklabels=kinds, xlabel="cell")
    yardstick(ax, LONGEST, "loss")
    label_ends(ax, [End(f"learnt: {LONGEST}", LONGEST, "loss")])
    points = []
    for k, kind in enumerate(kinds):
        reached = sorted(result.value["reach"][look] for result in results
                         if result.parameters["cell"] == kind)
        dots, = ax.plot(k + np.linspace(-0.36, 0.36, len(reached)), reached, "o", markersize=9,
                        color=COLOURS[KIND_COLOURS[kind]], markerfacecolor="none", markeredgewidth=2)
        points.append((f"{kind} {reached[0]} to {reached[-1]} (median {np.median(reached):g})", dots))
    return Picture(figure, f"After {updates:,} updates on strings up to n = {LONGEST}, {len(reached)} runs "
                           f"per cell count to: {', '.join(words for words, _ in points)}.", points=points)


@styled
def scan_steps(lengths: Sequence[int], highlighted: int = 64) -> Picture:
    """Steps that have to wait for one another, in a loop and in a scan that doubles its reach."""
    figure, ax = new_figure(height=4.4)
    figure.subplots_adjust(left=0.11, right=0.86, bottom=0.17, top=0.88)
    lengths = np.asarray(lengths)
    passes = np.ceil(np.log2(lengths)).astype(int)
    curves = [*ax.plot(lengths, lengths, color=COLOURS["quiet"], linestyle="--"),
              *ax.plot(lengths, passes, color=COLOURS["h"])]
    needed = int(np.ceil(np.log2(highlighted)))
    ax.plot([highlighted] * 2, [highlighted, needed], "o", color="black", markersize=9)
    set_axes(ax, "Rounds that must follow one another",
             ("length of the sequence (steps)", 0.85 * lengths[0], 1.2 * lengths[-1]),
             ("rounds, one after another", 0.8, 1.2 * lengths[-1]), log="xy")
    texts = label_ends(ax, [End("loop", lengths[-1]), End("scan", passes[-1], "h")], size=15)
    rounds = count(needed, "round")
    return Picture(figure, f"A sequence of {highlighted:,} steps takes {highlighted:,} rounds in a loop, "
                           f"each of which waits for the round before, and {rounds} in a scan.",
                   points=[(f"takes {highlighted:,} rounds", Place(ax, highlighted, highlighted)),
                           ("a loop", (curves[0], texts[0])),
                           (rounds, Place(ax, highlighted, needed)),
                           ("a scan", (curves[1], texts[1]))])


def draw_machine(ax: Axes, machine: Automaton, way: Sequence[int] = ()) -> list[Place]:
    """Draw an automaton, with the states on the way of a string filled; returns the places of its states."""
    S = len(machine.accepts)
    named = S <= NAMED
    width, height = ax.get_position().size * ax.figure.get_size_inches()
    wide = width / height
    size = 38 if S <= FEW else 30 if named else 12 if S <= 20 else 8               # points, of a disc
    disc = size / 72 / height                                  # its radius, where the height of the axes is 2
    arrows: dict[tuple[int, int], list[str]] = {}
    for state, row in enumerate(machine.steps.tolist()):
        for symbol, follower in enumerate(row):
            arrows.setdefault((state, follower), []).append(str(symbol))
    angles = np.pi - 2 * np.pi * _around(S, tuple(sorted(arrows))) / S
    across = min(0.6 * wide, 2.2) if S == 2 else min(0.68 * wide, 1.5)
    up = 0.54 if any(state == follower for state, follower in arrows) else 0.68       # a loop needs room
    places = np.column_stack([across * np.cos(angles), up * np.sin(angles)]) * (S > 1)
    ax.set(xlim=(-wide, wide), ylim=(-1, 1))
    ax.axis("off")
    start = places[0] - [disc + 0.02, 0]
    ways: dict[str, list[np.ndarray]] = {look: [] for look in LOOKS}
    heads: dict[str, list[np.ndarray]] = {look: [] for look in LOOKS}
    halos: list[np.ndarray] = []
    for (state, follower), symbols in arrows.items():
        look = ", ".join(symbols)
        line, label = _arrow(places, state, follower, disc, 0.34 / height)
        ways[look].append(line)
        heads[look].append(_head(line[-1], line[-1] - line[-3], 0.055 if named else 0.035))
        if named:
            ax.text(*label, look, ha="center", va="center", fontsize=15, color=TEXT_COLOURS[LOOKS[look][0]],
                    zorder=5)
            halos.append(label + np.multiply.outer(np.arange(len(look)) - (len(look) - 1) / 2, [0.045, 0]))
    if halos:                       # keep strokes off the words
        ax.plot(*np.concatenate(halos).T, "o", color="white", markersize=17, zorder=2.5)
    for look, (kind, dashes) in LOOKS.items():
        ax.plot(*_in_one(ways[look]), color=COLOURS[kind], linestyle=dashes,
                linewidth=2.4 if named else 1.4, zorder=1)
        ax.plot(*_in_one(heads[look]), color=COLOURS[kind], linewidth=2, zorder=2)
    into = start - [[0.2, 0], [0, 0]]
    ax.plot(*_in_one([into, _head(start, np.array([1.0, 0.0]), 0.055)]), color="black", linewidth=2)
    for chosen, fill in ((range(S), "white"), (sorted(set(way)), "#BFE7DB"), (way[-1:], "#66C5AB")):
        ax.plot(*places[list(chosen)].T, "o", markersize=size, markerfacecolor=fill, markeredgecolor="black",
                markeredgewidth=1.6, zorder=3)
    ax.plot(*places[machine.accepts].T, "o", markersize=0.78 * size, markerfacecolor="none",
            markeredgecolor="black", markeredgewidth=1.3, zorder=4)
    for state, (x, y) in enumerate(places if named else ()):
        ax.text(x, y, str(state), ha="center", va="center", fontsize=17 if S <= FEW else 14, zorder=5,
                fontweight="bold" if state in way[-1:] else "normal")
    return [Place(ax, *place) for place in places]


@cache
def _around(states: int, arrows: tuple[tuple[int, int], ...]) -> np.ndarray:
    """The place (states,) of each state on the oval, the first being 0, so that few arrows cross.

    Of orders with as few crossings it is the one with the shortest arrows. More than `NAMED` states stay in
    their order.
    """
    if not 3 < states <= NAMED:
        return np.arange(states)
    orders = np.array([(0, *rest) for rest in permutations(range(1, states))])      # (N, states)
    pairs = np.array([pair for pair in {tuple(sorted(arrow)) for arrow in arrows} if pair[0] != pair[1]])
    ends = np.sort(orders[:, pairs], axis=2)                                        # (N, pairs, 2)
    steps = ends[..., 1] - ends[..., 0]
    length = np.minimum(steps, states - steps).sum(axis=1)
    low, high = ends[:, :, None, 0], ends[:, :, None, 1]
    into = (low < ends[:, None, :, 0]) & (ends[:, None, :, 0] < high) & (high < ends[:, None, :, 1])
    return orders[np.argmin(into.sum(axis=(1, 2)) * 100 + length)]


def _arrow(
    places: np.ndarray, start: int, end: int, disc: float, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    """The way of an arrow between two states, or of a loop at one, and the place of its words, a gap away."""
    a, b = places[start], places[end]
    if start == end:
        out = a / np.hypot(*a) if start else np.array([-0.35, 0.94])      # clear of the first arrow
        side = np.array([-out[1], out[0]])
        size = max(0.105, 0.75 * disc)
        middle, turn = a + (disc + 0.07) * out, np.linspace(-0.72, 0.72, 16)[:, None] * np.pi
        return middle + size * (np.cos(turn) * out + np.sin(turn) * side), middle + (size + gap) * out
    along, t = b - a, np.linspace(0, 1, 60)[:, None]
    length = np.hypot(*along)
    side = np.array([along[1], -along[0]]) / length
    bend = (a + b) / 2 + side * min(0.24 if len(places) == 2 else 0.14, 0.18 * length)
    way = (1 - t) ** 2 * a + 2 * t * (1 - t) * bend + t**2 * b
    free = (np.hypot(*(way - a).T) > disc) & (np.hypot(*(way - b).T) > disc + 0.01)
    way = way[free] if free.sum() > 3 else way
    return way, way[int(0.36 * len(way))] + gap * side


def _in_one(ways: Sequence[np.ndarray]) -> np.ndarray:
    """Several ways (N, 2) as one line with gaps, x and y (2, M)."""
    pieces = [piece for way in ways for piece in (way, np.full((1, 2), np.nan))]
    return np.concatenate([np.empty((0, 2)), *pieces[:-1]]).T


def _head(tip: np.ndarray, along: np.ndarray, size: float) -> np.ndarray:
    """The head of an arrow, two strokes."""
    along = along / np.hypot(*along)
    side = 0.55 * size * np.array([-along[1], along[0]])
    return np.array([tip - size * along + side, tip, tip - size * along - side])


@styled
def machine(drawn: Automaton, string: str | None = None, network: bool | None = None,
            title: str = "") -> Picture:
    """An automaton, and the path of a string through it, if there is one.

    `network` is what a network says about the string. Raises ValueError for other symbols than 0 and 1.
    """
    height = 4.6 if len(drawn.accepts) > 2 else 3.0
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.02, top=1 - 0.55 / height)
    way = [] if string is None else drawn.reads(string)
    discs = draw_machine(ax, drawn, way)
    ax.set_title(title or "The automaton")
    S = len(drawn.accepts)
    accepting = int(drawn.accepts.sum())
    sentence = (f"An automaton of {count(S, 'state')}, of which {accepting or 'none'} "
                f"accept{'s' if accepting < 2 else ''}")
    points = []
    if string is not None:
        name = "the empty string" if not string else string if len(string) <= 24 else f"{string[:21]}..."
        ends = f"ends in state {way[-1]}" if S <= NAMED else "ends in the filled state"
        sentence += f"; {name} {ends} and is {'accepted' if drawn.accepts[way[-1]] else 'not accepted'}"
        points.append((ends, discs[way[-1]]))
        if network is not None:
            sentence += f", and the network says {'yes' if network else 'no'}"
    return Picture(figure, f"{sentence}.", points=points or [(count(S, "state"), discs[:1])])


@styled
def learning_machine(looks: Sequence[Look], grammar: int) -> Picture:
    """A network while it learns, and the automaton of its present states."""
    figure, (curves, ax) = new_figure(1, 2, height=4.6, width_ratios=[1, 1.25])
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.17, top=0.88, wspace=0.3)
    set_axes(curves, f"Grammar {grammar}", ("updates", 0, UPDATES), ("share of strings right", 0, 1.05))
    at = [look.updates for look in looks]
    network, = curves.plot(at, [look.network for look in looks], "-", color=COLOURS["h"], label="network")
    drawn, = curves.plot(at, [look.machine_right for look in looks], "--", color=COLOURS["y"],
                         label="automaton")
    curves.legend(loc="lower right")
    if not looks:
        ax.axis("off")
        ax.text(0.5, 0.5, "the network's automaton, once it learns", transform=ax.transAxes, ha="center",
                va="center", fontsize=15, color=TEXT_COLOURS["quiet"])
        return Picture(figure, f"Grammar {grammar}: nothing is learnt yet.")
    last = looks[-1]
    S = len(last.machine.accepts)
    draw_machine(ax, last.machine)
    ax.set_title(f"Its automaton: {count(S, 'state')}")
    of_network = f"the network is right on {_percent(last.network)}"
    of_machine = f"the automaton on {_percent(last.machine_right)}"
    when = f"after {last.updates:,} update{'' if last.updates == 1 else 's'}"
    return Picture(figure, f"Grammar {grammar} {when}: of all strings up to length 12 {of_network} and "
                           f"{of_machine}. The automaton has {count(S, 'state')}.",
                   points=[(of_network, network), (of_machine, drawn)])


def _percent(share: float) -> str:
    """A share in percent, 100 % only where it is all."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"


@styled
def machine_at(
    drawn: Automaton, walked: int, distance: float, network: float, machine_right: float
) -> Picture:
    """The automaton of a network, for a distance below which two of its states count as the same."""
    figure, (ax, bars) = new_figure(1, 2, height=4.6, width_ratios=[1.7, 1])
    figure.subplots_adjust(left=0.02, right=0.97, bottom=0.17, top=0.88, wspace=0.28)
    S = len(drawn.accepts)
    discs = draw_machine(ax, drawn)
    ax.set_title(f"{walked} states met, {count(S, 'state')} left")
    set_axes(bars, "Right on", ("percent of the strings", 0, 124), ("", -0.6, 1.6),
             xticks=[0, 50, 100])
    bars.set(yticks=[0, 1], yticklabels=["automaton", "network"], ylabel="")
    shares = (machine_right, "y"), (network, "h")
    below, above = (bars.plot([0, 100 * share], [row, row], color=COLOURS[kind], linewidth=20,
                              solid_capstyle="butt")[0]
                    for row, (share, kind) in enumerate(shares))
    for row, (share, kind) in enumerate(shares):
        bars.text(100 * share + 2, row, _percent(share), va="center", fontsize=15, color=TEXT_COLOURS[kind])
    left, right = f"leaves {count(S, 'state')}", f"right on {_percent(machine_right)}"
    return Picture(figure, f"States closer than {distance:.2f} count as the same. The walk then "
                           f"meets {count(walked, 'state')}, and minimising {left}. The automaton is {right} "
                           f"of the strings, the network on {_percent(network)}.",
                   points=[(left, discs[:1]), (right, below), (_percent(network), above)])
