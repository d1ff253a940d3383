"""What makes it learn faster: each idea does what the lesson says, its race is fair, its picture tells it."""


import numpy as np
import pytest

from helpers.data import Vocabulary, ngram_probabilities
from helpers.lessons.lesson08 import (
    SIZES,
    average,
    average_with_counts,
    fade,
    ideas_curve,
    init_better,
    load_tales,
    plot_speedups,
    tales_loss,
    text_nll,
)
from helpers.lessons.lesson08.speedups import FADING, MARKS, ORDER, RACED
from helpers.lessons.lesson08.tales import Tales
from helpers.networks import GRU, LSTM, RNN, CharModel, Parameters, gradient_check
from helpers.runs import Result, load_run

TEXT = "the tern said to the crab: I am here, and the crab said: so am I.\n" * 60
COUNTED = ("counts asked too", "all")
SMALL = Tales(TEXT, TEXT[:400], Vocabulary(TEXT))


def begun(cell, dtype=np.float64):
    model = CharModel(cell(len(SMALL.vocabulary), 12), np.random.default_rng(0), dtype=dtype)
    init_better(model, SMALL.ids, np.random.default_rng(1))
    return model


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cell", [RNN, GRU, LSTM])
def test_a_better_start_knows_the_frequencies_and_keeps_the_length_of_a_state(cell, dtype):
    p = begun(cell, dtype).params
    counts = np.bincount(SMALL.ids) + 1
    assert np.exp(p.b_y) == pytest.approx(counts / counts.sum(), rel=1e-5)
    h, H = np.random.default_rng(2).standard_normal((5, 12)).astype(dtype), 12
    for start in range(0, p.W_hh.shape[1], H):
        turned = h @ p.W_hh[:, start : start + H]
        assert np.linalg.norm(turned, axis=1) == pytest.approx(np.linalg.norm(h, axis=1), rel=1e-5)
    assert p.vector.dtype == dtype


def test_a_better_start_begins_below_chance_and_with_gradients_that_hold():
    model = begun(GRU)
    ids = SMALL.ids
    assert model.loss(ids[:-1, None], ids[1:, None])[0] < 0.95 * np.log(len(SMALL.vocabulary))
    errors = gradient_check(model, ids[:12].reshape(6, 2), ids[1:13].reshape(6, 2))
    assert max(errors.values()) < 1e-5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_weight_that_is_not_learnt_again_fades_by_its_half_life(dtype):
    p = Parameters({"W": (2,)}, np.array([1.0, -4.0], dtype))
    for _ in range(round(np.log(2) / (FADING * 0.1))):
        fade(p, learning_rate=0.1)
    assert p.W == pytest.approx([0.5, -2.0], rel=1e-3) and p.vector.dtype == dtype


@pytest.mark.torch
def test_adam_and_fading_go_where_adamw_of_pytorch_goes():
    import torch

    from helpers.networks import Adam

    rng = np.random.default_rng(0)
    p = Parameters({"W": (20,)}, rng.standard_normal(20))
    theirs = torch.tensor(p.vector.copy(), requires_grad=True)
    ours, their_optimizer = Adam(0.01), torch.optim.AdamW([theirs], lr=0.01, weight_decay=FADING)
    grads = p.zeros_like()
    for _ in range(500):
        grads.vector = rng.standard_normal(20)
        theirs.grad = torch.tensor(grads.vector.copy())
        their_optimizer.step()
        ours.update(p, grads)
        fade(p, 0.01)                        # after the step, of which it so takes a ten-thousandth as well
    moved = np.abs(p.vector - theirs.detach().numpy()).max()
    assert moved < 1e-4 < 500 * FADING * 0.01 * np.abs(p.vector).max()


def test_the_average_is_a_mean_that_forgets_how_it_began():
    vectors = np.arange(1, 1001)[:, None] * np.array([1.0, -2.0])
    mean = np.array([1e9, 1e9])
    for made, vector in enumerate(vectors, start=1):
        average(mean, vector, made)
    # weighted by the tenth power of the time, nearly: 10 / 11 of the way
    assert mean == pytest.approx([1000 * 10 / 11, -2000 * 10 / 11], rel=0.01)


def test_to_ask_both_costs_never_more_than_a_bit_above_the_better_one():
    rng = np.random.default_rng(0)
    p, q = rng.uniform(1e-6, 1, (2, 1000))
    both = average_with_counts(-np.log(p), q)
    assert np.exp(-both) == pytest.approx((p + q) / 2)
    assert (both <= np.minimum(-np.log(p), -np.log(q)) + np.log(2) + 1e-12).all()


@pytest.fixture(scope="module")
def raced():
    """Each idea on a small text, where an update and counting cost 1/64 of a second each."""
    return {idea: ideas_curve(np.random.default_rng(0), idea, SMALL, (0.25, 0.75), 12, length=8,
                              cost=(1 / 64, 1 / 64)) for idea in RACED}


