"""The stages of lesson 07: right in any spelling, each mistake in three sentences, and what goes on."""

import linecache
import re

import numpy as np
import pytest
from answers import complete, mistakes, right
from course import ROOT, cells

from helpers.checks.stages import with_changes
from helpers.lessons.lesson07 import check_backward, check_lstm_step, check_lstm_step_back
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.lessons.lesson07 import stage_checks as checks
from helpers.lessons.lesson07 import stage_mutants as mutants
from helpers.lessons.lesson07.stages import STAGES
from helpers.networks import LSTM, sigmoid

LESSON = ROOT / "notebooks" / "07_lstm.ipynb"


# Right answers, in other words than the plain form.


def step_in_place(p, x, h_prev, c_prev):
    H = len(p.W_hh)
    a = h_prev @ p.W_hh
    a += x @ p.W_xh
    a += p.b_h
    a[:, : 3 * H] = 1 / (1 + np.exp(-a[:, : 3 * H]))
    np.tanh(a[:, 3 * H :], out=a[:, 3 * H :])
    i, f, o, g = np.hsplit(a, 4)
    c = c_prev.copy()
    c *= f
    c += i * g
    return [i, f, o, g, c, o * np.tanh(c)]


def step_by_loops(p, x, h_prev, c_prev):
    (B, H), D = c_prev.shape, x.shape[1]
    a = [[p["b_h"][k] + sum(x[b, d] * p["W_xh"][d, k] for d in range(D))
          + sum(h_prev[b, j] * p["W_hh"][j, k] for j in range(H)) for k in range(4 * H)] for b in range(B)]
    i, f, o = ([[sigmoid(one) for one in row[n * H : (n + 1) * H]] for row in a] for n in range(3))
    g = [[np.tanh(one) for one in row[3 * H :]] for row in a]
    c = [[f[b][k] * c_prev[b, k] + i[b][k] * g[b][k] for k in range(H)] for b in range(B)]
    return i, f, o, g, c, [[o[b][k] * np.tanh(c[b][k]) for k in range(H)] for b in range(B)]


def step_in_single(p, x, h_prev, c_prev):
    x, h_prev, c_prev = (array.astype(np.float32) for array in (x, h_prev, c_prev))
    a = x @ p.W_xh.astype(np.float32) + h_prev @ p.W_hh.astype(np.float32) + p.b_h.astype(np.float32)
    i, f, o = np.split((1 + np.tanh(a[:, : 3 * len(p.W_hh)] / 2)) / 2, 3, axis=1)
    g = np.tanh(a[:, -len(p.W_hh) :])
    c = i * g + f * c_prev
    return i, f, o, g, c, np.tanh(c) * o


def step_gate_by_gate(p, x, h_prev, c_prev):
    """Four sums, each with the columns of its own."""
    H = len(p["W_hh"])
    both = np.concatenate([x, h_prev], axis=1)
    a = [both @ np.concatenate([p["W_xh"], p["W_hh"]])[:, n : n + H] + p["b_h"][n : n + H]
         for n in range(0, 4 * H, H)]
    i, f, o = map(sigmoid, a[:3])
    c = f * c_prev + i * np.tanh(a[3])
    return i, f, o, np.tanh(a[3]), c, o * np.tanh(c)


def back_in_place(p, c_prev, c, gates, dh, dc_next):
    gates = [gate.copy() for gate in gates]
    i, f, o, g = gates
    shown = np.tanh(c)
    dc = dh * o
    dc *= 1 - shown**2
    dc += dc_next
    da = np.concatenate([dc * g, dc * c_prev, dh * shown, dc * i], axis=1)
    dc *= f
    for gate in (i, f, o):
        gate *= 1 - gate
    g **= 2
    da *= np.concatenate([i, f, o, 1 - g], axis=1)
    return [da, (p.W_hh @ da.T).T, dc]


def back_by_loops(p, c_prev, c, gates, dh, dc_next):
    (B, H), (i, f, o, g) = c.shape, gates
    da, dh_prev, dc_prev = np.zeros((B, 4 * H)), np.zeros((B, H)), np.zeros((B, H))
    for b in range(B):
        for k in range(H):
            t = np.tanh(c[b, k])
            dc = dc_next[b, k] + dh[b, k] * o[b, k] * (1 - t * t)
            da[b, k] = dc * g[b, k] * i[b, k] * (1 - i[b, k])
            da[b, H + k] = dc * c_prev[b, k] * f[b, k] * (1 - f[b, k])
            da[b, 2 * H + k] = dh[b, k] * t * o[b, k] * (1 - o[b, k])
            da[b, 3 * H + k] = dc * i[b, k] * (1 - g[b, k] ** 2)
            dc_prev[b, k] = dc * f[b, k]
        for j in range(H):
            dh_prev[b, j] = sum(da[b, k] * p["W_hh"][j, k] for k in range(4 * H))
    return da.tolist(), dh_prev.tolist(), dc_prev.tolist()


