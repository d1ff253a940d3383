"""What lesson 11 says about networks in general, and what judges it on new seeds."""

import numpy as np

from replication.verdicts import NotReplicated, Replicated, Seed


def copied(seed: Seed, hidden_size: int, length: int) -> float:
    """The share of the symbols of a string that a GRU gives back."""
    return seed(hidden_size=hidden_size, length=length)["accuracy"]


def written(seed: Seed, attention: bool, length: int, name: str = "accuracy") -> float:
    """A share of the reversed symbols that are right, by `name`."""
    return seed(attention=attention, length=length)[name]


REPLICATED = (
    Replicated("read-from-the-first", "of the first layer gets it right in 75 to 89 %", "11/layers",
               lambda seed: round(seed()["one"][0], 2), (0.75, 0.89)),
    Replicated("misread-from-the-second", "but the probe of the second layer in only 47 to 62 %", "11/layers",
               lambda seed: round(seed()["two"][0], 2), (0.47, 0.62)),
    Replicated("worse-in-eleven", "The second layer is better in 9 networks and worse in 11", "11/layers",
               lambda seed: seed()["next"][1] < seed()["next"][0]),
    Replicated("no-better-view", "the second layer has a different view, but not a better one", "11/layers",
               lambda seed: seed()["next"][1] < seed()["next"][0] + 0.02),
    Replicated("falls-step-by-step", "of correct symbols falls step by step towards chance", "11/copying",
               lambda seed: copied(seed, 32, 4) > copied(seed, 32, 8) + 0.05
               > copied(seed, 32, 16) + 0.1 > copied(seed, 32, 32) + 0.15 and copied(seed, 32, 32) < 0.2),
    Replicated("training-was-missing", "now the GRU copies 8 symbols without a mistake", "11/copying_longer",
               lambda seed: copied(seed, 32, 8) >= 0.995),
    Replicated("both-at-five",
               "With *length* at 5 nearly all symbols are right, with attention and without", "11/reversal",
               lambda seed: min(written(seed, attention, 5) for attention in (True, False)) >= 0.95),
    Replicated("with-attention", "the network with attention has nearly all symbols right", "11/reversal",
               lambda seed: written(seed, True, 10) >= 0.97),
    Replicated("without-attention", "the network without attention has half to two thirds", "11/reversal",
               lambda seed: written(seed, False, 10), (0.5, 0.7)),
    Replicated("below-a-third", "the network without attention has less than a third right", "11/reversal",
               lambda seed: written(seed, False, 20) < 1 / 3),
    Replicated("late-at-twenty",
               "2 of 20 networks with 10 symbols, and all twenty with 20", "11/reversal",
               lambda seed: np.argmax(written(seed, True, 20, "looks")) > 0),
    Replicated("in-time-at-ten", "2 of 20 networks with 10 symbols", "11/reversal",
               lambda seed: np.argmax(written(seed, True, 10, "looks")) == 0),
    Replicated("falls-below-half", "of correct symbols falls to less than half when the network is left",
               "11/reversal",
               lambda seed: written(seed, False, 20) < written(seed, False, 20, "told") / 2),
    Replicated("one-slip-is-enough", "It takes only one slip to do such harm", "11/reversal",
               lambda seed: all(written(seed, False, length, "slipped")
                                < 0.5 * written(seed, False, length, "behind") for length in (10, 20))),
    Replicated("looked-up-again", "With attention the same slip costs little", "11/reversal",
               lambda seed: all(written(seed, True, length, "slipped")
                                > written(seed, True, length, "behind") - 0.1 for length in (10, 20))),
    Replicated("as-a-guess", "as good as the best guess from the position alone", "11/directions",
               lambda seed: abs(seed(both=False)["accuracy"] - seed(both=False)["often"]) < 0.02),
    Replicated("hardly-a-mistake", "A bidirectional network hardly makes a mistake", "11/directions",
               lambda seed: seed(both=True)["accuracy"] > 0.99),
    Replicated("a-quarter-missed", "greedy decoding misses the most probable string in about a quarter",
               "11/search", lambda seed: seed(updates=100)["found_1"], (0.64, 0.81)),
    Replicated("two-find-nearly-all", "a beam of 2 finds this string in at least 88 %", "11/search",
               lambda seed: seed(updates=100)["found_2"] >= 0.88),
    Replicated("no-search-mends", "right in only 34 to 63 % of the cases", "11/search",
               lambda seed: seed(updates=100)["right_all"], (0.34, 0.63)),
    Replicated("less-to-search-for",
               "the better the network is trained, the less there is left to search for",
               "11/search", lambda seed: seed(updates=100)["found_1"] < seed(updates=150)["found_1"]
               <= seed(updates=250)["found_1"]),
)

NOT_REPLICATED = (
    NotReplicated("padding *after* a sequence cannot spoil the states before it", "calculated"),
    NotReplicated("The longer the longest text, the more of the rectangle is padding", "calculated"),
    NotReplicated("At padded positions the gradient is 0, exactly", "calculated"),
    NotReplicated("for a short sequence it has read padding too", "calculated"),
    NotReplicated("a state of $b$ bits holds no more than $b$ bits", "calculated"),
    NotReplicated("Nothing is carried from step to step, so nothing fades", "calculated"),
    NotReplicated("A look-up that is sure has stopped learning where to look", "calculated"),
    NotReplicated("At 200 they lie on one line, from the last symbol to the first", "one network"),
    NotReplicated("At 100 most of the weight is one state later", "one network"),
)
