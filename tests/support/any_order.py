"""Run a notebook's cells in other orders than from top to bottom: does each still print what is saved?

    python tests/support/any_order.py notebooks/02_min_char_rnn.ipynb
    python tests/support/any_order.py --alone --all notebooks/02_min_char_rnn.ipynb
    python tests/support/any_order.py --parts notebooks/02_min_char_rnn.ipynb

After Run All, (a) every cell once more from the very state that Run All leaves, and (b) the sections from the
last to the first; with `--alone`, (c) each section in a process in which only the opening of its part has
run. With `--parts`, each later part and the exercises instead, as on a second day: from their first code
cell, in a process in which nothing else has run. A state is kept by a fork of the process. Prints one line
of JSON for each notebook.

What cannot come out in another way is not run again, so that a notebook is run in full at most twice:

- a cell whose names are in (b) what Run All leaves has been tried there already, and (a) leaves it out;
- a cell that takes long and finds all that it reads as in Run All, and what it makes still there, is left out
  by both. `--all` leaves none out: what a module keeps to itself is not looked at.
"""

import builtins
import dis
import json
import os
import pickle
import re
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable
from functools import _lru_cache_wrapper, cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from cells_alone import compare, run_cell, told
from fork import apart

LONG = 0.1          # seconds from which on a cell is run again only if something that it reads is another
HEADING = re.compile(r"^(?:## |### (?:Exercise|On paper|In your own words))", re.MULTILINE)
IN_SOLUTIONS = re.compile(r"^###? ", re.MULTILINE)
NUMBER = re.compile(r"^## (\d+) · ", re.MULTILINE)
NUMBERED = re.compile(r"\d+ · ")            # a section's name, not an exercise's
SITTING = re.compile(r"\*\*([A-Z]), [^*]+\*\* \((?:sections )?(\d+) ")

# Sections that go on from another one of the same part, by lesson and number: what that one makes is too
# much to be made again.
GOES_ON = {("04", "4"): "2", ("04", "6"): "5", ("08", "9"): "8", ("11", "2"): "1", ("11", "3"): "1",
           ("11", "9"): "8"}


class Cell(NamedTuple):
    number: int             # among the code cells
    section: str            # the heading above it
    part: str               # its letter, or from the exercises on "exercises"
    source: str
    saved: list[dict]


def code_cells(path: Path) -> list[Cell]:
    """The code cells of the notebook at `path`, each with its section and part."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        cell["source"] = "".join(cell["source"])
    prose = "\n".join(cell["source"] for cell in cells[:4] if cell["cell_type"] == "markdown")
    begins = [int(number) for _, number in SITTING.findall(prose)]
    heading = IN_SOLUTIONS if path.parent.name == "solutions" else HEADING
    found, section, part = [], "", "A"
    for cell in cells:
        if cell["cell_type"] == "code":
            found.append(Cell(len(found), section, part, cell["source"], cell["outputs"]))
            continue
        number = NUMBER.search(cell["source"])
        if number:
            part = chr(ord("A") + max(0, sum(first <= int(number[1]) for first in begins) - 1))
        elif cell["source"].startswith("## Exercises"):
            part = "exercises"
        if heading.search(cell["source"]) and cell is not cells[1]:
            section = heading.split(cell["source"], maxsplit=1)[1].splitlines()[0].strip()
    return found


def sections(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.section, []).append(cell)
    return found


def says_more(printed: str, saved: list[dict]) -> bool:
    """Whether it is a check that says what is saved and more, as it does when it meets a mistake again."""
    before = "".join("".join(output.get("text", "")) or told(output) for output in saved)
    lines = iter(printed.splitlines())
    return any(told(output) for output in saved) and all(line in lines for line in before.splitlines())


def tried(cell: Cell, names: dict) -> str:
    """Run a cell: nothing, or what is not as it is saved."""
    try:
        printed, shown = run_cell(cell.source, f"<code cell {cell.number}>", names)
        if not says_more(printed, cell.saved):
            compare(printed, shown, cell.saved)
    except Exception as error:
        if hasattr(error, "_render_traceback_"):
            return ""
        where = traceback.extract_tb(error.__traceback__)
        line = next((frame.line for frame in where if frame.filename.startswith("<code cell")), "")
        return f"{type(error).__name__}: {error}"[:400] + (f", at {line}" if line else "")
    return ""


# What a cell reads.

def reads_and_makes(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell reads before it has made them, and those that it makes."""
    reads: set[str] = set()
    makes: set[str] = set()
    for step in dis.get_instructions(compile(source, "cell", "exec")):
        if step.opname == "STORE_NAME":
            makes.add(step.argval)
        elif step.opname == "LOAD_NAME":
            reads.update({step.argval} - makes)
        elif isinstance(step.argval, types.CodeType):
            reads.update(names_in(step.argval) - makes)
    return reads, makes


