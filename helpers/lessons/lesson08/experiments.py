"""What lesson 08 trains and measures: cells that learn the tales, ideas that speed them up, and probes.

`shipped` and the notebooks call it. The probes look inside a trained network: what it holds after each
character, what that correlates with, and what the network loses without it.
"""

import os
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.data import Vocabulary, chunks, load_text, ngram_probabilities
from helpers.networks import (
    CELLS,
    GRU,
    LSTM,
    Adam,
    CharModel,
    Parameters,
    Softmax,
    nll,
    one_blas_thread,
    train,
)
from helpers.runs import History, restore

SIZES = {"RNN": 204, "GRU": 113, "LSTM": 96}       # hidden units that make about 66,500 parameters each
LENGTH, BATCH, MAX_NORM = 64, 16, 1.0
# Seconds of processor time per update, medians on an idle core. The shipped race counts with them, so that it
# gives the same curves on any machine, even a busy one.
SECONDS = {"RNN": 0.0041, "GRU": 0.0052, "LSTM": 0.0049}
STREAMS = 6                                         # pieces of held-out text that are read side by side
READ = 250                                          # characters of each piece at a time
SLICE = 10_000                                      # characters, few enough to be memorised


class Tales(NamedTuple):
    """The text to train on and the held-out text, with one vocabulary."""

    text: str
    heldout: str
    vocabulary: Vocabulary

    @property
    def ids(self) -> np.ndarray:
        return self.vocabulary.encode(self.text)

    @property
    def heldout_ids(self) -> np.ndarray:
        return self.vocabulary.encode(self.heldout)


def load_tales() -> Tales:
    """The *Tales of Tern Island*: 300,287 characters to train on, 30,012 held out."""
    text = load_text("tales")
    return Tales(text, load_text("tales_heldout"), Vocabulary(text))


def tales_loss(model: CharModel, ids: np.ndarray, characters: int | None = None) -> float:
    """Loss on a text (N,), in nats per character. The text is read in six pieces side by side.

    Each piece begins with an empty state, which costs about a thousandth of a nat. At most `characters` of
    each piece are read.
    """
    return next(loss for loss in reading(model, ids, characters) if loss is not None)


def reading(model: CharModel, ids: np.ndarray, characters: int | None = None) -> Iterator[float | None]:
    """`tales_loss` in small steps, between which a notebook can answer clicks: None, and at last the loss."""
    length = (len(ids) - 1) // STREAMS
    starts, total, state = length * np.arange(STREAMS), 0.0, None
    length = length if characters is None else min(length, characters)
    for start in range(0, length, READ):
        places = starts + np.arange(start, min(start + READ, length))[:, None]
        loss, state = model.loss(ids[places], ids[places + 1], state)
        total += loss * len(places)
        yield None
    yield total / length


def learn_tales(
    rng: np.random.Generator, cell: str, learning_rate: float, updates: int | None = None,
    seconds: float | None = None, looks: int = 10, characters: int | None = None, cost: float | None = None,
) -> Iterator[tuple[int, float, float] | None]:
    """Train on the tales until the budget is spent, and measure the held-out loss now and then.

    Adam in float32, 16 streams, 64 steps, the gradient's norm clipped at 1. The learning rate falls
    in a line to zero at the end of the budget.

    Args:
        cell: a name from `SIZES`, which also gives its hidden units.
        updates, seconds: the budget, one of the two; seconds are of processor time spent on training.
        looks: how often the held-out text is read, at points evenly spaced on a logarithmic axis.
        characters: of each of its six pieces, at most; all by default.
        cost: seconds counted for each update, by default those that it takes.

    Yields:
        at a look the updates made, the seconds spent on them and the held-out loss; else None.

    Raises:
        ValueError: both budgets are given, or neither.
    """
    if (updates is None) == (seconds is None):
        raise ValueError(f"updates is {updates} and seconds is {seconds}: give just one, the budget")
    budget = updates or seconds
    tales = load_tales()
    ids, heldout = tales.ids, tales.heldout_ids
    model = CharModel(CELLS[cell](len(tales.vocabulary), SIZES[cell]), rng, dtype=np.float32)
    optimizer, spent, done = Adam(learning_rate), 0.0, 0
    steps = train(model, chunks(ids, LENGTH, BATCH), optimizer, clip_norm=MAX_NORM)
    due = [*np.geomspace(budget / 30, budget, looks)[:-1], budget]
    while due:
        used = done if seconds is None else spent
        if used >= due[0]:
            due = [point for point in due if point > used]
            for loss in reading(model, heldout, characters):
                yield None if loss is None else (done, spent, loss)
            continue
        optimizer.learning_rate = learning_rate * max(1 - used / budget, 1e-6)
        began = time.process_time()
        done = next(steps).index
        spent += time.process_time() - began if cost is None else cost
        yield None


