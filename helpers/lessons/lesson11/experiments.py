"""The networks that lesson 11 trains and measures: two layers, copies, an encoder and a decoder, a beam.

The notebook trains some of them itself. Shipped runs are made of the functions that `shipped` names.
"""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from helpers.data import Chunk, Vocabulary, chunks, copy_sequences, load_text
from helpers.networks import (
    GRU,
    Adam,
    CharModel,
    Parameters,
    Softmax,
    check_generator,
    check_size,
    clip_norm,
    nll,
    one_blas_thread,
    softmax,
    train,
)
from helpers.runs import HowFar, stepwise

SYMBOLS = 8             # a to h; the start symbol has the number after theirs
LETTERS = "abcdefgh"
BATCH, RATE = 32, 0.01
TESTED = 500            # new strings, on which a trained network is tested

LAGS = 9                # how many symbols back are asked for, 0 the present one
READ, PROBED, PROBE_TESTED = 200, 60, 20    # steps of held-out text, rows to fit probes on, and to test them

WIDTHS = (1, 2, 4, 8)   # of the beam
SHORT, SEARCHED = 4, 100                    # length and number of the strings that are searched for


def windows(p: Parameters, *shapes: Mapping[str, tuple[int, ...]]) -> list[Parameters]:
    """Several sets of parameters, one after another on the memory of `p`."""
    ends = np.cumsum([sum(map(math.prod, some.values())) for some in shapes])
    return [Parameters(some, piece) for some, piece in zip(shapes, np.split(p.vector, ends), strict=False)]


class TwoLayers:
    """Two GRUs of H units, of which the second reads the states of the first, and a softmax on the second.

    The names in `params` begin with ``one_`` for the first layer and with ``two_`` for the second.
    """

    def __init__(self, symbols: int, hidden_size: int, rng: np.random.Generator):
        H = hidden_size
        self.cells, self.output_layer = (GRU(symbols, H), GRU(H, H)), Softmax(symbols)
        self._shapes = [*(cell.shapes for cell in self.cells), self.output_layer.shapes(H)]
        names = [{f"{layer}_{name}": shape for name, shape in cell.shapes.items()}
                 for layer, cell in zip(("one", "two"), self.cells, strict=True)]
        self.params = Parameters({**names[0], **names[1], **self._shapes[2]}, dtype=np.float32)
        for layer, cell in zip(self.parts(self.params), self.cells, strict=False):
            layer.vector = cell.init(rng, dtype=np.float32).vector
        self.params.W_hy = rng.uniform(-1, 1, (H, symbols)) / np.sqrt(H)
        self._grads = self.params.zeros_like()

    def parts(self, p: Parameters) -> list[Parameters]:
        """The parameters of the two layers and of the readout."""
        return windows(p, *self._shapes)

    def forward(self, inputs: np.ndarray, states=(None, None)) -> tuple:
        """States of both layers (T, B, H), the last ones, and the caches."""
        one, two, _ = self.parts(self.params)
        h_one, last_one, tape_one = self.cells[0].forward(one, inputs, states[0])
        h_two, last_two, tape_two = self.cells[1].forward(two, h_one, states[1])
        return h_one, h_two, (last_one, last_two), (tape_one, tape_two)

    def loss_and_grads(self, inputs, targets, states=(None, None)) -> tuple:
        """Mean loss, its gradients, which the next call uses again, and the last states."""
        T, B = inputs.shape
        (one, two, out), (g_one, g_two, g_out) = self.parts(self.params), self.parts(self._grads)
        with one_blas_thread():
            _, h_two, last, caches = self.forward(inputs, states)
            wanted = self.output_layer.check(targets, T, B, np.float32)
            loss, d_h = self.output_layer.loss_and_grads(out, h_two, wanted, g_out, caches[1])
            _, d_h_one, _ = self.cells[1].backward(two, d_h, caches[1], grads=g_two)
            self.cells[0].backward(one, d_h_one, caches[0], grads=g_one)
        return loss, self._grads, last


