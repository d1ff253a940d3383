"""The stages of lesson 13, by the function that is written in each."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson13 import plain
from helpers.lessons.lesson13.stage_checks import (
    check_find_fixed_points,
    check_newton_step,
    check_residual_and_jacobian,
    search_at_lesson_size,
    state_at_lesson_size,
)

STAGES = {
    "residual_and_jacobian": Stage(check_residual_and_jacobian, plain.residual_and_jacobian,
                                   state_at_lesson_size),
    "newton_step": Stage(check_newton_step, plain.newton_step, state_at_lesson_size),
    "find_fixed_points": Stage(check_find_fixed_points, plain.find_fixed_points, search_at_lesson_size),
}
use_if_correct = choosing(STAGES)
residual_and_jacobian = unwritten(STAGES["residual_and_jacobian"])
newton_step = unwritten(STAGES["newton_step"])
find_fixed_points = unwritten(STAGES["find_fixed_points"])
