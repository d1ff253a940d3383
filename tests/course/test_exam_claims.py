"""The exam's answers: where a sentence compares, a computation says that it is so."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from test_claims import HOLD_IT, MORE_TURNED, TURNED, not_held
from test_exam import GROUPS, A, B, C, D, code, every_group, given, measured, parts, what_follows

from helpers.data import load_text
from helpers.lessons.lesson06.claims import LEFT
from helpers.lessons.lesson09.ward import RIGHT_BELOW, WARD, examine, make_gates_alike
from helpers.lessons.prose_facts import Claim, Facts, _plain, broken
from helpers.networks import LSTM, RNN, CharModel, sigmoid, softmax
from helpers.networks.cells.plain import lstm_backward, lstm_forward
from helpers.runs import load_run


class Answers(Facts):
    """The answers of a page with their marking rows.

    Samples that get less than the full mark are left out, for they may be wrong, and so are the answers to
    *design*, which advise and compute nothing.
    """

    def __init__(self, group: str):
        answers = (text.partition("**A full answer")[2] for _, kind, text in parts(group).values()
                   if kind != "design")
        self._prose = [re.sub(r"(?m)^\| [01] \| “.*\n", "", answer) for answer in answers]
        self._outputs = []


def row(group: str, number: int, starts: str) -> np.ndarray:
    """The numbers of a row of a question's table; cells that are empty are left out."""
    found = re.search(rf"(?m)^\| {re.escape(starts)} \|(.*)\|$", parts(group)[number][2])[1]
    return np.array([float(cell.replace(",", "")) for cell in found.split("|") if cell.strip()])


def slope(of, at: float, eps: float = 1e-6) -> float:
    """The slope of a function, measured."""
    return (of(at + eps) - of(at - eps)) / (2 * eps)


def squared(first: float, second: float) -> float:
    """The loss of question A6, if its two uses of w have these weights."""
    return (second * (first * 1 + 1) - 1 - 4) ** 2 / 2


def followers(letter: str, text: str = 40 * "aab") -> dict[str, float]:
    """How often each letter follows one, in the text of question A8."""
    found = [after for before, after in pairwise(text) if before == letter]
    return {after: found.count(after) / len(found) for after in "ab" if after in found}


def surprise(every: int) -> tuple[float, float]:
    """The losses of a bigram and of a unigram on every so many-th character of the course's text, in nats."""
    text = load_text("input")[::every]
    chars, ids = np.unique(list(text), return_inverse=True)
    pairs = np.zeros((len(chars), len(chars)))
    np.add.at(pairs, (ids[:-1], ids[1:]), 1)
    given_one = pairs / np.maximum(pairs.sum(axis=1, keepdims=True), 1)
    alone = pairs.sum(axis=1) / pairs.sum()
    return (-(pairs * np.log(np.maximum(given_one, 1e-12))).sum() / pairs.sum(),
            -(alone * np.log(np.maximum(alone, 1e-12))).sum())


def ends(rate: float, threshold: float | None) -> list[float]:
    """The last losses of the shipped runs of lesson 05."""
    wanted = {"learning_rate": rate, "max_norm": threshold}
    return [run.value["end"] for run in load_run("05/thresholds") if run.parameters == wanted]


def clipped(norms: list[float], limit: float, together: bool) -> np.ndarray:
    """The lengths of arrays that are clipped by one norm, or each by its own."""
    norms = np.array(norms)
    return norms * np.minimum(1, limit / (np.linalg.norm(norms) if together else norms))


def table_of_c6() -> dict[str, list[bool]]:
    """By gate, at which steps the first program of question C6 is right."""
    rows = re.findall(r"(?m)^\| \$da_(\w)\$ \|(.*)\|$", parts(C)[6][2])
    return {gate: [cell.strip() == "right" for cell in cells.split("|")] for gate, cells in rows}


def without_slope() -> dict[str, list[bool]]:
    """The same for a program in which f (1 - f) is left out."""
    made = {"np": np}
    exec(WARD[9].source.replace("dc * c[t]", "dc * c[t - 1]").replace("df * f * (1 - f)", "df"), made)
    steps = examine("LSTM", made["patient_9"]).steps
    return {gate: list(errors < RIGHT_BELOW) for gate, errors in steps.items()}


def winners(settings: int = 35) -> tuple[float, float]:
    """The lowest of so many losses that differ by merit and by luck, and the same setting with fresh luck."""
    rng = np.random.default_rng(0)
    merit, luck = rng.normal(2.4, 0.05, (1000, settings)), rng.normal(0, 0.05, (1000, settings))
    best = (merit + luck).argmin(axis=1)
    return (merit + luck).min(axis=1).mean(), merit[range(1000), best].mean()


def twins(units: bool) -> list[bool]:
    """Whether the gradients of an LSTM's gates are alike if its gates start alike, or of its units."""
    rng = np.random.default_rng(0)
    p = LSTM(3, 4).init(rng)
    if units:
        for array in (p.W_xh, p.W_hh, p.b_h):
            blocks = np.split(array, 4, axis=-1)
            array[...] = np.concatenate([np.broadcast_to(one[..., :1], one.shape) for one in blocks], axis=-1)
        p.W_hh[...] = p.W_hh[:1]
    else:
        make_gates_alike(p)
    x = rng.normal(size=(5, 2, 3))
    states = lstm_forward(p, x, np.zeros((2, 4)), np.zeros((2, 4)))
    grads = lstm_backward(p, x, *states, np.ones((5, 2, 4)))[0]
    blocks = np.split(grads.W_xh, 4, axis=1)
    if units:
        return [bool(np.allclose(one, one[:, :1])) for one in blocks]
    return [bool(np.allclose(blocks[0], one)) for one in blocks[1:]]


