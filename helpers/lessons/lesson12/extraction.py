"""A network that learns one of Tomita's grammars, and the automaton that is drawn from its states."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from helpers.data import Chunk
from helpers.lessons.lesson12.automata import (
    TOMITA,
    Automaton,
    agreement,
    answers,
    automaton,
    checked,
    distinguishing_string,
    minimise,
)
from helpers.networks import CELLS, Adam, Model, Softmax, train

BEGIN = 2               # the symbol that is read first: after it the network is asked for the empty string
MOST_STATES = 64
LONGEST = 12            # of the strings on which a network is asked: 8,190, and the empty one


def live_states(machine: Automaton) -> np.ndarray:
    """Whether from each state an accepted string can still be reached."""
    live = machine.accepts.copy()
    for _ in live:
        live |= live[machine.steps].any(axis=1)
    return live


def grammar_strings(
    rng: np.random.Generator, machine: Automaton, length: int, batch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Strings to learn from: bits after the first symbol, (length + 1, B), and after each if it is accepted.

    Half of them are drawn at random. The others usually take a step after which a string can still be
    accepted.
    """
    bits = rng.integers(2, size=(length, batch))
    careful = rng.random((length, batch)) < 0.9
    careful[:, batch // 2 :] = False
    live, state = live_states(machine), np.zeros(batch, int)
    wanted = np.empty((length + 1, batch), int)
    wanted[0] = machine.accepts[0]
    for t in range(length):
        dead = careful[t] & ~live[machine.steps[state, bits[t]]] & live[machine.steps[state, 1 - bits[t]]]
        bits[t] ^= dead
        state = machine.steps[state, bits[t]]
        wanted[t + 1] = machine.accepts[state]
    return np.vstack([np.full((1, batch), BEGIN), bits]), wanted


def grammar_training(
    rng: np.random.Generator, grammar: int = 5, cell: str = "RNN", units: int = 12, length: int = 15,
    batch: int = 32, learning_rate: float = 0.01, updates: int = 1000,
) -> Iterator[tuple[int, float, Model]]:
    """Train a network to say after each symbol if the string so far belongs to a grammar of Tomita.

    Yields the number of updates, the loss, and the model, after each update.
    """
    model = Model(CELLS[cell](3, units), Softmax(2), rng)
    stream = (Chunk(*grammar_strings(rng, TOMITA[grammar], length, batch), starts_over=True)
              for _ in range(updates))
    for step in train(model, stream, Adam(learning_rate), clip_norm=1.0):
        yield step.index, step.loss, model


def network_answers(model: Model, longest: int) -> list[np.ndarray]:
    """What a network says of all strings of length 0, 1, ..., as `automata.answers`."""
    state, said = first_state(model), []
    for n in range(longest + 1):
        said.append(accepted(model, state[0]))
        if n < longest:
            both = tuple(np.repeat(array, 2, axis=0) for array in state)
            state = moved(model, both, np.tile([0, 1], len(both[0]) // 2))
    return said


def network_accepts(model: Model, string: str) -> bool:
    """Whether a network accepts a string of 0 and 1."""
    symbols = np.array([BEGIN, *map(int, checked(string))])[:, None]
    return bool(model.scores(symbols)[-1].argmax(axis=1)[0])


def first_state(model: Model) -> tuple[np.ndarray, ...]:
    """The state in which a network has read nothing but the first symbol, arrays (1, H)."""
    return moved(model, model.cell.zero_state(1), np.array([BEGIN]))


def moved(model: Model, state: tuple[np.ndarray, ...], symbols: np.ndarray) -> tuple[np.ndarray, ...]:
    """The states after another symbol."""
    return model.cell.forward(model.params, symbols[None], state)[1]


def accepted(model: Model, h: np.ndarray) -> np.ndarray:
    """What the readout says at states (N, H), booleans (N,)."""
    return (h @ model.params.W_hy + model.params.b_y).argmax(axis=1) == 1


class Look(NamedTuple):
    """A network at some time of its training, and the automaton that was drawn from it.

    Attributes:
        updates: how many were made.
        network, machine_right: the share of the strings that each gets right.
        machine: the automaton, minimised.
    """

    updates: int
    network: float
    machine_right: float
    machine: Automaton


class Drawn(NamedTuple):
    """What was drawn from a network.

    Attributes:
        machine: an automaton, a state for each cluster.
        smallest: the same, minimised.
        centres: (S, ...) the network's state that stands for each cluster.
        closed: whether the walk ended before `MOST_STATES`.
    """

    machine: Automaton
    smallest: Automaton
    centres: np.ndarray
    closed: bool


def extract_automaton(model: Model, distance: float) -> Drawn:
    """The automaton of a network, where a state closer than `distance` to a known state counts as that state.

    It walks from the first state, with 0 and with 1 from each new one, until nothing new comes.
    """
    start = first_state(model)
    known = [tuple(array[0] for array in start)]
    centres = np.concatenate(start, axis=1)
    steps: list[list[int]] = []
    while len(steps) < len(known):
        here = tuple(np.stack([array, array]) for array in known[len(steps)])
        after = moved(model, here, np.array([0, 1]))
        row = []
        for n in (0, 1):
            point = np.concatenate([array[n] for array in after])
            away = np.sqrt(np.mean((centres - point) ** 2, axis=1))
            nearest = int(away.argmin())
            if away[nearest] > distance and len(known) < MOST_STATES:
                nearest = len(known)
                known.append(tuple(array[n] for array in after))
                centres = np.vstack([centres, point])
            row.append(nearest)
        steps.append(row)
    accepts = accepted(model, np.stack([state[0] for state in known]))
    machine = automaton(steps, accepts)
    return Drawn(machine, minimise(machine), centres, len(known) < MOST_STATES)


def grammar_found(
    rng: np.random.Generator, grammar: int, distance: float = 0.25, updates: int = 1000
) -> dict:
    """Train a network on a grammar, draw its automaton, and ask both for all strings up to length 12.

    Returns:
        "network" and "automaton", how many of the 8,190 strings each gets right; "walked", the states of
        the walk, and "states", those that are left; "apart", the shortest string on which automaton and
        grammar differ, None if they are the same for all strings of any length.
    """
    *_, (_, _, model) = grammar_training(rng, grammar, updates=updates)
    found, right = extract_automaton(model, distance), answers(TOMITA[grammar], LONGEST)
    return {"network": agreement(network_answers(model, LONGEST), right),
            "automaton": agreement(answers(found.smallest, LONGEST), right),
            "walked": len(found.machine.accepts), "states": len(found.smallest.accepts),
            "apart": distinguishing_string(found.smallest, TOMITA[grammar])}


def grammar_looks(rng: np.random.Generator, grammar: int, every: int = 50, distance: float = 0.25,
                  updates: int = 1000) -> Iterator[Look | None]:
    """Train a network on a grammar, and look at it now and then.

    Yields None after each update, or a `Look` at the network and its automaton after `every` updates.
    """
    right = answers(TOMITA[grammar], LONGEST)
    total = sum(map(len, right)) - 1
    for index, _, model in grammar_training(rng, grammar, updates=updates):
        if index % every and index != 1:
            yield None
            continue
        found = extract_automaton(model, distance)
        yield Look(index, agreement(network_answers(model, LONGEST), right) / total,
                   agreement(answers(found.smallest, LONGEST), right) / total, found.smallest)
