"""A run taken up again equals the run that never stopped; a file that is not whole is refused."""

import hashlib
import io
import itertools
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from common import CELLS, char_model
from course import ROOT

from helpers.data import Vocabulary, chunks
from helpers.networks import SGD, Adagrad, Adam, RMSProp, train
from helpers.runs import CheckpointError, Run, pack, restore, save, unpack
from helpers.runs.checkpoint import BIT_GENERATORS
from helpers.runs.files import DIGEST

TEXT = "the quick brown fox jumps over the lazy dog; " * 7
VOCABULARY = Vocabulary(TEXT)
IDS = VOCABULARY.encode(TEXT)
V = len(VOCABULARY)
OPTIMIZERS = {
    "SGD": lambda: SGD(0.1, momentum=0.9),
    "Adagrad": lambda: Adagrad(0.1),
    "RMSProp": lambda: RMSProp(0.01),
    "Adam": lambda: Adam(0.01),
}


def fresh(cell="LSTM", optimizer="Adam", dtype=np.float64, bits=np.random.PCG64) -> Run:
    model = char_model(V, 6, cell, dtype, seed=1)
    rng = np.random.Generator(bits(2))
    return Run(model, OPTIMIZERS[optimizer](), smoothed_loss=float(np.log(V)), rng=rng, vocabulary=VOCABULARY)


def go_on(run: Run, updates: int) -> list:
    """Train as a lesson would, sampling now and then; tells losses and samples."""
    seen = []
    stream = itertools.islice(chunks(IDS, length=9, batch=3), run.chunks_read, None)
    steps = train(run.model, stream, run.optimizer, clip_norm=1.0, state=run.state, index=run.updates)
    for step in itertools.islice(steps, updates):
        run.state, run.updates, run.chunks_read = step.state, step.index, run.chunks_read + 1
        run.smoothed_loss = 0.999 * run.smoothed_loss + 0.001 * step.loss
        seen.append((step.loss, step.grad_norm))
        if run.updates % 5 == 0:
            seen.append(run.model.sample([0], 5, run.rng).tolist())
    return seen


def bits(run: Run) -> tuple:
    """Everything in a run, comparable to the last bit."""
    state = None if run.state is None else [a.tobytes() for a in run.state]
    memory = {name: array.tobytes() for name, array in run.optimizer.memory.items()}
    return (run.model.params.vector.tobytes(), run.model.params.shapes, str(run.model.cell), memory, state,
            run.optimizer.updates, run.optimizer.learning_rate, run.chunks_read, run.updates,
            run.smoothed_loss,
            str(run.rng.bit_generator.state), run.vocabulary.characters)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "run.npz"


PLACES = [str(ROOT / folder) for folder in ("tests/runs", "tests/support", "")]


