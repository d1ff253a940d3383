"""What lesson 11 computes: masks, two layers, an encoder and a decoder, look-ups, searches, shipped runs."""

from itertools import product

import numpy as np
import pytest

from helpers.lessons.lesson11 import (
    EncoderDecoder,
    beam,
    label_repeats,
    log_probabilities,
    look_up_weights,
    padded_batch,
    plain,
    plot_layer_probes,
    plot_reversal_accuracy,
    reversal_by_length,
    reversal_live,
    reversal_strings,
    reversal_updates,
    runs_up_to,
    shift_right,
    two_layers,
    watch_training,
)
from helpers.lessons.lesson11.directions import share_of_labels
from helpers.lessons.lesson11.layers import TwoLayers, read_from_layers
from helpers.lessons.lesson11.search import all_strings, search_shares
from helpers.networks import GRU, RNN, numerical_gradient, relative_error
from helpers.runs import load_run, table

RNG = np.random.default_rng


# --- masks ---

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


# --- two layers ---

def stack_of_two():
    p = [RNN(3, 4).init(RNG(0)), RNN(4, 4).init(RNG(1))]
    for n, one in enumerate(p):
        one.b_h = RNG(n).normal(size=4)
    return p, RNG(2).normal(size=(5, 2, 3)), RNG(3).normal(size=(5, 2, 4))


def test_two_layers_backward_are_what_the_loss_says():
    p, x, R = stack_of_two()
    first = RNG(4).normal(size=(2, 4))

    def loss():
        _, two = plain.two_forward(p, x, first)
        return sum((R[t] * two[t]).sum() for t in range(5))

    grads = plain.two_back(p, x, *plain.two_forward(p, x, first), R)
    for layer in (0, 1):
        for name in p[layer]:
            assert relative_error(grads[layer][name], numerical_gradient(loss, p[layer][name])) < 1e-7


@pytest.mark.torch
def test_two_layers_are_those_of_torch():
    import torch

    p, x, R = stack_of_two()
    stack = torch.nn.RNN(3, 4, num_layers=2, dtype=torch.float64)
    with torch.no_grad():
        for n, one in enumerate(p):
            getattr(stack, f"weight_ih_l{n}")[:] = torch.from_numpy(one.W_xh.T)
            getattr(stack, f"weight_hh_l{n}")[:] = torch.from_numpy(one.W_hh.T)
            getattr(stack, f"bias_ih_l{n}")[:] = torch.from_numpy(one.b_h)
            getattr(stack, f"bias_hh_l{n}")[:] = 0
    theirs, _ = stack(torch.from_numpy(x))
    (theirs * torch.from_numpy(R)).sum().backward()
    one, two = plain.two_forward(p, x, np.zeros((2, 4)))
    assert np.allclose([two[t] for t in range(5)], theirs.detach().numpy())
    for n, grads in enumerate(plain.two_back(p, x, one, two, R)):
        assert np.allclose(grads.W_xh, getattr(stack, f"weight_ih_l{n}").grad.numpy().T)
        assert np.allclose(grads.W_hh, getattr(stack, f"weight_hh_l{n}").grad.numpy().T)
        assert np.allclose(grads.b_h, getattr(stack, f"bias_ih_l{n}").grad.numpy())


@pytest.mark.torch
def test_a_look_up_and_its_gradient_are_those_of_torch():
    import torch

    q, keys, values = RNG(0).normal(size=4), RNG(1).normal(size=(6, 4)), RNG(2).normal(size=(6, 3))
    theirs = [torch.tensor(array, requires_grad=True) for array in (q, keys, values)]
    answer = torch.softmax(theirs[1] @ theirs[0], dim=0) @ theirs[2]
    answer.sum().backward()
    found, weights = plain.look_up(q, keys, values)
    assert np.allclose(found, answer.detach().numpy())
    for mine, array in zip(plain.look_up_back(q, keys, values, weights, np.ones(3)), theirs, strict=True):
        assert np.allclose(mine, array.grad.numpy())


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


def test_what_is_read_from_layers_has_a_share_for_each_lag():
    found = read_from_layers(RNG(0), hidden_size=8, updates=3)
    assert len(found["one"]) == len(found["two"]) == 9 and len(found["next"]) == 2
    assert all(0 <= share <= 1 for share in [*found["one"], *found["two"], *found["next"], found["often"]])


def test_what_a_layer_has_of_the_present_and_the_last_character_is_read_at_their_lags(monkeypatch):
    def two_characters(self, inputs, states=None):
        now = np.eye(1 + inputs.max())[inputs]
        both = np.concatenate([now, np.roll(now, 1, axis=0)], axis=2)
        return both, now, None, None

    monkeypatch.setattr(TwoLayers, "forward", two_characters)
    found = read_from_layers(RNG(0), hidden_size=4, updates=0)
    assert found["one"][:2] == [1, 1] and found["two"][0] == 1
    assert max(*found["one"][2:], *found["two"][1:], *found["next"]) < 0.7


# --- an encoder and a decoder ---

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
    strings = reversal_strings(RNG(1), 5, 4)
    written = network.write(strings)
    assert (network.scores(strings, shift_right(written))[0].argmax(axis=2) == written).all()
    assert network.write(strings, 2).shape == (2, 4)


def test_a_short_string_is_learnt_with_a_look_up():
    network = EncoderDecoder(16, RNG(0))
    losses = list(reversal_updates(network, RNG(1), 3, 250))
    strings = reversal_strings(RNG(2), 3, 100)
    assert losses[-1] < 0.3 * losses[0] and (network.write(strings) == strings[::-1]).mean() > 0.9


