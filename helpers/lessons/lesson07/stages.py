"""The stages of lesson 07, by the function that is written in each."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.lessons.lesson07.stage_checks import (
    backward_at_lesson_size,
    check_backward,
    check_lstm_step,
    check_lstm_step_back,
    step_at_lesson_size,
    step_back_at_lesson_size,
)

STAGES = {
    "lstm_step": Stage(check_lstm_step, plain.lstm_step, step_at_lesson_size),
    "lstm_step_back": Stage(check_lstm_step_back, plain.lstm_step_back, step_back_at_lesson_size),
    "backward": Stage(check_backward, plain.backward, backward_at_lesson_size),
}
use_if_correct = choosing(STAGES)
lstm_step = unwritten(STAGES["lstm_step"])
lstm_step_back = unwritten(STAGES["lstm_step_back"])
backward = unwritten(STAGES["backward"])
