"""The sheets, a page to print for each lesson: picture, equations, what to remember.

A sheet is made of what stands in the lesson: its first picture, the equations that stand alone in its core
sections, and its recap. Nothing in it is written by hand.
"""

import json
import re
from pathlib import Path

import facts

from writers import ROOT

FOLDER = ROOT / "docs" / "sheets"
MOST = 9                # equations: those of the most sections, the shortest of each
LONGEST = 210           # characters of TeX that fit a line; in several lines it may be twice as long


def cells(notebook: Path) -> list[str]:
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "markdown"]


def equations(notebook: Path) -> list[tuple[str, str]]:
    """What stands alone between double dollars in the core: the section's number and name, and the TeX."""
    found, section = [], ""
    for source in cells(notebook):
        if heading := re.search(r"^## (.+)", source, re.MULTILINE):
            name = re.match(r"(\d+ · .+?) *\*?\((?!optional)\d+ min", heading[1])
            section = name[1] if name else ""
        source = re.sub(r"<details>.*?</details>", "", source, flags=re.DOTALL)
        for tex in re.findall(r"\$\$(.+?)\$\$", source, re.DOTALL):
            if section:
                found.append((section, " ".join(tex.split())))
    return found


def chosen(notebook: Path) -> list[tuple[str, str]]:
    """The equations of the sheet: of each section one before any has two, no more than there is room for."""
    short = [(section, tex) for section, tex in equations(notebook)
             if len(tex) <= LONGEST * (1 + ("aligned" in tex))]
    place: dict[str, int] = {}
    ranked = []
    for number, (section, _) in enumerate(short):
        place[section] = place.get(section, 0) + 1
        ranked.append((place[section], number))
    kept = sorted(number for _, number in sorted(ranked)[:MOST])
    return [short[number] for number in kept]


def sheet(notebook: Path) -> str:
    first, *_ = prose = cells(notebook)
    title = re.search(r"^# (.+)", first, re.MULTILINE)[1]
    picture = re.search(r"!\[(.+?)\]\(\.\./(img/[\w.]+)\)", "\n".join(prose))
    recap = next(source for source in prose if source.startswith("## Recap")).partition("\n")[2].strip()
    recap = recap.replace("](#", f"]({notebook.name}#").replace("](../img/", "](../../img/")
    recap = re.sub(r"\]\((?!http)(?:\.\./docs/)?([\w/]+\.md)", r"](../\1", recap)
    recap = re.sub(r"\]\((?!http)([\w/]+\.ipynb)", r"](../../notebooks/\1", recap)
    lines = [f"# Sheet {title}", "", f"![{picture[1]}](../../{picture[2]})", "", "## To remember", "", recap]
    if kept := chosen(notebook):
        lines += ["", "## Equations", ""]
        lines += [f"- {section}: $\\displaystyle {tex}$" for section, tex in kept]
    return "\n".join([*lines, "", f"The lesson: [{title}](../../notebooks/{notebook.name}).", ""])


def pages() -> dict[Path, str]:
    return {FOLDER / f"{one.number}.md": sheet(one.path) for one in facts.lessons()}
