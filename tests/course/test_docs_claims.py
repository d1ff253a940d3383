"""The glossary and the refreshers: what they define is computed, so that no word can be turned round."""

import doctest
import math
import re
from itertools import pairwise

import numpy as np
import pytest
from course import ROOT
from test_before_the_course import CODE, PARTS
from test_claims import HOLD_IT, MORE_TURNED, TURNED, not_held
from test_exam_claims import pushed, slope, squared, winners

from helpers import networks as nets
from helpers.data import ngram_loss, ngram_probabilities
from helpers.lessons.lesson04.influence import lag_terms
from helpers.lessons.lesson08.checks import patient
from helpers.lessons.lesson08.speedups import average_with_counts, fade
from helpers.lessons.lesson11.layers import _read
from helpers.lessons.lesson11.plain import look_up, masked_loss
from helpers.lessons.lesson11.reversal import shift_right
from helpers.lessons.lesson12.automata import automaton, distinguishing_string, minimise
from helpers.lessons.lesson13.lyapunov import exponents
from helpers.lessons.prose_facts import Claim, Facts
from helpers.networks.cells.plain import gru_step, lstm_step, lstm_step_back, rnn_forward
from helpers.networks.functions import relu
from helpers.runs import History

# What can be turned round in a definition besides: what becomes of a state, which side, which operation.
ALSO_TURNED = re.compile(
    r"(?i)\b(rows?|columns?|kept|keeps?|replaced?|erases|rewriting|add(s|ed|ing)?|plus"
    r"|minus|multipl(y|ies|ied)|divide[sd]|sum|product|positive|negative|inner|outer|left|right|old|open|shut"
    r"|against|(and|but|is|does|need) not)\b")


class Page(Facts):
    """A page of docs without its code, headings, tables and links."""

    def __init__(self, name: str):
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        self._prose = [re.sub(r"(?ms)^```.*?^```|^#.*?$|^\|.*?$|\(\.\./[^)]*\)", "", text)]
        self._outputs = []


def ran(code: str, **names) -> dict:
    """The names after a piece of Python has run."""
    exec(code, names)
    return names


def example(heading: str) -> dict:
    """The names after the example of a refresher has run."""
    code = "\n".join(CODE.findall(PARTS[heading]))
    return ran("".join(one.source for one in doctest.DocTestParser().get_examples(code)))


def fits(one: tuple, other: tuple, of=np.add) -> tuple | None:
    """The shape of the sum of two arrays, or of another function; None if they do not fit."""
    try:
        return of(np.ones(one), np.ones(other)).shape
    except ValueError:
        return None


def shown(h: float, w: float = 0.8, inputs=(0.4, -0.7, 0.9)) -> list[float]:
    """The states of a network of one unit."""
    p = nets.Parameters(nets.RNN(1, 1).shapes, np.array([1.0, w, 0]))
    states = rnn_forward(p, np.reshape(inputs, (-1, 1, 1)), np.array([[h]]))
    return [float(states[t][0, 0]) for t in range(-1, len(inputs))]


near = np.allclose
RNG = np.random.default_rng
GRID = np.linspace(-8, 8, 81)
A = np.arange(20).reshape(4, 5)
X, W, U, V = np.array([2, -1]), np.array([[1, 0, 3], [4, 2, 1]]), np.array([1, -2, 3]), np.array([10, 4])
SCORES = np.array([-3.0, 0, 2])


