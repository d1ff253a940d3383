"""What lesson 10 claims."""

import math
import pickle
import re
from functools import cache
from itertools import pairwise

import numpy as np

from helpers.data.lessons import ROOT
from helpers.lessons.lesson10.checks import check_gate_order, check_gru_biases
from helpers.lessons.lesson10.drawings import gate_layouts
from helpers.lessons.lesson10.faults import HEALTHY, what_it_says
from helpers.lessons.lesson10.pictures import plot_program
from helpers.lessons.prose_facts import Claim, Facts, labels, notebook
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.networks import GRU, LSTM, SGD, Adam, Optimizer, Parameters, nll, numerical_gradient, softmax
from helpers.networks.cells.plain import gru_step, lstm_step
from helpers.runs import Shipped, Sweep, load_run


def told_ahead(f: Facts, size: str) -> dict[str, float]:
    """How many times faster NumPy is at one size, by cell; below 1 where PyTorch is."""
    halves = f.line("On one thread NumPy is faster").split("PyTorch:")
    return {cell: float(times) ** power for half, power in zip(halves, (1, -1), strict=False)
            for cell, times in re.findall(rf"(RNN|GRU|LSTM)[^;]*? {size} (\d+\.\d)", half)}


def melts(f: Facts) -> bool:
    """Whether NumPy is ahead of PyTorch at the small size, and less so at larger ones, with each cell."""
    small, medium, large = (told_ahead(f, size) for size in ("small", "medium", "large"))
    return all(small[cell] > 2 and small[cell] > medium[cell] > 0.9 and small[cell] > large[cell]
               for cell in ("RNN", "GRU", "LSTM"))


@cache
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


def in_order(*words: str) -> bool:
    """Whether a code cell of the lesson has all these words, in this order."""
    return notebook("10").in_order(*words)


def walked(way: int) -> list[float]:
    """What section 3's three steps each add to w.grad, their notes walked backward, -1, or not, 1."""
    h, d, found = [1.0], 1.0, []
    for _ in range(3):
        h.append(math.tanh(0.5 * h[-1]))
    for before, after in list(pairwise(h))[::way]:
        d *= 1 - after**2
        found.append(d * before)
        d *= 0.5
    return found


def sums_up(f: Facts) -> bool:
    """Whether autograd walks backward and adds up, over steps and over calls, as far as it is let."""
    return (len(walked(-1)) == 3 and round(sum(walked(-1)), 6) == f.number("autograd") == f.number("by hand")
            != round(sum(walked(1)), 6) and "True" in f.line(".grad is the sum of both:")
            and says("right")[1] < says("E")[1] and f.line("the graph of the first chunk"))


def moves(biases: int, optimizer: Optimizer) -> float:
    """How far the sum of so many biases moves in an update, of a loss that depends on their sum."""
    p = Parameters({"b": (biases,)})
    grads = p.zeros_like()
    grads.vector = numerical_gradient(lambda: math.sin(p.vector.sum()), p.vector)
    optimizer.update(p, grads)
    return abs(p.vector.sum())


def candidate(r: float, outer: float, inner: float) -> float:
    """The candidate of a GRU of one unit whose reset gate is 0 or 1, with these two biases."""
    p = GRU(1, 1).init(np.random.default_rng(0))
    p.b_h[:], p.b_hn[:] = (200 * r - 100, 0, outer), inner
    return round(float(gru_step(p, np.ones((1, 1)), np.ones((1, 1)))[1][2][0, 0]), 9)


def cut() -> list[float]:
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
    short, long = first + second, np.linalg.norm(whole)
    return [np.abs(np.concatenate([h_1, h_2]) - h).max(), np.linalg.norm(short) / long,
            np.sum(short * whole) / np.linalg.norm(short) / long]


