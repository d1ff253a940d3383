"""What lesson 09 trains: cells whose backward pass can be exchanged, runs that go wrong, and many seeds.

A patient of the clinic is the backward pass of one of the cells in `helpers.networks.cells.plain`, with a
bug; `experiments_ward` examines them. `FAILURES` are training runs of a character model, each wrong in one
way. The notebook, `shipped` and the checks use both.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.data import Chunk, chunks, course_corpus
from helpers.networks import (
    CELLS,
    GRU,
    RNN,
    SGD,
    Adam,
    CharModel,
    Diverged,
    Parameters,
    nll,
    softmax,
    train,
)
from helpers.networks.cells import plain
from helpers.runs import History

SUMS = {"RNN": ("a",), "LSTM": ("i", "f", "o", "g"), "GRU": ("r", "z", "n")}    # blocks of b_h


# --- a forward pass, and a backward pass to be exchanged ---

class Forward(NamedTuple):
    """The loss of a forward pass, and all that the backward pass needs.

    Attributes:
        loss: mean over steps and sequences, in nats.
        h, c: states (B, H) by step, from -1; c is empty but for an LSTM.
        gates: by step: (i, f, o, g) of an LSTM; (r, z, n, h_n) of a GRU, where h_n = h_prev W_hn + b_hn.
        q: probabilities (T, B, V).
    """

    loss: float
    h: dict[int, np.ndarray]
    c: dict[int, np.ndarray]
    gates: dict[int, tuple[np.ndarray, ...]]
    q: np.ndarray


def parameters(kind: str, V: int, H: int, rng: np.random.Generator) -> Parameters:
    """Fresh weights of an "RNN", "LSTM" or "GRU" that reads V symbols, with its readout."""
    return CharModel(CELLS[kind](V, H), rng).params


def forward(
    kind: str, p: Parameters, x: np.ndarray, y: np.ndarray, nudge: np.ndarray | None = None
) -> Forward:
    """Read x (T, B, V), one-hot, and predict y (T, B, V), one-hot, with a softmax readout.

    `nudge` (T, len(b_h)) is added to the bias at each step: so one measures what a single step does to the
    loss.
    """
    T, B, H = len(x), x.shape[1], len(p.W_hy)
    h, c, gates = {-1: np.zeros((B, H))}, {-1: np.zeros((B, H))}, {}
    at_t = p if nudge is None else p.copy()
    for t in range(T):
        if nudge is not None:
            at_t.b_h = p.b_h + nudge[t]
        if kind == "RNN":
            h[t] = plain.rnn_step(at_t, x[t], h[t - 1])
        elif kind == "LSTM":
            h[t], c[t], gates[t] = plain.lstm_step(at_t, x[t], h[t - 1], c[t - 1])
        else:
            h[t], gates[t] = plain.gru_step(at_t, x[t], h[t - 1])
    scores = np.array([h[t] for t in range(T)]) @ p.W_hy + p.b_y
    loss = float(nll(scores, y.argmax(axis=-1)).mean())
    return Forward(loss, h, c, gates, softmax(scores))


def gradients(
    kind: str, backward: Callable, p: Parameters, x: np.ndarray, y: np.ndarray
) -> tuple[float, Parameters, np.ndarray]:
    """The loss, the gradients of all parameters, and da (T, B, len(b_h)), computed by `backward`.

    For an RNN it is called as ``backward(p, x, y, h, q)`` and computes all gradients. For an LSTM it is
    ``backward(p, x, h, c, gates, d_h)`` and for a GRU ``backward(p, x, h, gates, d_h)``: they start from d_h,
    the gradient with respect to the states, and the readout's own gradients are added here. Each returns
    (grads, da).
    """
    loss, h, c, gates, q = forward(kind, p, x, y)
    if kind == "RNN":
        grads, da = backward(p, x, y, h, q)
        return loss, grads, np.array(da)
    dy, d_h = by_scores_and_states(p, y, q)
    grads, da = backward(p, x, h, c, gates, d_h) if kind == "LSTM" else backward(p, x, h, gates, d_h)
    add_read_out(grads, h, dy)
    return loss, grads, np.array(da)


class OnTheBench(CharModel):
    """A character model for `train` whose backward pass is `backward`, right or wrong.

    Each chunk starts from a state of zeros.
    """

    def __init__(self, kind: str, V: int, H: int, rng: np.random.Generator, backward: Callable):
        super().__init__(CELLS[kind](V, H), rng)
        self._kind, self._backward, self._one_hot = kind, backward, np.eye(V)

    def loss_and_grads(self, inputs, targets, state=None):
        """As of a `CharModel`, by `gradients`; there is no state to carry."""
        x, y = self._one_hot[inputs], self._one_hot[targets]
        loss, grads, _ = gradients(self._kind, self._backward, self.params, x, y)
        return loss, grads, None


def by_scores_and_states(p: Parameters, y: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a backward pass begins: the gradients of the scores, dy (T, B, V), and the states, d_h."""
    dy = (q - y) / (y.shape[0] * y.shape[1])
    return dy, dy @ p.W_hy.T