def back_in_single(p, c_prev, c, gates, dh, dc_next):
    def single(array):
        return array.astype(np.float32)

    i, f, o, g = map(single, gates)
    c_prev, c, dh, dc_next = map(single, (c_prev, c, dh, dc_next))
    dc = dc_next + dh * o / np.cosh(c) ** 2
    da = np.hstack([dc * g * (i - i**2), dc * c_prev * (f - f**2), dh * np.tanh(c) * (o - o**2),
                    dc * i * (1 - g) * (1 + g)])
    return da, np.einsum("bk,jk->bj", da, single(p.W_hh)), f * dc


def sums(x, h, da):
    T = len(x)
    return {"W_xh": sum(x[t].T @ da[t] for t in range(T)),
            "W_hh": sum(h[t - 1].T @ da[t] for t in range(T)), "b_h": da.sum(axis=(0, 1))}


def sequence_in_one(p, x, h, c, gates, d_h):
    """Without `lstm_step_back`, and without new names."""
    grads, da = p.zeros_like(), [None] * len(x)
    dh, dc = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dh = dh + d_h[t]
        dc = dc + dh * o * (1 - np.tanh(c[t]) ** 2)
        parts = dc * g * i * (1 - i), dc * c[t - 1] * f * (1 - f), dh * np.tanh(c[t]) * o * (1 - o), (
            dc * i * (1 - g**2))
        da[t] = np.concatenate(parts, axis=1)
        grads["W_xh"] += np.einsum("bi,bj->ij", x[t], da[t])
        grads["W_hh"] += np.einsum("bi,bj->ij", h[t - 1], da[t])
        grads["b_h"] += da[t].sum(axis=0)
        dc *= f
        dh = da[t] @ p.W_hh.T
    return grads, da


def sequence_in_a_dictionary(p, x, h, c, gates, d_h):
    _, da = plain.backward(p, x, h, c, gates, d_h)
    return sums(x, h, da), da


def sequence_in_place(p, x, h, c, gates, d_h):
    """Into arrays of its own, filled from the end."""
    da = np.empty((*d_h.shape[:2], 4 * d_h.shape[2]))
    dh, dc = d_h.copy(), np.zeros_like(c[-1])
    for t in range(len(x) - 1, -1, -1):
        da[t], carried, dc[:] = back_in_place(p, c[t - 1], c[t], gates[t], dh[t], dc)
        if t:
            dh[t - 1] += carried
    return sums(x, h, da), da


def sequence_by_loops(p, x, h, c, gates, d_h):
    """One sequence after the other, in lists."""
    da = np.zeros((*d_h.shape[:2], len(p.b_h)))
    for b in range(x.shape[1]):
        one = [{t: state[t][b : b + 1] for t in state} for state in (h, c)]
        its = {t: [gate[b : b + 1] for gate in gates[t]] for t in gates}
        da[:, b : b + 1] = plain.backward(p, x[:, b : b + 1], *one, its, d_h[:, b : b + 1])[1]
    return {name: grad.tolist() for name, grad in sums(x, h, da).items()}, da.tolist()


def sequence_in_single(p, x, h, c, gates, d_h):
    grads, da = plain.backward(p, x, h, c, gates, d_h)
    return {name: grad.astype(np.float32) for name, grad in grads.items()}, da.astype(np.float32)


RIGHT = {
    check_lstm_step: (plain.lstm_step, step_in_place, step_by_loops, step_in_single, step_gate_by_gate),
    check_lstm_step_back: (plain.lstm_step_back, back_in_place, back_by_loops, back_in_single),
    check_backward: (plain.backward, sequence_in_one, sequence_in_a_dictionary, sequence_in_place,
                     sequence_by_loops, sequence_in_single),
}
test_a_right_answer_is_accepted = right(*(
    (check, (answer,)) for check, answers in RIGHT.items() for answer in answers))


# What the notebook gives and what it says.


def code_of_stages():
    """Of each stage of the lesson: its starter, its check cell, and the lines of its solution."""
    all_cells, found = cells(LESSON), {}
    for n, cell in enumerate(all_cells):
        if cell["cell_type"] == "markdown" and cell["source"].startswith("### Stage"):
            starter, checked, folded = (all_cells[n + k]["source"] for k in (1, 2, 3))
            lines = re.search(r"```python\n(.*?)```", folded, re.DOTALL)[1].rstrip().split("\n")
            found[int(cell["source"].split()[2])] = starter, checked, lines
    return found


CODE = code_of_stages()
NAMES = dict(zip(CODE, STAGES, strict=True))