REFRESHERS = {
    "you get the value after `return`. Each call starts from scratch, because a function remembers nothing "
    "from earlier calls.": lambda: [example("A loop that calls a function")["half_and_one"](h)
        for h in (4, 0, 4)] == [3, 1, 3],
    "`t` is 0 in the first round, then 1, 2 and 3. These are four rounds, and `t` is never 4. The indented "
    "lines below `for` belong to the loop. The first line that isn't indented runs after the loop.":
        lambda: ran("for t in range(4):\n    log.append(t)\nlog.append('on')", log=(log := []))
        and log == [0, 1, 2, 3, "on"],
    "computes the right side first, with the old `h`. Only then": lambda: ran("h = 6\nh = h / 2 + 1")["h"] ==
        4 and ran("h, k = 6, 7\nh = k")["h"] == 7,
    "has rows and columns, and both are counted from 0. `a[i, j]` is the number in row `i` and column `j`. A "
    "negative index counts from the end, so `-1` is the last row or column, and `-2` is the one before it.":
        lambda: A[2, 1] == A.tolist()[2][1] and A[-1, -2] == A.tolist()[3][3] != A.tolist()[2][4],
    "A colon takes several indices in a row. `2:5` begins at 2 and stops *before* 5. If you leave out the "
    "first number, the range begins at 0. If you leave out the second number, the range goes on to the end. "
    "A colon alone takes everything. An index without a colon removes its dimension from the result, and a "
    "colon keeps the dimension.": lambda: [list(range(9))[part]
        for part in (slice(2, 5), slice(None, 3), slice(6, None), slice(None))] ==
        [[2, 3, 4], [0, 1, 2], [6, 7, 8], [*range(9)]] and A[1].shape == (5,) and A[1:2, 3].shape == (1,),
    "In the last line a list picks rows 3 and 0, and the result has the two numbers that these rows have in "
    "column 2. The course looks up rows of a matrix": lambda: A[[3, 0], 2].tolist() ==
        [A.tolist()[3][2], A.tolist()[0][2]]
        and "a[[3, 0], 2]" in PARTS["Picking from an array"].split(">>>")[-1]
        and near(A[[3, 0]], np.eye(4)[[3, 0]] @ A),
    "`b = a[0]` makes no copy. `b` is a view of the first row, so if you write into `b`, you also change "
    "`a`. However, `a[0].copy()` is a new array.": lambda:
        ran("b = a[0]\nb[1] = 7\na[0].copy()[2] = 8", a=(a := A.copy())) and a[0].tolist() == [0, 7, 2, 3, 4]
        and (a[1:] == A[1:]).all(),
    "12, 13, 17 and 18, in two rows": lambda: A[2:, 2:4].tolist() == [[12, 13], [17, 18]],
    "`(4, 5)` means four rows of five numbers": lambda: [len(one) for one in A.tolist()] == [5, 5, 5, 5],
    "Sums and products with `+` and `*` are computed element by element. The two shapes needn't be the same. "
    "NumPy compares them from the right, as if they were written below each other, flush right. Two sizes "
    "fit if they are equal, or if one of them is 1. A size that is missing on the left counts as 1.":
        lambda: fits((4, 3), (3,)) == fits((4, 3), (1, 3)) == fits((4, 3), (4, 1)) == (4, 3)
        and fits((4, 3), (4,)) is fits((4, 3), (2, 3)) is None and fits((2, 1, 5), (3, 1)) == (2, 3, 5),
    "`row` has the shape `(3,)`, which counts as `(1, 3)`, so it is added to each of the four rows. `column` "
    "is repeated along each row. And a row plus a column gives a whole rectangle": lambda:
        (made := example("Shapes, and what is repeated"))
        and all(made["row"].shape == (3,) and near((made["x"] + made["row"])[i], 1 + made["row"])
        and near((made["x"] * made["column"])[i], [i + 1] * 3) for i in range(4))
        and (made["row"] + made["column"]).shape == (4, 3),
    "A row `v` of four numbers doesn't fit. With `(4, 3)` and `(4,)`, flush right, NumPy compares 3 with 4 "
    "and stops with an error. However, `v[:, None]` turns the row `v` into a column.": lambda:
        fits((4, 3), (4,)) is None and np.ones(4)[:, None].shape == (4, 1) and fits((4, 3), (4, 1)) == (4, 3),
    "turns a row of numbers into another row. Think of `W` as a table, with a row for each number that goes "
    "in and a column for each number that comes out. Each number of `x` multiplies *its* row of `W`, and "
    r"then all these rows are added up: $$y = x_0\, W_{0} + x_1\, W_{1} + \dots, \qquad y_j = \sum_i x_i\, "
    "W_{ij}$$ where $W_0$ is the first row.": lambda: W.shape == (len(X), len(X @ W))
        and near(X @ W, X[0] * W[0] + X[1] * W[1])
        and all((X @ W)[j] == sum(X[i] * W[i, j] for i in range(2)) for j in range(3)),
    "The two sizes in the middle must be equal, and they disappear. In `W @ x` the sizes 3 and 2 would be in "
    "the middle, so NumPy stops with an error. If `x` has many rows, `(100, 2) @ (2, 3)`, each row is "
    "multiplied on its own, and the result has the shape `(100, 3)`.": lambda: fits((2, 3), (2,), np.matmul)
        is None and fits((2,), (2, 3), np.matmul) == (3,)
        and near((rows := RNG(0).normal(size=(100, 2))) @ W, [row @ W for row in rows]),
    "If `x` has a single 1 and is 0 elsewhere, the product is one row of `W`. In that case the course just "
    "looks up this row, without multiplying.": lambda: near([0, 1] @ W, W[1])
        and near(nets.RNN(4, 3).forward(p := nets.RNN(4, 3).init(RNG(0)), [[2]])[0],
        np.tanh(p.W_xh[2] + p.b_h)),
    "it multiplies element by element and doesn't add anything up": lambda: (W * W).tolist() ==
        [[one * one for one in row] for row in W.tolist()],
    "makes `x @ W` equal to `[5, 2, 4]`? No sum": lambda: ([1, 1] @ W).tolist() == [5, 2, 4],
    "The outer product of two rows multiplies every number in the first by every number in the second. The "
    "result is a table, with a row for each number in the first and a column for each number in the second. "
    r"$$M_{ij} = u_i\, v_j$$": lambda: np.outer(U, V).tolist() == [[u * v for v in V] for u in U],
    "`u` as a column is repeated to the right, `v` as a row is repeated downwards, and the two are "
    "multiplied. The order matters, because `np.outer(v, u)` has two rows and three columns. It is the "
    "transpose of `np.outer(u, v)`.": lambda: near(np.column_stack([U, U]) * np.vstack([V, V, V]),
        np.outer(U, V)) and np.outer(V, U).shape == (2, 3) and near(np.outer(V, U), np.outer(U, V).T),
    "Why does the course need this product? Suppose that `u` is multiplied by a matrix, and that there is an "
    "error in the numbers that come out. How much is each weight of the matrix to blame? The weight in row "
    "$i$ and column $j$ has multiplied $u_i$, and it has changed only output $j$. So its blame is the input "
    "$u_i$ times the error of output $j$. There is one such product for each weight. Together they are an "
    "outer product, which": lambda: near(nets.numerical_gradient(lambda: float(U @ M @ V),
        M := np.ones((3, 2))), np.outer(U, V))
        and (U @ (M + np.outer([0, 1, 0], [0, 1])) - U @ M).round(6).tolist() == [0, U[1]],
    "All rows of an outer product are multiples of the same row. Which row is it?": lambda:
        all(near(row / u, V) for row, u in zip(np.outer(U, V), U, strict=True)),
    r"$$\ln(a\, b) = \ln a + \ln b, \qquad \ln(a^n) = n \ln a$$ A product becomes a sum, and a power becomes "
    "a multiple. So for a product of many small probabilities, the logarithm is easier to handle. For "
    "example, a product of a hundred tenths has its first nonzero digit in the hundredth decimal place":
        lambda: near(np.log(3 * 7), np.log(3) + np.log(7)) and near(np.log(3**7), 7 * np.log(3))
        and f"{0.1**100:.100f}".strip("0") == ".".ljust(100, "0") + "1"
        and np.prod(np.full(400, 0.1)) == 0 > np.log(np.full(400, 0.1)).sum() > -1000,
    "An eighth is a half times a half times a half, and indeed $-2.079$ is three times $-0.693$.": lambda: 1 /
        8 == 0.5 * 0.5 * 0.5 and round(np.log(1 / 8), 3) == -2.079 == round(3 * -0.693, 3),
    "The logarithm of 1 is 0. The logarithm of a number below 1 is negative, and the nearer the number is "
    r"to 0, the more negative it is. The course changes the sign, so $-\ln p$ is 0 for something certain":
        lambda: np.log(1) == 0 and (np.log([0.9, 0.5, 0.1]) < 0).all()
        and (np.diff(np.log([0.9, 0.5, 0.1])) < 0).all() and nets.nll(np.array([99.0, 0]), np.array(0)) == 0,
    "A die shows a six three times in a row. Add up the three surprises. Which single probability has this "
    "sum as its surprise?": lambda: near(-math.log((1 / 6) ** 3), 3 * -math.log(1 / 6)),
    "First it takes $e$ to the power of each score, so that all numbers are positive. Then it divides each "
    r"number by their sum, so that they add up to 1. $$p_k = \frac{e^{y_k}}{e^{y_0} + e^{y_1} + \dots}$$":
        lambda: near(nets.softmax(SCORES), [math.exp(y) / sum(map(math.exp, SCORES)) for y in SCORES])
        and (np.exp(SCORES) > 0).all() and near(nets.softmax(SCORES).sum(), 1),
    "Scores can be any numbers, negative ones too.": lambda: near(nets.softmax(-SCORES**2).sum(), 1),
    "Only the *differences* of the scores count. If a score is larger by 1, its probability is $e = 2.718$ "
    "times as large, for example 0.665 instead of 0.245. If you add the same number to all scores, each "
    "$e^{y}$ is multiplied by the same factor, which cancels. That is why the function above may first "
    "subtract the largest score. Then no number gets too large for the computer.":
        lambda: near(nets.softmax(SCORES + 7), nets.softmax(SCORES))
        and near(np.exp(SCORES + 7) / np.exp(SCORES), math.e**7)
        and near(math.log(nets.softmax(np.array([2.0, 1, 0]))[0] / nets.softmax(np.array([2.0, 1, 0]))[1]), 1)
        and near(example("Softmax")["softmax"](SCORES + 800), nets.softmax(SCORES))
        and math.log(np.finfo(float).max) < 800,
    "If all scores are multiplied by 2, the differences double, and the most probable answer becomes more "
    "probable still.": lambda: nets.softmax(2 * SCORES).max() > nets.softmax(SCORES).max()
        and near(np.diff(2 * SCORES), 2 * np.diff(SCORES))
        and nets.softmax(2 * SCORES).argmax() == SCORES.argmax(),
    "If $f$ has slope 5 at some point and its input grows by 0.01, its value grows by about 0.05. $x^2$ has "
    r"the slope $2x$, $x^3$ has $3x^2$, a constant has 0, and $c\,x$ has $c$.": lambda:
        round(2.51**2 - 2.5**2, 2) == 0.05 and slope(lambda x: x**2, 2.5) == pytest.approx(5)
        and near([slope(of, 3) for of in (lambda x: x**2, lambda x: x**3, lambda x: 4, lambda x: 4 * x)],
        [2 * 3, 3 * 3**2, 0, 4]),
    "When one function feeds another, the slopes multiply. Let $u = g(x)$ and $y = f(u)$. A small step in "
    "$x$ moves $u$ by $g'(x)$ times this step, and the step in $u$ moves $y$ by $f'(u)$ times the step in "
    r"$u$: $$y' = f'(g(x))\; g'(x)$$ Be careful about where you take the slopes. The slope of the outer "
    "function is taken at its own input, which is $g(x)$ and not $x$.": lambda:
        near(measured := slope(lambda x: math.sin(x**2), 3), math.cos(3**2) * 2 * 3)
        and not near(measured, math.cos(3) * 2 * 3),
    "The inner function is $u = 2$, with slope $2x = 2$. The outer function $u^3$ has the slope $3u^2 = 12$.":
        lambda: near([slope(lambda x: x**2 + 1, 1), slope(lambda u: u**3, 1**2 + 1)], [2, 12]),
    "Three functions in a row give three factors, and a hundred functions give a hundred. In a recurrent "
    "network the backward pass multiplies such factors": lambda:
        near(np.prod([0.8 * (1 - h**2) for h in shown(0.3)[1:]]), slope(lambda h: shown(h)[-1], 0.3)),
    "Then the small changes add up. You multiply the slopes along each way, as the chain rule says, and add "
    r"the products: $$\frac{dL}{dx} = \frac{dL}{du}\frac{du}{dx} + \frac{dL}{dv}\frac{dv}{dx}$$ Here "
    r"$\frac{dL}{du}$ says how far $L$ moves with $u$ if $v$ is held still.": lambda:
        near(slope(lambda x: math.sin(x) * x**2, 3),
        slope(lambda u: u * 3**2, math.sin(3)) * slope(math.sin, 3) + slope(lambda v: math.sin(3) * v, 3**2) *
        slope(lambda x: x**2, 3)),
    "You can check this sum without the two ways, because $L = 2x + 5x^2$": lambda:
        near(slope(lambda x: 2 * x + 5 * x**2, 3), slope(example("Two ways, one sum")["L"], 3)),
    "If $L$ rises along one way and falls along the other, the two products cancel in part, or completely.":
        lambda: near([slope(lambda x: 2 * x - x**2, at) for at in (0.5, 1)], [1, 0])
        and slope(lambda x: 2 * x, 1) > 0 > slope(lambda x: -(x**2), 1),
    "a weight acts at every step. In a backward pass, ask in how many ways each number acts. Each way gives "
    "one product, and the products are added.": lambda:
        near(slope(lambda w: squared(w, w), 2), slope(lambda w: squared(2, w), 2) +
        slope(lambda w: squared(w, 2), 2)),
    "squashes any number into the range from −1 to 1. Near 0 its value is nearly $a$ itself, and far from 0 "
    r"the curve is flat. It is defined by powers of $e$: $$\tanh(a) = \frac{e^{a} - e^{-a}}{e^{a} + "
    "e^{-a}}$$": lambda: near(np.tanh(GRID), (np.exp(GRID) - np.exp(-GRID)) / (np.exp(GRID) + np.exp(-GRID)))
        and abs(math.tanh(0.01) - 0.01) < 1e-6 > slope(math.tanh, 8) and -1 < np.tanh(-8) < np.tanh(8) < 1,
    r"the network has stored the value in its forward pass. With $h = \tanh(a)$, $$\frac{dh}{da} = 1 - h^2$$":
        lambda: near(slope(np.tanh, GRID), 1 - np.tanh(GRID) ** 2),
    "The slope is never larger than 1, and never negative.": lambda: (slope(np.tanh, GRID) >= 0).all()
        and slope(np.tanh, GRID).max() < 1 + 1e-9,
    "The first line calculates the slope and the second line measures it, and they agree. So a unit near 1 "
    "or −1 hardly reacts to its input": lambda:
        [word in line for word,
        line in zip(("1 - h**2", "a + eps"), re.findall("print.*", PARTS["The slope of tanh"]), strict=True)]
        == [True] * 2 and max(slope(math.tanh, -5), slope(math.tanh, 5)) < 1e-3,
    r"squashes any number into the range from 0 to 1. Its slope is $s\,(1 - s)$, which is at most a quarter.":
        lambda: near(slope(nets.sigmoid, GRID), nets.sigmoid(GRID) * (1 - nets.sigmoid(GRID)))
        and near(slope(nets.sigmoid, GRID).max(), 1 / 4) and 0 < nets.sigmoid(-8) < nets.sigmoid(8) < 1,
}


