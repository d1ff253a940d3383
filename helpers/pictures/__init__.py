"""Pictures that two rooms or more use: every function takes arrays and returns a `Picture`."""

from helpers.pictures.curves import loss_curve, race, run_curve
from helpers.pictures.heatmap import heat_map
from helpers.pictures.labels import CELL_COLOURS, label_lines, log_axes, spread
from helpers.pictures.laboratory import laboratory_frame, set_curves
from helpers.pictures.overlay import frame_key, frame_png, svg
from helpers.pictures.strokes import (
    INK,
    Box,
    arrow,
    band,
    count,
    label,
    node,
    sheet,
    short,
    tint,
    vector,
    whole_number,
)
from helpers.pictures.style import (
    COLOURS,
    LINE_STYLES,
    TEXT_COLOURS,
    Picture,
    image_html,
    matrix_map,
    new_figure,
    passage,
    signed_map,
    styled,
)
from helpers.pictures.text import VISIBLE, ColouredText, coloured_text
from helpers.pictures.through_time import bptt, recurrent_cell, truncated_bptt

__all__ = [
    "CELL_COLOURS",
    "COLOURS",
    "INK",
    "LINE_STYLES",
    "TEXT_COLOURS",
    "VISIBLE",
    "Box",
    "ColouredText",
    "Picture",
    "arrow",
    "band",
    "bptt",
    "coloured_text",
    "count",
    "frame_key",
    "frame_png",
    "heat_map",
    "image_html",
    "label",
    "label_lines",
    "laboratory_frame",
    "log_axes",
    "loss_curve",
    "matrix_map",
    "new_figure",
    "node",
    "passage",
    "race",
    "recurrent_cell",
    "run_curve",
    "set_curves",
    "sheet",
    "short",
    "signed_map",
    "spread",
    "styled",
    "svg",
    "tint",
    "truncated_bptt",
    "vector",
    "whole_number",
]
