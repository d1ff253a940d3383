"""Gradients clipped, as `train` does before an update: by the norm of all of them, or entry by entry."""

import math

import numpy as np

from helpers.networks.checks import check_positive
from helpers.networks.parameters import Parameters


def norm(grads: Parameters) -> float:
    """Length of the whole gradient, inf where its square is too large for its dtype."""
    g = grads.vector
    with np.errstate(all="ignore"):
        return math.sqrt(g.dot(g))


def clip_norm(grads: Parameters, max_norm: float) -> float:
    """Shorten `grads` in place to a norm of at most `max_norm`, keeping its direction.

    Returns the norm before (Pascanu, Mikolov and Bengio 2013, algorithm 1).
    """
    check_positive("max_norm", max_norm)
    before = length = norm(grads)
    if before > max_norm:
        g = grads.vector
        with np.errstate(all="ignore"):
            if math.isinf(before):  # too large to be squared: bring it into range first
                g /= np.abs(g).max()
                length = norm(grads)
            g *= max_norm / length
    return before


def clip_value(grads: Parameters, limit: float) -> float:
    """Bring every entry of `grads` in place into -limit to limit; returns the share of entries clipped."""
    check_positive("limit", limit)
    g = grads.vector
    if -limit <= g.min() and g.max() <= limit:
        return 0.0
    share = float(np.count_nonzero(np.abs(g) > limit) / g.size)
    np.clip(g, -limit, limit, out=g)
    return share
