"""Race this course and PyTorch: ``python scripts/make_speed.py`` writes data/lesson10/speed.json.

Run it on a quiet machine; it takes about half a minute. The lesson can measure again at the press of a
button, and its sentence comes from this file.
"""

import json

from helpers.data import data_folder
from helpers.lessons.lesson10.pytorch import updates_per_second
from helpers.networks import GRU, LSTM, RNN

SIZES = {"small": (1, 25, 100), "medium": (16, 32, 128), "large": (32, 50, 256)}  # B, T, H


def main() -> None:
    measured = [
        {"cell": kind.__name__, "size": size,
         **{name: round(rate, 1) for name, rate in updates_per_second(kind(60, H), B, T, 3).items()}}
        for kind in (RNN, GRU, LSTM) for size, (B, T, H) in SIZES.items()
    ]
    path = data_folder() / "lesson10" / "speed.json"
    path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
