"""Long training at a small rate gives the same losses on every computer, to ten digits.

At a high rate it would not: there a difference in the last bit grows. The reference was made by
``python tests/networks/test_same_numbers.py``; `benchmarks/same_numbers.py` compares it under other
processors' code.
"""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import GRU, LSTM, RNN, SGD, Adagrad, Adam, CharModel, RMSProp, train

REFERENCE = Path(__file__).with_name("reference_losses.npz")
RUNS = {
    "rnn_adagrad": (RNN, Adagrad, 0.01), "gru_adam": (GRU, Adam, 0.0003),
    "lstm_rmsprop": (LSTM, RMSProp, 0.0003), "rnn_sgd": (RNN, SGD, 0.01),
}
UPDATES = 1500
KEPT = slice(None, None, 3)     # of the losses; one that differs makes all that follow differ


def losses(name: str) -> np.ndarray:
    """The loss before each of 1,500 updates."""
    cell, optimizer, rate = RUNS[name]
    text = load_text("input")
    vocabulary = Vocabulary(text)
    model = CharModel(cell(len(vocabulary), 32), np.random.default_rng(0))
    stream = chunks(vocabulary.encode(text), length=25)
    steps = train(model, stream, optimizer(rate), clip_norm=5.0)
    return np.array([step.loss for step in islice(steps, UPDATES)])


@pytest.mark.parametrize("name", RUNS)
def test_1500_losses_are_those_of_every_other_computer(name):
    with np.load(REFERENCE) as reference:
        expected = reference[name]
    found = losses(name)
    assert found[-100:].mean() < found[:100].mean() - 0.3, "it learns"
    assert np.abs(found[KEPT] - expected).max() < 1e-10


if __name__ == "__main__":
    np.savez_compressed(REFERENCE, **{name: losses(name)[KEPT] for name in RUNS})
