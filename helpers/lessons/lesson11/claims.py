"""What lesson 11 claims."""

import re

import numpy as np

from helpers.data import Vocabulary, copy_sequences
from helpers.lessons.lesson11.drawings import encoder_decoder
from helpers.lessons.lesson11.pictures import reversal_live, runs_up_to
from helpers.lessons.lesson11.plain import look_up, look_up_back, masked_loss
from helpers.lessons.lesson11.reversal import EncoderDecoder, shift_right
from helpers.lessons.lesson11.search import beam_step
from helpers.lessons.prose_facts import Claim, Facts, notebook
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import GRU, numerical_gradient, softmax
from helpers.runs import load_run


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


def in_order(*words: str) -> bool:
    """Whether a code cell of the lesson has all these words, in this order."""
    return notebook("11").in_order(*words)


def masked(padded: float = 0.0) -> tuple[float, float]:
    """Loss and largest padded gradient of equal scores, but for the last of 3 steps, which is padding."""
    scores = np.zeros((3, 1, 4))
    scores[2, 0, 0] = 9
    loss, d_scores = masked_loss(scores, np.ones((3, 1), int), np.array([[1.0], [1.0], [padded]]))
    return loss, np.abs(d_scores[2]).max()


def means_what_counts(f: Facts) -> bool:
    """Whether the masked loss is a mean of what counts, its gradient 0 elsewhere, weighted by length."""
    return (np.allclose(masked(), (np.log(4), 0)) and f.line("their mean by length is").endswith("True")
            and f.number("largest at a padded position:") == 0)


def spoilt(way: int = 1, back: int = 1) -> list[int]:
    """At which of seven steps the states of a GRU change with the symbol at step 3, by how it is read."""
    cell = GRU(2, 3)
    p = cell.init(np.random.default_rng(0))
    h, changed = (cell.forward(p, x[::way])[0][::back]
                  for x in (np.zeros((7, 1), int), np.eye(7, 1, -3, int)))
    return np.flatnonzero(np.abs(h - changed).max(axis=(1, 2))).tolist()


def only_the_state(f: Facts) -> bool:
    """Whether the encoder's gradient comes through its last state alone, and is right."""
    return f.line("the encoder's gradient is right").endswith("True") and in_order(
        "decoder.forward(p_decoder, lesson.shift_right(reversed_strings), last)",
        "d_last = decoder.backward(",
        "encoder.backward(p_encoder, np.zeros_like(h_encoder), encoder_cache, d_last)")


def no_more_bits(f: Facts) -> bool:
    """Whether strings of eight symbols, 3 bits each, outnumber the states of 6 bits from 3 symbols on."""
    more = f.table("share of symbols right, medians", 5)
    return ([8**length > 2**6 for length in (1, 2, 3, 99)] == [False, False, True, True]
            and all(row[2] < row[3] for row in more))


def learns(asked: int, sharpness: float) -> np.ndarray:
    """The gradient with respect to each score in section 9: more weight at step 25, less loss."""
    angles = 2 * np.pi * np.arange(31)[:, None] / 31 * np.arange(1, 7)
    clock = np.hstack([np.sin(angles), np.cos(angles)])
    q = sharpness * clock[asked]
    wanted = np.where(np.arange(31) == 25, -1.0, 0.0)
    return look_up_back(np.ones(1), clock, wanted[:, None], softmax(clock @ q), np.ones(1))[1][:, 0]


def stops_when_sure(f: Facts) -> bool:
    """Whether all gradients of a sharp look-up, right or wrong, are nearly 0, and those of a soft one not."""
    return max(np.abs(learns(asked, 3)).max() for asked in (25, 4)) < 0.02 < 0.1 < -learns(25, 0.3)[25]


def d_x_is_d_h(f: Facts) -> bool:
    """Whether the second gradient of a GRU's backward is that of its inputs; and what two layers hold."""
    cell, x = GRU(2, 3), np.random.default_rng(0).normal(size=(3, 1, 2))
    p = cell.init(np.random.default_rng(1))
    h, _, cache = cell.forward(p, x)
    d_x = cell.backward(p, np.ones_like(h), cache)[1].copy()
    return (np.allclose(d_x, numerical_gradient(lambda: cell.forward(p, x)[0].sum(), x), atol=1e-6)
            and shares(f, "second")[2] < shares(f, "first")[1])


