"""What holds for cells and models of every size, in both dtypes, at extremes; how they refuse bad input."""

import numpy as np
import pytest
from common import CELLS, every_cell, saturating_cell, stepper
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import (
    GRU,
    CharModel,
    Parameters,
)

sizes = st.tuples(*[st.integers(1, 8)] * 4)         # T, B, D, H
seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])
few = settings(max_examples=40, deadline=None, derandomize=True)


def problem(kind, size, seed, dtype=np.float64, symbols=False):
    """A cell with random weights and biases, an input and a state; numbers are the same in both dtypes."""
    T, B, D, H = size
    rng = np.random.default_rng(seed)
    cell = CELLS[kind](D, H)
    p = cell.init(rng, dtype=dtype)
    p.b_h += 0.3 * rng.standard_normal(p.b_h.shape)
    x = rng.integers(D, size=(T, B)) if symbols else rng.standard_normal((T, B, D)).astype(dtype)
    state = tuple((0.5 * rng.standard_normal((B, H))).astype(dtype) for _ in cell.state_names)
    return cell, p, x, state, rng


def everything(cell, p, x, state, d_h, d_last):
    """All arrays that forward, backward and stepper return, by name."""
    h, last, cache = cell.forward(p, x, state)
    grads, d_x, d_state = cell.backward(p, d_h, cache, d_last)
    arrays = {"h": h, "stepper": stepper(cell, p, state)(x[0]), **grads, **cell.gates(cache)}
    if d_x is not None:
        arrays["d_x"] = d_x
    for i in range(len(state)):
        arrays |= {f"state {i}": last[i], f"d_state {i}": d_state[i]}
    return arrays


@every_cell
@given(size=sizes, seed=seeds, dtype=dtypes, symbols=st.booleans())
@few
def test_shapes_and_dtype_are_kept_everywhere(kind, size, seed, dtype, symbols):
    cell, p, x, state, rng = problem(kind, size, seed, dtype, symbols)
    T, B, D, H = size
    d_last = tuple(np.ones_like(s) for s in state)
    arrays = everything(cell, p, x, state, rng.standard_normal((T, B, H)).astype(dtype), d_last)
    for name, array in arrays.items():
        assert array.dtype == dtype, name
        if name in cell.shapes:
            assert array.shape == cell.shapes[name]
        elif name == "d_x":
            assert array.shape == (T, B, D)
        else:
            assert array.shape in ((T, B, H), (B, H))
        assert np.isfinite(array).all()


@given(size=sizes, seed=seeds, kind=st.sampled_from(list(CELLS)))
@few
def test_a_float32_model_follows_a_float64_one(kind, size, seed):
    T, B, V, H = size
    coarse, fine = (
        CharModel(CELLS[kind](V, H), np.random.default_rng(seed), dtype) for dtype in (np.float32, np.float64)
    )
    assert np.array_equal(coarse.params.vector, fine.params.vector.astype(np.float32))
    fine.params.vector = coarse.params.vector
    chunk = np.random.default_rng(seed).integers(V, size=(2, T, B))
    loss, grads, state = coarse.loss_and_grads(*chunk)
    fine_loss, fine_grads, _ = fine.loss_and_grads(*chunk)
    assert loss == pytest.approx(fine_loss, rel=1e-5, abs=1e-5)
    assert np.allclose(grads.vector, fine_grads.vector, rtol=1e-4, atol=1e-5)
    assert grads.vector.dtype == np.float32 and all(s.dtype == np.float32 for s in state)
    assert coarse.probabilities([0]).dtype == np.float32
    assert np.allclose(coarse.probabilities([0]), fine.probabilities([0]), rtol=1e-5)


@saturating_cell
@given(size=sizes, seed=seeds, dtype=dtypes, exponent=st.integers(0, 18))
@few
def test_extreme_inputs_and_weights_saturate_without_overflow(kind, size, seed, dtype, exponent):
    cell, p, x, state, _ = problem(kind, size, seed, dtype)
    p.vector *= dtype(10) ** exponent
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        h, last, cache = cell.forward(p, x * dtype(10) ** exponent, state)
        step_h = stepper(cell, p, state)(x[0] * dtype(10) ** exponent)
    keeps = cell.state_names == ("h",) and cell.gates(cache)             # a gate can keep the first state
    bound = max(1, np.abs(state[0]).max()) if keeps else 1
    assert np.abs(h).max() <= bound * (1 + 1e-6) and np.abs(step_h).max() <= bound * (1 + 1e-6)
    assert all(np.isfinite(s).all() for s in last)
    assert all(np.isfinite(gate).all() for gate in cell.gates(cache).values())


# Bad input: (name in the message, what is done); each is refused, and nothing has changed after it.

T, B, V, H = 4, 2, 3, 5
FLOATS, SYMBOLS = np.zeros((T, B, V)), np.zeros((T, B), int)


def states(cell, batch=B, size=H):
    return tuple(np.zeros((batch, size)) for _ in cell.state_names)


