"""Displayed equations by which a network steps or learns: each gives the numbers that the code computes."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from course import LESSONS, cells

from helpers.lessons.lesson05 import experiments as cliff
from helpers.lessons.lesson08 import experiments as speedups
from helpers.lessons.lesson11 import EncoderDecoder
from helpers.lessons.lesson13 import newton_step, residual_and_jacobian
from helpers.networks import GRU, LSTM, RNN, SGD, Adagrad, CharModel, Parameters, PeepholeLSTM, clip_norm
from helpers.networks.cells import plain
from helpers.networks.functions import nll, sigmoid, softmax

D, H = 4, 3
KNOWN = {"tanh": np.tanh, "sigma": sigmoid, "ln": np.log, "sqrt": np.sqrt, "norm": np.linalg.norm, "e": np.e}


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def python(tex: str, functions: set[str]) -> str:
    """An expression of the lessons in Python; what stands side by side is multiplied, by rows."""
    tex = re.sub(r"\\(?:[,;:!]|[bB]igg?[lr]?(?![a-z]))", " ", tex)
    tex = re.sub(r"\\(?:text|mathrm)\{([^{}]*)\}", lambda found: found[1].replace(" ", ""), tex)
    tex = re.sub(r"\^\{?\\top\}?", ".T", re.sub(r"\^\{\((\d)\)\}", r"\1", tex))
    tex = re.sub(r"_\{([^{}]*)\}", lambda found: "_" + re.sub(r"\W", "", found[1].replace("-", "m")), tex)
    tex = re.sub(r"\\t?frac\s*(\d)(\d)", r"(\1/\2)", re.sub(r"\^\{([^{}]*)\}", r"^(\1)", tex))
    tex = re.sub(r"\\lVert (.*?) *\\rVert", r"norm(\1)", re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", tex))
    tex = re.sub(r"\\bar (\w)", r"mean_\1", re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", tex))
    tex = tex.replace("\\odot", "*").replace("\\cdot", "*").replace("^", "**").replace("\\", " ")
    tex = tex.replace("'", "_prime")
    written: list[str] = []
    for token in re.findall(r"[A-Za-z]\w*|\d+(?:\.\d+)?|\.T|\*\*|\S", tex.translate({123: "(", 125: ")"})):
        before = written[-1] if written else "+"
        if re.match(r"[\w(]", token) and re.search(r"[\w)]$", before) and before not in functions:
            written.append("@" if token[0] == "W" else "*")
        written.append(token)
    return "".join(written)


def compared(text: str, known: dict[str, Any]) -> int:
    """How many sides of an equation were worked out, and found to be the other side."""
    known, number = {**KNOWN, **known}, 0
    functions = {name for name, value in known.items() if callable(value)}
    text = re.sub(r"\\(?:begin|end)\{aligned\}|&&.*?(?=\\\\|$)", "", text, flags=re.DOTALL | re.MULTILINE)
    for clause in re.split(r"\\q?quad|\\\\", text.replace("&", "")):
        left, mark, right = re.split(r"(=|\\leftarrow|$)", clause.strip(" \n,."), maxsplit=1)
        if not mark:
            continue
        side, other = (eval(python(part, functions), {}, known) for part in (left, right))
        if mark == "\\leftarrow":
            side = known[python(left, functions)] = known["new"].pop(0)
        assert np.allclose(side, other, rtol=1e-7, atol=1e-9), f"{left}: {side} is not {other}"
        number += 1
    return number


def of_rnn() -> dict[str, Any]:
    """A step of the fast plain network and its scores."""
    p = CharModel(RNN(D, H), np.random.default_rng(0)).params
    p.b_h, p.b_y = normal(1, H), normal(2, D)
    h, _, _ = RNN(D, H).forward(p, np.array([[1], [3]]))
    return {**p, "x_t": np.eye(D)[3], "h_tm1": h[0, 0], "h_t": h[1, 0], "y_t": h[1, 0] @ p.W_hy + p.b_y,
            "h_0": 0}


def of_torch() -> dict[str, Any]:
    """The same step with transposed weights and two biases, as PyTorch has it."""
    known, b = of_rnn(), normal(5, H)
    return {**known, "W_ih": known["W_xh"].T, "W_hh": known["W_hh"].T, "b_ih": known["b_h"] - b, "b_hh": b}


def of_scores(tau: float = 1.0) -> dict[str, Any]:
    y, k = np.array([0.3, -1.2, 0.8, 2.0]), 2
    p = softmax(y / tau)
    return {"y_k": y[k], "p_k": p[k], "tau": tau, "L": nll(y, np.array(k)), "total": np.exp(y / tau).sum()}


def of_step_back() -> dict[str, Any]:
    """A step back through the plain network."""
    p = CharModel(RNN(D, H), np.random.default_rng(0)).params
    h, dh = np.tanh(normal(1, 1, H)), normal(2, 1, H)
    _, before = plain.rnn_step_back(p, h, dh)
    return {**p, "h_t": h, "dh_t": dh, "dh_tm1": before, "a_t": np.arctanh(h),
            "varphi_prime": lambda a: 1 - np.tanh(a) ** 2}


def of_cliff() -> dict[str, Any]:
    h, (loss, _, _) = cliff.states(5.5, -2.9), cliff.loss_and_gradient(5.5, -2.9)
    return {"h_t": h[7], "h_tm1": h[6], "h_50": h[50], "w": 5.5, "b": -2.9, "L": loss, "a": 0.3}


def of_lstm() -> dict[str, Any]:
    """A step of the fast LSTM, its gates from the plain one."""
    cell = LSTM(D, H)
    p, x, h, c = cell.init(np.random.default_rng(0)), normal(1, 1, 1, D), normal(2, 1, H), normal(3, 1, H)
    hidden, (_, memory), _ = cell.forward(p, x, (h, c))
    _, _, gates = plain.lstm_step(p, x[0], h, c)
    a = x[0] @ p.W_xh + h @ p.W_hh + p.b_h
    return {**p, "x_t": x[0], "h_tm1": h, "c_tm1": c, "h_t": hidden[0], "c_t": memory, "a": a,
            **{f"{gate}_t": value for gate, value in zip("ifog", gates, strict=True)},
            **{f"a_{gate}": block for gate, block in zip("ifog", np.split(a, 4, axis=1), strict=True)}}


def of_recurrence() -> dict[str, Any]:
    """The memory of an LSTM as a linear recurrence: u is what is added."""
    known = of_lstm()
    return {"h_t": known["c_t"], "f_t": known["f_t"], "h_tm1": known["c_tm1"],
            "u_t": known["i_t"] * known["g_t"]}


def of_gru() -> dict[str, Any]:
    cell = GRU(D, H)
    p, x, h = cell.init(np.random.default_rng(0)), normal(1, 1, 1, D), normal(2, 1, H)
    p.b_h, p.b_hn = normal(4, 3 * H), normal(5, H)
    hidden, _, _ = cell.forward(p, x, (h,))
    _, (r, z, n, h_n) = plain.gru_step(p, x[0], h)
    blocks = {f"{kind}{gate}": part for kind, array in (("W_x", p.W_xh), ("W_h", p.W_hh), ("b_", p.b_h))
              for gate, part in zip("rzn", np.split(array, 3, axis=-1), strict=True)}
    return {**blocks, "b_hn": p.b_hn, "x": x[0], "h_tm1": h, "h_t": hidden[0], "r": r, "z": z, "n": n,
            "h_n": h_n}


def of_peephole() -> dict[str, Any]:
    cell = PeepholeLSTM(D, H)
    p, x, h, c = cell.init(np.random.default_rng(0)), normal(1, 1, D), normal(2, 1, H), normal(3, 1, H)
    for gate in "ifo":
        p[f"p_{gate}"][...] = normal(ord(gate), H)
    _, memory, i, f, o, _ = cell.step(p, x, h, c)
    a_i, a_f, a_o, _ = np.split(x @ p.W_xh + h @ p.W_hh + p.b_h, 4, axis=1)
    return {**p, "i": i, "f": f, "o": o, "c_tm1": c, "c_t": memory, "a_i": a_i, "a_f": a_f, "a_o": a_o}


def of_optimizer(optimizer) -> tuple[float, float]:
    """The weight before and after a second update, with gradients 2 and −0.5."""
    p, g = Parameters({"w": (1,)}), Parameters({"w": (1,)})
    p.w, seen = 0.5, []
    for gradient in (2.0, -0.5):
        g.w = gradient
        seen.append(float(p.w[0]))
        optimizer.update(p, g)
    return seen[1], float(p.w[0])


def of_adagrad() -> dict[str, Any]:
    before, after = of_optimizer(Adagrad(0.1, eps=0.01))
    return {"s": 4.0, "g": -0.5, "w": before, "rate": 0.1, "varepsilon": 0.01, "new": [4.25, after]}


def of_momentum() -> dict[str, Any]:
    before, after = of_optimizer(SGD(0.1, momentum=0.9))
    return {"v": 2.0, "g": -0.5, "learningrate": 0.1, "step": before - after, "new": [0.9 * 2.0 - 0.5]}


def of_clip() -> dict[str, Any]:
    g = Parameters({"a": (2, 2), "b": (3,)})
    g.vector[:] = normal(0, 7)
    before = g.vector.copy()
    clip_norm(g, 0.5)
    return {"g": before, "theta": 0.5, "new": [g.vector.copy()]}


def of_both() -> dict[str, Any]:
    network, counts = np.array([0.2, 0.9]), np.array([0.6, 0.01])
    return {"p": np.exp(-speedups.average_with_counts(-np.log(network), counts)), "p_network": network,
            "p_counts": counts}


def of_fading() -> dict[str, Any]:
    params = CharModel(RNN(D, H), np.random.default_rng(0)).params
    before = params.vector.copy()
    speedups.fade(params, 0.3)
    return {"w": before, "eta": 0.3, "new": [params.vector]}


def of_averaging() -> dict[str, Any]:
    mean, w = normal(0, 5), normal(1, 5)
    speedups.average(new := mean.copy(), w, 40)
    return {"mean_w": mean, "w": w, "n": 40, "new": [new]}


def of_two_layers() -> dict[str, Any]:
    cells = RNN(D, H), RNN(H, H)
    p = [cell.init(np.random.default_rng(cell.input_size)) for cell in cells]
    for number, one in enumerate(p):
        one.b_h = normal(5 + number, H)
    one, _, _ = cells[0].forward(p[0], x := normal(2, 2, 1, D))
    two, _, _ = cells[1].forward(p[1], one)
    return {"x_t": x[1], "h1_t": one[1], "h1_tm1": one[0], "h2_t": two[1], "h2_tm1": two[0],
            **{f"{name[0]}{layer}{name[1:]}": value for layer, one in enumerate(p, 1)
               for name, value in one.items()}}


def of_trained_look_up() -> dict[str, Any]:
    network = EncoderDecoder(H, np.random.default_rng(0), dtype=np.float64)
    p = network.params
    p.b_y = normal(1, 8)
    scores, _, (_, s, queries, found) = network._forward(np.array([[1], [2]]), np.array([[8], [2]]))
    return {**p, "q_t": queries[0, 1], "s_t": s[1, 0], "y_t": scores[1, 0], "c_t": found[1, 0]}


def of_newton() -> dict[str, Any]:
    """A step of Newton's method from a state that is no fixed point."""
    p = CharModel(RNN(D, 2), np.random.default_rng(0)).params
    h = normal(1, 2)
    r, J = residual_and_jacobian(p, h)
    after = newton_step(p, h)
    return {"h": h, "r": r, "J": J, "I": np.eye(2), "h_new": after, "d": after - h}


