"""The stages in lesson 02, by the function that the reader writes in each."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson02 import plain
from helpers.lessons.lesson02.stage_checks import (
    at_lesson_size,
    backward_at_lesson_size,
    check_adagrad,
    check_forward,
    check_gradient_error,
    check_read_out,
    check_sample,
    check_score_gradient,
    check_train_by_hand,
    update_at_lesson_size,
)

STAGES = {
    "forward": Stage(check_forward, plain.forward, at_lesson_size),
    "score_gradient": Stage(check_score_gradient, plain.score_gradient),
    "backward": Stage(check_read_out, plain.backward, backward_at_lesson_size),
    "gradient_error": Stage(check_gradient_error, plain.gradient_error),
    "adagrad": Stage(check_adagrad, plain.adagrad, update_at_lesson_size),
    "sample": Stage(check_sample, plain.sample),
    "train_by_hand": Stage(check_train_by_hand, plain.train_by_hand),
}
use_if_correct = choosing(STAGES)
forward = unwritten(STAGES["forward"])
backward = unwritten(STAGES["backward"])
adagrad = unwritten(STAGES["adagrad"])
sample = unwritten(STAGES["sample"])
train_by_hand = unwritten(STAGES["train_by_hand"])
