"""What lesson 11 claims."""

import numpy as np

from helpers.lessons.lesson11.drawings import encoder_decoder
from helpers.lessons.lesson11.plain import masked_loss
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import softmax


def shares(f: Facts, layer: str) -> list[float]:
    """What is read of the present character from a layer, in percent: median, least and most of networks."""
    return f.numbers(f"the present character, {layer} layer")


def right(f: Facts, way: str, length: int) -> list[float]:
    """Shares of symbols right: median, least and most of networks."""
    return f.numbers(f"{way} {length:3} symbols:")


def after_a_slip(f: Facts, way: str, length: int) -> list[float]:
    """Median shares right from the third symbol on: fed the right symbols, and after one wrong one."""
    return f.numbers(f"{way} attention, {length} symbols, from the third on:")


def searched(f: Facts, row: int) -> list[float]:
    """In percent: found at widths 1, 2 and 4, right by greedy decoding, at width 4, and of the best of all.

    Rows 0 to 2 are the mean, the least and the most of networks after 100 updates.
    """
    return f.table("updates  best of 4,096 found", 3)[row][-6:]


def arrows(across: bool) -> list[tuple[float, float, float]]:
    """Of the arrows `across` the states, or up to attention: start, end, and how wide."""
    found = [(*patch.get_path().vertices[[0, -1]].ravel(), patch.get_linewidth())
             for patch in encoder_decoder().figure.axes[0].patches if patch.get_label() == "arrow"]
    return [(x, end, wide) for x, y, end, up, wide in found
            if (y == up == 180 if across else y > 200 and 250 < up < 310 and end < 400)]


