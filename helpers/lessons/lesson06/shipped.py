"""What lesson 06 ships, and what makes it."""

from helpers.lessons.lesson06.experiments import REMEDIES, adding_plateau, near_and_far, reach_of_text
from helpers.runs import Shipped, Sweep

SHIPPED = (
    Shipped("lesson06/near_and_far.jsonl.gz",
            "recall of the symbol one step back and of the one `lag` steps back, 32 units, one of eight "
            "remedies: both losses, and `diverged` for a run whose numbers became infinite",
            Sweep(near_and_far, {"remedy": list(REMEDIES), "lag": [5, 10, 15, 20, 30, 40, 80, 160]}),
            seeds=range(20), minutes=13, shown_in=("section 4", "section 5")),
    Shipped("lesson06/adding_plateau.jsonl",
            "adding problem of 10 to 100 steps, tanh network of 32 units: test errors up to update 3,000",
            Sweep(adding_plateau, {"length": [10, 20, 30, 50, 100]}),
            seeds=range(20), minutes=1.2, shown_in=("section 4", "exercise 6.2")),
    Shipped("lesson06/reach_of_text.jsonl",
            "the network from lesson 02 while it learns, at two rates: loss, spectral radius, slope of tanh, "
            "factor per step, largest singular value per step",
            Sweep(reach_of_text, {"learning_rate": [0.1, 0.03]}),
            seeds=range(20), minutes=0.4, shown_in=("section 6", "section 7")),
)
