"""The pictures of lesson 09: a patient's file, a run that went wrong, the same training with many seeds."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.lessons.lesson09.experiments import LOOK, SEED_UPDATES, STEPS, FailingRun
from helpers.lessons.lesson09.experiments_ward import RIGHT_BELOW, UPDATES, WARD, Findings, Patient, examine
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    LOSS,
    STAGE,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_lines,
    lecture_stage,
    mark_beyond,
    new_figure,
    set_axes,
    styled,
)

CHANCE = np.log(60)             # the course's text has 60 distinct characters
LOWEST, HIGHEST = 1.5, 4.3      # losses of a patient's picture
TOP = 9.0                       # of a failure's picture; what is above lies on the edge
WRITTEN = 4                     # lines of a network's text that are shown to a class
LOOKS = ("the loss alone", "beside a right gradient", "the gradient check")
ARTICLES = {"RNN": "a plain network", "LSTM": "an LSTM", "GRU": "a GRU"}


@styled
def patient_file(
    patient: int, look: str, curves: Mapping[int | str, np.ndarray], code: bool = True
) -> Picture:
    """A patient's loss, alone or beside a right gradient, or its gradient check, with or without its code.

    `look` is one of LOOKS, and `curves` are those of `load_curves`.
    """
    case = WARD[patient]
    if look == LOOKS[2]:
        picture = examination(case, examine(case.kind, case.backward))
    else:
        picture = training(case, curves[patient], curves[case.kind] if look == LOOKS[1] else None)
    if code:
        picture.text = case.numbered
        picture.sentence += f" Its code has {len(case.numbered.splitlines())} lines."
    return picture


@styled
def training(patient: Patient, losses: np.ndarray, right: np.ndarray | None = None) -> Picture:
    """Median loss under a patient's gradient, alone or beside that of a right gradient.

    `losses` and `right` are (S, N), means over twenty updates for each of S seeds.
    """
    figure, ax = new_figure(height=4.4)
    updates = UPDATES / losses.shape[1] * (np.arange(losses.shape[1]) + 0.5)
    ax.set_position((0.09, 0.17, 0.72, 0.71))
    set_axes(ax, f"Patient {patient.number} ({ARTICLES[patient.kind]}): how it learns",
             ("updates", 0, UPDATES), (LOSS, LOWEST, HIGHEST))
    curves, ends = [], []

    def draw(name: str, middle: np.ndarray, kind: str, style: str) -> None:
        curves.extend(ax.plot(updates, middle.clip(LOWEST, HIGHEST), style, color=COLOURS[kind]))
        ends.append(End(f"{name} {middle[-1]:.2f}", middle[-1], kind))

    middle = np.median(losses, axis=0)
    draw(f"patient {patient.number}", middle, "loss", "-")
    phrases = [f"from {middle[0]:.2f} to {middle[-1]:.2f}"]
    sentence = (f"Patient {patient.number}, {ARTICLES[patient.kind]}: in {UPDATES} updates the loss falls "
                f"{phrases[0]} (median of {len(losses)} seeds)")
    if right is not None:
        draw("right", np.median(right, axis=0), "h", LINE_STYLES["heldout"])
        better = (right[:, -1] < losses[:, -1]).sum()
        phrases.append(f"with a right gradient to {np.median(right[:, -1]):.2f}")
        sentence += f"; {phrases[1]}, lower with {better} of {len(right)} seeds"
    texts = label_lines(ax, {"chance": CHANCE}, ends)
    return Picture(figure, sentence + ".", points={
        words: both for words, *both in zip(phrases, curves, texts, strict=True)})


@styled
def examination(patient: Patient, findings: Findings) -> Picture:
    """Which gradient is wrong, and at which step: derived against measured.

    In a lecture there is no room for the steps beside the code, so only the sentence names them.
    """
    stage = lecture_stage()
    wide = not stage or stage.narrow or stage.width == STAGE.width
    figure, ((left, *others),) = new_figure(1, 2 if wide else 1, height=4.4, squeeze=False)
    left.set_position((0.08, 0.19, 0.36, 0.68) if wide else (0.16, 0.13, 0.6, 0.74))
    names = list(findings.parameters)
    words = ("by parameter", "relative error") if wide else ("relative error", "")
    set_axes(left, f"Patient {patient.number}: {words[0]}", (words[1], 1e-12, 1e3),
             ("", len(names) - 0.4, -0.6), log="x", xticks=[1e-12, 1e-9, 1e-6, 1e-3, 1])
    left.set_yticks(range(len(names)), names)
    left.plot([RIGHT_BELOW] * 2, [-0.6, len(names) - 0.4], color=COLOURS["quiet"],
              linestyle=LINE_STYLES["chance"], linewidth=1.6)
    points = []
    for row, name in enumerate(names):
        bad = name in findings.wrong
        error = max(findings.parameters[name], 1e-12)
        colour = "gradient" if bad else "h"
        bar, = left.plot([1e-12, error], [row] * 2, color=COLOURS[colour], linewidth=7 if bad else 4)
        words = left.text(error * 2.5, row, "wrong" if bad else "right", va="center", fontsize=14,
                          color=TEXT_COLOURS[colour], fontweight="bold" if bad else "normal")
        if bad:
            points.append((f"{name} {findings.parameters[name]:.2g}", (bar, words)))
    sentence = describe_findings(findings)
    for right in others:
        _by_step(right, findings.steps)
        if findings.first_wrong:
            t, sums = findings.first_wrong
            rows = [row for row, name in enumerate(findings.steps) if name in sums]
            points.append((f"t = {t}", [Place(right, t, row, 0.8, 0.6) for row in rows]))
    return Picture(figure, f"Patient {patient.number}, {ARTICLES[patient.kind]}: {sentence}", points=points)


def _by_step(ax: Axes, errors_of: Mapping[str, np.ndarray]) -> None:
    """The errors of each sum, by its name (T,), at each step."""
    steps = len(next(iter(errors_of.values())))
    ax.set(position=(0.54, 0.19, 0.44, 0.68), xlim=(-0.5, steps - 0.5), ylim=(len(errors_of) - 0.4, -0.6),
           xticks=range(steps), yticks=range(len(errors_of)), yticklabels=list(errors_of),
           xlabel="step t (read from the right)", title="By step: error of da")
    for row, errors in enumerate(errors_of.values()):
        for t, error in enumerate(errors):
            bad = error > RIGHT_BELOW
            ax.text(t, row, f"{error:.2f}" if error >= 0.005 else "<0.01" if bad else "right", ha="center",
                    va="center", fontsize=14, fontweight="bold" if bad else "normal",
                    color=TEXT_COLOURS["gradient" if bad else "h"])


def describe_findings(findings: Findings) -> str:
    """The findings of a gradient check in a sentence or two."""
    if not findings.wrong:
        return "every gradient is right."
    fine = [name for name in findings.parameters if name not in findings.wrong]
    words = "wrong gradients, with relative errors: " + ", ".join(
        f"{name} {findings.parameters[name]:.2g}" for name in findings.wrong)
    words += f"; right: {', '.join(fine)}. " if fine else ". "
    turned = [findings.turned[name] for name in findings.wrong]
    longer = [findings.longer[name] for name in findings.wrong]
    if max(turned) < 1e-3 and max(longer) - min(longer) < 1e-3:
        words += f"They all point the right way but are {longer[0]:.0f} times too long. "
    if findings.first_wrong is None:
        return words + "da is right at every step."
    t, sums = findings.first_wrong
    wrong_at = np.any(np.array(list(findings.steps.values())) > RIGHT_BELOW, axis=0)
    is_last = t == len(wrong_at) - 1
    sound = ", ".join(map(str, np.flatnonzero(~wrong_at)))
    alone = f" da is right only at t = {sound}." if sound and is_last else ""
    where = f", in da of {', '.join(sums)}" if len(findings.steps) > 1 else ""
    return words + (f"In the backward pass the first wrong step is t = {t}"
                    f"{', the last one' if is_last else ''}{where}.{alone}")


@styled
def failure_chart(
    run: FailingRun | None, healthy: FailingRun, title: str = "", differs: str = ""
) -> Picture:
    """A run beside a healthy one: training and held-out loss, and the loss by place in the chunk.

    Args:
        run: of `failing_run`, so far, None before its first look; its sample is shown below.
        differs: how it differs from the healthy one, for the sentence.
    """
    figure, (time, place) = new_figure(1, 2, height=4.4)
    run = run or FailingRun()
    last = max([600, *run.updates])
    time.set_position((0.08, 0.17, 0.42, 0.7))
    set_axes(time, title, ("updates", 0, last), (LOSS, -0.15, TOP))
    place.set_position((0.72, 0.17, 0.26, 0.7))
    set_axes(place, "Final loss by position", ("position in the chunk", 1, STEPS),
             ("nats per character", -0.07, 4), xticks=[1, 5, 10, 15, 20, 25])
    curves, ends = [], []
    for drawn, colours, width in ((healthy, ("quiet", "quiet"), 1.4), (run, ("loss", "heldout"), 2.5)):
        for losses, colour, style in zip((drawn.train, drawn.heldout), colours, ("-", LINE_STYLES["heldout"]),
                                         strict=True):
            curves += time.plot(drawn.updates, np.clip(losses, 0, TOP), style, color=COLOURS[colour],
                                linewidth=width)
            mark_beyond(time, drawn.updates, losses, colour)
        if len(drawn.places):
            by_place, = place.plot(range(1, STEPS + 1), np.clip(drawn.places, 0, 4),
                                   color=COLOURS[colours[0]], linewidth=width)
    if len(run.updates):
        ends = [End(f"training {run.train[-1]:.2f}", run.train[-1], "loss"),
                End(f"held out {run.heldout[-1]:.2f}", run.heldout[-1], "heldout")]
    if run is not healthy:
        ends.append(End("a healthy run", healthy.train[-1]))
    label_lines(time, {"chance": CHANCE}, ends)
    if not len(run.updates):
        return Picture(figure, "This run has no points yet.")
    name = f"{title or 'This run'} ({differs})" if differs else title or "This run"
    sentence = (f"{name}: the training loss is {run.train[0]:.2f} in the first {LOOK} updates "
                f"and {run.train[-1]:.2f} after {run.updates[-1]:,}, held out {run.heldout[-1]:.2f}")
    *_, train, heldout = curves
    points = {f"the training loss is {run.train[0]:.2f}": train, f"held out {run.heldout[-1]:.2f}": heldout}
    if len(run.places):
        points["by position in the chunk"] = by_place
        sentence += (f"; by position in the chunk the training loss is {run.places[0]:.2f} at the first "
                     f"character and {np.mean(run.places[5:]):.2f} from the sixth on")
    written = run.samples[-1][1] if run.samples else ""
    if lecture_stage():     # the picture is the point: empty lines are marked, and few lines shown
        written = "\n".join(re.sub(r"\n{2,}", " ↵ ", written).splitlines()[:WRITTEN])
    return Picture(figure, sentence + ".", written, points)


@styled
def seed_view(losses: Mapping[str, np.ndarray], seeds: int = 8, first: int = 1) -> Picture:
    """Held-out losses of several settings: `seeds` runs of each, from the `first`, and where they end.

    `losses` are, by setting, (S, N) held-out losses at every tenth update from 0, NaN where none is known.
    """
    total = len(next(iter(losses.values())))
    figure, (time, ends) = new_figure(1, 2, height=4.6)
    time.set_position((0.09, 0.17, 0.42, 0.7))
    set_axes(time, f"{seeds} of {total} seeds", ("updates", 0, SEED_UPDATES), (f"held-out {LOSS}", 2, 3.4))
    names = [f"{name}\n({style})" for name, style in zip(losses, ("dotted", "solid", "dashed"), strict=True)]
    ends.set(position=(0.76, 0.17, 0.22, 0.7), xlim=(2.03, 2.28), ylim=(len(losses) - 0.5, -0.5),
             yticks=range(len(losses)), yticklabels=names, xlabel="loss after 200 updates",
             xticks=[2.05, 2.15, 2.25], title="Where they end")
    chosen = {name: runs[[(first - 1 + k) % total for k in range(seeds)]] for name, runs in losses.items()}
    points = []
    for row, ((name, runs), colour, style) in enumerate(
            zip(chosen.items(), ("x", "loss", "h"), (":", "-", "--"), strict=True)):
        curves = [_seed_line(time, run, COLOURS[colour], style) for run in runs]
        last = runs[:, -1][np.isfinite(runs[:, -1])]
        rings = ends.plot(last.clip(2.03, 2.28), np.full(len(last), row), "o", color=COLOURS[colour],
                          markerfacecolor="none", markersize=12, markeredgewidth=2)
        points.append((f"{name} {_range(runs[:, -1])}", [*curves, *rings] if len(last) else ()))
        if len(last):
            mean = last.mean().clip(2.03, 2.28)
            ends.plot([mean] * 2, [row - 0.3, row + 0.3], color="black", linewidth=3)
    words = "; ".join(phrase for phrase, _ in points)
    count = "one seed" if seeds == 1 else f"{seeds} seeds"
    ended = [int(np.isfinite(runs[:, -1]).sum()) for runs in chosen.values()]
    if min(ended) == seeds:
        return Picture(figure, f"Held-out loss after 200 updates, {count} each: {words}.",
                       points=points)
    time.set_title("Your seeds so far")
    done = ", ".join(map(str, ended))
    return Picture(figure, f"Held-out loss after 200 updates, with {done} of {seeds} seeds done: {words}.",
                   points=points)


def _seed_line(ax: Axes, run: np.ndarray, colour: str, style: str) -> Line2D:
    known = np.isfinite(run)
    return ax.plot(10 * np.arange(len(run))[known], run[known], style, color=colour, linewidth=2.2)[0]


def _range(ends: np.ndarray) -> str:
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return "not yet"
    if len(ends) == 1:
        return f"{ends[0]:.3f}"
    return f"{ends.min():.3f} to {ends.max():.3f}, mean {ends.mean():.3f}"


def seeds_so_far(points: Mapping[str, Sequence[tuple[int, int, float]]]) -> Picture:
    """`seed_view` of the points of `seed_runs` so far, by setting."""
    losses = {}
    for name, looks in points.items():
        losses[name] = np.full((8, SEED_UPDATES // LOOK + 1), np.nan)
        for number, update, loss in looks:
            losses[name][number, update // LOOK] = loss
    return seed_view(losses)
