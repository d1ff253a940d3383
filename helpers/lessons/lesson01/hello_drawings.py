"""The network that learns to spell hello: every number in training, and sampling with feedback."""

import numpy as np

from helpers.lessons.hello import INPUTS, LETTERS, TARGETS, example_scores
from helpers.networks import softmax
from helpers.pictures import COLOURS, Box, Canvas, Picture, styled, tint, whole_number


def _checked(name: str, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{name} has shape {array.shape}. Give finite numbers of shape {shape}.")
    return array


@styled
def hello_training(hidden: np.ndarray, scores: np.ndarray, step: int | None = None) -> Picture:
    """The hello network in training, with every number: inputs, states, scores, probabilities, losses.

    Args:
        hidden, scores: (4, 3) and (4, 4), a row for each time step, the scores' columns for h, e, l, o.
        step: 1 to 4 shows the numbers up to that step alone.

    Raises:
        ValueError: one of these is something else.
    """
    hidden, scores = _checked("hidden", hidden, (4, 3)), _checked("scores", scores, (4, 4))
    last = 4 if step is None else whole_number("step", step, 1, 4)
    wanted = [LETTERS.index(letter) for letter in TARGETS]
    probabilities = softmax(scores)
    right = probabilities[np.arange(4), wanted]
    losses = -np.log(np.maximum(right, 1e-300))
    mean = losses[:last].mean()

    page = Canvas(740)
    for y, name, kind in [(702, "target", "y"), (659, "loss, −ln p", "loss"), (556, "output", "y"),
                          (382, "hidden", "h"), (212, "input", "x"), (92, "letter", "x")]:
        page.label(22, y, name, kind, 16, ha="left")
    for row, letter in enumerate(LETTERS):
        page.label(150, 601 - 30 * row, letter, "y", 15, weight="bold")
        page.label(150, 257 - 30 * row, letter, "x", 15, weight="bold")
    page.label(280, 306, "$W_{xh}$", "x", 16, ha="left")
    page.label(280, 461, "$W_{hy}$", "y", 16, ha="left")
    previous, letters, chances = None, [], []
    for t in range(4):
        x, seen = 272 + 204 * t, t < last
        if step == t + 1:
            page.band(x - 96, 56, x + 96, 728, tint(COLOURS["y"], 0.16))
        letter = page.node(x, 92, INPUTS[t], "x", 50, fontsize=19)
        letters.append(letter)
        one_hot = np.array([float(known == INPUTS[t]) for known in LETTERS])
        given = page.vector(x, 212, one_hot, "x", 4, width=56, decimals=0)
        state = page.vector(x, 382, hidden[t] if seen else None, "h", 3, width=88)
        score = page.vector(x - 44, 556, scores[t] if seen else None, "quiet", 4, width=88, shade=0)
        shares = page.vector(x + 44, 556, probabilities[t] if seen else None, "y", 4, width=88,
                             marked=wanted[t])
        chances.append(shares.field(wanted[t], 4))
        page.label(x - 44, 632, "score", "quiet", 14.5)
        page.label(x + 44, 632, "prob.", "y", 14.5)
        loss = page.label(x, 659, f"{losses[t]:.2f}" if seen else "?", "loss", 17, weight="bold")
        if t == last - 1:
            here = state, score.field(wanted[t], 4), chances[t], loss
        page.node(x, 702, TARGETS[t], "y", 62, 44, fontsize=19)
        page.arrow(letter.top, given.bottom, kind="x", gap=3)
        page.arrow(given.top, state.bottom, kind="x")
        page.arrow(state.top, (x, score.bottom[1]), kind="y")
        if previous:
            page.arrow(previous.right, state.left, kind="h")
            page.label(x - 102, 404, "$W_{hh}$", "h", 16)
        previous = state
    which = "the 4 letters" if last == 4 else "the letters so far"
    below = page.label(22, 28, f"mean loss of {which}: {mean:.2f} nats", "loss", 17, ha="left", weight="bold")
    page.label(978, 28, "chance: ln 4 = 1.39", "quiet", 16, ha="right")

    network = "the hello network"
    if step is None:
        told = [f"{letter} {p:.2f}" for letter, p in zip(TARGETS, right, strict=True)]
        return page.picture(f"""All steps of {network}: given h, e, l, l it gives the targets the
            probabilities {", ".join(told)}; the mean loss is {mean:.2f} nats.""",
            [("h, e, l, l", letters), *zip(told, chances, strict=True), (f"mean loss is {mean:.2f}", below)])
    t = last - 1
    units = ", ".join(f"{value:.2f}" for value in hidden[t])
    return page.picture(f"""Step {last} of 4 of {network}: given {INPUTS[t]}, the three hidden units are
        {units}; the target, {TARGETS[t]}, has score {scores[t, wanted[t]]:.2f} and probability
        {right[t]:.2f}; the loss is {losses[t]:.2f} nats, and the mean so far is {mean:.2f}.""",
        [(f"given {INPUTS[t]}", letters[t]),
         *zip((units, f"score {scores[t, wanted[t]]:.2f}", f"probability {right[t]:.2f}",
               f"loss is {losses[t]:.2f}"), here, strict=True), (f"mean so far is {mean:.2f}", below)])


@styled
def sampling_feedback(letters: str = "hello", probabilities: np.ndarray | None = None) -> Picture:
    """Test time: the first letter is given, each next one is sampled and fed back as the next input.

    Args:
        letters: the one given and those sampled, 2 to 7 of h, e, l, o.
        probabilities: (len(letters) - 1, 4), what the network gave h, e, l, o at each step; without it
            those of a small trained network.

    Raises:
        ValueError: one of these is something else.
    """
    if not isinstance(letters, str) or not 2 <= len(letters) <= 7 or not set(letters) <= set(LETTERS):
        raise ValueError(f"letters is {letters!r}. Give 2 to 7 of the letters h, e, l, o, as in 'hello'.")
    steps = len(letters) - 1
    if probabilities is None:
        probabilities = softmax(example_scores(letters[:-1]))
    probabilities = _checked("probabilities", probabilities, (steps, 4))
    if (probabilities < 0).any() or not np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError("probabilities has a row with a negative number, or one that does not add up "
                         "to 1. Give one row for each step, as softmax returns it.")
    drawn = [LETTERS.index(letter) for letter in letters[1:]]
    shares = [f"{probabilities[t, row]:.2f}" for t, row in enumerate(drawn)]

    page = Canvas(550)
    for y, name, kind in [(88, "input", "x"), (200, "hidden", "h"), (346, "probability", "y"),
                          (500, "sampled", "y")]:
        page.label(18, y, name, kind, 15, ha="left", linespacing=1.35)
    spacing = min(230, 850 / steps)
    wide = 0.34 * min(spacing, 210)
    state, sampled, first, chosen, lanes = None, None, None, [], []
    for t in range(steps):
        x = 140 + (850 - spacing * steps) / 2 + spacing * (t + 0.5)
        before, fed_back, start = state, sampled, x - 0.8 * wide
        given = page.node(x, 88, letters[t], "x", 52, fontsize=20)
        state = page.node(x, 200, f"$h_{t + 1}$", "h", 62)
        sampled = page.node(x, 500, letters[t + 1], "y", 66, 52, fontsize=20)
        first = first or given
        page.label(x, 34, "fed back" if t else "given", "quiet", 14.5)
        for row, letter in enumerate(LETTERS):
            y, bold = 392 - 31 * row, "bold" if row == drawn[t] else "normal"
            page.label(start - 12, y, letter, "y", 15, weight=bold, va="center_baseline")
            page.axes.barh(y, wide, 21, start, color=tint(COLOURS["y"], 0.15))
            depth = 1 if row == drawn[t] else 0.55
            page.axes.barh(y, wide * probabilities[t, row], 21, start, color=tint(COLOURS["y"], depth))
        share = page.label(start + wide + 5, 392 - 31 * drawn[t], shares[t], "y", 14.5, weight="bold",
                           ha="left", va="center_baseline")
        chosen.append((Box(start + wide / 2, 392 - 31 * drawn[t], wide, 21), share))
        page.arrow(given.top, state.bottom, kind="x")
        page.arrow(state.top, (x, 283), kind="y")
        page.arrow((x, 408), sampled.bottom, kind="y")
        if before:
            lane = x - spacing / 2
            page.arrow(before.right, state.left, kind="h")
            lanes += page.arrow(fed_back.right, (lane, 500), (lane, 88), given.left, kind="y", over=True)
    story = [f"{letter} (probability {p})" for letter, p in zip(letters[1:], shares, strict=True)]
    return page.picture(f"""After the given letter {letters[0]} the network draws {", ".join(story)};
        each is fed back as the next input, so it spells {letters}.""",
        [(f"the given letter {letters[0]}", first), *zip(story, chosen, strict=True), ("fed back", lanes)])


DRAWINGS = [sampling_feedback]
