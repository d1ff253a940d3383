"""What lesson 09 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.lesson09.experiments import CLIPS, SETTINGS, of_setting, training_loss, with_clip
from helpers.lessons.lesson09.experiments_ward import WARD, count_uphill, ward_ends
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

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
