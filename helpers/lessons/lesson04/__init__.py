"""Lesson 04, truncated backpropagation through time: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson04.checks import (
    check_by_lag,
    check_carry,
    check_layout,
    check_never_cut,
    check_reach,
)
from helpers.lessons.lesson04.drawings import k1_k2, text_streams
from helpers.lessons.lesson04.experiments import (
    adding_with_window,
    bias_of_truncation,
    descend,
    echo_accuracy,
    echo_stream,
    estimate_deviation,
    lag_terms,
    mean_steps_back,
    random_truncations,
)
from helpers.lessons.lesson04.pictures import (
    echo_map,
    influence_window,
    lag_sizes,
    place_losses,
    running_means,
    truncation_lab,
    window_race,
)
