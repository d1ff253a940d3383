"""Gradients checked, and taken apart: by finite differences, by lag, by pairs of times."""

from helpers.gradients.check import gradient_check, numerical_gradient, relative_error
from helpers.gradients.credit import credit_matrix, state_gradients
from helpers.gradients.forward import forward_gradient
from helpers.gradients.jacobians import (
    eigenvalues,
    factor_per_step,
    gradient_norms,
    running_jacobians,
    singular_values,
    spectral_radius,
)
from helpers.gradients.truncation import GradientParts, compare, kept_pairs

__all__ = [
    "GradientParts",
    "compare",
    "credit_matrix",
    "eigenvalues",
    "factor_per_step",
    "forward_gradient",
    "gradient_check",
    "gradient_norms",
    "kept_pairs",
    "numerical_gradient",
    "relative_error",
    "running_jacobians",
    "singular_values",
    "spectral_radius",
    "state_gradients",
]
