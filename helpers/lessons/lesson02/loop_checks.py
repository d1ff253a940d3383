"""The checks of the last two stages of lesson 02: sampling, and the loop that trains."""

from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.lessons.asking import answer_of, numbers_of, under_its_name
from helpers.lessons.checking import Slip, check
from helpers.lessons.hello import LETTERS, W_HH, W_HY, W_XH
from helpers.networks import softmax

DRAWS, APART = 2000, 0.05           # of the network with known probabilities
WORDS, RIGHT_WORDS = 100, 95        # of the network that spells hello
PAIRS, PAIRS_APART = 2000, 0.06     # of a network with random weights
LENGTHS = ((12, 5, 6), (11, 5, 6), (15, 5, 6), (9, 2, 11))      # characters, chunk, updates


def _network(W_xh, W_hh, W_hy, b_y=None) -> dict[str, np.ndarray]:
    """Parameters, in the order of the lesson."""
    W_xh, W_hh, W_hy = (np.array(W, dtype=float) for W in (W_xh, W_hh, W_hy))
    return {"W_xh": W_xh, "W_hh": W_hh, "b_h": np.zeros(len(W_hh)), "W_hy": W_hy,
            "b_y": np.zeros(W_hy.shape[1]) if b_y is None else np.array(b_y, dtype=float)}


NEXT = np.roll(np.eye(4), 1, axis=1)        # row i has its 1 at i + 1
# What is drawn follows from what was read alone; then, from the state alone, which goes on by itself.
BY_READING = _network(9 * np.eye(4), np.zeros((4, 4)), 60 * NEXT)
BY_STATE = _network(np.zeros((4, 4)), 9 * NEXT, 30 * np.eye(4))
CHANCES = np.array([0.5, 0.3, 0.15, 0.05])
BY_LOT = _network(np.zeros((4, 2)), np.zeros((2, 2)), np.zeros((2, 4)), np.log(CHANCES))
HELLO = _network(W_XH, W_HH, 3 * W_HY)


@check
def check_sample(sample: Callable) -> str:
    """Try ``sample(params, h, i, length, rng)`` on networks of which it is known what they write."""
    drawn = partial(_drawn, sample)
    _need_what_must_come(drawn)
    many = np.array(drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1))
    shares = np.bincount(many, minlength=4)[:4] / DRAWS
    if np.abs(shares - CHANCES).max() > APART:
        told = (f"Of {DRAWS:,} draws with the chances {CHANCES}, the shares should be near these; yours are "
                f"{shares}.")
        if shares[1:].max() == 1:
            raise Slip("dice-made-anew", told, "Where does chance come in, at the second draw?",
                       "A generator that is made anew for each draw throws the same each time: draw from the "
                       "rng that was handed over.")
        if shares[0] == 1:
            raise Slip("largest", told, "Is a rare letter never to be written?",
                       "The most probable one is always taken: draw by the probabilities, rng.choice(V, "
                       "p=p).")
        if np.abs(shares - 0.25).max() < APART:
            raise Slip("no-b-y", told, "Count the terms of the scores. In this network all weights are zero: "
                                       "which term is left?",
                       "The bias b_y is left out: softmax(h @ W_hy + b_y).")
        raise Slip("other-chances", told, "Which function makes probabilities of scores?",
                   "Draw by softmax(h @ W_hy + b_y), with no other change.")
    if not np.array_equal(many, drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1)):
        raise Slip("other-dice", "From the same rng, two calls write two texts.",
                   "A cell that is run again should write the same again.",
                   "Draw from the rng that was handed over: rng.choice, not np.random.")
    rng = np.random.default_rng(1)
    if np.array_equal(drawn(BY_LOT, np.zeros(2), 0, 50, rng), drawn(BY_LOT, np.zeros(2), 0, 50, rng)):
        raise Slip("own-rng", "Two calls in a row, with one rng, write the same text.",
                   "Does your function use up the rng, or does it begin anew at each call?",
                   "A generator is made inside: draw from the rng that was handed over.")
    rng = np.random.default_rng(2)
    words = ["".join(LETTERS[i] for i in _drawn(sample, HELLO, np.zeros(3), 0, 4, rng)) for _ in range(WORDS)]
    if words.count("ello") < RIGHT_WORDS:
        raise Slip("no-hello", f"After h, {words.count('ello')} of {WORDS} words go on with ello.",
                   f"At least {RIGHT_WORDS} should: what differs from a step of the forward pass?",
                   "Compare your line for h with that of forward: W_xh[i], h @ W_hh and b_h inside tanh.")
    _need_pairs(sample)
    return (f"Right: what must come comes, what is drawn has its chances, and {words.count('ello')} of "
            f"{WORDS} words say hello.")


