"""The numbers with which runs are made that are shipped or only counted, so that a change of one can be read.

They stand in ``tests/runs/made_with.txt``: a line for each function, class and constant of a lesson or of
`helpers.runs.experiments` that a maker uses, with its numbers in their order, but for 0, 1 and -1.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "runs" / "made_with.txt"
OURS = re.compile(r"helpers\.lessons\.lesson\d\d\b|helpers\.runs\.experiments$")
HOUSES = ("helpers.runs", "helpers.lessons")        # which only hand on what is in them
NUMBER = re.compile(r"-?\d[\d.]*(e-?\d+)?")


def numbers_of_makers() -> str:
    """A line for each name that a maker uses."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted((ROOT / "helpers" / "lessons").glob("lesson*/*.py")):
        module = f"helpers.lessons.{path.parent.name}.{path.stem}"
        for name, piece in _tops(module).items() if path.stem in ("shipped", "claims") else ():
            if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Shipped"
                   for one in ast.walk(piece)):
                if name != "SHIPPED":       # whose seeds and grids are those of the files
                    found[module, name] = list(_numbers(piece))
                _look(module, piece, found)
    return "".join(f"{module.removeprefix('helpers.')}.{name}: {' '.join(numbers)}\n"
                   for (module, name), numbers in sorted(found.items()) if numbers)


def _look(module: str, piece: ast.AST, found: dict[tuple[str, str], list[str]]) -> None:
    """Note all that is used in a piece of a module, and what is used there."""
    for name in _names(piece):
        place = _place(module, name)
        if place and place not in found:
            used = _tops(place[0])[place[1]]
            found[place] = list(_numbers(used))
            _look(place[0], used, found)


def _names(piece: ast.AST) -> Iterator[str]:
    for one in ast.walk(piece):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            yield f"{one.value.id}.{one.attr}"


def _numbers(piece: ast.AST) -> Iterator[str]:
    minus = isinstance(piece, ast.UnaryOp) and isinstance(piece.op, ast.USub)
    value = piece.operand if minus else piece
    text = f"{'-' * minus}{value.value}" if isinstance(value, ast.Constant) else ""
    if NUMBER.fullmatch(text):
        yield from () if text in ("0", "1", "-1") else (text,)
        return
    for child in ast.iter_child_nodes(piece):
        yield from _numbers(child)


def _place(module: str, name: str) -> tuple[str, str] | None:
    """The module of ours and the name there of what a module calls `name`; None if there is none."""
    first, _, rest = name.partition(".")
    if first in _tops(module):
        return None if rest else (module, first)
    source, real = _imports(module).get(first, ("", ""))
    if rest and _file(f"{source}.{real}"):
        source, real = f"{source}.{real}", rest
    known = OURS.match(source) or source in HOUSES
    return _place(source, real) if known and (source, real) != (module, name) else None


def _file(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((file for file in (Path(f"{path}.py"), path / "__init__.py") if file.is_file()), None)


@cache
def _tree(module: str) -> ast.Module:
    file = _file(module)
    assert file
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def _tops(module: str) -> dict[str, ast.AST]:
    """What a module of ours defines, by name; of a tuple of constants each has its own part."""
    found: dict[str, ast.AST] = {}
    for node in _tree(module).body if OURS.match(module) else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            both = target, node.value
            pairs = zip(*(one.elts for one in both), strict=True) if all(
                isinstance(one, ast.Tuple) for one in both) else [both]
            found |= {one.id: value for part, value in pairs for one in ast.walk(part)
                      if isinstance(one, ast.Name)}
    return found


@cache
def _imports(module: str) -> dict[str, tuple[str, str]]:
    return {alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom) for alias in node.names}


if __name__ == "__main__":
    KEPT.write_text(numbers_of_makers(), encoding="utf-8", newline="\n")
