"""The checks of the last two stages in lesson 02: sampling, and the training loop."""

from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.checks import Mistake, answer_of, check, numbers_of, under_its_name
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
# Each symbol follows from the one that was read alone, or from the state alone, which moves on by itself.
BY_READING = _network(9 * np.eye(4), np.zeros((4, 4)), 60 * NEXT)
BY_STATE = _network(np.zeros((4, 4)), 9 * NEXT, 30 * np.eye(4))
CHANCES = np.array([0.5, 0.3, 0.15, 0.05])
BY_LOT = _network(np.zeros((4, 2)), np.zeros((2, 2)), np.zeros((2, 4)), np.log(CHANCES))
HELLO = _network(W_XH, W_HH, 3 * W_HY)


@check
def check_sample(sample: Callable) -> str:
    """Try ``sample(params, h, i, length, rng)`` on networks whose output is known."""
    drawn = partial(_drawn, sample)
    _need_what_must_come(drawn)
    many = np.array(drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1))
    shares = np.bincount(many, minlength=4)[:4] / DRAWS
    if np.abs(shares - CHANCES).max() > APART:
        told = (f"In {DRAWS:,} draws with the probabilities {CHANCES}, the shares should be close to these. "
                f"Yours are {shares}.")
        if shares[1:].max() == 1:
            raise Mistake("dice-made-anew", told, "Where does the randomness of the second draw come from?",
                          "If you make a new generator for each draw, it gives the same number each time. "
                          "Draw from the rng that sample was given.")
        if shares[0] == 1:
            raise Mistake("largest", told, "Should a rare letter never be written?",
                          "You always take the most probable letter. Draw with the probabilities: "
                          "rng.choice(len(p), p=p).")
        if np.abs(shares - 0.25).max() < APART:
            raise Mistake("no-b-y", told, "Count the terms of the scores. In this network all weights are "
                                          "zero. Which term is left?",
                          "You leave out the bias b_y: softmax(h @ W_hy + b_y).")
        raise Mistake("other-chances", told, "Which function turns scores into probabilities?",
                      "Draw with the probabilities softmax(h @ W_hy + b_y), unchanged.")
    if not np.array_equal(many, drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1)):
        raise Mistake("other-dice", "With the same seed in rng, two calls wrote different texts, but they "
                                    "should write the same one.",
                      "A notebook cell that is run again should write the same text.",
                      "Draw from the rng that sample was given: rng.choice, not np.random.")
    rng = np.random.default_rng(1)
    if np.array_equal(drawn(BY_LOT, np.zeros(2), 0, 50, rng), drawn(BY_LOT, np.zeros(2), 0, 50, rng)):
        raise Mistake("own-rng", "Two calls in a row with the same rng wrote the same text, but they should "
                                 "write different ones.",
                      "Does your function draw from the rng it is given?",
                      "You make a new generator inside the function. Draw from the rng that sample was "
                      "given.")
    rng = np.random.default_rng(2)
    words = ["".join(LETTERS[i] for i in _drawn(sample, HELLO, np.zeros(3), 0, 4, rng)) for _ in range(WORDS)]
    if words.count("ello") < RIGHT_WORDS:
        raise Mistake("no-hello", f"A hello network wrote ello in {words.count('ello')} of {WORDS} tries.",
                      f"It should in at least {RIGHT_WORDS}. Where does your step differ from a step of the "
                      "forward pass?",
                      "Compare your line for h with that of forward: W_xh[i], h @ W_hh and b_h inside tanh.")
    _need_pairs(sample)
    return ("Correct: a symbol with probability 1 is always drawn, the others as often as they should be, "
            f"and {words.count('ello')} of {WORDS} words spell hello.")


