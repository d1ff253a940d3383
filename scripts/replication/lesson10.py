"""What lesson 10 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.lesson10.experiments import HEALTHY
from helpers.lessons.lesson10.shipped import what_it_says
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated

NEVER_MOVES, HIGH, PADDED, LEAK = (
    "optimiser of another network", "softmax taken twice", "padding counted", "targets not shifted")
PROGRAMS = Shipped("lesson10/programs.jsonl", "", Sweep(what_it_says, {
    "fault": [HEALTHY, NEVER_MOVES, HIGH, PADDED, LEAK]}), range(20), 5, ())

REPLICATED = (
    Replicated("three-stand-out", "Three stand out there", PROGRAMS,
               lambda seed: seed(fault=LEAK)["heldout"] < 0.1 < 3 < seed(fault=HIGH)["heldout"] < 4
               < seed(fault=NEVER_MOVES)["heldout"], said=(20, 20)),
    Replicated("two-say-better", "two say that they are *better* than the correct program", PROGRAMS,
               lambda seed: max(seed(fault=PADDED)["heldout"], seed(fault=LEAK)["heldout"])
               < seed(fault=HEALTHY)["heldout"], said=(20, 20)),
    Replicated("two-are-worse", "measured correctly, these two are at", PROGRAMS,
               lambda seed: min(seed(fault=PADDED)["rightly"], seed(fault=LEAK)["rightly"])
               > seed(fault=HEALTHY)["rightly"], said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("One curve covers the other", "one network"),
    NotReplicated("For small networks NumPy wins", "the clock"),
    NotReplicated("the arithmetic takes over, and NumPy's lead melts", "the clock"),
    NotReplicated("On a graphics processor, with large batches, PyTorch is far faster", "the clock"),
    NotReplicated("Without them the first steps after the break are different", "calculated"),
    NotReplicated("on a CPU the program goes on", "calculated"),
)
