"""What lesson 02 claims."""

import inspect
import math
import re
import statistics
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from helpers.data import Vocabulary, course_corpus, ngram_probabilities
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
from helpers.networks import RNN, CharModel, numerical_gradient, relative_error, softmax
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
Y = np.array(SCORES, dtype=float)
IN_A_CIRCLE = {"W_xh": 9 * np.eye(3), "W_hh": np.zeros((3, 3)), "b_h": np.zeros(3),      # 0 1 2 0 1 2 …
               "W_hy": 50 * np.roll(np.eye(3), 1, axis=1), "b_y": np.zeros(3)}


def _from_tales(text: str) -> float:
    """The share of its words that the training text has, too."""
    words = set(course_corpus().texts()[0].split())
    return float(np.mean([word in words for word in text.split()]))


def _rests_at_frequencies() -> bool:
    """Whether a network whose only weights are output biases has no gradient where it says how often."""
    model, targets = CharModel(RNN(3, 4), np.random.default_rng(0)), np.array([[0, 0, 1, 0, 2, 0, 1, 2]]).T
    model.params.vector[:] = 0
    model.params.b_y = np.log(np.bincount(targets[:, 0]) / 8)
    return not model.loss_and_grads(targets[::-1], targets)[1].vector.round(9).any()


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
    Claim("only-the-bias-learns",
          "With zero weights all states are zero. The gradient of $W_{hy}$ is a sum of outer products with "
          "states, so it is zero too. The gradients of $W_{xh}$, $W_{hh}$ and $b_h$ are passed back through "
          "$W_{hy}$, so they vanish as well. Only $b_y$ learns, and all it can learn is how frequent each "
          "character is.",
          lambda f: _only_the_bias(f) and _rests_at_frequencies()),
    Claim("whole-rate",
          r"At the first update $s = g^2$, so $g / \sqrt{s}$ is +1 or −1, and every weight moves by the "
          "whole learning rate, however small its gradient.",
          lambda f: set(f.numbers("steps from")) == {0.1} and f.numbers("gradients from")[0] < 0.0001),
    Claim("no-memory-is-a-bigram", "within three hundredths of a nat of the counted bigram's",
          lambda f: _as_the_bigram(f)),
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
    Claim("favourite-stays",
          "The order of the characters never changes, because all scores are divided by the same positive "
          "number.",
          lambda f: (found := [f.number(f"temperature {t}: the favourite is 'I' with")
                               for t in (0.1, 0.5, 1.0, 2.0)]) == sorted(found, reverse=True)
          and {tuple(np.argsort(softmax(Y / t))) for t in (0.1, 1, 10)} == {tuple(np.argsort(Y))}),
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
    Claim("last-of-a-chunk", "A chunk fits if position + length + 1 <= len(ids). The last state of a "
          "chunk is h[length - 1].",
          lambda f: max(H) == len(X) - 1 and [call[0] for call in _calls()] == [0, 3, 0]),
    Claim("before-and-after-next",
          "If the target is the character before the input, what must the network remember, and for how "
          "long? If the target is the character after the next one",
          lambda f: (_written(-1), _written(2)) == ("abababab", "abdfhjln")),
    Claim("sum-of-squares", "For each weight it keeps $s$, the sum of the squared gradients so far, which "
          r"the code calls squares. Each gradient is divided by $\sqrt{s}$: $$s \leftarrow s + g^2, \qquad w "
          r"\leftarrow w - \text{rate} \cdot \frac{g}{\sqrt{s} + \varepsilon}$$",
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
          "It begins at the start of the text, with a state of zeros and squares of zeros. Then, updates "
          "times: 1. If the chunk and its targets would run beyond the end of ids, go back to the start, "
          "with a state of zeros. 2. Take length characters as inputs, and the characters one position "
          "further on as targets.",
          lambda f: _calls() == [[0, 1, False, False], [3, 4, True, True], [0, 1, False, True]]),
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
    Claim("another-order",
          "If you save a trained network today and load it tomorrow, the weights learnt for *e* may then "
          "belong to *q*, and the network writes nonsense without raising an error. A sorted list never "
          "changes.",
          lambda f: "".join("qe"[i] for i in Vocabulary("eq").encode("eqe")) == "qeq"
          and Vocabulary("eq").characters == Vocabulary("qe").characters),
    Claim("surprise",
          "It is zero if the network was certain and right, and large if the network had all but ruled out "
          "the target. This loss is called the cross-entropy loss. Its unit is the nat, because the "
          "logarithm is natural.",
          lambda f: _loss_of(np.array([40.0, 0])) < 1e-9 and _loss_of(np.array([0, 40.0])) >= 40
          and round(math.exp(_loss_of(np.zeros(60))), 9) == f.number("perplexity:")),
    Claim("bits-and-perplexity",
          r"Divide the loss by $\ln 2 = 0.693$ to get bits, the number of yes-or-no questions that were "
          "left open. - The perplexity is $e^{L}$. The network was as unsure as if it had to guess among "
          "$e^{L}$ equally likely characters.",
          lambda f: abs(f.number("chance:") / math.log(2) - f.numbers("chance:")[1]) < 1e-4
          and _loss_of(np.zeros(8)) / math.log(2) == 3
          and round(math.exp(f.number("chance:"))) == f.number("perplexity:") == 60),
    Claim("infinite",
          "$e^{1003}$ is larger than any number that NumPy can hold, so it becomes infinite, and infinity "
          "divided by infinity is *not a number*, nan.",
          lambda f: 706 < math.log(np.finfo(float).max) < 1003 and math.isnan(math.inf / math.inf)),
    Claim("same-factor",
          "Adding the same number to all scores doesn't change the probabilities, because it multiplies "
          "numerator and denominator by the same factor. So we subtract the largest score from all scores "
          "first. Then the largest exponential is $e^0 = 1$.",
          lambda f: np.allclose(np.exp(Y + 3), math.exp(3) * np.exp(Y))
          and np.allclose(softmax(Y + 3), softmax(Y)) and np.exp(Y - Y.max()).max() == 1
          and not np.allclose(softmax(3 * Y), softmax(Y))),
    Claim("whatever-it-predicts",
          "The targets are the inputs shifted by one character. At each time step the network is given the "
          "*true* character as its input, even if it predicted a different one. This is called teacher "
          "forcing.",
          lambda f: (read := f.line("inputs:").split("'")[1])[1:] == f.line("targets:").split("'")[1][:-1]
          and len(read) > 20 and _same_states_whatever_it_predicts()),
    Claim("over-the-border",
          "the state is carried from chunk to chunk, and it is set to zero only when the text starts over. "
          "But the gradient stops at the border between chunks, so each update looks back 25 steps at "
          "most. Lesson 04 is about this difference. ![Truncated backpropagation through time: the state "
          "crosses the borders between chunks, the gradient stops at them.",
          lambda f: [call[2] for call in _calls()] == [False, True, False] and _blamed() == [3, 4, 5]),
    Claim("a-row-is-picked",
          "The product $x_t W_{xh}$ is then just one row of $W_{xh}$, so the code simply picks that row.",
          lambda f: np.array_equal(np.eye(5)[3] @ P.W_xh, P.W_xh[3])),
    Claim("flat-near-one",
          "units near ±1 are saturated. Tanh is flat there, so a small change in a weight changes almost "
          "nothing, and the gradient is nearly zero.",
          lambda f: (math.tanh(3.01) - math.tanh(3)) / 0.01 < 0.01 < 0.9 < math.tanh(0.01) / 0.01),
    Claim("minus-the-one-hot-row",
          "The first term contributes −1 if $j$ is the target, and 0 otherwise. The second term "
          r"contributes $e^{y_j} / \sum_i e^{y_i}$, which is $p_j$. Together they give $$dy_j = "
          r"\frac{\partial L}{\partial y_j} = p_j - [\,j = k\,]$$ The bracket is 1 if $j = k$ and 0 "
          "otherwise. So the gradient is given minus wanted, where *given* means the probabilities and "
          "*wanted* means the one-hot row of the target. A step against it raises the target's score and "
          "lowers every other score.",
          lambda f: np.allclose(dy := softmax(Y) - np.eye(3)[TARGET], numerical_gradient(
              lambda: _loss_of(Y, TARGET), Y), atol=1e-6) and np.sign(-dy).tolist() == [-1, -1, 1]),
    Claim("where-it-multiplies",
          "The weight $W_{hy}[i, j]$ affects only $y_j$, where it multiplies $h_i$. If the weight grows a "
          r"little, $y_j$ grows $h_i$ times as much, so the weight's gradient is $h_i\, dy_j$.",
          lambda f: (H[2][0] @ np.outer(np.eye(3)[1], np.eye(5)[4])).tolist() == [0, 0, 0, 0, H[2][0, 1]]),
    Claim("one-row-of-the-input",
          "Each step used only one row of $W_{xh}$, the row of its input character, so only this row "
          "receives a gradient.",
          lambda f: _blamed() == [3, 4, 5]),
    Claim("relative-to-both",
          "The relative error is the length of the difference of the two vectors, divided by the sum of "
          "their lengths.",
          lambda f: math.isclose(relative_error(np.array([3.0, 0]), np.array([0, 4.0])), 5 / (3 + 4))),
    Claim("right-or-wrong",
          "If the relative error is below $10^{-7}$, the gradient is right. If it is above $10^{-4}$, the "
          "gradient is almost surely wrong.",
          lambda f: relative_error(np.ones(20), 1.001 * np.ones(20)) > 1e-4
          and sum(line.endswith("relative error below 1e-7: True") for line in f.printed) == 5),
    Claim("small-and-random",
          "Weights start small (or the network is sure and wrong) and random (or all units stay the same).",
          lambda f: f.number("scale  1.0: first loss") > 4 * f.number("scale 0.01: first loss") > 0
          and "True" in f.line("all 0.01: every unit gets the same gradient")),
    Claim("steps-shrink",
          "Because $s$ only grows, the steps shrink. After $n$ gradients of equal size, a step is "
          r"$1/\sqrt{n}$ times as long as the first.",
          lambda f: np.allclose(_adagrad(9 * [0.3]), 0.1 / np.sqrt(np.arange(1, 10)))),
    Claim("reads-its-own-text",
          "Sampling: the network draws one letter at a time, and each letter drawn is fed back as the next "
          "input.](../img/sampling_feedback.svg) So in training, with teacher forcing, the network reads the "
          "true text, but when it writes, it reads its own text.",
          lambda f: _in_a_circle(5) == [1, 2, 0, 1, 2] and _same_states_whatever_it_predicts()),
    Claim("those-drawn",
          "compute the new state and the probabilities, draw a symbol with rng.choice(len(b_y), p=...), "
          "keep it, and take it as the next input. Return the list of symbols that were drawn.",
          lambda f: _in_a_circle(1) == [1] and _in_a_circle(2) == [1, 2]),
    Claim("never-leaves-the-circle", "Without chance its path is fixed, so once it comes back to an earlier "
          "state, it never leaves the circle.",
          lambda f: _never_leaves()),
    Claim("share-of-its-memory",
          "which at each update becomes 0.995 of its old value plus 0.005 of the new loss. It remembers "
          "about the last 200 updates, a little more than one epoch, because one reading of the play takes "
          "168 updates. Because the smoothed loss starts from zero, we divide it by the share of its "
          "memory that is filled, which is $1 - 0.995^n$ after $n$ updates.",
          lambda f: math.isclose(_looked_back([3, 1]), (0.995 * 0.005 * 3 + 0.005 * 1) / (1 - 0.995**2))
          and f.line("chunks from start to end").startswith("168 ")),
    Claim("previous-characters",
          "Bigram: guess from the previous character. For example, count what follows *q* in the training "
          "text, and you know about *u*. - Trigram: guess from the previous two characters. All three are "
          "called *n-grams*. (For a pair or triple that was never seen, the counts of shorter n-grams are "
          "used",
          lambda f: set(re.findall("q(.)", course_corpus().texts()[0])) == {"u"}
          and _after("xa", 1) < _after("xa", 2) < 0.6 < 0.9 < _after("xa", 3)
          and _after("za", 3) == _after("za", 2)),
    Claim("trained-on-another",
          "We don't use the training set, the text that the network learns from, because the best program "
          "on that text is one that has memorised it. Instead we use a held-out text: a second little play "
          "about the same people, with no character outside our sixty.",
          lambda f: f.numbers("after 40,000 updates: training")[0] < f.numbers("after  1,170")[1] / 5
          and len((who := [{*re.findall(r"(?m)^(\w+):", text)} for text in course_corpus().texts()])[1]) > 10
          and who[1] <= who[0] and {*course_corpus().texts()[1]} <= {*course_corpus().texts()[0]}),
    Claim("overfitting",
          "This is overfitting: the training loss falls while the loss on new text rises. What we want is "
          "generalisation, a low loss on new text. A low training loss does not mean that the network "
          "knows English. The remedy is as old as the problem. Watch the held-out loss and keep the "
          "weights from its lowest point, the white dot. This is early stopping",
          lambda f: _parted(f)),
    Claim("stop-early",
          "Overfitting: on a short text the training loss keeps falling while the held-out loss turns up, "
          "so stop early.",
          lambda f: _parted(f)),
    Claim("what-helped-to-choose",
          "A held-out text that helps us choose, as this one does, is a validation set. A test set is kept "
          "for the final verdict alone.",
          lambda f: (found := _of_the_chosen())[0] < -1.5 and abs(found[1]) < 0.1),
    Claim("greedy-near-zero",
          "Always taking the most probable character is called greedy decoding. To move gradually from "
          r"drawing to greedy decoding, divide all scores by a number $\tau$, the temperature, before the "
          r"softmax: $$p_k = \frac{e^{y_k / \tau}}{\sum_j e^{y_j / \tau}}$$ With $\tau$ below 1, the "
          "differences between the scores grow, and near 0 the favourite gets nearly all the probability. "
          r"With $\tau$ above 1, the differences shrink, and all characters come closer to equal "
          "probabilities.",
          lambda f: _more_or_less_even() and f.number("temperature 0.1: the favourite is 'I' with") == 1),
    Claim("contains-what-it-divides",
          r"Adagrad's $\sqrt{s}$ contains the very gradient that it divides, so no weight ever moves by "
          "more than the learning rate.",
          lambda f: max(map(abs, _adagrad([1e-4, 4.9, -3.0, 1e-3, 4.9]))) < 0.1 + 1e-12),
    Claim("eleven-times", "But the curve is nearly flat there, so it saves only 0.12 nats. The difference is "
          "the same. But the logarithm depends on the factor, and from 0.01 to 0.11 that is eleven. Eleven "
          "times as probable saves 2.4 nats, while the step from 0.8 to 0.9 saves only 0.12. Nearly ruling "
          "something out is costly.",
          lambda f: abs(f.number("0.01 instead of 0.11 costs") - math.log(11)) < 0.005
          and abs(f.number("0.9 instead of 0.8 saves") - math.log(9 / 8)) < 0.005),
    Claim("with-great-certainty", "Larger weights can express more, but nobody has trained them. They "
          "predict something at random, and with great certainty. They stay random. But large scores are "
          "not a fair guess. One character gets nearly all the probability, and mostly the wrong one. It is "
          "sure, and wrong: one character gets nearly everything and the target almost nothing. The loss is "
          "19.1, while chance is 4.1.",
          lambda f: f.number("scale  1.0: first loss") == 19.1 > round(f.number("chance:"), 1) == 4.1
          and softmax(20 * Y).max() > 0.99 and math.exp(-19.1) < 1e-8),
    Claim("what-the-gradient-depends-on", "But the gradient of a weight depends on what it multiplies and on "
          "the weights after it. That is nearly true. But $b_y$ multiplies nothing. It is added directly to "
          "the scores, so its gradient is $dy$ itself. They are next to the loss. But the gradient of "
          "$W_{hy}$ is a product with the states, and all states are zero. The states are zero, so $W_{hy}$ "
          "gets nothing. All other gradients are passed back through $W_{hy}$, which is zero too.",
          lambda f: _only_the_bias(f) and not np.outer(np.zeros(3), Y).any()),
    Claim("divided-by-itself", "That is plain SGD, rate times gradient. Adagrad also divides by the root of "
          r"$s$, and at first $s$ is just $g^2$. At the first update $s = g^2$, so $g / \sqrt{s}$ is 1 or "
          "−1, and each bias moves by the whole rate. A root does bring sizes closer together. But this is "
          "the root of $g^2$ itself, so no difference is left. The small gradient is divided by less. But it "
          "is also smaller itself, and at the first update the two effects cancel exactly.",
          lambda f: all(np.allclose(_updated(g), (-math.copysign(0.1, g), g**2), rtol=1e-4, atol=0)
                        for g in (0.007, -0.007, 0.00002))),
    Claim("what-each-looks-at", "The trigram looks at two characters. Without the loop the network sees only "
          "the current one. It sees one character, so it can only learn what follows that character. That "
          "is a bigram. It has no past, but it does read the current character. The unigram ignores even "
          "that.",
          lambda f: _as_the_bigram(f) and _after("xa", 1) == _after("yb", 1) != _after("ya", 2)
          and _after("xa", 2) == _after("ya", 2) and _after("xa", 3) != _after("ya", 3)),
    Claim("surer-of-the-play", "There is nothing more to learn about English. But the network grows ever "
          "surer of the play, and that is costly on other text. It does know some. But it bets nearly "
          "everything on the play going on, and each lost bet is costly. It gives almost no probability to "
          "any other text. Its loss is 4.35, while blind guessing has 4.09.",
          lambda f: _parted(f) and f.numbers("after 40,000 updates: training")[1:] == [4.35, 4.09]),
    Claim("twice-as-many-twice-as-far", "More units can store more. But this rate shakes them twice as "
          "hard. At 0.03 it does far better, but not best. With a smaller rate that can happen. At 0.1, "
          "twice as many units move each score twice as far. A score is a sum over the units, so twice as "
          "many move it twice as far. The loss is 1.83, while ours is 1.50.",
          lambda f: math.isclose(np.ones(200) @ np.full(200, 0.1), 2 * (np.ones(100) @ np.full(100, 0.1)))
          and (end(f, 200)[1], end(f, 100)[1]) == (1.83, 1.5) and end(f, 100)[0] < end(f, 200)[0] < 1.5),
    Claim("without-chance", "Its path is fixed. Once it returns to a place where it has been, it goes round "
          "forever. Most often is not always. Now and then a different character is drawn, and only that "
          "leads out of a circle. Each choice is the best one, but the whole is not. Without chance the path "
          "is fixed, so it closes into a circle.", lambda f: _never_leaves()),
    Claim("repeats-what-it-reads", "The loss fell far below that of any correct run, while the network wrote "
          "one letter over and over, because it had learnt to repeat what it reads.",
          lambda f: _written(0) == "abbbbbbb" != _written(1)),
    Claim("what-temperature-leaves", "It divides the scores, so the probabilities become more or less even. "
          "The weights stay the same, and so does the most probable character.",
          lambda f: _more_or_less_even() and {softmax(Y / t).argmax() for t in (0.1, 1, 9)} == {Y.argmax()}),
    Claim("not-the-ratio", "Nats are logarithms, so a difference of nats is a factor between probabilities. "
          r"A ratio of two logarithms is not that factor. The loss is $-\ln p$, so the probabilities differ "
          r"by e to the difference. The loss is $-\ln p$. It is lower by {less}, so p is larger by a factor "
          "of e to the power of {less}.",
          lambda f: (p := np.exp([-2.3, -1.6]))[1] > p[0] and math.isclose(p[1] / p[0], math.exp(2.3 - 1.6))
          and abs(p[1] / p[0] - 2.3 / 1.6) > 0.5),
    Claim("where-held-out-turns", "Since then the network has overfitted: it has memorised that one text, "
          "which makes it worse on new text. They did best on text that was not used for training. Keeping "
          "them is early stopping.",
          lambda f: _parted(f)),
    Claim("keeps-the-shape", "A network also trains with many wrong gradients, only a little worse. So a "
          "falling loss does not prove that they are right. Central differences know nothing about your "
          "derivation. If the two agree to many digits, the derivation is right. A wrong shape is a bug, but "
          "many bugs keep the shape: a flipped sign, = for +=, or a transposed square matrix.",
          lambda f: all(wrong.shape == P.W_hh.shape and relative_error(wrong, P.W_hh) > 0.1
                        for wrong in (-P.W_hh, P.W_hh.T)) and P.W_xh.T.shape != P.W_xh.shape),
    Claim("returns-to-the-true-text", "This is teacher forcing: after each mistake the network returns to "
          "the true text. That happens when the network writes by itself. In training nothing is drawn. "
          "Then one mistake would lead to the next. In training the text is the input, whatever the network "
          "guessed.",
          lambda f: _same_states_whatever_it_predicts() and _in_a_circle(5) == [1, 2, 0, 1, 2]),
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
    """Of three updates: where inputs and targets begin, and whether state and squares have left zero."""
    seen: list[list] = []

    def read(params, inputs, targets, h_prev):
        seen.append([inputs[0], targets[0], h_prev.any()])
        return 0, {2: np.ones(1)}, {}

    def update(params, grads, squares):
        seen[-1].append(squares["b_h"].any())
        squares["b_h"] += 1

    train_by_hand({"b_h": np.zeros(1)}, np.arange(9), 3, 3, read, lambda *_: {}, update)
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


