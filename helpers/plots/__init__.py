"""Pictures from data: every function takes arrays and returns a `helpers.style.Picture`."""

from helpers.plots.curves import LossRecord, loss_curve
from helpers.plots.first import fading_memory

__all__ = ["LossRecord", "fading_memory", "loss_curve"]
