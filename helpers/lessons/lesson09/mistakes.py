"""The mistakes that the checks of lesson 09 know, and RIGHT and WRONG answers to each, for the tests."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mutant
from helpers.data import Vocabulary
from helpers.lessons.lesson09 import experiments
from helpers.lessons.lesson09.experiments import FAILURES
from helpers.lessons.lesson09.experiments_ward import WARD
from helpers.networks import GRU, RNN, CharModel, relative_error, sigmoid


def states(p, x, h_first, update: Callable = lambda z, n, h: (1 - z) * n + z * h,
           candidate: Callable = lambda from_x, r, h, W, b: np.tanh(from_x + r * (h @ W + b))) -> tuple:
    """The states of a GRU, in which the new state or n may be computed by another function, and no cache."""
    H, h, h_all = len(p.W_hh), h_first, []
    for x_t in x:
        from_x = x_t @ p.W_xh + p.b_h
        r, z = np.split(sigmoid(from_x[:, : 2 * H] + h @ p.W_hh[:, : 2 * H]), 2, axis=1)
        h = update(z, candidate(from_x[:, 2 * H :], r, h, p.W_hh[:, 2 * H :], p.b_hn), h)
        h_all.append(h)
    return np.array(h_all), None


FORWARD = (
    Mutant("z-swapped", lambda *given: states(*given, update=lambda z, n, h: z * n + (1 - z) * h),
           "1 - z and z have changed places. z is the share of the old state that is *kept*."),
    Mutant("reset-before", lambda *given: states(
               *given, candidate=lambda from_x, r, h, W, b: np.tanh(from_x + (r * h) @ W + b)),
           "Your reset gate acts on h_prev, as in Cho's form. In this course it acts on h_prev W_hn + b_hn."),
    Mutant("no-b-hn", lambda *given: states(
               *given, candidate=lambda from_x, r, h, W, b: np.tanh(from_x + r * (h @ W))),
           "In n the bias b_hn is missing. It is inside the brackets that r multiplies."),
    Mutant("no-tanh", lambda *given: states(
               *given, candidate=lambda from_x, r, h, W, b: sigmoid(from_x + r * (h @ W + b))),
           "n is squashed by a sigmoid. It should be tanh."),
    Mutant("nothing-kept", lambda *given: states(*given, update=lambda z, n, h: (1 - z) * n),
           "What is kept of the old state, z h_prev, is missing."),
)


def forward(p, x, h_first):
    cell = GRU(len(p.W_xh), len(p.W_hh))
    h, _, cache = cell.forward(p, x, (h_first,))
    return h, (cell, cache)


def backward(p, x, h_first, h, kept, d_h):
    cell, cache = kept
    return cell.backward(p, d_h, cache)[0]


def backward_twice_b_hn(*given):
    grads = backward(*given)
    grads.b_hn *= 2
    return grads


def backward_step_by_step(p, x, h_first, h, kept, d_h):
    """Nothing is passed back from step to step."""
    total, h_prev = p.zeros_like(), h_first
    for t in range(len(x)):
        _, again = forward(p, x[t : t + 1], h_prev)
        total.vector += backward(p, x[t : t + 1], h_prev, h[t : t + 1], again, d_h[t : t + 1]).vector
        h_prev = h[t]
    return total


def change_da(change: Callable) -> Callable:
    """A right pass of a plain network that returns its da in another form."""
    def other(*given):
        grads, da = experiments.RIGHT["RNN"](*given)
        return grads, change(da)
    return other


def first_wrong(derived, measured, names):
    for t in reversed(range(len(derived))):
        blocks = (np.split(array[t], len(names), axis=1) for array in (derived, measured))
        for name, mine, true in zip(names, *blocks, strict=True):
            if relative_error(mine, true) > 1e-7:
                return t, name
    return None


def last_wrong(derived, measured, names):
    """An examiner that begins with step 0, the last one on the way back."""
    by_step = (first_wrong(derived[t : t + 1], measured[t : t + 1], names) for t in range(len(derived)))
    return next(((t, wrong[1]) for t, wrong in enumerate(by_step) if wrong), None)


def say_instead(wrong: tuple) -> tuple[Callable]:
    """An examiner that returns `wrong` wherever there is a bug."""
    return (lambda *tables: first_wrong(*tables) and wrong,)


def write_words(seed: int, count: int) -> str:
    """A text of a few words, so that n-grams know more than how frequent each character is."""
    return "".join(np.random.default_rng(seed).choice(["aab", "aac", "ada", "aef", "ag"], count))


def write_recipes(seed: int, count: int) -> str:
    """A book of recipes that all begin with the same line."""
    common = "Take two cups of flour and a pinch of salt, and mix it well in a large bowl.\n"
    return "".join(f"{common}Then add {write_words(100 * seed + n, 20)}.\n" for n in range(count))


def write_echoes(seed: int, rows: int) -> str:
    """A text in which five of six letters repeat the letter seven places before."""
    same = np.random.default_rng(seed).random((rows, 7)) < 5 / 6
    return "".join(np.where(np.where(same, 1, -1).cumprod(axis=0) > 0, "b", "a").ravel())


def new_network(text: str) -> CharModel:
    return CharModel(RNN(len(Vocabulary(text)), 4), np.random.default_rng(0))


def network_of_frequencies(text: str) -> CharModel:
    """A network that predicts every character by its frequency, whatever came before."""
    model = new_network(text)
    model.params.vector[:] = 0
    model.params.b_y[:] = np.log(np.bincount(Vocabulary(text).encode(text)) / len(text))
    return model


def network_of_echoes() -> CharModel:
    """A network whose seven units pass on each letter's sign, and whose readout reads the last one."""
    model = CharModel(RNN(2, 7), np.random.default_rng(0))
    p = model.params
    p.vector[:] = 0
    p.W_xh[:, 0] = -0.1, 0.1
    p.W_hh[:] = np.eye(7, k=1)
    p.W_hy[6] = -8, 8
    return model


