"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped."""

from helpers import old_names
from helpers.runs.checkpoint import CheckpointError, Run, restore, save, save_apart
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import named, pack, unpack, write_file
from helpers.runs.history import SMOOTHED_OVER, History
from helpers.runs.pieces import HowFar, in_pieces, in_turn, share
from helpers.runs.progress import Answered, Progress
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped import Shipped, Sweep, pick, shipped, write_json, write_network
from helpers.runs.sweep import sweep, sweep_in_pieces
from helpers.runs.training import CorpusTraining, Training

__all__ = [
    "SMOOTHED_OVER",
    "Answered",
    "CheckpointError",
    "CorpusTraining",
    "History",
    "HowFar",
    "Progress",
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
    "named",
    "pack",
    "pick",
    "restore",
    "save",
    "save_apart",
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

__getattr__ = old_names.explained_in(__name__)
