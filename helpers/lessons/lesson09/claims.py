"""What lesson 09 claims."""

import re
from calendar import isleap
from datetime import date, timedelta

import numpy as np

from helpers.data import recall_sequences
from helpers.lessons.lesson09.failures import (
    CLIPS,
    FAILURES,
    SETTINGS,
    beside,
    difference,
    of_setting,
    training_loss,
    with_clip,
)
from helpers.lessons.lesson09.shipped import load_curves
from helpers.lessons.lesson09.ward import RIGHT_BELOW, WARD, count_uphill, examine, ward_ends
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import GRU
from helpers.networks.cells.plain import gru_forward, gru_step, gru_step_back
from helpers.runs import Shipped, Sweep

LETTERS = "ABCDEFGH"
DEGREES = "degrees off the true gradient, at most:"


def ends(f: Facts) -> dict[str, list[float]]:
    """The rows of the table of runs: first losses, training and held out at the end, two places."""
    rows = f.table("first losses  training, end", 9)
    return dict(zip(("healthy", *LETTERS), rows, strict=True))


def slowed(f: Facts) -> dict[str, list[float]]:
    """Training loss of each run, as it is and at a tenth of the rate."""
    return dict(zip(LETTERS, f.table("training loss  at a tenth", 8), strict=True))


def patients(f: Facts) -> list[float]:
    """The losses of the twelve, from the first to the last."""
    return [loss for kind in ("RNN ", "LSTM", "GRU ") for loss in f.numbers(f"{kind}  right gradient")[2::2]]


def in_errors(f: Facts, which: str, low: float, high: float) -> bool:
    """Whether the difference of two means lies between so many of its standard errors."""
    apart, error, *_ = f.numbers(f"means of {which} differ by")
    return 0 < low * error < apart < high * error


def _blocks_alike() -> list[bool]:
    """Which blocks r, z and n of the two rows of gradients of a GRU's step back are alike."""
    rng = np.random.default_rng(0)
    p, x = GRU(2, 3).init(rng), rng.normal(size=(4, 1, 2))
    h, gates = gru_forward(p, x, rng.normal(size=(1, 3)))
    (da, da_h), _ = gru_step_back(p, p.zeros_like(), h[2], gates[3], np.ones((1, 3)))
    return [np.allclose(a, b) for a, b in zip(np.split(da, 3, 1), np.split(da_h, 3, 1), strict=True)]