def looks(updates: int) -> np.ndarray:
    """Where the network with attention looks after so many updates: (written, read)."""
    return next(np.array(run["weights"]) for run in load_run("11/learning")
                if run["attention"] and run["updates"] == updates)


def best_two(width: int) -> float:
    """The probability of the string that a beam finds, where 0 comes first with 0.6 and 1, 0 is the best."""
    kept = beam_step([(0.0, ())], np.log([[0.6, 0.4]]), width)
    after = np.log([[0.5, 0.5], [0.9, 0.1]])
    return round(float(np.exp(beam_step(kept, after[[symbols[0] for _, symbols in kept]], width)[0][0])), 9)


def paths(layers: int) -> int:
    """On how many paths the first of four inputs reaches the last state of the last layer."""
    return int(np.linalg.matrix_power(np.eye(layers) + np.eye(layers, k=1), 4)[0, -1])


def forgets_what_it_was_asked(f: Facts) -> bool:
    """Whether less of the present character is read from the second layer, whose loss is about the next."""
    return (shares(f, "second")[2] < shares(f, "first")[1] and in_order("R[t] * two[t]")
            and in_order("from_above = da @ stack[1].W_xh.T", "from_above + one_next"))


def not_room(f: Facts) -> bool:
    """Whether a state of the same size gives back more with more training, of 24 bits all."""
    rows = f.table("share of symbols right, medians", 5)
    return 8**8 == 2**24 and rows[2] == [32, 8, 77, 100] and all(row[2] < row[3] <= 100 for row in rows)


def a_slip_spoils(f: Facts) -> bool:
    """Whether without attention right symbols don't help after a slip, and its own do harm."""
    return (f.numbers("without attention, 20 symbols: fed the right ones") == [0.6, 0.27]
            and all(0 < after_a_slip(f, "without", length)[1] < 0.25 < 0.55
                    < after_a_slip(f, "without", length)[0] for length in (10, 20)))