def add_read_out(grads: Parameters, h: dict[int, np.ndarray], dy: np.ndarray) -> None:
    """Add the readout's own gradients to `grads`."""
    grads.W_hy = sum(h[t].T @ dy[t] for t in range(len(dy)))
    grads.b_y = dy.sum(axis=(0, 1))


def rnn_backward(p, x, y, h, q):
    """The right backward pass of a plain network, with its readout."""
    dy, d_h = by_scores_and_states(p, y, q)
    grads, _, _, da = plain.rnn_backward(p, x, h, d_h)
    add_read_out(grads, h, dy)
    return grads, da


def lstm_backward(*given):
    """The right backward pass of an LSTM."""
    grads, _, _, da = plain.lstm_backward(*given)
    return grads, da


def gru_backward(*given):
    """The right backward pass of a GRU."""
    grads, _, _, da = plain.gru_backward(*given)
    return grads, da


RIGHT = {"RNN": rnn_backward, "LSTM": lstm_backward, "GRU": gru_backward}


# --- training runs that go wrong ---

STEPS, STREAMS = 25, 8
LOOK = 10                   # updates between two points of a curve
SAMPLE = 150                # characters
HELD_OUT = 1500             # characters on which a look measures the loss


class Transposing(RNN):
    """A plain network whose gradient of W_hh is transposed: it is square, so no shape gives it away."""

    def backward(self, p, d_h, cache, d_state=None, grads=None):
        grads, d_x, d_state = super().backward(p, d_h, cache, d_state, grads)
        grads.W_hh = grads.W_hh.T.copy()
        return grads, d_x, d_state


@dataclass(frozen=True)
class Failure:
    """A training run: how it differs from a healthy run is in the fields from `hidden` on.

    Attributes:
        letter: under which its run is shown.
        sign: how one recognises it.
        remedy: what to do.
        scale: of the initial weights; None for the usual one.
        clip: longest gradient, None for none.
        characters: of the training text, None for all.
        shifted: whether the targets are the following characters.
        carried: whether the state goes on from chunk to chunk.
    """

    letter: str
    sign: str
    remedy: str
    hidden: int = 64
    scale: float | None = None
    cell: type = RNN
    optimizer: type = Adam
    rate: float = 0.01
    clip: float | None = 1.0
    updates: int = 600
    characters: int | None = None
    shifted: bool = True
    carried: bool = True


HEALTHY = Failure(
    "healthy", "It starts at ln 60 = 4.09 and falls; the held-out loss turns up before it reaches 2.", "")
