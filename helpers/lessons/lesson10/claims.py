"""What lesson 10 claims."""

import math
import re

import numpy as np

from helpers.lessons.lesson10.checks import check_gate_order
from helpers.lessons.lesson10.drawings import gate_layouts
from helpers.lessons.lesson10.faults import HEALTHY, what_it_says
from helpers.lessons.lesson10.pictures import plot_program
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.networks import GRU, LSTM, numerical_gradient, softmax
from helpers.networks.cells.plain import gru_step
from helpers.runs import Shipped, Sweep, load_run


def told_ahead(f: Facts, size: str) -> dict[str, float]:
    """How many times faster NumPy is at one size, by cell; below 1 where PyTorch is."""
    halves = f.line("On one thread NumPy is faster").split("PyTorch:")
    return {cell: float(times) ** power for half, power in zip(halves, (1, -1), strict=False)
            for cell, times in re.findall(rf"(RNN|GRU|LSTM)[^;]*? {size} (\d+\.\d)", half)}


def says(program: str) -> tuple[float, ...]:
    """What the first run of a program says first, last, again and when loaded, and the truth."""
    run = next(run for run in load_run("10/faults") if run["program"] == program)
    return run["heldout"][0], run["heldout"][-1], run["again"], run["loaded"], run["rightly"][-1]


def theirs(W: np.ndarray) -> np.ndarray:
    """The input weights of an LSTM as PyTorch keeps them."""
    i, f, o, g = np.split(W, 4, axis=1)
    return np.concatenate([i, f, g, o], axis=1).T


def is_theirs(f: Facts) -> bool:
    """Whether PyTorch's layers are ours, but transposed, with o and g swapped, and with two biases."""
    wrong = [check_gate_order.result(one).mistake for one in (theirs, lambda W: theirs(W).T, lambda W: W.T)]
    return wrong == [None, "not-transposed", "not-reordered"] and all(
        "True" in f.line(words) for words in ("equal to 10 digits:", "the same gradient:"))


CLAIMS = (
    Claim("same-numbers", "The numbers agree to ten digits",
          lambda f: "True" in f.line("equal to 10 digits:")),
    Claim("all-gradients", "derived in lessons 03 and 07 are the ones that the library finds",
          lambda f: all("True" in f.line(f"{cell} outputs and all gradients")
                        for cell in ("RNN ", "GRU ", "LSTM"))),
    Claim("by-a-machine", "lesson 03, done by a machine",
          lambda f: f.numbers("autograd")[0] == f.number("by hand") > 0),
    Claim("gradients-add-up", "Call backward for a second loss, and its gradient is added as well",
          lambda f: "True" in f.line(".grad is the sum of both:")),
    Claim("cut-or-error", "The error is a friend",
          lambda f: "RuntimeError" in f.line("the graph of the first chunk")
          and f.line("with detach it") == "with detach it works"),
    Claim("one-line", "One curve covers the other",
          lambda f: f.numbers("the loss falls from")[:4] == 2 * f.numbers("the loss falls from")[:2]
          and f.numbers("the two losses never differ by as much as")[0] == 1e-10),
    Claim("the-same-unseen", "holds what has to be saved",
          lambda f: f.number(", ours ") == f.number("loaded again ") == f.number("held out ") > 0),
    Claim("small-several-times", "For small networks NumPy wins",
          lambda f: min(told_ahead(f, "small").values()) > 2),
    Claim("the-lead-melts", "the arithmetic takes over, and NumPy's lead melts",
          lambda f: all(told_ahead(f, "small")[cell] > told_ahead(f, "medium")[cell] > 0.9
                        and told_ahead(f, "small")[cell] > told_ahead(f, "large")[cell]
                        for cell in ("RNN", "GRU", "LSTM"))),
    Claim("packed-as-alone", "the last state of each sequence is the one after its own last symbol",
          lambda f: "True" in f.line("packed, ends as it does alone") and "True" in f.line("but not packed")),
    Claim("not-all", "A run is more than its weights",
          lambda f: "True" in f.line("gone on with weights and optimiser")
          and "False" in f.line("gone on with the weights alone")),
    Claim("it-learns", "A program that runs to the end can be wrong",
          lambda f: f.number("after four rounds") < f.number("before:") / 2),
    Claim("answers", "A program that knows only how the network is made loads a file",
          lambda f: "True" in f.line("it goes on from what was asked")
          and "True" in f.line("as the network that was trained")),
    Claim("one-of-ours", "this network, too, is one of ours",
          lambda f: "True" in f.line("the same loss, to 5 digits")),
    Claim("measured-twice", "Measured twice, are the two numbers equal?",
          lambda f: f.number("held out, measured again ") != f.number("; it reports ")),
    Claim("what-is-for-training-only",
          "Before you measure the network on unseen text, call eval(), which switches off what is for "
          "training only",
          lambda f: f.says("eval() switches dropout off, and train() switches it on.")
          and f.number("loaded again ") == f.number("held out ")
          and f.number("held out, measured again ") != f.number("; it reports ")),
    Claim("not-known-not-moved", "it neither saves nor moves",
          lambda f: "plain" not in f.line("saved:") and f.line("plain tensor is now").endswith("cpu")
          and f.line("buffer       is").endswith("meta") and f.line("embedding    is").endswith("meta")),
    Claim("one-below-the-other",
          "In PyTorch they are transposed, one below the other, in the order i, f, g, o",
          lambda f: sorted(theirs := [labels(gate_layouts())[f"${gate}$"] for gate in "ifgo"])[::-1] == theirs
          and len({x for x, _ in theirs}) == 1),
    Claim("exchange-the-last-two",
          "Split into four, exchange the last two, join with np.concatenate(..., axis=1), and transpose "
          "last.",
          lambda f: (four := np.split(np.array([list("ifog")] * 2), 4, axis=1)) and np.concatenate(
              [*four[:2], four[3], four[2]], axis=1).T.tolist() == [[gate] * 2 for gate in "ifgo"]),
    Claim("impossible-ones-first",
          "for example a loss that never moves, one that is nearly 0, one that stays above 3. Then look at "
          "the right half. Where do numbers differ that should be equal? Of the two that are left, one is "
          "better by its own measure alone.",
          lambda f: says("F")[0] == says("F")[1] and 0 < says("G")[1] < 0.01 and 3.8 < says("B")[1]
          and says("D")[3] > 1 + says("D")[2] and says("A")[1] != says("A")[2]
          and says("C")[1] < says("right")[1] == says("right")[4] < says("C")[4]
          and plot_program(load_run("10/faults"), "D").figure.axes[0].get_xlabel() == "updates"),
    *(Claim(name, words, is_theirs) for name, words in {
        "to-read-weights": "read PyTorch's weights: transposed, gates in another order, two biases,",
        "the-transpose-of-each": "So PyTorch keeps the transpose of each of our matrices.",
        "ours-but-transposed": "PyTorch's layers are ours, but transposed, with o and g swapped in the LSTM, "
                               "and two biases added. The numbers agree to ten digits."}.items()),
)

