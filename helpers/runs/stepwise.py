"""Long work in steps: between two of them whoever waits can look around, say how far it is, or end it."""

from collections.abc import Callable, Generator, Sequence
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R", covariant=True)

# What work yields between two steps: how many are done of how many; or the share that is done, 0 to 1.
HowFar = tuple[int, int] | float


class Stepwise(Protocol[P, R]):
    """A function that can be called as any other, or gone through by its `steps`."""

    steps: Callable[P, Generator[HowFar, None, R]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def stepwise(work: Callable[P, Generator[HowFar, None, R]]) -> Stepwise[P, R]:
    """Decorator: makes a generator function do all at once; the generator itself stays there as `steps`.

    >>> @stepwise
    ... def total(numbers):
    ...     sum = 0
    ...     for done, number in enumerate(numbers, 1):
    ...         sum += number
    ...         yield done, len(numbers)
    ...     return sum
    >>> total([1, 2, 3]), list(total.steps([1, 2, 3]))
    (6, [(1, 3), (2, 3), (3, 3)])
    """
    @wraps(work)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        steps = work(*args, **kwargs)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value

    cast(Any, whole).steps = work
    return cast(Any, whole)


def share(done: HowFar) -> float:
    """What work yields, as a share of the whole."""
    return done[0] / done[1] if isinstance(done, tuple) else done


def in_turn(
    works: Sequence[Generator[HowFar, None, R]], weights: Sequence[float] | None = None
) -> Generator[float, None, list[R]]:
    """Several works as one, which returns their results; `weights` say how long each takes, in any unit."""
    weights = [1.0] * len(works) if weights is None else weights
    total, before, found = sum(weights), 0.0, []
    for work, weight in zip(works, weights, strict=True):
        while True:
            try:
                done = next(work)
            except StopIteration as end:
                found.append(end.value)
                break
            yield (before + weight * share(done)) / total
        before += weight
    return found
