"""Lesson 08, an LSTM language model: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson08.checks import (
    check_control,
    check_depth,
    check_dropout,
    check_parameters,
    check_patience,
)
from helpers.lessons.lesson08.floor import sum_by_memory, true_nll
from helpers.lessons.lesson08.own_network import cells_inside, loss_without_each, saved_network, without_unit
from helpers.lessons.lesson08.pictures import (
    cell_race,
    plot_equal_seconds,
    plot_loss_and_entropy,
    plot_memorising,
    plot_nll_by_kind,
    race_curves,
)
from helpers.lessons.lesson08.probe_pictures import (
    damage_by_correlation,
    plot_best_correlations,
    time_machine,
)
from helpers.lessons.lesson08.probes import (
    correlations,
    features,
    fix_gate,
    read_states,
    saliency,
    shifted_control,
    standardise,
    sum_by_kind,
    text_nll,
)
from helpers.lessons.lesson08.shipped import load_snapshots
from helpers.lessons.lesson08.speedup_pictures import plot_speedups
from helpers.lessons.lesson08.speedups import average, average_with_counts, fade, ideas_curve, init_better
from helpers.lessons.lesson08.sweep_pictures import rate_and_size
from helpers.lessons.lesson08.tales import (
    SIZES,
    learn_tales,
    load_tales,
    memorise,
    tales_loss,
)
