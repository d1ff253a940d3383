"""What lesson 03 claims."""

import inspect
import math
import re

import numpy as np

from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03.back_checks import passage
from helpers.lessons.lesson03.back_mutants import BACKWARD, OTHER_BACKWARD
from helpers.lessons.lesson03.checks import check_mended, check_other_cell
from helpers.lessons.lesson03.drawings import (
    START,
    WISHES,
    X,
    chain_factors,
    chain_states,
    chain_table,
    credit_guide,
)
from helpers.lessons.lesson03.fresh import FAULTS, fresh_credit, loss_with_fault
from helpers.lessons.lesson03.page_drawings import LETTERS, READ, WANTED, WEIGHTS
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.lessons.stages import with_changes
from helpers.networks import (
    RNN,
    Adagrad,
    CharModel,
    clip_value,
    credit_matrix,
    loss_by_state_gradients,
    numerical_gradient,
    softmax,
)
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.runs import Shipped, Sweep


def moved(f: Facts, step: int) -> list[float]:
    """What moving the w of a step alone does to the three losses."""
    return f.numbers(f"what moving the w of step {step} does to L_1, L_2, L_3:")


def by_lag(f: Facts, network: str) -> dict[int, float]:
    """Median size of dL_t / dh_s by its lag, as it is printed."""
    found = f.numbers(f"{network:23} ")
    return {int(lag): size for lag, size in zip(found[::2], found[1::2], strict=True)}


def race(f: Facts, length: int) -> dict[str, float]:
    """The line of a length in the race."""
    found = f.numbers(f"T = {length:5,}, ")
    names = ("rate", "updates", "train", "two", "under two", "one", "under one", "heldout")
    return dict(zip(names, found, strict=True))


def latched(steps: int) -> tuple[float, float]:
    """A unit h = tanh(2 h), lifted to 1, after so many steps, and how far its start moves it."""
    h, slope = 1.0, 1.0
    for _ in range(steps):
        h = math.tanh(2 * h)
        slope *= 2 * (1 - h**2)
    return h, slope


