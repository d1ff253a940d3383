"""What lesson 04 claims."""

from collections.abc import Iterable
from itertools import islice

import numpy as np

from helpers.data import Chunk, adding_sequences, chunks, echo_sequences
from helpers.lessons.lesson04.drawings import carried_state, text_streams
from helpers.lessons.lesson04.fresh import fresh_gradient, loss_of_layout
from helpers.lessons.lesson04.influence import (
    bias_of_truncation,
    estimate_deviation,
    influence_balancing_system,
    lag_terms,
    random_truncations,
)
from helpers.lessons.prose_facts import Claim, Facts, labels, two_are_marked
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import (
    RNN,
    SGD,
    CharModel,
    GradientParts,
    credit_matrix,
    kept_pairs,
    numerical_gradient,
    sigmoid,
    train,
)
from helpers.runs import Shipped, Sweep, load_run

WINDOWS = (1, 5, 10, 11, 25, 50)
NETWORKS = ("fresh", "begun", "trained", "echo of ten", "open LSTM")


def cosines(f: Facts, form: str) -> dict[tuple[str, int], float]:
    """The table of section 4, by network and window."""
    rows = f.table(f"{form}, k2 =", len(NETWORKS))
    return {(name, window): cosine for name, row in zip(NETWORKS, rows, strict=True)
            for window, cosine in zip(WINDOWS, row, strict=True)}


def cut_at_random(lag: int, q: float) -> np.ndarray:
    """What ten thousand estimates make of a part that is 1, beside nothing else."""
    return random_truncations(np.eye(lag + 1)[lag], q, 10_000, np.random.default_rng(0))


def looks(f: Facts, k1: int, k2: int) -> dict[str, float]:
    """At how many steps a loss looks, and what that costs."""
    found = f.numbers(f"k1 = {k1:2}, k2 = {k2:2}: a loss looks at")
    return dict(zip(("least", "most", "mean", "cost"), found, strict=True))


def reset(f: Facts, network: str, text: str) -> dict[object, float]:
    """What a reset costs by place, and on average, and what a wrong state does."""
    return dict(zip((1, 2, 5, 12, 20, 25, "mean", "wrong"), f.numbers(f"{network}, {text}:"), strict=True))


def solved(f: Facts, start: str) -> list[tuple[float, float]]:
    """How many runs are solved, of how many: windows of 1, of 2 to d, and beyond."""
    return [(row[-2], row[-1]) for row in f.table(f"{start}, runs that are solved", 3)]


def solved_runs(scale: float | None, lags: Iterable[int], window: int | None = None) -> int:
    """How many shipped runs are solved at these lags, with one window or all of them."""
    return sum(run.value["accuracy"] > 0.95 for run in load_run("04/echo")
               if run.parameters["scale"] == scale and run.parameters["lag"] in lags
               and window in (None, run.parameters["window"]))


def late_marks(length: int, steps: int) -> float:
    """In what share of the sequences of the adding problem the second mark is in the last steps."""
    marks = adding_sequences(np.random.default_rng(0), length, 20_000)[0][..., 1]
    return float(marks[-steps:].any(axis=0).mean())


def lot(f: Facts, row: int) -> dict[str, float]:
    """A row of the table of section 10."""
    names = ("w", "q", "steps", "fixed", "one", "ten thousand", "as near")
    return dict(zip(names, f.table("of the truth,   w", 4)[row], strict=True))


def costs(k1: int, k2: int, steps: int = 200) -> tuple[float, int]:
    """Of truncation in a text of so many steps: steps back per character, and the states that are kept."""
    reached = int(kept_pairs(steps, k1, k2)[-k1:].any(axis=0).sum())
    return reached / k1, reached


def repeated(lag: int, steps: int) -> float:
    """The share of right answers to the echo task if the bit of so many steps before is repeated."""
    bits, answers = echo_sequences(np.random.default_rng(0), lag, 2000, 8)
    return float(np.mean(bits[lag - steps : 2000 - steps] == answers))


def in_parts() -> tuple[np.ndarray, GradientParts]:
    """The credit matrix of a small network over six steps, and the parts of its gradient."""
    model, x = CharModel(RNN(5, 8), np.random.default_rng(0)), np.arange(6)[:, None] % 5
    return credit_matrix(model, x, x), GradientParts(model, x, x)


def first_loss(starts_over: bool) -> float:
    """The first loss of a training run that is given a state, if its chunk starts over or goes on."""
    model, x = CharModel(RNN(3, 4), np.random.default_rng(0), scale=1.0), np.ones((2, 1), int)
    return next(train(model, [Chunk(x, x, starts_over)], SGD(0.1), state=(np.ones((1, 4)),))).loss


