"""What the last hint of a check spells out, code or numbers: the worked solution of its lesson has it."""

import ast
import re
from functools import cache

from course import LESSONS, ROOT
from test_solutions import folded, parts, plain, stands_in

ROOMS = ROOT / "helpers" / "lessons"
FIRST = {"Mistake": 2, "Mutant": 2, "part": 1, "further": 0, "explained": 0}    # which argument is a hint
SHARED = (2, 3, 7)      # the lessons whose checks use what all lessons share
NUMBER = r"\d+(?:\.\d+)?(?:e-?\d+)?"
BRACKETS = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
WORDS = r"an?|and|because|before|but|is|needs|of|the|to|what|with|[Ww]rites?|left|shown|wrong"
ATOM = rf"[-+−]?(?:(?!(?:{WORDS})\b)[A-Za-z_]\w*|{NUMBER}|{BRACKETS})(?:\.[A-Za-z_]\w*|{BRACKETS})*"
CODE = rf"(?:[A-Z_], )?{ATOM}(?: ?(?:\*\*|//|[-+*/@<>=]=?) ?{ATOM})*"
SPELLED = re.compile(rf"(?<![\w'.])(?<!not )(?:(\w+) (is|gets|should be) )?({CODE})")
VERBS = {"is": "=", "should be": "=", "gets": "+="}
# What the worked solution has in another form, what is an example, and what is wrong and said to be.
IN_OTHER_WORDS = {
    "02": {
        "W_xh[t]", "W_xh[:, inputs[t]]", "[t]", "np.log2", "w = w", "w + eps", "w - eps", "p=p",
        "rng.choice(len(p), p=p)", "row = W_xh[inputs[t]]", "tanh(W_xh[i] + h @ W_hh + b_h)",
        "np.exp(y) / np.exp(y).sum()", "measured = (above - below) / (2 * eps)",
        "position + length + 1 > len(ids)",
    },
    "03": {
        "6", "9", "x * 3", "L = u", "dL/du", "dL/dv", "du/dx", "dv/dx", "through_u = dL/du", "h_prev[j]",
        "da[i]", "tanh(a)", "(1 - h)", "h @ W_hh", "h @ W_hy + b_y", "h + s * np.tanh(...)",
        "h = h + s * np.tanh(...)", "dw = (h[1] - target[0]) * (1 - h[1] ** 2) * h[0]",
        "dh_next = da @ W_hh.T", "dh[t] = dy @ W_hy.T + dh_next", "W_hy += np.outer(h, dy)", "x.T @ da",
        "B, V = p[t].shape", "dy[:, targets[t]]", "dy[np.arange(B), targets[t]] -= 1",
    },
    "04": {
        "1 + 2", "n * (n + 1) / 2", "n * k", "t // k", "s // k", "np.trace(table, offset=-lag)",
        "state = model.loss_and_grads(x, y, state)", "total = total + len(x) / len(inputs) * grads.vector",
    },
    "05": {"5", "b = start - w * s", "np.clip(array, -limit, limit)"},
    "06": {"(1 - m / length) / 6"},
    "07": {
        "t + 1", "c = c[t]", "o * c", "s * (1 - s)", "dc * g * i * (1 - i)", "dc * c_prev * f * (1 - f)",
        "dh * np.tanh(c) * o * (1 - o)", "dc * i * (1 - g**2)",
    },
    "08": {
        "abs(r)", "n - best >= patience", "k * (V * H + H * H + H) + H * V + V", "p[np.arange(N), targets]",
        "(h * mask).T @ d_scores", "d_h = (d_scores @ W_hy.T) * mask",
    },
    "11": {"loss = (mask * surprise).sum() / mask.sum()", "mask[:, :, None] * (p - one_hot) / mask.sum()"},
    "12": {
        "0.76", "11", "h = 0.4", "b_h[3]", "W_hh[0, 3]", "tanh(c)", "string + symbol", "pop(0)",
        "one.accepts[0]", "other.accepts[0]",
    },
    "13": {"h - r", "r = h - F(h)", "d @ (I - J)", "np.abs(r).max()"},
    "shared": {
        "0 / 0", "rate * g", "[None]", "[t - 1]", "e = np.exp(y - y.max())",
        "(params, inputs, targets, h_prev)", "(params, inputs, targets, h_prev, c_prev)",
    },
}


