"""The checks of the three projects of lesson 09: the parts of a rubric that can be measured."""

import math
from collections.abc import Callable

import numpy as np

from helpers.cells import GRU
from helpers.data import Vocabulary
from helpers.exercises import NOT_YET
from helpers.gradients import numerical_gradient, relative_error
from helpers.model import CharModel
from helpers.ngrams import ngram_loss

SEEN = 40           # characters: as long a passage does not occur twice by chance


def check_text(train_text: str, heldout_text: str, model: CharModel) -> None:
    """Measure project 9.6: two texts, and a network trained on the first.

    The symbols of the network are those of ``Vocabulary(train_text + heldout_text)``.
    """
    if any(given is ... or given is None for given in (train_text, heldout_text, model)):
        print(NOT_YET)
        return
    texts = isinstance(train_text, str) and isinstance(heldout_text, str)
    if not texts or not isinstance(model, CharModel):
        print("Give two texts, strings, and a CharModel.")
        return
    if len(train_text) < 2000 or len(heldout_text) < 300:
        print(f"The texts have {len(train_text):,} and {len(heldout_text):,} characters: take at least 2,000 "
              "to learn from and 300 to be tested on, or chance decides.")
        return
    starts = range(0, len(heldout_text) - SEEN, SEEN // 2)
    seen = sum(heldout_text[start : start + SEEN] in train_text for start in starts) / len(starts)
    if seen > 0.05:
        print(f"{seen:.0%} of the passages of {SEEN} characters of the held-out text occur in the training "
              "text too: that does not test anything. Cut the text in two *before* training, and look for "
              "repetitions.")
        return
    vocabulary = Vocabulary(train_text + heldout_text)
    if model.cell.input_size != len(vocabulary):
        print(f"The network reads {model.cell.input_size} symbols, but the two texts have {len(vocabulary)}: "
              "encode both with Vocabulary(train_text + heldout_text).")
        return
    ids, heldout = vocabulary.encode(train_text)[:, None], vocabulary.encode(heldout_text)[:, None]
    trained = model.loss(ids[:-1], ids[1:])[0]
    loss = model.loss(heldout[:-1], heldout[1:])[0]
    counted = {n: ngram_loss(train_text, heldout_text, n) for n in range(1, 7)}
    best = min(counted, key=counted.get)
    chance = math.log(len(vocabulary))
    if loss < counted[best]:
        print("Right: on text that it has not seen it beats every n-gram.")
    elif loss < chance:
        print(f"It has learnt something, but less than counting finds: it is behind the {best}-gram.")
    else:
        print("It has learnt nothing that helps on unseen text: it is behind guessing.")
    print(f"  held out {loss:.2f}, training text {trained:.2f}, chance {chance:.2f}, "
          f"best n-gram (n = {best}) {counted[best]:.2f}")
    if loss > trained + 0.5:
        print("  It knows the training text far better than the other: more text, fewer units, or an earlier "
              "end.")


def check_task(make: Callable, chance: float, answer: Callable) -> None:
    """Measure project 9.7: a memory task, what one gets right by chance, and a network that solves it.

    Args:
        make: ``make(rng, batch) -> (symbols (T, B), answers (B,))``, whole numbers.
        chance: share of answers that are right without memory.
        answer: ``answer(symbols) -> (B,)``, what the trained network says.
    """
    if any(given is ... or given is None for given in (make, chance, answer)):
        print(NOT_YET)
        return
    try:
        symbols, answers = map(np.asarray, make(np.random.default_rng(93), 4000))
        again, _ = make(np.random.default_rng(93), 4000)
        fresh, wanted = map(np.asarray, make(np.random.default_rng(94), 1000))
    except Exception as error:
        print(f"make stops with {type(error).__name__}: {error}. It gets a generator and a batch.")
        return
    if symbols.ndim != 2 or symbols.shape[1] != 4000 or answers.shape != (4000,):
        print(f"make should return symbols (T, B) and answers (B,); yours are {symbols.shape} and "
              f"{answers.shape}, for B = 4000.")
        return
    if not np.array_equal(symbols, again):
        print("The same generator gives other sequences the second time: take all random numbers from rng.")
        return
    blind = np.bincount(answers).max() / len(answers)
    if not abs(blind - chance) < 0.03:
        print(f"Whoever always says the most frequent answer is right in {blind:.1%}; you say that chance is "
              f"{chance:.1%}.")
        return
    for steps in (1, 2, 3):
        share = _table_right(symbols[-steps:], answers, fresh[-steps:], wanted)
        if share > chance + 0.1:
            print(f"Whoever looks at the last {steps} symbols only is right in {share:.0%}: that asks for "
                  "hardly any memory. Move what matters further back.")
            return
    try:
        said = np.asarray(answer(fresh.copy()))
    except Exception as error:
        print(f"answer stops with {type(error).__name__}: {error}. It gets symbols of shape {fresh.shape}.")
        return
    if said.shape != wanted.shape:
        print(f"answer should return {wanted.shape}, one answer for each sequence; yours is {said.shape}.")
        return
    share = float(np.mean(said == wanted))
    if share < 0.95:
        words = "It is on its way: train on." if share > chance + 0.1 else (
            "That is chance: is it still on its plateau? Try a shorter task first.")
        print(f"The task is sound. Your network is right in {share:.1%} of 1,000 new sequences (chance "
              f"{chance:.1%}); wanted are 95 %. {words}")
        return
    print("Right: the task asks for memory, chance is what you say, and the network solves it.")


def _table_right(symbols: np.ndarray, answers: np.ndarray, fresh: np.ndarray, wanted: np.ndarray) -> float:
    """Share right of one who has learnt by heart which answer is most frequent after these symbols."""
    counts: dict[tuple, dict] = {}
    for key, answer in zip(map(tuple, symbols.T), answers, strict=True):
        after = counts.setdefault(key, {})
        after[answer] = after.get(answer, 0) + 1
    best = {key: max(after, key=after.get) for key, after in counts.items()}
    return float(np.mean([best.get(key, -1) == answer for key, answer in
                          zip(map(tuple, fresh.T), wanted, strict=True)]))


def check_gru(forward: Callable, backward: Callable) -> None:
    """Measure project 9.8: ``forward(p, x, h_first) -> (h, kept)``, h (T, B, H), and
    ``backward(p, x, h_first, h, kept, d_h) -> grads``, for x (T, B, D) and d_h (T, B, H).

    Against the `GRU` of helpers, and against central differences.
    """
    rng = np.random.default_rng(95)
    for T, B, D, H in ((1, 1, 3, 2), (5, 2, 3, 4), (4, 3, 4, 4)):
        cell, place = GRU(D, H), f"With T = {T}, B = {B}, D = {D} and H = {H}"
        p = cell.init(rng)
        p.vector += 0.3 * rng.standard_normal(p.vector.size)
        x, h_first, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(T, B, H))
        right, _, trace = cell.forward(p, x, (h_first,))
        try:
            answer = forward(p, x, h_first)
            if answer is ... or answer is None or answer[0] is ...:
                print(NOT_YET)
                return
            h, kept = answer
            h = np.array(h, dtype=float)
        except Exception as error:
            print(f"{place} forward stops with {type(error).__name__}: {error}.")
            return
        if h.shape != right.shape or not np.allclose(h, right, atol=1e-10):
            print(f"{place}: {_forward_slip(h, right, cell.gates(trace), h_first, p, x)}")
            return
        try:
            grads = backward(p, x, h_first, h, kept, d_h.copy())
            if grads is ... or grads is None:
                print("The way forward is right. " + NOT_YET)
                return
            found = {name: np.asarray(grads[name], dtype=float) for name in p}
        except Exception as error:
            print(f"{place} backward stops with {type(error).__name__}: {error}.")
            return
        for name, array in p.items():
            if found[name].shape != array.shape:
                print(f"{place} the gradient of {name} has shape {found[name].shape}; it should have that of "
                      f"{name}, {array.shape}.")
                return
        measured = _measured(cell, p, x, h_first, d_h)
        wrong = {name: _wrong_blocks(name, found[name], measured[name]) for name in p
                 if relative_error(found[name], measured[name]) > 1e-7}
        if wrong:
            words = "; ".join(f"{name} in the block of {', '.join(gates)}" for name, gates in wrong.items())
            print(f"The way forward is right. {place} these gradients are wrong: {words}.")
            print("With a single step they are wrong already: what is carried is not to blame." if T == 1 else
                  "With a single step all were right: look at what is carried, dh_next.")
            return
    print("Right: forward as the GRU of helpers, backward as measured, for three sizes.")


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


