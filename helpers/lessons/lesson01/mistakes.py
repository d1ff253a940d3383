"""The mistakes that the checks of lesson 01 know, and answers on which the tests try the checks."""

import numpy as np

from helpers.checks import Mutant


def state(x, h_prev, W_xh, W_hh, b_h, sees=1, remembers=1, bias=1, squash=np.tanh):
    """The new state, with factors of its three terms."""
    return squash(sees * x @ W_xh + remembers * h_prev @ W_hh + bias * b_h)


STEP = (
    Mutant("not-squashed", lambda *given: state(*given, squash=np.positive),
           "The sum is right, but it is not squashed. Return np.tanh of it."),
    Mutant("no-memory", lambda *given: state(*given, remembers=0),
           "The previous state is missing, so this network has no memory yet."),
    Mutant("no-input", lambda *given: state(*given, sees=0),
           "The input is missing: x has to act through W_xh."),
    Mutant("no-bias", lambda *given: state(*given, bias=0), "The bias b_h is missing."),
    Mutant("transposed", lambda x, h_prev, W_xh, W_hh, b_h: state(x, h_prev, W_xh, W_hh.T, b_h),
           "W_hh is used the wrong way round. Write h_prev @ W_hh, not W_hh @ h_prev."),
    Mutant("bias-sign", lambda *given: state(*given, bias=-1), "The sign of the bias is flipped."),
    Mutant("bias-outside", lambda *given: state(*given, bias=0) + given[-1],
           "Only the sum of the two products is squashed, but the bias belongs inside the tanh too."),
    Mutant("squashed-apart",
           lambda *given: state(*given, remembers=0, bias=0) + state(*given, sees=0, bias=0) + given[-1],
           "You squash each product. Add them and b_h first, then take tanh once."),
)


def size(V, H, T, b_h=True, b_y=True, W_hy=True, W_hh=True):
    """How many weights the network has, whatever T is, with parts of it left out."""
    return V * H + H * H * W_hh + H * b_h + H * V * W_hy + V * b_y


COUNT = (
    Mutant("no-biases", lambda V, H, T: size(V, H, T, b_h=False, b_y=False),
           "Both biases are missing: b_h has H numbers and b_y has V."),
    Mutant("no-b-h", lambda V, H, T: size(V, H, T, b_h=False), "The bias b_h is missing. It has H numbers."),
    Mutant("no-b-y", lambda V, H, T: size(V, H, T, b_y=False), "The bias b_y is missing. It has V numbers."),
    Mutant("no-read-out", lambda V, H, T: size(V, H, T, W_hy=False, b_y=False),
           "The output layer is missing: W_hy and b_y."),
    Mutant("one-matrix", lambda V, H, T: size(V, H, T, W_hy=False),
           "One of the matrices W_xh and W_hy is missing. Each has V times H numbers."),
    Mutant("no-w-hh", lambda V, H, T: size(V, H, T, W_hh=False),
           "The matrix from state to state, W_hh, is missing."),
    Mutant("times-two", lambda V, H, T: size(V, H, T, W_hh=False) + H * 2,
           "W_hh has H times H numbers, H**2. H*2 is two times H."),
)


def parity_network(K):
    """Two units that count 1s modulo two; the larger K, the closer they are to -1 and 1."""
    return [[K, K]], [[K / 2, K / 2], [-K / 2, -K / 2]], [-K / 2, -3 * K / 2], [0.5, -0.5], -0.5


def step_in_place(x, h_prev, W_xh, W_hh, b_h):
    h = np.dot(W_xh.T, x)
    h += W_hh.T.dot(h_prev)
    h += b_h
    return np.tanh(h, out=h)


RIGHT = {
    "check_step": [(step_in_place,)],
    "check_latch": [([6, 0, 0, 0], 3, -1), (np.array([9.0, 0.1, -0.1, 0.0]), np.float32(4), -1.5)],
    "check_count": [(size,), (lambda V, H, T: np.float32(size(V, H, T)),)],
    "check_parity": [(lambda: parity_network(20),),
                     (lambda: [np.array(part, dtype=np.float32) for part in parity_network(6)],)],
}
WRONG = {
    "check_latch": [
        ("forgotten", ([6, 0, 0, 0], 0.5, -1)),
        ("missed", ([-6, 0, 0, 0], 3, -1)),
        ("undecided", ([6, 0, 0, 0], 3, 0)),
        ("other-letter", ([0, 0, 0, 6], 3, -1)),
        ("false-memory", ([6, 0, 0, 0], 3, 1)),
    ],
    "check_count": [
        ("counts-steps", (lambda V, H, T: T * size(V, H, T),)),
        *((mutant.name, (mutant.wrong,)) for mutant in COUNT),
        ("another-count", (lambda V, H, T: V,)),
    ],
    "check_parity": [("wrong-side", (lambda: parity_network(1),))],
}
