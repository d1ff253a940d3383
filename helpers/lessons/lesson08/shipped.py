"""What lesson 08 ships, and what makes it: the tales, races on them, and networks that have learnt them.

`scripts/ship.py` makes the files. The races take the learning rates that `rates` found best. Training is
chaotic, so another computer finds other digits and the same picture. Seconds are counted by a measured cost
per update, so a budget buys the same number of updates on any machine.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.data import chunks, ngram_loss
from helpers.lessons.lesson08 import experiments_grammar as grammar
from helpers.lessons.lesson08.experiments import (
    BATCH,
    LENGTH,
    MAX_NORM,
    RACED,
    SIZES,
    correlations,
    every_gate,
    features,
    ideas_curve,
    load_tales,
    memorise,
    read_states,
    tales_curve,
    tales_loss,
)
from helpers.networks import CELLS, LSTM, Adam, CharModel, gradient_norms, train
from helpers.runs import (
    Checkpoint,
    Result,
    Shipped,
    Sweep,
    load_results,
    load_run,
    pack,
    save,
    text_losses,
    write_file,
    write_json,
)

CHARACTERS = {"tales": 300_000, "tales_heldout": 30_000}                   # at least; tales are whole
TIMES, ORDERS = (1, 5, 20), range(1, 15)                                    # as much text; n of n-grams
RATES = [0.003, 0.006, 0.012, 0.024, 0.048, 0.096]
GRID_SEEDS = (100, 101, 102)                                               # none is used again
LONG, LONG_RATES = 10_000, {"RNN": 0.003, "GRU": 0.006, "LSTM": 0.012}     # a longer run wants a lower rate
SNAPSHOTS = (0, 10, 30, 100, 200, 400, 700, 1000, 1500, 2500, 4000, 7000)
LSTM_SEED = 1


def tales(size: int, path: Path, seeds: Sequence[int]) -> None:
    text, _ = grammar.make_text(*seeds, size)
    write_file(path, text.encode("ascii"))


def entropy(path: Path, seeds: Sequence[int]) -> None:
    """Of the language, exact; and the surprise of the choices that made each text, per character."""
    values: dict[str, object] = {"entropy": round(grammar.entropy(), 6)}
    for seed, (name, size) in zip(seeds, CHARACTERS.items(), strict=True):
        text, nats = grammar.make_text(seed, size)
        values[name] = {"characters": len(text), "surprise": round(nats / len(text), 6)}
    write_json(path, values)


def ngrams(path: Path, seeds: Sequence[int]) -> None:
    """Held-out losses of n-grams, counted on more and more text of one seed, which begins with the tales."""
    heldout, counts = load_tales().heldout, []
    for times in TIMES:
        text, _ = grammar.make_text(*seeds, times * CHARACTERS["tales"])
        losses = {str(n): round(ngram_loss(text, heldout, n), 4) for n in ORDERS}
        counts.append({"times": times, "characters": len(text), "losses": losses})
    write_json(path, counts)


def by_rate(results: Sequence[Result], cell: str, seeds: int) -> list[float]:
    """The rates run with at least so many seeds, from the lowest median held-out loss to the highest."""
    losses: dict[float, list[float]] = {}
    for result in results:
        if result.parameters["cell"] == cell:
            loss = result.value["heldout"][-1] if result.status == "finished" else np.inf
            losses.setdefault(result.parameters["learning_rate"], []).append(loss)
    enough = [rate for rate in losses if len(losses[rate]) >= seeds]
    return sorted(enough, key=lambda rate: np.median(losses[rate]))


def rates(path: Path, seeds: Sequence[int]) -> None:
    """Every rate with the first seed; then the best two of each cell with the others."""
    def sweep_over(rates_of: dict[str, list[float]]) -> Sweep:
        return Sweep(tales_curve, [
            {"cell": [cell], "learning_rate": rates, "updates": [1500], "looks": [2]}
            for cell, rates in rates_of.items()
        ])

    sweep_over(dict.fromkeys(SIZES, RATES))(path, seeds[:1])
    results = [result for result in load_results(path) if result.seed == seeds[0]]
    sweep_over({cell: by_rate(results, cell, 1)[:2] for cell in SIZES})(path, seeds[1:])


def race(budgets: dict[str, list], path: Path, seeds: Sequence[int]) -> None:
    """Each cell at the rate with the lowest median held-out loss over the seeds of the grid."""
    results = load_run("08/rates")
    grid = [{"cell": [cell], "learning_rate": by_rate(results, cell, len(GRID_SEEDS))[:1], **budgets}
            for cell in SIZES]
    Sweep(tales_curve, grid)(path, seeds)


def long_training(cell: str, seed: int, updates: int = LONG) -> Iterator[tuple[int, CharModel]]:
    """Train a cell on the tales. Before each update, and after the last, yield their number and the network.

    It is always the same network, which goes on learning.
    """
    text, rate = load_tales(), LONG_RATES[cell]
    optimizer = Adam(rate)
    model = CharModel(CELLS[cell](len(text.vocabulary), SIZES[cell]), np.random.default_rng(seed),
                      dtype=np.float32)
    steps = train(model, chunks(text.ids, LENGTH, BATCH), optimizer, clip_norm=MAX_NORM)
    for update in range(updates):
        yield update, model
        optimizer.learning_rate = rate * (1 - update / updates)
        next(steps)
    yield updates, model


def reach_at_first(rng: np.random.Generator, updates: int) -> dict[str, int]:
    """At each of `SNAPSHOTS` up to `updates`, the lag up to which an LSTM's gradient keeps a hundredth."""
    window, lags = load_tales().heldout_ids[: 60 * 16].reshape(16, 60).T, {}
    for update, model in islice(long_training("LSTM", int(rng.integers(2**32))), updates + 1):
        if update in SNAPSHOTS:
            norms = gradient_norms(model.cell, model.params, window)
            lags[str(update)] = int(np.flatnonzero(norms >= 0.01)[-1])
    return lags


