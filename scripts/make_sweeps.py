"""Make the results of sweeps that are shipped with the course: ``python scripts/make_sweeps.py [name ...]``.

Writes data: for each name, such as 07/forget_bias_and_lag, a file of `helpers.runs.sweep`, one line for each
run. Without names all are made, in about twenty minutes of processor time. Stopped and started again, it goes
on where it was.

Training is chaotic, so another computer finds other digits and the same picture. Sentences in the
lessons take their numbers from these files: after making them anew, run the notebooks again.
"""

import sys

from shipping import ship

from helpers.lessons.lesson07 import updates_to_recall
from helpers.lessons.lesson10 import copy_accuracy
from helpers.runs import text_losses

SWEEPS = {
    # Loss after 300 updates: the best learning rate depends on the size.
    "08/rate_and_size": (text_losses, {
        "cell": ["RNN"],
        "learning_rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
        "hidden_size": [8, 16, 32, 64, 128],
    }, range(5)),
    # How long an LSTM needs to learn to remember one symbol.
    "07/forget_bias_and_lag": (updates_to_recall, {
        "forget_bias": [0, 1, 2, 3, 4, 5],
        "lag": [5, 10, 20, 40, 80, 160],
    }, range(5)),
    # How long a string the state of a GRU can hold.
    "10/copying": (copy_accuracy, {
        "hidden_size": [8, 16, 32, 64, 128],
        "length": [2, 4, 8, 16, 32],
    }, range(3)),
}


def main(names: list[str]) -> None:
    for name in names or SWEEPS:
        function, grid, seeds = SWEEPS[name]
        ship(name, function, grid, seeds)


if __name__ == "__main__":
    main(sys.argv[1:])
