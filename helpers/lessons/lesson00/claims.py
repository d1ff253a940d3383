"""What lesson 00 claims."""

import math
import re
from functools import cache

import numpy as np

from helpers.data import lesson_facts, lesson_folder, lesson_names, questions
from helpers.lessons.lesson00 import drawings
from helpers.lessons.lesson00.checks import check_memory
from helpers.lessons.prose_facts import Claim, labels
from helpers.lessons.replication import NotReplicated
from helpers.networks import LSTM, RNN, Model, Softmax, lstm_forward, nll, softmax
from helpers.networks.cells.plain import rnn_forward, rnn_step

# The table of symbols, held against a network whose sizes all differ.
T, B, D, H, V = 7, 6, 2, 3, 5
STEPS = np.arange(21)
LETTERS = str.maketrans(f"{T}{B}{D}{H}{V}", "TBDHV")       # of a shape
OKABE_ITO = {"sky blue": (86, 180, 233), "green": (0, 158, 115), "purple": (204, 121, 167),
             "orange": (230, 159, 0), "vermillion": (213, 94, 0), "black": (0, 0, 0)}
MODEL = Model(RNN(D, H), Softmax(V), np.random.default_rng(0))
P, ZERO = MODEL.params, np.zeros((B, H))
P.vector[:] = np.random.default_rng(2).normal(size=P.vector.size)       # biases too
X, TARGETS = np.random.default_rng(1).normal(size=(T, B, D)), np.arange(T * B).reshape(T, B) % V
STATES, SCORES = rnn_forward(P, X, ZERO), MODEL.scores(X)
AT_T = {        # at the last step
    **dict(P.items()), "x[t]": X[-1], "h[t]": STATES[T - 1], "y[t]": SCORES[-1], "p[t]": softmax(SCORES)[-1],
    "a[t]": X[-1] @ P.W_xh + STATES[T - 2] @ P.W_hh + P.b_h,
    "c[t]": lstm_forward(LSTM(D, H).init(np.random.default_rng(0)), X, ZERO, ZERO)[1][T - 1],
    "dh": (softmax(SCORES)[-1] - np.eye(V)[TARGETS[-1]]) / B @ P.W_hy.T,
}
SYMBOLS = (     # rows of the table: name, colour's key, words, and what is so of the network
    ("steps-and-sequences", "", "$T$, $B$ | T, B | | time steps of a sequence; sequences side by side |",
     lambda: SCORES.shape[:2] == (T, B) and np.flatnonzero((rnn_forward(
         P, X + np.eye(B)[2][:, None], ZERO)[0] != STATES[0]).any(axis=1)).tolist() == [2]),
    ("sizes", "", "$D$, $H$, $V$ | D, H, V | | size of input, hidden state, vocabulary |",
     lambda: (len(P.W_xh), STATES[0].shape[-1], SCORES.shape[-1]) == (D, H, V)),
    ("x", "x", "$x_t$ | x[t] | (B, D) | input at step $t$ | sky blue",
     lambda: [bool(np.any(h != STATES[t])) for t, h in rnn_forward(
         P, X + np.eye(T)[2][:, None, None], ZERO).items()] == [t >= 2 for t in STATES]),
    ("h", "h", "$h_t$ | h[t] | (B, H) | hidden state after step $t$: the memory | green",
     lambda: np.allclose(STATES[0], np.tanh(X[0] @ P.W_xh + P.b_h)) and not STATES[-1].any()),
    ("a", "", "$a_t$ | a[t] | (B, H) | what is inside tanh (in lesson 07: inside the gates) |",
     lambda: np.allclose(np.tanh(AT_T["a[t]"]), AT_T["h[t]"])),
    ("c", "c", "$c_t$ | c[t] | (B, H) | cell state of an LSTM (from lesson 07) | purple",
     lambda: (LSTM.state_names, RNN.state_names) == (("h", "c"), ("h",)) and "LSTM" in _taught("07")),
    ("y", "y", "$y_t$ | y[t] | (B, V) | scores for the next character | orange",
     lambda: np.allclose(AT_T["y[t]"], AT_T["h[t]"] @ P.W_hy + P.b_y)),
    ("p", "y", "$p_t$ | p[t] | (B, V) | probabilities: the softmax of the scores | orange",
     lambda: np.allclose(AT_T["p[t]"].sum(axis=1), 1) and not np.allclose(AT_T["y[t]"].sum(axis=1), 1)),
    ("params", "", "| params, p | | all weights and biases, for example p.W_hh |",
     lambda: P.vector.size == sum(AT_T[name].size for name in ("W_xh", "W_hh", "W_hy", "b_h", "b_y"))),
    ("loss", "loss", "$L_t$, $L$ | loss | | loss at step $t$; its mean, in nats per character | black",
     lambda: math.isclose(np.mean([nll(SCORES[t], TARGETS[t]) for t in range(T)]), MODEL.loss(X, TARGETS)[0])
     and math.isclose(nll(np.zeros((1, V)), TARGETS[0, :1])[0], math.log(V))),
    ("weights", "", "$W_{xh}$, $W_{hh}$, $W_{hy}$ | W_xh, W_hh, W_hy | (D, H), (H, H), (H, V) | "
     "weights: from input to state, state to state, state to scores |",
     lambda: [len(product.T) for product in (X[0] @ P.W_xh, ZERO @ P.W_hh, ZERO @ P.W_hy)] == [H, H, V]),
    ("biases", "", "$b_h$, $b_y$ | b_h, b_y | (H,), (V,) | biases |",
     lambda: np.allclose(rnn_forward(P, 0 * X, ZERO)[0], np.tanh(P.b_h))),
    ("gradient", "gradient", r"$\partial L/\partial h_t$ | dh | (B, H) | gradient of the loss with respect "
     "to $h_t$; likewise da, dc, dy | vermillion",
     lambda: math.isclose(_last_loss(1e-5) - _last_loss(-1e-5), 2e-5 * AT_T["dh"][1, 2], rel_tol=1e-6)),
    ("product", "", r"$\odot$ | * | | elementwise product |",
     lambda: (np.array([1, 2]) * [3, 4]).tolist() == [3, 8]),
)


