"""What lesson 02 claims."""

import inspect
import math
import re
import statistics
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from helpers.data import Vocabulary, course_corpus
from helpers.lessons.lesson02.broken import broken_midway
from helpers.lessons.lesson02.checks import LOOK, by_length, loss_at
from helpers.lessons.lesson02.drawings import DA, H_PREV, SCORES, TARGET
from helpers.lessons.lesson02.plain_program import (
    adagrad,
    backward,
    forward,
    initial_parameters,
    sample,
    score_gradient,
    train_by_hand,
)
from helpers.lessons.lesson02.shipped import best_without_memory
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import RNN, CharModel, relative_error, softmax
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.runs import History, Shipped, Sweep, load_run, select


def end(f: Facts, units: int) -> tuple[float, float]:
    """Training losses of so many units at the end, at the rates 0.03 and 0.1, as printed."""
    slow, _, fast, _ = f.numbers(f"{units:3} units: training loss")
    return slow, fast


def medians(of: Callable[[History], float]) -> dict[int, float]:
    """By sequence length, the median over the seeds of something of a run."""
    return {length: statistics.median(map(of, runs)) for length, runs in by_length(load_run("02/lengths"))}


def best(found: dict[int, float]) -> int:
    return min(found, key=found.get)


P, X = RNN(5, 3).init(np.random.default_rng(0)), np.array([[0], [3], [1], [4]])
H = rnn_forward(P, X, np.zeros((1, 3)))


def _from_tales(text: str) -> float:
    """The share of its words that the training text has, too."""
    words = set(course_corpus().texts()[0].split())
    return float(np.mean([word in words for word in text.split()]))


