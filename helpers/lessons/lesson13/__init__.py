"""Lesson 13, the landscape inside: experiments, pictures, drawings, stages and checks."""

from helpers.lessons.lesson13.checks import check_bit, check_held, check_slope_of_speed, check_unstable
from helpers.lessons.lesson13.drawings import two_basins
from helpers.lessons.lesson13.flipflop import (
    UPDATES,
    flip_flop,
    new_model,
    read_bits,
    train_flip_flop,
    visited_states,
)
from helpers.lessons.lesson13.landscape import (
    ablate,
    fixed_point_sign,
    fixed_points_of,
    means_of_visited,
    run_free,
    sorted_points,
    unstable_directions,
)
from helpers.lessons.lesson13.lyapunov import predicted_exponent, random_network
from helpers.lessons.lesson13.pictures import (
    bits_over_time,
    cube,
    plot_found_by_starts,
    plot_noise_and_gradient,
    resting_unit,
)
from helpers.lessons.lesson13.random_pictures import exponents_by_gain, memory_by_lag
from helpers.lessons.lesson13.reservoir import memory_curve, reservoir
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
