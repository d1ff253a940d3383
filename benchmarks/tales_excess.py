"""What the networks of lesson 08 pay above the grammar of the tales, by what it is paid for.

    python benchmarks/tales_excess.py       # some ten seconds

The grammar's own surprise at each held-out character is exact, so the difference is what a network does not
know. Prints two Markdown tables, in nats per character of the text and in per cent of the difference.
"""

import numpy as np

from helpers.data import ngram_probabilities
from helpers.lessons.lesson08 import load_tales, sum_by_kind, sum_by_memory, text_nll, true_nll
from helpers.runs import load_run


def main() -> None:
    tales = load_tales()
    floor = true_nll(tales.heldout)[1:]
    nats = {"8-gram": -np.log(ngram_probabilities(tales.text, tales.heldout, 8))[1:]}
    for name in ("RNN", "GRU", "LSTM"):
        network, _ = load_run(f"08/{name.lower()}")
        nats[name] = text_nll(network, tales.heldout_ids)
    above = {name: values - floor for name, values in nats.items()}
    remembered = {name: sum_by_memory(tales.heldout, np.append(0, more)) for name, more in above.items()}
    kinds = {name: sum_by_kind(tales.heldout[1:], more) for name, more in above.items()}
    print(f"The grammar pays {floor.mean():.4f} nats per character.\n")
    for table in (remembered, kinds):
        print(f"| above the grammar | {' | '.join(table)} |\n|---|{'---|' * len(table)}")
        for row in next(iter(table.values())):
            parts = (f"{of[row]:.4f} ({of[row] / sum(of.values()):.0%})" for of in table.values())
            print(f"| {row} | {' | '.join(parts)} |")
        print(f"| all | {' | '.join(f'{sum(of.values()):.4f}' for of in table.values())} |\n")


if __name__ == "__main__":
    main()
