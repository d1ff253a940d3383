"""Lesson 01, the loop, and *hello* with every number: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson01.checks import check_count, check_latch, check_parity, check_step
from helpers.lessons.lesson01.drawings import unrolled_network
from helpers.lessons.lesson01.hello_drawings import hello_training, sampling_feedback
from helpers.lessons.lesson01.hello_pictures import hello_losses, hello_step
from helpers.lessons.lesson01.page_drawings import page_hello
from helpers.lessons.lesson01.state_pictures import one_unit, state_map, two_units
from helpers.lessons.lesson01.written_out import forward, target_probabilities, train_hello
