"""What can be seen in a reader's code without running it: dots, and common mistakes in Python."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from textwrap import dedent
from types import CodeType

from helpers.checks.names import calls


@cache
def _nodes_of(code: CodeType | None, filename: str | None) -> tuple[ast.AST, ...]:
    """The nodes of a function's syntax tree; none without its source.

    `filename` is where its lines are. Python takes two equal codes for the same wherever they come from, so
    what is cached for one without lines must not be used for an equal one in a cell.
    """
    try:
        return tuple(ast.walk(ast.parse(dedent(inspect.getsource(code)))))
    except (OSError, TypeError, SyntaxError):
        return ()


def _code(function: Callable) -> tuple[CodeType | None, str | None]:
    """The code of a reader's function, and the file where its lines are."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code, getattr(code, "co_filename", None)


def _nodes(function: Callable, *kinds: type) -> Iterator:
    """The nodes of these kinds in a reader's function."""
    return (node for node in _nodes_of(*_code(function)) if isinstance(node, kinds))


@cache
def _dots_of(code: CodeType | None, filename: str | None) -> tuple[bool, bool]:
    """Whether a function has dots, and whether some are the only thing on their line: it is asked often."""
    nodes = _nodes_of(code, filename)
    indices = {id(node) for index in nodes if isinstance(index, ast.Subscript)
               for node in ast.walk(index.slice)}
    dots = {id(node) for node in nodes
            if isinstance(node, ast.Constant) and node.value is ... and id(node) not in indices}
    return bool(dots), any(id(node.value) in dots for node in nodes if isinstance(node, ast.Expr))


def has_dots(function: Callable, alone: bool = False) -> bool:
    """Whether there are dots left in the code of a reader's function.

    `alone`: whether some are the only thing on their line, where they do nothing when the code runs.
    """
    return _dots_of(*_code(function))[alone]


def returned(function: Callable) -> list[ast.expr]:
    """What follows each return of a reader's function, apart from None."""
    return [node.value for node in _nodes(function, ast.Return)
            if node.value and not (isinstance(node.value, ast.Constant) and node.value.value is None)]


def return_in_loop(function: Callable) -> str | None:
    """A return that ends a loop in its first pass, whatever happens there.

    After a continue, only that of something made before the loop, or it may be what was looked for.
    """
    def names(nodes: Iterable[ast.AST], kind: type) -> set[str]:
        return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}

    made = names(_nodes(function, ast.Name), ast.Store)
    for loop in _nodes(function, ast.For, ast.While):
        inside = list(ast.walk(loop))
        skips = any(isinstance(node, ast.Continue) for node in inside)
        for line in loop.body:
            if isinstance(line, ast.Return) and (
                    not skips or (made - names(inside, ast.Store)) & names(ast.walk(line), ast.Load)):
                code = ast.unparse(line)
                return f"return {code[8:-1]}" if isinstance(line.value, ast.Tuple) else code
    return None


def caret(function: Callable) -> tuple[str, str] | None:
    """The words beside a ^, one of them a number above 1, so that a power was meant and not two bits."""
    for node in _nodes(function, ast.BinOp):
        if isinstance(node.op, ast.BitXor):         # its sides are no help: it binds less than a +
            for base, exponent in re.findall(r"([\w.]+|[)\]]) \^ ([\w.]+)", ast.unparse(node)):
                if any(re.fullmatch(r"\d*\.?\d+", word) and float(word) not in (0, 1)
                       for word in (base, exponent)):
                    return "x" if base in ")]" else base, exponent
    return None


def unread(name: str, defined: bool) -> SyntaxError | None:
    """Why Python could not read the newest cell that defines or assigns `name`, if it couldn't."""
    # A shell can only be there if IPython has been imported; lessons are read without it too.
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    name = re.escape(name)
    begins = rf"def {name}\b" if defined else rf"(?:[\w, ]+, *)?{name} *(?:,[\w, ]+)?=(?!=)"
    for cell in reversed(shell.user_ns.get("In", []) if shell and name else []):
        if re.search(rf"(?:^|;)\s*{begins}", cell, re.MULTILINE):
            try:
                compile(cell, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            except SyntaxError as error:
                return error
            return None
    return None


def values_given(check: str) -> list[str]:
    """The names of the values that the running cell gives to this check, as in ``check_turn(turn)``."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    cell = shell.user_ns.get("In", [""])[-1] if shell else ""
    given = [node.id for name, call in calls(cell) if name == check for argument in (
        *call.args, *(named.value for named in call.keywords)) for node in ast.walk(argument)
        if isinstance(node, ast.Name)]
    return [name for name in given if not inspect.isroutine(shell.user_ns.get(name))]
