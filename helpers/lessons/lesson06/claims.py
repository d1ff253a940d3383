"""What lesson 06 claims."""

import math
from functools import cache

import numpy as np

from helpers.data import adding_chance, adding_sequences
from helpers.lessons.lesson06.drawings import gradient_along_time
from helpers.lessons.lesson06.remedies import (
    REMEDIES,
    factors_by_radius,
    near_and_far_chunk,
    recurrent_weights,
)
from helpers.lessons.prose_facts import Claim, Facts, labels, two_are_marked
from helpers.lessons.replication import NotReplicated, Replicated, Seed
from helpers.networks import (
    LSTM,
    RNN,
    SGD,
    Adagrad,
    Adam,
    CharModel,
    Optimizer,
    RMSProp,
    factor_per_step,
    gradient_check,
    gradient_norms,
    running_jacobians,
    spectral_radius,
)
from helpers.networks.functions import relu
from helpers.runs import Result, Shipped, Sweep, load_run


@cache
def _runs() -> list[Result]:
    return load_run("06/near_and_far")


def _learnt(remedy: str, lag: int) -> int:
    """How many of the twenty shipped runs learnt both the near and the far symbol."""
    wanted = {"remedy": remedy, "lag": lag}
    return sum(max(run.value["short_term_loss"][-1], run.value["long_term_loss"][-1]) < 0.1
               for run in _runs()
               if run.parameters == wanted and run.status == "finished")


def _left(largest: float, inputs: float, steps: int = 20) -> float:
    """What so many steps back leave of a gradient in a tanh network with that largest singular value."""
    rng = np.random.default_rng(1)
    W_hh = rng.normal(size=(64, 64))
    W_hh *= largest / np.linalg.norm(W_hh, 2)
    h, slopes, dh = np.zeros(64), [], rng.normal(size=64)
    start = np.linalg.norm(dh)
    for _ in range(steps):
        h = np.tanh(inputs * rng.normal(size=64) + h @ W_hh)
        slopes.append(1 - h**2)
    for slope in reversed(slopes):
        dh = (dh * slope) @ W_hh.T
    return float(np.linalg.norm(dh) / start)


LEFT = {(largest, inputs): _left(largest, inputs)
        for largest in (0.5, 0.8, 0.95, 1.5, 3.0) for inputs in (0.01, 0.1, 1.0, 3.0)}


def _error_of(answer: float, numbers: int) -> float:
    """Mean squared error of always giving this answer for the sum of 1 or 2 numbers uniform in 0 to 1.

    It is integrated by Gauss's rule, which is exact for polynomials.
    """
    x, weight = np.polynomial.legendre.leggauss(3)
    x, weight = (x + 1) / 2, weight / 2
    if numbers == 2:
        x, weight = np.add.outer(x, x), np.outer(weight, weight)
    return float(np.sum(weight * (x - answer) ** 2))


def _start(start: str, seed: int = 0) -> np.ndarray:
    """W_hh (8, 8) of this initialisation."""
    return recurrent_weights(np.random.default_rng(seed), 8, start)


ROW = np.random.default_rng(3).normal(size=8)


def _orthogonal(inputs: float) -> tuple[float, float, float]:
    """The factor per step of an orthogonal tanh network, and its slopes' root mean square and mean."""
    rng, cell = np.random.default_rng(5), RNN(64, 64)
    p = cell.init(rng)
    p.W_hh, x = recurrent_weights(rng, 64, "orthogonal"), inputs * rng.standard_normal((60, 4, 64))
    slopes = 1 - cell.forward(p, x)[0] ** 2
    return factor_per_step(gradient_norms(cell, p, x)), float(np.sqrt(np.mean(slopes**2))), slopes.mean()


def _root_not_mean() -> bool:
    """Whether exercise 6.3 accepts (to within 0.02) the root of the mean square, and not the mean."""
    found = [_orthogonal(inputs) for inputs in (0.3, 1.0, 2.0)]
    return (all(abs(measured - root) < 0.02 for measured, root, _ in found)
            and 0.02 < abs(found[1][0] - found[1][2]) < 0.1)


