"""Optimisers with PyTorch's formulas, for `train` and for readers who write their own loop."""

from abc import ABC, abstractmethod

import numpy as np

from helpers.networks.checks import check_positive, check_share
from helpers.networks.parameters import Parameters, aligned


class Diverged(ArithmeticError):
    """Loss, gradient or step have become too large to go on. The failed update has changed nothing."""


class Optimizer(ABC):
    """Base of the optimisers: a learning rate that may be set at any time, and a memory.

    A new one names in `remembers` the vectors that it needs, and writes `_compute`.

    Attributes:
        memory: vectors by name, as long as the parameters; empty before the first update.
        updates: how many were made.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, learning_rate: float):
        self.learning_rate = learning_rate
        self.memory: dict[str, np.ndarray] = {}
        self.updates = 0
        self._spare: dict[str, np.ndarray] = {}

    @property
    def learning_rate(self) -> float:
        """How far an update goes; a finite number above 0."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = check_positive("learning_rate", value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate:g})"

    @abstractmethod
    def _compute(
        self, g: np.ndarray, old: dict[str, np.ndarray], new: dict[str, np.ndarray], step: np.ndarray
    ) -> None:
        """From the gradient g and the old memory fill the new memory and the step to be taken off."""

    def update(self, params: Parameters, grads: Parameters) -> None:
        """Move `params` in place against `grads`; raises Diverged, with nothing changed, if it can't."""
        vector, g = params.vector, grads.vector
        if params.shapes != grads.shapes or vector.dtype != g.dtype:
            raise ValueError(f"grads is {grads!r}, expected the arrays and dtype of params, {params!r}")
        old = self.memory or {name: params.zeros_like().vector for name in self.remembers}
        new = self._spare
        if "step" not in new or new["step"].shape != g.shape or new["step"].dtype != g.dtype:
            new = {name: aligned(g.shape, g.dtype) for name in ("step", *self.remembers)}
        step = new.pop("step")
        with np.errstate(all="ignore"):
            self._compute(g, old, new, step)
            if not np.isfinite(step.dot(step)):
                raise Diverged(
                    "The update is too large: lower the learning rate, or clip the gradient."
                    if np.isfinite(g).all() else
                    "The gradient has nan or infinity in it, so nothing was updated. Look at the loss and "
                    "the backward pass of this update.")
        np.subtract(vector, step, out=step)

        def put_in_place() -> None:
            vector[...] = step
            self.memory, self._spare, self.updates = new, {"step": step, **old}, updates

        # All is computed; the new memory and the old change places.
        updates = self.updates + 1
        try:
            put_in_place()
        except BaseException:   # an interrupt in the middle of it: finish first
            put_in_place()
            raise


class SGD(Optimizer):
    """v = momentum v + g;  p = p - learning_rate v  (without momentum g in place of v)."""

    def __init__(self, learning_rate: float, momentum: float = 0.0):
        super().__init__(learning_rate)
        self.momentum = check_share("momentum", momentum)
        self.remembers = ("v",) if momentum else ()

    def _compute(self, g, old, new, step):
        if self.momentum:
            np.multiply(old["v"], self.momentum, out=new["v"])
            new["v"] += g
            g = new["v"]
        np.multiply(g, self.learning_rate, out=step)


class Adagrad(Optimizer):
    """s = s + g^2;  p = p - learning_rate g / (sqrt(s) + eps)  (Duchi, Hazan and Singer 2011)."""

    remembers = ("s",)

    def __init__(self, learning_rate: float = 0.1, eps: float = 1e-10):
        super().__init__(learning_rate)
        self.eps = check_positive("eps", eps)

    def _compute(self, g, old, new, step):
        np.square(g, out=new["s"])
        new["s"] += old["s"]
        divide_by_root(g, new["s"], self.eps, out=step)
        step *= self.learning_rate


class RMSProp(Optimizer):
    """s = rho s + (1 - rho) g^2;  p = p - learning_rate g / (sqrt(s) + eps)  (Hinton's lecture 6e)."""

    remembers = ("s",)

    def __init__(self, learning_rate: float = 0.01, rho: float = 0.99, eps: float = 1e-8):
        super().__init__(learning_rate)
        self.rho, self.eps = check_share("rho", rho), check_positive("eps", eps)

    def _compute(self, g, old, new, step):
        moving_mean(old["s"], np.square(g, out=step), self.rho, out=new["s"])
        divide_by_root(g, new["s"], self.eps, out=step)
        step *= self.learning_rate


class Adam(Optimizer):
    """m, v = moving means of g and g^2, each divided by the share of it that is not yet filled;
    p = p - learning_rate m / (sqrt(v) + eps)  (Kingma and Ba 2015, algorithm 1).
    """

    remembers = ("m", "v")

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ):
        super().__init__(learning_rate)
        self.beta1, self.beta2 = check_share("beta1", beta1), check_share("beta2", beta2)
        self.eps = check_positive("eps", eps)

    def _compute(self, g, old, new, step):
        moving_mean(old["v"], np.square(g, out=step), self.beta2, out=new["v"])
        moving_mean(old["m"], g, self.beta1, out=new["m"])
        lack_m, lack_v = 1 - self.beta1 ** (self.updates + 1), 1 - self.beta2 ** (self.updates + 1)
        # m / lack_m / (sqrt(v / lack_v) + eps), with the two numbers taken out of the vectors
        divide_by_root(new["m"], new["v"], self.eps * lack_v**0.5, out=step)
        step *= self.learning_rate * lack_v**0.5 / lack_m


def divide_by_root(a: np.ndarray, b: np.ndarray, eps: float, out: np.ndarray) -> None:
    """out = a / (sqrt(b) + eps)."""
    np.sqrt(b, out=out)
    out += eps
    np.divide(a, out, out=out)


def moving_mean(old: np.ndarray, a: np.ndarray, share: float, out: np.ndarray) -> None:
    """out = share old + (1 - share) a, as old + (1 - share) (a - old)."""
    np.subtract(a, old, out=out)
    out *= 1 - share
    out += old


OPTIMIZERS = {"SGD": SGD, "Adagrad": Adagrad, "RMSProp": RMSProp, "Adam": Adam}