CLAIMS = (
    Claim("chain-as-measured", "the first line ends with the value of our chain",
          lambda f: f.number("the chain from L_3 to the w of step 1:") == moved(f, 1)[-1]),
    Claim("two-losses-disagree", "pull the $w$ of step 2 in opposite directions",
          lambda f: moved(f, 2)[1] < 0 < moved(f, 2)[2]),
    Claim("what-remains-is-little",
          "so little remains. A small gradient need not mean that nobody cares. Here two losses disagree.",
          lambda f: abs(sum(moved(f, 2))) < min(abs(part) for part in moved(f, 2)[1:]) / 4),
    Claim("one-use-so-far", "In step 1 the two derivatives agree, because $w$ has not been used before.",
          lambda f: f.numbers("h_1: immediate")[0] == f.numbers("h_1: immediate")[2]),
    Claim("differ-in-sign", "In step 3 they even differ in sign. A larger $w$ in step 3 alone would lower "
          "$h_3$, but a larger $w$ in the earlier steps raises $h_2$, which raises $h_3$ by more.",
          lambda f: _differ_in_sign(f)),
    Claim("sum-not-average",
          r"If you move a shared weight by $\varepsilon$, all three uses move by $\varepsilon$, and to first "
          "order their effects add up. That's the reason for every += in lesson 02: the gradient of a shared "
          "weight is a sum over time.",
          lambda f: _sum_of_uses(f)),
    Claim("the-diagonal",
          "add up to −0.5792, the sum of the table's diagonal, because without dh_next each loss reaches "
          "only its own step. The term that is passed back makes $dh_t$ a total derivative, so each use of "
          "$w$ needs only its immediate derivative.",
          lambda f: f.numbers("each step by itself:")
          == [moved(f, 1)[0], moved(f, 2)[1], moved(f, 3)[2], -0.5792]
          and f.number("dL/dw by the backward pass:") == round(chain_table(0.8).sum(), 4)),
    Claim("later-and-earlier",
          "When you drag change, nothing at step 1 moves but $dh$ and $da$. The state goes forward in time "
          "and the gradient goes back, so a change in the middle is felt later in the forward pass and "
          "earlier in the backward pass.",
          lambda f: _only_the_gradient_moves(f)),
    Claim("one-loss-says-the-opposite",
          "$L_3$ sends 0.30, so $L_3$ would fall if unit 1 were lower. $L_4$ says the opposite, −0.10. "
          "Step 3 should predict l. Step 4 reads the same letter, but should predict o. Their losses "
          "already disagree about the state of step 2.",
          lambda f: f.numbers("dh_2[1] =")[1] > 0 > f.numbers("dh_2[1] =")[2] == -0.1
          and plain.READ[2] == plain.READ[3] == plain.WANTED[2] != plain.WANTED[3]),
    Claim("a-row-for-each-weight",
          "its work is 16,100 times as much. The backward pass multiplies one row by $W_{hh}$, because "
          "there is one loss. Forward accumulation multiplies a row for each weight. We go back because "
          "there is one loss, but many weights.",
          lambda f: f.number("multiplications per step, forward:")
          == 16_100 * f.number("multiplications per step, back:") == 16_100 * 100 * 100
          and all("forward in time within 1e-12: True" in f.line(f"{name}: forward") for name in WRONG_DA)),
    Claim("does-not-fade", "after ten steps the gradient is as long as at the start",
          lambda f: by_lag(f, "trained")[10] >= by_lag(f, "trained")[0] > 0),
    Claim("a-latch-lets-none-through",
          "keeps its bit forever, yet no gradient comes back through it, because the latch undoes every "
          "small change",
          lambda f: latched(40)[0] > 0.95 and latched(40)[1] < 1e-30),
    Claim("a-tenth-a-step", "each step back keeps about a tenth",
          lambda f: all(0.09**lag < by_lag(f, "fresh, weights of 0.01")[lag] / 0.098 < 0.11**lag
                        for lag in (1, 10)) and by_lag(f, "fresh, weights of 0.01")[0] == 0.098),
    Claim("more-than-half-a-step", "a step keeps more than half, but 40 steps still leave almost nothing",
          lambda f: by_lag(f, "fresh, usual weights")[1] > by_lag(f, "fresh, usual weights")[0] / 2
          and 0 < by_lag(f, "fresh, usual weights")[40] < 1e-8),
    Claim("unsure-is-loud",
          "bright where the network is unsure of the letter and dark where it is sure and right, because a "
          "loss near zero has nothing to complain about.",
          lambda f: f.number("over 0.5 nats: gradient of size")
          > 10 * f.number("under 0.05 nats: gradient of size") > 0),
    Claim("in-proportion",
          "Beyond a few hundred steps, time and memory grow in proportion to $T$. So the full backward "
          "pass is possible, and its gradient is as exact as for three steps. But a backward pass through "
          "the whole text gives one update. With $T = 25$ the 4,213 characters of the play give 168 updates",
          lambda f: f.numbers("updates in one pass over the") == [4213, 168, 25]
          and _in_proportion(f)),
    Claim("whole-text-ahead", "In the end this run is ahead of $T = 5$ and of $T = 500$",
          lambda f: 0 < race(f, 4213)["train"] < min(race(f, 5)["train"], race(f, 500)["train"])),
    Claim("middle-wins", "sees too little at a time",
          lambda f: 0 < race(f, 25)["train"] < race(f, 5)["train"]),
    Claim("nearly-as-good-on-held-out", "on the held-out text it is within 0.02 of the best",
          lambda f: abs(race(f, 4213)["heldout"] - min(
              race(f, length)["heldout"] for length in (5, 25, 100, 500, 4213)) - 0.02) < 1e-9),
    Claim("large-steps", "its best rate for Adam is 0.01, while chunks of 5 and of 25 do best at 0.001",
          lambda f: race(f, 4213)["rate"] == 10 * race(f, 5)["rate"] == 10 * race(f, 25)["rate"] == 0.01),
    Claim("nearly-forty-updates", "makes one update, the run with $T = 100$ makes nearly forty",
          lambda f: 36 * race(f, 4213)["updates"] < race(f, 100)["updates"] < 40 * race(f, 4213)["updates"]),
    Claim("five-or-six-times", "takes five or six times as long as $T = 100$",
          lambda f: all(5 * race(f, 100)[goal] < race(f, 4213)[goal] < 6.01 * race(f, 100)[goal]
                        for goal in ("under two", "under one"))),
    Claim("half-of-the-square", r"L_t = \tfrac12 (h_t - h^*_t)^2, \qquad L = L_1 + L_2 + L_3",
          lambda f: np.allclose(f.numbers("losses:")[:3] / np.subtract(f.numbers("states:")[1:], WISHES) ** 2,
                                1 / 2, atol=0.003)
          and abs(sum(f.numbers("losses:")[:3]) - f.number("together")) < 2e-4),
    Claim("a-column-of-the-table", "These three lines are the columns of the table in the picture",
          lambda f: [[moved(f, step)[loss] != 0 for step in (1, 2, 3)] for loss in range(3)]
          == np.tri(3, dtype=bool).tolist()),
    Claim("to-each-earlier-step", "the gradient runs back from every loss to every earlier step",
          lambda f: moved(f, 3)[:2] == [0, 0] != moved(f, 3)[2:] and all(moved(f, 1))),
    Claim("two-rows-of-the-table",
          "You need the rows *state* and *pre-activation* of the table. In the row *state*, dh_next is the "
          "second term. The forward pass multiplies a row by a matrix from the right, and the backward "
          "pass by the transpose of this matrix. For the slope of tanh you have $h$, which is already the "
          "tanh.",
          lambda f: re.search(r"\| state \|[^|]* \+ [^|]*\| from its own loss, and dhnext \| \| pre", f.prose)
          and np.ones(2).dot(np.ones((2, 3))).dot(np.ones((2, 3)).T).shape == (2,)
          and _right(slope="twice") == [False, False, True]),
    Claim("one-row-of-a-symbol", "Because $x_t$ is one-hot, only the row symbols[t] of $dW_{xh}$ changes. "
          "Take care at $t = 0$, where states[t - 1] would be the last state.",
          lambda f: np.outer(np.eye(4)[2], [0.5, 2]).any(axis=1).tolist() == [False, False, True, False]
          and ["first", "middle", "last"][0 - 1] == "last"),
    Claim("how-to-read-it",
          "a row is the loss of one step, a column the state after one step. A bright square means that "
          "the loss depends strongly on the state. The diagonal is lag 0, and longer lags are down and to "
          "the left.",
          lambda f: (at := labels(credit_guide()))["$L_1$"][0] == at["$L_6$"][0]
          and at["$L_1$"][1] > at["$L_6$"][1] and at["$h_1$"][1] == at["$h_6$"][1]
          and at["$h_1$"][0] < at["$h_6$"][0] and "$h_0$" not in at),
    Claim("after-the-loop", "After the loop, what are states[0] and states[1]?",
          lambda f: len(set(_listed())) == 1),
    Claim("one-row-or-many",
          "because a matrix multiplies $B$ rows just as it multiplies one. Where there was a sum over time, "
          "there is now a sum over time and sequences. What happens in a[[2, 2]] += 1, which names the same "
          "row twice?",
          lambda f: np.allclose((rows := np.eye(3) + 1) @ rows.T, [row @ rows.T for row in rows])
          and _added(True) == 1 < _added(False) == 2),
    Claim("only-the-diagonal",
          "A long chain contains $w$ once for each step back, so at $w = 0$ only the diagonal of the table "
          "is left. The chain also contains $1 - h^2$ once for each step, so almost nothing gets through a "
          "state near 1 or −1.",
          lambda f: _one_unit("forgotten", w=0.0) == _one_unit(w=0.0)      # each loss reaches its step alone
          and _one_unit("forgotten") != _one_unit()
          and sum(name[:3] == "1 −" for name in CHAIN) == 3 == 1 + CHAIN.count("w") and 1 - 0.99**2 < 0.02),
    Claim("the-order-matters", "the order of factors begins to matter. What gets transposed?",
          lambda f: not np.array_equal((A := np.array([[0, 1], [2, 0]])) @ A.T, A.T @ A)
          and _spoilt("w-hh-not-transposed") == WRONG_DA),
    Claim("times-the-transpose",
          "Unit $i$ of the earlier state acts on each unit $j$ through $W_{hh}[i, j]$, so there are as "
          r"many paths as units. The contributions along these paths add up to $\sum_j da_t[j]\, W_{hh}[i, "
          r"j]$. For all $i$, this is the row $da_t$ times the transpose $W_{hh}^\top$, the matrix with "
          "rows and columns exchanged. The weight $W_{hh}[i, j]$ multiplies $h_{t-1}[i]$ and acts on "
          r"$a_t[j]$ alone, so its gradient is $h_{t-1}[i]\, da_t[j]$. Together these products are the "
          "outer product of the rows $h_{t-1}$ and $da_t$",
          lambda f: (np.array([2, 5]) @ np.array([[1, 3], [0, 7]]).T).tolist() == [2 + 5 * 3, 5 * 7]
          and np.array_equal(plain.by_index([2, 5], [1, 3, 4]), np.outer([2, 5], [1, 3, 4]))
          and ([0.3, -0.2] @ np.eye(2, 3, 2)).tolist() == [0, 0, 0.3]),
    Claim("by-the-table",
          r"| scores | $dy_t = p_t - \text{(one-hot target)}$ | given minus wanted | | state | $dh_t = "
          r"dy_t\, W_{hy}^\top + da_{t+1}\, W_{hh}^\top$ | from its own loss, and dh_next | | "
          r"pre-activation | $da_t = (1 - h_t^2) \odot dh_t$ | | | weights | $dW_{hh} = \sum_t "
          r"h_{t-1}^\top\, da_t$ | sums over time; each term an outer product, | | | $dW_{xh} = \sum_t "
          r"x_t^\top\, da_t, \quad db_h = \sum_t da_t$ | (what the weight multiplied) × (what was passed "
          r"back) | | | $dW_{hy} = \sum_t h_t^\top\, dy_t, \quad db_y = \sum_t dy_t$ | |",
          lambda f: _by_the_table()),
    Claim("the-shapes-give-it-away",
          "A gradient has the shape of the array it belongs to. If a transpose is in the wrong place, the "
          "shapes usually give it away. However, $W_{hh}$ is square, so its shape gives nothing away",
          lambda f: _spoilt("w-hh-not-transposed") and _spoilt("w-hy-turned") is None),
    Claim("a-transpose-is-missing",
          "In backward_a a transpose is missing from dh_next: write da @ params.W_hh.T. In backward_b the "
          "outer product takes the state after the step, but $W_{hh}$ multiplied the state before it.",
          lambda f: {*_symptoms()} <= {*f.printed}),
    Claim("an-update-in-place",
          "update(params, grads, squares, learning_rate) makes one Adagrad update in place, with gradients "
          "clipped at 0.2.", lambda f: np.allclose(_updated(), (0.2**2, -0.1))),
    Claim("a-symptom-points-to-a-place",
          "For example, if $W_{hy}$ and $b_y$ are right and everything else is wrong, then $dy$ is right "
          "and something between $dy$ and $da$ is not. If a single array is wrong, the mistake is in the "
          "one line that belongs to that array alone. If the gradients are right for a sequence of one "
          "step, ask what changes with two steps.",
          lambda f: _spoilt("no-slope") == WRONG_DA < {"W_hy", "b_y"} | WRONG_DA == _spoilt("no-one-hot")
          and _spoilt("b-h-of-dh") == {"b_h"} and _spoilt("no-carry", 1) == set() < _spoilt("no-carry", 2)),
    Claim("along-two-paths",
          r"Both changes move $L$, and to first order their effects add up: $$\frac{dL}{dx} = "
          r"\frac{dL}{du}\frac{du}{dx} + \frac{dL}{dv}\frac{dv}{dx}$$ ![From x = 2 two paths lead to L = u "
          "v, one through u = x² = 4, the other through v = 3x = 6. Along each path the slopes are "
          "multiplied, 6 times 4 and 4 times 3, and the two products add up to 36.",
          lambda f: plain.slope(2) == (6 * 4, 4 * 3) and (2**2, 3 * 2) == (4, 6)
          and abs((3 * (2 + 1e-6) ** 3 - 3 * (2 - 1e-6) ** 3) / 2e-6 - sum(plain.slope(2))) < 1e-6),
    Claim("the-longest-path",
          r"The longest path leads to the $w$ of step 1: $$\underbrace{(h_3 - h^*_3)}_{\text{error}} \cdot "
          r"\underbrace{(1 - h_3^2)}_{\text{through tanh}} \cdot \underbrace{w}_{\text{to } h_2} \cdot "
          r"\underbrace{(1 - h_2^2)}_{\text{through tanh}} \cdot \underbrace{w}_{\text{to } h_1} \cdot "
          r"\underbrace{(1 - h_1^2)}_{\text{through tanh}} \cdot \underbrace{h_0}_{\text{what } w \text{ "
          r"multiplies}}$$ The derivative of $\tanh(a)$ is $1 - \tanh^2(a)$, so each tanh contributes a "
          "factor of $1 - h^2$. Each step back in time contributes a factor of $w$.",
          lambda f: CHAIN == ["h₃ − h*₃", "1 − h₃²", "w", "1 − h₂²", "w", "1 − h₁²", "h₀"]
          and f.number("the chain from L_3 to the w of step 1:") == round(chain_table(0.8)[2, 0], 4)
          == moved(f, 1)[2]),
    Claim("here-or-everywhere",
          "For the immediate derivative, move $w$ only as it is used in this step, and hold $h_{t-1}$ "
          "fixed. - For the total derivative, move $w$ everywhere. Then $h_{t-1}$ moves too, because it "
          r"also depends on $w$: $$\frac{d h_t}{d w} = (1 - h_t^2) \Big( "
          r"\underbrace{h_{t-1}}_{\text{immediate}} + \underbrace{w\, \frac{d h_{t-1}}{d w}}_{\text{through "
          r"the state before}} \Big)$$",
          lambda f: all(np.allclose(f.numbers(f"h_{t}: immediate")[::2], _here_and_everywhere(t), atol=1e-4)
                        for t in (1, 2, 3))),
    Claim("mean-or-sum",
          "(In lesson 02 and in the course's CharModel the loss is a mean over the steps, so every "
          "gradient is divided by $T$. In this lesson and its exercises, $L$ is the plain sum.)",
          lambda f: _of_sum_and_of_mean()),
    Claim("so-many-chains",
          "A sequence of three steps has six chains. A sequence of $T$ steps has $T(T+1)/2$ chains, and "
          "the longest of them has $2T + 1$ factors.",
          lambda f: np.count_nonzero(chain_table(0.8)) == 3 * (3 + 1) / 2 == 6 and len(CHAIN) == 2 * 3 + 1),
    Claim("own-loss-and-passed-back",
          "The state affects its own loss and the next state, so $dh_t$ has two terms: $$dh_t = "
          r"\underbrace{(h_t - h^*_t)}_{\text{its own loss}} + \underbrace{w\,(1 - h_{t+1}^2)\, "
          r"dh_{t+1}}_{\text{passed back}}, \qquad \frac{dL}{dw} = \sum_t \underbrace{(1 - h_t^2)\, "
          r"dh_t}_{da_t}\; h_{t-1}$$ Nothing is passed back to the last step, so we start there.",
          lambda f: _by_the_two_formulas() == f.number("dL/dw by the backward pass:")),
    Claim("moves-forward",
          r"Move $h_{t-1}$ by a small row $\delta$. Then $$a_t \text{ moves by } \delta\, W_{hh}, \qquad "
          r"h_t \text{ moves by } (\delta\, W_{hh}) \odot (1 - h_t^2),$$ where $\odot$ multiplies unit by "
          "unit.",
          lambda f: np.allclose(
              np.tanh(([0.3, -0.2] + (delta := np.array([1e-6, -2e-6]))) @ W) - np.tanh([0.3, -0.2] @ W),
              (delta @ W) * (1 - np.tanh([0.3, -0.2] @ W) ** 2), rtol=1e-3, atol=0)),
    Claim("not-before-it-is-used",
          "Each step of the loop uses states[t] and states[t - 1], so no state may be thrown away or "
          "overwritten before the loop has used it",
          lambda f: _overwritten() == ["dy", "db_y"]),
    Claim("three-walks",
          "In walk 1, $dh_4$ has one source, its own loss, because step 4 is the last. Each earlier $dh$ "
          "is a sum of two terms. In walk 2, each step back takes you through tanh and through $W_{hh}$. "
          "Every $dh$ along the way also leads to its own $dy$, where a loss comes in. In walk 3, step 1 "
          "contributes nothing. Before step 1 the state was zero, and a weight that multiplies zero has "
          "done nothing to be blamed for. In general, the gradient of a weight is what it multiplied, "
          "times what was passed back.",
          lambda f: _right(carried="forgotten") == _right(carried="past tanh") == [False, False, True]
          and (found := f.numbers("dW_hh[0, 2], steps 1 to 4:"))[0] == 0 and all(found[1:])),
    Claim("from-the-first-step-to-the-last",
          "and update it from the first step to the last. This method is called forward accumulation, or "
          "real-time recurrent learning, RTRL",
          lambda f: np.allclose(_so_far(), chain_table(0.8).sum(axis=1).cumsum())),
    Claim("two-passes-for-each", "Measuring takes two forward passes for each weight, 44,320 passes for the "
          "network from lesson 02. The backward pass goes through the steps once, for all 22,160 weights "
          "together. That's why we derive gradients, and measure them only as a check.",
          lambda f: _passes(7) == 2 * 7 and 2 * (60 * 100 + 100 * 100 + 100 + 100 * 60 + 60) == 44_320
          and "for t in reversed(range(len(symbols))):" in inspect.getsource(plain.backward)),
    Claim("the-gradient-so-far",
          "For $W_{hh}[i, j]$ the immediate derivative is a row with $h_{t-1}[i]$ in place $j$ and zeros "
          "elsewhere. There's much to like. No state is kept, so the sequence may go on forever, and after "
          "each step the gradient so far is ready for use.",
          lambda f: np.allclose(_so_far(), chain_table(0.8).sum(axis=1).cumsum())
          and ([0.3, -0.2] @ np.eye(2, 3, 2)).tolist() == [0, 0, 0.3]),
    Claim("saves-memory-beyond",
          "If the backward pass kept nothing but the states, forward accumulation would save memory only "
          "beyond 16,100 steps. (Our backward pass keeps more",
          lambda f: f.number("numbers kept, forward:") == 16_100 * 100
          and f.numbers("T = 30,000:")[1] > f.number("100 numbers of 8 bytes:") == 100 * 8 / 1000),
    Claim("length-of-the-vector",
          r"Each entry is the length of the vector $\frac{dL_t}{dh_s}$. The lag of the pair is $t - s$ "
          "steps.",
          lambda f: _is_the_length()),
    Claim("vectors-of-a-column", "The vectors of a column, not their lengths, add up to $dh_s$.",
          lambda f: f.line("columns add up to dh:").endswith("True")
          and (found := sum(f.numbers("dh_2[1] ="))) < sum(map(abs, f.numbers("dh_2[1] =")))
          and f"$dh2[1]$ is {found:.2f} in all" in f.prose),
    Claim("recap-of-one-unit",
          "Its gradient is the sum over all uses, and each use receives a gradient from its own loss and "
          "all later ones. - A chain is a product: the error, then for every step back the slope $1 - h^2$ "
          "and the weight, then what the weight multiplied. - Immediate derivatives hold the previous "
          "state fixed, and total derivatives don't. The backward pass passes back total derivatives and "
          "adds up immediate ones.",
          lambda f: [[moved(f, use)[loss] != 0 for loss in range(3)] for use in (1, 2, 3)]
          == np.tri(3, dtype=bool).T.tolist() and CHAIN[0] == "h₃ − h*₃" and CHAIN[-1] == "h₀"
          and np.allclose(f.numbers("h_3: immediate")[::2], _here_and_everywhere(3), atol=1e-4)),
    Claim("recap-of-many",
          r"$dh_t = dy_t W_{hy}^\top + da_{t+1} W_{hh}^\top$, $\;da_t = (1 - h_t^2) \odot dh_t$, and $dW$ "
          "is (what the weight multiplied)ᵀ (what was passed back). - The backward pass needs all the "
          "states. It goes through the steps once, however many chains there are.",
          lambda f: _by_the_table() and _overwritten() == ["dy", "db_y"]),
    Claim("need-not-fade",
          "The credit matrix keeps apart what the backward pass adds up. In a fresh network its entries "
          "fade with the lag, but in a trained network they need not.",
          lambda f: _fresh_alone_fades(f)),
    Claim("both-paths-of-the-other-cell",
          r"In each step, with $z = \tanh(\ldots)$ kept, da = s * dh * (1 - z2), and then the gradients "
          "along two paths add up: dh = dh + da @ W_hh.T.",
          lambda f: _needs_both_paths() and _other_mistake("no-s") == "no-s"),
    Claim("a-chain-for-each-use", "The mistake shows in step 2. But $h_2$ was computed from $h_1$, and $w$ "
          "had a part in $h_1$, too. $L_2$ depends on $h_2$, which depends on $w$ twice, directly and "
          "through $h_1$. Each is a chain. Influence runs forward, so gradients run back. What step 3 does "
          "comes too late to change $L_2$.",
          lambda f: [moved(f, step)[1] != 0 for step in (1, 2, 3)] == [True, True, False]),
    Claim("raises-by-more", "Only the use in step 3 acts on $h_3$ directly. But $h_2$ depends on $w$ as "
          "well, and $h_3$ is computed from $h_2$. All three uses do act, but they need not agree. In steps "
          "1 and 2 a larger $w$ raises $h_2$. The larger $h_2$ raises $h_3$ by more than the larger $w$ in "
          "step 3 lowers it. The total derivative is 0.3895.",
          lambda f: _differ_in_sign(f) and f.numbers("h_3: immediate")[2] == 0.3895),
    Claim("continue-as-one-number", "Chains that meet at a state are added up there and continue as one "
          "number, so each step takes the same few lines. There are that many, but nobody has to write them "
          "down.",
          lambda f: _by_the_two_formulas() == round(chain_table(0.8).sum(), 4)
          == f.number("dL/dw by the backward pass:")),
    Claim("it-comes-back", "In the forward pass nothing in step 1 changes. But $dh_1$ comes back from later "
          "steps, and these have changed. It is the other way round. The state of step 1 comes before the "
          "change, but its $dh$ comes back from steps that have changed. The state of step 1 was there "
          "before the weight could act. Its $dh$ comes back from later steps, and these have changed. The "
          "weight is used at every step, but in step 1 it multiplies zero. So the state, the probabilities "
          "and $dy$ stay the same.", lambda f: _only_the_gradient_moves(f)
          and f.numbers("dW_hh[0, 2], steps 1 to 4:")[0] == 0),
    Claim("as-much-as-so-many-states", "It keeps no states, but it keeps a row of 100 numbers for each "
          "weight. That is 1,610,000 from the first step on. That would be right with one row for each of "
          "the 100 units. But there is one for each weight. It keeps a row of 100 numbers for each of "
          "16,100 weights, which is as much as 16,100 states.",
          lambda f: f.numbers("numbers kept, forward:") == [1_610_000, 16_100]
          and 16_100 == 60 * 100 + 100 * 100 + 100),
    Claim("training-changes-both", "This network remembers by passing on what it read, and the gradient "
          "comes back the same way. Ten steps back it is undiminished. The architecture says what is "
          "multiplied at each step back, namely weights and slopes. But training changes both. A small "
          "error makes a whole row dark, near and far. How fast the row fades is a different matter.",
          lambda f: _fresh_alone_fades(f) and f.number("over 0.5 nats: gradient of size")
          > 10 * f.number("under 0.05 nats: gradient of size") > 0),
    Claim("rows-of-three-networks", "In the fresh networks every row is bright at its right end and soon "
          "dark. In the trained network a row is bright or dark as a whole, and hardly fades.",
          lambda f: _fresh_alone_fades(f)),
    Claim("every-state-must-wait", "The backward pass looks at one step at a time. But every state must wait "
          "until it gets there, so all are kept. Each step takes about three kilobytes, which makes 92 MB. "
          "Memory grows in proportion to the steps. Every loss depends on every state before it. But the "
          "backward pass adds these parts up, and keeps something per step only.",
          lambda f: _overwritten() == ["dy", "db_y"] and _in_proportion(f)
          and [round(x) for x in f.numbers("T = 30,000:")] == [92, 3]),
    Claim("multiplied-along-added-across", "Factors are multiplied along one path. What comes along several "
          "paths is added up. It is one weight, but if you move it, all three uses move, each by the whole "
          "amount. The strongest use is not the only one. All three move, so all three count. If you move "
          "the weight, all three uses move, and to first order their effects add up.",
          lambda f: _sum_of_uses(f) and plain.slope(2) == (6 * 4, 4 * 3)),
    Claim("leads-from-and-to", "The gradient of a weight is what it multiplied, times what was passed back. "
          "The weight multiplied the state before the step, not the one that the step computed. That is the "
          "transpose. The row is the unit that the weight leads from, and the column is the one it leads "
          "to. That is what is passed back to unit i through this weight, not the gradient of the weight "
          "itself.",
          lambda f: ([0.3, -0.2] @ np.eye(2, 3, 2)).tolist() == [0, 0, 0.3] and _spoilt("state-after") == {
              "W_hh"} and np.array_equal(plain.by_index([2, 5], [1, 3]), np.outer([2, 5], [1, 3]))),
    Claim("no-state-depends-on-a-target", "From step {t} the gradient is passed back to every step before. "
          "The state runs forward, but the gradient runs back, from step {t} to step 1. The loss of step {t} "
          "sends a gradient to its own step and to all before it. No state depends on a target. The network "
          "never reads a target. In the forward pass the target only says what the loss is.",
          lambda f: np.array_equal(loss_by_state_gradients(*_network())[0][:, :, 0].any(axis=2), np.tri(5))
          and "targets" not in inspect.signature(plain.forward).parameters),
    Claim("both-in-proportion", "Each state must be kept until the backward pass has used it, and there are "
          "twice as many. Each step takes the same few lines and has one state to keep, so both grow in "
          "proportion. There are four times as many pairs of a loss and a state. But the backward pass adds "
          "up what they contribute.",
          lambda f: _in_proportion(f) and _overwritten() == ["dy", "db_y"]
          and round(np.tri(200).sum() / np.tri(100).sum()) == 4),
    Claim("already-the-tanh", "The slope of tanh is one minus its square, and h is already the tanh. The "
          "slope is one minus the square of the tanh, and the tanh of a is h. h has been through tanh "
          "already, so here tanh would be taken twice. The slope belongs to the forward pass, so it comes "
          "from the state. What it multiplies is dh.",
          lambda f: _right(slope="twice") == [False, False, True]
          and abs(_one_unit()[1] - _measured()) < 1e-9),
)


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


