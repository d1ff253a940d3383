"""Lesson 03, backpropagation through time: experiments, pictures, drawings, stages and checks."""

from helpers.checks.program import check_program
from helpers.lessons.lesson03.checks import check_batch, check_in_place, check_mended, check_other_cell
from helpers.lessons.lesson03.drawings import page_backward, scalar_chain
from helpers.lessons.lesson03.experiments import measure
from helpers.lessons.lesson03.pictures import GRADIENTS, backward_hello, bptt_costs, bptt_race, credit_map
from helpers.lessons.lesson03.plain import forward, half_trained_hello
from helpers.lessons.lesson03.shipped import load_full_bptt
from helpers.lessons.lesson03.stage_checks import (
    check_backward,
    check_outer,
    check_slope,
    check_step_back,
    check_sweep,
)
from helpers.lessons.lesson03.stages import backward, sweep, use_if_correct
