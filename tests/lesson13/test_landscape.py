"""What lesson 13 shows: the flip-flop, its fixed points, pushes, damage, random networks, pictures."""

import numpy as np
import pytest
from effects import sees

from helpers.lessons.lesson13 import (
    ablate,
    bits_over_time,
    cube,
    exponents_by_gain,
    find_fixed_points,
    fixed_point_sign,
    fixed_points_of,
    flip_flop,
    landscape,
    means_of_visited,
    memory_by_lag,
    new_model,
    plot_found_by_starts,
    plot_noise_and_gradient,
    predicted_exponent,
    random_network,
    read_bits,
    reservoir,
    residual_and_jacobian,
    resting_unit,
    run_free,
    sorted_points,
    train_flip_flop,
    trained_flip_flop,
    unstable_directions,
    visited_states,
)
from helpers.lessons.lesson13.flipflop import wrong_at_the_end
from helpers.lessons.lesson13.landscape import KINDS, NUMBERS
from helpers.lessons.lesson13.lyapunov import exponents
from helpers.lessons.lesson13.pictures import turned
from helpers.lessons.lesson13.reservoir import memory_curve
from helpers.lessons.lesson13.stage_checks import three_wells
from helpers.networks import spectral_radius
from helpers.pictures import frame_key
from helpers.runs import load_run

MODEL = trained_flip_flop()
P = MODEL.params


@pytest.fixture(scope="module")
def points():
    return fixed_points_of(MODEL)


# --- the task and the network ---

def test_what_is_wanted_is_the_last_pulse_of_each_bit():
    task = flip_flop(np.random.default_rng(0), length=40, batch=3)
    assert task.starts_over and set(np.unique(task.inputs)) == {-1, 0, 1} and task.inputs[0].all()
    for t in range(40):
        for b in range(3):
            for bit in range(3):
                told = [x for x in task.inputs[: t + 1, b, bit] if x]
                assert task.targets[t, b, bit] == told[-1]


@pytest.mark.parametrize("wrong", [{"length": 0}, {"batch": -1}, {"often": 1.0}])
def test_a_task_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        flip_flop(np.random.default_rng(0), **{"length": 5, "batch": 2, **wrong})


@sees(("a thousandth of the rate", train_flip_flop, "= RATE * (1", "= 0.001 * RATE * (1"))
def test_learning_lowers_the_loss():
    rng = np.random.default_rng(0)
    losses = [step.loss for step in train_flip_flop(new_model(rng, 16), rng, updates=60)]
    assert len(losses) == 60 and np.mean(losses[-5:]) < 0.8 * losses[0]


def test_the_shipped_network_does_its_task_and_keeps_for_ever(points):
    task = flip_flop(np.random.default_rng(1), length=100, batch=32)
    h, _, _ = MODEL.cell.forward(P, task.inputs)
    assert np.array_equal(np.sign(read_bits(P, h)), task.targets)
    assert np.abs(run_free(P, points["corner"], 2000)[-1] - points["corner"]).max() < 1e-9


def test_networks_fail_only_where_nothing_near_is_left_and_not_all_of_them():
    found = {(run.parameters["often"], run.parameters["last"]): [] for run in load_run("13/distances")}
    for run in load_run("13/distances"):
        found[run.parameters["often"], run.parameters["last"]].append(run.value)
    fail = {setting: sum(value > 0.005 for value in values) for setting, values in found.items()}
    assert fail == {(0.1, False): 0, (0.1, True): 0, (0.0, False): 0, (0.0, True): 5}
    assert {len(values) for values in found.values()} == {20}


def test_a_network_that_has_learnt_nothing_is_wrong_about_half_of_the_time():
    wrong = wrong_at_the_end(np.random.default_rng(0), often=0.0, last=True, updates=1)
    assert 0.3 < wrong < 0.7


# --- fixed points ---

def test_the_cube_has_its_27_points(points):
    assert tuple(points) == KINDS and tuple(map(len, points.values())) == NUMBERS
    found = np.concatenate(list(points.values()))
    assert max(np.abs(residual_and_jacobian(P, h)[0]).max() for h in found) < 1e-10
    assert sum(fixed_point_sign(P, h) for h in found) == 1
    places = {tuple(place) for place in np.round(read_bits(P, found)).astype(int).tolist()}
    assert len(places) == 27
    for unstable, (_kind, some) in enumerate(points.items()):
        assert [int((np.round(read_bits(P, h)) == 0).sum()) for h in some] == [unstable] * len(some)


