"""The most probable string, found by trying all strings, by greedy decoding and by beam search."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from helpers.lessons.lesson11.reversal import (
    SYMBOLS,
    EncoderDecoder,
    reversal_strings,
    reversal_updates,
    shift_right,
)
from helpers.networks import softmax

WIDTHS = (1, 2, 4, 8)
LENGTH, ASKED = 4, 100


def all_strings() -> np.ndarray:
    """All strings of four of the eight symbols, (4, 4096)."""
    return np.array(list(product(range(SYMBOLS), repeat=LENGTH))).T


def log_probabilities(network: EncoderDecoder, string: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """ln p of each candidate (U, N), as the network would write it after reading `string` (T,): (N,)."""
    strings = np.repeat(np.asarray(string)[:, None], candidates.shape[1], axis=1)
    p = softmax(network.scores(strings, shift_right(candidates))[0].astype(float))
    return np.log(np.take_along_axis(p, candidates[..., None], axis=2))[..., 0].sum(axis=0)


def beam_step(kept: Sequence[tuple], log_p: np.ndarray, width: int) -> list[tuple]:
    """The best `width` of all strings that are one symbol longer than those kept, (total, symbols)."""
    longer = [(total + log_p[k, v], (*symbols, v))
              for k, (total, symbols) in enumerate(kept) for v in range(log_p.shape[1])]
    return sorted(longer, reverse=True)[:width]


def beam(network: EncoderDecoder, string: np.ndarray, width: int) -> list[tuple]:
    """The best `width` strings that beam search finds, best first. With a width of 1 it is greedy."""
    string, kept = np.asarray(string), [(0.0, ())]
    for step in range(len(string)):
        fed = np.array([(SYMBOLS, *symbols) for _, symbols in kept]).T
        strings = np.repeat(string[:, None], len(kept), axis=1)
        p = softmax(network.scores(strings, fed)[0][step].astype(float))
        kept = beam_step(kept, np.log(p), width)
    return kept


def search_shares(rng: np.random.Generator, updates: int = 150, hidden_size: int = 16) -> dict[str, float]:
    """What each search finds for 100 strings in a network that has half learnt to reverse four symbols.

    Returns:
        by width "found_1" to "found_8", the share in which the string found is the most probable of all
        4,096; "right_1" to "right_8" and "right_all", the shares in which what was found, or the most
        probable of all, is the right string.
    """
    network = EncoderDecoder(hidden_size, rng, attention=False)
    for _ in reversal_updates(network, rng, LENGTH, updates):
        pass
    strings, candidates = reversal_strings(rng, LENGTH, ASKED), all_strings()
    best = np.array([candidates[:, np.argmax(log_probabilities(network, string, candidates))]
                     for string in strings.T])
    found = {width: np.array([beam(network, string, width)[0][1] for string in strings.T])
             for width in WIDTHS}
    wanted = strings[::-1].T

    def share(one, other) -> float:
        return float(np.mean((one == other).all(axis=1)))

    return {**{f"found_{width}": share(one, best) for width, one in found.items()},
            **{f"right_{width}": share(one, wanted) for width, one in found.items()},
            "right_all": share(best, wanted)}
