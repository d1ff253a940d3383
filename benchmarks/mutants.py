"""Does a test go red where an operator, a number or a condition of the helpers is another one?

    pip install cosmic-ray pytest-cov
    python benchmarks/mutants.py                            400 mutants, of all packages
    python benchmarks/mutants.py --draw 4 --package data    four, of one

Each mutant is a change such as `<` to `<=`, made by cosmic-ray, alone in a clone of the last commit. Each
package gets the same number. A place in its code is drawn first, each place as likely as any other, then one
of its changes. A change of an annotation is none. One run of all tests under coverage, kept in
`build/mutants`, says which tests run a line. The quickest of these run first, then the quickest that run
its file, for about a minute, until one goes red. A mutant that passes them meets the tests in AFTER, because
notebooks and marked submissions run in processes that coverage does not see.

Prints the share noticed per package, and what was not noticed. Some of these changes make no difference that
anybody could notice, so read them.
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
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple
from xml.etree import ElementTree

try:
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from coverage import CoverageData
except ImportError:
    sys.exit("This needs cosmic-ray and coverage: pip install cosmic-ray pytest-cov")

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("networks", "data", "runs", "pictures", "widgets", "lessons", "classroom")
AFTER = {       # what else may notice, by package; NN stands for the file's lesson
    "pictures": ("notebooks/*.ipynb",),
    "widgets": ("tests/widgets/test_buttons.py", "notebooks/*.ipynb"),
    "lessons": ("notebooks/NN_*.ipynb", "notebooks/solutions/NN_*.ipynb"),
    "classroom": ("tests/classroom/test_judge.py", "tests/classroom/test_class.py"),
}
UNSEEN = ("tests/browser", "tests/site")    # they run the helpers in a browser's kernel or in another process
JOBS = 2
QUICK = 60                  # seconds of tests that run a mutated line
LONGEST = 600               # seconds; what takes longer hangs, and is noticed


class Mutant(NamedTuple):
    """A change of a file: the name of cosmic-ray's operator, which of its places there, and the line."""

    file: str
    operator: str
    occurrence: int
    line: int


def places(file: str) -> dict[tuple, list[Mutant]]:
    """By place in a file, begin and end, the changes that can be made there."""
    text = (ROOT / file).read_text(encoding="utf-8")
    annotated, found, nodes = list(annotations(text)), defaultdict(list), list(ast_nodes(get_ast(text)))
    for name in cosmic_ray.plugins.operator_names():
        operator = cosmic_ray.plugins.get_operator(name)
        if not operator.arguments():
            every = (place for node in nodes for place in operator().mutation_positions(node))
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
    """So many mutants at random, each at another place, and as many of each package as of any other."""
    rng, found = random.Random(seed), []
    for left, package in zip(range(len(packages), 0, -1), packages, strict=True):
        files = sorted((ROOT / "helpers" / package).rglob("*.py"))
        there = [changes for path in files for changes in places(path.relative_to(ROOT).as_posix()).values()]
        found += rng.sample(there, min((number - len(found)) // left, len(there)))
    return [rng.choice(changes) for changes in rng.sample(found, len(found))]


def cloned(folder: Path) -> Path:     # the last commit
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    return folder


def pytest(copy: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=copy,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(copy)}, **options)


class Tests:
    """Which tests run which line of the helpers, and how long each takes."""

    def __init__(self) -> None:
        commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True)
        folder = ROOT / "build" / "mutants" / commit.strip()
        lines, times = folder / "coverage", folder / "times.xml"
        if not times.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as clone:
                (copy := cloned(Path(clone) / "course")).joinpath(".coveragerc").write_text(
                    f"[run]\nsource = helpers\nrelative_files = true\ndata_file = {lines}\n")
                pytest(copy, "tests", "helpers", *(f"--ignore={one}" for one in UNSEEN), "--cov=helpers",
                       "--cov-context=test", "--cov-report=",
                       f"--junitxml={times}")
        self._data = CoverageData(str(lines))
        self._data.read()
        self._seconds = {self._id(one): float(one.get("time"))
                         for one in ElementTree.parse(times).iter("testcase") if len(one) == 0}    # it passed

    @staticmethod
    def _id(case: ElementTree.Element) -> str:
        """As pytest names a test, from its entry in times.xml."""
        return f"{(case.get('classname') or '').replace('.', '/')}.py::{case.get('name')}"

    def that_run(self, mutant: Mutant) -> list[str]:
        """The quickest tests that run its line, then the quickest that run any line of its file.

        What is remembered, or runs on import, was run by one test and concerns others.
        """
        by_line = self._data.contexts_by_lineno(mutant.file)
        at = {name.split("|")[0] for name in by_line.get(mutant.line, ())}
        tests = {name.split("|")[0] for names in by_line.values() for name in names} & self._seconds.keys()
        seconds, chosen = 0.0, []
        for test in sorted(tests, key=lambda one: (one not in at, self._seconds[one])):
            seconds += self._seconds[test] + 0.01       # and a little to set up
            if seconds > QUICK:
                break
            chosen.append(test)
        return chosen


