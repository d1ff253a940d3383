"""Where the course's files are, and how to read them: shared by the tests."""

import html.parser
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
NOTEBOOKS = LESSONS + SOLUTIONS
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#]*)(?:#((?:[^()\s]|\([^()\s]*\))*))?\)")


def name(path: Path) -> str:
    """A notebook as a test names it, for example 02_min_char_rnn or solutions/02_min_char_rnn."""
    return path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


def some(paths: Iterable[Path], quick: tuple[str, ...]) -> list:
    """Notebooks as parameters of a test: those whose number is not among `quick` are with the slow tests."""
    return [pytest.param(path, id=name(path), marks=[pytest.mark.slow] * (path.name[:2] not in quick))
            for path in paths]


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


def links(path: Path) -> list[tuple[str, str, str]]:
    """Words, file and anchor of each link that stays in the course."""
    text = path.read_text("utf-8") if path.suffix == ".md" else "\n\n".join(
        cell["source"] for cell in cells(path, "markdown"))
    return [(words, file.rpartition("/")[2], anchor) for words, file, anchor in LINK.findall(text)
            if "://" not in file]


class Tags(html.parser.HTMLParser):
    """The tags of an HTML or Markdown text with their attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def anchors(path: Path) -> set[str]:
    """What a link can aim at: in a notebook as JupyterLab names it, in Markdown as code hosts do."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell["source"] for cell in cells(path, "markdown"))
        places = {re.sub(r"[*`]", "", words).replace(" ", "-") for _, words in headings(text)}
    else:
        text = path.read_text(encoding="utf-8")
        places = {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for _, words in headings(text)}
    return places | {a["id"] for _, a in Tags(text).found if "id" in a}


def broken_links(path: Path, text: str) -> list[str]:
    """The relative links and images of `text`, which stands in `path`, that lead nowhere."""
    text = markdown(text)
    targets = re.findall(r"\]\(((?:[^()\s]|\([^()\s]*\))+)\)", text)
    targets += [a.get("href") or a.get("src") for tag, a in Tags(text).found if tag in ("a", "img")]
    broken = []
    for target in filter(None, targets):
        if target.startswith(("http://", "https://", "mailto:", "data:")):
            continue
        file, _, anchor = unquote(target).partition("#")
        aim = (path.parent / file).resolve() if file else path
        if not aim.exists() or not aim.is_relative_to(ROOT) or (anchor and anchor not in anchors(aim)):
            broken.append(target)
    return broken