CLAIMS = (
    Claim("better-than-chance", "could already guess better than chance",
          lambda f: f.number("unigram") < f.number("chance:") == round(math.log(60), 4)),
    Claim("dear-to-rule-out", "punished above all for what it ruled out",
          lambda f: f.number("0.01 instead of 0.11 costs") > 10 * f.number("0.9 instead of 0.8 saves")),
    Claim("set-not-measured", "the program sets it to",
          lambda f: f.number("25 characters together:") == round(25 * math.log(60), 4)),
    Claim("as-predicted", "as predicted, to three digits",
          lambda f: abs(f.number("the first loss:") - f.number("chance:")) < 0.001),
    Claim("sure-and-wrong", "more than four times chance",
          lambda f: f.number("scale  1.0: first loss") > 4 * f.number("chance:")),
    Claim("pushes-cancel", "the pushes on the scores always cancel",
          lambda f: f.number("the target gets") < 0 and "True" in f.line("all pushes together are zero:")),
    Claim("only-the-bias-learns", "Only $b_y$ learns",
          lambda f: [line for line in f.printed if line.endswith("is not zero")] == [
              "all zero: the gradient of b_y is not zero"]),
    Claim("whole-rate", "every weight moves by the whole learning rate",
          lambda f: set(f.numbers("steps from")) == {0.1} and f.numbers("gradients from")[0] < 0.0001),
    Claim("no-memory-is-a-bigram", "within three hundredths of a nat of the counted bigram's",
          lambda f: abs(f.numbers("without memory, at its best (update")[1] - f.number("the bigram:"))
          < 0.03),
    Claim("worse-than-blind", "worse than someone who guesses blindly",
          lambda f: f.numbers("after 40,000 updates: training")[1] > f.number("chance:")
          and f.numbers("after  1,170 updates: training")[1] < f.number("trigram") + 0.1),
    Claim("larger-does-worse", "At the rate of 0.1 the larger network does worse than ours",
          lambda f: end(f, 200)[1] > end(f, 100)[1] and end(f, 200)[0] < end(f, 200)[1]),
    Claim("small-one-other-way-round", "the other way round: 0.1 is the better rate",
          lambda f: end(f, 25)[1] < end(f, 25)[0] and end(f, 100)[0] < end(f, 100)[1]),
    Claim("held-out-hardly-moves", "its best value is nearly the same from rate 0.01 to 0.1",
          lambda f: 0 < (found := f.numbers("100 units, length 25 or 100, rate 0.01 to 0.1:"))[1]
          - found[0] < 0.1 and found[0] > 2),
    Claim("few-below-the-trigram", "Only a few of the 120 runs get below the trigram",
          lambda f: 0 < f.numbers("runs beat the bigram,")[0] <= 10
          and f.number("trigram") - f.number("the best reaches") < 0.05),
    Claim("best-lengths", "The best lengths are 100 per update and 25 per character",
          lambda f: best(medians(lambda run: loss_at(run, LOOK))) == 100
          and best(found := medians(lambda run: run.train[-1])) == 25 and found[100] > found[25] + 0.1),
    Claim("no-length-is-ahead-on-new-text", "since what is learnt reaches further back",
          lambda f: max(found := medians(lambda run: run.best_heldout()[1]).values()) - min(found) < 0.1),
    Claim("favourite-stays", "order of the characters never changes",
          lambda f: (found := [f.number(f"temperature {t}: the favourite is 'I' with")
                               for t in (0.1, 0.5, 1.0, 2.0)]) == sorted(found, reverse=True)),
    Claim("begins-to-recite", "It begins to recite: a line of the play and the beginning of the next",
          lambda f: f.number("at 0.1 the first") == 39 and f.line("at 0.1 the first").count("\\n") == 1),
    Claim("a-central-difference",
          r"\frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\varepsilon}, \qquad \varepsilon = 10^{-5}",
          lambda f: math.isclose((math.exp(1e-5) - math.exp(-1e-5)) / (2 * 1e-5), 1, rel_tol=1e-9)),
    Claim("noise-at-first", "A loss curve that falls while a small network is trained, with what the network "
          "wrote at four moments on the way: noise at first, something like words at the end.",
          lambda f: (run := load_run("02/class_run")[-1]).train[0] > 4 > 1 > run.train[-1]
          and _from_tales(run.samples[0][1]) < 0.1 < 0.4 < _from_tales(run.samples[-1][1])),
    Claim("row-on-the-left",
          "The state before step $t$ is h[t - 1], and a row vector is written to the *left* of its matrix",
          lambda f: [np.allclose(H[2], np.tanh(P.W_xh[X[2]] + before + P.b_h))
                     for before in (H[1] @ P.W_hh, H[2] @ P.W_hh, H[1] @ P.W_hh.T)] == [True, False, False]),
    Claim("to-every-earlier-step", "the gradient runs back from every loss to every earlier step",
          lambda f: rnn_backward(P, X, H, np.eye(4)[2][:, None, None] * np.ones(3))[3].any((1, 2)).tolist()
          == [True, True, True, False]),
    Claim("the-third-is-wanted",
          "The third is wanted: given minus wanted is 0.58, 0.13 and minus 0.71, which add up to zero.",
          lambda f: (softmax(np.array(SCORES)) - np.eye(3)[TARGET]).round(2).tolist() == [0.58, 0.13, -0.71]),
    Claim("rows-of-the-first", "The outer product of (1, 2, 3) and (10, 20): a table with a row for each "
          "number of the first and a column for each of the second",
          lambda f: (H_PREV, DA) == ((1, 2, 3), (10, 20)) and np.outer(H_PREV, DA).shape == (3, 2)),
    Claim("a-row-for-each-unit", "so the gradient of $W_{hy}$ has a row for each unit",
          lambda f: CharModel(RNN(5, 3), np.random.default_rng(0)).params.W_hy.shape == (3, 5)),
    Claim("above-minus-below",
          "then array.flat[i] = kept + eps and above = loss(). Do the same with kept - eps and below, then "
          "set array.flat[i] = kept. Collect gradient.flat[i] and above - below divided by 2 * eps. After "
          "the loop, make arrays of both lists.",
          lambda f: math.isclose(((3 + 1e-5) ** 2 - (3 - 1e-5) ** 2) / (2 * 1e-5), 2 * 3, rel_tol=1e-6)),
    Claim("last-of-a-chunk", "The last state of a chunk is h[length - 1].", lambda f: max(H) == len(X) - 1),
    Claim("before-and-after-next",
          "If the target is the character before the input, what must the network remember, and for how "
          "long? If the target is the character after the next one",
          lambda f: (_written(-1), _written(2)) == ("abababab", "abdfhjln")),
    Claim("sum-of-squares", "For each weight it keeps $s$, the sum of the squared gradients so far, which "
          r"the code calls squares. Each gradient is divided by $\sqrt{s}$",
          lambda f: np.allclose(_updated(0.1, -0.2), (
              -0.1 * (0.1 / 0.1 - 0.2 / math.sqrt(0.1**2 + 0.2**2)), 0.1**2 + 0.2**2))),
    Claim("clip-first", "params, grads and squares are dictionaries with the same names. Clip first, change "
          "params and squares in place, and return nothing.",
          lambda f: np.allclose(_updated(9), (-0.1, 0.2**2)) and adagrad({}, {}, {}) is None),
    Claim("square-of-the-clipped", "brings every entry into a range. Add the square of the clipped gradient.",
          lambda f: [_updated(g)[1] for g in (0.1, 9, -9)] == [0.1**2, 0.2**2, 0.2**2]),
    Claim("adagrad-in-three-lines", "g = np.clip(grads[name], -clip, clip), squares[name] += g**2, "
          "params[name] -= learning_rate * g / (np.sqrt(squares[name]) + 1e-10).",
          lambda f: f.says(f"{', '.join(_lines(adagrad)[-3:])}.")),
    Claim("from-zero",
          "It begins at the start of the text, with a state of zeros and squares of zeros. Then, updates",
          lambda f: _calls() == [[0, False, False], [3, True, True]]),
    Claim("the-loop", "loss, h, p = forward(params, inputs, targets, h_prev), grads = backward(params, "
          "inputs, targets, h, p), adagrad(params, grads, squares), losses.append(loss), position, h_prev = "
          "position + length, h[length - 1].",
          lambda f: f.says(f"{', '.join(_lines(train_by_hand)[-6:-1])}.")),
    Claim("without-t", "Use the two lines of the forward pass, without $t$. In each round of the loop, h and "
          "i simply get new values.",
          lambda f: (lines := re.sub(r"\[t( - 1)?\]", "", "\n".join(_lines(forward)[5:7])).replace(
              "inputs", "i").splitlines())[0] == _lines(sample)[5]
          and lines[1].replace(" = ", "=") in _lines(sample)[6].removeprefix("i = ")),
    Claim("sorted-and-not-a-set",
          "vocabulary | in the order of a set | sorted | a saved network stays readable",
          lambda f: Vocabulary("lighthouse").characters == Vocabulary("eoughtsil").characters == "eghilostu"),
    Claim("largest-subtracted", "softmax | as in the formula | largest score subtracted | it cannot overflow",
          lambda f: "nan" in f.line("scores 1001, 1002, 1003:")
          and np.allclose(softmax(np.array([1001.0, 1002, 1003])), softmax(np.array([1.0, 2, 3])))),
    Claim("generator-passed-on", "randomness | one hidden global generator | a generator that is passed on | "
          "a cell gives the same result each time it is run",
          lambda f: (first := _drawn(rng := np.random.default_rng(0))) != _drawn(rng)
          and first == _drawn(np.random.default_rng(0))),
    Claim("mean-and-not-sum", "loss | sum over 25 characters | mean, in nats per character | it can be "
          "compared across lengths and texts",
          lambda f: math.isclose(_blind(5), math.log(60)) and math.isclose(_blind(25), math.log(60))
          and round(25 * _blind(25), 4) == f.number("25 characters together:")),
    Claim("the-same-clip", "clip | ±5 on the summed gradient | ±5/T on the mean over T characters | the same "
          "thing",
          lambda f: [np.allclose(np.clip(g := np.arange(-9.0, 10), -5, 5) / 25, np.clip(g / 25, -top, top))
                     for top in (5 / 25, 5)] == [True, False]),
    Claim("outside-the-root", r"Adagrad's $\varepsilon$ | $10^{-8}$, inside the root | $10^{-10}$, outside | "
          "as PyTorch has it; it matters only for tiny gradients",
          lambda f: [math.isclose(-_updated(g)[0], 0.1 * g / math.sqrt(g**2 + 1e-8), rel_tol=1e-4)
                     for g in (0.1, 0.01, 1e-6)] == [True, True, False]
          and math.isclose(-_updated(1e-10)[0], 0.1 / 2)),
    Claim("rows-side-by-side", "vectors | columns, weights from the left | rows, weights from the right | "
          "many sequences fit side by side",
          lambda f: np.allclose((rows := np.eye(5)[[0, 3]]) @ P.W_xh, (P.W_xh.T @ rows.T).T)
          and np.allclose(rnn_forward(P, np.array([[0, 3]]), np.zeros((2, 3)))[0], np.tanh(P.W_xh[[0, 3]]))),
    Claim("held-out-here", "held-out text | none | yes | see [section 10](#10",
          lambda f: f.place("Instead we use a held-out text")[0] == "10 · Watch it learn"
          and (texts := course_corpus().texts())[1][:40] not in texts[0]),
    Claim("looks-back-over-200", "smoothed loss | remembers 1,000 updates, from chance on | remembers 200, "
          "from nothing on | it does not lag behind",
          lambda f: _looked_back([1]) == 1 and 1 + 0.999**1000 * (math.log(60) - 1) > 2
          and abs(_looked_back(2000 * [1] + 200 * [0]) - 0.999**1000) < 0.002),
)


