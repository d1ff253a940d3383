"""What an answer takes from the course, found in its code, which is never run here.

It finds what is imported and called under any name, also by a detour over other cells. It does not find what
hides on purpose, in strings or by way of `sys.modules`.
"""

import ast
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import resolve_name
from types import ModuleType

from helpers.classroom.limits import UNREADABLE
from helpers.classroom.tasks import statements

# The rooms in which there are answers, or the way to points; from others one may take all.
TASKS = ("networks", "lessons", "classroom")
CODE = "code"                           # whatever is got at by a way behind
BEHIND = ("currentframe", "f_back", "f_globals", "f_locals", "_getframe", "get_objects", "get_referrers",
          "__closure__", "__globals__", "__wrapped__",          # ways to what a check keeps to itself
          "import_module", "__import__", "modules")             # and to what is loaded under another name
CHOICE = "use_if_correct"                # chooses nothing but one's own as long as that is not marked


def borrowed(before: Iterable[str], cells: Iterable[str], answered: Collection[str] = ()) -> set[str]:
    """What `cells` use of the course, such as "networks.clip_norm", if those `before` have been run.

    Functions and methods of tasks that have been `answered` may be called by later ones, whatever they took.
    What such a name holds counts.
    """
    known: dict[str, set[str]] = {}
    for source in before:
        _uses(source, known, answered)
    return set().union(*(_uses(source, known) for source in cells))


def not_allowed(taken: Iterable[str], may_use: Iterable[str]) -> list[str]:
    """Of what an answer takes, what the task is about; `may_use` is what the worked solution takes.

    An answer that may use some of the networks may use all of them, but of a lesson's own code only what the
    solution uses.
    """
    may_use = set(may_use)
    networks = any(name.startswith("networks") for name in may_use)
    names = {_last(name) for name in may_use}
    asked = {name for name in taken if name.startswith((*TASKS, CODE)) and _last(name) not in names
             and not _last(name).startswith("check_") and not (networks and name.startswith("networks"))}
    return sorted(name for name in asked if not any(other.startswith(f"{name}.") for other in asked))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _statements(source: str) -> list[ast.stmt]:
    """The statements of a cell; none if it can't be parsed, for then it can't be run either."""
    try:
        return statements(source)
    except UNREADABLE:
        return []


def _uses(source: str, known: dict[str, set[str]], answered: Collection[str] = ()) -> set[str]:
    """What a cell uses of the course; what it imports, or makes of that, is added to the names `known`.

    For a name of `answered` only what it holds is added, such as a class, and not what its code calls. To let
    the lesson choose is no use: `closed_book` gives nothing away before the answer is marked.
    """
    found = set()
    for statement in _statements(source):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            known.update(_imported(statement))
            continue
        nodes, inside = [*ast.walk(statement)], dict(known)
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                inside.update(_imported(node))
        own = not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for node in nodes:
            if isinstance(node, ast.arg):           # a parameter is what is given, whatever its name
                inside.pop(node.arg, None)
            elif own and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                inside.pop(node.id, None)           # and so is what a function or a loop names itself
        bases = {id(node.value) for node in nodes       # `lesson` alone is not what is used
                 if isinstance(node, ast.Attribute) and _taken(node, inside)}
        taken = {id(node): {name for name in _taken(node, inside) if _last(name) != CHOICE}
                 for node in nodes if id(node) not in bases}
        found |= set().union(*taken.values())
        found |= {f"{CODE} (via {name})" for name in found if not name.startswith(TASKS)
                  and _is_module(name.removesuffix(".__dict__"))}
        found |= {f"{CODE} (via helpers)" for node in nodes if id(node) not in bases
                  and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
                  and "" in inside.get(node.id, ())}
        found |= {f"{CODE} (via {way})" for way in _ways_behind(nodes)}
        if not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in nodes):
            nodes = _outside(statement, ast.Call)   # what was computed by one is a value like any other
        bound, held = _bound(statement), _held(statement)
        for names, inner in ((bound.difference(answered), nodes), (bound.intersection(answered), held)):
            known.update(dict.fromkeys(names, set().union(*(taken.get(id(node), ()) for node in inner))))
        kept = set().union(*(taken.get(id(node), ()) for node in nodes))
        in_body = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in nodes:                          # as in  tools["clip"] = clip_norm
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                while isinstance(node, ast.Attribute | ast.Subscript):
                    node = node.value
                if isinstance(node, ast.Name) and not (in_body and node.id in answered):
                    known[node.id] = known.get(node.id, set()) | kept
    return found


