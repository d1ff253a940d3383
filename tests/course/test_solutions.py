"""What is folded under *Solution*: the worked solution has it, or the check of its exercise takes it."""

import re
from importlib import import_module

import latex
import numpy as np
import prose
import pytest
from course import LESSONS, cells

from helpers.lessons.checks import Result
from helpers.lessons.lesson03 import plain_backward
from helpers.lessons.stages import with_changes
from helpers.networks import GRU, LSTM, RNN, CharModel, relative_error

TASK = re.compile(r"^### ((?:Exercise|Stage) \d+(?:\.\d+)?|On paper|In your own words)", re.MULTILINE)


def parts(path, kind: str | None = None) -> dict[str, str]:
    """The cells of each exercise and stage of a notebook, all or of one kind."""
    found: dict[str, str] = {}
    task = ""
    for cell in cells(path):
        if cell["cell_type"] == "markdown" and (heads := TASK.findall(cell["source"])):
            task = heads[-1]
        if kind in (None, cell["cell_type"]):
            found[task] = found.get(task, "") + "\n" + cell["source"]
    return found


def folded(path) -> dict[str, str]:
    """What each exercise and stage of a lesson has folded away as its solution, without links."""
    return {
        task: re.sub(r"\]\([^)]*\)", "]", said[1])
        for task, text in parts(path).items()
        if (said := re.search(r"<summary>Solution</summary>(.*?)</details>", text, re.DOTALL))
    }


