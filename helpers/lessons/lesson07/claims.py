"""What lesson 07 claims."""

import numpy as np

from helpers.lessons.lesson07.other_seeds import gradient_paths, latch_gates, suspect_loss
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.runs import Shipped, Sweep


def right_at(f: Facts, gates: int) -> float:
    """Of the ten steps those that the cell gets right with so many of its gates."""
    return f.numbers(f"gates {gates}: memory")[-2]


def solved(f: Facts, lag: int) -> list[float]:
    """Of twenty runs those that learnt a lag, for each forget bias from 0 on."""
    return f.numbers(f"lag {lag:3}: runs of 20 that learnt it, for bias 0 to 5:")


CLAIMS = (
    Claim("third-stage-scores-less", "yet the score is *lower* than before",
          lambda f: right_at(f, 2) < right_at(f, 1) < right_at(f, 3) == 10),
    Claim("forget-gate-as-by-hand", "$f$ is 0.01 where something is stored and 1.00 elsewhere",
          lambda f: f.table("value ", 2)[1] == [0.01 if step in (0, 5) else 1 for step in range(10)]),
    Claim("products-as-small-as-they-should-be", "the product $i \\cdot g$ is as small as it should be",
          lambda f: [step for step, size in enumerate(f.numbers("i · g")) if abs(size) > 0.02] == [0, 5]),
    Claim("four-times-the-weights", "four times the weights of a plain network of the same size",
          lambda f: f.number("'b_h': (16,)} =") == 4 * f.number("a plain network of this size has")),
    Claim("suspect-halves-its-loss", "a loss that falls to half its value in 400 updates",
          lambda f: round(f.numbers("suspect")[-1] / (f.numbers("suspect")[0] or 1), 1) == 0.5
          and 10 * f.numbers("yours   ")[-1] < f.numbers("suspect")[-1]),
    Claim("right-at-the-last-step-only", "$o$ is right, and $i$, $f$ and $g$ are already wrong",
          lambda f: f.line("   o  wrong").split()[1:] == [*["wrong"] * 4, "right"]
          and all("right" not in f.line(f"   {gate}  wrong") for gate in "ifg")),
    Claim("each-step-halves", "each step halves the gradient",
          lambda f: f.table("forget bias   sigma", 1)[0][1:] == [0.5, 0.5, 8e-31]),
    Claim("half-is-left-at-bias-five", "half of the gradient is still there after a hundred steps",
          lambda f: f.table("forget bias   sigma", 4)[3][3] == 0.5),
    Claim("side-streets-carry-more", "nearly two hundred times as large at a bias of 1",
          lambda f: 180 < f.numbers("usual (1/sqrt H): total")[2] < 200),
    Claim("thousands-at-zero", "thousands of times at 0",
          lambda f: 1000 < f.numbers("usual (1/sqrt H): total")[1] < 10_000),
    Claim("total-grows", "more than sixty times its size after a hundred steps",
          lambda f: 60 < f.number("after 100 steps the total is") < 70),
    Claim("none-at-bias-zero", "With bias 0 none of the twenty runs gets there",
          lambda f: solved(f, 40) == [0, 2, 17, 20, 20, 20]),
    Claim("chance-or-a-half", "With bias 1 most of them end near a half",
          lambda f: 15 < min(f.numbers("lag  40, bias 0:")) <= max(f.numbers("lag  40, bias 0:")) < 35
          and sum(40 < end < 60 for end in f.numbers("lag  40, bias 1:")) == 16),
    Claim("where-all-learn",
          "All twenty runs learn lag 20 with a bias of 2 or more, and lag 40 with a bias of 3 or more",
          lambda f: solved(f, 20)[1:] == [9, 20, 20, 20, 20] and solved(f, 40)[2:] == [17, 20, 20, 20]),
    Claim("half-of-the-lag", "These biases keep a memory for about half of the lag", lambda f: all(
        0.4 <= f.numbers("1 / (1 - f), for bias 0 to 5:")[bias] / lag <= 0.7
        for bias, lag in ((2, 20), (3, 40), (4, 80)))),
    Claim("nearly-all-at-eighty", "With bias 4, 19 of them learn lag 80", lambda f: solved(f, 80)[4] == 19),
    Claim("luck-at-a-hundred-and-sixty", "9 to 14 of the twenty runs learn it",
          lambda f: (min(solved(f, 160)[2:]), max(solved(f, 160))) == (9, 14)),
    Claim("gru-faster-in-every-run", "the GRU is faster than the LSTM in every run",
          lambda f: f.numbers("GRU : ")[3] < f.numbers("LSTM: 20")[1]),
    Claim("plain-at-chance", "The plain network stays at chance in all twenty runs",
          lambda f: f.numbers("RNN : ")[:2] == [0, 20] and 0.15 < f.number("the best ends at") < 1 / 6),
)

OTHERS = range(200, 220)
LATCHES = Shipped("lesson07/latches.jsonl", "", Sweep(latch_gates, {"updates": [3000]}), OTHERS, 3, ())
SUSPECT = Shipped("lesson07/suspect.jsonl", "", Sweep(suspect_loss, {"updates": [1000]}), OTHERS, 1, ())
PATHS = Shipped("lesson07/paths.jsonl", "", Sweep(gradient_paths, {"forget_bias": [0, 1, 5]}),
                range(200, 300), 0.5, ())


