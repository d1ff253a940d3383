"""The patients of lesson 09: their files, their gradient checks, and how they train."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np

from helpers.data import Vocabulary, chunks, load_text
from helpers.lessons.lesson09 import plain_patients as patients
from helpers.lessons.lesson09.experiments import RIGHT, SUMS, OnTheBench, forward, gradients, parameters
from helpers.networks import Adam, Parameters, numerical_gradient, relative_error, train

RIGHT_BELOW = 1e-7      # relative error of a gradient that is right
SEEDS = range(20)       # of the shipped runs
UPDATES = 400


@dataclass(frozen=True)
class Patient:
    """A backward pass with one bug.

    Attributes:
        number: from 1, as in the ward.
        kind: "RNN", "LSTM" or "GRU".
        backward: what `gradients` calls.
        lines: the lines of its source, from 1, that an answer may name.
        cure: lines to be replaced, each with what belongs there, indented.
        cause: what is wrong, in a sentence.
    """

    number: int
    kind: str
    backward: Callable
    lines: tuple[int, ...]
    cure: dict[int, str]
    cause: str

    @property
    def source(self) -> str:
        """Its code."""
        return inspect.getsource(self.backward).rstrip()

    @property
    def numbered(self) -> str:
        """Its code with numbers before the lines."""
        return "\n".join(f"{n:2}  {line}" for n, line in enumerate(self.source.splitlines(), 1))

    def cured(self) -> Callable:
        """The same code with the wrong lines replaced, as a function."""
        lines = self.source.splitlines()
        for number, line in self.cure.items():
            lines[number - 1] = line
        made: dict = {"np": np}
        exec("\n".join(lines), made)
        return made[self.backward.__name__]


@dataclass(frozen=True)
class Findings:
    """What a gradient check finds: relative errors against measured gradients.

    Attributes:
        parameters: by name, of the whole gradient.
        steps: by name of a sum (a; i, f, o, g; r, z, n), (T,) of da at each step.
        longer: by name of a parameter, how many times as long the gradient is as it should be.
        turned: by name of a parameter, by how many degrees it points elsewhere; 0 where it is zero.
    """

    parameters: dict[str, float]
    steps: dict[str, np.ndarray]
    longer: dict[str, float]
    turned: dict[str, float]

    @property
    def wrong(self) -> list[str]:
        """The parameters whose gradient is wrong."""
        return [name for name, error in self.parameters.items() if error > RIGHT_BELOW]

    @property
    def first_wrong(self) -> tuple[int, list[str]] | None:
        """The first wrong step of the backward pass, the latest t, and the sums that are wrong there."""
        for t in reversed(range(len(next(iter(self.steps.values()))))):
            sums = [name for name, errors in self.steps.items() if errors[t] > RIGHT_BELOW]
            if sums:
                return t, sums
        return None


@cache
def _bench(kind: str, sizes: tuple[int, int, int, int], seed: int):
    """The small network on which patients are examined, and its measured gradients."""
    (T, B, V, H), rng = sizes, np.random.default_rng(seed)
    p = parameters(kind, V, H, rng)
    p.vector += 0.3 * rng.standard_normal(p.vector.size)
    x, y = np.eye(V)[rng.integers(V, size=(2, T, B))]
    nudge = np.zeros((T, len(p.b_h)))
    measured = {name: numerical_gradient(lambda: forward(kind, p, x, y).loss, array, 3e-5)
                for name, array in p.items()}
    by_step = numerical_gradient(lambda: forward(kind, p, x, y, nudge).loss, nudge, 3e-5)
    return p, x, y, measured, by_step


def examine(
    kind: str, backward: Callable, sizes: tuple[int, int, int, int] = (6, 4, 4, 4), seed: int = 90
) -> Findings:
    """Compare what `backward` derives with what is measured, by parameter and by step.

    Args:
        kind: "RNN", "LSTM" or "GRU".
        backward: as `gradients` calls it.
        sizes: steps, sequences, symbols, units; those of the programs that the patients come from are alike.
        seed: of the network and of what it reads.

    Raises ValueError for another kind; and whatever `backward` raises.
    """
    if kind not in RIGHT:
        raise ValueError(f"kind is {kind!r}. Choose one of {', '.join(RIGHT)}.")
    p, x, y, measured, by_step = _bench(kind, sizes, seed)
    _, grads, da = gradients(kind, backward, p, x, y)
    names, count = SUMS[kind], len(SUMS[kind])
    da = da.sum(axis=1)
    blocks = zip(names, np.split(da, count, axis=1), np.split(by_step, count, axis=1), strict=True)
    return Findings(
        {name: relative_error(grads[name], measured[name]) for name in p},
        {name: np.array([relative_error(*pair) for pair in zip(mine, true, strict=True)])
         for name, mine, true in blocks},
        {name: _length(grads[name]) / _length(measured[name]) for name in p},
        {name: _angle(grads[name], measured[name]) for name in p},
    )


def _length(a: np.ndarray) -> float:
    return max(float(np.linalg.norm(a)), 1e-300)


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    if not a.any() or not b.any():
        return 0.0
    cosine = np.sum(a * b) / (_length(a) * _length(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def losses(
    kind: str, backward: Callable, rng: np.random.Generator, updates: int = UPDATES, size: int = 16,
    learning_rate: float = 0.01, alike: bool = False,
) -> Iterator[float]:
    """Train on the course's text with Adam: the loss of each chunk, of `size` steps and `size` streams.

    The network has `size` units too, and starts each chunk from a state of zeros. With `alike` all gates
    start with the same weights and biases.
    """
    text = load_text("input")
    vocabulary = Vocabulary(text)
    model = OnTheBench(kind, len(vocabulary), size, rng, backward)
    if alike:
        make_gates_alike(model.params)
    stream = islice(chunks(vocabulary.encode(text), size, size), updates)
    for step in train(model, stream, Adam(learning_rate)):
        yield step.loss


def in_training() -> dict[int | str, tuple[str, Callable, bool]]:
    """Kind, backward pass and whether all gates start alike, of right gradients, of each patient, and of
    "alike", an LSTM with a right gradient."""
    return {**{kind: (kind, backward, False) for kind, backward in RIGHT.items()},
            **{number: (patient.kind, patient.backward, False) for number, patient in WARD.items()},
            "alike": ("LSTM", RIGHT["LSTM"], True)}


def ward_ends(rng: np.random.Generator, updates: int = UPDATES) -> dict[str, list[float]]:
    """Of each in training, all from one seed: losses of the first and the last 20 updates, their means."""
    seed, ends = int(rng.integers(2**32)), {}
    for name, (kind, backward, alike) in in_training().items():
        found = list(losses(kind, backward, np.random.default_rng(seed), updates, alike=alike))
        ends[str(name)] = [round(float(np.mean(part)), 3) for part in (found[:20], found[-20:])]
    return ends


def count_uphill(rng: np.random.Generator, size: int = 4) -> int:
    """Of how many patients a gradient points uphill, examined with other weights and other symbols."""
    seed = int(rng.integers(2**32))
    sizes = 6, size, size, size
    found = [examine(patient.kind, patient.backward, sizes, seed) for patient in WARD.values()]
    return sum(max(one.turned[name] for name in one.wrong) > 90 for one in found)


def make_gates_alike(p: Parameters) -> None:
    """Give all gates of an LSTM or GRU the weights and biases of the first, as a program does that seeds its
    random numbers again for each array."""
    for array in (p.W_xh, p.W_hh, p.b_h):
        H = len(p.W_hh)
        array[...] = np.tile(array[..., :H], array.shape[-1] // H)


def gate_difference(p: Parameters) -> float:
    """Largest difference between the weights of any two gates at the same place."""
    blocks = np.stack(np.split(np.vstack([p.W_xh, p.W_hh, p.b_h]), len(p.b_h) // len(p.W_hh), axis=1))
    return float(np.ptp(blocks, axis=0).max())


WARD = {patient.number: patient for patient in (
    Patient(1, "RNN", patients.patient_1, (4,),
            {3: "    dh_next = np.zeros_like(h[-1])", 4: "    for t in reversed(range(len(x))):"},
            "dh_next is set to zero in every iteration, so nothing is passed back from step to step. "
            "The line belongs before the loop."),
    Patient(2, "RNN", patients.patient_2, (8, 9), {9: "        da[t] = dh"},
            "dh already includes the slope of tanh, and da multiplies by it once more."),
    Patient(3, "RNN", patients.patient_3, (13,), {13: "        grads.W_hh += h[t - 1].T @ da[t]"},
            "At t = 0 there is no earlier state, so states[t - 1] wraps around to the last one."),
    Patient(4, "RNN", patients.patient_4, (4, 8), {4: "    da = [np.zeros_like(h[-1]) for _ in range(T)]"},
            "[array] * T is a list that holds one and the same array T times, and each step writes over it."),
    Patient(5, "RNN", patients.patient_5, (13,), {13: "        grads.b_h += da[t].sum(axis=0)"},
            "The sum is over the axis of the units, not of the sequences. It fits only because there are as "
            "many units as sequences."),
    Patient(6, "RNN", patients.patient_6, (5,), {5: "        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])"},
            "The loss is a mean over all predictions, but this is the gradient of the sum."),
    Patient(7, "RNN", patients.patient_7, (12,), {12: "        grads.W_hh += h[t - 1].T @ da[t]"},
            "Each step's share is clipped before the sum over time. Clip only after that sum, and clip the "
            "gradient as a whole."),
    Patient(8, "LSTM", patients.patient_8, (3, 7, 10),
            {3: "    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(h[-1])",
             7: "        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + dc_next",
             10: "        dh_next, dc_next = da[t] @ p.W_hh.T, dc * f"},
            "c should pass back its own gradient, dc_next = dc * f, which is never computed or added."),
    Patient(9, "LSTM", patients.patient_9, (8,),
            {8: "        di, df, do, dg = dc * g, dc * c[t - 1], dh * np.tanh(c[t]), dc * i"},
            "f multiplied the cell state of the step before, so df = dc * c[t - 1]."),
    Patient(10, "LSTM", patients.patient_10, (9,),
            {9: "        da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), "
                "dg * (1 - g**2)])"},
            "The blocks go back in the order i, f, g, o, but were cut apart as i, f, o, g."),
    Patient(11, "GRU", patients.patient_11, (9, 10),
            {9: "        dz = dh * (h[t - 1] - n) * z * (1 - z)", 10: "        dh = dh * z"},
            "dh has been multiplied by z before dz is computed from it."),
    Patient(12, "GRU", patients.patient_12, (12,), {12: "        dh_next += dz @ W_z.T"},
            "W_z has to be transposed. It is square, so the shapes say nothing."),
)}