def needs_both(f: Facts) -> bool:
    """Whether a GRU's candidate needs two biases, and a gate their sum, as in exercise 10.2."""
    def answer(b_ih, b_hh):
        H = len(b_ih) // 3
        return np.concatenate([(b_ih + b_hh)[: 2 * H], b_ih[2 * H :]]), b_hh[2 * H :]

    return (candidate(0, 0, 0) == candidate(0, 0, 1) != candidate(0, 1, 0)
            and candidate(1, 0, 1) == candidate(1, 1, 0) != candidate(1, 0, 0)
            and set(check_gru_biases.result(answer).mistakes.values()) == {None})


def by_its_number(f: Facts) -> bool:
    """Whether a round goes through all lines in an order that is the same each time, and not in another."""
    def order(number):
        return np.random.default_rng(number).permutation(439).tolist()

    return (sorted(order(3)) == list(range(439)) and order(3) == order(3) != order(2)
            and in_order("default_rng(number).permutation(len(kept))", "torch.manual_seed(number)")
            and "True" in f.line("gone on with weights and optimiser"))


def as_a_whole(f: Facts) -> bool:
    """Whether the lesson's checkpoint has all three parts, is first written elsewhere, and can be loaded."""
    return (in_order('"net": net.state_dict(), "optimizer": optimizer.state_dict(), "rounds": rounds',
                     'torch.save(whole, f"{path}.new")', 'os.replace(f"{path}.new", path)')
            and "True" in f.line("as the network that was trained:"))


def give_themselves_away(f: Facts) -> bool:
    """Whether ln V, measuring twice, loading again and distrust find B (a floor), F, A, D, G and C."""
    return (max(abs(f.number("before:") - math.log(61)), abs(says("F")[1] - math.log(61))) < 0.05
            and says("F")[0] == says("F")[1] > 1 < math.log(math.e + 60) - 1 < says("B")[1]
            and [letter for letter in "ABCDEFG" if says(letter)[2] != says(letter)[1]] == ["A"]
            and [letter for letter in "ABCDEFG" if says(letter)[3] > 1 + says(letter)[2]] == ["D"]
            and [letter for letter in "CDEG" if says(letter)[1] < says("right")[1] - 0.1 < says(letter)[4]]
            == ["C", "G"])


def both_move(f: Facts) -> bool:
    """Whether the sum of two biases moves twice as far as one bias."""
    return all(np.isclose(moves(2, how(0.01)), 2 * moves(1, how(0.01))) for how in (Adam, SGD))


def numbers_go_on(f: Facts) -> bool:
    """Whether a cut changes no output and loses some gradient, and no cut is an error."""
    return (cut()[0] < 1e-9 and cut()[1] < 0.95 and f.line("with detach it") == "with detach it works"
            and "RuntimeError" in f.line("the graph of the first chunk is gone"))


def adam_forgets(f: Facts) -> bool:
    """Whether Adam remembers two averages and a number, gradient descent nothing, and it is missed."""
    return (len(Adam.remembers) == 2 and hasattr(Adam(0.01), "updates") and not SGD.remembers
            and "True" in f.line("gone on with weights and optimiser")
            and "False" in f.line("gone on with the weights alone"))


