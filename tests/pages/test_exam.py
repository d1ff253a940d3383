"""The exam questions: form and points, code that does what is said of it, numbers that come out."""

import math
import re

import numpy as np
import pytest
from course import ROOT

from helpers.networks import numerical_gradient, sigmoid, softmax

FRONT = (ROOT / "docs" / "exam_questions.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs" / "exam").glob("*.md"))
GROUPS = {path.stem: path.read_text(encoding="utf-8") for path in PAGES}
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
KINDS = {"by hand", "read", "find the fault", "explain", "design"}
HEADING = re.compile(r"^## (\d+) · (.+) \((\d+) points, (.+)\)\n", re.MULTILINE)


def parts(group: str) -> dict[int, tuple[int, str, str]]:
    """Points, kind and text of each question of a page, by its number."""
    found = HEADING.split(GROUPS[group])[1:]
    return {int(number): (int(points), kind, text) for number, _, points, kind, text in
            zip(*(found[place::5] for place in range(5)), strict=True)}


QUESTIONS = [(group, number) for group in GROUPS for number in parts(group)]
every_question = pytest.mark.parametrize(("group", "number"), QUESTIONS)
every_group = pytest.mark.parametrize("group", GROUPS)


@every_group
def test_a_group_has_ten_questions_of_all_kinds_and_its_points_on_the_first_page(group):
    found = parts(group)
    assert list(found) == list(range(1, 11)) and {kind for _, kind, _ in found.values()} == KINDS
    (total,) = re.findall(rf"^\| \[[^\]]+\]\(exam/{group}\.md\) \| [\d to]+ \| (\d+) \|", FRONT, re.MULTILINE)
    assert int(total) == sum(points for points, *_ in found.values())
    assert f"exam/{group}\n" in FRONT.partition("{toctree}")[2]


@every_question
def test_a_question_has_a_full_answer_and_its_points_or_samples(group, number):
    points, kind, text = parts(group)[number]
    ask, answer = text.split("**A full answer", 1)
    assert 15 <= len(ask.split()) and 30 <= len(answer.split())
    rows = answer.partition("|---|---|")[2]
    marks = [int(mark) for mark in re.findall(r"^\| (\d+) \|", rows, re.MULTILINE)]
    if kind in ("explain", "design"):
        assert marks == [0, 1, 2] and points == 2 * {"explain": 2, "design": 3}[kind]
        assert len(re.findall("“.+?”", answer)) >= 3
    else:
        assert "| points | for |" in answer and sum(marks) == points and 0 not in marks
    assert bool(re.search("```python", ask)) == (kind == "find the fault")
    found, reached = (values(pattern, text) for pattern, text in (
        (f"({NUMBER})", answer.partition("| points | for |")[0]), (rf"^\| \d+ \| −?({NUMBER})", rows)))
    assert reached <= found, "of a row that begins with a number, the answer has another"


def values(pattern: str, text: str) -> set[float]:
    return {float(number.replace(",", "")) for number in re.findall(pattern, text, re.MULTILINE)}


def says(group: str, number: int, *numbers: str) -> None:
    """The question, with its answer, has these numbers."""
    text = parts(group)[number][2]
    for one in numbers:
        assert re.search(rf"(?<![\d.]){re.escape(one)}(?!\d|\.\d)", text), f"{group} {number}: no {one}"


def code(group: str, number: int) -> str:
    return re.search(r"```python\n(.*?)```", parts(group)[number][2], re.DOTALL)[1]


def given(group: str, number: int, name: str) -> np.ndarray:
    """A matrix or a row as the question gives it, by its name in TeX."""
    text = parts(group)[number][2]
    written = re.search(rf"{re.escape(name)} = (?:\\begin{{pmatrix}}(.+?)\\end|\((.+?)\))", text)
    rows = (written[1] or written[2]).replace("\\;", " ").split(r"\\")
    found = np.array([[float(one) for one in re.split(r"[&,]", row)] for row in rows])
    return found if written[1] else found[0]


A, B, C, D = sorted(GROUPS)


# --- lessons 01 to 03 ---


def test_a1_one_step():
    x, h, W_xh, W_hh, b = (given(A, 1, name) for name in ("x_t", "h_{t-1}", "W_{xh}", "W_{hh}", "b_h"))
    assert (h @ W_hh).tolist() == [-0.5, 1] and (W_hh @ h).tolist() == [-1, 0.5]
    a = x @ W_xh + h @ W_hh + b
    assert a.tolist() == [0.6, 1]
    says(A, 1, *(f"{value:.3f}" for value in np.tanh([*a, 0.5])), "(-1, 0.5)")