NO_MEMORY = Shipped("lesson02/no_memory.jsonl", "", Sweep(best_without_memory, {"updates": [3000]}),
                    range(200, 220), 1.5, ())
BROKEN = Shipped("lesson02/broken.jsonl", "", Sweep(broken_midway, {"fault": [
    "targets not shifted", "rate times ten", "state not carried", "no clipping"]}), range(20), 6, ())


def _rises_by(seed: Seed, fault: str) -> float:
    """By how much the smoothed loss rises in the 500 updates after something is broken."""
    return seed(fault=fault)["highest"] - seed(fault=fault)["before"]


REPLICATED = (
    Replicated("no-memory-is-a-bigram", "within three hundredths of a nat of the counted bigram's", NO_MEMORY,
               lambda seed: abs(seed() - course_corpus().lines["bigram"]) < 0.03, said=(20, 20)),
    Replicated("too-good", "Then it falls below 0.1", BROKEN,
               lambda seed: _rises_by(seed, "targets not shifted") > 0
               and seed(fault="targets not shifted")["end"] < 0.1, said=(20, 20)),
    Replicated("leaps", "leapt from about 2 to something between 3 and 8", BROKEN,
               lambda seed: seed(fault="rate times ten")["highest"], (3, 8)),
    Replicated("still-high", "3,000 updates later it was still above 2.4 in all of twenty runs", BROKEN,
               lambda seed: seed(fault="rate times ten")["end"] > 2.4, said=(20, 20)),
    Replicated("easy-to-miss", "The loss rose by less than 0.5", BROKEN,
               lambda seed: _rises_by(seed, "state not carried") < 0.5, said=(20, 20)),
    Replicated("hardly-any-effect", "You'll see hardly any effect", BROKEN,
               lambda seed: _rises_by(seed, "no clipping") < 0.3, said=(20, 20)),
)
NOT_REPLICATED = (
    NotReplicated("An untrained network has ruled out nothing", "calculated"),
    NotReplicated("The loss is as predicted, to three digits", "calculated"),
    NotReplicated("At first the shaking drives the loss beyond the top", "one network"),
    NotReplicated("What lowers the loss most is learnt first", "one network"),
    NotReplicated("The network gets below the unigram within a few hundred updates", "one network"),
    NotReplicated("worse than someone who guesses blindly", "one network"),
    NotReplicated("At 0.003, for example, the network still creeps along", "these runs"),
    NotReplicated("At 1 the loss leaps over the top of the picture", "these runs"),
    NotReplicated("the famous 0.1 is not the best rate in it", "these runs"),
    NotReplicated("At the rate of 0.1 the larger network does worse than ours", "these runs"),
    NotReplicated("the other way round: 0.1 is the better rate", "these runs"),
    NotReplicated("After 8,000 such updates the network has learnt far less than ours", "these runs"),
    NotReplicated("Only a few of the 120 runs get below the trigram", "these runs"),
    NotReplicated("its best value is nearly the same from rate 0.01 to 0.1", "these runs"),
    NotReplicated("It goes round in a circle and writes the same few words", "one network"),
    NotReplicated("It begins to recite", "one network"),
    NotReplicated("At temperature 1 it's lost at once", "one network"),
)


