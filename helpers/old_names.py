"""What was called otherwise in version 1.0: a copy of a lesson from then is told the name of today.

A package of the course has its ``__getattr__`` from `explained_in`. After `accept`, each old name stands for
what is called otherwise today: in a copy of a lesson from then, or where a submission from then is marked.
"""

import sys
from collections.abc import Callable
from opcode import opmap
from types import FrameType
from typing import Any

# By the package from which a lesson takes it.
OLD: dict[str, dict[str, str]] = {
    "helpers.lessons.lesson01": {"chances": "target_probabilities", "learn": "train_hello"},
    "helpers.lessons.lesson02": {
        "first_guess": "plot_first_guess", "mine_or_plain": "use_if_correct",
        "next_characters": "plot_next_characters", "surprise": "plot_nll",
        "trained_by_hand": "plot_losses_by_hand"},
    "helpers.lessons.lesson03": {"mine_or_plain": "use_if_correct"},
    "helpers.lessons.lesson04": {"average_way": "mean_steps_back"},
    "helpers.lessons.lesson05": {
        "dial_picture": "plot_threshold_changes", "race_picture": "plot_cliff_race",
        "spike_picture": "plot_spike", "turned": "angle_between", "wall": "wall_bias"},
    "helpers.lessons.lesson07": {
        "learn": "train_store_and_ask", "mine_or_plain": "use_if_correct", "one_cell": "run_cell",
        "read_switches": "parse_gates", "right_steps": "correct_steps", "where_wrong": "print_wrong_steps",
        "written": "parse_task"},
    "helpers.lessons.lesson08": {
        "asked_both": "average_with_counts", "best_of_shifted": "shifted_control",
        "better_start": "init_better", "by_heart": "plot_memorising", "by_kind": "sum_by_kind",
        "by_memory": "sum_by_memory", "each_without": "loss_without_each",
        "equal_seconds": "plot_equal_seconds", "floor_of_tales": "true_nll",
        "found_by_correlation": "plot_best_correlations", "kinds_of_surprise": "plot_nll_by_kind",
        "left_to_learn": "plot_loss_and_entropy", "read": "read_states", "standardised": "standardise",
        "text_surprises": "text_nll", "what_helped": "plot_speedups"},
    "helpers.lessons.lesson09": {
        "findings_in_words": "describe_findings", "pairs_won": "count_pairs_won",
        "told_apart": "describe_difference"},
    "helpers.lessons.lesson10": {"of_program": "plot_program"},
    "helpers.lessons.lesson10.pytorch": {"run_of": "to_checkpoint"},
    "helpers.lessons.lesson11": {
        "comes_again": "label_repeats", "copied_back": "plot_reversal_accuracy",
        "layers_read": "plot_layer_probes", "learnt_so_far": "runs_up_to", "mine_or_plain": "use_if_correct",
        "shifted": "shift_right", "watched": "watch_training"},
    "helpers.lessons.lesson12": {
        "counted": "plot_counter", "crossings": "plot_crossings", "drawn_by_walk": "extract_automaton",
        "factor_on_ones": "plot_factor", "held_beyond": "plot_accuracy_beyond",
        "held_while_counting": "record_counting",
        "memories": "plot_memories", "mine_or_plain": "use_if_correct", "minimised": "minimise",
        "network_says": "network_accepts", "reaches": "plot_reach", "told_apart": "distinguishing_string"},
    "helpers.lessons.lesson13": {
        "damaged": "ablate", "foretold": "predicted_exponent", "found_by_starts": "plot_found_by_starts",
        "kept_two_ways": "plot_noise_and_gradient", "learning": "train_flip_flop", "left_alone": "run_free",
        "mine_or_plain": "use_if_correct", "points_of": "fixed_points_of", "read": "read_bits",
        "sign_of": "fixed_point_sign", "two_hollows": "two_basins"},
    "helpers.networks": {"surprises": "nll"},
    "helpers.pictures": {"Sheet": "Canvas"},
    "helpers.runs": {
        "Run": "Checkpoint", "in_pieces": "stepwise", "pick": "select", "shipped": "load_run",
        "sweep_in_pieces": "sweep_steps"},
    "helpers.widgets": {
        "bring_back": "restore_notebook", "on_press": "button", "opening": "warm_up",
        "prerequisites": "self_test", "questions_folded": "hide_questions", "run_live": "live_runs",
        "saw": "reflect"},
}
_accepted = False


class OldName(Exception):
    """A name of version 1.0. A notebook shows the sentence alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class OldNameImported(OldName, ImportError):
    """As `OldName`, from ``from helpers.widgets import saw``."""


class OldNameUsed(OldName, AttributeError):
    """As `OldName`, from ``lesson.surprise``; `hasattr` and pickle see that there is no such name."""


def explained_in(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: it is asked for what the package does not have.

    It raises `OldName` for a name of 1.0, and AttributeError for any other.
    """
    def __getattr__(name: str) -> Any:
        new = OLD.get(package, {}).get(name)
        if new is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if _accepted:
            return getattr(sys.modules[package], new)
        said = (f"`{name}` is now `{new}`, and this copy of the lesson is from version 1.0. To go on with "
                "it, run `from helpers.old_names import accept; accept()` in a new cell, and then this cell "
                "again.")
        if _imports(sys._getframe(1)):      # it would say "cannot import name" in place of an AttributeError
            raise OldNameImported(said)
        raise OldNameUsed(said, name=None, obj=None)        # with its name, Python would guess at another

    return __getattr__


def _imports(frame: FrameType) -> bool:
    """Whether what a frame does is ``from … import``, from a package or a module."""
    code = frame.f_code
    return code.co_name == "_handle_fromlist" or code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


def accept() -> None:
    """From here on, in this process, an old name is what has the new one."""
    global _accepted
    _accepted = True


def earlier(new: str) -> tuple[str, ...]:
    """What something was called in 1.0, if otherwise.

    >>> earlier("reflect"), earlier("predict")
    (('saw',), ())
    """
    return tuple({old: None for names in OLD.values() for old, now in names.items() if now == new})


def newest(path: str) -> str:
    """A name with its package, as in ``runs.shipped`` for `helpers.runs.shipped`, as it is today.

    >>> newest("runs.shipped"), newest("runs.load_run"), newest("data.chunks")
    ('runs.load_run', 'runs.load_run', 'data.chunks')
    """
    package, dot, name = path.rpartition(".")
    return f"{package}{dot}{OLD.get(f'helpers.{package}', {}).get(name, name)}"
