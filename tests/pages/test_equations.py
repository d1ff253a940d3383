"""Displayed equations of lessons and solutions: each gives the numbers that the code computes."""

import ast
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import latex
import numpy as np
import pytest
from course import LESSONS, SOLUTIONS, cells

from helpers.data.tasks import adding_chance
from helpers.lessons.lesson01.checks import check_latch
from helpers.lessons.lesson03.checks import _other_loss
from helpers.lessons.lesson05 import cliff, repeated_factor
from helpers.lessons.lesson05.pictures import two_by_two
from helpers.lessons.lesson08 import speedups
from helpers.lessons.lesson11 import EncoderDecoder
from helpers.lessons.lesson11 import plain as of_sequences
from helpers.lessons.lesson13 import find_fixed_points, fixed_point_sign, newton_step, residual_and_jacobian
from helpers.lessons.lesson13.stage_checks import three_wells
from helpers.networks import (
    GRU,
    LSTM,
    RNN,
    SGD,
    Adagrad,
    CharModel,
    Parameters,
    PeepholeLSTM,
    clip_norm,
    credit_matrix,
    running_jacobians,
)
from helpers.networks.cells import plain
from helpers.networks.functions import nll, sigmoid, softmax
from helpers.networks.gradients.credit import all_states, loss_by_state_gradients

RNG = np.random.default_rng
D, H = 4, 3


class Equation(NamedTuple):
    """An equation by its lesson and first characters, what is known of its symbols, and what it comes to.

    Attributes:
        notebook: "02", or "s01" for the solutions of 01.
        begins: how it begins, spaces left out.
        known: its symbols, made when it is tested; with "value", what an expression without a second side is.
        instead: parts that are no mathematics, by what is read in their place.
    """

    notebook: str
    begins: str
    known: Callable[[], dict[str, Any]]
    instead: Mapping[str, str] = MappingProxyType({})


def defined(notebook: str, *wanted: str) -> dict[str, Any]:
    """The functions of these names as the cells of a lesson define them."""
    path = next(path for path in LESSONS if path.name.startswith(notebook))
    names: dict[str, Any] = {"np": np}
    for cell in cells(path, "code"):
        for node in ast.parse(cell["source"]).body:
            if isinstance(node, ast.FunctionDef) and node.name in wanted:
                exec(ast.unparse(node), names)
    assert set(wanted) <= set(names)
    return names


def of_rnn() -> dict[str, Any]:
    """A step of the fast plain network and its scores."""
    model = CharModel(RNN(D, H), RNG(0))
    p = model.params
    p.b_h, p.b_y = RNG(1).normal(size=H), RNG(2).normal(size=D)
    h, _, _ = model.cell.forward(p, np.array([[1], [3]]))
    return {**p, "x_t": np.eye(D)[3], "h_{t-1}": h[0, 0], "h_t-1": h[0, 0], "h_t": h[1, 0],
            "y_t": h[1, 0] @ p.W_hy + p.b_y, "h_0": np.zeros(()), "t": 1}


def of_scores() -> dict[str, Any]:
    """Scores of four symbols, target 2, and what softmax and its gradient make of them."""
    y, k = np.array([0.3, -1.2, 0.8, 2.0]), 2
    p = defined("01", "softmax")["softmax"](y)
    return {"y": y, "p": p, "k": k, "j in": range(4), "j": 1, "L": nll(y, np.array(k)), "p_k": p[k],
            "dy": slope(lambda y: nll(y, np.array(k)), y)}


def slope(f: Callable, at: np.ndarray) -> np.ndarray:
    """The derivative of a number by each entry, measured."""
    return np.array([(f(at + d) - f(at - d)) / 2e-6 for d in 1e-6 * np.eye(len(at))])