W = np.array([[1, 2, 3], [4, 5, 6.0]])      # from two units to three
CHAIN = [name for name, _ in chain_factors(3, 1, 0.8)]


def _differ_in_sign(f: Facts) -> bool:
    """Whether w lowers h_3 in step 3 alone, but raises h_2, and h_3 with all its uses."""
    here, total = f.numbers("h_3: immediate")[:3:2]
    return here < 0 < total and f.numbers("h_2: immediate")[2] > 0


def _only_the_gradient_moves(f: Facts) -> bool:
    """Whether of step 1 the state and the probabilities stayed as they were, and each dh moved."""
    h, p, dh = (np.reshape(f.numbers(f"{name} of step 1:"), (2, -1)) for name in ("h ", "p ", "dh"))
    return (h[0] == h[1]).all() and (p[0] == p[1]).all() and (dh[0] != dh[1]).all()


def _sum_of_uses(f: Facts) -> bool:
    """Whether the gradient of the shared weight is the sum of the uses, and not their mean."""
    return f.number("the shared weight, measured:") == f.numbers("their sum")[0] != f.numbers("their sum")[1]


def _fresh_alone_fades(f: Facts) -> bool:
    """Whether the gradient fades with the lag in both fresh networks, and hardly in the trained one."""
    return by_lag(f, "trained")[10] >= by_lag(f, "trained")[0] > by_lag(f, "trained")[40] and all(
        by_lag(f, fresh)[40] < by_lag(f, fresh)[10] / 1e6 < by_lag(f, fresh)[0] / 1e8
        for fresh in ("fresh, usual weights", "fresh, weights of 0.01"))


