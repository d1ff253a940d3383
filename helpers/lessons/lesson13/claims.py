"""What lesson 13 claims."""

import math
from functools import cache

import numpy as np

from helpers.lessons.lesson13.drawings import two_basins
from helpers.lessons.lesson13.flipflop import UNITS, read_bits, visited_states
from helpers.lessons.lesson13.landscape import (
    KINDS,
    ablate,
    find_fixed_points,
    fixed_point_sign,
    fixed_points_of,
    memories_without,
    residual_and_jacobian,
    run_free,
    unstable_directions,
)
from helpers.lessons.lesson13.lyapunov import exponents, predicted_exponent, random_network
from helpers.lessons.lesson13.plain_newton import newton_step
from helpers.lessons.lesson13.shipped import GAINS, trained_flip_flop
from helpers.lessons.prose_facts import Claim, Facts, labels
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import RNN, Parameters, numerical_gradient, spectral_radius
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


@cache
def shipped() -> tuple[Parameters, dict[str, np.ndarray]]:
    """The parameters of the shipped network, and its fixed points by kind."""
    model = trained_flip_flop()
    return model.params, fixed_points_of(model)


def read_out(kind: str) -> np.ndarray:
    """The bits (N, 3) of the points of a kind."""
    return read_bits(shipped()[0], shipped()[1][kind])


def after_ten() -> list[np.ndarray]:
    """At each corner what ten steps do to a small push, (64, 64)."""
    p, points = shipped()
    return [np.linalg.matrix_power(residual_and_jacobian(p, corner)[1], 10) for corner in points["corner"]]