def raced(f: Facts) -> list[list[float]]:
    """The losses of each optimiser, by its rate."""
    return [f.numbers(f"{name:8} {{")[1::2] for name in ("SGD", "Adagrad", "RMSProp", "Adam")]


def _by_rate(f: Facts) -> list[dict[float, float]]:
    """The same, with the rates."""
    found = [f.numbers(f"{name:8} {{") for name in ("SGD", "Adagrad", "RMSProp", "Adam")]
    return [dict(zip(row[::2], row[1::2], strict=True)) for row in found]


def _best_rate(f: Facts, optimizer: str) -> float:
    """The rate at which the optimiser ends lowest."""
    found = f.numbers(f"{optimizer:8} {{")
    return min(zip(found[1::2], found[::2], strict=True))[1]


def _shifted(f: Facts) -> list[float]:
    """The smoothed losses of the programs B, D, C and A at the end."""
    return [f.number(f"{name}: shift {shift:2}, smoothed loss") for name, shift in (
        ("B", 0), ("D", -1), ("C", 1), ("A", 2))]


def _written(shift: int, start: str = "ab") -> str:
    """What a perfect program of this shift writes after `start`, in a text that is the alphabet."""
    text = start
    for _ in range(6):
        text += text[shift - 1] if shift < 1 else chr(ord(text[-1]) + shift)
    return text