CLAIMS = (
    Claim("same-loss", "The loss is the same to the last digit, because in the forward pass nothing was cut.",
          lambda f: f.numbers("loss in chunks")[0] == f.numbers("loss in chunks")[1]),
    Claim("forgetting-costs", "the loss if every chunk forgets what came before",
          lambda f: f.number("loss if every chunk started from a state of zero:")
          > f.number("loss in chunks") > 0),
    Claim("another-gradient", "Its cosine with the full one is 0.56",
          lambda f: round(f.number("cosine between the two gradients:"), 2) == 0.56),
    Claim("five-times-as-far", "reaches more than five times as far as that of fresh",
          lambda f: f.number("begun: below a hundredth from lag")
          > 5 * f.number("fresh: below a hundredth from lag") > 0),
    Claim("beyond-sixty", "the gradient of trained reaches beyond the 60 steps of the picture",
          lambda f: f.number("trained: never below a hundredth up to lag") == 60),
    Claim("three-on-average",
          "In chunks of 5 a loss reaches back over three steps on average, because only the last loss of a "
          "chunk reaches all five.",
          lambda f: looks(f, 5, 5)["mean"] == 3
          and kept_pairs(5, 5, 5).sum(axis=1).tolist() == [1, 2, 3, 4, 5]),
    Claim("five-times-the-steps",
          "the backward passes take five times as much work as in chunks",
          lambda f: looks(f, 1, 5)["least"] == 5 and looks(f, 1, 5)["cost"] == 5 * looks(f, 5, 5)["cost"]),
    Claim("twice-the-time", "a loss reaches back over 6 to 10 steps, for twice the work of chunks",
          lambda f: looks(f, 5, 10)["least"] == 6 and looks(f, 5, 10)["cost"] == 2 * looks(f, 5, 5)["cost"]),
    Claim("never-sent-back", "some losses are never sent back at all",
          lambda f: looks(f, 10, 5)["least"] == 0 and looks(f, 5, 10)["least"] > 0),
    Claim("within-ten-degrees",
          "Even in chunks of 10 its gradient is within ten degrees of the full one (a cosine of 0.99), "
          "because there is hardly anything beyond the cuts.",
          lambda f: 0.985 < cosines(f, "chunks")["fresh", 10] <= 1
          and 1 < f.number("fresh: below a hundredth from lag") < 10),
    Claim("the-more-is-cut", "has learnt more than the one called begun, and truncation costs it more",
          lambda f: cosines(f, "chunks")["fresh", 25] > cosines(f, "chunks")["begun", 25]
          > cosines(f, "chunks")["trained", 25] > 0),
    Claim("nearly-flat",
          "The sliding curve climbs until the window has 11 steps. Then it is nearly flat, because what is "
          "further back adds little to the direction.",
          lambda f: cosines(f, "sliding")["echo of ten", 11] > 0.95
          and cosines(f, "sliding")["echo of ten", 11] - cosines(f, "sliding")["echo of ten", 10] > 0.05),
    Claim("chunks-of-eleven-worse",
          "Chunks of 11 are a good deal worse than a sliding window of 11 (a cosine of 0.74 against 0.96), "
          "because only the last loss of the chunk looks back the full ten steps.",
          lambda f: _reaches(11, 10) == [11]
          and cosines(f, "chunks")["echo of ten", 11] < cosines(f, "sliding")["echo of ten", 11] - 0.2),
    Claim("chunks-of-fifty-better", "chunks of 50 give a better direction than a sliding window of 10",
          lambda f: all(cosines(f, "chunks")[name, 50] > cosines(f, "sliding")[name, 10]
                        for name in NETWORKS[1:])
          and cosines(f, "chunks")["fresh", 50] == cosines(f, "sliding")["fresh", 10]),
    Claim("dealt-falls-less-far", "The loss still falls, only less far",
          lambda f: f.line("streams: under 3 nats").count("True") == 2
          and f.line("dealt: under 3 nats").endswith("under 3 nats True, under 1.97 nats False")),
    Claim("made-good", "A reset costs most at the start, and the network catches up within a dozen",
          lambda f: reset(f, "begun", "the play")[1] == max(reset(f, "begun", "the play").values())
          and reset(f, "begun", "the play")[12] < 0.1),
    Claim("wrong-is-worse", "A wrong state costs more than none",
          lambda f: reset(f, "begun", "the play")["wrong"] > reset(f, "begun", "the play")["mean"] > 0),
    Claim("not-made-good", "doesn't catch up within 25 characters, and a reset costs it 1.38 nats on average",
          lambda f: reset(f, "trained", "the play")[25] > 0.3
          and reset(f, "trained", "the play")["mean"] == 1.38),
    Claim("more-to-lose", "the one that has learnt more has more to lose",
          lambda f: reset(f, "trained", "the play")["mean"] > 5 * reset(f, "begun", "the play")["mean"] > 0),
    Claim("nothing-on-unseen", "the difference between carrying and resetting is almost nothing on average",
          lambda f: all(abs(reset(f, network, "unseen")["mean"]) < 0.05
                        for network in ("begun", "trained"))),
    Claim("staircase", "every run is solved, but with $k \\le d$ only 9 of 280 runs are",
          lambda f: solved(f, "small weights (0.01)")[2][0] == solved(f, "small weights (0.01)")[2][1] == 360
          and [sum(part) for part in zip(*solved(f, "small weights (0.01)")[:2], strict=True)] == [9, 280]),
    Claim("destroyed", "windows of 2 to $d$ steps have destroyed that memory in 176 of 200 runs",
          lambda f: solved(f, "usual weights")[1] == (200 - 176, 200)),
    Claim("by-itself", "one step of memory comes by itself in 157 of 160 runs",
          lambda f: solved_runs(0.01, [1]) == 157 and len(load_run("04/echo")) == 1600),
    Claim("a-window-of-two", "The other 24 have a window of 2",
          lambda f: solved_runs(None, range(2, 6), 2) == 24 == solved(f, "usual weights")[1][0]),
    Claim("window-of-one", "most runs with a window of 1 are solved too",
          lambda f: solved(f, "usual weights")[0][0] > solved(f, "usual weights")[0][1] / 2 > 0),
    Claim("border-at-eleven", "At lag 10 the border is at a window of 11, as it should be",
          lambda f: all((right > 0.99) == (window >= 11) and right > 0
                        for window, right, _ in f.table("lag 10, 20 runs", 7))),
    Claim("sharp-border", "never teach the lag, but windows of 11 or more do so in 73 of 80 runs",
          lambda f: [learnt for *_, learnt in f.table("lag 10, 20 runs", 7)[:3]] == [0, 0, 0]
          and sum(learnt for *_, learnt in f.table("lag 10, 20 runs", 7)) == 73),
    Claim("a-tenth-of-chance", "the error falls below a tenth of chance in 18 of 20 runs",
          lambda f: f.numbers("window 5: below a tenth of chance in") == [18, 20]
          and 0 < 10 * f.number("window   5: error") < f.number("with a memory of 5 steps at best")),
    Claim("a-recent-mark", "In one sequence in ten the second mark happens to fall within the last five",
          lambda f: abs(late_marks(length=100, steps=5) - 1 / 10) < 0.01),
    Claim("slower-and-less-exact", "truncation made learning long lags slower and less exact",
          lambda f: f.numbers("window   5: error")[0] > 10 * f.numbers("window 100: error")[0]
          and f.numbers("window   5: error")[-1] > f.numbers("window 100: error")[-1] > 0),
    Claim("divided-by-how-often", "A part of lag $d$ is reached only with probability $q^d$, so divide it by "
          "$q^d$ when it is reached. On average each part then counts exactly once",
          lambda f: {*(parts := cut_at_random(lag=3, q=0.5))} == {0.0, 1 / 0.5**3}
          and abs(np.mean(parts > 0) - 0.5**3) < 0.01 and abs(parts.mean() - 1) < 0.1),
    Claim("wrong-sign", "For every window up to 40 the sign is wrong",
          lambda f: f.number("40:") > 0 > f.number("41:")),
    Claim("off-by-eight-times", "one estimate is off by eight times the truth",
          lambda f: round(lot(f, 1)["one"]) == 8),
    Claim("ten-thousand-still-off", "The mean of ten thousand is still off by 8 %",
          lambda f: round(lot(f, 1)["ten thousand"], 2) == 0.08),
    Claim("settles-below",
          "With $q = 0.8$ the mean is worse, because not even the spread of the estimates gives a warning. "
          "The longest passes are so rare that none comes, and the mean settles below the truth",
          lambda f: all(0 < mean < 0.9 for mean in f.numbers("w = 1, q = 0.8, means of 10,000, six times:"))
          and 10_000 * 0.8**99 < 1e-3 and random_truncations(lag_terms(1.0, 100), 0.8, 10_000,
              np.random.default_rng(0)).std() < estimate_deviation(lag_terms(1.0, 100), 0.8) / 10),
    Claim("what-the-cut-costs", "A fixed cut that does as much work is off by 81 %",
          lambda f: lot(f, 1)["fixed"] == 0.81 and lot(f, 1)["as near"] == 101),
    Claim("where-far-parts-fade", "the fixed cut is off by 11 %, and the mean of 22 estimates is as near",
          lambda f: lot(f, 3)["fixed"] == 0.11 and lot(f, 3)["as near"] == 22),
    Claim("minus-a-sixth", r"unit 0 settles at $-6\,\theta$, and the best choice is $\theta = -\frac16$",
          lambda f: np.allclose((whole := bias_of_truncation(500)[-1], 1 / whole), (-6, -1 / 6), rtol=1e-9)),
    Claim("a-row-is-a-stream", "each row of the batch reads its own stream, chunk by chunk",
          lambda f: (at := labels(text_streams()))["row 1"][0] == at["row 3"][0]
          and at["row 1"][1] > at["row 3"][1] and "6 meet the text that follows" in text_streams().sentence),
    Claim("its-own-and-earlier-ones",
          r"which are its own and $n - 1$ earlier ones. Which steps have $n - 1 \ge$ lag? There may be none.",
          lambda f: all(len(range(1, n)) == n - 1 for n in (1, 5)) and _reaches(5, 3) == [4, 5]
          and _reaches(3, 3) == []),
    Claim("shorter-at-the-end", "which are automatically shorter at the end",
          lambda f: [len(range(10)[start : start + 4]) for start in range(0, 10, 4)] == [4, 4, 2]),
    Claim("into-the-first",
          "Begin with total = 0 and write total = total + ..., because that makes a new array each time. "
          "If you started from the first grads.vector, total += ... would write into the model's own array.",
          lambda f: len(set(_listed(copied=False))) == 1
          and not np.shares_memory(0 + (array := np.ones(1)), array)),
    Claim("first-the-rows",
          "First cut the whole text into batch rows with rows = ids.reshape(batch, -1). Row $b$ is now "
          "stream $b$. Then take length columns at a time, and transpose them so that time comes first.",
          lambda f: (rows := np.arange(12).reshape(2, -1))[1].tolist() == [6, 7, 8, 9, 10, 11]
          and rows[:, :3].T.tolist() == [[0, 6], [1, 7], [2, 8]]),
    Claim("best-without-memory",
          "Without memory it does best to output 1, with a mean squared error of $1/6$.",
          lambda f: abs((sums := adding_sequences(np.random.default_rng(0), 2, 100_000)[1]).mean() - 1) < 0.01
          and abs(sums.var() - 1 / 6) < 0.01),
    Claim("a-part-is-a-diagonal",
          "The lag is t - s, so a part is a diagonal of the table, np.trace(table, offset=...). Steps t "
          "and s are in the same chunk if t // k and s // k are equal.",
          lambda f: [np.trace(np.subtract.outer(range(6), range(6)), -lag) / (6 - lag) for lag in range(6)]
          == [0, 1, 2, 3, 4, 5] and [t // 3 for t in range(6)] == [0, 0, 0, 1, 1, 1]),
    Claim("ends-at-the-copy",
          "The state at the end of chunk 1 is copied as plain numbers and chunk 2 starts from it; the "
          "gradient of chunk 2 ends at the copy.",
          lambda f: (at := labels(carried_state()))["chunk 1"][0] < at["copied numbers"][0]
          == at["no backward pass"][0] < at["chunk 2"][0] and not _goes_back(into_the_state=True)),
    Claim("cuts-the-blame",
          "So the state is carried forward, but the gradient of chunk 2 ends where chunk 2 begins. This is "
          "truncated backpropagation through time. Truncation does not cut the memory. It cuts the blame. "
          "The loss of chunk 2 corrects what chunk 2 does with the state, but not what chunk 1 chose to "
          "hand over.",
          lambda f: f.number("loss in chunks") < f.number("loss if every chunk started from a state of zero:")
          and _goes_back(into_the_state=False) and not _goes_back(into_the_state=True)),
    Claim("memory-but-not-blame",
          "At a border the state is handed on as plain numbers, and the gradient stops. Memory is not cut, "
          "but blame is.",
          lambda f: first_loss(starts_over=False) != first_loss(starts_over=True)
          and _goes_back(into_the_state=False) and not _goes_back(into_the_state=True)),
    Claim("every-later-step",
          "A weight in $W_{hh}$ is used at every step $s$. Each use affects the loss of that step and of "
          "every later step $t$. So the gradient is a sum over pairs:",
          lambda f: np.array_equal(in_parts()[0] > 0, np.tri(6))),
    Claim("lag-of-a-pair",
          "The number of steps from $s$ to $t$ is the lag of the pair. Lag 0 means the loss at the very step "
          "where the weight was used",
          lambda f: (parts := in_parts()[1]) and all(np.allclose(
              parts.by_lag()[:near].sum(axis=0), parts.truncated(1, near).vector) for near in (1, 3, 6))),
    Claim("half-against-a-gate",
          "In the fresh network each step back leaves about half of the gradient, and after eight steps "
          "about a hundredth is left. The open LSTM has learnt nothing either. However, after the first "
          "step its gradient hardly fades, because each step multiplies the memory, and in the backward "
          "pass the gradient, by 0.993.",
          lambda f: 0.5**8 < 0.01 < 0.5**6 and f.number("fresh: below a hundredth from lag") == 8
          and sigmoid(5.0) ** 60 > 0.6 and f.number("open LSTM: never below a hundredth up to lag") == 60),
    Claim("two-knobs",
          "- An update is made every k1 steps. - At each update, the gradient is sent back over k2 steps, "
          "the window. An update sends back the losses of the last k1 steps. With k1 = k2 the text falls "
          "into chunks that don't overlap, as in the course's chunks and train. With k1 = 1, the sliding "
          "form, there is an update at every step, and every loss looks back over the same number of "
          "steps, k2.",
          lambda f: f.numbers("With k1 = 3 and k2 = 5 there are")[:2] == [12 / 3, 12]
          and kept_pairs(12, 3, 5).sum(axis=1)[6:].tolist() == [3, 4, 5, 3, 4, 5]
          and np.array_equal(kept_pairs(6, 3, 3), _kept(3))
          and set(kept_pairs(9, 1, 4).sum(axis=1)[3:]) == {4}),
    Claim("k2-states", "The memory needed is k2 states in every case and doesn't grow with the text.",
          lambda f: all(costs(k1, k2, steps)[1] == k2 for k1, k2 in ((5, 5), (1, 5), (5, 10), (10, 5))
                        for steps in (100, 400))),
    Claim("price-of-sliding",
          "Sliding has its price. It takes k2 times as long as chunks, which take the same time per "
          "character however long they are.",
          lambda f: costs(1, 10)[0] == 10 * costs(10, 10)[0] == 10 * costs(50, 50)[0] == costs(1, 5)[0] * 2),
    Claim("cheapest-in-chunks",
          "Chunks (k1 = k2) are cheapest, and the losses at the start of a chunk look back least. In the "
          "sliding form (k1 = 1) every loss looks back k2 steps, at k2 times the work. Both keep k2 states.",
          lambda f: costs(10, 10) == (1, 10) and costs(1, 10) == (10, 10) and costs(5, 10)[0] == 2
          and kept_pairs(200, 10, 10).sum(axis=1)[-10:].tolist() == list(range(1, 11))
          and set(kept_pairs(200, 1, 10).sum(axis=1)[9:]) == {10}),
    Claim("streams-or-cards",
          "You can cut the text into $B$ long pieces, the streams, and let each row read one stream, chunk "
          "by chunk. Or you can deal the chunks like cards, the first to row 1, the second to row 2, and "
          "so on, round after round. Either way every character is read once, and nothing crashes.",
          lambda f: next(chunks(np.arange(25), 4, 3)).inputs[0].tolist() == [0, 8, 16]
          and _dealt() == [0, 1, 2, 3, 12, 13, 14, 15]),
    Claim("carried-to-the-wrong-place",
          "Not a single carried state is of use. Worse, the state misleads the network, which enters each "
          "chunk believing that it is somewhere else in the text. Instead, the text of a row must go on "
          "where it stopped in the last update:",
          lambda f: "0 meet the text that follows" in text_streams("dealt chunks", 3, 3).sentence
          and all(reset(f, network, text)["wrong"] > reset(f, network, text)["mean"]
                  for network in ("begun", "trained") for text in ("the play", "unseen"))),
    Claim("near-a-border",
          "Reduce length and the damage grows, because a larger share of all characters is near a border.",
          lambda f: min((cost := reset(f, "begun", "the play"))[1], cost[2], cost[5])
          > cost["mean"] > cost[25]),
    Claim("only-when-it-starts-over",
          "The course's train resets when the text starts over, and only then.",
          lambda f: abs(first_loss(starts_over=True) - first_loss(starts_over=False)) > 0.01
          and [chunk.starts_over for chunk in islice(chunks(np.arange(10), 3), 4)] == [1, 0, 0, 1]),
    Claim("no-clue",
          "must output each bit again exactly $d$ steps later. This is the echo task with lag $d$. The "
          "current bit gives no clue, so without memory half of the answers are right.",
          lambda f: abs(repeated(3, 0) - 1 / 2) < 0.02 and repeated(3, 3) == 1),
    Claim("four-but-not-three",
          "Four steps are enough and three are not. For a loss at step $t$ to reach the step that read the "
          "bit, the window must hold $t-3$, $t-2$, $t-1$ and $t$.",
          lambda f: _reaches(4, 3) == [4] and _reaches(3, 3) == [] and "not" in f.line("lag 3, window 3:")
          and "not" not in f.line("lag 3, window 4:")),
    Claim("one-mark-in-each-half",
          "Two of the marks are 1, one in each half of the sequence, and at the end the network must "
          "output the sum of the two marked values.",
          lambda f: two_are_marked()),
    Claim("shows-itself",
          "In the echo task truncation all but forbade such learning, because with small weights no pair "
          "within the window holds any hint of the task. The true law is this: a short window learns what "
          "shows itself, at least sometimes, within the window.",
          lambda f: all(abs(repeated(3, steps) - 1 / 2) < 0.02 for steps in range(3)) and repeated(3, 3) == 1
          and solved(f, "small weights (0.01)")[1] == (1, 200) and late_marks(length=100, steps=5) > 0.05
          and f.numbers("window 5: below a tenth of chance in") == [18, 20]),
    Claim("weight-2",
          "Its immediate effect is upward, through unit 0's own input and its near neighbours. The 13 far "
          "units push down, but later. Summed over all time, every unit reaches unit 0 with weight 2",
          lambda f: (seen := bias_of_truncation(100))[0] == 1 and seen[9] == 10 and seen[-1] < 0
          and np.allclose(np.linalg.inv(np.eye(23) - influence_balancing_system(23, 10)[0])[0], 2)),
    Claim("further-back-is-worse",
          "The error is largest at 19, so up to a window of 19, looking a little further back makes the "
          "error worse.",
          lambda f: (off := np.abs(bias_of_truncation(100) + 6)).argmax() == 18
          and (np.diff(off)[:18] > 0).all()),
    Claim("now-and-then-it-leaps",
          "Most estimates are far too small, but now and then a long backward pass is multiplied by "
          "$1/0.9^{50} = 194$ or more, and the mean leaps.",
          lambda f: np.median(found := random_truncations(lag_terms(1.0, 100), 0.9, 10_000,
              np.random.default_rng(0)) / lag_terms(1.0, 100).sum()) < 0.3 and found.max() > 100
          and round(1 / 0.9**50) == 194),
    Claim("nk-steps",
          "Update 1 walks back $k$ steps, update 2 walks $2k$, and update $n$ walks $nk$.",
          lambda f: [kept_pairs(9, 3, 9)[3 * n - 1].sum() for n in (1, 2, 3)] == [3, 6, 9]),
    Claim("no-loss-gets-past",
          "In the forward pass nothing is cut. In the backward pass, no loss of chunk 2 or 3 gets past the "
          "beginning of its chunk.",
          lambda f: f.numbers("loss in chunks")[0] == f.numbers("loss in chunks")[1] > 0
          and _goes_back(into_the_state=False) and not _goes_back(into_the_state=True)),
    Claim("plain-numbers", "A state is handed on as plain numbers, without any gradient.",
          lambda f: _goes_back(into_the_state=False) and not _goes_back(into_the_state=True)),
    Claim("two-steps-between",
          "The window must hold the step of the loss, the step that read the bit, and the two steps between.",
          lambda f: _reaches(2 + 2, 3) == [4] and _reaches(3, 3) == []),
    Claim("in-chunks-the-border",
          "A sliding window (k1 = 1) gives every loss its {k} steps. In chunks the border decides.",
          lambda f: set(kept_pairs(9, 1, 4).sum(axis=1)[3:]) == {4}
          and kept_pairs(8, 4, 4).sum(axis=1).tolist() == 2 * [1, 2, 3, 4]),
    Claim("worst-at-nineteen",
          "The curve first climbs away from the truth, is worst at 19, crosses zero at 41 and settles at −6. "
          "With a window of up to 40, training moves away from the best theta, and from 41 on it moves "
          "towards it.",
          lambda f: (seen := bias_of_truncation(100)).argmax() == 18 and abs(seen[-1] + 6) < 0.01
          and all(seen[:40] > 0) and all(seen[40:] < 0)),
)


LAYOUTS = Shipped("lesson04/loss_of_layout.jsonl", "",
                  Sweep(loss_of_layout, {"layout": ["streams", "dealt", "shuffled"]}),
                  range(200, 220), 0.3, ())
FRESH = Shipped("lesson04/fresh_gradient.jsonl", "", Sweep(fresh_gradient, {"cell": ["RNN", "LSTM"]}),
                range(200, 220), 0.2, ())


def solved_by(seed: Seed, scale: float | None, lag: int, windows: Iterable[int]) -> int:
    """With how many windows the network of a seed solves the echo task."""
    return sum(seed(scale=scale, lag=lag, window=window)["accuracy"] > 0.95 for window in windows)


def slower_and_less_exact(seed: Seed) -> bool:
    """Whether a window of 5 needs more updates than one of 100, and ends with a larger error."""
    short, whole = (np.array(seed(window=window)["errors"]) for window in (5, 100))
    return bool(np.argmax(short < 0.05) > np.argmax(whole < 0.05) and short[-1] > whole[-1])


REPLICATED = (
    Replicated("half-a-step", "In the fresh network each step back leaves about half", FRESH,
               lambda seed: all(0.4 < seed(cell="RNN")[str(lag)] ** (1 / lag) < 0.6 for lag in (1, 2, 8)),
               said=(20, 20)),
    Replicated("open-lstm-hardly-fades", "after the first step its gradient hardly fades", FRESH,
               lambda seed: seed(cell="LSTM")["60"] > seed(cell="LSTM")["1"] / 2, said=(20, 20)),
    Replicated("within-ten-degrees",
               "Even in chunks of 10 its gradient is within ten degrees of the full one", FRESH,
               lambda seed: seed(cell="RNN")["cosine"] > np.cos(np.pi / 18), said=(20, 20)),
    Replicated("dealt", "it fell to between 2.01 and 2.06 nats with dealt chunks", LAYOUTS,
               lambda seed: seed(layout="dealt"), (2.01, 2.06)),
    Replicated("in-streams", "to between 1.89 and 1.93 nats with streams", LAYOUTS,
               lambda seed: seed(layout="streams"), (1.89, 1.93)),
    Replicated("shuffled", "a good habit elsewhere, does nearly as much damage", LAYOUTS,
               lambda seed: seed(layout="shuffled") > (seed(layout="streams") + seed(layout="dealt")) / 2,
               said=(20, 20)),
    Replicated("staircase", "every run is solved, but with $k \\le d$", "04/echo", lambda seed: all(
        solved_by(seed, 0.01, lag, range(lag + 1, 9)) == 8 - lag for lag in range(1, 6))),
    Replicated("nothing-below", "only 9 of 280 runs are", "04/echo", lambda seed: not any(
        solved_by(seed, 0.01, lag, range(1, lag + 1)) for lag in range(2, 6))),
    Replicated("by-itself", "one step of memory comes by itself in 157 of 160 runs", "04/echo",
               lambda seed: solved_by(seed, 0.01, 1, range(1, 9)) == 8),
    Replicated("taught", "Frozen networks remember nothing beyond one step", "04/echo_frozen",
               lambda seed: all(seed(scale=0.01, lag=lag)["accuracy"] < 0.7 for lag in range(2, 6))),
    Replicated("frozen-solves", "First, the frozen network solves nearly everything", "04/echo_frozen",
               lambda seed: sum(seed(scale=None, lag=lag)["accuracy"] > 0.95 for lag in range(1, 6)) >= 4),
    Replicated("window-of-one", "most runs with a window of 1 are solved too", "04/echo",
               lambda seed: sum(solved_by(seed, None, lag, [1]) for lag in range(2, 6)) > 2),
    Replicated("destroyed", "destroyed that memory in 176 of 200 runs", "04/echo",
               lambda seed: sum(solved_by(seed, None, lag, range(2, lag + 1)) for lag in range(2, 6)) <= 2),
    Replicated("a-window-of-two", "The other 24 have a window of 2", "04/echo", lambda seed: not any(
        solved_by(seed, None, lag, range(3, lag + 1)) for lag in range(3, 6))),
    Replicated("border-at-eleven", "Shorter windows never teach the lag", "04/echo_ten", lambda seed: not any(
        seed(scale=0.01, window=window)["accuracy"] > 0.95 for window in (5, 9, 10))),
    Replicated("beyond-the-border", "11 or more do so in 73 of 80 runs", "04/echo_ten", lambda seed: sum(
        seed(scale=0.01, window=window)["accuracy"] > 0.95 for window in (11, 12, 15, 20)) >= 3),
    Replicated("a-tenth-of-chance", "the error falls below a tenth of chance in 18 of 20 runs",
               "04/adding_window", lambda seed: seed(window=5)["errors"][-1] < 1 / 60),
    Replicated("keeps-more", "a fresh network keeps half of the state at each step", "04/adding_window",
               lambda seed: seed(window=5)["update_gate"][-1] > 0.7),
    Replicated("slower-and-less-exact", "truncation made learning long lags slower and less exact",
               "04/adding_window", slower_and_less_exact),
)

NOT_REPLICATED = (
    NotReplicated("Its cosine with the full one is 0.56", "one network"),
    NotReplicated("reaches more than five times as far as that of fresh", "one network"),
    NotReplicated("has learnt more than the one called begun, and truncation costs it more", "one network"),
    NotReplicated("The bias of truncation is invisible until there is a memory to lose", "one network"),
    NotReplicated("A direction that is some 50 degrees wrong still goes downhill", "one network"),
    NotReplicated("The sliding curve climbs until the window has 11 steps", "one network"),
    NotReplicated("Chunks of 11 are a good deal worse than a sliding window of 11", "one network"),
    NotReplicated("a short window leaves only a small part", "one network"),
    NotReplicated("chunks of 50 give a better direction than a sliding window of 10", "one network"),
    NotReplicated("A reset costs most at the start, and the network catches up", "one network"),
    NotReplicated("A wrong state costs more than none", "one network"),
    NotReplicated("the one that has learnt more has more to lose", "one network"),
    NotReplicated("what they carry is mostly about this play", "one network"),
    NotReplicated("a short window learns what shows itself, at least sometimes", "these runs"),
    NotReplicated("For every window up to 40 the sign is wrong", "calculated"),
    NotReplicated("The mean of ten thousand is still off by 8 %", "calculated"),
)


def _reaches(k: int, lag: int) -> list[int]:
    """The steps of a chunk of k steps whose loss looks at the input `lag` steps before."""
    return [n for n in range(1, k + 1) if n - 1 >= lag]


def _listed(copied: bool) -> list[float]:
    """What is in a list, or in a first total, of one array that each of three chunks writes into."""
    array, found = np.zeros(1), []
    for chunk in range(3):
        array[:] = chunk
        found.append(array.copy() if copied else array)
    return np.ravel(found).tolist()


def _dealt() -> list[int]:
    """What row 0 of three reads, if 24 symbols are dealt to the rows in pieces of four."""
    return np.arange(24).reshape(2, 3, 4)[:, 0].ravel().tolist()


def _kept(chunk: int) -> np.ndarray:
    """What a cut leaves of the table of a gradient over six steps whose every part is 1."""
    step = np.arange(6)
    return (step[:, None] >= step) & (step[:, None] // chunk == step // chunk)


def _left(chunk: int) -> list[float]:
    """By lag, what it leaves of the gradient."""
    return [np.trace(_kept(chunk), -lag) for lag in range(6)]


def _stale(step: float) -> float:
    """How far a carried state is from the state that weights moved by about `step` would have made."""
    rng = np.random.default_rng(0)
    model, x = CharModel(RNN(5, 8), rng), rng.integers(5, size=(20, 1))
    carried = model.loss(x, x)[1][0].copy()
    model.params.vector += step * rng.standard_normal(model.params.vector.size)
    return float(np.abs(model.loss(x, x)[1][0] - carried).max())


def _goes_back(into_the_state: bool) -> bool:
    """Whether a second chunk's gradient is the one measured with its first state made anew or held fixed."""
    model, x = CharModel(RNN(3, 2), np.random.default_rng(0), scale=1.0), np.array([[0], [1], [2], [1], [2]])
    _, held = model.loss(x[:2], x[:2])
    found = model.loss_and_grads(x[2:], x[2:], held)[1].vector.copy()
    return np.allclose(found, numerical_gradient(lambda: model.loss(
        x[2:], x[2:], model.loss(x[:2], x[:2])[1] if into_the_state else held)[0], model.params.vector))


SOLVED = (       # claims of the worked solutions
    Claim("the-last-k-minus-lag",
          "The bit was read at step $t - 10$ and the loss is at step $t$. With both ends counted, that's "
          "11 steps. In a chunk of $k$ steps the loss at step $n$ looks at its own step and $n - 1$ "
          r"earlier ones, so it needs $n \ge \text{lag} + 1$. Of the steps 1 to $k$, those are the last $k "
          r"- \text{lag}$, if there are any.",
          lambda f: all(_reaches(k, lag) == list(range(lag + 1, k + 1))
              and len(_reaches(k, lag)) == max(0, k - lag)
              for k, lag in ((11, 10), (20, 10), (5, 10))) and _reaches(11, 10) == [11]
          and round(1 / 11, 2) == f.number("window 11:")),
    Claim("a-small-share-is-enough",
          "Where it is 0, nothing is learnt. However, a small share is enough, because the same loss comes "
          "round in every chunk.",
          lambda f: all((share > 0) == (right > 0.9) and share < 0.6 for share, right in (
              f.numbers(f"window {window:2}:")[:2] for window in (5, 9, 10, 11, 12, 15, 20)))),
    Claim("the-same-array-over-and-over",
          "A list of all the grads.vector would hold the same array over and over, with the gradient of "
          "the last chunk in it. A total that is the first grads.vector would be overwritten in the same "
          "way.",
          lambda f: _listed(copied=False) == [2, 2, 2] and _listed(copied=True) == [0, 1, 2]),
    Claim("n-times-n-plus-1",
          r"Update $n$ walks back through $n$ chunks. All updates together walk back through $k\,(1 + 2 + "
          r"\dots + n) = k\,n(n+1)/2$ steps, and all $nk$ states have to be kept.",
          lambda f: all(k * sum(range(1, n + 1)) == k * n * (n + 1) / 2 for k, n in ((25, 1000), (3, 4)))
          and f.numbers("updates of 25 steps:") == [25 * 1000 * 1001 / 2, 25 * 1000]),
    Claim("each-takes-longer", "each update takes longer than the last",
          lambda f: f.numbers("updates of 25 steps:") == [25 * sum(range(1, 1001)), 25 * 1000]),
    Claim("of-no-loss",
          "And the gradient isn't even the true one. The states of chunk 1 were made with the weights of "
          "that time. Since then the weights have moved, and nobody has read chunk 1 again. "
          "Backpropagation through such a mixture gives the gradient of no loss at all. The smallest "
          r"example is $h_2 = w\,h_1$ with $h_1 = w\,h_0$ and $h_0 = 1$, so that $h_2 = w^2$ and $dh_2/dw "
          "= 2w$:",
          lambda f: f.number("never cut:") == 0.5 + 0.9 and all(abs(f.number("never cut:") - one) > 0.1
              for one in f.numbers("for the new weight it is"))
          and abs(((0.9 + 1e-6)**2 - (0.9 - 1e-6)**2) / 2e-6 - 2 * 0.9) < 1e-6),
    Claim("leaps-over-the-other-rows",
          "The faulty function takes batch × length characters of running text and deals them to the rows, "
          "chunk by chunk. Within a chunk a row reads running text, but at the border it leaps over the "
          "chunks of all other rows. The fixed function cuts the whole text into rows first.",
          lambda f: np.diff(_dealt()).tolist() == [1, 1, 1, 1 + (3 - 1) * 4, 1, 1, 1]),
    Claim("something-from-every-lag",
          "A lag is a distance between two steps, so its part is along a diagonal of the table. A cut is a "
          "wall between two positions. It takes something from every lag but 0, a little from the short "
          "lags and everything from lags at least as long as a chunk. So what is kept isn't a sum of whole "
          "parts. What is kept lies in squares along the diagonal, one square for each chunk.",
          lambda f: (before := _left(6)) == f.numbers("by lag:")
          and sum(_left(3)) == f.numbers("in chunks of 3:")[0]
          and [kept / whole for kept, whole in zip(_left(3), before, strict=True)] == [1, 0.8, 0.5, 0, 0, 0]
          and np.array_equal(_kept(3), np.kron(np.eye(2), np.tri(3)))),
    Claim("no-line-for-the-cut",
          "Where is the cut? There is no line for it. The backward pass of loss_and_grads stays within the "
          "chunk that it was given, because the state that went in is just an array of numbers.",
          lambda f: [line for line in f.printed if line in ("True", "False")] == ["True", "False"]
          and _goes_back(into_the_state=False) and not _goes_back(into_the_state=True)),
    Claim("carried-but-stale",
          "(In truncated training, too, the carried state is stale. However, that error is small if the "
          "weights move slowly, and nobody walks back through it.)",
          lambda f: 0 < _stale(1e-4) < 1e-3 < 0.1 < _stale(1) and not _goes_back(into_the_state=True)),
)
