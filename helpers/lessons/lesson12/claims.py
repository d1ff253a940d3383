"""What lesson 12 claims."""

import math
import re
from collections.abc import Callable
from itertools import product

import numpy as np

from helpers.lessons.lesson12.automata import (
    TOMITA,
    agreement,
    answers,
    automaton,
    distinguishing_string,
    minimise,
)
from helpers.lessons.lesson12.counter import counter_path, run_unit, strings_to, told_end
from helpers.lessons.lesson12.counting import record_counting
from helpers.lessons.lesson12.drawings import BITS, parity_machine
from helpers.lessons.lesson12.extraction import extract_automaton, grammar_strings, network_answers
from helpers.lessons.lesson12.following import ORDERS, SIGNS, THEN, made
from helpers.lessons.lesson12.pictures import crossing_sum, parity_by_factor, plot_crossings, plot_factor
from helpers.lessons.lesson12.plain_counter import counter, read_out
from helpers.lessons.lesson12.shipped import counting_network, grammar_network
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import LSTM, Parameters, sigmoid
from helpers.runs import load_run


def learnt(f: Facts, kind: str) -> list[float]:
    """Of a kind: how many learnt parity, of how many; least, largest and median updates; then lengths."""
    return f.numbers(f"{kind:15} learnt by")


def counted_to(f: Facts, cell: str) -> list[float]:
    """Of a cell: how many of twenty networks have learnt their twenty, then how far they count."""
    return f.numbers(f"{cell:4} after 2,000 updates:")


def swaps(f: Facts, kind: str, runs: int) -> list[float]:
    """The medians of a kind on permutations, at 64 and 1,024, if so many `runs` learn it."""
    return f.numbers(f"{kind:15} {runs} of 20 learn strings of 20; medians at 64 and 1,024:")


def never_the_ring(distance: float) -> bool:
    """Whether the automaton of grammar 6 is no ring of three, and not better than its network."""
    network, right = grammar_network(6), answers(TOMITA[6], 12)
    drawn = extract_automaton(network, distance)
    return drawn.closed and len(drawn.smallest.accepts) > 3 and agreement(
        answers(drawn.smallest, 12), right) < agreement(network_answers(network, 12), right)


TURN = np.array([[math.cos(2 * math.pi / 3), math.sin(2 * math.pi / 3)],
                 [-math.sin(2 * math.pi / 3), math.cos(2 * math.pi / 3)]])


def closest(distance: float) -> float:
    """The root mean square difference of the two closest states that a walk in grammar 5's network finds."""
    centres = extract_automaton(grammar_network(5), distance).centres
    squared = ((centres[:, None] - centres) ** 2).mean(axis=2)
    return float(np.sqrt(squared[np.triu_indices(len(centres), 1)].min()))


def turned(other: np.ndarray) -> bool:
    """Whether a third of a turn for a 0, and `other` for a 1, are right about grammar 6 on strings of 10."""
    h = np.array([[1.0, 0.0]])
    for _ in range(10):
        h = np.stack([h @ TURN, h @ other], axis=1).reshape(-1, 2)
    return np.array_equal(h[:, 0] > 0.5, answers(TOMITA[6], 10)[10])


def drawn_below(top: float) -> str:
    """The words in the lower part of the parity machine, from left to right; even is 0, odd is 1."""
    texts = sorted((*text.get_position(), text.get_text()) for text in parity_machine().figure.axes[0].texts)
    return "".join({"even": "0", "odd": "1"}.get(text, text) for x, y, text in texts if x > 100 and y < top)


def _bent(step: Callable[[float, float], float]) -> float:
    """By how much two steps in a row bend a line of states: not at all, if they can be joined."""
    return abs(np.diff([step(step(h, 0.3), -0.8) for h in (-1.0, 0.0, 1.0)], 2).item())


def _mixed(z: float, h: float, candidate: float) -> float:
    """What a GRU keeps and takes in, with a gate that is the sigmoid of z."""
    return float(sigmoid(np.array(z)) * h + sigmoid(np.array(-z)) * candidate)


def _lstm_step(c: float, x: float, seen: float) -> float:
    """The c of an LSTM unit after the input x, if its gates see its last output with the weight `seen`."""
    cell = LSTM(1, 1)
    p = Parameters(cell.shapes)
    p.W_xh, p.W_hh = p.W_xh + x, p.W_hh + seen
    return cell.forward(p, np.zeros((1, 1), int), (np.tanh([[c]]), np.array([[c]])))[1][1].item()


def _sign_changes(numbers: np.ndarray) -> int:
    return int((np.diff(np.sign(numbers)) != 0).sum())


def _random_crossings(units: int) -> list[int]:
    """How often each of 100 random sums of a constant and decaying exponentials crosses zero."""
    rng = np.random.default_rng(0)
    factors, t = rng.uniform(0, 1, (100, 1, units)), np.arange(17)[:, None]
    weights = rng.normal(size=(100, units + 1, 1))
    return [_sign_changes(row) for row in ((factors**t) @ weights[:, 1:] + weights[:, :1])[:, :, 0]]


def _says_end(c: float) -> bool:
    W_hy, b_y = read_out()
    return bool((np.tanh([c]) @ W_hy + b_y).argmax() == 1)


