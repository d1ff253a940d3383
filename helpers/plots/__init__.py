"""Pictures from data: every function takes arrays and returns a `helpers.style.Picture`."""

from helpers.plots.curves import LossRecord, loss_curve, race, run_curve
from helpers.plots.first import fading_memory
from helpers.plots.heatmap import heat_map
from helpers.plots.hello import hello_losses, hello_step, temperature_bars
from helpers.plots.probabilities import first_guess, next_characters, surprise
from helpers.plots.states import one_unit, state_map, two_units

__all__ = [
    "LossRecord",
    "fading_memory",
    "first_guess",
    "heat_map",
    "hello_losses",
    "hello_step",
    "loss_curve",
    "next_characters",
    "one_unit",
    "race",
    "run_curve",
    "state_map",
    "surprise",
    "temperature_bars",
    "two_units",
]
