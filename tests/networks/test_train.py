"""Training: what an update does and tells, and that nothing in the middle of it leaves it half done."""

import copy
import gc
import itertools
import sys
import tracemalloc
from functools import partial

import numpy as np
import pytest
from common import char_model, every_cell

from helpers.data import Chunk, Vocabulary, chunks, load_text
from helpers.networks import (
    CELLS,
    RNN,
    SGD,
    Adagrad,
    Adam,
    CharModel,
    Diverged,
    RMSProp,
    clip_norm,
    clip_value,
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


@every_cell
def test_frozen_parameters_stay_and_the_others_move(kind):
    model, optimizer = a_model(kind), Adam(0.01)
    take(2, train(model, a_stream(), optimizer))        # a memory that would go on moving them
    before = model.params.copy()
    take(5, train(model, a_stream(), optimizer, frozen=["W_hh", "b_y"]))
    moved = {name for name in before if not np.array_equal(model.params[name], before[name])}
    assert moved == set(before) - {"W_hh", "b_y"}


def test_frozen_parameters_do_not_count_in_the_norm():
    chunk = next(a_stream())
    model = a_model()
    _, grads, _ = model.loss_and_grads(chunk.inputs, chunk.targets)
    length = np.sqrt(sum(np.sum(g**2) for name, g in grads.items() if name != "W_hy"))
    step = next(train(model, a_stream(), SGD(0.01), frozen=["W_hy"]))
    assert step.grad_norm == pytest.approx(length, rel=1e-12)


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


def test_a_gradient_too_long_for_its_dtype_is_noticed_even_while_the_loss_is_low():
    model = a_model("relu", np.float32)
    model.params.vector[...] = 0
    model.params.b_h = 1e25                 # all scores are 0, so the loss is ln V
    with pytest.raises(Diverged, match="norm inf"):
        next(train(model, a_stream(), Adam(0.01), clip_norm=1, clip_value=1))
    assert (model.params.b_h == np.float32(1e25)).all() and not model.params.W_hy.any()


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


class Interrupt(Exception):
    """Stands in for the KeyboardInterrupt of a reader, which pytest itself would take for its own."""


def interrupted(function, at: int) -> int:
    """Call it, and stop it at its line of that number in `helpers.networks`: how many lines it came to."""
    lines, other = 0, sys.gettrace()

    def trace(frame, event, _):
        nonlocal lines
        if not frame.f_globals["__name__"].startswith("helpers.networks."):
            return None
        if event in ("line", "return"):
            lines += 1
            if lines == at:
                sys.settrace(other)
                raise Interrupt
        return trace

    sys.settrace(trace)
    try:
        function()
    except Interrupt:
        pass
    finally:
        sys.settrace(other)     # of a debugger, or of coverage
    return lines


@pytest.mark.parametrize("name", [*OPTIMIZERS, "momentum"])
def test_an_interrupt_at_any_line_leaves_a_whole_update(name):
    """All that was changed is that of one and the same update, and the run goes on from there."""
    def a_run():
        model = a_model("tanh")
        optimizer = SGD(0.01, momentum=0.9) if name == "momentum" else OPTIMIZERS[name](0.01)
        chunk = Chunk(IDS[:3, None], IDS[1:4, None], True)
        return model, optimizer, train(model, itertools.repeat(chunk), optimizer, clip_norm=1.0)

    (model, optimizer, steps), (twin, its_optimizer, its_steps) = a_run(), a_run()
    lines = interrupted(lambda: next(steps), 10**9)
    struck = 0
    for line in range(1, lines):
        struck += interrupted(lambda: next(steps), line) == line
        take(optimizer.updates - its_optimizer.updates, its_steps)
        assert np.array_equal(model.params.vector, twin.params.vector), line
        np.testing.assert_equal(optimizer.memory, its_optimizer.memory)
    assert struck > 100 and optimizer.updates > 3, "before and after an update was made"


@pytest.mark.parametrize("rate, clip", [(10.0, None), (30.0, None), (100.0, 1.0)])
def test_a_loss_that_stays_high_is_caught_before_the_next_update(rate, clip):
    text = load_text("input")
    model = CharModel(RNN(len(Vocabulary(text)), 50), np.random.default_rng(0))
    stream = chunks(Vocabulary(text).encode(text), 25, 4)
    losses, kept = [], None
    wanted = "clip the gradient to a smaller norm" if clip else r"clip the gradient \(clip_norm=1\)"
    with pytest.raises(Diverged, match=f"lower learning rate, or {wanted}"):
        for step in itertools.islice(train(model, stream, SGD(rate), clip_norm=clip), 400):
            losses.append(step.loss)
            kept = model.params.vector.copy()
    assert np.isfinite(kept).all() and np.array_equal(model.params.vector, kept)
    assert min(losses[-24:]) > 10 * np.log(60) and len(losses) >= 24


@pytest.mark.parametrize("symbols", [2, 3, 4])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_small_alphabet_whose_loss_leaps_at_first_is_no_lost_run(kind, symbols):
    for seed in range(2):
        ids = np.random.default_rng(seed).integers(symbols, size=2000)
        model = CharModel(CELLS[kind](symbols, 200), np.random.default_rng(seed), scale=0.01)
        losses = [step.loss for step in take(60, train(model, chunks(ids, 25), Adagrad(0.1), clip_value=0.2))]
        assert np.mean(losses[-10:]) < 3 * np.log(symbols)


@pytest.mark.slow
def test_a_hundred_thousand_updates_need_no_more_memory_than_a_thousand():
    """A minute: what piles up a little at each update is seen after many."""
    steps, kept = train(a_model("tanh"), chunks(IDS, 10), Adagrad(0.05), clip_norm=1.0), []
    tracemalloc.start()
    try:
        for updates in (1_000, 99_000):
            for _ in itertools.islice(steps, updates):
                pass
            gc.collect()
            kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert kept[1] - kept[0] < 5e6
