"""What lesson 08 says about networks in general, and what judges it on new seeds."""

import numpy as np

from helpers.lessons.lesson08.experiments import RACED
from helpers.lessons.lesson08.shipped import reach_at_first, untrained_underline
from helpers.runs import Shipped, Sweep, load_run
from replication.verdicts import NotReplicated, Replicated, Seed

CELLS = ("RNN", "GRU", "LSTM")

FIRST_REACH = Shipped("lesson08/first_reach.jsonl", "", Sweep(reach_at_first, {"updates": [400]}),
                      range(200, 220), 1, ())
UNTRAINED = Shipped("lesson08/untrained.jsonl", "", Sweep(untrained_underline, {"characters": [12_000]}),
                    range(200, 220), 0.3, ())


def by_setting(seed: Seed, loss: str = "heldout") -> dict[tuple, float]:
    """The losses of one seed of the grid, by units and rate; infinite if a run diverged."""
    grid = {(run.parameters["hidden_size"], run.parameters["learning_rate"])
            for run in load_run("08/rate_and_size")}
    values = {one: seed(hidden_size=one[0], learning_rate=one[1]) for one in grid}
    return {one: np.inf if value is None else value[loss] for one, value in values.items()}


def chosen_for_luck(seed: Seed) -> bool:
    """Whether the setting that ends lowest with this seed ends higher with the shipped ones, on average."""
    losses = by_setting(seed)
    best = min(losses, key=losses.get)
    others = [run.value["heldout"] for run in load_run("08/rate_and_size")
              if (run.parameters["hidden_size"], run.parameters["learning_rate"]) == best]
    return bool(np.mean(others) > losses[best])


def best_rate(seed: Seed, units: int) -> float:
    """The rate at which a network of this size ends lowest."""
    losses = by_setting(seed)
    return min((loss, rate) for (size, rate), loss in losses.items() if size == units)[1]


def raced(seed: Seed, cell: str) -> float:
    """The held-out loss of a cell after 3,000 updates."""
    return seed(cell=cell)["heldout"][-1]


def leads(seed: Seed, cell: str, seconds: float) -> bool:
    """Whether a cell has the lowest held-out loss of the three after so many seconds."""
    ends = {one: seed(cell=one, seconds=seconds)["heldout"][-1] for one in CELLS}
    return min(ends, key=ends.get) == cell


def lowest(seed: Seed, dropout: float) -> tuple[float, int, float]:
    """The lowest held-out loss on little text, after how many updates, and how far it rises from there."""
    run = seed(dropout=dropout)
    look = int(np.argmin(run["heldout"]))
    return run["heldout"][look], run["updates"][look], run["heldout"][-1] - run["heldout"][look]


def helped(seed: Seed, idea: str, look: int = -1) -> float:
    """The held-out loss of a GRU with an idea, at the last look or another."""
    return seed(idea=idea)["heldout"][look]


REPLICATED = (
    Replicated("larger-wants-smaller", "A larger network needs a smaller learning rate", "08/rate_and_size",
               lambda seed: best_rate(seed, 128) < best_rate(seed, 8)),
    Replicated("largest-far-ahead", "There the largest network is far ahead", "08/rate_and_size",
               lambda seed: min(by_setting(seed, "train"), key=by_setting(seed, "train").get)[0] == 128),
    Replicated("winners-curse", "the other seeds of the chosen setting end higher", "08/rate_and_size",
               chosen_for_luck),
    Replicated("same-order", "the order is the same with every seed", "08/updates",
               lambda seed: raced(seed, "GRU") < raced(seed, "LSTM") < raced(seed, "RNN")),
    Replicated("lstm-leads-after-one", "the LSTM is lowest after 1 second with 14 of 20 seeds", "08/seconds",
               lambda seed: leads(seed, "LSTM", 1.0)),
    Replicated("gru-leads-after-three", "the GRU after 3 with 17", "08/seconds",
               lambda seed: leads(seed, "GRU", 3.0)),
    Replicated("gru-leads-after-nine", "after 9 with all 20", "08/seconds",
               lambda seed: leads(seed, "GRU", 9.0)),
    Replicated("reach-shrinks-first", "In the first updates of this run the reach *shrinks*", FIRST_REACH,
               lambda seed: min(seed()["10"], seed()["30"]) < min(seed()["0"], seed()["400"]), said=(20, 20)),
    Replicated("any-unit-will-do", "any unit that responds to `=` will do", UNTRAINED,
               lambda seed: seed() > 0.75, said=(20, 20)),
    Replicated("lowest-at-600", "The held-out loss (blue) is lowest after some 600 updates", "08/dropout",
               lambda seed: lowest(seed, 0.0)[1], (400, 1100)),
    Replicated("worse-on-other-text", "at the end its held-out loss is 0.6 nats higher", "08/dropout",
               lambda seed: lowest(seed, 0.0)[2], (0.45, 0.75)),
    Replicated("below-the-grammar", "the black curve even sinks below the line", "08/dropout",
               lambda seed: seed(dropout=0.0)["train"][-1] < 0.198),
    Replicated("dropout-lower-and-later", "the lowest loss is lower, and comes later", "08/dropout",
               lambda seed: lowest(seed, 0.5)[0] < lowest(seed, 0.0)[0]
               and lowest(seed, 0.0)[1] < lowest(seed, 0.5)[1]),
    Replicated("slower-rise", "the rise after it is slower", "08/dropout",
               lambda seed: lowest(seed, 0.5)[2] < lowest(seed, 0.0)[2]),
    Replicated("better-start", "The better start still ends lower than none", "08/ideas",
               lambda seed: helped(seed, "better start") < helped(seed, "none")),
    Replicated("ahead-at-first", "Interpolation gains by far the most", "08/ideas",
               lambda seed: helped(seed, "counts asked too", 0) < min(helped(seed, idea, 0) for idea in (
                   "none", "better start", "fading weights", "averaged weights")) - 0.4),
    Replicated("all-below-either", "all four ideas together end lower than any alone", "08/ideas",
               lambda seed: helped(seed, "all") < min(helped(seed, idea) for idea in RACED if idea != "all")),
)

NOT_REPLICATED = (
    NotReplicated("The LSTM needs by far the largest learning rate", "these runs"),
    NotReplicated("After 10,000 updates the losses of the three are", "these runs"),
    NotReplicated("found LSTM and GRU clearly ahead", "cited"),
    NotReplicated("On the adding problem (lesson 07) the plain network was lost", "elsewhere"),
    NotReplicated("Some 60 % of the loss arises at the first letters of words", "these runs"),
    NotReplicated("None of the networks remembers the names", "these runs"),
    NotReplicated("Chunks of 256 steps change nothing", "too long"),
    NotReplicated("More than half of the total is paid where the grammar has *no choice*", "these runs"),
    NotReplicated("none of these networks has learnt it", "these runs"),
    NotReplicated("The network has learnt to remember", "one network"),
    NotReplicated("half of the units reach values beyond ±20", "one network"),
    NotReplicated("The untrained network has a unit that is as good", "one network"),
    NotReplicated("there's no idle unit", "one network"),
    NotReplicated("nine tenths of the saliency is within 30 characters of the prediction", "these runs"),
    NotReplicated("Both together always pay less than the mean of the two losses", "calculated"),
    NotReplicated("Weight decay and averaging bring nothing here", "these runs"),
    NotReplicated("is among the cheapest, since 109 of 113 cost more", "one network"),
)
