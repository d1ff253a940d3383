"""Controls and live views: the only part of the course that knows ipywidgets."""

from helpers import old_names
from helpers.widgets.beside import run_live
from helpers.widgets.controls import explore, lecture_mode
from helpers.widgets.course import bring_back, course_map, questions_folded
from helpers.widgets.laboratory import laboratory
from helpers.widgets.live import fit
from helpers.widgets.press import on_press
from helpers.widgets.progress import progress
from helpers.widgets.question import predict
from helpers.widgets.rounds import opening, prerequisites, review, saw
from helpers.widgets.stepper import stepper
from helpers.widgets.switches import Switches

__getattr__ = old_names.explained_in(__name__)