def _states(steps: int, first: float = 0, carried: bool = True) -> list[float]:
    """The states of one unit that reads 1, 2, 3, …; without `carried` each step starts from the first."""
    states = []
    for t in range(steps):
        states.append(math.tanh(0.1 * (t + 1) + (states[-1] if carried and states else first)))
    return states


def _lines(function: Callable) -> list[str]:
    """Of the source of a function."""
    return [line.strip() for line in inspect.getsource(function).splitlines()]


def _updated(*gradients: float) -> tuple[float, float]:
    """A weight and its sum of squares, both 0 at first, after these gradients."""
    params, squares = {"w": np.zeros(1)}, {"w": np.zeros(1)}
    for g in gradients:
        adagrad(params, {"w": np.array([g])}, squares)
    return params["w"][0], squares["w"][0]


def _calls() -> list[list]:
    """Of two updates: where its chunk begins, and whether its state and its squares have left zero."""
    seen: list[list] = []

    def read(params, inputs, targets, h_prev):
        seen.append([inputs[0], h_prev.any()])
        return 0, {2: np.ones(1)}, {}

    def update(params, grads, squares):
        seen[-1].append(squares["b_h"].any())
        squares["b_h"] += 1

    train_by_hand({"b_h": np.zeros(1)}, np.arange(9), 3, 2, read, lambda *_: {}, update)
    return seen


def _by_hand(fault: str = "") -> float:
    """The loss of eight units that learn 0 0 1 1 2 2 … in chunks of five, with a mistake in the loop."""
    rng, H = np.random.default_rng(0), 8
    params = {"W_xh": rng.normal(size=(3, H)), "W_hh": rng.normal(size=(H, H)), "b_h": np.zeros(H),
              "W_hy": rng.normal(size=(H, 3)), "b_y": np.zeros(3)}

    def read(params, inputs, targets, h_prev):
        return forward(params, inputs, inputs if fault == "not shifted" else targets,
                       0 * h_prev if fault == "not carried" else h_prev)

    def back(params, inputs, targets, h, p):
        return backward(params, inputs, inputs if fault == "not shifted" else targets, h, p)

    def update(params, grads, squares):
        forgotten = {name: 0 * s for name, s in squares.items()}
        adagrad(params, grads, forgotten if fault == "squares forgotten" else squares)

    ids = np.tile(np.repeat(np.arange(3), 2), 20)
    return float(np.mean(train_by_hand(params, ids, 5, 200, read, back, update)[-50:]))


def _drawn(rng: np.random.Generator) -> float:
    return initial_parameters(rng)["W_xh"][0, 0]


def _blind(length: int) -> float:
    """The loss of a network without weights on so many characters."""
    ids = np.arange(length + 1)
    return forward(initial_parameters(np.random.default_rng(0), 0), ids[:-1], ids[1:], np.zeros(100))[0]


def _looked_back(losses: list[int]) -> float:
    history = History()
    for loss in losses:
        history.add(loss)
    return history.smoothed


def _uncopied() -> list[bool]:
    """Whether stage 2 leaves p alone, whether it does without a copy, and whether that gives the same dy."""
    p = softmax(np.arange(3.0))
    before, right = p.copy(), score_gradient(p, 1)
    found = [np.array_equal(p, before)]
    dy = p
    dy[1] -= 1
    return [*found, np.array_equal(p, before), np.array_equal(dy, right)]


def _slopes(restored: bool) -> list[float]:
    """The slopes of u v at u = 2 and v = 3, measured one after the other."""
    weights, found, eps = [2.0, 3.0], [], 1e-3
    for i, value in enumerate([2.0, 3.0]):
        ends = []
        for weights[i] in (value + eps, value - eps):
            ends.append(weights[0] * weights[1])
        weights[i] = value if restored else weights[i]
        found.append((ends[0] - ends[1]) / (2 * eps))
    return found


def _adagrad(gradients: list[float], clipped_first: bool = True, remembers: bool = True) -> list[float]:
    """The steps at a rate of 0.1 and a clip at 5."""
    steps, total = [], 0.0
    for g in gradients:
        clipped = min(max(g, -5.0), 5.0)
        total = total * remembers + (clipped if clipped_first else g) ** 2
        steps.append(0.1 * clipped / math.sqrt(total))
    return steps


def _read(stored: bool) -> list[int]:
    """What a network that writes reads, if the draw is stored under the name of its input, or isn't."""
    rng, i, read = np.random.default_rng(0), 0, []
    for _ in range(50):
        read.append(i)
        drawn = int(rng.integers(5))
        i = drawn if stored else i
    return read