def run(copy: Path, tests: list[str]) -> tuple[str, str]:
    """What tests say in a copy, "not" noticed, "noticed", "hangs" or "no start", and the test that is red."""
    (named := copy / "build" / "tests.txt").parent.mkdir(exist_ok=True)
    named.write_text("\n".join(tests))
    try:
        ended = pytest(copy, "-n0", "-x", "-rfE", f"@{named}", timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return "hangs", ""
    red = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", ended.stdout, re.MULTILINE)
    return {0: "not", 1: "noticed", 5: "not"}.get(ended.returncode, "no start"), red[1] if red else ""


def after(file: str) -> list[str]:
    lesson = re.match(r"helpers/lessons/lesson(\d\d)/", file)
    named = [one.replace("NN", lesson[1]) if lesson else one for one in AFTER.get(file.split("/")[1], ())]
    return [found.relative_to(ROOT).as_posix() for one in named for found in sorted(ROOT.glob(one))]


class Trials:
    """Copies of the course in which mutants are tried, and one in which nothing is changed."""

    def __init__(self, folder: Path, tests: Tests):
        self._tests, self._copies, self._sound = tests, SimpleQueue(), cloned(folder / "sound")
        for name in map(str, range(JOBS)):
            self._copies.put(cloned(folder / name))
        self.green = cache(lambda test: run(self._sound, [test])[0] == "not")

    def trial(self, mutant: Mutant) -> tuple[str, str]:
        """What the tests say of a mutant, and its line before and after."""
        text = (ROOT / mutant.file).read_text(encoding="utf-8")
        changed = mutate_code(text, cosmic_ray.plugins.get_operator(mutant.operator)(), mutant.occurrence)
        pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
        said = next((f"{one.strip()} → {other.strip()}" for one, other in pairs if one != other), "")
        copy = self._copies.get()
        try:
            (copy / mutant.file).write_text(changed, encoding="utf-8")
            for tests in (self._tests.that_run(mutant), after(mutant.file)):
                while tests:
                    how, test = run(copy, tests)
                    if how != "noticed" or test not in tests or self.green(test):
                        break
                    tests = [one for one in tests if one != test]    # red without a mutant, too
                if tests and how != "not":
                    return how, said
            return "not", said
        finally:
            (copy / mutant.file).write_text(text, encoding="utf-8")
            self._copies.put(copy)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", type=int, default=400, help="how many mutants")
    parser.add_argument("--package", choices=PACKAGES, action="append", help="of which packages")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    given = parser.parse_args()
    mutants, tests = drawn(given.package or list(PACKAGES), given.draw, given.seed), Tests()
    counts: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(JOBS) as pool:
        print("| not noticed | changed |\n|---|---|", flush=True)
        trials = pool.map(Trials(Path(folder), tests).trial, mutants)
        for number, (mutant, (how, said)) in enumerate(zip(mutants, trials, strict=True), start=1):
            counts[mutant.file.split("/")[1]].append(how)
            print(f"{number} of {given.draw}: {mutant.file}:{mutant.line} {how}", file=sys.stderr)
            if how == "not":
                print(f"| {mutant.file}:{mutant.line} | `{said.replace('|', chr(92) + '|')}` |", flush=True)
    print("\n| package | mutants | noticed | of them did not start | hung |\n|---|---|---|---|---|")
    counts["all"] = [how for found in counts.values() for how in found]
    for package, found in counts.items():
        print(f"| {package} | {len(found)} | {1 - found.count('not') / len(found):.0%} | "
              f"{found.count('no start')} | {found.count('hangs')} |")


if __name__ == "__main__":
    main()