def _need_what_must_come(drawn: Callable) -> None:
    """Raise a Slip unless two networks that are sure of every symbol write what they have to.

    In the one all follows from what was read, in the other from the state.
    """
    start = np.array([1.0, -1.0, -1.0, -1.0])
    reading, wanted = drawn(BY_READING, np.zeros(4), 0, 6, 0), [1, 2, 3, 0, 1, 2]
    state, late = drawn(BY_STATE, start, 3, 6, 0), [0, 1, 2, 3, 0, 1]
    if reading == state == wanted:
        return
    told = (f"A network in which {'each symbol leads to the next one' if reading != wanted else 'the state'}"
            f"{'' if reading != wanted else ' goes round by itself'} should write {wanted}; yours writes "
            f"{reading if reading != wanted else state}.")
    if state == wanted:
        raise Slip("not-fed-back", told, "What does the network read at its second step?",
                   "The symbol that was drawn is not read next: i has to become what was drawn.")
    if reading == wanted and state == [3, 2, 1, 0, 3, 2]:
        raise Slip("w-hh-turned", told,
                   "It goes round the other way. On which side of W_hh does the state stand?",
                   "A row stands to the left of its matrix: h @ W_hh.")
    if reading == wanted and len(set(state)) > 1:
        raise Slip("state-not-used", told, "What does the network know, at its first step, of the state "
                                           "that it was given?",
                   "h @ W_hh is left out, or h is set to zero before the loop.")
    if reading == wanted:
        raise Slip("state-not-carried", told, "What does the network know, at its second step, of the first?",
                   "The state is not carried: h has to become the new state, in every step.")
    if reading == late and state == [3, *wanted[:5]]:
        raise Slip("given-kept", told, "Is the symbol that was given part of what is written?",
                   "It is kept before anything is drawn: draw, and then keep what was drawn.")
    if state == late:
        raise Slip("drawn-too-early", told, "When the first symbol is drawn, has the given one been read?",
                   "The new state comes first, and the probabilities are made of it.")
    if len(set(reading)) == len(set(state)) == 1:
        raise Slip("one-row", told, "The same symbol again and again: from which probabilities is it drawn?",
                   "Probabilities are made once, before the loop: each draw needs its own, from a new state.")
    if reading != drawn(BY_READING, np.zeros(4), 0, 6, 7):
        raise Slip("by-chance", told, "This network is sure of every symbol. Who tells rng.choice?",
                   "All are drawn alike: hand the probabilities to rng.choice, p=p.")
    raise Slip("another-text", told, "One step: a new state from i and h, probabilities from it, one draw.",
               "In the loop: h = tanh(W_xh[i] + h @ W_hh + b_h), then i drawn by softmax(h @ W_hy + b_y).")


