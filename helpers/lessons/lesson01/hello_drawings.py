"""The network that learns to spell hello: every number in training, and sampling with feedback."""

import numpy as np

from helpers.lessons.hello import INPUTS, LETTERS, TARGETS, example_network
from helpers.networks import softmax
from helpers.pictures import (
    COLOURS,
    Picture,
    arrow,
    band,
    label,
    node,
    sheet,
    styled,
    tint,
    vector,
    whole_number,
)


def _checked(name: str, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{name} has shape {array.shape}: give finite numbers of shape {shape}")
    return array


def _check_order(vocabulary: str) -> None:
    if sorted(vocabulary) != sorted(LETTERS):
        raise ValueError(f"vocabulary is {vocabulary!r}: give h, e, l and o, each once, in your order")


@styled
def hello_training(
    hidden: np.ndarray | None = None, scores: np.ndarray | None = None, step: int | None = None,
    recurrent: bool = True, vocabulary: str = LETTERS,
) -> Picture:
    """The hello network in training, with every number: inputs, states, scores, probabilities, losses.

    Args:
        hidden, scores: (4, 3) and (4, 4), a row for each time step, the scores' columns in the order
            of `vocabulary`; without them a small trained network is shown.
        step: 1 to 4 shows the numbers up to that step alone.
        recurrent: False leaves out the arrows between states, for a network whose W_hh is 0.
        vocabulary: the order of the letters.

    Raises:
        ValueError: one of these is something else.
    """
    _check_order(vocabulary)
    if (hidden is None) != (scores is None):
        raise ValueError("hidden and scores belong together: give both or neither")
    source = " (example weights)" if hidden is None else ""
    if hidden is None:
        hidden, scores = example_network(INPUTS, vocabulary, recurrent)
    hidden, scores = _checked("hidden", hidden, (4, 3)), _checked("scores", scores, (4, 4))
    last = 4 if step is None else whole_number("step", step, 1, 4)
    wanted = [vocabulary.index(letter) for letter in TARGETS]
    probabilities = softmax(scores)
    right = probabilities[np.arange(4), wanted]
    losses = -np.log(np.maximum(right, 1e-300))
    mean = losses[:last].mean()

    figure, axes = sheet(740)
    for y, name, kind in [(700, "target", "y"), (655, "loss, −ln p", "loss"), (556, "read-out", "y"),
                          (382, "hidden", "h"), (212, "input", "x"), (92, "letter", "x")]:
        label(axes, 22, y, name, kind, 16, ha="left")
    for row, letter in enumerate(vocabulary):
        label(axes, 150, 601 - 30 * row, letter, "y", 15, weight="bold")
        label(axes, 150, 257 - 30 * row, letter, "x", 15, weight="bold")
    label(axes, 270, 306, "$W_{xh}$", "x", 16, ha="left")
    label(axes, 270, 461, "$W_{hy}$", "y", 16, ha="left")
    previous = None
    for t in range(4):
        x, seen = 262 + 205 * t, t < last
        if step == t + 1:
            band(axes, x - 92, 56, x + 92, 728, tint(COLOURS["y"], 0.16))
        letter = node(axes, x, 92, INPUTS[t], "x", 50, fontsize=19)
        one_hot = np.array([float(known == INPUTS[t]) for known in vocabulary])
        given = vector(axes, x, 212, one_hot, "x", 4, width=56, decimals=0)
        state = vector(axes, x, 382, hidden[t] if seen else None, "h", 3, width=76)
        score = vector(axes, x - 39, 556, scores[t] if seen else None, "quiet", 4, width=74, shade=0)
        vector(axes, x + 39, 556, probabilities[t] if seen else None, "y", 4, width=74, marked=wanted[t])
        label(axes, x - 39, 629, "score", "quiet", 14.5)
        label(axes, x + 39, 629, "prob.", "y", 14.5)
        label(axes, x, 655, f"{losses[t]:.2f}" if seen else "?", "loss", 17, weight="bold")
        node(axes, x, 700, TARGETS[t], "y", 62, 44, fontsize=19)
        arrow(axes, letter.top, given.bottom, kind="x", gap=3)
        arrow(axes, given.top, state.bottom, kind="x")
        arrow(axes, state.top, (x, score.bottom[1]), kind="y")
        if previous and recurrent:
            arrow(axes, previous.right, state.left, kind="h")
            label(axes, x - 102, 404, "$W_{hh}$", "h", 16)
        elif previous:
            label(axes, x - 102, 382, "$W_{hh} = 0$", "quiet", 16)
        previous = state
    which = "the 4 letters" if last == 4 else "the letters so far"
    label(axes, 22, 28, f"mean loss of {which}: {mean:.2f} nats", "loss", 17, ha="left", weight="bold")
    yardstick = "chance: ln 4 = 1.39" if recurrent else "without memory at best: 0.35"
    label(axes, 978, 28, yardstick, "quiet", 16, ha="right")

    network = "the hello network in training" + source + ("" if recurrent else ", with W_hh = 0")
    if step is None:
        chances = ", ".join(f"{letter} {p:.2f}" for letter, p in zip(TARGETS, right, strict=True))
        return Picture(figure, f"""All steps of {network}: given h, e, l, l it gives the letters wanted the
            probabilities {chances}; mean loss {mean:.2f} nats.""")
    t = last - 1
    units = ", ".join(f"{value:.2f}" for value in hidden[t])
    return Picture(figure, f"""Step {last} of 4 of {network}: given {INPUTS[t]}, the three hidden units are
        {units}; the letter wanted, {TARGETS[t]}, has score {scores[t, wanted[t]]:.2f} and probability
        {right[t]:.2f}; loss {losses[t]:.2f} nats, mean so far {mean:.2f}.""")


@styled
def sampling_feedback(
    letters: str = "hello", probabilities: np.ndarray | None = None, vocabulary: str = LETTERS
) -> Picture:
    """Test time: the first letter is given, each next one is sampled and fed back as the next input.

    Args:
        letters: the one given and those sampled, 2 to 7 of h, e, l, o.
        probabilities: (len(letters) - 1, 4), what the network gave each letter at each step, in
            the order of `vocabulary`; without it a small trained network is asked.
        vocabulary: the order of the letters.

    Raises:
        ValueError: one of these is something else.
    """
    _check_order(vocabulary)
    if not isinstance(letters, str) or not 2 <= len(letters) <= 7 or not set(letters) <= set(LETTERS):
        raise ValueError(f"letters is {letters!r}: give 2 to 7 of the letters h, e, l, o, as in 'hello'")
    steps = len(letters) - 1
    if probabilities is None:
        probabilities = softmax(example_network(letters[:-1], vocabulary)[1])
    probabilities = _checked("probabilities", probabilities, (steps, 4))
    if (probabilities < 0).any() or not np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError("probabilities has a row with a negative number or a sum other than 1: "
                         "give for each step what a softmax gives")
    drawn = [vocabulary.index(letter) for letter in letters[1:]]
    shares = [f"{probabilities[t, row]:.2f}" for t, row in enumerate(drawn)]

    figure, axes = sheet(550)
    for y, name, kind in [(88, "input", "x"), (200, "hidden", "h"), (346, "chance of\neach letter", "y"),
                          (500, "sampled", "y")]:
        label(axes, 18, y, name, kind, 15, ha="left", linespacing=1.35)
    spacing = min(230, 850 / steps)
    wide = 0.34 * min(spacing, 210)
    state, sampled = None, None
    for t in range(steps):
        x = 140 + (850 - spacing * steps) / 2 + spacing * (t + 0.5)
        before, fed_back, start = state, sampled, x - 0.8 * wide
        given = node(axes, x, 88, letters[t], "x", 52, fontsize=20)
        state = node(axes, x, 200, f"$h_{t + 1}$", "h", 62)
        sampled = node(axes, x, 500, letters[t + 1], "y", 66, 52, fontsize=20)
        label(axes, x, 34, "fed back" if t else "given", "quiet", 14.5)
        for row, letter in enumerate(vocabulary):
            y, bold = 392 - 31 * row, "bold" if row == drawn[t] else "normal"
            label(axes, start - 12, y, letter, "y", 15, weight=bold, va="center_baseline")
            axes.barh(y, wide, 21, start, color=tint(COLOURS["y"], 0.15))
            depth = 1 if row == drawn[t] else 0.55
            axes.barh(y, wide * probabilities[t, row], 21, start, color=tint(COLOURS["y"], depth))
        label(axes, start + wide + 5, 392 - 31 * drawn[t], shares[t], "y", 14.5, weight="bold",
              ha="left", va="center_baseline")
        arrow(axes, given.top, state.bottom, kind="x")
        arrow(axes, state.top, (x, 283), kind="y")
        arrow(axes, (x, 408), sampled.bottom, kind="y")
        if before:
            lane = x - spacing / 2
            arrow(axes, before.right, state.left, kind="h")
            arrow(axes, fed_back.right, (lane, 500), (lane, 88), given.left, kind="y", over=True)
    story = ", ".join(f"{letter} (probability {p})" for letter, p in zip(letters[1:], shares, strict=True))
    return Picture(figure, f"""Sampling: after the given letter {letters[0]} the network draws, one at a time,
        {story}; each letter drawn is fed back as the next input, so that it spells {letters}.""")


DRAWINGS = [sampling_feedback]
