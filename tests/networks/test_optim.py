"""Optimisers move the weights as their formulas say; clipping shortens or bounds a gradient."""

import copy

import numpy as np
import pytest

from helpers.networks import SGD, Adagrad, Adam, Parameters, RMSProp, clip_norm, clip_value

OPTIMIZERS = {
    "SGD": lambda rate: SGD(rate),
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "Adagrad": lambda rate: Adagrad(rate),
    "RMSProp": lambda rate: RMSProp(rate),
    "Adam": lambda rate: Adam(rate),
}
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


def vector(*numbers, dtype=np.float64) -> Parameters:
    return Parameters({"w": (len(numbers),)}, np.array(numbers, dtype))


def as_it_stands(optimizer, *parameters):
    """All that an update may change, copied."""
    memory = {name: a.copy() for name, a in optimizer.memory.items()}
    return optimizer.updates, optimizer.learning_rate, memory, *(p.vector.copy() for p in parameters)


@pytest.mark.parametrize("optimizer, gradients, expected", [
    (SGD(0.1), [0.5, -0.25], [0.95, 0.975]),
    (SGD(0.1, momentum=0.9), [0.5, -0.25], [0.95, 0.93]),            # v = 0.5, then 0.45 - 0.25 = 0.2
    (Adagrad(0.1), [3, 4], [0.9, 0.82]),                             # s = 9, then 25
    (RMSProp(0.1, rho=0.75), [2, 1], [0.8, 0.7]),                    # s = 1, then 0.75 + 0.25 = 1
    (Adam(0.1, beta1=0.5, beta2=0.75), [2, 2, -3],                   # then m = -0.75 / 0.875 = -6 / 7
     [0.9, 0.8, 0.8 + 0.1 * (6 / 7) / (228 / 37) ** 0.5]),           # and v = 3.5625 / 0.578125 = 228 / 37
    (Adam(0.1, beta1=0.5, beta2=0.75), [2, -1], [0.9, 0.9]),         # m = 1, then 0.5 - 0.5 = 0
], ids=["SGD", "momentum", "Adagrad", "RMSProp", "Adam", "Adam at m = 0"])
def test_a_weight_moves_as_worked_out_by_hand(optimizer, gradients, expected):
    p, seen = vector(1.0), []
    for g in gradients:
        optimizer.update(p, vector(g))
        seen.append(p.w[0])
    assert seen == pytest.approx(expected, abs=1e-7)
    assert optimizer.updates == len(gradients)


@pytest.mark.torch
@pytest.mark.parametrize("optimizer, name, settings", [
    (SGD(0.05), "SGD", {}),
    (SGD(0.05, momentum=0.9), "SGD", {"momentum": 0.9}),
    (Adagrad(0.1), "Adagrad", {}),
    (Adagrad(0.1, eps=1e-3), "Adagrad", {"eps": 1e-3}),
    (RMSProp(0.01), "RMSprop", {}),
    (RMSProp(0.01, rho=0.9, eps=1e-3), "RMSprop", {"alpha": 0.9, "eps": 1e-3}),
    (Adam(0.01), "Adam", {}),
    (Adam(0.01, beta1=0.8, beta2=0.95, eps=1e-3), "Adam", {"betas": (0.8, 0.95), "eps": 1e-3}),
])
def test_a_hundred_updates_agree_with_pytorch(optimizer, name, settings):
    import torch

    rng = np.random.default_rng(0)
    p = Parameters({"W": (4, 3), "b": (3,)}, rng.standard_normal(15))
    theirs = torch.tensor(p.vector.copy(), requires_grad=True)
    their_optimizer = getattr(torch.optim, name)([theirs], lr=optimizer.learning_rate, **settings)
    grads = p.zeros_like()
    for _ in range(100):
        grads.vector = rng.standard_normal(15) * 10.0 ** rng.integers(-6, 3, size=15)
        grads.W[0] = 0
        theirs.grad = torch.tensor(grads.vector.copy())
        optimizer.update(p, grads)
        their_optimizer.step()
        assert np.allclose(p.vector, theirs.detach().numpy(), rtol=0, atol=1e-10)


@every_optimizer
def test_the_learning_rate_can_be_changed_at_any_time(name):
    slow, fast, p = OPTIMIZERS[name](0.001), OPTIMIZERS[name](0.001), vector(1.0)
    q = p.copy()
    fast.learning_rate = 0.002
    slow.update(p, vector(0.5))
    fast.update(q, vector(0.5))
    assert 1 - q.w[0] == pytest.approx(2 * (1 - p.w[0]))
    assert fast.learning_rate == 0.002 and "0.002" in repr(fast)


@pytest.mark.parametrize("bad", [
    vector(1.0, 2.0, 3.0), Parameters({"v": (2,)}), Parameters({"w": (1, 2)}),
    vector(1.0, 2.0, dtype=np.float32),
], ids=["length", "name", "shape", "dtype"])
@every_optimizer
def test_a_failed_update_changes_nothing(name, bad):
    optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0)
    optimizer.update(p, vector(0.5, 0.25))
    untouched, twin = p.copy(), copy.deepcopy(optimizer)
    before = as_it_stands(optimizer, p)
    with pytest.raises(ValueError, match="grads"):
        optimizer.update(p, bad)
    np.testing.assert_equal(as_it_stands(optimizer, p), before)
    for o, q in ((optimizer, p), (twin, untouched)):
        o.update(q, vector(0.5, -1.0))
    assert np.array_equal(p.vector, untouched.vector), "and the next update is as if it had not been"


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e150])
def test_clipping_the_norm_keeps_the_direction(scale):
    grads = Parameters({"W": (3, 4), "b": (4,)}, scale * np.random.default_rng(0).standard_normal(16))
    before = grads.vector.copy()
    norm = np.linalg.norm(before)
    assert clip_norm(grads, 0.5) == pytest.approx(norm, rel=1e-12)
    assert np.linalg.norm(grads.vector) == pytest.approx(min(norm, 0.5), rel=1e-12)
    assert np.allclose(grads.vector / min(norm, 0.5), before / norm, rtol=1e-12, atol=0)


def test_a_short_gradient_is_left_exactly_as_it_is():
    grads = vector(0.3, -0.4)
    assert clip_norm(grads, 0.51) == pytest.approx(0.5) and grads.w.tolist() == [0.3, -0.4]
    assert clip_norm(vector(0.0, 0.0), 1) == 0


def test_clipping_values_bounds_every_entry_and_tells_the_share():
    grads = vector(0.5, -3.0, 7.0, -0.25)
    assert clip_value(grads, 2) == 0.5
    assert grads.w.tolist() == [0.5, -2, 2, -0.25]
    assert clip_value(grads, 2) == 0 and grads.w.tolist() == [0.5, -2, 2, -0.25]


def test_norm_clipping_keeps_the_direction_of_a_gradient_too_large_to_be_squared():
    grads = Parameters({"W": (2,)})
    grads.W = [3e200, 4e200]
    clip_norm(grads, 5.0)
    assert np.allclose(grads.W, [3, 4])