def _need_pairs(sample: Callable) -> None:
    """Raise a Slip unless two symbols in a row are drawn as often as a network with all its terms has it."""
    rng = np.random.default_rng(5)
    params = {name: 1.5 * rng.normal(size=array.shape) for name, array in BY_READING.items()}
    h, rng = rng.uniform(-0.5, 0.5, 4), np.random.default_rng(6)

    def call(params, h):
        return [sample(params, h, 0, 2, rng) for _ in range(PAIRS)]

    pairs = np.array(answer_of(under_its_name(sample, call), params, h), dtype=int)
    shares = np.bincount(pairs[:, 0] * 4 + pairs[:, 1], minlength=16) / PAIRS

    def apart(chances: np.ndarray) -> float:
        return abs(shares - chances.ravel()).sum() / 2

    right = _pairs(params, h)
    if apart(right) < PAIRS_APART:
        return
    told = (f"Of {PAIRS:,} pairs of symbols that a network with random weights writes, {apart(right):.0%} "
            "should be others.")
    others = {
        Slip("kept-another", told, "Is the symbol that is kept the one that is read next?",
             "It is drawn twice, once for the list and once for the next step: draw once, into i, and keep "
             "i."):
            right.sum(axis=1)[:, None] * right.sum(axis=0),
        Slip("no-b-h", told, "Count the terms inside tanh: the equation has three.",
             "The bias b_h is left out."): _pairs({**params, "b_h": 0 * params["b_h"]}, h),
        Slip("no-tanh", told, "Can a state be larger than 1?",
             "The sum is right, but tanh around it is left out."): _pairs(params, h, lambda a: a),
    }
    for slip, chances in others.items():
        if apart(chances) < PAIRS_APART:
            raise slip
    raise Slip("other-pairs", told, "What differs from a step of the forward pass?",
               "Compare with forward, term by term: tanh(W_xh[i] + h @ W_hh + b_h), softmax(h @ W_hy + b_y).")


def _pairs(params, h: np.ndarray, squash: Callable = np.tanh) -> np.ndarray:
    """The chance of each pair of symbols that a network writes after reading symbol 0 in state h."""
    W_xh, W_hh, b_h, W_hy, b_y = params.values()

    def step(h, i):
        h = squash(W_xh[i] + h @ W_hh + b_h)
        return h, softmax(h @ W_hy + b_y)

    h, first = step(h, 0)
    return np.array([first[i] * step(h, i)[1] for i in range(len(first))])


def _drawn(sample: Callable, params, h, i: int, length: int, rng) -> list[int]:
    """The symbols that a reader's function draws; `rng` is a generator or its seed."""
    rng = np.random.default_rng(rng) if isinstance(rng, int) else rng

    def call(params, h):
        return sample(params, h, i, length, rng)

    drawn = answer_of(under_its_name(sample, call), params, h, keeps=True)
    found = numbers_of(drawn, (None,), "What sample returns")
    if len(found) != length:
        raise Slip("wrong-length", f"For length {length} it returns {len(found)} symbols.",
                   "How often is something drawn, and what is kept?",
                   "Draw `length` times, and keep what was drawn each time, not the symbol it began with.")
    return [int(symbol) for symbol in found]


class _Seen:
    """Stand-ins for forward, backward and adagrad, which write down how they are called.

    The states that `forward` returns, its probabilities and the gradients say in their numbers of which
    update they are.
    """

    def __init__(self) -> None:
        self.forward_calls: list[tuple] = []
        self.backward_calls: list[tuple] = []
        self.updates: list[tuple] = []

    def forward(self, params, inputs, targets, h_prev):
        n = len(self.forward_calls) + 1
        self.forward_calls.append((np.array(inputs), np.array(targets), np.array(h_prev, dtype=float)))
        h = {-1: h_prev, **{t: np.full(2, n + (t + 1) / 100) for t in range(len(self.forward_calls[-1][0]))}}
        return n / 10, h, {t: np.full(3, n + t / 100) for t in range(len(h) - 1)}

    def backward(self, params, inputs, targets, h, p):
        n = len(self.backward_calls) + 1
        fits = all(h[t][0] == np.float64(n + (t + 1) / 100) and p[t][0] == n + t / 100 for t in range(len(p)))
        self.backward_calls.append((np.array(inputs), np.array(targets), fits))
        return {name: np.full_like(array, n) for name, array in params.items()}

    def adagrad(self, params, grads, squares, *others, **named):
        n = len(self.updates) + 1
        fits = all(np.all(grads[name] == n) for name in params)
        self.updates.append((fits, all(np.all(squares[name] == n - 1) for name in params)))
        for name in params:
            params[name] += 1
            squares[name] += 1


