"""What lesson 07 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.lesson07.experiments import gradient_paths, latch_gates, suspect_loss
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

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
