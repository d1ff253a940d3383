"""What lesson 05 claims."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.data import Chunk
from helpers.lessons.lesson05.checks import check_clip_norm
from helpers.lessons.lesson05.cliff import (
    SIGMA,
    descend,
    loss_and_gradient,
    states,
    steepest_place,
    wall_bias,
)
from helpers.lessons.lesson05.drawings import anti_windup
from helpers.lessons.lesson05.page_drawings import FACTORS, GRADIENT, LIMIT, RATE, STEPS
from helpers.lessons.lesson05.shipped import PATIENTS
from helpers.lessons.lesson05.spikes_and_runs import (
    RATES,
    THRESHOLDS,
    angle_between,
    share_above_first_median,
    spike_steps,
)
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import (
    RNN,
    SGD,
    Adagrad,
    Adam,
    CharModel,
    Optimizer,
    Parameters,
    RMSProp,
    clip_norm,
    clip_value,
    sigmoid,
    softmax,
    train,
)
from helpers.runs import Shipped, Sweep, load_run

CHANCE = math.log(60)
LAST = 39               # of the middle thousand, in the blocks of `turned_dial`


def _step(f: Facts, product: str) -> list[float]:
    """The losses of the printed settings whose rate times threshold is `product`."""
    return [float(line.rsplit(" ", 1)[1]) for line in f.printed
            if " x threshold " in line and f"= {product}:" in line]


def _ends(rate: float, threshold: float | None) -> list[float]:
    """The last losses of the shipped runs with this rate and threshold."""
    wanted = {"learning_rate": rate, "max_norm": threshold}
    return [run.value["end"] for run in load_run("05/thresholds") if run.parameters == wanted]


def _gone_back(f: Facts) -> list[tuple[float, float]]:
    """Of the networks of section 7 the largest singular value, and what 20 steps back leave of a gradient."""
    return [(float(line.split()[2].rstrip(",")), f.number(line.split(":")[0] + ":"))
            for line in f.printed if line.startswith("S = ") and " inputs of size " in line]


def _sufficient(f: Facts) -> bool:
    """Whether every gradient with S below 1 vanishes, and others too, so that it's not necessary."""
    left = _gone_back(f)
    return (all(0 < much < 0.01 for size, much in left if size < 1) and min(left)[0] < 1
            and any(0 < much < 0.01 for size, much in left if size > 1))


def _necessary(f: Facts) -> bool:
    """Whether every gradient that explodes has S above 1, and one with such an S doesn't: not sufficient."""
    left = _gone_back(f)
    return (all(size > 1 for size, much in left if much > 1) and max(much for _, much in left) > 1
            and any(0 < much < 1 for size, much in left if size > 1))


def _stretch(steps: int) -> float:
    """The most that so many steps stretch an arrow, at the eigenvalue 0.9 and the singular value 2."""
    return float(np.linalg.norm(np.linalg.matrix_power([[0.9, 2 - 0.9**2 / 2], [0, 0.9]], steps), 2))


A = np.linspace(-5, 5, 2001)        # pre-activations


def _steepest(squash: Callable) -> float:
    """The steepest slope of a function, as it is measured between -5 and 5."""
    return float(np.gradient(squash(A), A).max())


def _lost_and_slow() -> list[list[bool]]:
    """Of the runs to diagnose that end far above chance, and of the others above 3: was anything clipped?"""
    ends = [(np.mean(run["losses"][-20:]), run["clipped"] > 0) for run in load_run("05/patients").values()]
    return [sorted(clipped for end, clipped in ends if low < end < high)
            for low, high in ((2 * CHANCE, 100), (3, CHANCE))]


def _row(values: np.ndarray) -> Parameters:
    """One array of these numbers."""
    row = Parameters({"w": (len(values),)})
    row.w = values
    return row


def _two_arrays() -> Parameters:
    """A gradient in two arrays, of length 5 and 12."""
    grads = Parameters({"a": (2,), "b": (1,)})
    grads.a, grads.b = [3, -4], [12]
    return grads


def _thrown() -> tuple[float, float, float, float]:
    """Where the ball is thrown, the gradient, the loss, that after a tiny step, and how far it goes."""
    free = descend(5.0, -2.58, 0.1, 1000)
    at = free.norms.argmax()
    tiny = free.path[at] + 1e-4 * (free.path[at + 1] - free.path[at])
    return (round(free.norms[at]), free.losses[at], loss_and_gradient(*tiny)[0],
            math.dist(free.path[at], free.path[at + 1]))


