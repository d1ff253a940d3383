"""Whether what a lesson says of networks in general holds for new seeds.

A claim names the sweep that it rests on, and a function that measures it for one seed. The same function
counts the shipped seeds, whose count the text gives, and the new ones::

    Replicated("lstm-past-twenty", "All these LSTMs and GRUs have learnt their twenty", "12/counting",
               lambda seed: seed(cell="LSTM")["reach"][-1] >= 20)

Where the text gives the count of a sweep that isn't shipped, the claim has the sweep and the count::

    LATCHES = Shipped("lesson12/latches.jsonl", "", Sweep(latch, {"units": [8]}), range(200, 220), 1, ())

    Replicated("latch", "19 of 20 networks", LATCHES, lambda seed: seed()["kept"] > 0.9, said=(19, 20))
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from helpers.runs import Result, Shipped, load_run

INSIDE, USUAL = 13 / 20, 16 / 20        # shares of new seeds in an interval: less fails, less is too strong
IMPROBABLE, DOUBTFUL = 0.01, 0.05       # of a count, if new seeds are as the old ones
RULE = (
    "*Holds* means that the new seeds support the sentence about as often as the text says. *Too strong* "
    "means that they support it less often, and *fails* means that they contradict it. A sentence with an "
    "interval is too strong if fewer than 16 of 20 new seeds lie in the interval, and fails if fewer than "
    "13 do. For a count or a comparison we compare how often it came out with the text's own seeds and with "
    "the new ones. Fisher's exact test (two-sided) says how often two counts would differ at least this "
    "much by chance alone. If that happens less than once in 100 times, the sentence fails. If it happens "
    "less than once in 20 times, and a smaller share of the new seeds supports the sentence, the sentence "
    "is too strong.")


class Replicated(NamedTuple):
    """A sentence about networks in general, and how it is measured for one seed."""

    name: str                   # in kebab-case
    words: str                  # some of the sentence as it is in the lesson's prose
    run: str | Shipped          # a shipped sweep, "12/counting", or one that isn't, with the text's seeds
    measure: Callable[["Seed"], bool | float | None]    # supports this seed it? or a number for `between`
    between: tuple[float, float] | None = None          # the interval in the text, ends included
    said: tuple[int, int] | None = None                 # the text's k of n, of a sweep that isn't shipped

    def values(self, results: Iterable[Result]) -> list:
        """What `measure` returns for each seed of these results."""
        groups: dict[int, list[Result]] = {}
        for result in results:
            groups.setdefault(result.seed, []).append(result)
        return [self.measure(Seed(groups[seed])) for seed in sorted(groups)]

    def counted(self) -> tuple[int, int]:
        """How many of how many seeds support it in the text: its own count, or that of the shipped seeds."""
        if self.said is None and isinstance(self.run, Shipped):
            raise ValueError(f"{self.name} rests on a sweep that is not shipped. Give `said`, "
                             "its own k of n.")
        return self.said or self.supported(self.values(load_run(self.run)))

    def supported(self, values: Sequence) -> tuple[int, int]:
        """How many of how many values support the claim."""
        if self.between is None:
            return sum(map(bool, values)), len(values)
        low, high = self.between
        return sum(value is not None and low <= value <= high for value in values), len(values)


class Seed:
    """The results of one seed of a sweep: ``seed(cell="LSTM")`` is the value of that setting."""

    def __init__(self, results: Iterable[Result]):
        self._results = list(results)

    def __call__(self, **parameters):
        """The value of the run with these parameters, None if it diverged.

        Raises LookupError where no run, or more than one, has them.
        """
        found = [run for run in self._results if parameters.items() <= run.parameters.items()]
        if len(found) != 1:
            raise LookupError(f"{len(found)} runs have {parameters}. Give parameters that match "
                              "one run only.")
        return found[0].value


class Outcome(NamedTuple):
    """What became of a claim."""

    said: tuple[int, int] | None        # k of n seeds support it in the text; of an interval None
    found: tuple[int, int]              # of the new ones
    values: list                        # measured for each new seed
    verdict: str                        # "holds", "too strong" or "fails"


class NotReplicated(NamedTuple):
    """A sentence about networks that no function measures for one seed."""

    words: str          # some of the sentence as it is in the lesson's prose
    reason: str         # a key of REASONS


REASONS = {
    "one network": "it speaks of one network, whose numbers the lesson prints",
    "these runs": "it speaks of the runs that are shown, and only of them",
    "the clock": "it depends on the computer",
    "calculated": "it follows by calculation",
    "too long": "one seed takes more than ten minutes",
    "cited": "the paper that is named says so",
    "elsewhere": "another lesson measures it",
}


def judge(claim: Replicated, new: Iterable[Result]) -> Outcome:
    """What happens to a claim with new seeds, once all their runs have ended."""
    values = claim.values(new)
    found = claim.supported(values)
    if claim.between:
        return Outcome(None, found, values, verdict(None, found))
    said = claim.counted()
    return Outcome(said, found, values, verdict(said, found))


def verdict(said: tuple[int, int] | None, found: tuple[int, int]) -> str:
    """By `RULE`, from how many of how many seeds support a claim, in the text (None: an interval) and new."""
    share = found[0] / found[1]
    if said is None:
        return "fails" if share < INSIDE else "too strong" if share < USUAL else "holds"
    chance = fisher(said, found)
    if chance < IMPROBABLE:
        return "fails"
    return "too strong" if chance < DOUBTFUL and share < said[0] / said[1] else "holds"


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How probable a difference is that is at least as improbable as this one, if both shares are one.

    Fisher's exact test, two-sided (R. A. Fisher, *The Design of Experiments*, 1935, chapter II). `one` and
    `other` are k of n.

    >>> round(fisher((5, 5), (6, 20)), 4)
    0.0087
    """
    (a, n), (b, m) = one, other
    ways = [math.comb(n, k) * math.comb(m, a + b - k) for k in range(max(0, a + b - m), min(n, a + b) + 1)]
    here = math.comb(n, a) * math.comb(m, b)
    return sum(way for way in ways if way <= here) / sum(ways)