def test_every_idea_gets_the_same_seconds_and_changes_what_is_learnt(raced):
    assert {tuple(run["seconds"]) for run in raced.values()} == {(0.25, 0.75)}
    assert {tuple(run["updates"]) for name, run in raced.items() if name not in COUNTED} == {(16, 48)}
    ends = {idea: run["heldout"][-1] for idea, run in raced.items()}
    assert len(set(ends.values())) == len(RACED), ends


def test_counting_takes_its_time_from_the_training(raced):
    assert raced["counts asked too"]["updates"] == raced["all"]["updates"] == [15, 47]
    counted = ngram_probabilities(TEXT, SMALL.heldout, 6, SMALL.vocabulary.characters)[1:]
    assert raced["counts asked too"]["heldout"][-1] < -np.log(counted / 2).mean()


def test_an_unknown_idea_is_refused():
    with pytest.raises(ValueError, match="idea is 'magic': choose one of none, better start"):
        ideas_curve(np.random.default_rng(0), "magic")


def test_the_picture_says_the_medians_and_draws_each_run():
    losses = {"none": [1.7, 1.5, 1.4], "all": [1.2, 1.25, 1.3]}
    results = [Result({"idea": idea}, seed, "finished", {"seconds": [1.001, 2.004], "heldout": [2, loss]}, "",
                      0, 0) for idea, found in losses.items() for seed, loss in enumerate(found)]
    picture = plot_speedups(results, 2.0)
    assert picture.sentence == "Held-out losses after 2 s, medians of 3 seeds: none 1.500, all 1.250."
    ax, = picture.figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == list(losses)
    rings = {line.get_ydata()[0]: sorted(line.get_xdata()) for line in ax.lines if line.get_marker() == "o"}
    assert rings == {row: sorted(found) for row, found in enumerate(losses.values())}
    assert ax.get_xlabel() == "loss on held-out text (nats per character)"
    with_counts = plot_speedups(results, 2.0, counts=1.25)
    assert "seeds: counts alone 1.250, none 1.500" in with_counts.sentence
    assert any(list(line.get_xdata()) == [1.25, 1.25] for line in with_counts.figure.axes[0].lines)
    with pytest.raises(ValueError, match=r"seconds is 3.0: choose one of 1.0, 2.0"):
        plot_speedups(results, 3.0)


# What was shipped, and what the lesson says of it.

def test_every_idea_was_raced_with_twenty_seeds_and_on_equal_seconds():
    results = load_run("08/ideas")
    assert {r.status for r in results} == {"finished"}
    for idea in RACED:
        assert sorted(r.seed for r in results if r.parameters["idea"] == idea) == list(range(20))
    assert len(results) == 20 * len(RACED)
    for result in results:
        assert result.value["seconds"] == pytest.approx(MARKS, abs=0.05)


def test_two_ideas_help_on_the_tales_and_two_do_not():
    runs = sorted(load_run("08/ideas"), key=lambda run: run.seed)
    ends = {idea: [run.value["heldout"][-1] for run in runs if run.parameters["idea"] == idea]
            for idea in RACED}
    middle = {idea: round(float(np.median(found)), 2) for idea, found in ends.items()}
    assert middle == {"none": 0.60, "better start": 0.53, "fading weights": 0.60, "averaged weights": 0.60,
                      "counts asked too": 0.52, "all but the counts": 0.53, "all": 0.50}
    for idea in ("better start", "counts asked too", "all but the counts", "all"):
        assert max(ends[idea]) < min(ends["none"]), "the bands do not touch"
    for idea, lower in (("fading weights", 12), ("averaged weights", 9)):
        assert sum(one < plain for one, plain in zip(ends[idea], ends["none"], strict=True)) == lower
        assert min(ends[idea]) < np.median(ends["none"]) < max(ends[idea]), "within the luck of a seed"
    assert max(ends["all"]) < min(ends["counts asked too"] + ends["all but the counts"])


def test_a_second_opinion_that_is_worse_does_not_help_a_network_that_has_learnt():
    tales, network = load_tales(), load_run("08/gru")[0]
    passage = tales.heldout[:12_001]
    alone = text_nll(network, tales.vocabulary.encode(passage))
    counted = ngram_probabilities(tales.text, passage, ORDER)[1:]
    losses = alone.mean(), average_with_counts(alone, counted).mean(), -np.log(counted).mean()
    assert [round(float(loss), 3) for loss in losses] == [0.360, 0.397, 0.515]


def test_a_better_start_spares_the_network_nearly_a_nat():
    tales = load_tales()
    model = CharModel(GRU(len(tales.vocabulary), SIZES["GRU"]), np.random.default_rng(0))
    before = tales_loss(model, tales.heldout_ids, 500)
    init_better(model, tales.ids, np.random.default_rng(1))
    assert round(before, 1) == 4.1 and round(tales_loss(model, tales.heldout_ids, 500), 1) == 3.2