def _learnt(seed: Seed, forget_bias: int, lag: int) -> bool:
    """Whether a network that starts with this forget bias has learnt to carry a symbol so far."""
    return seed(forget_bias=forget_bias, lag=lag)["updates"] is not None


def _drop(seed: Seed, cell: str) -> int:
    """How many updates an error takes, once it has left the plateau, to fall to a tenth of chance."""
    run = seed(cell=cell)
    on_it = max(update for update, error in zip(run["updates"], run["errors"], strict=True) if error > 0.15)
    return min(update for update, error in zip(run["updates"], run["errors"], strict=True)
               if error < 1 / 60) - on_it


REPLICATED = (
    Replicated("learns-the-latch", "Of 20 other units, 13 learn the task", LATCHES,
               lambda seed: seed()["wrong"] < 0.01, said=(13, 20)),
    Replicated("suspect-gets-there", "With other seeds 5 of 20 runs stay above 0.15", SUSPECT,
               lambda seed: seed() < 0.15, said=(15, 20)),
    Replicated("side-streets-at-bias-one", "In eight of ten other draws it is 60 to 200 times", PATHS,
               lambda seed: seed(forget_bias=1)["total_by_direct"], (60, 200)),
    Replicated("side-streets-at-bias-zero", "380 to 3,200", PATHS,
               lambda seed: seed(forget_bias=0)["total_by_direct"], (380, 3200)),
    Replicated("total-grows", "in nine of ten other draws to 12 to 58 times", PATHS,
               lambda seed: seed(forget_bias=5)["total"], (12, 58)),
    Replicated("none-at-bias-zero", "With bias 0 none of the twenty runs gets there",
               "07/forget_bias_and_lag", lambda seed: not _learnt(seed, 0, 40)),
    Replicated("two-at-bias-one", "with bias 1 two do", "07/forget_bias_and_lag",
               lambda seed: not _learnt(seed, 1, 40)),
    Replicated("stays-at-chance", "With bias 0 the runs stay at chance", "07/forget_bias_and_lag",
               lambda seed: seed(forget_bias=0, lag=40)["accuracy"] < 0.35),
    Replicated("near-a-half", "With bias 1 most of them end near a half", "07/forget_bias_and_lag",
               lambda seed: 0.4 < seed(forget_bias=1, lag=40)["accuracy"] < 0.6),
    Replicated("lag-twenty", "All twenty runs learn lag 20 with a bias of 2 or more",
               "07/forget_bias_and_lag",
               lambda seed: all(_learnt(seed, bias, 20) for bias in (2, 3, 4, 5))),
    Replicated("lag-eighty", "With bias 4, 19 of them learn lag 80", "07/forget_bias_and_lag",
               lambda seed: _learnt(seed, 4, 80)),
    Replicated("lag-hundred-and-sixty", "lag 160 stays a matter of luck", "07/forget_bias_and_lag",
               lambda seed: not all(_learnt(seed, bias, 160) for bias in (2, 3, 4, 5))),
    Replicated("hardly-hurts", "Here it hardly hurts", "07/forget_bias_and_lag",
               lambda seed: seed(forget_bias=5, lag=10)["updates"] <= seed(forget_bias=1, lag=10)["updates"]),
    Replicated("from-bias-three", "With bias 3, 4 and 5 all twenty do", "07/forget_bias_and_lag",
               lambda seed: all(_learnt(seed, bias, 40) for bias in (3, 4, 5))),
    Replicated("plateau-then-drop", "within 150 updates, the error drops from 1/6", "07/adding",
               lambda seed: max(_drop(seed, "GRU"), _drop(seed, "LSTM")) <= 150),
    Replicated("gru-faster", "GRU is faster than the LSTM", "07/adding",
               lambda seed: seed(cell="GRU")["updates"][-1] < seed(cell="LSTM")["updates"][-1]),
    Replicated("plain-at-chance", "The plain network stays at chance", "07/adding",
               lambda seed: seed(cell="RNN")["errors"][-1] > 0.15),
)
NOT_REPLICATED = (
    NotReplicated("the forget gate and the output gate do what you did", "one network"),
    NotReplicated("most of them in a few dozen", "these runs"),
    NotReplicated("On 1,000 new sequences of 200 steps it makes no mistake", "one network"),
    NotReplicated("have such an input gate", "these runs"),
    NotReplicated("a loss that falls to half its value in 400 updates", "one network"),
    NotReplicated("half of the gradient is still there after a hundred steps", "calculated"),
    NotReplicated("all runs learnt a lag of 100 steps, no plain network did", "cited"),
    NotReplicated("with forget gates 18 % of the runs solve it perfectly", "cited"),
    NotReplicated("better than tanh networks, comparable to the LSTM", "cited"),
    NotReplicated("one cell is better than the LSTM and the GRU on some tasks", "cited"),
    NotReplicated("none is clearly better; the forget gate and the squashing", "cited"),
    NotReplicated("Both learn. (This is one seed", "one network"),
    NotReplicated("does about as well as an LSTM", "cited"),
)

SOLVED = (       # claims of the worked solutions
    Claim("as-large-as-can-be-shown", "so a change of it hardly changes $h$",
          lambda f: f.number("dc_prev: [[") / 0.7311 < 0.05),
    Claim("squashed-twice", "it never goes beyond $\\tanh(1) = 0.76$, and each step back costs an extra",
          lambda f: round(np.tanh(np.tanh(20.0)), 2) == 0.76 > np.tanh(np.tanh(2.0))),
)