SUM = (r"\sum_j e^{y_j}", "(total)")
ROWS: list[tuple[str, str, Callable[[], dict], tuple[tuple[str, str], ...]]] = [
    # lesson, how the equation begins (spaces left out), its symbols, and what is read in place of what
    *((lesson, r"h_t=\tanh(x_t\,W_{xh}", of_rnn, ()) for lesson in ("00", "01", "02", "07", "10")),
    ("01", "p_k=", of_scores, (SUM,)), ("02", "L=-y_k", of_scores, (SUM,)),
    ("02", "p_k=", lambda: of_scores(0.7), ((r"\sum_j e^{y_j / \tau}", "(total)"),)),
    ("02", "s\\leftarrow", of_adagrad, ()), ("05", "h_t=w", of_cliff, ()),
    ("05", r"\text{if}", of_clip, ((r"\text{if } \lVert g \rVert > \theta:", ""),)),
    ("05", "dh_{t-1}", of_step_back, ()), ("05", "v\\leftarrow", of_momentum, ()),
    ("06", "dh_{t-1}", of_step_back, ()), ("07", "c_t=f_t", of_lstm, ()),
    ("07", r"\begin{aligned}a", of_lstm, ()), ("07", r"\begin{aligned}r", of_gru, ()),
    ("07", r"i=\sigma", of_peephole, ()), ("08", r"p=\tfrac12", of_both, ()),
    ("08", "w\\leftarrow", of_fading, ()), ("08", r"\barw", of_averaging, ()),
    ("09", "r,z=", of_gru, ((r"r, z = \sigma(\cdot),", ""),)),
    ("10", r"h_t=\tanh(x_t\,W_{ih}", of_torch, ()), ("11", "h^{(1)}_t", of_two_layers, ()),
    ("11", "q_t=s_t", of_trained_look_up, ()), ("12", "c_t=f_t", of_lstm, ()),
    ("12", "h_t=f_t", of_recurrence, ((r"f_t, u_t \text{ not from } h_{t-1}", ""),)),
    ("13", r"d\,(I", of_newton, ((r"d\,(I - J)", "d @ (I - J)"),)),
]
FOUND = [(path.name[:2], re.sub(r"\s", "", equation), equation) for path in LESSONS
         for cell in cells(path, "markdown")
         for equation in re.findall(r"(?s)\$\$(.*?)\$\$", cell["source"])]


@pytest.mark.parametrize(("lesson", "begins", "known", "instead"), ROWS)
def test_an_equation_is_what_the_code_computes(lesson, begins, known, instead):
    texts = [text for place, begun, text in FOUND if place == lesson and begun.startswith(begins)]
    assert texts, "no displayed equation of this lesson begins like this: change the row, or drop it"
    for old, new in instead:
        assert old in texts[0], f"{old} is gone from {texts[0]}"
        texts[0] = texts[0].replace(old, new)
    assert compared(texts[0], known())