CLAIMS = (
    Claim("nothing-at-padded-places", "At padded positions the gradient is 0, exactly",
          lambda f: f.number("largest at a padded position:") == 0
          and f.line("the gradient of the scores is right").endswith("True")
          and f.line("other targets there, same loss").endswith("True")),
    Claim("by-its-length", "so a sequence counts in proportion to its length",
          lambda f: f.line("their mean by length is").endswith("True")
          and f.line("the plain mean of the four").endswith("False")),
    Claim("the-longest-alone", "for a short sequence it has read padding too",
          lambda f: f.line("a long chain ").endswith("True")
          and all(f.line(f"{text} ").endswith("False") for text in ("hello", "a loop", "go  "))),
    Claim("all-six-right", "here is the program that adds them",
          lambda f: all("right" in f.line(f"layer {n}  {name}") for n in (1, 2)
                        for name in ("W_xh", "W_hh", "b_h"))),
    Claim("misread-from-the-second",
          "in 75 to 89 % of cases, depending on the network, but the probe of the second layer "
          "in only 47 to 62 %",
          lambda f: shares(f, "first")[1:] == [75, 89] and shares(f, "second")[1:] == [47, 62]),
    Claim("no-better-view", "better in 9 networks and worse in 11",
          lambda f: f.numbers("the second is better in") == [9, 20]),
    Claim("one-bridge", "One thing joins the two: the state",
          lambda f: f.line("the encoder's gradient is right").endswith("True")),
    Claim("training-was-missing", "What was missing was training, not room",
          lambda f: f.table("share of symbols right, medians", 3)[2] == [32, 8, 77, 100]),
    Claim("half-at-sixteen", "Of 16 symbols a GRU of 32 units still gets half",
          lambda f: f.table("share of symbols right, medians", 4)[3] == [32, 16, 34, 52]),
    Claim("nothing-fades", "Whether you ask for step 0, 15 or 30, the weight on that step is the same",
          lambda f: all(f.numbers(f"step {asked:2}: weight on it at sharpness 0, 1, 3:") == [0.03, 0.71, 0.99]
                        for asked in (0, 15, 30))),
    Claim("the-same-gradients", "the gradients have to be the same",
          lambda f: f.line("all gradients are those of your look-ups").endswith("True")),
    Claim("all-with-half-without",
          "nearly all symbols right in every run, and the network without attention has half to two thirds",
          lambda f: min(right(f, "with   ", 10)) >= 0.97
          and 0.5 < min(right(f, "without", 10)) and max(right(f, "without", 10)) < 0.7),
    Claim("both-at-five", "With *length* at 5 nearly all symbols are right, with attention and without",
          lambda f: min(right(f, "with   ", 5) + right(f, "without", 5)) >= 0.95),
    Claim("below-a-third", "At 20 the network without attention has less than a third right in each run",
          lambda f: max(right(f, "without", 20)) < 1 / 3),
    Claim("four-below", "4 of the 20 networks have less than 0.9 right",
          lambda f: f.numbers("with attention, 20 symbols: below 0.9 in") == [4, 20]),
    Claim("as-a-guess", "as good as the best guess from the position alone, and no better",
          lambda f: max(map(abs, f.numbers("forward alone ")[2:])) < 0.02),
    Claim("hardly-a-mistake", "A bidirectional network hardly makes a mistake",
          lambda f: f.number("both directions ") > 0.99),
    Claim("a-quarter-missed", "greedy decoding misses the most probable string in about a quarter of",
          lambda f: 73 <= searched(f, 0)[0] <= 77 and searched(f, 1)[0] == 64 and searched(f, 2)[0] == 81),
    Claim("beams-find-nearly-all",
          "a beam of 2 finds this string in at least 88 % of cases, and a beam of 4 in at least 98 %",
          lambda f: searched(f, 1)[1:3] == [88, 98]),
    Claim("no-search-mends", "right in only 34 to 63 % of the cases",
          lambda f: [searched(f, row)[5] for row in (1, 2)] == [34, 63]),
    Claim("late-with-the-length",
          "2 of 20 networks with 10 symbols, and all twenty with 20",
          lambda f: [f.number(f"looks, {length:2} symbols:") for length in (10, 20)] == [18, 0]),
    Claim("one-slip-is-enough", "It takes only one slip to do such harm",
          lambda f: all(0 < after_a_slip(f, "without", length)[1] < 0.25 < 0.55
                        < after_a_slip(f, "without", length)[0] for length in (10, 20))),
    Claim("looked-up-again", "With attention the same slip costs little",
          lambda f: all(right - 0.1 < slipped <= 1 for right, slipped in (
              after_a_slip(f, "with", length) for length in (10, 20)))),
    Claim("less-than-half-with-its-own", "correct symbols falls to less than half when the network is left",
          lambda f: f.numbers("without attention, 20 symbols: fed the right ones") == [0.6, 0.27]),
    Claim("starts-with-the-last",
          "A decoder starts with the last of them and writes c, b, a. Attention weighs all states of the "
          "encoder, most of all the one at c when c is written.",
          lambda f: any(370 < x < end < 590 for x, end, _ in arrows(True))
          and len(arrows(False)) == 3
          and sorted(arrows(False)) == sorted(arrows(False), key=lambda arrow: arrow[2])),
    Claim("masked-before-the-sum",
          "multiply each surprise by its mask before the sum. In the gradient, multiply each row of p - "
          "one_hot by its mask.",
          lambda f: (np.ones((3, 2)) * np.array([1, 0, 1])[:, None]).sum(axis=1).tolist() == [2, 0, 2]
          and np.sum(np.array([1, 2, 4]) * [1, 0, 1]) == 1 + 4),
    Claim("weighted-rows", "A weighted sum of rows is numbers @ rows.",
          lambda f: (np.array([2, 3]) @ [[1, 0, 5], [0, 1, 1]]).tolist() == [2, 3, 13]),
    Claim("a-column-of-steps",
          "Step $t$ of a sequence counts if $t$ is smaller than its length. np.arange(T)[:, None] is a "
          "column of steps. If you compare a column with a row, you get a rectangle.",
          lambda f: (1 * (np.arange(3)[:, None] < np.array([2, 3]))).tolist() == [[1, 1], [1, 1], [0, 1]]),
    Claim("a-row-for-each-pair", "pick one row for each pair",
          lambda f: np.arange(12).reshape(3, 2, 2)[[1, 2], [0, 1]].tolist() == [[4, 5], [10, 11]]),
    Claim("before-the-softmax",
          r"A weight is 0 if its score is $-\infty$. Before the softmax, np.where can choose",
          lambda f: (weights := softmax(np.where([True, True, False], 1.0, -np.inf)))[2] == 0
          and abs(weights.sum() - 1) < 1e-9 < 0.1 < 1 - softmax(np.ones(3))[:2].sum()),
    Claim("pairs-are-sorted", "Python sorts pairs by their first entry.",
          lambda f: sorted([(2, "a"), (1, "b")]) == [(1, "b"), (2, "a")]),
)