def of_chain() -> dict[str, Any]:
    """The three steps with which lesson 03 begins: states 0 to 3, wishes, losses, and dL/dw measured."""
    x, target, w = [0.6, -0.9, 0.4], [None, 0.9, 0.2, -0.6], 0.8

    def run(w):
        h = [0.5]
        for t in range(3):
            h.append(np.tanh(w * h[-1] + x[t]))
        return h

    def loss(w, after=0):
        return sum((run(w)[t] - target[t]) ** 2 / 2 for t in (1, 2, 3) if t > after)

    h, eps = run(w), 1e-6
    total = [0.0, *((run(w + eps)[t] - run(w - eps)[t]) / (2 * eps) for t in (1, 2, 3))]
    dh = {4: 0.0}
    for t in (3, 2, 1):     # what moving h_t alone does to the losses from t on

        def from_here(moved, t=t):
            states = {t: h[t] + moved}
            for later in range(t + 1, 4):
                states[later] = np.tanh(w * states[later - 1] + x[later - 1])
            return sum((states[s] - target[s]) ** 2 / 2 for s in states)

        dh[t] = (from_here(eps) - from_here(-eps)) / (2 * eps)
    losses = [None, *((h[t] - target[t]) ** 2 / 2 for t in (1, 2, 3))]
    return {"h": h, "h*": target, "w": w, "x": [None, *x], "L": losses, "t": 2, "dh": dh, "T": total,
            "dL_w": (loss(w + eps) - loss(w - eps)) / (2 * eps), "t in": (1, 2, 3), "L_all": loss(w)}


def of_ways() -> dict[str, Any]:
    """L = u v with u = x² and v = 3x, at x = 2, each derivative measured."""
    def measured(f, x):
        return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    u, v = 4.0, 6.0
    return {"A": measured(lambda x: x**2 * 3 * x, 2.0), "B": measured(lambda u: u * v, u),
            "C": measured(lambda x: x**2, 2.0), "E": measured(lambda v: u * v, v),
            "F": measured(lambda x: 3 * x, 2.0)}


def of_small_move() -> dict[str, Any]:
    """What a small move of h_{t-1} does to a and h of the next step, by the plain network."""
    known, d = of_rnn(), 1e-7 * RNG(3).normal(size=H)
    p = known

    def a(h):
        return p["x_t"] @ p["W_xh"] + h @ p["W_hh"] + p["b_h"]
    before = p["h_t-1"]
    return {**p, "\\delta": 1e7 * d, "M": 1e7 * (a(before + d) - a(before)),
            "N": 1e7 * (np.tanh(a(before + d)) - np.tanh(a(before)))}


def of_total() -> dict[str, Any]:
    """The total derivative of h_t by W_hh[0, 1], measured over two steps."""
    p = CharModel(RNN(D, H), RNG(0)).params
    x = np.array([[1], [3]])

    def run(move):
        q = p.copy()
        q.W_hh[0, 1] += move
        return [one[0] for _, one in sorted(plain.rnn_forward(q, x, RNG(1).normal(size=(1, H))).items())]

    up, down, h = run(1e-6), run(-1e-6), run(0)
    return {**p, "h_t": h[2], "t": 2, "A": (up[2] - down[2]) / 2e-6, "B": (up[1] - down[1]) / 2e-6,
            "E": h[1][0] * np.eye(H)[1]}


def of_two_tanh() -> dict[str, Any]:
    """One symbol read by the cell of exercise 3.3, told by its check's loss."""
    model, s = CharModel(RNN(D, H), RNG(0)), 0.7
    p = model.params
    p.b_h = RNG(1).normal(size=H)
    h_t = s * np.tanh(p.W_xh[3] + p.b_h)
    assert np.isclose(_other_loss(p, np.array([3]), 1, s), nll(h_t @ p.W_hy + p.b_y, np.array(1)))
    h_next = h_t + s * np.tanh(p.W_xh[2] + h_t @ p.W_hh + p.b_h)
    assert np.isclose(_other_loss(p, np.array([3, 2]), 1, s), nll(h_next @ p.W_hy + p.b_y, np.array(1)))
    return {**p, "s": s, "x_t": np.eye(D)[2], "h_t-1": h_t, "h_t": h_next, "h_0": np.zeros(())}


