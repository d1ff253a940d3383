"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped."""

from helpers.runs.checkpoint import CheckpointError, Run, restore, save
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import pack, read_file, unpack, write_file
from helpers.runs.history import SMOOTHED_OVER, History
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped import load_model, load_runs, pick
from helpers.runs.sweep import sweep
from helpers.runs.training import CorpusTraining, Training

__all__ = [
    "SMOOTHED_OVER",
    "CheckpointError",
    "CorpusTraining",
    "History",
    "Result",
    "Run",
    "Table",
    "Training",
    "adding_curve",
    "adding_run",
    "load_model",
    "load_results",
    "load_runs",
    "pack",
    "pick",
    "read_file",
    "restore",
    "save",
    "sweep",
    "table",
    "text_losses",
    "unpack",
    "write_file",
]
