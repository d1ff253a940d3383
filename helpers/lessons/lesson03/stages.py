"""The stages of lesson 03 with whose functions it goes on."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson03 import plain
from helpers.lessons.lesson03 import stage_checks as checks

STAGES = {
    "sweep": Stage(checks.check_sweep, plain.sweep),
    "step_back": Stage(checks.check_step_back, plain.step_back, checks.step_at_size),
    "backward": Stage(checks.check_backward, plain.backward, checks.backward_at_size),
}
use_if_correct = choosing(STAGES)
sweep = unwritten(STAGES["sweep"])
backward = unwritten(STAGES["backward"])
