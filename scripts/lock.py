"""Write the hashed locks of docs/locks, one for each Python: ``python scripts/lock.py`` (needs `uv`).

A hosted image is built from a lock, so that every seat has the same files, and a package that was changed
on its way is refused. pip takes no folder beside hashes, so the course itself comes after, without
dependencies:

    pip install --require-hashes -r docs/locks/python-3.12.txt
    pip install --no-deps -e .
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")


def main() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = "\n".join(line for line in lines if not line.startswith("-"))
    for python in PYTHONS:
        path = ROOT / "docs" / "locks" / f"python-{python}.txt"
        subprocess.run(
            ["uv", "pip", "compile", "-", "--quiet", "--generate-hashes", "--python-version", python,
             "--python-platform", "linux", "--no-header", "--no-annotate", "--no-emit-index-url",
             "--output-file", path],
            input=wanted, text=True, check=True,
        )
        print(f"{path.relative_to(ROOT)}: {path.read_text(encoding='utf-8').count('==')} packages")


if __name__ == "__main__":
    main()
