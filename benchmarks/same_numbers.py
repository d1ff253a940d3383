"""Do the saved outputs hold elsewhere? Every notebook, strictly, under other processors' code and versions.

    python benchmarks/same_numbers.py                    # processors, threads, hash seeds: an hour and more
    python benchmarks/same_numbers.py seeds --jobs 2     # two runs side by side
    python benchmarks/same_numbers.py versions           # new environments; needs a network
    python benchmarks/same_numbers.py threads --tests notebooks/00_start_here.ipynb

The groups: `processors` makes OpenBLAS and NumPy use the code for other processors, `threads` gives the
matrix products one and two threads, `seeds` runs with the hash seeds 0 to 19 (twenty runs in a row), and
`versions` installs the oldest and the newest versions that the requirements admit, for every Python from
3.11 on that is on the path. Prints a Markdown table; fails if a run is red. What is set, is set for these
runs only.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["tests/networks/test_same_numbers.py", "notebooks"]
VECTORS = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14", "python3")

Setting = tuple[str, dict[str, str], str]           # a name, variables of the environment, a Python


def settings(group: str) -> list[Setting]:
    if group == "processors":
        kernels = ("Nehalem", "Haswell", "SkylakeX", "Zen", "Prescott")
        return [*((f"OpenBLAS for {name}", {"OPENBLAS_CORETYPE": name}, sys.executable) for name in kernels),
                ("NumPy without AVX2, AVX-512", {"NPY_DISABLE_CPU_FEATURES": VECTORS}, sys.executable)]
    if group == "threads":
        return [(f"{n} BLAS threads", {"OPENBLAS_NUM_THREADS": f"{n}"}, sys.executable) for n in (1, 2)]
    return [(f"hash seed {seed}", {"PYTHONHASHSEED": f"{seed}"}, sys.executable) for seed in range(20)]


def environments(folder: Path) -> list[Setting]:
    """New environments with the oldest and the newest versions, for each Python that is here."""
    pythons = {}
    for name in PYTHONS:
        if shutil.which(name):
            version = subprocess.run([name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                                     capture_output=True, text=True).stdout.strip()
            if version and tuple(map(int, version.split("."))) >= (3, 11):     # a shim may lead nowhere
                pythons.setdefault(version, name)
    wanted = [line for line in (ROOT / "requirements.txt").read_text().split() if line not in ("-e", ".")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    dev = project["optional-dependencies"]["dev"]
    oldest = [re.sub(r">=([\d.]+).*", r"==\1.*", line) for line in wanted]
    found = []
    for version, name in pythons.items():
        for age, lines in (("oldest", oldest), ("newest", wanted)):
            place = folder / f"{version}-{age}"
            subprocess.run([name, "-m", "venv", place], check=True)
            python = str(place / "bin" / "python")
            made = subprocess.run([python, "-m", "pip", "install", "-q", "--only-binary=numpy,matplotlib",
                                   *lines, *dev, "-e", ROOT],
                                  capture_output=True, text=True)  # without PyTorch lesson 10 is left out
            if made.returncode:
                why = (made.stderr.strip() or f"pip ended with {made.returncode}").splitlines()[-1]
                print(f"| Python {version}, {age} | not installed: {why} | - |")
                continue
            found.append((f"Python {version}, {age}", {}, python))
    return found


def run(setting: Setting, tests: list[str]) -> tuple[str, str, float]:
    """One strict run: name, what pytest said last, and seconds."""
    name, variables, python = setting
    began = time.perf_counter()
    path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PATH": path, **variables}
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    said = result.stdout.strip().splitlines() or [result.stderr.strip()[-200:]]
    words = said[-1].strip("= ")
    if result.returncode:
        failed = re.findall(r"^FAILED (\S+)", result.stdout, re.MULTILINE)
        words = "**red** " + "; ".join([words, *failed[:5]])
    return name, words, time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    groups = ("processors", "threads", "seeds", "versions")
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(groups)}; the first three if left out")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="what is run; all notebooks if left out")
    arguments = parser.parse_args()
    red = 0
    print("| run | outcome | s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.jobs) as pool:
        chosen = arguments.groups or groups[:3]
        todo = [s for group in chosen for s in (environments(Path(folder)) if group == "versions"
                                                else settings(group))]
        for name, words, seconds in pool.map(lambda setting: run(setting, arguments.tests), todo):
            red += words.startswith("**red**")
            print(f"| {name} | {words} | {seconds:.0f} |", flush=True)
    print(f"\n{len(todo) - red} of {len(todo)} runs are green.")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