def _same_states_whatever_it_predicts() -> bool:
    """Whether the states stay the same if all scores are turned round."""
    turned = IN_A_CIRCLE | {"W_hy": -IN_A_CIRCLE["W_hy"]}
    (_, h, p), (_, other, q) = (forward(one, [0, 1, 2], [1, 2, 0], np.zeros(3))
                                for one in (IN_A_CIRCLE, turned))
    return all(np.array_equal(h[t], other[t]) and p[t].argmax() != q[t].argmax() for t in range(3))


def _blamed() -> list[int]:
    """Which characters' weights get a gradient from the second chunk of 0 1 2 | 3 4 5, in a carried state."""
    params, h_prev = initial_parameters(np.random.default_rng(0)), np.zeros(100)
    for inputs in ([0, 1, 2], [3, 4, 5]):
        targets = [i + 1 for i in inputs]
        _, h, p = forward(params, inputs, targets, h_prev)
        grads, h_prev = backward(params, inputs, targets, h, p), h[2]
    return grads["W_xh"].any(axis=1).nonzero()[0].tolist()


def _only_the_bias(f: Facts) -> bool:
    """Whether with zero weights b_y alone was found to have a gradient."""
    return [line for line in f.printed if line.endswith("is not zero")] == [
        "all zero: the gradient of b_y is not zero"]