def of_double_sum() -> dict[str, Any]:
    """The gradient of W_hh, and what each loss says to each state, and through it to W_hh."""
    model, ids = CharModel(RNN(D, H), RNG(0)), np.array([1, 3, 0, 2, 1])
    inputs, targets = ids[:-1, None], ids[1:, None]
    _, grads, _ = model.loss_and_grads(inputs, targets)
    (h,), (by_state,) = all_states(model, inputs, None), loss_by_state_gradients(model, inputs, targets)
    # of the loss at t by the state after s; and from there to W_hh, with the state before held
    parts = {(t, s): np.outer(h[s][0], by_state[t, s][0] * (1 - h[s + 1][0] ** 2)) / 4
             for t in range(4) for s in range(t + 1)}
    return {"W": grads.W_hh, "P": [[parts.get((t, s)) for s in range(4)] for t in range(4)], "O": [1.0] * 4,
            "t in": range(4), "s in": range(4), "credit": credit_matrix(model, inputs, targets)}


def of_step_back(**also: Any) -> dict[str, Any]:
    """A step back through the plain network."""
    p = CharModel(RNN(D, H), RNG(0)).params
    h, dh = np.tanh(RNG(1).normal(size=(1, H))), RNG(2).normal(size=(1, H))
    _, before = plain.rnn_step_back(p, h, dh)
    return {"W_hh": p.W_hh, "h_t": h, "dh_t": dh, "dh_t-1": before, "t": 1, "a_t": np.arctanh(h),
            "\\varphi'": lambda a: 1 - np.tanh(a) ** 2, **also}


def of_wells(number: int = 0) -> dict[str, Any]:
    """One of the nine fixed points of two units that hear mostly themselves."""
    p, starts = three_wells(RNG(0), 60)
    h = find_fixed_points(p, starts)[number]
    return {**p, "h": h, "F": lambda h: np.tanh(h @ p.W_hh + p.b_h), "sign": fixed_point_sign(p, h)}


def of_newton() -> dict[str, Any]:
    """A step of Newton's method from a state that is no fixed point."""
    p, starts = three_wells(RNG(0), 1)
    r, J = residual_and_jacobian(p, starts[0])
    after = newton_step(p, starts[0])
    return {"h": starts[0], "r": r, "J": J, "I": np.eye(2), "N": after, "d": after - starts[0]}


def of_cliff() -> dict[str, Any]:
    w, b = 5.5, -2.9
    loss, _, _ = cliff.loss_and_gradient(w, b)
    return {"h": cliff.states(w, b), "w": w, "b": b, "t": 7, "L": loss, "\\sigma": sigmoid, "a": 0.3}


def of_lstm() -> dict[str, Any]:
    """A step of the fast LSTM, its gates from the plain one, which the tests hold equal."""
    cell = LSTM(D, H)
    p = cell.init(RNG(0))
    x, h, c = RNG(1).normal(size=(1, 1, D)), RNG(2).normal(size=(1, H)), RNG(3).normal(size=(1, H))
    hidden, (_, memory), _ = cell.forward(p, x, (h, c))
    _, _, (i, f, o, g) = plain.lstm_step(p, x[0], h, c)
    a = x[0] @ p.W_xh + h @ p.W_hh + p.b_h
    return {**p, "x_t": x[0], "h_t-1": h, "c_t-1": c, "h_t": hidden[0], "c_t": memory, "i_t": i, "f_t": f,
            "o_t": o, "g_t": g, "a": a,
            **{f"a_{gate}": block for gate, block in zip("ifog", np.split(a, 4, axis=1), strict=True)}}


def of_gru() -> dict[str, Any]:
    cell = GRU(D, H)
    p = cell.init(RNG(0))
    p.b_h, p.b_hn = RNG(4).normal(size=3 * H), RNG(5).normal(size=H)
    x, h = RNG(1).normal(size=(1, 1, D)), RNG(2).normal(size=(1, H))
    hidden, _, _ = cell.forward(p, x, (h,))
    _, (r, z, n, h_n) = plain.gru_step(p, x[0], h)
    blocks = {f"{kind}{gate}": part for kind, array in (("W_x", p.W_xh), ("W_h", p.W_hh), ("b_", p.b_h))
              for gate, part in zip("rzn", np.split(array, 3, axis=-1), strict=True)}
    return {**blocks, "b_hn": p.b_hn, "x": x[0], "h_t-1": h, "h_t": hidden[0], "r": r, "z": z, "n": n,
            "h_n": h_n}


