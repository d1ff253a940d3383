"""Nothing that happens in the middle of training leaves it half done, and it can go on for ever."""

import gc
import hashlib
import signal
import tracemalloc
from itertools import islice

import numpy as np
import pytest

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import CELLS, RNN, SGD, Adagrad, Adam, CharModel, Diverged, RMSProp, train

TEXT = load_text("input")
VOCABULARY = Vocabulary(TEXT)
IDS = VOCABULARY.encode(TEXT)
OPTIMIZERS = {"sgd": lambda: SGD(0.1, momentum=0.9), "adagrad": lambda: Adagrad(0.05),
              "rmsprop": lambda: RMSProp(0.001), "adam": lambda: Adam(0.001)}


def a_training(name: str, hidden_size: int = 100):
    model = CharModel(RNN(len(VOCABULARY), hidden_size), np.random.default_rng(0))
    optimizer = OPTIMIZERS[name]()
    return model, optimizer, train(model, chunks(IDS, 25), optimizer, clip_norm=1.0)


def print_of(model, optimizer) -> str:
    """All that an update changes, in short."""
    digest = hashlib.sha256(model.params.vector.tobytes())
    for key in sorted(optimizer.memory):
        digest.update(optimizer.memory[key].tobytes())
    return f"{optimizer.updates} {digest.hexdigest()}"


class Interrupt(Exception):
    """Stands in for the KeyboardInterrupt of a reader, which pytest itself would take for its own."""


def interrupt(*_):
    raise Interrupt


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer signals on this system")
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_interrupts_at_random_moments_leave_whole_updates(name):
    """75 for each optimiser; wherever it strikes, all that was changed is that of one and the same update."""
    model, optimizer, steps = a_training(name)
    whole = {print_of(model, optimizer)}
    for _ in islice(steps, 60):
        whole.add(print_of(model, optimizer))
    rng, before = np.random.default_rng(1), signal.signal(signal.SIGALRM, interrupt)
    struck = set()
    try:
        for _ in range(75):
            model, optimizer, steps = a_training(name)
            try:
                signal.setitimer(signal.ITIMER_REAL, float(rng.uniform(0.0002, 0.006)))
                for _ in islice(steps, 55):
                    pass
            except Interrupt:
                struck.add(optimizer.updates)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert print_of(model, optimizer) in whole
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(struck) > 3, "it struck in different updates"


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("line", range(3))
def test_an_interrupt_between_any_two_lines_of_the_last_step_leaves_a_whole_update(name, line):
    """The moment between the parameters and the memory is short: here it is met for sure."""
    import sys

    model, optimizer, steps = a_training(name, hidden_size=8)
    next(steps)
    before, seen, other = print_of(model, optimizer), 0, sys.gettrace()

    def trace(frame, event, _):
        nonlocal seen
        if frame.f_code.co_name == "put_in_place" and event in ("line", "return"):
            seen += 1
            if seen == line + 1:
                sys.settrace(other)
                raise Interrupt
        return trace

    _, _, same = twin = a_training(name, hidden_size=8)
    list(islice(same, 2))
    after = print_of(*twin[:2])
    sys.settrace(trace)
    try:
        with pytest.raises(Interrupt):
            next(steps)
    finally:
        sys.settrace(other)     # of a debugger, or of coverage
    assert print_of(model, optimizer) in (before, after)


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
    for hidden_size, seeds in ((100, range(3)), (200, range(2))):
        for seed in seeds:
            ids = np.random.default_rng(seed).integers(V, size=2000)
            model = CharModel(CELLS[kind](V, hidden_size), np.random.default_rng(seed), scale=0.01)
            losses = [step.loss for step in
                      islice(train(model, chunks(ids, 25), Adagrad(0.1), clip_value=0.2), 60)]
            assert np.mean(losses[-10:]) < 3 * np.log(V)


def memory_after(steps, updates: int) -> int:
    for _ in islice(steps, updates):
        pass
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.slow
def test_a_hundred_thousand_updates_need_no_more_memory_than_a_thousand():
    tracemalloc.start()
    try:
        _, _, steps = a_training("adagrad", hidden_size=16)
        early = memory_after(steps, 1_000)
        late = memory_after(steps, 99_000)
    finally:
        tracemalloc.stop()
    print(f"{early / 1e6:.2f} MB after 1,000 updates, {late / 1e6:.2f} MB after 100,000")
    assert late - early < 5e6
