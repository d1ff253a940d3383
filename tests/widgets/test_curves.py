"""The curves of a training that goes on: their axes are drawn once, and nothing on them is stale."""

import pytest

from helpers.data import course_corpus
from helpers.pictures import STAGE, for_lecture, frame_key, frame_png
from helpers.runs import CorpusTraining
from helpers.widgets.curves import Curves


@pytest.mark.parametrize("view", ["loss", "run", "norms"])
@pytest.mark.parametrize("stage", [None, STAGE], ids=["desk", "lecture"])
def test_a_frame_that_the_curves_vouch_for_is_the_same(view, stage):
    training = CorpusTraining(course_corpus(), "RNN", hidden_size=5, length=5, seed=0)
    curves, seen = Curves(view, shortest=100), {}
    with for_lecture(stage):
        curves.begin(training)
        for norm, value in ((None, 0.2), (0.5, None), (None, None), (2.0, None), (None, 0.1)):
            training.steps.clip_norm, training.steps.clip_value = norm, value
            for _ in range(50):
                training.update()
            training.measure()
            picture = curves.picture(f"{training.updates} updates.")
            assert picture.frame is not None and frame_key(picture.figure) is not None
            assert seen.setdefault(picture.frame, frame_png(picture.figure)) == frame_png(picture.figure)
    assert len(seen) == 3, "axes of 100, 200 and 500 updates"


@pytest.mark.parametrize(("updates", "axes", "kept"), [
    (99, 500, False), (100, 500, True), (199, 10_000, False), (200, 10_000, True)])
def test_a_curve_stays_in_grey_where_it_is_long_enough_to_be_seen(updates, axes, kept):
    training, curves = CorpusTraining(course_corpus(), "RNN", 2, length=2, seed=0), Curves("loss", None, axes)
    training.measure()
    for _ in range(updates):
        training.update()
    curves.begin(training)
    curves.keep("an earlier run")
    shown = curves.picture("The loss.")
    assert shown.text == ("Grey curves\n1: an earlier run" if kept else "")
    assert shown.figure.axes[0].get_xlim()[1] == axes


def test_the_axes_of_a_new_run_hold_the_grey_curves_to_their_ends():
    first, curves = CorpusTraining(course_corpus(), "RNN", 2, length=2, seed=0), Curves("loss")
    first.measure()
    curves.begin(first)
    for _ in range(501):
        first.update()
    curves.keep("an earlier run")
    second = CorpusTraining(course_corpus(), "RNN", 2, length=2, seed=1)
    second.measure()
    curves.begin(second)
    assert curves.picture("The loss.").figure.axes[0].get_xlim()[1] == 1000
