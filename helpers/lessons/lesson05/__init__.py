"""Lesson 05, exploding gradients and clipping: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson05.checks import (
    check_clip_norm,
    check_clip_value,
    check_diagnosis,
    check_explosion,
    check_threshold,
)
from helpers.lessons.lesson05.cliff import (
    SIGMA,
    descend,
    loss_and_gradient,
    steepest_place,
    wall_bias,
    wall_gradient,
)
from helpers.lessons.lesson05.cliff_pictures import cliff_grows, plot_cliff_race, two_balls, two_sides
from helpers.lessons.lesson05.clip_pictures import (
    norms_and_threshold,
    patients_chart,
    plot_spike,
    plot_threshold_changes,
    threshold_losses,
    threshold_view,
)
from helpers.lessons.lesson05.page_drawings import page_clipping
from helpers.lessons.lesson05.pictures import clip_plane, repeated_factor, repeated_matrix
from helpers.lessons.lesson05.spikes_and_runs import (
    RATES,
    THRESHOLDS,
    angle_between,
    cliff_race,
    clipped_training,
    neighbours,
    spike_steps,
    turned_dial,
)
