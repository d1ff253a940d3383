"""What lesson 07 claims."""

import inspect
import math
from collections.abc import Callable
from itertools import combinations

import numpy as np

from helpers.data import adding_sequences
from helpers.lessons.lesson07.latch import correct_steps, latch_sequences, parse_task, run_cell
from helpers.lessons.lesson07.other_seeds import gradient_paths, latch_gates, moved_by, suspect_loss
from helpers.lessons.lesson07.page_drawings import SUMS
from helpers.lessons.lesson07.simple_lstm import small_lstm
from helpers.lessons.lesson07.simple_lstm_check import train_small
from helpers.lessons.program import check_program
from helpers.lessons.prose_facts import Claim, Facts, notebook, two_are_marked
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import CELLS, GRU, LSTM, Adagrad, clip_value, sigmoid
from helpers.networks.cells.plain import gru_step, lstm_backward, lstm_forward, lstm_step, lstm_step_back
from helpers.runs import Shipped, Sweep, load_run


def right_at(f: Facts, gates: int) -> float:
    """Of the ten steps those that the cell gets right with so many of its gates."""
    return f.numbers(f"gates {gates}: memory")[-2]


def solved(f: Facts, lag: int) -> list[float]:
    """Of twenty runs those that learnt a lag, for each forget bias from 0 on."""
    return f.numbers(f"lag {lag:3}: runs of 20 that learnt it, for bias 0 to 5:")


def _kept(of_z: float, h: float = 1.0, of_n: float = 0.0) -> float:
    """What a GRU makes of a state, if all its sums are 0 but those of its update gate and its new value."""
    cell = GRU(1, 1)
    p = cell.init(np.random.default_rng(0)).zeros_like()
    p.b_h[1:] = of_z, of_n
    return cell.step_fn(p, (np.full((1, 1), h),))(p.b_h[None], np.zeros((1, 3))).item()


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


def _unit(c: float, h: float = 0.0, weight: float = 0.0, **sums: float) -> list[float]:
    """h, c, and the gates i, f, o, g of a unit after a step; its sums are 1 but for those that are given."""
    p = LSTM(1, 1).init(np.random.default_rng(0)).zeros_like()
    p.W_hh += weight
    p.b_h[...] = [sums.get(gate, 1.0) for gate in "ifog"]
    *states, gates = lstm_step(p, np.zeros((1, 1)), np.full((1, 1), h), np.full((1, 1), c))
    return [number.item() for number in (*states, *gates)]


def _slope(function: Callable[[float], float], at: float) -> float:
    return (function(at + 1e-6) - function(at - 1e-6)) / 2e-6


OPEN = {"i": 40.0, "f": 40.0, "o": 40.0}     # sums at which a gate is at 1
AT = {"i": 0.9, "f": 0.8, "o": 0.7, "g": 0.5, "c": -0.6}     # results of a step, and the memory before it
DH, DC_NEXT = 1.3, 0.4


def _received() -> dict[str, float]:
    """The measured gradient of DH h + DC_NEXT c with respect to each number in AT."""
    def loss(at: dict[str, float]) -> float:
        c = at["f"] * at["c"] + at["i"] * at["g"]
        return DH * at["o"] * math.tanh(c) + DC_NEXT * c
    return {name: _slope(lambda x, name=name: loss({**AT, name: x}), AT[name]) for name in AT}


def _by_the_rules() -> bool:
    """Whether that is what section 5 says each of them receives."""
    c = AT["f"] * AT["c"] + AT["i"] * AT["g"]
    dc = DC_NEXT + DH * AT["o"] * (1 - math.tanh(c) ** 2)
    rules = {"i": dc * AT["g"], "f": dc * AT["c"], "o": DH * math.tanh(c), "g": dc * AT["i"],
             "c": dc * AT["f"]}
    return all(abs(found - rules[name]) < 1e-8 for name, found in _received().items())


def _as_written() -> bool:
    """Whether a step is what section 4 writes: a sum in four blocks, three sigmoids, a tanh, two products."""
    rng = np.random.default_rng(0)
    p, x, h, c = LSTM(3, 4).init(rng), *(rng.normal(size=(2, size)) for size in (3, 4, 4))
    a_i, a_f, a_o, a_g = np.split(x @ p.W_xh + h @ p.W_hh + p.b_h, 4, axis=1)
    new = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_g)
    return all(map(np.allclose, (sigmoid(a_o) * np.tanh(new), new), lstm_step(p, x, h, c)))


def _by_all_paths(weight: float, steps: int = 3) -> float:
    """The slope of c after so many steps by the c before them, divided by the product of the forget gates."""
    def last(c: float) -> float:
        h, gates = 0.0, 1.0
        for _ in range(steps):
            h, c, _, f, _, _ = _unit(c, h, weight)
            gates *= f
        return c, gates
    return _slope(lambda c: last(c)[0], 0.5) / last(0.5)[1]


def _by_hand(marks: str, forget: bool = True) -> list[int]:
    """The steps of a task that are wrong if the gates are set as section 2 says, or without a forget gate."""
    task = parse_task(marks)
    values, store, ask = (row[:, 0] for row in task)
    return (1 + np.flatnonzero(~correct_steps(
        run_cell(values, store, 1 - store * forget, ask)[1], task.targets[:, 0]))).tolist()