CLAIMS = (
    Claim("every-loss-falls", "Every one of the twelve gradients is wrong, and every loss falls",
          lambda f: len(patients(f)) == 12 and 1.6 < min(patients(f)) and max(patients(f)) < 4),
    Claim("two-over-three", "ends a little over 3 in two of them, and between 1.6 and 2.1 in the other ten",
          lambda f: [3 < loss < 3.3 for loss in patients(f)].count(True) == 2
          and sum(1.6 < loss < 2.1 for loss in patients(f)) == 10),
    Claim("no-difference", "You see no difference for patients 6 and 12, and patient 8 ends lower",
          lambda f: patients(f)[5] == f.number("RNN   right gradient")
          and patients(f)[11] == f.number("GRU   right gradient")
          and patients(f)[7] < f.number("LSTM  right gradient")),
    Claim("last-step-right", "At the last step nothing has come from later steps, so nothing can be missing",
          lambda f: "right" in f.line("step 5:")
          and all(f.number(f"step {t}: wrong by") > 0 for t in range(5))),
    Claim("the-largest-is-last", "the largest one says nothing, and the first one says nearly everything",
          lambda f: f.number("step 0: wrong by") > 2 * f.number("step 4: wrong by") > 0),
    Claim("one-uphill", "only one of the twelve is above",
          lambda f: len(f.numbers(DEGREES)) == 12 and sum(x > 90 for x in f.numbers(DEGREES)) == 1),
    Claim("four-unseen", "Four gradients are off by 6 degrees at most",
          lambda f: sum(0 <= x <= 6 for x in f.numbers(DEGREES)) == 4 < len(f.numbers(DEGREES))),
    Claim("lower-and-wrong", "ends lower than with the correct gradient",
          lambda f: f.numbers("patient 8 ends lower than a right LSTM with") == [19, 20]),
    Claim("one-stops", "If the batch is as large as the hidden layer, you switch off the only guard",
          lambda f: f.line("stops with an error").startswith("1 of 12")),
    Claim("alike-and-right", "on this text the loss even ends a little lower",
          lambda f: f.numbers("gates that start alike end lower with") == [16, 20]),
    Claim("rises-again", "patient 4's loss rises again",
          lambda f: sum(runs[-1] > runs[0] for runs in load_curves()[4]) == 2),
    Claim("twins", "four units that are worth one",
          lambda f: f.numbers("different units after 200 updates:") == [1, 4]),
    Claim("one-thing-differs", "In each of the eight, one thing is different from the healthy run",
          lambda f: all(len(difference(FAILURES[cause], beside(cause))) == 1 for cause in FAILURES)),
    Claim("too-good", "A loss of zero on unseen text is too good to be true",
          lambda f: ends(f)["H"][2] == 0 < ends(f)["healthy"][2]),
    Claim("a-leak-starts-alike", "Run H is given the answer, and yet it starts like the healthy run",
          lambda f: 0 < ends(f)["healthy"][0] - ends(f)["H"][0] < 0.2),
    Claim("a-tenth-before-the-bug", "not even at a tenth of the rate, it has a bug",
          lambda f: slowed(f)["C"][0] > 3 and 0 < slowed(f)["C"][1] < 1),
    Claim("all-fall-without-a-clip", "all twenty runs fail without clipping, and none with it",
          lambda f: f.numbers("descent at 2, not clipped")[0] > 4.09
          and 0 < f.numbers("descent at 2, clipped")[1] < 2),
    Claim("adam-needs-none", "with Adam you don't see that failure",
          lambda f: all(abs(f.numbers("Adam at 0.01, clipped")[end] - f.numbers(
              "Adam at 0.01, not clipped")[end]) < 0.05 for end in (0, 1))),
    Claim("two-alike", "Two of the runs A to H look much the same, because both losses jump around near 3",
          lambda f: [letter for letter in LETTERS if 2.9 < ends(f)[letter][1] < 3.2] == ["C", "D"]),
    Claim("a-tenth-must-help", "If the rate is too high, a tenth of it must help",
          lambda f: slowed(f)["C"][1] < 1 < slowed(f)["D"][1]
          and slowed(f)["D"][0] - slowed(f)["D"][1] < 0.2 < slowed(f)["C"][0] - slowed(f)["C"][1]),
    Claim("three-and-five", "three of the eight seeds the smaller network ends lower, for five the larger",
          lambda f: f.numbers("24 units end lower than 32 in") == [3, 8]),
    Claim("under-two-errors", "is only 1.6 times that. Below 2 standard errors a difference may be chance",
          lambda f: in_errors(f, "24 and 32 units", 1.5, 1.75)),
    Claim("every-pair", "lower in every one of the 64 pairs",
          lambda f: f.number("the GRU lower than 32 units in") == 64),
    Claim("eight-errors", "by 8 standard errors",
          lambda f: in_errors(f, "32 units and the GRU", 8, 9)),
    Claim("all-of-them-fall", "From a loss that falls, which proves nothing, to a gradient check",
          lambda f: len(patients(f)) == len(WARD) and 0 < max(patients(f)) < 4),
    Claim("the-last-to-write",
          "is a list of three names for *one* object. Which step wrote into it last?",
          lambda f: _listed() == [[0, 0, 0], [0, 1, 2]]),
    Claim("from-the-last-to-the-first", "The loop goes from the last step to the first, and return ends it.",
          lambda f: (wrong := [t for t in range(6) if not all(_right_at(1, t).values())])[0] == 0
          and next(t for t in reversed(range(6)) if t in wrong) == max(wrong) == 4),
    Claim("begin-with-the-unmistakable",
          "Which run starts far above chance? Which climbs far above chance? In which are training and "
          "held-out loss both high and close together? Which knows the play word for word? Of those that "
          "are left, two look alike, and one is given away only by the right half of the picture.",
          lambda f: (runs := ends(f))["G"][0] > 8 and runs["F"][1] > 20 and runs["E"][1] < 0.1
          and 2.4 < runs["B"][1] < runs["B"][2] < 2.6 and abs(runs["C"][1] - runs["D"][1]) < 0.1
          and abs(runs["A"][1] - runs["healthy"][1]) < 0.1 and runs["A"][3] > 1.4 * runs["healthy"][3]),
    Claim("the-last-step-only", "trains a network on one, with the loss at the last step only",
          lambda f: [array.shape for array in recall_sequences(np.random.default_rng(0), 9, 2)]
          == [(9 + 1, 2), (2,)]),
    Claim("two-rows-of-gradients",
          r"then two rows of gradients, one with respect to $x\,W_{xh} + b_h$ and one with respect to "
          "$h_{t-1} W_{hh}$. They differ in the block of $n$.",
          lambda f: _blocks_alike() == [True, True, False]),
)

