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
