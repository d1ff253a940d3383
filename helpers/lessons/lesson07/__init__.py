"""Lesson 07, the LSTM: experiments, pictures, drawings, stages and checks."""

from helpers.checks.program import check_program
from helpers.lessons.lesson07 import plain_lstm
from helpers.lessons.lesson07.checks import (
    check_biases,
    check_peepholes,
    check_second_suspect,
    check_small_lstm,
)
from helpers.lessons.lesson07.drawings import gru_cell, lstm_cell, lstm_gradients, page_lstm
from helpers.lessons.lesson07.experiments import (
    correct_steps,
    parse_gates,
    parse_task,
    print_wrong_steps,
    run_cell,
    small_lstm,
    train_store_and_ask,
    updates_to_recall,
)
from helpers.lessons.lesson07.pictures import (
    adding_race,
    adding_results,
    latch_steps,
    paths_by_lag,
    updates_by_bias,
)
from helpers.lessons.lesson07.plain_lstm import check, forward, sigmoid
from helpers.lessons.lesson07.shipped import trained_latch
from helpers.lessons.lesson07.stage_checks import check_backward, check_lstm_step, check_lstm_step_back
from helpers.lessons.lesson07.stages import backward, lstm_step, lstm_step_back, use_if_correct
