"""How long a class of sixty takes from the archive to the report, and whether everyone gets what is earned.

It makes up submissions for lesson 05: of sixty, 52 honest ones (all answers, half of them, none) and eight
hostile ones (three hang, two fork, one fills the memory, two files cannot be read). They are taken, marked
and reported in a temporary folder, by the commands that a teacher gives.

    .venv/bin/python benchmarks/class_of_sixty.py [--people 60]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from copy import deepcopy
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
LESSON = "lesson05"
HANGS = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
SLEEPS = "import time\ndef my_clip_norm(grads, max_norm):\n    time.sleep(10_000)"
LOOPS = "def my_clip_norm(grads, max_norm):\n    while True: pass"
FORKS = """
import os, time
for _ in range(50):
    if os.fork() == 0:
        os.setsid()
        time.sleep(10_000)
"""
STARTS = """
import subprocess, sys
for _ in range(20):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10_000)"], start_new_session=True)
"""
FILLS = "filled = []\nwhile True:\n    filled.append(bytearray(b'x' * 10**8))"
HOSTILE = {"hangs": HANGS, "forks": FORKS, "fills": FILLS, "damaged": None, "sleeps": SLEEPS,
           "starts": STARTS, "page": None, "loops": LOOPS}
KINDS = ("all", "half", "all", "none")          # of the honest ones, in turn


def hand_ins(course: Path, folder: Path, people: int) -> dict[str, float]:
    """Write the submissions; returns the points that each honest one should get."""
    given, solved = (nbformat.read(course / kind / LESSON / f"{LESSON}.ipynb", as_version=4)
                     for kind in ("release", "source"))
    solutions = {cell.metadata.nbgrader.grade_id: cell.source for cell in solved.cells
                 if "nbgrader" in cell.metadata}
    tasks = json.loads((course / "course.json").read_bytes())["lessons"][LESSON[-2:]]["tasks"]
    points = {task["id"]: task["points"] for task in tasks}
    hostile, should = [*HOSTILE.items()][: max(1, people * len(HOSTILE) // 60)], {}

    def write(person: str, answers: dict[str, str]) -> Path:
        notebook = deepcopy(given)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        path = folder / person / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        return path

    for number in range(people - len(hostile)):
        kind = KINDS[number % len(KINDS)]
        answered = [*points][: {"all": len(points), "half": len(points) // 2, "none": 0}[kind]]
        person = f"honest-{number:02}"
        write(person, {task: f"# {person}\n{solutions[task]}" for task in answered})
        should[person] = sum(points[task] for task in answered)
    for name, code in hostile:
        path = write(f"hostile-{name}", {next(iter(points)): code or ""})
        if name == "damaged":
            path.write_bytes(path.read_bytes()[:1000])
        elif name == "page":
            path.write_text("<html>Sign in first</html>", encoding="utf-8")
    return should


def timed(log: Path, *arguments: str) -> tuple[float, int, int]:
    """Seconds of a command, and in bytes the peak of its own memory and of that of all its processes."""
    began, own, together = time.monotonic(), 0, 0
    with log.open("ab") as file:
        begun = psutil.Popen([sys.executable, "-m", "helpers.classroom", *arguments], cwd=ROOT, stdout=file,
                             stderr=subprocess.STDOUT)
        while begun.poll() is None:
            used = []
            try:
                for process in (begun, *begun.children(recursive=True)):
                    used.append(process.memory_info().rss)
            except psutil.Error:        # one has ended meanwhile
                pass
            own, together = max(own, *used[:1], 0), max(together, sum(used))
            time.sleep(0.2)
    return time.monotonic() - began, own, together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=60, help="how many hand in; 60 by default")
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        course, submitted, log = (Path(folder) / name for name in ("course", "submitted", "log.txt"))
        timed(log, "make", LESSON[-2:], "--into", str(course))
        should = hand_ins(course, submitted, people)
        print(f"{people} people, {len(should)} of them honest, {psutil.cpu_count()} processors\n")
        print("| command | seconds | its own memory, MB | with all its processes, MB |\n|---|---|---|---|")
        for command, *more in (("take", str(submitted), "--into"), ("mark",), ("report",)):
            seconds, own, together = timed(log, command, *more, str(course))
            print(f"| {command} | {seconds:.1f} | {own / 1e6:.0f} | {together / 1e6:.0f} |", flush=True)
        wrong = []
        for person, points in should.items():
            path = course / "autograded" / person / LESSON / "results.json"
            got = sum(row["points"] for row in json.loads(path.read_bytes())) if path.is_file() else None
            if got != points:
                wrong.append(f"{person} has {got} points instead of {points}")
        right = len(should) - len(wrong)
        print(f"\n{right} of {len(should)} honest people have the points they earned.", *wrong, sep="\n")
        if wrong:
            print(log.read_text("utf-8", "replace"))
            sys.exit(1)


if __name__ == "__main__":
    main()