def made(code, name):
    space = {"np": np, "sigmoid": sigmoid, "lstm_step_back": plain.lstm_step_back}
    file = f"<{name}: {hash(code)}>"
    linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file     # as a cell's is kept
    exec(compile(code, file, "exec"), space)
    return space[name]


def with_lines(starter, lines):
    """A starter in which each line with dots is that of the same name among `lines`, or all its dots are."""
    if "return ..." in starter:
        return starter.replace("    return ...", "\n".join("    " + line for line in lines))
    new = {line.split(" = ")[0]: line for line in lines}
    return "\n".join(f"    {new[line.split(' = ')[0].strip()]}" if "..." in line else line
                     for line in starter.split("\n"))


@pytest.mark.parametrize("stage", CODE)
def test_a_starter_runs_and_with_the_lines_of_its_solution_it_is_right(stage):
    starter, checked, lines = CODE[stage]
    name = NAMES[stage]
    assert checked.removeprefix("lesson.") == f"check_{name}({name})\n{name} = use_if_correct({name})"
    assert STAGES[name].check.result(made(starter, name)).mistake == "not-yet"
    assert STAGES[name].check.result(made(with_lines(starter, lines), name)).right
    assert len(lines) <= 12


# Mistakes.


def step_with(change):
    """A step whose i, f, o, g, c, h are changed before they are returned."""
    return lambda *given: change(*plain.lstm_step(*given))


def other_weights(**factors):
    """A step in whose sums some of the weights are multiplied by 0."""
    def step(p, *given):
        p = p.copy()
        for name, factor in factors.items():
            p[name] = factor * p[name]
        return plain.lstm_step(p, *given)
    return step


def with_blocks(*order):
    """A step that takes the blocks of its sums in another order."""
    def step(p, *given):
        p = p.copy()
        for name in p:
            blocks = np.split(p[name].copy(), 4, axis=-1)
            p[name] = np.concatenate([blocks["ifog".index(gate)] for gate in order], axis=-1)
        return plain.lstm_step(p, *given)
    return step


def logit(o):
    return np.log(o / (1 - o))


def step_back_with(change):
    return lambda *given: change(*plain.lstm_step_back(*given))


def last_block_doubled(da, dh_prev, dc_prev):
    da[:, -da.shape[1] // 4 :] *= 2
    return da, dh_prev, dc_prev


def wrong_in_an_unknown_way(p, c_prev, c, gates, dh, dc_next):
    return plain.lstm_step_back(p, c_prev, c, gates, dh, dc_next + 0.1)


def two_at_once(p, c_prev, c, gates, dh, dc_next):
    """The slope of tanh left out, and of what goes to c_prev a half."""
    no_slope = with_changes(plain.lstm_step_back, (("dh * o * (1 - np.tanh(c) ** 2)", "dh * o"),))
    da, dh_prev, dc_prev = no_slope(p, c_prev, c, gates, dh, dc_next)
    return da, dh_prev, dc_prev / 2


def not_transposed(p, c_prev, c, gates, dh, dc_next):
    da, _, dc_prev = plain.lstm_step_back(p, c_prev, c, gates, dh, dc_next)
    return da, da @ p.W_hh, dc_prev


def writes_into_dc_next(p, c_prev, c, gates, dh, dc_next):
    da, dh_prev, dc_next[:] = plain.lstm_step_back(p, c_prev, c, gates, dh, dc_next)
    return da, dh_prev, dc_next


def back(change=lambda grads: grads, of=plain.backward):
    """A way back whose gradients are changed."""
    def backward(p, x, h, c, gates, d_h):
        da = of(p, x, h, c, gates, d_h)[1]
        return change(sums(x, h, da)), da
    return backward


def changed_backward(old, new):
    return with_changes(plain.backward, ((old, new),))


def first_only(p, x, h, c, gates, d_h):
    da = plain.backward(p, x, h, c, gates, d_h)[1]
    return {**sums(x, h, da), "W_xh": x[0].T @ da[0]}, da


def takes_states_away(p, x, h, c, gates, d_h):
    answer = plain.backward(p, x, h, c, gates, d_h)
    h.pop(-1)
    return answer


STEP = [
    (with_blocks(*"ifgo"), "wrong-block"),
    (other_weights(b_h=0), "no-bias"),
    (other_weights(W_hh=0), "no-h-prev"),
    (other_weights(W_xh=0), "no-input"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, sigmoid(2 * np.arctanh(g)), c, h)), "another-gate"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, sigmoid(np.arctanh(g)), c, h)), "sigmoid-for-tanh"),
    (step_with(lambda i, f, o, g, c, h: (i, f, np.tanh(logit(o)), g, c, h)), "tanh-for-sigmoid"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, np.arctanh(g), c, h)), "not-squashed"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, -c, h)), "another-state"),
    *((with_changes(plain.lstm_step, mutant.changes), mutant.name) for mutant in mutants.STEP),
]