CLAIMS = (
    Claim("nothing-at-padded-places", "At padded positions the gradient is 0, exactly",
          lambda f: f.number("largest at a padded position:") == 0
          and f.line("the gradient of the scores is right").endswith("True")
          and f.line("other targets there, same loss").endswith("True")),
    Claim("by-its-length", "so a sequence counts in proportion to its length",
          lambda f: f.line("their mean by length is").endswith("True")
          and f.line("the plain mean of the four").endswith("False")),
    Claim("the-longest-alone",
          "But this state comes after the last step of the rectangle, so for a short sequence it has read "
          "padding too. So take each state at its sequence's own end, and in the backward pass put its "
          "gradient at the same position.",
          lambda f: spoilt() == [3, 4, 5, 6] and in_order("own = h[lengths - 1, np.arange(len(texts))]")
          and f.line("a long chain ").endswith("True")
          and all(f.line(f"{text} ").endswith("False") for text in ("hello", "a loop", "go  "))),
    Claim("all-six-right",
          "A path may go up at any one of the steps, so there is one path for each step. A single layer has "
          "only one path. The contributions along these paths add up, as in lesson 03, and here is the "
          "program that adds them",
          lambda f: f.numbers("In two layers over") == [3, 3]
          and np.linalg.matrix_power([[1, 1], [0, 1]], 3).tolist() == [[1, 3], [0, 1]]
          and all("right" in f.line(f"layer {n}  {name}") for n in (1, 2)
                        for name in ("W_xh", "W_hh", "b_h"))),
    Claim("misread-from-the-second",
          "in 75 to 89 % of cases, depending on the network, but the probe of the second layer "
          "in only 47 to 62 %",
          lambda f: shares(f, "first")[1:] == [75, 89] and shares(f, "second")[1:] == [47, 62]),
    Claim("no-better-view",
          "About the next character it knows no more than the first layer, as far as a linear probe can "
          "tell. The second layer is better in 9 networks and worse in 11. In this task, at this size, the "
          "second layer has a different view, but not a better one.",
          lambda f: (knows := f.numbers("the next character: first layer"))[0] > knows[1]
          and f.numbers("the second is better in") == [9, 20]),
    Claim("one-bridge",
          "One thing joins the two: the state. In the forward pass the decoder starts from that state. In "
          "the backward pass the encoder starts from its gradient, d_last, which the decoder returns. The "
          "encoder's own d_h is all zeros, because no loss reads its states directly.", only_the_state),
    Claim("a-state-between",
          "An encoder reads into a state, and a decoder writes out of it. The state is all that joins them, "
          "forward and back. Teacher forcing feeds the right symbols.",
          lambda f: only_the_state(f) and shift_right(np.array([[5], [6]])).tolist() == [[8], [5]]),
    Claim("one-step-late",
          "It doesn't get its own symbols, which at first are nonsense, but the right ones, one step late. "
          "This is teacher forcing (Williams and Zipser 1989). All inputs are then known beforehand, so we "
          "can train the decoder like any network that predicts the next symbol.",
          lambda f: shift_right(np.array([[5], [6], [7]])).tolist() == [[8], [5], [6]] and all(
              fed == f">{write[:-1]}" for fed, write in zip(*(re.findall(r"'(.*?)'", f.line(f"{what} ["))
                                                              for what in ("fed  ", "write")), strict=True))),
    Claim("what-it-has-written",
          "The encoder reads, and has no readout. The decoder starts with the encoder's last state and "
          "writes. At each step it reads the symbol that it has just written, and at the first step a "
          "special start symbol.",
          lambda f: (net := EncoderDecoder(6, np.random.default_rng(0), attention=False)).params.W_hy.shape
          == (6, 8) and np.array_equal(written := net.write(x := np.arange(8).reshape(4, 2)),
                                       net.scores(x, shift_right(written))[0].argmax(axis=2))),
    Claim("training-was-missing", "What was missing was training, not room", not_room),
    Claim("half-at-sixteen", "Of 16 symbols a GRU of 32 units still gets half",
          lambda f: f.table("share of symbols right, medians", 4)[3] == [32, 16, 34, 52]),
    Claim("nothing-fades",
          "Whether you ask for step 0, 15 or 30, the weight on that step is the same. Nothing is carried "
          "from step to step, so nothing fades.",
          lambda f: all(f.numbers(f"step {asked:2}: weight on it at sharpness 0, 1, 3:") == [0.03, 0.71, 0.99]
                        for asked in (0, 15, 30))),
    Claim("the-same-gradients",
          "and the gradients have to be the same. In the backward pass the encoder now gets a gradient at "
          "every state, not just the last one. So there's a short path from each symbol written to each "
          "symbol read.",
          lambda f: np.all(look_up_back(np.ones(2), np.eye(3, 2), np.eye(3, 2), np.ones(3) / 3,
                                        np.ones(2))[2] != 0) and len(arrows(False)) == 3
          and f.line("all gradients are those of your look-ups").endswith("True")),
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
    Claim("as-a-guess",
          "A network that reads only forward knows the position, but not the symbols that follow. It's as "
          "good as the best guess from the position alone, and no better.",
          lambda f: spoilt() == [3, 4, 5, 6] and max(map(abs, f.numbers("forward alone ")[2:])) < 0.02),
    Claim("hardly-a-mistake", "A bidirectional network hardly makes a mistake",
          lambda f: f.number("both directions ") > 0.99),
    Claim("a-quarter-missed", "greedy decoding misses the most probable string in about a quarter of",
          lambda f: 73 <= searched(f, 0)[0] <= 77 and searched(f, 1)[0] == 64 and searched(f, 2)[0] == 81),
    Claim("beams-find-nearly-all",
          "a beam of 2 finds this string in at least 88 % of cases, and a beam of 4 in at least 98 %",
          lambda f: searched(f, 1)[1:3] == [88, 98]),
    Claim("no-search-mends",
          "Even the most probable of all strings is right in only 34 to 63 % of the cases, depending on the "
          "network. No search can fix what the network doesn't know. And the better the network is trained, "
          "the less there is left to search for.",
          lambda f: searched(f, 0)[0] < (later := f.table("updates  best of 4,096 found", 5)[3:])[0][1]
          < later[1][1] and [searched(f, row)[5] for row in (1, 2)] == [34, 63]),
    Claim("late-with-the-length",
          "2 of 20 networks with 10 symbols, and all twenty with 20",
          lambda f: [f.number(f"looks, {length:2} symbols:") for length in (10, 20)] == [18, 0]),
    Claim("one-slip-is-enough", "It takes only one slip to do such harm",
          a_slip_spoils),
    Claim("looked-up-again",
          "and right symbols don't lead it back. With attention the same slip costs little, because the "
          "decoder can look up the string again.",
          lambda f: after_a_slip(f, "without", 20)[1] < 0.25
          and all(right - 0.1 < slipped <= 1 for right, slipped in (
              after_a_slip(f, "with", length) for length in (10, 20)))),
    Claim("less-than-half-with-its-own",
          "correct symbols falls to less than half when the network is left with its own symbols. So a test "
          "under teacher forcing flatters: measure the network as it will be used.", a_slip_spoils),
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
    Claim("weighted-rows",
          "values @ d_answer is the product of each value with $d$, one number per step. The weighted mean "
          "of d_weights is weights @ d_weights. A weighted sum of rows is numbers @ rows.",
          lambda f: (np.eye(3, 2) @ [4, 5]).tolist() == [4, 5, 0] and np.array([0.5, 0.5]) @ [3, 5] == 4
          and (np.array([2, 3]) @ [[1, 0, 5], [0, 1, 1]]).tolist() == [2, 3, 13]),
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
    Claim("cannot-spoil-what-came-before",
          "A recurrent network reads from left to right, so padding after a sequence cannot spoil the states "
          "before it. However, padding can spoil the loss, if padded positions count as answers. It can also "
          "spoil whatever we take from the last step.",
          lambda f: spoilt() == [3, 4, 5, 6] and masked(1.0)[0] > masked()[0] + 1),
    Claim("one-and-zero",
          "A second array of the same shape, the mask, is 1 where there is a symbol and 0 where there is "
          "padding. (The space character is also number 0, so only the mask tells it from padding.)",
          lambda f: [sum(row) for row in f.table("a row for each sequence:", 4)] == f.numbers("lengths")[:4]
          and Vocabulary("hello a loop").encode(" ")[0] == 0),
    Claim("more-of-it-is-padding",
          "The longer the longest text, the more of the rectangle is padding, and the more of the gradient "
          "goes into a lesson that nobody wants, namely that a 0 follows a 0. With the mask, all of the "
          "gradient stays where the symbols are.",
          lambda f: np.all(np.diff([1 - (4 + 5 + 1 + n) / (4 * n) for n in range(5, 12)]) > 0)
          and masked()[1] == 0 and f.numbers("The padding has") == [0]),
    *(Claim(name, words, means_what_counts) for name, words in {
        "only-over-those": "The masked loss is still a mean of surprises, but only over the positions that "
                           "count.",
        "its-share": "The fraction in front of it is the position's share in the mean, which is 0 for "
                     "padding.",
        "weighted-by-lengths": "The mask says which positions of a batch count. The loss is a mean over "
                               "those positions, and at padded positions the gradient is 0. So a batch "
                               "teaches what its sequences teach, weighted by their lengths."}.items()),
    Claim("the-upper-reads-the-lower",
          "The upper layer never sees the input itself, and the readout sees only the upper layer.",
          lambda f: in_order("one[t] = lesson.rnn_step(stack[0], x[t], one[t - 1])",
                             "two[t] = lesson.rnn_step(stack[1], one[t], two[t - 1])")
          and in_order("def stack_loss():", "R[t] * two[t]")),
    Claim("from-its-next-step-and-from-above",
          "A state of the upper layer gets its gradient from the readout and from its own next step, as in "
          "lesson 03. A state of the lower layer gets its gradient from its own next step too, and from "
          "above, because the state was the upper layer's input at the same step. What comes from above is "
          "the upper layer's da, passed back through $W^{(2)}_{xh}$.",
          lambda f: in_order("d_two[t] + two_next", "from_above = da @ stack[1].W_xh.T",
                             "from_above + one_next") and "right" in f.line("layer 1  W_xh")),
    *(Claim(name, words, d_x_is_d_h) for name, words in {
        "one-array-joins": "The upper layer's backward returns d_x, and this is the d_h of the lower layer.",
        "need-not-hold": "A second layer reads the states of the first. In the backward pass, its d_x is the "
                         "first layer's d_h. The second layer need not hold what the first holds."}.items()),
    Claim("the-same-order",
          "The plainest test is copying: read a string over an alphabet of eight symbols, three bits each, "
          "then give it back in the same order.",
          lambda f: (pair := copy_sequences(np.random.default_rng(0), 9, 2)) and 8 == 2**3
          and np.array_equal(pair[0][:9], pair[1][9:])),
    *(Claim(name, words, no_more_bits) for name, words in {
        "more-training-might-help":
            "No such experiment can show whether its state could hold more, because more training might "
            "help. What no training can change is arithmetic: a state of $b$ bits holds no more than $b$ "
            "bits, however long the text.",
        "not-learnt-not-impossible":
            "“Not learnt yet” doesn't mean “cannot be held”. It's only certain that a state of $b$ bits "
            "holds no more than $b$ bits.",
        "not-room-alone": "It wasn't room alone, because a state can learn to hold more"}.items()),
    Claim("the-mean-of-all",
          "Drag sharpness, which makes the query longer, from 3 to 0. At 3 the look-up is nearly sure. At 0 "
          "all weights are equal, and the answer is the plain mean of all values.",
          lambda f: f.numbers("step  0: weight on it at sharpness 0, 1, 3:") == [round(1 / 31, 2), 0.71, 0.99]
          and look_up(np.zeros(2), np.eye(3, 2), np.array([1, 2, 6]))[0] == 3),
    Claim("found-by-its-key",
          "A query $q$ is compared with every key. The scores $q \\cdot k_t$ go through a softmax over time, "
          "and the results are the weights that mix the values",
          lambda f: np.allclose(look_up(np.array([1.0, 0]), np.eye(3, 2), np.array([3, 0, 0]))[0],
                                3 * softmax(np.array([1.0, 0, 0]))[0])),
    Claim("what-one-gains",
          "each factor gets $d$ times the other. Next comes the softmax, whose weights add up to 1, so what "
          "one gains, the others lose.",
          lambda f: all("right" in f.line(f"{name:7} ") for name in ("query", "keys", "values"))
          and (np.diff([softmax(np.array([e, 0.0, 1.0])) for e in (0, 1)], axis=0)[0] > 0).tolist()
          == [True, False, False]),
    Claim("above-or-below-the-mean",
          r"The result is $\alpha_t$ times how far $d\alpha_t$ is above or below the mean of all "
          r"$d\alpha_j$, weighted by $\alpha$",
          lambda f: np.allclose(
              numerical_gradient(lambda: softmax(e) @ [4, 0, 2], e := np.array([0, 0, 0.7])),
              (a := softmax(e)) * ([4, 0, 2] - a @ [4, 0, 2]), atol=1e-6)),
    Claim("raises-this-score",
          "More weight on the k, at step 25, would lower the loss. While the look-up is soft, the gradient "
          "with respect to the score there is below 0, so an update raises this score. All other gradients "
          "are a little above 0.",
          lambda f: np.array_equal(np.flatnonzero(learns(25, 0.3) <= 0), [25])
          and round(learns(25, 0.3)[25], 3) == f.number("score of that step is")
          and np.delete(learns(25, 0.3), 25).max() < 0.05),
    *(Claim(name, words, stops_when_sure) for name, words in {
        "sure-and-still": "Nearly all of the weight is at one position, and every gradient is nearly 0, "
                          "whether the position is right or, with a different asked, wrong. A look-up that "
                          "is sure has stopped learning where to look. That's why it shouldn't begin sharp.",
        "sure-no-longer-learns": "A sure look-up no longer learns where to look."}.items()),
    Claim("read-across-written-down",
          "Its columns are the symbols read, its rows the symbols written. Larger discs mean more weight, "
          "and wrong letters are bold.",
          lambda f: (ax := reversal_live(runs := runs_up_to(load_run("11/learning"), 50)).figure.axes[1])
          and [ax.get_xlabel(), ax.get_ylabel()] == ["read", "written"]
          and [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
          == [mine for mine, right in zip(runs["with"][-1][4], runs["with"][-1][3][::-1], strict=True)
              if mine != right] != []),
    Claim("one-line-then",
          "With updates at 0 its weights are nearly even. At 200 they lie on one line, from the last symbol "
          "to the first, because each symbol is looked up in its own state.",
          lambda f: np.ptp(looks(0)) < 0.1 and np.argmax(looks(200), axis=1).tolist() == [*range(10)][::-1]),
    Claim("side-by-side",
          "If a second network reads from the end, the two states at a position, side by side, know what "
          "came before and what comes after.",
          lambda f: sorted({*spoilt(), *spoilt(-1, -1)}) == [*range(7)] and spoilt(-1, -1) == [0, 1, 2, 3]),
    Claim("reversed-twice",
          "For the second network we reverse twice, once to read from the end, and once to put its states "
          "back in order",
          lambda f: spoilt(-1, -1) == [0, 1, 2, 3] != spoilt(-1) and in_order("letters[::-1])[0][::-1]")),
    Claim("must-not-read-from-the-end",
          "or else the second network begins with padding. And a network that has to predict must not read "
          "from the end, because it would read the answer.",
          lambda f: 3 - 1 in spoilt(-1, -1) and 3 - 1 not in spoilt() and [7, 7, 0][::-1][0] == 0),
    Claim("greedy-may-miss",
          "Taking the best symbol each time is greedy, but it need not give the most probable string, "
          "because a second-best symbol may open the way to better ones. Beam search keeps several strings "
          "at a time. It continues each with every symbol and keeps the best.",
          lambda f: [best_two(width) for width in (1, 2, 4)] == [0.3, 0.36, 0.36]),
    Claim("pairs-are-sorted", "Python sorts pairs by their first entry.",
          lambda f: sorted([(2, "a"), (1, "b")]) == [(1, "b"), (2, "a")]),
    Claim("surprised-everywhere",
          "That a 0 follows a 0 has to be learnt. A network that has learnt nothing is surprised as much at "
          "one position as at another. Padding has its share and no more, because at first each position has "
          "about the same.",
          lambda f: np.ptp(np.abs(masked_loss(np.zeros((5, 2, 9)), np.eye(5, 2, dtype=int), np.ones(
              (5, 2)))[1]).sum(axis=2)) < 1e-9),
    Claim("up-once",
          "A single layer has one path. Here a path may go up at an early step or at a late one. There are "
          "two layers, but a path may change from one to the other at each of the four steps. A path goes "
          "along the first layer, up once, and on along the second. It may go up at any of the four steps. A "
          "path cannot go down again, so it goes up only once.", lambda f: [paths(1), paths(2)] == [1, 4]),
    *(Claim(name, words, forgets_what_it_was_asked) for name, words in {
        "farther-from-the-input":
            "The first layer reads the character itself. The second layer sees what the first makes of it, "
            "and has to predict only the next character. The second layer is nearer to the answer, but "
            "farther from the input. A linear probe decodes less from the second layer, which has to predict "
            "the next character and not this one.",
        "through-what-it-read":
            "The gradient comes from the second layer, through what that layer read at each step. The second "
            "layer keeps only what its own loss asks for.",
        "an-input-at-every-step":
            "The readout sees only the second layer. At every step, the state of the first layer is the "
            "input of the second. It comes from all steps, because the second layer reads a state of the "
            "first at each of them."}.items()),
    Claim("joined-by-the-last-state",
          "In the forward pass it is the encoder's last state, from which the decoder starts. In the "
          "backward pass it is the gradient with respect to that state, which is all that the encoder gets "
          "from the loss.", only_the_state),
    *(Claim(name, words, not_room) for name, words in {
        "looked-full": "Eight symbols are 24 bits, and 32 numbers can hold far more. What looked full had "
                       "not been learnt yet. Over so few steps the gradient of a GRU reaches far enough. It "
                       "takes patience, not a different gradient.",
        "train-longer": "Keep its size and train longer. If the share rises, training was missing. Only what "
                        "is still missing after long training may be a lack of room.",
        "no-limit": "With longer training, states of this size have learnt to hold more. What is not learnt "
                    "yet is no limit."}.items()),
    Claim("equal-weights",
          "Equal scores give equal weights. They still add up to 1. The scores are 0 but the weights are "
          "not, because a softmax always shares out 1. No step comes first for a softmax. It only compares "
          "scores, and here all are equal.",
          lambda f: look_up(np.zeros(2), np.eye(4, 2), np.arange(4))[1].tolist() == [1 / 4] * 4),
    Claim("this-weight-does-not-move",
          "However, if the score were a little lower or higher, the weight would still be 1. That gradient "
          "is multiplied by how much the weight moves with the score, and this weight does not move. The "
          "weighted mean is the value at this step, so the difference is 0. A sure look-up no longer learns "
          "where to look.", stops_when_sure),
    Claim("the-state-alone-takes-longer",
          "With attention there is a short path from each symbol to its answer. The state alone can learn it "
          "too, but takes far longer.",
          lambda f: min(right(f, "with   ", 10)) >= 0.97 > 0.7 > max(right(f, "without", 10)) > 0.5
          and f.line("all gradients are those of your look-ups").endswith("True") and not_room(f)),
    *(Claim(name, words, a_slip_spoils) for name, words in {
        "spoils-what-follows":
            "Then its own slips would do no harm. But it reads them as its next inputs. That would be so if "
            "a slip spoilt only the symbol after it. It spoils nearly all that follow. After its first slip "
            "it is in a state that it never met in training, and right symbols would not lead it back.",
        "never-reads-a-slip":
            "Under teacher forcing it never reads a slip. When it writes, it reads its own. After a slip it "
            "is in a state that it never met in training. It has never read its own symbols, because it was "
            "trained on the right ones."}.items()),
    Claim("subtract-the-mean",
          "It is one half of how far {x} is above the weighted mean, {mean}. That is weight times gradient. "
          "The weighted mean is not subtracted yet, although the others gain what this one loses.",
          lambda f: [look_up_back(np.ones(1), np.eye(3, 1), np.array(values)[:, None], np.array(
              [1 / 2, 1 / 4, 1 / 4]), np.ones(1))[1][0, 0] for values in ((4, 0, 0), (6, 2, 0), (2, 0, 4))]
          == [(4 - 2) / 2, (6 - 3.5) / 2, 0]),
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


SOLVED = (       # claims of the worked solutions
    Claim("those-that-do-count",
          "Positions that don't count are multiplied by 0, in the sum and in the gradient. The sum is "
          "divided by the number of positions that do count.",
          lambda f: np.allclose(masked(), (np.log(4), 0))
          and f.line("At padded positions the gradient is 0")),
    Claim("counts-more",
          "Why not take the mean of each sequence, and then the mean of these means? Then a symbol of a "
          "short sequence would count more than one of a long sequence, and by how much would depend on its "
          "neighbours in the batch. If that's what you want, say so in the mask, which need not hold ones:",
          lambda f: 1 / 2 / 3 > 1 / 2 / 7 and 1 / 2 / 3 != 1 / 5 / 3
          and f.line("a mask of 1 / length gives").endswith("True")),
    Claim("fall-rise-stay",
          r"The keys are 0, 0 and $\ln 2$, and the query is 1, so the weights are ¼, ¼ and ½. The values are "
          r"4, 0 and 2, and the answer is 2. If the loss is the answer itself, the three $d\alpha$ are the "
          r"values 4, 0 and 2, and their weighted mean is 2 again. So $de$ is ¼ of 2, ¼ of −2 and ½ of 0. "
          r"The first score should fall, the second should rise, and the third, whose value is the mean, can "
          r"stay.",
          lambda f: np.allclose(softmax(np.array([0, 0, np.log(2)])), [1 / 4, 1 / 4, 1 / 2])
          and [1 / 4, 1 / 4, 1 / 2] @ np.array([4, 0, 2]) == 2
          and np.sign(f.numbers("d_keys, here de")).tolist() == [1, -1, 0]),
    Claim("the-rest-is-less",
          r"Because $e^{-\infty} = 0$, the softmax shares 1 out among the others. "
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