def _needed(f: Facts) -> list[int]:
    """The lowest forget bias with which 19 of 20 runs learn lags of 10, 20, 40 and 80."""
    return [min(bias for bias, runs in enumerate(solved(f, lag)) if runs >= 19) for lag in (10, 20, 40, 80)]


def _new_value() -> list[float]:
    """The sums inside the new value of a GRU that exchanges its units (0.5, 0.2), with resets of 0 and 1."""
    p = GRU(1, 2).init(np.random.default_rng(0)).zeros_like()
    p.W_hh[:, 4:], p.b_h[:2] = [[0, 1], [1, 0]], [-40, 40]
    return np.round(np.arctanh(gru_step(p, np.zeros((1, 1)), np.array([[0.5, 0.2]]))[1][2]), 6).tolist()[0]


def _alike() -> tuple[bool, bool]:
    """If all weights of an LSTM are the same: do the gradients of its units agree, and those of two gates?"""
    rng, first = np.random.default_rng(0), np.zeros((1, 4))
    p, x, d_h = LSTM(3, 4).init(rng), rng.normal(size=(6, 1, 3)), rng.normal(size=(6, 1, 1)) + first
    p.vector[...] = 0.3
    blocks = np.split(lstm_backward(p, x, *lstm_forward(p, x, first, first), d_h)[0].W_xh, 4, axis=1)
    return (all(np.allclose(block, block[:, :1]) for block in blocks),
            any(np.allclose(*pair) for pair in combinations(blocks, 2)))


def _on_a_stream(forget: bool) -> tuple[float, float]:
    """Of 1,000 steps of store and ask the share that is right, and how far c goes, with gates set by hand."""
    task = latch_sequences(np.random.default_rng(0), 1000, 1)
    values, store, ask = (marks[:, 0] for marks in task)
    c, h = run_cell(values, store, 1 - store * forget, ask)
    return float(np.mean(correct_steps(h, task.targets[:, 0]))), float(np.abs(c).max())


def _solve_adding(f: Facts) -> list[list[float]]:
    """Of the runs of GRU, LSTM and plain network those that solve the adding problem, and how many."""
    return [f.numbers(f"{cell}: ")[:2] for cell in ("GRU ", "LSTM", "RNN ")]


def _small_losses() -> list[float]:
    """The first loss of the small LSTM if each of its four targets is lower by 1, as it is, higher by 1."""
    start = small_lstm()
    return [train_small(**{**start, "targets": start["targets"] + by}, updates=0)[0] for by in (-1, 0, 1)]


def _adagrad() -> tuple[np.ndarray, np.ndarray]:
    """What a clip at 0.2 and a step of Adagrad make of gradients of 3 and 0.1: the sums, and the steps."""
    p, optimizer = LSTM(1, 1).init(np.random.default_rng(0)).zeros_like(), Adagrad(0.1)
    grads = p.zeros_like()
    grads.b_h[:2] = 3, 0.1
    clip_value(grads, 0.2)
    optimizer.update(p, grads)
    return optimizer.memory["s"][-4:-2], p.b_h[:2]


def _next_to_nothing(f: Facts, lag: int) -> bool:
    """Whether gates at a half let nothing through over a lag, and no run with a bias of 0 learns it."""
    gate = f.table("forget bias   sigma", 1)[0][1]
    return gate == 0.5 and gate**lag < 1e-12 and solved(f, lag)[0] == 0


def _halves(f: Facts) -> bool:
    """The printed gate at bias 0, what it leaves of a gradient in a step, and in a hundred."""
    return f.table("forget bias   sigma", 1)[0][1:] == [0.5, 0.5, 8e-31]


def _small_products(f: Facts) -> bool:
    """Whether either i or g is small at each noisy step of the trained unit, and so is their product."""
    i, _, _, g = f.table("value ", 4)
    return (max(abs(g[step]) for step in (1, 3, 4, 7, 8)) < 0.1
            and [(i[step], g[step]) for step in (2, 6, 9)] == 3 * [(0.01, 1)]
            and [step for step, size in enumerate(f.numbers("i · g")) if abs(size) > 0.02] == [0, 5])


def _memory(**sums: float) -> float:
    """What a unit that holds 0.8 holds next."""
    return round(_unit(0.8, **sums)[1], 6)


def _shown_or_not() -> list[list[float]]:
    """The memory of 0.8, kept, and what is shown of it with the output gate shut and open."""
    return np.round([_unit(0.8, f=40, i=-40, o=a_o)[:2][::-1] for a_o in (-40, 40)], 6).tolist()


