"""What lesson 13 shows: the flip-flop, its fixed points, pushes, damage, random networks."""

import numpy as np
import pytest

from helpers.lessons.lesson13 import (
    ablate,
    fixed_point_sign,
    fixed_points_of,
    flip_flop,
    random_network,
    read_bits,
    reservoir,
    residual_and_jacobian,
    run_free,
    trained_flip_flop,
    unstable_directions,
)
from helpers.lessons.lesson13.experiments import KINDS, exponents, memory_curve
from helpers.networks import spectral_radius

MODEL = trained_flip_flop()
P = MODEL.params


@pytest.fixture(scope="module")
def points():
    return fixed_points_of(MODEL)


def test_what_is_wanted_is_the_last_pulse_of_each_bit():
    task = flip_flop(np.random.default_rng(0), length=40, batch=3)
    assert task.starts_over and set(np.unique(task.inputs)) == {-1, 0, 1} and task.inputs[0].all()
    for t in range(40):
        for b in range(3):
            for bit in range(3):
                told = [x for x in task.inputs[: t + 1, b, bit] if x]
                assert task.targets[t, b, bit] == told[-1]


def test_the_shipped_network_does_its_task_and_keeps_for_ever(points):
    task = flip_flop(np.random.default_rng(1), length=100, batch=32)
    h, _, _ = MODEL.cell.forward(P, task.inputs)
    assert np.array_equal(np.sign(read_bits(P, h)), task.targets)
    assert np.abs(run_free(P, points["corner"], 2000)[-1] - points["corner"]).max() < 1e-9


def test_the_cube_has_its_27_points(points):
    assert tuple(points) == KINDS and tuple(map(len, points.values())) == (8, 12, 6, 1)
    found = np.concatenate(list(points.values()))
    assert max(np.abs(residual_and_jacobian(P, h)[0]).max() for h in found) < 1e-10
    assert sum(fixed_point_sign(P, h) for h in found) == 1
    places = {tuple(place) for place in np.round(read_bits(P, found)).astype(int).tolist()}
    assert len(places) == 27
    for unstable, (_kind, some) in enumerate(points.items()):
        assert [int((np.round(read_bits(P, h)) == 0).sum()) for h in some] == [unstable] * len(some)


def test_the_jacobian_is_what_moving_the_state_says():
    h = np.random.default_rng(0).uniform(-0.5, 0.5, 64)
    _, J = residual_and_jacobian(P, h)
    for d in 1e-6 * np.eye(64)[:3]:
        moved = (run_free(P, h + d, 1)[1] - run_free(P, h - d, 1)[1]) / 2
        assert np.allclose(moved, d @ J, atol=1e-12)


def test_a_direction_is_a_row_that_a_step_multiplies_by_its_eigenvalue(points):
    edge = points["edge"][0]
    (value,), (row,) = unstable_directions(P, edge)
    _, J = residual_and_jacobian(P, edge)
    assert np.allclose(row @ J, value.real * row) and np.linalg.norm(row) == pytest.approx(1)
    assert unstable_directions(P, points["corner"][0])[1].shape == (0, 64)


def test_a_push_off_an_edge_ends_at_one_of_its_two_corners(points):
    for edge in points["edge"]:
        _, (row,) = unstable_directions(P, edge)
        place, ends = np.round(read_bits(P, edge)), []
        for push in (0.1, -0.1):
            end = read_bits(P, run_free(P, edge + push * row, 80)[-1])
            assert np.abs(np.abs(end) - 1).max() < 0.05
            ends.append(np.round(end))
        assert (np.abs(ends[0] - ends[1]) == 2 * (place == 0)).all()


def test_damage_leaves_the_network_and_refuses_a_unit_that_is_not_there():
    ablated = ablate(P, [3, 5])
    assert not ablated.W_hh[3].any() and not ablated.W_hy[5].any() and P.W_hh[3].any()
    with pytest.raises(ValueError, match="unit is 64"):
        ablate(P, [64])


def test_the_first_exponent_is_the_logarithm_of_the_radius_where_a_network_comes_to_rest():
    found = exponents(np.random.default_rng(0), units=20, gain=0.7, steps=1500)["exponents"]
    W = random_network(np.random.default_rng(0), 20, 0.7)
    assert found[0] == pytest.approx(np.log(spectral_radius(W)), abs=0.005)


def test_exponents_come_in_order_and_their_mean_is_that_of_the_determinants():
    rng = np.random.default_rng(1)
    found = exponents(rng, units=6, gain=1.5, noise=0.5, count=6, steps=400)["exponents"]
    assert all(np.diff(found) < 0.01)
    rng = np.random.default_rng(1)
    W, h = random_network(rng, 6, 1.5), None
    h = rng.normal(size=6)
    rng.normal(size=(6, 6))
    logs = []
    for _ in range(600):
        h = np.tanh(h @ W + 0.5 * rng.normal(size=6))
        logs.append(np.linalg.slogdet(W * (1 - h**2))[1])
    assert sum(found) == pytest.approx(np.mean(logs[200:]), abs=1e-3)


def test_a_reservoir_has_the_radius_that_is_asked_for():
    rng = np.random.default_rng(0)
    assert spectral_radius(reservoir(rng, 30, 0.9)) == pytest.approx(0.9)
    W = reservoir(rng, 30, 1.1, "orthogonal")
    assert np.allclose(W @ W.T, 1.21 * np.eye(30))


def test_a_memory_of_few_units_is_no_larger_than_they_are():
    rng = np.random.default_rng(0)
    told = memory_curve(rng, 0.9, 0.1, "orthogonal", units=10, steps=400, lags=30)["told"]
    assert len(told) == 30 and told[0] > 0.8 and 5 < sum(told) < 10.5
