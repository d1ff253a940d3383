"""Every cell: its equations, its gradient, both types, PyTorch; what holds at extremes and is refused."""

import itertools

import numpy as np
import pytest
from common import CELLS, by_the_plain_cell, every_cell, saturating_cell, stepper
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import (
    GRU,
    LSTM,
    RNN,
    CharModel,
    Parameters,
    PeepholeLSTM,
    PlainCell,
    numerical_gradient,
    relative_error,
)
from helpers.networks.blas import one_blas_thread

SHAPES = [(1, 1, 1, 1), (5, 1, 3, 4), (5, 3, 3, 4), (9, 2, 4, 1), (4, 2, 6, 5)]     # T, B, D, H
LARGE = (20, 32, 9, 128)   # work is cut into blocks of time steps, products into blocks of columns
sizes = st.tuples(*[st.integers(1, 8)] * 4)
seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])
few = settings(max_examples=40, deadline=None, derandomize=True)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    with one_blas_thread():
        yield


def problem(kind, shape, seed=0, symbols=False, dtype=np.float64):
    """A cell with random weights and biases, an input, a state that is not zero; and its generator."""
    T, B, D, H = shape
    cell = CELLS[kind](D, H)
    if shape == LARGE and isinstance(cell, PlainCell):          # which cuts nothing into blocks
        return problem(kind, (6, 7, D, 16), seed, symbols, dtype)
    rng = np.random.default_rng([seed, *shape])
    p = cell.init(rng, dtype=dtype)
    for name in p:
        if name.startswith("b"):
            p[name] = 0.3 * rng.standard_normal(p[name].shape)
    x = rng.integers(D, size=(T, B)) if symbols else rng.standard_normal((T, B, D)).astype(dtype)
    state = tuple((0.5 * rng.standard_normal((B, H))).astype(dtype) for _ in cell.state_names)
    return cell, p, x, state, rng


def close(a, b, atol=1e-12):
    return np.allclose(a, b, rtol=0, atol=atol)


@pytest.mark.parametrize("symbols", [False, True], ids=["floats", "symbols"])
@pytest.mark.parametrize("shape", [*SHAPES, LARGE], ids=str)
@every_cell
def test_the_fast_cell_is_the_plain_one_forward_and_back(kind, shape, symbols):
    cell, p, x, state, rng = problem(kind, shape, symbols=symbols)
    h, last, cache = cell.forward(p, x, state)
    d_h, d_last = rng.standard_normal(h.shape), tuple(rng.standard_normal(s.shape) for s in last)
    for d_of_last in (None, d_last):
        grads, d_x, d_state = cell.backward(p, d_h, cache, d_of_last)
        (plain_h, *_), plain_last, gates, back = by_the_plain_cell(cell, p, x, state)
        plain_grads, plain_d_x, plain_d_state, _ = back(d_h, *d_of_last or ())
        assert close(h, plain_h) and len(last) == len(plain_last) and all(map(close, last, plain_last))
        assert all(map(close, cell.gates(cache).values(), gates[:len(cell.gates(cache))]))
        for name in p:
            assert relative_error(grads[name], plain_grads[name]) < 1e-13, name
        assert d_x is None if symbols else relative_error(d_x, plain_d_x) < 1e-13
        assert len(d_state) == len(plain_d_state)
        assert all(relative_error(*pair) < 1e-13 for pair in zip(d_state, plain_d_state, strict=True))
    assert np.array_equal(last[0], h[-1])


@pytest.mark.parametrize("shape", [(5, 1, 3, 4), (4, 3, 2, 3)], ids=str)
@every_cell
def test_every_gradient_of_the_plain_cell_agrees_with_central_differences(kind, shape):
    cell, p, x, state, rng = problem(kind, shape)
    (h, *_), last, _, back = by_the_plain_cell(cell, p, x, state)
    d_h, d_last = rng.standard_normal(h.shape), tuple(rng.standard_normal(s.shape) for s in last)
    grads, d_x, d_state, da = back(d_h, *d_last)

    def loss():
        (h, *_), last, *_ = by_the_plain_cell(cell, p, x, state)
        return np.sum(h * d_h) + sum(np.sum(s * d) for s, d in zip(last, d_last, strict=True))

    pairs = [*((grads[name], p[name]) for name in p), (d_x, x), *zip(d_state, state, strict=True)]
    errors = [relative_error(derived, numerical_gradient(loss, array)) for derived, array in pairs]
    assert list(grads) == list(p) and max(errors) < 1e-7, errors
    assert da.shape == (*h.shape[:2], len(p.b_h)) and close(da.sum(axis=(0, 1)), grads.b_h)


