"""The same weights in PyTorch give the same outputs, states, losses and gradients."""

from functools import partial

import numpy as np
import pytest

from helpers.networks import GRU, LSTM, RNN

pytestmark = pytest.mark.torch
try:
    import torch
    from torch import nn
except ImportError:     # all tests here are skipped
    torch = nn = None

CELLS = {
    "tanh": (partial(RNN, nonlinearity="tanh"), lambda *sizes: nn.RNN(*sizes, nonlinearity="tanh")),
    "relu": (partial(RNN, nonlinearity="relu"), lambda *sizes: nn.RNN(*sizes, nonlinearity="relu")),
    "LSTM": (LSTM, lambda *sizes: nn.LSTM(*sizes)),
    "GRU": (GRU, lambda *sizes: nn.GRU(*sizes)),
}
SHAPES = [(1, 1, 1, 1), (5, 1, 3, 4), (5, 3, 3, 4), (25, 1, 60, 100), (12, 32, 20, 128)]  # T, B, D, H
every_cell = pytest.mark.parametrize("kind", CELLS)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def gate_order(kind, array):
    """Columns in the other library's order: i, f, o, g and i, f, g, o differ in the last two."""
    if kind != "LSTM":
        return array
    i, f, third, fourth = np.split(array, 4, axis=-1)
    return np.concatenate([i, f, fourth, third], axis=-1)


def to_torch(kind, p, module):
    """Carry the weights over by name."""
    H = module.hidden_size
    b_hh = np.zeros_like(p.b_h)
    if kind == "GRU":
        b_hh[2 * H :] = p.b_hn
    weights = {
        "weight_ih_l0": gate_order(kind, p.W_xh).T, "weight_hh_l0": gate_order(kind, p.W_hh).T,
        "bias_ih_l0": gate_order(kind, p.b_h), "bias_hh_l0": b_hh,
    }
    module.double().load_state_dict({name: tensor(a).detach() for name, a in weights.items()})
    return module


def gradients(kind, module):
    """The module's gradients under our names."""
    g = {name: weight.grad.numpy() for name, weight in module.named_parameters()}
    ours = {
        "W_xh": gate_order(kind, g["weight_ih_l0"].T), "W_hh": gate_order(kind, g["weight_hh_l0"].T),
        "b_h": gate_order(kind, g["bias_ih_l0"]),
    }
    if kind == "GRU":
        ours["b_hn"] = g["bias_hh_l0"][2 * module.hidden_size :]
    return ours


def tensor(a):
    return torch.tensor(np.ascontiguousarray(a), requires_grad=np.asarray(a).dtype.kind == "f")


def close(a, b):
    return np.allclose(a, b if isinstance(b, np.ndarray) else b.detach().numpy(), rtol=0, atol=1e-10)


def with_biases(p, rng):
    for name in p:
        if name.startswith("b"):
            p[name] += 0.3 * rng.standard_normal(p[name].shape)
    return p


@every_shape
@every_cell
def test_cell_agrees_forward_and_back(kind, shape):
    T, B, D, H = shape
    rng = np.random.default_rng(shape)
    make, make_torch = CELLS[kind]
    cell = make(D, H)
    p = with_biases(cell.init(rng), rng)
    x = rng.standard_normal((T, B, D))
    state = tuple(0.5 * rng.standard_normal((B, H)) for _ in cell.state_names)
    d_h, d_last = rng.standard_normal((T, B, H)), [rng.standard_normal((B, H)) for _ in state]
    h, last, cache = cell.forward(p, x, state)
    grads, d_x, d_state = cell.backward(p, d_h, cache, tuple(d_last))

    module = to_torch(kind, p, make_torch(D, H))
    x_t, state_t = tensor(x), [tensor(s[None]) for s in state]
    h_t, last_t = module(x_t, tuple(state_t) if kind == "LSTM" else state_t[0])
    last_t = last_t if kind == "LSTM" else (last_t,)
    loss = (h_t * tensor(d_h)).sum()
    loss += sum((s[0] * tensor(d)).sum() for s, d in zip(last_t, d_last, strict=True))
    loss.backward()

    assert close(h, h_t) and all(close(ours, s[0]) for ours, s in zip(last, last_t, strict=True))
    assert close(d_x, x_t.grad)
    assert all(close(ours, s.grad[0]) for ours, s in zip(d_state, state_t, strict=True))
    theirs = gradients(kind, module)
    assert set(theirs) == set(grads)
    assert all(close(grads[name], theirs[name]) for name in grads)