def _in_proportion(f: Facts) -> bool:
    """Whether ten times as many steps took about ten times as much memory."""
    return 9 * f.number("T =  3,000:") < f.number("T = 30,000:") < 11 * f.number("T =  3,000:")


def _here_and_everywhere(t: int) -> np.ndarray:
    """How fast h_t moves with the w of step t alone, and with that of all steps, measured."""
    h, eps = chain_states(0.8), 1e-6
    up, down = ([math.tanh(w * h[t - 1] + X[t - 1]), chain_states(w)[t]] for w in (0.8 + eps, 0.8 - eps))
    return np.subtract(up, down) / (2 * eps)


def _by_the_two_formulas() -> float:
    """dL/dw of the lesson's unit by the formulas of section 3, to four digits."""
    h, dh, dw = chain_states(0.8), [0.0] * 5, 0.0
    for t in (3, 2, 1):
        dh[t] = h[t] - WISHES[t - 1] + (0.8 * (1 - h[t + 1] ** 2) * dh[t + 1] if t < 3 else 0)
        dw += (1 - h[t] ** 2) * dh[t] * h[t - 1]
    return round(dw, 4)


def _so_far() -> list[float]:
    """dL/dw of the lesson's unit after each step, forward in time, without a state being kept."""
    h, total, found = START, 0.0, [0.0]
    for x, wish in zip(X, WISHES, strict=True):
        before, h = h, math.tanh(0.8 * h + x)
        total = (1 - h**2) * (before + 0.8 * total)
        found.append(found[-1] + (h - wish) * total)
    return found[1:]


