"""A run taken up again equals the run that never stopped; a file that is not whole is refused."""

import io
import itertools
import json
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from common import CELLS, char_model, contents
from course import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import Vocabulary, chunks
from helpers.networks import SGD, Adagrad, Adam, RMSProp, train
from helpers.runs import (
    Checkpoint,
    CheckpointError,
    pack,
    restore,
    save,
    save_apart,
    unpack,
)

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


def fresh(cell="LSTM", optimizer="Adam", dtype=np.float64) -> Checkpoint:
    model = char_model(V, 6, cell, dtype, seed=1)
    return Checkpoint(model, OPTIMIZERS[optimizer](), smoothed_loss=float(np.log(V)),
                      rng=np.random.default_rng(2), vocabulary=VOCABULARY)


def go_on(run: Checkpoint, updates: int) -> list:
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


def bits(run: Checkpoint) -> tuple:
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


@pytest.mark.parametrize(("cell", "optimizer", "dtype"), [
    *((cell, "Adam", np.float64) for cell in CELLS),
    *(("LSTM", optimizer, np.float32) for optimizer in OPTIMIZERS)])
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


SHIPPED = sorted(file for file in (ROOT / "data").glob("lesson*/*.npz") if file.stem != "snapshots")


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_network_is_read_and_can_be_saved_anew(shipped, path):
    run = restore(shipped)
    assert save(path, run) == path
    again = restore(path)
    assert again.model.params.vector.tobytes() == run.model.params.vector.tobytes()
    assert again.vocabulary.characters == run.vocabulary.characters
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


# What is there already stays, unless a save wrote it

def a_docx(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "Three years of work.")


def a_saved_run(path, change=lambda data: data):
    save(path, fresh())
    path.write_bytes(change(path.read_bytes()))


THERE = {
    "a document": a_docx,
    "a text": lambda path: path.write_text("To be or not to be."),
    "arrays of something else": lambda path: path.write_bytes(pack("{}", {"W": np.zeros(3)})),
    "the header of something else": lambda path: path.write_bytes(pack('{"format": "mine"}', {})),
    "a run cut short": lambda path: a_saved_run(path, lambda data: data[:-9]),
    "a run of a later version": lambda path: a_saved_run(path, lambda data: forged(data, {"version": 4})),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("make", THERE.values(), ids=THERE)
def test_what_is_no_saved_run_is_refused_by_its_name_and_stays(make, tmp_path):
    path = tmp_path / "thesis.docx"
    make(path)
    before = contents(tmp_path)
    for by in (save, save_apart):
        assert "thesis.docx" in unsaved(path, fresh(), by)
        assert contents(tmp_path) == before


def test_a_run_replaces_itself_and_no_other_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine, other = fresh(), fresh()
    go_on(other, 3)
    assert save_apart("run.npz", other) == ("run.npz", tmp_path / "run.npz")
    assert save_apart("run.npz", mine) == ("run_2.npz", tmp_path / "run_2.npz")
    go_on(mine, 5)
    assert save_apart("run_2.npz", mine)[0] == "run_2.npz", "its own file it replaces"
    again = restore("run_2.npz")
    go_on(again, 2)
    assert save_apart("run_2.npz", again)[0] == "run_2.npz", "also after it was restored"
    assert save_apart("run_2.npz", mine)[0] == "run_3.npz", "it has been saved by another since"
    assert [restore(f"run{n}.npz").updates for n in ("", "_2", "_3")] == [3, 7, 5]


def refused(path) -> str:
    with pytest.raises(CheckpointError) as caught:
        restore(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def good() -> bytes:
    run = fresh()
    go_on(run, 3)
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder, "run.npz"), run)
        return Path(folder, "run.npz").read_bytes()


def test_no_flipped_bit_changes_a_run_and_any_missing_end_is_noticed(good, path):
    chance = random.Random(3)
    path.write_bytes(good)
    whole = bits(restore(path))
    for place in chance.sample(range(8 * len(good)), 300):
        changed = bytearray(good)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            assert bits(restore(path)) == whole, "the bit is in no number, such as in the date of an entry"
        except CheckpointError as error:
            assert "\n" not in str(error)
    for length in [*range(100), *chance.sample(range(100, len(good)), 200)]:
        path.write_bytes(good[:length])
        refused(path)


