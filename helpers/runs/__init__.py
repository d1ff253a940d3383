"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped."""

from helpers import old_names
from helpers.runs.checkpoint import CheckpointError, Run, known_cells, restore, save, save_apart
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import named, pack, unpack, write_file
from helpers.runs.history import SMOOTHED_OVER, History
from helpers.runs.pieces import HowFar, in_pieces, in_turn, share
from helpers.runs.progress import Answered, Progress
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped import Shipped, Sweep, pick, shipped, write_json, write_network
from helpers.runs.sweep import sweep, sweep_in_pieces
from helpers.runs.training import CorpusTraining, Training

__getattr__ = old_names.explained_in(__name__)
