"""Gradients checked, and taken apart: by finite differences, by lag, by pairs of times."""

from helpers.networks.gradients.check import gradient_check, numerical_gradient, relative_error
from helpers.networks.gradients.credit import credit_matrix, loss_by_state_gradients
from helpers.networks.gradients.jacobians import (
    eigenvalues,
    factor_per_step,
    gradient_norms,
    running_jacobians,
    singular_values,
    spectral_radius,
)
from helpers.networks.gradients.pairs import Comparison, GradientParts, compare, kept_pairs
from helpers.networks.gradients.rtrl import rtrl_gradient
