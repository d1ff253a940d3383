"""The stages of lesson 11, by the function that is written in each."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson11 import plain
from helpers.lessons.lesson11.stage_checks import (
    check_look_up_back,
    check_masked_loss,
    look_up_at_lesson_size,
    loss_at_lesson_size,
)

STAGES = {
    "masked_loss": Stage(check_masked_loss, plain.masked_loss, loss_at_lesson_size),
    "look_up_back": Stage(check_look_up_back, plain.look_up_back, look_up_at_lesson_size),
}
use_if_correct = choosing(STAGES)
masked_loss = unwritten(STAGES["masked_loss"])
look_up_back = unwritten(STAGES["look_up_back"])
