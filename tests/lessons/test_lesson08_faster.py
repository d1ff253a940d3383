"""What makes it learn faster: each idea does what the lesson says, its race is fair, its picture tells it."""


import numpy as np
import pytest

from helpers.data import Vocabulary
from helpers.lessons.lesson08 import (
    average,
    fade,
    ideas_curve,
    init_better,
)
from helpers.lessons.lesson08.speedups import FADING, RACED
from helpers.lessons.lesson08.tales import Tales
from helpers.networks import GRU, LSTM, RNN, CharModel, Parameters

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


# What was shipped, and what the lesson says of it.