def moves(optimizer, *gradients: float) -> float:
    """How far the last of these gradients moves a weight."""
    p, path = nets.Parameters({"w": (1,)}), [0.0]
    for g in gradients:
        optimizer.update(p, nets.Parameters({"w": (1,)}, np.array([float(g)])))
        path.append(float(p.w[0]))
    return path[-2] - path[-1]


def clipped(limit: float, g=(3.0, 4.0)) -> np.ndarray:
    nets.clip_norm(grads := nets.Parameters({"w": (2,)}, np.array(g)), limit)
    return grads.w


def lstm(i=0.0, f=0.0, o=0.0, c=0.6) -> tuple[float, float, float]:
    """The states h and c of an LSTM with these gates, whose candidate is 0.5; and what goes back to c."""
    p = nets.Parameters(nets.LSTM(1, 1).shapes)
    p.b_h = [*(40 * (2 * gate - 1) for gate in (i, f, o)), math.atanh(0.5)]
    h, new, gates = lstm_step(p, np.zeros((1, 1)), np.zeros((1, 1)), before := np.array([[c]]))
    back = lstm_step_back(p, before, new, gates, np.zeros((1, 1)), np.ones((1, 1)))[2]
    return float(h[0, 0]), float(new[0, 0]), float(back[0, 0])


