"""What lesson 12 ships, and what makes it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.lessons.lesson12.experiments import (
    KINDS,
    TOMITA,
    counting,
    following,
    grammar_found,
    permuting,
    train_counter,
    train_on_grammar,
)
from helpers.networks import CELLS, RNN, Cell, Model, Softmax
from helpers.runs import Shipped, Sweep, load_run, write_json


def counters(path: Path, seeds: Sequence[int]) -> None:
    """Train an LSTM, a GRU and a plain network of 8 units on a^n b^n, 1,000 updates each."""
    write_json(path, {cell: _weights(islice(train_counter(np.random.default_rng(*seeds), cell), 1000))
                      for cell in ("LSTM", "GRU", "RNN")})


def grammar_networks(path: Path, seeds: Sequence[int]) -> None:
    """Train a plain network of 12 units on grammars 5 and 6, 1,000 updates each."""
    write_json(path, {str(grammar): _weights(train_on_grammar(np.random.default_rng(*seeds), grammar))
                      for grammar in (5, 6)})


def _weights(training: Iterable[tuple[int, Model]]) -> dict[str, list]:
    """The weights with four digits at the end of some training."""
    *_, (_, model) = training
    return {name: np.round(array, 4).tolist() for name, array in model.params.items()}


SHIPPED = (
    Shipped("lesson12/parity.jsonl",
            "five kinds of network of 8 units, trained on the parity of 40 bits for at most 2,500 updates, "
            "and for 1,000 more once they have learnt it; the share of right answers on strings of up "
            "to 4,096",
            Sweep(following, {"kind": list(KINDS)}), seeds=range(20), minutes=1.6, shown_in=("section 3",)),
    Shipped("lesson12/permutations.jsonl",
            "five kinds of network of 16 units, trained to follow permutations of three things over strings "
            "of 20 for at most 3,000 updates, and for 1,000 more once they have learnt it; the share of "
            "right answers on strings of up to 1,024",
            Sweep(permuting, {"kind": list(KINDS)}),
            seeds=range(20), minutes=1.8, shown_in=("section 9",)),
    Shipped("lesson12/counting.jsonl",
            "strings a^n b^n up to n = 20 learnt by three networks of 8 units: how far they count after 500, "
            "1,000 and 2,000 updates",
            Sweep(counting, {"cell": ["LSTM", "GRU", "RNN"]}), seeds=range(20), minutes=0.95,
            shown_in=("section 5",)),
    Shipped("lesson12/counters.json",
            "the weights of an LSTM, a GRU and a plain network of 8 units that learnt a^n b^n",
            counters, seeds=(0,), minutes=0.2, shown_in=("section 5",)),
    Shipped("lesson12/grammars.jsonl",
            "the seven grammars of Tomita learnt by plain networks of 12 units in 1,000 updates: on how many "
            "strings network and automaton are right, and how many states the automaton has",
            Sweep(grammar_found, {"grammar": list(TOMITA)}), seeds=range(20), minutes=4,
            shown_in=("section 8",)),
    Shipped("lesson12/grammar_networks.json",
            "the weights of two plain networks of 12 units that learnt grammars 5 and 6",
            grammar_networks, seeds=(0,), minutes=0.1, shown_in=("section 6", "section 7")),
)


def _network(cell: Cell, weights: Mapping[str, list]) -> Model:
    """A network with these weights."""
    model = Model(cell, Softmax(len(weights["b_y"])), np.random.default_rng(0))
    for name, array in weights.items():
        model.params[name] = np.array(array)
    return model


def counting_network(cell: str) -> Model:
    """A network of 8 units that learnt a^n b^n: "LSTM", "GRU" or "RNN"."""
    return _network(CELLS[cell](3, 8), load_run("12/counters")[cell])


def grammar_network(grammar: int) -> Model:
    """A plain network of 12 units that learnt a grammar of Tomita, 5 or 6."""
    return _network(RNN(3, 12), load_run("12/grammar_networks")[str(grammar)])
