"""The check of a whole program that a reader has written into an empty cell, with NumPy alone.

It knows nothing about how the program is made: it reads the loss, measures the gradients, and lets the
program train and write. It stops at the first mistake and says which stage of the course teaches that part.
"""

import inspect
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.checks.calls import (
    answer_of,
    arrays_of,
    has_dots,
    need_answers,
    numbers_of,
    own_name,
    under_its_name,
)
from helpers.checks.check import check
from helpers.checks.gradients import where, wrong_of
from helpers.checks.results import NO_RETURN, Mistake, listed
from helpers.networks import numerical_gradient

SIZES = ((7, 10), (60, 20))         # characters and units of fresh networks, with the first loss of 25 steps
LENGTHS = (1, 2, 6)                 # of the passages on which the gradients are measured
UNITS, RATE, UPDATES = 20, 0.1, 1000
HELLO, PERIOD = (np.array([0, 1, 2, 2]), np.array([1, 2, 2, 3])), 3     # h, e, l, l and e, l, l, o
SMALL = 2.0**-24                    # times a gradient: the absolute error vanishes, the relative one stays
PAIRS, PAIRS_APART = 1000, 0.07     # of symbols that are drawn, and how far from their probabilities
FIRST_LOSS_WITHIN, HELLO_UNDER, PERIOD_UNDER, WORDS, RIGHT_WORDS = 0.01, 0.05, 0.01, 100, 95

# Where the course teaches what a program needs, by the number of states of its cell.
TAUGHT = {"initial": "lesson 02, section 5", "read-out": "lesson 02, stages 2 and 3",
          "gradient_error": "lesson 02, stage 4", "update": "lesson 02, stage 5",
          "sample": "lesson 02, stage 6"}
TAUGHT_BY_STATES = {
    1: {**TAUGHT, "forward": "lesson 02, stage 1", "backward": "lesson 03, stage 5"},
    2: {**TAUGHT, "forward": "lesson 07, stage 1", "backward": "lesson 07, stages 2 and 3"},
}


@check
def check_program(initial: Callable, forward: Callable, backward: Callable, update: Callable,
                  sample: Callable, gradient_error: Callable | None = None) -> str:
    """Try a whole program, with a cell of one state (h) or of two (h and c).

    ``initial(V, H, rng) -> params``, a dictionary of arrays; ``forward(params, inputs, targets, *states) ->
    (loss, ...)``, the mean loss and what the backward pass needs; ``backward(params, inputs, targets, ...) ->
    grads``; ``update(params, grads, squares, learning_rate)``, Adagrad with a clip, in place;
    ``sample(params, *states, i, length, rng) -> symbols``. States are vectors (H,).
    """
    need_answers(initial, forward, backward, update, sample)
    try:
        program = Program(initial, forward, backward, update, sample, gradient_error)
        for step in STEPS:
            step(program)
    except Mistake as mistake:
        raise _so_far(mistake, (initial, forward, backward, update, sample)) from None
    return ("Correct: the loss starts at ln V, the gradients match the measured ones, and the program learns "
            "hello and writes it. You have written the whole program.")


def _so_far(mistake: Mistake, functions: Sequence[Callable]) -> Mistake:
    """The `Mistake`, which for the first function with dots left says what is right up to there."""
    due = next((place for place, function in enumerate(functions) if has_dots(function)), 0)
    # initial is judged by forward
    if mistake.name != "not-yet" or mistake.said.endswith(NO_RETURN) or due < 2:
        return mistake
    names = list(map(own_name, functions))
    return Mistake("not-yet", f"Not yet: {listed(names[:due])} are right so far; there are still dots in "
                              f"{names[due]}.")


def _states_of(forward: Callable) -> int:
    """How many states a reader's cell has, judged by the arguments of its forward pass."""
    name = own_name(forward)
    try:
        arguments = list(inspect.signature(forward).parameters)
    except (TypeError, ValueError):
        arguments = []
    if len(arguments) not in (4, 5):
        raise Mistake("other-arguments", f"The arguments of {name} are {listed(arguments)}, but it needs "
                      "four or five.",
                      "A cell with one state takes params, inputs, targets and h_prev. A cell with two "
                      "states also takes c_prev.",
                      f"Write def {name}(params, inputs, targets, h_prev), or (params, inputs, "
                      "targets, h_prev, c_prev).")
    return len(arguments) - 3