def forged(good, header=None, arrays=None, drop=()) -> bytes:
    """The good file with other contents."""
    old, kept = unpack(good)
    entries = {**json.loads(old), **(header or {})}
    for name in drop:
        (entries if name in entries else kept).pop(name)
    return pack(json.dumps(entries), {**kept, **(arrays or {})})


# A header, or arrays beside it, with which no run can go on; what is missing.
FORGED = {
    "a later version": ({"version": 4}, {}, ()),
    "a class that is no cell": ({"cell": {"class": "Popen"}}, {}, ()),
    "a function that is no generator": ({"rng": {"bit_generator": "default_rng"}}, {}, ()),
    "a cell that no memory holds": (
        {"cell": {"class": "LSTM", "input_size": V, "hidden_size": 10**9}}, {}, ()),
    "another vocabulary": ({"characters": "abc"}, {}, ()),
    "not a number": ({}, {"params.W_hh": np.full((6, 24), np.nan)}, ()),
    "infinite memory": ({}, {"memory.m": np.full(1, np.inf)}, ()),
    "no parameters": ({}, {}, ["params.b_y"]),
    "a smoothed loss without end": ({"smoothed_loss": math.inf}, {}, ()),
}


@pytest.mark.parametrize(("header", "arrays", "drop"), FORGED.values(), ids=FORGED)
def test_what_no_run_can_go_on_with_is_refused(header, arrays, drop, good, path):
    path.write_bytes(forged(good, header, arrays, drop))
    refused(path)


JUNK = st.none() | st.integers() | st.floats() | st.text(max_size=3) | st.builds(list) | st.builds(dict)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_a_header_says_the_file_is_a_run_or_refused_and_nothing_else(data, good):
    header, _ = unpack(good)
    names = sorted(json.loads(header))
    changed = data.draw(st.dictionaries(st.sampled_from(names), JUNK, min_size=1, max_size=2))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.npz")
        path.write_bytes(forged(good, changed))
        try:
            run = restore(path)
        except CheckpointError as error:
            assert "\n" not in str(error)
        else:
            assert np.isfinite(run.model.params.vector).all()


class Payload:
    """What a hostile pickle does: it runs a command when it is read."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip file, as an attacker would make it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_no_code_in_a_file_is_run(good, path, tmp_path):
    trap, objects = tmp_path / "trap", io.BytesIO()
    hostile = pickle.dumps(Payload(trap))
    np.save(objects, np.array([Payload(trap)], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for content in (hostile, *(zipped({**entries, name: evil}) for evil in (hostile, objects.getvalue())
                               for name in ("header.npy", "params.W_hh.npy"))):
        path.write_bytes(content)
        refused(path)
    assert not trap.exists()
    pickle.loads(hostile)
    assert trap.exists()  # the trap works, it was just never touched


def test_a_file_that_is_too_large_is_refused(tmp_path):
    huge = tmp_path / "huge.npz"
    with open(huge, "wb") as file:
        file.write(b"PK\3\4")
        file.truncate(2**40)  # takes no room on the disk
    assert "more than 256 MB" in refused(huge)


def unsaved(path, run, by=save) -> str:
    with pytest.raises(CheckpointError) as caught:
        by(path, run)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_full_disk_leaves_the_old_file(path):
    pytest.importorskip("resource")
    save(path, fresh())
    before = path.read_bytes()
    code = ("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
            "print(unsaved(sys.argv[1], fresh()))")
    out, _ = child(code, path).communicate()
    assert "make room on the disk" in out
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_process_killed_while_saving_loses_nothing(path):
    """It saves without a pause, and is killed at a random moment: one of its two runs is always there."""
    runs = [fresh(), fresh()]
    go_on(runs[1], 4)
    whole = [bits(run) for run in runs]
    save(path, runs[0])
    code = ("runs = [fresh(), fresh()]; go_on(runs[1], 4); print('ready', flush=True)\n"
            "while True:\n    for run in runs: save(sys.argv[1], run)")
    for _ in range(4):
        process = child(code, path)
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert bits(restore(path)) in whole
