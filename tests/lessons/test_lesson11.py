"""What lesson 11 computes: masks, two layers, an encoder and a decoder, look-ups, searches."""

from itertools import product

import numpy as np
import pytest

from helpers.lessons.lesson11 import (
    EncoderDecoder,
    beam,
    label_repeats,
    log_probabilities,
    plain,
    reversal_strings,
    shift_right,
)
from helpers.lessons.lesson11.experiments import TwoLayers, all_strings, share_of_labels
from helpers.networks import GRU, numerical_gradient, relative_error

RNG = np.random.default_rng


def test_a_padded_batch_has_the_gradient_of_its_sequences_by_length():
    cell, rng, lengths = GRU(5, 4), RNG(0), np.array([6, 2, 3])
    p, W, T = cell.init(RNG(1)), RNG(2).normal(size=(4, 5)), 6
    x, targets = rng.integers(5, size=(2, T, 3))
    mask = (np.arange(T)[:, None] < lengths).astype(float)

    def gradients(x, targets, mask):
        h, _, cache = cell.forward(p, x)
        _, d_scores = plain.masked_loss(h @ W, targets, mask)
        return cell.backward(p, d_scores @ W.T, cache)[0].vector.copy()

    alone = [gradients(x[:n, [b]], targets[:n, [b]], np.ones((n, 1))) for b, n in enumerate(lengths)]
    together = gradients(x, targets, mask)
    assert np.allclose(together, sum(n * one for n, one in zip(lengths, alone, strict=True)) / lengths.sum())
    other = np.where(mask == 1, x, 4), np.where(mask == 1, targets, 0)
    assert np.allclose(gradients(*other, mask), together), "whatever fills the rectangle"


def test_the_masked_loss_has_its_own_gradient():
    scores, targets = RNG(0).normal(size=(4, 2, 3)), RNG(1).integers(3, size=(4, 2))
    mask = np.array([[1, 1], [1, 1], [1, 0], [0, 0.0]])
    measured = numerical_gradient(lambda: plain.masked_loss(scores, targets, mask)[0], scores)
    assert relative_error(plain.masked_loss(scores, targets, mask)[1], measured) < 1e-7


def test_the_stack_of_two_gated_layers_goes_back_right():
    network = TwoLayers(4, 3, RNG(0))
    x, targets = RNG(1).integers(4, size=(2, 5, 2))
    loss, grads, _ = network.loss_and_grads(x, targets)
    assert loss == pytest.approx(np.log(4), abs=0.3)
    step, before = 1e-2, network.params.copy()
    direction = grads.copy()
    network.params.vector = before.vector - step * direction.vector
    lower = network.loss_and_grads(x, targets)[0]
    expected = step * float(direction.vector @ direction.vector)
    assert loss - lower == pytest.approx(expected, rel=0.1)
    for part in range(3):           # each layer, and the read-out, along a line of its own
        line = network.params.zeros_like()
        network.parts(line)[part].vector = RNG(2).normal(size=network.parts(line)[part].vector.size)
        there, back = [], (0.01, -0.01)
        for step in back:
            network.params.vector = before.vector + step * line.vector
            there.append(network.loss_and_grads(x, targets)[0])
        slope = float(direction.vector @ line.vector)
        assert (there[0] - there[1]) / 0.02 == pytest.approx(slope, rel=0.02, abs=1e-4) and abs(slope) > 0.005


@pytest.mark.parametrize("attention", [True, False])
def test_every_gradient_of_encoder_and_decoder_is_right(attention):
    network = EncoderDecoder(4, RNG(0), attention, dtype=np.float64)
    strings = reversal_strings(RNG(1), 4, 3)
    grads = network.loss_and_grads(strings, strings[::-1])[1].copy()
    for name, array in network.params.items():
        measured = numerical_gradient(lambda: network.loss_and_grads(strings, strings[::-1])[0], array)
        assert relative_error(grads[name], measured) < 1e-6, name


def test_one_by_one_the_look_ups_give_the_same():
    network = EncoderDecoder(4, RNG(0), dtype=np.float64)
    strings = reversal_strings(RNG(1), 4, 3)
    grads = network.loss_and_grads(strings, strings[::-1])[1].copy()
    mine = network.loss_and_grads(strings, strings[::-1], plain.look_up_back)[1]
    assert np.allclose(grads.vector, mine.vector)


@pytest.mark.parametrize("attention", [True, False])
def test_what_it_writes_is_what_its_scores_say(attention):
    network = EncoderDecoder(8, RNG(0), attention)
    network.params.b_y = RNG(3).normal(size=network.params.b_y.shape)
    strings = reversal_strings(RNG(1), 5, 4)
    written = network.write(strings)
    assert (network.scores(strings, shift_right(written))[0].argmax(axis=2) == written).all()


def test_who_reads_both_ways_is_asked_what_comes_later():
    assert label_repeats(np.array([[0], [1], [0], [2], [1]]))[:, 0].tolist() == [1, 1, 0, 0, 0]
    found = share_of_labels(RNG(0), True, hidden_size=4, updates=2)
    assert 0.4 < found["accuracy"] < 1 and 0.6 < found["often"] < 0.8


def test_a_beam_as_wide_as_all_strings_finds_the_best():
    network, string = EncoderDecoder(6, RNG(0)), np.array([3, 1, 4])
    every = np.array(list(product(range(8), repeat=3))).T
    logs = log_probabilities(network, string, every)
    assert np.exp(logs).sum() == pytest.approx(1, abs=1e-5)
    total, symbols = beam(network, string, 8**3)[0]
    assert total == pytest.approx(logs.max(), abs=1e-5) and symbols == tuple(every[:, logs.argmax()])
    assert beam(network, string, 1)[0][1] == tuple(network.write(string[:, None])[:, 0])
    assert all_strings().shape == (4, 4096) and all_strings()[:, 9].tolist() == [0, 0, 1, 1]
