"""Controls and live views: the only part of the course that knows ipywidgets."""

from helpers.widgets.controls import Dashboard, explore, lecture_mode, on_press
from helpers.widgets.live import fit, watch

__all__ = ["Dashboard", "explore", "fit", "lecture_mode", "on_press", "watch"]
