"""What lesson 03 claims."""

import math

from helpers.lessons.lesson03.fresh import FAULTS, fresh_credit, loss_with_fault
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.runs import Shipped, Sweep


def moved(f: Facts, step: int) -> list[float]:
    """What moving the w of a step alone does to the three losses."""
    return f.numbers(f"what moving the w of step {step} does to L_1, L_2, L_3:")


def by_lag(f: Facts, network: str) -> dict[int, float]:
    """Median size of dL_t / dh_s by its lag, as it is printed."""
    found = f.numbers(f"{network:23} ")
    return {int(lag): size for lag, size in zip(found[::2], found[1::2], strict=True)}


def race(f: Facts, length: int) -> dict[str, float]:
    """The line of a length in the race."""
    found = f.numbers(f"T = {length:5,}, ")
    names = ("rate", "updates", "train", "two", "under two", "one", "under one", "heldout")
    return dict(zip(names, found, strict=True))


def latched(steps: int) -> tuple[float, float]:
    """A unit h = tanh(2 h), lifted to 1, after so many steps, and how far its start moves it."""
    h, slope = 1.0, 1.0
    for _ in range(steps):
        h = math.tanh(2 * h)
        slope *= 2 * (1 - h**2)
    return h, slope


CLAIMS = (
    Claim("chain-as-measured", "the first line ends with the value of our chain",
          lambda f: f.number("the chain from L_3 to the w of step 1:") == moved(f, 1)[-1]),
    Claim("two-losses-disagree", "pull the $w$ of step 2 in opposite directions",
          lambda f: moved(f, 2)[1] < 0 < moved(f, 2)[2]),
    Claim("what-remains-is-little", "so little remains",
          lambda f: abs(sum(moved(f, 2))) < min(abs(part) for part in moved(f, 2)[1:]) / 4),
    Claim("one-use-so-far", "In step 1 the two derivatives agree",
          lambda f: f.numbers("h_1: immediate")[0] == f.numbers("h_1: immediate")[2]),
    Claim("differ-in-sign", "In step 3 they even differ in sign",
          lambda f: f.numbers("h_3: immediate")[0] < 0 < f.numbers("h_3: immediate")[2]),
    Claim("sum-not-average", "the gradient of a shared weight is a sum over time",
          lambda f: f.number("the shared weight, measured:") == f.numbers("their sum")[0]
          != f.numbers("their sum")[1]),
    Claim("the-diagonal", "add up to −0.5792, the sum of the table's diagonal",
          lambda f: f.numbers("each step by itself:")
          == [moved(f, 1)[0], moved(f, 2)[1], moved(f, 3)[2], -0.5792]),
    Claim("later-and-earlier", "is felt later in the forward pass and earlier in the backward pass",
          lambda f: f.numbers("h  of step 1:")[:3] == f.numbers("h  of step 1:")[3:]
          and all(a != b for a, b in zip(f.numbers("dh of step 1:")[:3], f.numbers("dh of step 1:")[3:],
                                         strict=True))),
    Claim("one-loss-says-the-opposite", "$L_4$ says the opposite, −0.10",
          lambda f: f.numbers("dh_2[1] =")[1] > 0 > f.numbers("dh_2[1] =")[2] == -0.1),
    Claim("a-row-for-each-weight", "its work is 16,100 times as much",
          lambda f: f.number("multiplications per step, forward:")
          == 16_100 * f.number("multiplications per step, back:") > 0),
    Claim("does-not-fade", "after ten steps the gradient is as long as at the start",
          lambda f: by_lag(f, "trained")[10] >= by_lag(f, "trained")[0] > 0),
    Claim("a-latch-lets-none-through", "keeps its bit forever, yet no gradient comes back through it",
          lambda f: latched(40)[0] > 0.95 and latched(40)[1] < 1e-30),
    Claim("a-tenth-a-step", "each step back keeps about a tenth",
          lambda f: all(0.09**lag < by_lag(f, "fresh, weights of 0.01")[lag] / 0.098 < 0.11**lag
                        for lag in (1, 10)) and by_lag(f, "fresh, weights of 0.01")[0] == 0.098),
    Claim("more-than-half-a-step", "a step keeps more than half, but 40 steps still leave almost nothing",
          lambda f: by_lag(f, "fresh, usual weights")[1] > by_lag(f, "fresh, usual weights")[0] / 2
          and 0 < by_lag(f, "fresh, usual weights")[40] < 1e-8),
    Claim("unsure-is-loud",
          "bright where the network is unsure of the letter and dark where it is sure and right",
          lambda f: f.number("over 0.5 nats: gradient of size")
          > 10 * f.number("under 0.05 nats: gradient of size") > 0),
    Claim("in-proportion", "Beyond a few hundred steps, time and memory grow in proportion to $T$",
          lambda f: 9 * f.number("T =  3,000:") < f.number("T = 30,000:") < 11 * f.number("T =  3,000:")),
    Claim("whole-text-ahead", "In the end this run is ahead of $T = 5$ and of $T = 500$",
          lambda f: 0 < race(f, 4213)["train"] < min(race(f, 5)["train"], race(f, 500)["train"])),
    Claim("middle-wins", "sees too little at a time",
          lambda f: 0 < race(f, 25)["train"] < race(f, 5)["train"]),
    Claim("nearly-as-good-on-held-out", "on the held-out text it is within 0.02 of the best",
          lambda f: abs(race(f, 4213)["heldout"] - min(
              race(f, length)["heldout"] for length in (5, 25, 100, 500, 4213)) - 0.02) < 1e-9),
    Claim("large-steps", "its best rate for Adam is 0.01, while chunks of 5 and of 25 do best at 0.001",
          lambda f: race(f, 4213)["rate"] == 10 * race(f, 5)["rate"] == 10 * race(f, 25)["rate"] == 0.01),
    Claim("nearly-forty-updates", "makes one update, the run with $T = 100$ makes nearly forty",
          lambda f: 36 * race(f, 4213)["updates"] < race(f, 100)["updates"] < 40 * race(f, 4213)["updates"]),
    Claim("five-or-six-times", "takes five or six times as long as $T = 100$",
          lambda f: all(5 * race(f, 100)[goal] < race(f, 4213)[goal] < 6.01 * race(f, 100)[goal]
                        for goal in ("under two", "under one"))),
)


