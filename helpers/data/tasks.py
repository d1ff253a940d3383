"""Toy tasks that ask for memory and for nothing else, each with the score of one who remembers nothing.

Lessons 04, 06, 07 and 11 train on them. The answer lies a known number of steps back and all between is
noise, so a score better than chance shows how far back a network reaches. No guess that looks at the last
step only beats chance in the long run.
"""

import math

import numpy as np

from helpers.networks import check_generator, check_size

RECALL_CHANCE = math.log(4)              # nats, one answer in four
COPIED = 8                               # different symbols in a string to copy


def recall_sequences(rng: np.random.Generator, lag: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences whose first symbol, one of 0 to 3, is to be named after `lag` symbols from 4 to 7.

    Chance is ln 4 = 1.3863 nats, a quarter of the answers right, for any memory of at most `lag` steps.
    The simplest relative of task 2 of Hochreiter and Schmidhuber (1997), which has two symbols to
    remember and asks for the next symbol at every step.

    Returns:
        symbols (lag + 1, B), and answers (B,), to be given at the last step.
    """
    check_generator(rng)
    symbols = rng.integers(4, 8, size=(check_size("lag", lag) + 1, check_size("batch", batch)))
    symbols[0] = rng.integers(4, size=batch)
    return symbols, symbols[0].copy()


def echo_sequences(
    rng: np.random.Generator, lag: int, length: int, batch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Random bits, each of which is to be repeated `lag` steps later: a memory that is always in use.

    Chance is ln 2 nats for any memory of at most `lag` steps (the step itself is the first of them). The
    first `lag` steps have no answer. Other authors do ask there, and their chance is another one.

    Returns:
        bits (T, B), and answers (T - lag, B): answers[i] is to be given at step lag + i.

    Raises:
        ValueError: `length` is not above `lag`.
    """
    check_generator(rng)
    if check_size("length", length) <= check_size("lag", lag):
        raise ValueError(f"length is {length} with a lag of {lag}. The length must be above the lag.")
    bits = rng.integers(2, size=(length, check_size("batch", batch)))
    return bits, bits[:-lag].copy()


def adding_sequences(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a value and a mark; what is wanted at the end is the sum of the two marked values.

    The values are uniform between 0 and 1; one mark lies in each half of the even `length`. Chance is
    `adding_chance`. This is the form of Le, Jaitly and Hinton (2015). In that of Hochreiter and Schmidhuber
    (1997) values lie between -1 and 1, both marks in the first half, and the sum is scaled; Pascanu, Mikolov
    and Bengio (2013) ask for the mean of the two. Their errors can't be compared with those of this one.

    Returns:
        x (T, B, 2): value and mark (1 or 0); and sums (B,), to be given at the last step.
    """
    half, odd = divmod(length, 2)
    if odd:
        raise ValueError(f"length is {length}. It must be even, so that the sequence has two halves.")
    x = np.zeros((length, batch, 2))
    x[..., 0] = rng.random((length, batch))
    for start in (0, half):
        x[start + rng.integers(half, size=batch), np.arange(batch), 1] = 1
    return x, x.prod(axis=2).sum(axis=0)


def adding_chance(length: int, memory: int = 0) -> float:
    """Least mean squared error in `adding_sequences` of one who sees the last `memory` steps only.

    Without memory the best guess is always 1, and its error is the variance of a sum of two uniform
    numbers, 2 / 12 = 1/6. A step bears a mark in 2 of `length` sequences, and one who has seen it is
    spared that number's variance, 1/12: hence (1 - memory / length) / 6.

    >>> round(adding_chance(100), 4), round(adding_chance(100, memory=10), 4)
    (0.1667, 0.15)

    Raises:
        ValueError: `memory` is not between 0 and `length`.
    """
    if not 0 <= memory <= check_size("length", length):
        raise ValueError(f"memory is {memory}. It must be a number of steps from 0 to {length}, the length.")
    return (1 - memory / length) / 6


def copy_sequences(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """A string of eight symbols to be read, and then written down from memory while blanks come in.

    Chance is ln 8 nats for each symbol of the answer. All of the string has to be held at once, 3 `length`
    bits. The copying memory task of Arjovsky, Shah and Bengio (2016), without their delay between reading
    and writing.

    Returns:
        inputs and targets (2 L, B); 8 is the blank. While the string is read the target is the blank; the
        last L targets are the string.
    """
    string = rng.integers(COPIED, size=(length, batch))
    blank = np.full_like(string, COPIED)
    return np.concatenate([string, blank]), np.concatenate([blank, string])