@stepwise
def read_from_layers(
    rng: np.random.Generator, hidden_size: int = 32, updates: int = 1000,
) -> Generator[HowFar, None, dict[str, list[float]]]:
    """Train two layers to predict the next character, then read from each what came before.

    Each layer and each lag has its own linear probe, fitted by least squares on some rows of the held-out
    text, and tested on others.

    Returns:
        "one" and "two", shares of characters read correctly by lag, 0 to 8; "next", the shares of next
        characters that are read correctly from the first and the second layer; "often", the share of the
        commonest character.
    """
    text, heldout = load_text("input"), load_text("heldout")
    vocabulary = Vocabulary(text)
    network, optimizer, states = TwoLayers(len(vocabulary), hidden_size, rng), Adam(RATE), (None, None)
    for update, chunk in enumerate(chunks(vocabulary.encode(text), length=50, batch=16)):
        if update == updates:
            break
        states = (None, None) if chunk.starts_over else states
        _, grads, states = network.loss_and_grads(chunk.inputs, chunk.targets, states)
        clip_norm(grads, 1.0)
        optimizer.learning_rate = RATE * (1 - update / (updates + 1))
        optimizer.update(network.params, grads)
        if update % 10 == 0:
            yield update, updates
    ids = vocabulary.encode(heldout)
    starts = rng.integers(len(ids) - READ - 1, size=PROBED + PROBE_TESTED)
    rows = np.stack([ids[start : start + READ + 1] for start in starts], axis=1)
    h_one, h_two, _, _ = network.forward(rows[:-1])
    by_lag = [rows[LAGS - lag : READ - lag] for lag in range(LAGS)]
    following = rows[LAGS + 1 :]
    probes = {name: [_read(h[LAGS:], symbols, len(vocabulary)) for symbols in by_lag]
              for name, h in (("one", h_one), ("two", h_two))}
    often = np.bincount(following.ravel()).max() / following.size
    return {**probes, "next": [_read(h[LAGS:], following, len(vocabulary)) for h in (h_one, h_two)],
            "often": float(often)}


def _read(h: np.ndarray, symbols: np.ndarray, V: int) -> float:
    """Share of symbols (T, B) that a linear probe of h (T, B, H) names, fitted on other rows."""
    def rows(part):
        states = h[:, part].reshape(-1, h.shape[2]).astype(float)
        return np.hstack([states, np.ones((len(states), 1))]), symbols[:, part].ravel()

    (x, y), (x_new, y_new) = rows(slice(PROBED)), rows(slice(PROBED, None))
    weights = np.linalg.solve(x.T @ x + 1e-3 * np.eye(x.shape[1]), x.T @ np.eye(V)[y])
    return float(np.mean((x_new @ weights).argmax(axis=1) == y_new))


def copy_accuracy(
    rng: np.random.Generator, length: int, hidden_size: int, updates: int = 3000,
) -> dict[str, float]:
    """Train a GRU to copy strings of eight symbols, and test it on 500 new ones.

    Adam in float32, its rate falling to zero in a line, the gradient's norm clipped at 1.

    Returns:
        "accuracy", the share of symbols written correctly (an eighth by chance), and "loss", nats per symbol.
    """
    model = CharModel(GRU(SYMBOLS + 1, hidden_size), rng, dtype=np.float32)
    stream = (Chunk(*copy_sequences(rng, length, BATCH), starts_over=True) for _ in range(updates))
    optimizer = Adam(RATE)
    for step in train(model, stream, optimizer, clip_norm=1.0):
        optimizer.learning_rate = RATE * (1 - step.index / (updates + 1))
    inputs, targets = copy_sequences(rng, length, TESTED)
    scores, answers = model.scores(inputs)[length:], targets[length:]
    return {"accuracy": float(np.mean(scores.argmax(axis=2) == answers)),
            "loss": float(nll(scores, answers).mean())}


