"""Pictures that two rooms or more use: every function takes arrays and returns a `Picture`."""

from helpers.pictures.curves import loss_curve, race, run_curve, seed_band
from helpers.pictures.furniture import Furniture
from helpers.pictures.heatmap import heat_map
from helpers.pictures.labels import (
    CELL_COLOURS,
    LOSS,
    End,
    label_ends,
    label_lines,
    lag_axes,
    set_axes,
    yardstick,
)
from helpers.pictures.laboratory import laboratory_frame, set_curves
from helpers.pictures.overlay import frame_key, frame_png, svg
from helpers.pictures.strokes import INK, Box, Sheet, count, short, tint, whole_number
from helpers.pictures.style import (
    COLOURS,
    DASHES,
    LINE_STYLES,
    TEXT_COLOURS,
    Picture,
    image_html,
    ink_on,
    matrix_map,
    new_figure,
    passage,
    several_looks,
    signed_map,
    styled,
)
from helpers.pictures.text import VISIBLE, ColouredText, coloured_text
from helpers.pictures.through_time import bptt, recurrent_cell, truncated_bptt

__all__ = [
    "CELL_COLOURS",
    "COLOURS",
    "DASHES",
    "INK",
    "LINE_STYLES",
    "LOSS",
    "TEXT_COLOURS",
    "VISIBLE",
    "Box",
    "ColouredText",
    "End",
    "Furniture",
    "Picture",
    "Sheet",
    "bptt",
    "coloured_text",
    "count",
    "frame_key",
    "frame_png",
    "heat_map",
    "image_html",
    "ink_on",
    "label_ends",
    "label_lines",
    "laboratory_frame",
    "lag_axes",
    "loss_curve",
    "matrix_map",
    "new_figure",
    "passage",
    "race",
    "recurrent_cell",
    "run_curve",
    "seed_band",
    "set_axes",
    "set_curves",
    "several_looks",
    "short",
    "signed_map",
    "styled",
    "svg",
    "tint",
    "truncated_bptt",
    "whole_number",
    "yardstick",
]
