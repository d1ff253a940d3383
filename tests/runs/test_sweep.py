"""A sweep gives the same results however it is run, whatever fails in it, and after any interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from course import ROOT
from sweep_runs import GRID, descend, picky, process, quick, suicidal

from helpers.runs import load_results, sweep

PLACES = [str(ROOT / folder) for folder in ("tests/runs", "")]


def found(results):
    """What a sweep has found, without the order."""
    return {json.dumps([r.parameters, r.seed]): (r.status, r.value, r.message) for r in results}


@pytest.fixture(scope="module")
def expected():
    results = found(sweep(descend, GRID, processes=1))
    assert len(results) == 18
    return results


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sweep.jsonl"


def test_processes_and_threads_give_the_same_bits(expected):
    assert found(sweep(descend, GRID, processes=2)) == expected
    with ThreadPoolExecutor(4) as executor:
        assert found(sweep(descend, GRID, executor=executor)) == expected
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        assert found(sweep(descend, GRID, executor=executor)) == expected
        assert executor.submit(int, "7").result() == 7  # it is left open


def test_a_run_depends_on_its_own_settings_and_seed_alone(expected):
    alone = found(sweep(descend, {"size": [np.int64(4)], "rate": np.array([0.1])}, seeds=[2], processes=1))
    (value,) = alone.values()
    assert value == expected[json.dumps([{"rate": 0.1, "size": 4}, 2])]
    losses = [outcome[1]["loss"] for outcome in expected.values() if outcome[0] == "finished"]
    assert len(set(losses)) == len(losses)  # no two runs share their random numbers


def test_diverged_and_failed_runs_are_kept_as_results(expected):
    diverged = {key: outcome for key, outcome in expected.items() if outcome[0] == "diverged"}
    assert 0 < len(diverged) < 18 and all('"rate": 0.1' not in key for key in diverged)
    assert all(value is None and "finite" in message for _, value, message in diverged.values())
    results = list(sweep(picky, GRID, processes=2))
    failed = [r for r in results if r.parameters["size"] == 4]
    assert len(results) == 18 and len(failed) == 9
    assert all(r.status == "failed" and r.value is None for r in failed)
    assert all(r.status == "finished" and isinstance(r.value, float) for r in results if r not in failed)


def run_child(code, *arguments):
    """A program of its own, in a process group of its own."""
    code = ("import signal, sys\nfrom pathlib import Path\n"
            f"sys.path[:0] = {PLACES!r}\nfrom helpers.runs import sweep\nfrom sweep_runs import *\n{code}")
    return subprocess.Popen([sys.executable, "-B", "-c", code, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_killed_sweep_goes_on_and_leaves_no_processes(path):
    code = ("for r in sweep(process, {**GRID, 'rate': list(range(100))}, path=sys.argv[1], processes=2):\n"
            "    print(int(r.value), flush=True)")
    child = run_child(code, path)
    workers = {int(child.stdout.readline()) for _ in range(6)}
    while len(workers) < 2:                 # on a busy machine the second is late
        workers.add(int(child.stdout.readline()))
    assert len(workers) == 2 and child.pid not in workers
    child.kill()
    child.communicate()
    deadline = time.monotonic() + 20
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(worker) for worker in workers)
    kept = len(path.read_text().splitlines()) - 1
    assert kept >= 6
    results = list(sweep(process, {**GRID, "rate": list(range(6))}, path=path, processes=2))
    assert len(results) == 36
    assert sum(r.value in workers for r in results) >= 6


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
def test_an_interrupt_ends_the_sweep_quietly(path):
    # A program that was started in the background may have been told to ignore interrupts.
    code = ("signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "try:\n"
            "    for r in sweep(uneven, GRID, [0], path=sys.argv[1], processes=2):\n"
            "        print(r.done, flush=True)\n"
            "except KeyboardInterrupt: print('interrupted')")
    child = run_child(code, path)
    for _ in range(5):
        child.stdout.readline()
    os.killpg(child.pid, signal.SIGINT)  # as a notebook's stop button does: it reaches the workers as well
    out, errors = child.communicate(timeout=20)
    assert out == "interrupted\n" and not errors
    assert len(load_results(path)) == 5


def alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("torn", ['{"parameters": {"rate": 0.1, "si', "\x00\x00", '{"parameters": 3}'])
def test_a_torn_last_line_is_run_again(torn, path, expected):
    whole = found(sweep(descend, GRID, path=path, processes=1))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-3]) + torn)
    assert found(load_results(path)).items() < whole.items()
    assert found(sweep(descend, GRID, path=path, processes=1)) == whole == expected
    kept = path.read_text().splitlines(keepends=True)
    assert sorted(kept) == sorted([*lines, torn + "\n"]), "nothing is cut off: another process may be writing"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_dead_worker_is_reported_and_its_sweep_goes_on(path, tmp_path, monkeypatch):
    monkeypatch.setenv("SUICIDE_NOTE", str(tmp_path / "note"))
    with pytest.raises(RuntimeError, match="continues where it stopped"):
        list(sweep(suicidal, GRID, path=path, processes=2))
    results = list(sweep(suicidal, GRID, path=path, processes=2))
    assert {r.status for r in results} == {"finished"} and len(results) == 18


@pytest.mark.parametrize("seeds", ["other", "the same"])
def test_two_processes_that_begin_one_new_file_lose_nothing(seeds, tmp_path):
    code = ("folder, mine, other, seed = Path(sys.argv[1]), *sys.argv[2:]\n"
            "for n in range(6):\n"
            "    (folder / f'{n}.{mine}').touch()\n"
            "    while not (folder / f'{n}.{other}').exists(): pass\n"
            "    grid = {'rate': list(range(30))}\n"
            "    for r in sweep(quick, grid, [int(seed)], path=folder / f'{n}.jsonl', processes=1): pass")
    seeds = [0, 1] if seeds == "other" else [0]
    both = [run_child(code, tmp_path, *numbers) for numbers in ((0, 1, 0), (1, 0, seeds[-1]))]
    assert [process.communicate()[1] for process in both] == ["", ""]
    expected = found(sweep(quick, {"rate": list(range(30))}, seeds, processes=1))
    for n in range(6):
        path = tmp_path / f"{n}.jsonl"
        assert found(load_results(path)) == expected
        head, *lines = path.read_text().splitlines()
        assert json.loads(head) == {"sweep": "quick", "format": 2}
        assert len(expected) <= len(lines) <= 60 and all(json.loads(line)["value"] for line in lines)


@pytest.mark.dask
def test_dask_gives_the_same_bits(expected, path):
    import distributed

    with (distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
          distributed.Client(cluster) as client):
        assert found(sweep(descend, GRID, executor=client.get_executor(), path=path)) == expected
    assert found(load_results(path)) == expected


def test_another_file_is_refused_and_left_alone(path):
    list(sweep(descend, GRID, path=path, processes=1))
    whole = path.read_text()
    with pytest.raises(ValueError, match=r"of descend, not of picky. Choose another path"):
        next(sweep(picky, GRID, path=path))
    assert path.read_text() == whole
    for content in ("[]\n", '{"sweep": "x", "format": 99}\n', whole.replace("{", "("), "[" * 99_999):
        path.write_text(content)
        with pytest.raises(ValueError, match=r"not a sweep.s file"):
            load_results(path)
        assert path.read_text() == content
