"""Pictures of automata: states on an oval, arrows for 0 and 1, and the path of a string."""

from collections.abc import Sequence
from functools import cache
from itertools import permutations

import numpy as np
from matplotlib.axes import Axes

from helpers.lessons.lesson12.automata import Automaton, checked
from helpers.lessons.lesson12.extraction import Look
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    Picture,
    Place,
    count,
    new_figure,
    set_axes,
    styled,
)

UPDATES = 1000          # that a network makes
NAMED = 8               # up to so many states, each has its number, and each arrow its symbols
FEW = 4                 # up to so many are drawn larger
LOOKS = {"0": ("heldout", "--"), "1": ("y", "-"), "0, 1": ("quiet", "-")}


def draw_machine(ax: Axes, machine: Automaton, way: Sequence[int] = ()) -> list[Place]:
    """Draw an automaton into its own axes; returns the places of its states.

    Accepting states have a second ring, and the first state has an arrow. States on a string's path are
    filled.
    """
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
    """An automaton, and the path of a string through it.

    Args:
        string: of 0s and 1s, or empty; without a string no path is drawn.
        network: what a network says about the string.

    Raises ValueError for a string with other symbols.
    """
    height = 4.6 if len(drawn.accepts) > 2 else 3.0
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.02, top=1 - 0.55 / height)
    way = [] if string is None else drawn.reads(checked(string))
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
    told = f"the network is right on {_percent(last.network)}"
    of_machine = f"the automaton on {_percent(last.machine_right)}"
    when = f"after {last.updates:,} update{'' if last.updates == 1 else 's'}"
    return Picture(figure, f"Grammar {grammar} {when}: of all strings up to length 12 {told} and "
                           f"{of_machine}. The automaton has {count(S, 'state')}.",
                   points=[(told, network), (of_machine, drawn)])


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
    left, told = f"leaves {count(S, 'state')}", f"right on {_percent(machine_right)}"
    return Picture(figure, f"States closer than {distance:.2f} count as the same. The walk then "
                           f"meets {count(walked, 'state')}, and minimising {left}. The automaton is {told} "
                           f"of the strings, the network on {_percent(network)}.",
                   points=[(left, discs[:1]), (told, below), (_percent(network), above)])
