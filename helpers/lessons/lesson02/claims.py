"""What lesson 02 claims."""

import math
import statistics
from collections.abc import Callable

import numpy as np

from helpers.data import course_corpus
from helpers.lessons.lesson02.broken import broken_midway
from helpers.lessons.lesson02.checks import LOOK, by_length, loss_at
from helpers.lessons.lesson02.shipped import best_without_memory
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.runs import History, Shipped, Sweep, load_run


def end(f: Facts, units: int) -> tuple[float, float]:
    """Training losses of so many units at the end, at the rates 0.03 and 0.1, as printed."""
    slow, _, fast, _ = f.numbers(f"{units:3} units: training loss")
    return slow, fast


def medians(of: Callable[[History], float]) -> dict[int, float]:
    """By sequence length, the median over the seeds of something of a run."""
    return {length: statistics.median(map(of, runs)) for length, runs in by_length(load_run("02/lengths"))}


def best(found: dict[int, float]) -> int:
    return min(found, key=found.get)


CLAIMS = (
    Claim("better-than-chance", "could already guess better than chance",
          lambda f: f.number("unigram") < f.number("chance:") == round(math.log(60), 4)),
    Claim("dear-to-rule-out", "punished above all for what it ruled out",
          lambda f: f.number("0.01 instead of 0.11 costs") > 10 * f.number("0.9 instead of 0.8 saves")),
    Claim("set-not-measured", "the program sets it to",
          lambda f: f.number("25 characters together:") == round(25 * math.log(60), 4)),
    Claim("as-predicted", "as predicted, to three digits",
          lambda f: abs(f.number("the first loss:") - f.number("chance:")) < 0.001),
    Claim("sure-and-wrong", "more than four times chance",
          lambda f: f.number("scale  1.0: first loss") > 4 * f.number("chance:")),
    Claim("pushes-cancel", "the pushes on the scores always cancel",
          lambda f: f.number("the target gets") < 0 and "True" in f.line("all pushes together are zero:")),
    Claim("only-the-bias-learns", "Only $b_y$ learns",
          lambda f: [line for line in f.printed if line.endswith("is not zero")] == [
              "all zero: the gradient of b_y is not zero"]),
    Claim("whole-rate", "every weight moves by the whole learning rate",
          lambda f: set(f.numbers("steps from")) == {0.1} and f.numbers("gradients from")[0] < 0.0001),
    Claim("no-memory-is-a-bigram", "within three hundredths of a nat of the counted bigram's",
          lambda f: abs(f.numbers("without memory, at its best (update")[1] - f.number("the bigram:"))
          < 0.03),
    Claim("worse-than-blind", "worse than someone who guesses blindly",
          lambda f: f.numbers("after 40,000 updates: training")[1] > f.number("chance:")
          and f.numbers("after  1,170 updates: training")[1] < f.number("trigram") + 0.1),
    Claim("larger-does-worse", "At the rate of 0.1 the larger network does worse than ours",
          lambda f: end(f, 200)[1] > end(f, 100)[1] and end(f, 200)[0] < end(f, 200)[1]),
    Claim("small-one-other-way-round", "the other way round: 0.1 is the better rate",
          lambda f: end(f, 25)[1] < end(f, 25)[0] and end(f, 100)[0] < end(f, 100)[1]),
    Claim("held-out-hardly-moves", "its best value is nearly the same from rate 0.01 to 0.1",
          lambda f: 0 < (found := f.numbers("100 units, length 25 or 100, rate 0.01 to 0.1:"))[1]
          - found[0] < 0.1 and found[0] > 2),
    Claim("few-below-the-trigram", "Only a few of the 120 runs get below the trigram",
          lambda f: 0 < f.numbers("runs beat the bigram,")[0] <= 10
          and f.number("trigram") - f.number("the best reaches") < 0.05),
    Claim("best-lengths", "The best lengths are 100 per update and 25 per character",
          lambda f: best(medians(lambda run: loss_at(run, LOOK))) == 100
          and best(found := medians(lambda run: run.train[-1])) == 25 and found[100] > found[25] + 0.1),
    Claim("no-length-is-ahead-on-new-text", "since what is learnt reaches further back",
          lambda f: max(found := medians(lambda run: run.best_heldout()[1]).values()) - min(found) < 0.1),
    Claim("favourite-stays", "order of the characters never changes",
          lambda f: (found := [f.number(f"temperature {t}: the favourite is 'I' with")
                               for t in (0.1, 0.5, 1.0, 2.0)]) == sorted(found, reverse=True)),
    Claim("begins-to-recite", "It begins to recite: a line of the play and the beginning of the next",
          lambda f: f.number("at 0.1 the first") == 39 and f.line("at 0.1 the first").count("\\n") == 1),
)


