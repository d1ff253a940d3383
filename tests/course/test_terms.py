"""Terms in the order of the lessons: each is explained where it first stands, or leads to the glossary."""

import re

import pytest
from course import LESSONS, cells
from test_glossary import ENTRIES

COMMON = {          # words of the everyday, which a lesson may use before it gives them their narrow meaning
    "Bug", "Chance", "Cell", "Chunk", "Frozen", "Gate", "Lag", "Layer", "Loss", "Memory", "Seed", "State",
    "Stable", "Stream", "Surprise", "Sweep", "Temperature", "Value", "Weight", "Window",
}


def forms(term: str, entry: str) -> str:
    """A pattern for a term, in whatever number it stands, and for its other names."""
    names = [term, *re.findall(r"Also: \*(.+?)\*\.", entry)]
    plain = "|".join(re.escape(name).replace(r"\ ", r"[\s-]+")
                     for name in sorted(names, key=len, reverse=True))
    return rf"(?<![\w-])(?:{plain})(?:s|es)?(?![\w])"


def prose(path) -> list[str]:
    """The paragraphs of a lesson that are read: no formulas, code, pictures, headings or tables."""
    found = []
    for cell in cells(path, "markdown"):
        if cell["source"].startswith(("## Further reading", "## What you will be able", "## The map")):
            continue
        text = re.sub(r"<details>.*?</details>|```.*?```|\$\$.*?\$\$", "", cell["source"], flags=re.DOTALL)
        text = re.sub(r"!\[[^\]]*\]\([^)]*\)|^#.*$|^\|.*$", "", text, flags=re.MULTILINE)
        found += [part for part in text.split("\n\n") if part.strip()]
    return found


def first_use(term: str, entry: str) -> tuple[str, str, bool] | None:
    """Lesson and paragraph of the first use of a term, and whether it is explained or linked there."""
    pattern = re.compile(forms(term, entry), re.IGNORECASE)
    for path in LESSONS:
        for part in prose(path):
            if match := pattern.search(part):
                marked = [m for m in re.finditer(r"\*+[^*\n]+\*+|\[[^\]]+\]\([^)]*glossary\.md#[^)]*\)", part)
                          if pattern.search(m[0])]
                return path.name[:2], part[max(0, match.start() - 60) : match.end() + 40], bool(marked)
    return None


@pytest.mark.parametrize("term, entry", [pair for pair in ENTRIES if pair[0] not in COMMON],
                         ids=[term for term, _ in ENTRIES if term not in COMMON])
def test_a_term_is_explained_or_linked_where_it_first_stands(term, entry):
    found = first_use(term, entry)
    assert found, f"{term} stands in no lesson"
    lesson, words, explained = found
    assert explained, f"lesson {lesson}: {words!r}: give {term} in italics with what it means, or link it"