def gru(r: float, z: float, h: float) -> float:
    """The state after h of a GRU with these gates, whose candidate is tanh(0.3 + r h)."""
    p = nets.Parameters(nets.GRU(1, 1).shapes)
    p.b_h, p.W_hh = [40 * (2 * r - 1), 40 * (2 * z - 1), 0.3], [[0, 0, 1]]
    return float(gru_step(p, np.zeros((1, 1)), np.array([[h]]))[0][0, 0])


def derivative(w: float, backwards: bool) -> float:
    """That of the last state by w, from the last step to the first, or carried along from the first."""
    h = shown(0, w)
    steps, total, back = list(pairwise(h)), 0.0, 1.0
    for before, now in reversed(steps) if backwards else steps:
        if backwards:
            total, back = total + back * (1 - now**2) * before, back * (1 - now**2) * w
        else:
            total = (1 - now**2) * (before + w * total)
    return total


def looks_at(order: int) -> list[int]:
    """The characters, by how many steps back, that change what an n-gram model predicts."""
    text, seen = "".join(RNG(0).choice(list("ab"), 500)), "abbabaab"
    changed = {k: seen[:-k] + "ba"["ab".index(seen[-k])] + seen[len(seen) - k + 1 :] for k in range(1, 6)}
    last = [ngram_probabilities(text, one + "a", order)[-1] for one in (seen, *changed.values())]
    return [k for k, p in enumerate(last) if k and p != last[0]]


