"""Lesson 12, what a loop can compute: automata, counters, experiments, pictures, stages and checks."""

from helpers.lessons.lesson12.checks import (
    check_combine,
    check_no_pair,
    check_told_apart,
    check_turn,
    check_two_counters,
)
from helpers.lessons.lesson12.experiments import (
    ORDERS,
    RULES,
    SIGNS,
    TOMITA,
    LinearRecurrence,
    agreement,
    answers,
    automaton,
    counter_path,
    distinguishing_string,
    extract_automaton,
    grammar_looks,
    minimise,
    network_accepts,
    network_answers,
    parity_strings,
    reach,
    record_counting,
    run_unit,
    strings_to,
)
from helpers.lessons.lesson12.pictures import (
    learning_machine,
    machine,
    machine_at,
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
