"""Lesson 04, truncated backpropagation through time: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson04.checks import (
    check_by_lag,
    check_carry,
    check_layout,
    check_never_cut,
    check_reach,
)
from helpers.lessons.lesson04.drawings import k1_k2, text_streams
from helpers.lessons.lesson04.echo import adding_with_window, echo_accuracy, echo_stream
from helpers.lessons.lesson04.influence import (
    bias_of_truncation,
    descend,
    estimate_deviation,
    lag_terms,
    mean_steps_back,
    random_truncations,
)
from helpers.lessons.lesson04.influence_pictures import influence_window, running_means
from helpers.lessons.lesson04.pictures import echo_map, lag_sizes, place_losses, truncation_lab, window_race
