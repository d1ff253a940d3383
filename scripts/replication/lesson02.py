"""What lesson 02 says about networks in general, and what judges it on new seeds."""

from helpers.data import course_corpus
from helpers.lessons.lesson02.experiments import broken_midway
from helpers.lessons.lesson02.shipped import best_without_memory
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

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
