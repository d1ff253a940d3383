"""Lesson 08, an LSTM language model: what its notebook calls as `lesson.…`."""

from helpers.lessons.lesson08.checks import (
    check_control,
    check_depth,
    check_dropout,
    check_parameters,
    check_patience,
)
from helpers.lessons.lesson08.experiments import (
    SIZES,
    average_with_counts,
    cells_inside,
    correlations,
    features,
    fix_gate,
    init_better,
    learn_tales,
    load_tales,
    loss_without_each,
    read_states,
    saliency,
    saved_network,
    shifted_control,
    standardise,
    sum_by_kind,
    tales_loss,
    text_nll,
)
from helpers.lessons.lesson08.experiments_grammar import sum_by_memory, true_nll
from helpers.lessons.lesson08.pictures import (
    cell_race,
    damage_by_correlation,
    plot_best_correlations,
    plot_equal_seconds,
    plot_loss_and_entropy,
    plot_memorising,
    plot_nll_by_kind,
    plot_speedups,
    race_curves,
    rate_and_size,
    time_machine,
)
from helpers.lessons.lesson08.shipped import load_snapshots