def what_follows(source: str) -> list[list[np.ndarray]]:
    """The probabilities that a program for question A4 draws with, if it always draws a 1, or a 2."""
    rng = np.random.default_rng(0)
    params = {name: rng.normal(size=shape) for name, shape in
              {"W_xh": (4, 3), "W_hh": (3, 3), "b_h": (3,), "W_hy": (3, 4), "b_y": (4,)}.items()}

    class Always:
        """A generator that always draws the same symbol, and keeps the probabilities."""

        def __init__(self, symbol):
            self.symbol, self.seen = symbol, []

        def choice(self, n, p):
            self.seen.append(p)
            return self.symbol

    made = {"np": np, "softmax": softmax}
    exec(source, made)
    found = []
    for symbol in (1, 2):
        luck = Always(symbol)
        made["sample"](params, np.zeros(3), 0, 5, luck)
        found.append(luck.seen)
    return found


def test_a4_the_symbol_that_is_drawn_is_not_read():
    one, other = what_follows(code(A, 4))
    assert np.allclose(one, other), "whatever is drawn, what follows is the same"
    mended = code(A, 4).replace("drawn.append(rng.choice(", "i = rng.choice(")
    mended = mended.replace('["b_y"])))', '["b_y"]))')
    mended = mended.replace("    return drawn", "        drawn.append(i)\n    return drawn")
    one, other = what_follows(mended)
    assert not np.allclose(one, other)


def measured(source: str) -> tuple[float, float]:
    """The slope of question A5 by a program, and the weight after it."""
    made, W = {}, np.array([[3.0]])
    exec(source, made)
    return made["measured"](lambda: W[0, 0] ** 2, W, 0, 0), W[0, 0]


def test_a5_half_of_the_slope():
    assert f"{measured(code(A, 5))[0]:.2f}" == "3.00"
    says(A, 5, "3.00", "6")
    mended = code(A, 5).replace("W[i, j] -= eps", "W[i, j] -= 2 * eps")
    mended = mended.replace("    return", "    W[i, j] += eps\n    return")
    slope, after = measured(mended)
    assert slope == pytest.approx(6) and after == pytest.approx(3, abs=1e-12)


# --- lessons 04 to 06 ---


def test_b3_streams():
    def read(source):
        made = {}
        exec(source, made)
        return [np.concatenate([piece[:, row] for piece in made["streams"](np.arange(12), 3, 4, 2)]).tolist()
                for row in range(3)]

    assert read(code(B, 3))[0] == [0, 3, 6, 9]
    mended = code(B, 3).replace("reshape(n, B)", "reshape(B, n).T")
    assert read(mended) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_b4_two_clips():
    g = np.array([3.0, 0, 4])
    norm, value = g * 2 / np.linalg.norm(g), np.clip(g, -2, 2)
    assert norm.round(9).tolist() == [1.2, 0, 1.6] and value.tolist() == [2, 0, 2]
    cosine = g @ value / np.linalg.norm(g) / np.linalg.norm(value)
    says(B, 4, f"{cosine:.3f}", f"{np.degrees(np.arccos(cosine)):.1f}°", f"{np.linalg.norm(value):.2f}",
         f"{np.hypot(1.5, 1.5):.2f}", "14")
    assert g @ value == 14


def test_b8_one_by_one():
    def clipped(source):
        made, grads = {"np": np}, {"W": np.array([3.0, 0]), "b": np.array([0.1])}
        exec(source, made)
        made["clip"](grads, 1.0)
        return np.concatenate(list(grads.values()))

    before, after = np.array([3, 0, 0.1]), clipped(code(B, 8))
    assert after.tolist() == [1, 0, 0.1]
    angle = np.degrees(np.arccos(before @ after / np.linalg.norm(before) / np.linalg.norm(after)))
    says(B, 8, f"{angle:.1f}°", f"{math.sqrt(5):.2f}")
    line = "norm = np.sqrt(sum((g**2).sum() for g in grads.values()))"
    assert line in parts(B)[8][2]
    mended = re.sub(r"    for g in .*\n        norm = .*\n",
                    f"    {line}\n    for g in grads.values():\n", code(B, 8))
    assert np.allclose(clipped(mended), before / np.linalg.norm(before))


# --- lessons 07 to 09 ---


def test_c1_and_c2_one_step_of_a_cell_and_back():
    c_prev, i, f, o, g = 2.0, sigmoid(0.0), sigmoid(0.0), sigmoid(math.log(3)), math.tanh(math.log(2))
    c = f * c_prev + i * g
    h = o * math.tanh(c)
    assert (i, f, round(o, 9), round(g, 9), round(c, 9)) == (0.5, 0.5, 0.75, 0.6, 1.3)
    says(C, 1, f"{h:.3f}", f"{math.tanh(1.3):.3f}", f"{math.tanh(1.6):.3f}")
    dc = 0.2 + 1 * o * (1 - math.tanh(c) ** 2)
    says(C, 2, f"{dc:.3f}", f"{dc * c_prev:.3f}", f"{dc * c_prev * f * (1 - f):.3f}",
         f"{dc * i * (1 - g**2):.3f}", f"{dc * f:.3f}")