def of_both() -> dict[str, Any]:
    network, counts = np.array([0.2, 0.9]), np.array([0.6, 0.01])
    return {"p": np.exp(-speedups.average_with_counts(-np.log(network), counts)), "p_network": network,
            "p_counts": counts}


def of_better_start() -> dict[str, Any]:
    """Each character counts once more than it is there, so that none is impossible."""
    model, ids = CharModel(RNN(D, H), RNG(0)), np.array([0, 1, 1, 2, 1, 0])
    speedups.init_better(model, ids, RNG(1))
    counts = np.bincount(ids, minlength=D) + 1
    return {"b_y,k": model.params.b_y[1], "count": lambda k: counts[int(k)], "k": 1, "N": counts.sum(),
            "W_hh": model.params.W_hh, "I": np.eye(H)}


def of_fading() -> dict[str, Any]:
    params = CharModel(RNN(D, H), RNG(0)).params
    before = params.vector.copy()
    speedups.fade(params, 0.3)
    return {"w": before, "new w": params.vector, "\\eta": 0.3}


def of_averaging() -> dict[str, Any]:
    mean, w = RNG(0).normal(size=5), RNG(1).normal(size=5)
    new = mean.copy()
    speedups.average(new, w, 40)
    return {"m": mean, "new m": new, "w": w, "n": 40}


def of_peephole() -> dict[str, Any]:
    cell = PeepholeLSTM(D, H)
    p = cell.init(RNG(0))
    for gate in "ifo":
        p[f"p_{gate}"][...] = RNG(ord(gate)).normal(size=H)
    x, h, c = RNG(1).normal(size=(1, D)), RNG(2).normal(size=(1, H)), RNG(3).normal(size=(1, H))
    _, memory, i, f, o, _ = cell.step(p, x, h, c)
    a_i, a_f, a_o, _ = np.split(x @ p.W_xh + h @ p.W_hh + p.b_h, 4, axis=1)
    return {**p, "i": i, "f": f, "o": o, "c_t-1": c, "c_t": memory, "a_i": a_i, "a_f": a_f, "a_o": a_o}


def of_gates_in_a_row() -> dict[str, Any]:
    """With the gates held, the memory after four steps by the one before them: the product of four gates."""
    f, c = RNG(6).uniform(size=4), 1.0
    for gate in f:
        c = plain_c(gate, c)
    return {"C": c, "f": {7 - k: gate for k, gate in enumerate(f[::-1])}, "T": 7, "k": 4}


def plain_c(f: float, c_prev: float, g: float = 0.0) -> float:
    """c of the plain LSTM if the forget gate stands at f, and g is let in whole."""
    p = LSTM(1, 1).init(RNG(0))
    p.vector[:] = 0
    p.b_h[:] = 50, np.log(f / (1 - f)), 0, np.arctanh(g)
    return float(plain.lstm_step(p, np.zeros((1, 1)), np.zeros((1, 1)), np.array([[c_prev]]))[1][0, 0])


def of_adagrad() -> dict[str, Any]:
    """A second update of Adagrad, at rate 0.1."""
    p, g, optimizer = Parameters({"w": (1,)}), Parameters({"w": (1,)}), Adagrad(0.1, eps=0.01)
    p.w, g.w = 0.5, 0.2
    optimizer.update(p, g)
    w, g.w = float(p.w[0]), -0.7
    optimizer.update(p, g)
    return {"s": 0.2**2, "g": -0.7, "w": w, "rate": 0.1, "\\varepsilon": 0.01, "new s": 0.2**2 + 0.7**2,
            "new w": float(p.w[0])}


def of_momentum() -> dict[str, Any]:
    p, g, optimizer = Parameters({"w": (1,)}), Parameters({"w": (1,)}), SGD(0.1, momentum=0.9)
    p.w, g.w = 0.0, 2.0
    optimizer.update(p, g)
    before, g.w = float(p.w[0]), -0.5
    optimizer.update(p, g)
    step = before - float(p.w[0])
    return {"v": 2.0, "g": -0.5, "new v": 0.9 * 2.0 - 0.5, "learningrate": 0.1, "step": step}