def _passes(weights: int) -> int:
    """How often a loss is taken to measure the gradient of so many weights."""
    losses = iter(np.zeros(100))
    numerical_gradient(lambda: float(next(losses)), np.zeros(weights))
    return 100 - len(list(losses))


def _network() -> tuple[CharModel, np.ndarray, np.ndarray]:
    """A fresh network, and five symbols with their targets, one below the other."""
    rng = np.random.default_rng(0)
    return CharModel(RNN(4, 3), rng), *rng.integers(4, size=(2, 5, 1))


def _of_sum_and_of_mean() -> bool:
    """Whether for five steps the lesson's gradients are five times those of CharModel."""
    model, symbols, targets = _network()
    params = dict(model.params.items())
    found, _ = plain.backward(params, symbols[:, 0], targets[:, 0], *plain.forward(params, symbols[:, 0]))
    mean = model.loss_and_grads(symbols, targets)[1]
    return all(np.allclose(found[name], 5 * mean[name]) and mean[name].any() for name in found)


def _is_the_length() -> bool:
    """Whether each entry of a credit matrix is the length of dL_t / dh_s, or there is none: t - s < 0."""
    parts, matrix = loss_by_state_gradients(*_network())[0][:, :, 0], credit_matrix(*_network())
    lags = np.subtract.outer(range(5), range(5))
    return np.allclose(np.nan_to_num(matrix), np.linalg.norm(parts, axis=2)) and np.array_equal(
        np.isnan(matrix), lags < 0)