@check
def check_train_by_hand(train_by_hand: Callable) -> str:
    """Try ``train_by_hand(params, ids, length, updates, forward, backward, adagrad)`` with stand-ins."""
    for size, length, updates in LENGTHS:
        ids, seen = np.arange(100, 100 + size), _Seen()
        place = f"With {size} characters, in chunks of {length}: "
        params = _network(np.zeros((3, 2)), np.zeros((2, 2)), np.zeros((2, 3)))
        try:
            losses = answer_of(_with(seen, train_by_hand), params, ids, length, updates, place=place,
                               hint=" forward returns the loss, h and p, with h[-1] to h[length - 1]; "
                                    "backward the gradients; adagrad nothing.")
        except Slip:
            _need_calls(seen, ids, length, place)       # what was wrong before it stopped
            raise
        _need_number(len(seen.forward_calls), updates, place)
        _need_calls(seen, ids, length, place)
        _need_updates(seen, place)
        losses = numbers_of(losses, (None,), "What train_by_hand returns", place)
        if len(losses) != updates or not np.allclose(losses, np.arange(1, updates + 1) / 10):
            told = (f"it should return {updates} losses, one for each update; it returns {len(losses)}"
                    if len(losses) != updates else "what it returns are not the losses that forward gave, in "
                                                   "order")
            raise Slip("other-losses", f"{place}{told}.",
                       "What does forward return first?",
                       "Keep each loss as it is made: losses.append(loss).")
    return "Right: each chunk in its turn, its targets one further, the state carried, one update each."


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _need_number(calls: int, updates: int, place: str) -> None:
    """Raise a Slip unless forward was called once for each update."""
    told = f"{place}{updates} updates are asked for, forward is called {_times(calls)}."
    if calls < updates:
        raise Slip("too-few-updates", told, "What ends your loop, or a round of it, before the time?",
                   "for _ in range(updates), with no return, break or continue inside: where the text ends, "
                   "the same round begins at its start.")
    if calls > updates:
        raise Slip("too-many-updates", told, "How often is forward called in a round, and how many rounds "
                                             "are there?",
                   "Once for each chunk, in a loop of range(updates): its loss is the first thing it "
                   "returns.")


def _with(seen: _Seen, train_by_hand: Callable) -> Callable:
    """A reader's function, with these stand-ins, not with copies of them.

    They are functions, so that Python counts their arguments as a reader does, without a self.
    """
    def call(params, ids, length, updates):
        def forward(params, inputs, targets, h_prev):
            return seen.forward(params, inputs, targets, h_prev)

        def backward(params, inputs, targets, h, p):
            return seen.backward(params, inputs, targets, h, p)

        def adagrad(params, grads, squares, *others, **named):
            return seen.adagrad(params, grads, squares, *others, **named)

        for stand_in in (forward, backward, adagrad):
            stand_in.__qualname__ = stand_in.__name__       # what an error calls it
        return train_by_hand(params, ids, length, updates, forward, backward, adagrad)
    return under_its_name(train_by_hand, call)


def _starts(size: int, length: int, updates: int) -> list[int]:
    """Where the chunks begin that a training reads: the text starts over when no whole chunk is left."""
    per_pass = (size - 1) // length
    return [length * (n % per_pass) for n in range(updates)]


def _need_calls(seen: _Seen, ids: np.ndarray, length: int, place: str) -> None:
    """Raise a Slip unless each call of forward was given what belongs to its chunk."""
    starts = _starts(len(ids), length, len(seen.forward_calls))
    for n, ((inputs, targets, h_prev), start) in enumerate(zip(seen.forward_calls, starts, strict=True)):
        at = f"{place}at update {n + 1} "
        if not np.array_equal(inputs, ids[start : start + length]):
            raise _other_inputs(at, inputs, ids, n, start, length, starts)
        if not np.array_equal(targets, ids[start + 1 : start + length + 1]):
            told = (f"{at}the inputs are ids[{start}:{start + length}], and the targets {targets.tolist()} "
                    "are not theirs.")
            if np.array_equal(targets, inputs):
                raise Slip("not-shifted", told,
                           "What is the network to guess: what it reads, or what comes next?",
                           "The targets are the inputs: begin them one further, at position + 1.")
            raise Slip("other-targets", told, "Inputs and targets are the same text, shifted by one.",
                       "ids[position + 1 : position + length + 1].")
        before = np.zeros(2) if start == 0 else np.full(2, n + length / 100)
        if h_prev.shape != (2,) or not np.allclose(h_prev, before):
            raise _other_state(at, h_prev, n, start, length)