BAD_FORWARD = {
    "x of one axis": ("x", lambda c: {"x": SYMBOLS[0]}),
    "x of no steps": ("x", lambda c: {"x": SYMBOLS[:0]}),
    "x of no sequences": ("x", lambda c: {"x": FLOATS[:, :0]}),
    "x too wide": ("x", lambda c: {"x": np.zeros((T, B, V + 1))}),
    "x of four axes": ("x", lambda c: {"x": FLOATS[None]}),
    "symbol too large": ("x", lambda c: {"x": SYMBOLS + V}),
    "symbol below 0": ("x", lambda c: {"x": SYMBOLS - 1}),
    "nan in x": ("x", lambda c: {"x": FLOATS * np.nan}),
    "inf in x": ("x", lambda c: {"x": FLOATS + np.inf}),
    "bool x": ("x", lambda c: {"x": SYMBOLS > 0}),
    "complex x": ("x", lambda c: {"x": FLOATS * 1j}),
    "text for x": ("x", lambda c: {"x": "hello"}),
    "nothing for x": ("x", lambda c: {"x": None}),
    "state of another batch": ("state", lambda c: {"state": states(c, batch=B + 1)}),
    "state of another size": ("state", lambda c: {"state": states(c, size=H + 1)}),
    "too many states": ("state", lambda c: {"state": (*states(c), np.zeros((B, H)))}),
    "no tuple": ("state", lambda c: {"state": np.zeros((B, H))}),
    "nan in state": ("state", lambda c: {"state": tuple(s * np.nan for s in states(c))}),
    "text in state": ("state", lambda c: {"state": tuple("h" for _ in states(c))}),
    "parameters of another size": ("p", lambda c: {"p": type(c)(V, H + 1).init(np.random.default_rng(0))}),
    "parameters of fewer symbols": ("p", lambda c: {"p": type(c)(V - 1, H).init(np.random.default_rng(0))}),
    "parameters without names": ("p", lambda c: {"p": np.zeros(40)}),
    "parameters lacking one": ("p", lambda c: {"p": Parameters({"W_xh": c.shapes["W_xh"]})}),
}


@pytest.mark.parametrize("case", BAD_FORWARD)
@every_cell
def test_forward_refuses(kind, case):
    name, spoil = BAD_FORWARD[case]
    cell, p, x, state, _ = problem(kind, (T, B, V, H), 0, symbols=True)
    h, _, cache = cell.forward(p, x, state)
    grads, _, _ = cell.backward(p, np.ones_like(h), cache)
    before = h.copy(), p.vector.copy()
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        cell.forward(**{"p": p, "x": x, "state": state, "cache": cache, **spoil(cell)})
    assert np.array_equal(h, before[0]) and np.array_equal(p.vector, before[1])
    assert np.array_equal(cell.backward(p, np.ones_like(h), cache)[0].vector, grads.vector)


BAD_BACKWARD = {
    "d_h of other length": ("d_h", lambda c: {"d_h": np.zeros((T + 1, B, H))}),
    "d_h of one axis": ("d_h", lambda c: {"d_h": np.zeros(H)}),
    "d_h that would broadcast": ("d_h", lambda c: {"d_h": np.zeros((T, 1, H))}),
    "complex d_h": ("d_h", lambda c: {"d_h": np.zeros((T, B, H), complex)}),
    "nothing for d_h": ("d_h", lambda c: {"d_h": None}),
    "d_state of another batch": ("d_state", lambda c: {"d_state": states(c, batch=1)}),
    "d_state no tuple": ("d_state", lambda c: {"d_state": np.zeros((B, H))}),
    "no cache": ("cache", lambda c: {"cache": None}),
    "another cell's cache": ("cache", lambda c: {"cache": GRU(V, H).forward(
        GRU(V, H).init(np.random.default_rng(0)), SYMBOLS)[2]}),
    "parameters of another dtype": ("p", lambda c: {"p": c.init(np.random.default_rng(0), dtype=np.float32)}),
    "parameters of another size": ("p", lambda c: {"p": type(c)(V, H + 1).init(np.random.default_rng(0))}),
    "grads of another size": ("grads", lambda c: {"grads": Parameters(type(c)(V, H + 1).shapes)}),
    "grads lacking one": ("grads", lambda c: {"grads": Parameters({"W_xh": c.shapes["W_xh"]})}),
}


@pytest.mark.parametrize("case", BAD_BACKWARD)
@every_cell
def test_backward_refuses(kind, case):
    name, spoil = BAD_BACKWARD[case]
    cell, p, x, state, _ = problem(kind, (T, B, V, H), 0, symbols=True)
    h, _, cache = cell.forward(p, x, state)
    d_h = np.ones_like(h)
    grads, _, _ = cell.backward(p, d_h, cache)
    room = grads.copy()
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        cell.backward(**{"p": p, "d_h": d_h, "cache": cache, "grads": room, **spoil(cell)})
    assert np.array_equal(room.vector, grads.vector), "nothing has been written"
    assert np.array_equal(cell.backward(p, d_h, cache)[0].vector, grads.vector)
