"""Does a test go red where an operator, a number or a condition of the helpers is another one?

    python benchmarks/mutants.py                            400 mutants, of all packages
    python benchmarks/mutants.py --draw 4 --package data    four, of one

Each mutant is a change such as `<` to `<=`, made by cosmic-ray (pip install cosmic-ray), alone in a copy of
the course in which the tests that concern its file are run. A place in the code is drawn first, each place as
likely as any other, then one of its changes. A change of an annotation is none. Prints the share noticed per
package, and which were not; some of these make no difference that anybody could notice, so read them.
"""

import argparse
import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from planted_defects import copied
from planting import ROOT

try:
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
except ImportError:
    sys.exit("This needs cosmic-ray: pip install cosmic-ray")

SHOWN = "tests/pictures/test_shown.py"
PACKAGES = {        # the tests that concern a file, the quick ones first; NN stands for the file's lesson
    "networks": ("tests/networks",),
    "data": ("tests/data", "tests/course/test_questions.py", "tests/pictures/test_numbers.py"),
    "runs": ("tests/runs", "tests/pictures/test_plots_curves.py"),
    "pictures": (SHOWN, "tests/pictures"),
    "widgets": ("tests/widgets",),
    "lessons": ("tests/lessonNN", SHOWN, "notebooks/NN_*.ipynb"),
    "classroom": ("tests/classroom",),
}
OF_ALL_LESSONS = ("tests/course/test_exercises.py", "tests/lesson05", "tests/lesson02",
                  "tests/course/test_stages.py")
JOBS = 2
LONGEST = 900               # seconds of the tests of one mutant; what takes longer hangs, and is noticed


class Mutant(NamedTuple):
    """A change of a file: the name of cosmic-ray's operator, which of its places there, and the line."""

    file: str
    operator: str
    occurrence: int
    line: int


def places(file: str) -> dict[tuple, list[Mutant]]:
    """By place in a file, begin and end, the changes that can be made there."""
    text = (ROOT / file).read_text(encoding="utf-8")
    annotated, found, tree = list(annotations(text)), defaultdict(list), get_ast(text)
    for name in cosmic_ray.plugins.operator_names():
        operator = cosmic_ray.plugins.get_operator(name)
        if not operator.arguments():
            every = (place for node in ast_nodes(tree) for place in operator().mutation_positions(node))
            for occurrence, (start, end) in enumerate(every):
                if not any(first <= start and end <= last for first, last in annotated):
                    found[start, end].append(Mutant(file, name, occurrence, start[0]))
    return found


def annotations(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Begin and end of each annotation, as (line, column)."""
    for node in ast.walk(ast.parse(text)):
        for name in ("annotation", "returns"):
            if (one := getattr(node, name, None)) is not None:
                yield (one.lineno, one.col_offset), (one.end_lineno, one.end_col_offset)


def drawn(packages: list[str], number: int, seed: int) -> list[Mutant]:
    """So many mutants at random, each at another place."""
    rng, found = random.Random(seed), []
    for package in packages:
        for path in sorted((ROOT / "helpers" / package).rglob("*.py")):
            found += places(path.relative_to(ROOT).as_posix()).values()
    return [rng.choice(changes) for changes in rng.sample(found, min(number, len(found)))]


def tests_of(file: str) -> tuple[str, ...]:
    """The tests that concern a file."""
    lesson = re.match(r"helpers/lessons/lesson(\d\d)/", file)
    package = file.split("/")[1]
    if package == "lessons" and not lesson:
        return OF_ALL_LESSONS
    named = [one.replace("NN", lesson[1]) if lesson else one for one in PACKAGES[package]]
    return tuple(found.relative_to(ROOT).as_posix() for one in named for found in sorted(ROOT.glob(one)))


def run(copy: Path, tests: tuple[str, ...]) -> str:
    """What tests say in a copy of the course: "not" noticed, "noticed", "hangs" or "no start"."""
    try:
        ended = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", "-n0", "-q", "-x", "-p", "no:cacheprovider", *tests],
            cwd=copy, capture_output=True, timeout=LONGEST, env={**os.environ, "PYTHONPATH": str(copy)})
    except subprocess.TimeoutExpired:
        return "hangs"
    return {0: "not", 1: "noticed"}.get(ended.returncode, "no start")


def trial(mutant: Mutant, copies: SimpleQueue[Path]) -> tuple[str, str]:
    """Run the tests that concern a mutant in one of the copies: what they say, and its line."""
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    changed = mutate_code(text, cosmic_ray.plugins.get_operator(mutant.operator)(), mutant.occurrence)
    pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
    said = next((f"{one.strip()} → {other.strip()}" for one, other in pairs if one != other), "")
    copy = copies.get()
    try:
        (copy / mutant.file).write_text(changed, encoding="utf-8")
        return run(copy, tests_of(mutant.file)), said
    finally:
        (copy / mutant.file).write_text(text, encoding="utf-8")
        copies.put(copy)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", type=int, default=400, help="how many mutants")
    parser.add_argument("--package", choices=PACKAGES, action="append", help="of which packages")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--list", action="store_true", help="say which would be tried, and try none")
    given = parser.parse_args()
    mutants = drawn(given.package or list(PACKAGES), given.draw, given.seed)
    if given.list:
        for mutant in mutants:
            print(f"{mutant.file}:{mutant.line} {mutant.operator.removeprefix('core/')}: "
                  f"{' '.join(tests_of(mutant.file))}")
        return
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(JOBS) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for name in map(str, range(JOBS)):
            (Path(folder) / name).mkdir()
            copies.put(copied(Path(folder) / name))
        counts: dict[str, list[str]] = defaultdict(list)
        copy = copies.get()
        for tests in {tests_of(mutant.file) for mutant in mutants}:
            if (how := run(copy, tests)) != "not":
                sys.exit(f"{' '.join(tests)}: red without any mutant ({how}), so they prove nothing.")
        copies.put(copy)
        print("| not noticed | changed |\n|---|---|")
        trials = pool.map(lambda one: trial(one, copies), mutants)
        for mutant, (how, said) in zip(mutants, trials, strict=True):
            counts[mutant.file.split("/")[1]].append(how)
            if how == "not":
                print(f"| {mutant.file}:{mutant.line} | `{said.replace('|', chr(92) + '|')}` |", flush=True)
    print("\n| package | mutants | noticed | of them did not start | hung |\n|---|---|---|---|---|")
    for package, found in counts.items():
        print(f"| {package} | {len(found)} | {1 - found.count('not') / len(found):.0%} | "
              f"{found.count('no start')} | {found.count('hangs')} |")


if __name__ == "__main__":
    main()
