"""The mistakes that the checks of lesson 06 know, each with a wrong answer and what the check says to it.

Tests try each check on its RIGHT and WRONG answers.
"""

import math

import numpy as np

from helpers.checks import Mutant

MEMORY = (
    Mutant("not-seen", lambda error, length: 6 * error * length,
           "{right} steps are used, but you return the number of steps not used."),
    Mutant("share", lambda error, length: 1 - 6 * error,
           "{right} steps are used, but you return the share used. Multiply it by the number of steps."),
)


# Answers to the checks, most of them wrong.


def slope(norms: np.ndarray) -> float:
    return np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]


def horizon(norms: np.ndarray) -> float:
    return math.log(0.01) / slope(norms) if slope(norms) < 0 else math.inf


def horizon_in_place(norms: np.ndarray) -> np.float32:
    np.log(norms, out=norms)
    slope, _ = np.polyfit(range(len(norms)), norms, 1)
    return np.float32(np.inf if slope >= 0 else -4.605170185988091 / slope)


def first_below(norms: np.ndarray) -> int:
    below = np.flatnonzero(norms < 0.01)
    return below[0] if len(below) else len(norms) - 1


def predicted(h: np.ndarray) -> float:
    return np.sqrt(np.mean((1 - h**2) ** 2))


RIGHT = {
    "check_horizon": [(horizon,), (horizon_in_place,)],
    "check_predicted_factor": [(predicted,), (lambda h: predicted(np.float32(h)),)],
    "check_blow_up": [(np.eye(64) + 0.01,), (np.eye(64, dtype=np.float16) + np.float16(0.01),),
                      ((np.eye(64) + 0.009).tolist(),)],
}
WRONG = {
    "check_horizon": [
        ("growing", (lambda norms: math.log(0.01) / slope(norms),)),
        ("among-the-norms", (lambda norms: np.argmax(norms < 0.01) or math.inf if slope(norms) > -0.01
                             else horizon(norms),)),
        ("slope", (slope,)),
        ("first-below", (first_below,)),
        ("no-logarithms", (lambda norms: math.log(0.01) / np.polyfit(np.arange(51), norms, 1)[0],)),
        ("axes-exchanged", (lambda norms: math.log(0.01) / np.polyfit(np.log(norms), np.arange(51), 1)[0],)),
        ("sign", (lambda norms: -horizon(norms),)),
        ("two-bases", (lambda norms: horizon(norms) * math.log10(math.e),)),
        ("another-lag", (lambda norms: 2 * horizon(norms),)),
        ("not-finite", (lambda norms: math.nan,)),
    ],
    "check_memory": [("another-memory", (lambda error, length: length * (1 - 12 * error),))],
    "check_predicted_factor": [
        ("one-unit", (lambda h: (1 - h**2).min(),)),
        ("last-step", (lambda h: predicted(h[-1]),)),
        ("no-tanh", (lambda h: 1.0,)),
        ("no-root", (lambda h: predicted(h) ** 2,)),
        ("mean-slope", (lambda h: np.mean(1 - h**2),)),
        ("another-factor", (lambda h: 0.5,)),
    ],
    "check_blow_up": [
        ("moved-too-far", (np.eye(64) + 0.02,)),
        ("identity", (np.eye(64),)),
        ("fades", (np.eye(64) - 0.01,)),
        ("grows-too-little", (1.01 * np.eye(64),)),
    ],
}
