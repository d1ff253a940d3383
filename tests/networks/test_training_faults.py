"""Nothing that happens in the middle of training leaves it half done, and it can go on for ever."""

import gc
import hashlib
import sys
import tracemalloc
from itertools import islice, repeat

import numpy as np
import pytest

from helpers.data import Chunk, Vocabulary, chunks, load_text
from helpers.networks import CELLS, RNN, SGD, Adagrad, Adam, CharModel, Diverged, RMSProp, train

TEXT = load_text("input")
VOCABULARY = Vocabulary(TEXT)
IDS = VOCABULARY.encode(TEXT)
OPTIMIZERS = {"sgd": lambda: SGD(0.1, momentum=0.9), "adagrad": lambda: Adagrad(0.05),
              "rmsprop": lambda: RMSProp(0.001), "adam": lambda: Adam(0.001)}


def a_training(name: str, hidden_size: int, pieces=None):
    model = CharModel(RNN(len(VOCABULARY), hidden_size), np.random.default_rng(0))
    optimizer = OPTIMIZERS[name]()
    return model, optimizer, train(model, pieces or chunks(IDS, 25), optimizer, clip_norm=1.0)


def print_of(model, optimizer) -> str:
    """All that an update changes, in short."""
    digest = hashlib.sha256(model.params.vector.tobytes())
    for key in sorted(optimizer.memory):
        digest.update(optimizer.memory[key].tobytes())
    return f"{optimizer.updates} {digest.hexdigest()}"


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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_interrupt_at_any_line_leaves_a_whole_update(name):
    """All that was changed is that of one and the same update, and the run goes on from there."""
    (model, optimizer, steps), (twin, its_optimizer, its_steps) = (
        a_training(name, 8, repeat(Chunk(IDS[:3, None], IDS[1:4, None], True))) for _ in range(2))
    lines = interrupted(lambda: next(steps), 10**9)
    struck = 0
    for line in range(1, lines):
        struck += interrupted(lambda: next(steps), line) == line
        while its_optimizer.updates < optimizer.updates:
            next(its_steps)
        assert print_of(model, optimizer) == print_of(twin, its_optimizer), line
    assert struck > 100 and optimizer.updates > 3, "before and after an update was made"


@pytest.mark.parametrize("rate, clip", [(10.0, None), (30.0, None), (100.0, 1.0)])
def test_a_loss_that_stays_high_is_caught_before_the_next_update(rate, clip):
    model = CharModel(RNN(len(VOCABULARY), 50), np.random.default_rng(0))
    steps, losses, kept = train(model, chunks(IDS, 25, 4), SGD(rate), clip_norm=clip), [], None
    wanted = "clip the gradient to a smaller norm" if clip else r"clip the gradient \(clip_norm=1\)"
    with pytest.raises(Diverged, match=f"lower learning rate, or {wanted}"):
        for step in islice(steps, 400):
            losses.append(step.loss)
            kept = model.params.vector.copy()
    assert np.isfinite(kept).all() and np.array_equal(model.params.vector, kept)
    assert min(losses[-24:]) > 10 * np.log(60) and len(losses) >= 24


@pytest.mark.parametrize("V", [2, 3, 4])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_small_alphabet_whose_loss_leaps_at_first_is_no_lost_run(kind, V):
    for seed in range(2):
        ids = np.random.default_rng(seed).integers(V, size=2000)
        model = CharModel(CELLS[kind](V, 200), np.random.default_rng(seed), scale=0.01)
        steps = train(model, chunks(ids, 25), Adagrad(0.1), clip_value=0.2)
        assert np.mean([step.loss for step in islice(steps, 60)][-10:]) < 3 * np.log(V)


def memory_after(steps, updates: int) -> int:
    for _ in islice(steps, updates):
        pass
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.slow
def test_a_hundred_thousand_updates_need_no_more_memory_than_a_thousand():
    tracemalloc.start()
    try:
        _, _, steps = a_training("adagrad", 16)
        early = memory_after(steps, 1_000)
        late = memory_after(steps, 99_000)
    finally:
        tracemalloc.stop()
    print(f"{early / 1e6:.2f} MB after 1,000 updates, {late / 1e6:.2f} MB after 100,000")
    assert late - early < 5e6