def key_of(code: types.CodeType) -> tuple:
    """What a piece of code does, the same whenever the same text was compiled."""
    constants = [key_of(part) if isinstance(part, types.CodeType) else repr(part) for part in code.co_consts]
    return code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, tuple(constants)


@cache
def names_in(code: types.CodeType) -> frozenset[str]:
    """The global names that a function's code reads, with those of the functions in it."""
    found: set[str] = set()
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            found.add(step.argval)
        elif isinstance(step.argval, types.CodeType):
            found |= names_in(step.argval)
    return frozenset(found)


def contents(cell) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def importable(function: types.FunctionType) -> bool:
    """Whether it is found under its name, so that the name says what it does."""
    found = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is function


class Prints(pickle.Pickler):
    """Pickles what cells have made, with their functions and what those read; names are looked up once."""

    def __init__(self, file: BytesIO, names: dict, take_array: Callable):
        super().__init__(file, protocol=5, buffer_callback=take_array)
        self.names, self.met = names, set()

    def reducer_override(self, value):
        if isinstance(value, types.ModuleType):
            return str, (value.__name__,)
        if isinstance(value, _lru_cache_wrapper):
            return tuple, ((value.__wrapped__,),)
        if isinstance(value, types.FunctionType) and (
                value.__globals__ is self.names or not importable(value)):
            if id(value) in self.met:
                return str, (value.__qualname__,)
            self.met.add(id(value))
            used = names_in(value.__code__) if value.__globals__ is self.names else ()
            parts = [key_of(value.__code__), value.__defaults__, value.__kwdefaults__]
            parts += [contents(part) for part in value.__closure__ or ()]
            parts += [self.names[name] for name in sorted(used) if name in self.names]
            return tuple, (tuple(parts),)
        if isinstance(value, type) and value.__module__ == "__main__":
            parts = [value.__qualname__, *value.__bases__]
            parts += [part for part in vars(value).values() if isinstance(part, types.FunctionType)]
            return tuple, (tuple(parts),)
        return NotImplemented


def prints_of(wanted: Iterable[str], names: dict, values: dict | None = None) -> dict[str, bytes | None]:
    """For each name a number that is another when its value is; None where that cannot be said."""
    found: dict[str, bytes | None] = {}
    values = names if values is None else values
    for name in wanted:
        if name not in values:
            continue
        file, arrays = BytesIO(), []
        try:
            Prints(file, names, arrays.append).dump(values[name])
            summed = [crc32(array.raw()) for array in arrays]
            found[name] = blake2b(file.getvalue() + repr(summed).encode(), digest_size=16).digest()
        except Exception:
            found[name] = None
    return found


def same(now: dict, then: dict) -> bool:
    return now == then and None not in now.values()


# Orders.

class Kept:
    """A cell as it is run from top to bottom: what it reads and makes."""

    def __init__(self, cell: Cell, names: dict):
        self.reads, makes = reads_and_makes(cell.source)
        # What it changes without giving it a name is among what it reads.
        self.before = prints_of(self.reads, names)
        began = time.perf_counter()
        self.problem = tried(cell, names)
        self.long = time.perf_counter() - began > LONG
        self.made = {name: names[name] for name in makes if name in names}
        self.prints = prints_of(makes, names) if self.long else {}
        self.after: dict = {}           # what it reads, as Run All leaves it

    def as_before(self, names: dict) -> bool:
        """Whether it takes long and would do again what it has done; then what it makes is in its place."""
        if not (self.long and same(prints_of(self.reads, names), self.before)
                and same(prints_of(self.made, names, self.made), self.prints)):
            return False
        names.update(self.made)
        return True