def _ways_behind(nodes: Iterable[ast.AST]) -> set[str]:
    """The ways by which a statement could get at the course without an import."""
    methods = {id(node.func) for node in nodes if isinstance(node, ast.Call)}     # net.modules() of PyTorch
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)
             and not (node.attr == "modules" and id(node) in methods)}
    names |= {node.id for node in nodes if isinstance(node, ast.Name) and node.id != "modules"}
    names |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    words = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}       # that say what code does
    text = {"a string" for node in nodes if isinstance(node, ast.Constant) and id(node) not in words
            and "helpers." in str(node.value)}
    return names & {*BEHIND} | text


def _outside(node: ast.AST, *kinds: type[ast.AST]) -> list[ast.AST]:
    """The nodes of a statement or an expression that are none of these kinds and not in one."""
    found = [node] * (not isinstance(node, kinds))
    for node in found:                  # which grows
        found += [one for one in ast.iter_child_nodes(node) if not isinstance(one, kinds)]
    return found


def _held(statement: ast.stmt) -> list[ast.AST]:
    """The nodes of what a name holds after a statement, such as a class, without what it calls."""
    parts: list[ast.AST] = [statement]
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        parts = [*statement.args.defaults, *filter(None, statement.args.kw_defaults)]
    elif isinstance(statement, ast.ClassDef):
        parts = [*statement.body]
    functions = ast.Call, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda
    return [node for part in parts for node in _outside(part, *functions)]


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, set[str]]:
    """The names that an import gives to parts of the course."""
    found = {}
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.partition(".")[0]
            named = {name: alias.name if alias.asname else name}
        elif alias.name == "*":
            named = {name: f"{node.module}.{name}" for name in _all_of(node.module or "")}
        else:
            named = {alias.asname or alias.name: f"{node.module}.{alias.name}"}
        found |= {name: {_defined(whole.partition(".")[2])} for name, whole in named.items()
                  if whole.partition(".")[0] == "helpers"}
    return found


def _all_of(module: str) -> list[str]:
    """The names of the course's own that ``from MODULE import *`` brings."""
    if module.partition(".")[0] != "helpers":
        return []
    try:
        found = import_module(module)
    except ImportError:
        return []
    return getattr(found, "__all__", [name for name, thing in vars(found).items() if name[:1] != "_"
                                      and getattr(thing, "__module__", "").startswith("helpers")])


def _taken(node: ast.AST, known: Mapping[str, set[str]]) -> set[str]:
    """What a name, or a name with dots behind it, stands for."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return {name for name in known.get(node.id, ()) if name}
    if isinstance(node, ast.Attribute):
        parts, base = [node.attr], node.value
        while isinstance(base, ast.Attribute):
            parts, base = [base.attr, *parts], base.value
        if isinstance(base, ast.Name) and len(known.get(base.id, ())) == 1 and _is_module(*known[base.id]):
            return {_defined(".".join(filter(None, [*known[base.id], *parts])))}
    return set()


@cache
def _defined(name: str) -> str:
    """What the course has under a name, such as "runs.take_home.GRU", by where it is defined."""
    if name.startswith(TASKS) or not name:
        return name
    try:
        thing = resolve_name(f"helpers.{name}")
    except Exception:               # there is no such thing, or what it needs is not installed
        return name
    if isinstance(thing, dict):         # does not say where it comes from
        networks = vars(import_module("helpers.networks"))
        return next((f"networks.{one}" for one, other in networks.items() if other is thing), name)
    where = (thing.__name__ if isinstance(thing, ModuleType) else
             f"{getattr(thing, '__module__', '')}.{_last(name)}").removeprefix("helpers.")
    return where if where.startswith(TASKS) else name


@cache
def _is_module(name: str) -> bool:
    """Whether what was imported is a room of the course or a file in one."""
    try:
        return find_spec(f"helpers.{name}".rstrip(".")) is not None
    except ImportError:             # what stands before the last dot is no room
        return False


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    return {node.id for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
