"""What lesson 13 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.lesson13.experiments import UNITS, memories_without
from helpers.lessons.lesson13.shipped import GAINS
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

DAMAGE = Shipped("lesson13/memories_without.jsonl", "", Sweep(memories_without, {"units": [UNITS]}),
                 range(200, 220), 2, ())
PULSES = [{"often": often, "last": last} for often, last in ((0.1, False), (0.1, True), (0.0, False))]


def exponent(seed: Seed, units: int, gain: float) -> float:
    """The largest exponent of a random network without noise."""
    return seed(units=units, gain=gain, noise=0.0)["exponents"][0]


def capacity(seed: Seed, matrix: str, radius: float, size: float) -> float:
    """How many past inputs a linear probe decodes, over 200 lags."""
    return sum(seed(matrix=matrix, radius=radius, size=size)["told"])


REPLICATED = (
    Replicated("learns-it", "A plain tanh network with 64 units learns it", "13/searches",
               lambda seed: seed()["wrong"][0] < 10),
    Replicated("visited-states-lead-to-memories", "Visited states lead to 8 points", "13/searches",
               lambda seed: seed()["visited"][-1] == 8),
    Replicated("means-lead-to-all", "Newton's method finds 27: 8 + 12 + 6 + 1", "13/searches",
               lambda seed: seed()["kinds"] == [8, 12, 6, 1] and seed()["means"][-1] == 27),
    Replicated("a-few-units-cost-four", "3 to 7 units without which four memories are lost", DAMAGE,
               lambda seed: seed().count(4), (3, 7)),
    Replicated("some-cost-fewer", "have further units without which they lose one to three memories", DAMAGE,
               lambda seed: any(4 < kept < 8 for kept in seed()), said=(15, 20)),
    Replicated("either-alone", "Either change alone does next to no harm", "13/distances",
               lambda seed: all(seed(**setting) < 0.005 for setting in PULSES)),
    Replicated("some-fail", "some networks fail: five of twenty", "13/distances",
               lambda seed: seed(often=0.0, last=True) == 0),
    Replicated("not-yet-at-1.4", "9 are clearly chaotic at 1.4", "13/exponents",
               lambda seed: exponent(seed, 100, 1.4) <= 0.005),
    Replicated("chaotic-from-1.5", "with exponents above 0.005, and 14 at 1.5", "13/exponents",
               lambda seed: exponent(seed, 100, 1.5) > 0.005),
    Replicated("chaotic-from-1.3", "With 400 units most are chaotic from 1.3 on", "13/exponents",
               lambda seed: exponent(seed, 400, 1.3) > 0.005),
    Replicated("noise-moves-the-edge", "The edge has moved from 1 to 1.55", "13/exponents", lambda seed: all(
        (seed(units=400, gain=gain, noise=0.5)["exponents"][0] > 0) == (gain > 1.55) for gain in GAINS)),
    Replicated("more-than-eighty", "the orthogonal networks remember more than 80", "13/memory",
               lambda seed: capacity(seed, "orthogonal", 1.0, 0.1) > 80),
    Replicated("a-third", "the random ones 28 to 36", "13/memory",
               lambda seed: round(capacity(seed, "random", 1.0, 0.1)), (28, 36)),
)

NOT_REPLICATED = (
    NotReplicated("Just above 1, one fixed point becomes three", "calculated"),
    NotReplicated("After 10,000 steps the network says what it said after 10", "one network"),
    NotReplicated("Near a fixed point each step doubles the number of correct digits", "calculated"),
    NotReplicated("where the network itself never stays", "one network"),
    NotReplicated("have 17 or 19 points after a search from 30 means, and a sum of 1", "these runs"),
    NotReplicated("300 states drawn evenly from the cube also lead to 27 points", "one network"),
    NotReplicated("choose edge and push by 0.1", "one network"),
    NotReplicated("From a saddle a push grows by a factor of about 1.3 per step", "one network"),
    NotReplicated("After ten steps 0.3 % of a push in a random direction is left", "one network"),
    NotReplicated("One bit is lost, because its two basins have become one", "one network"),
    NotReplicated("The five units have the largest mean size at the corners", "one network"),
    NotReplicated("The attractor makes no mistake", "one network"),
    NotReplicated("At 0.2 the attractor makes more mistakes than the highway", "one network"),
    NotReplicated("Over 40 steps the attractor leaves $2 \\cdot 10^{-10}$ of a gradient", "one network"),
    NotReplicated("Between 1 and 1.4 most of these networks rest at a point", "these runs"),
    NotReplicated("With $H$ units it cannot be more than $H$", "cited"),
    NotReplicated("Bengio, Simard and Frasconi proved in 1994", "cited"),
    NotReplicated("Most directions shrink, but almost every small difference", "calculated"),
    NotReplicated("has gradients that explode, whatever its architecture", "cited"),
    NotReplicated("half of the others are below 0.7", "one network"),
    NotReplicated("With inputs of size 1 the medians are 12.8 and 15.6", "these runs"),
    NotReplicated("At 0.01 and radius 1 the table has only 56", "these runs"),
    NotReplicated("no more than 0.34 of any of them", "one network"),
    NotReplicated("the capacity is 99.2 of 100", "these runs"),
)