def in_all_orders(path: Path, leave_out: bool, alone: bool) -> dict:
    """What is not as saved in a notebook: a table of problems by order, section or cell."""
    os.chdir(path.parent)
    began, cells = time.perf_counter(), code_cells(path)
    names: dict = {"__name__": "__main__"}
    found: dict = {"name": path.stem, "cells": len(cells), "alone": {}}
    if alone:
        found["alone"] = each_alone(cells, path.name[:2])
    kept = [Kept(cell, names) for cell in cells]
    found["run all"] = {number: one.problem for number, one in enumerate(kept) if one.problem}
    for one in kept:
        one.after = prints_of(one.reads, names)

    def backwards() -> tuple[dict, list]:
        problems, done = {}, []
        for group in reversed(sections(cells).values()):
            for cell in group:
                if same(prints_of(kept[cell.number].reads, names), kept[cell.number].after):
                    done.append(cell.number)
                idle = leave_out and kept[cell.number].as_before(names)
                problem = "" if idle else tried(cell, names)
                if problem:
                    problems[cell.number] = problem
        return problems, done

    problems, done = apart(backwards)
    found["backwards"] = problems
    found["again"] = {number: problems[number] for number in done if number in problems}
    known = {number for number, one in enumerate(kept) if one.long and same(one.after, one.before)}
    rest = [cell for cell in cells if not (leave_out and cell.number in known.union(done))]
    for cell in rest:
        problem = apart(lambda: tried(cell, names))     # noqa: B023
        if problem:
            found["again"][cell.number] = problem
    found["tried apart"] = len(rest)
    found["seconds"] = round(time.perf_counter() - began, 1)
    return found


def each_alone(cells: list[Cell], lesson: str) -> dict[str, dict[int, str]]:
    """Each section after the opening of its part, in a process of its own.

    The opening is the first code cell of the part, or the one below *Exercises*; of part A it is all cells up
    to the end of the first section. A section that goes on from another is run after that one.
    """
    found, groups = {}, sections(cells)
    openings: dict[str, list[Cell]] = {}
    for group in groups.values():
        openings.setdefault(group[0].part, group[:1])
    first = next((number for number, section in enumerate(groups) if NUMBERED.match(section)), 0)
    openings["A"] = [cell for group in list(groups.values())[:first + 1] for cell in group]
    for section, group in groups.items():
        other = GOES_ON.get((lesson, section.split(" ")[0]))
        before = openings[group[0].part] + [
            cell for cell in cells if other and cell.section.startswith(f"{other} ")]
        problems = apart(lambda: run_from(before, group)) if section else {}    # noqa: B023
        if problems:
            found[section] = problems
    return found


def each_part(path: Path) -> dict:
    """What is not as saved when a part, or the exercises, is all that is run: problems by part and cell.

    Part A is left out, since it has nothing above it.
    """
    os.chdir(path.parent)
    found: dict = {"name": path.stem, "parts": {}}
    cells = code_cells(path)
    for part in list(dict.fromkeys(cell.part for cell in cells))[1:]:
        group = [cell for cell in cells if cell.part == part]
        found["parts"][part] = apart(lambda: run_from([], group))               # noqa: B023
    return found


def run_from(before: list[Cell], group: list[Cell]) -> dict[int, str]:
    """What is not as saved in a group of cells when a new kernel runs `before` and then the group.

    A function that the reader has to finish is only defined here, so its names are looked up as well.
    """
    names: dict = {"__name__": "__main__"}
    for cell in before:
        if cell not in group:
            tried(cell, names)
    problems = {cell.number: tried(cell, names) for cell in group}
    for cell in group:
        missing = reads_and_makes(cell.source)[0] - names.keys() - vars(builtins).keys()
        problems[cell.number] = problems[cell.number] or ", ".join(f"no {name}" for name in sorted(missing))
    return {number: problem for number, problem in problems.items() if problem}


def main(words: list[str]) -> None:
    import importlib

    for library in ("numpy", "matplotlib.font_manager", "matplotlib.backends.backend_agg", "PIL.Image",
                    "ipywidgets", "IPython.display", "threadpoolctl", "helpers.widgets"):
        importlib.import_module(library)
    from helpers.pictures import Picture
    Picture.png = b""           # no order changes what a picture looks like and not its sentence
    if any(word.startswith("10_") or "/10_" in word for word in words):
        importlib.import_module("torch").set_num_threads(1)
    options = {word for word in words if word.startswith("--")}
    paths = [Path(word).resolve() for word in words if word not in options]
    for path in paths:
        importlib.import_module(f"helpers.lessons.lesson{path.name[:2]}")
    for path in paths:
        if "--parts" in options:
            found = apart(lambda: each_part(path))                              # noqa: B023
        else:
            found = apart(lambda: in_all_orders(path, "--all" not in options, "--alone" in options))  # noqa: B023
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"          # a fork of a process with threads has lost them
    main(sys.argv[1:])
