"""Finite differences are right, and the check built on them finds a planted fault."""

import numpy as np
import pytest

from helpers.networks import RNN, CharModel, numerical_gradient, relative_error
from helpers.networks.gradients.check import gradient_check


@pytest.mark.parametrize("f, derivative", [
    (np.sin, np.cos), (np.exp, np.exp),
    (np.tanh, lambda a: 1 - np.tanh(a) ** 2), (lambda a: a**3, lambda a: 3 * a**2),
], ids=["sin", "exp", "tanh", "cube"])
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)], ids=str)
def test_derivatives_of_known_functions(f, derivative, shape):
    a = np.array(np.random.default_rng(0).standard_normal(shape))
    before = a.copy()
    found = numerical_gradient(lambda: float(np.sum(f(a))), a)
    assert found.shape == shape and np.allclose(found, derivative(before), rtol=0, atol=1e-8)
    assert np.array_equal(a, before)


@pytest.mark.parametrize("call", [1, 2, 5])
def test_values_are_put_back_when_the_function_fails(call):
    a, calls = np.array([1.0, 0.1, 3.0]), []

    def f():
        calls.append(a.copy())
        if len(calls) == call:
            raise ZeroDivisionError
        return 0.0

    with pytest.raises(ZeroDivisionError):
        numerical_gradient(f, a)
    assert a.tolist() == [1.0, 0.1, 3.0] and calls[-1].tolist() != a.tolist()


def test_relative_error_of_equal_opposite_and_zero_arrays():
    a = np.array([3.0, 4.0])
    assert relative_error(a, a) == 0 and relative_error(a, -a) == 1 and relative_error(a, 0 * a) == 1
    assert relative_error(0 * a, 0 * a) == 0
    assert relative_error(a, a + np.array([0, 1e-6])) == pytest.approx(1e-7, rel=1e-5)


class PlainRNN(RNN):
    """The backward pass as a reader derives it, one step at a time, with one fault of choice."""

    fault = None

    def forward(self, p, x, state=None, cache=None):
        first = self.zero_state(x.shape[1])[0] if state is None else state[0]
        h, last, cache = super().forward(p, x, state, cache)
        self.seen = x, np.concatenate([first[None], h])
        return h, last, cache

    def backward(self, p, d_h, cache, d_state=None, grads=None):
        x, h = self.seen
        for name in self.shapes:
            grads[name] = 0
        dh_next = np.zeros_like(h[0])
        for t in reversed(range(len(x))):
            dh = d_h[t] if self.fault == "carry dropped" else d_h[t] + dh_next
            slope = 1 - h[t + 1] ** (1 if self.fault == "h not squared" else 2)
            da = -dh * slope if self.fault == "wrong sign" else dh * slope
            grads.W_xh += np.eye(self.input_size)[x[t]].T @ da
            grads.W_hh += h[t if self.fault != "h of the wrong step" else t + 1].T @ da
            grads.b_h += da[0] if self.fault == "batch not summed" else da.sum(axis=0)
            dh_next = da @ (p.W_hh if self.fault == "transpose missing" else p.W_hh.T)
        return grads, None, (dh_next,)


@pytest.mark.parametrize("fault, wrong", [
    (None, set()),
    ("transpose missing", {"W_xh", "W_hh", "b_h"}),
    ("carry dropped", {"W_xh", "W_hh", "b_h"}),
    ("wrong sign", {"W_xh", "W_hh", "b_h"}),
    ("h not squared", {"W_xh", "W_hh", "b_h"}),
    ("h of the wrong step", {"W_hh"}),
    ("batch not summed", {"b_h"}),
])
def test_the_check_finds_a_planted_fault_where_it_is(fault, wrong):
    rng = np.random.default_rng(0)
    cell = PlainRNN(4, 5)
    cell.fault = fault
    model = CharModel(cell, rng)
    inputs, targets = rng.integers(4, size=(2, 6, 3))
    errors = gradient_check(model, inputs, targets, (0.5 * rng.standard_normal((3, 5)),))
    assert list(errors) == ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]
    assert {name for name, error in errors.items() if error > 1e-4} == wrong
    assert all(error < 1e-7 for name, error in errors.items() if name not in wrong)


def test_the_check_leaves_the_model_as_it_was():
    rng = np.random.default_rng(0)
    model = CharModel(RNN(4, 5), rng)
    before = model.params.vector.copy()
    gradient_check(model, *rng.integers(4, size=(2, 6, 3)))
    assert np.array_equal(model.params.vector, before)
