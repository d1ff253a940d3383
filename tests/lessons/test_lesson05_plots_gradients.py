"""The pictures of lessons 05 and 06: what their sentences say, and that sliders move lines, not frames."""

import numpy as np
import pytest

from helpers.lessons.lesson05 import (
    THRESHOLDS,
    clip_plane,
    repeated_factor,
    repeated_matrix,
    threshold_losses,
    threshold_view,
)
from helpers.lessons.lesson05.pictures import two_by_two
from helpers.lessons.lesson06 import (
    gradient_by_lag,
)
from helpers.pictures import frame_key
from helpers.runs import load_run


def same_frame(*pictures) -> bool:
    """Whether a dashboard sends only lines and words from one of these pictures to the next."""
    keys = [frame_key(picture.figure) for picture in pictures]
    return None not in keys and len(set(keys)) == 1


# Lesson 05.

def test_a_factor_and_a_matrix_say_what_they_make_of_one():
    assert repeated_factor(1.1, 1).sentence.endswith("is 1.1 after 1 step.")
    assert "is 1.4·10⁴ after 100 steps" in repeated_factor(1.1, 100).sentence
    assert "grows to 6.2 at step 9 and is 0.19 after 60" in repeated_matrix(0.9, 2.0, 60).sentence
    assert same_frame(repeated_factor(0.5, 50), repeated_factor(1.5, 50))
    assert same_frame(repeated_matrix(0.5, 2.5), repeated_matrix(1.2, 0.5))


@pytest.mark.parametrize(("eigenvalue", "singular_value"), [(0.9, 2.0), (0.5, 0.5), (1.2, 2.5)])
def test_the_matrix_has_the_eigenvalues_and_the_singular_value_that_it_is_given(eigenvalue, singular_value):
    W = two_by_two(eigenvalue, singular_value)
    assert np.linalg.eigvals(W) == pytest.approx(eigenvalue, abs=1e-6)
    assert np.linalg.norm(W, 2) == pytest.approx(singular_value)


def test_clipping_in_the_plane_keeps_or_turns():
    said = clip_plane(20, 3.0, 1.0).sentence
    assert "by norm its length is 1.00 and it is turned by 0°" in said
    assert "by value 1.41, turned by 25°" in said
    assert clip_plane(45, 3.0, 1.0).sentence.endswith("turned by 0°.")
    assert same_frame(clip_plane(0, 0.2, 2.0), clip_plane(355, 3.2, 0.2))
    with pytest.raises(ValueError, match="length"):
        clip_plane(0, 0.0, 1.0)


def test_runs_of_a_threshold_are_told_with_their_band_and_share():
    results = load_run("05/thresholds")
    clipped = threshold_view(results, 3.0, 0.3).sentence
    assert "clipped at 0.3 (100% of the updates): the 20 runs end" in clipped
    assert "without clipping" in threshold_view(results, 3.0, None).sentence
    pictures = [threshold_view(results, rate, limit) for rate in (0.3, 3.0) for limit in THRESHOLDS]
    assert same_frame(*pictures)
    assert "rate 3 a threshold of 0.3 ends lowest" in threshold_losses(results).sentence
    picture = threshold_losses(results)         # and what lies above the axis is marked, with its number
    assert {"15", "40", "33"} <= {text.get_text() for text in picture.figure.axes[0].texts}
    assert picture.sentence.endswith("A triangle stands for a median above 6, written below it.")
    shown = [one._replace(value=dict(one.value, end=min(one.value["end"], 5.9))) for one in results]
    assert "triangle" not in threshold_losses(shown).sentence
    lost = {"learning_rate": 3.0, "max_norm": None}         # a reader's own run may diverge
    more = [*results, results[0]._replace(parameters=lost, value=None, status="diverged")]
    assert "a threshold of 0.3 ends lowest" in threshold_losses(more).sentence
    with pytest.raises(ValueError, match="Give a rate"):
        threshold_view(results, 2.0, 0.3)


# Lesson 06.

def test_a_straight_line_is_told_with_its_factor_and_horizon():
    lags = np.arange(201)
    said = gradient_by_lag({"half": 0.5**lags, "kept": 1.0**lags}).sentence
    assert "half: 0.500 (a hundredth is left after 7 steps)" in said
    assert "kept: 1.000 (it does not fade)" in said
    assert "(it grows)" in gradient_by_lag({"up": 1.1**lags}).sentence
    assert same_frame(gradient_by_lag({"a": 0.5**lags}), gradient_by_lag({"b": 1.5**lags}))
    with pytest.raises(ValueError, match="Give one to"):
        gradient_by_lag({})
