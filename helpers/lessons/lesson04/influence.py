"""Two small systems on which a truncated gradient can be seen through: one it misleads, one that unbiases it.

Influence balancing is the example of Tallec and Ollivier, *Unbiasing truncated backpropagation through
time* (arXiv 1705.08209): a linear network in which near influences push up and far ones pull down
harder. The randomised truncation is the idea of the same paper in its simplest form.
"""

import numpy as np

from helpers.networks import check_finite, check_generator, check_size

UNITS, UP = 23, 10              # of the paper: ten units push up, thirteen push down


def influence_balancing_system(units: int, up: int) -> tuple[np.ndarray, np.ndarray]:
    """The network x_new = A x + theta b: A (n, n) and b (n,).

    Every unit keeps half of itself and takes half of the next; theta enters the first `up` units with a
    plus sign and the others with a minus.

    Raises:
        TypeError, ValueError: `units` or `up` is not a whole number of at least 1, or `up` is above `units`.
    """
    if check_size("up", up) > check_size("units", units):
        raise ValueError(f"up is {up}, but it must be at most {units}, the number of units.")
    A = 0.5 * np.eye(units) + 0.5 * np.eye(units, k=1)
    return A, np.where(np.arange(units) < up, 1.0, -1.0)


def bias_of_truncation(windows: int) -> np.ndarray:
    """dx_0 / dtheta at rest as seen over the last K steps, for K = 1 to `windows`: (windows,).

    The sum of (A^j b)_0 over j < K. With ever larger K it goes to ((I - A)^-1 b)_0 = 2 (up - down),
    which is -6 for 10 units up and 13 down.
    """
    A, b = influence_balancing_system(UNITS, UP)
    seen = np.empty(check_size("windows", windows))
    for j in range(windows):
        seen[j] = b[0]
        b = A @ b
    return seen.cumsum()


def descend(influence: float, learning_rate: float, updates: int, theta: float = 0.5) -> np.ndarray:
    """theta before and after each of `updates` steps down the loss (x_0 - 1)^2 / 2: (updates + 1,).

    The network of 23 units comes to rest before every update, at x_0 = -6 theta, and `influence` is taken
    for dx_0 / dtheta: the gradient is (x_0 - 1) influence. The best theta is -1/6.
    """
    path = np.empty(check_size("updates", updates) + 1)
    path[0] = check_finite("theta", theta)
    for n in range(updates):
        path[n + 1] = path[n] - learning_rate * (-6 * path[n] - 1) * influence
    return path


def lag_terms(a: float, steps: int) -> np.ndarray:
    """The parts, by lag, of dh_T / da for h_t = a h_{t-1} + 1, h_0 = 0: (T,), a^k h_{T-1-k} for lag k."""
    powers = check_finite("a", a) ** np.arange(check_size("steps", steps))
    h = np.concatenate([[0.0], powers.cumsum()])
    return powers * h[steps - 1 :: -1]


def random_truncations(
    terms: np.ndarray, go_on: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Estimates of ``terms.sum()``, each from a backward pass that ends at random: (draws,).

    After every step the pass goes on with probability `go_on`, and what comes later is divided by it, to
    make up for the passes that stopped. The mean of all estimates is right, whatever `go_on` is.

    Raises:
        ValueError: `go_on` is not above 0 and at most 1.
    """
    check_generator(rng)
    if not 0 < check_finite("go_on", go_on) <= 1:
        raise ValueError(f"go_on is {go_on}. It must be a probability above 0 and at most 1.")
    weighted = np.cumsum(terms / go_on ** np.arange(len(terms)))
    if go_on == 1:
        return np.full(draws, weighted[-1])
    stops = rng.geometric(1 - go_on, size=check_size("draws", draws))      # steps that were gone, at least 1
    return weighted[np.minimum(stops, len(terms)) - 1]


def mean_steps_back(go_on: float, steps: int) -> float:
    """Steps that a backward pass with a random cut takes on average, of at most `steps`, with the first."""
    return float((check_finite("go_on", go_on) ** np.arange(check_size("steps", steps))).sum())


def estimate_deviation(terms: np.ndarray, go_on: float) -> float:
    """Standard deviation of one such estimate, exactly."""
    reached = go_on ** np.arange(len(terms), dtype=float)                   # chance that lag k is reached
    weighted = np.cumsum(terms / reached)
    ends = reached - np.append(reached[1:], 0)                             # chance that k is the last
    return float(np.sqrt(max(0.0, ends @ weighted**2 - terms.sum() ** 2)))
