"""Lesson 08, an LSTM language model: experiments, pictures, drawings and checks."""

from helpers import old_names
from helpers.lessons.lesson08.checks import (
    check_control,
    check_depth,
    check_dropout,
    check_parameters,
    check_patience,
)
from helpers.lessons.lesson08.faster import asked_both, average, better_start, fade, ideas_curve
from helpers.lessons.lesson08.faster_pictures import what_helped
from helpers.lessons.lesson08.floor import by_memory, floor_of_tales
from helpers.lessons.lesson08.own import cells_inside, each_without, saved_network, without_unit
from helpers.lessons.lesson08.pictures import (
    by_heart,
    cell_race,
    equal_seconds,
    kinds_of_surprise,
    left_to_learn,
    race_curves,
)
from helpers.lessons.lesson08.probe_pictures import damage_by_correlation, found_by_correlation, time_machine
from helpers.lessons.lesson08.probing import (
    best_of_shifted,
    by_kind,
    correlations,
    features,
    fix_gate,
    read,
    saliency,
    standardised,
    text_surprises,
)
from helpers.lessons.lesson08.shipped import load_snapshots
from helpers.lessons.lesson08.sweep_pictures import rate_and_size
from helpers.lessons.lesson08.tales import (
    SIZES,
    learn_tales,
    load_tales,
    memorise,
    tales_loss,
)

__getattr__ = old_names.explained_in(__name__)
