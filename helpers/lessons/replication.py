"""Whether what a lesson says of networks in general holds for new seeds.

A claim names the shipped sweep that it rests on and a function of what one seed gave. By that function the
shipped seeds are counted, which the text and its test quote, and new seeds are judged::

    Replicated("lstm-past-twenty", "All LSTMs and GRUs have learnt their twenty", "12/counting",
               lambda of: of(cell="LSTM")["reach"][-1] >= 20)
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from helpers.runs import Result

INSIDE, USUAL = 13 / 20, 16 / 20        # shares of new seeds in an interval: less fails, less is too strong
IMPROBABLE, DOUBTFUL = 0.01, 0.05       # of a count, if new seeds are as the old ones
RULE = (
    "An interval *fails* if fewer than 13 of 20 new seeds lie in it, and is *too strong* if fewer than 16 "
    "do. A count or a comparison *fails* if chance makes a difference from the text's own count that is as "
    "large as this one less than once in 100 times (Fisher's exact test, two-sided). It is *too strong* if "
    "chance does so less than once in 20 times and fewer new seeds bear it out. All else *holds*.")


class Replicated(NamedTuple):
    """A sentence about networks in general, and how one seed bears it out.

    Attributes:
        name: of the claim, in kebab-case.
        words: some of the sentence as it stands in the lesson's prose.
        run: the shipped sweep that it rests on, for example "12/counting".
        of: called with `Seed`; returns whether this seed bears it out, or with `between` a number.
        between: the interval that the text gives for that number, both ends included.
    """

    name: str
    words: str
    run: str
    of: Callable[["Seed"], bool | float]
    between: tuple[float, float] | None = None


class Seed:
    """What one seed of a sweep gave: ``seed(cell="LSTM")`` is the value of that setting.

    Args:
        results: of one seed.
    """

    def __init__(self, results: Iterable[Result]):
        self._results = list(results)

    def __call__(self, **parameters):
        """The value of the run with these parameters, None if it diverged.

        Raises:
            LookupError: there is no such run, or more than one.
        """
        found = [run for run in self._results if parameters.items() <= run.parameters.items()]
        if len(found) != 1:
            raise LookupError(f"{len(found)} runs have {parameters}: give parameters that only one has")
        return found[0].value


class Outcome(NamedTuple):
    """How a claim fared.

    Attributes:
        said: how many of how many shipped seeds bear it out.
        found: the same of the new ones.
        values: for an interval the numbers of the new seeds, ascending.
        verdict: "holds", "too strong" or "fails".
    """

    said: tuple[int, int]
    found: tuple[int, int]
    values: list[float]
    verdict: str


def judge(claim: Replicated, shipped: Sequence[Result], new: Sequence[Result]) -> Outcome:
    """How a claim fares with the seeds of `new`, of which all runs have ended.

    Raises:
        ValueError: a seed is in both.
    """
    old, fresh = by_seed(shipped), by_seed(new)
    if both := sorted(old.keys() & fresh.keys()):
        raise ValueError(f"seed {both[0]} is one of the shipped seeds: take others")
    said, found = _borne_out(claim, old), _borne_out(claim, fresh)
    values = sorted(claim.of(seed) for seed in fresh.values()) if claim.between else []
    return Outcome(said, found, values, verdict(said, found, claim.between is not None))


def verdict(said: tuple[int, int], found: tuple[int, int], interval: bool) -> str:
    """By `RULE`, from how many of how many seeds bear a claim out, shipped and new."""
    share = found[0] / found[1]
    if interval:
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


def by_seed(results: Iterable[Result]) -> Mapping[int, Seed]:
    """The results of each seed."""
    groups: dict[int, list[Result]] = {}
    for result in results:
        groups.setdefault(result.seed, []).append(result)
    return {seed: Seed(group) for seed, group in sorted(groups.items())}


def _borne_out(claim: Replicated, seeds: Mapping[int, Seed]) -> tuple[int, int]:
    found = [claim.of(seed) for seed in seeds.values()]
    if claim.between:
        low, high = claim.between
        return sum(value is not None and low <= value <= high for value in found), len(found)
    return sum(map(bool, found)), len(found)