def tales_curve(rng: np.random.Generator, cell: str, **settings) -> dict[str, list]:
    """The looks of `learn_tales`: lists of "updates", "seconds" and "heldout" losses.

    Seconds are counted by the cell's `SECONDS`, so the same random numbers give the same curve everywhere.
    """
    history = History()
    for look in learn_tales(rng, cell, cost=SECONDS[cell], **settings):
        if look is not None:
            updates, seconds, heldout = look
            history.record(updates, seconds=seconds, heldout=heldout)
    return history.kept(digits=4)


def memorise(
    rng: np.random.Generator, dropout: float = 0.0, hidden_size: int = 96, learning_rate: float = 0.01,
    batch: int = 8, updates: int = 2000, every: int = 100,
) -> dict[str, list]:
    """Train an LSTM on the first 10,000 characters of the tales only, again and again.

    While it trains, a share of the output layer's inputs, `dropout`, is set to zero at each step.

    Returns:
        lists: "updates", and the losses then on the text trained on, "train", and on held-out text of
        6,000 characters, "heldout", in nats per character.
    """
    tales = load_tales()
    ids, heldout = tales.ids[:SLICE], tales.heldout_ids
    model = CharModel(LSTM(len(tales.vocabulary), hidden_size), rng, np.float32, dropout=dropout)
    history = History()
    steps = train(model, chunks(ids, LENGTH, batch), Adam(learning_rate), clip_norm=MAX_NORM)
    for step in islice(steps, updates):
        if step.index % every == 0:
            history.record(step.index, train=tales_loss(model, ids, 1000),
                           heldout=tales_loss(model, heldout, 1000))
    return history.kept(digits=4)


# --- ideas that make a network learn more in the same time ---

IDEAS = ("better start", "fading weights", "averaged weights", "counts asked too")
# What each race uses; "none" and single ideas, then several together. The counts leave the network as it is.
RACED = {"none": (), **{idea: (idea,) for idea in IDEAS}, "all but the counts": IDEAS[:-1], "all": IDEAS}
MARKS = (0.5, 1.0, 2.0, 4.0)    # seconds of processor time
COST = 0.0077, 0.25             # seconds of an update of the GRU, and of counting, medians on an idle core
FADING = 0.01                   # each update takes this share of a weight, times the learning rate
AVERAGED = 10                   # the weights of the last tenth of all updates are averaged, about
ORDER = 6                       # of the n-grams


def init_better(model: CharModel, ids: np.ndarray, rng: np.random.Generator) -> None:
    """Set b_y to the logarithms of the characters' frequencies in `ids` (N,), and W_hh orthogonal, in place.

    So the network need not learn how frequent each character is, and in each block of W_hh the vector
    h W_hh is as long as h (Saxe, McClelland and Ganguli 2014). Each character is counted once more than it
    occurs, so that none is impossible.
    """
    p, H = model.params, model.cell.hidden_size
    counts = np.bincount(ids, minlength=model.cell.input_size) + 1
    p.b_y = np.log(counts / counts.sum())
    for start in range(0, p.W_hh.shape[1], H):
        p.W_hh[:, start : start + H], _ = np.linalg.qr(rng.standard_normal((H, H)))


def fade(params: Parameters, learning_rate: float) -> None:
    """Take from each weight, in place, a small share of itself: the weight decay of AdamW.

    A weight that is not learnt again and again fades. Adam does not see the decay (Loshchilov and Hutter
    2019).
    """
    params.vector *= 1 - FADING * learning_rate


def average(mean: np.ndarray, vector: np.ndarray, update: int) -> None:
    """Move `mean` (P,) in place towards the weights `vector` (P,) after an update, counted from 1.

    It is about the mean of the last tenth of all updates: the polynomial decay of Shamir and Zhang (2013),
    which forgets how the training began. Up to the tenth update `mean` becomes the weights themselves.
    """
    mean += (vector - mean) * min(1, AVERAGED / update)


