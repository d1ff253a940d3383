"""Lesson 13, the landscape inside: experiments, pictures, drawings, stages and checks."""

from helpers.lessons.lesson13.checks import check_bit, check_held, check_slope_of_speed, check_unstable
from helpers.lessons.lesson13.drawings import two_basins
from helpers.lessons.lesson13.experiments import (
    ablate,
    fixed_point_sign,
    fixed_points_of,
    flip_flop,
    means_of_visited,
    memory_curve,
    new_model,
    predicted_exponent,
    random_network,
    read_bits,
    reservoir,
    run_free,
    train_flip_flop,
    unstable_directions,
    visited_states,
)
from helpers.lessons.lesson13.pictures import (
    bits_over_time,
    cube,
    exponents_by_gain,
    memory_by_lag,
    plot_found_by_starts,
    plot_noise_and_gradient,
    resting_unit,
)
from helpers.lessons.lesson13.shipped import trained_flip_flop
from helpers.lessons.lesson13.stage_checks import (
    check_find_fixed_points,
    check_newton_step,
    check_residual_and_jacobian,
)
from helpers.lessons.lesson13.stages import (
    find_fixed_points,
    newton_step,
    residual_and_jacobian,
    use_if_correct,
)