def reversal_strings(rng: np.random.Generator, length: int, batch: int) -> np.ndarray:
    """Random strings (length, batch) of the symbols 0 to 7; the targets are ``strings[::-1]``."""
    check_generator(rng)
    return rng.integers(SYMBOLS, size=(check_size("length", length), check_size("batch", batch)))


def shift_right(targets: np.ndarray) -> np.ndarray:
    """What a decoder reads under teacher forcing: the start symbol, then what it should write."""
    return np.concatenate([np.full_like(targets[:1], SYMBOLS), targets[:-1]])


class EncoderDecoder:
    """Two GRUs of H units: one reads a string into its state, the other starts with that state and writes.

    With `attention`, the query s W_q of the decoder's state s looks at all states h of the encoder at every
    step, and what it finds goes to the readout beside s. Without it, the decoder gets only the last h.

    The names in `params` begin with ``read_`` for the encoder and with ``write_`` for the decoder.
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

    def _parts(self, p: Parameters) -> list[Parameters]:
        """The parameters of the two GRUs."""
        return windows(p, self.encoder.shapes, self.decoder.shapes)

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

    def write(self, strings: np.ndarray) -> np.ndarray:
        """What it writes by itself, (T, B): each time the symbol with the highest score, which it then reads.
        """
        strings = np.asarray(strings)
        p, (p_read, p_write) = self.params, self._parts(self.params)
        h, state, _ = self.encoder.forward(p_read, strings)
        keys = h.transpose(1, 0, 2)
        last, written = np.full(strings.shape[1], SYMBOLS), []
        for _ in strings:
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
        clip_norm(grads, 1.0)
        optimizer.update(network.params, grads)
        yield loss


def watch_training(
    rng: np.random.Generator, attention: bool = True, updates: int = 1000, every: int = 25,
) -> Generator[tuple | None, None, None]:
    """A training run of 32 units on strings of ten, to look at: its state now and then, and None in between.

    Yields:
        updates, the share of symbols of 200 new strings that it writes right, where it looks while it writes
        the first of them, (10, 10) or None without attention, that string, and what it writes.
    """
    network = EncoderDecoder(32, rng, attention)
    tested = reversal_strings(rng, 10, 200)

    def standing(done: int) -> tuple:
        written = network.write(tested)
        weights = network.scores(tested[:, :1], shift_right(written[:, :1]))[1]
        return (done, float(np.mean(written == tested[::-1])), None if weights is None else weights[0],
                spell(tested[:, 0]), spell(written[:, 0]))

    yield standing(0)
    for done, _ in enumerate(reversal_updates(network, rng, 10, updates), 1):
        yield standing(done) if done % every == 0 else None


def spell(symbols: np.ndarray) -> str:
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
    targets = strings[::-1]
    right, fed = network.write(strings) == targets, shift_right(targets)
    scores, weights = network.scores(strings, fed)
    right_if_fed = scores.argmax(axis=2) == targets
    fed[2] = (fed[2] + rng.integers(1, SYMBOLS, size=TESTED)) % SYMBOLS
    slipped = network.scores(strings, fed)[0].argmax(axis=2) == targets
    shares = {"accuracy": float(right.mean()), "whole": float(right.all(axis=0).mean()),
              "told": float(right_if_fed.mean()), "behind": float(right_if_fed[2:].mean()),
              "slipped": float(slipped[2:].mean())}
    return shares if weights is None else shares | {"looks": weight_beside(weights.mean(axis=0))}


def weight_beside(weights: np.ndarray) -> list[float]:
    """Of weights (T, T) the means on the state of the symbol to be written, and on the two after it.

    Step u writes the symbol that was read at T - 1 - u. A state holds more than its own symbol, so a decoder
    may just as well look for a symbol in a state after it.
    """
    turned = weights[:, ::-1]       # so that the symbol to be written is on the diagonal
    return [float(np.diagonal(turned, -late).mean()) for late in range(3)]


def label_repeats(symbols: np.ndarray) -> np.ndarray:
    """For each place of (T, B) whether the same symbol comes once more later: 1 or 0."""
    later = [(symbols[t + 1 :] == symbols[t]).any(axis=0) for t in range(len(symbols))]
    return np.array(later).astype(int)


def share_of_labels(
    rng: np.random.Generator, both: bool, hidden_size: int = 32, updates: int = 1000,
) -> dict[str, float]:
    """Train a GRU, or two that read in opposite directions, to say where a symbol comes again.

    Returns:
        "accuracy" on 500 new strings of ten symbols out of eight; "often", the share of a guess that says at
        each place what is more frequent there, the best that is possible without seeing the rest.
    """
    cell, directions = GRU(SYMBOLS, hidden_size), (1, -1) if both else (1,)
    shapes = [cell.shapes for _ in directions]
    p = Parameters({**{f"w{n}_{name}": shape for n in range(len(directions))
                       for name, shape in cell.shapes.items()},
                    "W_hy": (hidden_size * len(directions), 2), "b_y": (2,)}, dtype=np.float32)
    grads, optimizer = p.zeros_like(), Adam(RATE)
    readers, reader_grads = windows(p, *shapes), windows(grads, *shapes)
    for reader in readers:
        reader.vector = cell.init(rng, dtype=np.float32).vector
    p.W_hy = rng.uniform(-1, 1, p.W_hy.shape) / np.sqrt(hidden_size)

    def read(x):
        runs = [cell.forward(reader, x[::way]) for reader, way in zip(readers, directions, strict=True)]
        h = np.concatenate([run[0][::way] for run, way in zip(runs, directions, strict=True)], axis=2)
        return h, [run[2] for run in runs], softmax(h @ p.W_hy + p.b_y)

    with one_blas_thread():
        for _ in range(updates):
            x = reversal_strings(rng, 10, BATCH)
            h, caches, dy = read(x)
            dy = (dy - np.eye(2)[label_repeats(x)]).astype(np.float32) / x.size
            grads.W_hy, grads.b_y = np.einsum("tbh,tbk->hk", h, dy), dy.sum(axis=(0, 1))
            d_h = np.split(dy @ p.W_hy.T, len(directions), axis=2)
            for n, way in enumerate(directions):
                d_states = np.ascontiguousarray(d_h[n][::way])
                cell.backward(readers[n], d_states, caches[n], grads=reader_grads[n])
            clip_norm(grads, 1.0)
            optimizer.update(p, grads)
        x = reversal_strings(rng, 10, TESTED)
        wanted = label_repeats(x)
        often = np.maximum(wanted.mean(axis=1), 1 - wanted.mean(axis=1)).mean()
        return {"accuracy": float((read(x)[2].argmax(axis=2) == wanted).mean()), "often": float(often)}


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


def search_shares(rng: np.random.Generator, updates: int = 150) -> dict[str, float]:
    """What each search finds for 100 strings in a network that has half learnt to reverse four symbols.

    Returns:
        by width "found_1" to "found_8", the share in which the string found is the most probable of all
        4,096; "right_1" to "right_8" and "right_all", the shares in which what was found, or the most
        probable of all, is the right string.
    """
    network = EncoderDecoder(16, rng, attention=False)
    for _ in reversal_updates(network, rng, SHORT, updates):
        pass
    strings, candidates = reversal_strings(rng, SHORT, SEARCHED), all_strings()
    best = np.array([candidates[:, np.argmax(log_probabilities(network, string, candidates))]
                     for string in strings.T])
    found = {width: np.array([beam(network, string, width)[0][1] for string in strings.T])
             for width in WIDTHS}

    def share(some, others) -> float:
        return float(np.mean((some == others).all(axis=1)))

    return {**{f"found_{width}": share(some, best) for width, some in found.items()},
            **{f"right_{width}": share(some, strings[::-1].T) for width, some in found.items()},
            "right_all": share(best, strings[::-1].T)}


def all_strings() -> np.ndarray:
    """All strings of four of the eight symbols, (4, 4096)."""
    return np.array(list(product(range(SYMBOLS), repeat=SHORT))).T
