"""Pictures of truncation say what they were given, and a dashboard may move only their lines."""

import numpy as np
import pytest

from helpers.lessons.lesson04 import (
    echo_map,
    truncation_lab,
)
from helpers.networks import Comparison, kept_pairs
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


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (1, 5), (6, 6), (5, 2), (20, 20)])
def test_the_faded_part_is_what_is_cut(k1, k2):
    faded = laboratory(k1, k2).figure.axes[0].lines[0].get_xydata()
    ends = faded[1::3, 0]                           # where the faded part of each row ends
    kept = kept_pairs(20, k1, k2)
    for t, end in enumerate(ends):
        assert end - 0.5 == (kept[t].argmax() if kept[t].any() else t + 1)  # or all of it


def test_the_echo_map_tells_apart_the_windows_that_reach():
    values = np.where(np.arange(1, 5) > np.arange(1, 4)[:, None], 0.99, 0.51)[..., None]
    whole = Table("lag", "window", "accuracy", [1, 2, 3], [1, 2, 3, 4], [0], values, values.astype(str))
    chance = np.full((3, 1, 1), 0.5)
    frozen = Table("lag", "window", "accuracy", [1, 2, 3], [8], [0], chance, chance.astype(str))
    said = echo_map({"small": whole}, {"small": frozen}).sentence
    assert "small: 99 for windows beyond the lag, 51 for the others, 50 if frozen." in said
