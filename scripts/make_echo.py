"""Make the results that lesson 04 shows: ``python scripts/make_echo.py [name ...]``.

Writes data/lesson04: for each name a file of `helpers.runs.sweep`, one line for each run, and two
small trained networks, under the name "networks". Without names all are made, in about eight minutes
on two cores. Stopped and started again, a sweep goes on where it was.
"""

import itertools
import sys

import numpy as np
from shipping import ship

from helpers.data import Vocabulary, chunks, data_folder, load_text
from helpers.lessons.lesson04 import adding_with_window, echo_right, echo_stream
from helpers.networks import RNN, Adam, CharModel, train
from helpers.runs import Run, save

FOLDER = data_folder() / "lesson04"

SWEEPS = {
    # Which windows learn to repeat a bit after which lags, from small weights and from usual ones.
    "echo": (echo_right, {
        "scale": [0.01, None], "lag": [1, 2, 3, 4, 5], "window": [1, 2, 3, 4, 5, 6, 7, 8],
    }, range(5)),
    # The same with a recurrent network that is never trained; then the window hardly matters.
    "echo_frozen": (echo_right, {
        "scale": [0.01, None], "lag": [1, 2, 3, 4, 5], "window": [8], "frozen": [True],
    }, range(5)),
    # A longer lag, about the border and well beyond it.
    "echo_ten": (echo_right, {
        "scale": [0.01, None], "lag": [10], "window": [5, 9, 10, 11, 12, 15, 20],
    }, range(3)),
    # Lags of up to 100 steps learnt with short windows.
    "adding_window": (adding_with_window, {
        "length": [100], "window": [5, 10, 25, 50, 100],
    }, range(3)),
}


def make_networks() -> None:
    """An RNN that has begun to learn the play, and one that has begun to repeat bits after ten steps."""
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary(load_text("input"))
    stream = itertools.islice(chunks(vocabulary.encode(load_text("input")), 25, 16), 400)
    save_trained(CharModel(RNN(len(vocabulary), 64), rng), stream, vocabulary, "short_run.npz")

    rng = np.random.default_rng(0)
    model = CharModel(RNN(2, 32), rng)
    stream = echo_stream(rng, lag=10, window=20, updates=200, batch=32)
    save_trained(model, stream, Vocabulary("01"), "echo_run.npz")


def save_trained(model: CharModel, stream, vocabulary: Vocabulary, name: str) -> None:
    *_, last = train(model, stream, Adam(0.003), clip_norm=1.0)
    small = CharModel(model.cell, np.random.default_rng(0), dtype=np.float32)
    small.params.vector = model.params.vector
    save(FOLDER / name, Run(small, Adam(), vocabulary=vocabulary))
    print(f"{name}: loss {last.loss:.2f} after {last.index} updates")


def main(names: list[str]) -> None:
    for name in names or [*SWEEPS, "networks"]:
        if name == "networks":
            make_networks()
            continue
        function, grid, seeds = SWEEPS[name]
        ship(f"04/{name}", function, grid, seeds)


if __name__ == "__main__":
    main(sys.argv[1:])
