"""What a lesson asks its readers to write, with the worked solution of each, read from its two notebooks."""

import ast
import builtins
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

import nbformat

from helpers.data import POINTS
from helpers.lessons.staging import CHECK, LESSON, called

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"### (?P<kind>Stage|Exercise) (?P<number>[\d.]+) (?P<stars>★+) (?P<title>.+) "
                     r"\((?P<minutes>\d+) minutes?\)")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)     # of code that can't be parsed
LONGEST = 200_000       # letters of a cell that is parsed
IN_FOLDER = re.compile(r"!?\[([^\]]*)\]\((?!https?:)(?:[^()]|\([^()]*\))*\)")      # with a pair inside


@dataclass(frozen=True)
class Task:
    """One thing to write.

    Attributes:
        id: such as "stage-1" or "exercise-2-1".
        title: its heading, without stars and minutes.
        text: what is asked.
        starter: the code that a reader completes.
        solution: the code of the worked solution, up to its check.
        names: what the answer has to define, in the order of the check.
        check: the call, such as ``lesson.check_step(step)``.
        after: code that runs after the check, such as one that lets the lesson go on; may be empty.
    """

    id: str
    title: str
    points: int
    minutes: int
    text: str
    starter: str
    solution: str
    names: tuple[str, ...]
    check: str
    after: str

    @property
    def check_name(self) -> str:
        return CHECK.match(self.check)[1]


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
                f"None, for example: {self.zero}\n\nWhat counts is the idea, not the words.")


@dataclass(frozen=True)
class Lesson:
    """What a lesson asks for.

    Attributes:
        number: two digits.
        name: of its notebook, without ending.
        imports: one import statement for each thing that answers, checks and solutions need.
        given: code that stands before the tasks, such as the text that is read.
        own: the code of all its cells, by which a copy of the lesson itself is recognised.
    """

    number: str
    name: str
    title: str
    imports: str
    given: str
    tasks: tuple[Task, ...]
    written: tuple[Written, ...]
    own: tuple[str, ...]


@cache
def lesson_tasks(number: str) -> Lesson:
    """What the lesson of this number asks for.

    Raises:
        ValueError: there is no such lesson, or no folder of the course around this package.
    """
    found = sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    if not found:
        known = ", ".join(path.name[:2] for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
        raise ValueError(f"There is no lesson {number!r} here. " + (f"There are: {known}." if known else
                         "Give this command in the course's folder, which holds the lessons."))
    lesson, solutions = (nbformat.read(path, as_version=4).cells
                         for path in (found[0], found[0].parent / "solutions" / found[0].name))
    solved = _under_headings(solutions)
    tasks = tuple(_task(heading, cells, solved[_id(heading)])
                  for heading, cells in _under_headings(lesson).values())
    preface = [cell.source for cell in _before_headings(solutions) if cell.cell_type == "code"]
    code = [cell.source for cell in lesson if cell.cell_type == "code"]
    needed = "\n".join(part for task in tasks
                       for part in (task.starter, task.solution, task.check, task.after))
    imports, given = _provided(needed, preface, [*preface, *code])
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


def _before_headings(cells: list) -> list:
    """The cells before the first task or other heading of the third rank."""
    return [*takewhile(lambda cell: cell.cell_type == "code" or not cell.source.startswith("### "), cells)]


def _task(heading: re.Match, cells: list, solved: tuple[re.Match, list]) -> Task:
    code = [cell.source for cell in cells[1:] if cell.cell_type == "code"]
    place = next(k for k, source in enumerate(code) if CHECK.match(source))
    call, _, after = code[place].partition("\n")
    names = tuple(dict.fromkeys(node.id for argument in _arguments(call) for node in ast.walk(argument)
                                if isinstance(node, ast.Name) and node.id != LESSON))
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
                  if any(_calls(name, statement) for statement in ast.parse(source).body)])
    if not places:
        raise ValueError(f"No cell of the solutions calls {call}")
    source = "\n\n".join(code[: places[-1] + 1])
    return _without(source, lambda statement: _calls(name, statement))


