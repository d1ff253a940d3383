"""The checks of the three projects of lesson 09: the parts of a rubric that can be measured."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    arrays_of,
    check,
    first_mistake,
    need_answers,
    numbers_of,
    part,
    several_of,
    wait_for,
)
from helpers.data import Vocabulary, ngram_loss
from helpers.networks import GRU, CharModel, numerical_gradient, relative_error, sigmoid

SEEN = 40           # characters: as long a passage does not occur twice by chance
ORDERS = range(1, 7)    # the n-grams that a network is compared with
LITTLE = 0.1        # nats below chance that are nothing learnt yet
SYMBOLS = 26        # of a task: so few that each, and nearly each pair, comes last in some sequences
WANTED = 0.95       # share of answers that a network has to get right
EASIER = 0.1        # than by chance: so much may be right for someone who sees the last symbols alone
CHANCE = 0.80       # at most: with EASIER it stays below WANTED, so that WANTED asks for a memory


@check("guessing", "counting")
def check_text(train_text: str, heldout_text: str, model: CharModel) -> str:
    """Measure project 9.6: two texts, and a network trained on the first.

    The symbols of the network are those of ``Vocabulary(train_text + heldout_text)``.
    """
    need_answers(train_text, heldout_text, model)
    texts = isinstance(train_text, str) and isinstance(heldout_text, str)
    if not texts or not isinstance(model, CharModel):
        raise Mistake("no-texts", "Pass two texts, which are strings, and a CharModel.")
    if len(train_text) < 2000 or len(heldout_text) < 300:
        raise Mistake("too-short",
                      f"The texts have {len(train_text):,} and {len(heldout_text):,} characters. Use at "
                      "least 2,000 for training and 300 for the test, or luck decides.")
    starts = range(0, len(heldout_text) - SEEN, SEEN // 2)
    seen = sum(heldout_text[start : start + SEEN] in train_text for start in starts) / len(starts)
    if seen > 0.5:
        raise Mistake("seen-before",
                      f"{seen:.0%} of the {SEEN}-character passages of the held-out text occur in the "
                      "training text, too, so the held-out text tests nothing. Cut the text in two *before* "
                      "training, and look for repetitions.")
    vocabulary = Vocabulary(train_text + heldout_text)
    if model.cell.input_size != len(vocabulary):
        raise Mistake("another-vocabulary",
                      f"The network has {model.cell.input_size} symbols, but the two texts have "
                      f"{len(vocabulary)}. Encode both with Vocabulary(train_text + heldout_text).")
    ids, heldout = vocabulary.encode(train_text)[:, None], vocabulary.encode(heldout_text)[:, None]
    trained = model.loss(ids[:-1], ids[1:])[0]
    loss = model.loss(heldout[:-1], heldout[1:])[0]
    counted = {n: ngram_loss(train_text, heldout_text, n) for n in ORDERS}
    best = min(counted, key=counted.get)
    uniform_loss = math.log(len(vocabulary))
    measured = (f"\n  held out {loss:.2f}, training text {trained:.2f}, chance {uniform_loss:.2f}, "
                f"best n-gram (n = {best}) {counted[best]:.2f}")
    if seen > 0.05:
        measured += (f"\n  {seen:.0%} of the {SEEN}-character passages of the held-out text occur in the "
                     "training text, too. Does the text repeat itself, or is a piece in both texts?")
    if loss > trained + 0.5:
        measured += ("\n  The network predicts the training text far better than the held-out text. Try more "
                     "text, fewer units, or early stopping.")
    with part("guessing"):
        if loss > uniform_loss - LITTLE:
            raise Mistake("behind-chance",
                          "The network has learnt nothing that helps on unseen text. An untrained network, "
                          "which only guesses, does as well." + measured)
    with part("counting"):
        wait_for("guessing")
        if loss >= counted[best]:
            raise Mistake("behind-counting", "The network has learnt something, but less than counting does. "
                                             f"Its loss is above that of the {best}-gram." + measured)
    return f"Correct: on unseen text the network beats every n-gram up to n = {max(ORDERS)}." + measured


@check("repeatable", "chance", "memory", "network")
def check_task(make: Callable, chance: float, answer: Callable) -> str:
    """Measure project 9.7: a memory task, the share right by chance, and a network that solves it.

    Args:
        make: ``make(rng, batch) -> (symbols (T, B), answers (B,))``, whole numbers, symbols from 0 to 25.
        chance: share of answers that are right without memory, at most 0.8.
        answer: ``answer(symbols) -> (B,)``, what the trained network says.
    """
    symbols, answers = _sequences(make, 93, 4000)
    fresh, wanted = _sequences(make, 94, 1000)
    blind = np.unique(answers, return_counts=True)[1].max() / len(answers)
    with part("repeatable"):
        if not np.array_equal(symbols, _sequences(make, 93, 4000)[0]):
            raise Mistake("not-from-rng", "make returns different sequences for the same seed. Draw all "
                                          "random numbers from rng.")
    with part("chance"):
        said = numbers_of(chance, (), "It")
        if not abs(blind - said) < 0.03:
            raise Mistake("another-chance",
                          f"Someone who always says the most frequent answer is right in {blind:.1%} of "
                          f"the sequences, but you say that chance is {said:.1%}.")
        if said > CHANCE:
            raise Mistake("too-easy",
                          f"Someone who always says the most frequent answer is right in {blind:.1%} of "
                          f"the sequences, so a network that is right in {WANTED:.0%} may have remembered "
                          f"next to nothing. Change the task until chance is at most {CHANCE:.0%}.")
    with part("memory"):
        for steps in (1, 2, 3):
            share = max(_table_right(symbols[rows], answers, fresh[rows], wanted)
                        for rows in (slice(-steps, None), slice(-steps, 1 - steps or None)))
            if share > blind + min(EASIER, (1 - blind) / 2):
                last = f"last {steps} symbols" if steps > 1 else "last symbol"
                raise Mistake("no-memory-needed",
                              f"Someone who looks only at the {last} is right in {share:.0%} of the "
                              "sequences, so the task needs hardly any memory. Move what matters further "
                              "back.")
    with part("network"):
        said = answer_of(answer, fresh, hint=f" It is called with symbols of shape {fresh.shape}.",
                         shape=wanted.shape)
        share = float(np.mean(said == wanted))
        if share < WANTED:
            mistake = Mistake("on-its-way",
                              "It does better than chance. Train it for longer."
                              ) if share > blind + EASIER else Mistake(
                "plateau", "It is guessing. Is the loss still on its plateau? Try a shorter task first.")
            raise mistake.after(f"Your network is right in {share:.1%} of 1,000 new sequences (chance "
                                f"{blind:.1%}); it should be right in at least {WANTED:.0%}. ")
    return "Correct: the task needs memory, chance is what you say, and the network solves it."


def _sequences(make: Callable, seed: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Symbols (T, batch) and answers (batch,) of a reader's task."""
    symbols, answers = answer_of(
        make, np.random.default_rng(seed), batch, hint=" It is called with a generator and a batch size.",
        read=lambda answer: several_of(answer, ("symbols", "answers"), "What make returns"))
    numbers, _ = numbers_of(symbols, (None, batch), "symbols"), numbers_of(answers, (batch,), "answers")
    other = numbers[(numbers != np.round(numbers)) | (numbers < 0) | (numbers >= SYMBOLS)]
    if other.size:
        raise Mistake("other-symbols", f"One of the symbols is {other[0]:g}. Use whole numbers from 0 to "
                                       f"{SYMBOLS - 1}.")
    return np.asarray(symbols), np.asarray(answers)


