"""Training runs of a character model that went wrong, each in one way; and one run with many seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice

import numpy as np

from helpers.data import Chunk, chunks, course_corpus
from helpers.networks import GRU, RNN, SGD, Adam, CharModel, Diverged, nll, train
from helpers.runs import History

STEPS, STREAMS = 25, 8
LOOK = 10                   # updates between two points of a curve
SAMPLE = 150                # characters


class Transposing(RNN):
    """A plain network whose gradient of W_hh is handed over transposed: square, so nobody objects."""

    def backward(self, p, d_h, cache, d_state=None, grads=None):
        grads, d_x, d_state = super().backward(p, d_h, cache, d_state, grads)
        grads.W_hh = grads.W_hh.T.copy()
        return grads, d_x, d_state


@dataclass(frozen=True)
class Failure:
    """A training run: what is done otherwise than in a healthy run is in the fields from `hidden` on.

    Attributes:
        letter: under which its run is shown.
        sign: what gives it away.
        remedy: what to do.
        hidden, scale, cell: of the network.
        optimizer: of the training, made again for each run.
        clip: longest gradient, None for none.
        updates: how many.
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
    """The healthy run that the failure `cause` differs from: that of the same optimiser."""
    return DESCENT if FAILURES[cause].optimizer is DESCENT.optimizer else HEALTHY


def difference(one: Failure, other: Failure) -> dict[str, tuple]:
    """The settings that differ, by field: the value of each."""
    return {field.name: (getattr(one, field.name), getattr(other, field.name)) for field in fields(Failure)
            if field.name in WORDS and getattr(one, field.name) != getattr(other, field.name)}


def describe_difference(cause: str) -> str:
    """What a failure does otherwise than the healthy run beside it, in words: "rate 0.1, not 0.01"."""
    found = []
    for field, values in difference(FAILURES[cause], beside(cause)).items():
        name, words = WORDS[field]
        here, there = (words[value] if value in words else f"{value:,}" for value in values)
        found.append(f"{name} {here}, not {there}")
    return "; ".join(found)


class FailingRun(History):
    """How a run of `failing_run` went, as far as it has come; losses are in nats per character.

    At a look `train` is the mean loss of the last ten chunks, and `heldout` that of the held-out text,
    computed as this run computes it. At the end there is a sample, drawn from the network after the first
    25 characters of the text.

    Attributes:
        places: (25,) loss of the training text by place in the chunk, at the end; before, there are none.
    """

    places: Sequence[float] = ()


def failing_run(
    rng: np.random.Generator, cause: str | Failure = "", slower: float = 1.0
) -> Iterator[FailingRun | None]:
    """Train as `FAILURES[cause]` says, or as it should be: the run so far after every ten updates, else None.

    The learning rate is divided by `slower`. A run that diverges ends early, without a sample.

    Raises ValueError for an unknown cause; a `Failure` is taken as it is.
    """
    if isinstance(cause, str) and cause and cause not in FAILURES:
        raise ValueError(f"cause is {cause!r}. Choose one of {', '.join(FAILURES)}, or '' for a healthy run.")
    what = cause if isinstance(cause, Failure) else FAILURES[cause] if cause else HEALTHY
    _, vocabulary, ids, heldout, _ = course_corpus()
    ids, heldout = ids[: what.characters], heldout[:1500]
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
    """The training loss at the end of such a run, however early that is."""
    *_, run = (run for run in failing_run(rng, cause, slower) if run)
    return round(float(run.train[-1]), 3)


def with_clip(rng: np.random.Generator, run: str) -> float:
    """The training loss at the end of one of `CLIPS`."""
    return training_loss(rng, CLIPS[run])


def of_setting(rng: np.random.Generator, setting: str) -> float:
    """The held-out loss at the end of one network of `SETTINGS`."""
    return round([point for point in seed_runs(rng, setting, seeds=1) if point][-1][2], 4)


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


SETTINGS = {"plain, 24 units": RNN(60, 24), "plain, 32 units": RNN(60, 32), "GRU, 32 units": GRU(60, 32)}


def seed_runs(
    rng: np.random.Generator, setting: str, seeds: int = 8, updates: int = 200
) -> Iterator[tuple[int, int, float] | None]:
    """The same training with `seeds` networks, one after the other, alike but for their random weights.

    Args:
        setting: a name from SETTINGS.

    Yields:
        (number of the network, from 0; updates made; held-out loss) after every ten updates, else None.

    Raises ValueError for another setting.
    """
    if setting not in SETTINGS:
        raise ValueError(f"setting is {setting!r}. Choose one of {', '.join(SETTINGS)}.")
    corpus = course_corpus()
    ids, heldout = corpus.ids, corpus.heldout[:1500, None]
    for number in range(seeds):
        model = CharModel(SETTINGS[setting], rng)
        yield number, 0, model.loss(heldout[:-1], heldout[1:])[0]
        for step in islice(train(model, chunks(ids, STEPS, STREAMS), Adam(0.01), clip_norm=1.0), updates):
            looked = step.index % LOOK == 0
            yield (number, step.index, model.loss(heldout[:-1], heldout[1:])[0]) if looked else None


def count_pairs_won(a: np.ndarray, b: np.ndarray) -> int:
    """In how many pairs, one run of `a` and one of `b`, the one of `a` ends lower."""
    return int((np.asarray(a)[:, None] < np.asarray(b)).sum())