def _need_what_must_come(drawn: Callable) -> None:
    """Raise a Mistake unless two networks that are sure of every symbol write what they must.

    In one, each symbol follows from the one that was read; in the other, from the state.
    """
    start = np.array([1.0, -1.0, -1.0, -1.0])
    reading, wanted = drawn(BY_READING, np.zeros(4), 0, 6, 0), [1, 2, 3, 0, 1, 2]
    state, late = drawn(BY_STATE, start, 3, 6, 0), [0, 1, 2, 3, 0, 1]
    if reading == state == wanted:
        return
    told = (f"A network in which {'each symbol leads to the next one' if reading != wanted else 'the state'}"
            f"{'' if reading != wanted else ' cycles by itself'} should write {wanted}. With your function "
            f"it writes {reading if reading != wanted else state}.")
    if state == wanted:
        raise Mistake("not-fed-back", told, "What does the network read at its second step?",
                      "The network does not read the symbol that was drawn. Store the draw in i.")
    if reading == wanted and state == [3, 2, 1, 0, 3, 2]:
        raise Mistake("w-hh-turned", told,
                      "The state cycles the other way round. On which side of W_hh is the state?",
                      "The state is a row, so it is on the left of the matrix: h @ W_hh.")
    if reading == wanted and len(set(state)) > 1:
        raise Mistake("state-not-used", told, "At its first step, what does the network know about the state "
                                              "that it was given?",
                      "You leave out h @ W_hh, or you set h to zero before the loop.")
    if reading == wanted:
        raise Mistake("state-not-carried", told, "At its second step, what does the network know about the "
                      "first?",
                      "You do not carry the state. Store the new state in h at every step.")
    if reading == late and state == [3, *wanted[:5]]:
        raise Mistake("given-kept", told, "Is the symbol that sample was given part of what it writes?",
                      "You keep that symbol before anything is drawn. Draw first, and then keep what was "
                      "drawn.")
    if state == late:
        raise Mistake("drawn-too-early", told, "When you draw the first symbol, has the network read the "
                      "given one?",
                      "Compute the new state first, and the probabilities from it.")
    if len(set(reading)) == len(set(state)) == 1:
        raise Mistake("one-row", told, "It writes the same symbol again and again. From which probabilities "
                      "is it drawn?",
                      "You compute the probabilities once, before the loop. Each draw needs new ones, from a "
                      "new state.")
    if reading != drawn(BY_READING, np.zeros(4), 0, 6, 7):
        raise Mistake("by-chance", told, "This network is sure of every symbol. How does rng.choice know?",
                      "You draw all symbols equally often. Give rng.choice the probabilities: p=p.")
    raise Mistake("another-text", told, "A step computes a new state from i and h, computes probabilities "
                  "from that state, and draws once.",
                  "In the loop, set h to tanh(W_xh[i] + h @ W_hh + b_h), and draw i with the probabilities "
                  "softmax(h @ W_hy + b_y).")


def _need_pairs(sample: Callable) -> None:
    """Raise a Mistake unless pairs of symbols are drawn as often as a network with all its terms predicts."""
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
    told = (f"A network with random weights writes {PAIRS:,} pairs of symbols. Some pairs come too often, "
            f"others too rarely: {apart(right):.0%} of the {PAIRS:,} would have to change.")
    others = {
        Mistake("kept-another", told, "Is the symbol that you keep the one that the network reads next?",
                "You draw twice, once for the list and once for the next step. Draw once, into i, and keep "
                "i."):
            right.sum(axis=1)[:, None] * right.sum(axis=0),
        Mistake("no-b-h", told, "Count the terms inside tanh. The equation has three.",
                "You leave out the bias b_h."): _pairs({**params, "b_h": 0 * params["b_h"]}, h),
        Mistake("no-tanh", told, "Can a state be larger than 1?",
                "The sum is right, but the tanh around it is missing."): _pairs(params, h, lambda a: a),
    }
    for mistake, chances in others.items():
        if apart(chances) < PAIRS_APART:
            raise mistake
    raise Mistake("other-pairs", told, "Where does your step differ from a step of the forward pass?",
                  "Compare it with forward term by term: tanh(W_xh[i] + h @ W_hh + b_h), softmax(h @ W_hy + "
                  "b_y).")


def _pairs(params, h: np.ndarray, squash: Callable = np.tanh) -> np.ndarray:
    """The probability of each pair of symbols after a network reads symbol 0 in state h."""
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
        raise Mistake("wrong-length", f"sample should return {length} symbols, not {len(found)}.",
                      "How many times do you draw, and what do you keep?",
                      "Draw `length` times, and keep each draw, but not the symbol that sample was given.")
    return [int(symbol) for symbol in found]


class _Seen:
    """Stand-ins for forward, backward and adagrad, which record how they are called.

    The numbers in the states, probabilities and gradients that they return say which update they belong to.
    """

    def __init__(self) -> None:
        self.forward_calls: list[tuple] = []
        self.backward_calls: list[tuple] = []
        self.updates: list[tuple] = []

    def forward(self, params, inputs, targets, h_prev):
        n = len(self.forward_calls) + 1
        _need_returned(params, "params", "forward", n)
        if isinstance(h_prev, dict):
            raise Mistake("all-states", f"At update {n} forward is given all of h instead of one state.",
                          "Which of the states in h has read the whole chunk?",
                          "Write h_prev = h[length - 1].")
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
        _need_returned(squares, "squares", "adagrad", n)
        fits = all(np.all(grads[name] == n) for name in params)
        self.updates.append((fits, all(np.all(squares[name] == n - 1) for name in params)))
        for name in params:
            params[name] += 1
            squares[name] += 1


