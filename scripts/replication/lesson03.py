"""What lesson 03 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.lesson03.experiments import FAULTS, fresh_credit, loss_with_fault
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed


def per_step(seed: Seed, scale: float | None, lag: int) -> float:
    """Which share of the gradient a step back keeps, on average up to this lag."""
    sizes = seed(scale=scale)
    return (sizes[str(lag)] / sizes["0"]) ** (1 / lag)


FRESH = Shipped("lesson03/fresh_credit.jsonl", "", Sweep(fresh_credit, {"scale": [0.01, None]}),
                range(200, 220), 0.05, ())
FAULTY = Shipped("lesson03/loss_with_fault.jsonl", "", Sweep(loss_with_fault, {"fault": list(FAULTS)}),
                 range(200, 220), 0.1, ())

REPLICATED = (
    Replicated("a-tenth-a-step", "With weights of 0.01 each step back keeps about a tenth", FRESH,
               lambda seed: all(0.09 < per_step(seed, 0.01, lag) < 0.11 for lag in (1, 10, 40)),
               said=(20, 20)),
    Replicated("more-than-half-a-step", "With the usual weights a step keeps more than half", FRESH,
               lambda seed: all(per_step(seed, None, lag) > 0.5 for lag in (1, 10, 40)), said=(20, 20)),
    Replicated("almost-nothing-at-forty", "but 40 steps still leave almost nothing", FRESH,
               lambda seed: seed(scale=None)["40"] < 1e-6 * seed(scale=None)["0"], said=(20, 20)),
    Replicated("hello-in-spite-of-faults", "a network trained with either still learns to spell hello",
               FAULTY, lambda seed: all(seed(fault=fault) < 0.01 for fault in FAULTS), said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("Measuring takes two forward passes for each weight", "calculated"),
    NotReplicated("And at every step its work is 16,100 times as much", "calculated"),
    NotReplicated("all rows look alike, whatever the text says", "one network"),
    NotReplicated("bright where the network is unsure of the letter", "one network"),
    NotReplicated("after ten steps the gradient is as long as at the start", "one network"),
    NotReplicated("where a network remembers by passing on what it has read", "one network"),
    NotReplicated("The network learnt to remember, although at first hardly any gradient", "one network"),
    NotReplicated("time and memory grow in proportion to $T$", "the clock"),
    NotReplicated("The runs with $T = 25$ and $T = 100$ end with the lowest loss", "the clock"),
    NotReplicated("In the end this run is ahead of $T = 5$ and of $T = 500$", "the clock"),
    NotReplicated("the whole-text run takes five or six times as long as $T = 100$", "the clock"),
    NotReplicated("possible, exact, and poor value", "the clock"),
    NotReplicated("the whole-text run would have ended at a loss of 1.10", "these runs"),
)
