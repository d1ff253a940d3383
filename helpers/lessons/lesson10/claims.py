"""What lesson 10 claims."""

import math
import re

from helpers.lessons.lesson10.faults import HEALTHY, what_it_says
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.runs import Shipped, Sweep, load_run


def told_ahead(f: Facts, size: str) -> dict[str, float]:
    """How many times faster NumPy is at one size, by cell; below 1 where PyTorch is."""
    halves = f.line("On one thread NumPy is faster").split("PyTorch:")
    return {cell: float(times) ** power for half, power in zip(halves, (1, -1), strict=False)
            for cell, times in re.findall(rf"(RNN|GRU|LSTM)[^;]*? {size} (\d+\.\d)", half)}


CLAIMS = (
    Claim("same-numbers", "The numbers agree to ten digits",
          lambda f: "True" in f.line("equal to 10 digits:")),
    Claim("all-gradients", "derived in lessons 03 and 07 are the ones that the library finds",
          lambda f: all("True" in f.line(f"{cell} outputs and all gradients")
                        for cell in ("RNN ", "GRU ", "LSTM"))),
    Claim("by-a-machine", "lesson 03, done by a machine",
          lambda f: f.numbers("autograd")[0] == f.number("by hand") > 0),
    Claim("gradients-add-up", "Call backward for a second loss, and its gradient is added as well",
          lambda f: "True" in f.line(".grad is the sum of both:")),
    Claim("cut-or-error", "The error is a friend",
          lambda f: "RuntimeError" in f.line("the graph of the first chunk")
          and f.line("with detach it") == "with detach it works"),
    Claim("one-line", "One curve covers the other",
          lambda f: f.numbers("the loss falls from")[:4] == 2 * f.numbers("the loss falls from")[:2]
          and f.numbers("the two losses never differ by as much as")[0] == 1e-10),
    Claim("the-same-unseen", "holds what has to be saved",
          lambda f: f.number(", ours ") == f.number("loaded again ") == f.number("held out ") > 0),
    Claim("small-several-times", "For small networks NumPy wins",
          lambda f: min(told_ahead(f, "small").values()) > 2),
    Claim("the-lead-melts", "the arithmetic takes over, and NumPy's lead melts",
          lambda f: all(told_ahead(f, "small")[cell] > told_ahead(f, "medium")[cell] > 0.9
                        and told_ahead(f, "small")[cell] > told_ahead(f, "large")[cell]
                        for cell in ("RNN", "GRU", "LSTM"))),
    Claim("packed-as-alone", "the last state of each sequence is the one after its own last symbol",
          lambda f: "True" in f.line("packed, ends as it does alone") and "True" in f.line("but not packed")),
    Claim("not-all", "A run is more than its weights",
          lambda f: "True" in f.line("gone on with weights and optimiser")
          and "False" in f.line("gone on with the weights alone")),
    Claim("it-learns", "A program that runs to the end can be wrong",
          lambda f: f.number("after four rounds") < f.number("before:") / 2),
    Claim("answers", "A program that knows only how the network is made loads a file",
          lambda f: "True" in f.line("it goes on from what was asked")
          and "True" in f.line("as the network that was trained")),
    Claim("one-of-ours", "this network, too, is one of ours",
          lambda f: "True" in f.line("the same loss, to 5 digits")),
    Claim("measured-twice", "Measured twice, are the two numbers equal?",
          lambda f: f.number("held out, measured again ") != f.number("; it reports ")),
    Claim("not-known-not-moved", "it neither saves nor moves",
          lambda f: "plain" not in f.line("saved:") and f.line("plain tensor is now").endswith("cpu")
          and f.line("buffer       is").endswith("meta") and f.line("embedding    is").endswith("meta")),
)

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

def every_seed_worse(program: str) -> bool:
    """Whether a program has a higher loss, measured rightly, than the right one, with each seed."""
    ends = {(run["program"], run["seed"]): run["rightly"][-1] for run in load_run("10/faults")}
    return all(ends[program, seed] > end for (name, seed), end in ends.items() if name == "right")

SOLVED = (       # claims of the worked solutions
    Claim("after-the-last-round",
          "They are the loss that it reports after the last round, the loss when it measures again, the "
          "loss after the model has been saved and loaded, and the true loss.",
          lambda f: f.line("says   again  loaded  in truth").startswith("program")
          and (row := f.numbers("D     embedding a plain tensor"))[0] == row[1] == row[3] < row[2] - 1),
    Claim("never-moves",
          "The loss of F never moves, because the optimiser updates weights that the network doesn't use. "
          "G sees the answer in its input. B is never certain of anything, because a softmax of numbers "
          "between 0 and 1 is nearly flat. The bug in D shows when the model is loaded.",
          lambda f: f.numbers("F     optimiser of another network") == 4 * [round(math.log(61), 2)]
          and f.numbers("G     targets not shifted")[0] < 0.01 < math.e / (math.e + 60) < 0.05
          and 3.1 < math.log(math.e + 60) - 1 < f.numbers("B     softmax taken twice")[0]),
    Claim("another-each-time", "the same network has a different loss each time, and the third decimal",
          lambda f: f.numbers("A     train() while it is measured")[3]
          < min(f.numbers("A     train() while it is measured")[:3])),
    Claim("seems-better", "C and E are left, and they look like a better network and a slower one.",
          lambda f: f.numbers("C     padding counted")[0] < f.numbers("right   ")[0]
          < f.numbers("E     gradients not set to zero")[0]),
    Claim("worse-in-truth", "In truth C has a higher loss than the right program, with all 20 seeds",
          lambda f: every_seed_worse("C")),
)