def model_of() -> nets.CharModel:
    return nets.CharModel(nets.RNN(5, 6), RNG(0))


def losses(order: int) -> tuple[float, float]:
    """The losses of n-grams of a short text, on that text and on another by the same rules."""
    text, other = ("".join(RNG(seed).choice(list("aab"), 300)) for seed in (0, 1))
    return ngram_loss(text, text, order), ngram_loss(text, other, order)


def scaled(factor: float) -> nets.Parameters:
    """Weights of a network of positive units whose states change by this factor per step."""
    p = nets.Parameters(nets.RNN(1, 3).shapes)
    p.W_hh, p.b_h = factor * np.eye(3), 1
    return p


def directions(size: int = 2) -> np.ndarray:
    """Many arrows of length 1."""
    found = RNG(0).normal(size=(2000, size))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def smoothed(*losses: float) -> float:
    history = History()
    for loss in losses:
        history.add(loss)
    return history.smoothed


POSITIVE = np.ones((6, 1, 1))
H = shown(0)
PARITY = automaton([[0, 1], [1, 0]], [0, 1])
TWICE = automaton([[2, 1], [3, 0], [0, 3], [1, 2]], [0, 1, 0, 1])
TEXT = RNG(0).integers(5, size=(7, 1))
ONES, KEY = np.eye(3), np.array([0.6, 0.8, 0])
KEYS = RNG(0).normal(size=(4, 3))
RUNS = RNG(0).normal(size=(2000, 9))
SOME, COUNTED = RNG(0).normal(size=(3, 2, 4)), np.array([[1, 1], [1, 0], [1, 0]])
ROTATION = np.linalg.qr(KEYS.T @ KEYS + ONES)[0]

