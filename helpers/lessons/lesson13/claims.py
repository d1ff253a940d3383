"""What lesson 13 claims."""

import math

import numpy as np

from helpers.lessons.lesson13.drawings import two_basins
from helpers.lessons.lesson13.flipflop import UNITS, read_bits
from helpers.lessons.lesson13.landscape import (
    find_fixed_points,
    fixed_point_sign,
    fixed_points_of,
    memories_without,
    residual_and_jacobian,
    run_free,
)
from helpers.lessons.lesson13.lyapunov import predicted_exponent
from helpers.lessons.lesson13.plain_newton import newton_step
from helpers.lessons.lesson13.shipped import GAINS, trained_flip_flop
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import RNN, Parameters, numerical_gradient
from helpers.runs import Shipped, Sweep, load_run


def kinds(f: Facts, starts: str) -> list[float]:
    """Of a search: how many points, those with 0 to 3 unstable directions, and the sum of the signs."""
    found = f.numbers(f"300 {starts}")
    return [found[0], *found[-5:]]


def right(f: Facts, noise: str) -> list[float]:
    """Of the attractor and the highway the share that is right after 200 steps of noise."""
    return f.numbers(f"noise {noise}, after 200 steps:")


def found_exponents(units: int, noise: float) -> dict[float, list[float]]:
    """At each gain the largest exponents of these networks."""
    found: dict[float, list[float]] = {}
    for run in load_run("13/exponents"):
        if (run.parameters["units"], run.parameters["noise"]) == (units, noise):
            found.setdefault(run.parameters["gain"], []).append(run.value["exponents"][0])
    return found


def most_above(units: int, noise: float) -> list[float]:
    """The gains at which most of these networks are clearly chaotic."""
    return sorted(gain for gain, values in found_exponents(units, noise).items()
                  if np.median(values) > 0.005)


def after_ten() -> list[np.ndarray]:
    """At each corner what ten steps do to a small push, (64, 64)."""
    model = trained_flip_flop()
    return [np.linalg.matrix_power(residual_and_jacobian(model.params, corner)[1], 10)
            for corner in fixed_points_of(model)["corner"]]


def capacities(matrix: str) -> list[float]:
    """How many past inputs each network of radius 1 remembers of inputs of 0.1."""
    return [sum(run.value["told"]) for run in load_run("13/memory")
            if run.parameters == {"matrix": matrix, "radius": 1.0, "size": 0.1}]


def falls_to(push: float) -> list[int]:
    """Which corner the first one comes to, pushed so far towards the centre."""
    model = trained_flip_flop()
    points = fixed_points_of(model)
    corner, way = points["corner"][0], points["centre"][0] - points["corner"][0]
    end = run_free(model.params, corner + push * way / np.linalg.norm(way), 60)[-1]
    return np.round(read_bits(model.params, end)).astype(int).tolist()


def factor_of_speed() -> np.ndarray:
    """What r · r must be multiplied by to have the gradient of exercise 13.3, (I - J) r, number by number."""
    rng = np.random.default_rng(0)
    p, h = RNN(1, 4).init(rng), rng.normal(size=4)
    r, J = residual_and_jacobian(p, h)
    measured = numerical_gradient(lambda: np.sum(residual_and_jacobian(p, h)[0] ** 2), h)
    return (np.eye(4) - J) @ r / measured


def unit_after(h: float, w: float = 2.0) -> float:
    """Where a unit h = tanh(w h) comes to."""
    for _ in range(200):
        h = math.tanh(w * h)
    return h


def _unit(w: float, b: float = 0.0) -> Parameters:
    p = RNN(1, 1).init(np.random.default_rng(0)).zeros_like()
    p.W_hh += w
    p.b_h += b
    return p


FOLD = math.atanh(math.sqrt(0.5)) - math.sqrt(2)      # at this bias two points of a unit of w = 2 meet


def _points(w: float, b: float, *starts: float) -> np.ndarray:
    """The fixed points of a unit to which these starts lead."""
    return find_fixed_points(_unit(w, b), np.reshape(starts, (-1, 1)))


