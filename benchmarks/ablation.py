"""What each trick of the fast code buys: one whole update with it, and without it.

A trick is switched off in a copy of `helpers` under another name, by an edit of its source; the course's own
code has no switches. The copy and the original then train side by side in one process, in turns of random
order. `python benchmarks/training_step.py --ablation` prints the table.
"""

import importlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.data import Vocabulary, chunks, load_text

HELPERS = Path(__file__).resolve().parent.parent / "helpers"
ROOM = "networks"                                   # of helpers; the edited files lie in it
WORKSPACE, READOUTS, CELL = "cells/workspace.py", "readouts.py", "cells/cell.py"
RNN, LSTM, GRU = "cells/rnn.py", "cells/lstm.py", "cells/gru.py"
ROUNDS = {"class": 100, "lecture": 60, "medium": 12, "large": 4}


class Trick(NamedTuple):
    """Its name; the edits that switch it off: file, pattern, replacement; and the cells that it concerns."""

    name: str
    edits: tuple[tuple[str, str, str], ...]
    cells: str = "RNN LSTM GRU"


def edited(pattern: str, new: str, files=(RNN, LSTM, GRU)) -> tuple[tuple[str, str, str], ...]:
    """The same edit in several files, at every place."""
    return tuple((file, pattern, new) for file in files)


TRICKS = (
    Trick("nothing: the noise of this table", ()),
    Trick("a tape is used again, its arrays and its views", (
        (CELL, r"if tape is None or tape\.key != \(self, T, B, dtype\):", "if True:"),)),
    Trick("the views of each step are made once", (
        (WORKSPACE, r"if make not in self\._made:", "if True:"),)),
    Trick("the rows of a single sequence are vectors", (
        (WORKSPACE, r"return a\[\.\.\., 0, :\] if a\.shape\[-2\] == 1 else a", "return a"),
        (WORKSPACE, r"if batch == 1:\n", "if False:\n"))),
    Trick("`out` by position, ufuncs under local names", (
        *edited(r"(?<![.\w])(add|subtract|multiply)\(([^()]+), ([^(),]+), ([^(),]+)\)(?= *(#.*)?\n)",
                r"np.\1(\2, \3, out=\4)"),
        *edited(r"(?<![.\w])tanh\(([^(),]+), ([^(),]+)\)(?= *(#.*)?\n)", r"np.tanh(\1, out=\2)", (LSTM, GRU)),
        (RNN, r"phi\(a, s\.h\)", "phi(a, out=s.h)"))),
    Trick("factors that need no gradient are made for many steps at once", (
        (WORKSPACE, r"CACHE_BYTES = 2\*\*18", "CACHE_BYTES = 1"),)),
    Trick("in blocks that fit in the cache", (
        (WORKSPACE, r"CACHE_BYTES = 2\*\*18", "CACHE_BYTES = 2**40"),)),
    Trick("a large product is cut into small ones", (
        (WORKSPACE, r"SMALL_PRODUCT = 10\*\*6", "SMALL_PRODUCT = 10**18"),)),
    Trick("blocks of 32 columns where 64 do not fit", (
        (WORKSPACE, r"for n in \(64, 32\)", "for n in (64,)"),)),
    Trick("W_hh^T is copied once an update", (
        (WORKSPACE, r"W = np\.ascontiguousarray\(W\) ", "pass"),)),
    Trick("symbols look their rows of W_xh up", (
        (CELL, r"tape\.x = x", "tape.x = np.eye(self.input_size, dtype=dtype)[x] if x.ndim == 2 else x"),)),
    Trick("dW_xh of few symbols by a one-hot product", (
        (WORKSPACE, r"if symbols\.size < 256 > len\(W_xh\):", "if False:"),)),
    Trick("dW_xh of many symbols by sums, not `np.add.at`", (
        (WORKSPACE, r"for symbol, places in zip\(.*\n.*\n", "np.add.at(d_W_xh, symbols, d_a)\n"),)),
    Trick("db_h from the shorter of d_a and dW_xh", (
        (WORKSPACE, r"d_a if len\(d_a\) <= len\(d_W_xh\) else d_W_xh", "d_a"),)),
    Trick("sums over rows as products with ones", (
        (WORKSPACE, r"np\.dot\(np\.ones\(len\(shorter\).*, d_b\)", "d_b[...] = shorter.sum(axis=0)"),
        (READOUTS, r"np\.dot\(np\.ones\(len\(e\), e\.dtype\), e\)", "e.sum(axis=0)"),
        (READOUTS, r"np\.dot\(d_scores, np\.ones\(.*", "grads.b_y = d_scores.sum(axis=1)"))),
    Trick("`np.dot` for products of two axes, not `matmul`", (
        (READOUTS, r"np\.dot\((rows.*|d_scores\.T.*|p\.W_hy.*), (\S+)\)\n", r"np.matmul(\1, out=\2)\n"),
        *edited(r"np\.dot\((flat.*), (\S+)\)\n", r"np.matmul(\1, out=\2)\n"),
        (WORKSPACE, r"np\.dot\(one_hot, d_a, d_W_xh\)", "np.matmul(one_hot, d_a, out=d_W_xh)"))),
    Trick("scores lie one character a row", (
        (READOUTS, r"np\.dot\(p\.W_hy\.T, rows\.T, out\)", "np.dot(rows, p.W_hy).T"),)),
    Trick("arrays begin on a cache line", (
        ("parameters.py", r"memory = np\.empty\(size \+ 64, np\.uint8\)", "return np.empty(shape, dtype)"),)),
    Trick("cheap checks: a sum of squares, one pass over symbols, shapes made and compared once", (
        (CELL, r"not np\.isfinite\(np\.vdot\(a, a\)\) and ", ""),
        (CELL, r"return int\(np\.maximum\.reduce\(.*", "return int(x.max() if x.min() >= 0 else 2**63)"),
        (CELL, r"if not p\.shapes\.items\(\) >= self\.shapes\.items\(\):",
         "if any(p.shapes.get(array) != shape for array, shape in self.shapes.items()):"),
        (CELL, r"@cached_property", "@property"), (GRU, r"@cached_property", "@property"))),
    Trick("all gates by one tanh", (
        (LSTM, r"multiply\(a, half_of_ifo, a\) .*\n", "np.negative(a_ifog[:3], s.ifo)\n"),
        (LSTM, r"tanh\(a_ifog, s\.ifog\) .*\n", "np.exp(s.ifo, s.ifo)\n"),
        (LSTM, r"multiply\(s\.ifo, half, s\.ifo\)\n *add\(s\.ifo, half, s\.ifo\)\n",
         "add(s.ifo, 1, s.ifo); np.divide(1, s.ifo, s.ifo); tanh(a_ifog[3], s.g)\n")), "LSTM"),
    Trick("one half as an array", (
        (LSTM, r"self\.half = np\.array\(0\.5, tape\.dtype\)", "self.half = 0.5"),
        (GRU, r"self\.half = np\.array\(0\.5, tape\.dtype\)", "self.half = 0.5")), "LSTM GRU"),
    Trick("h = z (h_prev - n) + n in three calls", (
        (GRU, r"subtract\(s\.h_prev, s\.n, s\.h\).*\n", "subtract(1, s.z, s.h)\n"),
        (GRU, r"multiply\(s\.h, s\.z, s\.h\).*\n", "multiply(s.h, s.n, s.h); multiply(s.z, s.h_prev, a_n)\n"),
        (GRU, r"add\(s\.h, s\.n, s\.h\)\n", "add(s.h, a_n, s.h)\n")),
     "GRU"),
)


