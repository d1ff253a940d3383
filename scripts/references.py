"""What the sections, exercises and stages that are referred to are about.

    python scripts/references.py        # write tests/course/references.txt anew

A number of a section leads to a heading. The list holds, for each number in lessons, solutions, questions,
guide and glossary, its words and that heading: who gives a section another number, or refers to another one,
sees the difference.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "course" / "references.txt"
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LIST = r"\d+(?:\.\d+)*(?:(?:, | and | or | to |–|, and )\d+(?:\.\d+)?(?! min|[\w%]))*"
REFERENCE = re.compile(rf"(?P<kind>[Ss]ection|[Ee]xercise|[Ss]tage)s? (?P<numbers>{LIST})|§(?P<sign>\d+)")
LESSON = r"[Ll]essons? \[?(\d\d)(?:\]\([^)]*\))?"
OTHERS = (          # a section of a paper; a position of the slider *stage* in lesson 07, section 2
    "Bengio 2013, section 2.1", "still work (section 3.2)", "the theorem (section 2.1)",
    "the cliff (section 2.3", "the clip (section 3.2)", "(thesis, 2013), section 2.8.6",
    "(2013): section 2 writes", "Bengio 2013: section 2 has", "(1948), sections 2 to 7",
    "Stage 4 makes it 10", "At stage 1 it wanders", "stage 2 it is right until", "From stage 3 on it is",
    "stage 4: o shut", "Stop at stage 3",
)


@cache
def headings(lesson: str) -> dict[tuple[str, str], str]:
    """The numbered headings of a lesson by their kind and number."""
    cells = json.loads(LESSONS[lesson].read_text("utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = {("section", number): words
             for number, words in re.findall(r"^## (\d+) · (.+?)(?: \*?\(.*)?$", text, re.MULTILINE)}
    return found | {(kind.lower(), number): words for kind, number, words in re.findall(
        r"^### (Exercise|Stage) ([\d.]+) ★+ (.+) \(", text, re.MULTILINE)}


def texts() -> Iterator[tuple[str, str, str]]:
    """Place, lesson ("" for none of its own) and text of all that refers to sections."""
    for lesson, path in LESSONS.items():
        for kind, notebook in (("", path), (" solutions", path.parent / "solutions" / path.name)):
            for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
                if cell["cell_type"] == "markdown":
                    yield f"{lesson}{kind}", lesson, "".join(cell["source"])
        asked = ROOT / "data" / f"lesson{lesson}" / "questions.toml"
        yield f"{lesson} questions", lesson, asked.read_text("utf-8")
    for part in re.split(r"(?m)^(?=## )", (ROOT / "docs" / "instructor_guide.md").read_text("utf-8")):
        lesson = part[3:5] if part[3:5] in LESSONS else ""
        for line in part.splitlines():
            yield "guide", lesson, line
    for name in ("docs/glossary.md", "docs/hosting.md", "docs/teaching.md", "docs/teaching_questions.md",
                 "README.md"):
        yield name, "", (ROOT / name).read_text("utf-8")


def numbers(words: str) -> list[str]:
    """The numbers of a list such as "1 to 3, 5" or "3.1 and 3.2"."""
    found: list[str] = []
    for one in re.split(r", and | and | or |, ", words):
        first, _, last = re.sub("–", " to ", one).partition(" to ")
        if last and last.isdigit():
            found += map(str, range(int(first), int(last) + 1))
        elif last:
            lesson, start = first.split(".")
            found += [f"{lesson}.{n}" for n in range(int(start), int(last.split(".")[1]) + 1)]
        else:
            found.append(first)
    return found


def references() -> list[tuple[str, str, str, str]]:
    """Of each number its place, its words, the lesson and section, and the heading there, "" if none."""
    found = []
    for place, own, text in texts():
        text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
        for match in REFERENCE.finditer(text):
            start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 60)
            words = " ".join(text[start : match.end() + 25].split("\n\n")[0].split())
            kind = (match["kind"] or "section").lower()
            if any(other in words for other in OTHERS):
                continue
            before = re.search(rf"{LESSON}(?:'s)?[,:(]? ?(?:the )?$|{LESSON}, (?:[a-z]+s? )?[\d, and]+; $",
                               text[max(0, match.start() - 70) : match.start()])
            after = re.match(rf",? (?:of|in) (?:{LESSON})(?: and (\d\d))?", text[match.end() :])
            named = [one for one in (after or before or re.match("", "")).groups() if one]
            last = re.findall(LESSON, text[: match.start()].rpartition("\n")[2]) if not own else []
            lessons = named or [own] if own or named else last[-1:]
            for number in numbers(match["numbers"] or match["sign"]):
                for lesson in lessons:
                    of = f"{int(number.split('.')[0]):02}" if kind == "exercise" else lesson
                    heading = headings(of).get((kind, number), "") if of in LESSONS else ""
                    found.append((place, words, f"{of} {kind} {number}", heading))
    return found


def written() -> str:
    """The list as it is kept."""
    return "".join(" | ".join(row) + "\n" for row in references())


if __name__ == "__main__":
    KEPT.write_text(written(), encoding="utf-8", newline="\n")
