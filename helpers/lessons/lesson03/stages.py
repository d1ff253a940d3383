"""The stages of lesson 03 with whose functions it goes on."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson03 import plain
from helpers.lessons.lesson03.stage_checks import (
    backward_at_size,
    check_backward,
    check_step_back,
    check_sweep,
    step_at_size,
)

STAGES = {
    "sweep": Stage(check_sweep, plain.sweep),
    "step_back": Stage(check_step_back, plain.step_back, step_at_size),
    "backward": Stage(check_backward, plain.backward, backward_at_size),
}
use_if_correct = choosing(STAGES)
sweep = unwritten(STAGES["sweep"])
backward = unwritten(STAGES["backward"])
