"""What lesson 05 claims."""

import math
from collections.abc import Callable

import numpy as np

from helpers.lessons.lesson05.drawings import anti_windup
from helpers.lessons.lesson05.page_drawings import FACTORS, GRADIENT, LIMIT, RATE, STEPS
from helpers.lessons.lesson05.spikes_and_runs import (
    RATES,
    THRESHOLDS,
    angle_between,
    share_above_first_median,
)
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import sigmoid
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


CLAIMS = (
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
    Claim("bound-does-not-cause", "$S > 1$ allows an explosion and does not cause one",
          lambda f: f.number("S = 1.60, inputs of size 0.1:") < 1
          and f.number("S = 2.41, inputs of size 1.0:") < 1 < f.number("S = 2.41, inputs of size 0.1:")),
    Claim("theorem-of-vanishing", "So $\\gamma S < 1$ is sufficient for it to vanish", _sufficient),
    Claim("theorem-of-exploding", "and $\\gamma S > 1$ is necessary for it to explode", _necessary),
    Claim("what-sufficient-means", "Sufficient means that if $\\gamma S < 1$, the gradient vanishes",
          _sufficient),
    Claim("what-necessary-means", "Necessary means that if the gradient explodes, $\\gamma S$ is over 1",
          _necessary),
    Claim("sufficient-to-vanish", "$\\gamma S < 1$ is sufficient to vanish", _sufficient),
    Claim("necessary-to-explode", "$\\gamma S > 1$ is necessary to explode, but not sufficient", _necessary),
    Claim("steeper-beside-the-line", "the surface is six to nine times steeper still",
          lambda f: all(5.5 < f.numbers(f"w = {w}: the gradient on the line")[3] < 9.5
                        for w in ("5.0", "5.5", "6.0", "7.0"))),
    Claim("wall-below-the-edge", "There is still a wall",
          lambda f: f.numbers("w = 4.2: the gradient on the line")[1] < 2
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
    Claim("norms-rise", "the norms rise as the network learns",
          lambda f: f.number("median of updates 1801 to 2000:") > f.number("median of updates 1 to 200:")),
    Claim("no-matter-below", "At rates 0.3 and 1 the clip does not matter",
          lambda f: all(f"at rate {rate} a threshold of 1 or more ends as low as no clip"
                        in f.line("Median loss after 400") for rate in (0.3, 1))),
    Claim("lowest-of-all", "the runs end at 1.64 to 1.69, lower than with any other setting",
          lambda f: f.numbers("lowest of all")[1:] == [1.67, 3.0, 0.3] and max(_ends(3.0, 0.3)) < min(
              min(_ends(rate, limit)) for rate in (0.3, 1.0) for limit in (0.01, 0.3, 1.0, 10.0, None))),
    Claim("lost-in-spite-of-a-clip", "At rate 3 and threshold 3 that length is 9, and all runs are lost",
          lambda f: min(_step(f, "9.00")) > 4.09),
    Claim("two-dials-are-one", "differ by at most 0.12 in every run",
          lambda f: len(_step(f, "0.03")) == 3 and max(_step(f, "0.03")) - min(_step(f, "0.03")) <= 0.011),
    Claim("a-brake-at-rate-1",
          "(a loss of 2.00 against 1.80 without a clip), and it's the best of all at rate 3",
          lambda f: min(_step(f, "0.30")) == 2.00 and "no clip (1.80)" in f.line("Median loss after 400")),
    Claim("before-the-memory", "still felt forty updates later, when the step is 25 instead of 10",
          lambda f: f.number("no clip: right after the spike  908.1, forty updates later")
          > 2 * f.number("before: right after the spike   12.6, forty updates later")),
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
          "In this record the norms rise while the network learns, so a threshold from its first part "
          "would act more and more often.",
          lambda f: (shares := [_acts(part) for part in range(4)]) == sorted(shares)
          and shares[3] > 10 * shares[0]),
    Claim("dozens-of-thresholds",
          "all updates clipped, gradients dozens of times as long as the threshold, slow",
          lambda f: f.numbers("(chance is 4.09): A")[4] == 100
          and f.numbers("(chance is 4.09): A")[3] > 24 * 0.01
          and f.numbers("(chance is 4.09): A")[1] > 3),
    Claim("threshold-up", "raise the threshold to what the record of norms says, or the rate with it",
          lambda f: max(_ends(1.0, 1.0)) < min(_ends(1.0, 0.01)) > max(_ends(3.0, 0.01))
          and f.numbers("(chance is 4.09): A")[3] > 10 * 0.01),
    Claim("far-above-chance", "nothing clipped, loss far above chance, norms dozens of times those at",
          lambda f: f.numbers("; B")[1] > 2 * f.numbers("; B")[0]),
    Claim("clip-or-slow-down", "clip, or lower the rate",
          lambda f: max(*_ends(3.0, 0.3), *_ends(1.0, None)) < CHANCE < min(_ends(3.0, None))),
    Claim("rate-up",
          "slow, and *nothing* clipped, so a different threshold would change nothing | raise the rate",
          lambda f: f.numbers("; C")[1] > f.numbers("; E")[1] + 1 and f.numbers("; C")[4] == 0),
    Claim("lost-all-the-same", "most updates clipped, and lost all the same, with steps of up to 9",
          lambda f: 50 < f.numbers("; D")[4] < 100 and f.numbers("; D")[1] > CHANCE and 3 * 3 == 9),
    Claim("threshold-down", "lower the threshold (0.3 works), or the rate",
          lambda f: max(*_ends(3.0, 0.3), *_ends(1.0, 3.0)) < CHANCE < min(_ends(3.0, 3.0))),
    Claim("falls-and-falls", "the loss falls and falls, a few updates in a hundred clipped",
          lambda f: f.numbers("; E")[1] < f.numbers("; E")[0] - 1 and 0 < f.numbers("; E")[-1] < 10),
    Claim("tame-in-the-long-run",
          "For example, tame has eigenvalues of a half and yet stretches a different direction in one "
          "step. In the long run the eigenvalues win, so it's tame all the same.",
          lambda f: np.linalg.eigvals(TAME).tolist() == [0.5, 0.5] and np.linalg.norm(TAME, 2) > 2
          and np.linalg.norm(np.linalg.matrix_power(TAME, 50), 2) < 1e-9),
    Claim("as-far-after-a-step",
          r"If you move it a little there, a step moves it $w\,\sigma'(h)$ times as far, with $\sigma' = "
          r"\sigma (1 - \sigma)$. If that is over 1, the line is on a wall.",
          lambda f: all(math.isclose((sigmoid(h + 1e-6) - sigmoid(h - 1e-6)) / 2e-6,
              sigmoid(h) * (1 - sigmoid(h)),
              rel_tol=1e-6) for h in (-1.0, 0.5)) and 5 * sigmoid(0.5) * (1 - sigmoid(0.5)) > 1),
    Claim("each-half-of-a-step",
          "The slope and the largest singular value each bound one half of a step. So their product bounds "
          "a step, and its power bounds many. Eigenvalues don't work, because they say what a matrix does "
          "to *its own* directions.",
          lambda f: np.linalg.norm(0.8 * TAME, 2) <= 0.8 * np.linalg.norm(TAME, 2) + 1e-12 and np.linalg.norm(
              0.8**3 * np.linalg.matrix_power(TAME, 3), 2) < (0.8 * np.linalg.norm(TAME, 2)) ** 3
          and max(np.linalg.eigvals(TAME)) < 1 < np.linalg.norm(TAME @ [0, 1])),
)
