"""Lesson 10, from NumPy to PyTorch: what its notebook calls as `lesson.…`.

Only `helpers.lessons.lesson10.pytorch` and `helpers.lessons.lesson10.lines` need PyTorch, and are imported
where it is there.
"""

from helpers.lessons.lesson10.checks import (
    check_cut,
    check_gate_order,
    check_gru_biases,
    check_loop,
    check_programs,
)
from helpers.lessons.lesson10.pictures import plot_program, same_curve, speeds
