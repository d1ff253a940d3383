"""Runs made, kept and repeated: checkpoints, sweeps and their results, what is shipped, what a reader did."""

from helpers.runs.checkpoint import Checkpoint, CheckpointError, known_cells, restore, save, save_apart
from helpers.runs.experiments import adding_curve, adding_run, text_losses
from helpers.runs.files import named, pack, unpack, write_file
from helpers.runs.history import SMOOTHED_OVER, History
from helpers.runs.progress import Answered, Progress
from helpers.runs.results import Result, Table, load_results, table
from helpers.runs.shipped_files import Shipped, Sweep, load_run, select, write_json, write_network
from helpers.runs.stepwise import HowFar, in_turn, share, stepwise
from helpers.runs.sweep import sweep, sweep_steps
from helpers.runs.take_home import take_home
from helpers.runs.training import CorpusTraining, Training
