"""How fast neighbours drift apart: Lyapunov exponents of random networks, measured and predicted."""

from collections.abc import Generator
from functools import cache

import numpy as np

from helpers.networks import check_positive, check_size
from helpers.networks.blas import one_blas_thread
from helpers.runs import HowFar, stepwise

SETTLE = 200        # steps before anything is measured


def random_network(rng: np.random.Generator, units: int, gain: float) -> np.ndarray:
    """W_hh (H, H) of independent normal numbers of size gain / sqrt(H): its eigenvalues fill a disc of that
    radius, the fuller the more units there are."""
    return rng.normal(size=(check_size("units", units),) * 2) * check_positive("gain", gain) / np.sqrt(units)


@stepwise
def exponents(
    rng: np.random.Generator, units: int = 100, gain: float = 1.2, noise: float = 0.0, count: int = 1,
    steps: int = 1000,
) -> Generator[HowFar, None, dict[str, list[float]]]:
    """The largest Lyapunov exponents of a random tanh network, by QR.

    `count` small changes, rows at right angles, go along with the states. At every step they are made
    orthogonal again, and how much each was stretched is recorded (Benettin et al. 1980).

    Args:
        units, gain: as in `random_network`.
        noise: the size of normal numbers that are added at every unit and step, the same for all neighbours.
        count: how many exponents, the largest first.
        steps: over how many the mean is taken.

    Returns:
        "exponents": `count` numbers, in nats per step.
    """
    W_hh = random_network(rng, units, gain)
    h = rng.normal(size=units)
    rows = np.linalg.qr(rng.normal(size=(units, check_size("count", count))))[0].T
    total = np.zeros(count)
    for t in range(SETTLE + check_size("steps", steps)):
        with one_blas_thread():
            h = np.tanh(h @ W_hh + noise * rng.normal(size=units))
            rows = rows @ (W_hh * (1 - h**2))
            Q, R = np.linalg.qr(rows.T)
            rows = Q.T
        if t >= SETTLE:
            total += np.log(np.abs(np.diag(R)) + 1e-300)
        if t % 20 == 0:
            yield t / (SETTLE + steps)
    return {"exponents": (total / steps).round(5).tolist()}


@cache
def _normal_places() -> tuple[np.ndarray, np.ndarray]:
    """Where to look, and with what weight, for the mean over a standard normal number (Gauss-Hermite)."""
    z, weight = np.polynomial.hermite_e.hermegauss(100)
    return z, weight / weight.sum()


@cache
def predicted_exponent(gain: float, noise: float = 0.0) -> float:
    """The largest exponent in a random network with very many units, by mean-field theory.

    The pre-activation a of a unit is normal, with the variance q = gain^2 E[tanh(a)^2] + noise^2. The square
    of a change grows by gain^2 E[(1 - tanh(a)^2)^2] (Molgedey, Schuchhardt and Schuster 1992).
    """
    z, weight = _normal_places()
    low, high = 0.0, gain**2 + noise**2
    for _ in range(40):                     # the largest q with q = gain^2 E[...] + noise^2, by halving
        q = (low + high) / 2
        enough = gain**2 * weight @ np.tanh(np.sqrt(q) * z) ** 2 + noise**2 > q
        low, high = (q, high) if enough else (low, q)
    return float(0.5 * np.log(gain**2 * weight @ (1 - np.tanh(np.sqrt(q) * z) ** 2) ** 2))
