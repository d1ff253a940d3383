"""Optimisers with PyTorch's formulas, and the two ways to clip a gradient."""

import numpy as np

from helpers.parameters import Parameters


class Optimizer:
    """Base of the optimisers: a learning rate that may be set at any time, and a memory.

    `memory` maps names to vectors as long as the parameters; it is empty before the first update.
    """

    def __init__(self, learning_rate: float):
        self.learning_rate = learning_rate
        self.memory: dict[str, np.ndarray] = {}
        self.updates = 0

    @property
    def learning_rate(self) -> float:
        """How far an update goes; a finite number above 0."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = check_positive("learning_rate", value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate:g})"

    def update(self, params: Parameters, grads: Parameters) -> None:
        """Move `params` in place against `grads`. Nothing is changed before all is computed."""
        if params.shapes != grads.shapes:
            raise ValueError(f"grads has the arrays {grads.shapes}, expected those of params, {params.shapes}")
        step, memory = self._step(grads.vector, self.updates + 1)
        vector = params.vector
        self.updates += 1
        self.memory = memory
        vector -= step


class SGD(Optimizer):
    """v = momentum v + g;  p = p - learning_rate v  (without momentum simply g for v)."""

    def __init__(self, learning_rate: float, momentum: float = 0.0):
        super().__init__(learning_rate)
        self.momentum = check_share("momentum", momentum)

    def _step(self, g, updates):
        if not self.momentum:
            return self.learning_rate * g, {}
        v = self.momentum * self.memory.get("v", 0) + g
        return self.learning_rate * v, {"v": v}


class Adagrad(Optimizer):
    """s = s + g^2;  p = p - learning_rate g / (sqrt(s) + eps)  (Duchi, Hazan and Singer 2011)."""

    def __init__(self, learning_rate: float = 0.1, eps: float = 1e-10):
        super().__init__(learning_rate)
        self.eps = check_positive("eps", eps)

    def _step(self, g, updates):
        s = self.memory.get("s", 0) + g**2
        return self.learning_rate * g / (np.sqrt(s) + self.eps), {"s": s}


class RMSProp(Optimizer):
    """s = rho s + (1 - rho) g^2;  p = p - learning_rate g / (sqrt(s) + eps)  (Hinton's lecture 6e)."""

    def __init__(self, learning_rate: float = 0.01, rho: float = 0.99, eps: float = 1e-8):
        super().__init__(learning_rate)
        self.rho, self.eps = check_share("rho", rho), check_positive("eps", eps)

    def _step(self, g, updates):
        s = self.rho * self.memory.get("s", 0) + (1 - self.rho) * g**2
        return self.learning_rate * g / (np.sqrt(s) + self.eps), {"s": s}


class Adam(Optimizer):
    """Means of g and g^2, each divided by what it lacks at the start (Kingma and Ba 2015, algorithm 1)."""

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
        super().__init__(learning_rate)
        self.beta1, self.beta2 = check_share("beta1", beta1), check_share("beta2", beta2)
        self.eps = check_positive("eps", eps)

    def _step(self, g, updates):
        m = self.beta1 * self.memory.get("m", 0) + (1 - self.beta1) * g
        v = self.beta2 * self.memory.get("v", 0) + (1 - self.beta2) * g**2
        m_hat, v_hat = m / (1 - self.beta1**updates), v / (1 - self.beta2**updates)
        return self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps), {"m": m, "v": v}


def clip_norm(grads: Parameters, max_norm: float) -> float:
    """Shorten `grads` in place to a norm of at most `max_norm`, keeping its direction; returns the norm before.

    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    check_positive("max_norm", max_norm)
    g = grads.vector
    norm = float(np.sqrt(g @ g))
    if norm > max_norm:
        g *= max_norm / norm
    return norm


def clip_value(grads: Parameters, limit: float) -> float:
    """Bring every entry of `grads` in place into -limit to limit; returns the share of entries clipped."""
    check_positive("limit", limit)
    g = grads.vector
    share = float(np.count_nonzero(np.abs(g) > limit) / g.size)
    np.clip(g, -limit, limit, out=g)
    return share


def check_positive(name: str, value: float) -> float:
    """`value` as a float if it is a finite number above 0.

    Raises:
        TypeError: it is no number. ValueError: it is not finite or not above 0.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number above 0, got {value!r}")
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a finite number above 0, got {value!r}")
    return float(value)


def check_share(name: str, value: float) -> float:
    """`value` as a float if it is at least 0 and below 1."""
    if value != 0:
        check_positive(name, value)
    if value >= 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {value!r}")
    return float(value)
