"""Lesson 12, what a loop can compute: automata, counters, experiments, pictures, stages and checks."""

from helpers.lessons.lesson12.automata import (
    RULES,
    TOMITA,
    agreement,
    answers,
    automaton,
    distinguishing_string,
    minimise,
)
from helpers.lessons.lesson12.checks import (
    check_combine,
    check_no_pair,
    check_told_apart,
    check_turn,
    check_two_counters,
)
from helpers.lessons.lesson12.counter import counter_path, run_unit, strings_to
from helpers.lessons.lesson12.counting import counted_strings, reach, record_counting
from helpers.lessons.lesson12.extraction import (
    extract_automaton,
    grammar_looks,
    grammar_training,
    network_accepts,
    network_answers,
)
from helpers.lessons.lesson12.following import KINDS, ORDERS, SIGNS, following, parity_strings
from helpers.lessons.lesson12.linear import LinearRecurrence
from helpers.lessons.lesson12.machine_pictures import learning_machine, machine, machine_at
from helpers.lessons.lesson12.pictures import (
    parity_by_factor,
    plot_accuracy_beyond,
    plot_counter,
    plot_crossings,
    plot_factor,
    plot_memories,
    plot_reach,
    scan_steps,
)
from helpers.lessons.lesson12.shipped import counting_network, grammar_network
from helpers.lessons.lesson12.stage_checks import check_counter, check_read_out
from helpers.lessons.lesson12.stages import counter, read_out, use_if_correct