GLOSSARY = {
    "divides each weight's step by the root of the sum of all its squared gradients so far. Symbol: $s$ for "
    "the sum.": lambda: near(moves(nets.Adagrad(0.1), 3, 4), 0.1 * 4 / 5),
    "a moving mean of the gradient, divided by the root of a moving mean of its square":
        lambda: near(moves(nets.Adam(0.1), 3, -1),
        0.1 * (0.9 * 0.1 * 3 - 0.1) / 0.19 / math.sqrt((0.999 * 0.001 * 9 + 0.001) / (1 - 0.999**2))),
    "divides each weight's step by the root of a moving mean of its squared gradients":
        lambda: near(moves(nets.RMSProp(0.1), 3, 4), 0.1 * 4 / math.sqrt(0.99 * 0.01 * 9 + 0.01 * 16)),
    "Following a decaying sum of all gradients so far instead of the last gradient alone.":
        lambda: near(moves(nets.SGD(0.1, momentum=0.5), 8, 4, 2), 0.1 * (0.25 * 8 + 0.5 * 4 + 2)),
    "keeps an integral from growing while the output is at its limit; clipping a gradient before it enters "
    "the optimiser state": lambda: moves(nets.SGD(0.1, 0.9),
        *[clipped(1, (0.0, 50.0))[1]] * 20, -1) < 1 <
        moves(nets.SGD(0.1, 0.9), *[50] * 20, -1),
    "How far an update moves the parameters against the gradient.": lambda:
        near([moves(nets.SGD(0.1), g) for g in (3, -2)], [0.1 * 3, -0.1 * 2]),
    "look back directly at all earlier states, each weighted by how well it fits": lambda:
        (look_up(KEY, KEYS, KEYS)[1] > 0).all()
        and (np.argsort(look_up(KEY, KEYS, KEYS)[1]) == np.argsort(KEYS @ KEY)).all(),
    "the row by which a stored step is found, because the query is compared with this row":
        lambda: look_up(9 * KEYS[0], KEYS, KEYS)[1].argmax() == (KEYS @ KEYS[0]).argmax(),
    "one pass from the last step to the first that adds up what each step contributes":
        lambda: near(derivative(0.8, backwards=True), slope(lambda w: shown(0, w)[-1], 0.8)),
    "computed from the first step to the last, by carrying along the derivative of the state":
        lambda: near(derivative(0.8, backwards=False), slope(lambda w: shown(0, w)[-1], 0.8)),
    "is multiplied; it is the same": lambda: near(slope(lambda h: math.atanh(shown(h, 0.7, (0.2,))[-1]), 0.3),
        0.7),
    "The sum that goes into an activation function": lambda:
        near(shown(0.5, 0.8, (0.2,))[-1], np.tanh(0.8 * 0.5 + 0.2)),
    "added to a weighted sum; it does not depend on the input":
        lambda: near([math.atanh(nets.RNN(1, 1).forward(nets.Parameters(nets.RNN(1, 1).shapes,
        np.array([0.5, 0.2, 0.3])), [[[x]]])[0][0, 0, 0]) - 0.5 * x for x in (0.0, 1.0)], 0.3),
    "the next character from the one before it, by counting": lambda: looks_at(2) == [1],
    "the next character from the $n - 1$ before it, by counting": lambda: [looks_at(n) for n in (1, 3, 4)] ==
        [[], [1, 2], [1, 2, 3]],
    "which is only multiplied by a gate and added to": lambda:
        near([slope(lambda c, f=f: lstm(f=f, i=1, c=c)[1], 0.6) for f in (0, 1)], [0, 1]),
    "by adding to it, not by rewriting it": lambda: near(lstm(i=1, f=1)[1], 0.6 + 0.5),
    "multiplies its old cell state: 1 keeps it, 0 erases it": lambda: [lstm(f=f)[1] for f in (1, 0)] ==
        [0.6, 0],
    "multiplies something: at 0 the gate is shut, at 1 it is open": lambda:
        near([lstm(f=1, o=o)[0] for o in (0, 1)], [0, math.tanh(0.6)]),
    "by which an LSTM multiplies what it adds to its cell state": lambda:
        near([lstm(i=i, f=1)[1] - 0.6 for i in (0, 0.5, 1)], [0, 0.25, 0.5]),
    "passed back unchanged as long as the forget gate is fully open": lambda:
        [lstm(f=f)[2] for f in (1, 0.5, 0)] == [1, 0.5, 0],
    "sets the value of the gate before training, and so how long the memory lasts":
        lambda: all(np.diff([nets.sigmoid(nets.LSTM(2, 1).init(RNG(0), forget_bias=b).b_h[1]) ** 20
        for b in (-1, 0, 1, 3)]) > 0),
    "In a GRU, how much of the old state is used to compute the candidate": lambda:
        near([gru(r, 0, 0.9) for r in (0, 1)], np.tanh([0.3, 0.3 + 0.9])),
    "In a GRU, how much of the old state is kept.": lambda:
        near([gru(0, z, 0.9) for z in (1, 0)], [0.9, math.tanh(0.3)]),
    "the loss a little above a weight's value minus the loss a little below it, divided by the distance "
    "between": lambda: near(nets.numerical_gradient(lambda: float(w[0] ** 3), w := np.array([2.0])),
        (2.001**3 - 1.999**3) / 0.002),
    "a function of a function is the product of the two derivatives": lambda:
        near(slope(lambda x: math.exp(3 * x), 1), math.exp(3) * 3),
    "all taken as equally likely, it is a loss of $\\ln V$, and with numbers it is the error of the best "
    "constant": lambda:
        near(RUNS.var(), min(((RUNS - constant) ** 2).mean() for constant in (RUNS.mean(), -0.5, 0.5, 1)))
        and near(nets.nll(np.zeros(30), np.array(7)), math.log(30)),
    "Scaling a gradient whose norm exceeds a threshold down to that threshold, without changing":
        lambda: near(clipped(1), [0.6, 0.8]),
    "The norm above which a gradient is clipped.": lambda:
        [near(clipped(limit), [3, 4]) for limit in (4.9, 5.1)] == [False, True],
    "1 for the same direction, 0 at a right angle, −1 for the opposite one":
        lambda: near([nets.compare({"w": ONES[0]}, {"w": other}, ("w",)).cosine
        for other in (ONES[0], ONES[1], -ONES[0])], [1, 0, -1]),
    "how much each weight, or each earlier step, contributed":
        lambda: [(nets.loss_by_state_gradients(model_of(), TEXT[:-1], TEXT[1:])[0][3, s] != 0).any()
        for s in range(6)] == [s <= 3 for s in range(6)],
    "The mean of minus the logarithm of the probability": lambda:
        near(nets.nll(np.log([[0.2, 0.8], [0.5, 0.5]]), np.array([0, 1])).mean(),
        -(math.log(0.2) + math.log(0.5)) / 2),
    "as one number: minus the logarithm of the probability": lambda:
        near(nets.nll(np.log([0.2, 0.8]), np.array(0)), -math.log(0.2)),
    "adds only the difference between the new value and what the table already gives": lambda:
        near(KEY @ (KEYS.T + np.outer(KEY, [1, 2, 3, 4] - KEY @ KEYS.T)), [1, 2, 3, 4]),
    "The product of the eigenvalues of a square matrix; it is zero if": lambda:
        near(np.linalg.det(M := KEYS[:3]), np.prod(np.linalg.eigvals(M)))
        and near(np.linalg.det(np.outer(U, U)), 0),
    "Ending a training run where the validation loss is lowest.": lambda: patient([3, 2, 1, 2, 3, 4], 2)[0] ==
        2,
    "continues without a better validation loss before it is stopped": lambda:
        [patient([3, 2, 1, 2, 3, 4, 5], wait)[1] for wait in (1, 2, 3)] == [3, 4, 5],
    "of a model that knows the rules by which a text is made; no model can stay below the entropy, although "
    "a model can be below it on an easy stretch": lambda:
        (p := np.array([0.9, 0.1])) is not None and (H := -(p * np.log(p)).sum()) > -math.log(0.9)
        and all(-(p * np.log([q, 1 - q])).sum() >= H for q in np.linspace(0.01, 0.99, 99)),
    "that grows at each step of the backward pass, because the factors are larger than 1":
        lambda: all(np.diff(nets.gradient_norms(nets.RNN(1, 3, "relu"), scaled(1.2), POSITIVE)) > 0),
    "that shrinks at each step of the backward pass, because the factors are smaller than 1":
        lambda: all(np.diff(nets.gradient_norms(nets.RNN(1, 3, "relu"), scaled(0.8), POSITIVE)) < 0),
    "one step of the backward pass multiplies the norm":
        lambda: near(nets.factor_per_step(nets.gradient_norms(nets.RNN(1, 3, "relu"), scaled(0.8), POSITIVE)),
        0.8),
    "The lag after which a given share of a gradient is left.":
        lambda: near(nets.gradient_norms(nets.RNN(1, 3, "relu"), scaled(0.8),
        POSITIVE)[round(math.log(0.512) / math.log(0.8))], 0.512),
    "it is stable if the state returns after every small push": lambda: abs(pushed(0.1)) < 1e-6 <
        abs(pushed(1.2)),
    "to which the state returns after every small push": lambda: abs(pushed(-0.1)) < 1e-6 <
        pushed(0.1, basin=False),
    "it points in the direction in which the loss grows fastest": lambda:
        max(slope(lambda e, d=d: math.exp(2 * e * d[0]) + e * d[1], 0) for d in directions()) <=
        slope(lambda e: math.exp(2 * e * 2 / 5**0.5) + e / 5**0.5, 0) + 1e-9,
    "before the softmax; the larger the logit, the more probable": lambda:
        all(np.diff(nets.softmax(SCORES)) > 0),
    "by which logits are divided before the softmax when sampling; a low temperature is careful, a high one "
    "is bold": lambda: all(np.diff([nets.softmax(SCORES / tau).max() for tau in (0.1, 0.5, 1, 2, 9)]) < 0),
    "their exponentials, divided by the sum of all": lambda:
        near(nets.softmax(SCORES), np.exp(SCORES) / np.exp(SCORES).sum()),
    "by which small changes grow along a trajectory; if it is positive, the network is chaotic":
        lambda: [exponents(RNG(0), 60, gain, steps=300)["exponents"][0] > 0 for gain in (0.5, 3)] ==
        [False, True],
    "The smallest automaton that accepts the same strings as a given one; to find it, join all states that "
    "no string can tell apart.": lambda: len((small := minimise(TWICE)).accepts) ==
        2 and distinguishing_string(TWICE, small) is None,
    "is odd; it is the smallest task in which every input matters": lambda:
        all(PARITY.says(one) == (one.count("1") % 2 == 1) != PARITY.says("1" + one)
        for one in ("", "1", "0110", "111")),
    "keeps a table of fixed size instead of all keys": lambda:
        near(KEY @ sum(np.outer(k, k + 1) for k in KEYS), sum((KEY @ k) * (k + 1) for k in KEYS)),
    "The middle one of several numbers in order; one extreme number does not change it": lambda:
        np.median([3, 1, 2]) == np.median([1, 2, 300]) == 2,
    "Learning the training text itself and not what it has in common with other texts":
        lambda: losses(12)[0] < losses(1)[0] and losses(1)[1] < losses(12)[1],
    "the loss on new text rises while the training loss still falls": lambda: losses(12)[0] < losses(6)[0]
        and (losses(12)[1] > losses(6)[1]),
    "replace it by its tangent, go to where the tangent is zero": lambda:
        abs((x := 1.5 - (1.5**2 - 2) / slope(lambda x: x**2, 1.5)) ** 2 - 2) < abs(1.5**2 - 2) / 20 and x > 0,
    "A function that is not linear, such as tanh, applied to the sum; without one, many layers in a row can "
    "compute no more than a single layer": lambda: near(KEY @ KEYS.T @ KEYS, KEY @ (KEYS.T @ KEYS))
        and not near(np.tanh(2 * KEY), 2 * np.tanh(KEY)),
    "The length of a row of numbers: the root of the sum of their squares.": lambda: np.linalg.norm([3, 4]) ==
        5,
    "that rotates or reflects but does not stretch": lambda:
        near(np.linalg.norm(KEYS @ ROTATION, axis=1), np.linalg.norm(KEYS, axis=1)),
    "a number from one row with a number from another; the gradient of a matrix is a sum of such tables":
        lambda: near(nets.numerical_gradient(lambda: float(np.sum((KEYS @ M) * KEYS)), M := np.ones((3, 3))),
        sum(np.outer(k, k) for k in KEYS)),
    "after the end of a shorter sequence; a mask says": lambda: not
        masked_loss(np.zeros((3, 1, 2)), np.zeros((3, 1), int), np.array([[1], [1], [0]]))[1][2].any(),
    "A loss that is a mean over the positions that count, so that padding contributes no gradient.": lambda:
        near(masked_loss(SOME, np.zeros((3, 2), int), COUNTED)[0],
             np.mean((np.log(np.exp(SOME).sum(axis=2)) - SOME[:, :, 0])[COUNTED == 1])),
    "a given share of a record below it; the median is the quantile of one half": lambda:
        np.quantile(RUNS, 1 / 2) == np.median(RUNS)
        and near(np.mean(RUNS < np.quantile(RUNS, 0.2)), 0.2, atol=1e-3),
    "keeps positive numbers and makes negative ones zero": lambda: relu(SCORES).tolist() == [0, 0, 2],
    "of a difference divided by the sum of the two lengths":
        lambda: near(nets.relative_error(np.array([3, 4]), np.array([3, 0])), 4 / (5 + 3)),
    "the largest singular value limits how much one step can lengthen a gradient. Symbol: $S$ for the "
    "largest.": lambda: near(max(np.linalg.norm(KEYS[:3] @ d) for d in directions(3)),
        nets.singular_values(KEYS[:3]).max(), 0.01)
        and all(np.linalg.norm(KEYS[:3] @ d) <= nets.singular_values(KEYS[:3]).max() for d in directions(3)),
    "0.995 of its old value plus 0.005 of the new loss, which averages over about 200 updates. It is "
    "corrected for the first updates, when fewer losses are known.": lambda:
        near([smoothed(3), smoothed(3, 5)], [3, (0.995 * 3 + 5) / 1.995])
        and near(smoothed(*[3] * 9999, 5), 0.995 * 3 + 0.005 * 5) and near(1 / 0.005, 200),
    "size of a matrix's largest eigenvalue": lambda: near(nets.spectral_radius(np.diag([1, -3, 2])), 3),
    "is from the mean of very many runs: the standard deviation of the runs divided by the root of their "
    "number":
        lambda: near(RUNS.mean(axis=1).std(), 1 / math.sqrt(9), 0.05),
    "The effect that the best of many results is better than what its setting will reach again, because the "
    "result was chosen for its luck as well.": lambda: winners()[0] < winners()[1] - 0.02,
    "Held-out data that is used once, after all choices are made, to report a result.": lambda:
        winners()[0] < winners()[1] - 0.02,
    "A matrix with its rows and columns exchanged; the backward pass multiplies by it.":
        lambda: near(nets.numerical_gradient(lambda: float(k @ W @ U), k := np.array([1.0, 2])), U @ W.T)
        and near(W.T[2, 1], W[1, 2]),
    "the gradient of truncated backpropagation is not unbiased": lambda:
        near(lag_terms(0.9, 40).sum(), slope(lambda a: sum(a**k for k in range(40)), 0.9))
        and lag_terms(0.9, 40)[:5].sum() < 45,
    "all weights a little smaller at every update": lambda:
        (fade(p := model_of().params, 1)
        or 0.9 < (p.W_hh / model_of().params.W_hh).min() <= (p.W_hh / model_of().params.W_hh).max() < 1),
    "A linear layer that is trained to predict a property from the states of a finished network, to see "
    "whether the property can be decoded from them.": lambda: (read := RNG(0).choice(5, (60, 80))).any()
        and (h := nets.RNN(5, 16).forward(nets.RNN(5, 16).init(RNG(0)), read)[0][20:]).any()
        and _read(h, read[20:], 5) > 0.99 > 0.4 > _read(h, read[:40], 5),
    "Limiting each entry of a gradient to a range, which changes the direction of the gradient.": lambda:
        nets.clip_value(g := nets.Parameters({"w": (2,)}, np.array([3.0, 0.5])), 1)
        and near(g.w, [1, 0.5]),
    "The exponential of the loss: the number of equally likely characters among which the model seems to "
    "choose.": lambda: near(math.exp(nets.nll(np.zeros(30), np.array(7))), 30),
    "computed with the logarithm to base 2; one bit is 0.693 nats": lambda:
        -math.log2(0.5) == 1 and round(float(nets.nll(np.zeros(2), np.array(0))), 3) == 0.693,
    "with respect to a weight that changes only in that one step, with the previous state held fixed.":
        lambda: near(slope(lambda w: shown(H[-2], w, (0.9,))[-1], 0.8), (1 - H[-1]**2) * H[-2]),
    "with respect to a weight that changes in all steps so far.": lambda:
        near(slope(lambda w: shown(0, w)[-1], 0.8), derivative(0.8, backwards=False))
        and not near(derivative(0.8, backwards=False), (1 - H[-1]**2) * H[-2]),
    "The number of steps over which a gradient is passed back, the step of the loss included.": lambda:
        np.flatnonzero(nets.kept_pairs(9, 1, 3)[8]).tolist() == [6, 7, 8],
    "a weighted mean of their probabilities": lambda: near(average_with_counts(
        -np.log([0.2, 0.9]), np.array([0.6, 0.1])), -np.log([0.4, 0.5])),
    "Training with the true previous character as input, whatever the network would have predicted.": lambda:
        near(shift_right(TEXT)[1:], TEXT[:-1]),
}


