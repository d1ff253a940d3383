"""Every cell: what goes forward follows the equations, what comes back is its gradient."""

import itertools

import numpy as np
import pytest
from common import CELLS, by_the_plain_cell, every_cell, stepper

from helpers.networks import GRU, LSTM, RNN, PeepholeLSTM, PlainCell, numerical_gradient, relative_error

SHAPES = [  # T, B, D, H
    (1, 1, 1, 1), (1, 1, 3, 4), (5, 1, 3, 4), (5, 3, 3, 4),
    (1, 4, 2, 3), (9, 2, 4, 1), (2, 7, 1, 3), (4, 2, 6, 5),
]
LARGE = (20, 32, 9, 128)   # work is cut into blocks of time steps, products into blocks of columns
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def problem(kind, shape, seed=0, symbols=False):
    """A cell with random weights and biases, an input, a state that is not zero; and its generator."""
    T, B, D, H = shape
    cell = CELLS[kind](D, H)
    if shape == LARGE and isinstance(cell, PlainCell):          # which cuts nothing into blocks
        return problem(kind, (6, 7, D, 16), seed, symbols)
    rng = np.random.default_rng([seed, *shape])
    p = cell.init(rng)
    for name in p:
        if name.startswith("b"):
            p[name] = 0.3 * rng.standard_normal(p[name].shape)
    x = rng.integers(D, size=(T, B)) if symbols else rng.standard_normal((T, B, D))
    state = tuple(0.5 * rng.standard_normal((B, H)) for _ in cell.state_names)
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


@pytest.mark.parametrize("symbols", [False, True], ids=["floats", "symbols"])
@every_cell
def test_going_back_twice_gives_the_same_and_keeps_the_first_result(kind, symbols):
    cell, p, x, state, rng = problem(kind, (5, 3, 3, 4), symbols=symbols)
    h, _, cache = cell.forward(p, x, state)
    d_h, h_before = rng.standard_normal(h.shape), h.copy()
    d_h_before = d_h.copy()
    grads, d_x, d_state = cell.backward(p, d_h, cache)
    kept = grads.vector.copy(), np.copy(d_x), d_state[0].copy()
    again, d_x_again, d_state_again = cell.backward(p, d_h, cache)
    assert close(again.vector, kept[0]) and np.array_equal(grads.vector, kept[0])
    assert close(d_state_again[0], kept[2]) and np.array_equal(d_state[0], kept[2])
    if not symbols:
        assert close(d_x_again, kept[1]) and np.array_equal(d_x, kept[1])
    assert np.array_equal(d_h, d_h_before) and np.array_equal(h, h_before)


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


@pytest.mark.parametrize("batch", [1, 3])
def test_lstm_gates_multiply_out_to_its_states(batch):
    cell, p, x, state, _ = problem("LSTM", (6, batch, 3, 4))
    h, last, cache = cell.forward(p, x, state)
    gates = cell.gates(cache)
    assert list(gates) == ["i", "f", "o", "g"] and all(gate.shape == h.shape for gate in gates.values())
    c = state[1]
    for h_t, i, f, o, g in zip(h, *gates.values(), strict=True):
        c = f * c + i * g
        assert close(h_t, o * np.tanh(c))
    assert close(c, last[1])


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


@every_shape
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


@pytest.mark.parametrize("batch", [1, 3])
def test_gru_gates_multiply_out_to_its_state(batch):
    cell, p, x, state, _ = problem("GRU", (6, batch, 3, 4))
    h, _, cache = cell.forward(p, x, state)
    gates = cell.gates(cache)
    assert list(gates) == ["r", "z", "n"] and all(gate.shape == h.shape for gate in gates.values())
    for h_prev, h_t, x_t, r, z, n in zip([state[0], *h[:-1]], h, x, *gates.values(), strict=True):
        assert close(h_t, (1 - z) * n + z * h_prev)
        assert close(n, np.tanh(x_t @ p.W_xh[:, 8:] + p.b_h[8:] + r * (h_prev @ p.W_hh[:, 8:] + p.b_hn)))


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
