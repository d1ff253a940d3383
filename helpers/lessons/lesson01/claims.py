"""What lesson 01 claims."""

import math
from functools import cache
from itertools import permutations
from types import SimpleNamespace

import numpy as np

from helpers.lessons.hello import FLOOR, INPUTS, TARGETS, forward, hello_gradients
from helpers.lessons.hello import READ as HELL
from helpers.lessons.lesson01.checks import check_latch
from helpers.lessons.lesson01.drawings import W_HH, task_shapes, unrolled_network
from helpers.lessons.lesson01.page_drawings import LETTERS, READ, WEIGHTS
from helpers.lessons.lesson01.state_pictures import one_unit
from helpers.lessons.lesson01.written_out import target_probabilities, train_hello, try_hello
from helpers.lessons.page_drawings import printed
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.networks import RNN, CharModel, kept_pairs, nll, numerical_gradient, softmax
from helpers.networks.cells.plain import rnn_forward, rnn_step, rnn_step_back
from helpers.runs import Shipped, Sweep

P, ZERO = RNN(4, 3).init(np.random.default_rng(0)), np.zeros((1, 3))
P.vector[:] = np.random.default_rng(1).normal(size=P.vector.size)       # the bias too
SYMBOLS = np.random.default_rng(2).integers(4, size=(9, 1))
STATES = rnn_forward(P, SYMBOLS, ZERO)
learnt = cache(train_hello)

