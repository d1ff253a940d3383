"""The pictures of lessons 05 and 06: what their sentences say, and that sliders move lines, not frames."""

import numpy as np
import pytest

from helpers.data import typeset
from helpers.lessons.lesson05 import (
    THRESHOLDS,
    cliff,
    cliff_grows,
    clip_plane,
    norms_and_threshold,
    patients_chart,
    plot_cliff_race,
    plot_spike,
    plot_threshold_changes,
    repeated_factor,
    repeated_matrix,
    threshold_losses,
    threshold_view,
    two_balls,
    two_sides,
)
from helpers.lessons.lesson05.pictures import in_short, two_by_two
from helpers.lessons.lesson06 import (
    REMEDIES,
    adding_plateaus,
    eigenvalues_and_jacobians,
    gradient_by_lag,
    near_and_far_curves,
    reach_while_learning,
    recurrent_weights,
    remedies_by_lag,
)
from helpers.lessons.lesson06.pictures import learnt_table
from helpers.networks import RNN, gradient_norms, running_jacobians, singular_values
from helpers.pictures import frame_key
from helpers.runs import Result, load_run


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


@pytest.mark.parametrize(("value", "words"), [
    (0.0052, "0.0052"), (117.4, "117"), (13_781, "1.4e4"), (1.0, "1"), (9.96, "10"), (2.66e-5, "2.7e-5"),
])
def test_sizes_are_written_as_a_reader_would(value, words):
    assert in_short(value) == words


def test_clipping_in_the_plane_keeps_or_turns():
    said = clip_plane(20, 3.0, 1.0).sentence
    assert "by norm its length is 1.00 and it is turned by 0°" in said
    assert "by value 1.41, turned by 25°" in said
    assert clip_plane(45, 3.0, 1.0).sentence.endswith("turned by 0°.")
    assert same_frame(clip_plane(0, 0.2, 2.0), clip_plane(355, 3.2, 0.2))
    with pytest.raises(ValueError, match="length"):
        clip_plane(0, 0.0, 1.0)


def test_the_surface_says_how_steep_its_wall_is():
    assert "has the norm 5.5·10⁴; the factor per step is 1.293" in cliff_grows(50, 5.5).sentence
    assert "After 1 step, " in cliff_grows(1, 5.5).sentence
    assert cliff.surface(np.linspace(4, 7, 151), np.linspace(-4.5, -1.5, 151)).shape == (151, 151)
    assert "ends at 1.82" in two_sides(5.5).sentence
    assert same_frame(cliff_grows(50, 4.2), cliff_grows(50, 7.0))
    assert not same_frame(cliff_grows(50, 5.5), cliff_grows(20, 5.5))     # another surface: drawn anew


def test_two_balls_say_where_they_end_and_whether_the_clip_acted():
    said = two_balls(5.0, -2.58, 0.1, 1.0).sentence
    assert "thrown off the chart and left at a loss of 0.09" in said and "clipped, the ball converges" in said
    assert two_balls(4.2, -4.4, 0.01, 100.0).sentence.endswith("The clip at 100 never acts.")
    assert same_frame(two_balls(5.0, -2.58, 0.1, 1.0), two_balls(4.2, -4.4, 0.01, 100.0))


def test_a_threshold_counts_what_lies_above_it():
    norms = np.array(load_run("05/norms"))
    assert f"{np.mean(norms > 2.3):.1%} are longer than 2.30" in norms_and_threshold(norms, 2.3).sentence
    assert same_frame(norms_and_threshold(norms, 0.5), norms_and_threshold(norms, 4.0))
    with pytest.raises(ValueError, match="0 entries"):
        norms_and_threshold([], 1.0)


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


def test_a_turned_dial_a_race_and_patients_tell_their_numbers():
    dial = load_run("05/dial")
    end = np.median([r.value["losses"][-1] for r in dial if r.parameters["threshold"] == 0.3])
    assert f"{end:.2f}; to 10 and back" in plot_threshold_changes(dial).sentence
    race = plot_cliff_race(load_run("05/race")).sentence
    assert "near the wall, in 20 draws, 10 to 24 converge without" in race
    assert "D 4.09 to" in patients_chart(load_run("05/patients")).sentence