NO_MEMORY = Shipped("lesson02/no_memory.jsonl", "", Sweep(best_without_memory, {"updates": [3000]}),
                    range(200, 220), 1.5, ())
BROKEN = Shipped("lesson02/broken.jsonl", "", Sweep(broken_midway, {"fault": [
    "targets not shifted", "rate times ten", "state not carried", "no clipping"]}), range(20), 6, ())


def _rises_by(seed: Seed, fault: str) -> float:
    """By how much the smoothed loss rises in the 500 updates after something is broken."""
    return seed(fault=fault)["highest"] - seed(fault=fault)["before"]


REPLICATED = (
    Replicated("no-memory-is-a-bigram", "within three hundredths of a nat of the counted bigram's", NO_MEMORY,
               lambda seed: abs(seed() - course_corpus().lines["bigram"]) < 0.03, said=(20, 20)),
    Replicated("too-good", "Then it falls below 0.1", BROKEN,
               lambda seed: _rises_by(seed, "targets not shifted") > 0
               and seed(fault="targets not shifted")["end"] < 0.1, said=(20, 20)),
    Replicated("leaps", "leapt from about 2 to something between 3 and 8", BROKEN,
               lambda seed: seed(fault="rate times ten")["highest"], (3, 8)),
    Replicated("still-high", "3,000 updates later it was still above 2.4 in all of twenty runs", BROKEN,
               lambda seed: seed(fault="rate times ten")["end"] > 2.4, said=(20, 20)),
    Replicated("easy-to-miss", "The loss rose by less than 0.5", BROKEN,
               lambda seed: _rises_by(seed, "state not carried") < 0.5, said=(20, 20)),
    Replicated("hardly-any-effect", "You'll see hardly any effect", BROKEN,
               lambda seed: _rises_by(seed, "no clipping") < 0.3, said=(20, 20)),
)
NOT_REPLICATED = (
    NotReplicated("An untrained network has ruled out nothing", "calculated"),
    NotReplicated("The loss is as predicted, to three digits", "calculated"),
    NotReplicated("At first the shaking drives the loss beyond the top", "one network"),
    NotReplicated("What lowers the loss most is learnt first", "one network"),
    NotReplicated("The network gets below the unigram within a few hundred updates", "one network"),
    NotReplicated("worse than someone who guesses blindly", "one network"),
    NotReplicated("At 0.003, for example, the network still creeps along", "these runs"),
    NotReplicated("At 1 the loss leaps over the top of the picture", "these runs"),
    NotReplicated("the famous 0.1 is not the best rate in it", "these runs"),
    NotReplicated("At the rate of 0.1 the larger network does worse than ours", "these runs"),
    NotReplicated("the other way round: 0.1 is the better rate", "these runs"),
    NotReplicated("After 8,000 such updates the network has learnt far less than ours", "these runs"),
    NotReplicated("Only a few of the 120 runs get below the trigram", "these runs"),
    NotReplicated("its best value is nearly the same from rate 0.01 to 0.1", "these runs"),
    NotReplicated("It goes round in a circle and writes the same few words", "one network"),
    NotReplicated("It begins to recite", "one network"),
    NotReplicated("At temperature 1 it's lost at once", "one network"),
)


def raced(f: Facts) -> list[list[float]]:
    """The losses of each optimiser, by its rate."""
    return [f.numbers(f"{name:8} {{")[1::2] for name in ("SGD", "Adagrad", "RMSProp", "Adam")]


SOLVED = (       # claims of the worked solutions
    Claim("sure-and-wrong", "a loss that falls when the network is sure, even if it is wrong",
          lambda f: -np.log(max(0.98, 0.02)) < -np.log(max(0.6, 0.4))),
    Claim("rates-differ-more",
          "the rate makes a larger difference to the loss than the choice of optimiser",
          lambda f: min(max(losses) - min(losses) for losses in raced(f))
          > max(map(min, raced(f))) - min(map(min, raced(f)))),
)
