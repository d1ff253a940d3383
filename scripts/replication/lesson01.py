"""What lesson 01 says about networks in general, and what judges it on new seeds."""

from helpers.lessons.hello import FLOOR
from helpers.lessons.lesson01.experiments import try_hello
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated

HELLO = Shipped("lesson01/hello.jsonl", "", Sweep(try_hello, {"updates": [1000]}), range(200, 220), 0.2, ())

REPLICATED = (
    Replicated("o-is-last", "The o comes last", HELLO,
               lambda seed: max(seed()["settled"][:3]) < seed()["settled"][3], said=(19, 20)),
    Replicated("stops-at-the-floor", "the loss of the other network stops near 0.35", HELLO,
               lambda seed: seed()["with"] < 0.01 and FLOOR < seed()["without"] < 0.355, said=(20, 20)),
    Replicated("a-coincidence", "this balance is a coincidence", HELLO,
               lambda seed: abs(seed()["cut"] - 0.5) > 0.02, said=(18, 20)),
    Replicated("l-for-ever", "the network writes l forever", HELLO,
               lambda seed: seed()["greedy"] == "hellllllll", said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("With other weights or a larger network they'd still agree", "calculated"),
    NotReplicated("so order leaves its mark even with random weights", "one network"),
    NotReplicated("and the switch stays when the pulse is gone", "calculated"),
    NotReplicated("For $w$ between −1 and 0 the swings die out", "calculated"),
    NotReplicated("the radius of the circle shrinks slowly", "calculated"),
    NotReplicated("all four letters get a probability of about ¼", "calculated"),
    NotReplicated("At around 40 updates the two steps begin to differ", "one network"),
    NotReplicated("The two networks start alike and learn alike", "one network"),
    NotReplicated("This limit holds for *every* network without memory", "calculated"),
    NotReplicated("does nothing, because this row belongs to the letter o", "calculated"),
    NotReplicated("half of the words go straight on to o", "one network"),
    NotReplicated("the trained network writes *hello* with every seed", "one network"),
)
