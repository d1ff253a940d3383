"""What lesson 04 ships, and what makes it."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.data import Vocabulary, chunks, course_corpus
from helpers.lessons.lesson04.experiments import adding_with_window, echo_accuracy, echo_stream
from helpers.networks import RNN, Adam, CharModel, train
from helpers.runs import Shipped, Sweep, write_network


def short_run(path: Path, seeds: Sequence[int]) -> None:
    """An RNN of 64 units that has begun to learn the play."""
    (seed,), text = seeds, course_corpus()
    model = CharModel(RNN(len(text.vocabulary), 64), np.random.default_rng(seed))
    write_trained(path, model, islice(chunks(text.ids, 25, 16), 400), text.vocabulary)


def echo_run(path: Path, seeds: Sequence[int]) -> None:
    """An RNN of 32 units that has begun to repeat bits after ten steps."""
    rng = np.random.default_rng(*seeds)
    model = CharModel(RNN(2, 32), rng)
    stream = echo_stream(rng, lag=10, window=20, updates=200, batch=32)
    write_trained(path, model, stream, Vocabulary("01"))


def write_trained(path: Path, model: CharModel, stream, vocabulary: Vocabulary) -> None:
    for _ in train(model, stream, Adam(0.003), clip_norm=1.0):
        pass
    write_network(path, model, vocabulary, Adam())


SHIPPED = (
    Shipped("lesson04/short_run.npz",
            "a network of 64 units that has begun to learn the play",
            short_run, seeds=(0,), minutes=0.1, shown_in=("section 2", "section 6")),
    Shipped("lesson04/echo_run.npz",
            "a network of 32 units that has begun to repeat bits after ten steps",
            echo_run, seeds=(0,), minutes=0.1, shown_in=("section 2",)),
    Shipped("lesson04/echo.jsonl.gz",
            "echo task, tanh network of 32 units: accuracy after 4,000 updates by lag and window of the "
            "truncated gradient, from small and from usual weights",
            Sweep(echo_accuracy, {
                "scale": [0.01, None], "lag": [1, 2, 3, 4, 5], "window": [1, 2, 3, 4, 5, 6, 7, 8],
            }), seeds=range(20), minutes=12, shown_in=("section 7",)),
    Shipped("lesson04/echo_frozen.jsonl",
            "the same with frozen recurrent weights",
            Sweep(echo_accuracy, {                  # then the window hardly matters
                "scale": [0.01, None], "lag": [1, 2, 3, 4, 5], "window": [8], "frozen": [True],
            }), seeds=range(20), minutes=2.1, shown_in=("section 7",)),
    Shipped("lesson04/echo_ten.jsonl",
            "the echo task at lag 10, nothing frozen: windows around the border and well beyond it",
            Sweep(echo_accuracy, {
                "scale": [0.01, None], "lag": [10], "window": [5, 9, 10, 11, 12, 15, 20],
            }), seeds=range(20), minutes=4.9, shown_in=("section 7", "exercise 4.1")),
    Shipped("lesson04/adding_window.jsonl",
            "adding problem of 100 steps, GRU of 32 units: error by window of the truncated gradient, and "
            "mean update gate at steps without a mark, every 100 updates",
            Sweep(adding_with_window, {"length": [100], "window": [5, 10, 25, 50, 100]}),
            seeds=range(20), minutes=3.8, shown_in=("section 8",)),
)