def _held(cell: str, n: int) -> np.ndarray:
    """What the unit of the picture, number 5, holds over n a's and n b's."""
    return record_counting(counting_network(cell), n)[:, 4]


def _by_delta(key: np.ndarray) -> np.ndarray:
    """What the delta rule reads after writing (1, 2) and then (5, 3) under the same key."""
    S = np.zeros((2, 2))
    for value in ([1, 2], [5, 3]):
        S += np.outer(key, value - key @ S)
    return key @ S


def _share_with_a_run(length: int) -> float:
    """The share of strings for grammar 6 to learn from that have such a run of one symbol."""
    columns = grammar_strings(np.random.default_rng(0), TOMITA[6], 15, 1000)[0][1:].T
    strings = ["".join(map(str, column)) for column in columns]
    return float(np.mean([length * "0" in string or length * "1" in string for string in strings]))


def _four_times_for_twice(n: int) -> bool:
    """Whether a unit with a forget bias of 10 loses four times as much over 2 n a's and b's as over n."""
    return math.isclose(counter_path(2 * n, 2 * n, 10)[-1] / counter_path(n, n, 10)[-1], 4, rel_tol=0.02)


TWICE = automaton([[2, 1], [3, 0], [0, 3], [1, 2]], [0, 1, 0, 1])       # parity's two states, each twice