def child(code: str, *arguments) -> subprocess.Popen:
    command = [sys.executable, "-B", "-c", f"import sys\nsys.path[:0] = {PLACES!r}\n"
               f"from test_checkpoint import *\n{code}", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


# A resumed run is the unbroken run

@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_run_broken_at_20_random_cuts_equals_the_unbroken_one(cell, optimizer, dtype, path):
    unbroken = fresh(cell, optimizer, dtype)
    expected = go_on(unbroken, 60)
    run, seen = fresh(cell, optimizer, dtype), []
    cuts = sorted(random.Random(f"{cell}{optimizer}{dtype}").sample(range(60), 20))
    for updates in np.diff([0, *cuts, 60]):
        save(path, run)
        run = restore(path)
        seen += go_on(run, int(updates))
    assert seen == expected
    assert bits(run) == bits(unbroken)


def test_another_process_goes_on_with_the_same_bits(path):
    run = fresh("GRU", "RMSProp")
    go_on(run, 17)
    save(path, run)
    assert child("run = restore(sys.argv[1]); go_on(run, 25); save(sys.argv[1], run)", path).wait() == 0
    go_on(run, 25)
    assert bits(restore(path)) == bits(run)


def test_a_changed_learning_rate_and_a_momentum_of_zero_are_kept(path):
    run = fresh()
    run.optimizer = SGD(0.1)
    go_on(run, 3)
    run.optimizer.learning_rate = 1 / 3
    save(path, run)
    again = restore(path)
    assert again.optimizer.learning_rate == 1 / 3
    assert (again.optimizer.momentum, again.optimizer.memory, again.optimizer.updates) == (0.0, {}, 3)


@pytest.mark.parametrize("name", BIT_GENERATORS)
def test_every_generator_goes_on_where_it_was(name, path):
    run = fresh(bits=getattr(np.random, name))
    run.rng.random(1001, dtype=np.float32)  # an odd number: half a number waits inside
    save(path, run)
    again = restore(path)
    assert again.rng.random(5, dtype=np.float32).tolist() == run.rng.random(5, dtype=np.float32).tolist()
    assert again.rng.standard_normal(1000).tolist() == run.rng.standard_normal(1000).tolist()


def test_what_is_optional_may_be_left_out(path):
    save(path, Run(fresh().model, Adam(0.01)))
    run = restore(path)
    assert (run.chunks_read, run.updates) == (0, 0)
    assert run.state is run.smoothed_loss is run.rng is run.vocabulary is None


# The file

def test_equal_runs_give_equal_bytes_that_numpy_reads(path, tmp_path):
    runs = [fresh(), fresh()]
    for run in runs:
        go_on(run, 4)
    save(path, runs[0])
    save(tmp_path / "other.npz", runs[1])
    assert path.read_bytes() == (tmp_path / "other.npz").read_bytes()
    with np.load(path, allow_pickle=False) as file:
        assert file["params.W_hh"].tobytes() == runs[0].model.params.W_hh.tobytes()
        assert json.loads(str(file["header"]))["updates"] == 4


def test_saving_again_replaces_the_file_behind_a_link_and_leaves_nothing_else(path, tmp_path):
    save(path, fresh())
    link = tmp_path / "latest.npz"
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("this system makes no links")
    run = fresh()
    go_on(run, 2)
    save(link, run)
    assert link.is_symlink() and restore(path).updates == 2
    assert {file.name for file in tmp_path.iterdir()} == {"run.npz", "latest.npz"}


def test_a_file_held_by_another_program_is_waited_for(path, monkeypatch):
    replace, refusals = os.replace, iter([True, True, False])

    def busy(source, target):
        if next(refusals):
            raise PermissionError(13, "The process cannot access the file")
        replace(source, target)

    monkeypatch.setattr(os, "replace", busy)
    save(path, fresh())
    assert restore(path).updates == 0


# What is refused, always in one sentence

def refused(path) -> str:
    with pytest.raises(CheckpointError) as caught:
        restore(path)
    message = str(caught.value)
    assert "\n" not in message and "give a file that save has written" in message
    return message


@pytest.fixture(scope="module")
def good() -> bytes:
    run = fresh()
    go_on(run, 3)
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder, "run.npz"), run)
        return Path(folder, "run.npz").read_bytes()


def test_any_flipped_bit_is_noticed(good, path):
    for place in random.Random(3).sample(range(8 * len(good)), 1000):
        changed = bytearray(good)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        refused(path)


def test_any_missing_end_is_noticed(good, path):
    for length in [*range(100), *random.Random(4).sample(range(100, len(good)), 900)]:
        path.write_bytes(good[:length])
        refused(path)
    path.write_bytes(good)
    assert restore(path).updates == 3


def test_random_bytes_are_refused(path):
    rng = random.Random(5)
    for length in range(200):
        path.write_bytes(rng.choice([b"", b"PK\3\4", b"\x93NUMPY\1\0"]) + rng.randbytes(length))
        refused(path)


def sealed(body: bytes) -> bytes:
    """A zip file with the checksum in its comment, as an attacker would make it."""
    body = body[:-2] + DIGEST.to_bytes(2, "little")
    return body + hashlib.sha256(body).hexdigest().encode()


