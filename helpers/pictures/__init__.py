"""Pictures that two rooms or more use: every function takes arrays and returns a `Picture`."""

from helpers.pictures.curves import loss_curve, moving_band, race, run_curve, seed_band
from helpers.pictures.diagrams import INK, Box, Canvas, count, short, tint, whole_number
from helpers.pictures.edges import mark_beyond
from helpers.pictures.heatmap import heat_map
from helpers.pictures.highlights import Part, Place, Point
from helpers.pictures.labels import (
    CELL_COLOURS,
    LINE,
    LOSS,
    End,
    label_ends,
    label_lines,
    lag_axes,
    set_axes,
    stack_clear,
    yardstick,
)
from helpers.pictures.laboratory import laboratory_frame, set_curves
from helpers.pictures.layers import frame_key, frame_png, svg
from helpers.pictures.style import (
    COLOURS,
    DASHES,
    LINE_STYLES,
    NARROW,
    STAGE,
    TEXT_COLOURS,
    Picture,
    Stage,
    for_lecture,
    image_html,
    ink_on,
    lecture_stage,
    matrix_map,
    new_figure,
    on_narrow_page,
    passage,
    several_looks,
    signed_map,
    styled,
)
from helpers.pictures.text import ColouredText, coloured_text, visible
from helpers.pictures.through_time import bptt, recurrent_cell, truncated_bptt