WARD_ENDS = Shipped("lesson09/ward_ends.jsonl", "", Sweep(ward_ends, {"updates": [400]}), range(20), 4, ())
UPHILL = Shipped("lesson09/uphill.jsonl", "", Sweep(count_uphill, {"size": [4]}),
                 range(200, 220), 0.2, ())
CLIPPED = Shipped("lesson09/clipped.jsonl", "", Sweep(with_clip, {"run": list(CLIPS)}), range(20), 1.2, ())
TENTH = Shipped("lesson09/tenth.jsonl", "", Sweep(training_loss, {
    "cause": ["rate too high", "wrong gradient"], "slower": [1, 10]}), range(200, 220), 1.2, ())
ONE_EACH = Shipped("lesson09/one_of_each.jsonl", "", Sweep(of_setting, {"setting": list(SETTINGS)}),
                   range(200, 220), 0.3, ())


def last(seed: Seed, name: int | str) -> float:
    """The loss of a patient, or of a right gradient, after 400 updates."""
    return seed()[str(name)][1]


REPLICATED = (
    Replicated("every-loss-falls", "and every loss falls", WARD_ENDS,
               lambda seed: all(last < first for first, last in seed().values()), said=(18, 20)),
    Replicated("two-over-three", "ends a little over 3 in two of them", WARD_ENDS,
               lambda seed: [number for number in WARD if last(seed, number) > 2.5] == [4, 10]
               and 3 < last(seed, 10) < last(seed, 4) < 3.75,
               said=(20, 20)),
    Replicated("no-difference", "You see no difference for patients 6 and 12", WARD_ENDS,
               lambda seed: max(abs(last(seed, number) - last(seed, kind))
                                for number, kind in ((6, "RNN"), (12, "GRU"))) < 0.04, said=(20, 20)),
    Replicated("lower-and-wrong", "and patient 8 ends *lower*", WARD_ENDS,
               lambda seed: last(seed, 8) < last(seed, "LSTM"), said=(19, 20)),
    Replicated("alike-and-lower", "on this text the loss even ends a little lower", WARD_ENDS,
               lambda seed: last(seed, "alike") < last(seed, "LSTM"), said=(16, 20)),
    Replicated("roughly-downhill", "A wrong gradient of the cell often still points roughly downhill", UPHILL,
               lambda seed: seed() < len(WARD) / 2, said=(20, 20)),
    Replicated("none-to-three-uphill",
               "In twenty other draws, up to three of the twelve have a gradient that points uphill", UPHILL,
               lambda seed: seed(), (0, 3)),
    Replicated("all-fail-without-a-clip", "fail without clipping", CLIPPED,
               lambda seed: seed(run="descent at 2, clipped") < 2 < 4.09
               < seed(run="descent at 2, not clipped"),
               said=(20, 20)),
    Replicated("adam-needs-none", "with Adam you don't see that failure", CLIPPED,
               lambda seed: abs(seed(run="Adam at 0.01, not clipped") - seed(run="Adam at 0.01, clipped"))
               < 0.15,
               said=(20, 20)),
    Replicated("a-tenth-must-help", "If the rate is too high, a tenth of it must help", TENTH,
               lambda seed: seed(cause="rate too high", slower=10) < 1 < 2.5
               < seed(cause="rate too high", slower=1), said=(20, 20)),
    Replicated("no-rate-helps", "If the gradient is wrong, no rate helps", TENTH,
               lambda seed: min(seed(cause="wrong gradient", slower=slower) for slower in (1, 10)) > 2.5,
               said=(20, 20)),
    Replicated("every-pair", "The GRU is another matter", ONE_EACH,
               lambda seed: seed(setting="GRU, 32 units") < min(
                   seed(setting=f"plain, {units} units") for units in (24, 32)), said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("At the last step nothing has come from later steps", "calculated"),
    NotReplicated("only one of the twelve is above", "one network"),
    NotReplicated("an extra or a missing transpose goes unseen there", "calculated"),
    NotReplicated("their gradients differ from the first update on", "one network"),
    NotReplicated("Twins get the same gradient, and stay twins forever", "calculated"),
    NotReplicated("It learns long memories later, or not at all", "too long"),
    NotReplicated("yet its loss falls as far as with the correct gradient", "elsewhere"),
    NotReplicated("Two of the runs A to H look much the same", "these runs"),
    NotReplicated("For three of the eight seeds the smaller network ends lower", "these runs"),
    NotReplicated("With the next 24 seeds the difference was 0.003", "these runs"),
    NotReplicated("If a network can't memorise ten lines within a minute", "the clock"),
    NotReplicated("and yet it starts like the healthy run", "these runs"),
)

def at_step_4(f: Facts, fix: str) -> list[float]:
    """By how much r, z and n are wrong one step before the last, with a bug fixed or none."""
    return [float(one) for one in re.findall(r"'(\d\.\d+)'", f.line(fix))]


def _right_at(number: int, step: int) -> dict[str, bool]:
    """Which sums of a patient's gates have the right gradient at a step of six."""
    steps = examine(WARD[number].kind, WARD[number].backward).steps
    return {gate: bool(errors[step] < RIGHT_BELOW) for gate, errors in steps.items()}


def _days(year: int, months: int = 12) -> set[tuple[int, int, int]]:
    """Month, day and weekday of each day of a year, or of its first months."""
    days = (date(year, 1, 1) + timedelta(day) for day in range(365 + isleap(year)))
    return {(day.month, day.day, day.weekday()) for day in days if day.month <= months}


def _listed() -> list[list[float]]:
    """What a list of one array of one number holds after three steps back, and a list of three arrays."""
    lists = [np.zeros(1)] * 3, [np.zeros(1) for _ in range(3)]
    for da in lists:
        for t in reversed(range(3)):
            da[t][:] = t
    return [np.ravel(da).tolist() for da in lists]


def _gru_step() -> tuple[np.ndarray, np.ndarray]:
    """The next state of a GRU, and (1 - z) n + z h_prev."""
    rng = np.random.default_rng(0)
    h_prev = rng.normal(size=(1, 3))
    h, (_, z, n, *_) = gru_step(GRU(2, 3).init(rng), rng.normal(size=(1, 2)), h_prev)
    return h, (1 - z) * n + z * h_prev


SOLVED = (       # claims of the worked solutions
    Claim("wraps-around", "At $t = 0$ the program takes states[-1], and in Python that is the last state.",
          lambda f: "abcdef"[0 - 1] == "f"),
    Claim("a-number-for-each-sequence",
          "In that line sum(axis=1) adds up over the units and leaves a number for each *sequence*.",
          lambda f: np.ones((5, 3)).sum(axis=1).shape == (5,)),
    Claim("f-alone-at-the-last-step",
          "At the last step $f$ alone is wrong. One line computes df, from dc and a cell state. dc is "
          "right, because $i$ and $g$ are. So the cell state is the wrong one.",
          lambda f: _right_at(9, 5) == {"i": True, "f": False, "o": True, "g": True}),
    Claim("all-that-is-local", "The last step is right, so all that is local is right.",
          lambda f: all(_right_at(12, 5).values()) and not any(_right_at(12, 0).values())),
    Claim("the-last-ones-written",
          "So after the loop every da[t] holds the numbers of step 0, the last ones written.",
          lambda f: _listed() == [[0, 0, 0], [0, 1, 2]]),
    Claim("larger-by-a-fix",
          "The right fix of one bug can make the numbers larger while the other is still there. So don't "
          "judge a fix by whether the error shrinks.",
          lambda f: all(fixed > both for fixed, both in zip(
              at_step_4(f, "dn * r added"), at_step_4(f, "both bugs"), strict=True))),
    Claim("the-first-characters-give-it-away",
          "Only the first characters of a chunk, which have to be guessed from nothing, give the reset "
          "away.",
          lambda f: f.numbers("A  place 1 of the chunk")[0] > f.numbers("A  place 1 of the chunk")[1] + 0.3),
    Claim("ten-characters-earlier",
          "and the day of the week, which starts each line and depends on the weekday about ten characters "
          "earlier. An n-gram of order 6 doesn't reach back that far.",
          lambda f: len(f.line("Fri 2 Jan") + "\n") == 10 > 6),
    Claim("without-2004",
          "2004 began on a Thursday as 2009 did, so January and February are the same in both. Without "
          "2004 no day of 2009 falls on a weekday that the network has seen for that date.",
          lambda f: date(2004, 1, 1).weekday() == date(2009, 1, 1).weekday() == 3
          and _days(2009, 2) < _days(2004)
          and not any(_days(2009) & _days(year) for year in range(2001, 2009) if year != 2004)),
    Claim("all-three-seeds", "The prediction holds for all three seeds",
          lambda f: all(f.number(f"seed {seed}:") > 0.85 * 364 for seed in range(3))),
    Claim("harder-in-one-respect",
          "Harder in one respect. We take longer sequences, first with the network that we have, without "
          "any more training.",
          lambda f: f.number("40 steps:") < f.number("10 steps:") == 100),
    Claim("less-often-than-by-chance",
          "At fifteen steps it is right less often than by chance. So it hasn't learnt to count modulo 3. "
          "Instead, it has learnt something that gives the right answer after ten steps, and a wrong one, "
          "reliably, after fifteen. Its state drifts as it goes, and the readout is tuned to where the "
          "state is after ten.",
          lambda f: f.number("15 steps:") < 100 / 3 < f.number("10 steps:") == 100
          and 0 < f.number("15 steps:") < 10),
    Claim("an-easier-task", "Trained on 5 to 12 steps, the same LSTM counts over 80 steps.",
          lambda f: f.number("80 steps:") > 95 > f.numbers("40 steps:")[0] > 0),
    Claim("the-path-to-it",
          "And what makes the task hard is not the memory but the path to it, which an easier task opened.",
          lambda f: f.number("80 steps:") > 95 and f.number("40 steps:") < 50),
    Claim("the-line-that-is-reversed",
          r"$h = (1 - z)\,n + z\,h_{prev}$ used $n$, $z$ and $h_{prev}$. $n$ used $r$ and $h_n$. And $h_n$, "
          "$r$ and $z$ used $h_{prev}$ again.",
          lambda f: np.allclose(*_gru_step())),
)
