"""Controls and live views: the only part of the course that knows ipywidgets."""

from helpers.widgets.button import button
from helpers.widgets.controls import explore, lecture_mode
from helpers.widgets.course import course_map, hide_questions, restore_notebook
from helpers.widgets.laboratory import laboratory
from helpers.widgets.live_plot import live_runs
from helpers.widgets.progress import progress
from helpers.widgets.question import predict
from helpers.widgets.rounds import reflect, review, self_test, warm_up
from helpers.widgets.stepper import stepper
from helpers.widgets.switches import Switches
from helpers.widgets.taking_home import take_home_button
from helpers.widgets.train_view import fit