def test_twenty_networks_have_the_same_cube():
    runs = load_run("13/searches")
    assert sorted(run.seed for run in runs) == list(range(20))
    for run in runs:
        assert run.value["kinds"] == list(NUMBERS) and run.value["wrong"] == [0]
        assert (run.value["means"][-1], run.value["both"][-1]) == (27, 27)
        assert run.value["signs"][-1] == run.value["all signs"][-1] == 1
    assert [run.value["visited"][-1] for run in runs].count(8) == 19


def test_visited_states_are_visited_and_means_lie_between():
    visited = visited_states(MODEL, np.random.default_rng(0))
    means = means_of_visited(np.random.default_rng(0), visited, 50)
    assert visited.shape == (3200, 64) and means.shape == (50, 64)
    assert (means >= visited.min(0)).all() and (means <= visited.max(0)).all()


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


def test_kinds_go_by_the_number_of_unstable_directions():
    p, starts = three_wells(np.random.default_rng(0), 60)
    p = type(p)({**{name: p[name].shape for name in p}, "W_hy": (2, 3), "b_y": (3,)})
    small, _ = three_wells(np.random.default_rng(0), 1)
    for name in small:
        p[name] = small[name]
    found = sorted_points(p, find_fixed_points(p, starts))
    assert [len(some) for some in found.values()] == [4, 4, 1, 0]
    assert sum(fixed_point_sign(p, h) for some in found.values() for h in some) == 1


# --- damage ---

def test_five_units_cost_a_bit_each_and_no_other_any(points):
    bits = np.sign(read_bits(P, points["corner"]))
    lost = {}
    for unit in range(64):
        ablated = ablate(P, [unit])
        end = np.sign(read_bits(ablated, run_free(ablated, points["corner"], 60)[-1]))
        if not (end == bits).all():
            lost[unit] = np.flatnonzero((end != bits).any(axis=0)).tolist()
    assert lost == {22: [1], 28: [2], 48: [0], 58: [2], 63: [0]}


def test_some_units_of_another_network_cost_four_memories_and_some_none(monkeypatch):
    monkeypatch.setattr(landscape, "UPDATES", 300)
    kept = landscape.memories_without(np.random.default_rng(0), 32)
    assert len(kept) == 32 and max(kept) == 8 and kept.count(4) > 3


def test_damage_leaves_the_network_and_refuses_a_unit_that_is_not_there():
    ablated = ablate(P, [3, 5])
    assert not ablated.W_hh[3].any() and not ablated.W_hy[5].any() and P.W_hh[3].any()
    with pytest.raises(ValueError, match="unit is 64"):
        ablate(P, [64])


# --- random networks ---

def test_the_first_exponent_is_the_logarithm_of_the_radius_where_a_network_comes_to_rest():
    found = exponents(np.random.default_rng(0), units=20, gain=0.7, steps=1500)["exponents"]
    W = random_network(np.random.default_rng(0), 20, 0.7)
    assert found[0] == pytest.approx(np.log(spectral_radius(W)), abs=0.005)


@sees(("slopes a hundredth too flat", exponents, "(1 - h**2)", "(1 - h**2) * 0.99"))
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


def test_theory_has_its_edge_at_one_and_noise_moves_it_to_one_and_a_half():
    assert predicted_exponent(0.7) == pytest.approx(np.log(0.7), abs=1e-4)
    assert predicted_exponent(1.03) > 0 and predicted_exponent(1.54, 0.5) < 0 < predicted_exponent(1.56, 0.5)


def test_four_hundred_units_lie_on_the_curve_when_there_is_noise():
    found: dict[float, list[float]] = {}
    for run in load_run("13/exponents"):
        if run.parameters["units"] == 400 and run.parameters["noise"] == 0.5:
            found.setdefault(run.parameters["gain"], []).append(run.value["exponents"][0])
    assert {len(values) for values in found.values()} == {20}
    assert all(abs(np.mean(values) - predicted_exponent(gain, 0.5)) < 0.005 for gain, values in found.items())