CLAIMS = (
    Claim("one-number",
          "But a single number is enough for parity. Start with 1, and multiply it by −1 at every 1.",
          lambda f: all(((-1.0) ** ones < 0) == (ones % 2 == 1) for ones in range(100))),
    Claim("half-of-the-rest",
          "After 298 steps the readout sees nothing, so it goes on saying even, which is right at every "
          "second 1. A factor that was faultless on strings of 40 and 256 bits is little better than a coin "
          "on 4,096 bits. Only −1 itself holds forever, and a tanh or a sigmoid never quite gets there.",
          lambda f: parity_by_factor(-0.99, 298).all() and not parity_by_factor(-0.99, 4096)[299::2].any()
          and parity_by_factor(-0.99, 4096)[300::2].all()
          and 0.5 < parity_by_factor(-0.99, 4096)[1:].mean() < 0.55
          and [parity_by_factor(factor, 4096).all() for factor in (-1, math.tanh(-3))] == [True, False]),
    Claim("no-sign-no-parity", "The sign never changes, so one such unit can't keep parity at all",
          lambda f: all("the sign never changes" in plot_factor(factor).sentence
                        and "50 % of 40" in plot_factor(factor).sentence for factor in (0.5, 0.9, 0.99))),
    Claim("crosses-as-often-as-units",
          "With 1 unit the curve crosses zero once, and with 2 units twice. Drag units to 6, and it crosses "
          "six times, then never again. A constant and $H$ decaying exponentials cross zero at most $H$ "
          "times. (One unit and a constant make a curve that only falls or only rises, so it crosses once. "
          "Each further unit adds one turn.) Parity needs a crossing for every 1, so a string with more 1s "
          "than units is out of reach,",
          lambda f: all(f"crosses zero {units} time" in plot_crossings(units).sentence
                        and _sign_changes(np.diff(crossing_sum(units, 16))) == units - 1
                        and max(_random_crossings(units)) <= units for units in range(1, 7))),
    Claim("never-with-positive-factors", "With factors in (0, 1) nothing is learnt",
          lambda f: learnt(f, "linear (0, 1)")[0] == 0),
    Claim("fast-and-first-to-break", "all twenty networks learn parity, about as fast as a GRU",
          lambda f: learnt(f, "linear (-1, 1)")[:2] == [20, 20]
          and abs(learnt(f, "linear (-1, 1)")[4] - learnt(f, "GRU")[4]) < 40
          and f.numbers("linear (-1, 1) breaks after") == [168, 1234]),
    Claim("hold-to-the-end", "LSTM and GRU hold to the end, and so does the plain network",
          lambda f: min(learnt(f, kind)[-1] for kind in ("LSTM", "GRU", "RNN")) >= 0.99),
    Claim("linear-fades",                                                 # a factor multiplies both
          "Why do these three last? They squash. At every step a tanh restores a state that has shrunk. A "
          "linear step, however, lets both the state and its errors fade.",
          lambda f: 0.3 < math.tanh(2 * 0.3) < math.tanh(2 * math.tanh(2 * 0.3))
          and learnt(f, "linear (-1, 1)")[-1] < 0.55 and learnt(f, "RNN")[-1] > 0.99
          and 0.99**600 < 0.01),
    Claim("eighteen-slow-runs", "in the 18 of 20 runs that learn parity, though slowly",
          lambda f: learnt(f, "RNN")[:2] == [18, 20] and learnt(f, "RNN")[2] > learnt(f, "LSTM")[3]),
    Claim("set-by-hand", "The unit set by hand counts to a thousand",
          lambda f: "True" in f.line("every string up to n = 1,000 is predicted correctly")),
    Claim("grows-with-the-square",
          "After the a's almost nothing is missing, but after the b's the memory is below 0. Each step, up "
          "or down, loses a share of the whole count, so the count reaches 0 too early. The shortfall grows "
          "with the square of $n$.",
          lambda f: counter_path(200, 200, 10)[200] > 199 and told_end(counter_path(200, 200, 10), 200) < 400
          and _four_times_for_twice(100)
          and f.numbers("counts to:") == [5, 8, 8, 36, 10, 99, 12, 271]
          and 2.5 < 99 / 36 < 3 and 2.5 < 271 / 99 < 3),        # e is 2.7: two units of bias, a factor e in n
    Claim("all-have-learnt-twenty", "19 of them stop between 21 and 33, and the other stops at 52",
          lambda f: counted_to(f, "LSTM") == [20, 20, 21, 24, 33, 52, 1000, 8]),
    Claim("four-do-not-reach-twenty", "Of the twenty GRUs, four don't reach 20",
          lambda f: counted_to(f, "GRU")[:2] == [16, 20]),
    Claim("some-counted-further-before",
          "And more training doesn't always help. For example, eight of the twenty LSTMs had counted further "
          "after 1,000 updates.",
          lambda f: counted_to(f, "LSTM")[-1] == 8),
    Claim("further-than-those-twenty", "This LSTM counts further than any of the twenty above at that point",
          lambda f: f.number("the LSTM counts to") > max(
              max(run.value["reach"][:2]) for run in load_run("12/counting"))),
    Claim("of-every-string", "Is it *the* automaton of grammar 5?",
          lambda f: "None" in f.line("a string that tells automaton and grammar apart")
          and f.numbers("network right on") == [8190, 8190]),
    Claim("over-seven-no-harm",
          "and over seven symbols this does no harm. Longer runs of one symbol are rare in random strings, "
          "so the network was hardly trained on them.",
          lambda f: _share_with_a_run(9) < 0.03
          and len(f.line("the shortest string on which automaton and grammar").split()[-1]) == 8),
    Claim("never-the-ring", "it never becomes a ring of three, and is never better than the network",
          lambda f: f.numbers("states left, by distance:")[1::2] == [7, 15, 24]
          and f.numbers("The automaton is right on")[0] > 50
          and all(never_the_ring(distance / 100) for distance in range(15, 65, 5))),
    Claim("all-but-three",
          "Of 140 automata, 124 agree with their grammar on strings of every length, as the walk through "
          "pairs proves. The other 16 are all from grammar 6, where four of the twenty networks have found "
          "the ring.",
          lambda f: f.numbers("in all")[:2] == [124, 140] and f.numbers("6        3")[:2] == [4, 20]
          and all(run.value["apart"] is None or run.parameters["grammar"] == 6
                  for run in load_run("12/grammars"))),
    Claim("ahead-of-its-network", "Three automata are right on more strings than their networks",
          lambda f: f.numbers("the automaton is right on more strings than its network:") == [3, 14]),
    Claim("guesses-among-three",
          "Guessing is right once in six. A network that knows the sign guesses among three orders. A linear "
          "recurrence with factors in (−1, 1) gets no further than being right once in three,",
          lambda f: len(ORDERS) == 6 and 0.33 <= swaps(f, "linear (-1, 1)", 0)[0] < 0.36),
    Claim("sign-is-lost", "at length 1,024 it has nearly lost the sign, too",
          lambda f: swaps(f, "linear (-1, 1)", 0)[1] < 0.25),
    Claim("gated-in-every-run", "LSTM and GRU learn the task in every run, and the plain network in 5 of 20",
          lambda f: min(swaps(f, "LSTM", 20)[:2] + swaps(f, "GRU", 20)[:2]) > 0.98
          and max(swaps(f, "RNN", 5)[:2]) < 0.5),
    Claim("still-right-far-beyond", "19 LSTMs and 18 GRUs still get more than 90 % right",
          lambda f: [swaps(f, kind, 20)[-1] for kind in ("LSTM", "GRU")] == [19, 18]),
    Claim("twelve-rounds",
          r"Each round doubles how far back a step reaches, so $\log_2 T$ rounds are enough.",
          lambda f: [f.number("A sequence of"), f.number("for the round before, and")] == [2**6, 6]),
    Claim("the-last-counts",
          "But if you write under the same key twice, the two values add up. The delta rule writes only "
          r"what is not there yet, if keys have length 1: $S \leftarrow S + k^\top (v - k\,S)$.",
          lambda f: f.numbers("the delta rule reads") == [5, 3]
          and f.numbers("linear attention reads") == [1 + 5, 2 + 3]
          and np.allclose(_by_delta(np.array([0.6, 0.8])), [5, 3])
          and not np.allclose(_by_delta(np.array([1.2, 1.6])), [5, 3])),
    Claim("one-turns-parity-over", "A 0 leads back to the same state, a 1 to the other.",
          lambda f: [automaton([[0, 1], [1, 0]], [0, 1]).reads(bit)[-1] for bit in "01"] == [0, 1]
          and drawn_below(200)[:3] == {"0": "000", "1": "011"}[BITS[0]]),
    Claim("a-word-after-each-bit",
          "Below, after each bit of a row, a word says whether the number of 1s so far is even or odd.",
          lambda f: drawn_below(200) == "0" + "".join(
              bit + str(BITS[:n].count("1") % 2) for n, bit in enumerate(BITS, 1))),
    Claim("open-whatever-comes",
          "with all three gates open forever. A bias opens a gate whatever comes in. Only $g$ depends on "
          "the symbol.",
          lambda f: (counter()[2][:3] == 20).all() and not counter()[0][:, :3].any()
          and np.diff(counter()[0][:, 3])[0] != 0),
    Claim("only-the-bias-is-left", "At $h = 0$ only $b_y$ is left.",
          lambda f: (np.zeros(1) @ read_out()[0] + read_out()[1]).tolist() == [0, 5]),
    Claim("the-last-symbol",
          "You must know whether the last symbol so far was a 1, and whether two 1s have already come "
          "together.",
          lambda f: [_state(string) for string in ("10", "01", "0110")] == [0, 1, 2]),
    Claim("first-the-pair-itself",
          "First see whether the two states of the pair agree. If they don't, the string is the answer. "
          "Otherwise there are two new pairs, for 0 and for 1, unless you've met them.",
          lambda f: [distinguishing_string(automaton([[0, 1], [1, 1]], accepts), automaton([[0, 0]], [0]))
                     for accepts in ([1, 0], [0, 1], [0, 0])] == ["", "1", None]),
    Claim("rows-of-a-rotation", r"A rotation by an angle has the rows $(\cos, \sin)$ and $(-\sin, \cos)$.",
          lambda f: np.allclose(np.array([1, 0]) @ [[math.cos(2), math.sin(2)], [-math.sin(2), math.cos(2)]],
                                [math.cos(2), math.sin(2)])),
    Claim("two-columns-of-g", "$g$ has two columns, 6 and 7. In each column one symbol raises the count, one "
          "lowers it, and one leaves it alone.",
          lambda f: np.cumsum(np.array([[1, 0], [-1, 1], [0, -1]])[[0, 0, 1, 1, 2, 2]], axis=0)[1::2].tolist()
          == [[2, 0], [0, 2], [0, 0]] and "iiffoogg".find("g") == 6),
    Claim("root-of-the-mean-square",
          "A state that is closer than a chosen distance to a known state counts as that state. (The "
          "distance is the root of the mean squared difference of the twelve numbers.)",
          lambda f: closest(0.999 * (d := closest(0.25))) == d < 1.001 * d < closest(1.001 * d)),
    Claim("its-inverse-for-a-1",
          r"so that with $h \leftarrow h\, R$ the state is back after three steps and not before, and "
          "neither grows nor fades. (With this matrix for a 0, and its inverse for a 1, a linear loop "
          "solves grammar 6.)",
          lambda f: [np.allclose(np.linalg.matrix_power(TURN, n), np.eye(2)) for n in (1, 2, 3)] == [0, 0, 1]
          and abs(np.linalg.eigvals(TURN)).round(9).tolist() == [1, 1]
          and turned(np.linalg.inv(TURN)) and not turned(TURN)),
    Claim("straight-in-the-state",
          "Change x @ W_n to np.tanh(x @ W_n). Do the scan and the loop still agree? (Only the step from "
          "state to state must be linear.)",
          lambda f: _bent(lambda h, x: 0.5 * h + np.tanh(x)) < 1e-9 < _bent(lambda h, x: np.tanh(0.5 * h + x))
          and "True" in f.line("minGRU: scan and loop agree")),
    Claim("a-missed-bit", "A single missed bit makes all later answers wrong.",
          lambda f: (np.cumsum([1, 0, 1, 1, 0]) % 2 != np.cumsum([1, 0, 0, 1, 0]) % 2).tolist()
          == [False, False, True, True, True]),
    Claim("if-its-gates-saw-only-the-input",
          "The LSTM's cell state would have this update if its gates saw only the input.",
          lambda f: _bent(lambda c, x: _lstm_step(c, x, 0)) < 1e-9 < _bent(lambda c, x: _lstm_step(c, x, 1))),
    Claim("ten-states",
          "You must remember the number of a's, however large. An automaton with ten states loses count at "
          "ten.",
          lambda f: [len(set(automaton([[min(s + 1, 9), 0] for s in range(10)], 10 * [1]).reads(n * "0")))
                     for n in (9, 10)] == [10, 10]),
    Claim("up-and-down",
          "An LSTM can hold a number, because its $c$ is only multiplied by a gate and added to. If $c$ "
          "goes up by 1 at each a and down by 1 at each b, it's 0 at the end.",
          lambda f: run_unit(*counter(), strings_to(3)[0][:, -1:])[1][:, 0].round(6).tolist()
          == [1, 2, 3, 2, 1, 0]),
    Claim("the-end-at-zero",
          "The end should win when $c$ is 0, and b whenever $c$ is 1 or more. Put the border half way "
          "between these cases, so a small error does no harm.",
          lambda f: [_says_end(c) for c in (0, 0.4, 0.7, 1, 9)] == [True, True, False, False, False]),
    Claim("no-room",
          "A GRU can't count this way. Its state never leaves the range from −1 to 1, because the GRU makes "
          "room for whatever it takes in.",
          lambda f: np.abs(_held("GRU", 90)).max() < 1 < np.abs(_held("LSTM", 90)).max()),
    Claim("a-counter-upside-down",
          "After the first few a's, the LSTM's unit goes down by nearly the same amount at each a and up by "
          "nearly as much at each b. It's a counter, upside down.",
          lambda f: all(np.allclose(np.diff(_held("LSTM", 20))[t], f.numbers("unit 5 moves by")[n], atol=0.1)
                        for n, t in enumerate((slice(4, 19), slice(21, 38))))
          and f.numbers("unit 5 moves by")[0] < 0),
    Claim("the-line-bends",
          "Its line bends, because there is no room below −1. It falls fast at first, then less and less, so "
          "only a small difference separates one count from the next.",
          lambda f: -1 < _held("GRU", 20).min() and (falls := np.diff(_held("GRU", 20)[:20])).max() < 0
          and (np.diff(falls) > 0).all() and falls[0] < 10 * falls[-1]),
    Claim("no-string-tells-them-apart",
          "Two states are equivalent if no string, read from both, ever leads to different answers. "
          "minimise begins with two classes, accepting or not, and splits a class as long as the same "
          "symbol leads its members to different classes",
          lambda f: [len(minimise(machine).accepts) for machine in (TWICE, TOMITA[5])] == [2, 4]
          and answers(TWICE, 5)[5].tolist() == answers(minimise(TWICE), 5)[5].tolist()),
    Claim("two-in-three",
          "the network says no to nearly everything, which is right for two strings in three.",
          lambda f: math.isclose(np.concatenate(answers(TOMITA[5], 12)).mean(), 1 / 3, abs_tol=0.001)),
    Claim("once-for-each",
          "Dashed arrows join 0 with 1 and 2 with 3, and solid arrows join 0 with 2 and 1 with 3. It's the "
          "machine at the top of the lesson, once for 0s and once for 1s.",
          lambda f: extract_automaton(grammar_network(5), 0.25).smallest.steps.T.tolist()
          == [[1, 0, 3, 2], [2, 3, 0, 1]]),
    Claim("one-way-and-the-other",
          "In its strings the number of 0s minus the number of 1s is a multiple of three. A ring of three "
          "states is enough, if each 0 leads one way round and each 1 the other way.",
          lambda f: TOMITA[6].steps.tolist() == [[(n + 1) % 3, (n - 1) % 3] for n in range(3)]
          and all(TOMITA[6].says(string) == ((string.count("0") - string.count("1")) % 3 == 0)
                  for string in map("".join, product("01", repeat=7)))),
    Claim("an-orders-sign",
          "now the order of the symbols matters. (Swapping the left two and then the right two is different "
          "from the reverse.) Three of the orders are reached by an even number of swaps, and three by an "
          "odd number. An order's sign says which.",
          lambda f: THEN[2, 1] != THEN[1, 2] and ORDERS[[1, 2]].tolist() == [[0, 2, 1], [1, 0, 2]]
          and (SIGNS[THEN] == np.outer(SIGNS, SIGNS)).all() and SIGNS[1] == SIGNS[2] == -1
          and sorted(f.numbers("their signs:")) == [-1, -1, -1, 1, 1, 1]),
    Claim("staying-and-flipping",
          "Its units don't see each other, and with a single number the only steps that lead back are "
          "staying and flipping the sign.",
          lambda f: "W_hh" not in made(LINEAR, 6, 16).shapes
          and [n / 10 for n in range(-15, 16) if (n / 10) ** 12 == 1] == [-1, 1]),
    Claim("again-a-linear-step",
          "Because it doesn't have to wait. Two linear steps in a row are again a linear step, so steps can "
          "be joined into pairs, pairs into fours and so on.",
          lambda f: _bent(lambda h, x: x * h + 1) < 1e-9 < _bent(lambda h, x: math.tanh(x * h + 1))),
    Claim("out-of-its-gates",
          "Take $h_{t-1}$ out of its gates and its candidate, and remove the tanh. What is left can be "
          "computed by a scan.",
          lambda f: _bent(lambda h, x: _mixed(x, h, x)) < 1e-9 < min(
              _bent(lambda h, x: _mixed(x + h, h, x)), _bent(lambda h, x: _mixed(x, h, math.tanh(x + h))))),
    Claim("ten-rounds",
          "And with factors down to −1 the scan keeps parity, in ten rounds for a thousand bits:",
          lambda f: 2**9 < 1000 <= 2**10 and f.line("with factors of -1 the parity of").endswith("True")),
    Claim("near-minus-one-for-a-while",
          "Parity takes one crossing of zero for every 1. $H$ decaying exponentials and a constant cross "
          "zero at most $H$ times, so factors in (0, 1) can't keep parity. A factor of −1 can, and a factor "
          "near −1 can for a while.",
          lambda f: max(max(_random_crossings(units)) - units for units in range(1, 7)) <= 0
          and parity_by_factor(-1, 4096).all() and parity_by_factor(-0.99, 256).all()
          and not parity_by_factor(-0.99, 4096).all() and not parity_by_factor(0.99, 256).all()),
    Claim("no-two-1s",
          "Write the automaton that accepts the strings in which no two 1s are next to each other. For "
          "example, it accepts 010, 1 and the empty string, but not 0110.",
          lambda f: [_state(string) < 2 for string in ("010", "1", "", "0110")] == [True, True, True, False]),
    Claim("a-hundred-times-a-hundred",
          "What is lost grows with the square of n. About 100 times 100 losses of 0.00005 make a half.",
          lambda f: _four_times_for_twice(50) and math.isclose(100 * 100 * 0.00005, 0.5)
          and 0.4 < -counter_path(100, 100, 10)[-1] < 0.5),
    Claim("so-it-grows-with-the-square",
          "each step loses a share of the whole count, so what is lost grows with the square of n",
          lambda f: np.allclose(np.diff(c := counter_path(200, 0, 10)), 1 - c[:-1] * sigmoid(np.array(-10.0)))
          and _four_times_for_twice(100)),
    Claim("of-the-whole-count",
          "This would be right if a step lost 0.00005 at most. It loses 0.00005 of the whole count.",
          lambda f: 10_000 * 0.00005 == 0.5 and np.diff(counter_path(1000, 0, 10))[-1] < 1 - 900 * 0.00004),
    Claim("never-changes-its-answer",
          "Once the state is too small to be seen, the readout never changes its answer, so it is right at "
          "every second 1.",
          lambda f: parity_by_factor(-0.99, 4096)[300:].tolist() == [n % 2 == 0 for n in range(300, 4097)]),
    Claim("with-it-one-crossing",
          "One curve and a constant cross zero once. Each further curve adds one turn, and with it one "
          "crossing.",
          lambda f: [[_sign_changes(np.diff(curve)), _sign_changes(curve)] for curve in (
              crossing_sum(units, 16) for units in (1, 2, 3))] == [[0, 1], [1, 2], [2, 3]]),
    Claim("back-to-its-place",
          "If a state is a little off, the squashing function brings it back to its place at the next step.",
          lambda f: all(abs(math.tanh(2 * (0.9575 + off)) - 0.9575) < abs(off) / 2 for off in (-0.2, 0.2))),
    Claim("their-difference-adds-up",
          "Steps up and steps down are nearly equal, and their difference adds up. So 19 of 20 networks stop "
          "between 21 and 33.",
          lambda f: sorted(run.value["reach"][-1] for run in load_run("12/counting")
                           if run.parameters["cell"] == "LSTM")[18] == counted_to(f, "LSTM")[4] == 33
          and sum(f.numbers("unit 5 moves by")[:2]) == 0 and f.number("the LSTM counts to") < 100),
    Claim("close-together-are-a-place",
          "States that are close together count as the same place. Each symbol gives an arrow from place to "
          "place. Then places that do the same, whatever follows, are merged.",
          lambda f: len((drawn := extract_automaton(grammar_network(5), 0.25)).centres) == 12
          and drawn.smallest.steps.shape == (4, 2) and len(minimise(TWICE).accepts) == 2),
    Claim("a-closer-look",
          "The states of the network do not come back to three places, so a closer look sees more places.",
          lambda f: (left := f.numbers("states left, by distance:"))[::2] == [0.6, 0.4, 0.15]
          and 3 < left[1] < left[3] < left[5]),
    Claim("shuts-and-throws-away", "A forget gate that shuts throws the whole count away.",
          lambda f: np.allclose(counter_path(5, 0, -50)[1:], 1) and counter_path(5, 0, 50)[-1] == 5),
    Claim("half-open-halves", "A gate that is half open halves the count at each step.",
          lambda f: (np.diff(c := counter_path(5, 0, 0)) == 1 - c[:-1] / 2).all()),
    Claim("what-can-follow", "How a state was reached does not matter. What counts is what can follow.",
          lambda f: TWICE.reads("1")[-1] != TWICE.reads("01")[-1]
          and len({minimise(TWICE).reads(string)[-1] for string in ("1", "01")}) == 1),
    Claim("no-more-than-the-product",
          "A string leads to one state in each automaton. There are no more pairs than the product, and you "
          "look at each pair once.", lambda f: len(set(_met())) == len(_met()) == 2 * 3),
    Claim("fails-soon-after",
          "Test its length generalisation, on strings far longer than those in training. A network that "
          "counts goes on, but a network that has learnt up to twenty fails soon after.",
          lambda f: max(counted_to(f, "LSTM")[2:6]) < 60
          and "True" in f.line("every string up to n = 1,000 is predicted correctly")),
)