CLAIMS = (
    Claim("kept-and-added-to",
          "If there is nothing to remember, $g_t$ is 0 and $c$ stays what it is. If $c_{t-1}$ grows by a "
          "little, $c_t$ grows by the same amount. So the factor per step is 1",
          lambda f: math.isclose(_unit(0.8, g=0.0, **OPEN)[1], 0.8)
          and math.isclose(_slope(lambda c: _unit(c, **OPEN)[1], 0.8), 1, rel_tol=1e-6)),
    Claim("store-and-ask",
          r"At steps marked *store* the cell must keep this value, and at steps marked *ask* it must show "
          r"what it keeps, $\pm\tanh(1) = \pm 0.76$ with the sign of the value stored last. At all other "
          "steps it should show 0",
          lambda f: np.round(parse_task("+s -? -s + +? -").targets[:, 0], 2).tolist()
          == [0, 0.76, 0, 0, -0.76, 0]),
    Claim("first-the-gate",
          "The old memory meets the gate first, before anything is added to it. The gate multiplies it by "
          "$f$, so here 0.90 of it is kept. At $f = 1$ all of it is kept, and at $f = 0$ nothing.",
          lambda f: "which can flush what is there: c goes from 0.80 to 0.90 × 0.80 + 0.90 × 0.50 = 1.17"
          in f.line("with the forget gate f") and [
              round(_unit(0.8, f=by, i=-40)[1], 6) for by in (40, -40)] == [0.8, 0]),
    Claim("what-the-task-needs",
          "The others have the values that the task needs: $i = 1$ and $f = 0$ at steps marked *store*, "
          "$i = 0$ and $f = 1$ elsewhere, and $o = 1$ at steps marked *ask*.",
          lambda f: _on_a_stream(True) == (1, 1) and _by_hand("+s - + -? - -s + - -? +") == []),
    Claim("kept-replaced-counted",
          "$c$ passes through unchanged with $f = 1$ and $i = 0$, whatever $g$ is. With $f = 0$ and $i = 1$ "
          "the memory is replaced by $g$. With both gates at 1 the memory is kept and added to, so the cell "
          "counts up.",
          lambda f: [run_cell([0.7, 0.5], [1, i], [0, keep], [1, 1])[0][1] for i, keep in (
              (0, 1), (1, 0), (1, 1))] == [0.7, 0.5, 0.7 + 0.5]),
    Claim("each-from-its-own-block",
          "Each gate is a sigmoid of its own block of $a$, and $g$ is np.tanh of its block. $c$ is a sum of "
          r"two products, each of them a gate times what it lets through. $h$ is what $o$ lets through of "
          r"$\tanh(c)$.", lambda f: _as_written()),
    Claim("o-and-its-sum",
          r"By the product rule $o$ receives dh times $\tanh(c)$. Through $o = \sigma(a_o)$ the gradient "
          r"goes "
          "on to $a_o$, multiplied by the slope of the sigmoid, which is $s(1 - s)$ for a result $s$.",
          lambda f: _by_the_rules() and abs(_slope(sigmoid, 0.6) - (s := sigmoid(0.6)) * (1 - s)) < 1e-8),
    Claim("two-things-depend-on-c",
          r"First $\tanh(c)$ receives dh times $o$. On its way through the tanh to $c$, the gradient is "
          r"multiplied by the slope, $1 - \tanh^2(c)$. But $c$ already has a gradient from later steps. Two "
          "things depend on $c$, so their gradients are added.", lambda f: _by_the_rules()),
    Claim("times-the-other-factor",
          "It is a sum of two products, and each factor receives dc times the other factor.",
          lambda f: _by_the_rules()),
    Claim("two-terms-of-dc",
          "dc has two terms, dc_next, and dh times the two factors between $h$ and $c$. In $f \\odot "
          "c_{t-1}$ the factor $f$ receives dc times $c_{t-1}$, and $c_{t-1}$ receives dc times $f$.",
          lambda f: _by_the_rules()),
    Claim("only-the-forget-gate",
          r"Along the upper road $0.72 \cdot 0.90 = 0.65$ arrives at $c_{t-1}$. That road has no matrix and "
          "no slope, only the forget gate. If $f = 1$, the gradient passes unchanged.",
          lambda f: round(0.72 * 0.9, 2) == 0.65 and f.number("do 0.82, dc") == 0.72
          and math.isclose(_by_all_paths(weight=0.0, steps=1), 1, rel_tol=1e-6)),
    Claim("little-where-open-or-shut",
          "The slope $s(1-s)$ is at most ¼, and near 0 where a gate is nearly open or shut.",
          lambda f: np.argmax(slopes := [s * (1 - s) for s in np.linspace(0, 1, 101)]) == 50
          and max(slopes) == 0.25 and max(slopes[1], slopes[-2]) < 0.01),
    Claim("the-line-comes-too-late",
          "At the last step nothing has come from later steps, so dc is still zero when di, df and dg are "
          "computed from it. The line that brings dc up to date comes too late. What's worse, it uses a dh "
          "that has already been overwritten and belongs to the step before.",
          lambda f: not _in_suspect() and _in_suspect(_sum_up)
          and all(f.line(f"   {gate}  wrong").endswith("wrong") for gate in "ifg")),
    Claim("move-the-sum-up",
          "Move the sum in this line up, right after dh = dh + d_h[t], and leave dc = dc * f where it was.",
          lambda f: not _in_suspect() and _in_suspect(_sum_up)),
    Claim("order-is-part-of-it",
          "The order of statements is part of the derivation, because each value must be used before it is "
          "overwritten.", lambda f: _in_one() and not _in_one(_up(-2)) and not _in_one(_up(-3))),
    Claim("by-nothing-else",
          "goes straight back along $c$ over $k$ steps is multiplied by $k$ forget gates and by nothing else",
          lambda f: abs(_by_all_paths(weight=0.0, steps=5) - 1) < 1e-6),
    Claim("side-streets",
          r"There are side streets, because $c_{T-k}$ also affects $h_{T-k}$, and with it the gates and "
          "candidates of the next step, which change $c$ again. What arrives by all paths together is the "
          "total gradient.",
          lambda f: abs(_by_all_paths(weight=0.0) - 1) < 1e-6 and abs(_by_all_paths(weight=2.0) - 1) > 0.1),
    Claim("one-over-what-is-lost",
          "It goes up, too. A gate at $f$ keeps a memory for about $1/(1-f)$ steps",
          lambda f: _needed(f) == [0, 2, 3, 4] and f.numbers("1 / (1 - f), for bias 0 to 5:") == [
              round(sum(sigmoid(float(b)) ** np.arange(9999))) for b in range(6)]
          and all(0.3 < gate ** (1 / (1 - gate)) < 0.4 for gate in (0.9, 0.98))),
    Claim("what-would-open-them",
          "If the gates are at ½, next to nothing of a gradient comes through from 40 steps back. The "
          "gradient that would teach the network to open them is the very one that they don't let through.",
          lambda f: _next_to_nothing(f, 40)),
    Claim("the-longer-the-higher",
          "The forget bias at the start decides whether a long lag is learnt in dozens of updates, half "
          "learnt, or not learnt at all. The longer the lag, the higher it has to be.",
          lambda f: _needed(f) == [0, 2, 3, 4] and solved(f, 40)[:2] == [0, 2]),
    Claim("must-learn-to-shut",
          "Where something must be forgotten, a wide-open gate must first learn to shut. The usual "
          "compromise is 1, which is also the default of LSTM.init.",
          lambda f: _on_a_stream(False)[0] < 0.9 < _on_a_stream(True)[0]
          and inspect.signature(LSTM.init).parameters["forget_bias"].default == 1),
    Claim("weighted-mean",
          "A GRU can replace, mix or keep, but it must make room for what it takes in. Its state is a "
          "weighted mean of the old state and the new value",
          lambda f: [round(_kept(of_z, 0.8, -40.0), 6) for of_z in (-40, 0, 40)] == [-1, -0.1, 0.8]
          and max(_kept(of_z, 0.99, 40.0) for of_z in np.linspace(-3, 3)) <= 1),
    Claim("two-forms-of-the-reset",
          "In the form \"after\", which NVIDIA's cuDNN, PyTorch and this course use, $h$ is first multiplied "
          "by the matrix and then reset. In the form \"before\", $h$ is reset first.",
          lambda f: _new_value() == [0, 0.5] and f.line("reset after, as helpers does it").endswith("True")),
    Claim("product-of-the-update-gates",
          "In a GRU the direct path of the gradient is the product of the update gates",
          lambda f: abs(_slope(lambda h: _kept(1.5, h), 0.3) - sigmoid(1.5)) < 1e-8),
    Claim("sum-of-the-marked",
          "Two steps are marked, one in each half, and at the end the network has to name the sum of their "
          "values.",
          lambda f: two_are_marked()),
    Claim("stopped-at-500",
          "Had you stopped the LSTM at update 500, you would have reported that it can't do the task.",
          lambda f: min(run.value["errors"][run.value["updates"].index(500)] for run in load_run("07/adding")
                        if run.parameters["cell"] == "LSTM") > 0.15),
    Claim("step-nine",
          "(Step 9, because the second value has been added to the first.)",
          lambda f: _by_hand("+s - + -? - -s + - -? +", forget=False) == [9]),
    Claim("three-times-fifteen",
          "For the integrator all three are +15, and for the plain network $f$ is −15 instead.",
          lambda f: [np.round(_unit(9.0, i=15, f=keep, o=15)[2:5], 5).tolist() for keep in (15, -15)]
          == [[1, 1, 1], [1, 0, 1]]),
    Claim("shut-shows-nothing",
          "When the output gate is shut, $h$ is 0. The gates see only $x$ and $h$, so they know nothing of "
          "what the unit holds.",
          lambda f: abs(_unit(5.0, o=-40)[0]) < 1e-9
          and _unit(5.0, 0.3, 2.0)[2:] == _unit(-5.0, 0.3, 2.0)[2:]),
    Claim("ifg-one-step-earlier",
          "$o$ depends only on the gradient of $h$, so the gradient passed back along $c$ is wrong.",
          lambda f: [right[-2] for right in _suspect(lambda now, dc, forget: dc * forget).values()]
          == [False, False, True, False]),
    Claim("third-stage-scores-less",
          "With the input gate it is right until step 6, where +1 and −1 cancel. With the forget gate it is "
          "right throughout, yet the score is lower than before. Only 2 of 10 outputs are right, because the "
          "cell shows its memory at every step, asked or not.",
          lambda f: f.numbers("gates 1: memory")[:10] == [*5 * [1], *5 * [0]]
          and f.numbers("gates 2: memory")[:11] == [*5 * [1], *5 * [-1], 2]
          and right_at(f, 2) < right_at(f, 1) < right_at(f, 3) == 10),
    Claim("forget-gate-as-by-hand",
          "$f$ is 0.01 where something is stored and 1.00 elsewhere, and $o$ is open only at steps marked "
          "*ask*. The input gate, however, is odd. It is open where something is stored and shut at noisy "
          "values of +1, but at noisy values of −1 it is between 0.30 and 0.46.",
          lambda f: (rows := f.table("value ", 4)) and [step for step in range(10) if rows[2][step] > 0.5]
          == [3, 8] and [rows[0][step] for step in (2, 6, 9)] == 3 * [0.01] and (noise := [
              rows[0][step] for step in (1, 3, 4, 7, 8)]) and (min(noise), max(noise)) == (0.3, 0.46)
          and rows[1] == [0.01 if step in (0, 5) else 1 for step in range(10)]),
    Claim("products-as-small-as-they-should-be",
          "At these values of −1, $g$ is nearly 0, so there is nothing to let in, and the product "
          r"$i \cdot g$ is as small as it should be. For +1 the gate keeps the noise out, and for −1 the "
          "candidate does.",
          _small_products),
    Claim("four-times-the-weights",
          "The weights of all four sums are side by side in one matrix, so $W_{xh}$ has $4H$ columns, and so "
          "has $W_{hh}$. That's four times the weights of a plain network of the same size",
          lambda f: [LSTM(3, 4).shapes[name][-1] for name in ("W_xh", "W_hh")] == [16, 16]
          and f.number("'b_h': (16,)} =") == 4 * f.number("a plain network of this size has")),
    Claim("a-gate-for-each-unit", "There is one gate of each kind for *each* of the $H$ units, so $i$, $f$, "
          "$o$ and $g$ are rows of $H$ numbers.",
          lambda f: LSTM(3, 4).init(np.random.default_rng(0)).b_h.shape == (4 * 4,)),
    Claim("suspect-halves-its-loss",
          "a loss that falls to half its value in 400 updates, and blamed the task, the learning rate or the "
          "number of units. That loss looks bad only beside the loss of a correct gradient. A falling loss "
          "proves nothing about a gradient.",
          lambda f: round(f.numbers("suspect")[-1] / (f.numbers("suspect")[0] or 1), 1) == 0.5
          and 10 * f.numbers("yours   ")[-1] < f.numbers("suspect")[-1]),
    Claim("right-at-the-last-step-only", "$o$ is right, and $i$, $f$ and $g$ are already wrong",
          lambda f: f.line("   o  wrong").split()[1:] == [*["wrong"] * 4, "right"]
          and all("right" not in f.line(f"   {gate}  wrong") for gate in "ifg")),
    Claim("each-step-halves",
          "each step halves the gradient, and $0.5^{100}$ is about $10^{-30}$. An LSTM's gradient does "
          "vanish if its gates are half shut.",
          _halves),
    Claim("half-is-left-at-bias-five", "half of the gradient is still there after a hundred steps",
          lambda f: f.table("forget bias   sigma", 4)[3][3] == 0.5),
    Claim("side-streets-carry-more",
          "With *tiny* weights the two lines run together, because the direct path is all there is. With "
          "*usual* weights the total is far above the direct path. After 40 steps it is nearly two hundred "
          "times as large at a bias of 1",
          lambda f: 180 < f.numbers("usual (1/sqrt H): total")[2] < 200
          and max(f.numbers("tiny (0.01)     : total")[1:]) < 2 < min(
              f.numbers("usual (1/sqrt H): total")[1:])),
    Claim("thousands-at-zero", "thousands of times at 0",
          lambda f: 1000 < f.numbers("usual (1/sqrt H): total")[1] < 10_000),
    Claim("total-grows", "more than sixty times its size after a hundred steps",
          lambda f: 60 < f.number("after 100 steps the total is") < 70),
    Claim("none-at-bias-zero", "With bias 0 none of the twenty runs gets there",
          lambda f: solved(f, 40) == [0, 2, 17, 20, 20, 20]),
    Claim("chance-or-a-half",
          "But biases 0 and 1 fail differently. With bias 0 the runs stay at chance, a quarter. With bias 1 "
          "most of them end near a half",
          lambda f: 15 < min(f.numbers("lag  40, bias 0:")) <= max(f.numbers("lag  40, bias 0:")) < 35
          and sum(40 < end < 60 for end in f.numbers("lag  40, bias 1:")) == 16),
    Claim("where-all-learn",
          "Here shorter memories were enough. All twenty runs learn lag 20 with a bias of 2 or more, and lag "
          "40 with a bias of 3 or more",
          lambda f: f.numbers("1 / (1 - f), for bias 0 to 5:")[2:4] == [8, 21]
          and solved(f, 20)[1:] == [9, 20, 20, 20, 20] and solved(f, 40)[2:] == [17, 20, 20, 20]),
    Claim("half-of-the-lag", "These biases keep a memory for about half of the lag", lambda f: all(
        0.4 <= f.numbers("1 / (1 - f), for bias 0 to 5:")[bias] / lag <= 0.7
        for bias, lag in ((2, 20), (3, 40), (4, 80)))),
    Claim("nearly-all-at-eighty", "With bias 4, 19 of them learn lag 80", lambda f: solved(f, 80)[4] == 19),
    Claim("luck-at-a-hundred-and-sixty", "9 to 14 of the twenty runs learn it",
          lambda f: (min(solved(f, 160)[2:]), max(solved(f, 160))) == (9, 14)),
    Claim("what-is-not-kept-is-replaced",
          "because what isn't kept is replaced. The cell keeps a share $z$ of the old state and lets in $1 - "
          "z$ of the new value",
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
    Claim("o-after-c",
          "Write `p_i * c_prev`, without a matrix. The output gate can only be computed after $c$.",
          lambda f: (moved_by("p_i"), moved_by("p_o")) == ([True, True], [True, False])
          and [*filter(None, (cell(2, 3).shapes.get("p_i") for cell in CELLS.values()))] == [(3,)]),
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
    Claim("four-squared-errors",
          r"The loss is the sum of the four squared errors, $(h_t[0] - \text{target}_t)^2$",
          lambda f: math.isclose(np.diff(_small_losses(), 2).item(), 4 * ((-1) ** 2 + 1**2))),
    Claim("no-tanh-on-the-way-back",
          "Go backward with dh[0] += 2 * (h[0] - target). Without the tanh, do = dh * c and dc = dc_next + "
          "dh * o.",
          lambda f: np.allclose([_slope(lambda h: (h - 0.3) ** 2, 0.4), _slope(lambda o: o * 1.7, 0.4),
                                 _slope(lambda c: 0.4 * c, 1.7)], [2 * (0.4 - 0.3), 1.7, 0.4])),
    Claim("gates-do-not-stay-alike",
          "(Why do gates that start alike not stay alike here? Look at di, df, do and dg.)",
          lambda f: _alike() == (True, False)),
    Claim("sums-of-squares",
          "- update(params, grads, squares, learning_rate) clips each gradient at ±0.2 and makes one step of "
          "Adagrad, in place.",
          lambda f: "update(params, grads, squares, learning_rate)``, Adagrad with a clip, in place" in
          check_program.__doc__ and np.allclose(_adagrad(), [[0.2**2, 0.1**2], [-0.1, -0.1]])),
    # The table of relatives: what a row says of a cell is computed, what it found is held against our runs.
    Claim("cell-of-1997",
          "| LSTM (Hochreiter and Schmidhuber 1997) | no forget gate: $c_t = c_{t-1} + i_t g_t$ | all runs "
          "learnt a lag of 100 steps, no plain network did (their Table 2) |",
          lambda f: math.isclose((step := _unit(0.8, f=40.0))[1], 0.8 + step[2] * step[5])
          and _solve_adding(f)[1:] == [[20, 20], [0, 20]] and f.line("The adding problem, 100 steps")),
    Claim("cell-of-2000",
          "| forget gate (Gers, Schmidhuber and Cummins 2000) | $f_t$ on the memory | on an endless stream "
          "without resets the cell of 1997 fails; with forget gates 18 % of the runs solve it perfectly, "
          "62 % if the learning rate decays |",
          lambda f: math.isclose((step := _unit(0.8, f=-1.0))[1], step[3] * 0.8 + step[2] * step[5])
          and _on_a_stream(True) == (1, 1) and _on_a_stream(False)[0] < 0.9 and _on_a_stream(False)[1] > 5
          and f.says("Learning to Forget (2000): why a memory must be able to flush itself")),
    Claim("row-of-the-gru",
          "| GRU (Cho et al. 2014) | one state, two gates | better than tanh networks, comparable to the "
          "LSTM (Chung et al. 2014) |",
          lambda f: [(len(cell.state_names), cell.gate_count - 1) for cell in (GRU, LSTM)] == [(1, 2), (2, 3)]
          and _solve_adding(f) == [[20, 20], [20, 20], [0, 20]]),
    Claim("row-of-the-search",
          "| more than 10,000 cells tried (Jozefowicz et al. 2015) | found by search | one cell is better "
          "than the LSTM and the GRU on some tasks, not on all; a forget bias of 1 closes the gap between "
          "these two |",
          lambda f: "(1: Jozefowicz et al. 2015)" in LSTM.init.__doc__
          and inspect.signature(LSTM.init).parameters["forget_bias"].default == 1),
    Claim("row-of-the-variants",
          "| eight variants of the LSTM (Greff et al. 2017) | one part left out or changed at a time | in "
          "5,400 runs on three tasks none is clearly better; the forget gate and the squashing at the output "
          "matter most |",
          lambda f: f.says("K. Greff et al., LSTM: A Search Space Odyssey (2017)")
          and f.says("the details that matter most are those you have met, the forget gate and its bias")
          and _on_a_stream(False)[0] < _on_a_stream(True)[0] and (step := _unit(8.0))[0] < 1 < step[1]),
    # Answers of the questions.
    Claim("it-is-zero-that-forgets", "But the gate multiplies the memory, so it is 0 that forgets.",
          lambda f: (_memory(f=40, i=-40), _memory(f=-40, i=-40)) == (0.8, 0)),
    Claim("only-the-products",
          "The right outputs fix only the *products*. Where one factor is 0, the other may be anything.",
          _small_products),
    Claim("by-f-and-nothing-else",
          r"The line is $c = f \odot c_{t-1} + i \odot g$: the old memory is multiplied by $f$ and by "
          "nothing else.", lambda f: _as_written() and abs(_by_all_paths(weight=0.0, steps=1) - 1) < 1e-6),
    Claim("do-needs-only-dh",
          "The pass begins at the last step. There `do` needs only `dh`, which is right, but `dc` is used "
          "before it is up to date.",
          lambda f: not _in_suspect() and _in_suspect(_sum_up)
          and [f.line(f"   {gate}  wrong").split()[-1] for gate in "ifog"] == [
              "wrong", "wrong", "right", "wrong"]),
    Claim("holds-if-open",
          "You often read that. It holds if the gates are open, but a bias of 0 leaves them half shut.",
          lambda f: _halves(f) and _memory(f=40, i=-40) == 0.8),
    Claim("does-not-get-through",
          "The gates start at a half, and next to nothing comes back over 40 steps. What would open them "
          "does not get through.", lambda f: _next_to_nothing(f, 40)),
    Claim("one-number-opens-it",
          "With the gate at a half, nothing comes back over 80 steps. One number, set before training, opens "
          "it.", lambda f: _next_to_nothing(f, 80) and solved(f, 80)[2] >= 10),
    Claim("shares-add-up-to-one",
          "At 0 all of the new comes in, and nothing of the old is kept. That is half of each. To keep all "
          "and add all, both shares would have to be 1, but they add up to 1. At 1 all of the old is kept, "
          "and nothing new comes in.",
          lambda f: [round(_kept(of_z, 0.8, 40.0), 6) for of_z in (-40, 0, 40)] == [1, (0.8 + 1) / 2, 0.8]),
    Claim("how-open-before-anything-is-learnt",
          "It sets how open the gate is before anything is learnt. Along $c$ a gradient is multiplied by $f$ "
          "at each step, which is about a half with a bias of 0 and nearly 1 with a large bias.",
          lambda f: (rows := f.table("forget bias   sigma", 4))[0][1:3] == [0.5, 0.5]
          and all(row[1] == row[2] == round(sigmoid(row[0]), 3) for row in rows) and rows[3][1] > 0.99),
    Claim("the-part-that-is-kept",
          "That takes $f$ for the part that is forgotten. It is the part that is kept.",
          lambda f: math.isclose(_unit(0.8, f=2.0, i=-40)[1], sigmoid(2.0) * 0.8)),
    Claim("f-with-the-old",
          "That exchanges the two gates. $f$ goes with the old memory, and $i$ with what is added.",
          lambda f: (_memory(f=40, i=-40, g=40), _memory(f=-40, i=40, g=40)) == (0.8, 1)),
    Claim("behind-c", "The gate is behind $c$, at the exit. The memory goes on, and can be shown later.",
          lambda f: _shown_or_not() == [[0.8, 0], [0.8, round(math.tanh(0.8), 6)]]),
    Claim("keeping-is-what-f-does", "Keeping is what $f$ does. The output gate only decides what is shown.",
          lambda f: _shown_or_not()[0] == [0.8, 0] and _memory(f=-40, i=-40, o=40) == 0),
    Claim("lost-at-each-step",
          "That is $1/f$. What counts is how much is lost at each step, $1 - f$. It is about $1/(1-f)$ "
          "steps, because 1 − {f} is lost at each of them.",
          lambda f: np.isclose(0.9 - 0.9**2, (1 - 0.9) * 0.9) and f.numbers("1 / (1 - f), for bias 0 to 5:")
          == [round(sum(sigmoid(float(b)) ** np.arange(9999))) for b in range(6)]),
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


def _in_one(change: Callable[[list[str]], object] = len, where: str = "solutions/07",
            name: str = "backward_in_one") -> bool:
    """Whether the worked solution's pass in one loop is right, after `change` has moved lines of it."""
    code = next(cell for cell in notebook(where).code if cell.startswith(f"def {name}("))
    lines, made = code.split("\n\n")[0].splitlines(), {"np": np}
    change(lines)
    exec("\n".join(lines), made)
    rng = np.random.default_rng(0)
    p, x, d_h = LSTM(3, 4).init(rng), rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4))
    given = p, x, *lstm_forward(p, x, np.zeros((2, 4)), rng.normal(size=(2, 4))), d_h
    return bool(np.allclose(made[name](*given)[1], lstm_backward(*given)[3]))


