"""Lesson 06, vanishing gradients: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson06.checks import check_blow_up, check_horizon, check_memory, check_predicted_factor
from helpers.lessons.lesson06.drawings import gradient_along_time
from helpers.lessons.lesson06.experiments import (
    REMEDIES,
    adding_plateau,
    near_and_far,
    near_and_far_chunk,
    reach_of_text,
    recurrent_weights,
    start_parameters,
)
from helpers.lessons.lesson06.pictures import (
    adding_plateaus,
    eigenvalues_and_jacobians,
    gradient_by_lag,
    near_and_far_curves,
    reach_while_learning,
    remedies_by_lag,
)