def _need_returned(value, name: str, called: str, n: int) -> None:
    """Raise a Mistake if a reader's loop took what adagrad returns, which is nothing, for its arrays."""
    if value is None:
        raise Mistake("adagrad-returns-nothing", f"At update {n} {called} is given None instead of {name}.",
                      "Which line of your loop sets it to None?",
                      "adagrad returns nothing, because it changes params and squares in place. Call it "
                      f"alone on its line, without {name} = before it.")


@check
def check_train_by_hand(train_by_hand: Callable) -> str:
    """Try ``train_by_hand(params, ids, length, updates, forward, backward, adagrad)`` with stand-ins."""
    for size, length, updates in LENGTHS:
        ids, seen = np.arange(100, 100 + size), _Seen()
        place = f"With {size} characters, in chunks of {length}: "
        params = _network(np.zeros((3, 2)), np.zeros((2, 2)), np.zeros((2, 3)))
        try:
            losses = answer_of(_with(seen, train_by_hand), params, ids, length, updates, place=place,
                               hint=" forward returns the loss, h and p, with h[-1] to h[length - 1], "
                                    "backward returns the gradients, and adagrad returns nothing.")
        except Mistake:
            _need_calls(seen, ids, length, place)       # what was wrong before it stopped
            raise
        _need_number(len(seen.forward_calls), updates, place)
        _need_calls(seen, ids, length, place)
        _need_updates(seen, place)
        losses = numbers_of(losses, (None,), "What train_by_hand returns", place)
        if len(losses) != updates or not np.allclose(losses, np.arange(1, updates + 1) / 10):
            told = (f"it should return {updates} losses, one per update. It returns {len(losses)}"
                    if len(losses) != updates else "it does not return the losses from forward, in order")
            raise Mistake("other-losses", f"{place}{told}.",
                          "What does forward return first?",
                          "Keep the loss of each update: losses.append(loss).")
    return ("Correct: your loop takes every chunk in turn, with targets one character later, carries the "
            "state, and makes one update per chunk.")


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _need_number(calls: int, updates: int, place: str) -> None:
    """Raise a Mistake unless forward was called once for each update."""
    told = f"{place}{updates} updates are needed, but forward is called {_times(calls)}."
    if calls < updates:
        raise Mistake("too-few-updates", told, "What ends your loop, or one pass through it, too early?",
                      "Write for _ in range(updates), with no return, break or continue inside. If the text "
                      "ends, start over at its beginning in the same pass.")
    if calls > updates:
        raise Mistake("too-many-updates", told, "How many times does one pass of your loop call forward, and "
                                                "how many passes are there?",
                      "Call forward once per chunk, in a loop over range(updates). Its loss is the first "
                      "value that it returns.")


