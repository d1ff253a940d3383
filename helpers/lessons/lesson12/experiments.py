"""What lesson 12 trains and measures: automata, a unit that counts, and networks on three kinds of strings.

A network learns parity or permutations, a^n b^n, or one of Tomita's grammars, and an automaton is drawn from
its states. The notebook uses much of it itself; `shipped` names what makes the shipped runs.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, permutations, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from helpers.data import Chunk
from helpers.networks import CELLS, LSTM, Adam, Cell, Model, Parameters, Softmax, sigmoid, train

HALF = 0.5              # the readout says the end where h = tanh(c) is below this
A, B, END = 0, 1, 2
LARGEST_N = 100         # so far a network is asked to count
COUNTED = (500, 1000, 2000)     # updates after which it is

BEGIN = 2               # the symbol that is read first: after it the network is asked for the empty string
MOST_STATES = 64
LONGEST = 12            # of the strings on which a network is asked: 8,190, and the empty one
DISTANCE = 0.25         # two states of a network that are closer count as one

ORDERS = np.array(list(permutations(range(3))))                     # the six permutations of three things
THEN = np.array([[ORDERS.tolist().index(after[before].tolist()) for after in ORDERS] for before in ORDERS])
SIGNS = np.array([round(np.linalg.det(np.eye(3)[order])) for order in ORDERS])
LINEAR = {"linear (0, 1)": "(0, 1)", "linear (-1, 1)": "(-1, 1)"}
KINDS = ("LSTM", "GRU", "RNN", *LINEAR)
RANGES = {"(0, 1)": (sigmoid, lambda f: f * (1 - f)), "(-1, 1)": (np.tanh, lambda f: 1 - f**2)}


class Automaton(NamedTuple):
    """States 0, 1, ..., of which 0 is the first.

    Attributes:
        steps: (S, 2), the state to which each goes on a 0 and on a 1.
        accepts: (S,), whether a string that ends there is accepted.
    """

    steps: np.ndarray
    accepts: np.ndarray

    def reads(self, string: str) -> list[int]:
        """The states that it goes through, state 0 first; ValueError if `string` has more than 0s and 1s."""
        states = [0]
        for symbol in read_bits(string):
            states.append(int(self.steps[states[-1], int(symbol)]))
        return states

    def says(self, string: str) -> bool:
        """Whether it accepts a string."""
        return bool(self.accepts[self.reads(string)[-1]])


def automaton(steps, accepts) -> Automaton:
    """An `Automaton` from lists; ValueError if they do not fit each other."""
    steps, accepts = np.asarray(steps, dtype=int), np.asarray(accepts, dtype=bool)
    S = len(accepts)
    if S == 0 or steps.shape != (S, 2) or steps.min() < 0 or steps.max() >= S:
        raise ValueError(f"steps is {steps.tolist()}, accepts is {accepts.tolist()}. For each state, steps "
                         "needs the two states to which 0 and 1 lead, and accepts needs True or False.")
    return Automaton(steps, accepts)


def read_bits(string: str) -> str:
    """The string, if it has only 0s and 1s or is empty; else ValueError."""
    if not isinstance(string, str) or set(string) - {"0", "1"}:
        raise ValueError(f"string is {string!r}. It may contain only 0 and 1.")
    return string


# Tomita (1982): by number, the rule in words, and the smallest automaton.
RULES = {
    1: "only 1s",
    2: "10, again and again",
    3: "no odd run of 0s right after an odd run of 1s",
    4: "000 nowhere",
    5: "an even number of 0s, and of 1s",
    6: "as many 0s as 1s, or 3, 6, 9 ... more or fewer",
    7: "0s, then 1s, then 0s, then 1s",
}
TOMITA = {
    1: automaton([[1, 0], [1, 1]], [1, 0]),
    2: automaton([[2, 1], [0, 2], [2, 2]], [1, 0, 0]),
    3: automaton([[0, 1], [2, 0], [3, 4], [2, 1], [4, 4]], [1, 1, 0, 1, 0]),
    4: automaton([[1, 0], [2, 0], [3, 0], [3, 3]], [1, 1, 1, 0]),
    5: automaton([[1, 2], [0, 3], [3, 0], [2, 1]], [1, 0, 0, 0]),
    6: automaton([[1, 2], [2, 0], [0, 1]], [1, 0, 0]),
    7: automaton([[0, 1], [2, 1], [2, 3], [4, 3], [4, 4]], [1, 1, 1, 1, 0]),
}


def minimise(machine: Automaton) -> Automaton:
    """The smallest automaton that accepts the same strings, its states in the order in which they are met.

    States are first split by whether they accept, then again and again by where 0 and 1 lead, until no class
    falls apart (Moore 1956).
    """
    _, kind = np.unique(machine.accepts, return_inverse=True)
    while True:
        rows = np.column_stack([kind, kind[machine.steps]])
        _, finer = np.unique(rows, axis=0, return_inverse=True)
        finer = finer.reshape(-1)
        if finer.max() == kind.max():
            break
        kind = finer
    order, queue = {int(kind[0]): 0}, deque([0])         # classes in the order in which they are met
    found: list[tuple[list[int], bool]] = []
    while queue:
        state = queue.popleft()
        row = []
        for follower in machine.steps[state]:
            if int(kind[follower]) not in order:
                order[int(kind[follower])] = len(order)
                queue.append(int(follower))
            row.append(order[int(kind[follower])])
        found.append((row, bool(machine.accepts[state])))
    return automaton(*zip(*found, strict=True))


def distinguishing_string(one: Automaton, other: Automaton) -> str | None:
    """The shortest string on which two automata differ, None if there is none.

    It walks through all pairs of states to which the same string can lead in the two automata.
    """
    pairs, queue = {(0, 0): ""}, deque([(0, 0)])
    while queue:
        a, b = queue.popleft()
        if one.accepts[a] != other.accepts[b]:
            return pairs[a, b]
        for symbol in (0, 1):
            pair = int(one.steps[a, symbol]), int(other.steps[b, symbol])
            if pair not in pairs:
                pairs[pair] = pairs[a, b] + str(symbol)
                queue.append(pair)
    return None


def answers(machine: Automaton, longest: int) -> list[np.ndarray]:
    """Whether it accepts the strings of length 0, 1, ..., `longest`: (2^n,) for each, in counting order."""
    states, accepts = np.zeros(1, int), []
    for _ in range(longest + 1):
        accepts.append(machine.accepts[states])
        states = machine.steps[states].reshape(-1)
    return accepts


def agreement(one: list[np.ndarray], other: list[np.ndarray]) -> int:
    """On how many strings two `answers` agree; the empty string does not count."""
    return int(np.sum(np.concatenate(one[1:]) == np.concatenate(other[1:])))


def train_network(
    rng: np.random.Generator, cell: Cell, classes: int, draw: Callable[[], tuple]
) -> Iterator[tuple[int, Model]]:
    """Train a network with a softmax on batches that `draw` makes, without end, by Adam and clipped at 1.

    Yields the number of updates and the model, after each update.
    """
    model = Model(cell, Softmax(classes), rng)
    stream = (Chunk(*draw(), starts_over=True) for _ in repeat(None))
    for step in train(model, stream, Adam(0.01), clip_norm=1.0):
        yield step.index, model


def counter_path(ups: int, downs: int, forget_bias: float) -> np.ndarray:
    """c = f c_prev + g over `ups` steps with g = 1 and `downs` with g = -1, from c = 0: all of c."""
    f, c = float(sigmoid(np.array(forget_bias))), [0.0]
    for n in range(ups + downs):
        c.append(f * c[-1] + (1 if n < ups else -1))
    return np.array(c)


def signalled_end(c: np.ndarray, ups: int) -> int | None:
    """The first step after the a's at which the readout says the end, None if there is none."""
    low = np.flatnonzero(np.tanh(c[ups + 1 :]) < HALF)
    return ups + 1 + int(low[0]) if low.size else None