def average_with_counts(surprises: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Surprises (N,), in nats, at the mean of the network's probabilities and those of the counts.

    The network's are given as its surprises -ln p (N,), those of the counts as they are (N,).
    """
    return -np.log((np.exp(-surprises) + counted) / 2)


def ideas_curve(
    rng: np.random.Generator, idea: str = "none", text: Tales | None = None, marks: Sequence[float] = MARKS,
    hidden_size: int = SIZES["GRU"], length: int = LENGTH, learning_rate: float = 0.012,
    cost: tuple[float, float] = COST,
) -> dict[str, list]:
    """Train a GRU with one of the ideas for so many seconds, and measure the held-out loss on the way.

    It trains as `learn_tales` does. Seconds are of processor time, for training and, with that idea, for
    counting. Each update counts what it costs on an idle core, to which the ideas add less than a hundredth.
    So the same random numbers give the same curve on any machine.

    Args:
        idea: one of `RACED`.
        text: the tales by default.
        marks: when to look, ascending; the last is the budget.
        cost: seconds per update, and of counting.

    Returns:
        lists: "updates", "seconds" and "heldout" losses at the looks, in nats per character, over the whole
        held-out text, whose state is carried from its beginning to its end.
    """
    ideas, text, spent = RACED[idea], text or load_tales(), 0.0
    ids, heldout, history = text.ids, text.heldout_ids, History()
    counted = None
    if "counts asked too" in ideas:
        counted = ngram_probabilities(text.text, text.heldout, ORDER, text.vocabulary.characters)[1:]
        spent += cost[1]
    model = CharModel(GRU(len(text.vocabulary), hidden_size), rng, dtype=np.float32)
    if "better start" in ideas:
        init_better(model, ids, rng)
    optimizer, weights, update = Adam(learning_rate), model.params.vector, 0
    mean = weights.copy()
    steps = train(model, chunks(ids, length, BATCH), optimizer, clip_norm=MAX_NORM)
    for mark in marks:
        while spent < mark:
            optimizer.learning_rate = learning_rate * max(1 - spent / marks[-1], 1e-3)
            update = next(steps).index
            if "fading weights" in ideas:
                fade(model.params, optimizer.learning_rate)
            if "averaged weights" in ideas:
                average(mean, weights, update)
            spent += cost[0]
        last = weights.copy()
        if "averaged weights" in ideas:
            weights[:] = mean                        # only measured; the training goes on with the last
        surprises = text_nll(model, heldout)
        weights[:] = last
        loss = surprises.mean() if counted is None else average_with_counts(surprises, counted).mean()
        history.record(update, seconds=spent, heldout=float(loss))
    return history.kept(digits=4)


# --- inside a trained network ---

FIXED = 30.0        # a bias so far from 0 that the sigmoid is 0 or 1 within 1e-13
GATES = ("i", "f", "o")
FEATURES = ("inside a quotation", "depth of round brackets", "depth of square brackets",
            "position in the line", "indentation", "inside an underline")
KINDS = {           # of characters to be predicted: the first that fits
    "the underline of a title": "=",
    "quotation marks and brackets": "\"'()[]",
    "spaces and newlines": " \n",
    "other marks": ".,:?!-",
}
PIECE = 1000        # steps that are read at once: the cache of a whole text would fill memory


def read_states(model: CharModel, ids: np.ndarray) -> dict[str, np.ndarray]:
    """What a network holds after each character of a text (N,): "h", an LSTM's "c", and its gates by name.

    Returns arrays (N, H). The text is read from an empty state. c is computed again from c = f c_prev + i g.
    """
    ids, states = np.asarray(ids)[:, None], {}
    state = cache = None
    with one_blas_thread():
        for start in range(0, len(ids), PIECE):
            h, state, cache = model.cell.forward(model.params, ids[start : start + PIECE], state, cache)
            for name, values in {"h": h, **model.cell.gates(cache)}.items():
                whole = states.setdefault(name, np.empty((len(ids), model.cell.hidden_size), h.dtype))
                whole[start : start + len(h)] = values[:, 0]
    if isinstance(model.cell, LSTM):
        c, now = np.empty_like(states["h"]), 0.0
        added = states["i"] * states["g"]
        for t, f in enumerate(states["f"]):
            now = c[t] = f * now + added[t]
        states["c"] = c
    return states


def text_nll(model: CharModel, ids: np.ndarray) -> np.ndarray:
    """-ln p of every character but the first, (N - 1,), of a text (N,) that is read from an empty state."""
    h = read_states(model, ids[:-1])["h"]
    return nll(h @ model.params.W_hy + model.params.b_y, np.asarray(ids[1:]))


def sum_by_kind(text: str, values: np.ndarray) -> dict[str, float]:
    """The sum of `values` (N,) over the characters of each kind in a text (N,), divided by N.

    Letters are split into those that begin a word and the others; the other kinds are those of `KINDS`. The
    shares add up to the mean of all values.
    """
    letters = np.array(list(text))
    starts = np.array([False, *(before in " \n\"'([" for before in text[:-1])])
    left, shares = np.ones(len(text), bool), {}
    for name, characters in KINDS.items():
        here = np.isin(letters, list(characters)) & left
        shares[name], left = values[here].sum() / len(text), left & ~here
    return {"first letters of words": values[left & starts].sum() / len(text),
            "other letters": values[left & ~starts].sum() / len(text), **shares}


def features(text: str) -> dict[str, np.ndarray]:
    """What is worth remembering of a text after each of its characters: numbers (N,), by the `FEATURES`.

    A quotation begins with its first mark, and after its closing mark the feature is 0 again. The newline
    itself has position 0.
    """
    letters = np.array(list(text))
    where = np.arange(len(text))
    line_start = np.maximum.accumulate(np.where(np.append(True, letters[:-1] == "\n"), where, 0))
    column = np.where(letters == "\n", 0, where - line_start + 1)
    blank = (letters == " ") & (column > 0)
    leading = np.zeros(len(text), int)          # spaces at the start of the line, so far
    for t in where:
        before = leading[t - 1] if t and column[t] > 1 else 0
        leading[t] = 0 if column[t] == 0 else before + (blank[t] and before == column[t] - 1)
    depth = [np.cumsum(letters == opening) - np.cumsum(letters == closing)
             for opening, closing in ("()", "[]")]
    rows = np.cumsum(letters == '"') % 2, *depth, column, leading, letters == "="
    return {name: values.astype(float) for name, values in zip(FEATURES, rows, strict=True)}


def correlations(cells: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """Pearson's r of each of H cells (N, H) with a feature (N,) or with each of several (N, K).

    Returns (H,) or (H, K), 0 where one of the two never changes.

    Raises ValueError if the numbers of rows differ.
    """
    cells, feature = np.asarray(cells, float), np.asarray(feature, float)
    if len(cells) != len(feature):
        raise ValueError(f"cells has {len(cells)} rows and feature {len(feature)}: they must be equal")
    return standardise(cells).T @ standardise(feature) / len(cells)


def standardise(a: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; those that never change are 0."""
    a = a - a.mean(axis=0)
    spread = a.std(axis=0)
    return np.divide(a, spread, out=np.zeros_like(a), where=spread > 1e-12)


def shifted_control(
    cells: np.ndarray, feature: np.ndarray, rng: np.random.Generator, shifts: int = 20
) -> np.ndarray:
    """The control: the largest |r| of any unit with a feature that is moved to another place of the text.

    The feature (N,) or (N, K) is shifted in a circle by random numbers of characters, each at least a tenth
    of N. So it keeps its own rhythm and loses its tie to what the units (N, H) have read.

    Returns (shifts,) or (shifts, K).
    """
    N = len(cells)
    cells, feature = standardise(np.asarray(cells, float)), standardise(np.asarray(feature, float))
    by = rng.integers(N // 10, N - N // 10, size=shifts)
    return np.array([np.abs(cells.T @ np.roll(feature, shift, axis=0) / N).max(axis=0) for shift in by])


def fix_gate(model: CharModel, gate: str, cell: int, value: float) -> CharModel:
    """A copy of an LSTM model in which the gate "i", "f" or "o" of one unit is always 0, or always 1.

    Raises ValueError if there is no such gate or cell, or for another value.
    """
    if type(model.cell) is not LSTM or gate not in GATES:    # a peephole would go on moving a gate
        raise ValueError(f"gate is {gate!r} of {model.cell!r}: choose 'i', 'f' or 'o' of an LSTM")
    H = model.cell.hidden_size
    if cell not in range(H):
        raise ValueError(f"cell is {cell!r}: choose a whole number from 0 to {H - 1}")
    if value not in (0, 1):
        raise ValueError(f"value is {value!r}: a gate can be fixed at 0 or at 1")
    fixed = deepcopy(model)
    column = GATES.index(gate) * H + cell
    fixed.params.W_xh[:, column] = 0                # no input moves the gate any more
    fixed.params.W_hh[:, column] = 0
    fixed.params.b_h[column] = FIXED if value else -FIXED
    return fixed


def every_gate(model: CharModel) -> Iterator[tuple[str, CharModel]]:
    """Names like "o=0" and an LSTM model with that gate of one cell fixed, cell after cell."""
    for gate in GATES:
        for value in (0, 1):
            for cell in range(model.cell.hidden_size):
                yield f"{gate}={value}", fix_gate(model, gate, cell, value)


def saliency(model: CharModel, ids: np.ndarray) -> np.ndarray:
    """How the surprise at the last of two or more characters (N,) depends on each one before it, (N - 1,).

    It is the gradient of -ln p(last) with respect to the one-hot row of each earlier character, at the entry
    that is 1. Where it is negative, a little more of this character would make the last one less surprising.
    """
    p, V = model.params, model.cell.input_size
    x = np.eye(V)[np.asarray(ids[:-1])][:, None]
    with one_blas_thread():
        h, _, cache = model.cell.forward(p, x)
        _, d_h = Softmax(V, last=True).loss_and_grads(p, h, np.array(ids[-1:]), p.zeros_like(), cache)
        _, d_x, _ = model.cell.backward(p, d_h, cache)
    return (d_x * x).sum(axis=(1, 2))


# --- a saved network of the reader's own ---

LEAST = 200             # characters of a text that say something
PIECES = 16             # of a text, read side by side


def saved_network(path: str | os.PathLike, otherwise: str) -> tuple[CharModel, Vocabulary, str]:
    """The network of a run that `helpers.runs.save` or the laboratory has saved, and a text for it to read.

    The text is the run's held-out text, if it was saved with one; else the characters of `otherwise` that
    the network knows.

    Raises:
        CheckpointError: the file is no saved run.
        ValueError: it is no character model, or there is too little text that it can read.
    """
    run = restore(path)
    if run.vocabulary is None:
        raise ValueError(f"{os.fsdecode(path)!r} was saved without its vocabulary: use a run that the "
                         "laboratory saved, or one that was saved with vocabulary=...")
    known = set(run.vocabulary.characters)
    text = "".join(letter for letter in (run.text[2] if run.text else otherwise) if letter in known)
    if len(text) < LEAST:
        raise ValueError(f"only {len(text)} characters of the text are in the network's vocabulary: use a "
                         f"text with at least {LEAST} of them")
    return run.model, run.vocabulary, text


def cells_inside(model: CharModel, ids: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of `read_states`, with an LSTM's c as a share of the largest |c| of each unit."""
    states = read_states(model, ids)
    if "c" in states:
        c = states.pop("c")
        states = {"c / its largest": c / np.maximum(np.abs(c).max(axis=0), 1e-12), **states}
    return states


def without_unit(model: CharModel, unit: int) -> CharModel:
    """A copy of a model of any cell in which neither the cell nor the output layer reads one unit's h."""
    damaged = deepcopy(model)
    damaged.params.W_hh[unit] = 0
    damaged.params.W_hy[unit] = 0
    return damaged


def loss_without_each(model: CharModel, ids: np.ndarray) -> Iterator[float]:
    """For each unit how much the loss on a text (N,) rises without it, in nats per character.

    The text is read in `PIECES` side by side, each from an empty state.
    """
    length = len(ids) // PIECES
    pieces = np.asarray(ids)[: PIECES * length].reshape(PIECES, length).T
    whole = model.loss(pieces[:-1], pieces[1:])[0]
    for unit in range(model.cell.hidden_size):
        yield without_unit(model, unit).loss(pieces[:-1], pieces[1:])[0] - whole
