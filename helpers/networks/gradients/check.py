"""Gradients by finite differences, to check the ones that were derived."""

from collections.abc import Callable

import numpy as np

from helpers.networks.checks import check_positive


def numerical_gradient(f: Callable[[], float], array: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Central differences (f(a + eps) - f(a - eps)) / (2 eps), one entry a of `array` at a time.

    `f` reads `array`, whose entries are moved in place and put back. It must be float64: anything coarser
    drowns the difference in rounding.
    """
    check_positive("eps", eps)
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        raise TypeError(f"array must be a float64 array, got {getattr(array, 'dtype', type(array).__name__)}")
    gradient = np.empty_like(array)
    for i in np.ndindex(array.shape):
        kept = array[i]
        try:
            array[i] = kept + eps
            above = f()
            array[i] = kept - eps
            below = f()
        finally:
            array[i] = kept
        gradient[i] = (above - below) / (2 * eps)
    return gradient


def relative_error(a: np.ndarray, n: np.ndarray) -> float:
    """||a - n|| / (||a|| + ||n||), and 0 where both are zero."""
    size = np.linalg.norm(a) + np.linalg.norm(n)
    return float(np.linalg.norm(np.subtract(a, n)) / size) if size else 0.0


def gradient_check(model, inputs, targets, state=None, eps: float = 1e-5) -> dict[str, float]:
    """Relative error of every gradient of `model.loss_and_grads` against central differences.

    The errors, by name, are ||a - n|| / (||a|| + ||n||): about 1e-9 where the derivation is right, above 1e-4
    where it is wrong. The model must be float64; `inputs` and `targets` are (T, B) symbols.
    """
    if model.params.vector.dtype != np.float64:
        raise TypeError(f"model must be float64 for a gradient check, got {model.params.vector.dtype}")
    _, grads, _ = model.loss_and_grads(inputs, targets, state)
    grads = grads.copy()
    errors = {}
    for name, array in model.params.items():
        numerical = numerical_gradient(lambda: model.loss(inputs, targets, state)[0], array, eps)
        errors[name] = relative_error(grads[name], numerical)
    return errors
