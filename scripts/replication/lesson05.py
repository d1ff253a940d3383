"""What lesson 05 says about networks in general, and what judges it on new seeds."""

import math

import numpy as np

from helpers.lessons.lesson05.experiments import RATES, THRESHOLDS, share_above_first_median
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

CHANCE = math.log(60)
LAST = 39               # of the middle thousand, in the blocks of `turned_dial`

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