def snippets(said: str) -> list[str]:
    """Lines of code, and formulas, of a folded solution."""
    blocks = re.findall(r"```python\n(.*?)```", said, re.DOTALL)
    said = re.sub(r"```.*?```", "", said, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + [
        one for one in re.findall(r"`([^`]+)`|\$([^$]+)\$", said) for one in one if one
    ]


def plain(text: str) -> str:
    return re.sub(r"[^\S\n]|\\", "", text.replace("'", '"').replace("{,}", ",").replace("**", "^"))


def stands_in(snippet: str, solution: str) -> bool:
    """Whether the snippet stands in the worked solution; dots stand for anything."""
    pattern = ".*".join(re.escape(plain(part)) for part in re.split(r"\.\.\.|\\ldots", snippet))
    return re.search(rf"(?:(?<![\w.])|return|in|=){pattern}(?![\w.\[(])", plain(solution)) is not None


def passes(check: str, *answer) -> bool:
    """Whether the check of a lesson takes the answer; `check` is "05.check_clip_norm"."""
    lesson, name = check.split(".")
    result = getattr(import_module(f"helpers.lessons.lesson{lesson}"), name).result(*answer)
    return isinstance(result, Result) and result.right


def assigned(code: list[str], **given) -> dict:
    """The names that lines of code assign."""
    names = {"np": np, **given}
    for line in code:
        if re.match(r"\w+ = ", line):
            exec(line, names)
    return {name: np.array(value) if isinstance(value, list) else value for name, value in names.items()}


def other_backward(da: str, dh: str):
    """The way back of exercise 3.3 with the folded lines in their place."""
    own = {"da = s * dh * (1 - z[t] ** 2)": da.replace("z", "z[t]"),
           'dh = dh + da @ params["W_hh"].T': dh.replace("W_hh", 'params["W_hh"]')}
    return with_changes(plain_backward.other_backward, tuple(own.items()))


def clipped(grads: dict, max_norm: float, factor: str) -> dict:
    norm = np.sqrt(sum((array**2).sum() for array in grads.values()))
    return {
        name: eval(factor, {"norm": norm, "max_norm": max_norm, "min": min}) * array
        for name, array in grads.items()
    }


def count(formula: str, V: int, H: int, **also) -> float:
    known = {"V": V, "H": H, "VH": V * H, "HV": H * V, **also}
    return latex.Reader(latex.plain(formula).replace("k(", "k (").replace("^2", " ^ 2"), known).all()


def sizes_of_cells(formula: str) -> bool:
    return all(
        count(formula, 7, 5, k=blocks) + 5 * (cell is GRU)
        == CharModel(cell(7, 5), np.random.default_rng(0)).params.vector.size
        for cell, blocks in ((RNN, 1), (GRU, 3), (LSTM, 4))
    )


def relative(code: str) -> bool:
    a, n = np.random.default_rng(0).normal(size=(2, 5))
    return np.isclose(eval(code, {"norm": np.linalg.norm, "derived": a, "measured": n}), relative_error(a, n))


def joined(formula: str) -> bool:
    """Whether two steps f h + u, one after the other, are the step that the formula says."""
    (f1, u1), (f2, u2), h = (0.5, 2.0), (0.3, -1.0), 0.7
    f, u = latex.Reader(latex.plain(formula), {"f_1": f1, "f_2": f2, "u_1": u1, "u_2": u2}).all()
    return np.isclose(f2 * (f1 * h + u1) + u2, f * h + u)


def detached(code: list[str]) -> bool:
    """Exercise 10.3 needs PyTorch: its lines are those of the worked solution but for one name."""
    solution = parts(LESSONS[10].parent / "solutions" / LESSONS[10].name)["Exercise 10.3"]
    text = solution.replace("h1", "h")
    return all(stands_in(part, text) for line in code for part in line.split(", h2"))


# Of an exercise, by its number: what its folded words `said`, or the snippets `code` in them, are given to.
TAKEN = {
    "0.1": lambda said, code: passes("00.check_memory", 0.9**20) and bool(prose.worked(said)),
    "1.2": lambda said, code: passes("01.check_latch", *map(assigned(code).get, ("w_x", "w_h", "b"))),
    "1.3": lambda said, code: passes("01.check_count", lambda V, H, T: int(count(code[0], V, H))),
    "1.4": lambda said, code: passes(
        "01.check_parity",
        *map(assigned(code, K=int(said.split("$K = ")[1][0])).get, ("W_xh", "W_hh", "b_h", "w_y", "b_y")),
    ),
    "2.2": lambda said, code: passes(
        "02.check_shifts",
        {
            letter: int(by.replace("−", "-"))
            for letter, by in re.findall(r"\b([A-D]) (?:is shifted )?by (−?\d)", said)
        },
    ),
    "2.3": lambda said, code: passes(
        "02.check_race",
        float(re.search(r"([\d.]+) for the small", said)[1]),
        {name: float(rate) for name, rate in re.findall(r"(SGD|Adagrad|RMSProp|Adam) ([\d.]+)", said)},
    ),
    "2.4": lambda said, code: passes(
        "02.check_lengths",
        dict(
            zip(
                (1, 25, 100),
                (int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d{3}\b", said)[:3]),
                strict=True,
            )
        ),
        int(re.search(r"(\d+) per update", said)[1]),
        int(re.search(r"(\d+) per character", said)[1]),
        re.search(r"letter is ([a-d])\.", said)[1],
    ),
    "Stage 4 of 02": lambda said, code: relative(code[-1]),
    "3.3": lambda said, code: passes(
        "03.check_other_cell",
        plain_backward.other_forward,
        other_backward(*(line for line in code if re.match(r"d[ah] = d?[hs]", line))),
    ),
    "3.4": lambda said, code: np.allclose(
        eval(
            code[0].removeprefix("dy = "),
            {"np": np, "V": 3, "t": 0, "p": np.full((1, 2, 3), 1 / 3), "targets": np.array([[2, 0]])},
        ),
        [[1 / 3, 1 / 3, -2 / 3], [-2 / 3, 1 / 3, 1 / 3]],
    ),
    "5.1": lambda said, code: passes("05.check_clip_norm", lambda grads, most: clipped(grads, most, code[0])),
    "5.4": lambda said, code: passes("05.check_diagnosis", dict(re.findall(r"\b([A-E]) ([a-e])\b", said))),
    "6.3": lambda said, code: passes(
        "06.check_predicted_factor", lambda h: eval(code[0], {"np": np, "h": h})
    ),
    "6.4": lambda said, code: len(prose.worked(said)) > 2,
    "7.1": lambda said, code: passes(
        "07.check_biases",
        *(
            dict.fromkeys("ifo", int(re.search(r"are \+(\d+)", said)[1])) | also
            for also in ({}, {"f": -int(re.search(r"\$f\$ is −(\d+)", said)[1])})
        ),
    ),
    "8.1": lambda said, code: (
        sizes_of_cells(code[0]) and re.findall(r"\d", said.split("= ")[1])[:3] == ["1", "3", "4"]
    ),
    "9.5": lambda said, code: passes(
        "09.check_names",
        dict(re.findall(r"\b([A-H]) is \*([a-z ]+)\*", said)),
    ),
    "10.3": lambda said, code: detached(code),
    "10.4": lambda said, code: passes(
        "10.check_programs", dict(re.findall(r"`([A-G])` ([^`,.]+)", said))
    ),
    "12.5": lambda said, code: joined(code[0]),
}
IN_OTHER_WORDS: dict[str, set[str]] = {  # what the worked solution says otherwise, and `TAKEN` is given
    "0.1": {"0.9^{20} = 0.122"},
    "1.2": {"w_x = [6, 0, 0, 0]", "b = -1", "w_h = 3"},
    "1.3": {"VH + H^2 + H + HV + V"},
    "1.4": {
        "W_hh = [[K/2, K/2], [-K/2, -K/2]]",
        "b_h = [-K/2, -3*K/2]",
        "w_y = [0.5, -0.5]",
        "W_xh = [[K, K]]",
        "K = 6",
    },
    "Stage 4 of 02": {"norm(derived - measured) / (norm(derived) + norm(measured))"},
    "3.3": {
        "dh = dh + da @ W_hh.T",
        "da = s * dh * (1 - z**2)",
        "z = \\tanh(\\ldots)",
        "dh = dy\\, W_{hy}^\\top",
    },
    "3.4": {"dy = p[t] - np.eye(V)[targets[t]]"},
    "5.1": {"min(1, max_norm / norm)"},
    "6.3": {"np.sqrt(np.mean((1 - h**2) ** 2))"},
    "6.4": {"1.64^{20} \\approx 19{,}800", "1 + 64 \\cdot 0.01 = 1.64"},
    "8.1": {"k(VH + H^2 + H) + HV + V"},
    "9.2": {"da[t] = dh * ..."},
    "10.3": {"h, state = layer(x1)", "(h.sum() + h2.sum()).backward()"},
    "12.5": {"(f_2 f_1,\\; f_2 u_1 + u_2)"},
}
SOLVED = [(path, task, said) for path in LESSONS for task, said in folded(path).items()]


def key(path, task: str) -> str:
    return task.removeprefix("Exercise ") if task.startswith("Exercise") else f"{task} of {path.name[:2]}"


@pytest.mark.parametrize("path, task, said", SOLVED, ids=[key(path, task) for path, task, _ in SOLVED])
def test_a_folded_solution_is_right(path, task, said):
    code, worked = snippets(said), path.parent / "solutions" / path.name
    if key(path, task) in TAKEN:
        assert TAKEN[key(path, task)](said, code), said
    lost = {
        one
        for one in code
        if not re.fullmatch(r"\w+", one)
        and not stands_in(
            one, parts(worked, "code" if re.search(r" [-+]?= |^return", one) else None).get(task, "")
        )
    }
    assert lost == IN_OTHER_WORDS.get(key(path, task), set()), (
        "neither the worked solution nor the check has these"
    )


def test_every_exercise_that_is_taken_has_its_solution():
    assert set(TAKEN) <= {key(path, task) for path, task, _ in SOLVED}


@pytest.mark.parametrize("path, task, said", SOLVED, ids=[key(path, task) for path, task, _ in SOLVED])
def test_lines_that_follow_in_a_folded_solution_follow_in_the_worked_one(path, task, said):
    worked, here = plain(parts(path.parent / "solutions" / path.name, "code").get(task, "")), 0
    for line in snippets(said):
        if re.search(r" [-+]?= (?!.*\.\.\.)", line) and line not in IN_OTHER_WORDS.get(key(path, task), ()):
            assert (here := worked.find(plain(line), here) + 1) > 0, f"{line} comes too late"


HINT = re.compile(r"<summary>Hint[^<]*</summary>(.*?)</details>", re.DOTALL)
# Code of a hint that the worked solution has in another form, or that is an example.
HINTED = {
    "02 Stage 7": {"position + length + 1 <= len(ids)"},
    "03 Exercise 3.1": {"states[1]", "states[0] is states[1]"},
    "03 Exercise 3.4": {"a[[2, 2]] += 1"},
    "04 Exercise 4.2": {"total += ..."},
    "04 Exercise 4.5": {"t // k", "s // k"},
    "07 Exercise 7.3": {"dh[0] += 2 * (h[0] - target)", "do = dh * c"},
    "08 Exercise 8.4": {"np.corrcoef(a, b)[0, 1]"},
    "09 Exercise 9.2": {"[a] * 3"},
    "09 Exercise 9.4": {"np.split(derived[t], len(names), axis=1)"},
    "11 Stage 2": {"numbers @ rows"},
    "12 Stage 2": {"10 * h"},
    "13 Stage 3": {"np.abs(r).max() < 1e-10"},
}


def test_code_in_a_hint_is_in_the_worked_solution():
    lost: dict[str, set[str]] = {}
    for path in LESSONS:
        worked = "\n".join(cell["source"] for cell in cells(path.parent / "solutions" / path.name))
        for task, text in parts(path).items():
            for said in HINT.findall(text):
                for one in re.findall(r"`([^`]+)`", re.sub(r"\]\([^)]*\)", "]", said)):
                    if len(one) > 5 and re.search(r"[-+*/<>@\[]", one) and not stands_in(one, worked):
                        lost.setdefault(f"{path.name[:2]} {task}", set()).add(one)
    assert lost == HINTED


# Formulas of a hint that neither its lesson nor the worked solution has: a step between, or an example.
HINTED_FORMULAS = {
    "01 Exercise 1.4": {"x + q > 0.5", "x + q > 1.5"},
    "04 Exercise 4.1": {"n - 1 \\ge"},
    "06 Exercise 6.4": {"1.01^{20} = 1.22"},
    "09 Exercise 9.8": {"x\\,W_{xh} + b_h", "h_{t-1} W_{hh}"},
    "12 Exercise 12.3": {"(\\cos, \\sin)", "(-\\sin, \\cos)"},
    "12 Exercise 12.5": {"f_2 h + u_2", "f_1 h + u_1"},
    "13 Exercise 13.2": {"\\tanh(x\\,W_{xh} + h\\,W_{hh} + b_h)"},
}


def test_a_formula_in_a_hint_is_in_its_lesson_or_in_the_worked_solution():
    lost: dict[str, set[str]] = {}
    for path in LESSONS:
        every = cells(path, "markdown") + cells(path.parent / "solutions" / path.name)
        there = plain("\n".join(HINT.sub("", cell["source"]) for cell in every))
        for task, one in ((task, one) for task, text in parts(path).items() for hint in HINT.findall(text)
                          for one in re.findall(r"\$([^$]+)\$", hint)):
            if len(one) > 4 and re.search(r"[-+*/=<>^]|\w [\w\\(]|\\[a-z]+", one) and plain(one) not in there:
                lost.setdefault(f"{path.name[:2]} {task}", set()).add(one)
    assert lost == HINTED_FORMULAS
