"""What a lesson asks its readers to write, read from its two notebooks: the lesson and its solutions."""

import ast
import builtins
import re
import tomllib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from helpers.checks.names import CHECK, LESSON, called
from helpers.classroom.limits import UNREADABLE, unreadable
from helpers.data import POINTS

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"### (?P<kind>Stage|Exercise) (?P<number>[\d.]+) (?P<stars>★+) (?P<title>.+) "
                     r"\((?P<minutes>\d+) minutes?\)")
IN_FOLDER = re.compile(r"!?\[([^\]]*)\]\((?!https?:)(?:[^()]|\([^()]*\))*\)")      # with a pair inside


@dataclass(frozen=True)
class Task:
    """One thing to write."""

    id: str                     # "stage-1" or "exercise-2-1"
    title: str                  # its heading, without stars and minutes
    points: int
    minutes: int
    text: str                   # what is asked
    starter: str                # the code that a reader completes
    solution: str               # the code of the worked solution, up to its check
    names: tuple[str, ...]      # what the answer has to define, in the order of the check
    check: str                  # the call, such as ``lesson.check_step(step)``
    after: str                  # code that runs after the check and lets the lesson go on; may be empty


@dataclass(frozen=True)
class Written:
    """A question that is answered in words and marked by hand: 0, 1 or 2 points, by three anchors."""

    id: str
    ask: str
    minutes: int
    zero: str
    one: str
    two: str
    points: int = 2

    @property
    def rubric(self) -> str:
        """What a marker reads beside an answer."""
        return (f"Two points, for example: {self.two}\n\nOne point, for example: {self.one}\n\n"
                f"No points, for example: {self.zero}\n\nWhat counts is the idea, not the words.")


@dataclass(frozen=True)
class Lesson:
    """What a lesson asks for."""

    number: str                 # two digits
    name: str                   # of its notebook, without ending
    title: str
    imports: str                # a statement for each thing that answers, checks and solutions need
    given: str                  # code that stands before the tasks, such as the text that is read
    tasks: tuple[Task, ...]
    written: tuple[Written, ...]
    own: tuple[str, ...]        # the code of all its cells, by which a copy of the lesson is recognised


@cache
def lesson_tasks(number: str) -> Lesson:
    """What the lesson of this number asks for."""
    found = sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    if not found:
        known = ", ".join(path.name[:2] for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
        raise ValueError(f"There is no lesson {number!r} here. " + (f"There are: {known}." if known else
                         "Run this command in the course's folder, which holds the lessons."))
    lesson, solutions = (nbformat.read(path, as_version=4).cells
                         for path in (found[0], found[0].parent / "solutions" / found[0].name))
    solved = _under_headings(solutions)
    tasks = tuple(_task(heading, cells, solved[_id(heading)])
                  for heading, cells in _under_headings(lesson).values())
    first = takewhile(lambda cell: cell.cell_type == "code" or not cell.source.startswith("### "), solutions)
    preface = [cell.source for cell in first if cell.cell_type == "code"]
    code = [cell.source for cell in lesson if cell.cell_type == "code"]
    needed = "\n".join(part for task in tasks
                       for part in (task.starter, task.solution, task.check, task.after))
    imports, given = _provided(needed, [*preface, *code])
    title = lesson[0].source.partition("\n")[0].lstrip("# ")
    return Lesson(number, found[0].stem, title, imports, given, tasks, written_questions(number), tuple(code))


@cache
def written_questions(number: str) -> tuple[Written, ...]:
    """The questions of a lesson that are answered in words."""
    with (Path(__file__).parent / "written.toml").open("rb") as file:
        found = tomllib.load(file).get(f"lesson{number}", [])
    return tuple(Written(f"written-{k}", **row) for k, row in enumerate(found, start=1))


def _id(heading: re.Match) -> str:
    return f"{heading['kind'].lower()}-{heading['number'].replace('.', '-')}"


def _under_headings(cells: list) -> dict[str, tuple[re.Match, list]]:
    """By id, the heading of each task, and the cells from it up to the next heading."""
    found, here = {}, None
    for cell in cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            here = [cell]
            found[_id(heading)] = heading, here
        elif cell.cell_type == "markdown" and re.match(r"#{1,3} ", cell.source):
            here = None
        elif here is not None:
            here.append(cell)
    return found


def _task(heading: re.Match, cells: list, solved: tuple[re.Match, list]) -> Task:
    code = [cell.source for cell in cells[1:] if cell.cell_type == "code"]
    place = next(k for k, source in enumerate(code) if CHECK.match(source))
    call, _, after = code[place].partition("\n")
    names = tuple(dict.fromkeys(node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)
                                and node.id != LESSON and not node.id.startswith("check_")))
    starter = "\n\n".join(source for source in code[:place] if defined(source) & set(names))
    solution = _up_to(call, [cell.source for cell in solved[1] if cell.cell_type == "code"])
    text = re.sub(r"^### .*\n+", "", re.sub(r"<details>.*?</details>", "", cells[0].source, flags=re.DOTALL))
    return Task(_id(heading), f"{heading['kind']} {heading['number']} · {heading['title']}",
                POINTS[len(heading["stars"])], int(heading["minutes"]), IN_FOLDER.sub(r"\1", text).strip(),
                starter, solution, names, call, after.strip())


