"""How many minutes a lesson takes, by one rule: ``python scripts/minutes.py [notebook ...]``.

Prints, for each section, what is in it and the minutes that this makes, beside those promised in its heading.
The rule, for somebody who reads at leisure and tries everything once: 200 words a minute, 5 seconds a line of
code, 40 seconds to answer a question, a minute and a half for a dashboard, a minute for a button or a check,
20 seconds for an equation that stands alone. What is folded away (hints, solutions), exercises and imports
count nothing.
"""

import ast
import json
import re
import sys
from collections import Counter
from pathlib import Path

SECONDS = {
    "words": 0.3, "lines": 5.0, "questions": 40.0, "dashboards": 90.0, "buttons": 60.0, "equations": 20.0}
BUTTONS = {"on_press", "run_live", "watch", "many_runs"}
HEADING = re.compile(r"^## (.+?)(?: \((\d+) min[^)]*\))?(?:\s*\*?\(optional[^)]*\)\*?)?$", re.MULTILINE)
VIEW = "application/vnd.jupyter.widget-view+json"


def sections(path: Path) -> list[tuple[str, int | None, bool, Counter]]:
    """The parts of a notebook: heading, promised minutes or None, whether it is optional, what is in it.

    What stands before the first heading counts as a part called "Opening".
    """
    found = [("Opening", None, False, Counter())]
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = HEADING.search(source)
            if heading:
                promised = int(heading[2]) if heading[2] else None
                found.append((heading[1], promised, "optional" in heading[0], Counter()))
            found[-1][3].update(in_prose(source))
        else:
            found[-1][3].update(in_code(source, cell["outputs"]))
    return found


def in_prose(source: str) -> dict[str, int]:
    """Words, questions and equations of a Markdown cell; tables count by their words."""
    source = re.sub(r"<details>.*?</details>|!\[[^\]]*\]\([^)]*\)", " ", source, flags=re.DOTALL)
    equations = re.findall(r"\$\$.*?\$\$", source, flags=re.DOTALL)
    source = re.sub(r"\$\$.*?\$\$|```.*?```", " ", source, flags=re.DOTALL)
    source = re.sub(r"\]\([^)]*\)|<[^>]+>", " ", source)
    return {"words": len(re.findall(r"\w[\w'’-]*", re.sub(r"\$[^$]+\$", " x ", source))),
            "questions": source.count("**Predict.**"), "equations": len(equations)}


def in_code(source: str, outputs: list[dict]) -> dict[str, int]:
    """Lines that are read (no imports, no empty ones), dashboards and buttons of a code cell."""
    tree = ast.parse(source)
    imports = {line for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
               for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = [line for number, line in enumerate(source.splitlines(), 1)
             if line.strip() and number not in imports]
    called = {node.func.id for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    live, pressed = any(VIEW in output.get("data", {}) for output in outputs), bool(called & BUTTONS)
    return {"lines": len(lines), "dashboards": live and not pressed, "buttons": live and pressed}


def minutes(counted: Counter) -> float:
    """What the rule makes of it."""
    return sum(SECONDS[kind] * counted[kind] for kind in SECONDS) / 60


def core(path: Path) -> tuple[float, int]:
    """Minutes of a lesson by the rule and as promised; exercises, recap and optional parts left out."""
    ruled, promised = 0.0, 0
    for heading, said, optional, counted in sections(path):
        if heading.startswith(("Exercises", "Recap", "Further reading")) or optional:
            continue
        ruled, promised = ruled + minutes(counted), promised + (said or 0)
    return ruled, promised


def main(paths: list[Path]) -> None:
    for path in paths:
        ruled, promised = core(path)
        print(f"\n{path.stem}: {ruled:.0f} minutes by the rule, {promised} promised")
        for heading, said, optional, counted in sections(path):
            what = ", ".join(f"{counted[kind]} {kind}" for kind in SECONDS if counted[kind])
            name = heading[:48] + " (optional)" * optional
            print(f"  {minutes(counted):5.1f} of {said or '-':>2}  {name}: {what}")


if __name__ == "__main__":
    lessons = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
    main([Path(name) for name in sys.argv[1:]] or lessons)