@dataclass
class Program:
    """A reader's program. Each step looks at one thing and raises a `Mistake` if it is wrong."""

    initial: Callable
    forward: Callable
    backward: Callable
    update: Callable
    sample: Callable
    gradient_error: Callable | None = None

    def __post_init__(self) -> None:
        self.states = _states_of(self.forward)
        self.taught = TAUGHT_BY_STATES[self.states]

    def untrained(self, V: int, H: int, seed: int = 0) -> dict[str, np.ndarray]:
        """Untrained parameters."""
        def read(answer) -> dict[str, np.ndarray]:
            if not isinstance(answer, Mapping) or not answer:
                raise Mistake("no-parameters", f"{own_name(self.initial)} should return a dictionary of "
                                               "arrays, each under its name.",
                              "The backward pass must return a gradient for each of these names.",
                              'Write return {"W_xh": ..., "W_hh": ..., ...}.')
            return {name: np.array(array, dtype=float) for name, array in answer.items()}

        return answer_of(self.initial, V, H, np.random.default_rng(seed), read=read)

    def loss_of(self, params, inputs, targets, state, place: str = "") -> tuple[float, tuple]:
        """The loss, and what else the forward pass returns."""
        def read(answer) -> tuple[float, tuple]:
            if not isinstance(answer, tuple | list) or len(answer) < 2:
                raise Mistake("nothing-kept", f"{place}{own_name(self.forward)} should return the loss, and "
                                              "what the backward pass needs.",
                              "Which values from the forward pass does the backward pass need?",
                              "For example, write return loss, h, p.")
            return numbers_of(answer[0], (), "The loss", place), tuple(answer[1:])

        return answer_of(self.forward, params, inputs, targets, *state, place=place, keeps=True, read=read)

    def first_loss(self) -> None:
        """The loss of an untrained network is that of chance."""
        for V, H in SIZES:
            self._first_loss_of(V, H)

    def _first_loss_of(self, V: int, H: int) -> None:
        params, ids = self.untrained(V, H), np.random.default_rng(1).integers(V, size=26)
        place = f"With {V} characters and {H} units: "
        loss, _ = self.loss_of(params, ids[:-1], ids[1:], [np.zeros(H)] * self.states, place)
        uniform_loss = math.log(V)
        if abs(loss - uniform_loss) <= FIRST_LOSS_WITHIN:
            return
        told = f"{place}the first loss is {loss:.4f}, but ln {V} is {uniform_loss:.4f}. "
        if abs(loss - 25 * uniform_loss) < 25 * FIRST_LOSS_WITHIN:
            raise Mistake("sum", f"{told}See {self.taught['forward']}.",
                          "It is 25 times too large, and this text has 25 steps. Is your loss a sum or a "
                          "mean?",
                          "You add up the losses. Divide the sum by the number of steps.")
        if loss > uniform_loss:
            raise Mistake("sure-and-wrong", f"{told}See {self.taught['initial']}.",
                          "Before the network has learnt anything, how probable should each character be?",
                          "The network is sure, and wrong. Either the weights are too large (use 0.01 times "
                          "standard_normal), or the loss is not -ln p of the target.")
        raise Mistake("too-good", f"{told}See {self.taught['forward']}.",
                      "The network has not learnt anything yet. Whose probability does your loss use?",
                      "An untrained network cannot beat chance. So either the loss does not use the "
                      "targets, or the probabilities do not add up to 1.")

    def units_apart(self) -> None:
        """In some array of untrained parameters the numbers differ."""
        if all(np.ptp(array) == 0 for array in self.untrained(*SIZES[1]).values()):
            raise Mistake("units-alike", f"In each array that {own_name(self.initial)} returns, all numbers "
                                         f"are the same. See {self.taught['initial']}.",
                          "Units that start alike get the same gradient. When do they become different?",
                          "The weights must be random: 0.01 * rng.standard_normal(shape).")

    def loss_of_targets(self) -> None:
        """The losses of one step, with each symbol as the target, fit probabilities."""
        params, inputs, _, state = self.passage(1)
        losses = [self.loss_of(params, inputs, np.array([k]), state, "At T = 1: ")[0] for k in range(5)]
        if abs(np.exp(-np.array(losses)).sum() - 1) > 1e-3:
            same = np.ptp(losses) < 1e-9
            raise Mistake("not-of-targets" if same else "no-probabilities",
                          "At T = 1, with every symbol as the target in turn, the losses are "
                          f"{', '.join(f'{loss:.4f}' for loss in losses)}: "
                          + ("the target makes no difference. " if same else
                             "these are not -ln of probabilities that add up to 1. ")
                          + f"See {self.taught['forward']}.",
                          "Whose probability belongs in the loss?" if same else
                          "How do scores become probabilities, and how does one of these become a loss?",
                          "The loss is -ln p[target], for the symbol in targets, not for the one in inputs."
                          if same else
                          "Write e = np.exp(y - y.max()), p = e / e.sum(), and -np.log(p[target]).")

    def first_states(self) -> None:
        """The loss of one step depends on each state before it."""
        params, inputs, targets, state = self.passage(1)
        loss, _ = self.loss_of(params, inputs, targets, state, "At T = 1: ")
        for n, name in enumerate(("h_prev", "c_prev")[:self.states]):
            other = [*state[:n], -state[n], *state[n + 1:]]
            if np.isclose(self.loss_of(params, inputs, targets, other, "At T = 1: ")[0], loss, rtol=1e-9):
                raise Mistake("first-state-not-used", f"At T = 1 the loss is {loss:.4f}, whatever {name} "
                                                      f"is. See {self.taught['forward']}.",
                              "Which state does the first step start from?",
                              f"Do not start from zeros. The state before the first step is {name}.")

    def states_carried(self) -> None:
        """The second of two steps starts from the states that the first one ends in.

        What the first step makes of the other state is somewhere in what the forward pass keeps.
        """
        params, inputs, targets, state = self.passage(2)
        both, _ = self.loss_of(params, inputs, targets, state)
        first, kept = self.loss_of(params, inputs[:1], targets[:1], state)
        for n, name in enumerate(("h_prev", "c_prev")[:self.states]):
            for row in _rows(kept, len(state[n])) if self.states > 1 else state:
                given = [state[n] if m == n else row for m in range(self.states)]
                second, _ = self.loss_of(params, inputs[1:], targets[1:], given)
                if np.isclose(first + second, 2 * both, rtol=1e-9):
                    key = name[0]
                    raise Mistake("state-not-carried",
                                  f"At T = 2 the second step starts from {name}, as the first one does. See "
                                  f"{self.taught['forward']}.",
                                  "What is the state before the second step?",
                                  f"Each step starts from the state of the step before, {key}[t - 1]. Only "
                                  f"for the first step is that {name}.")

    def passage(self, T: int) -> tuple[dict, np.ndarray, np.ndarray, list[np.ndarray]]:
        """Larger weights than at first, T characters of which one comes twice, states that are not zero."""
        rng, V, H = np.random.default_rng(30 + T), 5, 4
        params = self.untrained(V, H)
        for array in params.values():
            array += 0.5 * rng.standard_normal(array.shape)
        inputs = 2 * np.arange(T) % (V - 1)
        targets = (inputs + 1 + np.arange(T) % 2) % V
        return params, inputs, targets, list(rng.uniform(-0.6, 0.6, (self.states, H)))

    def gradients_of(self, T: int, state=None) -> tuple[dict, dict]:
        """A reader's gradients for T steps, and central differences of the reader's own loss.

        Without `state`, the first states are those from the passage.
        """
        params, inputs, targets, first = self.passage(T)
        state = first if state is None else state
        place = f"At T = {T}: "
        _, kept = self.loss_of(params, inputs, targets, state, place)
        shapes = {name: array.shape for name, array in params.items()}
        found = answer_of(self.backward, params, inputs, targets, *kept, place=place, keeps=True,
                          hint=" Its arguments are params, inputs, targets, and all that "
                               f"{own_name(self.forward)} returns after the loss: {len(kept)} more.",
                          read=lambda answer: arrays_of(answer, shapes, f"What {own_name(self.backward)} "
                                                                        "returns"))

        def loss() -> float:
            return self.loss_of(params, inputs, targets, state, place)[0]

        return found, {name: numerical_gradient(loss, array) for name, array in params.items()}

    def gradients(self) -> None:
        """All gradients agree with the measured ones, at every length."""
        tried = {T: self.gradients_of(T) for T in LENGTHS}
        wrong = {T: wrong_of(*pair) for T, pair in tried.items()}
        if not any(wrong.values()):
            return

        def times(factor: Callable[[int], float]) -> bool:
            return not any(wrong_of(found, {name: factor(T) * array for name, array in right.items()})
                           for T, (found, right) in tried.items())

        spoilt = {name for names in wrong.values() for name in names}
        at_read_out = bool(spoilt & _of_read_out(tried))
        told = f"{where(tried)} See {self.taught['read-out' if at_read_out else 'backward']}."
        if times(lambda T: T):
            raise Mistake("no-mean", told, "Each gradient is T times too large. Is the loss a sum or a mean?",
                          "The loss is a mean, so divide dy by the number of steps.")
        if times(lambda T: -1):
            raise Mistake("turned-sign", told, "Every gradient is right except for its sign.",
                          "dy is p minus the one-hot target, not the other way round.")
        without = [name for name in tried[1][1] if not any(right[name].any() for _, right in tried.values())]
        if spoilt and spoilt <= set(without):
            raise Mistake("not-in-forward", told, f"Your loss does not depend on {listed(without)}. Should "
                                                  "it?",
                          "Your forward pass leaves it out. Go through the equations term by term.")
        empty = [name for name in spoilt if not any(found[name].any() for found, _ in tried.values())]
        if empty:
            raise Mistake("nothing-added", told, f"The gradient of {listed(empty)} is zero everywhere.",
                          "Nothing is added to it. At every step, write grads[...] += what this step "
                          "contributes.")
        if at_read_out and spoilt <= _of_read_out(tried):
            raise Mistake("wrong-read-out-line", told,
                          "Everything else is right and is computed from dy, so dy is right too. Look at the "
                          "line for the gradient that is wrong.",
                          "At every step, the output weights get the outer product of the state and dy, and "
                          "their bias gets dy, both with +=. Use the state after the same step.")
        if at_read_out:
            raise Mistake("wrong-read-out", told,
                          "The backward pass starts at the scores, and everything else is computed from dy.",
                          "dy is p minus one-hot. The output weights get the outer product of h and dy, "
                          "their bias gets dy, and both are added up over all steps.")
        zero = [np.zeros(4)] * self.states
        if not any(wrong_of(*self.gradients_of(T, zero)) for T in LENGTHS):
            raise Mistake("first-state-zero", told,
                          "With zeros as the state before the first step, everything is right. What "
                          "changes with a different state?",
                          f"The state before the first step is h_prev, which {own_name(self.forward)} was "
                          f"given. Pass it on to {own_name(self.backward)}.")
        if wrong[1]:
            raise Mistake("wrong-cell", told,
                          "Even with a single time step some gradients are wrong. Look between dh and da, "
                          "and at the lines for the gradients that are wrong.",
                          "A factor, a slope or an h_prev is wrong. Compare your lines with the equations, "
                          "one by one.")
        if wrong[2]:
            memory = ", and as dc_next, through f" if self.states == 2 else ""
            raise Mistake("wrong-carry", told,
                          "With a single time step everything is right. What is passed back from step to "
                          "step?",
                          f"What is passed back (through W_hh.T, from da{memory}) is wrong, or an = should "
                          "be +=.")
        raise Mistake("repeated-symbol", told, "The gradient is wrong only where a symbol comes twice.",
                      "The row of a symbol is a sum over all steps that read the symbol: write +=, not =.")

    def gradient_check(self) -> None:
        """The reader's gradient check passes a right gradient, finds one bad entry, and keeps the weights."""
        if self.gradient_error is None:
            return
        params, inputs, targets, state = self.passage(2)
        _, right = self.gradients_of(2)
        name = max(params, key=lambda name: params[name].size)
        entries = np.argsort(-np.abs(right[name]).ravel())[:4]
        spoilt = right[name].copy()
        spoilt.flat[entries[2]] *= 1.5
        for gradient, good, size in ((right[name], True, 1), (spoilt, False, 1), (spoilt, False, SMALL)):
            moving = {key: array.copy() for key, array in params.items()}

            def call(gradient, entries, moving=moving, size=size):
                def loss() -> float:
                    return size * self.forward(moving, inputs, targets, *state)[0]

                return self.gradient_error(loss, moving[name], gradient, entries)

            error = answer_of(under_its_name(self.gradient_error, call), size * gradient, entries, shape=())
            if (error < 1e-7) != good or not np.allclose(moving[name], params[name], rtol=0, atol=1e-12):
                kind = ("right" if good else "wrong in one entry") + " and small everywhere" * (size < 1)
                raise Mistake("gradient-check", f"Your gradient check gives {error:.0e} for a gradient that "
                                                f"is {kind}. See {self.taught['gradient_error']}.",
                              "Move each weight up, down and back. Then compare the measured gradients "
                              "with the given ones by their norms.",
                              "Use central differences with eps = 1e-5, restore each weight, and return the "
                              "relative error.")

    def squares(self) -> None:
        """An update adds to the sums of squares."""
        def call(params, grads, squares):
            self.update(params, grads, squares, RATE)
            return [params["w"], squares["w"]]

        given = {"w": np.zeros(2)}, {"w": np.array([0.01, -0.1])}, {"w": np.zeros(2)}
        moved, sums = answer_of(under_its_name(self.update, call), *given, shape=(2, 2))
        if moved.any() and not sums.any():
            raise Mistake("squares-not-added", f"After an update the sums of squares are still zero. See "
                          f"{self.taught['update']}.", "What does Adagrad remember of the gradients so far?",
                          "Write squares[name] += g**2, before you divide by its root.")

    def clip(self) -> None:
        """An enormous gradient is clipped before it is added to the sums of squares."""
        params, grads = {"w": np.zeros(2)}, {"w": np.array([0.01, -3.0])}

        def call(params, grads):
            squares = {"w": np.zeros(2)}
            for _ in range(2):
                self.update(params, {"w": grads["w"].copy()}, squares, RATE)
                grads["w"][1] = -0.1
            return params["w"]

        moved = answer_of(under_its_name(self.update, call), params, grads, shape=(2,))
        # Clipped at 0.2, its second step is nearly half as long as the first.
        if 0 < moved[1] < 1.2 * RATE:
            if abs(moved[0]) < RATE / 2:
                raise Mistake("not-divided", f"Two gradients of 0.01 move a weight by {abs(moved[0]):.4f}; "
                                             f"with Adagrad it should be {RATE * (1 + 0.5**0.5):.4f}. See "
                                             f"{self.taught['update']}.",
                              "How long is Adagrad's first step, however small the gradient?",
                              "g must be divided by the root of the sum of squares.")
            raise Mistake("not-clipped", "After a gradient of -3 a second one of -0.1 moves a weight by "
                                         f"only {max(moved[1] - RATE, 0):.4f}. See {self.taught['update']}.",
                          "How large is the first gradient when it is added to the sum of squares?",
                          "Clip first, at 0.2, and add the square of the clipped gradient.")

    def rate(self) -> None:
        """The first update is another one at another learning rate."""
        params, grads = {"w": np.zeros(2)}, {"w": np.array([0.01, -0.1])}

        def call(params, grads):
            moved = []
            for rate in (RATE, RATE / 2):
                one = {"w": params["w"].copy()}
                self.update(one, {"w": grads["w"].copy()}, {"w": np.zeros(2)}, rate)
                moved.append(one["w"])
            return moved

        moved = answer_of(under_its_name(self.update, call), params, grads, shape=(2, 2))
        if moved[0].any() and np.allclose(*moved):
            raise Mistake("rate-not-used", f"At learning rates {RATE} and {RATE / 2} a weight moves by the "
                                           f"same {abs(moved[0][0]):.4f}. See {self.taught['update']}.",
                          "Which argument says how long a step is?", "Use the argument learning_rate.")

    def trained(self, inputs, targets, V: int) -> tuple[dict, float]:
        """Parameters after `UPDATES` updates on one passage, read from zero states, and its loss."""
        fresh = self.untrained(V, UNITS)

        def call(params):
            squares = {name: np.zeros_like(array) for name, array in params.items()}
            for _ in range(UPDATES):
                _, *kept = self.forward(params, inputs, targets, *[np.zeros(UNITS)] * self.states)
                self.update(params, self.backward(params, inputs, targets, *kept), squares, RATE)
            return params

        params = answer_of(under_its_name(self.update, call), fresh, unanswered=lambda answer: False,
                           hint=" This happened while the program trained on a short text.")
        if all(np.array_equal(params[name], fresh[name]) for name in fresh):
            raise Mistake("nothing-moves", f"After {UPDATES:,} updates no parameter has changed. See "
                                           f"{self.taught['update']}.",
                          f"{own_name(self.update)} returns nothing, so it has to change the arrays "
                          "themselves.",
                          "Write params[name] -= learning_rate * g / (np.sqrt(squares[name]) + 1e-10).")
        if not all(np.isfinite(array).all() for array in params.values()):
            raise Mistake("nan", f"While it trains on a short text, weights become nan or infinite. See "
                          f"{self.taught['update']}.",
                          "If all gradients of a weight were zero, so is its sum of squares. What do you "
                          "divide by?",
                          "Write / (np.sqrt(squares[name]) + 1e-10), because without eps 0 / 0 is nan.")
        loss, _ = self.loss_of(params, inputs, targets, [np.zeros(UNITS)] * self.states, "After training: ")
        return params, loss

    def not_learnt(self, what: str, loss: float, under: float) -> Mistake:
        """The `Mistake` of a program that does not learn although its gradients are right."""
        return Mistake("does-not-learn", f"After {UPDATES:,} updates on {what} the loss is {loss:.4f}; it "
                                         f"should be under {under}. See {self.taught['update']}.",
                       "The gradients are right. Is the update wrong, or do all units start alike?",
                       "Adagrad clips at 0.2, adds g**2 to squares, and subtracts rate * g / the root of "
                       "squares. The initial weights must be random.")

    def learns_hello(self) -> None:
        """It learns the word, and nearly always writes ello after h."""
        params, loss = self.trained(*HELLO, 4)
        if not loss < HELLO_UNDER:
            raise self.not_learnt("hello", loss, HELLO_UNDER)
        self.writes_hello(params)

    def learns_period(self) -> None:
        """It learns a text of period 3."""
        text = np.arange(13) % PERIOD
        _, loss = self.trained(text[:-1], text[1:], PERIOD)
        if not loss < PERIOD_UNDER:
            raise self.not_learnt("a text of period 3", loss, PERIOD_UNDER)

    def writes_hello(self, params) -> None:
        """It nearly always writes ello after h."""
        rng = np.random.default_rng(3)

        def call(params):
            return [self.sample(params, *[np.zeros(UNITS)] * self.states, 0, 4, rng) for _ in range(WORDS)]

        words = answer_of(under_its_name(self.sample, call), params, unanswered=lambda answer: (
            answer[0] is None or answer[0] is ...))
        words = [tuple(int(i) for i in numbers_of(word, (None,), f"What {own_name(self.sample)} returns"))
                 for word in words]
        right = words.count((1, 2, 2, 3))
        if right < RIGHT_WORDS:
            told = (f"After h, {right} of {WORDS} words continue with ello, the symbols [1, 2, 2, 3]. The "
                    f"first one continues with {list(words[0])}. See {self.taught['sample']}.")
            if {len(word) for word in words} != {4}:
                wrong = next(word for word in words if len(word) != 4)
                raise Mistake("wrong-length", f"For length 4 {own_name(self.sample)} returns {list(wrong)}, "
                              f"and not 4 symbols. See {self.taught['sample']}.",
                              "How many times do you draw, and what do you keep?",
                              f"Keep each draw, but not the symbol that {own_name(self.sample)} was given.")
            alike = all(len(set(word)) == 1 for word in words)
            idea = ("The loss shows that the network knows the word. How does "
                    f"{own_name(self.sample)} differ from a step of the forward pass?")
            if alike:
                idea = "Each word repeats one letter. What does the network read at its second step?"
            raise Mistake("does-not-write", told, idea,
                          "At each step the network reads the symbol that was just drawn, and starts from "
                          "the state of the step before. Update both.")

    def chances(self) -> None:
        """Two symbols in a row are drawn as often as the reader's own losses say.

        The word hello is not enough: each step follows from its place alone, whatever was drawn before.
        """
        params, _, _, state = self.passage(6)
        params, V = {name: 2 * array for name, array in params.items()}, 5
        drawn, chances, rng = np.zeros((V, V)), np.zeros((V, V)), np.random.default_rng(4)
        for pair in np.ndindex(V, V):
            loss, _ = self.loss_of(params, np.array([0, pair[0]]), np.array(pair), state)
            chances[pair] = np.exp(-2 * loss)

        def call(params):
            return [self.sample(params, *state, 0, 2, rng) for _ in range(PAIRS)]

        for pair in answer_of(under_its_name(self.sample, call), params):
            first, second = numbers_of(pair, (2,), f"What {own_name(self.sample)} returns")
            drawn[int(first), int(second)] += 1 / PAIRS
        if abs(drawn - chances).sum() / 2 > PAIRS_APART:
            raise Mistake("other-chances", "It writes hello. But with different weights, some pairs of "
                                           f"symbols are drawn more often than {own_name(self.forward)} "
                                           f"predicts, and others less often. See {self.taught['sample']}.",
                          "In hello every letter is certain, and the position in the word is enough. Here "
                          "chance decides. What does the network read at its second step?",
                          "Draw once per step, with the probabilities of that step. Keep what was drawn, and "
                          "read it next.")