def _needs_both_paths() -> bool:
    """Whether the check of exercise 3.3 misses each of the two paths, and notices a factor s too many."""
    return all(_other_mistake(one) == one for one in ("second-way", "no-recurrent-way", "s-on-both-ways"))


def _one_unit(
    carried: str = "replaced", slope: str = "1 - h^2", w: float = 0.8
) -> tuple[list[float], float]:
    """Of one unit that reads three numbers, with the loss h^2 / 2 at each step: each dh, and dw.

    `carried` says what becomes of dh_next: "replaced", "added up", "past tanh" or "forgotten".
    """
    h = [0.3]
    for x in (1.0, -2.0, 0.5):
        h.append(np.tanh(x + w * h[-1]))
    dh, dh_next, dw = [0.0] * 4, 0.0, 0.0
    for t in (3, 2, 1):
        dh[t] = h[t] + dh_next
        da = dh[t] * {"1 - h^2": 1 - h[t] ** 2, "twice": 1 - np.tanh(h[t]) ** 2}[slope]
        dw += da * h[t - 1]
        dh_next = {"replaced": da * w, "added up": dh_next + da * w, "forgotten": 0.0,
                   "past tanh": dh[t] * w}[carried]
    return dh[1:], dw


def _measured(w: float = 0.8, eps: float = 1e-6) -> float:
    """The slope of the three losses together, measured."""
    def loss(w):
        h, total = 0.3, 0.0
        for x in (1.0, -2.0, 0.5):
            h = np.tanh(x + w * h)
            total += h**2 / 2
        return total

    return (loss(w + eps) - loss(w - eps)) / (2 * eps)


def _right(**faults) -> list[bool]:
    """Which dh, from the first step to the last, a sweep with this fault gets right."""
    return np.isclose(_one_unit(**faults)[0], _one_unit()[0]).tolist()


def _overwritten() -> list[str]:
    """The gradients that are still right if the last state stands for all of them."""
    rng = np.random.default_rng(0)
    p, x = RNN(4, 3).init(rng), rng.integers(4, size=(5, 1))
    W_hy, wanted, found = rng.normal(size=(3, 4)), rng.integers(4, size=5), []
    h = rnn_forward(p, x, np.zeros((1, 3)))
    dy = softmax(np.array([h[t][0] for t in range(5)]) @ W_hy) - np.eye(4)[wanted]
    for kept in (h, {t: h[4] if t >= 0 else h[t] for t in h}):
        grads, _, _, da = rnn_backward(p, x, kept, (dy @ W_hy.T)[:, None])
        found.append({**{name: grads[name] for name in p}, "da": da, "dy": dy, "db_y": dy.sum(axis=0),
                      "W_hy": sum(np.outer(kept[t][0], dy[t]) for t in range(5))})
    return [name for name in found[0] if np.allclose(found[0][name], found[1][name])]


