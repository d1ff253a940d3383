"""What lesson 07 claims."""

import math
from collections.abc import Callable

import numpy as np

from helpers.data import adding_sequences
from helpers.lessons.lesson07.other_seeds import gradient_paths, latch_gates, moved_by, suspect_loss
from helpers.lessons.lesson07.page_drawings import SUMS
from helpers.lessons.lesson07.simple_lstm import small_lstm
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import GRU, LSTM, sigmoid
from helpers.networks.cells.plain import lstm_backward, lstm_forward, lstm_step_back
from helpers.runs import Shipped, Sweep


def right_at(f: Facts, gates: int) -> float:
    """Of the ten steps those that the cell gets right with so many of its gates."""
    return f.numbers(f"gates {gates}: memory")[-2]


def solved(f: Facts, lag: int) -> list[float]:
    """Of twenty runs those that learnt a lag, for each forget bias from 0 on."""
    return f.numbers(f"lag {lag:3}: runs of 20 that learnt it, for bias 0 to 5:")


def _kept(of_z: float) -> float:
    """What a GRU keeps of a state of 1, if all its sums are 0 but that of its update gate."""
    cell = GRU(1, 1)
    p = cell.init(np.random.default_rng(0)).zeros_like()
    p.b_h[1] = of_z
    return cell.step_fn(p, (np.ones((1, 1)),))(p.b_h[None], np.zeros((1, 3))).item()


def _sums() -> np.ndarray:
    """What many sequences of the adding problem ask for."""
    return adding_sequences(np.random.default_rng(0), 2, 100_000)[1]


def _as_hinted(start: float = 0, own: float = 1) -> list[bool]:
    """Whether da and the three sums are right in a backward pass made as the hint of stage 3 says.

    `start` is where dh_next begins, `own` the share of its own loss that a state receives.
    """
    rng = np.random.default_rng(0)
    p, x, d_h = LSTM(3, 4).init(rng), rng.normal(size=(6, 1, 3)), rng.normal(size=(6, 1, 4))
    h, c, gates = lstm_forward(p, x, np.zeros((1, 4)), np.zeros((1, 4)))
    da, dh_next, dc_next = np.zeros((6, 1, 16)), start + np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(6)):
        da[t], dh_next, dc_next = lstm_step_back(p, c[t - 1], c[t], gates[t], own * d_h[t] + dh_next, dc_next)
    grads, _, _, true = lstm_backward(p, x, h, c, gates, d_h)
    sums = sum(x[t].T @ da[t] for t in range(6)), sum(h[t - 1].T @ da[t] for t in range(6)), da.sum((0, 1))
    return [np.allclose(da, true), all(map(np.allclose, sums, (grads.W_xh, grads.W_hh, grads.b_h)))]


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
    Claim("what-is-not-kept-is-replaced",
          "keeps a share $z$ of the old state and lets in $1 - z$ of the new value",
          lambda f: math.isclose(_kept(1.5), sigmoid(1.5))),
    Claim("gru-faster-in-every-run", "the GRU is faster than the LSTM in every run",
          lambda f: f.numbers("GRU : ")[3] < f.numbers("LSTM: 20")[1]),
    Claim("plain-at-chance", "The plain network stays at chance in all twenty runs",
          lambda f: f.numbers("RNN : ")[:2] == [0, 20] and 0.15 < f.number("the best ends at") < 1 / 6),
    Claim("always-one", r"does best by always saying 1, with an error of $\frac16$",
          lambda f: abs(np.mean((_sums() - 1) ** 2) - 1 / 6) < 0.002
          and all(np.mean((_sums() - 1) ** 2) < np.mean((_sums() - other) ** 2) for other in (0.9, 1.1))),
    Claim("in-this-order",
          "Before the loop, dh_next and dc_next are zeros like h[-1] and c[-1], because nothing has been "
          "passed back yet. In the loop, first add what $h_t$ receives from its own loss and from the step "
          "after it. One call of lstm_step_back then returns da[t] and the two gradients for the step "
          "before. Last come the three sums.",
          lambda f: _as_hinted() == [True, True] and not any(_as_hinted(start=1) + _as_hinted(own=0))),
    Claim("o-after-c", "The output gate can only be computed after $c$.",
          lambda f: (moved_by("p_i"), moved_by("p_o")) == ([True, True], [True, False])),
    Claim("rows-of-a-hundred", "With one sequence all states can be plain rows of 100 numbers.",
          lambda f: (np.zeros(100) @ small_lstm()["W_hh"]).shape == small_lstm()["b_h"].shape == (4 * 100,)),
    Claim("dy-comes-first",
          "In the backward pass dy comes first, then dh, then",
          lambda f: not any(_as_hinted(own=0))),
    Claim("a-row-of-a-symbol", "With one sequence, x.T @ da changes only the row of a symbol",
          lambda f: (np.eye(4)[[2]].T @ np.ones((1, 3))).any(axis=1).tolist() == [False, False, True, False]),
    Claim("none-at-the-last-step",
          "At the last step nothing has come from later steps. One step earlier two gradients have come in, "
          "one along $h$ and one along $c$. Which gates depend on the gradient of $c$, and which doesn't?",
          lambda f: [right[-2:] for right in _suspect(lambda now, dc, forget: dc * forget).values()]
          == [[False, True], [False, True], [True, True], [False, True]]),         # i, f, o, g
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