def that_comes_back_early(p, x, h, c, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((len(x), x.shape[1], 4 * d_h.shape[2]))
    for t in reversed(range(len(x))):
        da[t], _, _ = plain.lstm_step_back(p, c[t - 1], c[t], gates[t], d_h[t], 0 * d_h[t])
        grads.W_xh += x[t].T @ da[t]
        return grads, da


STEP_BACK = [
    (step_back_with(last_block_doubled), "another-line"),
    (wrong_in_an_unknown_way, "another-dc"),
    (two_at_once, "no-slope"),
    *((with_changes(plain.lstm_step_back, mutant.changes), mutant.name) for mutant in mutants.STEP_BACK
      if mutant.name != "of-dc-next"),       # in all lines at once it is another
    *((with_changes(plain.lstm_step_back, ((line, line.replace("dc *", "dc_next *")),)), "of-dc-next")
      for line in ("dc * g,", "dc * i", "dc_prev = dc * f")),
]
BACKWARD = [
    (changed_backward("d_h[t] + dh_next", "d_h[t] + dh_next / 2"), "another-da"),
    (first_only, "one-step"),
    (back(lambda g: {**g, "b_h": g["b_h"] / 2}), "mean-over-sequences"),
    (back(lambda g: {**g, "W_hh": g["W_hh"] / 5}), "mean-over-steps"),
    (changed_backward("h[t - 1].T", "h[t].T"), "h-of-same-step"),
    (back(lambda g: {**g, "W_hh": -g["W_hh"]}), "another-sum"),
    *((sequence, mutant.name) for mutant, sequence in checks.faulty_sequences()
      if mutant.name not in ("no-dc-next", "both-multiplied", "of-dc-next")),   # in a loop the same as others
]
TABLES = {check_lstm_step: STEP, check_lstm_step_back: STEP_BACK, check_backward: BACKWARD}

test_a_mistake_is_named = mistakes(*(
    (check, (answer,), *told) for check, table in TABLES.items() for answer, *told in table))

test_what_is_no_cell_at_all_is_told = mistakes(
    (check_lstm_step, (step_with(lambda *parts: parts[:5]),), "wrong-count"),
    (check_lstm_step, (step_with(lambda *parts: [part[0] for part in parts]),), "wrong-shape"),
    (check_lstm_step, (step_with(lambda *parts: [part * np.nan for part in parts]),), "not-finite"),
    (check_lstm_step, (step_with(lambda *parts: ["wide"] * 6),), "no-numbers"),
    (check_lstm_step, (step_with(lambda *parts: (*parts[:5], ...)),), "not-yet"),
    (check_lstm_step, (lambda p, x, h, c: plain.lstm_step(p, x, h, np.multiply(c, 0, out=c)),),
     "changed-argument"),
    *((check_lstm_step, (step_with(lambda *parts, order=order: [parts["ifogch".index(k)] for k in order]),),
       "other-order") for order in ("ifoghc", "fiogch", "hcifog")),
    (check_lstm_step, (lambda p, x, h, c: c @ c,), "stops"),
    (check_lstm_step_back, (lambda *given: plain.lstm_step_back(*given)[0],), "wrong-count"),
    (check_lstm_step_back, (step_back_with(lambda da, dh, dc: (da[:, 1:], dh, dc)),), "wrong-shape"),
    (check_lstm_step_back, (step_back_with(lambda da, dh, dc: (da, ..., dc)),), "not-yet"),
    (check_lstm_step_back, (not_transposed,), "stops"),
    (check_lstm_step_back, (writes_into_dc_next,), "changed-argument"),
    (check_backward, (back(lambda g: {**g, "W_xh": g["W_xh"].T}),), "wrong-shape"),
    (check_backward, (back(lambda g: {"W_xh": g["W_xh"]}),), "no-dictionary"),
    (check_backward, (lambda *given: back()(*given)[0],), "wrong-count"),
    (check_backward, (that_comes_back_early,), "return-in-loop"),
    (check_backward, (lambda *given: 1 / 0,), "stops"),
    (check_backward, (takes_states_away,), "changed-argument"),
)


test_every_mistake_is_made = complete(checks)


def test_the_plain_forms_are_the_lstm_of_helpers():
    rng = np.random.default_rng(0)
    cell = LSTM(3, 4)
    p = cell.init(rng)
    x, d_h, first = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4)), rng.normal(size=(2, 2, 4))
    h, c, gates = plain.forward(p, x, *first)
    states, _, cache = cell.forward(p, x, state=tuple(first))
    grads, _, _ = cell.backward(p, d_h, cache)
    found, da = plain.backward(p, x, h, c, gates, d_h)
    assert np.allclose(states, [h[t] for t in range(6)], atol=1e-12) and da.shape == (6, 2, 16)
    for name in p:
        assert np.allclose(grads[name], found[name], atol=1e-12)
