"""Pictures of truncation say what they were given, and a dashboard may move only their lines."""

import numpy as np
import pytest
from looks import assert_words_are_clear

from helpers.lessons.lesson04 import (
    bias_of_truncation,
    descend,
    echo_map,
    influence_window,
    k1_k2,
    lag_sizes,
    place_losses,
    running_means,
    text_streams,
    truncation_lab,
    window_race,
)
from helpers.lessons.lesson04.drawings import carried_state
from helpers.networks import Comparison, kept_pairs
from helpers.pictures import frame_key
from helpers.runs import Table

LAGS = np.subtract.outer(np.arange(20), np.arange(20))
CREDIT = np.where(LAGS >= 0, 0.7 ** np.abs(LAGS), np.nan)
CURVES = {"sliding": np.linspace(0.1, 1, 20), "chunks": np.linspace(-0.2, 1, 20)}


def laboratory(k1=4, k2=8, title="a network"):
    return truncation_lab(CREDIT, k1, k2, Comparison(0.912, 0.734), CURVES, title)


def test_the_laboratory_says_what_is_left_and_what_it_costs():
    sentence = laboratory().sentence
    for fact in ("k1 = 4", "k2 = 8", "0.912", "0.734", "2.0 steps per", "8 of 20 states"):
        assert fact in sentence
    share = 1 - kept_pairs(20, 4, 8).sum() / 210
    assert f"{share:.0%} of the pairs" in sentence
    assert "0% of the pairs" in laboratory(20, 20).sentence


def test_only_lines_and_words_move_in_the_laboratory():
    first = frame_key(laboratory(1, 1).figure)
    assert first is not None
    assert all(frame_key(laboratory(k1, k2).figure) == first for k1, k2 in [(20, 20), (5, 2), (3, 7)])
    assert frame_key(laboratory(title="another").figure) != first


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (1, 5), (6, 6), (5, 2), (20, 20)])
def test_the_faded_part_is_what_is_cut(k1, k2):
    faded = laboratory(k1, k2).figure.axes[0].lines[0].get_xydata()
    ends = faded[1::3, 0]                           # where the faded part of each row ends
    kept = kept_pairs(20, k1, k2)
    for t, end in enumerate(ends):
        assert end - 0.5 == (kept[t].argmax() if kept[t].any() else t + 1)  # or all of it


@pytest.mark.parametrize("bad", [np.ones((3, 4)), np.zeros((4, 4)), np.full((4, 4), np.nan)])
def test_a_matrix_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="credit"):
        truncation_lab(bad, 1, 1, Comparison(1, 1), CURVES, "x")


def test_lags_places_and_windows_are_told_in_numbers():
    said = lag_sizes({"short": 0.5 ** np.arange(80), "long": np.ones(80)}).sentence
    assert "short: below a hundredth from lag 7 on" in said and "long: never below" in said
    said = place_losses({"carried": np.array([1.5, 1.25]), "reset": np.array([3.0, 2.0])}).sentence
    assert "carried 1.50 at position 1 and 1.38" in said and "reset 3.00 at position 1 and 2.50" in said
    runs = {5: np.full((3, 4), 0.02), 50: np.array([[0.1, 0.1, 0.1, 0.001]] * 3)}
    said = window_race(runs, every=100, baseline=1 / 6).sentence
    assert ("after 400 updates, median of 3 runs: 0.0200 with window 5, 0.0010 with window 50; "
            "chance is 0.1667" in said)


def test_the_echo_map_tells_apart_the_windows_that_reach():
    values = np.where(np.arange(1, 5) > np.arange(1, 4)[:, None], 0.99, 0.51)[..., None]
    whole = Table("lag", "window", "accuracy", [1, 2, 3], [1, 2, 3, 4], [0], values, values.astype(str))
    chance = np.full((3, 1, 1), 0.5)
    frozen = Table("lag", "window", "accuracy", [1, 2, 3], [8], [0], chance, chance.astype(str))
    said = echo_map({"small": whole}, {"small": frozen}).sentence
    assert "small: 99 for windows beyond the lag, 51 for the others, 50 if frozen." in said


def test_the_balance_says_which_way_training_goes():
    seen = bias_of_truncation(100)
    for window, sign, way in ((10, "wrong", "away from"), (60, "right", "towards")):
        said = influence_window(seen, window, descend(seen[window - 1], 0.001, 60)).sentence
        assert f"the {sign} sign" in said and way in said
        assert f"{seen[window - 1]:.3f}".replace("-", "\N{MINUS SIGN}") in said
    said = running_means(
        np.array([1.0, 3.0]), truth=2.0, fixed=1.5, deviation=1.0, go_on=0.98, way=43.37).sentence
    for fact in ("true gradient is 2.00", "43.4 steps on average", "after 43 steps", "0.50 times the truth"):
        assert fact in said


def test_every_moving_picture_of_a_dashboard_is_lines_and_words():
    seen = bias_of_truncation(100)
    for picture in (influence_window(seen, 3, descend(1.0, 0.001, 60)),
                    running_means(np.ones(9), 1.0, 0.5, 1.0, 0.9, 10.0),
                    place_losses({"a": np.ones(3)})):
        assert frame_key(picture.figure) is not None


def test_diagrams_say_the_numbers_of_their_story():
    assert "3 plain numbers" in carried_state().sentence
    assert "over 3 to 5 steps" in k1_k2(3, 5).sentence and "4 updates in 12 steps" in k1_k2(3, 5).sentence
    assert "every loss is sent back over 4 steps" in k1_k2(1, 4).sentence
    assert "3 of every 5 losses are never sent back" in k1_k2(5, 2).sentence
    assert "1 of every 3 losses is never sent back" in k1_k2(3, 2).sentence
    for layout, good in (("streams", 6), ("dealt chunks", 0)):
        assert f"{good} meet the text that follows" in text_streams(layout).sentence


@pytest.mark.parametrize(("draw", "arguments", "named"), [
    (k1_k2, {"k1": 0}, "k1"), (k1_k2, {"k2": 13}, "k2"),
    (text_streams, {"layout": "cards"}, "layout"), (text_streams, {"batch": 4}, "batch"),
    (text_streams, {"batch": 5, "length": 3}, "batch"),
])
def test_a_bad_argument_of_a_diagram_is_named(draw, arguments, named):
    with pytest.raises(ValueError, match=named):
        draw(**arguments)


@pytest.mark.parametrize(("draw", "arguments"), [
    (carried_state, ()),
    *((k1_k2, (k1, k2)) for k1 in (1, 2, 3, 5, 12) for k2 in (1, 4, 12)),
    *((text_streams, (layout, batch, 3)) for layout in ("streams", "dealt chunks") for batch in (2, 3, 4)),
    (text_streams, ("streams", 3, 4)), (text_streams, ("dealt chunks", 3, 4)),
], ids=lambda value: getattr(value, "__name__", None))
def test_words_of_diagrams_are_clear_of_everything(draw, arguments):
    assert_words_are_clear(draw(*arguments))