@pytest.mark.parametrize("symbols", [False, True], ids=["floats", "symbols"])
@pytest.mark.parametrize("batch", [1, 3])
@every_cell
def test_stepping_gives_what_the_whole_sequence_gives(kind, batch, symbols):
    cell, p, x, state, _ = problem(kind, (6, batch, 3, 4), symbols=symbols)
    kept = [s.copy() for s in state]
    for start in (state, None):
        h, _, _ = cell.forward(p, x, start)
        step = stepper(cell, p, start or tuple(map(np.zeros_like, state)))
        assert close([step(x_t) for x_t in x], h)
    assert all(map(np.array_equal, state, kept)), "the state given is left alone"


@every_cell
def test_returned_states_are_copies(kind):
    cell, p, x, state, _ = problem(kind, (5, 3, 3, 4))
    given = [s.copy() for s in state]
    h, last, cache = cell.forward(p, x, state)
    h_before, last_before = h.copy(), [s.copy() for s in last]
    cell.forward(p, -x, state, cache)
    assert all(map(np.array_equal, last, last_before)), "a cache used again leaves an earlier state alone"

    h, last, cache = cell.forward(p, x, state)
    grads, _, _ = cell.backward(p, np.ones_like(h), cache)
    for array in last:
        array[...] = 99
    assert np.array_equal(h, h_before), "writing into the state leaves h alone"
    again, _, _ = cell.backward(p, np.ones_like(h), cache)
    assert np.array_equal(again.vector, grads.vector), "and the gradients too"
    assert all(map(np.array_equal, state, given)), "the state given is never written into"


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (5, 3, 3, 4), (12, 32, 20, 128)], ids=str)
@pytest.mark.parametrize("kind", ["tanh", "relu", "LSTM", "GRU"])
def test_pytorch_gives_the_same_forward_and_back(kind, shape):
    """Seconds on a busy machine, where it is the first to import PyTorch: equations of a second author."""
    from helpers.lessons.lesson10 import pytorch

    def tensor(a):
        return pytorch.torch.tensor(a, requires_grad=True)

    cell, p, x, state, rng = problem(kind, shape)
    h, last, cache = cell.forward(p, x, state)
    d_h, d_last = rng.standard_normal(h.shape), tuple(rng.standard_normal(s.shape) for s in last)
    grads, d_x, d_state = cell.backward(p, d_h, cache, d_last)

    layer, their_x, starts = pytorch.to_torch(cell, p), tensor(x), [tensor(s[None]) for s in state]
    their_h, ends = layer(their_x, tuple(starts) if kind == "LSTM" else starts[0])
    ends = ends if kind == "LSTM" else (ends,)
    pytorch.torch.autograd.backward([their_h, *ends], list(map(tensor, [d_h, *(d[None] for d in d_last)])))
    theirs = pytorch.gradients(cell, layer)
    pairs = [(h, their_h.detach()), (d_x, their_x.grad), *((grads[name], theirs[name]) for name in grads)]
    pairs += [(s, end[0].detach()) for s, end in zip(last, ends, strict=True)]
    pairs += [(d, start.grad[0]) for d, start in zip(d_state, starts, strict=True)]
    assert all(np.allclose(ours, np.asarray(other), rtol=0, atol=1e-10) for ours, other in pairs)
    assert set(theirs) == set(grads)


