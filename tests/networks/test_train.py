"""Training: one update at a time, what it tells, and what happens when it goes wrong."""

import copy
import itertools
from functools import partial

import numpy as np
import pytest
from common import blas_threads, char_model, every_cell
from threadpoolctl import threadpool_limits

from helpers.data import Chunk, Vocabulary, chunks
from helpers.networks import (
    LSTM,
    RNN,
    SGD,
    Adagrad,
    Adam,
    CharModel,
    Diverged,
    RMSProp,
    clip_norm,
    clip_value,
    one_blas_thread,
    train,
)

TEXT = "she sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure. " * 4
IDS = Vocabulary(TEXT).encode(TEXT)
V = len(Vocabulary(TEXT))
OPTIMIZERS = {"SGD": SGD, "Adagrad": Adagrad, "RMSProp": RMSProp, "Adam": Adam}
a_model = partial(char_model, V, 9)
pytestmark = pytest.mark.filterwarnings("error")


def a_stream(batch=2, skip=0):
    return itertools.islice(chunks(IDS, 10, batch), skip, None)


def take(n, steps):
    return list(itertools.islice(steps, n))


@every_cell
def test_a_loop_written_by_hand_gives_the_same(kind):
    model, optimizer = a_model(kind), Adam(0.01)
    steps = take(60, train(model, a_stream(), optimizer, clip_norm=0.5))

    by_hand, its_optimizer, state = a_model(kind), Adam(0.01), None
    for step, chunk in zip(steps, a_stream(), strict=False):
        if chunk.starts_over:
            state = None
        loss, grads, state = by_hand.loss_and_grads(chunk.inputs, chunk.targets, state)
        norm = clip_norm(grads, 0.5)
        its_optimizer.update(by_hand.params, grads)
        assert step.loss == loss and step.grad_norm == norm
        assert step.clipped == (norm > 0.5) and step.clipped_share == 0
        assert all(map(np.array_equal, step.state, state))
    assert np.array_equal(model.params.vector, by_hand.params.vector)
    assert [step.index for step in steps] == list(range(1, 61))
    assert 0 < sum(step.clipped for step in steps) < 60, "some steps were clipped and some were not"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_cell
def test_the_loss_falls(kind, dtype):
    steps = take(200, train(a_model(kind, dtype), a_stream(), Adam(0.01), clip_norm=1))
    assert np.mean([step.loss for step in steps[-20:]]) < 0.5 * steps[0].loss


def test_nothing_happens_before_the_first_step_is_asked_for():
    model, optimizer = a_model(), Adam(0.01)
    before = model.params.vector.copy()
    steps = train(model, a_stream(), optimizer)
    assert np.array_equal(model.params.vector, before) and optimizer.updates == 0
    next(steps)
    assert not np.array_equal(model.params.vector, before) and optimizer.updates == 1


def test_training_ends_when_the_chunks_do():
    assert len(list(train(a_model(), take(7, a_stream()), Adam(0.01)))) == 7


@every_cell
def test_frozen_parameters_stay_and_the_others_move(kind):
    model = a_model(kind)
    before = model.params.copy()
    take(5, train(model, a_stream(), Adam(0.01), frozen=["W_hh", "b_y"]))
    moved = {name for name in before if not np.array_equal(model.params[name], before[name])}
    assert moved == set(before) - {"W_hh", "b_y"}


def test_an_optimiser_that_remembers_does_not_move_what_is_frozen_later():
    model, optimizer = a_model(), SGD(0.01, momentum=0.9)
    *_, last = take(5, train(model, a_stream(), optimizer))
    before = model.params.copy()
    take(5, train(model, a_stream(skip=5), optimizer, frozen=["W_hh"], state=last.state, index=last.index))
    assert np.array_equal(model.params.W_hh, before.W_hh)
    assert not np.array_equal(model.params.W_xh, before.W_xh)


def test_frozen_parameters_do_not_count_in_the_norm():
    chunk = next(a_stream())
    model = a_model()
    _, grads, _ = model.loss_and_grads(chunk.inputs, chunk.targets)
    length = np.sqrt(sum(np.sum(g**2) for name, g in grads.items() if name != "W_hy"))
    step = next(train(model, a_stream(), SGD(0.01), frozen=["W_hy"]))
    assert step.grad_norm == pytest.approx(length, rel=1e-12)


