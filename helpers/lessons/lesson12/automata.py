"""Finite automata over 0 and 1: how they read strings, are minimised and compared, and Tomita's seven."""

from collections import deque
from typing import NamedTuple

import numpy as np


class Automaton(NamedTuple):
    """States 0, 1, ..., of which 0 is the first.

    Attributes:
        steps: (S, 2), the state to which each goes on a 0 and on a 1.
        accepts: (S,), whether a string that ends there is accepted.
    """

    steps: np.ndarray
    accepts: np.ndarray

    def reads(self, string: str) -> list[int]:
        """The states that it goes through: the first, and the state after each symbol.

        Raises ValueError for a string with other symbols than 0 and 1.
        """
        states = [0]
        for symbol in checked(string):
            states.append(int(self.steps[states[-1], int(symbol)]))
        return states

    def says(self, string: str) -> bool:
        """Whether it accepts a string."""
        return bool(self.accepts[self.reads(string)[-1]])


def automaton(steps, accepts) -> Automaton:
    """An `Automaton` from lists.

    Raises ValueError if they do not fit each other.
    """
    steps, accepts = np.asarray(steps, dtype=int), np.asarray(accepts, dtype=bool)
    S = len(accepts)
    if S == 0 or steps.shape != (S, 2) or steps.min() < 0 or steps.max() >= S:
        raise ValueError(f"steps is {steps.tolist()}, accepts is {accepts.tolist()}. For each state, steps "
                         "needs the two states to which 0 and 1 lead, and accepts needs True or False.")
    return Automaton(steps, accepts)


def checked(string: str) -> str:
    """The string, if it has only 0s and 1s or is empty; otherwise a ValueError that says so."""
    if not isinstance(string, str) or set(string) - {"0", "1"}:
        raise ValueError(f"string is {string!r}. It may contain only 0 and 1.")
    return string


# Tomita (1982): by number, the rule in words, and the smallest automaton.
RULES = {
    1: "only 1s",
    2: "10, again and again",
    3: "no odd run of 0s right after an odd run of 1s",
    4: "000 nowhere",
    5: "an even number of 0s, and of 1s",
    6: "as many 0s as 1s, or 3, 6, 9 ... more or fewer",
    7: "0s, then 1s, then 0s, then 1s",
}
TOMITA = {
    1: automaton([[1, 0], [1, 1]], [1, 0]),
    2: automaton([[2, 1], [0, 2], [2, 2]], [1, 0, 0]),
    3: automaton([[0, 1], [2, 0], [3, 4], [2, 1], [4, 4]], [1, 1, 0, 1, 0]),
    4: automaton([[1, 0], [2, 0], [3, 0], [3, 3]], [1, 1, 1, 0]),
    5: automaton([[1, 2], [0, 3], [3, 0], [2, 1]], [1, 0, 0, 0]),
    6: automaton([[1, 2], [2, 0], [0, 1]], [1, 0, 0]),
    7: automaton([[0, 1], [2, 1], [2, 3], [4, 3], [4, 4]], [1, 1, 1, 1, 0]),
}


def minimise(machine: Automaton) -> Automaton:
    """The smallest automaton that accepts the same strings, its states in the order in which they are met.

    States are first split by whether they accept, then again and again by where 0 and 1 lead, until no class
    falls apart (Moore 1956).
    """
    _, kind = np.unique(machine.accepts, return_inverse=True)
    while True:
        rows = np.column_stack([kind, kind[machine.steps]])
        _, finer = np.unique(rows, axis=0, return_inverse=True)
        finer = finer.reshape(-1)
        if finer.max() == kind.max():
            break
        kind = finer
    order, queue = {int(kind[0]): 0}, deque([0])         # classes in the order in which they are met
    found: list[tuple[list[int], bool]] = []
    while queue:
        state = queue.popleft()
        row = []
        for follower in machine.steps[state]:
            if int(kind[follower]) not in order:
                order[int(kind[follower])] = len(order)
                queue.append(int(follower))
            row.append(order[int(kind[follower])])
        found.append((row, bool(machine.accepts[state])))
    return automaton(*zip(*found, strict=True))


def distinguishing_string(one: Automaton, other: Automaton) -> str | None:
    """The shortest string on which two automata differ, None if there is none.

    It walks through the pairs of states to which the same string can lead in the two automata. There are no
    more than the product of their numbers of states, so it looks at all of them.
    """
    pairs, queue = {(0, 0): ""}, deque([(0, 0)])
    while queue:
        a, b = queue.popleft()
        if one.accepts[a] != other.accepts[b]:
            return pairs[a, b]
        for symbol in (0, 1):
            pair = int(one.steps[a, symbol]), int(other.steps[b, symbol])
            if pair not in pairs:
                pairs[pair] = pairs[a, b] + str(symbol)
                queue.append(pair)
    return None


def answers(machine: Automaton, longest: int) -> list[np.ndarray]:
    """What it says of all strings of length 0, 1, ..., `longest`, (2^n,) each, in counting order."""
    states, said = np.zeros(1, int), []
    for _ in range(longest + 1):
        said.append(machine.accepts[states])
        states = machine.steps[states].reshape(-1)
    return said


def agreement(one: list[np.ndarray], other: list[np.ndarray]) -> int:
    """On how many of the strings, without the empty string, two say the same."""
    return int(np.sum(np.concatenate(one[1:]) == np.concatenate(other[1:])))