def per_step(seed: Seed, scale: float | None, lag: int) -> float:
    """Which share of the gradient a step back keeps, on average up to this lag."""
    sizes = seed(scale=scale)
    return (sizes[str(lag)] / sizes["0"]) ** (1 / lag)


FRESH = Shipped("lesson03/fresh_credit.jsonl", "", Sweep(fresh_credit, {"scale": [0.01, None]}),
                range(200, 220), 0.05, ())
FAULTY = Shipped("lesson03/loss_with_fault.jsonl", "", Sweep(loss_with_fault, {"fault": list(FAULTS)}),
                 range(200, 220), 0.1, ())

REPLICATED = (
    Replicated("a-tenth-a-step", "With weights of 0.01 each step back keeps about a tenth", FRESH,
               lambda seed: all(0.09 < per_step(seed, 0.01, lag) < 0.11 for lag in (1, 10, 40)),
               said=(20, 20)),
    Replicated("more-than-half-a-step", "With the usual weights a step keeps more than half", FRESH,
               lambda seed: all(per_step(seed, None, lag) > 0.5 for lag in (1, 10, 40)), said=(20, 20)),
    Replicated("almost-nothing-at-forty", "but 40 steps still leave almost nothing", FRESH,
               lambda seed: seed(scale=None)["40"] < 1e-6 * seed(scale=None)["0"], said=(20, 20)),
    Replicated("hello-in-spite-of-faults", "a network trained with either still learns to spell hello",
               FAULTY, lambda seed: all(seed(fault=fault) < 0.01 for fault in FAULTS), said=(20, 20)),
)

NOT_REPLICATED = (
    NotReplicated("Measuring takes two forward passes for each weight", "calculated"),
    NotReplicated("And at every step its work is 16,100 times as much", "calculated"),
    NotReplicated("all rows look alike, whatever the text says", "one network"),
    NotReplicated("bright where the network is unsure of the letter", "one network"),
    NotReplicated("after ten steps the gradient is as long as at the start", "one network"),
    NotReplicated("where a network remembers by passing on what it has read", "one network"),
    NotReplicated("The network learnt to remember, although at first hardly any gradient", "one network"),
    NotReplicated("time and memory grow in proportion to $T$", "the clock"),
    NotReplicated("The runs with $T = 25$ and $T = 100$ end with the lowest loss", "the clock"),
    NotReplicated("In the end this run is ahead of $T = 5$ and of $T = 500$", "the clock"),
    NotReplicated("the whole-text run takes five or six times as long as $T = 100$", "the clock"),
    NotReplicated("possible, exact, and poor value", "the clock"),
    NotReplicated("the whole-text run would have ended at a loss of 1.10", "these runs"),
)

SOLVED = (       # claims of the worked solutions
    Claim("roughly-right", "the cosine of the angle between the wrong and the right gradient is well above 0",
          lambda f: 0.3 < f.number("cosine of the angle between them:") < 0.99
          and "equal: False" in f.line("cosine of the angle")),
)
