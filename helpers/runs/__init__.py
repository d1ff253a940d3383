"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped."""

from helpers.runs.checkpoint import CheckpointError, Run, restore, save
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import pack, unpack, write_file
from helpers.runs.history import History, LossRecord
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped import Shipped, ShippedRun, Sweep, pick, shipped, write_json, write_network
from helpers.runs.sweep import sweep
from helpers.runs.training import Training

__all__ = [
    "CheckpointError",
    "History",
    "LossRecord",
    "Result",
    "Run",
    "Shipped",
    "ShippedRun",
    "Sweep",
    "Table",
    "Training",
    "adding_curve",
    "adding_run",
    "load_results",
    "pack",
    "pick",
    "restore",
    "save",
    "shipped",
    "sweep",
    "table",
    "text_losses",
    "unpack",
    "write_file",
    "write_json",
    "write_network",
]
