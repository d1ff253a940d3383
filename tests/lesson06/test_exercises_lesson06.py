"""The checks of lesson 06 accept what is right, name what is wrong, and never raise."""

import math

import numpy as np
from answers import alone, broken, complete, mistakes, no_answers, printed, right, stops, three_times

from helpers.lessons.lesson06 import (
    check_blow_up,
    check_horizon,
    check_memory,
    check_predicted_factor,
    checks,
)


def slope(norms):
    return np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]


def horizon(norms):
    return math.log(0.01) / slope(norms) if slope(norms) < 0 else math.inf


def without_logarithms(norms):
    factor, start = np.polyfit(np.arange(len(norms)), norms, 1)
    return (0.01 - start) / factor


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


def random_signs(seed):
    return np.eye(64) + 0.01 * np.random.default_rng(seed).choice([-1, 1], (64, 64))


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
    (check_horizon, (lambda n: math.log(0.01) / slope(n),), "growing", "1.02"),
    (check_horizon, (lambda n: -horizon(n),), "sign"),
    (check_horizon, (lambda n: math.log10(0.01) / slope(n) if slope(n) < 0 else math.inf,), "two-bases"),
    (check_horizon, (lambda n: 2 * horizon(n),), "another-lag", "you return 13.3"),
    (check_horizon, (first_below,), "first-below", "you return 7", "at 6.6"),
    (check_horizon, (lambda n: round(horizon(n)) if slope(n) < 0 else math.inf,), "first-below",
     "you return 919",
     "at 918.7"),
    (check_horizon, (lambda n: np.argmax(n < 0.01) or math.inf if slope(n) > -0.01 else horizon(n),),
     "among-the-norms"),
    (check_horizon, (lambda n: float(np.argmax(n < 0.01)) if slope(n) < 0 else math.inf,), "first-below",
     "don't look for it among the norms"),
    (check_horizon, (slope,), "slope", "-0.6931"),
    (check_horizon, (lambda n: math.log(0.01) / np.polyfit(np.arange(51), n, 1)[0],), "no-logarithms",
     "you return 1060"),
    (check_horizon, (without_logarithms,), "no-logarithms", "you return 31.7"),
    (check_horizon, (lambda n: math.log(0.01) / np.polyfit(np.log(n), np.arange(51), 1)[0],),
     "axes-exchanged", "you return 3.2", "the lags come first, and then the logarithms"),
    (check_horizon, (lambda n: horizon(n) if horizon(n) < 50 else math.inf,), "among-the-norms", "0.995"),
    (check_horizon, (lambda n: math.nan,), "not-finite"),
    (check_memory, (lambda e, T: T - memory(e, T),), "not-seen"),
    (check_memory, (lambda e, T: memory(e, T) / T,), "share"),
    (check_memory, (lambda e, T: T * (1 - 12 * e),), "another-memory"),
    (check_predicted_factor, (lambda h: np.mean(1 - h**2),), "mean-slope"),
    (check_predicted_factor, (lambda h: np.mean((1 - h**2) ** 2),), "no-root"),
    (check_predicted_factor, (lambda h: 1.0,), "no-tanh", "you return 1.000"),
    (check_predicted_factor, (lambda h: 0.5,), "another-factor", "you return 0.500"),
    (check_predicted_factor, (lambda h: (1 - h**2).min(),), "one-unit"),
    (check_predicted_factor, (lambda h: (1 - h**2).max(),), "one-unit", "all 64"),
    (check_predicted_factor, (lambda h: predicted(h[-1]),), "last-step"),
    (check_predicted_factor, (lambda h: predicted(h[:1]),), "another-factor"),
    (check_predicted_factor, (lambda h: 1 - h**2,), "no-number"),
    (check_predicted_factor, (lambda h: np.sqrt(((1 - h**2) ** 2).mean(axis=(1, 2))),), "no-number",
     "one number", "(120,)"),
    (check_predicted_factor, (lambda h: [0.5] * 120,), "no-number", "a list of length 120"),
    (check_blow_up, (np.eye(64),), "identity"),
    (check_blow_up, (1.01 * np.eye(64),), "grows-too-little"),
    (check_blow_up, (np.eye(64) - 0.01,), "fades"),
    (check_blow_up, (np.eye(64) + 0.02,), "moved-too-far", "0.0200"),
    (check_blow_up, (changed((3, 4), 1.0),), "moved-too-far", "1.0000"),
    (check_blow_up, (np.eye(32),), "wrong-shape", "(32, 32)"),
    (check_blow_up, (changed((0, 0), np.nan),), "not-finite"),
    (check_blow_up, (random_signs(0),), "grows-too-little"),
)

test_a_mistake_that_is_made_again_gets_one_more_sentence = three_times(
    (check_horizon, (lambda n: math.log(0.01) / slope(n),), "growing"),
    (check_horizon, (lambda n: horizon(n) * (2 if horizon(n) < 50 else 1),), "another-lag"),
    (check_memory, (lambda e, T: T * (1 - 12 * e),), "another-memory"),
    (check_predicted_factor, (lambda h: 0.5,), "another-factor"),
    (check_blow_up, (random_signs(0),), "grows-too-little"),
)

test_each_part_counts_alone = alone(
    (check_horizon, {"within the lags": (lambda n: horizon(n) if horizon(n) < 50 else 50,),
                     "beyond the last lag": (lambda n: horizon(n) if 50 < horizon(n) < math.inf else 0,),
                     "never": (lambda n: horizon(n) if horizon(n) == math.inf else 1,)}))

test_what_is_no_answer_is_met_with_a_word = no_answers(
    (check_horizon, lambda nothing: (lambda _: nothing,)),
    (check_memory, lambda nothing: (lambda *_: nothing,)),
    (check_predicted_factor, lambda nothing: (lambda _: nothing,)),
    (check_blow_up, lambda nothing: (nothing,)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    *((check, (broken,)) for check in (check_horizon, check_memory, check_predicted_factor)))

test_what_is_printed_is_what_is_said = printed(
    (check_horizon, (first_below,)), (check_memory, (broken,)), (check_predicted_factor, (predicted,)),
    (check_blow_up, (np.eye(64),)))

test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)
