"""Lesson 02, min-char-rnn: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson02.checks import (
    check_first_loss,
    check_lengths,
    check_race,
    check_rnn_step,
    check_shifts,
)
from helpers.lessons.lesson02.pictures import first_guess, next_characters, surprise

__all__ = [
    "check_first_loss",
    "check_lengths",
    "check_race",
    "check_rnn_step",
    "check_shifts",
    "first_guess",
    "next_characters",
    "surprise",
]