def _two_clips(degrees: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A gradient of length 3 in the plane, and the same clipped at 1, by norm and by value."""
    g = 3 * np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    clip_norm(by_norm := _row(g), 1), clip_value(by_value := _row(g), 1)
    return g, by_norm.w, by_value.w


def _turn(degrees: float) -> float:
    """By how many degrees clipping by value turns that gradient."""
    g, _, by_value = _two_clips(degrees)
    return angle_between(g, by_value)


def _from_the_wall(max_norm: float | None) -> tuple[float, float]:
    """How far one step leads from the wall at w = 5.5, at a rate of 0.1, and the loss where it lands."""
    found = descend(5.5, wall_bias(5.5), 0.1, 1, max_norm)
    return float(np.linalg.norm(found.path[1] - found.path[0])), float(found.losses[1])


def _shortened(grads: dict[str, np.ndarray], max_norm: float) -> dict[str, np.ndarray]:
    """The worked solution of exercise 5.1."""
    norm = math.sqrt(sum((array**2).sum() for array in grads.values()))
    return {name: min(1.0, max_norm / norm) * array for name, array in grads.items()}


def _longer(threshold: float, part: slice = slice(None)) -> float:
    """The share above a threshold in the record of norms, or in a part of it."""
    return float(np.mean(np.array(load_run("05/norms"))[part] > threshold))


PAST = np.random.default_rng(0).normal(size=(5, 3))     # gradients of five updates
FADED = 0.9 ** np.arange(4, -1, -1)                     # what a moving mean leaves of each


def _last_step(optimizer: Optimizer, gradients: np.ndarray = PAST) -> np.ndarray:
    """The step that an optimiser makes at the last of these gradients."""
    for gradient in gradients:
        optimizer.update(weights := _row(np.zeros(len(gradient))), _row(gradient))
    return -weights.w


def _kept_signs() -> float:
    """By how many degrees a clip by value turns at most, if it ends no farther than on the diagonal."""
    two = [_two_clips(degrees) for degrees in range(1, 90)]
    ends = [angle_between(cut, np.ones(2)) < angle_between(g, np.ones(2)) + 1e-5 for g, _, cut in two]
    many = [_turned([*row]) for row in 9 * np.random.default_rng(0).standard_cauchy((200, 12))]
    return max(many) if all(ends) else math.inf


CLAIMS = (
    Claim("thrown-or-at-the-foot",
          "One step from the wall throws the ball far out of the picture, but a clipped step lands at the "
          "foot.",
          lambda f: (thrown := _from_the_wall(None))[0] > 1000 and (held := _from_the_wall(1.0))[0] < 0.101
          and held[1] < 0.05 < thrown[1]),
    Claim("a-little-over-one", "Drag *steps* to 100, and you get $1.1^{100} = 13{,}781$",
          lambda f: f.number("1.1 to the power of 100 is") == 1.38e4),
    Claim("only-one-keeps", "Only a factor of exactly 1 keeps the gradient",
          lambda f: f.number("0.9 to the power of 100 is") < f.number("1.0 to the power of 100 is") == 1
          < f.number("1.1 to the power of 100 is")),
    Claim("hump-then-dies", "It grows to 6.2 at step 9 and then dies",
          lambda f: round(_stretch(9), 1) == 6.2 and _stretch(9) > max(_stretch(8), _stretch(10))
          and _stretch(60) < 0.2),
    Claim("singular-over-one-dies", "in the long run every gradient dies",
          lambda f: f.number("S = 1.60, rho = ") < 1 and f.numbers("S = 1.60, rho = ")[-1] < 1e-6),
    Claim("bound-does-not-cause",
          "With small inputs the gradient grows, but with larger inputs it vanishes, because units near ±1 "
          "have slopes near 0. $S > 1$ allows an explosion and does not cause one.",
          lambda f: 1 - 0.99**2 < 0.02 < 1 - 0.1**2 and f.number("S = 1.60, inputs of size 0.1:") < 1
          and f.number("S = 2.41, inputs of size 1.0:") < 1 < f.number("S = 2.41, inputs of size 0.1:")),
    Claim("theorem-of-vanishing", "So $\\gamma S < 1$ is sufficient for it to vanish", _sufficient),
    Claim("theorem-of-exploding", "and $\\gamma S > 1$ is necessary for it to explode", _necessary),
    Claim("what-sufficient-means", "Sufficient means that if $\\gamma S < 1$, the gradient vanishes",
          _sufficient),
    Claim("what-necessary-means", "Necessary means that if the gradient explodes, $\\gamma S$ is over 1",
          _necessary),
    Claim("sufficient-to-vanish", "$\\gamma S < 1$ is sufficient to vanish", _sufficient),
    Claim("necessary-to-explode", "$\\gamma S > 1$ is necessary to explode, but not sufficient", _necessary),
    Claim("over-one", "An $S$ over 1 is necessary for an explosion, not sufficient.", _necessary),
    Claim("below-one-is-sufficient", "An $S$ below 1 is sufficient for a gradient to vanish.", _sufficient),
    Claim("necessary-because", "Over 1 is necessary, because with S below 1 every step would shorten the "
          "gradients. It is not sufficient, because the slopes count too.", _necessary),
    Claim("steeper-beside-the-line",
          "Just beside the line the surface is six to nine times steeper still, because on its way down "
          "the state passes 0, where the sigmoid is steepest.",
          lambda f: A[np.gradient(sigmoid(A)).argmax()] == 0
          and (down := states(5.5, steepest_place(5.5)[0]))[0] > 0 > down[-1]
          and all(5.5 < f.numbers(f"w = {w}: the gradient on the line")[3] < 9.5
                        for w in ("5.0", "5.5", "6.0", "7.0"))),
    Claim("wall-below-the-edge",
          "Drag w to 4.2, where $m$ is below 1. There is still a wall, but it has left our line. The cut "
          "falls steeply beside the line, where the gradient is 22, not 1.6 as on the line.",
          lambda f: 4.2 * SIGMA * (1 - SIGMA) < 1 and f.numbers("w = 4.2: the gradient on the line")[1] < 2
          < 20 < f.numbers("w = 4.2: the gradient on the line")[2] < 23),
    Claim("all-clipped-arrive", "With the clip there is nothing to be lucky about",
          lambda f: "clipped at 1: 800 converge" in f.printed and f.number("elsewhere, ") < 0.3 * 800),
    Claim("near-the-wall",
          "10 to 24 of 60 starts converge without a clip, and 53 to 60 starts do with a clip at 1",
          lambda f: f.numbers("near the wall, in 20 draws,")[:2] == [10, 24]
          and "53 to 60 with a clip at 1" in f.line("near the wall, in 20 draws,")),
    Claim("a-clip-sleeps", "over most of the surface a clip sleeps",
          lambda f: 0 < f.number("away: the clip at 1 ever acts for") < 0.025 * 1200),
    Claim("value-turns", "the clipped gradient points 84° away",
          lambda f: f.numbers("by value: ")[1] == 84 and f.numbers("by norm: length")[1] == 0),
    Claim("circle-and-square",
          "By norm it keeps its direction and ends on a circle. By value it is turned and ends on a square.",
          lambda f: all(
              math.isclose(np.linalg.norm(by_norm), 1) and angle_between(g, by_norm) < 1e-5 < _turn(degrees)
              and np.abs(by_value).max() == 1 < np.linalg.norm(by_value)
              for degrees in (25, 100, 200, 340) for g, by_norm, by_value in [_two_clips(degrees)])),
    Claim("never-by-ninety-degrees", "At worst both entries end equally large, on the diagonal of the "
          "square. No entry changes its sign, so it never turns by 90° or more, in any number of dimensions.",
          lambda f: _kept_signs() < 90),
    Claim("at-worst-the-diagonal", "at worst both entries are cut to the same size, and that is the diagonal",
          lambda f: _kept_signs() < 90),
    Claim("towards-a-diagonal",
          "By norm the arrow never turns. By value it turns towards a diagonal of the square. The arrow "
          "turns most when one entry is large and the other is just within the limit",
          lambda f: all(angle_between(by_value, np.ones(2)) < angle_between(g, np.ones(2))
              and angle_between(g, by_norm) < 1e-5
              for degrees in (5, 19, 40, 60, 80) for g, by_norm, by_value in [_two_clips(degrees)])
          and 2 < _two_clips(most := max(range(46), key=_turn))[0][0] and 0.9 < _two_clips(most)[0][1] < 1),
    Claim("norms-rise",
          "In the left panel the norms rise as the network learns. A threshold that slept at first may act "
          "on most updates later on.",
          lambda f: f.number("median of updates 1801 to 2000:") > f.number("median of updates 1 to 200:")
          and _longer(2, slice(200)) < 0.05 and _longer(2, slice(1800, None)) > 0.5),
    Claim("no-matter-below", "At rates 0.3 and 1 the clip does not matter",
          lambda f: all(f"at rate {rate} a threshold of 1 or more ends as low as no clip"
                        in f.line("Median loss after 400") for rate in (0.3, 1))),
    Claim("lowest-of-all", "the runs end at 1.64 to 1.69, lower than with any other setting",
          lambda f: f.numbers("lowest of all")[1:] == [1.67, 3.0, 0.3] and max(_ends(3.0, 0.3)) < min(
              min(_ends(rate, limit)) for rate in (0.3, 1.0) for limit in (0.01, 0.3, 1.0, 10.0, None))),
    Claim("lost-in-spite-of-a-clip",
          "But a clip is no cure-all. A clipped step is as long as rate times threshold. At rate 3 and "
          "threshold 3 that length is 9, and all runs are lost.",
          lambda f: math.isclose(_from_the_wall(0.3)[0], 0.1 * 0.3) and min(_step(f, "9.00")) > 4.09),
    Claim("two-dials-are-one",
          "When every update is clipped, the two settings act as one. For example, the losses with 3 × "
          "0.01, 1 × 0.03 and 0.3 × 0.1 differ by at most 0.12 in every run. So a low threshold is a brake "
          "only if the rate isn't raised with it.",
          lambda f: np.allclose(descend(5.5, -2.9, 0.1, 9, 0.01).path, descend(5.5, -2.9, 0.01, 9, 0.1).path)
          and len(_step(f, "0.03")) == 3 and max(_step(f, "0.03")) - min(_step(f, "0.03")) <= 0.011),
    Claim("a-brake-at-rate-1",
          "(a loss of 2.00 against 1.80 without a clip), and it's the best of all at rate 3",
          lambda f: min(_step(f, "0.30")) == 2.00 and "no clip (1.80)" in f.line("Median loss after 400")),
    Claim("before-the-memory", "still felt forty updates later, when the step is 25 instead of 10",
          lambda f: f.number("no clip: right after the spike  908.1, forty updates later")
          > 2 * f.number("before: right after the spike   12.6, forty updates later")),
    Claim("entry-by-entry",
          r"All squares and roots are entry by entry, and $\varepsilon$ is a tiny number that prevents "
          "division by zero.",
          lambda f: all(_last_step(kind(0.5), PAST * [0, 1, 1]).tolist() == [
              0, *(_last_step(kind(0.5), PAST[:, one : one + 1])[0] for one in (1, 2))]
              for kind in (Adagrad, RMSProp, Adam))),
    *(Claim(f"row-of-{kind.func.__name__.lower()}", f"{kind.func.__name__} | {words}",
            lambda f, kind=kind, g=g, s=s: np.allclose(_last_step(kind()), 0.5 * g / np.sqrt(s)))
      for kind, words, g, s in (
          (partial(Adagrad, 0.5), r"$s \leftarrow s + g^2$, the sum of all squares, forever | $\eta\, g / "
           r"(\sqrt{s} + \varepsilon)$", PAST[-1], (PAST**2).sum(axis=0)),
          (partial(RMSProp, 0.5, rho=0.9), r"$s \leftarrow \rho_s\, s + (1 - \rho_s)\, g^2$, a moving mean "
           r"of squares in which old ones fade | $\eta\, g / (\sqrt{s} + \varepsilon)$", PAST[-1],
           0.1 * FADED @ PAST**2),
          (partial(Adam, 0.5, beta2=0.9), r"the $s$ of RMSProp and a moving mean $\bar g$ of $g$, both "
           r"corrected for their start at 0 | $\eta\, \bar g / (\sqrt{s} + \varepsilon)$",
           FADED @ PAST / FADED.sum(), FADED @ PAST**2 / FADED.sum()))),
    Claim("at-most-three-rates",
          r"its square is in $s$ too, so the step is at most $\eta / \sqrt{1 - \rho_s} = 3.16\, \eta$",
          lambda f: round(1 / math.sqrt(1 - 0.9), 2) == 3.16
          and all(step < 1 / math.sqrt(1 - 0.9) for spike in (2, 1e3, 1e6)
                  for step in spike_steps("RMSProp", spike))
          and spike_steps("RMSProp", 1e6)[20] > 3.16),
    Claim("divided-by-the-root",
          "But the square of the spike, a million ($1000^2$), is now in the optimiser state, and every later "
          "gradient is divided by the root of that state.",
          lambda f: f.numbers("RMSProp, no clip: before")[2] == round(1 / math.sqrt(0.9 * 0.1 * 1000**2), 3)
          and f.numbers("Adagrad, no clip: before")[2] == round(1 / math.sqrt(1000**2), 3)),
    Claim("creeps-longer-still",
          "RMSProp creeps for dozens of updates, and Adam, whose mean of squares fades more slowly, creeps "
          "longer still.",
          lambda f: 36 < np.argmax(spike_steps("RMSProp", 1000, after=200)[21:] > 0.5) < 144
          and spike_steps("Adam", 1000, after=200)[-1] < 0.1 and RMSProp(1, rho=0.9).rho < Adam(1).beta2),
    Claim("clip-before-recovers", "With a clip before, all three recover far sooner",
          lambda f: all(f.numbers(f"{name},  before: before")[-1]
                        > 5 * f.numbers(f"{name}, no clip: before")[-1]
                        for name in ("Adagrad", "RMSProp", "Adam"))),
    Claim("cut-in-time", "more than two thousand times as large as with one step",
          lambda f: f.number("cut after 25 steps:") > 2000 * f.number("cut after  1 steps:")),
    Claim("hardly-acts", "In 15 of the 20 runs, the clip at 10 hardly acts", lambda f: sum(
        run.value["clipped"][1] < 0.05 for run in load_run("05/dial") if run.parameters["threshold"] == 10)
        == 15 and f.line("then  10.0, then 0.3: losses").endswith("and 0% of the updates are clipped")),
    Claim("turned-back", "Turned back, the clip brings all of them under chance again",
          lambda f: f.numbers("then   3.0, then 0.3: losses")[2] < 4.09
          and f.numbers("then  10.0, then 0.3: losses")[2] < 4.09
          < f.numbers("then  10.0, then 0.3: losses")[1]),
    Claim("too-careful",
          "the runs that spent their middle thousand at a threshold of 1 end lowest of all, at 1.48",
          lambda f: f.numbers("then   1.0, then 0.3: losses")[2] == 1.48 == min(
              f.numbers(f"then {limit:5}, then 0.3: losses")[2] for limit in (0.01, 0.3, 1.0, 3.0, 10.0))),
    Claim("the-sigmoid", r"\sigma(a) = \frac{1}{1 + e^{-a}}",
          lambda f: np.allclose(sigmoid(A), 1 / (1 + np.exp(-A)), rtol=1e-9)),
    Claim("steepest-slopes", r"the steepest slope, which is 1 for tanh and $\tfrac14$ for the sigmoid",
          lambda f: np.allclose([_steepest(np.tanh), _steepest(sigmoid)], [1, 1 / 4], rtol=1e-4)),
    Claim("control-above-training",
          "Above is a control loop in which the limit of the valve stops the integral. Below, a gradient is "
          "clipped before it reaches the optimiser state.",
          lambda f: (at := labels(anti_windup()))["valve"][1] > at["clip"][1]
          and at["clip"][0] < at["state"][0]
          and at["at its limit: stop adding"][1] > at["integral"][1] > at["gradient"][1]),
    Claim("after-lets-it-wind-up",
          "such as momentum's $v$ or Adagrad's sum of squares. A clip after the accumulator lets it wind up.",
          lambda f: all((after := spike_steps(name, 1000, "after")[60]) == spike_steps(name, 1000)[60]
              and abs(after - usual) > 2 * abs(spike_steps(name, 1000, "before")[60] - usual)
              for name in ("SGD with momentum", "Adagrad") for usual in [spike_steps(name, 1)[60]])
          and math.isclose(spike_steps("Adagrad", 1000, "after")[60], 1 / math.sqrt(1000**2 + 60))),
    Claim("root-of-all-squares",
          "The norm of all arrays together is the root of the sum of *all* squares, math.sqrt(sum((array**2)."
          "sum() for array in grads.values())). Then every array is multiplied by the same number, which is "
          "1 if the norm is small enough.",
          lambda f: check_clip_norm.result(_shortened).right
          and clip_norm(_row([2.0, 3.0, 6.0]), 7) == 7 == math.sqrt(2**2 + 3**2 + 6**2)
          and _shortened({"a": PAST, "b": PAST}, 100)["b"].tolist() == PAST.tolist()),
    Claim("one-long-row", "join all arrays into one long row",
          lambda f: np.concatenate([a.ravel() for a in (np.ones((2, 3)), np.ones(4))]).shape == (10,)),
    Claim("more-than-one-by-rounding", "Rounding can make it slightly more than 1, and no angle has such a "
          "cosine",
          lambda f: max(a @ a / np.linalg.norm(a) ** 2 for a in np.random.default_rng(0).normal(
              size=(100, 7))) > 1),
    Claim("a-share-above", "You want a number with a given *share* of the record above it.",
          lambda f: np.mean(np.arange(1000) > np.quantile(np.arange(1000), 1 - 0.02)) == 0.02),
    Claim("two-lost-two-slow", "Two runs are lost (their loss ends far above 4.09).",
          lambda f: _lost_and_slow() == [[False, True], [False, True]]),
    Claim("at-most-the-largest", "One step lengthens a gradient by at most the slope times the largest "
          "singular value, np.linalg.norm(Whh, 2). For tame, take small eigenvalues on the diagonal and a "
          "large number beside them",
          lambda f: (s := np.linalg.svd([[0.5, 3], [0, 0.5]]))[1][0] > max(
              np.linalg.norm(np.array([np.cos(a), np.sin(a)]) @ [[0.5, 3], [0, 0.5]]) for a in range(50))
          > s[1][0] - 0.1 > 1 > max(np.linalg.eigvals([[0.5, 3], [0, 0.5]]))),
    Claim("right-direction-wrong-length",
          "The direction of its gradient was right, but the length, 275, was the trouble. This length says "
          "how steep the surface is here, and the step leads far away from here.",
          lambda f: (place := _thrown())[0] == f.number("not clipped: meets a gradient of") == 275
          and place[2] < place[1] / 10 and place[3] > 20),
    Claim("flat-where-it-lands",
          r"Where the ball lands, $\sigma(h_{50})$ is 1 to the last digit. So the loss is $(1 - 0.7)^2 = "
          "0.09$, the surface is flat, and the ball stays there for good.",
          lambda f: (free := descend(5.0, -2.58, 0.1, 1000)).norms[-1] == 0
          and sigmoid(states(*free.path[-1])[-1]) == 1 and math.isclose(free.losses[-1], (1 - 0.7) ** 2)),
    Claim("explode-or-vanish",
          "A gradient that goes back $n$ steps is multiplied $n$ times by nearly the same factor. A factor "
          "over 1 makes the gradient explode, and a factor under 1 makes it vanish.",
          lambda f: f.number("0.9 to the power of 100 is") < 1e-4
          and f.number("1.1 to the power of 100 is") > 1e4),
    Claim("like-a-pencil",
          r"If $b = 0.5 - w\,\sigma(0.5)$, then $h_1 = 0.5$ again, and the state stays at 0.5 forever. With "
          "a large $w$, however, it stays there like a pencil balanced on its point. With a little more "
          "$b$ the state runs up to one fixed point, a state that a step doesn't change. With a little "
          "less $b$ it runs down to a different one.",
          lambda f: np.allclose(states(5.5, wall_bias(5.5), 3), 0.5) and all(
              math.isclose(*(h := states(5.5, wall_bias(5.5) + push, 200))[-2:])
              and (h[-1] - 0.5) * push > 0 for push in (0.01, -0.01))),
    Claim("thin-and-flat", "A wall is thin, and most of the surface is nearly flat.",
          lambda f: (steep := np.hypot(*loss_and_gradient(*np.meshgrid(
              np.linspace(4, 7, 40), np.linspace(-4.5, -1.5, 40)))[1:])).max() > 5
          and np.mean(steep > 1) < 0.02 and np.mean(steep < 0.1) > 0.5),
    Claim("shortened-to-the-threshold",
          r"If its gradient is longer than a threshold $\theta$, the gradient is shortened to the length "
          r"$\theta$ and keeps its direction.",
          lambda f: all(math.isclose(np.linalg.norm(by_norm), 1) and angle_between(g, by_norm) < 1e-5
                        for g, by_norm, _ in [_two_clips(25), _two_clips(200)])
          and clip_norm(kept := _row(np.array([0.3, 0.4])), 1) == 0.5 and kept.w.tolist() == [0.3, 0.4]),
    Claim("one-long-arrow",
          "clipping by norm, which treats the whole gradient, all its arrays together, as one long arrow "
          "and shortens it. In the program from lesson 02, however, the gradient is clipped by value: each "
          r"entry is brought into the range from $-\theta$ to $\theta$.",
          lambda f: clip_norm(_two_arrays(), 1) == 13 and clip_value(by_value := _two_arrays(), 5) > 0
          and by_value.vector.tolist() == [3, -4, 5]),
    Claim("no-entry-changes-its-sign",
          "The turn can never be 90° or more, because no entry changes its sign.",
          lambda f: (np.sign(PAST.clip(-0.1, 0.1)) == np.sign(PAST)).all()
          and all(_turned(row) < 90 for row in 100 * PAST)),
    Claim("one-broken-entry",
          "Clipping by norm keeps the direction of that gradient, but this direction is mostly one broken "
          "entry, and all the other entries are scaled down to next to nothing. If you clip by value, the "
          "9,999 healthy entries count.",
          lambda f: 1000 < f.number("by norm: length") < 1000 / 0.99
          and f.numbers("by norm: length")[1:] == [0, 0.001] and 9999 * 0.99**2 > 99 * 1.0**2),
    Claim("array-by-array",
          "The norm is the length of all arrays together, so if you clip array by array, you turn the "
          "gradient too.",
          lambda f: (g := _two_arrays()) and angle_between(g.vector, np.r_[g.a / 5, g.b / 12]) > 5
          and math.isclose(clip_norm(g, 1) * np.linalg.norm(g.vector), 13)),
    Claim("share-of-the-record",
          "With the median of that record, 1.73, as the threshold, half of all steps are clipped. If the "
          "clip should act only on unusual norms, take a quantile, the number that has a given share of "
          "the record above it.",
          lambda f: [round(_longer(f.number(f"{share}% of the norms are above")), 2)
                     for share in (50, 10, 1)] == [0.5, 0.1, 0.01]),
    Claim("in-the-long-run-and-in-one-step",
          r"So the size of the largest eigenvalue, the spectral radius $\rho$, decides in the long run. - "
          "The largest singular value, written $S$ here, is the most that the matrix stretches any arrow, "
          r"in one step. It is never smaller than $\rho$.",
          lambda f: abs(_stretch(2000) ** (1 / 2000) - 0.9) < 0.01 and math.isclose(_stretch(1), 2) and all(
              max(np.abs(np.linalg.eigvals(W))) <= np.linalg.norm(W, 2) for W in (PAST[:3], PAST[2:]))),
    Claim("less-at-the-next-step",
          "The matrix doesn't keep the direction that it stretches most, so at the next step the arrow has "
          "a different direction and is stretched less. A matrix of this kind is called non-normal.",
          lambda f: 0.9**2 < _stretch(2) < 2**2 and angle_between(
              (svd := np.linalg.svd([[0.9, 2 - 0.9**2 / 2], [0, 0.9]]))[0][:, 0], svd[2][0]) > 20),
    Claim("at-most-a-power",
          r"Going back through $n$ steps, the length of the gradient is at most $(\gamma S)^n$ times what "
          "it was.",
          lambda f: len(_gone_back(f)) == 4 and all(much < size**20 for size, much in _gone_back(f))
          and any(much > 1 for _, much in _gone_back(f))),
    Claim("a-running-sum",
          "momentum doesn't follow the gradient $g$ but a running sum $v$ of all gradients so far, in "
          "which the older ones fade:",
          lambda f: np.allclose(_last_step(SGD(0.5, momentum=0.9)), 0.5 * FADED @ PAST)),
    Claim("held-again-and-again",
          "With the clip after, the step is held at its limit again and again, because $v$ is still in the "
          "hundreds. With the clip before, the state takes in a 5 instead of the spike, so the step is "
          "12.6 and soon 10 again.",
          lambda f: np.ptp(spike_steps("SGD with momentum", 1000, "after")[20:50]) < 1e-9
          and min(spike_steps("SGD with momentum", 1000)[21:40]) > 100
          and max(spike_steps("SGD with momentum", 1000, "before")) < 15),
    Claim("between-gradient-and-optimiser",
          "So the clip belongs between the gradient and the optimiser, and that is where train clips.",
          lambda f: (optimizer := SGD(1, momentum=0.9)) and next(train(
              CharModel(RNN(2, 3), np.random.default_rng(0)), [Chunk(x := np.ones((4, 1), int), x, True)],
              optimizer, clip_norm=0.01)).clipped
          and math.isclose(np.linalg.norm(optimizer.memory["v"]), 0.01)),
    Claim("steps-of-one-length",
          "With RMSProp or Adam, a weight whose gradients are all near 1,000 and one whose gradients are "
          r"all near 0.001 take steps of the same length, about $\eta$.",
          lambda f: all(np.allclose(_last_step(kind, np.full((100, 2), [1000, 0.001])), 1, rtol=1e-3)
                        for kind in (RMSProp(1, rho=0.9), Adam(1)))),
    Claim("no-cure-for-vanishing",
          "Whatever the sum is divided by, the far part stays a millionth of it. No rescaling per weight "
          "can bring out the far part, and no clip can make a short gradient longer. Clipping does not "
          "cure vanishing.",
          lambda f: [clip_norm(short := _row(np.array([3e-6, 4e-6])), 1), clip_value(short, 1)] == [5e-6, 0]
          and short.w.tolist() == [3e-6, 4e-6] and np.allclose(_last_step(RMSProp(1), PAST), _last_step(
              RMSProp(1), PAST * (1 + 1e-6)), rtol=1e-5)),
)


FIRST_MEDIAN = Shipped("lesson05/first_median.jsonl", "",
                       Sweep(share_above_first_median, {"updates": [2000]}), range(200, 220), 1, ())


def _end(seed: Seed, rate: float, threshold: float | None) -> float:
    """The loss at the end of training with this rate and threshold."""
    run = seed(learning_rate=rate, max_norm=threshold)
    return run["end"] if run else math.inf


def _dial(seed: Seed, threshold: float, block: int = LAST) -> float:
    """The loss at the end of a thousand updates, the dial turned to a threshold; 59 is the last block."""
    return seed(threshold=threshold)["losses"][block]


REPLICATED = (
    Replicated("nothing-to-be-lucky-about", "With the clip there is nothing to be lucky about",
               "05/neighbours", lambda seed: seed()["clipped"] == 40),
    Replicated("thrown-by-luck", "luck throws 4 to 13 of 40 balls into the valley", "05/neighbours",
               lambda seed: seed()["solved"], (4, 13)),
    Replicated("few-converge-without", "10 to 24 of 60 starts converge without a clip", "05/race",
               lambda seed: seed(region="near")["solved"][-1], (10, 24)),
    Replicated("most-converge-with", "53 to 60 starts do with a clip at 1", "05/race",
               lambda seed: seed(region="near")["solved"][2], (53, 60)),
    Replicated("a-clip-sleeps", "over most of the surface a clip sleeps", "05/race",
               lambda seed: seed(region="away")["acted"] <= 4),
    Replicated("too-low-a-threshold", "many balls don't converge in 2,000 updates", "05/race",
               lambda seed: all(seed(region=region)["solved"][0] < 40 for region in ("near", "away"))),
    Replicated("first-median-clips-most", "In 18 of 20 other runs", FIRST_MEDIAN,
               lambda seed: seed() >= 0.87, said=(18, 20)),
    Replicated("no-matter-below", "At rates 0.3 and 1 the clip does not matter", "05/thresholds",
               lambda seed: all(abs(_end(seed, rate, limit) - _end(seed, rate, None)) < 0.1
                                for rate in (0.3, 1.0) for limit in (1.0, 3.0, 10.0))),
    Replicated("lost-without-a-clip", "Without a clip all twenty runs end far above chance", "05/thresholds",
               lambda seed: _end(seed, 3.0, None) > 1.5 * CHANCE),
    Replicated("lowest-of-all", "lower than with any other setting", "05/thresholds",
               lambda seed: min((_end(seed, rate, limit), (rate, limit)) for rate in RATES
                                for limit in THRESHOLDS)[1] == (3.0, 0.3)),
    Replicated("lost-in-spite-of-a-clip", "and all runs are lost", "05/thresholds",
               lambda seed: _end(seed, 3.0, 3.0) > CHANCE),
    Replicated("two-dials-are-one", "differ by at most 0.12 in every run", "05/thresholds",
               lambda seed: np.ptp([_end(seed, *setting) for setting in (
                   (3.0, 0.01), (1.0, 0.03), (0.3, 0.1))]) <= 0.12),
    Replicated("a-brake-at-rate-1", "A threshold of 0.3 is a brake at rate 1", "05/thresholds",
               lambda seed: _end(seed, 1.0, 0.3) > _end(seed, 1.0, None)),
    Replicated("brake-below", "the loss goes on falling, only more slowly", "05/dial",
               lambda seed: _dial(seed, 0.3) < _dial(seed, 0.01) < _dial(seed, 0.01, 19)),
    Replicated("leaps-above", "the loss leaps over chance", "05/dial",
               lambda seed: min(_dial(seed, 3.0), _dial(seed, 10.0)) > CHANCE),
    Replicated("turned-back", "the clip brings all of them under chance again", "05/dial",
               lambda seed: max(_dial(seed, 3.0, 59), _dial(seed, 10.0, 59)) < CHANCE),
    Replicated("slow-repair", "Once a network is sure and wrong, repair is slow", "05/dial",
               lambda seed: min(_dial(seed, 3.0, 59), _dial(seed, 10.0, 59)) > _dial(seed, 0.3, 59) + 0.5),
    Replicated("too-careful",
               "the runs that spent their middle thousand at a threshold of 1 end lowest of all", "05/dial",
               lambda seed: min((_dial(seed, limit, 59), limit) for limit in (0.01, 0.3, 1.0, 3.0, 10.0)
                                )[1] == 1.0),
    Replicated("hardly-acts", "In 15 of the 20 runs, the clip at 10 hardly acts", "05/dial",
               lambda seed: seed(threshold=10.0)["clipped"][1] < 0.05),
    Replicated("every-update", "It clips *every* update", "05/dial",
               lambda seed: seed(threshold=0.3)["clipped"][1] > 0.99),
)
NOT_REPLICATED = (
    NotReplicated("and yet the gradient vanishes", "one network"),
    NotReplicated("With small inputs the gradient grows, but with larger inputs it vanishes", "one network"),
    NotReplicated("thresholds from half to ten times that average still work", "cited"),
    NotReplicated("the norms rise as the network learns", "one network"),
    NotReplicated("Without a clip the spike is still felt forty updates later", "calculated"),
    NotReplicated("With a clip before, all three recover far sooner", "calculated"),
    NotReplicated("both weights move alike", "calculated"),
    NotReplicated("clipped gradient descent can be faster than any fixed step", "cited"),
)


def _moved(norms: list[float], measure: Callable) -> bool:
    """Whether three spikes of 1,000 raise this measure of a record above each usual norm."""
    return measure([*norms, 1000, 1000, 1000]) > max(norms)


def _share_above(size: float, spread: float, times: float) -> float:
    """The share of norms over so many medians, in a record with this spread."""
    norms = size * np.random.default_rng(0).lognormal(0, spread, 20_000)
    return float(np.mean(norms > times * np.median(norms)))


def _turned(entries: list[float]) -> float:
    """By how many degrees a gradient turns when it is clipped by value at 1."""
    return angle_between(np.array(entries), np.clip(entries, -1, 1))


def _acts(part: int) -> float:
    """In a quarter of the record of norms, the share above the 95 % quantile of its first quarter."""
    quarters = np.array_split(np.array(load_run("05/norms")), 4)
    return float(np.mean(quarters[part] > np.quantile(quarters[0], 0.95)))


def _begins(run: str) -> str:
    """The first cells of its row, as the run was made."""
    rate, threshold = PATIENTS[run]
    return f"{run} | {rate:g} | {f'{threshold:g}' if threshold else 'none'} |"


TAME = np.array([[0.5, 2.0], [0.0, 0.5]])       # of exercise 5.5


SOLVED = (       # claims of the worked solutions
    Claim("a-power-not-a-sum",
          r"Five steps of a half are not $1 + 5 \cdot 0.5$. The factor is taken to the power of 5, and next "
          "to nothing is left, 0.03.",
          lambda f: round(math.prod(5 * [0.5]), 2) == 0.03 and 5 == STEPS and FACTORS[1] == 0.5),
    Claim("each-entry-at-most-five",
          r"Each entry is at most 5. The whole is $\sqrt{50} = 7.07$ long, and in a network with thousands "
          "of weights it's far longer.",
          lambda f: (clipped := np.clip(GRADIENT, -LIMIT, LIMIT)).max() == 5
          and round(float(np.linalg.norm(clipped)), 2) == 7.07
          and np.linalg.norm(5 * np.ones(5000)) > 100),
    Claim("against-the-gradient",
          "The gradient −4 is negative. The update goes against it, so the weight grows, to 1.40.",
          lambda f: GRADIENT[1] == -4 and round(1 - RATE * GRADIENT[1], 2) == 1.4 > 1),
    Claim("one-factor",
          "There is one factor, $6.5 / 13$, and all three entries are multiplied by it. That is why their "
          "ratios stay, and with them the direction.",
          lambda f: clip_norm(grads := _row(GRADIENT), 6.5) == 13
          and (grads.w / GRADIENT).tolist() == 3 * [6.5 / 13]),
    Claim("no-if",
          "There is one norm for all arrays, and then one factor for all arrays. Where nothing needs to be "
          "done the factor is 1, so you need no if.",
          lambda f: check_clip_norm.result(_shortened).right and len({factor for array in _shortened(
              {"a": np.ones(9), "b": np.ones(7)}, 2).values() for factor in array}) == 1
          and min(1.0, 5 / 4) == 1 > min(1.0, 5 / 6)),
    Claim("a-norm-of-zero",
          "A gradient of exactly 0 would cause a division by zero. It doesn't occur in the exercise, but it "
          "does in practice, for example in float32, on a chunk where the network is certain and right.",
          lambda f: check_clip_norm.result(_shortened).right      # which would stop at a norm of 0
          and [np.any(softmax(np.array([[200, 0]], dtype)) - [1, 0]) for dtype in ("float32", "float64")]
          == [False, True]),
    Claim("checks-first",
          "max_norm / max(norm, tiny) or an if norm > max_norm takes care of it, and the course's clip_norm "
          "checks first. This function also handles the opposite case, numbers so large that their squares "
          "are no longer finite.",
          lambda f: clip_norm(zero := _row(np.zeros(2)), 5) == 0 and zero.w.tolist() == [0, 0]
          and clip_norm(huge := _row(np.full(4, 1e200)), 5) == math.inf and np.allclose(huge.w, 2.5)),
    Claim("each-array-on-its-own",
          "If you had shortened each array on its own, each would be at most max_norm long, but the whole "
          "might be longer. The gradient would also be turned, because small arrays would keep all of "
          "their length and large ones would lose most.",
          lambda f: (found := np.array([min(1, length)
              for length in (3, 0.1, 2)])).max() == 1 < np.linalg.norm(found)
          and (found / [3, 0.1, 2] < 0.6).tolist() == [True, False, True] and found[1] == 0.1
          and angle_between(np.array([3, 0.1, 2]), found) > 5),
    Claim("turns-most",
          "Which gradient turns most? It's one with a single huge entry, while all others of the $n$ are "
          r"just within the limit. The clipped gradient is then close to a diagonal, $(1, 1, \ldots, 1)$, "
          r"and the original gradient is close to an axis, so the cosine is close to $1/\sqrt{n}$.",
          lambda f: abs(math.cos(math.radians(_turned([1e6, *9 * [0.999]]))) - 1 / math.sqrt(10)) < 0.001
          and _turned([1e6, *9 * [0.999]]) > max(_turned(other) for other in (
              [1e6, *9 * [0.1]], [1e6, 1e6, *8 * [0.999]], 10 * [1e6]))),
    Claim("a-fixed-number", "A fixed number knows nothing about the network.",
          lambda f: [_share_above(size, 0.3, 5 / size) for size in (0.02, 300)] == [0, 1]),
    Claim("moved-by-a-few",
          "The mean and the largest norm are moved by the very spikes that the clip is meant for. A few "
          "norms of 1,000 among norms of 1 raise the mean above every usual norm. Then only the spikes are "
          "clipped, and what is left of them is still too long. A multiple of the median is not moved by "
          "spikes.",
          lambda f: [_moved(97 * [1.0], measure)
              for measure in (np.mean, np.max, np.median)] == [True, True, False]
          and np.mean(97 * [1.0] + 3 * [1000.0]) > 10 * np.quantile(97 * [1.0] + 3 * [1000.0], 0.95)),
    Claim("differs-from-record-to-record",
          "However, how far above the median the unusual norms begin differs from record to record. In one "
          "of the four records they have begun at 1.6 times the median, but in a different one they begin "
          "far above that.",
          lambda f: _share_above(0.02, 0.15, 1.6) < 0.01 < 0.1 < _share_above(300, 0.6, 1.6)),
    Claim("five-percent-above", "The 95 % quantile has 5 % of the norms above it, whatever their size.",
          lambda f: all(np.mean(size * np.arange(100) > np.quantile(size * np.arange(100), 0.95)) == 0.05
              for size in (1e-3, 1e3))),
    Claim("acts-more-and-more",
          "A quantile of the past is no promise. In this record the norms rise while the network learns, so "
          "a threshold from its first part would act more and more often.",
          lambda f: (shares := [_acts(part) for part in range(4)]) == sorted(shares)
          and shares[3] > 10 * shares[0]),
    Claim("row-a",
          f"{_begins('A')} all updates clipped, gradients dozens of times as long as the threshold, slow | "
          "raise the threshold to what the record of norms says, or the rate with it",
          lambda f: (a := f.numbers("(chance is 4.09): A"))[4] == 100 and a[1] > 3
          and 24 * 0.01 < a[3] < 144 * 0.01
          and max(_ends(1.0, 1.0)) < min(_ends(1.0, 0.01)) > max(_ends(3.0, 0.01))),
    Claim("row-b",
          f"{_begins('B')} nothing clipped, loss far above chance, norms dozens of times those at the "
          "start | clip, or lower the rate",
          lambda f: (b := f.numbers("; B"))[4] == 0 and b[1] > 2 * b[0] == 2 * 4.09
          and 24 < max(norms := load_run("05/patients")["B"]["norms"]) / norms[0] < 144
          and max(*_ends(3.0, 0.3), *_ends(1.0, None)) < CHANCE < min(_ends(3.0, None))),
    Claim("row-c",
          f"{_begins('C')} slow, and *nothing* clipped, so a different threshold would change nothing | "
          "raise the rate",
          lambda f: (c := f.numbers("; C"))[1] > max(_ends(1.0, 1.0)) + 1 and c[4] == 0 and c[2] < 1),
    Claim("row-d",
          f"{_begins('D')} most updates clipped, and lost all the same, with steps of up to 9 | lower the "
          "threshold (0.3 works), or the rate",
          lambda f: 50 < (d := f.numbers("; D"))[4] < 100 and d[1] > CHANCE
          and math.prod(PATIENTS["D"]) == 9
          and max(*_ends(3.0, 0.3), *_ends(1.0, 3.0)) < CHANCE < min(_ends(3.0, 3.0))),
    Claim("row-e",
          f"{_begins('E')} the loss falls and falls, a few updates in a hundred clipped | nothing",
          lambda f: (e := f.numbers("; E"))[1] < e[0] - 1 and 0 < e[4] < 10
          and np.median(_ends(1.0, 1.0)) < 0.01 + min(
              np.median(_ends(1.0, limit)) for limit in (0.1, 0.3, None))),
    Claim("told-apart-by-the-share",
          "The loss alone doesn't tell A from C, nor B from D. Together with the share of clipped updates it "
          "does.",
          lambda f: [(sum((end > 3, end > 2 * CHANCE)), run["clipped"] > 0.5) for name in "ACBD"
                     for run in [load_run("05/patients")[name]] for end in [np.mean(run["losses"][-20:])]]
          == [(1, True), (1, False), (2, False), (2, True)]),
    Claim("tame-in-the-long-run",
          "For example, tame has eigenvalues of a half and yet stretches a different direction in one "
          "step. In the long run the eigenvalues win, so it's tame all the same.",
          lambda f: np.linalg.eigvals(TAME).tolist() == [0.5, 0.5] and np.linalg.norm(TAME, 2) > 2
          and np.linalg.norm(np.linalg.matrix_power(TAME, 50), 2) < 1e-9),
    Claim("as-far-after-a-step",
          r"The state stays where it reproduces itself, $h = w\,\sigma(h) + b$. If you move it a little "
          r"there, a step moves it $w\,\sigma'(h)$ times as far, with $\sigma' = \sigma (1 - \sigma)$. If "
          "that is over 1, the line is on a wall.",
          lambda f: all(math.isclose((sigmoid(h + 1e-6) - sigmoid(h - 1e-6)) / 2e-6,
              sigmoid(h) * (1 - sigmoid(h)),
              rel_tol=1e-6) for h in (-1.0, 0.5)) and np.allclose(states(5, wall_bias(5), 3), 0.5)
          and 5 * sigmoid(0.5) * (1 - sigmoid(0.5)) > 1),
    Claim("each-half-of-a-step",
          "The slope and the largest singular value each bound one half of a step. So their product bounds "
          "a step, and its power bounds many. Eigenvalues don't work, because they say what a matrix does "
          "to *its own* directions.",
          lambda f: np.linalg.norm(0.8 * TAME, 2) <= 0.8 * np.linalg.norm(TAME, 2) + 1e-12 and np.linalg.norm(
              0.8**3 * np.linalg.matrix_power(TAME, 3), 2) < (0.8 * np.linalg.norm(TAME, 2)) ** 3
          and max(np.linalg.eigvals(TAME)) < 1 < np.linalg.norm(TAME @ [0, 1])),
)