LINEAR = "linear (-1, 1)"


def learns_as_fast(seed: Seed) -> bool:
    """Whether a linear recurrence and a GRU learn parity within a factor of two in updates."""
    linear, gru = (seed(kind=kind)["updates"] for kind in (LINEAR, "GRU"))
    return bool(linear and gru and gru / 2 <= linear <= 2 * gru)


def plain_holds(seed: Seed) -> bool:
    """Whether a plain network finds parity, later than an LSTM, and is then right on strings of 4,096."""
    plain, lstm = seed(kind="RNN"), seed(kind="LSTM")["updates"]
    return bool(plain["updates"] and lstm) and plain["updates"] > lstm and plain["right"][-1] >= 0.99


REPLICATED = (
    Replicated("never-with-positive-factors", "With factors in (0, 1) nothing is learnt", "12/parity",
               lambda seed: seed(kind="linear (0, 1)")["updates"] is None),
    Replicated("as-fast-as-a-gru", "learn parity, about as fast as a GRU", "12/parity", learns_as_fast),
    Replicated("breaks", "However, they fail somewhere between 168 and 1,234 bits", "12/parity",
               lambda seed: seed(kind=LINEAR)["breaks"], (168, 1234)),
    Replicated("hold-to-the-end", "LSTM and GRU hold to the end", "12/parity",
               lambda seed: all(seed(kind=kind)["right"][-1] >= 0.99 for kind in ("LSTM", "GRU"))),
    Replicated("plain-holds", "and so does the plain network", "12/parity", plain_holds),
    Replicated("all-have-learnt-twenty", "All twenty LSTMs count to 20", "12/counting",
               lambda seed: seed(cell="LSTM")["reach"][-1] >= 20),
    Replicated("twenty-and-a-bit", "19 of them stop between 21 and 33", "12/counting",
               lambda seed: 21 <= seed(cell="LSTM")["reach"][-1] <= 33),
    Replicated("grus-reach-twenty", "Of the twenty GRUs, four don't reach 20", "12/counting",
               lambda seed: seed(cell="GRU")["reach"][-1] >= 20),
    Replicated("further-before", "eight of the twenty LSTMs had counted further", "12/counting",
               lambda seed: seed(cell="LSTM")["reach"][2] >= seed(cell="LSTM")["reach"][1]),
    Replicated("six-grammars-proved", "The other 16 are all from grammar 6", "12/grammars",
               lambda seed: all(seed(grammar=grammar)["apart"] is None for grammar in (1, 2, 3, 4, 5, 7))),
    Replicated("ring-not-found", "where four of the twenty networks have found the ring", "12/grammars",
               lambda seed: seed(grammar=6)["apart"] is not None),
    Replicated("behind-its-network", "and 14 on fewer strings", "12/grammars",
               lambda seed: seed(grammar=6)["automaton"] < seed(grammar=6)["network"]),
    Replicated("guesses-among-three", "A network that knows the sign guesses among three", "12/permutations",
               lambda seed: seed(kind=LINEAR)["right"][2], (0.29, 0.39)),
    Replicated("sign-is-lost", "and at length 1,024 it has nearly lost the sign, too", "12/permutations",
               lambda seed: seed(kind=LINEAR)["right"][-1] < 0.25),     # a sixth is chance, a third the sign
    Replicated("gated-in-every-run", "LSTM and GRU learn the task in every run", "12/permutations",
               lambda seed: all(seed(kind=kind)["updates"] is not None for kind in ("LSTM", "GRU"))),
    Replicated("plain-in-five", "the plain network in 5 of 20", "12/permutations",
               lambda seed: seed(kind="RNN")["updates"] is None),
    Replicated("lstm-far-beyond", "19 LSTMs and 18 GRUs", "12/permutations",
               lambda seed: seed(kind="LSTM")["right"][-1] > 0.9),
    Replicated("gru-far-beyond", "18 GRUs still get more than 90 % right", "12/permutations",
               lambda seed: seed(kind="GRU")["right"][-1] > 0.9),
)