# With Adam, runs end alike with a clip and without; with gradient descent at this rate the clip decides.
DESCENT = replace(HEALTHY, optimizer=SGD, rate=2.0)
FAILURES = {
    "rate too high": replace(
        HEALTHY, letter="C",
        sign="The loss falls for a few updates, then jumps around near 3, but a tenth of the rate helps.",
        remedy="Use a tenth of the rate.", rate=0.1),
    "no clipping": replace(
        DESCENT, letter="F", sign="Within a few updates the loss is far above chance, and never comes back.",
        remedy="Clip the norm of the gradient.", clip=None),
    "state reset at every chunk": replace(
        HEALTHY, letter="A",
        sign="The first characters of each chunk are predicted far worse than the others.",
        remedy="Carry the state from chunk to chunk.", carried=False),
    "targets not shifted": replace(
        HEALTHY, letter="H",
        sign="Both losses are nearly 0 after 100 updates, and the sample repeats one character many times.",
        remedy="Make the following character the target.", shifted=False),
    "network too small": replace(
        HEALTHY, letter="B",
        sign="Both losses are high, close together and still falling. The network cannot even "
             "memorise the text.",
        remedy="More units.", hidden=3),
    "overfitting": replace(
        HEALTHY, letter="E", sign="The training loss goes to 0 and the held-out loss climbs above chance.",
        remedy="More text, a smaller network, or early stopping.", characters=1000),
    "bad initialisation": replace(
        HEALTHY, letter="G",
        sign="The very first loss is far above ln 60. An untrained network is already sure, and wrong.",
        remedy="Smaller weights: about 1 / sqrt(H).", scale=0.5),
    "wrong gradient": replace(
        HEALTHY, letter="D",
        sign="The loss jumps around near 3, as if the rate were too high, but a tenth of the rate does not "
             "help.",
        remedy="Check the gradient.", cell=Transposing),
}
CLIPS = {
    "Adam at 0.01, clipped": HEALTHY, "Adam at 0.01, not clipped": replace(HEALTHY, clip=None),
    "descent at 2, clipped": DESCENT, "descent at 2, not clipped": FAILURES["no clipping"],
}
WORDS = {           # of each field, and of its values where they need words of their own
    "hidden": ("units", {}), "scale": ("initial weights up to", {None: "1 / sqrt(H)"}),
    "cell": ("gradient of W_hh", {RNN: "as derived", Transposing: "transposed"}),
    "optimizer": ("optimiser", {Adam: "Adam", SGD: "gradient descent"}), "rate": ("rate", {}),
    "clip": ("clipping", {None: "off", 1.0: "at 1.0"}), "updates": ("updates", {}),
    "characters": ("characters to learn from", {None: "all"}),
    "shifted": ("each target is", {True: "the next character", False: "the input character"}),
    "carried": ("state", {True: "carried on", False: "reset at every chunk"}),
}


def beside(cause: str) -> Failure:
    """The healthy run that the failure is compared with: the one with the same optimiser."""
    return DESCENT if FAILURES[cause].optimizer is DESCENT.optimizer else HEALTHY


def difference(run: Failure, other: Failure) -> dict[str, tuple]:
    """The settings in which two runs differ, by field: both values."""
    values = {name: (getattr(run, name), getattr(other, name)) for name in WORDS}
    return {name: (value, of_other) for name, (value, of_other) in values.items() if value != of_other}


def describe_difference(cause: str) -> str:
    """How a failure differs from the healthy run beside it, in words: "rate 0.1, not 0.01"."""
    differences = []
    for field, values in difference(FAILURES[cause], beside(cause)).items():
        name, words = WORDS[field]
        here, there = (words[value] if value in words else f"{value:,}" for value in values)
        differences.append(f"{name} {here}, not {there}")
    return "; ".join(differences)


class FailingRun(History):
    """The curves of a `failing_run` so far; losses are in nats per character.

    `train` is the mean loss of the last ten chunks. `heldout` is the held-out loss as this run computes it.
    At the end there is a sample that the network writes after the first 25 characters of the text.

    Attributes:
        places: (25,) loss of the training text by place in the chunk, at the end; empty before.
    """

    places: Sequence[float] = ()


