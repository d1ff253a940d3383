"""Write every page that follows from something else, and every drawing, where it has changed.

    python scripts/pages.py             # after any change: what is written is said
    python scripts/pages.py --check     # say what would be written, and write nothing
    python scripts/pages.py --minutes   # how many minutes each section takes, by the rule of minutes.py

The facts of a lesson are in its ``lesson.toml`` and ``questions.toml``. From them and from the notebooks come
the headings, minutes and objectives in the notebooks, the README's table, the instructor's guide, the pages
of its hours, the page of objectives, the sheets and the pages of the concept inventory; from the functions
that draw, the pictures in ``img``. An hour of a teacher's plan that has become too full is named, and is no
failure.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import facts
import minutes
from writers import ROOT, Problem, guide, hours, inventory, notebooks, overviews, pictures, sheets

# In this order: each may read what those before it have written.
WRITERS = (notebooks, guide, hours, overviews, sheets, inventory, pictures)


def outdated() -> Iterator[tuple[Path, str]]:
    """Each page that is not as it follows from the rest, with what it should hold; one after the other."""
    for writer in WRITERS:
        for path, text in writer.pages().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                yield path, text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--minutes", action="store_true", help="say how long each section takes, by the rule")
    wanted = parser.parse_args()
    if wanted.minutes:
        minutes.report([lesson.path for lesson in facts.lessons()])
        return 0
    check, old = wanted.check, 0
    try:
        for path, text in outdated():
            old += 1
            print(f"{path.relative_to(ROOT)} {'is not up to date' if check else 'written'}")
            if not check:
                path.write_text(text, encoding="utf-8", newline="\n")
    except Problem as problem:
        print(problem)
        return 2
    for sentence in guide.tight():
        print(sentence)
    if check and old:
        print("Write them again: python scripts/pages.py")
    return int(check and old > 0)


if __name__ == "__main__":
    sys.exit(main())