NOT_REPLICATED = (
    NotReplicated("256 bits is little better than a coin on 4,096", "calculated"),
    NotReplicated("A constant and $H$ decaying exponentials cross zero at most $H$ times", "calculated"),
    NotReplicated("Grazzi et al. (2025) prove this limit", "cited"),
    NotReplicated("A linear step, however, lets both the state and its errors fade", "calculated"),
    NotReplicated("Gers and Schmidhuber (2001) found that trained LSTMs count like this", "cited"),
    NotReplicated("With bias 10 the unit counts to 99, with bias 8 to 36", "calculated"),
    NotReplicated("Weiss, Goldberg and Yahav (2018) show", "cited"),
    NotReplicated("After the first few a's, the LSTM's unit goes down", "one network"),
    NotReplicated("It falls fast at first, then less and less", "one network"),
    NotReplicated("network and its automaton get the grammar right at almost the same time", "one network"),
    NotReplicated("it never becomes a ring of three", "one network"),
    NotReplicated("over seven symbols this does no harm", "one network"),
    NotReplicated("A network that is right on 98 % of the strings may have learnt something", "one network"),
    NotReplicated("Merrill, Petty and Sabharwal (2024) prove a limit for five cups", "cited"),
    NotReplicated("have been trained in parallel over all time steps", "cited"),
)


