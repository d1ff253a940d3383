"""Explains a shape error in a reader's code: the two operands, their shapes, and what would change them.

NumPy says "matmul: Input operand 1 has a mismatch in its core dimension 0" and names neither array.
"""

import ast
import linecache
from collections.abc import Callable
from inspect import unwrap
from traceback import FrameSummary, extract_tb, walk_tb
from typing import NamedTuple

import numpy as np

# Calls that may be made a second time, because they change nothing.
PURE = frozenset("tanh exp log sqrt abs maximum sum mean max zeros zeros_like ones ones_like eye outer array "
                 "asarray dot matmul copy reshape transpose astype concatenate stack".split())
PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.UnaryOp, ast.BinOp, ast.Slice, ast.Tuple,
         ast.List, ast.Call, ast.keyword, ast.expr_context, ast.operator, ast.unaryop)
SIGNS = {ast.MatMult: "@", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class ShapeError(NamedTuple):
    """Two operands that do not fit, as the reader wrote them, with their shapes."""

    sign: str
    left: str
    right: str
    shapes: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def said(self) -> str:
        """What does not fit, without the name of the function."""
        if self.sign == "@":
            meets = "first" if len(self.shapes[1]) < 2 else "second-to-last"
            rule = f"With @, the last dimension of the left one must match the {meets} of the right one."
        elif self.sign.endswith("="):
            rule = f"With {self.sign}, the left one keeps its shape, and the right one has to fit into it."
        else:
            rule = (f"With {self.sign}, the shapes are compared from the last dimension backwards. Two "
                    "dimensions must be equal, or one of them must be 1.")
        return (f"at {self.left} {self.sign} {self.right}. The left operand, {self.left}, has shape "
                f"{self.shapes[0]}, and the right operand, {self.right}, has shape {self.shapes[1]}. {rule}")

    @property
    def more(self) -> str:
        """What .T, an index, a sum and a mean would do to these operands."""
        sides = zip((self.left, self.right), self.shapes, strict=True)
        words, shape = max(sides, key=lambda side: len(side[1]))
        words = f"({words})" if isinstance(ast.parse(words, mode="eval").body, ast.BinOp) else words
        turned = f".T reverses dimensions, so {words}.T has shape {shape[::-1]}. " if len(shape) > 1 else (
            ".T changes nothing, because neither has two dimensions. ")
        return (f"{turned}An index, a sum or a mean removes a dimension, so {words}[0] and "
                f"{words}.sum(axis=0) have shape {shape[1:]}. np.outer makes a matrix from two vectors.")


def shape_error(error: Exception, function: Callable) -> ShapeError | None:
    """The operands that did not fit in a reader's function, or None if it was something else.

    The expression is found by its place in the code, and operands that change nothing are worked out again.
    """
    code = getattr(unwrap(function), "__code__", None)
    if not isinstance(error, ValueError) or code is None:
        return None
    frames = [one for one in zip(walk_tb(error.__traceback__), extract_tb(error.__traceback__), strict=True)
              if one[1].filename == code.co_filename]
    if not frames or frames[-1][0][0].f_code.co_name == "<module>":     # as where a class is marked
        return None
    (frame, _), where = frames[-1]
    try:
        sign, left, right = _operands(_node(where))
        values = [np.shape(_value(side, frame.f_globals, frame.f_locals)) for side in (left, right)]
    except Exception:           # what the reader wrote can fail in any way when it is looked at again
        return None
    if _fits(sign, *values):
        return None
    return ShapeError(sign, ast.unparse(left), ast.unparse(right), tuple(values))


def _node(where: FrameSummary) -> ast.stmt:
    """The expression or the line that raised the error. Raises SyntaxError if its text is not there."""
    lines = [linecache.getline(where.filename, n).encode() for n in range(where.lineno, where.end_lineno + 1)]
    lines[-1] = lines[-1][:where.end_colno]
    words = b"".join([lines[0][where.colno:], *lines[1:]]).decode()
    try:
        return ast.parse(f"({words})").body[0]          # it may go on in the next line
    except SyntaxError:
        return ast.parse(words).body[0]


def _operands(node: ast.stmt) -> tuple[str, ast.expr, ast.expr]:
    """The sign and the two sides of an expression. Raises ValueError if it has no two sides."""
    if isinstance(node, ast.AugAssign):
        return SIGNS[type(node.op)] + "=", ast.parse(ast.unparse(node.target), mode="eval").body, node.value
    if not isinstance(node, ast.Expr):
        raise ValueError("no expression")
    inside = node.value
    if isinstance(inside, ast.BinOp):
        return SIGNS[type(inside.op)], inside.left, inside.right
    if isinstance(inside, ast.Call) and isinstance(inside.func, ast.Attribute) and not inside.keywords:
        if inside.func.attr in ("dot", "matmul") and len(inside.args) == 2:
            return "@", inside.args[0], inside.args[1]
    raise ValueError("no two sides")


def _value(side: ast.expr, names: dict, own: dict):
    """What a side comes to. Raises ValueError if working it out again could change something."""
    for node in ast.walk(side):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(node, PLAIN) or (called is not None and not (
                isinstance(called, ast.Attribute) and called.attr in PURE)):
            raise ValueError("not plain")
        if isinstance(node, ast.keyword) and node.arg == "out":
            raise ValueError("not plain")
    expression = ast.fix_missing_locations(ast.Expression(side))
    return eval(compile(expression, "<operand>", "eval"), names, own)


def _fits(sign: str, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Whether two shapes fit, so that the error was about something else."""
    try:
        if sign.startswith("@"):
            np.matmul(np.empty(left), np.empty(right))
            return True
        both = np.broadcast_shapes(left, right)
        return not sign.endswith("=") or both == left
    except ValueError:
        return False
