"""What lesson 06 says about networks in general, and what judges it on new seeds."""

import math

from helpers.lessons.lesson06.experiments import factors_by_radius
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed


def _learns(seed: Seed, remedy: str, lag: int) -> bool:
    """Whether a network learnt both the near and the far symbol."""
    losses = seed(remedy=remedy, lag=lag)
    return losses is not None and max(losses["short_term_loss"][-1], losses["long_term_loss"][-1]) < 0.1


RADIUS = Shipped("lesson06/radius.jsonl", "", Sweep(factors_by_radius, {"units": [64]}),
                 range(200, 300), 0.2, ())


def _losses(seed: Seed, remedy: str, lag: int) -> tuple[float, float]:
    """The near and the far loss at the end; infinite if the run diverged."""
    run = seed(remedy=remedy, lag=lag)
    return (run["short_term_loss"][-1], run["long_term_loss"][-1]) if run else (math.inf, math.inf)


def _factor(seed: Seed, update: int) -> float:
    """The factor per step after so many updates at a rate of 0.1."""
    run = seed(learning_rate=0.1)
    return run["factor"][run["updates"].index(update)]


def _near_soon(seed: Seed, remedy: str) -> float:
    """The near loss at lag 20 after 200 updates."""
    run = seed(remedy=remedy, lag=20)
    return run["short_term_loss"][run["updates"].index(200)] if run else math.inf


REPLICATED = (
    Replicated("near-and-not-far", "The near answers are perfect and the far one is at", "06/near_and_far",
               lambda seed: (found := _losses(seed, "none", 20))[0] < 0.01 and found[1] > 1.3),
    Replicated("lost-at-160", "At lag 160 the far answer is lost", "06/near_and_far",
               lambda seed: _losses(seed, "none", 160)[1] > 1.3),
    Replicated("leave-the-plateau", "all twenty networks leave the plateau", "06/adding_plateau",
               lambda seed: all(min(seed(length=length)["errors"]) < 0.05 for length in (10, 20))),
    Replicated("leave-it-at-thirty", "with 30 steps 19 networks do", "06/adding_plateau",
               lambda seed: min(seed(length=30)["errors"]) < 0.05),
    Replicated("stay-on-the-plateau", "with 100 steps none is", "06/adding_plateau",
               lambda seed: seed(length=100)["errors"][-1] > 0.15),
    Replicated("no-optimiser", "optimiser hardly changes how far back a network learns", "06/near_and_far",
               lambda seed: not any(_learns(seed, remedy, 20) for remedy in ("none", "SGD", "RMSProp"))),
    Replicated("orthogonal-a-little-farther", "reach a little farther than uniform ones", "06/near_and_far",
               lambda seed: _learns(seed, "orthogonal", 20) and not _learns(seed, "none", 20)),
    Replicated("small-no-worse", "Small weights do no worse than uniform ones", "06/near_and_far",
               lambda seed: _learns(seed, "small", 15) or not _learns(seed, "none", 15)),
    Replicated("far-and-not-near", "a network that knows the far symbol and misses the near ones",
               "06/near_and_far",
               lambda seed: (found := _losses(seed, "IRNN, slowly", 20))[1] < 0.5 < found[0]),
    Replicated("winner-by-far", "is the winner by far", "06/near_and_far",
               lambda seed: _learns(seed, "IRNN", 40) and not any(
                   _learns(seed, remedy, 40) for remedy in ("none", "SGD", "RMSProp", "small", "orthogonal",
                                                            "ReLU", "IRNN, slowly"))),
    Replicated("late-near-answers", "Its near answers are learnt late", "06/near_and_far",
               lambda seed: _near_soon(seed, "IRNN") > 10 * _near_soon(seed, "none")),
    Replicated("large-radius-fades", "their gradients do not explode. They fade", "06/reach_of_text",
               lambda seed: (run := seed(learning_rate=0.1))["radius"][-1] > 4 and run["factor"][-1] < 1),
    Replicated("one-update", "the factor goes from 0.1 to about 0.9", "06/reach_of_text",
               lambda seed: seed(learning_rate=0.1)["factor"][1] > 0.7),
    Replicated("recovers", "Then the factor recovers", "06/reach_of_text", lambda seed: (
        _factor(seed, 100) < min(_factor(seed, 1), _factor(seed, 3000)))),
    Replicated("where-growth-begins", "In 93 of 100 other networks", RADIUS,
               lambda seed: seed()[0] <= 1 < seed()[1], said=(93, 100)),
)

NOT_REPLICATED = (
    NotReplicated("at lag 160 one run of twenty diverges", "these runs"),
    NotReplicated("Each step leaves 0.74 of the gradient", "one network"),
    NotReplicated("a quarter of the gradient is lost at every step", "one network"),
    NotReplicated("Only the identity keeps nearly everything", "one network"),
    NotReplicated("almost all of this gradient comes from the last few steps", "one network"),
    NotReplicated("In the first hundred updates the error falls by 85 %", "these runs"),
    NotReplicated("With 50 steps, five networks are on their way", "these runs"),
    NotReplicated("only 12 learn lag 15", "these runs"),
    NotReplicated("with all of its length", "one network"),
    NotReplicated("At every step half of the memory is thrown away", "calculated"),
    NotReplicated("With uniform weights and a large bias it even goes above 1", "one network"),
)
