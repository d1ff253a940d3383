"""What lesson 11 ships, and what makes it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.lessons.lesson11.experiments import (
    copy_accuracy,
    read_from_layers,
    reversal_accuracy,
    search_shares,
    share_of_labels,
    watch_training,
)
from helpers.runs import Shipped, Sweep, write_json


def learning(path: Path, seeds: Sequence[int], updates: int = 1000) -> None:
    """Two training runs at length 10, with attention and without: how they are every 50 updates."""
    write_json(path, [
        {"attention": attention, "updates": done, "share": round(share, 4), "string": string,
         "written": written, "weights": None if weights is None else np.round(weights, 3).tolist()}
        for attention in (True, False)
        for done, share, weights, string, written in filter(
            None, watch_training(np.random.default_rng(*seeds), attention=attention, updates=updates,
                                 every=50))])


SHIPPED = (
    Shipped("lesson11/layers.jsonl",
            "two GRU layers of 32 units that read the course's text: shares of characters that a linear "
            "probe finds in the states of each, by how long ago they came",
            Sweep(read_from_layers, {"hidden_size": [32]}),
            seeds=range(20), minutes=1.9, shown_in=("section 5",)),
    Shipped("lesson11/copying.jsonl",
            "a GRU that reads a string over an alphabet of eight symbols and then copies it: accuracy and "
            "loss after 3,000 updates, by hidden size and length",
            Sweep(copy_accuracy, {"hidden_size": [8, 16, 32, 64, 128], "length": [2, 4, 8, 16, 32]}),
            seeds=range(10), minutes=17, shown_in=("section 7",)),
    Shipped("lesson11/copying_longer.jsonl",
            "the same after 15,000 updates, for three hidden sizes and three lengths",
            Sweep(copy_accuracy, {"hidden_size": [16, 32, 64], "length": [4, 8, 16], "updates": [15000]}),
            seeds=range(10), minutes=21, shown_in=("section 7",)),
    Shipped("lesson11/reversal.jsonl",
            "strings of 5 to 20 symbols written backwards by two GRUs of 32 units, with attention and "
            "without, after 1,000 updates: shares of symbols and of strings right",
            Sweep(reversal_accuracy, {"attention": [True, False], "length": [5, 10, 15, 20]}),
            seeds=range(20), minutes=5, shown_in=("section 10", "section 13")),
    Shipped("lesson11/learning.json",
            "two networks that learn to write ten symbols backwards, with attention and without: shares "
            "right and where it looks, every 50 updates",
            learning, seeds=(1,), minutes=0.3, shown_in=("section 10",)),
    Shipped("lesson11/directions.jsonl",
            "whether each symbol of a string of ten comes again later, learnt by one GRU that reads forward, "
            "and by two that read in opposite directions: shares right after 1,000 updates",
            Sweep(share_of_labels, {"both": [False, True]}),
            seeds=range(20), minutes=0.65, shown_in=("section 11",)),
    Shipped("lesson11/search.jsonl",
            "half-trained networks that write four symbols backwards: how often greedy and beam search find "
            "the most probable of all 4,096 strings, and how often that string is right",
            Sweep(search_shares, {"updates": [100, 150, 250]}),
            seeds=range(20), minutes=0.9, shown_in=("section 12",)),
)