CLAIMS = (
    Claim("same-numbers", "The numbers agree to ten digits",
          lambda f: "True" in f.line("equal to 10 digits:")),
    Claim("all-gradients", "derived in lessons 03 and 07 are the ones that the library finds",
          lambda f: all("True" in f.line(f"{cell} outputs and all gradients")
                        for cell in ("RNN ", "GRU ", "LSTM"))),
    Claim("by-a-machine",
          "In the forward pass every operation notes what it did and with which numbers, in a list called "
          "the graph (or cache). loss.backward() walks that list from the end to the start, and at each note "
          "it multiplies the arriving gradient by the local derivative. That is lesson 03, done by a machine",
          sums_up),
    Claim("gradients-add-up",
          "For example, a weight used at three steps gets three contributions, added into w.grad: the sum "
          "over time. But the adding doesn't stop at the end of the pass. Call backward for a second loss, "
          "and its gradient is added as well. That is why every loop has the line",
          sums_up),
    Claim("noted-and-walked",
          "Autograd notes the forward pass and walks it backward. Use zero_grad because gradients add up, "
          "and detach because the graph goes on.", sums_up),
    Claim("without-the-notes",
          "In lesson 04 the state was carried from chunk to chunk, but the gradient was not. In PyTorch the "
          "state that comes out of one chunk still belongs to the graph of that chunk. state.detach() gives "
          "the same numbers without the list of notes, so it is truncation.",
          lambda f: numbers_go_on(f) and in_order("optimizer.step()", "s.detach() for s in state")),
    Claim("cut-or-error",
          "The error is a friend, because it tells you that you were about to differentiate through the "
          "whole past.", numbers_go_on),
    Claim("one-line", "One curve covers the other",
          lambda f: f.numbers("the loss falls from")[:4] == 2 * f.numbers("the loss falls from")[:2]
          and f.numbers("the two losses never differ by as much as")[0] == 1e-10),
    Claim("the-same-unseen", "holds what has to be saved",
          lambda f: f.number(", ours ") == f.number("loaded again ") == f.number("held out ") > 0),
    Claim("small-several-times", "For small networks NumPy wins",
          lambda f: min(told_ahead(f, "small").values()) > 2),
    *(Claim(name, words, melts) for name, words in {
        "the-lead-melts": "What costs is the ceremony around each: choosing a routine, checking types, "
                          "noting it in the graph. As the matrices grow, the arithmetic takes over, and "
                          "NumPy's lead melts away.",
        "small-and-large": "For small networks the ceremony costs more than the arithmetic. For large ones "
                           "NumPy's lead melts, and on GPUs the library wins."}.items()),
    Claim("packed-as-alone", "the last state of each sequence is the one after its own last symbol",
          lambda f: "True" in f.line("packed, ends as it does alone") and "True" in f.line("but not packed")),
    Claim("not-all",
          "A run is more than its weights. Adam keeps two averages for each weight and the number of its "
          "steps (lesson 05). Without them the first steps after the break are different, and so is "
          "everything that follows.", adam_forgets),
    Claim("it-learns", "A program that runs to the end can be wrong",
          lambda f: f.number("after four rounds") < f.number("before:") / 2),
    Claim("answers", "A program that knows only how the network is made loads a file",
          lambda f: "True" in f.line("it goes on from what was asked")
          and "True" in f.line("as the network that was trained")),
    Claim("one-of-ours",
          "The embedding times $W_{xh}$ is a $W_{xh}$ again, with a row for each symbol, so this network, "
          "too, is one of ours.",
          lambda f: (np.ones((61, 16)) @ np.ones((16, 3 * 64))).shape == GRU(61, 64).shapes["W_xh"]
          and "CharModel(GRU(61, 64)" in f.line("28,221 parameters")
          and "True" in f.line("the same loss, to 5 digits")),
    Claim("measured-twice", "Measured twice, are the two numbers equal?",
          lambda f: f.number("held out, measured again ") != f.number("; it reports ")),
    Claim("what-is-for-training-only",
          "Before you measure the network on unseen text, call eval(), which switches off what is for "
          "training only",
          lambda f: f.says("eval() switches dropout off, and train() switches it on.")
          and f.number("loaded again ") == f.number("held out ")
          and f.number("held out, measured again ") != f.number("; it reports ")),
    Claim("not-known-not-moved",
          "it neither saves nor moves it. On a GPU the program with the plain tensor stops immediately, with "
          "a message about two devices. But on a CPU the program goes on, until someone loads what it saved.",
          lambda f: "plain" not in f.line("saved:") and f.line("plain tensor is now").endswith("cpu")
          and f.line("buffer       is").endswith("meta") and f.line("embedding    is").endswith("meta")
          and says("D")[1] == says("D")[2] < says("D")[3] - 1),
    Claim("found-moved-saved",
          "nn.Module finds, moves and saves the parameters of everything in it. nn.Linear is our readout, "
          "and one_hot makes the input rows.",
          lambda f: "embed.weight" in f.line("saved:") and f.line("embedding    is").endswith("meta")
          and in_order("read_out.weight[:] = torch.from_numpy(model.params.W_hy.T)")),
    Claim("one-update",
          "One update goes forward, computes the loss (cross_entropy is softmax and mean surprise in one), "
          "sets the old gradients to zero, goes backward, clips, and takes a step.",
          lambda f: in_order("net(inputs, state)", "cross_entropy(scores", "zero_grad()", "backward()",
                             "clip_grad_norm_(", "optimizer.step()")
          and 3 < math.log(math.e + 60) - 1 < says("B")[1]),
    Claim("twice-as-far",
          "Its second bias stays 0 and isn't trained, because otherwise the sum of the two would move twice "
          "as far as our one bias.",
          lambda f: both_move(f) and in_order("bias_hh_l0.requires_grad_(False)")
          and "True" in f.line("the same gradient:")),
    Claim("neighbours",
          "PyTorch stacks the gates in the order i, f, g, o, but we have i, f, o, g, so that the three "
          "sigmoids are neighbours. If you carry the weights over without care, their shapes fit, and the "
          "network computes nonsense without complaint.",
          lambda f: is_theirs(f) and theirs(np.ones((3, 8))).shape == np.ones((3, 8)).T.shape
          and [gate.min() < 0 for gate in lstm_step(LSTM(1, 9).init(np.random.default_rng(0)), np.ones(
              (1, 1)), *np.zeros((2, 1, 9)))[2]] == [False, False, False, True]),
    Claim("needs-a-second",
          r"In one place the GRU does need the second bias. In the candidate $n = \tanh(x W_{xn} + b_n + "
          r"r\,(h_{t-1} W_{hn} + b_{hn}))$ the reset gate multiplies the inner bias but not the outer one. "
          r"That is why our GRU has a b_hn.", needs_both),
    Claim("the-sum-or-not", "For r and z it's the sum. For n, b_ih stays outside, and b_hh becomes b_hn.",
          needs_both),
    Claim("each-of-the-two",
          "The state of an LSTM is a pair, and you have to detach each of the two.",
          lambda f: [len(cell(2, 3).forward(cell(2, 3).init(np.random.default_rng(0)), np.ones((4, 1, 2)))[1])
                     for cell in (LSTM, GRU)] == [2, 1]),
    Claim("from-the-end",
          "Bidirectional networks have a second network that reads from the end, for tasks where the whole "
          "sequence is known.",
          lambda f: f.numbers("layers times directions:") == [2 * 2, 3, 16]
          and f.numbers("states of the top layer (T, B, 2H):")[-1] == 2 * 16),
    Claim("eleven-binary-digits",
          "However, on NVIDIA's cards since 2020, PyTorch computes recurrent layers in TensorFloat-32 by "
          "default. This format rounds the factors of each product to 11 binary digits, so only about three "
          "decimal digits agree.",
          lambda f: f.line("TensorFloat-32 in recurrent layers on a GPU").endswith("True")
          and 3 <= -math.log10(2**-11) < 3.5),
    Claim("shorter-rows",
          "gives each symbol a shorter row $e$ of 16 numbers, which are trained. This row is the cell's "
          r"input, so $x_t W_{xh}$ becomes $e(x_t)\, W_{xh}$. With 61 symbols that saves two thirds of the "
          "numbers, and with a whole dictionary of words it saves nearly all of them.",
          lambda f: [round(3 * (1 - 16 * (V + 192) / (V * 192)), 1) for V in (61, 100_000)] == [2, 2.7]
          and in_order("Embedding(number_of_symbols, 16)", "GRU(16, hidden_size)")),
    Claim("real-symbols-only",
          "The targets are packed in the same way, so the loss counts real symbols only.",
          lambda f: in_order("net(pack([line[:-1]", "pack([line[1:]") and says("C")[1] < says("right")[1]),
    *(Claim(name, words, by_its_number) for name, words in {
        "all-lines-once": "goes through all lines once, in an order that depends on the number of the round "
                          "alone. So round 3 is the same whenever you run it.",
        "no-generator-saved": "The order of the lines and dropout's masks come from the number of the round, "
                              "because otherwise the random generators would have to be saved as well."
    }.items()),
    Claim("a-fifth-while-it-trains",
          "sets a random fifth of $h$ to 0 against overfitting. eval() switches dropout off, and train() "
          "switches it on.",
          lambda f: in_order(f"torch.nn.Dropout({1 / 5})", "self.dropout(h.data)")
          and in_order("net.eval()", "loss_of(", "net.train()") and says("A")[4] < min(says("A")[1:4])),
    *(Claim(name, words, as_a_whole) for name, words in {
        "one-is-whole": "The new one is written beside the old one and then takes its place, so if the "
                        "program is stopped, one of the two is there, whole.",
        "holds-and-replaces": "A checkpoint holds the weights, the optimiser and the number of the round, "
                              "and replaces the old one as a whole. Anyone who knows how a saved model was "
                              "made can load it."}.items()),
    Claim("no-strangers-file",
          "weights_only=True is meant to read numbers and run no code. Holes in it have been found and "
          "closed, so keep PyTorch up to date and don't load a stranger's file.",
          # a pickle may call what it likes; 2.6 closed CVE-2025-32434, a hole in weights_only
          lambda f: in_order("torch.load(path", "weights_only=True)")
          and pickle.loads(b"cbuiltins\nsum\n((I1\nI2\nltR.") == 3
          and '"torch>=2.6"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")),
    Claim("drawn-and-read-again",
          "The state is carried on, and each symbol is drawn from the softmax of the scores. At temperature "
          "0 the most probable symbol is taken.",
          lambda f: in_order("p = torch.softmax(scores[-1]", "torch.multinomial(p",
                             "if temperature else int(p.argmax())", "net(pack([torch.tensor([n])]), state)")
          and softmax(np.array([1, 2, 1.5]) / 1e-6).round(6).tolist() == [0, 1, 0]),
    Claim("sure-before-it-knows",
          r"is the loss $\ln V$? (Here that is 4.11. If not, the program is sure of something before it has "
          "learnt anything.)",
          lambda f: abs(f.number("before:") - math.log(61)) < 0.05 and round(math.log(61), 2) == 4.11
          and nll(9 * np.random.default_rng(0).normal(size=(99, 1, 61)), np.zeros((99, 1), int)).mean() > 5),
    *(Claim(name, words, give_themselves_away) for name, words in {
        "a-floor": "On 16 lines alone, after about a hundred rounds, does the loss come far below 1? If not, "
                   "a gradient doesn't arrive, or the loss has a floor.",
        "loaded-with-another-seed":
            "Loaded again, by a network made with another seed, is the loss the same? "
            "And a fifth question takes judgement: is the result too good to be true?",
        "ask-measure-load-distrust": r"Ask for $\ln V$ at the start, measure twice, load again, and distrust "
                                     "what is too good.",
        "why-they-stand-out": "because one line never moves, one stays high, and one is nearly 0."}.items()),
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
        "two-where-one-would-do":
            "And PyTorch has two biases where one would do, because cuDNN, NVIDIA's library for deep "
            "learning, has two. The two are only ever added.",
        "to-read-weights": "read PyTorch's weights: transposed, gates in another order, two biases,",
        "the-transpose-of-each": "So PyTorch keeps the transpose of each of our matrices.",
        "ours-but-transposed": "PyTorch's layers are ours, but transposed, with o and g swapped in the LSTM, "
                               "and two biases added. The numbers agree to ten digits."}.items()),
    *(Claim(name, words, is_theirs) for name, words in {
        "keeps-the-transpose": r"PyTorch computes $x_t W_{ih}^\top$, so what it keeps is the transpose.",
        "four-one-below-the-other": "It is the transpose: the four blocks of {H} are one below the other, in "
                                    "the order i, f, g, o. That is one gate. PyTorch stacks all four, as we "
                                    "do."}.items()),
    *(Claim(name, words, melts) for name, words in {
        "when-it-is-faster": "On a graphics processor, with large layers and many sequences side by side, it "
                             "is far faster. On one thread with a small network it is not, because the "
                             "ceremony around each operation costs more than its arithmetic.",
        "quickly-done": "The products are small. What costs is the ceremony around each, such as choosing a "
                        "routine, checking types and noting it in the graph. They are, and at this size they "
                        "are quickly done. Most of the time goes into what is around them. That is true for "
                        "large ones. As the matrices grow, NumPy loses its lead,"}.items()),
    Claim("both-the-whole-step",
          "It shares nothing with the other. The loss depends on the sum alone, so its derivative with "
          "respect to either is the same number. Both take the whole step.", both_move),
    *(Claim(name, words, numbers_go_on) for name, words in {
        "notes-thrown-away": "Here the state still belongs to the graph of the first chunk. For that, "
                             "PyTorch would have to keep the old notes, and the weights would have to stay "
                             "as they were. The first backward threw its notes away. The second walks back "
                             "to the border, tries to go on, and finds nothing.",
        "only-backward-is-cut": "The numbers stay as they are, so what was read still helps. Only the "
                                "backward pass is cut. A state is not a weight and is never trained. What is "
                                "cut is the path of the gradient through it. The numbers go on, but the "
                                "gradient stops at the border."}.items()),
    *(Claim(name, words, adam_forgets) for name, words in {
        "adam-remembers": "Adam divides by what it remembers of earlier gradients. That is gone, so the "
                          "first steps are different. With plain gradient descent it would be. Adam "
                          "remembers more than the weights.",
        "all-that-belongs-in-it": "The weights, the round and everything that the optimiser keeps belong in "
                                  "it. For Adam these are its two averages and the number of its steps. With "
                                  "the weights alone the next steps are different."}.items()),
    Claim("it-adds",
          "PyTorch does not count how often it was called. It adds. That would be true if backward overwrote "
          "it. But it adds, because a weight that is used often needs the sum. Gradients are added into "
          ".grad.", sums_up),
    Claim("in-no-state-dict",
          "It is in no state_dict, so the next program draws its own rows, and nothing fits. The rows do not "
          "move. But the cell and the readout learn to make do with them. They do, and it trains nearly as "
          "well. But they are gone when the program ends.",
          lambda f: "plain" not in f.line("saved:") and says("D")[1] < says("D")[0] - 0.5
          and says("right")[1] + 0.2 > says("D")[1] == says("D")[2] < says("D")[3] - 1),
    Claim("the-easiest-guesses",
          "These are the easiest guesses of all, and there are many. Padding is easy to guess. The mean over "
          "easy and real places is lower than over the real ones. They are guessed as well, with little "
          "loss.", lambda f: says("C")[1] < says("right")[1] < says("C")[4]),
    Claim("eval-before-train-after",
          "In the same order they give the same sum. Besides, only the seventh digit would differ. Measuring "
          "makes no step. Only step() moves weights. In training mode each pass drops different units. Call "
          "eval() before measuring and train() after.",
          lambda f: in_order("net.eval()", "loss_of(", "net.train()") and 1e-7 < np.finfo("f4").eps < 1e-6
          and [letter for letter in "ABCDEFG" if says(letter)[2] != says(letter)[1]] == ["A"]),
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
          "For the gates r and z the two biases are only ever added. In the candidate, however, r multiplies "
          r"only one of them: $n = \tanh(\ldots + b_n + r\,(\ldots + b_{hn}))$. "
          "Where r is 0, the inner bias has no effect, but the outer bias still does. So no single bias can "
          "do the work of both.", needs_both),
    Claim("the-same-numbers",
          "The state that detach returns has the same numbers, so the second chunk's outputs don't change. "
          "Only the backward pass ends at this state.",
          lambda f: [round(number, 2) for number in cut()] == [0, *f.numbers("the cut gradient has")]),
    Claim("sends-no-gradient",
          "You may detach the state in any line of the loop, as long as the next chunk gets the detached "
          "state. This chunk's loss isn't affected, because it depends on scores. ignore_index leaves the "
          "padding out of the sum and out of the number that the sum is divided by. A position that "
          "doesn't count in the loss sends no gradient, so the weights learn nothing from the padding.",
          lambda f: cut()[0] < 1e-9 and _without_padding()
          and "ignores the padding" in f.line("your loop carries the state")),
)