# Remarks, and what the tests of a task, of a search or of training hold: nothing is computed here.
LEFT_OUT = (
    "a fixed number of steps later", "after one mistake it is in a situation that it never met",
    "the last pulse", "how often each size", "before the first update; it decides the first loss",
    "The last layer of a network", "longer than those in the training set",
    "ends after a fixed number of steps", "and their sum is asked for", "keeps several strings",
    "again keeps the best", "from the old state and", "does not rely", "row of trained numbers",
    "one-hot row", "keep their initial", "keep their random", "need not be the most probable",
    "kept out of training", "The row of numbers that a recurrent network", "added up over all lags",
    "A row of zeros", "an optimiser keeps", "does not move", "the row that is compared",
    "the row that a stored",
)
HELD = {"refreshers": REFRESHERS, "glossary": GLOSSARY}


@pytest.mark.parametrize(("page", "words"), [(page, words) for page in HELD for words in HELD[page]])
def test_what_a_page_says_is_so(page, words):
    assert Page(page).says(words), "these words stand there no more"
    assert HELD[page][words]()


@pytest.mark.parametrize("page", HELD)
def test_words_that_would_turn_a_definition_round_are_held(page):
    claims = [Claim(words, words, fact) for words, fact in HELD[page].items()]
    claims += [Claim(words, words, lambda f: True) for words in LEFT_OUT]
    assert [place for turned in (TURNED, MORE_TURNED, ALSO_TURNED)
            for place in not_held(turned, Page(page), claims)] == [], HOLD_IT
