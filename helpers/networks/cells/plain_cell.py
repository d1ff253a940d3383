"""A cell from its two steps alone, by the loops of `helpers.networks.cells.plain`."""

from abc import abstractmethod
from typing import Any

import numpy as np

from helpers.networks.cells import plain
from helpers.networks.cells.cell import Cell, State
from helpers.networks.cells.workspace import Cache
from helpers.networks.parameters import Parameters


class PlainCell(Cell):
    """A cell of your own: write `step` and `step_back`, and everything else comes from these two.

    It is slower than RNN, LSTM and GRU, and does what they do: it trains, writes, is saved and goes into the
    laboratory. A class says its `state_names` (h alone if left out), its `gate_names`, and `shapes` if it has
    more parameters than W_xh (D, K H), W_hh (H, K H) and b_h (K H,), where K is the number of gates, or 1.

    >>> class Kept(PlainCell):
    ...     '''h = z h_prev + (1 - z) n: half of a GRU.'''
    ...     gate_names = "z", "n"
    ...
    ...     def step(self, p, x, h_prev):
    ...         a_z, a_n = np.split(x @ p.W_xh + h_prev @ p.W_hh + p.b_h, 2, axis=1)
    ...         z, n = 1 / (1 + np.exp(-a_z)), np.tanh(a_n)
    ...         return z * h_prev + (1 - z) * n, z, n
    ...
    ...     def step_back(self, p, grads, h_prev, h, z, n, dh):
    ...         da = np.hstack([dh * (h_prev - n) * z * (1 - z), dh * (1 - z) * (1 - n**2)])
    ...         return da, dh * z + da @ p.W_hh.T
    >>> from helpers.networks import CharModel, gradient_check
    >>> model = CharModel(Kept(input_size=5, hidden_size=3), np.random.default_rng(0))
    >>> symbols = np.array([[0], [3], [1], [4]])
    >>> max(gradient_check(model, symbols[:-1], symbols[1:]).values()) < 1e-7
    True
    """

    gate_names: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        if "gate_names" in vars(cls) and "gate_count" not in vars(cls):
            cls.gate_count = len(cls.gate_names) or 1

    @abstractmethod
    def step(self, *arrays: Any, **settings: Any) -> Any:
        """One step forward: `step(p, x, *state)`.

        Args:
            p: the parameters.
            x: (B, D); symbols come as one-hot rows. Use it in x @ p.W_xh + p.b_h alone, since samples know
                nothing else of it.
            state: before the step, (B, H) for each of `state_names`. All arrays can only be read.

        Returns:
            (B, H) each: the state after the step, h first; the outputs of the gates, in the order of
            `gate_names`; and then whatever else `step_back` needs.
        """

    @abstractmethod
    def step_back(self, *arrays: Any, **settings: Any) -> Any:
        """One step back: `step_back(p, grads, *state, *returned, *d_state)`.

        Args:
            p, state, returned: the parameters, and what `step` was given as state and returned.
            grads: add the gradients of what is not W_xh, W_hh or b_h, as in
                ``grads.p_i += (da_i * c_prev).sum(axis=0)``.
            d_state: gradient with respect to the state after the step, (B, H) for each of `state_names`.

        Returns:
            da (B, K H), the gradient with respect to x W_xh + h_prev W_hh + b_h, or the pair (da, da_h) where
            x W_xh + b_h and h_prev W_hh are not added at once; then the gradient with respect to the state
            before the step, (B, H) for each of `state_names`.
        """

    def forward(self, p: Parameters, x, state: State | None = None, cache: Cache | None = None):
        """As `Cell.forward`."""
        first, cache = self._begin(p, x, state, cache)
        shape = cache.batch, self.hidden_size
        first = [np.broadcast_to(np.array(a, cache.dtype),
                                 shape) for a in first]     # copies, to be read only
        cache.kept = self._forward(p, self._rows(cache), *first)
        *states, _ = cache.kept
        h = np.array([states[0][t] for t in range(cache.steps)])
        return h, tuple(state[cache.steps - 1].copy() for state in states), cache

    def backward(
        self, p: Parameters, d_h: np.ndarray, cache: Cache, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`."""
        d_h, d_next, grads = self._begin_backward(p, d_h, cache, d_state, grads)
        found, d_x, d_first, _ = self._backward(p, self._rows(cache), *cache.kept, d_h, *d_next)
        for name in self.shapes:
            grads[name] = found[name]
        return grads, d_x if cache.x.ndim == 3 else None, tuple(np.array(d, cache.dtype) for d in d_first)

    def gates(self, cache: Cache) -> dict[str, np.ndarray]:
        """As `Cell.gates`, by `gate_names`."""
        *_, kept = cache.kept
        return {name: np.array([kept[t][n] for t in range(cache.steps)])
                for n, name in enumerate(self.gate_names)}

    def step_fn(self, p: Parameters, state: State):
        """As `Cell.step_fn`: a step whose input is x W_xh + b_h itself, by a W_xh that changes nothing."""
        width, H = len(p.b_h), self.hidden_size
        at = Parameters({**self.shapes, "W_xh": (width, width)}, dtype=p.vector.dtype)
        for name in self.shapes:
            at[name] = {"W_xh": np.eye(width), "b_h": 0.0}.get(name, p[name])
        rows = tuple(np.array(a).reshape(-1, H) for a in state)

        def move(x_W, h_W):
            nonlocal rows
            *rows, _ = self._step(at, x_W.reshape(-1, width), *rows)
            return rows[0].reshape(*x_W.shape[:-1], H)

        return move

    def plain(self):
        """As `Cell.plain`: what it computes with."""
        return self._forward, self._backward

    def _forward(self, p, x, *first):
        return plain.forward(self._step, p, x, *first)

    def _backward(self, p, x, *given):
        count, names = len(self.state_names), ("da", *(f"d{name}" for name in self.state_names))
        states, (kept, d_h, *d_next) = given[:count], given[count:]

        def step_back(t, grads, *d_state):
            before, after = ([state[at] for state in states] for at in (t - 1, t))
            found = self.step_back(p, grads, *before, *after, *kept[t], *d_state)
            da, *d_before = self._named("step_back", found, names)
            sums = tuple(self._array("step_back", "da", a, p, (len(d_h[t]), len(p.b_h)))
                         for a in (da if isinstance(da, tuple) else (da, da)))
            return sums, *(self._array("step_back", name, d, p, before[0].shape)
                           for name, d in zip(names[1:], d_before, strict=True))

        zeros = [np.zeros_like(states[0][-1])] * count
        return plain.backward(step_back, p, x, states[0], d_h, *d_next or zeros)

    def _step(self, p, x, *state):
        """The state after a step; and, as one, the gates and whatever else `step` returns."""
        names, count = (*self.state_names, *self.gate_names), len(self.state_names)
        found = self._named("step", self.step(p, x, *state), names, more=True)
        arrays = [self._array("step", name, a, p, state[0].shape)
                  for name, a in zip(names, found, strict=False)]
        return *arrays[:count], (*arrays[count:], *found[len(names):])

    def _named(self, step: str, found, names: tuple[str, ...], more: bool = False) -> tuple:
        """What a step returned, if it is as many as it has `names`, or `more`."""
        found = tuple(found) if isinstance(found, tuple | list) else (found,)
        if len(found) < len(names) or (len(found) > len(names) and not more):
            raise ValueError(f"{type(self).__name__}.{step} returned {len(found)} instead of {len(names)} "
                             f"arrays: return {', '.join(names)}")
        return found

    def _array(self, step: str, name: str, a, p: Parameters, shape: tuple[int, ...]) -> np.ndarray:
        """A copy that nothing writes into, if it is an array of this shape."""
        a = self._check_array(f"{name} from {type(self).__name__}.{step}", a, shape)
        array = np.array(a, p.vector.dtype)
        array.flags.writeable = False
        return array

    def _rows(self, cache: Cache) -> np.ndarray:
        """The inputs (T, B, D), to be read only."""
        x = np.eye(self.input_size, dtype=cache.dtype)[cache.x] if cache.x.ndim == 2 else cache.x.view()
        x.flags.writeable = False
        return x