def forged(good, header=None, arrays=None, drop=(), text=None) -> bytes:
    """The good file with other contents and a checksum that fits."""
    old, kept = unpack(good)
    entries = {**json.loads(old), **(header or {})}
    for name in drop:
        (entries if name in entries else kept).pop(name)
    return pack(text or json.dumps(entries), {**kept, **(arrays or {})})


HEADERS = [
    {"format": "something else"}, {"version": 3}, {"version": "1"}, {"version": None},
    {"dtype": "float16"}, {"dtype": "object"}, {"dtype": "float32"}, {"dtype": 8},
    {"cell": {"class": "Popen"}}, {"cell": {"class": "LSTM"}}, {"cell": "LSTM"}, {"cell": None},
    *({"cell": {"class": "LSTM", "input_size": V, "hidden_size": size}}
      for size in (-1, 0, 5, 7, 10**9, 10**30, True, "6", 6.0, None)),
    {"cell": {"class": "LSTM", "input_size": 10**12, "hidden_size": 1}},
    {"cell": {"class": "GRU", "input_size": V, "hidden_size": 6}},
    {"cell": {"class": "RNN", "input_size": V, "hidden_size": 6, "nonlinearity": "sin"}},
    *({"optimizer": {"class": "Adam", "learning_rate": rate, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}}
      for rate in (float("nan"), float("inf"), 0, -1, "0.1", None, [0.1])),
    {"optimizer": {"class": "Adam", "learning_rate": 0.1, "beta1": 1.5, "beta2": 0.999, "eps": 1e-8}},
    {"optimizer": {"class": "Adam", "learning_rate": 0.1}}, {"optimizer": {"class": "__import__"}},
    {"memory": ["m"]}, {"memory": ["m", "v", "w"]}, {"memory": None}, {"memory": 3},
    *({name: value} for name in ("optimizer_updates", "chunks_read", "updates")
      for value in (-1, 1.5, "3", True, None)),
    {"batch": 0}, {"batch": 10**15}, {"batch": 2}, {"batch": "3"}, {"batch": None},
    {"smoothed_loss": float("nan")}, {"smoothed_loss": float("-inf")},
    {"smoothed_loss": "3.2"}, {"smoothed_loss": 3},
    {"characters": ""}, {"characters": "abc"}, {"characters": "a" * V}, {"characters": 27},
    {"rng": {}}, {"rng": "PCG64"}, {"rng": {"bit_generator": "default_rng"}},
    {"rng": {"bit_generator": "PCG64", "state": {"state": 1, "inc": 1}}},
    {"rng": {"bit_generator": "PCG64", "state": {"state": "1", "inc": 1}, "has_uint32": 7, "uinteger": 0}},
    {"rng": {"bit_generator": "PCG64", "state": {"state": 2**200, "inc": 1}, "has_uint32": 0, "uinteger": 0}},
    # A place outside of the generator's buffer: NumPy alone would crash the kernel on these.
    {"rng": {"bit_generator": "MT19937", "state": {"key": [1] * 624, "pos": 10**8}}},
    {"rng": {"bit_generator": "MT19937", "state": {"key": [1] * 624, "pos": -5_000_000}}},
    {"rng": {"bit_generator": "MT19937", "state": {"key": [1] * 10, "pos": 0}}},
    {"rng": {"bit_generator": "Philox", "state": {"counter": [0] * 4, "key": [0] * 2}, "buffer": [0] * 4,
             "buffer_pos": -900_000, "has_uint32": 0, "uinteger": 0}},
]


@pytest.mark.parametrize("header", HEADERS, ids=repr)
def test_a_header_that_does_not_fit_is_refused(header, good, path):
    path.write_bytes(forged(good, header))
    refused(path)


@pytest.mark.parametrize("name", [
    "format", "version", "cell", "dtype", "optimizer", "memory", "optimizer_updates", "batch", "chunks_read",
    "updates",
    "smoothed_loss", "rng", "characters", "params.W_hh", "params.b_y", "memory.m", "state.0", "state.1"])
def test_what_is_missing_is_noticed(name, good, path):
    path.write_bytes(forged(good, drop=[name]))
    refused(path)


