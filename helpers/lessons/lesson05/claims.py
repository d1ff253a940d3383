"""What lesson 05 claims."""

import numpy as np

from helpers.lessons.prose_facts import Claim, Facts
from helpers.runs import load_run


def _step(f: Facts, product: str) -> list[float]:
    """The losses of the printed settings whose rate times threshold is `product`."""
    return [float(line.rsplit(" ", 1)[1]) for line in f.printed
            if " x threshold " in line and f"= {product}:" in line]


def _ends(rate: float, threshold: float | None) -> list[float]:
    """The last losses of the shipped runs with this rate and threshold."""
    wanted = {"learning_rate": rate, "max_norm": threshold}
    return [run.value["end"] for run in load_run("05/thresholds") if run.parameters == wanted]


def _stretch(steps: int) -> float:
    """The most that so many steps stretch an arrow, at the eigenvalue 0.9 and the singular value 2."""
    return float(np.linalg.norm(np.linalg.matrix_power([[0.9, 2 - 0.9**2 / 2], [0, 0.9]], steps), 2))


CLAIMS = (
    Claim("a-little-over-one", "Pull *steps* to 100: $1.1^{100} = 13{,}781$",
          lambda f: f.number("1.1 to the power of 100 is") == 1.38e4),
    Claim("only-one-keeps", "Only the factor 1 keeps the gradient",
          lambda f: f.number("0.9 to the power of 100 is") < f.number("1.0 to the power of 100 is") == 1
          < f.number("1.1 to the power of 100 is")),
    Claim("hump-then-dies", "It grows to 6.2 at step 9 and then dies",
          lambda f: round(_stretch(9), 1) == 6.2 and _stretch(9) > max(_stretch(8), _stretch(10))
          and _stretch(60) < 0.2),
    Claim("singular-over-one-dies", "in the long run everything in it dies",
          lambda f: f.number("S = 1.60, rho = ") < 1 and f.numbers("S = 1.60, rho = ")[-1] < 1e-6),
    Claim("bound-does-not-cause", "$S > 1$ allows an explosion and does not cause one",
          lambda f: f.number("S = 1.60, inputs of size 0.1:") < 1
          and f.number("S = 2.41, inputs of size 1.0:") < 1 < f.number("S = 2.41, inputs of size 0.1:")),
    Claim("steeper-beside-the-line", "it is six to nine times steeper still",
          lambda f: all(5.5 < f.numbers(f"w = {w}: the gradient on the line")[3] < 9.5
                        for w in ("5.0", "5.5", "6.0", "7.0"))),
    Claim("wall-below-the-edge", "There is still a wall",
          lambda f: f.numbers("w = 4.2: the gradient on the line")[1] < 2
          < 20 < f.numbers("w = 4.2: the gradient on the line")[2] < 23),
    Claim("all-clipped-arrive", "With the clip there is nothing to be lucky about",
          lambda f: "clipped at 1: 200 converge" in f.printed and f.number("elsewhere, ") < 0.3 * 200),
    Claim("near-the-wall", "13 to 24 of 60 starts converge without a clip, and 53 to 58 with a clip at 1",
          lambda f: f.numbers("near the wall, in 5 draws,")[:2] == [13, 24]
          and "53 to 58 clipped at 1" in f.line("near the wall, in 5 draws,")),
    Claim("a-clip-sleeps", "over most of the surface a clip sleeps",
          lambda f: f.number("away: the clip at 1 ever acts for") < 0.02 * 300),
    Claim("value-turns", "what is left points 84° away",
          lambda f: f.numbers("by value: ")[1] == 84 and f.numbers("by norm: length")[1] == 0),
    Claim("norms-rise", "the norms rise as the network learns",
          lambda f: f.number("median of updates 1801 to 2000:") > f.number("median of updates 1 to 200:")),
    Claim("no-matter-below", "At rates 0.3 and 1 the clip does not matter",
          lambda f: "at rate 0.3 as low from 1 upwards" in f.line("Median loss after 400")
          and "at rate 1 as low from 1 upwards" in f.line("Median loss after 400")),
    Claim("lowest-of-all", "they end at 1.67, the lowest of all settings",
          lambda f: f.numbers("lowest of all")[1:] == [1.67, 3.0, 0.3] and max(_ends(3.0, 0.3)) < min(
              min(_ends(rate, limit)) for rate in (0.3, 1.0) for limit in (0.01, 0.3, 1.0, 10.0, None))),
    Claim("lost-in-spite-of-a-clip", "At rate 3 and threshold 3 that is 9, and the runs are lost",
          lambda f: min(_step(f, "9.00")) > 4.09),
    Claim("two-dials-are-one", "give the same loss, to 0.02",
          lambda f: len(_step(f, "0.03")) == 3 and max(_step(f, "0.03")) - min(_step(f, "0.03")) <= 0.021),
    Claim("a-brake-at-rate-1", "(2.00 against 1.80), and the best there is at rate 3",
          lambda f: min(_step(f, "0.30")) == 2.00 and "without (1.80)" in f.line("Median loss after 400")),
    Claim("before-the-memory", "Without a clip the spike is still felt forty updates later: 25 instead of 10",
          lambda f: f.number("no clip: right after the spike  908.1, forty updates later")
          > 2 * f.number("before: right after the spike   12.6, forty updates later")),
    Claim("clip-before-recovers", "With a clip before, all three recover far sooner",
          lambda f: all(f.numbers(f"{name},  before: before")[-1]
                        > 5 * f.numbers(f"{name}, no clip: before")[-1]
                        for name in ("Adagrad", "RMSProp", "Adam"))),
    Claim("cut-in-time", "more than two thousand times as large as with one",
          lambda f: f.number("cut after 25 steps:") > 2000 * f.number("cut after  1 steps:")),
    Claim("turned-back", "Turned back, the clip brings all of them under chance again",
          lambda f: f.numbers("then   3.0, then 0.3: losses")[2] < 4.09
          and f.numbers("then  10.0, then 0.3: losses")[2] < 4.09
          < f.numbers("then  10.0, then 0.3: losses")[1]),
    Claim("too-careful", "the runs that spent their middle thousand at 1 end lowest of all, at 1.47",
          lambda f: f.numbers("then   1.0, then 0.3: losses")[2] == 1.47 == min(
              f.numbers(f"then {limit:5}, then 0.3: losses")[2] for limit in (0.01, 0.3, 1.0, 3.0, 10.0))),
)