def _as_the_bigram(f: Facts) -> bool:
    """Whether the network without memory gets as low as the bigram, to three hundredths of a nat."""
    return abs(f.numbers("without memory, at its best (update")[1] - f.number("the bigram:")) < 0.03


def _more_or_less_even() -> bool:
    """Whether the probabilities come closer together with each higher temperature."""
    spread = [np.ptp(softmax(Y / t)) for t in (0.01, 0.5, 1, 2, 100)]
    return spread == sorted(spread, reverse=True) and spread[0] > 0.99 > 0.01 > spread[-1]


def _never_leaves() -> bool:
    """Whether a network that is certain of each next symbol goes round whatever the seed is."""
    return all(_in_a_circle(30, seed) == 10 * [1, 2, 0] for seed in range(3))


def _in_a_circle(length: int, seed: int = 0) -> list[int]:
    """What a network writes that finds 1 certain after 0, 2 after 1, and 0 after 2."""
    return sample(IN_A_CIRCLE, np.zeros(3), 0, length, np.random.default_rng(seed))


def _after(context: str, order: int) -> float:
    """How probable an n-gram finds b after two characters, the second an a: after x it always comes."""
    return ngram_probabilities(50 * "xabyac", f"{context}b", order, "abcxyz")[2]


def _parted(f: Facts) -> bool:
    """Whether from the lowest held-out loss of the long run to its end one loss falls, the other rises."""
    lowest, end = f.numbers("after  1,170 updates: training"), f.numbers("after 40,000 updates: training")
    return end[0] < lowest[0] and end[1] > lowest[1]