def _by_the_table() -> bool:
    """Whether the table of section 4 says what is measured by moving each number of a fresh network."""
    params, symbols, targets, h, p = passage(np.random.default_rng(0), 5, 4, 3)
    moved = {"a": np.zeros((3, 4)), "h": np.zeros((3, 4)), "y": np.zeros((3, 5))}

    def loss():
        state, total = np.zeros(4), 0.0
        for t in range(3):
            a = params.W_xh[symbols[t]] + state @ params.W_hh + params.b_h + moved["a"][t]
            state = np.tanh(a) + moved["h"][t]
            total -= np.log(softmax(state @ params.W_hy + params.b_y + moved["y"][t])[targets[t]])
        return total

    d = {name: numerical_gradient(loss, array) for name, array in (*moved.items(), *params.items())}
    before, later = np.vstack([np.zeros(4), h[:-1]]), np.vstack([d["a"][1:], np.zeros(4)])
    table = {"y": p - np.eye(5)[targets], "h": d["y"] @ params.W_hy.T + later @ params.W_hh.T,
             "a": (1 - h**2) * d["h"], "W_hh": before.T @ d["a"], "W_xh": np.eye(5)[symbols].T @ d["a"],
             "b_h": d["a"].sum(axis=0), "W_hy": h.T @ d["y"], "b_y": d["y"].sum(axis=0)}
    return all(np.allclose(table[name], d[name], atol=1e-6) for name in d)


WRONG_DA = {"W_xh", "W_hh", "b_h"}      # the gradients that are wrong if da is


def _spoilt(mutant: str, steps: int = 5) -> set[str] | None:
    """Which gradients a mistake in the backward pass makes wrong, or None if the shapes give it away."""
    given = passage(np.random.default_rng(0), 4, 3, steps)
    faulty = with_changes(plain.backward, next(one.changes for one in BACKWARD if one.name == mutant))
    try:
        found, right = faulty(*given)[0], plain.backward(*given)[0]
    except ValueError:
        return None
    return {name for name in right if not np.allclose(found[name], right[name])}


def _symptoms() -> list[str]:
    """What the check of exercise 3.2 says of the two mistakes, in lines."""
    faulty = {fault: with_changes(plain.backward, changes) for fault, changes in FAULTS.items()}
    a, b = (lambda *given, one=one: faulty[one](*given)[0] for one in "ab")
    return check_mended.result(a, b).text.splitlines()


def _updated() -> tuple[float, float]:
    """The sum of squares, and a weight of 0, after one update with a gradient of 3."""
    params, optimizer = RNN(1, 1).init(np.random.default_rng(0)).zeros_like(), Adagrad(0.1)
    grads = params.zeros_like()
    grads.vector[:] = 3
    clip_value(grads, 0.2)
    optimizer.update(params, grads)
    return optimizer.memory["s"][0], params.vector[0]


def _passed_back(transposed: bool) -> float:
    """What step 3 of the page passes back to unit 0."""
    params = {name: np.array(array) for name, array in WEIGHTS.items()} | {"b_y": np.zeros(2)}
    states, p = plain.forward(params, [LETTERS.index(letter) for letter in READ])
    dy = p[2] - np.eye(2)[LETTERS.index(WANTED[2])]
    W = params["W_hh"] if transposed else params["W_hh"].T
    return plain.step_back(dy, states[2], 0, params["W_hy"], W)[2][0]


def _other_mistake(mutant: str) -> str | None:
    """What the check of exercise 3.3 finds in its backward pass with a mistake."""
    changes = next(one.changes for one in OTHER_BACKWARD if one.name == mutant)
    return check_other_cell.result(plain.other_forward, with_changes(plain.other_backward, changes)).mistake


def _listed() -> list[float]:
    """The states of three steps that are all written into one array, after the loop."""
    h = np.zeros(1)
    return np.ravel([np.tanh([t + 1.0], out=h) for t in range(3)]).tolist()


def _surprises() -> list[float]:
    """The surprise at a probability of 0.8 before 1 is subtracted from it in place, and what comes of it."""
    p = np.array([0.2, 0.8])
    before = -np.log(p[1])
    p[1] -= 1
    return [before, p[1]]


def _added(at_once: bool) -> float:
    """What is in a row to which 1 is added twice at once, by its index or with np.add.at."""
    rows = np.zeros(3)
    if at_once:
        rows[[1, 1]] += 1
    else:
        np.add.at(rows, [1, 1], 1)
    return rows[1]