def _rows(kept, length: int) -> list[np.ndarray]:
    """All rows of this length in what a forward pass keeps, whatever holds them."""
    if isinstance(kept, Mapping):
        kept = list(kept.values())
    if isinstance(kept, list | tuple) and not all(isinstance(one, numbers.Number) for one in kept):
        return [row for one in kept for row in _rows(one, length)]
    array = np.asarray(kept)
    if array.ndim and array.shape[-1] == length and array.dtype.kind in "iuf":
        return list(array.reshape(-1, length).astype(float))
    return []


def _of_read_out(tried: Mapping[int, tuple]) -> set[str]:
    """The parameters of the output layer: pushes on scores cancel, so their gradients add up to zero."""
    V, right = 5, [measured for _, measured in tried.values()]

    def cancels(name: str, axis: int) -> bool:
        return right[0][name].shape[axis] == V and all(
            np.abs(one[name].sum(axis=axis)).max() < 1e-6 < np.abs(one[name]).max() for one in right)

    return {name for name in right[0] if any(cancels(name, axis) for axis in range(right[0][name].ndim))}


STEPS = (       # in this order
    Program.first_loss, Program.units_apart, Program.loss_of_targets, Program.first_states,
    Program.states_carried, Program.gradients, Program.gradient_check, Program.squares, Program.clip,
    Program.rate, Program.learns_hello, Program.chances, Program.learns_period)