CLAIMS = (
    Claim("bags-are-equal", "The first two outputs agree in every digit. With other weights or a larger "
          "network they'd still agree, because both inputs are the same bag.",
          lambda f: _bags(f)),
    Claim("each-position-its-own", "Then a sentence of four words doesn't fit. And what the network learns "
          "about *dog* in the first position doesn't help with *dog* in the third, because each position has "
          "its own weights.",
          lambda f: [np.flatnonzero(np.eye(3)[words]).tolist() for words in ([0, 1, 2], [2, 1, 0])]
          == [[0, 4, 8], [2, 4, 6]] and np.eye(3)[[0, 1, 2, 0]].size > 9),
    Claim("state-from-symbol-and-state", "This row is the **hidden state** $h$, and each of its numbers is a "
          "**unit**. At every **time step**, or *step*, the network makes a new state from the symbol it "
          "reads and the previous state.",
          lambda f: all((rnn_step(P, x, h) != rnn_step(P, np.eye(4)[[0]], ZERO)).all()
                        for x, h in ((np.eye(4)[[1]], ZERO), (np.eye(4)[[0]], ZERO + 0.1)))),
    Claim("one-step-drawn", "One step of a recurrent network: the input and the previous state are weighted, "
          "added and squashed by tanh into the new state, which loops back as the previous state of the next "
          "step.", lambda f: _added_then_squashed()),
    Claim("one-step-in-words", "At step $t$ the input $x_t$ is multiplied by the weights $W_{xh}$, and the "
          "previous state $h_{t-1}$ by the weights $W_{hh}$. The two products are added, and so is the "
          "**bias** $b_h$, a row of numbers that does not depend on the input. Then tanh squashes each sum:",
          lambda f: _added_then_squashed()),
    Claim("order-leaves-its-mark", "The first six sentences have the same bag, yet each ends in a different "
          "state, so order leaves its mark even with random weights.",
          lambda f: len({tuple(rnn_forward(P, np.array(order)[:, None], ZERO)[2][0])
                         for order in permutations(range(3))}) == 6),
    Claim("first-word-is-felt", "The seventh sentence, *man bites man*, differs from *dog bites man* only in "
          "its first word. The final state differs too, so the state holds more than the last word",
          lambda f: all(change != 0 for change in f.numbers("other first word:"))),
    Claim("four-numbers-for-ever", "However, the state isn't a tape recorder. It has four numbers after "
          "three words, and four numbers after three hundred",
          lambda f: f.number("300 words later, the state is still") == 4),
    Claim("a-readout", "To get an answer, we need one more matrix and a bias, the *output layer* or "
          "*readout*. This layer turns the state into the *logits* or *scores*, one number for each possible "
          "answer",
          lambda f: CharModel(RNN(4, 3), np.random.default_rng(0)).params.shapes.items() - P.shapes.items()
          == {("W_hy", (3, 4)), ("b_y", (4,))} and np.shape(forward(learnt(0)[0][0], HELL)[1]) == (4, 4)),
    Claim("integers-are-one-hot", "Each integer in the input stands for a one-hot row. The states have the "
          "shape (T, B, H), with H units, and `params.vector` holds all weights in one long row.",
          lambda f: np.array_equal(h := RNN(4, 3).forward(P, SYMBOLS)[0], RNN(4, 3).forward(
              P, np.eye(4)[SYMBOLS])[0]) and h.shape == (9, 1, 3) and P.vector.shape == (24,)),
    Claim("weights-without-time", "Whether it reads one step or a thousand, the network has 24 weights",
          lambda f: f.number("    1 steps: states (1, 1, 3), weights") == f.number(
              " 1000 steps: states (1000, 1, 3), weights") == 24),
    Claim("one-matrix", "The picture now has many arrows called $W_{hh}$, but there's only one matrix "
          "$W_{hh}$. Because every step uses the same weights, a network can read a sequence longer than any "
          "it was trained on, and what it learns about a letter in one place holds in every place.",
          lambda f: _one_cell()),
    Claim("last-state-alone", "a review goes in, and a verdict comes out at the end. We listen only to the "
          "last state.", lambda f: f.line("listen at the end:").endswith("the last state: True")),
    Claim("small-states-decay", "Near zero, tanh hardly changes a number, so each step multiplies the state "
          "by about $w$. After $n$ steps about $w^n$ of a small state is left, for example $0.8^{10} = 0.11$ "
          "after ten steps. This unit remembers *that* something happened, and roughly when, but not for "
          "long.",
          lambda f: round((h := _unit(0.8, 0, 0.1, 0))[14] / h[4], 2) == round(0.8**10, 2) == 0.11
          and abs(h[-1]) < 1e-3),
    Claim("a-switch", "The unit is a switch: a pulse flips it, and the switch stays when the pulse is gone. "
          "Its strength is that small pulses do nothing.",
          lambda f: _unit(2, 0, 1, -2)[-1] < -0.9 and np.ptp([
              _unit(2, 0, 1, pulse)[-1] for pulse in (-1, -0.5, 0, 0.5)]) < 1e-6),
    Claim("pulse-too-weak", "To flip the switch down, a pulse $x$ must bring the sum $2 \\cdot 0.9575 + x$ "
          "below zero, so $x$ must be under $-1.915$. That's why a pulse of −1.9 fails and −2 flips the "
          "switch",
          lambda f: f.numbers("second pulse -1.9: h =")[2] > 0.9 and f.numbers(
              "second pulse -2.0: h =")[2] < -0.9
          and [_unit(2, 0, 1, pulse)[-1] > 0 for pulse in (-1.914, -1.916)] == [True, False]),
    Claim("swings", "Each step flips the sign. For $w = -1.5$ the state swings between +0.86 and −0.86 "
          "forever, like a clock that ticks every step. For $w$ between −1 and 0 the swings die out.",
          lambda f: f.numbers("weight -1.5, second pulse  0.0: h =")[::2] == [0.86, -0.86]
          and all((np.diff(np.sign(_unit(w, 0, 1, 0)[4:])) != 0).all() for w in (-1.5, -0.8))
          and abs(_unit(-0.8, 0, 1, 0)[-1]) < 1e-3),
    Claim("bias-pushed-too-far", "The bias lifts or lowers the curve. If you push the bias far enough (for a "
          "weight of 2, to 0.55 or −0.55), two of the three crossings meet and vanish, and the switch "
          "always falls back to the same side.",
          lambda f: [_rests(2, b) for b in (0, 0.5, 0.55, -0.5, -0.55)] == [3, 3, 1, 3, 1]
          and _unit(2, 0.55, 1, -3)[-1] > 0.9 and _unit(2, -0.55, 1, 3)[-1] < -0.9),
    Claim("a-hand-of-a-clock", "A rotation by 30° completes one round in $360 / 30 = 12$ steps. The state is "
          "like the hand of a clock, so a readout can tell the time from the state.",
          lambda f: len({tuple(h) for h in _turned(30, 1, np.positive).round(6) + 0.0}) == 360 / 30 == 12),
    Claim("tanh-shrinks-the-circle", "Because tanh squashes a little at every step, the radius of the circle "
          "shrinks slowly, and after 40 steps 0.20 is left.",
          lambda f: _shrinks()),
    Claim("a-rhythm", "Set *stretch* to 1.2, and stretching and squashing balance each other in a rhythm "
          "that sustains itself. At 90° the state then jumps between four points, with a period of exactly "
          "4, and at 180° it jumps between two points.",
          lambda f: [len({tuple(h) for h in _turned(angle, 1.2)[-8:].round(3) + 0.0}) for angle in (90, 180)]
          == [4, 2] and min(np.hypot(*_turned(30, 1.2).T)) == 0.5),
    Claim("targets", "The network reads *hell*, one letter at a time, and must guess the next letter at each "
          "step. The correct guesses, *ello*, are called the **targets**.",
          lambda f: (INPUTS, TARGETS) == ("hell", "ello") and INPUTS + TARGETS[-1] == INPUTS[0] + TARGETS),
    Claim("scores-to-probabilities", "Scores can be any numbers, but probabilities are positive and add up "
          "to 1. The **softmax** turns scores into probabilities by dividing the exponential of each score "
          "by the sum of all exponentials:",
          lambda f: np.allclose(softmax(y := np.array([-3, 0, 5])), np.exp(y) / sum(np.exp(y)))
          and min(softmax(y)) > 0 and math.isclose(sum(softmax(y)), 1)),
    Claim("only-the-target-counts", "Only the probability $p$ of the target counts. The loss at a step is "
          "$-\\ln p$. It's zero if the network was certain and right, and it grows as $p$ gets smaller.",
          lambda f: [round(float(nll(np.log(row), np.array(0))), 3) for row in (
              [1, 1e-9], [0.5, 0.5, 1e-9], [0.5, 0.25, 0.25], [0.1, 0.9])]
          == [0, 0.693, 0.693, round(-math.log(0.1), 3)]),
    Claim("starts-at-chance", "With small weights all scores are near zero, so all four letters get a "
          "probability of about ¼",
          lambda f: _at_chance(f)),
    Claim("gradient-as-response", "This needs the **gradient** of the loss with respect to the weights, "
          "which says how the loss responds to a small change in each weight.", lambda f: _moves_downhill()),
    Claim("one-update", "One line then moves every weight a little against its gradient. The **learning "
          "rate**, here 0.3, sets how far. One such move of all the weights is an **update**.",
          lambda f: _moves_downhill()),
    Claim("both-l-alike", "the network still treats both l's alike. It gives l a probability of about ½ "
          "after the first l, where l is the target, but also after the second l, where the target o gets "
          "only 0.25.",
          lambda f: abs(f.numbers("after  30 updates: chances of e, l, l, o:")[1] - f.numbers(
              "after  30 updates: chances of e, l, l, o:")[2]) < 0.02
          and abs(softmax(forward(learnt(100)[0][30], HELL)[1])[2:, 2] - 1 / 2).max() < 0.02
          and f.numbers("after  30 updates: chances of e, l, l, o:")[3] == 0.25),
    Claim("o-is-last", "after 60 updates its probability is 0.63, when that of the e is 0.82",
          lambda f: f.numbers("after  60 updates: chances of e, l, l, o:")[::3] == [0.82, 0.63]
          and min(f.numbers("after  60 updates: chances of e, l, l, o:")) == 0.63),
    Claim("never-below-the-floor", "The other two letters can be learnt perfectly, so the mean loss over "
          r"four letters can never fall below $$\frac{2 \ln 2}{4} = 0.3466 \text{ nats per letter.}$$ This "
          "limit holds for *every* network without memory, however large it is and however long it is "
          "trained.",
          lambda f: f.numbers("trained without memory:")[:2] == [1, 1]
          and f.number("q = 0.5: (-ln(1 - q) - ln q) / 4 =") == round(FLOOR, 4)
          < f.number("q = 0.3: (-ln(1 - q) - ln q) / 4 =")),
    Claim("alike-then-apart", "The two networks start alike and learn alike",
          lambda f: abs(f.numbers("after   30 updates: with memory")[0] - f.numbers(
              "after   30 updates: with memory")[1]) < 0.02
          and f.numbers("after 1000 updates: with memory")[0] < 0.01 < FLOOR < f.numbers(
              "after 1000 updates: with memory")[1]),
    Claim("cut-and-trained-again", "Each guess is then made from the current letter alone.",
          lambda f: _alike_without_memory()),
    Claim("the-same-answer-twice", "But l is followed by l the first time and by o the second time. A "
          "network without memory is in exactly the same state both times, so it has to give the same answer "
          "twice.",
          lambda f: list(zip(INPUTS, TARGETS, strict=True))[2:] == [("l", "l"), ("l", "o")]
          and _alike_without_memory()),
    Claim("both-after-an-l-suffer", "Without memory, both guesses after an l suffer.",
          lambda f: [p > 0.9 for p in f.numbers("trained without memory:")] == [True, True, False, False]),
    Claim("rows-times-columns-added", "Each row is multiplied by the number on its left, and each column is "
          "added up.", lambda f: np.allclose((STATES[0].T * P.W_hh).sum(axis=0), STATES[0][0] @ P.W_hh)),
    Claim("same-row-of-input", "The one-hot input is the same and picks the same row of $W_{xh}$, so the "
          "whole difference comes through $h_{t-1}$ and $W_{hh}$. Switch *memory* off, and both steps give "
          "the same answer.",
          lambda f: HELL[2] == HELL[3] and np.array_equal(np.eye(4)[2] @ P.W_xh, P.W_xh[2])
          and _alike_without_memory()),
    Claim("o-was-never-read", "However, a change in the row `W_xh[3, …]` does nothing, because this row "
          "belongs to the letter o and the network has never read an o.",
          lambda f: "helo"[3] == "o" and [_felt_row(row) for row in range(4)] == [True, True, True, False]),
    Claim("after-an-o", "The letter after an o is an accident, because the network never read an o",
          lambda f: [(learnt(100)[0][0].W_xh[row] != learnt(100)[0][100].W_xh[row]).all() for row in range(4)]
          == [letter in INPUTS for letter in "helo"]),
    Claim("e-needs-no-memory", "The e after h stays at 0.94, because that guess has never used the memory",
          lambda f: f.number("memory on:  chances of e, l, l, o:") == f.number(
              "memory off: chances of e, l, l, o:") == 0.94),
    Claim("half-is-a-coincidence", "in twenty other networks that were cut like this, the o gets anything",
          lambda f: f.numbers("memory off in twenty other networks: o gets") == [0.2, 0.61]
          and f.numbers("trained without memory:")[2:] == [0.5, 0.5]),
    Claim("hello-with-every-seed", "the trained network writes hello with every seed",
          lambda f: f.numbers("with memory, 21 seeds: helo") == [0, 21, 0]),
    Claim("sampling-in-words", "We give it a first letter and *draw* the next letter from its probabilities, "
          "which is called **sampling**. The drawn letter is fed back as the next input, as if someone had "
          "typed it.", lambda f: _drawn(2000) == [0.1, 0.2, 0.3, 0.4]
          and "each is fed back as the next input" in f.line("After the given letter h the network draws")),
    Claim("greedy", "The network has learnt exactly this mixture, but greedy decoding destroys it. Because l "
          "is slightly more probable than o, the network writes l forever. Sampling is not greedy decoding.",
          lambda f: _greedy(f)),
    Claim("back-from-each-loss", "the **backward pass** goes back from each loss to the state of its step, "
          "and from each state to the state before.", lambda f: _goes_back()),
    Claim("back-to-the-first", "Because BPTT goes back to the first step, a network can learn that a letter "
          "at the beginning matters at the end.", lambda f: _goes_back()),
    Claim("carried-and-cut", "At length 9, follow the dashed arrows from $L_9$ down, then left all the way "
          "to $h_1$. At length 3, a green arrow crosses each border between chunks, but no dashed arrow "
          "does: **the state is carried, the gradient is cut.** The network still *has* its memory of "
          "earlier chunks, but no gradient shows how to improve what it stored in them. At length 1, no "
          "gradient reaches an earlier step.", lambda f: _carried_and_cut() and kept_pairs(9, 9, 9)[8, 0]
          and np.array_equal(kept_pairs(9, 1, 1), np.eye(9))),
    Claim("what-truncation-does", "Truncation carries the state and cuts the gradient.",
          lambda f: _carried_and_cut()),
    Claim("the-same-factor", "each step multiplied a state near zero by about $w$. In the backward pass, "
          "each step multiplies the gradient by the same $w$.",
          lambda f: all(abs(1e3 * np.tanh(w * 1e-3) - w) < 1e-4 > abs(rnn_step_back(
              SimpleNamespace(W_hh=np.array([[w]])), 1e-3, np.ones(1))[1][0] - w) for w in (0.8, 2))),
    Claim("only-l-has-two", "In *hello*, only l is followed by two different letters. Without memory the "
          "loss cannot fall below $2 \\ln 2 / 4 = 0.3466$.",
          lambda f: [len({then for now, then in zip(INPUTS, TARGETS, strict=True) if now == letter})
                     for letter in "hel"] == [1, 1, 2] and round(2 * math.log(2) / 4, 4) == 0.3466),
    Claim("above-if-an-h", "At the end of any string the state must be above 0.05 if the string has an h, "
          "and below −0.05 if it has none.",
          lambda f: [check_latch.result(*answer).mistakes["latch"] for answer in (
              ([6, 0, 0, 0], 3, -1), ([-6, 0, 0, 0], 3, 1), ([0.04, -0.04, -0.04, -0.04], 0, 0))]
          == [None, "missed", "undecided"]),
    Claim("a-good-test", "two bits that are far apart matter as much as two neighbours, and one mistake "
          "anywhere spoils everything after it.",
          lambda f: all(np.array_equal(np.cumsum(np.arange(20) == wrong) % 2, np.arange(20) >= wrong)
                        for wrong in range(20))),
    Claim("half-a-quarter-a-quarter", "half of the words go straight on to o",
          lambda f: all(abs(f.number(start) - share) < 0.03 for start, share in (
              ("helo:", 0.5), ("hello:", 0.25), ("helll:", 0.25)))),
    Claim("chance-of-four", r"$-\ln \frac14 = \ln 4 = 1.386$. That's the loss of pure guessing",
          lambda f: set(f.numbers("after   0 updates: chances of e, l, l, o:")) == {1 / 4}
          and round(-math.log(1 / 4), 3) == round(math.log(4), 3) == 1.386),
    Claim("at-most-the-rest", "Let $q$ be the probability that it gives to o. Then l gets at most $1 - q$, "
          "and the two losses add up to at least",
          lambda f: (-np.log((p := softmax(np.random.default_rng(0).normal(size=(99, 4))))[:, 2])
                     >= -np.log(1 - p[:, 3])).all()),
    Claim("smallest-at-a-half", r"This sum is smallest at $q = \frac12$, where it is $2 \ln 2$.",
          lambda f: (q := np.arange(1, 100) / 100)[np.argmin(-np.log(1 - q) - np.log(q))] == 1 / 2
          and math.isclose(min(-np.log(1 - q) - np.log(q)), 2 * math.log(2))),
    Claim("as-derived", r"A network reaches the $q = \frac12$ from the derivation when it is *trained*",
          lambda f: f.numbers("trained without memory:")[2:] == [1 / 2, 1 / 2]
          != f.numbers("memory off: chances of e, l, l, o:")[2:]),
    Claim("reads-then-writes", "where the network reads first and then writes",
          lambda f: _reads_first()),
    Claim("whole-phrase-first", "the whole phrase is read before the first word of its translation",
          lambda f: _reads_first()),
    Claim("row-times-matrix", "Add the two products and the bias, then take one `tanh` of the whole sum. In "
          "each product the row comes first",
          lambda f: (np.array([0, 1]) @ [[1, 2], [3, 4]]).tolist() == [3, 4]
          != (np.array([[1, 2], [3, 4]]) @ [0, 1]).tolist() and _added_then_squashed()),
    Claim("a-bias-pushes-down",
          "With $w_h$ well above 1 the unit has two resting states. The state starts at 0, which is neither "
          "of the two, so a bias a little below 0 has to push it down",
          lambda f: _rests(3, 0) == _rests(3, -0.2) == 3 > _rests(0.9, 0) and np.tanh(3 * 0 - 0.2) < 0),
    Claim("one-but-not-both", "if at least one of them is 1 but not both. Let one unit say at least one "
          "($x + q > 0.5$) and the other both ($x + q > 1.5$), with weights so large that both units are "
          "close to +1 or −1. Then the new parity is half the difference of the two units. A "
          "matrix product can compute this difference, so $W_{hh}$ can pass the parity to both units at the "
          "next step.",
          lambda f: [np.round(_two_units(x + q)).tolist() for x, q in ((0, 0), (0, 1), (1, 1))]
          == [[-1, -1, 0 ^ 0], [1, -1, 0 ^ 1], [1, 1, 1 ^ 1]]
          and [_passed_on(ones).round().tolist() for ones in range(3)] == [[0, 0], [1, 1], [0, 0]]),
    Claim("rests-on-the-diagonal", "The state before the step is on the horizontal axis, and the state after "
          "it on the vertical axis. Where the curve meets the dashed diagonal, the two are equal, so the "
          "unit stays where it is, in a resting state. A filled dot attracts nearby states, and a hollow dot "
          "repels them.",
          lambda f: [(abs(np.tanh(2 * rest) - rest) < 1e-6, abs(np.tanh(2 * (rest + 0.01)) - rest) > 0.01)
                     for rest, _ in _dots(2)] == [(True, hollow) for _, hollow in _dots(2)]),
    Claim("flatter-so-once", "The curve is flatter than the diagonal, so the two meet once.",
          lambda f: max(np.diff(np.tanh(0.8 * np.linspace(-2, 2, 99))) / (4 / 98)) < 1 == _rests(0.8, 0)),
    Claim("three-times", "The curve now crosses the diagonal three times. Zero has become a watershed, with "
          r"a resting state on either side, at $\pm 0.96$ for $w = 2$",
          lambda f: _rests(1.5, 0) == 3 and [round(rest, 2) for rest, _ in _dots(2)] == [-0.96, 0, 0.96] and [
              np.sign(_unit(2, 0, pulse, 0)[-1]) for pulse in (-0.01, 0.01)] == [-1, 1]),
    Claim("decay", "decay | 0.8 | 0 | 1 | 0", lambda f: abs(
        f.number("weight  0.8, second pulse  0.0: h =")) < 0.01 > abs((h := _unit(0.8, 0, 1, 0))[-1])
          and h[4] > 0.7 > 0.1 > h[17] == max(h[17:])),
    Claim("latch", "latch | 2 | 0 | 1 | −1, then −1.9, then −2",
          lambda f: [round(_unit(2, 0, 1, pulse)[-1], 2) for pulse in (-1, -1.9, -2)] == [
              f.number(f"weight  2.0, second pulse {pulse}: h =") for pulse in (-1.0, -1.9, -2.0)]),
    Claim("oscillation", "oscillation | −1.5 | 0 | 1 | 0",
          lambda f: [round(h, 2) for h in _unit(-1.5, 0, 1, 0)[-2:]] == f.numbers(
              "weight -1.5, second pulse  0.0: h =")[::2] == [0.86, -0.86]),
    Claim("same-words-same-row", "*Man* twice and no *dog* make a different row. The same words in a "
          "different order make the same row. The order is lost, but not everything is. A bag still says "
          "which words there are, and how often.",
          lambda f: _bags(f)),
    Claim("each-word-and-what-was-there", "Each word changed the numbers, together with what was there "
          "before it. The weights decide how strongly. The last word acts most directly. But the previous "
          "state went into the same sum, and it depends on the other two.",
          lambda f: _added_then_squashed() and all(f.numbers("other first word:"))),
    Claim("one-cell-many-times", "The copies are one cell, drawn at several time steps. Each step "
          "multiplies by the same matrices. There are more arrows from state to state, but each of them is "
          "the one arrow of the loop, at a different time.",
          lambda f: _one_cell()),
    Claim("climbs-back", "A pulse can do that, but it has to push the state past zero. From 0.96 this one "
          "doesn't. The unit doesn't add up pulses. Its own state counts for more, with a weight of 2, and "
          "holds it up. The sum is 2 times 0.96, less 1, which is still far above zero. From there the unit "
          "climbs back to where it was.",
          lambda f: 0.5 < (h := _unit(2, 0, 1, -1))[19] < h[18] and round(h[18], 2) == round(h[-1], 2) == 0.96
          and min(np.diff(h[19:])) >= 0 and 2 * 0.96 - 1 > 0.9),
    Claim("nothing-gives-back", "At every step tanh makes the numbers a little smaller, and this matrix "
          "gives nothing back. It would do so without tanh. But with tanh each step costs a little, and "
          "nothing makes up for the loss. For that the matrix would have to stretch, and even then tanh "
          "keeps each number between −1 and 1.",
          lambda f: _shrinks() and abs(_turned(30, 9)).max() <= 1),
    Claim("a-quarter-each", "Small weights make scores near zero, so each of the four letters gets about ¼, "
          r"and $-\ln \frac14 = 1.39$. A network that is certain and wrong pays that much.",
          lambda f: _at_chance(f) and round(-math.log(1 / 4), 2) == 1.39
          and nll(np.array([20.0, 0]), np.array(1)) > 10),
    Claim("both-in-the-same-state", "All have lost it, but not all had used it. After h comes e, whatever "
          "was read before. Both are made in the very same state, though one should be l and the other o. "
          "They have to share the probability. It suffers, but not alone. Whatever probability the o gets "
          "after an l is missing for the second l.",
          lambda f: _alike_without_memory() and [
              p > 0.9 for p in f.numbers("trained without memory:")] == [True, True, False, False]),
    Claim("just-ahead", "A mixture needs chance. Of two nearly equal numbers, however, the same one is the "
          "larger every time. One of the two is just ahead, and it is always the same one. So it writes "
          "either no second l or no o.", lambda f: _greedy(f)),
    Claim("what-crosses-the-border", "The memory does cross it. But the gradient doesn't, because going "
          "back over the border is the work that the cut saves. Going forward, the second chunk continues "
          "from the last state of the first. Going backward, the path ends where the chunk began.",
          lambda f: _carried_and_cut()),
    Claim("no-loss-reaches-over", "The state does, and with it whatever was kept of the text so far. The "
          "gradient doesn't, so no loss reaches a step before the border.", lambda f: _carried_and_cut()),
    Claim("to-the-first-of-its-chunk", "Its gradient goes back to the first character of its own chunk, and "
          "there the path ends. That is the length of a chunk. Not even its last character has that many "
          "before it in the chunk. The state reaches that far, because it is carried over every border. But "
          "the gradient is cut there.",
          lambda f: _carried_and_cut() and np.array_equal(kept_pairs(9, 3, 3)[3:6, 3:6], np.tri(3))),
    Claim("a-half-each", "It never learns what follows an l. The next letter is once an l and once an o, and "
          "without memory both steps look the same, so the best it can do is to give each a half.",
          lambda f: _alike_without_memory() and f.numbers("trained without memory:")[2:] == [0.5, 0.5]
          and f.number("q = 0.5: (-ln(1 - q) - ln q) / 4 =") < f.number(
              "q = 0.3: (-ln(1 - q) - ln q) / 4 =")),
    Claim("away-from-zero", "Here tanh takes a little at each step, and a weight of 1 gives nothing back. "
          "Below 1 it fades. Above 1 the unit feeds itself more than tanh takes away, until it rests, as a "
          "latch does. Above 1 the curve also meets the diagonal away from 0, and there the unit rests.",
          lambda f: [_rests(w, 0) for w in (0.8, 1, 1.5, 2)] == [1, 1, 3, 3]
          and max(np.diff(_unit(1, 0, 1, 0)[4:])) < 0 and 2 * 0.1 > math.tanh(2 * 0.1) > 0.1),
)

