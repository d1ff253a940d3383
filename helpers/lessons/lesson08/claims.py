"""What lesson 08 claims."""

import numpy as np

from helpers.data import Grammar
from helpers.lessons.lesson08.checks import patient
from helpers.lessons.lesson08.drawings import second_tale, surprise_over_text
from helpers.lessons.lesson08.floor import true_nll
from helpers.lessons.lesson08.own_network import without_unit
from helpers.lessons.lesson08.probes import (
    correlations,
    features,
    fix_gate,
    read_states,
    saliency,
    shifted_control,
    standardise,
    sum_by_kind,
)
from helpers.lessons.lesson08.shipped import load_snapshots, reach_at_first, untrained_underline
from helpers.lessons.lesson08.speedups import RACED, average, average_with_counts, fade, init_better
from helpers.lessons.lesson08.tales import SIZES, load_tales
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import CELLS as MADE
from helpers.networks import CharModel, Parameters, nll, numerical_gradient, relative_error, softmax
from helpers.runs import Shipped, Sweep, load_run

CELLS = ("RNN", "GRU", "LSTM")


def at_the_end(f: Facts) -> dict[str, list[float]]:
    """Median, lowest and highest held-out loss after equal updates, by cell."""
    line = "Held-out losses at the end, in nats per character: RNN"
    median, low, high, _, gru, gru_low, gru_high, _, lstm, lstm_low, lstm_high, *_ = f.numbers(line)
    return {"RNN": [median, low, high], "GRU": [gru, gru_low, gru_high], "LSTM": [lstm, lstm_low, lstm_high]}


def settings(f: Facts) -> list[list[float]]:
    """Least, median and highest loss of two settings of the sweep."""
    two = "32 units, rate 0.003", "16 units, rate 0.01"
    return [f.numbers(f"{setting}: least, median, most")[:3] for setting in two]



def learnt_by_heart() -> float:
    """Median loss at the end on the 10,000 characters that were trained on, without dropout."""
    runs = [run.value for run in load_run("08/dropout") if run.parameters["dropout"] == 0.0]
    return float(np.median([run["train"][-1] for run in runs]))


def after_seconds(f: Facts) -> list[list[float]]:
    """Median losses after 1, 3 and 9 seconds, in the order in which the sentence gives the cells."""
    found = f.numbers("Median held-out losses, in nats per character:")
    return [found[n + 1 : n + 4] for n in (0, 4, 8)]


def shares(f: Facts, kind: str) -> list[float]:
    """What RNN, GRU and LSTM pay for it, in per cent of all that they pay above the grammar."""
    return f.numbers(f"{kind:23}:")[:3]


def announced(f: Facts) -> list[float]:
    """The same for what a title announces."""
    return [sum(pair) for pair in zip(shares(f, "the two people"), shares(f, "the place and the thing"),
                                      strict=True)]


HO = Grammar({"S": [(1, "ho{S}"), (1, "ho!")]})


def shares_asked() -> np.ndarray:
    """Of a network's probability and of the counts', the shares in the interpolated one."""
    network, counts = np.array([0.8, 0.3]), np.array([0.1, 0.6])
    both = np.exp(-average_with_counts(-np.log(network), counts))
    return np.linalg.solve(np.column_stack([network, counts]), both)


def averaged(made: int) -> float:
    """How far update `made` moves the averaged weights towards the last ones."""
    mean = np.zeros(1)
    average(mean, np.ones(1), made)
    return float(mean[0])


def _surprise_and_dark() -> tuple[list[float], list[float]]:
    """How much each character with a ground surprises the network, and how dark its ground is."""
    surprise = [nats for letter, nats in zip(*second_tale(), strict=True) if letter != "\n" and nats > 4 / 32]
    return surprise, [3 - sum(ground.get_facecolor()[:3])
                      for ground in surprise_over_text().figure.axes[0].patches]


def _other_letters_surprise() -> float:
    """The share of letters inside words that surprise the network by more than an eighth of a nat."""
    text, nats = second_tale()
    inside = np.array([old.isalpha() and new.isalpha() for old, new in zip(" " + text, text, strict=False)])
    return float(np.mean(nats[inside] > 1 / 8))


def _clearly_above_controls(f: Facts) -> list[bool]:
    """By feature, in the order in which it is printed, whether its best unit is far above both controls."""
    found = np.reshape(f.numbers("Strongest correlations of single units on fresh text:"), (6, 3))
    return [own > 1.5 * max(controls) for own, *controls in found.tolist()]


def _by_chance() -> np.ndarray:
    """|r| of 300 units and a feature that have nothing to do with each other."""
    rng = np.random.default_rng(0)
    return np.abs(correlations(rng.normal(size=(100, 300)), rng.normal(size=100)))


def _made(cell: str, symbols: int, units: int, **more: float) -> CharModel:
    """A small network with fresh weights."""
    return CharModel(MADE[cell](symbols, units), np.random.default_rng(0), **more)