def _of_the_chosen() -> tuple[float, float]:
    """Of 20 equally good networks, whose losses are noise: the chosen one's on that text, and on another."""
    losses = np.random.default_rng(0).normal(size=(2, 1000, 20))
    chosen = np.arange(1000), losses[0].argmin(axis=1)
    return losses[0][chosen].mean(), losses[1][chosen].mean()


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
          "good gradient look doubtful. With the tiny step, hardly any digit of the loss changes, and "
          "rounding errors dominate the change.",
          lambda f: abs(((np.exp(1 + 1e-5) - np.exp(1)) / 1e-5 - np.exp(1)) / (1e-5 * np.exp(1)) - 0.5) < 0.01
          and "below 1e-7: True" in f.line("both sides") and "below 1e-7: False" in f.line("one side")
          and "below 1e-7: False" in f.line("a step of 1e-12") and np.spacing(1.0) / 1e-12 > 1e-4),
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
          "same character forever. The network never finds out what it has written. If the new state gets a "
          "different name, the network forgets at every step.",
          lambda f: set(_read(False)) == {0} and len(set(_read(True))) == 5
          and _states(4, carried=False)[3] == math.tanh(0.4) != _states(4)[3]),
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
          "This may surprise you, because with length 1 the gradient doesn't reach back a single step. But "
          "the state is carried through the whole text, and what the network learns about using the previous "
          "state also helps it use older states, because the weights are the same.",
          lambda f: 0 < np.ptp([row[2] for row in _lengths(f).values()]) < 0.1
          and [np.count_nonzero(rnn_backward(P, X[:n], H, np.ones((n, 1, 3)) * (np.arange(n) == n - 1)[
              :, None, None])[3].any(2)) for n in (1, 3)] == [1, 3]
          and rnn_backward(P, X[:1], {-1: H[2], 0: H[3]}, np.ones((1, 1, 3)))[0]["W_hh"].any()),
    Claim("adds-up-the-chunk",
          "An untrained network with small weights gives each of the $V$ characters the probability $1/V$, "
          r"whatever it has read. So each character costs $-\ln(1/V) = \ln V$ nats, and the program adds up "
          "this loss over the characters of a chunk.",
          lambda f: math.isclose(25 * _blind(25), -sum(math.log(1 / 60) for _ in range(25)))),
)
