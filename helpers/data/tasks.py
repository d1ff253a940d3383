"""Toy tasks that ask for memory and for nothing else, each with the score of one who remembers nothing.

The answer lies a known number of steps back and everything in between is noise, so that a score better
than chance shows how far back a network can reach. Sequences are made anew for every update. Chance is
exact: no guess that looks at the last step only does better in the long run.
"""

import math

import numpy as np

from helpers.networks import check_generator, check_size

RECALL_CHANCE = math.log(4)              # nats, one answer in four


def recall_sequences(rng: np.random.Generator, lag: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences whose first symbol, one of 0 to 3, is to be named after `lag` symbols from 4 to 7.

    Chance is ln 4 = 1.3863 nats, a quarter of the answers right, for any memory of at most `lag` steps.
    The simplest relative of task 2 of Hochreiter and Schmidhuber (1997), which has two symbols to
    remember and asks for the next symbol at every step.

    Args:
        lag: steps from the symbol to the question, at least 1.
        batch: B, sequences.

    Returns:
        symbols (lag + 1, B), integers of which there are 8, and answers (B,), to be given at the last step.
    """
    check_generator(rng)
    symbols = rng.integers(4, 8, size=(check_size("lag", lag) + 1, check_size("batch", batch)))
    symbols[0] = rng.integers(4, size=batch)
    return symbols, symbols[0].copy()


def echo_sequences(
    rng: np.random.Generator, lag: int, length: int, batch: int, symbols: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Random symbols, each of which is to be repeated `lag` steps later: a memory that is always in use.

    Chance is ln `symbols` nats, one answer in `symbols` right, for any memory of at most `lag` steps
    (the step itself is the first of them). Other authors ask from the first step on, of answers that
    nobody has seen, or write zeros there; then chance is a mixture. Here those steps have no answer.

    Args:
        lag: d, at least 1.
        length: T, longer than `lag`.
        batch: B, sequences.
        symbols: how many there are.

    Returns:
        symbols (T, B), integers, and answers (T - lag, B): answers[i] is to be given at step lag + i.

    Raises:
        ValueError: nothing is ever asked, because `length` is not above `lag`.
    """
    check_generator(rng)
    if check_size("length", length) <= check_size("lag", lag):
        raise ValueError(f"length is {length} with a lag of {lag}. The length must be above the lag.")
    shown = rng.integers(check_size("symbols", symbols), size=(length, check_size("batch", batch)))
    return shown, shown[:-lag].copy()


def adding_sequences(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a value and a mark; what is wanted at the end is the sum of the two marked values.

    The values are uniform between 0 and 1; one mark lies in each half. Chance is `adding_chance`. This
    is the form of Le, Jaitly and Hinton (2015). In that of Hochreiter and Schmidhuber (1997) values lie
    between -1 and 1, both marks in the first half, and the sum is scaled; Pascanu, Mikolov and Bengio
    (2013) ask for the mean of the two. Their errors cannot be compared with those of this one.

    Args:
        length: T, even.
        batch: B, sequences.

    Returns:
        x (T, B, 2), floats: value and mark (1 or 0); and sums (B,), to be given at the last step.

    Raises:
        ValueError: `length` is odd.
    """
    check_generator(rng)
    half, odd = divmod(check_size("length", length), 2)
    if odd:
        raise ValueError(f"length is {length}. It must be even, so that the sequence has two halves.")
    x = np.zeros((length, check_size("batch", batch), 2))
    x[..., 0] = rng.random((length, batch))
    rows = np.arange(batch)
    for start in (0, half):
        x[start + rng.integers(half, size=batch), rows, 1] = 1
    return x, (x[..., 0] * x[..., 1]).sum(axis=0)


def adding_chance(length: int, memory: int = 0) -> float:
    """Least mean squared error in `adding_sequences` of one who sees the last `memory` steps only.

    Without memory the best guess is 1, always, and its error is the variance of a sum of two uniform
    numbers, 2 / 12 = 1/6 exactly. A step bears a mark in 2 of `length` sequences, and one who has seen it
    is spared that number's variance, 1/12: hence (1 - memory / length) / 6.

    >>> round(adding_chance(100), 4), round(adding_chance(100, memory=10), 4)
    (0.1667, 0.15)

    Raises:
        ValueError: `memory` is below 0 or above `length`.
    """
    if not 0 <= memory <= check_size("length", length):
        raise ValueError(f"memory is {memory}. It must be a number of steps from 0 to {length}, the length.")
    return (1 - memory / length) / 6


def copy_sequences(
    rng: np.random.Generator, length: int, batch: int, symbols: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """A string to be read, and then written down from memory while blanks come in.

    Chance is ln `symbols` nats for each symbol of the answer. All of the string has to be held at once,
    `length` log2 `symbols` bits. The copying memory task of Arjovsky, Shah and Bengio (2016), without
    their delay between reading and writing.

    Args:
        length: L, symbols in the string.
        batch: B, sequences.
        symbols: how many different ones; the blank has the number after theirs.

    Returns:
        inputs and targets (2 L, B), integers of which there are `symbols` + 1. While the string is read
        the target is the blank; the last L targets are the string.
    """
    check_generator(rng)
    string = rng.integers(check_size("symbols", symbols),
                          size=(check_size("length", length), check_size("batch", batch)))
    blank = np.full_like(string, symbols)
    return np.concatenate([string, blank]), np.concatenate([blank, string])