SOLVED = (       # claims of the worked solutions
    Claim("times-as-far",
          r"Through $u$: if you hold $v$ fixed, then $L = u\,v$ moves $v$ times as far as $u$, and $u = "
          "x^2$ moves $2x$ times as far as $x$. Through $v$: if you hold $u$ fixed, then $L$ moves $u$ "
          "times as far as $v$, and $v$ moves 3 times as far as $x$.",
          lambda f: all(abs((one - other) / 2e-6 - times) < 1e-6 for one, other, times in (
              ((4 + 1e-6) * 6, (4 - 1e-6) * 6, 6), ((2 + 1e-6)**2, (2 - 1e-6)**2, 2 * 2),
              (4 * (6 + 1e-6), 4 * (6 - 1e-6), 4), (3 * (2 + 1e-6), 3 * (2 - 1e-6), 3)))),
    Claim("two-chains",
          "These are two chains of two factors, and the slope of $L$ is their sum, $6x^2 + 3x^2 = 9x^2$.",
          lambda f: abs((3 * (2 + 1e-6)**3 - 3 * (2 - 1e-6)**3) / 2e-6 - 9 * 2**2) < 1e-6),
    Claim("replaced-not-added",
          "Its lines give the gradient at the state, the gradient before tanh, the contribution of this "
          "use of $w$, and what is passed back. dh_next is replaced at each step, because da already "
          "contains the losses of all later steps. However, dw is a running sum, because $w$ was used at "
          "every step.",
          lambda f: abs(_one_unit()[1] - _measured()) < 1e-9 < 0.01
          < abs(_one_unit("added up")[1] - _measured())),
    Claim("every-earlier-one-wrong",
          "The three lines come in the order in which the gradient meets them: scores, tanh, recurrent "
          "weights. Three mistakes are likely. Without dh_next the gradient of the last step is right and "
          "every earlier gradient is wrong, because each loss then reaches only its own step. With (1 - "
          "np.tanh(h)**2) tanh is taken twice, because h is already the result of a tanh. With carry = dh @ "
          "W_hh.T the gradient skips tanh as it is passed back.",
          lambda f: _right(carried="forgotten") == _right(carried="past tanh") == _right(slope="twice") == [
              False, False, True] and 1 - np.tanh(0.5) ** 2 != 1 - np.tanh(np.tanh(0.5)) ** 2
          and re.findall(r"W_hy\.T|h\*\*2|W_hh\.T", inspect.getsource(plain.step_back)) == [
              "W_hy.T", "h**2", "W_hh.T"]),
    Claim("two-terms", "$dh_2$ has two terms, and only the $dh_3$ of the last step has one.",
          lambda f: [abs(own - dh) < 1e-9 for own, dh in zip(
              _one_unit(carried="forgotten")[0], _one_unit()[0], strict=True)] == [False, False, True]),
    Claim("the-state-before",
          "$W_{hh}$ multiplied the state before. So the table of step 2 has $h_1$ down its side, and the "
          "table of step 1 is all zeros, because $h_0 = 0$. - They take the slope from $a$ or from $dh$. The "
          "slope is $1 - h_t^2$, from the state of the same step.",
          lambda f: [np.outer(before, [0.5, 2]).any() for before in ([0, 0], [0.3, -0.1])] == [False, True]
          and abs((np.tanh(0.5 + 1e-6) - np.tanh(0.5 - 1e-6)) / 2e-6 - (1 - np.tanh(0.5) ** 2)) < 1e-9
          and abs(_one_unit()[1] - _measured()) < 1e-9),
    Claim("zero-at-the-first-step",
          "h_prev is zero at the first step, where states[t - 1] would be the last state.",
          lambda f: "abcd"[0 - 1] == "d"),
    Claim("the-same-array-many-times",
          "np.tanh(..., out=h) makes no new array, and states.append(h) makes no copy. So after the loop the "
          "list holds the same array many times over, with the last state in it.",
          lambda f: _listed() == 3 * [np.tanh(3.0)]),
    Claim("what-is-still-right",
          "Go through the backward pass. $dy$ comes from the probabilities, which were computed before the "
          "state was overwritten, so $dy$ is right. $db_y$ is the sum of the $dy$, so it is right, too. "
          "$dW_{hy}$ multiplies each $dy$ by an overwritten state, so it is wrong. $da$ contains $1 - "
          "h_t^2$, with the last state for every $h_t$. So $da$ is wrong, and so are $db_h$, $dW_{xh}$ and "
          "$dW_{hh}$. $dW_{hh}$ is doubly wrong, because it also multiplies by $h_{t-1}$.",
          lambda f: _overwritten() == ["dy", "db_y"]),
    Claim("same-side",
          "The loss is right, so nothing warns you. In the example below the wrong gradient of $W_{hy}$ is "
          "still on the side of the right one: the cosine of the angle between the two is well above 0.",
          lambda f: "dy" in _overwritten() and 0.3 < f.number("cosine of the angle between them:") < 0.99
          and "equal: False" in f.line("cosine of the angle")),
    Claim("the-same-trap",
          "The same trap exists in other places, for example when a weight is updated before the backward "
          "pass is over, when 1 is subtracted from a probability before the loss is taken, or when += "
          "changes an array that other code still reads. Don't overwrite an array that the backward pass "
          "still needs.",
          lambda f: "W_hy" not in _overwritten() and _surprises()[0] > 0 > _surprises()[1]
          and _one_unit(w=0.8)[0][0] != _one_unit(w=0.7)[0][0]),
    Claim("not-the-one-after",
          "Only $W_{hh}$ is wrong. Then $da$ must be right, because $W_{xh}$ and $b_h$ are computed from "
          "it. So the other factor is wrong: $W_{hh}$ multiplied the state before the step, not the one "
          "after. The mistake already shows with a single step, because there the right gradient is zero. "
          "states[t - 1] alone is not enough. At the first step it would be states[-1], the last state, "
          "but zeros belong there.",
          lambda f: np.outer([0, 0], [0.5, 2]).any() < np.outer(np.tanh([1, 2]), [0.5, 2]).any()
          and _spoilt("state-after") == _spoilt("state-after", steps=1) == {"W_hh"}
          and "abcd"[0 - 1] == "d"),
    Claim("one-of-two-lost",
          "For $W_{xh}$ indexing is not enough. If the same symbol occurs twice in one step, "
          'grads["W_xh"][symbols[t]] += da reads the row once, adds, and writes it twice, so one of the two '
          "gradients is lost. np.add.at adds both.",
          lambda f: [_added(at_once) for at_once in (True, False)] == [1, 2]),
    Claim("one-path-two-factors",
          "The weight $W[i, j]$ multiplies number $i$ of the state before and adds to number $j$ of the "
          "pre-activation, and to nothing else. So there is one path, with two factors. h_prev[:, None] * "
          "da gives the same matrix.",
          lambda f: (moved := np.array([0.3, -0.2]) @ [[0, 0, 1], [0, 0, 0]]).tolist() == [0, 0, 0.3]
          and np.array_equal(np.array([0.3, -0.2])[:, None] * moved, np.outer([0.3, -0.2], moved))),
    Claim("without-the-transpose",
          r"They use $W_{hh}$ instead of its transpose. Step 3 passes back $da_3 W_{hh}^\top$, so unit 0 "
          r"gets $0.67 \cdot (-0.9) + 0.79 \cdot (-0.1) = -0.68$. Without the transpose it would be −0.45.",
          lambda f: [round(_passed_back(transposed), 2) for transposed in (True, False)] == [-0.68, -0.45]),
    Claim("right-with-one-step",
          "$W_{hy}$ and $b_y$ are right, so $dy$ is right. $W_{xh}$, $W_{hh}$ and $b_h$ are all wrong, so "
          "$da$ is wrong. But with a single step everything is right, so the mistake is in what is passed "
          "from step to step. Only one line passes anything, and its matrix is not transposed. Because "
          "$W_{hh}$ is square, no shape gives the mistake away.",
          lambda f: _spoilt("w-hh-not-transposed") == WRONG_DA
          and _spoilt("w-hh-not-transposed", steps=1) == set()),
    Claim("not-a-tanh",
          r"Here $h_t$ is not a tanh. The slope is that of $z_t = \tanh(\ldots)$, so the forward pass has to "
          "keep $z_t$.",
          lambda f: _other_mistake("slope-of-the-state") == "slope-of-the-state"
          and check_other_cell.result(plain.other_forward, plain.other_backward).right),
    Claim("two-paths-back",
          "$h_{t-1}$ acts on $h_t$ along two paths, one directly and the other through $W_{hh}$ and tanh. "
          r"So what is passed back is a sum of two terms: $dh_{t-1} = dh_t + da_t W_{hh}^\top$. The direct "
          "path passes $dh_t$ back unchanged, however long the sequence is.",
          lambda f: _needs_both_paths()),
    Claim("one-product-per-sequence",
          "dy @ W_hy.T and da @ W_hh.T take $B$ rows just as they took one row. You need one outer product "
          "per sequence, and h_prev.T @ da is the sum of these products.",
          lambda f: np.array_equal(W.T @ (da := np.array([[1, 0], [2, 7]])), sum(map(np.outer, W, da)))),
)