def pushed(size: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """How far from its corner each state is, attractor and highway, after steps with noise of this size."""
    p, points = shipped()
    rng, corners = np.random.default_rng(0), points["corner"]
    settled = copied = corners
    for _ in range(steps):
        noise = size * rng.normal(size=corners.shape)
        settled, copied = run_free(p, settled, 1)[-1] + noise, copied + noise
    return np.linalg.norm(settled - corners, axis=1), np.linalg.norm(copied - corners, axis=1)


def bits_after(kind: str, push: float) -> list[int]:
    """The bits in which the first point of a kind ends, pushed along its most unstable direction."""
    p, points = shipped()
    start = points[kind][0] + push * unstable_directions(p, points[kind][0])[1][0]
    return np.round(read_bits(p, run_free(p, start, 60)[-1])).astype(int).tolist()


def small_step() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The Jacobian at a state of 4 units, the same by moving unit after unit, and weights times slopes."""
    rng = np.random.default_rng(0)
    p, h = RNN(1, 4).init(rng), rng.normal(size=4)
    after = run_free(p, h, 1)[-1]
    moved = (run_free(p, h + 1e-6 * np.eye(4), 1)[-1] - after) / 1e-6
    return residual_and_jacobian(p, h)[1], moved, np.array(
        [[p.W_hh[i, j] * (1 - after[j] ** 2) for j in range(4)] for i in range(4)])


def drift(gain: float) -> float:
    """By how much two neighbours in a random network drift apart per step, as the mean logarithm."""
    rng, rates = np.random.default_rng(0), []
    W_hh, h, d = random_network(rng, 50, gain), rng.normal(size=50), 1e-7 * rng.normal(size=50)
    for _ in range(500):
        h, other = np.tanh(h @ W_hh), np.tanh((h + d) @ W_hh)
        rates.append(np.log(np.linalg.norm(other - h) / np.linalg.norm(d)))
        d = 1e-7 * (other - h) / np.linalg.norm(other - h)
    return float(np.mean(rates[200:]))


def capacities(matrix: str) -> list[float]:
    """How many past inputs each network of radius 1 remembers of inputs of 0.1."""
    return [sum(run.value["told"]) for run in load_run("13/memory")
            if run.parameters == {"matrix": matrix, "radius": 1.0, "size": 0.1}]


def falls_to(push: float) -> list[int]:
    """Which corner the first one comes to, pushed so far towards the centre."""
    p, points = shipped()
    corner, way = points["corner"][0], points["centre"][0] - points["corner"][0]
    end = run_free(p, corner + push * way / np.linalg.norm(way), 60)[-1]
    return np.round(read_bits(p, end)).astype(int).tolist()


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


def _places_without(unit: int) -> list[int]:
    """In how many places the eight states end without a unit, and how often each bit is half-way there."""
    p = ablate(shipped()[0], [unit])
    places = np.unique(np.round(read_bits(p, run_free(p, shipped()[1]["corner"], 60)[-1])), axis=0)
    return [len(places), *sorted((places == 0).sum(axis=0))]


def _near_is_the_same() -> bool:
    """Whether points less than 1e-3 apart count as one, and a slow place as a point if r is below 1e-10."""
    return ([len(_points(2.0, FOLD + gap, 0.99, 0.1)) for gap in (1e-8, 1e-3)] == [1, 2]
            and [len(_points(2.0, FOLD - gap, 0.99)) for gap in (1e-11, 1e-9)] == [1, 0])


def _one_is_no_proof() -> bool:
    """Whether searches that miss points can end with signs whose sum is 1, and others always miss some."""
    runs = [run.value for run in load_run("13/searches")]
    return sorted(run["means"][1] for run in runs if run["signs"][1] == 1) == [17, 17, 19, 19] and all(
        points < 27 for run in runs
        for points, total in zip(run["means"], run["signs"], strict=True) if total != 1)


def _noise_adds_up() -> bool:
    return bool((pushed(0.1, 200)[1] > 2.5 * pushed(0.1, 20)[1]).all())


def _small_noise_is_undone() -> bool:
    return bool((pushed(0.1, 200)[0] < 1.5 * pushed(0.1, 20)[0].mean()).all())


def _signs(kind: str) -> set[int]:
    """The signs of det(I - J) at the points of a kind."""
    return {fixed_point_sign(shipped()[0], h) for h in shipped()[1][kind]}


def _eigenvalue_sizes(orthogonal: bool) -> np.ndarray:
    """Of the matrix of a network of 100 units, the largest first, as shares of the largest."""
    W_hh = random_network(np.random.default_rng(0), 100, 1.0)
    sizes = np.sort(np.abs(np.linalg.eigvals(np.linalg.qr(W_hh)[0] if orthogonal else W_hh)))[::-1]
    return sizes / sizes[0]


CLAIMS = (
    Claim("nothing-fades", "the network says what it said after 10, digit for digit",
          lambda f: f.line("after     10 steps").split("says")[1]
          == f.line("after 10,000 steps").split("says")[1]),
    Claim("visited-states-lead-to-memories",
          "Visited states lead to 8 points, one for each setting of the three bits, and all of them are "
          "stable. Nothing between them was found, because a network at work is hardly ever there.",
          lambda f: kinds(f, "visited states")[:2] == [8, 8]
          and len(np.unique(np.sign(read_out("corner")), axis=0)) == 8 and np.mean(np.abs(read_bits(
              shipped()[0], visited_states(trained_flip_flop(), np.random.default_rng(0)))) < 0.5) < 0.01),
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
          "Where the sum isn't 1, something is missing. The reverse isn't true. For example, four of the "
          "twenty networks have 17 or 19 points after a search from 30 means, and a sum of 1, because "
          "points missing in pairs of opposite sign leave no trace.",
          lambda f: _one_is_no_proof()),
    Claim("some-may-still-be-missing", "If they don't, a point is missing. If they do, some may still be "
          "missing.", lambda f: _one_is_no_proof()),
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
    Claim("no-mistake", "The attractor makes no mistake, because it undoes the noise as it comes.",
          lambda f: right(f, "0.10")[0] == 1
          and _small_noise_is_undone()),
    Claim("a-quarter-is-wrong",
          "The highway keeps the noise with the bit, so the noise adds up, and after 200 steps a quarter of "
          "the states are nearest to a wrong corner.",
          lambda f: _noise_adds_up()
          and 0.7 <= right(f, "0.10")[1] <= 0.8),
    Claim("the-other-way-round",
          "At 0.2 the attractor makes more mistakes than the highway. Now several pushes in a row carry the "
          "attractor's state into a wrong basin, where it settles and nothing corrects it.",
          lambda f: right(f, "0.20")[0] < right(f, "0.20")[1] and (pushed(0.2, 1)[0] < 3).all()
          and 0.5 < np.mean(pushed(0.2, 200)[0] > 3)),
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
    Claim("noise-moves-the-edge",
          "The edge has moved from 1 to 1.55. Noise drives units to where tanh is flat, as the inputs did "
          "in lesson 06, so it takes more gain to make up for that.",
          lambda f: predicted_exponent(1.3, 0.5) < 0 < predicted_exponent(1.3, 0)
          and f.number("with noise 0.5 at") == 1.55
          and predicted_exponent(1.54, 0.5) < 0 < predicted_exponent(1.56, 0.5)
          and most_above(400, 0.5)[0] == 1.6),
    Claim("more-than-eighty", "the orthogonal networks remember more than 80, and the random ones 28 to 36",
          lambda f: min(capacities("orthogonal")) > 80
          and [round(end(capacities("random"))) for end in (min, max)] == [28, 36]),
    Claim("too-few-lags", "only 56 for the orthogonal networks, because 200 lags are too few for them",
          lambda f: round(f.numbers("orthogonal, radius  1.0")[0]) == 56
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
    Claim("smallest-push",
          "From the left basin, where the bit is −1, a pulse pushes the state h towards the unstable point, "
          "where the smallest push decides.",
          lambda f: labels(two_basins())["the bit is −1"][0] < labels(two_basins())["the bit is +1"][0]
          and unit_after(-1e-9) < -0.9 < 0 == unit_after(0) < 0.9 < unit_after(1e-9)
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
    Claim("flatter-than-the-line",
          "Just above 1, one fixed point becomes three. The filled ones are stable, because there the curve "
          "is flatter than the line, so a small change shrinks at each step. At the open triangle the curve "
          "is steeper and a change grows, so this point is unstable. It separates two basins of attraction. "
          "A basin contains all states that lead to the same stable point, and which basin the state is in "
          "is the bit.",
          lambda f: [_points(w, 0.0, -0.99, 0.01, 0.99).size for w in (0.95, 1.05)] == [1, 3]
          and [(2 * (1 - h**2) < 1).item() for h in np.sort(_points(2.0, 0.0, -0.9, 0.01, 0.9), axis=0)]
          == [True, False, True]
          and [round(unit_after(h)) for h in (-1.2, -0.1, 0.1, 1.2)] == [-1, -1, 1, 1]),
    Claim("wipes-the-bit-out",
          "One stable point has met the unstable one and both are gone, so a large enough bias wipes the "
          "bit out.",
          lambda f: [_points(2.0, b, -0.99, -0.4, 0.99).size for b in (0.5, 0.6)] == [3, 1]
          and _points(2.0, 0.6, 0.99).item() > 0),
    Claim("where-the-tangent-meets-the-line",
          "It draws the tangent to the curve, goes to where the tangent meets the line, and starts again "
          "there. Drag start around. The path goes to a point nearby, stable or not, and from some starts "
          "it leaps.",
          lambda f: math.isclose((x := newton_step(_unit(2.0), np.array([0.6])).item()),
                                 math.tanh(1.2) + 2 * (1 - math.tanh(1.2) ** 2) * (x - 0.6))
          and _points(2.0, 0.0, 0.2, 0.8).round(2).ravel().tolist() == [0, 0.96]
          and abs(newton_step(_unit(2.0), np.array([0.44])).item()) > 10),
    Claim("a-small-change", r"A small change $d$ of $h$ changes $F(h)$ by $d\,J$.",
          lambda f: np.allclose(*small_step()[:2], atol=1e-5)
          and not np.allclose(small_step()[1], small_step()[0].T, atol=0.1)),
    Claim("unit-j-when-unit-i-is-moved",
          "Entry $[i, j]$ of $J$ says how far unit $j$ moves when unit $i$ is moved. That is the weight "
          "from $i$ to $j$ times the slope of tanh at $j$.",
          lambda f: np.allclose(*small_step()[1:], atol=1e-5)),
    Claim("to-where-it-would-be-zero",
          r"If $h$ moves by $d$, then $r = h - F(h)$ changes by $d - d\,J = d\,(I - J)$, as long as $d$ is "
          "small. Newton's step takes this literally and goes to where $r$ would be zero:",
          lambda f: _steps() == [True, False, False] and np.allclose(*small_step()[:2], atol=1e-5)),
    Claim("twice-the-digits",
          "Near a fixed point each step doubles the number of correct digits. Here Newton's method "
          "converges to a saddle, a fixed point that is stable in some directions and unstable in others. "
          "This is a place where the network itself never stays.",
          lambda f: (first := f.number("r after 1 steps of Newton") ** 2) / 10 < f.number(
              "r after 2 steps of Newton") < 10 * first < 1e-5
          and 0 < len(unstable_directions(shipped()[0], shipped()[1]["edge"][0])[0]) < 64
          and bits_after("edge", 1e-6) != bits_after("edge", -1e-6)),
    Claim("the-same-point",
          "Stop when every number of $r$ is below $10^{-10}$ in size, and give up a start that doesn't get "
          "there. Keep each point once. Two points are the same if they differ by less than $10^{-3}$ in "
          "every number.",
          lambda f: _near_is_the_same()),
    Claim("each-above-one-flips",
          r"The determinant is the product of the eigenvalues, here of all $1 - \mu$, where each $\mu$ is "
          r"an eigenvalue of $J$. So a stable point has the sign +1, and each real $\mu$ above 1 flips the "
          "sign. Here that gives $8 - 12 + 6 - 1 = 1$.",
          lambda f: [sum(fixed_point_sign(shipped()[0], h) for h in shipped()[1][kind]) for kind in KINDS]
          == [8, -12, 6, -1] and math.isclose(np.linalg.det(np.eye(4) - small_step()[0]),
                                              np.prod(1 - np.linalg.eigvals(small_step()[0])).real)),
    Claim("an-edge-has-one",
          "At its corners are the eight memories, and all the other points are saddles. Each edge has a "
          "saddle with one unstable direction, each face has one with two, and the centre has one with "
          "three.",
          lambda f: [set(np.sum(np.abs(read_out(kind)) < 0.5, axis=1)) for kind in KINDS]
          == [{0}, {1}, {2}, {3}]      # bits in the middle, as many as unstable directions
          and kinds(f, "means of 2 to 8 of them")[1:5] == [len(read_out(kind)) for kind in KINDS]),
    Claim("along-the-edge",
          "The state slides along the edge, to a different corner each time, and the two decided bits stay.",
          lambda f: sorted(np.abs(np.subtract(bits_after("edge", 0.1), bits_after("edge", -0.1))))
          == [0, 0, 2]),
    Claim("meet-in-pairs",
          "If any one of these five units is silent, the eight states meet in pairs, half-way. One bit is "
          "lost, because its two basins have become one, and the other two bits don't notice.",
          lambda f: all(_places_without(unit) == [4, 0, 0, 4] for unit in (22, 28, 48, 58, 63))),
    Claim("made-of-small-changes",
          "What shrinks every small push shrinks every small change, and a gradient is made of small "
          r"changes. Over 40 steps the attractor leaves $2 \cdot 10^{-10}$ of a gradient. A memory that "
          "repairs itself can't also pass gradients on.",
          lambda f: f.number("a gradient over 40 steps: attractor") == 2e-10
          and all(np.linalg.norm(np.linalg.matrix_power(after, 4).T, 2) < 1e-8 for after in after_ten())),
    Claim("above-0-they-drift-apart",
          "It is the mean logarithm of the factor by which such changes grow per step, along the path of "
          r"the state. $e^\lambda$ is the factor per step from lesson 06, over a long path. If λ is above "
          "0, neighbouring states drift apart, and the network is chaotic. If λ is below 0, they come "
          "together.",
          lambda f: drift(0.7) < 0 < drift(3.0) and all(math.isclose(
              drift(gain), exponents(np.random.default_rng(0), 50, gain, steps=300)["exponents"][0],
              abs_tol=0.001) for gain in (0.7, 3.0))),
    Claim("about-the-gain",
          r"The gain $g$ is the size of random weights. An $H \times H$ matrix of numbers of size $g / "
          r"\sqrt H$ has eigenvalues up to about $g$.",
          lambda f: all(0.9 < spectral_radius(random_network(np.random.default_rng(0), 150, g)) / g < 1.1
                        for g in (0.5, 2))),
    Claim("a-part-along-the-few",
          "Most directions shrink, but almost every small difference has a part along the few that grow, so "
          "in the end the difference grows.",
          lambda f: (np.linalg.norm(np.random.default_rng(0).normal(size=(50, 9)) * [1.2**60, *[0.5**60] * 8],
                                    axis=1) > 10).all()),
    Claim("the-sum-is-the-capacity",
          "The share of that input's variance that the probe decodes on held-out steps is between 0 and 1, "
          "and the sum over all lags is the memory capacity. With $H$ units it cannot be more than $H$.",
          lambda f: round(np.median(capacities("orthogonal")), 1) == f.numbers("orthogonal, radius  1.0")[1]
          and all(0 <= min(run.value["told"]) <= max(run.value["told"]) <= 1 and sum(run.value["told"]) <= 100
                  for run in load_run("13/memory"))),
    Claim("the-starts-decide",
          r"Newton's method solves $d\,(I - J) = -r$ and goes to $h + d$. It finds stable and unstable "
          "points alike, and the starts decide which. Visited states give the memories, and their means "
          "also give the saddles.",
          lambda f: _steps()[0] and kinds(f, "visited states")[:5] == [8, 8, 0, 0, 0]
          and kinds(f, "means of 2 to 8 of them")[1:5] == [8, 12, 6, 1]),
    Claim("so-do-others",
          "A stable point has the sign +1, but so do others, for example those with two unstable directions.",
          lambda f: [_signs(kind) for kind in KINDS] == [{1}, {-1}, {1}, {-1}]
          and len(unstable_directions(shipped()[0], shipped()[1]["face"][0])[0]) == 2),
    Claim("two-of-opposite-sign",
          "Then the sum should be 1, and even so two of opposite sign might be missing together.",
          lambda f: _one_is_no_proof()),
    Claim("all-have-that-size",
          "the radius is the size of one eigenvalue, and in an orthogonal matrix all have that size",
          lambda f: np.allclose(_eigenvalue_sizes(True), 1) and np.median(_eigenvalue_sizes(False)) < 0.75),
    Claim("all-others-are-smaller",
          "Only its largest eigenvalue has the size 1. All others are smaller, and whatever is along them "
          "fades soon.",        # a complex pair has one size
          lambda f: (_eigenvalue_sizes(False)[2:] < 1).all()
          and f.number("the median size of its eigenvalues is") ** 10 < 0.03),
    Claim("what-grows-near-0",
          "But tanh bends the curve, so what grows near 0 comes to rest further out.",
          lambda f: math.tanh(2 * 0.01) > 0.01 and 0.9 < unit_after(0.01) == unit_after(0.02) < 1),
    Claim("steeper-at-0",
          "Above 1 the curve is steeper than the line at 0, so it must cross the line twice more, and there "
          "the state rests.",
          lambda f: math.tanh(1.05e-3) > 1e-3 and _points(1.05, 0.0, -0.99, 0.01, 0.99).size == 3
          and unit_after(0.01) > 0.9 and unit_after(-0.01) < -0.9),
    Claim("at-0-alone",
          "Below 1 the curve meets the line at 0 alone, so whatever the state was, it fades.",
          lambda f: _points(0.9, 0.0, -0.99, 0.01, 0.99).size == 1
          and all(abs(unit_after(h, w=0.9)) < 1e-6 for h in (-0.99, 0.01, 0.99))),
    Claim("only-at-stable-points",
          "Ours comes to rest within some steps. But it does so only at stable points.",
          lambda f: kinds(f, "visited states")[:5] == [8, 8, 0, 0, 0]
          and bits_after("centre", 1e-6) == [-bit for bit in bits_after("centre", -1e-6)]),
    Claim("decided-by-the-sign", "one bit is undecided there, and the sign of the push decides it",
          lambda f: (np.sum(np.abs(read_out("edge")) < 0.5, axis=1) == 1).all()
          and sum(np.not_equal(bits_after("edge", 0.1), bits_after("edge", -0.1))) == 1),
    Claim("more-gain-makes-up",
          "Noise pushes units to where tanh is flat. A flat slope shrinks a difference, and more gain must "
          "make up for it.",
          lambda f: np.diff(np.tanh([2.0, 2.1]))[0] < np.diff(np.tanh([0.0, 0.1]))[0] / 5
          and predicted_exponent(1.3, 0.5) < 0 < min(
              predicted_exponent(1.3, 0), predicted_exponent(1.6, 0.5))),
    Claim("a-copy-loses-slowly",
          "A stable point removes small noise at each step, but loses everything when several pushes lead "
          "out of its basin. A copy loses slowly.",
          lambda f: [right(f, noise)[0] > right(f, noise)[1] for noise in ("0.10", "0.20")] == [True, False]
          and _small_noise_is_undone() and 0.5 < np.mean(pushed(0.2, 200)[0] > 3) and _noise_adds_up()),
    Claim("by-the-same-factors",
          "Around a state that repairs itself small pushes die out, and in the backward pass small changes "
          "die out too, by the same factors. A memory that keeps gradients keeps every push as well, so the "
          "noise adds up.",
          lambda f: all(np.allclose(np.linalg.svd(after)[1], np.linalg.svd(after.T)[1])
                        and np.linalg.norm(after, 2) < 0.1 for after in after_ten())
          and f.numbers("a gradient over 40 steps: attractor")[1] == 1
          and _noise_adds_up()),
    Claim("its-size-above-1",
          "A direction is unstable if a change along it grows at every step, so its eigenvalue has a size "
          "above 1.",
          lambda f: (np.abs(unstable_directions(shipped()[0], shipped()[1]["face"][0])[0]) > 1).all()
          and bits_after("face", 1e-6) != bits_after("face", -1e-6)),
    Claim("the-point-may-be-unstable",
          "F(h) = h. Whether the network comes to rest there is a different question, because the point may "
          "be unstable.",
          lambda f: math.tanh(2 * 0) == 0 and [round(unit_after(h)) for h in (-1e-9, 0, 1e-9)] == [-1, 0, 1]),
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
    NotReplicated("At 0.01 and radius 1 the table has only 56", "these runs"),
    NotReplicated("no more than 0.34 of any of them", "one network"),
    NotReplicated("the capacity is 99.2 of 100", "these runs"),
)


def _noise_allowed(w: float) -> float:
    """The steady push against it that a unit of weight w bears, found by trying."""
    h = np.linspace(0, 1, 200_001)[:-1]
    return float(max(w * h - np.arctanh(h)))


def _after_pulse() -> list[list[int]]:
    """The bits of the first corner after a pulse of +1 on the first wire, and again 60 steps later."""
    p, points = shipped()
    q = p.copy()
    q.b_h = p.b_h + p.W_xh[0]
    during = run_free(q, points["corner"][0], 20)[-1]
    return [np.sign(read_bits(p, run_free(p, during, steps)[-1])).astype(int).tolist() for steps in (0, 60)]


TURNING = np.array([[1.1, -0.1], [0.1, 1.1]])        # a step with a complex pair of eigenvalues


SOLVED = (       # claims of the worked solutions
    Claim("as-far-times-its-slope",
          "If $h_i$ moves a little, the pre-activation moves $W_{ij}$ times as far, and tanh passes on the "
          r"share $1 - f_j^2$. So $J_{ij} = W_{ij}\,(1 - f_j^2)$. Each *column* of $W_{hh}$ is multiplied "
          "by the slope of its unit",
          lambda f: np.allclose(small_step()[1], small_step()[2], atol=1e-5) and math.isclose(
              (np.tanh(1.7 * (0.2 + 1e-6)) - np.tanh(1.7 * (0.2 - 1e-6))) / 2e-6,
              1.7 * (1 - np.tanh(1.7 * 0.2) ** 2), rel_tol=1e-6)),
    Claim("grows-above-one", "it grows if the *size* of the eigenvalue is above 1",
          lambda f: all((abs(value) ** 20 > 1) == (abs(value) > 1) for value in (-1.2, 0.9, 0.6 + 0.9j))),
    Claim("other-side-and-larger", "with an eigenvalue of −1.2 it comes back on the other side, and larger",
          lambda f: -1.2 * 0.1 < 0 and abs(-1.2 * 0.1) > 0.1),
    Claim("rotates-while-it-grows",
          "With a complex pair a push rotates while it grows, and it has two directions to do so.",
          lambda f: (push := TURNING @ [1, 0])[1] > 0 and np.linalg.norm(push) > 1
          and np.sum(np.abs(np.linalg.eigvals(TURNING)) > 1) == 2),
    Claim("where-the-tangent-is-zero",
          r"The step goes to where the tangent is zero. With one unit it's $d = -r / (1 - \text{slope})$,",
          lambda f: math.isclose(newton_step(_unit(2.0), np.array([0.6])).item() - 0.6,
                                 -(0.6 - math.tanh(1.2)) / (1 - 2 * (1 - math.tanh(1.2) ** 2)))),
    Claim("the-state-stays",
          "When the pulse is over, the other corners come back, but the state stays where the pulse took it.",
          lambda f: _after_pulse() == [[1, -1, -1], [1, -1, -1]]),
    Claim("only-a-slow-place",
          "and it may stop at a minimum of $q$ that is only a slow place.",
          lambda f: abs(1 - 2 * (1 - (h := math.sqrt(0.5)) ** 2)) < 1e-9
          and abs(h - math.tanh(2 * h + FOLD - 0.01)) > 1e-3),
    Claim("a-point-may-be-overlooked",
          "The rules may overlook a point that is within $10^{-3}$ of another, so look at the distances "
          "between your points. They may also take a very slow state for a fixed point if $r$ is small there "
          "without being zero, but with $10^{-10}$ this hardly ever happens.",
          lambda f: _near_is_the_same()),
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