def onnx_lstm(X, W, R, B, P, h, c):
    """The equations of ONNX's operator LSTM with its default activations, as its page has them: gates in the
    order i, o, f, c; X (T, B, D), W (4H, D), R (4H, H), B (8H,) = [Wb, Rb], P (3H,) = [p_i, p_o, p_f]."""
    def logistic(a):
        return 1 / (1 + np.exp(-a))

    H = R.shape[1]
    (Wi, Wo, Wf, Wc), (Ri, Ro, Rf, Rc) = np.split(W, 4), np.split(R, 4)
    (Wbi, Wbo, Wbf, Wbc, Rbi, Rbo, Rbf, Rbc), (Pi, Po, Pf) = np.split(B, 8), (P[:H], P[H : 2 * H], P[2 * H :])
    Y = []
    for Xt in X:
        it = logistic(Xt @ Wi.T + h @ Ri.T + Pi * c + Wbi + Rbi)
        ft = logistic(Xt @ Wf.T + h @ Rf.T + Pf * c + Wbf + Rbf)
        ct = np.tanh(Xt @ Wc.T + h @ Rc.T + Wbc + Rbc)
        c = ft * c + it * ct
        ot = logistic(Xt @ Wo.T + h @ Ro.T + Po * c + Wbo + Rbo)
        h = ot * np.tanh(c)
        Y.append(h)
    return np.array(Y), h, c


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_lstm_with_peepholes_follows_the_equations_of_onnx(shape):
    (T, B, D, H), rng = shape, np.random.default_rng([7, *shape])
    X, h, c = rng.standard_normal((T, B, D)), rng.standard_normal((B, H)), 2 * rng.standard_normal((B, H))
    W, R, Wb_Rb, P = (rng.standard_normal(size) for size in ((4 * H, D), (4 * H, H), 8 * H, 3 * H))
    Y, Y_h, Y_c = onnx_lstm(X, W, R, Wb_Rb, P, h, c)

    cell = PeepholeLSTM(D, H)
    p = cell.init(np.random.default_rng(0))
    ifog = np.concatenate([np.arange(gate * H, (gate + 1) * H) for gate in (0, 2, 1, 3)])    # from i, o, f, c
    p.W_xh, p.W_hh, p.b_h = W[ifog].T, R[ifog].T, (Wb_Rb[: 4 * H] + Wb_Rb[4 * H :])[ifog]
    p.p_i, p.p_o, p.p_f = P.reshape(3, H)
    found, (last_h, last_c), _ = cell.forward(p, X, (h, c))
    assert close(found, Y) and close(last_h, Y_h) and close(last_c, Y_c)


@every_cell
def test_weights_start_small_random_and_different_in_every_gate(kind):
    cell = CELLS[kind](6, 16)
    p = cell.init(np.random.default_rng(1))
    assert {name: a.shape for name, a in p.items()} == cell.shapes
    for W in (p.W_xh, p.W_hh):
        assert 0.2 < np.abs(W).max() <= 1 / 4
        gates = [W[:, k : k + 16] for k in range(0, W.shape[1], 16)]
        assert not any(np.array_equal(a, b) for a, b in itertools.combinations(gates, 2))
    assert np.array_equal(p.vector, cell.init(np.random.default_rng(1)).vector)
    assert not np.array_equal(p.vector, cell.init(np.random.default_rng(2)).vector)
    assert cell.init(np.random.default_rng(1), scale=0.01).W_hh.std() == pytest.approx(0.01, rel=0.2)


def test_biases_start_at_zero_except_the_forget_gates():
    rng = np.random.default_rng(0)
    assert not RNN(3, 2).init(rng).b_h.any()
    gru = GRU(3, 2).init(rng)
    assert not gru.b_h.any() and not gru.b_hn.any()
    assert LSTM(3, 2).init(rng).b_h.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert LSTM(3, 2).init(rng, forget_bias=-2).b_h.tolist() == [0, 0, -2, -2, 0, 0, 0, 0]


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
    cell, p, x, state, rng = problem(kind, size, seed, symbols, dtype)
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
    cell, p, x, state, _ = problem(kind, size, seed, dtype=dtype)
    p.vector *= dtype(10) ** exponent
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        h, last, cache = cell.forward(p, x * dtype(10) ** exponent, state)
        step_h = stepper(cell, p, state)(x[0] * dtype(10) ** exponent)
    keeps = cell.state_names == ("h",) and cell.gates(cache)             # a gate can keep the first state
    bound = max(1, np.abs(state[0]).max()) if keeps else 1
    assert np.abs(h).max() <= bound * (1 + 1e-6) and np.abs(step_h).max() <= bound * (1 + 1e-6)
    assert all(np.isfinite(s).all() for s in last)
    assert all(np.isfinite(gate).all() for gate in cell.gates(cache).values())