def of_clip() -> dict[str, Any]:
    g = Parameters({"a": (2, 2), "b": (3,)})
    g.vector[:] = RNG(0).normal(size=7)
    before = g.vector.copy()
    clip_norm(g, 0.5)
    return {"g": before, "\\theta": 0.5, "new g": g.vector.copy()}


def of_jacobian() -> dict[str, Any]:
    cell = RNN(D, H)
    p, x = cell.init(RNG(0)), np.array([[1], [3], [0], [2]])
    h, _, _ = cell.forward(p, x)
    return {"J": running_jacobians(cell, p, x, [3])[0], "W_hh": p.W_hh, "h": [np.zeros(H), *h[:, 0]], "k": 1,
            "t": 4}


def of_masked_loss() -> dict[str, Any]:
    """A loss with a mask over five places, and what the check's plain form makes of place 1."""
    scores, targets = RNG(0).normal(size=(5, 1, 3)), RNG(1).integers(3, size=(5, 1))
    m = np.array([1.0, 1, 1, 0, 0])
    loss, d_scores = of_sequences.masked_loss(scores, targets, m[:, None])
    return {"L": loss, "m": m, "s": nll(scores, targets)[:, 0], "j in": range(5), "t": 1,
            "p": softmax(scores)[:, 0], "w": np.eye(3)[targets[:, 0]], "dy": d_scores[:, 0]}


def of_two_layers() -> dict[str, Any]:
    """A step of two layers: U, V and c for the first, W, M and e for the second."""
    p = [RNN(D, H).init(RNG(0)), RNN(H, H).init(RNG(1))]
    for n, one in enumerate(p):
        one.b_h = RNG(5 + n).normal(size=H)
    x = RNG(2).normal(size=(2, 1, D))
    one, two = of_sequences.two_forward(p, x, np.zeros((1, H)))
    return {"x_t": x[1, 0], "u_t": one[1][0], "u_t-1": one[0][0], "v_t": two[1][0], "v_t-1": two[0][0],
            "A": p[0].W_xh, "B": p[0].W_hh, "c": p[0].b_h, "M": p[1].W_xh, "N": p[1].W_hh, "z": p[1].b_h}


def of_look_up() -> dict[str, Any]:
    """One look-up, and its gradients as the plain form of stage 2 has them, at step 2."""
    q, keys, values = RNG(1).normal(size=3), RNG(0).normal(size=(5, 3)), RNG(2).normal(size=(5, 4))
    answer, weights = of_sequences.look_up(q, keys, values)
    d = RNG(3).normal(size=4)
    d_q, d_keys, d_values = of_sequences.look_up_back(q, keys, values, weights, d)
    by_weight = slope(lambda weights: weights @ values @ d, weights)
    by_score = slope(lambda scores: softmax(scores) @ values @ d, keys @ q)
    return {"\\alpha": weights, "a": weights, "t": 2, "q": q, "k": keys, "v": values, "t in": range(5),
            "j in": range(5), "answer": answer, "d": d, "g": by_weight, "E": by_score, "Q": d_q, "K": d_keys,
            "V": d_values}


def of_trained_look_up() -> dict[str, Any]:
    network = EncoderDecoder(H, RNG(0), dtype=np.float64)
    p, strings, fed = network.params, np.array([[1], [2]]), np.array([[8], [2]])
    p.b_y = RNG(1).normal(size=8)
    scores, _, (_, s, queries, found) = network._forward(strings, fed)
    return {"q_t": queries[0, 1], "s_t": s[1, 0], "W_q": p.W_q, "y_t": scores[1, 0], "W_hy": p.W_hy,
            "c_t": found[1, 0], "W_cy": p.W_cy, "b_y": p.b_y}


def of_torch() -> dict[str, Any]:
    """The same step with transposed weights and two biases, as PyTorch has it."""
    known = of_rnn()
    b = RNG(5).normal(size=H)
    return {"h_t": known["h_t"], "W_ih": known["W_xh"].T, "x_t": known["x_t"], "b_ih": known["b_h"] - b,
            "b_hh": b, "W_hh": known["W_hh"].T, "h_t-1": known["h_t-1"]}


