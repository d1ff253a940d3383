"""What the networks of lesson 08 pay above the grammar of the tales, by what it is paid for.

    python benchmarks/tales_excess.py       # some ten seconds

The grammar's own surprise at each held-out character is exact, so the difference is what a network does not
know. Prints two Markdown tables, in nats per character of the text and in per cent of the difference.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np

from helpers.data import ngram_probabilities
from helpers.lessons.lesson08 import (
    CELLS,
    by_kind,
    by_memory,
    floor_of_tales,
    load_network,
    load_tales,
    text_surprises,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from make_tales import BOUND, GRAMMAR, title


def main() -> None:
    tales = load_tales()
    titles = [title(A, B, P, T) for A, B, P, T in product(*BOUND.values()) if A != B]
    floor = floor_of_tales(tales.heldout, GRAMMAR, titles)[1:]
    nats = {"8-gram": -np.log(ngram_probabilities(tales.text, tales.heldout, 8))[1:]}
    nats |= {name: text_surprises(load_network(name), tales.heldout_ids) for name in CELLS}
    above = {name: values - floor for name, values in nats.items()}
    remembered = {name: by_memory(tales.heldout, np.append(0, more)) for name, more in above.items()}
    kinds = {name: by_kind(tales.heldout[1:], more) for name, more in above.items()}
    print(f"The grammar pays {floor.mean():.4f} nats per character.\n")
    for table in (remembered, kinds):
        print(f"| above the grammar | {' | '.join(table)} |\n|---|{'---|' * len(table)}")
        for row in next(iter(table.values())):
            parts = (f"{of[row]:.4f} ({of[row] / sum(of.values()):.0%})" for of in table.values())
            print(f"| {row} | {' | '.join(parts)} |")
        print(f"| all | {' | '.join(f'{sum(of.values()):.4f}' for of in table.values())} |\n")


if __name__ == "__main__":
    main()