@pytest.mark.parametrize("clip", [{}, {"clip_norm": 1e6}, {"clip_value": 1e6}], ids=str)
def test_a_gradient_within_its_limits_is_not_clipped(clip):
    model, plain = a_model(), a_model()
    steps = take(5, train(model, a_stream(), SGD(0.1), **clip))
    take(5, train(plain, a_stream(), SGD(0.1)))
    assert [(step.clipped, step.clipped_share) for step in steps] == [(False, 0.0)] * 5
    assert np.array_equal(model.params.vector, plain.params.vector)


@every_cell
def test_the_state_is_carried_until_the_text_starts_over(kind):
    model, frozen = a_model(kind), list(a_model(kind).params)     # losses depend on the state alone
    pieces = take(4, a_stream())
    pieces[2] = pieces[2]._replace(starts_over=True)
    steps = list(train(model, pieces, SGD(0.1), frozen=frozen))
    state = None
    for i, (step, piece) in enumerate(zip(steps, pieces, strict=True)):
        loss, state = model.loss(piece.inputs, piece.targets, None if i in (0, 2) else state)
        assert step.loss == pytest.approx(loss, rel=1e-13)
    assert model.loss(pieces[1].inputs, pieces[1].targets)[0] != pytest.approx(steps[1].loss, rel=1e-6)


class Interrupting(Adam):
    """An optimiser whose third update is interrupted as soon as it is made."""

    def update(self, params, grads):
        super().update(params, grads)
        if self.updates == 3:
            raise KeyboardInterrupt


def test_an_interrupted_run_can_be_asked_again_and_has_counted_the_update_that_was_made():
    model, whole = a_model(), a_model()
    steps = train(model, a_stream(), Interrupting(0.01), clip_norm=1)
    with pytest.raises(KeyboardInterrupt):
        take(5, steps)
    assert steps.index == 3
    expected = take(6, train(whole, a_stream(), Adam(0.01), clip_norm=1))
    assert [step.loss for step in take(3, steps)] == [step.loss for step in expected[3:]]
    assert np.array_equal(model.params.vector, whole.params.vector)


def test_the_learning_rate_can_be_changed_while_it_trains():
    model, optimizer = a_model(), SGD(0.1)
    steps = train(model, a_stream(), optimizer)
    for rate in (0.1, 0.2, 1e-3, 0.5):
        optimizer.learning_rate = rate
        before = model.params.vector.copy()
        step = next(steps)
        moved = np.linalg.norm(model.params.vector - before)
        assert moved == pytest.approx(rate * step.grad_norm, rel=1e-9)


def test_both_clips_can_be_turned_while_it_trains():
    model, chunk = a_model(), next(a_stream())
    steps = train(model, itertools.repeat(chunk), SGD(1.0))
    for norm, value in ((0.02, None), (None, 0.003), (0.01, 0.003), (None, None)):
        before, (_, grads, _) = model.params.vector.copy(), copy.deepcopy(model).loss_and_grads(
            chunk.inputs, chunk.targets, None if chunk.starts_over else steps.state)
        steps.clip_norm, steps.clip_value = norm, value
        step = next(steps)
        share = clip_value(grads, value) if value else 0.0
        if norm:
            clip_norm(grads, norm)
        assert np.allclose(before - model.params.vector, grads.vector, rtol=0, atol=1e-12)
        assert step.clipped == bool(norm or value) and step.clipped_share == share
    for name in ("clip_norm", "clip_value"):
        with pytest.raises(ValueError, match=name):
            setattr(steps, name, -1.0)


def test_a_diverged_run_can_be_asked_again_with_its_dials_turned():
    model, optimizer = a_model(), SGD(1e3)
    steps = train(model, a_stream(), optimizer)
    with pytest.raises(Diverged):
        take(300, steps)
    index, state = steps.index, steps.state
    optimizer.learning_rate, steps.clip_norm = 1e-6, 1e-6
    model.params.b_y[0] = np.inf
    with pytest.raises(Diverged):
        next(steps)
    assert steps.index == index and steps.state is state
    model.params.vector = a_model().params.vector
    assert next(steps).index == index + 1


