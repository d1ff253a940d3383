"""What lesson 01 claims."""

import math

import numpy as np

from helpers.lessons.hello import FLOOR
from helpers.lessons.lesson01.drawings import task_shapes
from helpers.lessons.lesson01.page_drawings import LETTERS, READ, WEIGHTS
from helpers.lessons.lesson01.state_pictures import one_unit
from helpers.lessons.lesson01.written_out import try_hello
from helpers.lessons.page_drawings import printed
from helpers.lessons.prose_facts import Claim, labels
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.networks import RNN, CharModel
from helpers.networks.cells.plain import rnn_forward
from helpers.runs import Shipped, Sweep

CLAIMS = (
    Claim("bags-are-equal", "The first two outputs agree in every digit",
          lambda f: f.numbers("dog bites man -> bag") == f.numbers("man bites dog -> bag") != f.numbers(
              "man bites man -> bag")),
    Claim("first-word-is-felt", "the state holds more than the last word",
          lambda f: all(change != 0 for change in f.numbers("other first word:"))),
    Claim("four-numbers-for-ever", "four numbers after three words, and four numbers after three hundred",
          lambda f: f.number("300 words later, the state is still") == 4),
    Claim("weights-without-time", "Whether it reads one step or a thousand, the network has 24 weights",
          lambda f: f.number("    1 steps: states (1, 1, 3), weights") == f.number(
              " 1000 steps: states (1000, 1, 3), weights") == 24),
    Claim("pulse-too-weak", "That's why a pulse of −1.9 fails and −2 flips the switch",
          lambda f: f.numbers("second pulse -1.9: h =")[2] > 0.9 and f.numbers(
              "second pulse -2.0: h =")[2] < -0.9),
    Claim("swings", "the state swings between +0.86 and −0.86",
          lambda f: f.numbers("weight -1.5, second pulse  0.0: h =")[::2] == [0.86, -0.86]),
    Claim("starts-at-chance", "all four letters get a probability of about ¼",
          lambda f: all(abs(loss - math.log(4)) < 0.02 for loss in f.numbers("loss at each step:"))),
    Claim("both-l-alike", "the network still treats both l's alike",
          lambda f: abs(f.numbers("after  30 updates: chances of e, l, l, o:")[1] - f.numbers(
              "after  30 updates: chances of e, l, l, o:")[2]) < 0.02),
    Claim("o-is-last", "after 60 updates its probability is 0.63, when that of the e is 0.82",
          lambda f: f.numbers("after  60 updates: chances of e, l, l, o:")[::3] == [0.82, 0.63]
          and min(f.numbers("after  60 updates: chances of e, l, l, o:")) == 0.63),
    Claim("never-below-the-floor", r"can never fall below $$\frac{2 \ln 2}{4} = 0.3466",
          lambda f: f.number("q = 0.5: (-ln(1 - q) - ln q) / 4 =") == round(FLOOR, 4)
          < f.number("q = 0.3: (-ln(1 - q) - ln q) / 4 =")),
    Claim("alike-then-apart", "The two networks start alike and learn alike",
          lambda f: abs(f.numbers("after   30 updates: with memory")[0] - f.numbers(
              "after   30 updates: with memory")[1]) < 0.02
          and f.numbers("after 1000 updates: with memory")[0] < 0.01 < FLOOR < f.numbers(
              "after 1000 updates: with memory")[1]),
    Claim("e-needs-no-memory", "that guess has never used the memory",
          lambda f: f.number("memory on:  chances of e, l, l, o:") == f.number(
              "memory off: chances of e, l, l, o:") == 0.94),
    Claim("half-is-a-coincidence", "in twenty other networks that were cut like this, the o gets anything",
          lambda f: f.numbers("memory off in twenty other networks: o gets") == [0.2, 0.61]
          and f.numbers("trained without memory:")[2:] == [0.5, 0.5]),
    Claim("hello-with-every-seed", "the trained network writes hello with every seed",
          lambda f: f.numbers("with memory, 21 seeds: helo") == [0, 21, 0]),
    Claim("half-a-quarter-a-quarter", "half of the words go straight on to o",
          lambda f: all(abs(f.number(start) - share) < 0.03 for start, share in (
              ("helo:", 0.5), ("hello:", 0.25), ("helll:", 0.25)))),
    Claim("chance-of-four", r"$-\ln \frac14 = \ln 4 = 1.386$",
          lambda f: set(f.numbers("after   0 updates: chances of e, l, l, o:")) == {1 / 4}
          and round(-math.log(1 / 4), 3) == round(math.log(4), 3) == 1.386),
    Claim("smallest-at-a-half", r"This sum is smallest at $q = \frac12$, where it is $2 \ln 2$.",
          lambda f: (q := np.arange(1, 100) / 100)[np.argmin(-np.log(1 - q) - np.log(q))] == 1 / 2
          and math.isclose(min(-np.log(1 - q) - np.log(q)), 2 * math.log(2))),
    Claim("as-derived", r"A network reaches the $q = \frac12$ from the derivation when it is *trained*",
          lambda f: f.numbers("trained without memory:")[2:] == [1 / 2, 1 / 2]
          != f.numbers("memory off: chances of e, l, l, o:")[2:]),
    Claim("reads-then-writes", "where the network reads first and then writes",
          lambda f: (at := labels(task_shapes()))["night"][0] < at["bonne"][0] < at["nuit"][0]),
    Claim("row-times-matrix", "In each product the row comes first",
          lambda f: (np.array([0, 1]) @ [[1, 2], [3, 4]]).tolist() == [3, 4]
          != (np.array([[1, 2], [3, 4]]) @ [0, 1]).tolist()),
    Claim("a-bias-pushes-down",
          "With $w_h$ well above 1 the unit has two resting states. The state starts at 0, which is neither "
          "of the two, so a bias a little below 0 has to push it down",
          lambda f: _rests(3, 0) == _rests(3, -0.2) == 3 > _rests(0.9, 0) and np.tanh(3 * 0 - 0.2) < 0),
    Claim("one-but-not-both", "if at least one of them is 1 but not both. Let one unit say at least one "
          "($x + q > 0.5$) and the other both ($x + q > 1.5$), with weights so large that both units are "
          "close to +1 or −1. Then the new parity is half the difference of the two units.",
          lambda f: [np.round(_two_units(x + q)).tolist() for x, q in ((0, 0), (0, 1), (1, 1))]
          == [[-1, -1, 0 ^ 0], [1, -1, 0 ^ 1], [1, 1, 1 ^ 1]]),
    Claim("rests-on-the-diagonal", "Where the curve meets the dashed diagonal, the two are equal, so the "
          "unit stays where it is, in a resting state. A filled dot attracts nearby states, and a hollow dot "
          "repels them.",
          lambda f: [(abs(np.tanh(2 * rest) - rest) < 1e-6, abs(np.tanh(2 * (rest + 0.01)) - rest) > 0.01)
                     for rest, _ in _dots(2)] == [(True, hollow) for _, hollow in _dots(2)]),
    Claim("flatter-so-once", "The curve is flatter than the diagonal, so the two meet once.",
          lambda f: max(np.diff(np.tanh(0.8 * np.linspace(-2, 2, 99))) / (4 / 98)) < 1 == _rests(0.8, 0)),
    Claim("three-times", "The curve now crosses the diagonal three times. Zero has become a watershed",
          lambda f: _rests(1.5, 0) == _rests(2, 0) == 3 and [
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


def _dots(weight: float) -> list[tuple[float, bool]]:
    """Where the dots on the dashed diagonal of a unit's picture are, and whether they are hollow."""
    diagonal, _, *dots = one_unit(np.zeros(1), weight).figure.axes[-1].lines
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
    Claim("as-large-as-k", r"the next step can compute $K q = \frac K2 (h_0 - h_1)$ by itself",
          lambda f: [round(20 / 2 * np.subtract(*_two_units(total)[:2])) for total in range(3)]
          == [20 * (total % 2) for total in range(3)]),
    Claim("cleaned-up", "Why doesn't the network go wrong after hundreds of bits? The tanh cleans up. At "
          "every step, a $q$ of 0.99 or 0.01 is pushed back towards 1 or 0",
          lambda f: _two_units(0.99, 6)[2] > 0.99 and 0 < _two_units(0.01, 6)[2] < 0.01),
    Claim("too-small-a-factor",
          "falls back into its resting state. If $K$ is too small, the cleaning fails:",
          lambda f: f.number("K = 1.0: a single 1, and 99 zeros later q =") < 0.5
          < f.number("K = 3.0: a single 1, and 99 zeros later q =") < 0.9
          < f.number("K = 6.0: a single 1, and 99 zeros later q =")),
)