def _up_to(call: str, code: list[str]) -> str:
    """The code of a worked solution before the last time that its answer is checked, without the checks."""
    name = CHECK.match(call)[1]
    places = ([k for k, source in enumerate(code) if call in source.splitlines()]
              or [k for k, source in enumerate(code)
                  if any(_calls(name, statement) for statement in statements(source))])
    if not places:
        raise ValueError(f"No cell in the solutions calls {call}")
    source = "\n\n".join(code[: places[-1] + 1])
    return _without(source, lambda statement: _calls(name, statement))


def _calls(name: str, statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a call of this name."""
    return isinstance(statement, ast.Expr) and called(statement.value) == name


def _without(source: str, unwanted: Callable[[ast.stmt], bool]) -> str:
    """Code without some of its statements."""
    lines = source.splitlines()
    for statement in reversed(statements(source)):
        if unwanted(statement):
            del lines[statement.lineno - 1 : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@lru_cache(64)
def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell, also below a line such as ``%%time``; raises one of UNREADABLE."""
    if why := unreadable(source):
        raise ValueError(why)
    with warnings.catch_warnings(action="ignore"):      # which are for who wrote it
        try:
            return ast.parse(source).body
        except SyntaxError:
            source = re.sub(r"\A\s*%%(time|timeit|capture|prun)\b.*", "", source)
            return ast.parse(TransformerManager().transform_cell(source)).body


def defined(source: str) -> set[str]:
    """The names that a cell's code defines at its top level; a guess for code that can't be parsed."""
    try:
        return set().union(*map(_bound_by, statements(source)))
    except UNREADABLE:
        return set(re.findall(r"^(?:(?:def|class) +)?(\w+)(?= *\(| *=[^=])", source, re.MULTILINE))


def _bound_by(node: ast.AST) -> set[str]:
    """The names that a statement binds, also in a block of it, but not those of a loop."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
        return set().union(*map(_bound_by, ast.iter_child_nodes(node)))
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    targets = (node.targets if isinstance(node, ast.Assign) else
               [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else [])
    return {part.id for target in targets for part in ast.walk(target)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def functions(source: str) -> set[str]:
    """Of the names that code defines, those that are or may be functions."""
    try:
        found = statements(source)
    except UNREADABLE:
        return defined(source)
    may_be = (ast.Lambda, ast.Name, ast.Call, ast.Attribute)
    return set().union(*(_bound_by(one) for one in found
                         if not isinstance(one, ast.Assign | ast.AnnAssign) or isinstance(one.value, may_be)))


def used(source: str) -> set[str]:
    """The names that code reads and does not define anywhere in it."""
    nodes = [node for statement in statements(source) for node in ast.walk(statement)]
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    here = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    here |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    here |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return read - here - set(dir(builtins))


def _provided(needed: str, code: Iterable[str]) -> tuple[str, str]:
    """Import statements, and code, that provide what `needed` reads: from the cells that `code` lists.

    The first that has a name provides it; one is taken only if it defines a name that nothing before it does.
    """
    imports = {alias.asname or alias.name: _import(node, alias)
               for source in reversed([*code]) for node in statements(source)
               if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
    given, wanted, done = [], used(needed), set()
    while left := sorted(wanted - done - imports.keys()):
        name = left[0]
        done.add(name)
        cell = next((source for source in code if name in defined(source)), None)
        if cell is not None and cell not in given:
            given.insert(0, cell)
            wanted |= used(cell)
            done |= defined(cell)
    lines = sorted({imports[name] for name in wanted & imports.keys()},
                   key=lambda line: (" helpers" in line, line))         # the course's own come last
    return "\n".join(lines), "\n\n".join(
        _without(source, lambda node: isinstance(node, ast.Import | ast.ImportFrom)) for source in given)


def _import(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return ast.unparse(ast.ImportFrom(node.module, [alias], 0) if isinstance(node, ast.ImportFrom)
                       else ast.Import([alias]))