HELLO = Shipped("lesson01/hello.jsonl", "", Sweep(try_hello, {"updates": [1000]}), range(200, 220), 0.2, ())

REPLICATED = (
    Replicated("o-is-last", "The o comes last", HELLO,
               lambda seed: max(seed()["settled"][:3]) < seed()["settled"][3], said=(19, 20)),
    Replicated("stops-at-the-floor", "the loss of the other network stops near 0.35", HELLO,
               lambda seed: seed()["with"] < 0.01 and FLOOR < seed()["without"] < 0.355, said=(20, 20)),
    Replicated("a-coincidence", "this balance is a coincidence", HELLO,
               lambda seed: abs(seed()["cut"] - 0.5) > 0.02, said=(18, 20)),
    Replicated("l-for-ever", "the network writes l forever", HELLO,
               lambda seed: seed()["greedy"] == "hellllllll", said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("With other weights or a larger network they'd still agree", "calculated"),
    NotReplicated("so order leaves its mark even with random weights", "one network"),
    NotReplicated("and the switch stays when the pulse is gone", "calculated"),
    NotReplicated("For $w$ between −1 and 0 the swings die out", "calculated"),
    NotReplicated("the radius of the circle shrinks slowly", "calculated"),
    NotReplicated("all four letters get a probability of about ¼", "calculated"),
    NotReplicated("At around 40 updates the two steps begin to differ", "one network"),
    NotReplicated("The two networks start alike and learn alike", "one network"),
    NotReplicated("This limit holds for *every* network without memory", "calculated"),
    NotReplicated("does nothing, because this row belongs to the letter o", "calculated"),
    NotReplicated("half of the words go straight on to o", "one network"),
    NotReplicated("the trained network writes *hello* with every seed", "one network"),
)


def _bags(f: Facts) -> bool:
    """Whether two orders of the same words made the same bag, and other words another."""
    same, turned, other = (f.numbers(f"{words} -> bag") for words in (
        "dog bites man", "man bites dog", "man bites man"))
    return same == turned != other


def _one_cell() -> bool:
    """Whether all arrows of the unrolled network are called W_hh, and each step is the same step."""
    return [label.get_text() for label in unrolled_network(8).figure.axes[0].texts].count(W_HH) == 9 and all(
        np.array_equal(h, rnn_step(P, np.eye(4)[SYMBOLS[t]], STATES[t - 1]))
        for t, h in STATES.items() if t >= 0)


def _shrinks() -> bool:
    """Whether the circle shrinks at every step with tanh, and stays as it is without."""
    return [round(np.hypot(*_turned(30, 1, squash)[-1]), 2) for squash in (np.tanh, np.positive)] == [
        0.2, 0.5] and max(np.diff(np.hypot(*_turned(30, 1).T))) < 0


def _at_chance(f: Facts) -> bool:
    """Whether the scores before training are near zero, and each loss is near ln 4."""
    return abs(forward(learnt(0)[0][0], HELL)[1]).max() < 0.02 and all(
        abs(loss - math.log(4)) < 0.02 for loss in f.numbers("loss at each step:"))


def _greedy(f: Facts) -> bool:
    """Whether l is just ahead of o after an l, so that without drawing it is written forever."""
    return f.line("always the largest:").endswith(" hellllllll") and f.number("helo:") > 0.45 and (
        0 < -np.diff(softmax(forward(learnt(100, False)[0][100], HELL)[1])[3, 2:])[0] < 0.05)


@cache
def _reads_first() -> bool:
    """Whether in the picture of a translation its words come after the phrase's last word."""
    at = labels(task_shapes())
    return at["night"][0] < at["bonne"][0] < at["nuit"][0]


def _added_then_squashed() -> bool:
    """Whether a step multiplies input and previous state, adds both and the bias, and squashes the sum."""
    x, h = np.random.default_rng(3).normal(size=4), STATES[0][0]
    both = [sum(a * row for a, row in zip(*pair, strict=True)) for pair in ((x, P.W_xh), (h, P.W_hh))]
    return np.allclose(rnn_step(P, x, h), np.tanh(both[0] + both[1] + P.b_h))


@cache
def _moves_downhill() -> bool:
    """Whether the first update moves each weight by 0.3 times what the loss is measured to respond to it."""
    p, after = learnt(100)[0][:2]
    slope = numerical_gradient(lambda: -np.log(target_probabilities(p)).mean(), p.vector)
    return np.allclose(after.vector - p.vector, -0.3 * slope, atol=1e-8)


@cache
def _alike_without_memory() -> bool:
    """Whether the two steps that read an l are one and the same as soon as W_hh is 0."""
    p, alike = learnt(100)[0][100].copy(), []
    for _ in range(2):
        alike.append(np.ptp(np.hstack(forward(p, HELL))[2:], axis=0).max() < 1e-12)
        p.W_hh = 0
    return alike == [False, True]


def _felt_row(row: int) -> bool:
    """Whether a change in this row of W_xh changes any of the four guesses."""
    p = learnt(100)[0][100].copy()
    p.W_xh[row] += 1
    return not np.array_equal(target_probabilities(p), target_probabilities(learnt(100)[0][100]))


def _drawn(times: int) -> list[float]:
    """How often a network draws each of four letters to which it gives 0.1, 0.2, 0.3 and 0.4."""
    model, rng = CharModel(RNN(4, 3), np.random.default_rng(0)), np.random.default_rng(1)
    model.params.W_hy, model.params.b_y = 0, np.log([0.1, 0.2, 0.3, 0.4])
    return (np.bincount(list(model.sample([0], times, rng))) / times).round(1).tolist()


def _goes_back() -> bool:
    """Whether each loss has a gradient at the state of its step and at all states before, and at no other."""
    return np.array_equal(hello_gradients(learnt(0)[0][0])["dh_from"].any(axis=2), np.tri(4))


def _carried_and_cut() -> bool:
    """Whether a chunk of three goes on from the last state before it, and sends no gradient there."""
    starts = [np.array_equal(rnn_forward(P, SYMBOLS[3:], h)[5], STATES[8]) for h in (STATES[2], ZERO)]
    return starts == [True, False] and not kept_pairs(9, 3, 3)[3:, :3].any()


def _turned(angle: float, stretch: float, squash=np.tanh) -> np.ndarray:
    """The states (41, 2) of two units that section 6 turns, from (0.5, 0)."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    h = [np.array([0.5, 0])]
    for _ in range(40):
        h.append(squash(h[-1] @ (stretch * np.array([[cos, sin], [-sin, cos]]))))
    return np.array(h)


def _passed_on(total: float, K: float = 20) -> np.ndarray:
    """The two units' states times the W_hh of exercise 1.4, without its factor K."""
    return np.array(_two_units(total, K)[:2]) @ [[1 / 2, 1 / 2], [-1 / 2, -1 / 2]]


def _rests(w: float, b: float) -> int:
    """How often the curve of a unit crosses the diagonal: at its resting states and the watershed."""
    h = np.linspace(-1.1, 1.1, 4000)
    return int(np.count_nonzero(np.diff(np.sign(np.tanh(w * h + b) - h))))


def _unit(weight: float, bias: float, first: float, second: float) -> list[float]:
    """The forty states of a unit with two pulses, as section 5 steers it."""
    states = [0.0]
    for t in range(1, 41):
        states.append(math.tanh(weight * states[-1] + bias + {5: first, 20: second}.get(t, 0)))
    return states[1:]


@cache
def _dots(weight: float) -> list[tuple[float, bool]]:
    """Where the dots on the dashed diagonal of a unit's picture are, and whether they are hollow."""
    axes = one_unit(np.zeros(1), weight).figure.axes[-1]
    diagonal, _, *dots = axes.lines
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("state h before", "state h after")
    assert diagonal.get_linestyle() == "--" and all(dot.get_xdata() == dot.get_ydata() for dot in dots)
    return [(dot.get_xdata()[0], dot.get_markerfacecolor() == "white") for dot in dots]


def _two_units(total: float, K: float = 20) -> list[float]:
    """Of the two units of exercise 1.4 both states and the new parity, with x + q in `total`."""
    h_0, h_1 = np.tanh(K * (total - 0.5)), np.tanh(K * (total - 1.5))
    return [h_0, h_1, (h_0 - h_1) / 2]


def _on_the_page() -> tuple[np.ndarray, np.ndarray]:
    """The sums and the states of the three steps of the worksheet."""
    p, letters = printed(WEIGHTS), [LETTERS.index(letter) for letter in READ]
    states = rnn_forward(p, np.array(letters)[:, None], np.zeros((1, 2)))
    h = np.array([states[t][0] for t in range(-1, 3)])
    return p.W_xh[letters] + h[:-1] @ p.W_hh, h[1:]


SOLVED = (       # claims of the worked solutions
    Claim("squashed-before-it-goes-on",
          "The next step multiplies $h_1 = (0.20, -0.38)$, after tanh, and not the sum $a_1 = (0.20, "
          "-0.40)$. This mistake hardly shows at step 1, but at step 3 it does.",
          lambda f: [found[0].round(2).tolist() for found in _on_the_page()] == [[0.2, -0.4], [0.2, -0.38]]
          and (off := np.abs(np.subtract(*_on_the_page())).max(axis=1))[0] < 0.03 < 0.1 < off[2]),
    Claim("along-the-rows", r"$h_1 W_{hh}$ goes down the columns, so unit 0 gets $0.20 \cdot (-0.2) + "
          r"(-0.38) \cdot (-0.8) = 0.26$. If you go along the rows instead, unit 0 gets −0.31, and you have "
          "multiplied by the transpose of $W_{hh}$.",
          lambda f: [round(float((_on_the_page()[1][0] @ W)[0]), 2) for W in (
              printed(WEIGHTS).W_hh, printed(WEIGHTS).W_hh.T)] == [0.26, -0.31]),
    Claim("one-tanh", "Both products are added first, and one tanh squashes the sum.",
          lambda f: _added_then_squashed()),
    Claim("divided-by-the-sum-of-powers", "A probability is $e^y$ divided by the sum of all three $e^y$. The "
          "scores themselves may be negative.",
          lambda f: np.allclose(softmax(y := np.array([-2, -1, 1])), np.exp(y) / sum(np.exp(y)))),
    Claim("one-step-worked", "Multiply the input by $W_{xh}$ and the previous state by $W_{hh}$. Then add "
          "the bias, and take one tanh of the whole sum.", lambda f: _added_then_squashed()),
    Claim("picks-the-first-row", r"$x\,W_{xh} = (1, 2)$, because the one-hot input picks the first row.",
          lambda f: (np.array([1, 0]) @ [[1, 2], [3, 4]]).tolist() == [1, 2]),
    Claim("from-the-wrong-side", "If you had written W_hh @ h_prev, the second product would have been "
          "$(0.5, 0.5)$. With square matrices a wrong transpose raises no error and only gives different "
          "numbers.",
          lambda f: ([[1, 0], [2, 1]] @ np.array([0.5, -0.5])).tolist() == [0.5, 0.5]
          != (np.array([0.5, -0.5]) @ [[1, 0], [2, 1]]).tolist() == [-0.5, -0.5]),
    Claim("two-resting-states", "After the h, the unit should keep its answer for hundreds of letters. So "
          "the unit needs two resting states, and $w_h$ must be well above 1.",
          lambda f: [_rests(w, 0) for w in (0.5, 0.9, 3)] == [1, 1, 3] and _rests(1.5, -1) < _rests(3, -1)),
    Claim("neither-yes-nor-no",
          "It begins at 0. Without a bias it would stay at 0, which means neither yes nor no.",
          lambda f: [abs(_unit(3, bias, 0, 0)[-1]) > 0.05 for bias in (0, -1, 1)] == [False, True, True]),
    Claim("a-bias-below-zero", "A bias below 0 sends the state down, so we take $b = -1$. However, the bias "
          "must not be too strong, or the upper resting state vanishes and the unit forgets.",
          lambda f: np.tanh(-1) < 0 and _rests(3, -1) == 3 > _rests(3, -2)),
    Claim("more-than-four", "At the bottom the state is near −1, so the sum is about $-3 - 1 = -4$. An h has "
          "to add more than 4. We take $w_x = 6$ for h and 0 for the other letters, because then "
          r"$6 - 4 = 2$, and $\tanh 2 = 0.96$.",
          lambda f: [np.tanh(-3 - 1 + push) > 0 for push in (0, 3.9, 4.1)] == [False, False, True]
          and round(np.tanh(-3 - 1 + 6), 2) == 0.96),
    Claim("down-to-minus-1.3",
          "With $w_h = 3$ the bias can go down to about −1.30 before the upper crossing vanishes.",
          lambda f: [_rests(3, bias) for bias in (-1.2, -1.3, -1.31, -1.4)] == [3, 3, 1, 1]),
    Claim("leaves-the-diagonal", "and you'll see the curve leave the diagonal.",
          lambda f: [bool(max(np.tanh(3 * (h := np.linspace(0, 1, 200)) + bias) - h) > 0)
                     for bias in (-1, -1.2, -1.4)] == [True, True, False]),
    Claim("whatever-the-length",
          "Every step uses the same weights, so the count does not depend on $T$. The argument T",
          lambda f: [CharModel(RNN(4, 3), np.random.default_rng(0)).loss_and_grads(
              *np.ones((2, T, 1), int))[1].vector.size for T in (1, 9)] == [f.number("hello:")] * 2),
    Claim("proportional-to-t", "The work is proportional to $T$, and so is the memory for the states that "
          "the backward pass needs.", lambda f: [RNN(4, 3).forward(P, np.ones((T, 1), int))[0].size / T
                                             for T in (1, 9, 90)] == [3, 3, 3]),
    Claim("exactly-one", "The new parity is 1 if exactly one of $q$ and $x$ is 1.",
          lambda f: all((q ^ x == 1) == ([q, x].count(1) == 1) for q in (0, 1) for x in (0, 1))),
    Claim("starts-even", "The initial state $h = 0$ gives $q = 0$, so the count starts even.",
          lambda f: np.zeros(2) @ [1 / 2, -1 / 2] == 0 == round(_two_units(0)[2]) != round(_two_units(1)[2])),
    Claim("never-both-ways",
          "One unit cannot compute the new parity, because as $x + q$ grows, a single tanh either only rises "
          "or only falls",
          lambda f: all(len(set(np.sign(np.diff(np.tanh(w * np.arange(-2, 3) + b))))) == 1
                        for w in (-2.0, 0.5, 3.0) for b in (-1.0, 1.0))),
    Claim("up-and-down", "The parity has to rise as $x + q$ goes from 0 to 1, and fall again from 1 to 2",
          lambda f: np.diff([ones % 2 for ones in range(3)]).tolist() == [1, -1]),
    Claim("at-least-one", r"unit 0 is near +1 if $x + q > \frac12$, *at least one*",
          lambda f: [round(_two_units(total)[0]) for total in range(3)] == [-1, 1, 1]),
    Claim("turns-at-a-half", r"$h_0 = \tanh(K(x + q - \frac12))$",
          lambda f: _two_units(1 / 2)[0] == 0 and -_two_units(0)[0] == _two_units(1)[0] > 0.99),
    Claim("turns-at-three-halves", r"$h_1 = \tanh(K(x + q - \frac32))$",
          lambda f: _two_units(3 / 2)[1] == 0 and -_two_units(1)[1] == _two_units(2)[1] > 0.99),
    Claim("both", r"unit 1 is near +1 if $x + q > \frac32$, *both*",
          lambda f: [round(_two_units(total)[1]) for total in range(3)] == [-1, -1, 1]),
    Claim("odd-in-between", r"and the new parity is $\frac12 (h_0 - h_1)$, which is 0 for states near "
          "(−1, −1), 1 near (+1, −1) and 0 near (+1, +1).",
          lambda f: [[round(value) for value in _two_units(total)] for total in range(3)]
          == [[-1, -1, 0], [1, -1, 1], [1, 1, 0]]),
    Claim("as-large-as-k", "This difference is a linear function of the state, so the next step can compute "
          r"$K q = \frac K2 (h_0 - h_1)$ by itself, as a part of $h_{t-1} W_{hh}$.",
          lambda f: [(20 * _passed_on(total)).round().tolist() for total in range(3)]
          == [2 * [20 * (total % 2)] for total in range(3)]),
    Claim("cleaned-up", "Why doesn't the network go wrong after hundreds of bits? The tanh cleans up. At "
          "every step, a $q$ of 0.99 or 0.01 is pushed back towards 1 or 0",
          lambda f: _two_units(0.99, 6)[2] > 0.99 and 0 < _two_units(0.01, 6)[2] < 0.01),
    Claim("too-small-a-factor",
          "falls back into its resting state. If $K$ is too small, the cleaning fails:",
          lambda f: f.number("K = 1.0: a single 1, and 99 zeros later q =") < 0.5
          < f.number("K = 3.0: a single 1, and 99 zeros later q =") < 0.9
          < f.number("K = 6.0: a single 1, and 99 zeros later q =")),
)