def _last_loss(moved: float) -> float:
    """The loss of the last step with one number of its state moved."""
    state = STATES[T - 1] + moved * np.outer(np.eye(B)[1], np.eye(H)[2])
    return float(nll(state @ P.W_hy + P.b_y, TARGETS[-1]).mean())


def _moved(change: np.ndarray, axes: tuple[int, int]) -> list[int]:
    """Where along the third axis the scores are others after this change of the input."""
    return np.flatnonzero((MODEL.scores(X + change) != SCORES).any(axis=axes)).tolist()


def _as_in_the_row(words: str, key: str) -> bool:
    """Whether the arrays have the shapes of this row, and what it speaks of has its colour."""
    cells = [cell.strip() for cell in words.split("|")]
    shapes = [str(AT_T[name].shape).translate(LETTERS) for name in cells[1].split(", ") if name in AT_T]
    colour = "#{:02X}{:02X}{:02X}".format(*OKABE_ITO[cells[-1]]) if cells[-1] else None
    return cells[2] in ("", ", ".join(shapes)) and drawings.COLOURS.get(key) == colour


# The map: by lesson what you leave with, and its sections, objectives and exercises that say so.
NUMBERS = "no one two three four five six seven".split()
LEAVE_WITH = {
    "00": ("controls that work, the notation, how to read a lesson",
           "Move a control", "Notation", "How to read a lesson"),
    "01": ("the loop and its unrolling; hello, with every number on screen; sampling",
           "A loop that remembers", "The loop, unrolled", "Hello, number by number", "sample from a network"),
    "02": ("the whole program, which you write in seven stages; a network trained while you watch",
           "write the program yourself", "Watch it learn"),
    "03": ("the backward pass, written by you, in five stages; three gradients that agree; credit assignment",
           "the whole backward pass (stage 5)", "two independent witnesses", "The credit matrix"),
    "04": ("what is carried and what is cut, how long a window a task needs, and what a cut does to the "
           "gradient's direction",
           "What is carried, and what is cut", "How long a window does a task need?",
           "direction-while-learning"),
    "05": ("the cliff, two ways to clip, and where the threshold comes from",
           "A cliff", "Two ways to clip", "Where the threshold comes from"),
    "06": ("how to measure a gradient that fades, why the loss does not show it, and what each remedy buys",
           "measure how a gradient fades", "Why it is hard to see", "The remedies, one by one"),
    "07": ("two states, four gates, an LSTM written forward and backward; what the forget bias sets; the GRU",
           "two states $h$ and $c$", "each of $i$, $f$, $o$ and $g$", "Forward, one equation per line",
           "Backward, along the computation", "the bias of the forget gate sets", "turn an LSTM into a GRU"),
    "08": ("a fair race on a text whose entropy is known; where a loss comes from; cells and gates, read "
           "along a text and ablated",
           "A fair race", "A text whose floor is known", "Where the loss comes from", "Cells, read over text",
           "Break it"),
    "09": ("wrong gradients and failing runs, diagnosed; three projects",
           "say which parameter is wrong", "Name that failure", "Three projects"),
    "10": ("the same numbers from a library, a whole program, and what can be wrong with it",
           "The same layer, written another way", "write a whole program",
           "Programs that run, and are wrong"),
    "11": ("masks, two layers, an encoder and a decoder, and attention, which learns where to look by a "
           "gradient that you write",
           "A loss with a mask", "two layers", "build an encoder and a decoder", "Attention, trained",
           "derive the gradient of one look-up (stage 2), and watch a network learn where to look"),
    "12": ("why some loops cannot keep parity, a unit that counts (set by you), and automata drawn from "
           "networks",
           "why a linear recurrence with positive factors can't", "set an LSTM unit by hand that counts",
           "draw an automaton from the states of a trained network"),
    "13": ("Newton's method, which you write in three stages, the fixed points of a trained network, and "
           "what a memory that repairs itself costs",
           "fixed points of a network by Newton's method", "say why a memory that withstands noise"),
}