def copied(seed: Seed, hidden_size: int, length: int) -> float:
    """The share of the symbols of a string that a GRU gives back."""
    return seed(hidden_size=hidden_size, length=length)["accuracy"]


def written(seed: Seed, attention: bool, length: int, name: str = "accuracy") -> float:
    """A share of the reversed symbols that are right, by `name`."""
    return seed(attention=attention, length=length)[name]


REPLICATED = (
    Replicated("read-from-the-first", "of the first layer gets it right in 75 to 89 %", "11/layers",
               lambda seed: round(seed()["one"][0], 2), (0.75, 0.89)),
    Replicated("misread-from-the-second", "but the probe of the second layer in only 47 to 62 %", "11/layers",
               lambda seed: round(seed()["two"][0], 2), (0.47, 0.62)),
    Replicated("worse-in-eleven", "The second layer is better in 9 networks and worse in 11", "11/layers",
               lambda seed: seed()["next"][1] < seed()["next"][0]),
    Replicated("no-better-view", "the second layer has a different view, but not a better one", "11/layers",
               lambda seed: seed()["next"][1] < seed()["next"][0] + 0.02),
    Replicated("falls-step-by-step", "of correct symbols falls step by step towards chance", "11/copying",
               lambda seed: copied(seed, 32, 4) > copied(seed, 32, 8) + 0.05
               > copied(seed, 32, 16) + 0.1 > copied(seed, 32, 32) + 0.15 and copied(seed, 32, 32) < 0.2),
    Replicated("training-was-missing", "now the GRU copies 8 symbols without a mistake", "11/copying_longer",
               lambda seed: copied(seed, 32, 8) >= 0.995),
    Replicated("both-at-five",
               "With *length* at 5 nearly all symbols are right, with attention and without", "11/reversal",
               lambda seed: min(written(seed, attention, 5) for attention in (True, False)) >= 0.95),
    Replicated("with-attention", "the network with attention has nearly all symbols right", "11/reversal",
               lambda seed: written(seed, True, 10) >= 0.97),
    Replicated("without-attention", "the network without attention has half to two thirds", "11/reversal",
               lambda seed: written(seed, False, 10), (0.5, 0.7)),
    Replicated("below-a-third", "the network without attention has less than a third right", "11/reversal",
               lambda seed: written(seed, False, 20) < 1 / 3),
    Replicated("late-at-twenty",
               "2 of 20 networks with 10 symbols, and all twenty with 20", "11/reversal",
               lambda seed: np.argmax(written(seed, True, 20, "looks")) > 0),
    Replicated("in-time-at-ten", "2 of 20 networks with 10 symbols", "11/reversal",
               lambda seed: np.argmax(written(seed, True, 10, "looks")) == 0),
    Replicated("falls-below-half", "of correct symbols falls to less than half when the network is left",
               "11/reversal",
               lambda seed: written(seed, False, 20) < written(seed, False, 20, "told") / 2),
    Replicated("one-slip-is-enough", "It takes only one slip to do such harm", "11/reversal",
               lambda seed: all(written(seed, False, length, "slipped")
                                < 0.5 * written(seed, False, length, "behind") for length in (10, 20))),
    Replicated("looked-up-again", "With attention the same slip costs little", "11/reversal",
               lambda seed: all(written(seed, True, length, "slipped")
                                > written(seed, True, length, "behind") - 0.1 for length in (10, 20))),
    Replicated("as-a-guess", "as good as the best guess from the position alone", "11/directions",
               lambda seed: abs(seed(both=False)["accuracy"] - seed(both=False)["often"]) < 0.02),
    Replicated("hardly-a-mistake", "A bidirectional network hardly makes a mistake", "11/directions",
               lambda seed: seed(both=True)["accuracy"] > 0.99),
    Replicated("a-quarter-missed", "greedy decoding misses the most probable string in about a quarter",
               "11/search", lambda seed: seed(updates=100)["found_1"], (0.64, 0.81)),
    Replicated("two-find-nearly-all", "a beam of 2 finds this string in at least 88 %", "11/search",
               lambda seed: seed(updates=100)["found_2"] >= 0.88),
    Replicated("no-search-mends", "right in only 34 to 63 % of the cases", "11/search",
               lambda seed: seed(updates=100)["right_all"], (0.34, 0.63)),
    Replicated("less-to-search-for",
               "the better the network is trained, the less there is left to search for",
               "11/search", lambda seed: seed(updates=100)["found_1"] < seed(updates=150)["found_1"]
               <= seed(updates=250)["found_1"]),
)

