"""The counter of lesson 12 as in the solutions, with the names of the lesson."""

import numpy as np

__all__ = ["counter", "read_out"]


def counter():
    """W_xh (2, 4), W_hh (1, 4) and b_h (4,) of one LSTM unit that goes up at each a, down at each b."""
    W_xh = np.zeros((2, 4))
    W_hh = np.zeros((1, 4))
    b_h = np.zeros(4)
    b_h[1] = 20
    b_h[0] = 20
    b_h[2] = 20
    W_xh[0, 3] = 20
    W_xh[1, 3] = -20
    return W_xh, W_hh, b_h


def read_out():
    """W_hy (1, 2) and b_y (2,): the scores of b and of the end, from the h of that unit."""
    W_hy = np.array([[10.0, 0.0]])
    b_y = np.array([0.0, 5.0])
    return W_hy, b_y