def summed_up(zeroed: bool) -> list[float]:
    """The losses w^2 / 2 of four updates at a rate of 0.3 whose gradients are set to zero, or add up."""
    w, gradient, losses = 1.0, 0.0, []
    for _ in range(4):
        losses.append(w**2 / 2)
        gradient = w if zeroed else gradient + w
        w -= 0.3 * gradient
    return losses


def stepped(order: str) -> float:
    """By how much an update moves a weight whose gradient is 1 and was 5 before, in this order of lines."""
    gradient, moved = 5.0, 0.0
    for line in order.split():
        if line == "zero":
            gradient = 0.0
        elif line == "backward":
            gradient += 1.0
        else:
            moved = gradient
    return moved


def attended(scores: np.ndarray) -> float:
    """The output of attention in question D4."""
    return float(softmax(scores) @ [8, 4, 0])


def accepted(string: str, state: int = 0) -> bool:
    """Whether the ring of question D6 accepts a string."""
    return (state + string.count("1")) % 3 == 0


def counted(keep: float) -> list[float]:
    """The path of the unit of question D7 over 50 a's and 50 b's."""
    path, c = [], 0.0
    for step in range(100):
        c = keep * c + (1 if step < 50 else -1)
        path.append(c)
    return path


def ended(keep: float) -> int:
    """After how many b's it says *the end*."""
    return 1 + next(n for n, c in enumerate([*counted(keep)[50:], 0.0]) if math.tanh(c) < 0.5)


def signs() -> list[int]:
    """Of question D9 the signs of det(I - J)."""
    rows = re.findall(r"(?m)^\| [ABC] \| (\S+) and (\S+) \|$", parts(D)[9][2])
    return [int(np.sign(np.prod([1 - float(one.replace("−", "-")) for one in row]))) for row in rows]


def pushed(push: float, basin: bool = True, steps: int = 40) -> float:
    """How far a state is from its rest, in a basin of tanh(2 h) or as a copy, so long after a push."""
    rest = h = 0.9575040240772687
    h -= push
    for _ in range(steps):
        h = math.tanh(2 * h) if basin else h
    return rest - h


def runs() -> list[tuple[str, str, str, float]]:
    """The runs of question B7: rate, threshold, share of clipped updates and the loss at the end."""
    rows = re.findall(r"(?m)^\| [A-D] \| (\S+) \| (\S+) \| (\d+) % \| (\S+) \|$", parts(B)[7][2])
    return [(rate, limit, share, float(end)) for rate, limit, share, end in rows]


def five_and_five() -> tuple[float, float]:
    """Of question C7 the difference of the means and its standard error."""
    a, b = (np.array([float(one) for one in text.split(", ")])
            for text in re.findall(r"[AB]: ([\d., ]+)\.", parts(C)[7][2])[:2])
    return a.mean() - b.mean(), math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 5)


def slopes_of_d4() -> list[float]:
    """The gradients with respect to the three scores of question D4, measured."""
    scores = np.log([1.0, 2, 5])
    return [slope(lambda score, i=i: attended(np.where(np.arange(3) == i, score, scores)), scores[i])
            for i in range(3)]