def without(trick: Trick, name: str, folder: Path) -> str:
    """A copy of helpers without a trick, importable under `name`."""
    for path in HELPERS.rglob("*.py"):
        copy = folder / name / path.relative_to(HELPERS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(re.sub(r"\bhelpers\b", name, path.read_text(encoding="utf-8")), encoding="utf-8")
    for file, pattern, new in trick.edits:
        copy = folder / name / ROOM / file
        text, count = re.subn(pattern, new, copy.read_text(encoding="utf-8"))
        assert count, f"{trick.name}: {pattern} is not in {file}"
        copy.write_text(text, encoding="utf-8")
    return name


def update(package: str, kind: str, size: tuple[int, int, int], dtype) -> Callable[[], object]:
    """One whole update by the code of `package`."""
    parts = "cells", "model", "optim", "train"
    module = {name: importlib.import_module(f"{package}.{ROOM}.{name}") for name in parts}
    B, T, H = size
    text = load_text("input") * (1 + B * T * 3 // 4000)
    vocabulary = Vocabulary(text)
    cell = getattr(module["cells"], kind)(len(vocabulary), H)
    model = module["model"].CharModel(cell, np.random.default_rng(0), dtype, scale=0.01)
    stream = chunks(vocabulary.encode(text), T, B)
    return module["train"].train(model, stream, module["optim"].Adagrad(0.01), clip_norm=1.0).__next__


def in_turns(steps: dict[str, Callable], rounds: int, seconds: float = 0.008) -> dict[str, list[float]]:
    """CPU seconds a call of each, in blocks taken in random order."""
    counts, found = {}, {name: [] for name in steps}
    for name, step in steps.items():
        step()
        start = time.process_time()
        step()
        counts[name] = max(1, int(seconds / max(1e-6, time.process_time() - start)))
    for _ in range(rounds):
        for name in random.sample([*steps], len(steps)):
            start = time.process_time()
            for _ in range(counts[name]):
                steps[name]()
            found[name].append((time.process_time() - start) / counts[name])
    return found


def print_table(sizes: dict[str, tuple[int, int, int]], kinds: list[str], dtype=np.float64) -> None:
    """How much longer an update takes without each trick, per cent: at every size, for every cell."""
    print(f"| without ({np.dtype(dtype)}; {', '.join(kinds)}) | {' | '.join(sizes)} |")
    print("|" + "---|" * (1 + len(sizes)))
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        names = {trick: without(trick, f"helpers_{n}", Path(folder)) for n, trick in enumerate(TRICKS)}
        cost = {}
        for size, numbers in sizes.items():
            for kind in kinds:
                chosen = [trick for trick in TRICKS if kind in trick.cells.split()]
                steps = {"": update("helpers", kind, numbers, dtype)}
                steps |= {trick.name: update(names[trick], kind, numbers, dtype) for trick in chosen}
                seconds = in_turns(steps, ROUNDS[size])
                with_all = np.mean([seconds[""], seconds[TRICKS[0].name]], axis=0)
                for trick in chosen:
                    ratios = np.divide(seconds[trick.name], with_all)
                    cost[trick, size, kind] = f"{100 * (np.median(ratios) - 1):+.1f}"
                print(f"{size} {kind}", file=sys.stderr)
        sys.path.remove(folder)
    for trick in TRICKS:
        row = (", ".join(cost.get((trick, size, kind), "-") for kind in kinds) for size in sizes)
        print(f"| {trick.name} | {' | '.join(row)} |")