NOT_REPLICATED = (
    NotReplicated("padding *after* a sequence cannot spoil the states before it", "calculated"),
    NotReplicated("The longer the longest text, the more of the rectangle is padding", "calculated"),
    NotReplicated("At padded positions the gradient is 0, exactly", "calculated"),
    NotReplicated("for a short sequence it has read padding too", "calculated"),
    NotReplicated("a state of $b$ bits holds no more than $b$ bits", "calculated"),
    NotReplicated("Nothing is carried from step to step, so nothing fades", "calculated"),
    NotReplicated("A look-up that is sure has stopped learning where to look", "calculated"),
    NotReplicated("At 200 they lie on one line, from the last symbol to the first", "one network"),
    NotReplicated("At 100 most of the weight is one state later", "one network"),
)


def _reversed(n: int, T: int = 5) -> list[int]:
    """From which step each step of a sequence of length n comes, of T with padding."""
    symbols = list(range(n))[::-1]
    return [*symbols, *range(n, T)]


def _masked() -> tuple[float, float]:
    """Loss and largest padded gradient of four equal scores, with 2 of 3 steps that count, the rest wrong."""
    scores = np.zeros((3, 1, 4))
    scores[2, 0, 0] = 9
    loss, d_scores = masked_loss(scores, np.ones((3, 1), int), np.array([[1.0], [1.0], [0.0]]))
    return loss, np.abs(d_scores[2]).max()


SOLVED = (       # claims of the worked solutions
    Claim("those-that-do-count",
          "Positions that don't count are multiplied by 0, in the sum and in the gradient. The sum is "
          "divided by the number of positions that do count.",
          lambda f: np.allclose(_masked(), (np.log(4), 0))
          and f.line("At padded positions the gradient is 0")),
    Claim("counts-more",
          "Why not take the mean of each sequence, and then the mean of these means? Then a symbol of a "
          "short sequence would count more than one of a long sequence, and by how much would depend on its "
          "neighbours in the batch. If that's what you want, say so in the mask, which need not hold ones:",
          lambda f: 1 / 2 / 3 > 1 / 2 / 7 and 1 / 2 / 3 != 1 / 5 / 3
          and f.line("a mask of 1 / length gives").endswith("True")),
    Claim("fall-rise-stay",
          "The first score should fall, the second should rise, and the third, whose value is the mean, "
          "can stay.",
          lambda f: np.sign(f.numbers("d_keys, here de")).tolist() == [1, -1, 0]),
    Claim("the-rest-is-less",
          "It's not enough to multiply the weights by the mask after the softmax. The weight that the "
          "padding had is lost, so the other weights add up to less than 1, and the more padding there is, "
          "the fainter the answer. A score of 0 is no mask at all, because it's a score like any other.",
          lambda f: np.all(np.diff([1.0, *(2 / (2 + padded) for padded in (1, 2, 3))]) < 0)
          and (softmax(np.array([[1.0, 2.0, score] for score in (0, -np.inf)]))[:, 2] > 0).tolist()
          == [True, False]),
    Claim("from-n-minus-one-minus-t",
          "Without a loop, step $t$ of a sequence of length $n$ comes from step $n - 1 - t$, and after the "
          "end of the sequence, step $t$ stays where it is.",
          lambda f: all(_reversed(n) == [n - 1 - t if t < n else t for t in range(5)] for n in range(1, 6))),
    Claim("wider-is-no-worse",
          "This network isn't trained, but a wider beam still finds a string that's at least as probable.",
          lambda f: f.line("as probable or more with a beam of 64").endswith("True")),
    Claim("the-best-of-all", "List all continuations of all kept strings, then take the best of them.",
          lambda f: f.line("the best continuations of all").endswith("in order, the best first.")),
)
