"""What lesson 10 claims."""

import re

from helpers.lessons.claiming import Claim, Facts


def copied(f: Facts, units: int, length: int) -> list[float]:
    """Shares of symbols right after 3,000 and after 15,000 updates, in percent."""
    printed = [(16, 8), (16, 16), (32, 8), (32, 16), (64, 16)]
    *size, less, more = f.table("share of symbols right, medians", 5)[printed.index((units, length))]
    return [less, more] if size == [units, length] else [0, 0]


def told_ahead(f: Facts, size: str) -> dict[str, float]:
    """How many times faster NumPy is at one size, by cell; below 1 where PyTorch is."""
    line = f.line("networks trained side by side")
    found = re.findall(rf"(\w+), {size}: (NumPy|PyTorch) ([\d.]+) times", line)
    return {cell: float(times) if ahead == "NumPy" else 1 / float(times) for cell, ahead, times in found}


CLAIMS = (
    Claim("same-numbers", "The numbers agree to ten digits",
          lambda f: "True" in f.line("equal to 10 digits:")),
    Claim("all-gradients", "derived in lessons 03 and 07 are the ones that the library finds",
          lambda f: all("True" in f.line(f"{cell} outputs and all gradients")
                        for cell in ("RNN ", "GRU ", "LSTM"))),
    Claim("by-a-machine", "lesson 03, done by a machine",
          lambda f: f.numbers("autograd")[0] == f.number("by hand") > 0),
    Claim("gradients-add-up", "Call backward for a second loss, and it is added as well",
          lambda f: "True" in f.line(".grad is the sum of both:")),
    Claim("cut-or-error", "The error is a friend",
          lambda f: "RuntimeError" in f.line("the graph of the first chunk")
          and f.line("with detach it") == "with detach it works"),
    Claim("one-line", "One line lies on the other",
          lambda f: f.numbers("the loss falls from")[:4] == 2 * f.numbers("the loss falls from")[:2]
          and f.numbers("no two losses are")[0] == 1e-10),
    Claim("the-same-unseen", "holds what has to be saved",
          lambda f: f.number(", ours ") == f.number("loaded again ") == f.number("held out ") > 0),
    Claim("small-several-times", "For small networks NumPy wins",
          lambda f: min(told_ahead(f, "small").values()) > 2),
    Claim("the-lead-melts", "the arithmetic takes over, and the lead melts",
          lambda f: all(told_ahead(f, "small")[cell] > told_ahead(f, "medium")[cell] > 0.9
                        and told_ahead(f, "small")[cell] > told_ahead(f, "large")[cell]
                        for cell in ("RNN", "GRU", "LSTM"))),
    Claim("packed-as-alone", "the last state of each sequence is the one after its own last symbol",
          lambda f: "True" in f.line("packed, ends as it does alone") and "True" in f.line("but not packed")),
    Claim("falls-step-by-step", "the share falls step by step towards chance",
          lambda f: 95 < copied(f, 32, 8)[1] and 100 > copied(f, 32, 8)[0] > copied(f, 32, 16)[0] > 12.5),
    Claim("training-was-missing", "It was not room that was missing but training",
          lambda f: copied(f, 32, 8)[0] < 80 < copied(f, 32, 8)[1] == 100),
    Claim("nearly-all-of-16", "and 64 units nearly all of 16",
          lambda f: copied(f, 64, 16)[0] < 70 and 95 < copied(f, 64, 16)[1] < 100),
    Claim("half-and-a-quarter", "At 16 symbols 32 units get half, 16 units a quarter",
          lambda f: 45 < copied(f, 32, 16)[1] < 55 and 20 < copied(f, 16, 16)[1] < 30),
    Claim("the-same-everywhere", "at every place the weight is the same, 0.71",
          lambda f: f.numbers("weight at the right place: from") == [0.71, 0.71]),
    Claim("no-fault", "Nothing is carried through thirty steps, so nothing fades",
          lambda f: "True" in f.line("copied without a fault:")),
    Claim("ten-rounds", "each round doubles how far back a step reaches",
          lambda f: [f.number("A sequence of"), f.number("for the one before, and")] == [2**6, 6]),
    Claim("the-last-counts", "The delta rule writes only what is not there yet",
          lambda f: f.numbers("the delta rule reads") == [5, 3] != f.numbers("linear attention reads")),
    Claim("creeps", "creeps to a limit, while the parity changes at every one",
          lambda f: f.number("the state moves by") > 0.2 > 1e-6 > f.number("at first, by") > 0),
    Claim("one-factor", "for each one would do it",
          lambda f: "True" in f.line("the parity of 1,000 bits is right")),
)
