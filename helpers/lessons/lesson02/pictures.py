"""The pictures of lesson 02: the next character, the loss, a first guess, and training by hand."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, get_font

from helpers.data import character_in_words, number_of, spoken
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    Picture,
    Place,
    loss_curve,
    mark_beyond,
    new_figure,
    on_narrow_page,
    set_axes,
    styled,
    visible,
    yardstick,
)
from helpers.runs import History

BARS = 14                   # characters with their own bar
CHARACTERS = 60             # in the course's text


def tick_name(character: str) -> str:
    """The name of a character at a tick; its number if the font does not have it."""
    name = "new\nline" if character == "\n" else spoken(character)
    if name == character and not get_font(findfont(FontProperties())).get_char_index(ord(character)):
        name = number_of(character)
    return "\n".join((name[:2], name[2:-2], name[-2:])) if name.startswith("U+") else name


def bars(ax: Axes, where: np.ndarray, heights: np.ndarray, colour: str, width: float = 0.7) -> None:
    """Bars as one thick line with gaps, which a dashboard moves without drawing the axes again.

    `width` is in the units of `ax`, whose limits are set before.
    """
    low, high = ax.get_xlim()
    points = width / (high - low) * ax.get_position().width * ax.figure.get_figwidth() * 72
    x = np.repeat(np.asarray(where, dtype=float), 3)
    y = np.column_stack([np.zeros(len(heights)), heights, np.full(len(heights), np.nan)]).ravel()
    ax.plot(x, y, color=colour, linewidth=points, solid_capstyle="butt")


@styled
def plot_next_characters(
    probabilities: np.ndarray, characters: str, reference: np.ndarray | None = None, top: float = 1.02,
    title: str = "What comes next?",
) -> Picture:
    """Bars for the most probable of V characters, and one bar for all the others together.

    `reference` is another distribution (V,), drawn as outlines. The bars follow its order, so that they stay
    in place when `probabilities` change. The vertical axis ends at `top`.
    """
    outlined = reference is not None
    reference = reference if outlined else probabilities
    order = np.argsort(-reference, kind="stable")
    single = min(BARS, len(order))
    rest = len(order) - single
    narrow = on_narrow_page()        # then there is room for a letter
    names = [(visible if narrow else tick_name)(characters[i]) for i in order[:single]]
    heights, outlines = (
        [*p[order[:single]], *([p[order[single:]].sum()] if rest else [])]
        for p in (probabilities, reference))
    names += [f"{rest}\nmore"] if rest else []

    figure, ax = new_figure(height=4.2)
    figure.subplots_adjust(bottom=0.2)
    where = np.arange(len(names))
    ax.set(xlim=(-0.6, len(names) - 0.4), xticks=where, xticklabels=names, ylim=(0, top),
           ylabel="probability", title=title)
    bars(ax, where[:single], heights[:single], COLOURS["y"])
    bars(ax, where[single:], heights[single:], COLOURS["quiet"])
    if outlined:
        for x, height in zip(where, outlines, strict=True):
            ax.plot([x - 0.35, x - 0.35, x + 0.35, x + 0.35], [0, height, height, 0], color="black",
                    linewidth=2.2, linestyle="--")
    likely = int(np.argmax(probabilities))
    at = min(int(np.flatnonzero(order == likely)[0]), single)
    name = f"{character_in_words(characters[likely])} ({probabilities[likely]:.3f})"
    entropy = -np.sum(probabilities * np.log(np.maximum(probabilities, 1e-300)))
    return Picture(figure, f"""The most probable character is {name}. The choice is as open as a
        choice among {np.exp(entropy):.1f} equally likely characters.""",
        points=[(name, Place(ax, at, heights[at] / 2, 0.7, heights[at]))])


@styled
def plot_nll(probability: float = 0.25) -> Picture:
    """The loss of one character, -ln p, as a curve over p with one point marked."""
    if not 0 < probability <= 1:
        raise ValueError(f"probability must be above 0 and at most 1, but is {probability}")
    figure, ax = new_figure(height=4.6)
    p = np.geomspace(0.003, 1, 300)
    ax.plot(p, -np.log(p), color=COLOURS["loss"])
    loss, uniform_loss = float(abs(np.log(probability))), float(np.log(CHARACTERS))
    yardstick(ax, uniform_loss)
    ax.text(1.0, uniform_loss + 0.1, f"guessing among {CHARACTERS}: {uniform_loss:.4f}", ha="right",
            color=TEXT_COLOURS["quiet"])
    lines, = ax.plot([probability, probability, 0], [0, loss, loss], color=COLOURS["y"], linestyle="--")
    mark, = ax.plot(probability, loss, "o", color=COLOURS["y"], markersize=12)
    set_axes(ax, "The loss of one character is its surprise",
             ("probability given to the target (no unit)", 0, 1.02), ("loss (nats)", 0, 6))
    return Picture(figure, f"""A character that was given the probability {probability:.2f} costs {loss:.2f}
        nats, or {loss / np.log(2):.2f} bits: a perplexity of {1 / probability:.1f}.""",
        points=[(f"the probability {probability:.2f}", lines), (f"{loss:.2f} nats", mark)])


@styled
def plot_first_guess(h: np.ndarray, p: np.ndarray, loss: float, scale: float) -> Picture:
    """How an untrained network with weights of this scale starts: its states h, and its first guess p (V,).

    `loss` is the mean loss of the first chunk, in nats per character.
    """
    figure, (left, right) = new_figure(1, 2, height=4.2)
    figure.subplots_adjust(wspace=0.3, bottom=0.18)
    edges = np.linspace(-1, 1, 41)
    set_axes(left, "States", ("value of a hidden unit", -1.03, 1.03), ("share of the units", 0, 1),
             xticks=(-1, -0.5, 0, 0.5, 1))
    bars(left, (edges[1:] + edges[:-1]) / 2, np.histogram(h, edges)[0] / np.size(h), COLOURS["h"], 0.05)
    set_axes(right, "The first guess", ("character (its number)", -1, len(p)), ("probability", 0, 1))
    bars(right, np.arange(len(p)), p, COLOURS["y"])
    yardstick(right, 1 / len(p))
    saturated = np.mean(np.abs(h) > 0.9)
    return Picture(figure, f"""With weights of standard deviation {scale:g}, {saturated:.0%} of the states are
        above 0.9 or below −0.9. The most probable character gets the probability {p.max():.2f}, and
        the first loss is {loss:.2f} nats per character.""",
        points={f"{saturated:.0%} of the states": [Place(left, x, 0.5, 0.13, 1) for x in (-0.965, 0.965)],
                f"{p.max():.2f}": Place(right, int(p.argmax()), p.max() / 2, 1, p.max())})


@styled
def plot_losses_by_hand(losses: Sequence[float], plain: Sequence[float], uniform_loss: float) -> Picture:
    """The losses of the reader's program at each update, and the smoothed ones of the reference version."""
    mine, other = History(start=uniform_loss), History(start=uniform_loss)
    for history, several in ((mine, losses), (other, plain)):
        for loss in several:
            history.add(float(loss))
    above, under = np.mean(losses[:50]) > uniform_loss, float(np.mean(losses[-100:]))
    below = next((f"falls below {bar:.2f}" for bar in (3.25, uniform_loss) if under < bar),
                 "does not fall below it")
    at_first = "first jumps above chance" if above else "begins near chance"
    apart = ("The reference version has the same losses." if np.array_equal(losses, plain) else
             "The dashed curve is the reference version, from the same weights.")
    picture = loss_curve(
        mine, {"chance": uniform_loss}, title="Trained by hand: first shaken, then learning",
        sentence=f"In {len(losses):,} updates by hand the loss of a chunk {at_first}, "
                 f"{uniform_loss:.2f} nats per character, and then {below}; "
                 f"the smoothed loss follows. {apart}")
    ax = picture.figure.axes[0]
    at, _, smoothed, *_ = other.curves()
    mark_beyond(ax, at, smoothed, "loss")
    ax.plot(at, smoothed, color=COLOURS["y"], linestyle="--", linewidth=2.6, zorder=4,
            label="the reference version")
    ax.legend(handles=[*ax.get_lines()[:2], ax.get_lines()[-1]], loc="lower left")
    return picture