def _lengths(f: Facts) -> dict[int, list[float]]:
    """By length: after 2,000 updates, after 200,000 characters, and the best held out."""
    return {int(row[0]): row[2:] for row in f.table("length   updates", 7)}


def _best_updates() -> list[float]:
    """Of each optimiser at its best rate the update of its best held-out loss, median of three."""
    runs = load_run("02/optimizers")
    best = ("SGD", 0.3), ("Adagrad", 0.03), ("RMSProp", 0.003), ("Adam", 0.003)
    return [statistics.median(select(runs, optimizer=name, learning_rate=rate, seed=seed).best_heldout()[0]
                              for seed in range(3)) for name, rate in best]


def _smoothed(name: str, update: int) -> float:
    """The smoothed loss of a shifted program at an update."""
    run = load_run("02/shifts")["ABCD".index(name)]
    return float(np.interp(update, run.updates, run.smoothed_loss))


def _loss_of(scores: np.ndarray, target: int = 0) -> float:
    return float(np.log(np.exp(scores).sum()) - scores[target])


def _direction(samples: int) -> float:
    """The cosine between a mean over so many noisy gradients and the true one."""
    true = np.ones(20)
    found = (true + 5 * np.random.default_rng(0).normal(size=(samples, 20))).mean(axis=0)
    return float(found @ true / np.linalg.norm(found) / np.linalg.norm(true))


