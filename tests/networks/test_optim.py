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


@pytest.mark.parametrize("bad", [
    vector(1.0, 2.0, 3.0), Parameters({"v": (2,)}), vector(1.0, 2.0, dtype=np.float32),
], ids=["length", "name", "dtype"])
@every_optimizer
def test_after_a_failed_update_the_next_is_as_if_it_had_not_been(name, bad):
    optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0)
    optimizer.update(p, vector(0.5, 0.25))
    untouched, twin = p.copy(), copy.deepcopy(optimizer)
    with pytest.raises(ValueError, match="grads"):
        optimizer.update(p, bad)
    for o, q in ((optimizer, p), (twin, untouched)):
        o.update(q, vector(0.5, -1.0))
    assert np.array_equal(p.vector, untouched.vector) and optimizer.updates == twin.updates == 2


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 1e3, 1e200])     # whose square is too large for a number
def test_clipping_the_norm_keeps_the_direction(scale):
    grads = Parameters({"W": (3, 4), "b": (4,)}, scale * np.random.default_rng(0).standard_normal(16))
    before = grads.vector.copy()
    norm = np.linalg.norm(before / (scale or 1)) * scale
    assert clip_norm(grads, 0.5) == pytest.approx(norm if scale < 1e200 else np.inf, rel=1e-12)
    assert np.linalg.norm(grads.vector) == pytest.approx(min(norm, 0.5), rel=1e-12)
    assert np.allclose(grads.vector, before * (min(norm, 0.5) / norm if norm else 1), rtol=1e-12, atol=0)
    assert norm > 0.5 or np.array_equal(grads.vector, before), "a short one is left exactly as it is"


def test_clipping_values_bounds_every_entry_and_tells_the_share():
    grads = vector(0.5, -3.0, 7.0, -0.25)
    assert clip_value(grads, 2) == 0.5
    assert grads.w.tolist() == [0.5, -2, 2, -0.25]
    assert clip_value(grads, 2) == 0 and grads.w.tolist() == [0.5, -2, 2, -0.25]
