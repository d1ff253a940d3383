"""An encoder and a decoder that write a string backwards, with attention or without."""

from collections.abc import Callable, Generator
from functools import partial

import numpy as np

from helpers.networks import (
    GRU,
    Adam,
    Parameters,
    check_generator,
    check_size,
    clip_norm,
    one_blas_thread,
    softmax,
)
from helpers.runs import HowFar, stepwise

SYMBOLS = 8         # a to h; the start symbol has the number after theirs
LETTERS = "abcdefgh"
BATCH, RATE, CLIP = 32, 0.01, 1.0
TESTED = 500        # new strings, on which a trained network is tested


def reversal_strings(rng: np.random.Generator, length: int, batch: int) -> np.ndarray:
    """Random strings (length, batch) of the symbols 0 to 7; the targets are ``strings[::-1]``."""
    check_generator(rng)
    return rng.integers(SYMBOLS, size=(check_size("length", length), check_size("batch", batch)))


def shift_right(targets: np.ndarray) -> np.ndarray:
    """What a decoder reads under teacher forcing: the start symbol, then what it should write."""
    return np.concatenate([np.full_like(targets[:1], SYMBOLS), targets[:-1]])


class EncoderDecoder:
    """Two GRUs, of which one reads a string into its state, and the other starts with that state and writes.

    With `attention`, the query s W_q of the decoder's state s looks at all states h of the encoder at every
    step, and what it finds goes to the readout beside s. Without it, the decoder gets only the last h.

    Args:
        hidden_size: H, of both.
        rng: where the weights come from.
        attention: whether the decoder looks the string up.
        dtype: float32 or float64.

    Attributes:
        params: all of it, `Parameters`; those of the two GRUs begin with ``read_`` and ``write_``.
    """

    def __init__(self, hidden_size: int, rng: np.random.Generator, attention: bool = True,
                 dtype=np.float32):
        H = hidden_size
        self.encoder, self.decoder, self.attention = GRU(SYMBOLS, H), GRU(SYMBOLS + 1, H), bool(attention)
        looks = {"W_q": (H, H), "W_cy": (H, SYMBOLS)} if attention else {}
        self.params = Parameters({
            **{f"read_{name}": shape for name, shape in self.encoder.shapes.items()},
            **{f"write_{name}": shape for name, shape in self.decoder.shapes.items()},
            "W_hy": (H, SYMBOLS), "b_y": (SYMBOLS,), **looks}, dtype=dtype)
        for part, cell in zip(self._parts(self.params), (self.encoder, self.decoder), strict=True):
            part.vector = cell.init(rng, dtype=dtype).vector
        for name in ("W_hy", *looks):
            self.params[name] = rng.uniform(-1, 1, self.params[name].shape) / np.sqrt(H)
        self._grads, self._tapes = self.params.zeros_like(), [None, None]

    def _parts(self, all_of_it: Parameters) -> list[Parameters]:
        """The two GRUs' own parameters, windows on the same memory."""
        parts, start = [], 0
        for cell in (self.encoder, self.decoder):
            size = sum(int(np.prod(shape)) for shape in cell.shapes.values())
            parts.append(Parameters(cell.shapes, all_of_it.vector[start : start + size]))
            start += size
        return parts

    def scores(self, strings: np.ndarray, fed: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Scores (U, B, 8) when the decoder is fed symbols (U, B), and where it looks, (B, U, T) or None."""
        with one_blas_thread():
            return self._forward(np.asarray(strings), np.asarray(fed))[:2]

    def _forward(self, strings, fed):
        p, (p_read, p_write) = self.params, self._parts(self.params)
        h, last, self._tapes[0] = self.encoder.forward(p_read, strings, None, self._tapes[0])
        s, _, self._tapes[1] = self.decoder.forward(p_write, fed, last, self._tapes[1])
        scores = s @ p.W_hy + p.b_y
        if not self.attention:
            return scores, None, (h, s, None, None)
        keys, queries = h.transpose(1, 0, 2), (s @ p.W_q).transpose(1, 0, 2)    # a matrix for each string
        weights = softmax(queries @ keys.transpose(0, 2, 1))                    # (B, U, T)
        found = (weights @ keys).transpose(1, 0, 2)
        return scores + found @ p.W_cy, weights, (h, s, queries, found)

    def loss_and_grads(
        self, strings: np.ndarray, targets: np.ndarray, look_up_back: Callable | None = None,
    ) -> tuple[float, Parameters]:
        """Mean loss in nats per symbol under teacher forcing, and its gradients, used again by the next call.

        With `look_up_back` each look-up goes back through this function, one by one, which is slow.
        """
        p, grads = self.params, self._grads
        U, B = targets.shape
        with one_blas_thread():
            scores, weights, (h, s, queries, found) = self._forward(strings, shift_right(targets))
            dy = softmax(scores)
            right = np.take_along_axis(dy, targets[..., None], axis=2)
            loss = float(-np.log(np.maximum(right, 1e-30)).mean())
            np.put_along_axis(dy, targets[..., None], right - 1, axis=2)
            dy /= U * B
            flat_dy, flat_s = dy.reshape(U * B, -1), s.reshape(U * B, -1)
            grads.W_hy, grads.b_y = flat_s.T @ flat_dy, flat_dy.sum(axis=0)
            d_s, d_h = dy @ p.W_hy.T, np.zeros_like(h)
            if self.attention:
                grads.W_cy = found.reshape(U * B, -1).T @ flat_dy
                back = _all_at_once if look_up_back is None else partial(_one_by_one, look_up_back)
                d_queries, d_keys = back(
                    queries, h.transpose(1, 0, 2), weights, (dy @ p.W_cy.T).transpose(1, 0, 2))
                d_q = d_queries.transpose(1, 0, 2)
                grads.W_q = flat_s.T @ d_q.reshape(U * B, -1)
                d_s = d_s + d_q @ p.W_q.T
                d_h = np.ascontiguousarray(d_keys.transpose(1, 0, 2))
            p_read, p_write = self._parts(p)
            g_read, g_write = self._parts(grads)
            _, _, d_last = self.decoder.backward(p_write, d_s, self._tapes[1], grads=g_write)
            self.encoder.backward(p_read, d_h, self._tapes[0], d_last, grads=g_read)
        return loss, grads

    def write(self, strings: np.ndarray, length: int | None = None) -> np.ndarray:
        """What it writes by itself, (length, B): each time the symbol with the highest score, then read."""
        strings = np.asarray(strings)
        length = len(strings) if length is None else length
        p, (p_read, p_write) = self.params, self._parts(self.params)
        h, state, _ = self.encoder.forward(p_read, strings)
        keys = h.transpose(1, 0, 2)
        last, written = np.full(strings.shape[1], SYMBOLS), []
        for _ in range(length):
            s, state, _ = self.decoder.forward(p_write, last[None], state)
            scores = s[0] @ p.W_hy + p.b_y
            if self.attention:
                weights = softmax((keys @ (s[0] @ p.W_q)[:, :, None])[:, :, 0])
                scores = scores + (weights[:, None] @ keys)[:, 0] @ p.W_cy
            last = scores.argmax(axis=1)
            written.append(last)
        return np.array(written)


def _one_by_one(look_up_back, queries, keys, weights, d_found):
    """The backward pass of all look-ups, in each of which the keys are the values too."""
    d_queries, d_keys = np.zeros_like(queries), np.zeros_like(keys)
    for b, t in np.ndindex(queries.shape[:2]):
        d_queries[b, t], by_key, by_value = look_up_back(
            queries[b, t], keys[b], keys[b], weights[b, t], d_found[b, t])
        d_keys[b] += by_key + by_value
    return d_queries, d_keys


def _all_at_once(queries, keys, weights, d_found):
    """The same, as products of matrices."""
    d_weights = d_found @ keys.transpose(0, 2, 1)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=2, keepdims=True))
    return d_scores @ keys, weights.transpose(0, 2, 1) @ d_found + d_scores.transpose(0, 2, 1) @ queries


def reversal_updates(
    network: EncoderDecoder, rng: np.random.Generator, length: int, updates: int,
) -> Generator[float, None, None]:
    """Train on fresh strings with Adam, clipped at 1. Each update yields its loss."""
    optimizer = Adam(RATE)
    for _ in range(updates):
        strings = reversal_strings(rng, length, BATCH)
        loss, grads = network.loss_and_grads(strings, strings[::-1])
        clip_norm(grads, CLIP)
        optimizer.update(network.params, grads)
        yield loss


def watch_training(
    rng: np.random.Generator, length: int = 10, attention: bool = True, hidden_size: int = 32,
    updates: int = 1000, every: int = 25,
) -> Generator[tuple | None, None, None]:
    """A training run to look at. It yields its state after so many updates each, and None in between.

    Yields:
        updates, the share of symbols of 200 new strings that it writes right, where it looks while it writes
        the first of them, (length, length) or None without attention, that string, and what it writes.
    """
    network = EncoderDecoder(hidden_size, rng, attention)
    tested = reversal_strings(rng, length, 200)

    def standing(done: int) -> tuple:
        written = network.write(tested)
        weights = network.scores(tested[:, :1], shift_right(written[:, :1]))[1]
        return (done, float(np.mean(written == tested[::-1])), None if weights is None else weights[0],
                in_letters(tested[:, 0]), in_letters(written[:, 0]))

    yield standing(0)
    for done, _ in enumerate(reversal_updates(network, rng, length, updates), 1):
        yield standing(done) if done % every == 0 else None


def in_letters(symbols: np.ndarray) -> str:
    """Symbols as the letters a to h."""
    return "".join(LETTERS[symbol] for symbol in symbols)


@stepwise
def reversal_accuracy(
    rng: np.random.Generator, length: int, attention: bool, hidden_size: int = 32, updates: int = 1000,
) -> Generator[HowFar, None, dict[str, float]]:
    """Train to write strings of `length` backwards, and test on 500 new ones.

    Returns:
        "accuracy", the share of symbols right when it reads what it wrote itself (an eighth by chance);
        "whole", the share of strings without a slip; "told", the accuracy when it is fed the right symbols,
        "behind", the same from the third symbol on, and "slipped", what is left of that if the symbol fed
        there is a wrong one and all others are right; with attention "looks", the mean weight on the state of
        the symbol to be written, on the one after it and on the next.
    """
    network = EncoderDecoder(hidden_size, rng, attention)
    for done, _ in enumerate(reversal_updates(network, rng, length, updates), 1):
        if done % 10 == 0:
            yield done, updates
    strings = reversal_strings(rng, length, TESTED)
    right, targets = network.write(strings) == strings[::-1], strings[::-1]
    scores, weights = network.scores(strings, shift_right(targets))
    told = scores.argmax(axis=2) == targets
    fed = shift_right(targets)
    fed[2] = (fed[2] + rng.integers(1, SYMBOLS, size=TESTED)) % SYMBOLS
    slipped = network.scores(strings, fed)[0].argmax(axis=2) == targets
    found = {"accuracy": float(right.mean()), "whole": float(right.all(axis=0).mean()),
             "told": float(told.mean()), "behind": float(told[2:].mean()),
             "slipped": float(slipped[2:].mean())}
    return found if weights is None else found | {"looks": weight_beside(weights.mean(axis=0))}


def weight_beside(weights: np.ndarray) -> list[float]:
    """Of weights (T, T) the means on the state of the symbol to be written, and on the two after it.

    Step u writes the symbol that was read at T - 1 - u. A state holds more than its own symbol, so a decoder
    may just as well look for a symbol in a state after it.
    """
    turned = weights[:, ::-1]       # so that the symbol to be written is on the diagonal
    return [float(np.diagonal(turned, -late).mean()) for late in range(3)]