SOLVED = (       # claims of the worked solutions
    Claim("no-error",
          "- W_hh @ h[t - 1] has the right shape, because $W_{hh}$ is square, but the wrong numbers. This "
          "mistake raises no error, so only a check finds it.",
          lambda f: (wrong := np.array([[0, 2], [1, 0]]) @ [1, 3]).shape
          == (right := [1, 3] @ np.array([[0, 2], [1, 0]])).shape
          and not np.allclose(wrong, right)),
    Claim("forgets-but-for-the-first",
          "h_prev @ W_hh in the loop starts every step from the same state. The first step is then right, "
          "but the later steps have no memory.",
          lambda f: [a == b for a, b in zip(_states(4), _states(4, carried=False), strict=True)] == [
              True, False, False, False] and _states(4, carried=False)[3] == math.tanh(0.4)),
    Claim("sure-and-wrong", "a loss that falls when the network is sure, even if it is wrong",
          lambda f: -np.log(max(0.98, 0.02)) < -np.log(max(0.6, 0.4))),
    Claim("repeats-what-it-reads",
          "asks the network to repeat what it has just read. The loss then falls to almost nothing",
          lambda f: 0 <= _shifted(f)[0] < 0.05),
    Claim("into-p-itself", "Without .copy(), the line dy[target] -= 1 writes into p itself. In the backward "
          "pass this change does no harm as long as nobody looks at p again.",
          lambda f: _uncopied() == [True, False, True]),
    Claim("one-negative-number",
          "Its numbers add up to zero because the probabilities add up to 1, and only the target's number "
          "is negative.",
          lambda f: np.sign(dy := np.array([0.2, 0.5, 0.3]) - [0, 1, 0]).tolist() == [1, -1, 1]
          and abs(dy.sum()) < 1e-12),
    Claim("t-times-too-large",
          "every gradient is $T$ times too large. A test with $T = 1$ never notices this mistake. If you "
          "write = instead of +=, only the contribution of the first step remains, because the backward "
          "pass ends there. This mistake, too, makes no difference for $T = 1$.",
          lambda f: all(sum(steps) == len(steps) * np.mean(steps) and [*reversed(steps)][-1] == steps[0]
              and (len(steps) == 1) == (sum(steps) == np.mean(steps)) == (sum(steps) == steps[0])
              for steps in ([3.0], [3.0, 5.0, 1.0]))),
    Claim("half-the-step-times-the-curvature",
          "The one-sided difference is wrong by about half the step times the curvature, so it makes a "
          "good gradient look doubtful.",
          lambda f: abs(((np.exp(1 + 1e-5) - np.exp(1)) / 1e-5 - np.exp(1)) / (1e-5 * np.exp(1)) - 0.5) < 0.01
          and "below 1e-7: True" in f.line("both sides") and "below 1e-7: False" in f.line("one side")),
    Claim("spoilt-after-it", "A weight that isn't restored spoils everything measured after it.",
          lambda f: np.allclose(_slopes(True), [3, 2], atol=1e-9) and abs(_slopes(False)[0] - 3) < 1e-9
          and abs(_slopes(False)[1] - 2) > 1e-4),
    Claim("of-which-size", "And an absolute error of 0.001 says nothing as long as you don't know whether "
          "the gradients are of size 1 or of size 0.001.",
          lambda f: relative_error(np.ones(1), np.array([1.001])) < 1e-3
          < 0.3 < relative_error(np.array([0.001]), np.array([0.002]))),
    Claim("one-line-each", "The clip, the sum of squares and the step take one line each.",
          lambda f: all(words in line for words, line in zip(
              ("in params:", "clip(", "g**2", "learning_rate *"), _lines(adagrad)[-4:], strict=True))),
    Claim("squared-before-it-is-clipped",
          "If you square the gradient before it is clipped, one enormous gradient makes $s$ enormous. "
          "Because of one bad update, the weight then hardly moves for the rest of training. With "
          "squares[name] = g**2 nothing is remembered, so every weight moves by the whole learning rate at "
          "every update, up or down.",
          lambda f: max(_adagrad([1e4, *9 * [1.0]], clipped_first=False)[1:]) < 0.001
          < 0.01 < min(_adagrad([1e4, *9 * [1.0]])[1:])
          and np.allclose(_adagrad([0.2, -3, 0.01], remembers=False), [0.1, -0.1, 0.1])),
    Claim("reads-the-same-forever",
          "If you store the draw under a different name, i stays what it was, and the network reads the "
          "same character forever. The network never finds out what it has written.",
          lambda f: set(_read(False)) == {0} and len(set(_read(True))) == 5),
    Claim("the-last-state",
          "The state that is carried on is the last state of this chunk, so you take it after calling "
          "forward.",
          lambda f: [math.tanh(0.4 + state) == _states(4)[3] for state in _states(3)] == [
              False, False, True]),
    Claim("none-stops", "None of the usual mistakes stops the program. A state of zeros at every chunk adds "
          "a little to the loss. Targets that aren't shifted give a wonderful loss",
          lambda f: max(_by_hand(), _by_hand("not shifted")) < 0.05 < _by_hand("not carried") < 0.3
          and math.isfinite(_by_hand("squares forgotten")) and _shifted(f)[0] < min(_shifted(f)[2:]) - 1),
    Claim("one-size",
          "If squares is made inside the loop, Adagrad's steps all have one size. If the last chunk is too "
          "short, the losses are means over different numbers of characters.",
          lambda f: {round(abs(step), 9) for step in _adagrad([0.2, -3, 0.01], remembers=False)} == {0.1}
          and [len(range(60)[k : k + 25]) for k in range(0, 60, 25)] == [25, 25, 10]),
    Claim("first-loss",
          "Look at the first loss of every run. If it is much higher than expected, the weights are too "
          "large, or the vocabulary isn't the one you think. If it is lower, the network sees its own "
          "targets. If it stays the same to the last digit, no weight is updated, or the program prints a "
          "smoothed loss that hasn't moved yet.",
          lambda f: _loss_of(10 * np.random.default_rng(0).normal(size=60)) > 2 * math.log(60)
          and _loss_of(2.0 * np.eye(60)[0]) < _loss_of(np.zeros(60)) == math.log(60)
          and _loss_of(0.1 * (np.eye(60)[0] - 1 / 60)) < _loss_of(np.zeros(60))),
    Claim("repeats-the-last",
          "- B, shift 0, must repeat the character that it has just read. That takes no memory, so the "
          "loss falls immediately, and almost to nothing. When B writes, it repeats its last character "
          "again and again.",
          lambda f: _smoothed("B", 100) < min(_smoothed(name, 100) for name in "ACD") - 1
          and _shifted(f)[0] == 0.01 and _written(0) == "abbbbbbb"),
    Claim("before-the-last",
          "- D, shift −1, must output the character before the one it has just read. This takes a memory "
          "of one step, so learning begins later. After that, however, D's task is as easy as B's, because "
          "nothing about the future has to be guessed. When D writes, each new character repeats the one "
          "before the last, so two characters alternate.",
          lambda f: _smoothed("D", 100) > _smoothed("B", 100) + 1 and _written(-1) == "abababab"
          and 0 <= _shifted(f)[1] - _shifted(f)[0] < 0.05),
    Claim("best-with-a-higher-loss",
          "Its task is hard because the future is uncertain. So its loss is higher, but C is the best "
          "program.",
          lambda f: _shifted(f)[2] > max(_shifted(f)[:2]) + 1 and _written(1) == "abcdefgh"),
    Claim("every-second-left-out",
          "- A, shift 2, must predict the character after the next one, without knowing the next one. This "
          "task is harder still, so A's loss stays highest. A writes a text that looks as if every second "
          "letter had been left out.",
          lambda f: _shifted(f)[3] == max(_shifted(f)) > _shifted(f)[2] + 0.3
          and _written(2, "a") == "acegikm"),
    Claim("far-below-the-best-n-gram",
          "So a low loss by itself says nothing. It must be the loss for the right task, and you should "
          "compare it with a baseline. For example, a loss far below that of the best n-gram on new text is "
          "no triumph, but a reason to look for a leak.",
          lambda f: _shifted(f)[0] < min(course_corpus().lines.values()) - 1 and _written(0) == "abbbbbbb"),
    Claim("coarse-on-purpose",
          "Powers of ten are coarse on purpose, because you need to know the best learning rate only to "
          "within a factor of three. (At a rate of 10 the loss grows beyond all bounds, so train stops "
          "with an error instead of going on with meaningless numbers.)",
          lambda f: 3 < math.sqrt(10) < 3.5 and raced(f)[0][-1] > 100 * math.log(60)
          and f.line("ten times less or more").endswith("True")),
    Claim("the-best-of-each", "take their median, and keep the best rate of each optimiser.",
          lambda f: [_best_rate(f, name) for name in ("RMSProp", "Adam", "Adagrad", "SGD")] == f.numbers(
              "from low to high, in nats per character:")[::2]),
    Claim("faster-than-sgd",
          "The race shows that the three optimisers that give each weight its own step (Adagrad, RMSProp, "
          "Adam) learn the training text faster than plain SGD. Something else is even clearer. Within "
          "each row of the table, the rate makes a larger difference to the loss than the choice of "
          "optimiser makes to the best loss.",
          lambda f: max(map(min, raced(f)[1:])) < min(raced(f)[0]) - 0.3
          and min(max(losses) - min(losses) for losses in raced(f))
          > max(map(min, raced(f))) - min(map(min, raced(f)))),
    Claim("nothing-but-luck",
          "If you compare two optimisers at one common rate, you compare nothing but luck.",
          lambda f: all({one[rate] < other[rate] for rate in one if rate in other} == {True, False}
                        for one, other in pairwise(_by_rate(f)))),
    Claim("not-better-on-new-text",
          "However, the race doesn't show that any of them is better for new text. On the held-out text "
          "all twelve runs end close together, and the winner of the race isn't ahead. All four optimisers "
          "learn what there is to learn. Some merely get there sooner, and then they overfit sooner. "
          "(Three seeds are few.",
          lambda f: (found := [f.numbers(f"{name:8} best held-out loss, three seeds:") for name in (
              "RMSProp", "SGD", "Adagrad", "Adam")]) and 0 < max(max(found)) - min(map(min, found)) < 0.15
          and found[0][0] > min(map(min, found)) and min(map(min, raced(f))) == min(raced(f)[2])
          and max(_best_updates()[2:]) < _best_updates()[0]),
    Claim("longest-leads",
          "After 2,000 updates the longest sequence leads clearly. Its gradient is a mean over 100 "
          "characters instead of one, so it points in a better direction, and it includes the effect of "
          "each state on the losses many steps later.",
          lambda f: (first := [row[0] for row in _lengths(f).values()]) == sorted(first, reverse=True)
          and first[-1] < first[-2] - 0.2 and _direction(100) > _direction(1) + 0.3),
    Claim("middle-wins",
          "After 200,000 characters a middle length wins. Length 100 has made its 2,000 good updates, but "
          "length 25 has made 8,000 updates that were nearly as good. Length 1 has made 200,000 updates, "
          "each from a single character, and none of them looked back even one step. So a longer sequence "
          "also gets more out of each character, but only up to length 25.",
          lambda f: best({length: row[1] for length, row in _lengths(f).items()}) == 25
          and (second := [row[1] for row in _lengths(f).values()])[:5] == sorted(second[:5], reverse=True)
          and 200_000 // 25 == 8000 and second[4:] == sorted(second[4:])),
    Claim("no-difference-on-new-text", "In the last column, on new text, there is hardly a difference. "
          "This may surprise you, because with length 1 the gradient doesn't reach back a single step.",
          lambda f: 0 < np.ptp([row[2] for row in _lengths(f).values()]) < 0.1
          and [np.count_nonzero(rnn_backward(P, X[:n], H, np.ones((n, 1, 3)) * (np.arange(n) == n - 1)[
              :, None, None])[3].any(2)) for n in (1, 3)] == [1, 3]),
)