def _forward_slip(h: np.ndarray, right: np.ndarray, gates: dict, h_first: np.ndarray, p, x) -> str:
    if h.shape != right.shape:
        return f"h has shape {h.shape}; it should have {right.shape}, one state for each step."
    t = int(np.argmax(np.abs(h - right).max(axis=(1, 2)) > 1e-10))
    h_prev = right[t - 1] if t else h_first
    r, z, n = gates["r"][t], gates["z"][t], gates["n"][t]
    H = len(p.W_hh)
    from_x = x[t] @ p.W_xh[:, 2 * H :] + p.b_h[2 * H :]
    cho = np.tanh(from_x + (r * h_prev) @ p.W_hh[:, 2 * H :] + p.b_hn)
    slips = {
        "1 - z and z have changed places: z is what is *kept* of the old state.": z * n + (1 - z) * h_prev,
        "The reset gate acts on h_prev, as in Cho's form; here it acts on h_prev W_hn + b_hn.":
            (1 - z) * cho + z * h_prev,
        "What is kept of the old state, z h_prev, is missing.": (1 - z) * n,
    }
    words = [slip for slip, wrong in slips.items() if np.allclose(h[t], wrong, atol=1e-10)]
    words = words or ["Compare it gate by gate: r, z, n."]
    return f"the state of step t = {t} is wrong. {words[0]}"