# (name in the message, what is done): each is refused, and nothing has changed after it.
T, B, V, H = 4, 2, 3, 5
FLOATS, SYMBOLS = np.zeros((T, B, V)), np.zeros((T, B), int)


def states(cell, batch=B):
    return tuple(np.zeros((batch, H)) for _ in cell.state_names)


def larger(cell):
    return type(cell)(V, H + 1).init(np.random.default_rng(0))


def cache_of_a_gru(cell):
    return GRU(V, H).forward(GRU(V, H).init(np.random.default_rng(0)), SYMBOLS)[2]


FORWARD = {
    "x of one axis": ("x", lambda c: {"x": SYMBOLS[0]}),
    "x of no steps": ("x", lambda c: {"x": SYMBOLS[:0]}),
    "x too wide": ("x", lambda c: {"x": np.zeros((T, B, V + 1))}),
    "symbol too large": ("x", lambda c: {"x": SYMBOLS + V}),
    "symbol below 0": ("x", lambda c: {"x": SYMBOLS - 1}),
    "nan in x": ("x", lambda c: {"x": FLOATS * np.nan}),
    "bool x": ("x", lambda c: {"x": SYMBOLS > 0}),
    "text for x": ("x", lambda c: {"x": "hello"}),
    "nothing for x": ("x", lambda c: {"x": None}),
    "state of another batch": ("state", lambda c: {"state": states(c, batch=B + 1)}),
    "too many states": ("state", lambda c: {"state": (*states(c), np.zeros((B, H)))}),
    "no tuple": ("state", lambda c: {"state": np.zeros((B, H))}),
    "nan in state": ("state", lambda c: {"state": tuple(s * np.nan for s in states(c))}),
    "parameters of another size": ("p", lambda c: {"p": larger(c)}),
    "parameters without names": ("p", lambda c: {"p": np.zeros(40)}),
    "parameters lacking one": ("p", lambda c: {"p": Parameters({"W_xh": c.shapes["W_xh"]})}),
}
BACKWARD = {
    "d_h of other length": ("d_h", lambda c: {"d_h": np.zeros((T + 1, B, H))}),
    "d_h that would broadcast": ("d_h", lambda c: {"d_h": np.zeros((T, 1, H))}),
    "d_state of another batch": ("d_state", lambda c: {"d_state": states(c, batch=1)}),
    "no cache": ("cache", lambda c: {"cache": None}),
    "another cell's cache": ("cache", lambda c: {"cache": cache_of_a_gru(c)}),
    "parameters of another dtype": ("p", lambda c: {"p": c.init(np.random.default_rng(0), dtype=np.float32)}),
    "grads of another size": ("grads", lambda c: {"grads": larger(c).zeros_like()}),
}


@pytest.mark.parametrize("case", [*FORWARD, *BACKWARD])
@every_cell
def test_what_does_not_fit_is_refused_and_changes_nothing(kind, case):
    name, spoil = (FORWARD | BACKWARD)[case]
    cell, p, x, state, _ = problem(kind, (T, B, V, H), symbols=True)
    h, _, cache = cell.forward(p, x, state)
    d_h = np.ones_like(h)
    grads, _, _ = cell.backward(p, d_h, cache)
    room, before = grads.copy(), [h.copy(), p.vector.copy()]
    call, given = ((cell.forward, {"x": x, "state": state}) if case in FORWARD else
                   (cell.backward, {"d_h": d_h, "grads": room}))
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        call(**{"p": p, "cache": cache, **given, **spoil(cell)})
    assert all(map(np.array_equal, [h, p.vector, room.vector], [*before, grads.vector]))
    assert np.array_equal(cell.backward(p, d_h, cache)[0].vector, grads.vector)