TRAIN, HELDOUT = write_words(0, 1500), write_words(1, 200)


def recall(rng, batch, length=6):
    """A task: which symbol was the first?"""
    symbols = rng.integers(3, size=(length, batch))
    return symbols, symbols[0].copy()


def recall_in_floats(rng, batch):
    symbols, answers = recall(rng, batch)
    return symbols.astype(np.float32).tolist(), 1.0 * answers - 5


def is_first_above_0(rng, batch):
    """A task: is the first of twenty symbols, of five kinds, above 0? By chance, 80% are right."""
    symbols = rng.integers(5, size=(20, batch))
    return symbols, symbols[0] > 0


LINES = {number: patient.lines[0] for number, patient in WARD.items()}
NAMES = {what.letter: cause for cause, what in FAILURES.items()}
NAMES_WITH_Z = {letter: cause.replace("initialis", "Initializ") + "." for letter, cause in NAMES.items()}

RIGHT = {
    "check_lines": [(LINES,), ({number: np.float32(patient.lines[-1]) for number, patient in WARD.items()},)],
    "check_repair": [*experiments.RIGHT.items(), ("RNN", change_da(np.ndarray.tolist))],
    "check_first_wrong": [(first_wrong,)],
    "check_names": [(NAMES,), (NAMES | {"E": "learned by heart"},), (NAMES_WITH_Z,)],
    "check_text": [(write_echoes(0, 500), write_echoes(1, 100), network_of_echoes())],
    "check_task": [(recall, 1 / 3, lambda symbols: symbols[0]),
                   (recall_in_floats, np.array(0.33), lambda symbols: list(symbols[0] - 5)),
                   (is_first_above_0, 0.8, lambda symbols: symbols[0] > 0)],
    "check_gru": [(forward, backward)],
}
WRONG = {
    "check_lines": [
        ("wrong-line", ({**LINES, 5: 7, 9: 99},)),
        ("no-such-line", ({**LINES, 9: 99},)),
    ],
    "check_repair": [
        ("no-kind", ("LST", experiments.RIGHT["LSTM"])),
        ("last-step", ("RNN", WARD[4].backward)),
        ("carried", ("GRU", WARD[12].backward)),
        ("sums", ("RNN", WARD[3].backward)),
        ("da-by-key", ("RNN", change_da(lambda da: dict(enumerate(da))))),
        ("da-turned", ("RNN", change_da(lambda da: da[::-1]))),
        ("no-da", ("RNN", change_da(lambda da: 0 * da))),
    ],
    "check_first_wrong": [
        ("last-on-the-way-back", (last_wrong,)),
        ("rounding", (lambda *tables: (0, "i"),)),
        ("nothing-found", (lambda *tables: None,)),
        ("wrong-block", say_instead((4, "i"))),
        ("counted-otherwise", say_instead((5, "o"))),
        ("number-of-block", say_instead((4, 2))),
        ("another-step", say_instead((2, "i"))),
        ("swapped", say_instead(("o", 4))),
    ],
    "check_names": [
        ("wrong-failure", ({**NAMES, "C": "wrong gradient", "D": "rate too high", "E": ...},)),
        ("no-such-failure", ({**NAMES, "A": "bad luck"},)),
    ],
    "check_text": [
        ("no-texts", (TRAIN, 3, new_network(TRAIN))),
        ("too-short", (TRAIN[:500], HELDOUT, new_network(TRAIN))),
        ("seen-before", (TRAIN, TRAIN[100:600], new_network(TRAIN))),
        ("another-vocabulary", (TRAIN, HELDOUT + "XYZ", new_network(TRAIN))),
        ("behind-chance", (TRAIN, HELDOUT, new_network(TRAIN))),
        ("behind-counting", (TRAIN, HELDOUT, network_of_frequencies(TRAIN))),
    ],
    "check_task": [
        ("another-chance", (recall, 0.5, lambda symbols: symbols[0])),
        ("not-from-rng",
         (lambda rng, batch: recall(np.random.default_rng(), batch), 1 / 3, lambda symbols: symbols[0])),
        ("no-memory-needed",
         (lambda rng, batch: recall(rng, batch, length=2), 1 / 3, lambda symbols: symbols[0])),
        ("too-easy",
         (lambda rng, batch: (recall(rng, batch)[0], np.zeros(batch)), 1, lambda symbols: 0 * symbols[0])),
        ("other-symbols",
         (lambda rng, batch: (rng.normal(size=(6, batch)), np.zeros(batch)), 1, lambda symbols: symbols[0])),
        ("plateau", (recall, 1 / 3, lambda symbols: 0 * symbols[0])),
        ("on-its-way",
         (recall, 1 / 3, lambda symbols: np.where(np.arange(symbols.shape[1]) % 2, symbols[0], 0))),
    ],
    "check_gru": [
        *((mutant.name, (mutant.wrong, backward)) for mutant in FORWARD),
        ("another-state", (lambda *given: states(*given, update=lambda z, n, h: n), backward)),
        ("single-step", (forward, backward_twice_b_hn)),
        ("carried", (forward, backward_step_by_step)),
    ],
}