def texts(node: ast.AST, module: ast.Module) -> set[str]:
    """The texts in an argument, dots for what is filled in, and those of the constants that it names."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr):
            found.add("".join(part.value if isinstance(part, ast.Constant) else "..." for part in one.values))
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.add(one.value)
        elif isinstance(one, ast.Name):
            found.update(*(texts(line.value, module) for line in module.body
                           if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == one.id))
    return found


def last_hints(path) -> set[tuple[str, str]]:
    """The texts of the last hints of all mistakes in a file, each with the check that it stands in, or ""."""
    module, found = ast.parse(path.read_text(encoding="utf-8")), set()
    for part in module.body:
        check = getattr(part, "name", "") if getattr(part, "name", "").startswith("check_") else ""
        for call in ast.walk(part):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func).rpartition(".")[2]
                if len(call.args) > FIRST.get(name, len(call.args)):
                    found |= {(check, text) for text in texts(call.args[-1], module)}
    return found


@cache
def worked(number: int, check: str) -> str:
    """The code of a lesson's worked solutions, of those with this check if there are any."""
    every = parts(LESSONS[number].parent / "solutions" / LESSONS[number].name, "code")
    tasks = [task for task, code in every.items() if check and f"{check}(" in code] or [*every]
    return "\n".join([*map(every.get, tasks), *(folded(LESSONS[number]).get(task, "") for task in tasks),
                      *(one.read_text() for one in ROOMS.glob(f"lesson{number:02}/plain*"))])


def spelled(text: str, known: set[str]) -> list[str]:
    """The code and the numbers over 3 in a hint, "b_y gets dy" as code if both are `known`."""
    text, found = re.sub(r"[Ss]tage \d+|exercise [\d.]+|lesson \d+", "", text), []
    for match in SPELLED.finditer(text):
        name, verb, code = match.groups()
        try:
            ast.parse(code)
        except SyntaxError:
            found += spelled(match[0][1:], known)
            continue
        number = re.fullmatch(rf"[-−]?({NUMBER})", code)
        if number:
            found += [code] * (float(number[1]) > 3 or not number[1].isdigit())
        elif re.search(r"[\[(@*/+=<>][^\s)]|\w\.\w| [-+*/@<>=]+ ", code) or {name, code} <= known:
            found.append(f"{name} {VERBS[verb]} {code}" if name in known else code)
    return found


def has(solution: str, known: set[str], code: str) -> bool:
    """Whether a worked solution has this code, or this number; what it gives no value may have any name."""
    if re.fullmatch(rf"[-+−]?(?:[\w.]+|{NUMBER})", code):
        return re.search(rf"(?<![\w.]){re.escape(code.lstrip('-+−'))}(?![\w.]*\w)", solution) is not None
    left, sign, right = re.fullmatch(r"(?:(.+?) ([-+*]?=) )?(.*)", code).groups("")
    if re.match(r"\w*", left)[0] not in known:
        return stands_in(right, solution)
    place, right = (re.escape(plain(part)).replace(r"\.\.\.", ".*") for part in (left, right))
    line = rf"(?<![\w.]){place}(?:\"?\]|\[\w+\])*{re.escape(sign)}(?:.*[^\w\n])?{right}(?!\w)"
    return re.search(line, plain(solution)) is not None


def test_what_the_last_hint_of_a_check_spells_out_is_in_the_worked_solution():
    lost: dict[str, set[str]] = {}
    for path in sorted(ROOMS.rglob("*.py")):
        room = path.relative_to(ROOMS).parts[0].removeprefix("lesson")
        room, numbers = (room, [int(room)]) if room.isdigit() else ("shared", SHARED)
        for check, hint in last_hints(path):
            solution = "\n".join(worked(number, check) for number in numbers)
            known = set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)(?:\"?\]|\[\w+\])* [-+*]?= ", solution))
            if found := {code for code in spelled(hint, known) if not has(solution, known, code)}:
                lost.setdefault(room, set()).update(found)
    assert lost == IN_OTHER_WORDS