def test_a_reservoir_has_the_radius_that_is_asked_for():
    rng = np.random.default_rng(0)
    assert spectral_radius(reservoir(rng, 30, 0.9)) == pytest.approx(0.9)
    W = reservoir(rng, 30, 1.1, "orthogonal")
    assert np.allclose(W @ W.T, 1.21 * np.eye(30))
    with pytest.raises(ValueError, match="matrix is 'round'"):
        reservoir(rng, 3, 1, "round")


@sees(("the state before is read", memory_curve, "states[first:]", "states[first - 1 : -1]"))
def test_a_memory_of_few_units_is_no_larger_than_they_are():
    rng = np.random.default_rng(0)
    told = memory_curve(rng, 0.9, 0.1, "orthogonal", units=10, steps=400, lags=30)["told"]
    assert len(told) == 30 and told[0] > 0.8 and 5 < sum(told) < 10.5


def test_capacities_are_those_of_the_text():
    def mean(matrix, radius, size):
        return np.mean([sum(run.value["told"]) for run in load_run("13/memory")
                        if run.parameters == {"matrix": matrix, "radius": radius, "size": size}])
    assert 80 < mean("orthogonal", 1.0, 0.1) < 90 and 30 < mean("random", 1.0, 0.1) < 33
    assert mean("orthogonal", 1.0, 0.01) < 60 and mean("orthogonal", 0.95, 0.01) > 99
    assert 10 < mean("random", 1.0, 1.0) < mean("orthogonal", 1.0, 1.0) < 17


# --- pictures ---

def test_a_cube_that_is_turned_keeps_its_lengths():
    axes = np.eye(3)
    assert np.allclose(turned(axes, 0, 0), [[1, 0], [0, 0], [0, 1]])
    assert np.allclose(turned(axes, 90, 0), [[0, 0], [-1, 0], [0, 1]])
    assert np.allclose((turned(axes, 33, 21) ** 2).sum(), 2)


def test_a_dashboard_sends_only_what_moves():
    corners = {"corner": np.eye(3), "edge": -np.eye(3), "face": np.ones((1, 3)), "centre": np.zeros((1, 3))}
    way = [np.linspace([0, 0, 0], [1, -1, 1], 9)]
    for moved in ([resting_unit(0.5, 0.3, -1), resting_unit(2.5, -0.1, 1)],
                  [cube(corners, 25, 20, way), cube(corners, -90, 90), cube({"corner": np.eye(3)}, 0, 0)]):
        keys = {frame_key(picture.figure) for picture in moved}
        assert len(keys) == 1 and None not in keys
    assert None not in {frame_key(plot_found_by_starts(load_run("13/searches"), signs).figure)
                        for signs in (False, True)}


def test_sentences_say_the_numbers(points):
    places = {kind: read_bits(P, some) for kind, some in points.items()}
    assert cube(places, 10, 5).sentence == (
        "The 27 fixed points are 8 corners, 12 edges, 6 faces and 1 centre, turned by 10 and tilted by 5 "
        "degrees.")
    assert "3 fixed points, −0.96, 0.00, 0.96, of which 2 are stable" in resting_unit(2.0).sentence
    assert "1 fixed point, 0.00, of which 1 is stable" in resting_unit(0.5).sentence
    assert "8 to 9 (visited states)" in plot_found_by_starts(load_run("13/searches")).sentence
    assert "above 0.005 from gain 1.5 on" in exponents_by_gain(load_run("13/exponents"), 100, 0.0).sentence
    assert "0.9 to 0.9 inputs (orthogonal)" in memory_by_lag({"orthogonal": [[0.5, 0.4]]}).sentence


def test_what_a_picture_cannot_show_is_refused():
    with pytest.raises(ValueError, match="unknown kind hill"):
        cube({"hill": np.zeros((1, 3))})
    with pytest.raises(ValueError, match="Both need attractor and highway"):
        plot_noise_and_gradient({"attractor": np.ones(2)}, {"highway": np.ones(2)}, 0.1)
    with pytest.raises(ValueError, match="There is no run with 50 units"):
        exponents_by_gain(load_run("13/exponents"), 50)
    with pytest.raises(ValueError, match="one to three"):
        memory_by_lag({})
    with pytest.raises(ValueError, match="Both need the shape"):
        bits_over_time(np.zeros((3, 2)), np.zeros((3, 3)))