def _table_right(symbols: np.ndarray, answers: np.ndarray, fresh: np.ndarray, wanted: np.ndarray) -> float:
    """Share right of one who has memorised which answer is most frequent after these symbols.

    After others it is the answer that is most frequent of all.
    """
    counts: dict[tuple, dict] = {}
    values, often = np.unique(answers, return_counts=True)
    for key, answer in zip(map(tuple, symbols.T), answers, strict=True):
        after = counts.setdefault(key, {})
        after[answer] = after.get(answer, 0) + 1
    best = {key: max(after, key=after.get) for key, after in counts.items()}
    return float(np.mean([best.get(key, values[often.argmax()]) == answer for key, answer in
                          zip(map(tuple, fresh.T), wanted, strict=True)]))


@check("forward", "backward")
def check_gru(forward: Callable, backward: Callable) -> str:
    """Measure project 9.8: ``forward(p, x, h_first) -> (h, kept)``, h (T, B, H), and
    ``backward(p, x, h_first, h, kept, d_h) -> grads``, for x (T, B, D) and d_h (T, B, H).

    They are compared with the `GRU` in helpers, and with central differences.
    """
    rng = np.random.default_rng(95)
    for T, B, D, H in ((1, 1, 3, 2), (5, 2, 3, 4), (4, 3, 4, 4)):
        cell, place = GRU(D, H), f"With T = {T}, B = {B}, D = {D} and H = {H}: "
        p = cell.init(rng)
        p.vector += 0.3 * rng.standard_normal(p.vector.size)
        x, h_first, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(T, B, H))
        right, _, cache = cell.forward(p, x, (h_first,))
        with part("forward"):
            h, kept = answer_of(forward, p, x, h_first, place=place, read=partial(
                several_of, names=("h", "kept"), what="What forward returns", place=place))
            h = numbers_of(h, right.shape, "h", place)
            if not np.allclose(h, right, atol=1e-10):
                raise _forward_mistake(h, right, cell.gates(cache), h_first, p, x).after(place)
        with part("backward"):
            wait_for("forward")
            found = answer_of(backward, p, x, h_first, h, kept, d_h, place=place, read=partial(
                arrays_of, shapes=p.shapes, what="What backward returns", place=place))
            measured = _measured(cell, p, x, h_first, d_h)
            wrong = {name: _wrong_blocks(name, found[name], measured[name]) for name in p
                     if relative_error(found[name], measured[name]) > 1e-7}
            if wrong:
                words = "; ".join(f"{name} in the block of {', '.join(gates)}"
                                  for name, gates in wrong.items())
                mistake = Mistake(
                    "single-step", "They are wrong even with a single step, so what is passed back is "
                                   "not to blame."
                ) if T == 1 else Mistake(
                    "carried", "With a single step all were right, so look at what is passed back, dh_next.")
                raise mistake.after(f"{place}these gradients are wrong: {words}.\n")
    return ("Correct: forward agrees with the GRU in helpers, and backward with central differences, for "
            "three sizes.")


