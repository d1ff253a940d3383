"""Optimisers move the weights as their formulas say; clipping shortens or bounds a gradient."""

import copy

import numpy as np
import pytest

from helpers.networks import SGD, Adagrad, Adam, Diverged, Parameters, RMSProp, clip_norm, clip_value

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
def test_the_gradient_is_only_read(name):
    grads = vector(1.0, -2.0)
    OPTIMIZERS[name](0.1).update(vector(0.0, 0.0), grads)
    assert grads.w.tolist() == [1, -2]


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_in_weights_and_memory(name, dtype):
    optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0, dtype=dtype)
    for _ in range(3):
        optimizer.update(p, vector(0.5, -0.5, dtype=dtype))
    assert p.vector.dtype == dtype and all(a.dtype == dtype for a in optimizer.memory.values())


@every_optimizer
def test_a_weight_with_no_gradient_yet_stays(name):
    p = vector(1.0, 1.0)
    OPTIMIZERS[name](0.1).update(p, vector(0.0, 1.0))
    assert p.w[0] == 1 and p.w[1] < 1


@every_optimizer
def test_the_learning_rate_can_be_changed_at_any_time(name):
    slow, fast, p = OPTIMIZERS[name](0.001), OPTIMIZERS[name](0.001), vector(1.0)
    q = p.copy()
    fast.learning_rate = 0.002
    slow.update(p, vector(0.5))
    fast.update(q, vector(0.5))
    assert 1 - q.w[0] == pytest.approx(2 * (1 - p.w[0]))
    assert fast.learning_rate == 0.002 and "0.002" in repr(fast)


@every_optimizer
def test_a_copied_optimiser_goes_on_by_itself(name):
    optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0)
    optimizer.update(p, vector(0.5, 0.25))
    twin, q = copy.deepcopy(optimizer), p.copy()
    for _ in range(3):
        optimizer.update(p, vector(0.1, -1.0))
    for _ in range(3):
        twin.update(q, vector(0.1, -1.0))
    assert np.array_equal(p.vector, q.vector) and twin.updates == optimizer.updates == 4


@every_optimizer
def test_what_cannot_be_updated_says_why_and_changes_nothing(name):
    for wrong in (np.nan, np.inf):
        optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0)
        with pytest.raises(Diverged, match="gradient has nan or infinity"):
            optimizer.update(p, vector(0.5, wrong))
        assert list(p.vector) == [1.0, 2.0] and optimizer.updates == 0
    with pytest.raises(Diverged, match="update is too large"):
        SGD(1e300).update(vector(1.0), vector(1e300))


SHARES = [(lambda v: SGD(0.1, momentum=v), "momentum"), (lambda v: RMSProp(0.1, rho=v), "rho"),
          (lambda v: Adam(0.1, beta1=v), "beta1"), (lambda v: Adam(0.1, beta2=v), "beta2")]
ABOVE_0 = [*((make, "learning_rate") for make in OPTIMIZERS.values()),
           (lambda v: setattr(SGD(0.1), "learning_rate", v), "learning_rate"),
           *((lambda v, make=make: make(0.1, eps=v), "eps") for make in (Adagrad, RMSProp, Adam)),
           (lambda v: clip_norm(vector(3.0, 4.0), v), "max_norm"),
           (lambda v: clip_value(vector(3.0, 4.0), v), "limit")]


@pytest.mark.parametrize(("make", "argument", "value"), [
    *((*one, value) for one in SHARES + ABOVE_0
      for value in (-0.1, float("nan"), float("inf"), "0.9", None, 1j)),
    *((*one, value) for one in SHARES for value in (1.0, 1.5)),
    *((*one, value) for one in ABOVE_0 for value in (0, True))])
def test_an_impossible_number_is_refused_by_its_name(make, argument, value):
    with pytest.raises((ValueError, TypeError), match=argument):
        make(value)


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


@pytest.mark.parametrize("name", ["momentum", "Adagrad", "RMSProp", "Adam"])
def test_a_memory_of_one_model_is_refused_by_another(name):
    optimizer, p = OPTIMIZERS[name](0.1), vector(1.0, 2.0, 3.0)
    optimizer.update(vector(1.0, 2.0), vector(0.5, 0.25))
    before = as_it_stands(optimizer, p)
    with pytest.raises(ValueError):
        optimizer.update(p, vector(0.5, 0.25, 1.0))
    np.testing.assert_equal(as_it_stands(optimizer, p), before)


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