def _suspect(dc_next: Callable) -> dict[str, list[bool]]:
    """By gate, at which of six steps it is right in an LSTM's backward pass with this line of dc_next."""
    def backward(p, x, h, c, gates, d_h):
        da, dh, dc = np.zeros((*d_h.shape[:2], len(p.b_h))), 0.0, 0.0
        for t in reversed(range(len(x))):
            i, f, o, g = gates[t]
            dh = d_h[t] + dh
            now = dc + dh * o * (1 - np.tanh(c[t]) ** 2)
            di, df, do, dg = now * g, now * c[t - 1], dh * np.tanh(c[t]), now * i
            da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
            dh, dc = da[t] @ p.W_hh.T, dc_next(now, dc, f)
        return da

    rng = np.random.default_rng(0)
    p, x, d_h = LSTM(3, 4).init(rng), rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4))
    h, c, gates = lstm_forward(p, x, np.zeros((2, 4)), rng.normal(size=(2, 4)))
    true, found = lstm_backward(p, x, h, c, gates, d_h)[3], backward(p, x, h, c, gates, d_h)
    return {gate: [bool(np.allclose(a, b)) for a, b in zip(mine, wanted, strict=True)]
            for gate, mine, wanted in zip("ifog", np.split(found, 4, axis=2), np.split(true, 4, axis=2),
                                          strict=True)}


SOLVED = (       # claims of the worked solutions
    Claim("as-large-as-can-be-shown", "so a change of it hardly changes $h$",
          lambda f: f.number("dc_prev: [[") / 0.7311 < 0.05),
    Claim("squashed-too-early",
          "- The memory is squashed before the next step. What the next step multiplies by $f$ is $c$, not "
          r"$\tanh(c)$. So step 1 passes on −0.31, not −0.30.",
          lambda f: f.numbers("from 0.50 c goes to")[0] == -0.31 and round(math.tanh(-0.31), 2) == -0.3),
    Claim("the-memory-of-this-step",
          r"- $df$ uses the memory of this step. $f$ multiplied $c_{t-1}$, so $df = dc\, c_{t-1}$. At step "
          "3 that is 0.73 · (−0.80), not 0.73 · (−0.23).",
          lambda f: f.numbers("from 0.50 c goes to")[1:3] == [-0.8, -0.23]
          and f.number("from the last step to the first, is") == 0.73),
    Claim("at-most-a-quarter",
          r"What goes back to a gate's sum is $di$ times $i\,(1 - i)$, at most a quarter of it.",
          lambda f: max(i * (1 - i)
              for i in np.linspace(0, 1, 101)) == 0.25 == sigmoid(0.0) * (1 - sigmoid(0.0))),
    Claim("nothing-shown-before-the-last",
          "Before the last step nothing that is shown counts, so $dh = 0$. Only what was passed back "
          "arrives there, multiplied by $f$ at each step.",
          lambda f: (found := f.numbers("from the last step to the first, is")[:3] + f.numbers(
              "the c before the first step")) == sorted(found, reverse=True)
          and [round(one * sigmoid(a_f), 2)
              for one, a_f in zip(found, SUMS[::-1, 1], strict=False)] == found[1:]),
    Claim("within-a-thousandth",
          r"A sigmoid is within 0.001 of its end at a sum of about $\pm 7$, and the weights and inputs may "
          "pull by a few units, so 15 is on the safe side.",
          lambda f: 1 - sigmoid(7.0) < 0.001 < 1 - sigmoid(6.0) and sigmoid(-7.0) < 0.001
          and 1 - sigmoid(15.0 - 7) < 0.001),
    Claim("squashed-twice",
          r"The state is squashed twice, so it never goes beyond $\tanh(1) = 0.76$, and each step back "
          "costs an extra",
          lambda f: round(np.tanh(np.tanh(20.0)), 2) == 0.76 > np.tanh(np.tanh(2.0))),
    Claim("only-when-it-has-reached-two",
          "speak only when it has reached 2. Without peepholes it would have to leave its output open to "
          "know how far it has got. With a peephole, the output gate sees the count itself, and $p_o = 40$ "
          "and a bias of $-78$ put the threshold at $c = 1.95$.",
          lambda f: 78 / 40 == 1.95 and f.number("first step with h above 0.5:") == round(2 / 0.1)
          and sigmoid(40 * 1.9 - 78) < 0.5 < sigmoid(40 * 2.0 - 78)),
    Claim("apart-from-the-first-update-on",
          "So di, df, do and dg differ from the first update on, and with them the weights.",
          lambda f: f.line("i, f and o are equal").endswith("True")
          and f.line("but their gradients differ").endswith("True")),
    Claim("right-until-one-step-earlier",
          "At the last step all four gates are right, so the lines from dh to da are fine. One step "
          "earlier two gradients have come in. $o$ is right there and depends only on $dh$, so what came "
          "along $h$ is right, too. $i$, $f$ and $g$ depend on $dc$, and are wrong. So what came along $c$ "
          "is wrong, and the bug is in the line of dc_next. This gradient begins at zero and is multiplied "
          "by $f$ forever, because what each step contributes to $dc$ is never passed back.",
          lambda f: (found := _suspect(lambda now, before, f: before * f))
          and [found[gate][-2:] for gate in "ifog"] == [
              [False, True], [False, True], [True, True], [False, True]]
          and all(map(all, _suspect(lambda now, before, f: now * f).values()))),
    Claim("o-after-c", "There are three new terms, and $o$ is computed after $c$.",
          lambda f: f.line("i and f look at the old memory").endswith("o at the new one.")),
)
