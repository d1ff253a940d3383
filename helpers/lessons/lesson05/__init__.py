"""Lesson 05, exploding gradients and clipping: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson05.checks import (
    check_clip_norm,
    check_clip_value,
    check_diagnosis,
    check_explosion,
    check_threshold,
)
from helpers.lessons.lesson05.drawings import page_clipping
from helpers.lessons.lesson05.experiments import (
    RATES,
    SIGMA,
    THRESHOLDS,
    angle_between,
    cliff_race,
    clipped_training,
    descend,
    loss_and_gradient,
    neighbours,
    spike_steps,
    steepest_place,
    turned_dial,
    wall_bias,
    wall_gradient,
)
from helpers.lessons.lesson05.pictures import (
    cliff_grows,
    clip_plane,
    norms_and_threshold,
    patients_chart,
    plot_cliff_race,
    plot_spike,
    plot_threshold_changes,
    repeated_factor,
    repeated_matrix,
    threshold_losses,
    threshold_view,
    two_balls,
    two_sides,
)