def _steps() -> list[bool]:
    """Whether r + d (I - J) is zero for Newton's d, for that of I - J without .T, and for that of +r."""
    rng = np.random.default_rng(0)
    p, h = RNN(1, 4).init(rng), rng.normal(size=4)
    r, J = residual_and_jacobian(p, h)
    A = np.eye(4) - J
    found = newton_step(p, h) - h, np.linalg.solve(A, -r), np.linalg.solve(A.T, r)
    return [bool(np.allclose(r + d @ A, 0)) for d in found]


def _stretched(again: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean log of R's diagonal over 300 steps that stretch by 2, 1 and 1/2, and the directions at the end.

    They are made orthogonal at every step, or never `again` and only kept at length 1.
    """
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    step, rows, total = axes * [2, 1, 0.5] @ axes.T, np.eye(3), np.zeros(3)
    for _ in range(300):
        Q, R = np.linalg.qr((rows @ step).T)
        total += np.log(np.abs(np.diag(R)) + 1e-300)
        rows = Q.T if again else (rows @ step) / np.linalg.norm(rows @ step, axis=1, keepdims=True)
    return total / 300, rows


def _else_of_a_for(stop: bool) -> str:
    for _ in range(2):
        if stop:
            break
    else:
        return "else"
    return "after the loop"


CLAIMS = (
    Claim("nothing-fades", "the network says what it said after 10, digit for digit",
          lambda f: f.line("after     10 steps").split("says")[1]
          == f.line("after 10,000 steps").split("says")[1]),
    Claim("visited-states-lead-to-memories", "Visited states lead to 8 points",
          lambda f: kinds(f, "visited states")[:2] == [8, 8]),
    Claim("means-lead-to-all", "Newton's method finds 27: 8 + 12 + 6 + 1",
          lambda f: kinds(f, "means of 2 to 8 of them") == [27, 8, 12, 6, 1, 1]),
    Claim("drawn-evenly", "300 states drawn evenly from the cube also lead to 27 points, of the same kinds",
          lambda f: kinds(f, "states drawn evenly from the cube") == [27, 8, 12, 6, 1, 1]),
    Claim("twenty-of-twenty", "All twenty networks in the picture have these 27", lambda f: [
        (run.value["kinds"], run.value["means"][-1], run.value["all signs"][-1])
        for run in load_run("13/searches")] == 20 * [([8, 12, 6, 1], 27, 1)]),
    Claim("a-ninth-point", "In one of these networks, visited states also led to a ninth point",
          lambda f: sorted(run.value["visited"][-1] for run in load_run("13/searches")) == 19 * [8] + [9]),
    Claim("a-sum-of-one-is-no-proof",
          "four of the twenty networks have 17 or 19 points after a search from 30 means, and a sum of 1",
          lambda f: sorted(run.value["means"][1] for run in load_run("13/searches")
                           if run.value["signs"][1] == 1) == [17, 17, 19, 19]),
    Claim("off-a-ridge-it-grows", "From a saddle a push grows by a factor of about 1.3 per step",
          lambda f: all(1.25 < size < 1.35 for kind in ("edge  :", "face  :", "centre:")
                        for size in f.numbers(kind))),
    Claim("three-in-a-thousand-after-ten", "After ten steps 0.3 % of a push in a random direction is left",
          lambda f: all(round(float(np.linalg.norm(after) / 8), 3) == 0.003 for after in after_ten())),
    Claim("two-percent-of-the-worst", "before it shrinks, and after ten steps 2 % of it is left",
          lambda f: all(round(float(np.linalg.norm(after, 2)), 2) == 0.02 for after in after_ten())),
    Claim("the-centre-is-the-watershed",
          "of 3.0 the state comes back, and after a push of 3.3 it falls into the opposite corner",
          lambda f: [falls_to(push) for push in (3.0, 3.3)] == [[-1, -1, -1], [1, 1, 1]]
          and f.number("the first corner is") == 3.2),
    Claim("five-units", "Drag *unit* to 22, 28, 48, 58 and 63",
          lambda f: f.numbers("4 memories left without unit") == [22, 28, 48, 58, 63]
          and f.numbers("8 memories left without") == [59]),
    Claim("the-most-active", "The five units have the largest mean size at the corners",
          lambda f: f.numbers("largest mean size at the eight corners: units") == [22, 28, 48, 58, 63]
          == f.numbers("4 memories left without unit")),
    Claim("unit-nine", "Without unit 9 the second bit is read out at only 0.2 to 0.3",
          lambda f: f.numbers("without unit 9 the second bit is read out at") == [0.2, 0.3]),
    Claim("no-mistake", "The attractor makes no mistake", lambda f: right(f, "0.10")[0] == 1),
    Claim("a-quarter-is-wrong", "after 200 steps a quarter of the states are nearest to a wrong corner",
          lambda f: 0.7 <= right(f, "0.10")[1] <= 0.8),
    Claim("the-other-way-round", "At 0.2 the attractor makes more mistakes than the highway",
          lambda f: right(f, "0.20")[0] < right(f, "0.20")[1]),
    Claim("five-of-twenty-fail", "some networks fail: five of twenty, the worst with three in ten bits wrong",
          lambda f: [f.numbers(f"only at the first step, asked at {words}:")[:2] for words in (
              "every step", "step 50 alone")]
          == [[20, 20], [15, 20]] and 25 < f.numbers("first step, asked at step 50 alone:")[2] < 35),
    Claim("next-to-no-harm", "Either change alone does next to no harm",
          lambda f: all(0 <= f.numbers(f"{words}:")[2] < 0.5 for words in (
              "pulses all along, asked at every step", "pulses all along, asked at step 50 alone",
              "only at the first step, asked at every step"))),
    Claim("edge-not-to-be-seen", "9 are clearly chaotic at 1.4, with exponents above 0.005, and 14 at 1.5",
          lambda f: [sum(value > 0.005 for value in found_exponents(100, 0.0)[gain]) for gain in (1.4, 1.5)]
          == [9, 14]),
    Claim("most-from-1.3", "With 400 units most are chaotic from 1.3 on",
          lambda f: most_above(400, 0.0) == [gain for gain in GAINS if gain >= 1.3]),
    Claim("within-a-twohundredth", "With 400 units their means are within 0.005",
          lambda f: f.numbers("400 units, noise 0.5: the means of twenty")[-1] == 0.005),
    Claim("noise-moves-the-edge", "The edge has moved from 1 to 1.55",
          lambda f: f.number("with noise 0.5 at") == 1.55
          and predicted_exponent(1.54, 0.5) < 0 < predicted_exponent(1.56, 0.5)
          and most_above(400, 0.5)[0] == 1.6),
    Claim("more-than-eighty", "the orthogonal networks remember more than 80, and the random ones 28 to 36",
          lambda f: min(capacities("orthogonal")) > 80
          and [round(end(capacities("random"))) for end in (min, max)] == [28, 36]),
    Claim("too-few-lags", "only 56.2 for the orthogonal networks, because 200 lags are too few for them",
          lambda f: f.numbers("orthogonal, radius  1.0")[0] == 56.2
          and f.numbers("summed over 200, 400, 800 and 1,000 lags:") == [53, 75, 86, 86]
          and f.numbers("best at any lag:") == [0.34, 0.01, 700]
          and f.numbers("orthogonal, radius 0.95")[0] > 99),
    Claim("half-are-below", "half of the others are below 0.7",
          lambda f: f.number("the median size of its eigenvalues is") < 0.7),
    Claim("half-of-the-length-squared", r"looked for states where $q = \frac12\, r\, r^\top$ is small",
          lambda f: np.allclose(factor_of_speed(), 1 / 2, rtol=1e-5)),
    Claim("both-sides-transposed",
          "However, our $d$ is a row to the left of its matrix, so we transpose both sides: "
          r"$(I - J)^\top d^\top = -r^\top$.", lambda f: _steps()[:2] == [True, False]),
    Claim("makes-it-zero",
          "The matrix is $I - J$, transposed by .T. On the right-hand side is the change that makes $r$ "
          "zero.",
          lambda f: _steps() == [True, False, False]),
    Claim("if-it-can-be-inverted", "If $I - J$ can be inverted at each fixed point, then over all of them",
          lambda f: [sum(fixed_point_sign(_unit(w), h) for h in _points(w, 0.0, -0.9, 0.01, 0.9))
                     for w in (0.5, 2.0)] == [1, 1] and fixed_point_sign(_unit(1.0), np.zeros(1)) == 0),
    Claim("orthogonal-again",
          "A single change turns into the direction that grows most, so it gives one exponent. For more, "
          "follow several changes at right angles to each other, and make them orthogonal again at every "
          "step. A QR decomposition does this: $Q$ has the directions, and the diagonal of $R$ says by how "
          "much each was stretched.",
          lambda f: np.allclose(_stretched(True)[0], np.log([2, 1, 0.5]), atol=0.02)
          and np.allclose((Q := _stretched(True)[1]) @ Q.T, np.eye(3))
          and np.allclose(abs((rows := _stretched(False)[1]) @ rows.T), 1)),
    Claim("else-of-a-for",
          "The else of a for runs if the loop ended without a break, and continue there gives up the start.",
          lambda f: [_else_of_a_for(stop) for stop in (False, True)] == ["else", "after the loop"]
          and _points(2.0, FOLD - 1e-9, 0.99).size == 0),
    Claim("smallest-push", "towards the unstable point, where the smallest push decides",
          lambda f: unit_after(-1e-9) < -0.9 < 0 == unit_after(0) < 0.9 < unit_after(1e-9)
          and "unstable: the smallest push decides" in labels(two_basins())),
    Claim("columns-receive",
          "Column $j$ of p.W_hh has the weights of everything that unit $j$ receives, and `*` with a row "
          "multiplies each column by its number.",
          lambda f: (np.array([[1, 2], [3, 4]]) * [10, 100]).tolist() == [[10, 200], [30, 400]]
          and (np.ones(2) @ [[1, 2], [3, 4]]).tolist() == [1 + 3, 2 + 4]),
    Claim("larger-each-time", "When does a number get larger each time, whatever its sign?",
          lambda f: [abs(0.1 * value**20) > 0.1 for value in (-1.2, -0.8, 0.8, 1.2)]
          == [True, False, False, True]),
    Claim("after-the-push", "What comes after $d$, number by number, is the gradient.",
          lambda f: np.allclose(factor_of_speed(), 1 / 2)),
    Claim("before-it-is-gone",
          "At one of them $w h$ is nearly $w$. How far is that past the unstable point at 0, and so how "
          r"large must $u$ be? And how large may $0.3\,u$ be before a stable point is gone?",
          lambda f: 0.3 * 3.2 < _noise_allowed(3) < 0.3 * 7 and unit_after(1.0, w=3.0) > 0.99
          and np.tanh(-3 + 2.8) < 0 < np.tanh(-3 + 3.2)),
)


DAMAGE = Shipped("lesson13/memories_without.jsonl", "", Sweep(memories_without, {"units": [UNITS]}),
                 range(200, 220), 2, ())
PULSES = [{"often": often, "last": last} for often, last in ((0.1, False), (0.1, True), (0.0, False))]


def exponent(seed: Seed, units: int, gain: float) -> float:
    """The largest exponent of a random network without noise."""
    return seed(units=units, gain=gain, noise=0.0)["exponents"][0]


def capacity(seed: Seed, matrix: str, radius: float, size: float) -> float:
    """How many past inputs a linear probe decodes, over 200 lags."""
    return sum(seed(matrix=matrix, radius=radius, size=size)["told"])


REPLICATED = (
    Replicated("learns-it", "A plain tanh network with 64 units learns it", "13/searches",
               lambda seed: seed()["wrong"][0] < 10),
    Replicated("visited-states-lead-to-memories", "Visited states lead to 8 points", "13/searches",
               lambda seed: seed()["visited"][-1] == 8),
    Replicated("means-lead-to-all", "Newton's method finds 27: 8 + 12 + 6 + 1", "13/searches",
               lambda seed: seed()["kinds"] == [8, 12, 6, 1] and seed()["means"][-1] == 27),
    Replicated("a-few-units-cost-four", "3 to 7 units without which four memories are lost", DAMAGE,
               lambda seed: seed().count(4), (3, 7)),
    Replicated("some-cost-fewer", "have further units without which they lose one to three memories", DAMAGE,
               lambda seed: any(4 < kept < 8 for kept in seed()), said=(15, 20)),
    Replicated("either-alone", "Either change alone does next to no harm", "13/distances",
               lambda seed: all(seed(**setting) < 0.005 for setting in PULSES)),
    Replicated("some-fail", "some networks fail: five of twenty", "13/distances",
               lambda seed: seed(often=0.0, last=True) == 0),
    Replicated("not-yet-at-1.4", "9 are clearly chaotic at 1.4", "13/exponents",
               lambda seed: exponent(seed, 100, 1.4) <= 0.005),
    Replicated("chaotic-from-1.5", "with exponents above 0.005, and 14 at 1.5", "13/exponents",
               lambda seed: exponent(seed, 100, 1.5) > 0.005),
    Replicated("chaotic-from-1.3", "With 400 units most are chaotic from 1.3 on", "13/exponents",
               lambda seed: exponent(seed, 400, 1.3) > 0.005),
    Replicated("noise-moves-the-edge", "The edge has moved from 1 to 1.55", "13/exponents", lambda seed: all(
        (seed(units=400, gain=gain, noise=0.5)["exponents"][0] > 0) == (gain > 1.55) for gain in GAINS)),
    Replicated("more-than-eighty", "the orthogonal networks remember more than 80", "13/memory",
               lambda seed: capacity(seed, "orthogonal", 1.0, 0.1) > 80),
    Replicated("a-third", "the random ones 28 to 36", "13/memory",
               lambda seed: round(capacity(seed, "random", 1.0, 0.1)), (28, 36)),
)

NOT_REPLICATED = (
    NotReplicated("Just above 1, one fixed point becomes three", "calculated"),
    NotReplicated("After 10,000 steps the network says what it said after 10", "one network"),
    NotReplicated("Near a fixed point each step doubles the number of correct digits", "calculated"),
    NotReplicated("where the network itself never stays", "one network"),
    NotReplicated("have 17 or 19 points after a search from 30 means, and a sum of 1", "these runs"),
    NotReplicated("300 states drawn evenly from the cube also lead to 27 points", "one network"),
    NotReplicated("choose edge and push by 0.1", "one network"),
    NotReplicated("From a saddle a push grows by a factor of about 1.3 per step", "one network"),
    NotReplicated("After ten steps 0.3 % of a push in a random direction is left", "one network"),
    NotReplicated("One bit is lost, because its two basins have become one", "one network"),
    NotReplicated("The five units have the largest mean size at the corners", "one network"),
    NotReplicated("The attractor makes no mistake", "one network"),
    NotReplicated("At 0.2 the attractor makes more mistakes than the highway", "one network"),
    NotReplicated("Over 40 steps the attractor leaves $2 \\cdot 10^{-10}$ of a gradient", "one network"),
    NotReplicated("Between 1 and 1.4 most of these networks rest at a point", "these runs"),
    NotReplicated("With $H$ units it cannot be more than $H$", "cited"),
    NotReplicated("Bengio, Simard and Frasconi proved in 1994", "cited"),
    NotReplicated("Most directions shrink, but almost every small difference", "calculated"),
    NotReplicated("has gradients that explode, whatever its architecture", "cited"),
    NotReplicated("half of the others are below 0.7", "one network"),
    NotReplicated("With inputs of size 1 the medians are 12.8 and 15.6", "these runs"),
    NotReplicated("At 0.01 and radius 1 the table has only 56.2", "these runs"),
    NotReplicated("no more than 0.34 of any of them", "one network"),
    NotReplicated("the capacity is 99.2 of 100", "these runs"),
)


def _noise_allowed(w: float) -> float:
    """The steady push against it that a unit of weight w bears, found by trying."""
    h = np.linspace(0, 1, 200_001)[:-1]
    return float(max(w * h - np.arctanh(h)))


TURNING = np.array([[1.1, -0.1], [0.1, 1.1]])        # a step with a complex pair of eigenvalues


SOLVED = (       # claims of the worked solutions
    Claim("as-far-times-its-slope",
          "If $h_i$ moves a little, the pre-activation moves $W_{ij}$ times as far, and tanh passes on the "
          r"share $1 - f_j^2$. So $J_{ij} = W_{ij}\,(1 - f_j^2)$.",
          lambda f: math.isclose((np.tanh(1.7 * (0.2 + 1e-6)) - np.tanh(1.7 * (0.2 - 1e-6))) / 2e-6,
              1.7 * (1 - np.tanh(1.7 * 0.2) ** 2), rel_tol=1e-6)),
    Claim("grows-above-one", "it grows if the *size* of the eigenvalue is above 1",
          lambda f: all((abs(value) ** 20 > 1) == (abs(value) > 1) for value in (-1.2, 0.9, 0.6 + 0.9j))),
    Claim("other-side-and-larger", "with an eigenvalue of −1.2 it comes back on the other side, and larger",
          lambda f: -1.2 * 0.1 < 0 and abs(-1.2 * 0.1) > 0.1),
    Claim("rotates-while-it-grows",
          "With a complex pair a push rotates while it grows, and it has two directions to do so.",
          lambda f: (push := TURNING @ [1, 0])[1] > 0 and np.linalg.norm(push) > 1
          and np.sum(np.abs(np.linalg.eigvals(TURNING)) > 1) == 2),
    Claim("a-point-may-be-overlooked",
          "The rules may overlook a point that is within $10^{-3}$ of another, so look at the distances "
          "between your points. They may also take a very slow state for a fixed point if $r$ is small there "
          "without being zero, but with $10^{-10}$ this hardly ever happens.",
          lambda f: [len(_points(2.0, FOLD + gap, 0.99, 0.1)) for gap in (1e-8, 1e-3)] == [1, 2]
          and [len(_points(2.0, FOLD - gap, 0.99)) for gap in (1e-11, 1e-9)] == [1, 0]),
    Claim("flattens-the-cube",
          "A pulse flattens the cube. With bit 1 held at +1, only the face on that side is left, with 4 + "
          "4 + 1 points, and the state slides there wherever it was. With two bits held an edge is left, "
          "and with three a corner.",
          lambda f: [f.numbers(f"pulses [{bits}]:")[1]
              for bits in ("1, 0, 0", "1, 1, 0", "1, 1, 1")] == [4 + 4 + 1, 3, 1]),
    Claim("the-half-cancels",
          r"So $q$ changes by $d\,(I - J)\,r^\top$, and what comes after $d$ is the gradient. (The half "
          "cancels the 2 of the square.)",
          lambda f: math.isclose(((0.3 + 1e-6) ** 2 / 2 - (0.3 - 1e-6) ** 2 / 2) / 2e-6, 0.3, rel_tol=1e-6)),
    Claim("a-bias-may-take-away",
          r"Two stable points need $w > 1$. At the right one $h$ is nearly 1, so $w h \approx w$, and a "
          "pulse of −1 must bring the pre-activation to the other side, so $u > w$. The noise, at worst "
          r"$0.3\,u$ at every step in the same direction, must not remove the stable point. The point "
          r"disappears where the curve just touches the line, with a slope of 1, so $w\,(1 - h^2) = 1$. "
          r"There the pre-activation is $\operatorname{artanh} h$. The unit itself contributes $w h$, so a "
          r"bias may take away the difference, $w h - \operatorname{artanh} h$.",
          lambda f: all(f.numbers(f"w = {w:.1f}: u above about") == [w, round(_noise_allowed(w) / 0.3, 1)]
              for w in (1.5, 2.0, 3.0, 4.0)) and _noise_allowed(1.0) < 1e-9),
    Claim("from-one-side-too-much",
          "At $w = 2$, noise that always comes from the same side would be too much. Noise from both sides "
          "does no harm, so the check lets such a unit pass. At $w = 3$ the bit is safe whatever the noise "
          "does.",
          lambda f: [np.subtract(*f.numbers(f"w = {w}: u above about")) > 0
              for w in ("2.0", "3.0")] == [True, False]),
)
