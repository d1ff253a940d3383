"""Tests with random samples see the effect that they are there for: it is planted once for each of them.

A tolerance that is wider than the effect cannot fail. So each such test has here the least fault that it must
see, as a changed line; with it the test fails, without it the same call passes.
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import NamedTuple

import pytest
from course import ROOT

from helpers.data import Grammar, echo_sequences, recall_sequences
from helpers.data.tasks import adding_chance
from helpers.lessons.lesson04.echo import adding_with_window, echo_accuracy, echo_stream
from helpers.lessons.lesson04.influence import average_way, estimate_deviation, random_truncations
from helpers.lessons.lesson06.remedies import recurrent_weights, start_parameters
from helpers.lessons.lesson07.recall import updates_to_recall
from helpers.lessons.lesson08.probing import best_of_shifted
from helpers.lessons.lesson09 import ward
from helpers.lessons.lesson09.failures import seed_runs
from helpers.lessons.lesson13.flipflop import learning
from helpers.lessons.lesson13.lyapunov import exponents
from helpers.lessons.lesson13.reservoir import memory_curve
from helpers.networks import CharModel
from helpers.networks.cells.cell import random_weights
from helpers.networks.gradients.jacobians import factor_per_step
from helpers.networks.readouts import ReadOut


class Effect(NamedTuple):
    """The least fault that a test must see.

    Attributes:
        test: "file::function", below tests.
        what: is wrong with the effect planted.
        function: that is changed, `old` to `new` in its source.
        arguments: of the test, where it is parametrised.
    """

    test: str
    what: str
    function: Callable
    old: str
    new: str
    arguments: tuple = ()


NORMAL_TO_EVEN = ('check_positive("scale", scale) * rng.standard_normal(shape)',
                  "rng.uniform(-scale, scale, shape)")
EFFECTS = [
    Effect("lessons/test_lesson08.py::test_dropout_keeps_the_mean_of_what_the_read_out_sees",
           "what is not hidden is not scaled up", ReadOut.loss_and_grads, "mask /= 1 - self.dropout", "pass"),
    Effect("networks/test_readouts.py::test_dropout_hides_that_share_from_the_read_out_and_never_from_the_cell",
           "the share is five points too small", ReadOut.loss_and_grads, ">= self.dropout",
           ">= self.dropout - 0.05", (0.5,)),
    Effect("data/test_grammar.py::test_entropy_is_the_mean_over_many_texts",
           "a fifth of the surprise is lost", Grammar.entropy, "p * np.log(p), 0", "0.8 * p * np.log(p), 0"),
    Effect("data/test_grammar.py::test_entropy_is_the_mean_over_many_texts",
           "texts are a fifth too short", Grammar.entropy, "p * sum(map(", "0.8 * p * sum(map("),
    Effect("data/test_tasks.py::test_recall_chance_holds_for_one_who_saw_all_but_the_first_symbol",
           "the answer shines through in one of ten", recall_sequences, "size=batch)",
           "size=batch)\n    symbols[1, ::10] = 4 + symbols[0, ::10]"),
    Effect("data/test_tasks.py::"
           "test_echo_chance_is_the_log_of_the_number_of_symbols_until_the_memory_reaches_back",
           "one symbol in 55 of a hundred places", echo_sequences, "    return shown",
           "    shown[rng.random(shown.shape) < 0.1] = 0\n    return shown", (2,)),
    Effect("data/test_tasks.py::test_adding_chance_is_what_the_best_guess_scores_on_sequences",
           "the memory counts one step more", adding_chance, "return (1 - memory /",
           "return (1 - (memory + 1) /"),
    Effect("networks/test_model.py::test_draws_are_as_frequent_as_the_softmax_says",
           "a temperature three per cent too high", CharModel.sample, "b_y - temperature * noise",
           "b_y - 1.03 * temperature * noise", (1.0,)),
    Effect("networks/test_model.py::test_one_draw_does_not_depend_on_the_one_before",
           "one of ten draws repeats the lots of the last", CharModel.sample, "(len(block), len(b_y))))",
           "(len(block), len(b_y))))\n            noise[10::10] = noise[9:-1:10]"),
    Effect("networks/test_cells.py::test_weights_start_small_random_and_different_in_every_gate",
           "a scale is the width of even numbers", random_weights, *NORMAL_TO_EVEN, ("tanh",)),
    Effect("networks/test_cells.py::test_peepholes_start_as_the_other_weights_do",
           "a scale is the width of even numbers", random_weights,
           *NORMAL_TO_EVEN),
    Effect("networks/test_jacobians.py::test_small_weights_leave_an_lstm_its_forget_gate_as_factor",
           "a factor two per cent too small", factor_per_step, "return float(", "return 0.98 * float(",
           (0, 0.5)),
    Effect("lessons/test_influence.py::test_random_truncation_is_right_on_average_and_as_spread_as_computed",
           "one step too far for one of ten", random_truncations, "np.minimum(stops",
           "np.minimum(stops + (np.arange(draws) % 10 == 0)"),
    Effect("lessons/test_influence.py::test_random_truncation_is_right_on_average_and_as_spread_as_computed",
           "a spread five per cent too small", estimate_deviation, "np.sqrt(", "0.95 * np.sqrt("),
    Effect("lessons/test_influence.py::test_the_average_way_is_that_of_ways_drawn_by_lot",
           "a way half a step too long", average_way, ").sum())", ").sum() + 0.5)", (0.9,)),
    Effect("lessons/test_echo.py::test_a_frozen_network_with_small_weights_stays_at_chance",
           "it learns", echo_accuracy, "frozen=kept", "frozen=()"),
    Effect("lessons/test_echo.py::test_a_window_beyond_the_lag_learns_and_the_lag_alone_does_not",
           "the echo comes a step earlier", echo_stream, "bits, answers =",
           "lag = lag - 1\n    bits, answers ="),
    Effect("lessons/test_echo.py::test_adding_is_measured_before_training_and_every_hundred_updates",
           "the gate is measured at the marks", adding_with_window, "x[..., 1] == 0", "x[..., 1] == 1"),
    Effect("lessons/test_clinic.py::test_seed_runs_start_at_chance_and_differ",
           "weights start six times as large", seed_runs, "CharModel(SETTINGS[setting], rng)",
           "CharModel(SETTINGS[setting], rng, scale=0.7)"),
    Effect("networks/test_model.py::test_the_first_loss_is_about_that_of_guessing",
           "weights start four times as large", random_weights, "rng.uniform(-bound, bound",
           "rng.uniform(-4 * bound, 4 * bound", ("tanh",)),
    Effect("lessons/test_reach.py::test_each_way_to_start_is_what_it_is_called",
           "weights a tenth too large", recurrent_weights, "0.01 * W", "0.011 * W"),
    Effect("lessons/test_reach.py::test_small_weights_have_small_input_weights_too",
           "a fifth too large", start_parameters, "scale=0.01", "scale=0.012"),
    Effect("lessons/test_reach.py::test_small_weights_multiply_by_their_size_times_the_root_of_their_number",
           "a factor a third too large", recurrent_weights, "0.01 * W", "0.0133 * W"),
    Effect("lessons/test_lesson08.py::test_a_search_finds_what_is_there_and_its_control_what_is_not",
           "the control is not shifted", best_of_shifted, "np.roll(", "(lambda values, *_, **__: values)("),
    Effect("lessons/test_clinic.py::test_the_loss_falls_under_a_faulty_gradient",
           "a hundredth of the rate", ward.losses, "Adam(learning_rate)", "Adam(learning_rate / 100)", (1,)),
    Effect("runs/test_sweep.py::test_the_forget_bias_decides_whether_a_lag_is_learnt",
           "the bias is not put in", updates_to_recall, "forget_bias=forget_bias", "forget_bias=1.0"),
    Effect("lessons/test_landscape.py::test_learning_lowers_the_loss",
           "a thousandth of the rate", learning, "= RATE * (1", "= 0.001 * RATE * (1"),
    Effect("lessons/test_landscape.py::"
           "test_exponents_come_in_order_and_their_mean_is_that_of_the_determinants",
           "slopes a hundredth too flat", exponents, "(1 - h**2)", "(1 - h**2) * 0.99"),
    Effect("lessons/test_landscape.py::test_a_memory_of_few_units_is_no_larger_than_they_are",
           "the state before is read", memory_curve, "states[first:]", "states[first - 1 : -1]"),
]


def changed(patch: pytest.MonkeyPatch, function: Callable, old: str, new: str) -> None:
    """Put the changed function in the place of the sound one, wherever that is held."""
    inner = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(inner))
    assert source.count(old) == 1, f"{source.count(old)} times {old!r} in {inner.__qualname__}"
    names = dict(inner.__globals__)
    exec(compile(source.replace(old, new), inner.__code__.co_filename, "exec"), names)
    made = names[inner.__name__]
    owner, _, _ = inner.__qualname__.rpartition(".")
    holders = [inner.__globals__[owner]] if owner else list(sys.modules.values())
    for holder in holders:
        for name, value in list(getattr(holder, "__dict__", {}).items()):
            if value is function:
                patch.setattr(holder, name, made)


@pytest.mark.slow
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda one: f"{one.test.split('::')[1][5:45]}, {one.what}")
def test_a_statistical_test_sees_the_effect_that_it_is_for(effect):
    file, _, name = effect.test.partition("::")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tests" / file.split("/")[0])
        test = getattr(importlib.import_module(file.split("/")[1].removesuffix(".py")), name)
        test(*effect.arguments)
        changed(patch, effect.function, effect.old, effect.new)
        with pytest.raises(AssertionError):
            test(*effect.arguments)
