"""Equations within a sentence: each is so with the numbers of the code, or says what a letter stands for."""

import re
from typing import Any

import latex
import numpy as np
import prose
import pytest
import test_equations as displayed
from course import LESSONS, SOLUTIONS, cells, name
from test_equations import RNG, D, H

from helpers.lessons.lesson05 import cliff
from helpers.networks import RNN, CharModel, Parameters, RMSProp
from helpers.networks.cells import plain
from helpers.networks.functions import sigmoid, softmax


def of_backward() -> dict[str, Any]:
    """The way back through three steps, as lesson 03 has it: its loss is the sum over the steps."""
    model, ids = CharModel(RNN(D, H), RNG(0)), np.array([1, 3, 0, 2])
    p, (x, targets) = model.params, (ids[:3], ids[1:])
    _, grads, _ = model.loss_and_grads(x[:, None], targets[:, None])
    h = plain.rnn_forward(p, x[:, None], np.zeros((1, H)))
    chances = [softmax(h[t] @ p.W_hy + p.b_y) for t in range(3)]
    dy = [chances[t] - np.eye(D)[[targets[t]]] for t in range(3)]
    dh, da = {}, {3: np.zeros((1, H))}
    for t in (2, 1, 0):
        dh[t] = dy[t] @ p.W_hy.T + da[t + 1] @ p.W_hh.T
        da[t], _ = plain.rnn_step_back(p, h[t], dh[t])
    rows = {"batch_of_one": False, "h": h, "x": dict(enumerate(np.eye(D)[x][:, None])),
            "dy": dict(enumerate(dy)), "dh": dh, "da": da}
    return {**p, **rows, "t": 1, "t in": range(3), "p": chances, "onehottarget": np.eye(D)[[targets[1]]],
            **{f"d{name}": 3 * (array if array.ndim == 2 else array[None]) for name, array in grads.items()}}


def of_last_step() -> dict[str, Any]:
    """The same at the last step, where nothing is carried; symbols without the step."""
    known = of_backward()
    return {**known, **{symbol: known[symbol][2] for symbol in ("dy", "dh", "da", "h")}}


def of_chain() -> dict[str, Any]:
    """The unit of lesson 03, with the activations of its steps, and the immediate derivative measured."""
    known, d = displayed.of_chain(), 1e-6
    h, w, x, t = known["h"], known["w"], known["x"], known["t"]
    moved = (np.tanh((w + d) * h[t - 1] + x[t]) - np.tanh((w - d) * h[t - 1] + x[t])) / (2 * d)
    return {**known, "a": [None, *(np.arctanh(h[t]) for t in (1, 2, 3))], "now": moved}


def without_t(known: dict[str, Any]) -> dict[str, Any]:
    """Symbols that stand without the step: c for c_t, but c_{t-1} as it is."""
    return {**known, **{symbol[:-2]: value for symbol, value in known.items() if symbol.endswith("_t")}}


def of_rmsprop() -> dict[str, Any]:
    p, g, optimizer = Parameters({"w": (1,)}), Parameters({"w": (1,)}), RMSProp(1.0, rho=0.9)
    p.w, g.w = 0.0, 1000.0
    optimizer.update(p, g)
    s = 0.1 * 1000.0**2
    assert np.isclose(-float(p.w[0]), 1000 / np.sqrt(s))        # the spike itself
    return {"s": 4.0, "g": 3.0, "\\rho_s": 0.9, "new s": 0.9 * 4.0 + 0.1 * 9.0, "\\eta": 1.0,
            "step": -float(p.w[0])}


def of_scores_of_a_state() -> dict[str, Any]:
    known = displayed.of_rnn()
    return {"y": known["y_t"], "h": known["h_t"], "M": known["W_hy"], "N": known["b_y"], "i in": range(H),
            "j": 2}


def of_activation() -> dict[str, Any]:
    known = displayed.of_rnn()
    return {**known, "a_t": np.arctanh(known["h_t"])}


def of_rest() -> dict[str, Any]:
    w = 5.5
    return {"w": w, "b": cliff.wall_bias(w), "m": w * cliff.SIGMA * (1 - cliff.SIGMA)}