def _other_inputs(at: str, inputs, ids, n: int, start: int, length: int, starts: list[int]) -> Slip:
    """The Slip of inputs that are not those of this chunk, which begins at `start`."""
    shown = f"ids[{inputs[0] - 100}:{inputs[0] - 100 + len(inputs)}]" if len(inputs) else "nothing"
    told = f"{at}the inputs are {shown}; ids[{start}:{start + length}] are due."
    if n == 0:
        return Slip("other-beginning", told, "Where does the first chunk begin, and where does it end?",
                    "inputs = ids[position : position + length], with position 0, and handed to forward "
                    "before the targets.")
    if len(inputs) < length:
        return Slip("beyond-the-end", told, "Every chunk needs its whole length, and one target more.",
                    "Begin again at 0 when position + length + 1 > len(ids).")
    if start == 0 and n > 0:
        return Slip("not-started-over", told,
                    "What is left at the end of the text: a whole chunk, and its targets?",
                    "The text has to start over: position = 0 when position + length + 1 > len(ids).")
    if inputs[0] - 100 == 0:
        return Slip("over-too-soon" if n and starts[n - 1] else "stands-still", told,
                    "Where does a chunk begin that follows another one?",
                    "Start over only when no whole chunk is left." if n and starts[n - 1] else
                    "position grows by length after each chunk, and goes back to 0 only when position + "
                    "length + 1 > len(ids).")
    return Slip("other-positions", told, "The chunks lie side by side: where the one ends, the next begins.",
                "position grows by length, neither by 1 nor by length + 1.")


def _other_state(at: str, h_prev: np.ndarray, n: int, start: int, length: int) -> Slip:
    """The Slip of a state that is not the one with which this chunk begins."""
    if h_prev.shape != (2,):
        return Slip("no-state", f"{at}h_prev is no row of 2 numbers, one for each unit.",
                    "How many numbers has a state, and how many this?",
                    'A state of zeros is np.zeros_like(params["b_h"]); the last one of a chunk is '
                    "h[length - 1].")
    told = f"{at}h_prev is not {'the last state of the chunk before' if start else 'zero'}."
    if start == 0:
        return Slip("not-reset", told, "The text starts over. Is its end what came before its beginning?",
                    "Where position goes back to 0, h_prev goes back to zeros.")
    if not h_prev.any():
        return Slip("not-carried", told, "What was read in the chunk before may still help.",
                    "The state is zero again: carry it on, h_prev = h[length - 1]. (h is no list: "
                    "h[-1] is the state before the first step.)")
    if np.allclose(h_prev, n + 0.01):
        return Slip("first-state", told, "Which state has read the whole chunk?",
                    "That is the first state of the chunk: its last one is h[length - 1].")
    return Slip("other-state", told, "Which state has read the whole chunk?", "It is h[length - 1].")


def _need_updates(seen: _Seen, place: str) -> None:
    """Raise a Slip unless backward and adagrad were called once for each chunk with what belongs to it."""
    for name, calls in (("backward", seen.backward_calls), ("adagrad", seen.updates)):
        if len(calls) != len(seen.forward_calls):
            raise Slip(f"other-number-of-{name}",
                       f"{place}forward is called {_times(len(seen.forward_calls))}, {name} "
                       f"{_times(len(calls))}.", "One update is one chunk: forward, backward, adagrad.",
                       f"{name} is called once in the loop, for each chunk.")
    for n, (forward, backward) in enumerate(zip(seen.forward_calls, seen.backward_calls, strict=True)):
        if not (backward[2] and all(map(np.array_equal, forward[:2], backward[:2]))):
            raise Slip("other-backward",
                       f"{place}at update {n + 1} backward is not given what forward has made.",
                       "The way back goes over the same steps.", "backward(params, inputs, targets, h, p).")
    for n, (grads_fit, squares_fit) in enumerate(seen.updates):
        if not grads_fit:
            raise Slip("other-gradients", f"{place}at update {n + 1} adagrad is not given the gradients "
                                          "just made.",
                       "Which gradients belong to this chunk?",
                       "adagrad(params, grads, squares), with new grads.")
        if not squares_fit:
            raise Slip("squares-made-anew", f"{place}at update {n + 1} the sums of squares are zero again.",
                       "What does Adagrad remember from update to update?",
                       "squares is made once, before the loop.")