W_hh = np.zeros((6, 24))
ARRAYS = {
    "not a number": {"params.W_hh": np.full((6, 24), np.nan)},
    "infinite memory": {"memory.m": np.full(1, np.inf)},
    "infinite state": {"state.1": np.full((3, 6), -np.inf)},
    "transposed": {"params.W_hh": np.zeros((24, 6))},
    "flat": {"params.W_hh": np.zeros(144)},
    "empty": {"params.W_hh": np.zeros((0, 24))},
    "one more axis": {"params.W_hh": np.zeros((6, 24, 1))},
    "another size of number": {"params.W_hh": W_hh.astype(np.float32)},
    "bytes in the other order": {"params.W_hh": W_hh.astype(">f8")},
    "integers": {"params.W_hh": np.zeros((6, 24), np.int64)},
    "complex numbers": {"params.W_hh": np.zeros((6, 24), complex)},
    "text": {"params.W_hh": np.full((6, 24), "0.0")},
    "records": {"params.W_hh": np.zeros((6, 24), [("a", "f4"), ("b", "f4")])},
    "an array too many": {"params.W_xx": np.zeros(3)},
    "a state too many": {"state.2": np.zeros((3, 6))},
    "other batches": {"state.0": np.zeros((4, 6))},
}


@pytest.mark.parametrize("arrays", ARRAYS.values(), ids=ARRAYS)
def test_arrays_that_do_not_fit_are_refused(arrays, good, path):
    path.write_bytes(forged(good, arrays=arrays))
    refused(path)


@pytest.mark.parametrize("text", [" ", "[]", "null", "{", "[" * 100_000, '{"format": NaN}', "é", "1" * 5000])
def test_a_header_that_is_no_header_is_refused(text, good, path):
    path.write_bytes(forged(good, text=text))
    refused(path)