def test_states_of_earlier_steps_stay_as_they_were():
    steps, kept = [], []
    for step in take(5, train(a_model(), a_stream(), Adam(0.01))):
        steps.append(step)
        kept.append([s.copy() for s in step.state])
    assert all(map(np.array_equal, steps[0].state, kept[0]))
    assert not np.array_equal(steps[0].state[0], steps[1].state[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMIZERS)
@every_cell
def test_a_diverged_run_says_what_to_do_and_the_failed_step_changes_nothing(kind, name, dtype):
    model, optimizer = a_model(kind, dtype), OPTIMIZERS[name](1e3)
    steps = train(model, a_stream(), optimizer)
    with pytest.raises(Diverged, match=r"(?s)learning rate.*clip"):
        for _ in range(300):
            before = model.params.vector.copy(), copy.deepcopy(optimizer.memory), optimizer.updates
            next(steps)
    assert np.array_equal(model.params.vector, before[0]) and np.isfinite(before[0]).all()
    np.testing.assert_equal(optimizer.memory, before[1])
    assert optimizer.updates == before[2] >= 1


@every_cell
def test_weights_that_are_not_numbers_are_noticed_at_once(kind):
    model, optimizer = a_model(kind), Adam(0.01)
    model.params.W_hh[0, 0] = np.nan
    before = model.params.vector.copy()
    with pytest.raises(Diverged, match="nan"):
        next(train(model, a_stream(), optimizer))
    assert np.array_equal(model.params.vector, before, equal_nan=True)
    assert optimizer.updates == 0 and not optimizer.memory


def test_a_gradient_too_long_for_its_dtype_is_noticed_even_while_the_loss_is_low():
    model = a_model("relu", np.float32)
    model.params.vector[...] = 0
    model.params.b_h = 1e25                 # all scores are 0, so the loss is ln V
    with pytest.raises(Diverged, match="norm inf"):
        next(train(model, a_stream(), Adam(0.01), clip_norm=1, clip_value=1))
    assert (model.params.b_h == np.float32(1e25)).all() and not model.params.W_hy.any()


@pytest.mark.parametrize("argument", ["clip_norm", "clip_value", "diverged_at"])
@pytest.mark.parametrize("value, error", [
    (0, ValueError), (-1, ValueError), (float("nan"), ValueError), (True, TypeError), ("5", TypeError),
], ids=str)
def test_an_impossible_limit_is_refused_before_training_starts(argument, value, error):
    with pytest.raises(error, match=argument):
        train(a_model(), a_stream(), Adam(0.01), **{argument: value})


def test_an_unknown_name_to_freeze_is_refused_before_training_starts():
    with pytest.raises(KeyError, match="W_xx"):
        train(a_model(), a_stream(), Adam(0.01), frozen=["W_hh", "W_xx"])


@pytest.mark.parametrize("spoil", [
    lambda c: c._replace(targets=c.targets[:-1]), lambda c: c._replace(inputs=c.inputs + V),
    lambda c: c._replace(targets=c.targets - 99), lambda c: c._replace(inputs=c.inputs * 0.5),
    lambda c: Chunk(c.inputs[:, :1], c.targets[:, :1], False),
], ids=["lengths differ", "symbol too large", "symbol below 0", "not integers", "another batch size"])
def test_a_chunk_that_does_not_fit_changes_nothing(spoil):
    model, optimizer = a_model(), Adam(0.01)
    first, second = take(2, a_stream())
    steps = train(model, [first, spoil(second)], optimizer)
    next(steps)
    before = model.params.vector.copy(), copy.deepcopy(optimizer.memory)
    with pytest.raises((ValueError, TypeError), match=r"inputs|targets|x |state"):
        next(steps)
    assert np.array_equal(model.params.vector, before[0]) and optimizer.updates == 1
    np.testing.assert_equal(optimizer.memory, before[1])


class PlainLoop:
    """The program as a first reader writes it: column vectors, a dictionary of steps, summed loss."""

    def read(self, model: CharModel, memory: dict, state):
        """Take over weights, memory and state; its gradients are T times ours, their squares T^2."""
        p = model.params
        s = type(p)(p.shapes, memory["s"]) if memory else p.zeros_like()
        names = "W_xh", "W_hh", "W_hy", "b_h", "b_y"
        self.weights = [np.atleast_2d(p[name]).T.copy() for name in names]
        self.memory = [np.atleast_2d(s[name]).T * 25**2 for name in names]
        self.h = np.zeros_like(self.weights[3]) if state is None else state[0].T.copy()

    def update(self, inputs, targets, learning_rate=0.1, eps=1e-10) -> float:
        W_xh, W_hh, W_hy, b_h, b_y = self.weights
        x, h, p, loss = {}, {-1: self.h}, {}, 0
        for t in range(len(inputs)):
            x[t] = np.zeros((V, 1))
            x[t][inputs[t]] = 1
            h[t] = np.tanh(np.dot(W_xh, x[t]) + np.dot(W_hh, h[t - 1]) + b_h)
            e = np.exp(np.dot(W_hy, h[t]) + b_y)
            p[t] = e / np.sum(e)
            loss -= np.log(p[t][targets[t], 0])
        dW_xh, dW_hh, dW_hy, db_h, db_y = grads = [np.zeros_like(w) for w in self.weights]
        dh_next = np.zeros_like(self.h)
        for t in reversed(range(len(inputs))):
            dy = p[t].copy()
            dy[targets[t]] -= 1
            dW_hy += np.dot(dy, h[t].T)
            db_y += dy
            da = (1 - h[t] * h[t]) * (np.dot(W_hy.T, dy) + dh_next)
            db_h += da
            dW_xh += np.dot(da, x[t].T)
            dW_hh += np.dot(da, h[t - 1].T)
            dh_next = np.dot(W_hh.T, da)
        for weight, grad, memory in zip(self.weights, grads, self.memory, strict=True):
            np.clip(grad, -5, 5, out=grad)
            memory += grad * grad
            weight -= learning_rate * grad / (np.sqrt(memory) + len(inputs) * eps)
        self.h = h[len(inputs) - 1]
        return loss


@pytest.mark.parametrize("hidden_size", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_each_of_2000_updates_equals_that_of_the_plain_loop(hidden_size):
    """Over many updates rounding errors grow without bound, so the plain loop takes over all numbers
    before each. It sums its loss over 25 steps and clips at 5, which is 5 / 25 for the mean.
    """
    model = CharModel(RNN(V, hidden_size), np.random.default_rng(0), scale=0.01)
    optimizer, plain, state, clipped = Adagrad(0.1), PlainLoop(), None, 0
    stream = take(2000, chunks(IDS, 25))
    steps = train(model, stream, optimizer, clip_value=5 / 25)
    for chunk in stream:
        plain.read(model, optimizer.memory, None if chunk.starts_over else state)
        step = next(steps)
        loss = plain.update(chunk.inputs[:, 0], chunk.targets[:, 0])
        state, p, clipped = step.state, model.params, clipped + step.clipped
        assert step.loss == pytest.approx(loss / 25, abs=1e-12), f"update {step.index}"
        ours = p.W_xh.T, p.W_hh.T, p.W_hy.T, p.b_h[:, None], p.b_y[:, None], state[0].T
        for a, b in zip(ours, [*plain.weights, plain.h], strict=True):
            assert np.abs(a - b).max() < 1e-12, f"update {step.index}"
    assert clipped > 0 and step.loss < 1, "clipping took part, and the text was learnt"


# One BLAS thread, and as many as before between the updates.

needs_blas = pytest.mark.skipif(not blas_threads(), reason="this NumPy has no BLAS whose threads can be set")


@needs_blas
def test_inside_one_blas_thread_there_is_one_and_afterwards_as_many_as_before():
    for before in (3, 2, 1):
        with threadpool_limits(before, user_api="blas"):
            assert set(blas_threads()) == {before}, "the test itself can set them"
            with one_blas_thread():
                assert set(blas_threads()) == {1}
                with one_blas_thread():
                    pass
                assert set(blas_threads()) == {1}, "an inner block gives back the outer one's"
            assert set(blas_threads()) == {before}
            with pytest.raises(ZeroDivisionError), one_blas_thread():
                raise ZeroDivisionError
            assert set(blas_threads()) == {before}, "also where the block raises"


class Watched(LSTM):
    """A cell that notes how many BLAS threads there are where it computes."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.seen = {}

    def forward(self, *arguments, **more):
        self.seen["forward"] = set(blas_threads())
        return super().forward(*arguments, **more)

    def backward(self, *arguments, **more):
        self.seen["backward"] = set(blas_threads())
        return super().backward(*arguments, **more)


class WatchedAdam(Adam):
    def update(self, params, grads):
        self.seen = set(blas_threads())
        super().update(params, grads)


@needs_blas
@pytest.mark.parametrize("work", ["train", "loss_and_grads"])
def test_an_update_computes_with_one_blas_thread(work):
    cell, optimizer = Watched(V, 9), WatchedAdam(0.01)
    model = CharModel(cell, np.random.default_rng(0))
    with threadpool_limits(2, user_api="blas"):
        if work == "train":
            next(train(model, a_stream(), optimizer))
            assert optimizer.seen == {1}
        else:
            chunk = next(a_stream())
            model.loss_and_grads(chunk.inputs, chunk.targets)
        assert set(blas_threads()) == {2}, "what waits for the next step has them back"
    assert cell.seen == {"forward": {1}, "backward": {1}}
