"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped."""

from helpers.runs.checkpoint import CheckpointError, Run, restore, save
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import pack, unpack, write_file
from helpers.runs.history import SMOOTHED_OVER, History
from helpers.runs.pieces import HowFar, in_pieces, in_turn, share
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped import Shipped, Sweep, pick, shipped, write_json, write_network
from helpers.runs.sweep import sweep, sweep_in_pieces
from helpers.runs.training import CorpusTraining, Training

__all__ = [
    "SMOOTHED_OVER",
    "CheckpointError",
    "CorpusTraining",
    "History",
    "HowFar",
    "Result",
    "Run",
    "Shipped",
    "Sweep",
    "Table",
    "Training",
    "adding_curve",
    "adding_run",
    "in_pieces",
    "in_turn",
    "load_results",
    "pack",
    "pick",
    "restore",
    "save",
    "share",
    "shipped",
    "sweep",
    "sweep_in_pieces",
    "table",
    "text_losses",
    "unpack",
    "write_file",
    "write_json",
    "write_network",
]