@cache
def _taught(lesson: str) -> str:
    """The facts of a lesson from its first objective on."""
    return (lesson_folder(lesson) / "lesson.toml").read_text(encoding="utf-8").partition("\n[[")[2]


def _minutes(stars: int) -> list[int]:
    """The minutes of the exercises of all lessons that have so many stars."""
    return [int(found) for name in lesson_names()
            for found in re.findall(rf"\nstars = {stars}\nminutes = (\d+)", _taught(name[:2]))]


def _leaves_with(lesson: str, words: str, *taught: str) -> bool:
    """Whether this lesson and no other teaches all this, and has its title and as many parts as is said."""
    having = [name[:2] for name in lesson_names() if all(one in _taught(name[:2]) for one in taught)]
    parts = {"stages": _taught(lesson).count("[[stages]]"), "projects": _taught(lesson).count('"Project: '),
             "gates": LSTM.gate_count, "states": len(LSTM.state_names)}
    one, said = lesson_facts(lesson), re.findall(rf"({'|'.join(NUMBERS)}) ({'|'.join(parts)})\b", words)
    name = re.findall(r"\b(\w{4})\w", one["on_the_map"]["name"])        # how its long words begin
    return having == [lesson] and all(word.lower() in one["title"].lower() for word in name) and all(
        NUMBERS[parts[what]] == number for number, what in said)


def _linked(lesson: str) -> str:
    one = lesson_facts(lesson)
    return f"[{one['title']}]({one['notebook']}.ipynb)" if one["needs"] else one["title"]


