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


@pytest.mark.parametrize("fault", [None, "W_xh", "W_hh", "b_h", "W_hy", "b_y"])
def test_the_check_finds_a_planted_fault_where_it_is_and_leaves_the_model_as_it_was(fault):
    class Faulty(CharModel):
        def loss_and_grads(self, *given):
            loss, grads, state = super().loss_and_grads(*given)
            if fault:
                grads[fault].flat[-1] *= -1
            return loss, grads, state

    rng = np.random.default_rng(0)
    model = Faulty(RNN(4, 5), rng)
    before = model.params.vector.copy()
    errors = gradient_check(model, *rng.integers(4, size=(2, 6, 3)), (0.5 * rng.standard_normal((3, 5)),))
    assert list(errors) == ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]
    assert {name for name, error in errors.items() if error > 1e-4} == ({fault} if fault else set())
    assert all(error < 1e-7 for name, error in errors.items() if name != fault)
    assert np.array_equal(model.params.vector, before)
