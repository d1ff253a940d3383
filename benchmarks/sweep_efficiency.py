"""What two processes gain over one in a sweep of whole training runs.

    python benchmarks/sweep_efficiency.py            # 60 runs, three rounds, about two minutes
    python benchmarks/sweep_efficiency.py --runs 12  # a look

Each round does the same sweep in this process and then in two others. The gain is the ratio of
elapsed times, the start of the processes included; it means something on a quiet machine with two
free processors only. The ratio of processor times, which other programs hardly change, tells what
the processes add in work: no more than 2 divided by it can be gained. Prints a Markdown table.
"""

import argparse
import os
import statistics
import time

from helpers.runs import sweep, text_losses

GRID = {"learning_rate": [0.003], "hidden_size": [64], "cell": ["GRU"], "updates": [300]}


def measure(runs: int, processes: int) -> tuple[float, float, list]:
    """Elapsed and processor seconds of the sweep, and its results in order of the seed."""
    started, used = time.perf_counter(), sum(os.times()[:4])
    results = list(sweep(text_losses, GRID, range(runs), processes=processes))
    elapsed, used = time.perf_counter() - started, sum(os.times()[:4]) - used
    return elapsed, used, sorted((result.seed, result.value["heldout"]) for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| round | load before | one process (s) | two (s) | gain | processor time, two / one |")
    print("|---|---|---|---|---|---|")
    gains = []
    for number in range(1, options.rounds + 1):
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        one, one_used, expected = measure(options.runs, 1)
        two, two_used, found = measure(options.runs, 2)
        if found != expected:
            raise SystemExit("the results differ")
        gains.append(one / two)
        work = two_used / one_used
        print(f"| {number} | {load:.2f} | {one:.2f} | {two:.2f} | {one / two:.2f} | {work:.2f} |", flush=True)
    print(f"\nMedian gain {statistics.median(gains):.2f}; same results, bit for bit, in all rounds.")


if __name__ == "__main__":
    main()