def _in_suspect(change: Callable[[list[str]], object] = len) -> bool:
    """The same of the suspect in section 6."""
    return _in_one(change, "07", "suspect")


def _sum_up(lines: list[str]) -> None:
    """Moves the sum of the suspect's dc up to the sum of dh, and leaves its product where it was."""
    lines[next(n for n, text in enumerate(lines) if "dc = (dc + " in text)] = "        dc = dc * f"
    lines.insert(next(n for n, text in enumerate(lines) if "dh = dh + d_h[t]" in text) + 1,
                 "        dc = dc + dh * o * (1 - np.tanh(c[t]) ** 2)")


def _up(line: int) -> Callable[[list[str]], None]:
    """Moves this line of the last three up, to before the gates' gradients."""
    return lambda lines: lines.insert(next(n for n, text in enumerate(lines) if "di, df" in text),
                                      lines.pop(line))


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
    Claim("no-state-before", "Because $h_{t-1} = 0$, the matrix $W_{hh}$ doesn't matter.",
          lambda f: [_unit(2.0, h, 0.0) == _unit(2.0, h, 3.0) for h in (0, 0.1)] == [True, False]),
    Claim("h-itself-as-the-loss",
          "with $h$ itself as the loss. Then dh is 1, and nothing else comes in.",
          lambda f: np.allclose(f.numbers("da of i, f, o, g: [[")[:4], [_slope(
              lambda a, gate=gate: _unit(2.0, **{"i": 0, "f": 1, "o": 0, "g": 1, gate: a})[0], at)
              for gate, at in zip("ifog", (0, 1, 0, 1), strict=True)], atol=6e-5)),
    Claim("order-of-the-lines",
          "The same works without lstm_step_back and the names dh_next and dc_next. One dh and one dc are "
          "updated as we go, so the order of the lines is part of the answer. Each comment says what its "
          "value belongs to at that moment. The two lines at the end of the loop may change places, but "
          "neither may move up past the lines that need the old values.",
          lambda f: _in_one() and _in_one(lambda lines: lines.insert(-1, lines.pop(-3)))
          and not _in_one(_up(-2)) and not _in_one(_up(-3))),
    Claim("everything-and-nothing",
          "The integrator keeps everything ($f = 1$), adds everything ($i = 1$) and shows it ($o = 1$). The "
          "plain network keeps nothing ($f = 0$).",
          lambda f: [np.round(_unit(9.0, i=15, f=keep, o=15)[2:5], 5).tolist() for keep in (15, -15)]
          == [[1, 1, 1], [1, 0, 1]]),
    Claim("within-a-thousandth",
          r"A sigmoid is within 0.001 of its end at a sum of about $\pm 7$, and the weights and inputs may "
          "pull by a few units, so 15 is on the safe side.",
          lambda f: 1 - sigmoid(7.0) < 0.001 < 1 - sigmoid(6.0) and sigmoid(-7.0) < 0.001
          and 1 - sigmoid(15.0 - 7) < 0.001),
    Claim("squashed-twice",
          r"With $i = o = 1$ and $f = 0$ we get $c = g = \tanh(a_g)$ and $h = \tanh(c) = \tanh(\tanh(a_g))$. "
          r"The state is squashed twice, so it never goes beyond $\tanh(1) = 0.76$, and each step back "
          "costs an extra",
          lambda f: math.isclose(_unit(9.0, i=40, f=-40, o=40, g=0.7)[0], math.tanh(math.tanh(0.7)))
          and round(np.tanh(np.tanh(20.0)), 2) == 0.76 > np.tanh(np.tanh(2.0))),
    Claim("only-when-it-has-reached-two",
          "speak only when it has reached 2. Without peepholes it would have to leave its output open to "
          "know how far it has got. With a peephole, the output gate sees the count itself, and $p_o = 40$ "
          "and a bias of $-78$ put the threshold at $c = 1.95$.",
          lambda f: 78 / 40 == 1.95 and f.number("first step with h above 0.5:") == round(2 / 0.1)
          and sigmoid(40 * 1.9 - 78) < 0.5 < sigmoid(40 * 2.0 - 78)),
    Claim("apart-from-the-first-update-on",
          "Why do gates that start alike not stay alike? In lesson 02 units that start alike stay alike, "
          "because nothing tells them apart. The four gates of a cell, however, have different places in the "
          "equations. $i$ is multiplied by $g$, $f$ by the old memory, $o$ by the new one. So di, df, do and "
          "dg differ from the first update on, and with them the weights.",
          lambda f: _alike() == (True, False) and f.line("i, f and o are equal").endswith("True")
          and f.line("but their gradients differ").endswith("True")),
    Claim("right-until-one-step-earlier",
          "At the last step all four gates are right, so the lines from dh to da are fine. One step "
          "earlier two gradients have come in. $o$ is right there and depends only on $dh$, so what came "
          "along $h$ is right, too. $i$, $f$ and $g$ depend on $dc$, and are wrong. So what came along $c$ "
          "is wrong, and the bug is in the line of dc_next. This gradient begins at zero and is multiplied "
          "by $f$ forever, because what each step contributes to $dc$ is never passed back. So nothing comes "
          "back along the memory at all, but the network still learns, from what comes along $h$.",
          lambda f: (found := _suspect(lambda now, before, f: before * f))
          and [found[gate][-2:] for gate in "ifog"] == [
              [False, True], [False, True], [True, True], [False, True]]
          and all(map(all, _suspect(lambda now, before, f: now * f).values()))
          and found == _suspect(lambda now, before, f: 0.0)
          and notebook("07").line("the loss falls to less than half: True")),
    Claim("checks-itself",
          "Here each array of the untrained network is measured. This way the program checks itself, so the "
          "check at the end has nothing to say.",
          lambda f: [f.line(f"{name:5} ").split()[1:]
              for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y")] == 5 * [["right"]]
          and f.line("the gradients match the measured ones").startswith("✓ Correct")),
    Claim("o-after-c", "There are three new terms, and $o$ is computed after $c$.",
          lambda f: f.line("i and f look at the old memory").endswith("o at the new one.")),
)
