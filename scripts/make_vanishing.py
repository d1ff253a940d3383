"""Make the results that lesson 06 relies on: ``python scripts/make_vanishing.py [name ...]``.

Writes data/lesson06: for each name a file of `helpers.runs.sweep`, one line for each run. Without names all
are made, in about eight minutes of processor time. Stopped and started again, it goes on where it was.

Training is chaotic, so another computer finds other digits and the same picture. Sentences in the
lesson take their numbers from these files: after making them anew, run the notebook again.
"""

import sys

from shipping import ship

from helpers.lessons.lesson06 import REMEDIES, adding_plateau, near_and_far, reach_of_text

SWEEPS = {
    # What is learnt of a near and of a far dependency, plainly and with each remedy.
    "near_and_far": (near_and_far, {"remedy": list(REMEDIES), "lag": [5, 10, 15, 20, 30, 40, 80, 160]}),
    # A plain network on the adding problem.
    "adding_plateau": (adding_plateau, {"length": [10, 20, 30, 50, 100]}),
    # Spectral radius and gradients of the network of lesson 02 while it learns.
    "reach_of_text": (reach_of_text, {"learning_rate": [0.1, 0.03]}),
}


def main(names: list[str]) -> None:
    for name in names or SWEEPS:
        function, grid = SWEEPS[name]
        ship(f"06/{name}", function, grid, range(5))


if __name__ == "__main__":
    main(sys.argv[1:])