@pytest.mark.parametrize("optimizer", ["SGD with momentum", "Adagrad", "RMSProp", "Adam"])
def test_spikes_are_told_with_the_step_forty_updates_later(optimizer):
    pictures = [plot_spike(optimizer, spike, clip)
                for spike in (1.0, 1e4) for clip in ("no clip", "before", "after")]
    assert same_frame(*pictures)
    assert all("forty updates later" in picture.sentence for picture in pictures)


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


def made_up(near, far, lag=20, status="finished", seed=0) -> Result:
    value = {"updates": [0, 500, 1000], "short_term_loss": [2.0, 1.0, near],
             "long_term_loss": [2.0, 1.5, far]}
    return load_run("06/near_and_far")[0]._replace(
        parameters={"remedy": "none", "lag": lag}, value=value if status == "finished" else None,
        status=status, seed=seed)


def test_only_runs_that_learnt_both_are_counted_and_diverged_ones_too():
    runs = [made_up(0.01, 0.02), made_up(0.01, 1.39, seed=1), made_up(0.5, 0.01, seed=2),
            made_up(0, 0, status="diverged", seed=3)]
    said = near_and_far_curves(runs).sentence
    assert "median of 3 runs (1 more diverged)" in said and "1 of 4 runs learnt both" in said
    lags, learnt, diverged = learnt_table(runs, ["none"])
    assert lags == [20] and learnt.tolist() == [[1]] and diverged.tolist() == [[1]]
    with pytest.raises(ValueError, match="none of which finished"):
        near_and_far_curves(runs[3:])


def test_the_lag_slider_moves_lines_only_and_the_band_holds_every_run():
    runs = load_run("06/near_and_far")
    pictures = [near_and_far_curves([r for r in runs if r.parameters == {"remedy": remedy, "lag": lag}])
                for remedy in ("none", "IRNN") for lag in (5, 40, 160)]
    assert same_frame(*pictures)
    mine = [r.value["long_term_loss"][-1] for r in runs if r.parameters == {"remedy": "none", "lag": 5}]
    bands = [line.get_ydata() for line in pictures[0].figure.axes[0].lines if line.get_alpha() == 0.22]
    assert {min(mine), max(mine)} <= {*np.round(bands[-1][-2:], 6)}


def test_the_tables_of_remedies_plateaus_and_reach_tell_their_counts():
    runs = load_run("06/near_and_far")
    said = remedies_by_lag(runs, {key: key for key in REMEDIES}).sentence
    assert "none, 10" in said and "orthogonal, 20" in said and "2 of 1,280 runs diverged" in said
    plateaus = adding_plateaus(load_run("06/adding_plateau")).sentence
    assert "19 of 20 at 30 steps, 0 of 20 at 50 steps" in plateaus
    fast = [r for r in load_run("06/reach_of_text") if r.parameters["learning_rate"] == 0.1]
    assert "0.10 before training, by 0.93 after one update" in reach_while_learning(fast).sentence


@pytest.mark.parametrize("radius", [0.2, 1.0, 5.0])
def test_promise_and_truth_are_told_apart(radius):
    cell, rng = RNN(16, 16), np.random.default_rng(0)
    p = cell.init(rng)
    p.W_hh = recurrent_weights(rng, 16, "scaled", radius)
    x, lags = rng.standard_normal((20, 1, 16)), [0, 10, 20]
    stretches = singular_values(running_jacobians(cell, p, x, lags))[:, 0]
    norms = gradient_norms(cell, p, x)
    said = eigenvalues_and_jacobians(p.W_hh, lags, stretches, norms).sentence
    assert typeset(f"is {radius:.2f}, so over 20 steps its power is {radius**20:.1e}") in said
    assert norms[20] <= stretches[2] * (1 + 1e-9)


def test_the_radius_slider_seldom_draws_the_frame_anew():
    norms = np.ones(21)
    pictures = [eigenvalues_and_jacobians(radius * np.eye(4), [0, 10, 20], np.ones(3), norms)
                for radius in np.arange(0.2, 5.05, 0.1)]
    keys = [frame_key(picture.figure) for picture in pictures]
    assert None not in keys and len(set(keys)) == 3
    for radius, picture in zip(np.arange(0.2, 5.05, 0.1), pictures, strict=True):
        assert radius < picture.figure.axes[0].get_xlim()[1]        # every eigenvalue is on the page
