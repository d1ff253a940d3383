"""Make the shipped measurements of lesson 03: ``python scripts/make_full_bptt.py``.

Writes data/lesson03/full_bptt.json: what an update costs whose gradient goes back over 10 to 30,000 steps,
and a race of lengths, from 5 characters to the whole play, at equal processor time, with two optimisers and
at several learning rates. About ten minutes of processor time.

Times are those of the computer it ran on; the lesson says only what holds on any. After making them anew,
run the notebook again; tests/lessons/test_full_bptt.py says whether its prose still holds.
"""

import json
from itertools import product

from helpers.data import data_folder
from helpers.lessons.lesson03 import measure, timed_training

RACE_LENGTHS, SECONDS = (5, 25, 100, 500, 4213), 12.0
SETTINGS = (("Adagrad", 0.01), ("Adagrad", 0.03), ("Adagrad", 0.1),
            ("Adam", 0.001), ("Adam", 0.003), ("Adam", 0.01), ("Adam", 0.03))


def main() -> None:
    costs = measure()
    race = []
    for length, (optimizer, rate) in product(RACE_LENGTHS, SETTINGS):
        race.append(timed_training(length, rate, SECONDS, optimizer))
        print(length, optimizer, rate, race[-1]["updates"], race[-1]["train"][-1:], flush=True)
    folder = data_folder() / "lesson03"
    folder.mkdir(exist_ok=True)
    lines = [",\n".join(json.dumps(row) for row in rows) for rows in (costs, race)]
    text = f'{{"cost": [\n{lines[0]}\n],\n"race": [\n{lines[1]}\n]}}\n'
    (folder / "full_bptt.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