NEVER_MOVES, HIGH, PADDED, LEAK = (
    "optimiser of another network", "softmax taken twice", "padding counted", "targets not shifted")
PROGRAMS = Shipped("lesson10/programs.jsonl", "", Sweep(what_it_says, {
    "fault": [HEALTHY, NEVER_MOVES, HIGH, PADDED, LEAK]}), range(20), 5, ())

REPLICATED = (
    Replicated("three-stand-out", "Three stand out there", PROGRAMS,
               lambda seed: seed(fault=LEAK)["heldout"] < 0.1 < 3 < seed(fault=HIGH)["heldout"] < 4
               < seed(fault=NEVER_MOVES)["heldout"], said=(20, 20)),
    Replicated("two-say-better", "two say that they are *better* than the correct program", PROGRAMS,
               lambda seed: max(seed(fault=PADDED)["heldout"], seed(fault=LEAK)["heldout"])
               < seed(fault=HEALTHY)["heldout"], said=(20, 20)),
    Replicated("two-are-worse", "measured correctly, these two are at", PROGRAMS,
               lambda seed: min(seed(fault=PADDED)["rightly"], seed(fault=LEAK)["rightly"])
               > seed(fault=HEALTHY)["rightly"], said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("One curve covers the other", "one network"),
    NotReplicated("For small networks NumPy wins", "the clock"),
    NotReplicated("the arithmetic takes over, and NumPy's lead melts", "the clock"),
    NotReplicated("On a graphics processor, with large batches, PyTorch is far faster", "the clock"),
    NotReplicated("Without them the first steps after the break are different", "calculated"),
    NotReplicated("on a CPU the program goes on", "calculated"),
)


def every_seed_worse(program: str) -> bool:
    """Whether a program has a higher loss, measured rightly, than the right one, with each seed."""
    ends = {(run["program"], run["seed"]): run["rightly"][-1] for run in load_run("10/faults")}
    return all(ends[program, seed] > end for (name, seed), end in ends.items() if name == "right")


def _candidate(r: float, outer: float, inner: float) -> float:
    """The candidate of a GRU of one unit whose reset gate is 0 or 1, with these two biases."""
    p = GRU(1, 1).init(np.random.default_rng(0))
    p.b_h[:], p.b_hn[:] = (200 * r - 100, 0, outer), inner
    return round(float(gru_step(p, np.ones((1, 1)), np.ones((1, 1)))[1][2][0, 0]), 9)


def _cut() -> list[float]:
    """Of the cut in exercise 10.3, here in NumPy: how far it moves an output, the length, and the cosine."""
    rng, cell = np.random.default_rng(0), LSTM(3, 5)
    p = cell.init(rng)
    x = rng.standard_normal((3, 10, 1, 3))[1:]

    def run(x, state=None):
        h, state, cache = cell.forward(p, x, state)
        return h.copy(), state, cell.backward(p, np.ones_like(h), cache)[0].W_hh.copy()

    h_1, state, first = run(x[0])
    h_2, _, second = run(x[1], state)
    h, _, whole = run(x.reshape(20, 1, 3))
    cut, long = first + second, np.linalg.norm(whole)
    return [np.abs(np.concatenate([h_1, h_2]) - h).max(), np.linalg.norm(cut) / long,
            np.sum(cut * whole) / np.linalg.norm(cut) / long]


def _without_padding() -> bool:
    """Whether a loss whose mean leaves out a position sends no gradient there, and that of two elsewhere."""
    scores, counts = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1, 0, 1])
    d = numerical_gradient(lambda: -counts @ np.log(softmax(scores)[:, 0]) / counts.sum(), scores)
    return np.allclose(d, counts[:, None] * (softmax(scores) - [1, 0]) / 2)