def of_letter() -> dict[str, Any]:
    """The unit of exercise 1.2: the worked solution, which its check calls right."""
    w_x, w_h, b = np.array([6.0, 0, 0, 0]), 3.0, -1.0
    assert check_latch.result(w_x, w_h, b).right
    unit = RNN(D, 1)
    p = unit.init(RNG(0))
    p.W_xh, p.W_hh, p.b_h = w_x[:, None], w_h, b
    h, _, _ = unit.forward(p, np.array([[0], [2]]))
    return {"w_letter": w_x[2], "w_h": w_h, "b": b, "h_t-1": h[0, 0, 0], "h_t": h[1, 0, 0], "h_0": 0.0}


def of_unit() -> dict[str, Any]:
    """The unit of the lesson's cell, which has no bias, and of the fast network, which has."""
    x, cell = np.zeros((40, 1, 1)), RNN(1, 1)
    x[4], x[19] = 1.0, -1.9
    p = cell.init(RNG(0))
    p.W_xh, p.W_hh, p.b_h = 1, 2, 0
    assert np.allclose(cell.forward(p, x)[0].ravel(), defined("01", "unit")["unit"](2.0, -1.9)[1:])
    p.b_h = 0.2
    return {"h": [0.0, *cell.forward(p, x)[0].ravel()], "x": {20: -1.9}, "w": 2.0, "b": 0.2, "t": 20}


def turning(r: float, angle: float) -> np.ndarray:
    """The matrix that turns rows by the angle, from what it makes of (1, 0) and (0, 1)."""
    images = [z * r * np.exp(1j * angle) for z in (1, 1j)]
    return np.array([[z.real, z.imag] for z in images])


def of_growth() -> dict[str, Any]:
    said = re.search(r"is ([\d.]+) after 2 steps", str(repeated_factor(0.2, 2)))
    return {"A": float(said[1]), "w": 0.2, "n": 2}


def of_two_by_two() -> dict[str, Any]:
    W = two_by_two(0.9, 2.0)
    assert np.allclose(np.linalg.svd(W)[1][0], 2.0) and np.allclose(np.linalg.eigvals(W), 0.9)
    return {"W": W, "\\lambda": 0.9, "\\kappa": W[0, 1], "S": np.linalg.svd(W)[1][0]}


def of_wall() -> dict[str, Any]:
    w = 5.5
    _, dw, db = cliff.loss_and_gradient(w, cliff.wall_bias(w))
    slope_there = sigmoid(0.5) * (1 - sigmoid(0.5))
    return {"g": np.hypot(dw, db), "m": w * slope_there, "\\sigma": sigmoid}


def of_central_difference() -> dict[str, Any]:
    return {"A": np.cos(0.7), "L": np.sin, "w": 0.7, "\\varepsilon": 1e-5}


def of_by_hand() -> dict[str, Any]:
    """What the solution of 1.1 goes through on paper, as it is given there and to the check."""
    return {"x": np.array([1, 0]), "h_t-1": np.array([0.5, -0.5]), "W_xh": np.array([[1, 2], [3, 4]]),
            "W_hh": np.array([[1, 0], [2, 1]]), "b_h": np.array([0, -1])}


def of_recurrence() -> dict[str, Any]:
    """The memory of an LSTM as a linear recurrence: u is what is added."""
    known = of_lstm()
    return {"h_t": known["c_t"], "f_t": known["f_t"], "h_t-1": known["c_t-1"],
            "u_t": known["i_t"] * known["g_t"]}


def of_slopes() -> dict[str, Any]:
    """By what slopes shorten a gradient that is spread equally over all units."""
    slopes = 1 - np.tanh(RNG(0).normal(size=8)) ** 2
    return {"H": 8, "i in": range(8), "\\varphi'": slopes, "value": np.linalg.norm(slopes * np.sqrt(1 / 8))}


