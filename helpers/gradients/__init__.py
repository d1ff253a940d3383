"""Gradients checked, and taken apart: by finite differences, by lag, by pairs of times."""

from helpers.gradients.check import gradient_check, numerical_gradient, relative_error

__all__ = ["gradient_check", "numerical_gradient", "relative_error"]