def _with(seen: _Seen, train_by_hand: Callable) -> Callable:
    """A reader's function with these stand-ins, not with copies of them.

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
    """Where the chunks of a training run begin; the text starts over when no whole chunk is left."""
    per_pass = (size - 1) // length
    return [length * (n % per_pass) for n in range(updates)]


def _need_calls(seen: _Seen, ids: np.ndarray, length: int, place: str) -> None:
    """Raise a Mistake unless each call of forward was given what belongs to its chunk."""
    starts = _starts(len(ids), length, len(seen.forward_calls))
    for n, ((inputs, targets, h_prev), start) in enumerate(zip(seen.forward_calls, starts, strict=True)):
        at = f"{place}at update {n + 1} "
        if not np.array_equal(inputs, ids[start : start + length]):
            raise _other_inputs(at, inputs, ids, n, start, length, starts)
        if not np.array_equal(targets, ids[start + 1 : start + length + 1]):
            told = (f"{at}the inputs are {inputs.tolist()}, but the targets are "
                    f"{targets.tolist()}.")
            if np.array_equal(targets, inputs):
                raise Mistake("not-shifted", told,
                              "What should the network predict, the character that it reads or the next one?",
                              "Your targets are the inputs. Start them one character later, at position + 1.")
            raise Mistake("other-targets", told, "Inputs and targets are the same text, shifted by one.",
                          "The targets are ids[position + 1 : position + length + 1].")
        before = np.zeros(2) if start == 0 else np.full(2, n + length / 100)
        if h_prev.shape != (2,) or not np.allclose(h_prev, before):
            raise _other_state(at, h_prev, n, start, length)


def _other_inputs(at: str, inputs, ids, n: int, start: int, length: int, starts: list[int]) -> Mistake:
    """The Mistake of inputs that are not those of this chunk, which begins at `start`."""
    shown = f"ids[{inputs[0] - 100}:{inputs[0] - 100 + len(inputs)}]" if len(inputs) else "nothing"
    told = f"{at}the inputs are {shown}, but they should be ids[{start}:{start + length}]."
    if n == 0:
        return Mistake("other-beginning", told, "Where does the first chunk begin, and where does it end?",
                       "Start with position 0 and inputs = ids[position : position + length], and give "
                       "forward the inputs before the targets.")
    if len(inputs) < length:
        return Mistake("beyond-the-end", told, "Every chunk needs `length` characters as inputs, and one "
                       "more as its last target.",
                       "Start again at 0 when position + length + 1 > len(ids).")
    if start == 0 and n > 0:
        return Mistake("not-started-over", told,
                       "Is a whole chunk left at the end of the text, including its last target?",
                       "The text must start over. Set position = 0 when position + length + 1 > len(ids).")
    if inputs[0] - 100 == 0:
        return Mistake("over-too-soon" if n and starts[n - 1] else "stands-still", told,
                       "Where does the next chunk begin?",
                       "Start over only when no whole chunk is left." if n and starts[n - 1] else
                       "Add length to position after each chunk, and go back to 0 only when position + "
                       "length + 1 > len(ids).")
    return Mistake("other-positions", told, "Each chunk begins where the one before it ends.",
                   "Add length to position, not 1 and not length + 1.")


def _other_state(at: str, h_prev: np.ndarray, n: int, start: int, length: int) -> Mistake:
    """The Mistake of a state that is not the one with which this chunk begins."""
    if h_prev.shape != (2,):
        return Mistake("no-state", f"{at}h_prev is not a row of 2 numbers, one per unit.",
                       "How many numbers does a state have, and how many does h_prev have?",
                       'A state of zeros is np.zeros_like(params["b_h"]). The last state of a chunk is '
                       "h[length - 1].")
    told = f"{at}h_prev is not {'the last state of the chunk before' if start else 'zero'}."
    if start == 0:
        return Mistake("not-reset", told, "The text starts over. Should the network remember its end there?",
                       "When position goes back to 0, set h_prev to zeros again.")
    if not h_prev.any():
        return Mistake("not-carried", told, "What the network read in the chunk before may still help.",
                       "Your state is zero. Carry the last one: h_prev = h[length - 1]. (h is not a list, so "
                       "h[-1] is the state before the first step.)")
    if np.allclose(h_prev, n + 0.01):
        return Mistake("first-state", told, "Which state has read the whole chunk?",
                       "That is the first state of the chunk. Its last one is h[length - 1].")
    return Mistake("other-state", told, "Which state has read the whole chunk?", "It is h[length - 1].")


def _need_updates(seen: _Seen, place: str) -> None:
    """Raise a Mistake unless backward and adagrad were called once for each chunk with what belongs to it."""
    for name, calls in (("backward", seen.backward_calls), ("adagrad", seen.updates)):
        if len(calls) != len(seen.forward_calls):
            raise Mistake(f"other-number-of-{name}",
                          f"{place}forward is called {_times(len(seen.forward_calls))}, {name} "
                          f"{_times(len(calls))}.", "One update takes one chunk through forward, backward "
                          "and adagrad.",
                          f"Call {name} once in the loop, for each chunk.")
    for n, (forward, backward) in enumerate(zip(seen.forward_calls, seen.backward_calls, strict=True)):
        if not (backward[2] and all(map(np.array_equal, forward[:2], backward[:2]))):
            raise Mistake("other-backward",
                          f"{place}at update {n + 1} backward should get the inputs and targets that forward "
                          "was given, and the h and p that it returned.",
                          "The backward pass goes over the same steps.",
                          "Call backward(params, inputs, targets, h, p).")
    for n, (grads_fit, squares_fit) in enumerate(seen.updates):
        if not grads_fit:
            raise Mistake("other-gradients", f"{place}at update {n + 1} adagrad is not given the gradients "
                                             "from this update.",
                          "Which gradients belong to this chunk?",
                          "Call adagrad(params, grads, squares), with the new grads.")
        if not squares_fit:
            raise Mistake("squares-made-anew", f"{place}at update {n + 1} the sums of squares are zero "
                                               "again.",
                          "What does Adagrad remember from update to update?",
                          "Create squares once, before the loop.")