def _measured(cell: GRU, p, x, h_first, d_h) -> dict[str, np.ndarray]:
    """The gradients of the sum of d_h times h, by central differences."""
    def loss() -> float:
        return float((cell.forward(p, x, (h_first,))[0] * d_h).sum())

    return {name: numerical_gradient(loss, array) for name, array in p.items()}


def _wrong_blocks(name: str, found: np.ndarray, measured: np.ndarray) -> list[str]:
    """Of r, z and n, those whose block is wrong; b_hn belongs to n alone."""
    gates = "n" if name == "b_hn" else "rzn"
    pairs = zip(np.split(found, len(gates), -1), np.split(measured, len(gates), -1), strict=True)
    return [gate for gate, pair in zip(gates, pairs, strict=True) if relative_error(*pair) > 1e-7]


def _forward_mistake(h: np.ndarray, right: np.ndarray, gates: dict, h_first: np.ndarray, p, x) -> Mistake:
    """What was probably done instead, at the first step that is wrong."""
    t = int(np.argmax(np.abs(h - right).max(axis=(1, 2)) > 1e-10))
    h_prev = right[t - 1] if t else h_first
    r, z, n = gates["r"][t], gates["z"][t], gates["n"][t]
    H = len(p.W_hh)
    from_x = x[t] @ p.W_xh[:, 2 * H :] + p.b_h[2 * H :]
    cho = np.tanh(from_x + (r * h_prev) @ p.W_hh[:, 2 * H :] + p.b_hn)
    mistakes = {
        Mistake("z-swapped",
                "1 - z and z have changed places. z is the share of the old state that is *kept*."):
            z * n + (1 - z) * h_prev,
        Mistake("reset-before",
                "Your reset gate acts on h_prev, as in Cho's form. In this course it acts on "
                "h_prev W_hn + b_hn."):
            (1 - z) * cho + z * h_prev,
        Mistake("no-b-hn", "In n the bias b_hn is missing. It is inside the brackets that r multiplies."):
            (1 - z) * np.tanh(from_x + r * (h_prev @ p.W_hh[:, 2 * H :])) + z * h_prev,
        Mistake("no-tanh", "n is squashed by a sigmoid. It should be tanh."):
            (1 - z) * sigmoid(from_x + r * (h_prev @ p.W_hh[:, 2 * H :] + p.b_hn)) + z * h_prev,
        Mistake("nothing-kept", "What is kept of the old state, z h_prev, is missing."): (1 - z) * n,
    }
    mistake = first_mistake(mistakes, h[t], Mistake("another-state",
                                                    "Compare r, z and n with their equations."),
                            same=partial(np.allclose, atol=1e-10))
    return mistake.after(f"the state of step t = {t} is wrong. ")