LESSONS_01_TO_03 = (
    Claim("first-row", "$x_t W_{xh} = (1, 0)$, the first row.",
          lambda f: (given(A, 1, "x_t") @ given(A, 1, "W_{xh}")).tolist()
          == given(A, 1, "W_{xh}")[0].tolist() == [1, 0]),
    Claim("lowest-held-out",
          "Those after 2,000 updates, where the held-out loss is lowest; perplexity $e^{2.2} = 9.0$.",
          lambda f: row(A, 3, "updates")[row(A, 3, "held out").argmin()] == 2000
          and row(A, 3, "held out").min() == 2.2),
    Claim("more-than-guessing",
          "On other text it is sure of characters that do not come, which costs more than guessing evenly, "
          "3.6 against 3.40.",
          lambda f: row(A, 3, "held out")[-1] == 3.6 > round(math.log(30), 2) == 3.4),
    Claim("never-read",
          "The symbol that is drawn is never read: i stays the first one. So the network goes through the "
          "states of a text that consists of that one symbol, and what it draws has no effect on what "
          "comes next.",
          lambda f: np.allclose(*what_follows(code(A, 4)))),
    Claim("half-of-the-slope",
          "3.00, half of the slope, which is 6. The second move leads back to the start, not below it. So "
          "the two losses are measured eps apart, but their difference is divided by 2 * eps.",
          lambda f: 2 * round(measured(code(A, 5))[0], 2) == 6 == round(slope(lambda w: w**2, 3), 6)
          and measured(code(A, 5))[1] == 3),
    Claim("before-the-return",
          "W[i, j] -= 2 * eps in the fourth line, and W[i, j] += eps before the return, so that the weight "
          "is what it was.",
          lambda f: code(A, 5).splitlines()[3].endswith("W[i, j] -= eps")
          and abs(measured(code(A, 5).replace(
              "-= eps", "-= 2 * eps").replace("    return", "    W[i, j] += eps\n    return"))[1] - 3) < 1e-9
          < abs(measured(code(A, 5).replace("-= eps", "-= 2 * eps"))[1] - 3)),
    Claim("each-use",
          r"The use in step 2 contributes $1 \cdot h_1 = 3$, that in step 1 $1 \cdot w \cdot h_0 = 2$, "
          "together 5.",
          lambda f: round(slope(lambda w: squared(2, w), 2), 6) == 3
          and round(slope(lambda w: squared(w, 2), 2), 6) == 2),
    Claim("two-w-plus-one", "$h_2 = w^2 + w - 1$ has the slope $2w + 1 = 5$, times 1.",
          lambda f: round(slope(lambda w: w * (w * 1 + 1) - 1, 2), 6) == 2 * 2 + 1 == 5 and all(
              w * (w + 1) - 1 == w**2 + w - 1 for w in range(5))),
    Claim("always-an-a",
          "After an a, an a comes as often as a b: ½ and ½. After a b there is always an a: 1. Two letters "
          r"in three are an a, so the loss is $\frac23 \ln 2 = 0.462$. With memory it can be 0, because the "
          "letter before the last tells which a it was.",
          lambda f: abs(followers("a")["a"] - 0.5) < 0.01 and followers("b") == {"a": 1}
          and "aab".count("a") == 2
          and {(two, nxt) for two, nxt in zip(("aa", "ab", "ba"), "baa", strict=True)} == {
              ((40 * "aab")[n : n + 2], (40 * "aab")[n + 2]) for n in range(100)}),
    Claim("comes-after-it", "A loss cannot depend on a state that comes after it.",
          lambda f: [len(row(A, 10, f"$L_{t}$")) for t in range(1, 5)] == [1, 2, 3, 4]),
    Claim("at-most-together",
          "And vectors add up, lengths do not: $dh_1$ is at most 1.15 long, and shorter wherever losses "
          "disagree.",
          lambda f: (lengths := [row(A, 10, f"$L_{t}$")[0] for t in range(1, 5)])
          and round(sum(lengths), 2) == 1.15
          and all(np.linalg.norm(np.array(lengths) @ np.array([np.cos(turn), np.sin(turn)]).T) < 1.15
              for turn in np.random.default_rng(0).uniform(0, 6, (9, 4)))),
)
LESSONS_04_TO_06 = (
    Claim("third-of-its-chunk",
          "Step 15 is the third of the chunk 13 to 18: its loss looks at 3 steps, back to step 13. The "
          "losses of a chunk look at 1 to 6 steps, 3.5 on average. Lag 4 needs 5 steps, the two ends "
          "included; in chunks of 6 only positions 5 and 6 look back so far, a third of all.",
          lambda f: [*range(13, 19)].index(15) + 1 == 3 and 13 % 6 == 1
          and np.mean(range(1, 7)) == 3.5 and min(
              place for place in range(1, 10) if place - 1 >= 4) == 5 and len(
              [place for place in range(1, 7) if place - 1 >= 4]) / 6 == 1 / 3),
    Claim("costly-at-first",
          "the first characters have no context. The four positions cost 1.6, 0.9, 0.4 and 0.1 more, 3.0 "
          "in all, which is 0.15 per character of the twenty.",
          lambda f: (row(B, 2, "colleague") - row(B, 2, "yours")).round(1).tolist()
          == [1.6, 0.9, 0.4, 0.1, 0]
          and round((row(B, 2, "colleague") - row(B, 2, "yours")).sum() / 20, 2) == 0.15),
    Claim("last-of-the-first",
          "print the state that goes into the second chunk, and compare with the last one of the first",
          lambda f: (chunked := np.arange(40).reshape(2, 20))[1, 0] - 1 == chunked[0, -1]),
    Claim("every-third",
          "0, 3, 6, 9: it reads every third character, because reshape fills line by line. Neighbours in "
          "the text are in different rows, so a row's next character is not the text's next; the network "
          "learns a text of which two thirds are left out. All shapes fit, and the loss falls, only less "
          "far.",
          lambda f: np.arange(12).reshape(4, 3)[:, 0].tolist() == [0, 3, 6, 9]
          and surprise(1)[0] + 0.2 < surprise(3)[0] < surprise(3)[1] - 0.05
          and math.log(60) > surprise(3)[1]),
    Claim("sufficient-and-necessary",
          "a step back multiplies the length by at most $S$, as no slope of tanh is above 1; so 0.9 is "
          "sufficient to vanish, whatever the states are; and that 1.5 only allows growth: slopes near 0, "
          "or directions that are not stretched again, may make it vanish all the same, so a value above 1 "
          "is necessary for an explosion and not sufficient.",
          lambda f: max(1 - np.tanh(np.linspace(-3, 3, 61)) ** 2) == 1 and all(
              left <= S**20 * 1.001 for (S, _), left in LEFT.items())
          and min(S for (S, _), left in LEFT.items()
              if left > 1) > 1 and any(left < 0.01 for (S, _), left in LEFT.items() if S > 1)),
    Claim("over-one-is-not-enough",
          "With 1.5 the bound grows, but a bound need not be reached: flat units may shrink it at every "
          "step. So under 1 is enough to vanish, and over 1 is needed to explode but not enough.",
          lambda f: 1.5**20 > 1 > 0.95**20 > max(left for (S, _), left in LEFT.items() if S < 1)
          and LEFT[1.5, 3.0] < 0.01),
    Claim("too-low-a-rate",
          "A is slow: its rate is too low, and a clip has nothing to do with it. B is slow as well, by the "
          r"clip: a step is at most rate times threshold long, 0.01; raise either. C is lost, above $\ln 60 "
          "= 4.09$: its steps are up to 9 long, so the clip protects nothing; lower the threshold or the "
          "rate.",
          lambda f: [limit * rate for rate, limit in ((1, 0.01), (3, 3))] == [0.01, 9]
          and [end > math.log(60) for *_, end in runs()
              ] == [False, False, True, False] and runs()[0][2] == "0" and runs()[0][3] > runs()[3][3] + 1
          and min(ends(1.0, 0.01)) > max(*ends(1.0, 1.0), *ends(3.0, 0.01))
          and min(ends(3.0, 3.0)) > math.log(60) > max(*ends(3.0, 0.3), *ends(1.0, 3.0))),
    Claim("neither-good-nor-bad",
          "In D every step is 0.9 long: the clip is part of the step size, and this step size is good. "
          "Clipped always is neither good nor bad.",
          lambda f: round(3 * 0.3, 9) == 0.9
          and [end for *_, share, end in runs() if share == "100"] == [3.3, 1.7]),
    Claim("only-the-first-array",
          "$(1, 0)$ and $(0.1)$: only the first array is shortened. So the ratio of the two has changed, "
          r"and the gradient is rotated, here by 3.8°. Each array may be 1 long, the whole $\sqrt5 = 2.24$.",
          lambda f: clipped([3, 0.1], 1, together=False).tolist() == [1, 0.1]
          and round(float(np.linalg.norm(
              clipped(5 * [9.0], 1, together=False))), 2) == 2.24),
    Claim("before-the-loop", "Fixed: one norm, before the loop,",
          lambda f: round(float(np.linalg.norm(clipped([3, 0.1], 1, together=True))), 9) == 1),
    Claim("half-of-that",
          "The 0.052 is half of that: it may know one of the two and not the other, or be half sure of "
          "both (for each, guess among $e^{1.04} = 2.8$ symbols in place of 8), or have solved all in half "
          "of the sequences.",
          lambda f: round(2 * math.log(8) / 40, 3) == 2 * 0.052
          and all(round(loss / 40, 3) == 0.052 for loss in (
              0 + math.log(8), 2 * math.log(2.828), 0.5 * 2 * math.log(8)))
          and round(math.exp(1.04), 1) == 2.8),
)
LESSONS_07_TO_09 = (
    Claim("step-before", r"The step before gets $dc \cdot f = 0.197$.",
          lambda f: round((0.2 + 0.75 * (1 - math.tanh(1.3) ** 2)) * sigmoid(0.0), 3) == 0.197),
    Claim("half-after-sixty",
          r"and 60 such factors leave $6.9 \cdot 10^{-9}$ (6.8 with the gate rounded); $\sigma(5) = 0.9933$ "
          r"leaves 0.67. A half after 60 steps wants $f = 0.5^{1/60} = 0.9885$, so a bias of $\ln "
          r"\frac{f}{1 - f} = 4.46$.",
          lambda f: f"{sigmoid(1.0) ** 60:.1e}" == "6.9e-09"
          and round(sigmoid(5.0) ** 60, 2) == 0.67 and round(
              sigmoid(4.46) ** 60, 2) == 0.5),
    Claim("halves-at-each-step",
          "with gates at a half, as with a bias of 0, it halves at each step, faster than in many plain "
          "networks.",
          lambda f: sigmoid(0.0) == 0.5 < LEFT[1.5, 0.1] ** (1 / 20) < 1),
    Claim("half-is-lost",
          "If that is near 1 a gradient travels far, and it may be learnt to be so. With gates of a half, "
          "half is lost at each step, and it vanishes like any other.",
          lambda f: 0.99**60 > 0.5 > 0.01 > 0.5**60 and 1 - 0.5 == 0.5),
    Claim("forty-times-too-large",
          "At $c = 2$ it is $-3$ in place of 0.071: more than forty times too large, and of the wrong "
          "sign. At the last step do is right, because it does not use dc; those of i, f and g are wrong.",
          lambda f: 1 - 2**2 == -3 < 0 < round(slope(math.tanh, 2), 3) == 0.071
          and 40 < 3 / slope(math.tanh, 2) < 50
          and [line.split(" = ")[0].strip()
              for line in code(C, 5).splitlines() if re.search(r"= .*\bdc\b", line)] == [
              "di, df, dg"]),
    Claim("from-the-last-step",
          "Read from the last step backwards. In the first the forget gate alone is wrong there, so the "
          "fault is in the lines of $f$. Everything before step 5 is wrong as a consequence, because the "
          "error goes on through $W_{hh}$. At step 0 the memory before was zero, so with c[t - 1] the "
          "gradient of $f$ is 0, with or without a factor, and a missing slope would leave this entry "
          "right. The entry is wrong, so the faulty line is df = dc * c[t].",
          lambda f: [gate for gate, right in table_of_c6().items() if not right[5]] == ["f"] and not any(
              any(right[:5]) for right in table_of_c6().values()) and without_slope()["f"][0]
          and not table_of_c6()["f"][0] and table_of_c6() == {gate: list(errors < RIGHT_BELOW)
              for gate, errors in examine("LSTM", WARD[9].backward).steps.items()}),
    Claim("before-or-after-the-step",
          "In the second da is right, so look at the one line of $W_{hh}$: which state does it take, that "
          "before the step or that after it?",
          lambda f: examine("RNN", WARD[3].backward).wrong == ["W_hh"]),
    Claim("less-than-one-error",
          r"so the difference of 0.02 has a standard error of $\sqrt{(0.035^2 + 0.035^2) / 5} = 0.022$. "
          "That is less than one standard error: these runs do not show a difference. Nor do they show "
          "that there is none.",
          lambda f: 0.01 < (found := five_and_five())[0] < found[1] and round(found[1], 3) == 0.022),
    Claim("mostly-more",
          "mostly more than 2.20, since the lowest of many numbers was chosen for the luck of its seed "
          "too, and for luck with this held-out text",
          lambda f: winners()[1] > winners()[0] + 0.02),
    Claim("luck-does-not-come-twice",
          "The lowest of 35 is low by merit and by luck, and luck does not come twice, so mostly it is "
          "higher.",
          lambda f: winners(35)[0] < winners(35)[1] < 2.4),
    Claim("part-from-the-first-update",
          "Gates have different jobs, so their gradients differ from the first update on, and they part. "
          "Units that start alike are used alike; they get equal gradients and stay twins forever, so many "
          "units are worth one.",
          lambda f: not any(twins(units=False)) and all(twins(units=True))),
)
LESSONS_10_TO_13 = (
    Claim("never-set-to-zero",
          "What is left is that the gradients are never set to zero, so each update uses the sum of all "
          "gradients so far; the loss may even fall at first.",
          lambda f: summed_up(zeroed=False)[1] < summed_up(zeroed=False)[0]
          and summed_up(zeroed=False)[3] > summed_up(zeroed=True)[3]),
    Claim("zero-before-backward", "optimizer.zero_grad() before loss.backward().",
          lambda f: [stepped(order)
              for order in ("zero backward step", "backward zero step", "backward step")] == [1, 0, 6]),
    Claim("too-low-without-a-mask", "Without a mask $7.6 / 8 = 0.95$: too low, since padding is easy.",
          lambda f: round((4 * 1 + 3 + 3 * 0.2) / 8, 2) == 0.95 < (4 * 1 + 3) / 5 == 1.4),
    Claim("third-score", "The third score goes up, because more weight on the value 0 lowers the loss.",
          lambda f: np.sign(slopes_of_d4()).tolist() == [1, 1, -1]
          and attended(np.log([1, 2, 6])) < attended(np.log([1, 2, 5]))),
    Claim("never-needs-a-proof",
          "and that never needs a proof, such as that a state of $b$ bits cannot tell more than $2^b$ "
          "strings apart.",
          lambda f: [len({tuple(bits) for bits in np.ndindex(*b * (2,))})
              for b in (1, 3, 5)] == [2**1, 2**3, 2**5]),
    Claim("at-most-two-to-the-b",
          "A limit follows from counting, because $b$ bits tell at most $2^b$ strings apart, and 12 "
          "symbols of eight kinds need 36 bits.",
          lambda f: 12 * math.log2(8) == 36 and len(list(np.ndindex(2, 2, 2))) == 2**3),
    Claim("ring-of-three",
          "Three states in a ring, for the remainder 0, 1 or 2; a 0 stays, a 1 goes on to the next; the "
          "first state accepts. Empty: yes. 0110: no, it has two. 10101: yes, it has three. After the "
          "empty string, 1 and 11 different continuations are accepted, so no two of these can be the same "
          "state: 11 is accepted after the second alone, and the empty continuation after the first alone.",
          lambda f: [accepted(string) for string in ("", "0110", "10101")] == [True, False, True]
          and [accepted(before + "11")
              for before in ("", "1", "11")] == [False, True, False]
          and [accepted(before) for before in ("", "1", "11")
              ] == [True, False, False]),
    Claim("back-too-early",
          r"After the a's $\frac{1 - 0.99^{50}}{1 - 0.99} = 39.5$. After the b's $0.99^{50} \cdot 39.5 - "
          "39.5 = -15.6$. It is back too early: after 33 b's. The gate would have to be exactly 1, which a "
          "sigmoid only approaches (until it is rounded to 1); a nearer one counts further.",
          lambda f: [round(counted(0.99)[step], 1) for step in (49, 99)] == [39.5, -15.6]
          and ended(0.99) == 33 < 50
          and 33 < ended(0.999) < ended(0.9999) <= 50 == ended(1.0)
          and sigmoid(30.0) < 1 == sigmoid(50.0)),
    Claim("at-least-one-is-missing",
          "The sum $+1 - 1 + 1$ is 1. That is as it must be if all are found, and it is no proof that they "
          "are: points may be missing in pairs of opposite sign. A sum of 2 would prove that at least one "
          "is missing.",
          lambda f: sum(signs()) == 1 == sum([*signs(), 1, -1]) and min(n for n in range(1, 5) if 1 in {
              2 + sum(one) for one in np.sign(np.array(list(np.ndindex(*n * (2,)))) - 0.5)}) == 1),
    Claim("undone-or-kept",
          "in a basin a small push is undone over the next steps, so small noise does no harm, up to a "
          "size at which the state falls into another basin for good; that a copy undoes nothing, so noise "
          "adds up, but it passes a gradient back whole; and that what shrinks every small push shrinks "
          "every small change, and a gradient is made of small changes.",
          lambda f: abs(pushed(0.1)) < 1e-6 and pushed(1.2) > 1.9
          and pushed(0.1, basin=False) == pytest.approx(0.1)
          and abs(slope(pushed, 0.0)) < 1e-6
          and slope(lambda push: pushed(push, basin=False), 0.0) == pytest.approx(1)),
    Claim("until-it-is-too-large",
          "In a basin a small push dies out, so noise does no harm until it is too large. A copy keeps "
          "all, noise as well as gradients.",
          lambda f: abs(pushed(0.1)) < 1e-6 < 1.9 < pushed(1.2)
          and pushed(0.1, basin=False) == pytest.approx(0.1)),
)
# The marking rows, those of a question together.
ROWS = {
    A: {
        "the row of $W_{xh}$ | | 2 | the product with $W_{hh}$ from the right; $(-1, 0.5)$ comes from the "
        "left, and gets 0 | | 1 | the bias, inside tanh | | 1 | tanh, entry by entry |":
            lambda f: (given(A, 1, "W_{hh}") @ given(A, 1, "h_{t-1}")).tolist() == [-1, 0.5]
            and np.tanh([1 - 0.5 + 0.1, 0 + 1 + 0]).round(3).tolist() == [0.537, 0.762]
            and (given(A, 1, "x_t") @ given(A, 1, "W_{xh}")).tolist() == [1, 0],
        "the three matrices | | 1 | both biases, and the sum | | 1 | $\\ln 30$ | | 1 | 30, with the sense "
        "of it: as unsure as among 30 that are equally likely |":
            lambda f: round(math.exp(-math.log(1 / 30))) == 30
            and sorted(map(np.ndim, CharModel(RNN(30, 50), np.random.default_rng(0)).params.values())
                       ) == [1, 1, 2, 2, 2],
        "2,000 updates | | 1 | by the held-out loss, and why not by the training loss | | 1 | 9.0 | | 2 | "
        "the text is memorised (overfitting); and being sure and wrong costs more than knowing nothing, a "
        "point each |":
            lambda f: row(A, 3, "held out").argmin() == 2 and row(A, 3, "training").argmin() == 4
            and round(math.exp(2.2), 1) == 9.0 and -math.log(0.01) > math.log(30),
        "the drawn symbol does not come back as the next input | | 1 | so each symbol is drawn without "
        "regard to the last one drawn | | 2 | both lines fixed; argmax instead of choice fixes nothing, and "
        "gets 0 here |":
            lambda f: np.allclose(*what_follows(code(A, 4))) and " i = " not in code(A, 4),
        "3, or half of the slope | | 1 | the second measurement is made at the start | | 2 | 2 * eps in the "
        "fourth line (or: division by eps, with the remark that it is less exact) | | 1 | the weight is "
        "restored |":
            lambda f: np.round(measured(code(A, 5)), 2).tolist() == [3, 3]
            and "-= eps" in code(A, 5).splitlines()[3]
            and abs((3.01**2 - 3**2) / 0.01 - 6) > abs(slope(lambda w: w**2, 3, 0.01) - 6),
        "both states | | 1 | the error, 1 | | 1 | the use in step 2: 3 | | 1 | the use in step 1: 2, with "
        "the factor $w$ from the backward pass | | 1 | the sum, not the mean and not the product | | 1 | "
        "the check |":
            lambda f: [round(slope(use, 2), 6) for use in (
                lambda w: squared(2, w), lambda w: squared(w, 2), lambda w: squared(w, w))] == [3, 2, 3 + 2],
        "½ and ½ after an a, 1 after a b | | 2 | $\\frac23 \\ln 2$; 1 for $\\ln 2$ with another weight | | "
        "1 | 0 |":
            lambda f: abs(followers("a")["b"] - 0.5) < 0.01 and followers("b") == {"a": 1}
            and "aab".count("a") / 3 == 2 / 3,
        "time: a later state has not acted on the loss | | 1 | sure and right, so next to no gradient; "
        "vanished alone gets 0, because the entry at lag 0 is small as well | | 1 | at most 1.15, because "
        "the gradients are added as vectors |":
            lambda f: len(row(A, 10, "$L_1$")) == 1 and 10 * row(A, 10, "$L_4$")[3] < row(A, 10, "$L_3$")[2]
            and round(sum(row(A, 10, f"$L_{t}$")[0] for t in range(1, 5)), 2) == 1.15,
    },
    B: {
        "3 steps; step 13 | | 1 | 3.5 | | 1 | 5, not 4 | | 1 | a third |":
            lambda f: 15 - 3 + 1 == 13 == 12 // 6 * 6 + 1 and np.mean(range(1, 7)) == 3.5
            and sum(place >= 4 + 1 for place in range(1, 7)) / 6 == 1 / 3,
        "the state is not carried; 1 for something at the border | | 1 | 0.15 | | 1 | a test that looks at "
        "the state or at the text instead of measuring the loss again |":
            lambda f: (more := row(B, 2, "colleague") - row(B, 2, "yours"))[4] == 0 < more[:4].min(),
        "0, 3, 6, 9 | | 1 | the text of a row is not running text | | 1 | nothing warns you: the shapes "
        "fit, and the loss falls | | 2 | reshape(B, n) and the transpose, a point each |":
            lambda f: (n := np.arange(12)).reshape(4, 3)[:, 0].tolist() == [0, 3, 6, 9]
            and n.reshape(3, 4).T[:, 0].tolist() == [0, 1, 2, 3]
            and surprise(3)[0] < surprise(3)[1] < math.log(60),
        "the length 5, of both arrays together | | 1 | by norm | | 1 | by value | | 2 | 0° and 8.1°; 1 for "
        "a right cosine | | 1 | by norm only |":
            lambda f: np.linalg.norm([3, 0, 4]) == 5
            and round(math.degrees(math.acos(14 / 5 / math.sqrt(8))), 1) == 8.1
            and clipped([1.5, 1.5], 2, together=True).max() < 1.5
            and np.clip([1.5, 1.5], -2, 2).tolist() == [1.5, 1.5],
        "a power, not a multiple | | 1 | 90 | | 1 | 7 | | 1 | 0.9908, or $e^{\\ln 0.01 / 500}$ |":
            lambda f: 1 - 90 * 0.05 < 0 < 0.95**90 < 0.01 < 0.95**89 and 0.5**7 < 0.01 < 0.5**6
            and round(math.exp(math.log(0.01) / 500), 4) == 0.9908,
        "A: the rate | | 1 | B: rate times threshold, 0.01 | | 1 | C: 9 is too long; above chance | | 2 | "
        "D: a fixed step of 0.9, judged by the loss |":
            lambda f: runs()[0][1] == "none"
            and [round(float(rate) * float(limit), 9) for rate, limit, *_ in runs()[1:]] == [0.01, 9, 0.9]
            and [end > math.log(60) for *_, end in runs()] == [False, False, True, False]
            and min(ends(3.0, 3.0)) > math.log(60),
        "$(1, 0)$ and $(0.1)$ | | 1 | the direction changes | | 1 | 2.24, or $\\sqrt5$ times the limit | | "
        "2 | one norm of all, one factor for all |":
            lambda f: clipped([3, 0.1], 1, together=False).tolist() == [1, 0.1]
            and round(np.divide(*clipped([3, 0.1], 1, together=True)), 6) == 30
            and round(math.sqrt(5), 2) == 2.24,
        "0.104; 1 for $\\ln 8$ with a wrong share | | 1 | half of it, with one way to explain it | | 1 | "
        "that other ways fit too, and how to tell them apart |":
            lambda f: round(2 * math.log(8) / 40, 3) == 0.104 == 2 * 0.052
            and all(round(loss / 40, 3) == 0.052 for loss in (0 + math.log(8), 2 * math.log(math.sqrt(8)))),
    },
    C: {
        "the three gates, by the sigmoid | | 1 | $g$, by tanh | | 2 | $c_t$: a sum of two products | | 1 | "
        "$h_t$, with tanh around $c_t$ |":
            lambda f: (c := sigmoid(0.0) * 2 + sigmoid(0.0) * math.tanh(math.log(2))) == pytest.approx(1.3)
            and round(sigmoid(math.log(3)) * math.tanh(c), 3) == 0.646,
        "$dc$: two terms, and the slope of tanh at $c$; without $dc_{next}$ 1 | | 1 | $da_f$: times "
        "$c_{t-1}$, and the slope of the sigmoid | | 2 | $da_g$: times $i$, and the slope of tanh, computed "
        "from $g$ | | 1 | $dc \\cdot f$: no matrix, no slope |":
            lambda f: (dc := 0.2 + 0.75 * slope(math.tanh, 1.3))
            and [round(one, 3) for one in (dc * 2 * slope(sigmoid, 0.0), dc / 2 * (1 - 0.6**2), dc / 2)
                 ] == [0.197, 0.126, 0.197],
        "a power of the gate | | 1 | both results, to a digit | | 1 | $0.9885$ | | 1 | 4.46, by inverting "
        "the sigmoid |":
            lambda f: round((half := 0.5 ** (1 / 60)), 4) == 0.9885
            and round(math.log(half / (1 - half)), 2) == 4.46,
        "the slope is that of $\\tanh(c)$ | | 1 | $-3$ against 0.071 | | 1 | the output gate is right, the "
        "three others are not | | 1 | the line fixed |":
            lambda f: 1 - 2**2 == -3 and round(slope(math.tanh, 2), 3) == 0.071
            and re.findall(r"(\w+(?:, \w+)*) = .*\bdc\b", code(C, 5)) == ["di, df, dg"],
        "read from the last step | | 1 | the lines of $f$ | | 2 | step 0 of $da_f$: with the memory before "
        "at zero the missing slope would not show; 1 for the right line without the reason | | 1 | the line "
        "of $W_{hh}$: the state before the step |":
            lambda f: [gate for gate, right in table_of_c6().items() if not right[5]] == ["f"]
            and without_slope()["f"][0] and not table_of_c6()["f"][0]
            and slope(lambda w: 0.7 * w + 0.2, 1.0) == pytest.approx(0.7),
        "the means | | 1 | a standard deviation, with 4 in the denominator | | 1 | 0.022 | | 1 | open, and "
        "neither B is better nor equal |":
            lambda f: [round(one, 3) for one in five_and_five()] == [0.02, 0.022],
        "four equal matrices | | 1 | the check is silent, and why | | 2 | gates part, units do not, with "
        "the reason: used differently, or alike | | 1 | one generator, handed on |":
            lambda f: not any(twins(units=False)) and all(twins(units=True)),
    },
    D: {
        "the graph is gone, and the state depends on it | | 1 | detach, and not None for the state, nor "
        "retain_graph | | 2 | gradients add up from chunk to chunk; 1 for the line without what it does | | "
        "1 | zero_grad in a right place |":
            lambda f: (stepped("backward step"), stepped("zero backward step")) == (6, 1),
        "240 | | 1 | 260 | | 1 | the output gate | | 1 | 17 |":
            lambda f: "ifog"[12 // 5] == "o" == "ifgo"[17 // 5] and 17 % 5 == 12 % 5
            and (6 + 5 + 1) * 20 == 240 == 260 - 20,
        "1.4, and divided by 5, not by 8 or 2 | | 1 | 0.95 | | 1 | 2, and weights by length | | 1 | one "
        "fifth |":
            lambda f: (4 * 1 + 3) / 5 == 1.4 == np.average([1, 3], weights=[4, 1]) and np.mean([1, 3]) == 2,
        "the weights | | 1 | 2 | | 1 | $d\\alpha$ | | 2 | $de$, with the mean taken off; 1 without it | | 1 "
        "| sum 0; the third |":
            lambda f: round(attended(np.log([1, 2, 5])), 9) == 2 and slopes_of_d4()[2] < -1
            and np.allclose(slopes_of_d4(), np.array([1, 2, 5]) / 8 * (np.array([8, 4, 0]) - 2)),
        "the ring, with the arrows for 0 and 1 | | 1 | which state accepts, and in which state a string "
        "starts | | 1 | the three strings | | 1 | a string that tells two of the states apart |":
            lambda f: [accepted("11", state) for state in range(3)] == [False, True, False]
            and accepted("", 0),
        "the sum of a geometric series, or step by step | | 1 | 39.5 | | 1 | −15.6 | | 1 | 33 (32 or 34 "
        "with a slip of one) | | 1 | exactly 1; and that this is a limit |":
            lambda f: counted(0.99)[49] == pytest.approx((1 - 0.99**50) / 0.01)
            and round(counted(0.99)[99], 1) == -15.6 and ended(0.99) == 33 < ended(1.0) == 50,
        "0, 1, 2 | | 1 | A | | 1 | the three signs | | 1 | 1 is necessary, and not sufficient | | 1 | 2: "
        "something is missing |":
            lambda f: signs() == [1, -1, 1] and sum(signs()) == 1 == sum([*signs(), 1, -1]) != 2,
    },
}
LESSONS = {A: LESSONS_01_TO_03, B: LESSONS_04_TO_06, C: LESSONS_07_TO_09, D: LESSONS_10_TO_13}
CLAIMS = {group: (*claims, *(Claim(words, words, fact) for words, fact in ROWS[group].items()))
          for group, claims in LESSONS.items()}


@every_group
def test_what_an_answer_claims_is_so(group):
    answers, claims = Answers(group), CLAIMS[group]
    assert [wrong for claim in claims if (wrong := broken(claim, answers))] == []
    assert len({claim.name for claim in claims}) == len({claim.words for claim in claims}) == len(claims)
    for claim in claims:
        assert broken(claim._replace(fact=lambda f, fact=claim.fact: not fact(f)), answers), claim.name


@every_group
def test_words_that_would_turn_an_answer_round_are_held_by_a_claim(group):
    answers = Answers(group)
    free = [place for words in (TURNED, MORE_TURNED) for place in not_held(words, answers, CLAIMS[group])]
    assert free == [], HOLD_IT


@every_group
def test_each_word_of_a_marking_row_is_held_by_a_claim(group):
    """So that no opposite and no other of two terms can stand for it, such as *by value* for *by norm*."""
    prose = Answers(group).prose
    held = {place for claim in CLAIMS[group] for found in re.finditer(re.escape(_plain(claim.words)), prose)
            for place in range(found.start(), found.end())}
    rows = [_plain(one) for one in re.findall(r"(?m)^\| \d+ \| (?!“)(.*) \|$", GROUPS[group])]
    free = [(one[0], row) for row in rows for one in re.finditer(r"\w+", row)
            if prose.index(f" | {row} |") + 3 + one.start() not in held]
    assert free == [], HOLD_IT
