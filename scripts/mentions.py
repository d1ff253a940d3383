"""The sentences that name a number: what to read again when an output has changed.

    python scripts/mentions.py 0.183                # in the whole course
    python scripts/mentions.py 0.183 --lesson 05    # in one lesson and the pages

``run_notebooks.py`` and ``ship.py`` print the same for each number that has changed in a text output. A
sentence names 0.183 as itself, rounded (0.18) or as a share (18 %); 1234 as 1,234; 3 in its own lesson as
three. Nothing is stored: old and new outputs are compared at that moment.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from html import unescape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]|\.\d)")
WORDS = dict(enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2))
SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=\s*(?:[-*#|>]|\d+\.))|\s\|\s")
LINK = re.compile(r"\[[^\]]*\]\((?:[^()]|\([^()]*\))*\)")       # whose numbers are those of sections
GENERATED = ("docs/hours/", "docs/sheets/", "docs/inventory/", "docs/routes/", "docs/objectives.md",
             "docs/instructor_guide.md", "docs/replication.md")     # they follow from what is read here


def value(token: str) -> Decimal:
    """A number as it stands in a text.

    >>> value("−1,234.50")
    Decimal('-1234.50')
    """
    return Decimal(token.replace("−", "-").replace(",", ""))


def texts(outputs: Iterable[Mapping]) -> str:
    """All that the outputs of a cell say in words, alt texts included."""
    parts = []
    for output in outputs:
        data = output.get("data", {})
        page = re.sub(r'<[^>]*?\balt="([^"]*)"[^>]*>', r" \1 ", data.get("text/html", ""))
        page = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
        parts += [output.get("text", ""), page or data.get("text/plain", "")]
    return "\n".join(parts)


def changed(before: str, after: str) -> list[str]:
    """The numbers of a text that no longer stand at their place in the new one.

    >>> changed("loss 2.31 after 20", "loss 2.29 after 20")
    ['2.31']
    """
    old, new = NUMBER.findall(before), NUMBER.findall(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return list(dict.fromkeys(number for kind, start, end, *_ in steps if kind in ("replace", "delete")
                              for number in old[start:end]))


def names(number: str, token: str, percent: bool, own: bool = True) -> bool:
    """Whether `token`, which a per cent sign follows or not, can stand for `number` in a sentence.

    Half of all pages have a 1 or a 0.2, so a number of one digit has to be written alike, and a rounded one
    of two digits counts in its `own` lesson only.

    >>> [names("0.183", token, percent) for token, percent in (("0.18", False), ("18", True), ("0.2", False))]
    [True, True, False]
    """
    exact, there = abs(value(number)), abs(value(token))
    digits = len(there.normalize().as_tuple().digits)
    if exact == there and digits > 1:
        return True
    if digits < 2:
        return str(value(number)) == str(value(token)) and (own or exact != int(exact))
    places = there.as_tuple().exponent
    rounded = [exact] + [exact * 100] * (percent and exact <= 1)
    likely = own or digits > 2 or percent
    return likely and any(one == there or (places > one.as_tuple().exponent and round(one, -places) == there)
                          for one in rounded)


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """Each sentence of a notebook, a page or a TOML file, with its place there, without links and code."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        passages = [(f"cell {place}", "".join(cell["source"])) for place, cell in enumerate(cells)
                    if cell["cell_type"] == "markdown"]
    elif path.suffix == ".toml":
        passages = [(f"line {place}", line) for place, line in enumerate(text.splitlines(), start=1)]
    else:
        starts = [0, *(match.end() for match in re.finditer(r"\n\s*\n", text)), len(text)]
        passages = [(f"line {text.count(chr(10), 0, start) + 1}", text[start:end])
                    for start, end in pairwise(starts)]
    for place, passage in passages:
        for sentence in SENTENCE.split(LINK.sub("", passage)):
            if sentence.strip():
                yield place, " ".join(sentence.split())


def files(lesson: str) -> list[Path]:
    """What is written by hand about a lesson, "05" or "" for all, and every page."""
    own = [*ROOT.glob(f"notebooks/{lesson}*.ipynb"), *ROOT.glob(f"notebooks/solutions/{lesson}*.ipynb"),
           *ROOT.glob(f"helpers/lessons/lesson{lesson}*/*.toml")]
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    return sorted(own) + [page for page in sorted(pages)
                          if not page.relative_to(ROOT).as_posix().startswith(GENERATED)]


def mentions(numbers: Iterable[str], lesson: str = "") -> list[str]:
    """Each sentence that names one of these numbers, with its file, its place and the numbers."""
    found = []
    for path in files(lesson):
        own = not lesson or lesson in path.as_posix()
        for place, sentence in sentences(path):
            tokens = [(one[0], bool(re.match(r"[\s\u202f]*(?:%|per ?cent)", sentence[one.end():])))
                      for one in NUMBER.finditer(sentence)]
            words = set(re.findall(r"[a-z]+", sentence.lower())) if own else set()
            here = [number for number in numbers if any(names(number, *token, own) for token in tokens)
                    or WORDS.get(value(number)) in words]
            if here:
                found.append(f"{path.relative_to(ROOT)}, {place} ({', '.join(here)}): {sentence}")
    return found


def report(before: Mapping, after: Mapping, lesson: str) -> str:
    """What to read again after a run has changed the outputs of a notebook; "" if no number has changed."""
    old = {cell["id"]: texts(cell.get("outputs", ())) for cell in before["cells"]}
    numbers = dict.fromkeys(
        number for cell in after["cells"] if cell["id"] in old
        for number in changed(old[cell["id"]], texts(cell.get("outputs", ()))))
    if not numbers:
        return ""
    found = mentions(numbers, lesson)
    head = f"Changed in the outputs: {', '.join(numbers)}. "
    return head + ("\n  ".join([f"{len(found)} sentences to read again:", *found]) if found
                   else "No sentence names them.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="+")
    parser.add_argument("--lesson", default="", help="its two digits; without it, the whole course")
    given = parser.parse_args()
    print(*mentions(given.numbers, given.lesson), sep="\n")


if __name__ == "__main__":
    main()
