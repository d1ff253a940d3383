"""What two processes gain over one in a sweep of whole training runs.

    python benchmarks/sweep_efficiency.py            # 60 runs, three rounds, about three minutes
    python benchmarks/sweep_efficiency.py --runs 12  # a look

Each round does the same sweep in this process, then in two others, then, where Dask is installed, on a
cluster of two workers. The gain is the ratio of elapsed times, with the start of the processes but not of the
cluster. It means something only on a quiet machine with two free processors. The ratio of processor times
says what the processes add in work: no more than 2 divided by it can be gained. Prints a Markdown table.
"""

import argparse
import os
import statistics
import time
from contextlib import contextmanager

from helpers.runs import sweep, text_losses

GRID = {"learning_rate": [0.003], "hidden_size": [64], "cell": ["GRU"], "updates": [300]}


@contextmanager
def cluster():
    """The client of two workers of Dask on this computer; None where Dask is not installed."""
    try:
        from distributed import Client
    except ImportError:
        yield None
        return
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        yield client


def used(client) -> float:
    """Processor seconds of this process, of those that it has started and that have ended, and of workers."""
    return sum(os.times()[:4]) + (sum(client.run(time.process_time).values()) if client else 0.0)


def measure(runs: int, processes: int = 1, client=None) -> tuple[float, float, list]:
    """Elapsed and processor seconds of the sweep, and its results in order of the seed."""
    before, started = used(client), time.perf_counter()
    executor = client and client.get_executor()
    results = list(sweep(text_losses, GRID, range(runs), executor, processes=processes))
    elapsed = time.perf_counter() - started
    return elapsed, used(client) - before, sorted((run.seed, run.value["heldout"]) for run in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| round | load before | with | elapsed (s) | gain | processor time (s) | over one process |\n"
          "|---|---|---|---|---|---|---|")
    gains: dict[str, list[float]] = {}
    with cluster() as client:
        for number in range(1, options.rounds + 1):
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
            settings = {"one process": {}, "two processes": {"processes": 2}}
            if client:
                settings["two workers of Dask"] = {"client": client}
            measured = {name: measure(options.runs, **setting) for name, setting in settings.items()}
            alone, alone_used, expected = measured["one process"]
            for name, (elapsed, spent, results) in measured.items():
                if results != expected:
                    raise SystemExit("the results differ")
                gains.setdefault(name, []).append(alone / elapsed)
                print(f"| {number} | {load:.1f} | {name} | {elapsed:.1f} | {alone / elapsed:.2f} | "
                      f"{spent:.1f} | {spent / alone_used:.2f} |", flush=True)
    medians = "; ".join(f"{name} {statistics.median(values):.2f}" for name, values in gains.items())
    print(f"\nMedian gain: {medians}. The same results, bit for bit, in all rounds.")


if __name__ == "__main__":
    main()