def _count(cell: str, V: int, H: int) -> int:
    """How many parameters exercise 8.1 finds."""
    k = {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
    return k * (V * H + H**2 + H) + H * V + V + H * (cell == "GRU")


def _seen_before(n: int) -> float:
    """The share of the held-out runs of n characters that are in the first tales, too."""
    tales = load_tales()
    counted = {tales.text[start : start + n] for start in range(20_000)}
    return float(np.mean([tales.heldout[start : start + n] in counted for start in range(1000)]))


def _thrown_at_first_letters() -> float:
    """The share of what the grammar pays for a few tales that falls on first letters."""
    tales = load_tales().heldout
    text = tales[: tales.index("\n\n\n") + 3]
    by_kind = sum_by_kind(text, true_nll(text))
    return by_kind["first letters of words"] / sum(by_kind.values())


def _written() -> list[str]:
    """What the LSTM writes after 0, 10, 100 and 200 updates, as the time machine shows it."""
    symbols, networks = load_tales().vocabulary, load_snapshots()
    return [symbols.decode(networks[updates].sample(
        symbols.encode("\n\n\n"), 150, np.random.default_rng(5), 0.7)) for updates in (0, 10, 100, 200)]


def _shifted() -> list[tuple[float, float]]:
    """|r| of each feature with itself, one character on and, at most, where the control shifts it."""
    return [(np.corrcoef(one, np.roll(one, 1))[0, 1],
             shifted_control(one[:, None], one, np.random.default_rng(0)).max())
            for one in features(load_tales().heldout[:12_000]).values()]


def _gates_fixed(value: int) -> list:
    """Which gates another text moves no more when o of unit 1 is fixed at a value, and where it is then."""
    model = fix_gate(_made("LSTM", 3, 2), "o", 1, value)
    one, other = (read_states(model, np.array(ids)) for ids in ([0, 1, 2], [2, 2, 0]))
    still = [(gate, unit) for gate in "ifo" for unit in (0, 1)
             if np.allclose(one[gate][:, unit], other[gate][:, unit], atol=1e-9)]
    return [still, round(float(one["o"][0, 1]))]


def _masks(share: float) -> np.ndarray:
    """What dropout multiplies 100,000 numbers by."""
    return (np.random.default_rng(1).random(100_000) >= share) / (1 - share)


def _with_dropout() -> tuple[list[float], list[np.ndarray]]:
    """Losses in training without dropout, twice with it, and with it on held-out text; the last states of
    the first two."""
    ids, without, model = np.array([[0], [1], [2]]), _made("RNN", 3, 8), _made("RNN", 3, 8, dropout=0.5)
    (loss, _, h), (first, _, hidden), (again, *_) = (
        one.loss_and_grads(ids, ids) for one in (without, model, model))
    return [loss, first, again, model.loss(ids, ids)[0]], [h, hidden]


def _promises_too_much() -> bool:
    """Whether the lowest of 35 equally good settings is low where it was chosen, but not with fresh luck."""
    chosen, fresh = np.random.default_rng(0).normal(size=(2, 1000, 35))
    again = fresh[np.arange(1000), chosen.argmin(axis=1)]
    return chosen.min(axis=1).mean() < -2 < -0.1 < again.mean() < 0.1


def _more_of_each() -> tuple[np.ndarray, list[float]]:
    """The saliency of two characters for a third, and by what rate its surprise rises with more of each."""
    model, ids = _made("RNN", 3, 4, scale=1), np.array([0, 1, 2])
    surprises = []
    for more in np.vstack([np.zeros((1, 2)), 1e-6 * np.eye(2)]):
        h, *_ = model.cell.forward(model.params, np.eye(3)[ids[:2], None] * (1 + more)[:, None, None])
        surprises.append(nll(h[-1] @ model.params.W_hy + model.params.b_y, ids[2:])[0])
    return saliency(model, ids), (np.subtract(surprises[1:], surprises[0]) / 1e-6).tolist()


def _together(network: list[float], counts: list[float]) -> list[bool]:
    """Whether both pay less than the mean of their losses, and less than either."""
    losses = -np.log([network, counts]).mean(axis=1)
    both = average_with_counts(-np.log(network), np.array(counts)).mean()
    return [bool(both < losses.mean()), bool(both < losses.min())]


def _better_start() -> Parameters:
    """Of a GRU that is to learn a text with 2, 1 and 0 of its characters."""
    model = _made("GRU", 3, 4)
    init_better(model, np.array([0, 1, 0]), np.random.default_rng(1))
    return model.params


def _read_by_nothing() -> bool:
    """Whether one unit's h, and no other's, changes nothing in a network without it."""
    model = without_unit(_made("GRU", 3, 4), 2)
    p, h = model.params, np.eye(4)
    return [not (h[unit] @ p.W_hh).any() and not (h[unit] @ p.W_hy).any() for unit in range(4)] == [
        False, False, True, False]


def _through_the_mask() -> list[float]:
    """How wrong the gradient of dropout's h is, through the mask of the forward pass and a fresh one."""
    rng = np.random.default_rng(0)
    h, W_hy, targets = rng.normal(size=(6, 5)), rng.normal(size=(5, 4)), rng.integers(4, size=6)
    mask, fresh = np.reshape(_masks(0.4)[:60], (2, 6, 5))
    measured = numerical_gradient(lambda: float(nll((h * mask) @ W_hy, targets).mean()), h)
    d_seen = (softmax((h * mask) @ W_hy) - np.eye(4)[targets]) / 6 @ W_hy.T
    return [relative_error(d_seen * one, measured) for one in (mask, fresh)]


def _less_often_seen(f: Facts) -> bool:
    """Whether longer runs have been seen less often, and counts of them pay more from n = 9 on."""
    losses = f.numbers("counted on the tales: n =")[1::2]
    return (_seen_before(5) > _seen_before(8) > _seen_before(12)
            and 2 * f.number("tales:") < losses[2] == min(losses) < losses[3] < losses[4])


def _bets_too_much(f: Facts) -> bool:
    """Whether 0.5 makes the likeliest likelier and all else less likely, and costs on held-out text."""
    low, usual = (softmax(np.array([2.0, 1.0, 0.0]) / t) for t in (0.5, 1))
    return ((low < usual).tolist() == [False, True, True]
            and f.number("temperature  0.5: held-out loss") > f.number("temperature  1.0: held-out loss"))


def _most_at_first_letters(f: Facts) -> bool:
    """Whether the grammar and all models pay most at the few first letters of words."""
    share, *losses = f.numbers("first letters of words       ")
    return share == 17 and _thrown_at_first_letters() > 0.6 and all(55 < loss < 65 for loss in losses[-4:])


def _reaches(f: Facts) -> list[float]:
    """Over how many steps the gradient reaches after 0, 10, 30 and 10,000 updates."""
    return [f.numbers(f"after {updates:>6} updates")[0] for updates in ("0", "10", "30", "10,000")]


def _not_at_quotation_marks(f: Facts) -> bool:
    """Whether the loss without unit 20 rises, but not there."""
    rise, there = f.numbers("o = 0 in unit 20: loss")[:2]
    return rise > 0.03 > there == 0


def _chosen_for_luck(f: Facts) -> bool:
    """Whether the best of many, by luck alone and in the shipped runs, mostly ends higher with new luck."""
    higher, of, by = f.numbers("the other seeds of the chosen setting end higher in")[:3]
    return _promises_too_much() and of / 2 < higher < of and by > 0


def _one_symbol(f: Facts) -> bool:
    """Whether an underline is where there is a "=", and an untrained unit follows it well."""
    return (f.number("inside an underline 0.84 (untrained") >= 0.84
            and features('A "=" (')["inside an underline"].tolist() == [0, 0, 0, 1, 0, 0, 0])


def _follows_untrained() -> bool:
    """Whether what an untrained network has read moves its states."""
    one, other = (read_states(_made("LSTM", 3, 2), np.array([first, 1]))["h"][-1] for first in (0, 2))
    return not np.allclose(one, other, atol=1e-6)


CLAIMS = (
    Claim("spread", "what this network knows is spread over all of it",
          lambda f: f.numbers("ablated one at a time, ")[1] > 0.01 and f.number("the five costliest: ") < 15),
    Claim("follows-and-is-cheap", "The unit that goes best with the underlines is among the cheapest",
          lambda f: f.numbers("inside an underline      unit  34:")[1] > 103),
    Claim("counting-rises", "more than twice the entropy, and *rises* from there on, because the longer a "
          "run of characters, the less often it has been seen.", lambda f: (
        _less_often_seen(f))),
    Claim("more-text-counts-further", "the 8-gram falls to 0.40 and the 10-gram to 0.38", lambda f: (
        [round(loss, 2) for loss in f.numbers("counted on 20 times the text: n =")[5:8:2]] == [0.4, 0.38])),
    Claim("entropy-of-ho", "On average, no model of this language can do better, because it would have to "
          "foresee the toss of a coin. This number is the **entropy** of the language.",
          lambda f: round(f.numbers("ho:")[2], 3) == round(float(np.divide(*HO.entropy("S"))), 3) == 0.277),
    Claim("less-to-be-unsure-of", "Make `ho!` three times as likely, `(3, \"ho!\")`. Does the entropy rise "
          "or fall? (It falls, to 0.20, because there's less to be unsure of.)", lambda f: (
        round(float(np.divide(*Grammar({"S": [(1, "ho{S}"), (3, "ho!")]}).entropy("S"))), 2) == 0.2
        < f.numbers("ho:")[2])),
    Claim("four-times-the-weights", "An LSTM of 96 units has four times the weights of a plain network of "
          "96. So we choose sizes with about the same number of parameters.", lambda f: (
        (weights := {cell: MADE[cell](61, 96).init(np.random.default_rng(0)).vector.size for cell in CELLS})[
            "LSTM"] == 4 * weights["RNN"] and np.ptp([f.numbers(f"{cell:4} of {units:3} units:")[0]
                                                      for cell, units in SIZES.items()]) in range(1, 400))),
    Claim("seed-picks-the-units", "with some of the seeds you'd have chosen 16 units, and with the others 32",
          lambda f: 0 < f.numbers("16 units end lower than")[1] < f.numbers("16 units end lower than")[2]),
    Claim("closer-than-one-setting", "The medians are closer to each other than the runs", lambda f: (
        abs(settings(f)[0][1] - settings(f)[1][1]) < min(most - least for least, _, most in settings(f)))),
    Claim("winners-curse", "in 17 of 20 cases the other seeds of the chosen setting end higher", lambda f: (
        f.numbers("the other seeds of the chosen setting end higher in")[:2] == [17, 20]
        and f.numbers("the other seeds of the chosen setting end higher in")[2] > 0.01)),
    Claim("cliff-of-the-plain-network", "the plain network ends lowest at 0.012, but the median",
          lambda f: f.numbers("RNN  at rate 0.012:")[0] < f.numbers("RNN  at rate 0.006:")[0]
          < 2 * f.numbers("RNN  at rate 0.012:")[0] < f.numbers("RNN  at rate 0.012:")[1] < 10),
    Claim("lstm-wants-the-largest-rate", "The LSTM needs by far the largest learning rate", lambda f: (
        "<- chosen" in f.line("LSTM at rate 0.048:") and "<- chosen" in f.line("GRU  at rate 0.012:")
        and "<- chosen" in f.line("RNN  at rate 0.006:") and f.numbers("LSTM at rate 0.006:")[0] > 1)),
    Claim("same-order", "with every seed: GRU 0.35 to 0.38, LSTM 0.37 to 0.41, RNN 0.41 to 0.43", lambda f: (
        [round(end, 2) for cell in ("GRU", "LSTM", "RNN") for end in at_the_end(f)[cell][1:3]]
        == [0.35, 0.38, 0.37, 0.41, 0.41, 0.43])),
    Claim("nine-seconds-are-the-grus", "the GRU after 3 with 17 and after 9 with all 20", lambda f: (
        "after 1 s LSTM" in f.line("Median held-out losses") and "after 3 s GRU" in f.line("Median held-out")
        and "after 9 s GRU" in f.line("Median held-out")
        and after_seconds(f)[2][0] < after_seconds(f)[2][1])),
    Claim("last-words-reveal-it", "Quotation marks and brackets make up 3 % of the loss, in all models, "
          "because the last few words nearly always reveal what closes.",      # seven characters will do
          lambda f: f.numbers("quotation marks and brackets   ") == [2, 8, 3, 3, 3, 3]),
    Claim("most-at-first-letters", "Some 60 % of the loss arises at the first letters of words, though only "
          "one character in six is a first letter. There the grammar throws its dice.", lambda f: (
        _most_at_first_letters(f))),
    Claim("names-forgotten", "all pay more than 3.5 nats where the grammar pays 0.78", lambda f: (
        min(f.number(f"{cell:7}:") for cell in CELLS) > 3.5 and f.number("grammar:") == 0.78)),
    Claim("title-makes-three-tenths", "the place and the thing of the title make up about three tenths of it",
          lambda f: all(26 <= share <= 34 for share in announced(f))),
    Claim("full-lines-make-an-eighth", "the ends of full lines, where columns must be counted, an eighth",
          lambda f: all(11 <= share <= 14 for share in shares(f, "ends of full lines"))),
    Claim("half-without-a-choice", "More than half of the total is paid where the grammar has *no choice*. "
          "The networks don't quite know its rules.",
          lambda f: all(50 < share < 60 for share in shares(f, "no choice there"))),
    Claim("one-is-the-best-temperature", "at 0.5 than at 1, and so it is at 0.8 and at 1.25", lambda f: (
        f.number("temperature  1.0: held-out loss") < f.number("temperature 1.25: held-out loss")
        < f.number("temperature  0.8: held-out loss") < f.number("temperature  0.5: held-out loss"))),
    Claim("bets-too-much", "At 0.5 it bets too much on its favourites, and pays whenever another character "
          "comes. A better-looking sample doesn't mean a lower loss.", lambda f: (
        _bets_too_much(f))),
    Claim("only-the-last-newline", "but none of these networks has learnt it. Counting would hardly lower "
          "the loss, because in a title and its underline only the last newline depends on the count.",
          lambda f: [line[6] for line in f.printed if "underlines are exact" in line] == ["0", "1", "1"]
          and shares(f, "title and underline") == [3] * 3),
    Claim("what-comes-first", "(After 10 updates it knows which characters are frequent. After 100 there are "
          "spaces at the right distances, and *the*. After 200 there are *Nobody* and *Where*",
          lambda f: (pages := _written()) and [
              [words in text for words in (" the ", "Nobody", "Where")] for text in pages] == [
              [False] * 3, [False] * 3, [True, False, False], [True] * 3]
          and pages[0].count(" ") < 10 < pages[1].count(" ")),
    Claim("reach-shrinks-then-grows", "the reach *shrinks*, to 2 and 4 steps", lambda f: (
        _reaches(f) == [15, 2, 4, 60])),
    Claim("where-tanh-no-longer-changes", "Others hardly ever move, because over 6,000 characters half of "
          "the units reach values beyond ±20, where tanh no longer changes.",
          lambda f: f.number("largest |c| of a unit over 6,000 characters:") > 20
          and np.tanh(20) - np.tanh(19) < 1e-15),
    Claim("correlation", "their **correlation** $r$, which is 1 or −1 if one is a linear function of the "
          "other, and 0 if they have nothing linear in common.",
          lambda f: (x := np.arange(-3.0, 4)) is not None and np.allclose(
              correlations(np.column_stack([2 * x + 1, 5 - x, x**2]), x), [1, -1, 0])),
    Claim("shifted-control", "We took the best of 96, so we measured $r$ again on *fresh* text. And as a "
          "control we shift each feature by thousands of characters, so that there is nothing to find, and "
          "search again.",           # a feature is still like itself one character on, but not so far away
          lambda f: max(found := _by_chance()) > 3 * np.mean(found)
          and all(near > 0.9 and far < 0.35 for near, far in _shifted())),
    Claim("underline-not-learnt", "and not learnt. The untrained network has a unit that is as good, 0.86, "
          "because any unit that responds to `=` will do.",
          _one_symbol),
    Claim("above-some-controls", "- *Depth of round brackets*: 0.25, less than the shifted control. - "
          + "*Position in the line*: 0.27, and the untrained network has 0.26. - "
          + "*Inside a quotation*: 0.36, above both controls, but not by much.", lambda f: (
        (found := np.reshape(f.numbers("Strongest correlations of single units on fresh text:"), (6, 3)))
        is not None and found[1, 0] < found[1, 2] and found[3, 1] < found[3, 0] < 1.1 * found[3, 1]
        and max(found[0, 1:]) < found[0, 0] < 1.5 * max(found[0, 1:]))),
    Claim("ablation", "An **ablation** takes a part of the network away and measures what is lost. "
          "`fix_gate` holds one gate of one unit at 0 or at 1.",
          lambda f: all(_gates_fixed(value) == [[("o", 1)], value] for value in (0, 1))),
    Claim("nothing-lost-at-quotation-marks", "at quotation marks it doesn't rise at all. The unit goes with "
          "quotations but doesn't close them.", lambda f: (
        _not_at_quotation_marks(f))),
    Claim("one-number-for-one-gate", "output gate shut, the loss rises by 0.03 nats", lambda f: (
        f.number("o = 0 in unit 20: loss +") == f.number("(|r| 0.42), costs") == 0.0327)),
    Claim("talks-all-the-time", "Does it cost more to hold an output gate open than to shut it? (Yes, up to "
          "1.4 nats, because a unit that talks all the time says wrong things.",
          lambda f: f.numbers("o = 1: the loss rises by +")[-1] > f.numbers("o = 0: the loss rises by +")[-1]
          and f.numbers("o = 1: the loss rises by +")[1] > f.numbers("o = 0: the loss rises by +")[1]),
    Claim("forgetting-is-the-point", "A forget gate held at 1 mostly costs next to nothing, but for one unit "
          "2 nats, because there forgetting is the point.",
          lambda f: (costs := sorted(load_run("08/damage")[3]["loss_rises"]))[-1] > 2 > 2 * costs[-2]
          and f.numbers("f = 1: the loss rises by -")[1:] == [2.052, 96, 0.004]),
    Claim("no-idle-cell", "there's no idle unit", lambda f: f.number("o = 0: the loss rises by +") > 0.02),
    Claim("some-runs-below-the-grammar", "In 13 of 20 runs the black curve even sinks below the line",
          lambda f: f.numbers("dropout  0.0: lowest")[7:9] == [13, 20]),
    Claim("below-the-grammar", "that knows the grammar, and nothing else, pays 0.198", lambda f: (
        f.number("the grammar pays") == 0.198 > learnt_by_heart())),
    Claim("dropout-lower-and-later", "the lowest loss is lower, and comes later", lambda f: (
        f.number("dropout  0.5: lowest held-out loss") < f.number("dropout 0.25: lowest held-out loss")
        < f.number("dropout  0.0: lowest held-out loss")
        and f.numbers("dropout  0.5: lowest")[3] > f.numbers("dropout  0.0: lowest")[3])),
    Claim("dropout-hides", "hides a random share of $h$ from the output layer at each step of training, and "
          "makes the rest larger, so that the sum stays the same on average.", lambda f: (
        (losses := _with_dropout()[0])[1] != losses[2] and losses[0] not in losses[1:3]
        and losses[0] == losses[3] and abs(np.mean(_masks(0.25)) - 1) < 0.01)),
    Claim("dropout-leaves-the-path", "The path from $h$ to the next $h$ is left alone.",
          lambda f: np.array_equal(*_with_dropout()[1])),
    Claim("more-text-is-best", "However, thirty times as much text gave 0.37 without any dropout. More text "
          "is the best remedy, where there is any.",
          lambda f: f.number("GRU : ") < f.number("dropout  0.5: lowest held-out loss") / 3
          and round(len(load_tales().text) / 10_000) == 30),
    Claim("chosen-when-to-stop", "But the held-out text has now chosen when to stop. For an honest number "
          "keep a **test set**, a text that had no part in any choice.", lambda f: _promises_too_much()),
    Claim("fresh-seeds", "If you use a text to choose, you learn from it, and the text is called a "
          "validation set. So run the winner again, with *fresh* seeds or on a test set, and report *that*.",
          _chosen_for_luck),
    Claim("helped-to-expect", "We send the gradient of its surprise at one character back to the inputs. "
          "This *saliency* is negative (underlined, violet) for a character that helped to expect what came.",
          lambda f: np.allclose(*_more_of_each(), atol=1e-5)),
    Claim("saved-from-the-worst", "*Both together always pay less than the mean of the two losses*, because "
          "where one is wrong the other saves it from the worst. However, they pay less than *either* alone "
          "only if the two are about equally good and err at different places.",
          lambda f: _together([0.9, 0.1], [0.1, 0.9]) == [True, True]
          and [_together([0.9, 0.9], [0.1, 0.1]), _together([0.9, 0.1], [0.8, 0.1])] == [[True, False]] * 2),
    Claim("better-start", "Initialise the output layer with how frequent each character $k$ is, and $W_{hh}$ "
          "with a matrix that only rotates",
          lambda f: (p := _better_start()) is not None and np.allclose(p.b_y, np.log([3 / 6, 2 / 6, 1 / 6]))
          and all(np.allclose(block @ block.T, np.eye(4)) for block in np.split(p.W_hh, 3, axis=1))),
    Claim("weight-decay", "At each update every weight $w$ loses a small share of itself ($\\eta$ is the "
          "learning rate). $$w \\leftarrow (1 - 0.01\\, \\eta)\\, w$$", lambda f: (
        fade(p := _made("RNN", 3, 2).params, 0.5) is None
        and np.allclose(p.vector, (1 - 0.01 * 0.5) * _made("RNN", 3, 2).params.vector))),
    Claim("nothing-reads-it", "For a cell of any kind there is a plainer ablation, in which nothing reads "
          "the unit's $h$ any more.", lambda f: _read_by_nothing()),
    Claim("how-many-parameters", "$k(VH + H^2 + H) + HV + V$ with $k$ = 1, 3, 4, and $H$ more for the GRU.",
          lambda f: all(_made(cell, 5, 2).params.vector.size == _count(cell, 5, 2) for cell in CELLS)),
    Claim("patience", "keep the best network so far, and stop when `patience` losses in a row are no better.",
          lambda f: [patient([3.0, 1.0, 2.0, 1.5, 0.5], row) for row in (2, 3)] == [(1, 3), (4, 4)]),
    Claim("mask-once-more", "Make mask = kept / (1 - share) and seen = h * mask. From there it is the output "
          "layer from lesson 02: d_scores is probabilities minus one-hot targets, divided by $N$. The mask "
          "comes once more in the backward pass.",
          lambda f: (errors := _through_the_mask())[0] < 1e-7 < 0.1 < errors[1]),
    Claim("equal-chances",
          r"$$S \to \texttt{ho}\,S \quad (\tfrac12) \qquad\qquad S \to \texttt{ho!} \quad (\tfrac12)$$",
          lambda f: [HO.reading("{S}", text)[-1].round(9) for text in ("ho!", "hoho!")]
          == [round(-np.log(1 / 2), 9)] * 2),
    Claim("a-choice-surprises", r"Each choice surprises by $-\ln \frac12 = 0.693$ nats.",
          lambda f: round(f.number("ho:") / 2, 3) == round(-np.log(1 / 2), 3) == 0.693),
    Claim("half-of-each", r"$$p = \tfrac12\, p_{\text{network}} + \tfrac12\, p_{\text{counts}}$$",
          lambda f: np.allclose(shares_asked(), [1 / 2, 1 / 2])),
    Claim("a-tenth-of-all", r"So evaluate the mean of the weights over about the last tenth of the $n$ "
          r"updates. $$\bar w \leftarrow \bar w + \frac{10}{n} (w - \bar w)",
          lambda f: np.allclose([averaged(n) for n in (20, 50, 400)], [10 / n for n in (20, 50, 400)])),
    Claim("the-darker-its-ground",
          "The more a character surprises a trained LSTM, the darker its ground. The first letters of words "
          "surprise it, and most other letters do not.",
          lambda f: "1.1 nats on average at the first letters of words, 0.1 elsewhere"
          in surprise_over_text().sentence and _other_letters_surprise() < 0.1
          and np.corrcoef(*_surprise_and_dark())[0, 1] > 0.9),
    Claim("two-pass-all-tests", "- Depth of square brackets and indentation pass all tests.",
          lambda f: _clearly_above_controls(f) == [False, False, True, False, True, False]
          and [name in f.line("Strongest correlations").split(",")[2 * place] for place, name in (
              (2, "depth of square brackets"), (4, "indentation"))] == [True, True]),
    Claim("blocks-of-columns", "$W_{xh}$ has $V$ rows, $W_{hh}$ has $H$, and both have as many blocks of $H$ "
          "columns as there are gates: 1, 3 or 4. So has $b_h$.",
          lambda f: [(p.W_xh.shape, p.W_hh.shape, p.b_h.shape) for p in (
              _made(cell, 5, 2).params for cell in CELLS)]
          == [((5, 2 * gates), (2, 2 * gates), (2 * gates,)) for gates in (1, 3, 4)]),
    Claim("keep-the-best", "Keep the index of the best loss so far.",
          lambda f: patient([3.0, 1.0, 2.0, 2.5, 0.5], 2) == (1, 3)),
    Claim("two-rows-correlated", "is $r$ of two rows of numbers",
          lambda f: np.corrcoef((rows := np.array([[1, 2, 4], [2, 3, 7]]))[0], rows[1])[0, 1]
          == np.corrcoef(rows)[0, 1] and np.corrcoef(rows.T).shape == (3, 3)),
    # Answers of the questions.
    Claim("counts-say-less",
          "The longer a run, the less often it has been seen, and the less its counts say",
          _less_often_seen),
    Claim("a-floor",
          "The entropy is a floor, not a goal that is reached. To come near it by counting takes far more "
          "text than there is.",
          lambda f: f.number("tales:") < min(f.numbers("counted on 20 times the text: n =")[1::2])
          < min(f.numbers("counted on the tales: n =")[1::2])),
    Claim("it-comes-second",
          "It comes second. In a text nearly everything depends on what came just before, and a long memory "
          "has little to do.",
          lambda f: sorted(CELLS, key=at_the_end(f).get)[1] == "LSTM"
          and all(f.numbers(f"{cell:4}: within 10 characters")[0] > 50 for cell in CELLS)),
    Claim("most-where-dice-are-thrown",
          "What closes can nearly always be predicted from the last few words. Most is paid where the "
          "grammar throws dice, at first letters of words.",
          lambda f: _most_at_first_letters(f) and f.numbers("quotation marks and brackets   ")[-1] == 3),
    Claim("the-text-makes-its-choices",
          "At the first letters of words, because there the text makes its choices; the letters after them "
          "are mostly decided.",
          lambda f: _most_at_first_letters(f) and f.number("other letters  ") > 50
          and max(f.numbers("other letters  ")[-4:]) < 20),
    Claim("avoids-what-is-rare",
          "Clean writing avoids what is rare. The held-out text does not, and the network has then bet too "
          "little on it.", _bets_too_much),
    Claim("what-pays-first",
          "What pays first needs no memory: 2 steps after 10 updates. What is left later does: "
          + "60 after 10,000.", lambda f: _reaches(f)[1::2] == [2, 60]),
    Claim("one-symbol-over-and-over",
          "An underline is one symbol over and over, and any unit that responds to it will do.",
          _one_symbol),
    Claim("only-what-is-above",
          "The best of many is large by chance, and random units follow a text too. Only what is above that "
          "was learnt.", lambda f: max(found := _by_chance()) > 3 * np.mean(found) and _follows_untrained()),
    Claim("goes-with-them",
          "by nothing at quotation marks. The unit goes with them and is not what closes them.",
          lambda f: _not_at_quotation_marks(f)
          and abs(f.number("inside a quotation       unit 20: r =")) > 0.4),
    Claim("going-with-is-not-being-used-for",
          "To go with a feature is one thing, to be what the network uses for it another. An ablation asks "
          "the second question.", _not_at_quotation_marks),
    Claim("luck-does-not-come-along",
          "The lowest of many was chosen for its luck as well, and luck does not come along.",
          _chosen_for_luck),
    Claim("ends-higher-with-new-luck",
          "The best of many is the one that was most lucky. With new luck it mostly ends higher.",
          _chosen_for_luck),
    Claim("suits-one-wrecks-the-other",
          "Equal settings are not equal chances. One rate may suit one cell and wreck the other.",
          lambda f: "<- chosen" in f.line("LSTM at rate 0.048:")
          and f.number("RNN  at rate 0.048: first seed") > 5 * f.number("LSTM at rate 0.048: first seed")),
    Claim("the-gru-was-ahead",
          "On the tales it did not: with equal parameters and updates the GRU was ahead.",
          lambda f: min(CELLS, key=at_the_end(f).get) == "GRU"),
    Claim("the-negative-logarithm",
          "That is the probability of each symbol. The loss is its surprise, the negative logarithm.",
          lambda f: np.isclose(nll(np.zeros((1, 4)), np.array([2]))[0], -np.log(1 / 4))),
)

FIRST_REACH = Shipped("lesson08/first_reach.jsonl", "", Sweep(reach_at_first, {"updates": [400]}),
                      range(200, 220), 1, ())
UNTRAINED = Shipped("lesson08/untrained.jsonl", "", Sweep(untrained_underline, {"characters": [12_000]}),
                    range(200, 220), 0.3, ())


def by_setting(seed: Seed, loss: str = "heldout") -> dict[tuple, float]:
    """The losses of one seed of the grid, by units and rate; infinite if a run diverged."""
    grid = {(run.parameters["hidden_size"], run.parameters["learning_rate"])
            for run in load_run("08/rate_and_size")}
    values = {one: seed(hidden_size=one[0], learning_rate=one[1]) for one in grid}
    return {one: np.inf if value is None else value[loss] for one, value in values.items()}


def chosen_for_luck(seed: Seed) -> bool:
    """Whether the setting that ends lowest with this seed ends higher with the shipped ones, on average."""
    losses = by_setting(seed)
    best = min(losses, key=losses.get)
    others = [run.value["heldout"] for run in load_run("08/rate_and_size")
              if (run.parameters["hidden_size"], run.parameters["learning_rate"]) == best]
    return bool(np.mean(others) > losses[best])


def best_rate(seed: Seed, units: int) -> float:
    """The rate at which a network of this size ends lowest."""
    losses = by_setting(seed)
    return min((loss, rate) for (size, rate), loss in losses.items() if size == units)[1]


def raced(seed: Seed, cell: str) -> float:
    """The held-out loss of a cell after 3,000 updates."""
    return seed(cell=cell)["heldout"][-1]


def leads(seed: Seed, cell: str, seconds: float) -> bool:
    """Whether a cell has the lowest held-out loss of the three after so many seconds."""
    ends = {one: seed(cell=one, seconds=seconds)["heldout"][-1] for one in CELLS}
    return min(ends, key=ends.get) == cell


def lowest(seed: Seed, dropout: float) -> tuple[float, int, float]:
    """The lowest held-out loss on little text, after how many updates, and how far it rises from there."""
    run = seed(dropout=dropout)
    look = int(np.argmin(run["heldout"]))
    return run["heldout"][look], run["updates"][look], run["heldout"][-1] - run["heldout"][look]


def helped(seed: Seed, idea: str, look: int = -1) -> float:
    """The held-out loss of a GRU with an idea, at the last look or another."""
    return seed(idea=idea)["heldout"][look]


REPLICATED = (
    Replicated("larger-wants-smaller", "A larger network needs a smaller learning rate", "08/rate_and_size",
               lambda seed: best_rate(seed, 128) < best_rate(seed, 8)),
    Replicated("largest-far-ahead", "There the largest network is far ahead", "08/rate_and_size",
               lambda seed: min(by_setting(seed, "train"), key=by_setting(seed, "train").get)[0] == 128),
    Replicated("winners-curse", "the other seeds of the chosen setting end higher", "08/rate_and_size",
               chosen_for_luck),
    Replicated("same-order", "the order is the same with every seed", "08/updates",
               lambda seed: raced(seed, "GRU") < raced(seed, "LSTM") < raced(seed, "RNN")),
    Replicated("lstm-leads-after-one", "the LSTM is lowest after 1 second with 14 of 20 seeds", "08/seconds",
               lambda seed: leads(seed, "LSTM", 1.0)),
    Replicated("gru-leads-after-three", "the GRU after 3 with 17", "08/seconds",
               lambda seed: leads(seed, "GRU", 3.0)),
    Replicated("gru-leads-after-nine", "after 9 with all 20", "08/seconds",
               lambda seed: leads(seed, "GRU", 9.0)),
    Replicated("reach-shrinks-first", "In the first updates of this run the reach *shrinks*", FIRST_REACH,
               lambda seed: min(seed()["10"], seed()["30"]) < min(seed()["0"], seed()["400"]), said=(20, 20)),
    Replicated("any-unit-will-do", "any unit that responds to `=` will do", UNTRAINED,
               lambda seed: seed() > 0.75, said=(20, 20)),
    Replicated("lowest-at-600", "The held-out loss (blue) is lowest after some 600 updates", "08/dropout",
               lambda seed: lowest(seed, 0.0)[1], (400, 1100)),
    Replicated("worse-on-other-text", "at the end its held-out loss is 0.6 nats higher", "08/dropout",
               lambda seed: lowest(seed, 0.0)[2], (0.45, 0.75)),
    Replicated("below-the-grammar", "the black curve even sinks below the line", "08/dropout",
               lambda seed: seed(dropout=0.0)["train"][-1] < 0.198),
    Replicated("dropout-lower-and-later", "the lowest loss is lower, and comes later", "08/dropout",
               lambda seed: lowest(seed, 0.5)[0] < lowest(seed, 0.0)[0]
               and lowest(seed, 0.0)[1] < lowest(seed, 0.5)[1]),
    Replicated("slower-rise", "the rise after it is slower", "08/dropout",
               lambda seed: lowest(seed, 0.5)[2] < lowest(seed, 0.0)[2]),
    Replicated("better-start", "The better start still ends lower than none", "08/ideas",
               lambda seed: helped(seed, "better start") < helped(seed, "none")),
    Replicated("ahead-at-first", "Interpolation gains by far the most", "08/ideas",
               lambda seed: helped(seed, "counts asked too", 0) < min(helped(seed, idea, 0) for idea in (
                   "none", "better start", "fading weights", "averaged weights")) - 0.4),
    Replicated("all-below-either", "all four ideas together end lower than any alone", "08/ideas",
               lambda seed: helped(seed, "all") < min(helped(seed, idea) for idea in RACED if idea != "all")),
)

NOT_REPLICATED = (
    NotReplicated("The LSTM needs by far the largest learning rate", "these runs"),
    NotReplicated("After 10,000 updates the losses of the three are", "these runs"),
    NotReplicated("found LSTM and GRU clearly ahead", "cited"),
    NotReplicated("On the adding problem (lesson 07) the plain network was lost", "elsewhere"),
    NotReplicated("Some 60 % of the loss arises at the first letters of words", "these runs"),
    NotReplicated("None of the networks remembers the names", "these runs"),
    NotReplicated("Chunks of 256 steps change nothing", "too long"),
    NotReplicated("More than half of the total is paid where the grammar has *no choice*", "these runs"),
    NotReplicated("none of these networks has learnt it", "these runs"),
    NotReplicated("The network has learnt to remember", "one network"),
    NotReplicated("half of the units reach values beyond ±20", "one network"),
    NotReplicated("The untrained network has a unit that is as good", "one network"),
    NotReplicated("there's no idle unit", "one network"),
    NotReplicated("nine tenths of the saliency is within 30 characters of the prediction", "these runs"),
    NotReplicated("Both together always pay less than the mean of the two losses", "calculated"),
    NotReplicated("Weight decay and averaging bring nothing here", "these runs"),
    NotReplicated("is among the cheapest, since 109 of 113 cost more", "one network"),
)


SOLVED = (       # claims of the worked solutions
    Claim("the-one-after-it",
          "We take a running sum of what opens, minus what closes. As each character counts at its own "
          "place, the number is the one after it.",
          lambda f: np.cumsum([(c == "(") - (c == ")") for c in "a(b)"]).tolist() == [0, 1, 1, 0]),
    Claim("one-place-in-thirty", "We ask only where at least one is open.",
          lambda f: 0 < f.number("characters within brackets") < 100 and f.numbers("it holds")[1] == 1),
    Claim("hardly-pays",
          "No unit does: $r$ is next to nothing. Only one place in thirty within brackets is two deep, so "
          "it hardly pays to know about it.",
          lambda f: abs(f.numbers("the best unit is 66: it holds")[-1]) < 0.1
          and f.number("characters within brackets") == round(100 / 30)),
    Claim("against-the-best-look",
          "how much is lost against the best of all looks, which nobody knew at the time?",
          lambda f: (kept := [f.numbers(f"patience {patience}: the best look was kept in")
              for patience in (1, 2, 3)]) == sorted(kept)
          and all(0 < looks <= of == 60 and lost > 0 for looks, of, lost in kept)),
    Claim("the-best-so-far", "One number is enough to remember: the index of the best loss so far.",
          lambda f: (curve := [3.0, 2.0, 2.5, 1.5])
          and [min(range(n), key=curve.__getitem__) for n in range(1, 5)] == [0, 1, 1, 3]),
    Claim("blocks-and-bias", "Each of the $k$ blocks has $V$ rows of weights from the input, $H$ from the "
          "state, and a bias. The output layer is the same for all three cells, and easily forgotten. The "
          "sizes in the race are those whose number of parameters comes closest to that of an LSTM with 96 "
          "units.", lambda f: all(
              _made(cell, 5, 2).params.vector.size == _count(cell, 5, 2) for cell in CELLS)
          and SIZES == {cell: min(range(1, 400), key=lambda H, cell=cell: abs(
              _count(cell, 61, H) - _count("LSTM", 61, 96))) for cell in CELLS}),
    Claim("mean-of-products", "because $r$ is the mean of the products of two rows that have mean 0 and "
          "standard deviation 1.",
          lambda f: (rows := np.random.default_rng(0).normal(size=(9, 2))) is not None
          and np.isclose(np.prod(standardise(rows), axis=1).mean(), np.corrcoef(rows.T)[0, 1])
          and np.allclose([standardise(rows).mean(), standardise(rows).std()], [0, 1])),
    Claim("the-same-mask", "with a mask in the forward pass and the same mask in the backward pass. The mask "
          "is a constant once it is drawn, so the gradient can be checked as usual.",
          lambda f: "right" in f.line("d_h") and (errors := _through_the_mask())[0] < 1e-7 < 0.1 < errors[1]),
    Claim("the-control-does-the-same",
          "The search takes the best of all units, so the control must do the same.",
          lambda f: max(found := _by_chance()) > 3 * np.mean(found)),
)
