"""The landscape of a network without input: its fixed points, what is unstable there, where a push leads."""

from collections.abc import Sequence

import numpy as np

from helpers.lessons.lesson13.flipflop import (
    UPDATES,
    flip_flop,
    new_model,
    read_bits,
    train_flip_flop,
    visited_states,
)
from helpers.lessons.lesson13.plain_newton import find_fixed_points, residual_and_jacobian
from helpers.networks import Model, Parameters, check_size
from helpers.networks.blas import one_blas_thread

KINDS = ("corner", "edge", "face", "centre")            # of a cube's 27 places, by their unstable directions
NUMBERS = (8, 12, 6, 1)


def means_of_visited(rng: np.random.Generator, visited: np.ndarray, number: int) -> np.ndarray:
    """Means (number, H) of two to eight states each, drawn from those `visited` (N, H)."""
    draws = (rng.choice(len(visited), rng.integers(2, 9), replace=False)
             for _ in range(check_size("number", number)))
    return np.array([visited[some].mean(axis=0) for some in draws])


def run_free(p: Parameters, h: np.ndarray, steps: int) -> np.ndarray:
    """The states (steps + 1, ..., H) that h (..., H) goes through without an input, h itself first."""
    states = [h]
    with one_blas_thread():
        for _ in range(steps):
            states.append(np.tanh(states[-1] @ p.W_hh + p.b_h))
    return np.array(states)


def unstable_directions(p: Parameters, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (K,) of the Jacobian at a state h (H,) that are above 1 in size, the largest first, and
    their directions (K, H), rows of length 1. A complex pair gives its real and its imaginary part."""
    _, J = residual_and_jacobian(p, h)
    with one_blas_thread():
        values, vectors = np.linalg.eig(J.T)            # rows are multiplied from the right: d @ J = value d
    beyond = [k for k in np.argsort(-np.abs(values)) if np.abs(values[k]) > 1]
    rows = [vectors[:, k].imag if values[k].imag < 0 else vectors[:, k].real for k in beyond]
    return values[beyond], np.array([row / np.linalg.norm(row) for row in rows]).reshape(-1, len(h))


def fixed_point_sign(p: Parameters, h: np.ndarray) -> int:
    """The sign of det(I - J) at a state h (H,): 1, -1, or 0."""
    _, J = residual_and_jacobian(p, h)
    return int(np.linalg.slogdet(np.eye(len(h)) - J)[0])


def sorted_points(p: Parameters, found: np.ndarray) -> dict[str, np.ndarray]:
    """Fixed points (N, H) by their number of unstable directions: "corner", "edge", "face", "centre".

    Within a kind they are sorted by their readouts, the first bit first. Points with more unstable directions
    are left out.
    """
    number = np.array([len(unstable_directions(p, h)[0]) for h in found], dtype=int)
    spelt = np.round(read_bits(p, found)).astype(int).tolist()
    order = sorted(range(len(found)), key=lambda n: spelt[n])
    return {kind: found[[n for n in order if number[n] == k]] for k, kind in enumerate(KINDS)}


def fixed_points_of(model: Model) -> dict[str, np.ndarray]:
    """The fixed points by kind, as `sorted_points` has them, of a network that learnt the flip-flop."""
    rng = np.random.default_rng(13)
    visited = visited_states(model, rng)
    starts = [visited[rng.choice(len(visited), 100, replace=False)], means_of_visited(rng, visited, 300)]
    with one_blas_thread():
        return sorted_points(model.params, find_fixed_points(model.params, np.concatenate(starts)))


def search(rng: np.random.Generator, units: int = 64) -> dict[str, list[int]]:
    """Train a network on the flip-flop, and look for its fixed points from more and more starts.

    Returns:
        "starts": how many of each kind. "visited", "means" and "both": how many points are found from visited
        states, from means of them, and from both. "signs" and "all signs": what the signs of det(I - J) add
        up to, at the points found from means and from both. "kinds": how many of the points found from both
        in the end have no, one, two, three unstable directions. "wrong": how many of 9,600 answers on new
        sequences have a wrong sign.
    """
    model = new_model(rng, units)
    for _ in train_flip_flop(model, rng, UPDATES):
        pass
    p, visited = model.params, visited_states(model, rng)
    one = visited[rng.choice(len(visited), 300, replace=False)]
    other = means_of_visited(rng, visited, 300)
    new = flip_flop(rng, 100, 32)
    h, _, _ = model.cell.forward(p, new.inputs)
    value: dict[str, list[int]] = {"starts": [10, 30, 100, 300], "visited": [], "means": [], "both": [],
                                   "signs": [], "all signs": []}
    found = np.empty((0, units))
    with one_blas_thread():
        for number in value["starts"]:
            sets = {"visited": one[:number], "means": other[:number]}
            sets["both"] = np.concatenate(list(sets.values()))
            for name, starts in sets.items():
                found = find_fixed_points(p, starts)
                value[name].append(len(found))
                signs = sum(fixed_point_sign(p, point) for point in found)
                if name != "visited":
                    value["signs" if name == "means" else "all signs"].append(signs)
    value["kinds"] = [len(points) for points in sorted_points(p, found).values()]
    value["wrong"] = [int(np.sum(np.sign(read_bits(p, h)) != new.targets))]
    return value


def memories_without(rng: np.random.Generator, units: int) -> list[int]:
    """Train a network on the flip-flop, and count the memories that are left without each unit, (H,)."""
    model = new_model(rng, units)
    for _ in train_flip_flop(model, rng, UPDATES):
        pass
    corners, kept = fixed_points_of(model)["corner"], []
    for unit in range(units):
        p = ablate(model.params, [unit])
        at_rest = read_bits(p, run_free(p, corners, 60)[-1])
        same = np.sign(at_rest) == np.sign(read_bits(model.params, corners))
        kept.append(int(same.all(axis=1).sum()))
    return kept


def ablate(p: Parameters, units: Sequence[int]) -> Parameters:
    """A copy of the parameters in which nothing receives the values of these units (from 0).

    Raises ValueError if there is no such unit.
    """
    H, ablated = len(p.b_h), p.copy()
    for unit in units:
        if not 0 <= unit < H:
            raise ValueError(f"unit is {unit}. Choose one from 0 to {H - 1}.")
        ablated["W_hh"][unit] = 0
        ablated["W_hy"][unit] = 0
    return ablated