PARTIAL = r"\frac{\partial L}{\partial %s}"
EQUATIONS = [
    Equation("00", "h_t=\\tanh(x_t", of_rnn),
    Equation("01", "h_t=\\tanh(x_t", of_rnn),
    Equation("01", "h_t=\\tanh(w\\,h", of_unit),
    Equation("01", "W_{hh}=r", lambda: {"r": 1.2, "\\alpha": 0.5, "W_hh": turning(1.2, 0.5)}),
    Equation("01", "p_k=", of_scores),
    Equation("01", "-\\ln(1-q)", lambda: {"q": 0.3, "value": 4 * 0.3902}),
    Equation("01", "\\frac{2\\ln2}{4}", dict, {r"\text{ nats per letter.}": ""}),
    Equation("01", "h_t=\\tanh(w_x", of_letter, {r"w_x[\text{letter}]": "w_{letter}"}),
    Equation("02", "L_t=-\\ln", lambda: {"L_t": nll(np.log([0.2, 0.8]), np.array(0)), "p": 0.2}),
    Equation("02", "h_t=\\tanh(x_t", of_rnn),
    Equation("02", "L=-y_k", of_scores),
    Equation("02", "dy_j=", lambda: {**of_scores(), "j": 2}, {PARTIAL % "y_j": "dy_j"}),
    Equation("02", "\\frac{\\partialL}{\\partialw}\\approx", of_central_difference, {PARTIAL % "w": "A"}),
    Equation("02", "s\\leftarrow", of_adagrad),
    Equation("02", "p_k=", lambda: {**of_scores(), "\\tau": 0.7, "p_k": softmax(of_scores()["y"] / 0.7)[2]}),
    Equation("03", "\\frac{dL}{dx}", of_ways, {
        r"\frac{dL}{dx}": "A", r"\frac{dL}{du}": "B ", r"\frac{du}{dx}": "C", r"\frac{dL}{dv}": "E ",
        r"\frac{dv}{dx}": "F"}),
    Equation("03", "h_t=\\tanh(w", of_chain, {"L = L_1": "L_{all} = L_1"}),
    Equation("03", "\\underbrace{(h_3", lambda: {**of_chain(), "value": 0.0926}),
    Equation("03", "\\frac{dh_t}{dw}=(1", of_chain, {
        r"\frac{d h_t}{d w}": "T_t", r"\frac{d h_{t-1}}{d w}": "T_{t-1}"}),
    Equation("03", "dh_t=\\underbrace", of_chain, {r"\frac{dL}{dw}": "dL_w"}),
    Equation("03", "a_t\\text{moves", of_small_move, {
        r"a_t \text{ moves by }": "M =", r"h_t \text{ moves by }": "N ="}),
    Equation("03", "\\frac{dh_t}{dw}=\\Big", of_total, {
        r"\frac{dh_t}{dw}": "A", r"\frac{\partial^+ a_t}{\partial w}": "E", r"\frac{dh_{t-1}}{dw}": "B"}),
    Equation("03", "h_t=h_{t-1}+s", of_two_tanh),
    Equation("04", "\\frac{dL}{dW_{hh}}", of_double_sum, {
        r"\frac{dL}{dW_{hh}}": "W", r"\frac{d L_t}{d h_s}": "P_{t,s}",
        r"\frac{\partial h_s}{\partial W_{hh}}": "O_s"}),
    Equation("05", "\\frac{\\partialh_n}", of_growth, {r"\frac{\partial h_n}{\partial h_0}": "A"}),
    Equation("05", "h_t=w", of_cliff),
    Equation("05", "\\lVertg\\rVert=2", of_wall),
    Equation("05", "\\text{if}", of_clip, {r"\text{if } \lVert g \rVert > \theta: \qquad": ""}),
    Equation("05", "W=", of_two_by_two),
    Equation("05", "dh_{t-1}", of_step_back),
    Equation("05", "v\\leftarrow", of_momentum),
    Equation("06", "dh_{t-1}", of_step_back),
    Equation("06", "\\tfrac{1}{12}", lambda: {"value": adding_chance(100)}, {r"\quad \text{exactly.}": ""}),
    Equation("06", "J_{k", of_jacobian, {r"J_{k \to t}": "J"}),
    Equation("07", "h_t=\\tanh(x_t", of_rnn),
    Equation("07", "c_t=c_{t-1}+g_t", lambda: {
        "c_t": plain_c(1 - 1e-12, 0.7, 0.4), "c_t-1": 0.7, "g_t": 0.4}),
    Equation("07", "c_t=f_t", of_lstm),
    Equation("07", "\\begin{aligned}a", of_lstm, {"a_i, a_f, a_o, a_g": ""}),        # the order of the blocks
    Equation("07", "\\frac{\\partialc_T}", of_gates_in_a_row, {
        r"\frac{\partial c_T}{\partial c_{T-k}}\bigg|_{\text{direct}}": "C", r" \cdots": " f_{T-2}"}),
    Equation("07", "\\begin{aligned}r", of_gru),
    Equation("07", "i=\\sigma", of_peephole),
    Equation("08", "p=\\tfrac12", of_both),
    Equation("08", "b_{y,k}", of_better_start),
    Equation("08", "w\\leftarrow", of_fading),
    Equation("08", "\\barw\\leftarrow", of_averaging, {r"\bar w": "m"}),
    Equation("09", "r,z=", of_gru, {r"r, z = \sigma(\cdot), \qquad": ""}),
    Equation("10", "h_t=\\tanh(x_t\\,W_{xh}", of_rnn),
    Equation("10", "h_t=\\tanh(x_t\\,W_{ih}", of_torch),
    Equation("11", "L=\\frac", of_masked_loss, {"L_j": "s_j", r"\text{target}_t": "w_t"}),
    Equation("11", "h^{(1)}_t", of_two_layers, {
        r"h^{(1)}_{t-1}": "u_{t-1}", r"h^{(1)}_t": "u_t", r"h^{(2)}_{t-1}": "v_{t-1}", r"h^{(2)}_t": "v_t",
        r"W^{(1)}_{xh}": "A", r"W^{(1)}_{hh}": "B", r"b^{(1)}_h": "c", r"W^{(2)}_{xh}": "M",
        r"W^{(2)}_{hh}": "N", r"b^{(2)}_h": "z"}),
    Equation("11", "\\alpha_t", of_look_up, {
        r"\mathrm{softmax}_t(q \cdot k_t)": r"\frac{e^{q \cdot k_t}}{\sum_j e^{q \cdot k_j}}"}),
    Equation("11", "d\\alpha_t", of_look_up, {r"d\alpha": "g", r"de_t": "E_t"}),
    Equation("11", "dq=", of_look_up, {r"dq": "Q", r"de_t": "E_t", r"dk_t": "K_t", r"dv_t": "V_t"}),
    Equation("11", "q_t=s_t", of_trained_look_up),
    Equation("12", "h_t=f_t", of_recurrence, {
        r", \qquad f_t, u_t \text{ not from } h_{t-1}": ""}),
    Equation("12", "c_t=f_t", of_lstm),
    Equation("13", "F(h)=", of_wells),
    Equation("13", "d\\,(I-J)", of_newton, {r"h_{\text{new}}": "N"}),
    Equation("13", "\\sum_", lambda: {"S": sum(
        of_wells(n)["sign"] for n in range(9))}, {r"\sum_{h = F(h)} \operatorname{sign} \det(I - J)": "S"}),
    Equation("s01", "x=(1,0)", of_by_hand),
    Equation("s06", "\\frac16-", lambda: {"T": 100, "m": 10, "error": adding_chance(100, 10)}, {
        r"\text{so}": ""}),
    Equation("s06", "\\sqrt{", of_slopes),
]


def displayed(path) -> list[str]:
    """The equations of a notebook that stand by themselves."""
    return re.findall(r"(?s)\$\$(.*?)\$\$", "\n".join(cell["source"] for cell in cells(path, "markdown")))


def begin(words: str) -> str:
    return re.sub(r"\s", "", words)


def of(path) -> str:
    return ("s" if path in SOLUTIONS else "") + path.name[:2]


FOUND = [(of(path), begin(equation), equation) for path in [*LESSONS, *SOLUTIONS]
         for equation in displayed(path)]


@pytest.mark.parametrize("one", EQUATIONS, ids=lambda one: f"{one.notebook} {one.begins}")
def test_an_equation_is_what_the_code_computes(one):
    text = next((equation for place, begun, equation in FOUND
                 if place == one.notebook and begun.startswith(begin(one.begins))), None)
    assert text, "no displayed equation of this notebook begins like this: change the row, or drop it"
    known = one.known()
    for old, new in one.instead.items():
        assert old in text, f"{old} is gone from {text}"
        text = text.replace(old, new)
    assert latex.check(text, known, known.get("value")) > 0
