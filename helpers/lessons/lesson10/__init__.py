"""Lesson 10, from NumPy to PyTorch: experiments, pictures, drawings and checks.

What needs PyTorch is imported from its module, `helpers.lessons.lesson10.pytorch`.
"""

from helpers.lessons.lesson10.checks import (
    check_combine,
    check_cut,
    check_gate_order,
    check_gru_biases,
    check_loop,
)
from helpers.lessons.lesson10.pictures import attention, held, same_curve, scan_steps, speeds

__all__ = [
    "attention",
    "check_combine",
    "check_cut",
    "check_gate_order",
    "check_gru_biases",
    "check_loop",
    "held",
    "same_curve",
    "scan_steps",
    "speeds",
]
