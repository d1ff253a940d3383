"""Lesson 01, the loop, and *hello* with every number: experiments, pictures, drawings and checks."""

from helpers.lessons.hello import forward
from helpers.lessons.lesson01.checks import check_count, check_latch, check_parity, check_step
from helpers.lessons.lesson01.drawings import hello_training, page_hello, sampling_feedback, unrolled_network
from helpers.lessons.lesson01.experiments import target_probabilities, train_hello
from helpers.lessons.lesson01.pictures import hello_losses, hello_step, one_unit, state_map, two_units