class Payload:
    """What a hostile pickle does: it runs a command when it is read."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


def zipped(entries: dict[str, bytes], compression=zipfile.ZIP_STORED, before: bytes = b"") -> bytes:
    buffer = io.BytesIO(before)
    buffer.seek(len(before))
    with zipfile.ZipFile(buffer, "a" if before else "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return sealed(buffer.getvalue())


@pytest.fixture
def entries(good) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_entries_stored_in_another_way_are_refused(entries, path):
    columns = io.BytesIO()
    np.save(columns, np.asfortranarray(W_hh))
    path.write_bytes(zipped({**entries, "params.W_hh.npy": columns.getvalue()}))
    refused(path)
    for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
        path.write_bytes(zipped(entries, compression, before=b"PK\3\4" + bytes(100_000)))
        refused(path)
    path.write_bytes(zipped(entries))
    assert restore(path).updates == 3


def test_no_code_in_a_file_is_run(entries, path, tmp_path):
    trap = tmp_path / "trap"
    hostile = pickle.dumps(Payload(trap))
    objects = io.BytesIO()
    np.save(objects, np.array([Payload(trap)], dtype=object), allow_pickle=True)
    for content in (hostile, zipped({"header.npy": hostile}), zipped({"header.npy": objects.getvalue()}),
                    zipped({**entries, "params.W_hh.npy": objects.getvalue()}),
                    zipped({**entries, "params.W_hh.npy": hostile})):
        path.write_bytes(content)
        refused(path)
    assert not trap.exists()
    pickle.loads(hostile)
    assert trap.exists()  # the trap works, it was just never touched


def test_large_claims_take_no_memory(good, path):
    def npy(shape, content):
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": shape})
        return head.getvalue() + content

    zeros = bytes(50_000_000)
    bomb = zipped({"header.npy": npy((6_250_000,), zeros)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 60_000
    claims = [npy((10**12,), b""), npy((-1, -8), bytes(64)), npy((2**62, 4), b""), npy((0, 10**15), b"")]
    large = {"cell": {"class": "LSTM", "input_size": V, "hidden_size": 3000}}  # would take 290 MB
    for content in [bomb, forged(good, large), *(zipped({"header.npy": claim}) for claim in claims)]:
        path.write_bytes(content)
        tracemalloc.start()
        refused(path)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()


def test_other_things_than_files_are_refused(tmp_path):
    assert "no such file" in refused(tmp_path / "nothing.npz")
    assert "folder" in refused(tmp_path)
    assert "no such file" in refused("a\nname\0that cannot be")
    huge = tmp_path / "huge.npz"
    with open(huge, "wb") as file:
        file.write(b"PK\3\4")
        file.truncate(2**40)  # takes no room on the disk
    assert "more than" in refused(huge)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "device" in refused(tmp_path / "pipe")
        assert "device" in refused("/dev/zero")


def unsaved(path, run) -> str:
    with pytest.raises(CheckpointError) as caught:
        save(path, run)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_run_that_can_not_be_restored_is_not_saved(path):
    run = fresh()
    go_on(run, 2)
    save(path, run)
    before = path.read_bytes()

    diverged = restore(path)
    diverged.model.params.W_hh[0, 0] = np.nan
    assert "params.W_hh" in unsaved(path, diverged) and "lower the learning rate" in unsaved(path, diverged)
    assert "state" in unsaved(path, Run(run.model, run.optimizer, state=run.state[:1]))
    assert "state.0" in unsaved(path, Run(run.model, run.optimizer, state=(run.state[0].T, run.state[1])))
    assert "chunks_read" in unsaved(path, Run(run.model, run.optimizer, chunks_read=-1))
    assert "smoothed_loss" in unsaved(path, Run(run.model, run.optimizer, smoothed_loss=np.nan))
    assert "vocabulary" in unsaved(path, Run(run.model, run.optimizer, vocabulary=Vocabulary("ab")))
    with pytest.raises(TypeError, match="run must be a Run"):
        save(path, run.model)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


# A disk that refuses, a process that dies

def test_a_missing_folder_is_named(tmp_path):
    assert "choose another folder" in unsaved(tmp_path / "missing" / "run.npz", fresh())
    assert "choose another folder" in unsaved(tmp_path, fresh())


def test_a_full_disk_leaves_the_old_file(path):
    pytest.importorskip("resource")
    save(path, fresh())
    before = path.read_bytes()
    code = ("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
            "print(unsaved(sys.argv[1], fresh()))")
    out, _ = child(code, path).communicate()
    assert "can't be written" in out and "as it was before" in out
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


def test_a_read_only_folder_leaves_the_old_file():
    if not hasattr(os, "geteuid"):
        pytest.skip("folders of this system can't be made read-only")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.npz")
        save(path, fresh())
        before = path.read_bytes()
        os.chmod(folder, 0o555)
        code = ("restore(sys.argv[1])  # imports all that is needed\n"
                "if os.geteuid() == 0: os.setuid(65534)  # nothing is read-only for root\n"
                "print(unsaved(sys.argv[1], fresh()))")
        out, _ = child(code, path).communicate()
        os.chmod(folder, 0o755)
        assert "can't be written" in out
        assert path.read_bytes() == before and os.listdir(folder) == ["run.npz"]


def check_kills(path, times):
    """Kill a process that saves without a pause, at random moments: one of its two runs is always there."""
    runs = [fresh(), fresh()]
    go_on(runs[1], 4)
    whole = [bits(run) for run in runs]
    save(path, runs[0])
    rng, caught = random.Random(time.time()), 0
    code = ("runs = [fresh(), fresh()]; go_on(runs[1], 4); print('ready', flush=True)\n"
            "while True:\n    for run in runs: save(sys.argv[1], run)")
    for _ in range(times):
        process = child(code, path)
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert bits(restore(path)) in whole
        caught += len(list(path.parent.glob("*.tmp")))
        for file in path.parent.glob("*.tmp"):
            file.unlink()
    return caught


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_process_killed_while_saving_loses_nothing(path):
    check_kills(path, 5)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_hundred_kills(path):
    assert check_kills(path, 100) >= 10  # so many really were in the middle
