"""The stages in lesson 02, by the function that the reader writes in each."""

from helpers.checks.stages import Stage, choosing, unwritten
from helpers.lessons.lesson02 import plain
from helpers.lessons.lesson02 import stage_checks as checks

STAGES = {
    "forward": Stage(checks.check_forward, plain.forward, checks.at_lesson_size),
    "score_gradient": Stage(checks.check_score_gradient, plain.score_gradient),
    "backward": Stage(checks.check_read_out, plain.backward, checks.backward_at_lesson_size),
    "gradient_error": Stage(checks.check_gradient_error, plain.gradient_error),
    "adagrad": Stage(checks.check_adagrad, plain.adagrad, checks.update_at_lesson_size),
    "sample": Stage(checks.check_sample, plain.sample),
    "train_by_hand": Stage(checks.check_train_by_hand, plain.train_by_hand),
}
use_if_correct = choosing(STAGES)
forward, backward, adagrad, sample, train_by_hand = (
    unwritten(STAGES[name]) for name in ("forward", "backward", "adagrad", "sample", "train_by_hand"))