def test_a_training_that_is_watched_says_how_it_stands():
    points = [point for point in watch_training(RNG(0), length=4, updates=6, every=3) if point]
    assert [point[0] for point in points] == [0, 3, 6]
    _, share, weights, string, written = points[-1]
    assert weights.shape == (4, 4) and np.allclose(weights.sum(axis=1), 1)
    assert len(string) == len(written) == 4 and set(string + written) <= set("abcdefgh")
    assert 0 <= share <= 1 and next(iter(watch_training(RNG(0), attention=False)))[2] is None


# --- both directions, and searches ---

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


def test_searches_find_more_with_a_wider_beam():
    found = search_shares(RNG(0), updates=5, hidden_size=4)
    assert found["found_8"] >= found["found_1"] and set(found) >= {"found_2", "right_4", "right_all"}


# --- what is shipped ---

def test_the_second_layer_has_lost_what_the_first_still_has():
    runs = [run.value for run in load_run("11/layers")]
    assert len(runs) == 20
    assert min(run["one"][0] for run in runs) > 0.75 and max(run["two"][0] for run in runs) < 0.62
    assert all(one > two for run in runs for one, two in zip(run["one"][:3], run["two"][:3], strict=True))


def test_copies_are_those_of_the_lesson():
    copied = {3000: table(load_run("11/copying"), "hidden_size", "length", value="accuracy"),
              15000: table(load_run("11/copying_longer"), "hidden_size", "length", value="accuracy")}
    assert "77 % at 8, 34 % at 16" in plot_reversal_accuracy(copied, 32).sentence
    assert "100 % at 8, 52 % at 16" in plot_reversal_accuracy(copied, 32, 15000).sentence
    with pytest.raises(ValueError, match="16, 32, 64 for 15000"):
        plot_reversal_accuracy(copied, 128, 15000)


def test_with_a_look_up_more_is_right_at_every_length():
    runs = load_run("11/reversal")
    assert "with attention 0.97 to 1.00, without attention 0.52 to 0.69." in (
        reversal_by_length(runs, 10).sentence)
    assert "without attention 0.25 to 0.32" in reversal_by_length(runs, 20).sentence
    assert "without attention 0.56 to 0.65" in reversal_by_length(runs, 20, "the right ones").sentence
    for length, fed in ((11, "its own symbols"), (10, "nothing")):
        with pytest.raises(ValueError, match="Choose fed from"):
            reversal_by_length(runs, length, fed)


def test_directions_and_searches_are_those_of_the_lesson():
    for run in load_run("11/directions"):
        assert (run.value["accuracy"] > 0.995) is run.parameters["both"]
    early = [run.value for run in load_run("11/search") if run.parameters["updates"] == 100]
    assert np.mean([run["found_1"] for run in early]) == pytest.approx(0.7405)
    assert max(run["right_all"] for run in early) == 0.63


# --- pictures ---

def test_pictures_say_their_numbers_and_refuse_what_does_not_fit():
    gradient = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert padded_batch(["ab", "c"], gradient).sentence == (
        "Of 4 positions, 1 is padding, shown as 0. The padding has 25 % of the gradient with respect to the "
        "scores.")
    assert padded_batch(["abc", "d"], np.ones((3, 2))).sentence.startswith("Of 6 positions, 2 are padding, ")
    with pytest.raises(ValueError, match="one number per position"):
        padded_batch(["abc"], gradient)
    shares = {"one": np.array([[0.9, 0.5]]), "two": np.array([[0.4, 0.3]])}
    assert "The character before is read correctly from the first layer in 50 %" in plot_layer_probes(shares,
                                                                                            1).sentence
    with pytest.raises(ValueError, match="from 0 to 1"):
        plot_layer_probes(shares, 2)
    weights = np.array([0.25, 0.5, 0.25])
    assert "puts 0.50 of its weight there." in look_up_weights(weights, "abc", 1).sentence
    assert look_up_weights(weights, "abc", 1, np.array([0.1, -0.2, 0.1])).sentence.endswith("is −0.200.")
    assert "3 paths lead" in two_layers(3).sentence and "1 path leads" in two_layers(1).sentence
    for weights, where in ((np.eye(3), "on the state of"), (np.eye(3, k=-1), "one state after"),
                           (np.eye(3, k=-2), "two states after")):      # each holds more than its own symbol
        looked = {"with": [(0, 0.1, weights[:, ::-1], "abc", "cbb")]}
        assert f"Of the weight, 1.00 is {where} the symbol to be written." in reversal_live(looked).sentence


def test_a_training_that_is_shipped_is_cut_where_it_is_asked():
    runs = load_run("11/learning")
    so_far = runs_up_to(runs, 100)
    assert [point[0] for point in so_far["with"]] == [0, 50, 100] == [point[0] for point in so_far["without"]]
    sentence = reversal_live(so_far).sentence
    assert sentence.startswith("With attention 63 % of the symbols are right after 100 updates, "
                               "and without it 25 % after 100. Of the weight, 0.55 is one state after")
    without = reversal_live({"without": so_far["without"]}).sentence
    assert without == "Without attention 25 % of the symbols are right after 100 updates. Chance is 12.5 %."
    assert reversal_live({}).sentence == "Nothing is trained yet. Chance is 12.5 %."
