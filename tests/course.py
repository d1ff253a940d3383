"""Where the course's files are, and how to read them: shared by the tests."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
NOTEBOOKS = LESSONS + SOLUTIONS


def name(path: Path) -> str:
    """A notebook as a test names it, for example 02_min_char_rnn or solutions/02_min_char_rnn."""
    return path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


def cells(path: Path, kind: str | None = None) -> list[dict]:
    """The cells of a notebook, of one kind if named; their source and texts are whole strings."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in found:
        cell["source"] = "".join(cell["source"])
        for output in cell.get("outputs", []):
            output["text"] = "".join(output.get("text", ""))
            output["data"] = {mime: "".join(part) if isinstance(part, list) else part
                              for mime, part in output.get("data", {}).items()}
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def markdown(text: str) -> str:
    """Markdown without its code and formulas, so that what looks like a link or heading is one."""
    return re.sub(r"```.*?```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", "", text, flags=re.DOTALL)


def headings(text: str) -> list[tuple[int, str]]:
    """The headings of a Markdown text as (level, words), code fences left out."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(len(marks), words) for marks, words in re.findall(r"^(#{1,6})\s+(.+?)\s*$", text, re.MULTILINE)]


def plainly(value) -> str:
    """`value` as a test names it, the same in every process."""
    return re.sub(r" at 0x\w+", "", repr(value))
