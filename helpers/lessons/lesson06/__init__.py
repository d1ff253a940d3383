"""Lesson 06, vanishing gradients: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson06.checks import check_blow_up, check_horizon, check_memory, check_predicted_factor
from helpers.lessons.lesson06.drawings import gradient_along_time
from helpers.lessons.lesson06.pictures import gradient_by_lag, near_and_far_curves, remedies_by_lag
from helpers.lessons.lesson06.reach_pictures import (
    adding_plateaus,
    eigenvalues_and_jacobians,
    reach_while_learning,
)
from helpers.lessons.lesson06.remedies import (
    REMEDIES,
    adding_plateau,
    near_and_far,
    near_and_far_chunk,
    reach_of_text,
    recurrent_weights,
    start_parameters,
)
