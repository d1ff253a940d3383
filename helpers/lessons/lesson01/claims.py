"""What lesson 01 claims."""

import math

import numpy as np

from helpers.lessons.hello import FLOOR
from helpers.lessons.lesson01.written_out import try_hello
from helpers.lessons.prose_facts import Claim
from helpers.lessons.replication import NotReplicated, Replicated
from helpers.runs import Shipped, Sweep

CLAIMS = (
    Claim("bags-are-equal", "The first two outputs agree in every digit",
          lambda f: f.numbers("dog bites man -> bag") == f.numbers("man bites dog -> bag") != f.numbers(
              "man bites man -> bag")),
    Claim("first-word-is-felt", "the state holds more than the last word",
          lambda f: all(change != 0 for change in f.numbers("other first word:"))),
    Claim("four-numbers-for-ever", "four numbers after three words, and four numbers after three hundred",
          lambda f: f.number("300 words later, the state is still") == 4),
    Claim("weights-without-time", "Whether it reads one step or a thousand, the network has 24 weights",
          lambda f: f.number("    1 steps: states (1, 1, 3), weights") == f.number(
              " 1000 steps: states (1000, 1, 3), weights") == 24),
    Claim("pulse-too-weak", "That's why a pulse of −1.9 fails and −2 flips the switch",
          lambda f: f.numbers("second pulse -1.9: h =")[2] > 0.9 and f.numbers(
              "second pulse -2.0: h =")[2] < -0.9),
    Claim("swings", "the state swings between +0.86 and −0.86",
          lambda f: f.numbers("weight -1.5, second pulse  0.0: h =")[::2] == [0.86, -0.86]),
    Claim("starts-at-chance", "all four letters get a probability of about ¼",
          lambda f: all(abs(loss - math.log(4)) < 0.02 for loss in f.numbers("loss at each step:"))),
    Claim("both-l-alike", "the network still treats both l's alike",
          lambda f: abs(f.numbers("after  30 updates: chances of e, l, l, o:")[1] - f.numbers(
              "after  30 updates: chances of e, l, l, o:")[2]) < 0.02),
    Claim("o-is-last", "after 60 updates its probability is 0.63, when that of the e is 0.82",
          lambda f: f.numbers("after  60 updates: chances of e, l, l, o:")[::3] == [0.82, 0.63]
          and min(f.numbers("after  60 updates: chances of e, l, l, o:")) == 0.63),
    Claim("never-below-the-floor", "can never fall below",
          lambda f: f.number("q = 0.5: (-ln(1 - q) - ln q) / 4 =") == round(FLOOR, 4)
          < f.number("q = 0.3: (-ln(1 - q) - ln q) / 4 =")),
    Claim("alike-then-apart", "The two networks start alike and learn alike",
          lambda f: abs(f.numbers("after   30 updates: with memory")[0] - f.numbers(
              "after   30 updates: with memory")[1]) < 0.02
          and f.numbers("after 1000 updates: with memory")[0] < 0.01 < FLOOR < f.numbers(
              "after 1000 updates: with memory")[1]),
    Claim("e-needs-no-memory", "that guess has never used the memory",
          lambda f: f.number("memory on:  chances of e, l, l, o:") == f.number(
              "memory off: chances of e, l, l, o:") == 0.94),
    Claim("half-is-a-coincidence", "in twenty other networks that were cut like this, the o gets anything",
          lambda f: f.numbers("memory off in twenty other networks: o gets") == [0.2, 0.61]
          and f.numbers("trained without memory:")[2:] == [0.5, 0.5]),
    Claim("hello-with-every-seed", "the trained network writes hello with every seed",
          lambda f: f.numbers("with memory, 21 seeds: helo") == [0, 21, 0]),
    Claim("half-a-quarter-a-quarter", "half of the words go straight on to o",
          lambda f: all(abs(f.number(start) - share) < 0.03 for start, share in (
              ("helo:", 0.5), ("hello:", 0.25), ("helll:", 0.25)))),
)

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

SOLVED = (       # claims of the worked solutions
    Claim("never-both-ways", "a single tanh either only rises or only falls",
          lambda f: all(len(set(np.sign(np.diff(np.tanh(w * np.arange(-2, 3) + b))))) == 1
                        for w in (-2.0, 0.5, 3.0) for b in (-1.0, 1.0))),
    Claim("up-and-down", "The parity has to rise as $x + q$ goes from 0 to 1, and fall again from 1 to 2",
          lambda f: np.diff([ones % 2 for ones in range(3)]).tolist() == [1, -1]),
)
