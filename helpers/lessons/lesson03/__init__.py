"""Lesson 03, backpropagation through time: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson03.checks import check_in_place, check_mended, check_step_back
from helpers.lessons.lesson03.cost import measure, timed_training
from helpers.lessons.lesson03.drawings import scalar_chain
from helpers.lessons.lesson03.microscope_pictures import GRADIENTS, backward_hello
from helpers.lessons.lesson03.page_drawings import page_backward
from helpers.lessons.lesson03.pictures import bptt_costs, bptt_race, credit_map
from helpers.lessons.lesson03.shipped import load_full_bptt

__all__ = [
    "GRADIENTS",
    "backward_hello",
    "bptt_costs",
    "bptt_race",
    "check_in_place",
    "check_mended",
    "check_step_back",
    "credit_map",
    "load_full_bptt",
    "measure",
    "page_backward",
    "scalar_chain",
    "timed_training",
]