SOLVED = (       # claims of the worked solutions
    Claim("after-the-last-round",
          "They are the loss that it reports after the last round, the loss when it measures again, the "
          "loss after the model has been saved and loaded, and the true loss.",
          lambda f: f.line("says   again  loaded  in truth").startswith("program")
          and (row := f.numbers("D     embedding a plain tensor"))[0] == row[1] == row[3] < row[2] - 1),
    Claim("never-moves",
          "The loss of F never moves, because the optimiser updates weights that the network doesn't use. "
          "G sees the answer in its input. B is never certain of anything, because a softmax of numbers "
          "between 0 and 1 is nearly flat. The bug in D shows when the model is loaded.",
          lambda f: f.numbers("F     optimiser of another network") == 4 * [round(math.log(61), 2)]
          and f.numbers("G     targets not shifted")[0] < 0.01 < math.e / (math.e + 60) < 0.05
          and 3.1 < math.log(math.e + 60) - 1 < f.numbers("B     softmax taken twice")[0]),
    Claim("another-each-time", "the same network has a different loss each time, and the third decimal",
          lambda f: f.numbers("A     train() while it is measured")[3]
          < min(f.numbers("A     train() while it is measured")[:3])),
    Claim("seems-better", "C and E are left, and they look like a better network and a slower one.",
          lambda f: f.numbers("C     padding counted")[0] < f.numbers("right   ")[0]
          < f.numbers("E     gradients not set to zero")[0]),
    Claim("worse-in-truth",
          "In truth C has a higher loss than the right program, with all 20 seeds. The loss that it "
          "reports also counts padding, where nothing has to be guessed.",
          lambda f: every_seed_worse("C") and says("C")[1] < says("right")[1] < says("C")[4]),
    Claim("nothing-complains",
          "If you forget the swap, nothing complains, because the shapes fit. The output gate then gets "
          "the weights of the candidate, and the candidate gets those of the output gate.",
          lambda f: f.number("largest difference between outputs:") > 0.1 and np.array_equal(
              np.split((W := np.arange(24).reshape(3, 8)).T, 4)[2:], np.split(theirs(W), 4)[:1:-1])),
    Claim("no-single-bias",
          "Where r is 0, the inner bias has no effect, but the outer bias still does. So no single bias "
          "can do the work of both.",
          lambda f: _candidate(0, 0, 0) == _candidate(0, 0, 1) != _candidate(0, 1, 0)
          and _candidate(1, 0, 1) == _candidate(1, 1, 0) != _candidate(1, 0, 0)),
    Claim("the-same-numbers",
          "The state that detach returns has the same numbers, so the second chunk's outputs don't change. "
          "Only the backward pass ends at this state.",
          lambda f: [round(number, 2) for number in _cut()] == [0, *f.numbers("the cut gradient has")]),
    Claim("sends-no-gradient",
          "You may detach the state in any line of the loop, as long as the next chunk gets the detached "
          "state. This chunk's loss isn't affected, because it depends on scores. ignore_index leaves the "
          "padding out of the sum and out of the number that the sum is divided by. A position that "
          "doesn't count in the loss sends no gradient, so the weights learn nothing from the padding.",
          lambda f: _cut()[0] < 1e-9 and _without_padding()
          and "ignores the padding" in f.line("your loop carries the state")),
)