def _met() -> list[str]:
    """The strings to which `apart` first meets each pair of states of two automata, rings of 2 and 3."""
    ahead, met = [(0, 0, "")], {(0, 0): ""}
    while ahead:
        a, b, string = ahead.pop(0)
        for symbol in (0, 1):
            pair = (a + symbol) % 2, (b + symbol) % 3
            if pair not in met:
                met[pair] = string + str(symbol)
                ahead.append((*pair, met[pair]))
    return list(met.values())


def _units(f: Facts, letter: str) -> list[list[float]]:
    """By how much the two units change at a letter of aabbcc, as they are printed."""
    rows = [(line[0], [float(one) for one in re.findall(r"\d", line)]) for line in f.printed
            if re.match(r"[abc] \[", line)]
    states = [[0.0, 0.0], *(row for _, row in rows)]
    return [np.subtract(*pair).tolist() for (now, _), *pair in zip(rows, states[1:], states, strict=False)
            if now == letter]


def _state(string: str) -> int:
    """Where the automaton of exercise 12.1 ends."""
    state = 0
    for symbol in string:
        state = ((0, 1), (0, 2), (2, 2))[state][int(symbol)]
    return state


SOLVED = (       # claims of the worked solutions
    Claim("only-on-their-biases",
          "The gates are open whichever symbol comes, so they depend only on their biases. Only $g$ depends "
          "on the symbol.",
          lambda f: not counter()[0][:, :3].any() and np.ptp(counter()[0][:, 3]) > 0),
    Claim("five-hundred-on-average",
          "Each step loses about $e^{-20}$ of the count, which is about two billionths. The count is 500 "
          "on average over the two thousand steps. So all steps together lose about 500 · 2,000 · 2e-9, "
          "which is two thousandths.",
          lambda f: round(math.exp(-20) * 1e9) == 2 and np.mean([*range(1000), *range(1000, 0, -1)]) == 500
          and round(500 * 2000 * 2e-9, 3) == 0.002 == round(-f.number("and as many b's:"), 3)),
    Claim("leads-by",
          "At $h = 0$ *the end* leads by 5. At $h = 0.76$ *b* has a score of 7.6, and leads by 2.6. The "
          "border is at $h = 0.5$.",
          lambda f: round(10 * 0.76 - 5, 1) == 2.6 and 10 * 0.5 == 5
          and round(math.atanh(0.5), 2) == f.number("is at c =")),
    Claim("half-on-either-side",
          "So $c$ may be off by nearly a half on either side. What is lost on the way must stay below this "
          "tolerance.",
          lambda f: 0.4 < min(f.number("the border is at c ="), 1 - f.number("the border is at c =")) < 0.5
          and abs(f.number("and as many b's:")) < 0.4),
    Claim("a-shortest-one",
          "The function looks at pairs in the order in which it met them. "
          "For example, all pairs for strings of length 3 come before the pairs for strings of length 4, "
          "so the first string found is a shortest one. No pair is put into the list twice. The number of "
          "pairs is at most the product of the two numbers of states, so the loop ends.",
          lambda f: [len(string) for string in _met()] == sorted(map(len, _met()))
          and len(set(_met())) == len(_met()) <= 2 * 3),
    Claim("any-number-of-steps",
          r"The answer is a rotation by a third of a whole turn, $2\pi/3$. Its eigenvalues are complex and "
          "have size 1. On a circle the state can come back after any number of steps, but on a line only "
          "after one or two.",
          lambda f: all(min(k for k in range(1, 20) if abs(np.exp(2j * np.pi / n) ** k - 1) < 1e-9) == n
              for n in (3, 5, 7))
          and [min(k for k in range(1, 20) if w**k == 1) for w in (1.0, -1.0)] == [1, 2]
          and all((0.99**k, 1.01**k, (-1.01) ** k).count(1) == 0 for k in range(1, 20))),
    Claim("its-inverse-for-a-1",
          "With this matrix for a 0 and its inverse for a 1, which is turn.T, a linear loop is right about "
          "grammar 6 on all strings of length 10:",
          lambda f: f.line("right on all strings of length 10:").endswith("True")
          and turned(TURN.T) and not turned(TURN) and np.allclose(TURN @ TURN.T, np.eye(2))),
    Claim("up-at-each-b",
          "The first unit goes up at each a and down at each b, and the second unit goes up at each b and "
          "down at each c.",
          lambda f: [_units(f, letter) for letter in "abc"] == [2 * [[1, 0]], 2 * [[-1, 1]], 2 * [[0, -1]]]),
    Claim("first-k-then-g-then-f",
          r'because $(f \circ g) \circ k$ and $f \circ (g \circ k)$ both mean "first $k$, then $g$, then '
          '$f$". So steps can be joined in any grouping, neighbours first, and the result is the same. '
          "However, the *order* must stay, because $f_2 u_1 + u_2$ isn't $f_1 u_2 + u_1$. Halving and then "
          "adding 1 isn't adding 1 and then halving.",
          lambda f: 0.5 * 3 + 1 != (3 + 1) * 0.5 and f.line("any grouping gives the same").endswith("True")
          and f.numbers("halve, then add 1: ") == [0.5, 1]
          and f.numbers("add 1, then halve: ") == [0.5, 0.5]),
    Claim("the-last-symbol",
          "You must know whether the last symbol of the string so far was a 1 (state 1) or not (state 0), "
          "and whether two 1s have already come together (state 2).",
          lambda f: all(_state(string) == (2 if "11" in string else int(string.endswith("1")))
              for length in range(7) for string in map("".join, product("01", repeat=length)))
          and "0101 ends in state 1" in f.line("An automaton of 3 states, of which 2 accept")),
)