def untrained_underline(rng: np.random.Generator, characters: int) -> float:
    """The largest |r| of any cell of an untrained LSTM with *inside an underline*, over held-out text."""
    text = load_tales()
    model = CharModel(LSTM(len(text.vocabulary), SIZES["LSTM"]), rng, dtype=np.float32)
    marked = features(text.heldout[:characters])["inside an underline"]
    return float(np.abs(correlations(read_states(model, text.heldout_ids[:characters])["c"], marked)).max())


def network(cell: str, path: Path, seeds: Sequence[int]) -> None:
    *_, (updates, model) = long_training(cell, *seeds)
    save(path, Checkpoint(model, Adam(LONG_RATES[cell]), updates=updates, vocabulary=load_tales().vocabulary))


def snapshots(path: Path, seeds: Sequence[int]) -> None:
    """The LSTM at moments of its training, in half precision; its start needs no file."""
    moments = {str(update): model.params.vector.astype(np.float16)
               for update, model in long_training("LSTM", *seeds) if update in SNAPSHOTS and update > 0}
    write_file(path, pack("updates of the LSTM", moments))


def damage(path: Path, seeds: Sequence[int]) -> None:
    """What it costs to fix one gate of one cell of the LSTM at 0 or at 1."""
    (model, _), ids = load_run("08/lstm"), load_tales().heldout_ids
    before, rises = tales_loss(model, ids, 2000), {}
    for name, fixed in every_gate(model):
        rises.setdefault(name, []).append(round(tales_loss(fixed, ids, 2000) - before, 5))
    write_json(path, [{"gate": name[0], "fixed_at": int(name[-1]), "loss_rises": by_cell}
                      for name, by_cell in rises.items()])