def test_c5_a_slope_that_is_none():
    slope = 1 - math.tanh(2) ** 2
    assert 1 - 2**2 == -3 and 3 / slope > 40
    says(C, 5, "-3", f"{slope:.3f}")
    rng = np.random.default_rng(0)
    names = {"np": np, "t": 5, "dh_next": 0.0, "dc_next": 0.0, "d_h": rng.normal(size=(6, 4)),
             "c": 2 * rng.normal(size=(6, 4)), "o": rng.uniform(size=4), "i": rng.uniform(size=4),
             "g": rng.uniform(-1, 1, size=4)}

    def found(source):
        here = dict(names)
        exec(source, here)
        return {gate: here[gate] for gate in ("do", "di", "df", "dg")}

    wrong, mended = found(code(C, 5)), found(code(C, 5).replace("1 - c[t] ** 2", "1 - np.tanh(c[t]) ** 2"))
    assert [gate for gate in wrong if np.allclose(wrong[gate], mended[gate])] == ["do"]
    c, f = names["c"], rng.uniform(size=4)

    def loss(c_now):
        return (names["d_h"][5] * names["o"] * np.tanh(c_now)).sum()

    c_now, eps = f * c[4] + names["i"] * names["g"], 1e-6
    names["c"] = np.vstack([c[:5], c_now])
    measured = [(loss((f + eps * (n == np.arange(4))) * c[4] + names["i"] * names["g"])
                 - loss((f - eps * (n == np.arange(4))) * c[4] + names["i"] * names["g"])) / (2 * eps)
                for n in range(4)]
    mended = found(code(C, 5).replace("1 - c[t] ** 2", "1 - np.tanh(c[t]) ** 2"))
    assert np.allclose(mended["df"], measured)


def test_c10_gates_that_start_alike():
    made = {"np": np, "D": 3, "H": 4}
    exec(code(C, 10), made)
    assert all(np.array_equal(made["W_i"], made[name]) for name in ("W_f", "W_o", "W_g"))
    mended = code(C, 10).replace("init(shape)", "init(rng, shape)").replace(
        "np.random.default_rng(0).normal", "rng.normal").replace("init((", "init(rng, (")
    made["rng"] = np.random.default_rng(0)
    exec(mended, made)
    assert not np.array_equal(made["W_i"], made["W_f"])


# --- lessons 10 to 13 ---


@pytest.mark.torch
def test_d1_a_loop_in_pytorch():
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.read_out = torch.nn.GRU(5, 4), torch.nn.Linear(4, 5)

        def forward(self, ids, state):
            h, state = self.cell(torch.nn.functional.one_hot(ids, 5).float(), state)
            return self.read_out(h), state

    torch.manual_seed(0)
    chunks = [tuple(torch.randint(5, (6, 2)) for _ in range(2)) for _ in range(3)]

    def run(source):
        net = Net()
        here = {"torch": torch, "net": net, "chunks": chunks, "state": None,
                "optimizer": torch.optim.SGD(net.parameters(), lr=0.0)}     # so that sums can be compared
        grads = []
        here["optimizer"].step = lambda: grads.append(net.read_out.bias.grad.clone())
        try:
            exec(source, here)
        except RuntimeError:
            return grads, True
        return grads, False

    grads, stopped = run(code(D, 1))
    assert stopped and len(grads) == 1
    cut = code(D, 1).replace("net(inputs, state)\n", "net(inputs, state)\n    state = state.detach()\n")
    torch.manual_seed(1)
    summed, stopped = run(cut)
    torch.manual_seed(1)
    each, _ = run(cut.replace("    loss.backward()", "    optimizer.zero_grad()\n    loss.backward()"))
    assert not stopped and torch.allclose(summed[2], each[0] + each[1] + each[2])


def test_d4_a_look_up_there_and_back():
    scores, values = np.array([0, math.log(2), math.log(5)]), np.array([8.0, 4, 0])
    weights = softmax(scores)
    assert weights.round(9).tolist() == [0.125, 0.25, 0.625] and weights @ values == pytest.approx(2)
    measured = numerical_gradient(lambda: softmax(scores) @ values, scores)
    assert measured.round(6).tolist() == [0.75, 0.5, -1.25] and abs(measured.sum()) < 1e-9
    assert np.allclose(weights * (values - 2), measured) and "(0.75, 0.5, -1.25)" in parts(D)[4][2]
