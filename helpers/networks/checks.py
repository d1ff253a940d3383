"""Checks of arguments: each returns its value, or raises TypeError or ValueError in a reader's words."""

import numpy as np


def check_size(name: str, value: int) -> int:
    """`value` as an int if it is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number of at least 1, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)


def check_finite(name: str, value: float) -> float:
    """`value` as a float if it is a finite number."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {value}")
    return float(value)


def check_positive(name: str, value: float) -> float:
    """`value` as a float if it is a finite number above 0."""
    if check_finite(name, value) <= 0:
        raise ValueError(f"{name} must be a number above 0, got {value}")
    return float(value)


def check_generator(rng: np.random.Generator) -> None:
    """Nothing if `rng` is a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a generator such as numpy.random.default_rng(0), got {rng!r}")


def check_share(name: str, value: float) -> float:
    """`value` as a float if it is at least 0 and below 1."""
    if value != 0:
        check_positive(name, value)
    if value >= 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {value!r}")
    return float(value)