def failing_run(
    rng: np.random.Generator, cause: str | Failure, slower: float = 1.0
) -> Iterator[FailingRun | None]:
    """Train as `FAILURES[cause]` or a `Failure` says: the run so far after every ten updates, else None.

    The learning rate is divided by `slower`. A run that diverges ends early, without a sample.
    """
    what = cause if isinstance(cause, Failure) else FAILURES[cause]
    _, vocabulary, ids, heldout, _ = course_corpus()
    ids, heldout = ids[: what.characters], heldout[:HELD_OUT]
    model = CharModel(what.cell(len(vocabulary), what.hidden), rng, scale=what.scale)
    answers = heldout[1:] if what.shifted else heldout[:-1]
    run, recent = FailingRun(), []
    stream = islice((_spoilt(chunk, what) for chunk in chunks(ids, STEPS, STREAMS)), what.updates)
    steps = train(model, stream, what.optimizer(what.rate / slower), clip_norm=what.clip)
    while True:
        try:
            step = next(steps)
        except (StopIteration, Diverged):
            return
        recent.append(step.loss)
        if step.index % LOOK:
            yield None
            continue
        run.record(step.index, train=float(np.mean(recent)),
                   heldout=model.loss(heldout[:-1, None], answers[:, None])[0])
        recent.clear()
        if step.index == what.updates:
            run.samples.append((step.index, vocabulary.decode(model.sample(ids[:STEPS], SAMPLE, rng))))
            run.places = _by_place(model, ids, what)
        yield run


def training_loss(rng: np.random.Generator, cause: str | Failure, slower: float = 1.0) -> float:
    """The training loss at the end of a `failing_run`, however early that is."""
    *_, run = (run for run in failing_run(rng, cause, slower) if run)
    return round(float(run.train[-1]), 3)


def with_clip(rng: np.random.Generator, run: str) -> float:
    """The training loss at the end of one of `CLIPS`."""
    return training_loss(rng, CLIPS[run])


def _spoilt(chunk: Chunk, what: Failure) -> Chunk:
    return Chunk(chunk.inputs, chunk.targets if what.shifted else chunk.inputs,
                 chunk.starts_over or not what.carried)


def _by_place(model: CharModel, ids: np.ndarray, what: Failure) -> list[float]:
    """Loss at each place of a chunk, over one reading of the text."""
    p, state, total, count = model.params, None, np.zeros(STEPS), 0
    for number, chunk in enumerate(chunks(ids, STEPS, STREAMS)):
        if number and chunk.starts_over:
            break
        chunk = _spoilt(chunk, what)
        h, state, _ = model.cell.forward(p, chunk.inputs, None if chunk.starts_over else state)
        total += nll(h @ p.W_hy + p.b_y, chunk.targets).mean(axis=1)
        count += 1
    return (total / count).tolist()


# --- one training run with many seeds ---

SETTINGS = {"plain, 24 units": RNN(60, 24), "plain, 32 units": RNN(60, 32), "GRU, 32 units": GRU(60, 32)}
SEED_UPDATES = 200


def seed_runs(
    rng: np.random.Generator, setting: str, seeds: int = 8
) -> Iterator[tuple[int, int, float] | None]:
    """Train `seeds` networks of one of `SETTINGS`, one after the other; only their random weights differ.

    Yields:
        (number of the network, from 0; updates made; held-out loss) after every ten updates, else None.
    """
    corpus = course_corpus()
    ids, heldout = corpus.ids, corpus.heldout[:HELD_OUT, None]
    for number in range(seeds):
        model = CharModel(SETTINGS[setting], rng)
        yield number, 0, model.loss(heldout[:-1], heldout[1:])[0]
        steps = train(model, chunks(ids, STEPS, STREAMS), Adam(0.01), clip_norm=1.0)
        for step in islice(steps, SEED_UPDATES):
            looked = step.index % LOOK == 0
            yield (number, step.index, model.loss(heldout[:-1], heldout[1:])[0]) if looked else None


def of_setting(rng: np.random.Generator, setting: str) -> float:
    """The held-out loss at the end of one network of `SETTINGS`."""
    return round([point for point in seed_runs(rng, setting, seeds=1) if point][-1][2], 4)


def count_pairs_won(a: np.ndarray, b: np.ndarray) -> int:
    """In how many pairs of a run of `a` and a run of `b` the run of `a` ends lower."""
    return int((np.asarray(a)[:, None] < np.asarray(b)).sum())
