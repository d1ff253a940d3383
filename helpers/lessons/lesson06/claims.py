"""What lesson 06 claims."""

from functools import cache

import numpy as np

from helpers.lessons.lesson06.remedies import recurrent_weights
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import Replicated, Seed
from helpers.networks import RNN, factor_per_step, gradient_norms
from helpers.runs import load_run


def _learnt(remedy: str, lag: int) -> int:
    """How many of the five shipped runs learnt both the near and the far symbol."""
    wanted = {"remedy": remedy, "lag": lag}
    return sum(max(run.value["short_term_loss"][-1], run.value["long_term_loss"][-1]) < 0.1
               for run in load_run("06/near_and_far")
               if run.parameters == wanted and run.status == "finished")


def _trained(f: Facts) -> list[list[float]]:
    """Radius, slope and factor of the five networks that were trained at a rate of 0.1."""
    return f.table("after 3,000 updates:", 5)


@cache
def growing(radius: float) -> int:
    """In how many of 20 untrained networks of 64 units gradients grow, with inputs of size 1."""
    count, cell = 0, RNN(64, 64)
    for seed in range(200, 220):
        rng = np.random.default_rng(seed)
        p = cell.init(rng)
        p.W_hh = recurrent_weights(rng, 64, "scaled", radius)
        count += factor_per_step(gradient_norms(cell, p, rng.standard_normal((60, 1, 64)))) > 1
    return int(count)


CLAIMS = (
    Claim("same-ratio", "nearly half is left at lag 7", lambda f: "0.028 of it is left" in f.line("A loss at")
          and 0.45 < 0.9**7 < 0.5),
    Claim("orthogonal-loses", "it is only half of a step",
          lambda f: f.numbers("orthogonal, tanh, inputs 1:")[0] == 1e-13),
    Claim("scaled-loses-a-quarter", "a quarter of the gradient is lost at every step",
          lambda f: 0.72 <= f.numbers("scaled  ")[2] <= 0.78),
    Claim("tiny-inputs", "the factor climbs to 1",
          lambda f: f.numbers("orthogonal      ")[0] == 1 > f.numbers("orthogonal      ")[2]),
    Claim("only-the-identity", "Only the identity keeps nearly everything",
          lambda f: f.numbers("identity      ")[3] == 1 > max(
              f.numbers(f"{start}      ")[3] for start in ("uniform", "small", "scaled", "orthogonal"))),
    Claim("relu-and-size", "its factor does not depend on the size of the inputs",
          lambda f: f.line("the same norms at every lag").endswith("True")),
    Claim("last-few-steps", "made almost wholly by the last few steps",
          lambda f: f.number(" 0 to  0    ") > 0.8 and f.number("10 to 19    ") < 1e-4),
    Claim("not-a-share", "The lengths add up to more than 1",
          lambda f: sum(f.number(row) for row in (" 0 to  0    ", " 1 to  4    ", " 5 to  9    ")) > 1),
    Claim("near-and-not-far", "The near answers are perfect and the far one is at chance",
          lambda f: f.number("lag  20: near") == 0 and f.numbers("lag  20: near")[1] > 1.38),
    Claim("the-mean-is-one-answer", "is that one missing answer, shared among 21",
          lambda f: abs(f.numbers("lag  20: near")[-1] - f.number("0 for all others:")) < 0.005),
    Claim("farther-and-less-seen", "the mean loss is lower still",
          lambda f: f.numbers("lag 160: near")[-1] < f.numbers("lag  20: near")[-1]),
    Claim("five-leave-the-plateau", "With 10, 20 and 30 steps all five networks leave the plateau",
          lambda f: all(f"5 of 5 at {length} steps" in f.line("Tanh networks") for length in (10, 20, 30))
          and "0 of 5 at 100 steps" in f.line("Tanh networks")),
    Claim("one-on-its-way", "With 50 steps one of the five is well on its way",
          lambda f: f.numbers("five tanh networks on  50 steps end at")[0] < 0.11
          < 0.14 < f.numbers("five tanh networks on  50 steps end at")[1]),
    Claim("no-optimiser", "The optimiser hardly moves the border",
          lambda f: all(f"{name}, 10;" in f.line("Up to which lag")
                        for name in ("none (Adam, tanh, uniform)", "SGD", "RMSProp"))),
    Claim("no-sign-turns", "how many of the 4,096 signs change",
          lambda f: f.number("without the far part,") == 0),
    Claim("orthogonal-a-little-farther", "with uniform ones all five learn 10 and four learn 15",
          lambda f: "orthogonal, 20;" in f.line("Up to which lag") and _learnt("orthogonal", 20) == 5
          and (_learnt("none", 10), _learnt("none", 15)) == (5, 4)),
    Claim("relu-is-luck", "all five learn lag 20, and two learn 15",
          lambda f: "ReLU, 5 and again at 20" in f.line("Up to which lag")
          and (_learnt("ReLU", 20), _learnt("ReLU", 15)) == (5, 2)),
    Claim("winner-by-far", "all five learn lags 30, 40 and 80, and four lags 20 and 160",
          lambda f: "ReLU and identity, 15 and again at 30, 40, 80" in f.line("Up to which lag")
          and (_learnt("IRNN", 20), _learnt("IRNN", 160)) == (4, 4)),
    Claim("late-near-answers", "where the plain network has 0.03",
          lambda f: f.number("lag 20, ReLU and identity: near") > 30 * f.number("uniform): near")),
    Claim("grows-late", "the gradient starts to grow only between 1.7 and 1.8",
          lambda f: f.numbers("radius 1.7, inputs")[1] < 1 < f.numbers("radius 1.8, inputs")[1]),
    Claim("where-others-begin", "In 19 of 20 other networks it starts between 1.6 and 2",
          lambda f: growing(2.0) - growing(1.6) == 19),
    Claim("five-fade", "their gradients do not explode: they fade",
          lambda f: len(_trained(f)) == 5 and all(row[0] > 5 and 0 < row[2] < 1 for row in _trained(f))),
    Claim("one-update", "One update, and the factor goes from 0.1 to about 0.9",
          lambda f: f.numbers("before the first update:")[1] == 0.1
          and f.numbers("after the first update :")[1] == 0.9),
    Claim("recovers", "it recovers to 0.73",
          lambda f: f.numbers("rate 0.1, after 3,000 updates:")[2] == 0.73
          > 3 * f.numbers("rate 0.1, after   100 updates:")[2]),
    Claim("gate-is-the-factor", "The factor follows the gate",
          lambda f: all(abs(gate - factor) < 0.03 for gate, factor in (
              f.numbers(f"forget bias {bias}: gate") for bias in (0, 1, 2, 5)))),
)

def _learns(seed: Seed, remedy: str, lag: int) -> bool:
    """Whether a network learnt both the near and the far symbol."""
    losses = seed(remedy=remedy, lag=lag)
    return losses is not None and max(losses["short_term_loss"][-1], losses["long_term_loss"][-1]) < 0.1


REPLICATED = (
    Replicated("leave-the-plateau", "all five networks leave the plateau", "06/adding_plateau",
               lambda seed: all(seed(length=length)["errors"][-1] < 0.1 for length in (10, 20, 30))),
    Replicated("winner-by-far", "is the winner by far", "06/near_and_far",
               lambda seed: _learns(seed, "IRNN", 40) and not any(
                   _learns(seed, remedy, 40) for remedy in ("none", "orthogonal", "ReLU"))),
)