def _five_steps(change: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The Jacobian over five steps, what a change of three units becomes, and how long a gradient like it."""
    rng, cell = np.random.default_rng(0), RNN(3, 3)
    p, x = cell.init(rng), rng.normal(size=(5, 1, 3))
    moved = cell.forward(p, x, (1e-6 * change[None],))[0][-1, 0] - cell.forward(p, x)[0][-1, 0]
    back = gradient_norms(cell, p, x, change[None])[5] * np.linalg.norm(change)
    return running_jacobians(cell, p, x, [5])[0], moved / 1e-6, float(back)


def _one_step() -> tuple[np.ndarray, ...]:
    """The measured gradient with respect to h_prev, that with respect to h, the slopes, and W_hh."""
    rng = np.random.default_rng(0)
    W_hh, h_prev, dh = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    up, down = (np.tanh((h_prev + size * np.eye(3)) @ W_hh) @ dh for size in (1e-6, -1e-6))
    return (up - down) / 2e-6, dh, 1 - np.tanh(h_prev @ W_hh) ** 2, W_hh


def _uniform_lstm() -> float:
    """The factor per step of an LSTM with uniform weights and a forget bias of 6, as section 8 tries it."""
    rng, cell = np.random.default_rng(0), LSTM(32, 32)
    p = cell.init(rng, forget_bias=6)
    return factor_per_step(gradient_norms(cell, p, rng.standard_normal((100, 4, 32))))


def _irnn(W_hh: np.ndarray, nonlinearity: str = "relu") -> tuple[np.ndarray, float]:
    """The states of a network as exercise 6.4 tries it, and the factor per step."""
    rng, cell = np.random.default_rng(63), RNN(8, 64, nonlinearity)
    p, x = cell.init(rng), rng.integers(8, size=(20, 8))
    p.W_xh, p.W_hh = np.abs(p.W_xh), W_hh
    return cell.forward(p, x)[0], gradient_norms(cell, p, x)[-1] ** (1 / 20)


def _first_update() -> tuple[np.ndarray, np.ndarray]:
    """The gradient of an IRNN's W_hh before training, and what Adam's first update at 0.01 takes off W_hh."""
    rng = np.random.default_rng(0)
    model, chunk = CharModel(RNN(9, 64, "relu"), rng), near_and_far_chunk(rng, 20, 32)
    model.params.W_hh = np.eye(64)
    _, grads, _ = model.loss_and_grads(chunk.inputs, chunk.targets)
    Adam(0.01).update(model.params, grads)
    return grads.W_hh, np.eye(64) - model.params.W_hh


def _tried(
    nonlinearity: str = "relu", size: float = 1.0, bias: float = 0.0, first: float = 0.0, radius: float = 1.0
) -> np.ndarray:
    """The states of a network of 64 units with random weights and inputs of this size."""
    rng, cell = np.random.default_rng(7), RNN(8, 64, nonlinearity)
    p, x = cell.init(rng), size * rng.normal(size=(20, 1, 8))
    p.b_h[...], p.W_hh = bias, radius * recurrent_weights(rng, 64, "scaled")
    return cell.forward(p, x, (np.full((1, 64), first),))[0]


def _doubled(**setting: float | str) -> bool:
    """Whether twice as large inputs double all states of such a network, and leave each unit on or off."""
    h, twice = (_tried(**{**setting, "size": size * setting.get("size", 1.0)}) for size in (1, 2))
    return np.allclose(twice, 2 * h, rtol=0.01) and bool(np.all((h > 0) == (twice > 0)))


def _steps_of(optimizer: Optimizer, shrunk: float) -> np.ndarray:
    """What a first update at 0.1 takes off two weights whose gradients are `shrunk` and 4."""
    p = RNN(1, 2).init(np.random.default_rng(0)).zeros_like()
    grads = p.zeros_like()
    grads.b_h[...] = shrunk, 4
    optimizer.update(p, grads)
    return -p.b_h


def _unseen(f: Facts) -> bool:
    """Whether a gradient without its far part has the same norm, and one that vanishes passes a check."""
    model = CharModel(RNN(4, 8), np.random.default_rng(0), scale=0.01)
    ids = np.random.default_rng(1).integers(4, size=(8, 1))
    return (f.number("the gradient is the same to within") < 1e-4 and f.number("20 to 39    ") < 1e-8
            and max(gradient_check(model, ids[:-1], ids[1:]).values()) < 1e-5)


CLAIMS = (
    Claim("first-the-slope-then-the-matrix",
          "So each step back multiplies every entry by the slope of tanh at its unit, $1 - h_t^2$, a number "
          "between 0 and 1, and then multiplies the row by the recurrent weights.",
          lambda f: (found := _one_step()) and np.allclose(found[0], (found[1] * found[2]) @ found[3].T)
          and not np.allclose(found[0], (found[1] @ found[3].T) * found[2])
          and 0 < found[2].min() < found[2].max() < 1),
    Claim("a-straight-line",
          "Put a loss at the last step only, and record the norm of the gradient at each lag. On a "
          "logarithmic axis, a gradient that loses the same share at every step is a straight line, and its "
          "slope gives the factor per step.",
          lambda f: np.allclose(np.diff(np.log(0.37 ** np.arange(9)), 2), 0)
          and math.isclose(factor_per_step(0.37 ** np.arange(9)), 0.37)
          and np.ptp(0.37 ** np.arange(9)) > 0.9 and f.number("left at lags 0, 1, 5, 10 and 20:") == 1),
    Claim("slope-one-or-nothing",
          r"which is $\max(a, 0)$. Its slope is 1 or 0 and nothing in between.",
          lambda f: {round((relu(a + 1e-6) - relu(a)) / 1e-6, 6) for a in np.linspace(-2, 2, 40)} == {0, 1}),
    Claim("as-many-as-units",
          r"With $H$ numbers of size 0.01 for each unit, a step multiplies the gradient by about "
          r"$0.01\sqrt{H}$",
          lambda f: all(abs(np.linalg.norm(recurrent_weights(np.random.default_rng(0), H, "small").mean(0)
              * math.sqrt(H)) / (0.01 * math.sqrt(H)) - 1) < 0.2 for H in (64, 100, 400))),
    Claim("not-seen-in-the-norm",
          "That's why neither the gradient's norm nor a gradient check reveals a vanishing gradient.",
          _unseen),
    Claim("neither-shows-it",
          "What vanishes is the far part of a gradient whose near part is healthy. Neither the norm of the "
          "whole gradient nor a gradient check shows this.", lambda f: _unseen(f) and f.number(
              " 0 to  0    ") > 0.8),
    Claim("near-and-far-task",
          "At every step it should name the symbol shown one step before, but at the question mark it should "
          "name the first symbol. All answers but the last need a memory of one step, and the last needs a "
          "memory of the whole lag.",
          lambda f: (it := near_and_far_chunk(np.random.default_rng(0), 20, 9)) and len(it.inputs) == 21
          and np.all(it.targets[1:-1] == it.inputs[:-2]) and np.all(it.targets[-1] == it.inputs[0])),
    Claim("no-stepping-stone",
          "is so hard because there is no stepping stone between lag 1 and lag 20.",
          lambda f: (it := near_and_far_chunk(np.random.default_rng(0), 20, 99)) and set(it.targets[-1])
          == set(it.inputs[0]) == {0, 1, 2, 3} and not {0, 1, 2, 3} & set(it.inputs[1:].ravel())),
    Claim("one-in-each-half",
          "Exactly two numbers are marked, one in each half of the sequence. At the end it must output their "
          "sum.",
          lambda f: two_are_marked()),
    Claim("only-the-number-one",
          "In the first hundred updates the error falls by 85 %, and all that is learnt is the number 1.",
          lambda f: (ends := f.numbers("before training and after 100 updates:"))
          and round(1 - ends[1] / (ends[0] or 1), 2) == 0.85 and abs(ends[1] - _error_of(1, 2)) < 0.005),
    Claim("what-rescales",
          "The baseline uses *Adam*. *SGD* does not rescale gradients at all. *RMSProp* divides the gradient "
          "of each weight by its usual size",
          lambda f: REMEDIES["none"].optimizer == "Adam" and all(
              np.ptp(_steps_of(optimizer(0.1), 0.01)) < 1e-4 for optimizer in (Adam, RMSProp))
          and np.allclose(_steps_of(SGD(0.1), 0.01), [0.001, 0.4])),
    Claim("no-multiplication-helps", "And no multiplication can help. If you raise the learning rate a "
          "thousandfold, the near and the far part grow together.",
          lambda f: np.allclose(_steps_of(SGD(100.0), 0.01), 1000 * _steps_of(SGD(0.1), 0.01))),
    Claim("only-the-signs", "RMSProp's first step depends only on the signs of the gradient.",
          lambda f: np.allclose(_steps_of(RMSProp(0.1), 0.01), _steps_of(RMSProp(0.1), 9.0))
          and np.allclose(_steps_of(RMSProp(0.1), -9.0), [-1, 1] * _steps_of(RMSProp(0.1), 9.0))),
    Claim("copies-its-state",
          "which copies its state unless told otherwise. It is also trained slowly, at a third of the rate.",
          lambda f: REMEDIES["IRNN"][:2] == ("identity", "relu") and np.all(_irnn(np.eye(64))[0] >= 0)
          and np.allclose(np.maximum(np.abs(ROW) @ _start("identity"), 0), np.abs(ROW))
          and math.isclose(3 * REMEDIES["IRNN, slowly"].learning_rate, REMEDIES["IRNN"].learning_rate)),
    Claim("knows-the-far-symbol",
          "You get a network that knows the far symbol and misses the near ones.",
          lambda f: (found := f.numbers("lag 20, the same, slowly: near"))[2] > 0.9 and 0 < found[3] < 0.1),
    Claim("stretches-no-change-by-more",
          r"The largest singular value of $J_{k \to t}$ is the largest factor by which it stretches any "
          "change. The eigenvalues of $W_{hh}$ say what happens to its powers, which would be the whole "
          "story if all slopes were 1.",
          lambda f: (J := _five_steps(ROW[:3])[0]) is not None and (S := np.linalg.svd(J)) and max(
              np.linalg.norm(row @ J) / np.linalg.norm(row) for row in np.random.default_rng(0).normal(
                  size=(99, 3))) <= S[1][0] and math.isclose(np.linalg.norm(S[0][:, 0] @ J), S[1][0])
          and abs(np.linalg.norm(np.linalg.matrix_power(_start("scaled"), 200)) ** (1 / 200) - 1) < 0.02),
    Claim("need-not-and-may",
          "A spectral radius of 7 need not explode, and one of 1 may vanish.",
          lambda f: f.numbers("rate 0.1, after   100 updates:")[0] > 7
          and 0 < f.numbers("rate 0.1, after   100 updates:")[2] < 1
          and f.number("radius 1.0, inputs 1: factor per step") < 0.8),
    Claim("same-ratio",
          "Nearly half of the gradient is left at lag 7. The bars fall by the same ratio each time, never by "
          "the same amount, so at lag 14 nearly a quarter is left.",
          lambda f: "0.028 of it is left" in f.line("A loss at") and 0.45 < 0.9**7 < 0.5
          and 0.45**2 < 0.9**14 < 0.25),
    Claim("ways-to-start",
          r"*Uniform* draws numbers between $-1/\sqrt H$ and $1/\sqrt H$, as libraries do. *Small*, as in "
          "lesson 02, draws numbers of size 0.01 from the bell curve (*normally distributed*). "
          "Scaled divides such numbers so that the largest eigenvalue has size 1. Orthogonal is a random "
          "rotation or reflection, which changes no row's length. Identity passes every state on unchanged.",
          lambda f: 0.9 < np.abs(_start("uniform")).max() * math.sqrt(8) <= 1
          and abs(_start("small").std() - 0.01) < 0.002 < 0.02 < np.abs(_start("small")).max()
          and math.isclose(spectral_radius(_start("scaled")), 1) and np.ptp(_start("scaled")) > 1
          and {round(np.linalg.det(_start("orthogonal", seed)), 9) for seed in range(8)} == {-1, 1}
          and math.isclose(np.linalg.norm(ROW @ _start("orthogonal")), np.linalg.norm(ROW))
          and (ROW @ _start("identity")).tolist() == ROW.tolist()),
    Claim("orthogonal-loses",
          "Choose *orthogonal* and inputs of 1. Each step leaves 0.74 of the gradient, and a hundred steps "
          "leave $10^{-13}$. The matrix does keep every length, but it is only half of a step. The other "
          "half is the slope of tanh. Inputs of size 1 push many units towards ±1, where tanh is flat and "
          "$1 - h^2$ is small.",
          lambda f: f.numbers("orthogonal      ")[2] == 0.74 and 1e-14 < 0.74**100 < 1e-12
          and f.numbers("orthogonal, tanh, inputs 1:")[0] == 1e-13
          and math.isclose(np.linalg.norm(ROW @ _start("orthogonal")), np.linalg.norm(ROW))
          and _orthogonal(1.0)[1] < 0.8 < 0.95 < _orthogonal(0.1)[1]),
    Claim("scaled-loses-a-quarter", "a quarter of the gradient is lost at every step",
          lambda f: 0.72 <= f.numbers("scaled  ")[2] <= 0.78),
    Claim("tiny-inputs",
          "The factor climbs to 1, because near 0 tanh has slope 1, but such a network is practically "
          "linear.",
          lambda f: _doubled(nonlinearity="tanh", size=0.001) and not _doubled(nonlinearity="tanh")
          and f.numbers("orthogonal      ")[0] == 1 > f.numbers("orthogonal      ")[2]),
    Claim("an-initialisation-brings-it-back", "An initialisation brings it back if it sets the factor per "
          "step near 1, for example an orthogonal matrix, or the identity with ReLU, as long as training "
          "leaves it there. RMSProp does not",
          lambda f: 0.95 < _orthogonal(0.02)[0] <= 1 and 0.95 < _irnn(np.eye(64))[1] < 1.05
          and _learnt("RMSProp", 20) == 0 < _learnt("IRNN", 20)),
    Claim("only-the-identity",
          "However, with random weights about half of the units are off at any time, and at such a unit a "
          "gradient ends. Only the identity keeps nearly everything",
          lambda f: f.numbers("identity      ")[3] == 1 > max(
              f.numbers(f"{start}      ")[3] for start in ("uniform", "small", "scaled", "orthogonal"))
          and 0.4 < np.mean(_tried() > 0) < 0.6),
    Claim("relu-and-size",
          "As long as all biases and the first state are 0, its factor does not depend on the size of the "
          "inputs, because doubling all inputs doubles all states and leaves each slope as it was.",
          lambda f: f.line("the same norms at every lag").endswith("True") and _doubled()
          and not _doubled(bias=1.0) and not _doubled(first=1.0) and not _doubled(nonlinearity="tanh")),
    Claim("last-few-steps", "almost all of this gradient comes from the last few steps",
          lambda f: f.number(" 0 to  0    ") > 0.8 and f.number("10 to 19    ") < 1e-4),
    Claim("not-a-share",
          "The lengths add up to more than 1, because the parts point in different directions.) What lag 20 "
          "contributes is still in the sum, exactly computed, but it has no weight. What vanishes is not the "
          "gradient, but its far part.",
          lambda f: sum(f.number(row) for row in (" 0 to  0    ", " 1 to  4    ", " 5 to  9    ")) > 1
          and 0 < f.number("20 to 39    ") < 1e-8),
    Claim("near-and-not-far", "The near answers are perfect and the far one is at chance",
          lambda f: f.number("lag  20: near") == 0 and f.numbers("lag  20: near")[1] > 1.38),
    Claim("the-mean-is-one-answer", "is due to that one missing answer, shared among 21",
          lambda f: abs(f.numbers("lag  20: near")[-1] - f.number("0 for all others:")) < 0.005),
    Claim("farther-and-less-seen",
          "At lag 160 the far answer is lost, yet the mean loss is even lower, because the missing answer is "
          "shared among more answers. The farther the dependency, the harder it is to learn, and the less of "
          "it you see. A falling loss curve says nothing about long lags.",
          lambda f: f.numbers("lag 160: near")[-1] < f.numbers("lag  20: near")[-1]
          and f.numbers("lag 160: near")[1] > 1.38 and f.numbers("0 for all others:")[2] < 0.01
          and [_learnt("none", lag) for lag in (10, 15, 20, 160)] == [20, 17, 1, 0]),
    Claim("leave-the-plateau", "With 10 and 20 steps all twenty networks leave the plateau", lambda f: all(
        f"{left} of 20 at {length} steps" in f.line("Tanh networks")
        for length, left in ((10, 20), (20, 20), (30, 19), (50, 0), (100, 0)))),
    Claim("five-on-their-way", "With 50 steps, five networks are on their way",
          lambda f: f.numbers(" 50 steps: 0")[1] == 5 and f.numbers("100 steps: 0")[1] == 0),
    Claim("no-optimiser", "The optimiser hardly changes how far back a network learns",
          lambda f: all(f"{name}, 10;" in f.line("Up to which lag")
                        for name in ("none (Adam, tanh, uniform)", "SGD", "RMSProp"))),
    Claim("no-sign-turns", "how many of the 4,096 signs change",
          lambda f: f.number("without the far part,") == 0),
    Claim("takes-no-length", "An *orthogonal* matrix takes no length away.",
          lambda f: np.allclose(np.linalg.svd(_start("orthogonal"))[1], 1)
          and min(np.linalg.svd(_start(start))[1][-1] for start in ("uniform", "small", "scaled")) < 0.5),
    Claim("orthogonal-a-little-farther",
          "*Orthogonal* weights reach a little farther than uniform ones. With orthogonal weights 18 of 20 "
          "runs learn lag 20, and with uniform weights only one does",
          lambda f: "orthogonal, 20;" in f.line("Up to which lag")
          and (_learnt("orthogonal", 20), _learnt("none", 20), _learnt("small", 20)) == (18, 1, 9)),
    Claim("relu-is-luck", "19 runs learn lag 20, but only 12 learn lag 15",
          lambda f: "ReLU, 5 and again at 20" in f.line("Up to which lag")
          and (_learnt("ReLU", 20), _learnt("ReLU", 15)) == (19, 12)),
    Claim("winner-by-far",
          "All twenty runs learn lags 30 and 40, 19 learn lag 80, and 13 learn lag 160",
          lambda f: "ReLU and identity, 10 and again at 30, 40, 80" in f.line("Up to which lag")
          and [_learnt("IRNN", lag) for lag in (20, 30, 40, 80, 160)] == [16, 20, 20, 19, 13]),
    Claim("a-gap-at-twenty",
          "Only 16 of its runs learn lag 20. And at lag 160 one run of twenty diverges, at either learning "
          "rate, because without the ceiling of tanh nothing stops a factor of a little over 1.",
          lambda f: _learnt("IRNN", 20) == 16 and sorted(
              (run.parameters["remedy"], run.parameters["lag"]) for run in _runs()
              if run.status == "diverged") == [("IRNN", 160), ("IRNN, slowly", 160)]
          and _irnn(np.eye(64) + 0.01)[0].max() > 1000 > 1 >= _irnn(np.eye(64) + 0.01, "tanh")[0].max()),
    Claim("late-near-answers", "while those of the plain network cost 0.03",
          lambda f: f.number("lag 20, ReLU and identity: near") > 30 * f.number("uniform): near")),
    Claim("grows-late",
          "The gradient starts to grow only at a radius between 1.7 and 1.8, and grows far less than the "
          "eigenvalues promise, because the larger the weights, the flatter the units.",
          lambda f: f.numbers("radius 1.7, inputs")[1] < 1 < f.numbers("radius 1.8, inputs")[1]
          < f.numbers("radius 3.0, inputs")[1] < 3 / 2
          and np.all(np.diff([np.mean(1 - _tried("tanh", radius=r) ** 2) for r in (1.0, 1.8, 3.0)]) < -0.1)),
    Claim("twenty-fade",
          "their gradients do not explode. They fade, by a factor of 0.66 to 0.95 per step, because the mean "
          "slope of their units is 0.07 to 0.17.",
          lambda f: (found := f.table("20 networks after 3,000", 3))[0][0] > 4 and 0 < found[2][0]
          and found[2][2] < 1 and (found[1][0], found[1][2]) == (0.07, 0.17)),
    Claim("enough-to-vanish",
          r"No gradient is longer than $S^{\text{lag}}$, where $S$ is the largest singular value of "
          r"$W_{hh}$. So $S < 1$ is enough for a gradient to vanish",
          lambda f: all(left <= largest**20 for (largest, _), left in LEFT.items())
          and max(left for (largest, _), left in LEFT.items() if largest < 1) < 0.95**20
          and min(left for (largest, _), left in LEFT.items() if largest > 1) < 0.01),
    Claim("necessary-to-explode", "and $S > 1$ is necessary for it to explode",
          lambda f: {largest for (largest, _), left in LEFT.items() if left > 1} == {3.0}),
    Claim("not-reversed", "Neither statement may be reversed",
          lambda f: any(left < 0.01 for (largest, _), left in LEFT.items() if largest == 3.0)),
    Claim("one-update",
          "With one update the factor goes from 0.1 to about 0.9. In lesson 02 you saw that Adagrad's first "
          "step moves every weight by the whole learning rate, 0.1, which is ten times the size that the "
          "weights had. A hundred weights of size 0.1 for each unit multiply a gradient by about 1, because "
          r"$0.1\sqrt{100}$ is 1, and the slopes take a little of that. The weights need "
          "not pull together for this, and random signs would do as well.",
          lambda f: np.allclose(_steps_of(Adagrad(0.1), 0.01), 0.1, atol=1e-5)
          and abs(np.linalg.norm(0.1 * np.random.default_rng(0).choice([-1, 1], (100, 100)).mean(0) * 10) - 1)
          < 0.2
          and f.numbers("before the first update:")[1] == 0.1
          and f.numbers("after the first update :")[1] == 0.9),
    Claim("recovers",
          "The weights become so large that most units are at ±1. At a learning rate of 0.1 the mean slope "
          "has fallen to 0.03 after a hundred updates, so the factor has fallen to 0.32. Then the factor "
          "recovers to 0.77, while the spectral radius stays near 7.",
          lambda f: f.numbers("rate 0.1, after 3,000 updates:")[2] == 0.77
          > 2 * f.numbers("rate 0.1, after   100 updates:")[2]
          and f.numbers("rate 0.1, after   100 updates:") == [7.4, 0.03, 0.32]),
    Claim("gate-is-the-factor",
          "The factor follows the gate. At a bias of 1 the factor is 0.74, so the gradient still vanishes. "
          "At a bias of 5 the factor is 1. With *uniform* weights and a large bias it even goes above 1. So "
          "an LSTM can vanish, hold, or grow.",
          lambda f: all(abs(gate - factor) < 0.03 for gate, factor in (
              f.numbers(f"forget bias {bias}: gate") for bias in (0, 1, 2, 5)))
          and f.numbers("forget bias 1: gate")[1] < 0.9 < f.numbers("forget bias 5: gate")[1]
          and _uniform_lstm() > 1.01),
    Claim("a-sixth-exactly",
          "A network that knows nothing does best to answer 1 every time, and its mean squared error is the "
          r"variance of that sum: $$\tfrac{1}{12} + \tfrac{1}{12} = \tfrac{1}{6} \quad \text{exactly.}$$",
          lambda f: math.isclose(_error_of(0.5, numbers=1), 1 / 12)
          and math.isclose(_error_of(1, numbers=2), 1 / 6) and math.isclose(adding_chance(100), 1 / 6)
          and _error_of(1, numbers=2) < min(_error_of(0.9, numbers=2), _error_of(1.1, numbers=2))),
    Claim("one-and-a-sixth", r"answers something near 0, and its error is about $1 + \frac16$",
          lambda f: math.isclose(_error_of(0, numbers=2), 1 + 1 / 6)),
    Claim("the-last-is-a-sliver",
          "A loss at step t sends its gradient back through eight states; each step multiplies it by 0.6, "
          "and of the bars below the states, which show what is left of it, the last is a sliver of 0.03",
          lambda f: (at := labels(gradient_along_time()))["0.03"][0] == min(at["lag 7"][0], at["lag 0"][0])
          and at["0.03"][1] < at["$h_{t-7}$"][1]
          and {f"{0.6**lag:.2f}" for lag in range(1, 8)} <= at.keys()),
    Claim("best-of-what-is-seen",
          "the best error of a network that sees $m$ of $T$ steps is $(1 - m/T)/6$",
          lambda f: abs(_error_of(1, 2) - 1 / 6) < 1e-9 < _error_of(1.1, 2) - 1 / 6 < _error_of(0.5, 2)),
    Claim("error-of-ten-steps",
          "A network in the adding problem has converged to a mean squared error of 0.15, on sequences of "
          "100 steps.",
          lambda f: math.isclose(adding_chance(100, 10), 0.15)      # 10 steps, says the solution
          and math.isclose(adding_chance(100), _error_of(1, numbers=2))),
    Claim("back-transposed",
          r"A small change of $h_k$, a row $\delta$, changes $h_t$ by $\delta J_{k \to t}$, and a gradient "
          "comes back through the same matrix, transposed.",
          lambda f: (found := _five_steps(d := np.array([1.0, 2.0, -1.0]))) and np.allclose(
              found[1], d @ found[0], atol=1e-5) and math.isclose(np.linalg.norm(d @ found[0].T), found[2])
          and not math.isclose(np.linalg.norm(d @ found[0]), found[2], rel_tol=0.01)),
    Claim("faster-than-orthogonal",
          "At every step half of the memory is thrown away, and half of its gradient, so the gradient fades "
          "*faster* than in a plain orthogonal network.",
          lambda f: f.numbers("forget bias 0: gate") == [0.5, 0.51]
          and 0.51 < f.numbers("orthogonal      ")[2] == 0.74),
    Claim("well-below-one",
          "With tanh and inputs of ordinary size, all the usual initialisations have a factor well below 1, "
          "those with orthogonal and identity matrices included. A spectral radius of 1 keeps nothing.",
          lambda f: all(f.numbers(f"{start}      ")[2] < 0.8 for start in (
              "uniform", "small", "scaled", "orthogonal", "identity"))
          and f.numbers("scaled      ")[2] ** 100 < 1e-12),
    Claim("what-each-buys",
          "Orthogonal weights buy a little distance. ReLU with the identity buys a lot, but can blow up. "
          "Optimisers that rescale each weight buy hardly any.",
          lambda f: all(words in f.line("Up to which lag") for words in (
              "SGD, 10; RMSProp, 10;", "orthogonal, 20;", "identity, 10 and again at 30, 40, 80;"))
          and {run.parameters["remedy"] for run in _runs() if run.status != "finished"}
          == {"IRNN", "IRNN, slowly"}),
    Claim("slopes-alone",
          "With an orthogonal $W_{hh}$ the matrix takes nothing from a gradient's length. So the slopes "
          "alone, and with them the states, must determine the factor per step. You are given h, the states "
          "(T, B, H) of a tanh network with an orthogonal $W_{hh}$.",
          lambda f: _root_not_mean() and np.allclose(np.linalg.svd(_start("orthogonal"))[1], 1)),
    Claim("mean-not-close-enough", "The mean of the slopes is close, but not close enough.",
          lambda f: _root_not_mean()),
    Claim("root-of-the-mean-square",
          "It is the root of the mean square of the slopes, np.sqrt(np.mean((1 - h**2) ** 2)).",
          lambda f: _root_not_mean()),
    Claim("they-help-each-other",
          "Changing the diagonal alone gives $1.01^{20} = 1.22$. However, there are 64 × 64 entries, and in "
          "a sum they can all help each other. What is the largest eigenvalue of a matrix of 64 × 64 equal "
          "numbers?",
          lambda f: (found := np.linalg.eigvalsh(np.full((64, 64), 0.01)))[-1] > 0.63 > 1e-9 > found[-2]
          and round(np.linalg.norm(np.linalg.matrix_power(1.01 * np.eye(64), 20), 2), 2) == 1.22),
)

def _learns(seed: Seed, remedy: str, lag: int) -> bool:
    """Whether a network learnt both the near and the far symbol."""
    losses = seed(remedy=remedy, lag=lag)
    return losses is not None and max(losses["short_term_loss"][-1], losses["long_term_loss"][-1]) < 0.1


RADIUS = Shipped("lesson06/radius.jsonl", "", Sweep(factors_by_radius, {"units": [64]}),
                 range(200, 300), 0.2, ())


def _losses(seed: Seed, remedy: str, lag: int) -> tuple[float, float]:
    """The near and the far loss at the end; infinite if the run diverged."""
    run = seed(remedy=remedy, lag=lag)
    return (run["short_term_loss"][-1], run["long_term_loss"][-1]) if run else (math.inf, math.inf)


def _factor(seed: Seed, update: int) -> float:
    """The factor per step after so many updates at a rate of 0.1."""
    run = seed(learning_rate=0.1)
    return run["factor"][run["updates"].index(update)]


def _near_soon(seed: Seed, remedy: str) -> float:
    """The near loss at lag 20 after 200 updates."""
    run = seed(remedy=remedy, lag=20)
    return run["short_term_loss"][run["updates"].index(200)] if run else math.inf


REPLICATED = (
    Replicated("near-and-not-far", "The near answers are perfect and the far one is at", "06/near_and_far",
               lambda seed: (found := _losses(seed, "none", 20))[0] < 0.01 and found[1] > 1.3),
    Replicated("lost-at-160", "At lag 160 the far answer is lost", "06/near_and_far",
               lambda seed: _losses(seed, "none", 160)[1] > 1.3),
    Replicated("leave-the-plateau", "all twenty networks leave the plateau", "06/adding_plateau",
               lambda seed: all(min(seed(length=length)["errors"]) < 0.05 for length in (10, 20))),
    Replicated("leave-it-at-thirty", "with 30 steps 19 networks do", "06/adding_plateau",
               lambda seed: min(seed(length=30)["errors"]) < 0.05),
    Replicated("stay-on-the-plateau", "with 100 steps none is", "06/adding_plateau",
               lambda seed: seed(length=100)["errors"][-1] > 0.15),
    Replicated("no-optimiser", "optimiser hardly changes how far back a network learns", "06/near_and_far",
               lambda seed: not any(_learns(seed, remedy, 20) for remedy in ("none", "SGD", "RMSProp"))),
    Replicated("orthogonal-a-little-farther", "reach a little farther than uniform ones", "06/near_and_far",
               lambda seed: _learns(seed, "orthogonal", 20) and not _learns(seed, "none", 20)),
    Replicated("small-no-worse", "Small weights do no worse than uniform ones", "06/near_and_far",
               lambda seed: _learns(seed, "small", 15) or not _learns(seed, "none", 15)),
    Replicated("far-and-not-near", "a network that knows the far symbol and misses the near ones",
               "06/near_and_far",
               lambda seed: (found := _losses(seed, "IRNN, slowly", 20))[1] < 0.5 < found[0]),
    Replicated("winner-by-far", "is the winner by far", "06/near_and_far",
               lambda seed: _learns(seed, "IRNN", 40) and not any(
                   _learns(seed, remedy, 40) for remedy in ("none", "SGD", "RMSProp", "small", "orthogonal",
                                                            "ReLU", "IRNN, slowly"))),
    Replicated("late-near-answers", "Its near answers are learnt late", "06/near_and_far",
               lambda seed: _near_soon(seed, "IRNN") > 10 * _near_soon(seed, "none")),
    Replicated("large-radius-fades", "their gradients do not explode. They fade", "06/reach_of_text",
               lambda seed: (run := seed(learning_rate=0.1))["radius"][-1] > 4 and run["factor"][-1] < 1),
    Replicated("one-update", "the factor goes from 0.1 to about 0.9", "06/reach_of_text",
               lambda seed: seed(learning_rate=0.1)["factor"][1] > 0.7),
    Replicated("recovers", "Then the factor recovers", "06/reach_of_text", lambda seed: (
        _factor(seed, 100) < min(_factor(seed, 1), _factor(seed, 3000)))),
    Replicated("where-growth-begins", "In 93 of 100 other networks", RADIUS,
               lambda seed: seed()[0] <= 1 < seed()[1], said=(93, 100)),
)
NOT_REPLICATED = (
    NotReplicated("at lag 160 one run of twenty diverges", "these runs"),
    NotReplicated("Each step leaves 0.74 of the gradient", "one network"),
    NotReplicated("a quarter of the gradient is lost at every step", "one network"),
    NotReplicated("Only the identity keeps nearly everything", "one network"),
    NotReplicated("almost all of this gradient comes from the last few steps", "one network"),
    NotReplicated("In the first hundred updates the error falls by 85 %", "these runs"),
    NotReplicated("With 50 steps, five networks are on their way", "these runs"),
    NotReplicated("only 12 learn lag 15", "these runs"),
    NotReplicated("with all of its length", "one network"),
    NotReplicated("At every step half of the memory is thrown away", "calculated"),
    NotReplicated("With uniform weights and a large bias it even goes above 1", "one network"),
)

SOLVED = (       # claims of the worked solutions
    Claim("never-a-hundredth",
          r"If every step multiplies by the same factor $f$, the norm at lag $d$ is $f^d$ and its logarithm "
          r"$d \ln f$, a straight line of slope $\ln f$. A hundredth is left where $d \ln f = \ln 0.01$. If "
          r"the slope is zero or above, that never "
          "happens.",
          lambda f: math.isclose(np.polyfit(range(9), np.log(0.7 ** np.arange(9)), 1)[0], math.log(0.7))
          and all(factor ** 10_000 > 0.01 for factor in (1.0, 1.01)) and 0.99 ** 10_000 < 0.01
          and math.isclose(0.5 ** (math.log(0.01) / math.log(0.5)), 0.01)),
    Claim("beyond-the-last-lag",
          "Why fit a line, instead of looking for the first norm below 0.01? The line uses all the norms, "
          "so a little noise does no harm, and it reaches beyond the last lag.",
          lambda f: min(0.9 ** np.arange(11)) > 0.01 and math.log(0.01) / np.polyfit(
              np.arange(11), np.arange(11) * math.log(0.9), 1)[0] > 11),
    Claim("no-logarithm",
          "(A norm of exactly zero has no logarithm, so leave such lags out first, as factor_per_step does.)",
          lambda f: math.isclose(factor_per_step([1, 0.5, 0.25, 0, 0]), 0.5)
          and math.isclose(factor_per_step([0, 0, 1, 0.5]), 0.5)),
    Claim("not-a-law", "The horizon is a rule of thumb, not a law.",
          lambda f: f.number("orthogonal   horizon") < 20 and _learnt("orthogonal", 20) >= 18),
    Claim("beyond-its-horizon",
          "the orthogonal network learnt a lag of 20, beyond its horizon at the start, because training "
          "changed its weights. But the order of the three horizons is right, and so is their size.",
          lambda f: f.number("small        horizon") < f.number("uniform      horizon")
          < f.number("orthogonal   horizon") < 20),
    Claim("what-a-step-saves",
          r"A given time step is marked in 2 of $T$ sequences on average. "
          r"So a network that sees this step avoids the variance of a marked number, $\frac1{12}$, with "
          r"probability $\frac2T$. That saves $\frac1{6T}$ per step. With $m$ steps seen the error is "
          r"$$\frac16 - \frac{m}{6T} = \frac{1 - m/T}{6}, \qquad\text{so}\qquad m = T\,(1 - 6 \cdot "
          r"\text{error}).$$",
          lambda f: abs(np.mean(adding_sequences(np.random.default_rng(0), 10, 2000)[0][2, :, 1])
                        - 2 / 10) < 0.02
          and round(100 * (1 - 6 * 0.15)) == f.number("an error of 0.15 over 100 steps:")
          and all(abs(T * (1 - 6 * (1 / 6 - m * 2 / T / 12)) - m) < 1e-9 for T, m in ((100, 10), (50, 7)))),
    Claim("ten-at-best", "So all we can say is that these networks see the last ten steps at best.",
          lambda f: all(T * (1 - 6 * f.numbers(f"{T:3} steps, between update")[2]) + f.numbers(
              f"{T:3} steps, between update")[-1] < 11 for T in (50, 100))),
    Claim("root-of-the-mean-square",
          r"A random rotation spreads $dh$ about equally over all units, so $dh_i^2$ is about the same for "
          r"all, and the ratio of the two lengths is $$\sqrt{\frac{1}{H} \sum_i (\varphi'_i)^2},$$ the root "
          r"of the "
          "mean square of the slopes.",
          lambda f: all(math.isclose(
              np.linalg.norm(np.full(len(slopes), 0.3) * slopes) / np.linalg.norm(np.full(len(slopes), 0.3)),
              math.sqrt(1 / len(slopes) * sum(slope**2 for slope in slopes)))
              for slopes in ([1.0, 0.5], [0.9, 0.1, 0.4]))
          and np.abs(recurrent_weights(np.random.default_rng(0), 64, "orthogonal")[0]).max() < 0.4),
    Claim("mean-is-smaller",
          "The plain mean of the slopes is always smaller, because units with a steep slope pass on more "
          "than their share of the length.",
          lambda f: f.numbers("inputs 0.1:")[2] <= f.numbers("inputs 0.1:")[1]
          and all(f.numbers(f"inputs {size}:")[2] < f.numbers(f"inputs {size}:")[1]
              for size in ("1.0", "3.0"))
          and 1**2 / (1**2 + 0.5**2) > 1 / (1 + 0.5)),
    Claim("more-different-more-smaller", "How much smaller it is depends on how different the units are",
          lambda f: np.all(np.diff([np.subtract(*f.numbers(f"inputs {size}:")[1:])
              for size in ("0.1", "1.0", "3.0")]) > 0)),
    Claim("one-eigenvalue",
          "The matrix of 64 × 64 ones has one eigenvalue that is not zero, 64, which belongs to the row of "
          r"equal entries. So $I + 0.01 \cdot \text{ones}$ has the eigenvalue $1 + 0.64$. Because all states "
          "are positive, no unit is ever off, and ReLU changes nothing.",
          lambda f: np.round(np.linalg.eigvalsh(np.ones((64, 64))), 9).tolist() == [*63 * [0], 64]
          and np.all(np.ones(64) @ np.ones((64, 64)) == 64) and _irnn(np.eye(64) + 0.01)[0].min() > 0
          and math.isclose(_irnn(np.eye(64) + 0.01)[1], 1 + 0.64)),
    Claim("no-random-signs",
          "A gradient doesn't have random signs, though, and Adam's first update moves every entry by the "
          "learning rate, along the gradient's signs.",
          lambda f: (found := _first_update()) and np.mean(np.isclose(
              found[1], 0.01 * np.sign(found[0]), atol=1e-4)) > 0.999
          and np.linalg.norm(np.sign(found[0]), 2) > 3 * np.linalg.norm(
              np.random.default_rng(0).choice([-1, 1], (64, 64)), 2)),
    Claim("no-tanh-holds-it",
          "Here, where the factor is 1 to begin with and no tanh holds it down, it can be the end.",
          lambda f: math.isclose(_irnn(np.eye(64))[1], 1) and _irnn(np.eye(64) + 0.01)[1] > 1.6
          and _irnn(np.eye(64) + 0.01, "tanh")[1] < 1),
    Claim("far-more-than-its-entries",
          "No entry has moved by more than a hundredth. But a matrix can change far more than its entries "
          "do. For example, 4,096 small changes in one direction are a large change. With random signs "
          "they would mostly cancel:",
          lambda f: f.number("largest eigenvalue") == round(1 + 64 * 0.01, 2) and 64**2 == 4096
          and f.number("random signs: largest eigenvalue") - 1 < 0.2 < 0.01 * 64),
    Claim("the-larger-the-smaller",
          "So an IRNN needs a small learning rate, and the larger the network, the smaller the rate. "
          "Clipping the gradient doesn't help much, because with Adam the *step* is as long as before.",
          lambda f: np.all(np.diff([np.linalg.eigvalsh(np.eye(H) + 0.01).max() for H in (16, 64, 256)]) > 0.4)
          and np.isclose(*(g / math.sqrt(g**2) for g in (5.0, 0.05)))),
)
