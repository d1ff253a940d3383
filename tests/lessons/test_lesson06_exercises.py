"""The checks of lesson 06 accept what is right, name what is wrong, and never raise."""

import math

import numpy as np
from answers import mistakes, right

from helpers.lessons.lesson06 import (
    check_blow_up,
    check_horizon,
    check_memory,
    check_predicted_factor,
)


def slope(norms):
    return np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]


def horizon(norms):
    return math.log(0.01) / slope(norms) if slope(norms) < 0 else math.inf


def first_below(norms):
    below = np.flatnonzero(norms < 0.01)
    return below[0] if len(below) else len(norms) - 1


def memory(error, length):
    return length * (1 - 6 * error)


def predicted(h):
    return np.sqrt(np.mean((1 - h**2) ** 2))


def changed(place, by):
    W = np.eye(64)
    W[place] += by
    return W


def spoiling(h):
    """Right, but it writes over what it is given."""
    answer = predicted(h)
    h[...] = 0
    return answer


def horizon_of_logs(norms):
    """The slope written out: covariance by variance, in float32."""
    lags, logs = np.arange(len(norms), dtype=np.float32), np.float32(np.log(norms))
    slope = ((lags - lags.mean()) * (logs - logs.mean())).sum() / ((lags - lags.mean()) ** 2).sum()
    return np.float32(np.log(0.01) / slope) if slope < 0 else float("inf")


def horizon_in_place(norms):
    np.log(norms, out=norms)
    slope, _ = np.polyfit(range(len(norms)), norms, 1)
    return np.inf if slope >= 0 else -4.605170185988091 / slope


def predicted_by_loops(h):
    factors = []
    for step in h:
        for row in step:
            factors.append(math.sqrt(sum((1 - x * x) ** 2 for x in row.tolist()) / len(row)))
    return sum(factors) / len(factors)


def predicted_by_steps(h):
    return np.exp(np.mean([np.log(np.sqrt(((1 - step**2) ** 2).mean())) for step in h]))


def blown_up_by_loops():
    W = np.eye(64)
    for i in range(64):
        for j in range(64):
            W[i, j] += 0.01
    return W


test_a_right_answer_is_accepted = right(
    (check_horizon, (horizon,)),
    (check_horizon, (horizon_of_logs,)),
    (check_horizon, (horizon_in_place,)),
    (check_memory, (lambda error, length: np.float32((1 / 6 - error) * 6 * length),)),
    (check_memory, (lambda error, length: round(length - 6 * error * length),)),
    (check_predicted_factor, (predicted_by_loops,)),
    (check_predicted_factor, (predicted_by_steps,)),
    (check_predicted_factor, (lambda h: np.float32(np.linalg.norm(1 - h**2) / math.sqrt(h.size)),)),
    (check_blow_up, (blown_up_by_loops(),)),
    (check_blow_up, (np.eye(64, dtype=np.float32) + np.float32(0.01),)),
    (check_blow_up, (np.eye(64, dtype=np.float16) + np.float16(0.01),)),
    (check_horizon, (lambda norms: np.float64(horizon(norms)),)),
    (check_memory, (memory,)),
    (check_memory, (lambda error, length: np.array([memory(error, length)]),)),
    (check_predicted_factor, (predicted,)),
    (check_predicted_factor, (spoiling,)),
    (check_blow_up, (np.eye(64) + 0.01,)),
    (check_blow_up, ((np.eye(64) + 0.009).tolist(),)),
)

test_a_mistake_is_named = mistakes(
    (check_horizon, (lambda n: math.log(0.01) / slope(n),), "growing"),
    (check_horizon, (lambda n: -horizon(n),), "sign"),
    (check_horizon, (lambda n: math.log10(0.01) / slope(n) if slope(n) < 0 else math.inf,), "two-bases"),
    (check_horizon, (lambda n: 2 * horizon(n),), "another-lag"),
    (check_horizon, (first_below,), "first-below"),
    (check_horizon, (lambda n: np.argmax(n < 0.01) or math.inf if slope(n) > -0.01 else horizon(n),),
     "among-the-norms"),
    (check_horizon, (slope,), "slope"),
    (check_horizon, (lambda n: math.log(0.01) / np.polyfit(np.arange(51), n, 1)[0],), "no-logarithms"),
    (check_horizon, (lambda n: math.log(0.01) / np.polyfit(np.log(n), np.arange(51), 1)[0],),
     "axes-exchanged"),
    (check_horizon, (lambda n: math.nan,), "not-finite"),
    (check_memory, (lambda e, T: T - memory(e, T),), "not-seen"),
    (check_memory, (lambda e, T: memory(e, T) / T,), "share"),
    (check_memory, (lambda e, T: T * (1 - 12 * e),), "another-memory"),
    (check_predicted_factor, (lambda h: np.mean(1 - h**2),), "mean-slope"),
    (check_predicted_factor, (lambda h: np.mean((1 - h**2) ** 2),), "no-root"),
    (check_predicted_factor, (lambda h: 1.0,), "no-tanh"),
    (check_predicted_factor, (lambda h: 0.5,), "another-factor"),
    (check_predicted_factor, (lambda h: (1 - h**2).min(),), "one-unit"),
    (check_predicted_factor, (lambda h: predicted(h[-1]),), "last-step"),
    (check_predicted_factor, (lambda h: 1 - h**2,), "no-number"),
    (check_blow_up, (np.eye(64),), "identity"),
    (check_blow_up, (1.01 * np.eye(64),), "grows-too-little"),
    (check_blow_up, (np.eye(64) - 0.01,), "fades"),
    (check_blow_up, (np.eye(64) + 0.02,), "moved-too-far"),
    (check_blow_up, (np.eye(32),), "wrong-shape"),
    (check_blow_up, (changed((0, 0), np.nan),), "not-finite"),
)