# What could be meant by the symbols, by lesson; an equation is so in one of these at least.
MEANT = {
    "01": [displayed.of_rnn],
    "02": [displayed.of_scores, displayed.of_rnn, of_scores_of_a_state, lambda: {
        "w": 0.5, "\\eta": 0.1, "g": 2.0, "new w": 0.5 - 0.1 * 2.0}, lambda: {"s": 0.49, "g": 0.7}],
    "03": [of_backward, of_last_step, of_chain, displayed.of_ways, displayed.of_two_tanh, lambda: {
        "x": 2.0, "u": 4.0, "v": 6.0, "L": 24.0}],
    "05": [displayed.of_cliff, displayed.of_wall, of_activation, displayed.of_adagrad, of_rmsprop, of_rest],
    "06": [displayed.of_step_back, lambda: {"f": sigmoid(1.0), "b_f": 1.0}],
    "07": [lambda: without_t(displayed.of_lstm()), displayed.of_cliff, displayed.of_gru],
    "09": [displayed.of_gru],
    "10": [lambda: without_t(displayed.of_lstm()), displayed.of_gru],
    "11": [displayed.of_look_up],
    "13": [displayed.of_wells, lambda: {**displayed.of_wells(), **displayed.of_newton()}],
}
INSTEAD = {"W_{hy}[i, j] + b_y[j]": "M_{i,j} + N_j", r"\frac{\partial^+ h_t}{\partial w}": "now",
           r"\text{(one-hot target)}": "onehottarget", "de_t": "E_t", r"d\alpha": "g"}
# What a letter stands for in this place, a case that is asked about, and what no number can tell.
DEFINED = {
    "01": {r"q = \frac12"},
    "02": {"j = k"},
    "03": {"y = f(g(x))", "y' = f'(g(x))\\, g'(x)", "z = \\tanh(\\ldots)"},
    "04": {"h_t = w\\,h_{t-1} + 1"},
    "05": {"h_t = w\\, h_{t-1}", "h_n = w^n h_0", "h_t = \\varphi(a_t)",
           "\\eta / \\sqrt{1 - \\rho_s} = 3.16\\, \\eta"},
    "06": {"W_{hh} = I"},
    "07": {"L = \\sum R_h h_t + \\sum R_c c_t", "= R_h", "= R_c", "f = i = 1", "w \\leftarrow w - 0.1\\, dw",
           "c_t = c_{t-1} + i_t g_t", "h = o\\, c"},
    "13": {"h_t = h_{t-1}", "h_t = F(h_{t-1})", "q = \\frac12\\, r\\, r^\\top",
           "h = \\tanh(w\\,h_{\\text{prev}} + u\\,x + b)"},
    "12": {"S \\leftarrow S + k^\\top v", "S \\leftarrow S + k^\\top (v - k\\,S)", "h \\leftarrow h\\, R"},
}


def within(path) -> list[str]:
    """The equations within the sentences of a notebook, but for those that give a symbol a number."""
    text = "\n".join(cell["source"] for cell in cells(path, "markdown"))
    text = re.sub(r"(?s)\$\$.*?\$\$|```.*?```", "", text)
    return [one for one in dict.fromkeys(re.findall(r"\$([^$\n]+)\$", text))
            if re.search(r"=|\\leftarrow|\\approx", one)
            and re.search(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", "", one))
            and not re.fullmatch(r"\s*\S+\s*=\s*[-−]?[\d.,{}]+\s*", one)]


def is_so(words: str, known: dict[str, Any]) -> bool:
    for old, new in INSTEAD.items():
        words = words.replace(old, new)
    latex.Reader.batch_of_one = known.get("batch_of_one", True)
    try:
        return latex.check(words.removeprefix("\\;"), known) > 0
    except (AssertionError, AttributeError, KeyError, IndexError, TypeError, ValueError):
        return False
    finally:
        latex.Reader.batch_of_one = True


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_an_equation_in_a_sentence_is_so(path):
    meant = [known() for known in MEANT.get(path.name[:2], ())]
    lost = {words for words in within(path) if not any(is_so(words, known) for known in meant)}
    assert lost == DEFINED.get(path.name[:2], set())


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS], ids=name)
def test_a_sum_in_a_sentence_comes_to_what_it_says(path):
    for cell in cells(path, "markdown"):
        for paragraph in cell["source"].split("\n\n"):
            prose.worked(paragraph, prose.ROUNDED if path in SOLUTIONS else 0.0)