def _calls(name: str, statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a call of this name."""
    return isinstance(statement, ast.Expr) and called(statement.value) == name


def _without(source: str, unwanted: Callable[[ast.stmt], bool]) -> str:
    """Code without some of its statements."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(_plain(source)).body):
        if unwanted(statement):
            del lines[statement.lineno - 1 : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _arguments(call: str) -> list[ast.expr]:
    expression = ast.parse(call, mode="eval").body
    return [*expression.args, *(keyword.value for keyword in expression.keywords)]


def defined(source: str) -> set[str]:
    """The names that a cell's code defines at its top level; none for code that can't be parsed."""
    try:
        return set().union(*map(_bound_by, _statements(source)))
    except UNREADABLE:
        return set(re.findall(r"^(?:(?:def|class) +)?(\w+)(?= *\(| *=[^=])", source, re.MULTILINE))


def _statements(source: str) -> list[ast.stmt]:
    if len(source) > LONGEST:
        raise ValueError("too long to be parsed")
    return ast.parse(_plain(source)).body


def _bound_by(statement: ast.stmt | ast.excepthandler) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    if isinstance(statement, ast.If | ast.Try | ast.With):
        return set().union(*map(_bound_by, (one for one in ast.iter_child_nodes(statement)
                                            if isinstance(one, ast.stmt | ast.excepthandler))))
    if isinstance(statement, ast.excepthandler):
        return set().union(*map(_bound_by, statement.body))
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    targets = (statement.targets if isinstance(statement, ast.Assign) else
               [statement.target] if isinstance(statement, ast.AnnAssign | ast.AugAssign) else [])
    return {node.id for target in targets for node in ast.walk(target)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def functions(source: str) -> set[str]:
    """Of the names that code defines, those that are or may be functions."""
    try:
        statements = _statements(source)
    except UNREADABLE:
        return defined(source)
    may_be = (ast.Lambda, ast.Name, ast.Call, ast.Attribute)
    return set().union(*(_bound_by(one) for one in statements
                         if not isinstance(one, ast.Assign | ast.AnnAssign) or isinstance(one.value, may_be)))


def used(source: str) -> set[str]:
    """The names that code reads and does not define anywhere in it."""
    nodes = list(ast.walk(ast.parse(source)))
    here = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    here |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    here |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return read - here - set(dir(builtins))


def _provided(needed: str, preface: Iterable[str], code: Iterable[str]) -> tuple[str, str]:
    """Import statements, and code, that provide what `needed` reads: from the cells that `code` lists.

    A name that a solution reads is looked for in the solutions' preface first; a lesson's cell is taken only
    if it defines a name that nothing before it does.
    """
    statements = {alias.asname or alias.name: _import(node, alias) for source in reversed([*code])
                  for node in ast.parse(_plain(source)).body if isinstance(node, ast.Import | ast.ImportFrom)
                  for alias in node.names}
    given, wanted, done = [], used(needed), set()
    while left := sorted(wanted - done - statements.keys()):
        name = left[0]
        done.add(name)
        cell = next((source for source in code if name in defined(source)), None)
        if cell is not None and cell not in given:
            given.insert(0, cell)
            wanted |= used(_plain(cell))
            done |= defined(cell)
    lines = {statements[name] for name in wanted & statements.keys()}
    return _together(lines), "\n\n".join(
        _without(source, lambda node: isinstance(node, ast.Import | ast.ImportFrom)) for source in given)


def _plain(source: str) -> str:
    """Code in which the lines that only IPython reads are empty."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def _import(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    """The package of an import, and what is taken from it, "" for itself."""
    name = alias.name + (f" as {alias.asname}" if alias.asname else "")
    return (node.module, name) if isinstance(node, ast.ImportFrom) else (name, "")


def _together(imports: set[tuple[str, str]]) -> str:
    """Import statements in alphabetical order, one for each package."""
    packages = {package: sorted(name for owner, name in imports if owner == package)
                for package, _ in imports}
    ranks: dict[int, list[str]] = {0: [], 1: [], 2: []}         # Python's own, others, the course's
    for package, names in sorted(packages.items(), key=lambda item: (item[1] != [""], item[0])):
        first = package.partition(".")[0]
        rank = 0 if first in sys.stdlib_module_names else 2 if first == "helpers" else 1
        ranks[rank].append(f"import {package}" if names == [""] else
                           _wrapped(f"from {package} import {', '.join(names)}"))
    return "\n\n".join("\n".join(lines) for lines in ranks.values() if lines)


def _wrapped(statement: str, width: int = 100) -> str:
    if len(statement) <= width:
        return statement
    package, names = statement.split(" import ")
    lines, line = [], "   "
    for name in names.split(", "):
        if len(line) + len(name) + 2 > width:
            lines.append(line)
            line = "   "
        line += f" {name},"
    return f"{package} import (\n" + "\n".join([*lines, line]) + "\n)"
