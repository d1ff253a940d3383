"""Pictures from data: every function takes arrays and returns a `helpers.style.Picture`."""

from helpers.plots.balance import influence_window, running_means
from helpers.plots.cliff import cliff_grows, race_picture, two_balls, two_sides
from helpers.plots.clipping import (
    dial_picture,
    norms_and_threshold,
    patients_chart,
    spike_picture,
    threshold_losses,
    threshold_view,
)
from helpers.plots.credit import bptt_costs, bptt_race, credit_map
from helpers.plots.curves import LossRecord, loss_curve, race, run_curve
from helpers.plots.exploding import clip_plane, repeated_factor, repeated_matrix
from helpers.plots.first import fading_memory
from helpers.plots.gates import adding_race, adding_results, latch_steps, paths_by_lag, updates_by_bias
from helpers.plots.heatmap import heat_map
from helpers.plots.hello import hello_losses, hello_step, temperature_bars
from helpers.plots.inside import damage_by_correlation, found_by_correlation, time_machine
from helpers.plots.microscope import GRADIENTS, backward_hello
from helpers.plots.probabilities import first_guess, next_characters, surprise
from helpers.plots.reach import adding_plateaus, eigenvalues_and_jacobians, reach_while_learning
from helpers.plots.states import one_unit, state_map, two_units
from helpers.plots.tales import (
    by_heart,
    cell_race,
    equal_seconds,
    kinds_of_surprise,
    left_to_learn,
    race_curves,
)
from helpers.plots.text import ColouredText, coloured_text
from helpers.plots.truncation import echo_map, lag_sizes, place_losses, truncation_lab, window_race
from helpers.plots.vanishing import gradient_by_lag, near_and_far_curves, remedies_by_lag

__all__ = [
    "GRADIENTS",
    "ColouredText",
    "LossRecord",
    "adding_plateaus",
    "adding_race",
    "adding_results",
    "backward_hello",
    "bptt_costs",
    "bptt_race",
    "by_heart",
    "cell_race",
    "cliff_grows",
    "clip_plane",
    "coloured_text",
    "credit_map",
    "damage_by_correlation",
    "dial_picture",
    "echo_map",
    "eigenvalues_and_jacobians",
    "equal_seconds",
    "fading_memory",
    "first_guess",
    "found_by_correlation",
    "gradient_by_lag",
    "heat_map",
    "hello_losses",
    "hello_step",
    "influence_window",
    "kinds_of_surprise",
    "lag_sizes",
    "latch_steps",
    "left_to_learn",
    "loss_curve",
    "near_and_far_curves",
    "next_characters",
    "norms_and_threshold",
    "one_unit",
    "paths_by_lag",
    "patients_chart",
    "place_losses",
    "race",
    "race_curves",
    "race_picture",
    "reach_while_learning",
    "remedies_by_lag",
    "repeated_factor",
    "repeated_matrix",
    "run_curve",
    "running_means",
    "spike_picture",
    "state_map",
    "surprise",
    "temperature_bars",
    "threshold_losses",
    "threshold_view",
    "time_machine",
    "truncation_lab",
    "two_balls",
    "two_sides",
    "two_units",
    "updates_by_bias",
    "window_race",
]
