"""Lesson 02, min-char-rnn: experiments, pictures, drawings, stages and checks."""

from helpers.lessons.lesson02.checks import check_first_loss, check_lengths, check_race, check_shifts
from helpers.lessons.lesson02.pictures import (
    plot_first_guess,
    plot_losses_by_hand,
    plot_next_characters,
    plot_nll,
)
from helpers.lessons.lesson02.plain import initial_parameters, plain_losses
from helpers.lessons.lesson02.stage_checks import (
    check_adagrad,
    check_forward,
    check_gradient_error,
    check_read_out,
    check_sample,
    check_score_gradient,
    check_train_by_hand,
)
from helpers.lessons.lesson02.stages import adagrad, backward, forward, sample, train_by_hand, use_if_correct