CLAIMS = (
    Claim("loses-a-tenth", "A memory loses a tenth of itself at every step. How much is left after 20 steps?",
          lambda f: f.number("After 20 steps") == round((1 - 1 / 10) ** 20, 3)),
    Claim("loop-leaves-an-eighth", "the smallest recurrent network there is. At every time step, here one "
          "turn of the loop, the same rule computes a number's new value from its previous value.",
          lambda f: f.number("After 20 steps") == f.number("0.9 to the power 20 is") == round(0.9**20, 3)),
    Claim("size-counts-not-sign", "What counts is the size of the weight, whatever its sign. Below 1 the "
          "memory fades, above 1 it explodes, and only at exactly 1 does it stay the same. A negative weight "
          "makes the memory swing.",
          lambda f: all(set(np.sign(np.diff(np.abs(w**STEPS)))) == {np.sign(abs(w) - 1)}
                        and np.diff(np.sign(w**STEPS)).all() == (w < 0)
                        for w in (0.9, 1.0, 1.1, -0.9, -1.0, -1.1))),
    Claim("seven-times", "has grown to $1.1^{20} = 6.73$",
          lambda f: round(f.number("1.1 to the power 20 is")) == 7),
    Claim("picture-as-loop", "the sentence below says what the picture shows",
          lambda f: f.numbers("multiplied by") == [0.9, f.number("After 20 steps"), 20]),
    Claim("from-loop-to-pytorch", "from the first loop to the door of PyTorch and beyond it",
          lambda f: (at := labels(drawings.course_map()))["00"][1] > at["From NumPy\nto PyTorch"][1]
          > at["13"][1]),
    Claim("stars", "One with ★ takes a few minutes, one with ★★★ between ten minutes and two hours.",
          lambda f: max(_minutes(1)) <= 10 <= min(_minutes(3)) < max(_minutes(3)) == 120),
    Claim("signs", "A cell tells you *what* is wrong with your answer, in a box with a sign: ✓ is right, ✗ "
          "is wrong, … waits for you.",
          lambda f: [check_memory.result(answer).text[0] for answer in (0.122, 18.0, ...)] == [*"✓✗…"]
          and "0.9 times 20" in check_memory.result(18.0).text and f.line("Not yet: write")[0] == "…"),
    Claim("tanh-squashes", "Here *tanh* squashes any number into the range from −1 to 1.",
          lambda f: np.tanh([-1e9, 0, 1e9]).tolist() == [-1, 0, 1]),
    Claim("time-comes-first", "In every array the first axis is time and each row belongs to one sequence.",
          lambda f: [_moved(np.eye(T)[2][:, None, None], (1, 2)), _moved(np.eye(B)[2][:, None], (0, 2))]
          == [[2, 3, 4, 5, 6], [2]]),
    *(Claim(f"symbol-{name}", words,
            lambda f, words=words, key=key, fact=fact: _as_in_the_row(words, key) and fact())
      for name, key, words, fact in SYMBOLS),
    Claim("rows-and-nats",
          r"A vector is a row. $\ln$ is the natural logarithm, which gives a loss in *nats*.",
          lambda f: np.allclose(P.b_h @ P.W_hy, sum(b * row for b, row in zip(P.b_h, P.W_hy, strict=True)))
          and math.isclose(nll(np.array([0, 1]), np.array(0)), math.log(1 + math.e))),
    Claim("first-and-last-questions", "If you were wrong, the sentence names a "
          "[refresher](../docs/refreshers.md), a short section with an example. You won't need the answers "
          "to the last three questions before lesson 03.",
          lambda f: [(bool(one.refresher), ".slope-" in one.id) for one in questions("00").before.values()]
          == 7 * [(True, False)] + 3 * [(True, True)] and "backward pass" in LEAVE_WITH["03"][0]),
    Claim("same-rule", "$h_t$ is the memory of a recurrent network. It is a number, or a row of numbers, "
          "that is updated by the same rule at every step.",
          lambda f: all(np.array_equal(STATES[t], rnn_step(P, X[t], STATES[t - 1])) for t in range(T))),
    *(Claim(f"you-leave-{lesson}-with", f"{lesson} | {_linked(lesson)} | {words}",
            lambda f, row=(lesson, words, *taught): _leaves_with(*row))
      for lesson, (words, *taught) in LEAVE_WITH.items()),
    Claim("keeps-its-sign", "Small numbers pass through nearly unchanged. This one is large, so it is "
          "squashed. The function tanh squashes every number into the range from −1 to 1 and keeps its sign. "
          "The sigmoid would give that, because its range is from 0 to 1.",
          lambda f: np.allclose(np.tanh([-0.1, 0.1]), [-0.1, 0.1], atol=1e-3)
          and np.tanh([-6, -4, 6]).round().tolist() == [-1, -1, 1] and 0 < 1 / (1 + math.exp(6)) < 0.01),
    Claim("numbers-meet-rows", "Each row of W is multiplied by its number in x, and then the rows are added. "
          "All but one are multiplied by 0. You get a column from W @ x, with x on the right. Here x is on "
          "the left, so its numbers meet rows.",
          lambda f: [(np.eye(2)[1] @ [[1, 2], [3, 4]]).tolist(), ([[1, 2], [3, 4]] @ np.eye(2)[1]).tolist()]
          == [[3, 4], [2, 4]]),
)

NOT_REPLICATED = (
    NotReplicated("Below 1 the memory fades, above 1 it explodes", "calculated"),
    NotReplicated("because they make recurrent networks hard to train", "elsewhere"),
)

SOLVED = (       # claims of the worked solutions
    Claim("a-power-fades-fast",
          r"so after 20 steps it has been multiplied 20 times: $h_{20} = 0.9 \cdot 0.9 \cdots 0.9 \cdot h_0 "
          r"= 0.9^{20}\, h_0$, and $h_0 = 1$. Repeated addition would have given a product. Repeated "
          "multiplication gives a power, and powers fade (or explode) fast.",
          lambda f: math.isclose(math.prod(20 * [0.9]), 0.9**20) and math.isclose(sum(20 * [0.9]), 20 * 0.9)
          and 0.9**20 < 1 / 8 and 1.1**20 > 6),
)
