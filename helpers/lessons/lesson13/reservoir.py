"""A network whose readout alone is trained: how many past inputs it remembers."""

import numpy as np

from helpers.networks import check_positive, check_size, spectral_radius
from helpers.networks.blas import one_blas_thread

SETTLE = 300


def reservoir(rng: np.random.Generator, units: int, radius: float, matrix: str = "random") -> np.ndarray:
    """W_hh (H, H): "random" normal numbers, or "orthogonal", scaled to that spectral radius."""
    if matrix not in ("random", "orthogonal"):
        raise ValueError(f"matrix is {matrix!r}. Choose 'random' or 'orthogonal'.")
    W = rng.normal(size=(check_size("units", units),) * 2)
    with one_blas_thread():
        W = np.linalg.qr(W)[0] if matrix == "orthogonal" else W / spectral_radius(W)
    return check_positive("radius", radius) * W


def memory_curve(
    rng: np.random.Generator, radius: float = 1.0, size: float = 0.1, matrix: str = "random",
    units: int = 100, steps: int = 4000, lags: int = 200,
) -> dict[str, list[float]]:
    """How much of the input `lag` steps ago a linear probe of the states decodes (Jaeger 2001).

    The input is one number per step, drawn evenly between -size and size, which each unit receives with a
    weight between -1 and 1. The probe is fitted by least squares on `steps` steps, and tested on as many
    new ones.

    Returns:
        "told": for lags 0 to `lags` - 1 the decoded share of the input's variance, at least 0.
    """
    W_hh = reservoir(rng, units, radius, matrix)
    w_in = rng.uniform(-1, 1, units)
    u = rng.uniform(-1, 1, SETTLE + lags + 2 * steps)
    h, states = np.zeros(units), np.empty((len(u), units))
    with one_blas_thread():
        for t in range(len(u)):
            h = np.tanh(h @ W_hh + check_positive("size", size) * u[t] * w_in)
            states[t] = h
        first = SETTLE + lags
        X = np.column_stack([states[first:], np.ones(2 * steps)])
        Y = np.column_stack([u[first - lag : len(u) - lag] for lag in range(lags)])
        fit = np.linalg.lstsq(X[:steps], Y[:steps], rcond=None)[0]
        wrong = X[steps:] @ fit - Y[steps:]
    return {"told": np.clip(1 - (wrong**2).mean(0) / Y[steps:].var(0), 0, 1).round(3).tolist()}