SHIPPED = (
    Shipped("texts/tales.txt",
            "*Tales of Tern Island*, to train on",
            partial(tales, CHARACTERS["tales"]), seeds=(1907,), minutes=0.1, shown_in=(
                "lesson 03, section 9", "lesson 08, section 1", "lesson 08, section 3",
                "lesson 08, section 6", "lesson 08, section 13", "lesson 08, section 14",
                "lesson 08, exercise 8.2", "lesson 10, section 7")),
    Shipped("texts/tales_heldout.txt",
            "more tales, never trained on",
            partial(tales, CHARACTERS["tales_heldout"]), seeds=(1908,), minutes=0.1, shown_in=(
                "lesson 08, section 1", "lesson 08, section 3", "lesson 08, section 6",
                "lesson 08, section 13", "lesson 08, section 14", "lesson 08, exercise 8.2")),
    Shipped("lesson08/entropy.json",
            "the entropy of the tales; the surprise of the choices that made each text",
            entropy, seeds=(1907, 1908), minutes=0.1, shown_in=("section 1", "section 6")),
    Shipped("lesson08/ngrams.json",
            "what n-grams reach on the held-out tales, counted on 1, 5 and 20 times as much text",
            ngrams, seeds=(1907,), minutes=2, shown_in=("section 1", "section 13")),
    Shipped("lesson08/rate_and_size.jsonl.gz",
            "learning rate and units of a plain network: losses after 300 updates",
            Sweep(text_losses, {
                "cell": ["RNN"],
                "learning_rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
                "hidden_size": [8, 16, 32, 64, 128],
            }), seeds=range(20), minutes=2.5, shown_in=("section 11",)),
    Shipped("lesson08/rates.jsonl",
            "six learning rates for each of three cells, 1,500 updates; the best two of each with two "
            "more seeds",
            rates, seeds=GRID_SEEDS, minutes=4, shown_in=("section 3",)),
    Shipped("lesson08/updates.jsonl",
            "a race of three cells, 3,000 updates each",
            partial(race, {"updates": [3000]}), seeds=range(20), minutes=15, shown_in=("section 3",)),
    Shipped("lesson08/seconds.jsonl",
            "a race of three cells, with 1, 3 and 9 seconds, counted by a measured cost per update",
            partial(race, {"seconds": [1.0, 3.0, 9.0]}),
            seeds=range(20), minutes=15, shown_in=("section 3",)),
    Shipped("lesson08/rnn.npz",
            "a plain network after 10,000 updates",
            partial(network, "RNN"), seeds=(1,), minutes=1, shown_in=("section 4",)),
    Shipped("lesson08/gru.npz",
            "a GRU after 10,000 updates",
            partial(network, "GRU"), seeds=(1,), minutes=1, shown_in=(
                "section 4", "section 13", "section 14")),
    Shipped("lesson08/lstm.npz",
            "an LSTM after 10,000 updates",
            partial(network, "LSTM"), seeds=(LSTM_SEED,), minutes=1, shown_in=(
                "section 4", "section 6", "exercise 8.2")),
    Shipped("lesson08/snapshots.npz",
            "that LSTM at eleven moments of its training, in half precision",
            snapshots, seeds=(LSTM_SEED,), minutes=1, shown_in=("section 6",)),
    Shipped("lesson08/damage.json",
            "by how much the loss of that LSTM rises with one gate of one cell fixed at 0 or at 1",
            damage, seeds=(), minutes=0.7, shown_in=("section 9",)),
    Shipped("lesson08/dropout.jsonl",
            "10,000 characters memorised, without and with dropout",
            Sweep(memorise, {"dropout": [0.0, 0.25, 0.5]}),
            seeds=range(20), minutes=10, shown_in=("section 10", "exercise 8.3")),
    Shipped("lesson08/ideas.jsonl",
            "four ideas that make a GRU learn faster, each alone and together, 4 s each, counted by "
            "measured costs",
            Sweep(ideas_curve, {"idea": list(RACED)}), seeds=range(20), minutes=11, shown_in=("section 13",)),
)


def load_snapshots() -> dict[int, CharModel]:
    """The shipped LSTM by the number of updates made, in float64; the last one is the trained network.

    The earlier ones were saved in half precision, which changes a loss by less than 0.001.
    """
    last, _ = load_run("08/lstm")
    _, first = next(long_training("LSTM", LSTM_SEED))
    vectors = {"0": first.params.vector.astype(np.float16), **load_run("08/snapshots")}
    models = {}
    for update, vector in sorted((int(name), vector) for name, vector in vectors.items()):
        models[update] = CharModel(last.cell, np.random.default_rng(0))
        models[update].params.vector = vector.astype(np.float64)
    return {**models, LONG: last}