def strings_to(longest: int) -> tuple[np.ndarray, np.ndarray]:
    """All strings a^n b^n, n from 1 to `longest`, one-hot (T, N, 2), 0 after the end; and n, (N,)."""
    ns, t = np.arange(1, longest + 1), np.arange(2 * longest)[:, None]
    return np.stack([t < ns, (t >= ns) & (t < 2 * ns)], axis=-1).astype(float), ns


def run_lstm(
    W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The h and c (T, B, H) of an LSTM with these weights after each step of x, rows or symbols."""
    cell = LSTM(len(W_xh), len(W_hh))
    p = Parameters(cell.shapes)
    p.W_xh, p.W_hh, p.b_h = W_xh, W_hh, b_h
    states, state = [], None
    for inputs in x:
        _, state, _ = cell.forward(p, inputs[None], state)
        states.append(state)
    h, c = zip(*states, strict=True)
    return np.array(h), np.array(c)


def run_unit(
    W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The h and c (T, B) of one LSTM unit after each step of x (T, B, 2)."""
    h, c = run_lstm(W_xh, W_hh, b_h, x)
    return h[..., 0], c[..., 0]


def counted_strings(ns: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Strings a^n b^n, one for each n of `ns`, and after each symbol the one that follows.

    Returns:
        inputs and targets, (length, N) each: 0 is an a, 1 a b, 2 the end, which fills the rest.
    """
    t = np.arange(length + 1)[:, None]
    symbols = np.where(t < ns, A, np.where(t < 2 * ns, B, END))
    return symbols[:-1], symbols[1:]


def reach(model: Model) -> int:
    """The largest n, at most 100, up to which every string a^n b^n is predicted correctly.

    From the first b on, the network has to predict each symbol that follows: the b's, and the end.
    """
    ns = np.arange(1, LARGEST_N + 1)
    x, wanted = counted_strings(ns, 2 * LARGEST_N)
    predicted = model.scores(x).argmax(axis=2)
    t = np.arange(len(x))[:, None]
    asked = (t >= ns) & (t < 2 * ns)
    right = ((predicted == wanted) | ~asked).all(axis=0)
    return int(LARGEST_N if right.all() else np.argmin(right))


def train_counter(rng: np.random.Generator, cell: str) -> Iterator[tuple[int, Model]]:
    """Train 8 units on a^n b^n for n from 1 to 20, as `train_network` does."""
    return train_network(rng, CELLS[cell](3, 8), 3, lambda: counted_strings(rng.integers(1, 21, 32), 40))


def counting(rng: np.random.Generator, cell: str) -> dict:
    """Train 8 units on a^n b^n for n from 1 to 20, and see how far they count.

    Returns:
        "updates", 500, 1,000 and 2,000, and the "reach" after each.
    """
    training = islice(train_counter(rng, cell), COUNTED[-1])
    reached = [reach(model) for index, model in training if index in COUNTED]
    return {"updates": list(COUNTED), "reach": reached}


def record_counting(model: Model, n: int) -> np.ndarray:
    """What the units hold over a^n b^n: c of an LSTM, h of another cell, after each symbol (2 n, H)."""
    x, _ = counted_strings(np.array([n]), 2 * n)
    held, state = [], None
    for symbols in x:
        _, state, _ = model.cell.forward(model.params, symbols[None], state)
        held.append(state[-1][0])
    return np.array(held)


class LinearRecurrence(Cell):
    """h = f h_prev + u, where f and u are functions of the input alone (Martin and Cundy 2018).

        a_f, u = the two halves of x W_xh + b_h
        f = sigmoid(a_f), between 0 and 1, or tanh(a_f), between -1 and 1 (Grazzi et al. 2025)

    It has no W_hh: a unit sees no other unit, and its own state only through the factor. `factors` says
    where f lies, "(0, 1)" or "(-1, 1)".
    """

    gate_count = 2

    def __init__(self, input_size: int, hidden_size: int, factors: str = "(0, 1)"):
        super().__init__(input_size, hidden_size)
        self.squash, self.slope = RANGES[factors]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {"W_xh": (self.input_size, 2 * self.hidden_size), "b_h": (2 * self.hidden_size,)}

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64
    ) -> Parameters:
        """Fresh parameters: uniform between -1 and 1, or normal with standard deviation `scale`."""
        p = Parameters(self.shapes, dtype=dtype)
        shape = p.W_xh.shape
        p.W_xh = rng.uniform(-1, 1, shape) if scale is None else scale * rng.standard_normal(shape)
        return p

    def forward(self, p, x, state=None, cache=None):
        """As `Cell.forward`, for symbols; the state is (h,)."""
        (h_first,), cache = self._begin(p, x, state, cache)
        a_f, u = np.split(p.W_xh[cache.x] + p.b_h, 2, axis=-1)
        f, h = self.squash(a_f), np.empty((len(u) + 1, *u.shape[1:]), u.dtype)
        h[0] = h_first
        for t in range(len(u)):
            h[t + 1] = f[t] * h[t] + u[t]
        cache.kept = f, h
        return h[1:], (h[-1].copy(),), cache

    def backward(self, p, d_h, cache, d_state=None, grads=None):
        """As `Cell.backward`."""
        d_h, (dh,), grads = self._begin_backward(p, d_h, cache, d_state, grads)
        f, h = cache.kept
        da = np.empty((*d_h.shape[:2], 2 * self.hidden_size), d_h.dtype)
        da_f, du = np.split(da, 2, axis=-1)
        for t in reversed(range(len(f))):
            dh = dh + d_h[t]
            da_f[t], du[t] = dh * h[t], dh
            dh = dh * f[t]
        da_f *= self.slope(f)
        for symbol in range(self.input_size):
            grads.W_xh[symbol] = da[cache.x == symbol].sum(axis=0)
        grads.b_h[...] = da.sum(axis=(0, 1))
        return grads, None, (dh,)

    def gates(self, cache):
        """The factors, (T, B, H)."""
        return {"f": cache.kept[0]}

    def step_fn(self, p, state):
        """Nothing is drawn from this cell."""
        raise NotImplementedError("A linear recurrence in this lesson cannot generate text.")

    def plain(self):
        """`forward` and `backward` are plain."""
        raise NotImplementedError("This cell has no separate plain form, because forward and backward "
                                  "are plain already.")


def make_cell(kind: str, symbols: int, units: int) -> Cell:
    """A cell by its name, one of `KINDS`."""
    if kind in LINEAR:
        return LinearRecurrence(symbols, units, LINEAR[kind])
    return CELLS[kind](symbols, units)


def parity_strings(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Random bits (T, B), and after each whether the number of 1s so far is odd, 0 or 1."""
    bits = rng.integers(2, size=(length, batch))
    return bits, np.cumsum(bits, axis=0) % 2


def permutation_strings(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Random permutations of three (T, B), and after each the order that they lead to, one of six."""
    symbols = rng.integers(6, size=(length, batch))
    now, orders = np.zeros(batch, int), np.empty(symbols.shape, int)
    for t, symbol in enumerate(symbols):
        orders[t] = now = THEN[now, symbol]
    return symbols, orders


def right_by_step(model: Model, x: np.ndarray, wanted: np.ndarray, piece: int = 512) -> np.ndarray:
    """The share of strings whose answer is right, after each step, (T,); `piece`: steps read at once."""
    state, right = None, []
    for start in range(0, len(x), piece):
        h, state, _ = model.cell.forward(model.params, x[start : start + piece], state)
        scores = h @ model.params.W_hy + model.params.b_y
        right.append((scores.argmax(axis=2) == wanted[start : start + piece]).mean(axis=1))
    return np.concatenate(right)


def following(
    rng: np.random.Generator, kind: str, task: str = "parity", units: int = 8, length: int = 40,
    updates: int = 2500, beyond: Sequence[int] = (64, 128, 256, 512, 1024, 2048, 4096), longer: int = 1000,
) -> dict:
    """Train a network on parity or permutations, and test it on longer strings.

    Every 20 updates it is asked about 200 new strings; 99.9 % of the answers right counts as learnt.

    Args:
        kind: one of `KINDS`.
        task: "parity" or "permutations".
        length: of the strings that it learns from.
        updates: when to give up.
        beyond: lengths of the strings on which it is tested.
        longer: how many updates more it makes once it has learnt.

    Returns:
        "updates" until it was learnt, None if never; by length "right", the share of right answers in
        the last tenth of the string; "breaks", the first step from which less than 90 % are right for 20
        steps, None if there is none.
    """
    draw, symbols = TASKS[task]
    learnt, model = None, None
    for index, model in train_network(rng, make_cell(kind, symbols, units), symbols,
                                      lambda: draw(rng, length, 32)):
        if learnt is None and index % 20 == 0:
            score = right_by_step(model, *draw(rng, length, 200)).mean()
            learnt = index if score >= 0.999 else None
        if index == (updates if learnt is None else learnt + longer):
            break
    right = right_by_step(model, *draw(rng, max(beyond), 100))
    shares = {n: round(float(right[n - n // 10 : n].mean()), 3) for n in (length, *beyond)}
    smooth = np.convolve(right, np.ones(20) / 20, "valid")
    low = np.flatnonzero(smooth < 0.9)
    return {"updates": learnt, "right": list(shares.values()), "at": list(shares),
            "breaks": int(low[0]) + 1 if low.size else None}


TASKS = {"parity": (parity_strings, 2), "permutations": (permutation_strings, 6)}


def permuting(rng: np.random.Generator, kind: str) -> dict:
    """`following`, with permutations of three: 16 units, strings of 20, tested up to 1,024."""
    return following(rng, kind, "permutations", 16, 20, updates=3000, beyond=(32, 64, 128, 256, 512, 1024))


def live_states(machine: Automaton) -> np.ndarray:
    """Whether from each state an accepted string can still be reached."""
    live = machine.accepts.copy()
    for _ in live:
        live |= live[machine.steps].any(axis=1)
    return live


def grammar_strings(
    rng: np.random.Generator, machine: Automaton, length: int, batch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Strings to learn from: bits after the first symbol, (length + 1, B), and after each if it is accepted.

    Half of them are drawn at random. The others usually take a step after which a string can still be
    accepted.
    """
    bits = rng.integers(2, size=(length, batch))
    careful = rng.random((length, batch)) < 0.9
    careful[:, batch // 2 :] = False
    live, state = live_states(machine), np.zeros(batch, int)
    wanted = np.empty((length + 1, batch), int)
    wanted[0] = machine.accepts[0]
    for t in range(length):
        dead = careful[t] & ~live[machine.steps[state, bits[t]]] & live[machine.steps[state, 1 - bits[t]]]
        bits[t] ^= dead
        state = machine.steps[state, bits[t]]
        wanted[t + 1] = machine.accepts[state]
    return np.vstack([np.full((1, batch), BEGIN), bits]), wanted


def train_on_grammar(
    rng: np.random.Generator, grammar: int, updates: int = 1000
) -> Iterator[tuple[int, Model]]:
    """Train a plain network of 12 units to say after each symbol if the string so far is in the grammar.

    Yields the number of updates and the model, after each update.
    """
    return islice(train_network(rng, CELLS["RNN"](3, 12), 2,
                                lambda: grammar_strings(rng, TOMITA[grammar], 15, 32)), updates)


def network_answers(model: Model, longest: int) -> list[np.ndarray]:
    """Whether a network accepts the strings of length 0, 1, ..., as `answers` of an automaton."""
    state, accepts = first_state(model), []
    for n in range(longest + 1):
        accepts.append(accepts_at(model, state[0]))
        if n < longest:
            both = tuple(np.repeat(array, 2, axis=0) for array in state)
            state = next_state(model, both, np.tile([0, 1], len(both[0]) // 2))
    return accepts


def network_accepts(model: Model, string: str) -> bool:
    """Whether a network accepts a string of 0s and 1s."""
    symbols = np.array([BEGIN, *map(int, read_bits(string))])[:, None]
    return bool(model.scores(symbols)[-1].argmax(axis=1)[0])


def first_state(model: Model) -> tuple[np.ndarray, ...]:
    """The state in which a network has read nothing but the first symbol, arrays (1, H)."""
    return next_state(model, model.cell.zero_state(1), np.array([BEGIN]))


def next_state(model: Model, state: tuple[np.ndarray, ...], symbols: np.ndarray) -> tuple[np.ndarray, ...]:
    """The states after another symbol."""
    return model.cell.forward(model.params, symbols[None], state)[1]


def accepts_at(model: Model, h: np.ndarray) -> np.ndarray:
    """Whether the readout accepts at states (N, H), booleans (N,)."""
    return (h @ model.params.W_hy + model.params.b_y).argmax(axis=1) == 1


class Look(NamedTuple):
    """A network at some time of its training, and the automaton that was drawn from it.

    Attributes:
        updates: how many were made.
        network, machine_right: the share of the strings that each gets right.
        machine: the automaton, minimised.
    """

    updates: int
    network: float
    machine_right: float
    machine: Automaton


class Drawn(NamedTuple):
    """The automaton that was drawn from a network, with a state for each cluster, and the same minimised."""

    machine: Automaton
    smallest: Automaton


def extract_automaton(model: Model, distance: float) -> Drawn:
    """The automaton of a network, where a state closer than `distance` to a known state counts as that state.

    It walks from the first state, with 0 and with 1 from each new one, until nothing new comes, or there are
    64 states.
    """
    start = first_state(model)
    known = [tuple(array[0] for array in start)]
    centres = np.concatenate(start, axis=1)
    steps: list[list[int]] = []
    while len(steps) < len(known):
        here = tuple(np.stack([array, array]) for array in known[len(steps)])
        after = next_state(model, here, np.array([0, 1]))
        row = []
        for n in (0, 1):
            point = np.concatenate([array[n] for array in after])
            away = np.sqrt(np.mean((centres - point) ** 2, axis=1))
            nearest = int(away.argmin())
            if away[nearest] > distance and len(known) < MOST_STATES:
                nearest = len(known)
                known.append(tuple(array[n] for array in after))
                centres = np.vstack([centres, point])
            row.append(nearest)
        steps.append(row)
    machine = automaton(steps, accepts_at(model, np.stack([state[0] for state in known])))
    return Drawn(machine, minimise(machine))


def grammar_found(rng: np.random.Generator, grammar: int, updates: int = 1000) -> dict:
    """Train a network on a grammar, draw its automaton, and ask both for all strings up to length 12.

    Returns:
        "network" and "automaton", how many of the 8,190 strings each gets right; "walked", the states of
        the walk, and "states", those that are left; "apart", the shortest string on which automaton and
        grammar differ, None if they are the same for all strings of any length.
    """
    *_, (_, model) = train_on_grammar(rng, grammar, updates)
    drawn, right = extract_automaton(model, DISTANCE), answers(TOMITA[grammar], LONGEST)
    return {"network": agreement(network_answers(model, LONGEST), right),
            "automaton": agreement(answers(drawn.smallest, LONGEST), right),
            "walked": len(drawn.machine.accepts), "states": len(drawn.smallest.accepts),
            "apart": distinguishing_string(drawn.smallest, TOMITA[grammar])}


def grammar_looks(rng: np.random.Generator, grammar: int) -> Iterator[Look | None]:
    """Train a network on a grammar, and look at it now and then.

    Yields None after an update, or a `Look` at the network and its automaton after 1, 50, 100, ... updates.
    """
    right = answers(TOMITA[grammar], LONGEST)
    total = sum(map(len, right)) - 1
    for index, model in train_on_grammar(rng, grammar):
        if index % 50 and index != 1:
            yield None
            continue
        smallest = extract_automaton(model, DISTANCE).smallest
        yield Look(index, agreement(network_answers(model, LONGEST), right) / total,
                   agreement(answers(smallest, LONGEST), right) / total, smallest)
