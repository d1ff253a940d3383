"""Four ideas that make a network learn more in the same time, each a few lines, and their race on a text."""

from collections.abc import Sequence

import numpy as np

from helpers.data import chunks, ngram_probabilities
from helpers.lessons.lesson08.probes import text_nll
from helpers.lessons.lesson08.tales import BATCH, LENGTH, MAX_NORM, SIZES, Tales, load_tales
from helpers.networks import GRU, Adam, CharModel, Parameters, train
from helpers.runs import History

IDEAS = ("better start", "fading weights", "averaged weights", "counts asked too")
NETWORK = IDEAS[:-1]                # those that make the network itself better
TOGETHER = {"none": (), "all but the counts": NETWORK, "all": IDEAS}
RACED = ("none", *IDEAS, "all but the counts", "all")
MARKS = (0.5, 1.0, 2.0, 4.0)   # seconds of processor time
COST = 0.0077, 0.25             # seconds of an update of the GRU, and of counting, medians on an idle core
FADING = 0.01                       # of it, times the learning rate, each weight loses at each update
AVERAGED = 10                       # the weights of the last tenth of all updates are averaged, about
ORDER = 6                           # of the n-grams that are asked too


def init_better(model: CharModel, ids: np.ndarray, rng: np.random.Generator) -> None:
    """Set b_y to the logarithms of the characters' frequencies, and W_hh orthogonal.

    With the first the network need not learn how frequent each character is. With the second (Saxe,
    McClelland and Ganguli 2014) h W_hh is, in each block of W_hh, as long as h.

    Args:
        model: changed in place; any cell.
        ids: (N,) symbols of the text to train on. Each counts once more than it is there, so that none is
            impossible.
        rng: where the directions come from.
    """
    p, H = model.params, model.cell.hidden_size
    counts = np.bincount(ids, minlength=model.cell.input_size) + 1
    p.b_y = np.log(counts / counts.sum())
    for start in range(0, p.W_hh.shape[1], H):
        p.W_hh[:, start : start + H], _ = np.linalg.qr(rng.standard_normal((H, H)))


def fade(params: Parameters, learning_rate: float) -> None:
    """Take from each weight, in place, a small share of itself: what is not learnt again and again is lost.

    It is the weight decay of AdamW (Loshchilov and Hutter 2019), which goes beside Adam and not through it.
    """
    params.vector *= 1 - FADING * learning_rate


def average(mean: np.ndarray, vector: np.ndarray, made: int) -> None:
    """Move `mean` in place towards the weights after update `made`: a mean of about the last tenth of all.

    It is the polynomial decay of Shamir and Zhang (2013), which forgets how the training began.

    Args:
        mean, vector: (P,).
        made: how many updates, from 1. Up to the tenth `mean` becomes the weights themselves.
    """
    mean += (vector - mean) * min(1, AVERAGED / made)


def average_with_counts(surprises: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Surprises of one who believes a network and the counts by halves, (N,) in nats.

    Args:
        surprises: (N,), those of the network, -ln p.
        counted: (N,), the probabilities p of the counts.
    """
    return -np.log((np.exp(-surprises) + counted) / 2)


def ideas_curve(
    rng: np.random.Generator, idea: str = "none", text: Tales | None = None, marks: Sequence[float] = MARKS,
    hidden_size: int = SIZES["GRU"], length: int = LENGTH, learning_rate: float = 0.012,
    cost: tuple[float, float] = COST,
) -> dict[str, list]:
    """Train a GRU with one of the ideas for so many seconds, and look at the held-out loss on the way.

    As `learn_tales`: Adam in float32, 16 streams, the gradient's norm clipped at 1, and a learning rate that
    falls in a line. Seconds are of processor time, spent on training, and on counting where that is done.
    Each update counts what it costs on an idle core, because the ideas add less than a hundredth to that, so
    the same random numbers give the same curve on any machine.

    Args:
        idea: one of `RACED`: an idea alone, or what `TOGETHER` puts under a name.
        text: the tales, if left out.
        marks: when to look, ascending; the last is the budget.
        cost: seconds per update, and of counting.

    Returns:
        lists: "updates", "seconds" and "heldout" losses at the looks, in nats per character, over the whole
        held-out text, whose state is carried from its beginning to its end.

    Raises ValueError for another idea.
    """
    if idea not in RACED:
        raise ValueError(f"idea is {idea!r}: choose one of {', '.join(RACED)}")
    on, text, spent = TOGETHER.get(idea, (idea,)), text or load_tales(), 0.0
    ids, heldout, history = text.ids, text.heldout_ids, History()
    counted = None
    if "counts asked too" in on:
        counted = ngram_probabilities(text.text, text.heldout, ORDER, text.vocabulary.characters)[1:]
        spent += cost[1]
    model = CharModel(GRU(len(text.vocabulary), hidden_size), rng, dtype=np.float32)
    if "better start" in on:
        init_better(model, ids, rng)
    optimizer, weights, made = Adam(learning_rate), model.params.vector, 0
    mean = weights.copy()
    steps = train(model, chunks(ids, length, BATCH), optimizer, clip_norm=MAX_NORM)
    for mark in marks:
        while spent < mark:
            optimizer.learning_rate = learning_rate * max(1 - spent / marks[-1], 1e-3)
            made = next(steps).index
            if "fading weights" in on:
                fade(model.params, optimizer.learning_rate)
            if "averaged weights" in on:
                average(mean, weights, made)
            spent += cost[0]
        last = weights.copy()
        if "averaged weights" in on:
            weights[:] = mean                        # to be looked at; the training goes on with the last
        surprises = text_nll(model, heldout)
        weights[:] = last
        loss = surprises.mean() if counted is None else average_with_counts(surprises, counted).mean()
        history.record(made, seconds=spent, heldout=float(loss))
    return history.kept(digits=4)
