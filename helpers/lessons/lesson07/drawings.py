"""The drawings of lesson 07: the LSTM gate by gate, the way of its gradient, the GRU, a page to fill in."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet
from helpers.networks import Parameters, sigmoid
from helpers.networks.cells.plain import lstm_forward, lstm_step_back
from helpers.pictures import COLOURS, Box, Canvas, Picture, short, styled, tint, whole_number

ROLES = {"f": "keep or flush?", "i": "add to memory?", "g": "what to add", "o": "read out?"}
EQUATIONS = {
    0: r"$c_t = c_{t-1} + g_t \qquad h_t = \tanh(c_t)$",
    1: r"$c_t = c_{t-1} + i_t\,g_t \qquad h_t = \tanh(c_t)$",
    2: r"$c_t = f_t\,c_{t-1} + i_t\,g_t \qquad h_t = \tanh(c_t)$",
    3: r"$c_t = f_t\,c_{t-1} + i_t\,g_t \qquad h_t = o_t\,\tanh(c_t)$",
}
BACKWARD = {
    1: r"$do = dh\,\tanh(c) \qquad dc = dc_{next} + dh\;o\,(1 - \tanh^2 c)$",
    2: r"$dc_{prev} = dc\;f \qquad df = dc\;c_{prev} \qquad di = dc\;g \qquad dg = dc\;i$",
    3: r"$da = d(gate) \times slope$:  $s(1-s)$ for i, f, o and $1-g^2$ for g",
    4: r"$dW_{xh} = x^T da \qquad dW_{hh} = h_{prev}^T\,da \qquad dh_{prev} = da\,W_{hh}^T$",
}
GATE_PLACES = {"f": 245, "i": 424, "g": 592, "o": 790}       # from the left, in the backward pass
IN_WORDS = {
    0: "a memory c that is only ever added to",
    1: "with the input gate i, which decides what is added",
    2: "with the forget gate f, which can flush what is there",
    3: "with the output gate o, which decides what is shown",
}


def _valued(page: Canvas, x: float, y: float, name: str, value: float, kind: str, fill: float = 0.22) -> Box:
    """A node with a name and, under it, a number."""
    box = page.node(x, y, "", kind, 88, 72, fill=fill)
    page.label(x, y + 15, name, kind, 18)
    page.label(x, y - 18, short(value), size=16)
    return box


def _sign(page: Canvas, x: float, y: float, sign: str) -> Box:
    return page.node(x, y, sign, "quiet", 46, fontsize=22, fill=0.0, radius=0.5)


@styled
def lstm_cell(gates: int = 3, c_prev: float = 0.8, i: float = 0.9, f: float = 0.9, o: float = 0.7,
              g: float = 0.5) -> Picture:
    """One step of an LSTM cell with the numbers of one unit and its first gates, none to all three.

    Without gates g is added to the memory c. The first is the input gate i, the second the forget gate f, the
    third the output gate o. Gates that are not there yet count as 1. Raises ValueError for another number of
    gates.
    """
    gates = whole_number("gates", gates, 0, 3)
    i, f, o = i if gates >= 1 else 1.0, f if gates >= 2 else 1.0, o if gates >= 3 else 1.0
    c = f * c_prev + i * g
    h = o * np.tanh(c)

    page = Canvas(560)
    page.band(160, 150, 850, 508, tint(COLOURS["c"], 0.16))
    before, after = _valued(page, 70, 450, "$c_{t-1}$", c_prev, "c"), _valued(page, 930, 450, "$c_t$", c, "c")
    state = _valued(page, 930, 335, "$h_t$", h, "h")
    boxes = _draw_gates(page, gates, {"g": g, "i": i, "f": f, "o": o})
    plus, squash = _sign(page, 540, 450, "+"), page.node(698, 335, "tanh", "h", 84, 50, fill=0.35)
    page.arrow(plus.right, after.left, kind="c", width=4)
    page.arrow((698, 450), squash.top, kind="c")
    if "i" in boxes:
        times = _sign(page, 540, 335, "×")
        page.arrow(boxes["i"].top, (440, 335), times.left)
        page.arrow(boxes["g"].top, (636, 335), times.right, kind="c")
        page.arrow(times.top, plus.bottom, kind="c")
    else:
        page.arrow(boxes["g"].top, (636, 335), (540, 335), plus.bottom, kind="c")
    let_in = page.label(554, 392, short(i * g), "c", 16, ha="left")
    stays = _multiply_on_the_way(page, before, plus, boxes.get("f"), (236, 450), "c", 4)
    _multiply_on_the_way(page, squash, state, boxes.get("o"), (796, 335), "h")
    carried = page.label(390, 474, short(f * c_prev), "c", 16) if stays else before
    page.label(980, 30, EQUATIONS[gates], size=19, ha="right")
    words = [f"c goes from {c_prev:.2f}", f"{f:.2f} × {c_prev:.2f}", f"{i:.2f} × {g:.2f}", f"{c:.2f}",
             f"{o:.2f} × tanh({c:.2f})", f"{h:.2f}"]
    words = [part.replace("-0.00", "0.00") for part in words]
    start, keeps, adds, makes, shows, ends = words
    return page.picture(f"""An LSTM cell, {IN_WORDS[gates]}: {start} to {keeps} + {adds} = {makes}, and the
        state h it shows is {shows} = {ends}.""",
        list(zip(words, (before, carried, let_in, after, boxes.get("o", squash), state), strict=True)))


def _draw_gates(page: Canvas, gates: int, values: Mapping[str, float]) -> dict[str, Box]:
    """g and the gates that are there, the newest in a darker tint, with the states that they read."""
    places, last = {"f": 236, "i": 440, "g": 636, "o": 796}, 796 if gates >= 3 else 636
    state, given = page.node(58, 112, "$h_{t-1}$", "h", 80, 62), page.node(122, 38, "$x_t$", "x", 56)
    page.arrow(state.right, (last, 112), (last, 184), kind="h")
    page.arrow(given.top, (122, 112), kind="x")
    boxes = {}
    for number, (name, value) in enumerate(values.items()):
        if number <= gates:
            x, kind = places[name], "c" if name == "g" else "quiet"
            boxes[name] = _valued(page, x, 220, f"${name}_t$", value, kind,
                                  fill=0.55 if number == gates else 0.2)
            page.label(x, 82, ROLES[name], kind, 15)
            if x != last:
                page.arrow((x, 112), boxes[name].bottom, kind="h")
    return boxes


def _multiply_on_the_way(page: Canvas, begin: Box, end: Box, gate: Box | None, place: tuple[int, int],
                         kind: str, width: float | None = None) -> bool:
    """An arrow from box to box, with a product at `place` if a gate is there; returns whether it is."""
    how = {"kind": kind} | ({"width": width} if width else {})
    if gate is None:
        page.arrow(begin.right, end.left, **how)
        return False
    times = _sign(page, *place, "×")
    page.arrow(gate.top, times.bottom)
    page.arrow(begin.right, times.left, **how)
    page.arrow(times.right, end.left, **how)
    return True


@styled
def gradient_highway() -> Picture:
    """The backward pass along c, through the forget gates, and along the state of a plain network."""
    steps, forget, plain = 5, 0.9, 0.6          # plain: what one step of a plain network leaves
    page = Canvas(500)
    spacing = 850 / steps
    xs = 75 + spacing * np.arange(steps + 1)
    page.band(20, 272, 980, 452, tint(COLOURS["c"], 0.12))
    page.label(36, 428, "LSTM, along c: one forget gate per step", "c", 16, ha="left")
    page.label(36, 212, "plain network, along h: $W_{hh}$ and the slope of tanh", "h", 16, ha="left")
    for y, kind, factor, sign in ((352, "c", forget, "$f$"), (130, "h", plain, "$W$")):
        boxes = [page.node(x, y, f"${kind}_{{{t}}}$", kind, 58, fontsize=17) for t, x in enumerate(xs)]
        for t, (left, right) in enumerate(pairwise(boxes)):
            middle = (left.x + right.x) / 2
            stop = page.node(middle, y, sign, "quiet", 38, fontsize=15, radius=0.5 if kind == "c" else 0.15)
            for a, b in ((left, stop), (stop, right)):
                page.arrow(a.right, b.left, kind=kind, gap=3, shift=(0, 9))
                size = factor ** (steps - t - (0 if a is left else 1))
                page.arrow(b.left, a.right, kind="gradient", gap=3, shift=(0, -9), width=1.2 + 3 * size)
        for t, x in enumerate(xs):
            page.label(x, y - 52, short(factor ** (steps - t)), "gradient", 16)
    page.arrow((980, 26), (924, 26), kind="gradient", gap=0)
    page.label(908, 26, "share of the gradient that is left", "gradient", 16, ha="right")
    return page.picture(f"""The backward pass over {steps} steps. Along the cell state of an LSTM its forget
        gate multiplies the direct gradient at each step, here by {forget:.2f}, and
        {forget**steps:.3g} of it is left; in a plain network whose steps keep {plain:.2f} each,
        {plain**steps:.3g} is left.""")


@styled
def gru_cell(h_prev: float = 0.8, z: float = 0.7, r: float = 0.5, x: float = -1.0) -> Picture:
    """One step of a GRU with the numbers of one unit: n = tanh(x + r h_prev), h = (1 - z) n + z h_prev.

    `x` is what the input adds to the sum of n; the weight from h to n is 1.
    """
    n = float(np.tanh(x + r * h_prev))
    h = (1 - z) * n + z * h_prev
    page = Canvas(560)
    page.band(160, 150, 850, 508, tint(COLOURS["h"], 0.12))
    before = _valued(page, 70, 450, "$h_{t-1}$", h_prev, "h")
    after = _valued(page, 930, 450, "$h_t$", h, "h")
    keep, plus = _sign(page, 260, 450, "×"), _sign(page, 690, 450, "+")
    let = _sign(page, 690, 335, "×")
    given = page.node(130, 38, "$x_t$", "x", 56)
    update = _valued(page, 260, 220, "$z_t$", z, "quiet")
    reset = _valued(page, 475, 220, "$r_t$", r, "quiet")
    candidate = _valued(page, 690, 220, "$n_t$", n, "h", fill=0.45)
    page.arrow(before.right, keep.left, kind="h", width=4)
    page.arrow(keep.right, plus.left, kind="h", width=4)
    page.arrow(plus.right, after.left, kind="h", width=4)
    page.arrow(update.top, keep.bottom)
    page.arrow((260, 335), let.left)
    page.arrow(candidate.top, let.bottom, kind="h")
    page.arrow(let.top, plus.bottom, kind="h")
    page.arrow(before.bottom, (70, 112), (690, 112), candidate.bottom, kind="h")
    page.arrow(given.top, (130, 112), kind="x")
    for box in (update, reset):
        page.arrow((box.x, 112), box.bottom, kind="h")
    page.arrow(reset.right, candidate.left)
    carried = page.label(475, 474, short(z * h_prev), "h", 16)
    let_in = page.label(704, 392, short((1 - z) * n), "h", 16, ha="left")
    page.label(475, 357, f"1 − z = {short(1 - z)}", size=15)
    for box, words, kind in ((update, "keep or replace?", "quiet"), (reset, "how much of h?", "quiet"),
                             (candidate, "the new value", "h")):
        page.label(box.x, 82, words, kind, 15)
    page.label(980, 30, r"$h_t = (1 - z_t)\,n_t + z_t\,h_{t-1}$", size=19, ha="right")
    words = ["The new value n", "the update gate z", f"{z:.2f} × {h_prev:.2f}", f"{1 - z:.2f} × {n:.2f}",
             f"makes {h:.2f}"]
    words = [part.replace("-0.00", "0.00") for part in words]
    return page.picture(f"""A GRU cell: one state, two gates. The new value n is tanh({x:.2f} + {r:.2f} ×
        {h_prev:.2f}) = {n:.2f}; the update gate z keeps {z:.2f} × {h_prev:.2f} from the old state and lets in
        {1 - z:.2f} × {n:.2f}, which makes {h:.2f}.""".replace("-0.00", "0.00"),
        list(zip(words, (candidate, update, carried, let_in, after), strict=True)))


@styled
def lstm_gradients(line: int = 4) -> Picture:
    """The backward pass through one step of an LSTM with the numbers of one unit, as far as `line`, 1 to 4.

    Line 1 goes from h to o and c, 2 on to c_prev and the other gates, 3 through their squashing, 4 to the
    weights and h_prev. Raises ValueError for another.
    """
    line = whole_number("line", line, 1, 4)
    c_prev, values = 0.8, {"i": 0.9, "f": 0.9, "o": 0.7, "g": 0.5}      # of the forward pass
    dh, dc_later = 1.0, 0.5                             # with respect to h, and from later steps to c
    i, f, o, g = values.values()
    c = f * c_prev + i * g
    dc = dc_later + dh * o * (1 - np.tanh(c) ** 2)
    grads = {"i": dc * g, "f": dc * c_prev, "o": dh * np.tanh(c), "g": dc * i}
    sums = {name: grads[name] * (1 - g**2 if name == "g" else s * (1 - s)) for name, s in values.items()}

    page = Canvas(580)
    page.band(160, 136, 850, 528, tint(COLOURS["c"], 0.16))
    before = _graded(page, 70, 456, "$c_{t-1}$", c_prev, "c", dc * f if line >= 2 else None)
    after = _graded(page, 930, 456, "$c_t$", c, "c", dc)
    state = _graded(page, 930, 320, "$h_t$", o * np.tanh(c), "h", dh)
    gates = {name: _graded(page, x, 206, f"${name}_t$", values[name], "c" if name == "g" else "quiet",
                           grads[name] if line >= (1 if name == "o" else 2) else None)
             for name, x in GATE_PLACES.items()}
    _draw_ways_back(page, line, before, after, gates)
    below = [page.label(x, 92, f"da {short(sums[name])}", "gradient", 15)
             for name, x in GATE_PLACES.items() if line >= 3]
    if line >= 4:
        page.arrow((182, 92), (40, 92), kind="gradient")
        page.label(102, 118, "to all weights", "gradient", 15)
        page.label(110, 64, "and $h_{t-1}$", "gradient", 15)
    page.label(500, 28 if line >= 3 else 96, BACKWARD[line], size=18)
    numbers = [f"do {grads['o']:.2f}, dc {dc:.2f}",
               f"dc_prev {dc * f:.2f}, df {grads['f']:.2f}, di {grads['i']:.2f}, dg {grads['g']:.2f}",
               "da of i, f, o, g " + ", ".join(f"{sums[name]:.2f}" for name in "ifog"),
               "then all weights and h_prev"]
    return page.picture(f"""Back through a step of an LSTM, from dh {dh:.2f} and dc_next {dc_later:.2f}:
        {"; ".join(numbers[:line])}.""", [
            (f"dh {dh:.2f}", state), (f"do {grads['o']:.2f}", gates["o"]), (f"dc {dc:.2f}", after),
            *([(f"dc_prev {dc * f:.2f}", before), *((f"d{name} {grads[name]:.2f}", gates[name])
                                                    for name in "fig")] if line >= 2 else []),
            *([("da of i, f, o, g", below)] if line >= 3 else [])])


def _graded(page: Canvas, x: float, y: float, name: str, value: float, kind: str,
            gradient: float | None) -> Box:
    """A node with a name, a number, and the gradient with respect to it, if the pass is there already."""
    box = page.node(x, y, "", kind, 92, 98, fill=0.2)
    page.label(x, y + 28, name, kind, 18)
    page.label(x, y - 1, short(value), size=16)
    if gradient is not None:
        page.label(x, y - 31, short(gradient), "gradient", 16, weight="bold")
    return box


def _draw_ways_back(page: Canvas, line: int, before: Box, after: Box, gates: Mapping[str, Box]) -> None:
    """Each connection of the cell: backward, as a gradient, as far as `line`, and forward beyond it."""
    plus, times_f = _sign(page, 508, 456, "+"), _sign(page, 245, 456, "×")
    times_i, times_o = _sign(page, 508, 330, "×"), _sign(page, 790, 330, "×")
    squash = page.node(690, 330, "tanh", "h", 84, 50, fill=0.35)
    ways = [
        (1, (884, 330), times_o.right),
        (1, times_o.bottom, gates["o"].top),
        (1, times_o.left, squash.right),
        (1, squash.top, (690, 456)),
        (1, after.left, plus.right),
        (2, plus.left, times_f.right),
        (2, times_f.left, before.right),
        (2, times_f.bottom, gates["f"].top),
        (2, plus.bottom, times_i.top),
        (2, times_i.left, (424, 330), gates["i"].top),
        (2, times_i.right, (592, 330), gates["g"].top),
    ]
    for reached, *points in ways:
        back = reached <= line
        page.arrow(*(points if back else points[::-1]), kind="gradient" if back else "quiet",
                   width=2.8 if back else 1.6)
    for name, x in GATE_PLACES.items():
        if line >= 3:
            page.arrow(gates[name].bottom, (x, 112), kind="gradient", width=2.8, gap=3)


SUMS = np.array([[1.3, -0.7, 0.5, -0.7], [1.0, 0.9, 1.5, -1.1], [0.8, 1.4, 1.2, 0.7]])    # of i, f, o, g
C_FIRST = 0.5
COLUMNS = (496, 690, 884)       # of the page, one for each step
ROWS = (("i", "input gate: sum, and $i = \\sigma($sum$)$", "quiet"),
        ("f", "forget gate: sum, and $f = \\sigma($sum$)$", "quiet"),
        ("o", "output gate: sum, and $o = \\sigma($sum$)$", "quiet"),
        ("g", "what to add: sum, and $g = \\tanh($sum$)$", "c"),
        ("c", "$\\tanh(c_t)$, and $c_t = f_t\\,c_{t-1} + i_t\\,g_t$", "c"),
        ("h", "$h_t = o_t\\,\\tanh(c_t)$, and $dh_t$", "h"),
        ("do", "$do = dh\\,\\tanh(c)$, and $da_o = do\\;o\\,(1 - o)$", "gradient"),
        ("dc", "passed back $dc_{prev} = dc\\,f$, and\n"
               "$dc = dh\\,o\\,(1 - \\tanh^2 c)\\; + $ passed back", "gradient"),
        ("di", "$di = dc\\,g$, and $da_i = di\\;i\\,(1 - i)$", "gradient"),
        ("df", "$df = dc\\,c_{prev}$, and $da_f = df\\,f\\,(1 - f)$", "gradient"),
        ("dg", "$dg = dc\\,i$, and $da_g = dg\\,(1 - g^2)$", "gradient"))
HEIGHTS = {name: 564 - 39.5 * place - 8 * ((place > 5) + (place > 6) + (place > 7))
           for place, (name, _, _) in enumerate(ROWS)}


@styled
def page_lstm(filled: bool = False) -> Picture:
    """Gates, c and h of three steps, and the backward pass; a step each way is done, the rest if `filled`."""
    p = Parameters({"W_xh": (4, 4), "W_hh": (1, 4), "b_h": (4,)})
    p.W_xh = np.eye(4)                  # so that the inputs are the sums; W_hh = 0: the gates do not read h
    h, c, gates = lstm_forward(p, SUMS[:, None], np.zeros((1, 1)), np.full((1, 1), C_FIRST))
    da, dc, dc_prev, dc_next = {}, {}, {}, np.zeros((1, 1))
    for t in (2, 1, 0):
        dh = np.full((1, 1), float(t == 2))
        dc[t] = dh * gates[t][2] * (1 - np.tanh(c[t]) ** 2) + dc_next
        da[t], _, dc_next = lstm_step_back(p, c[t - 1], c[t], gates[t], dh, dc_next)
        dc_prev[t] = dc_next

    page = Worksheet("Through an LSTM and back",
                     f"One unit, three steps; its gates do not read h. $c_0 = {C_FIRST}$. "
                     "$dh$ is 1 at the last step and 0 before it.\n"
                     "Grey boxes are given or done. Two digits are enough; the last may be off by one.",
                     filled)
    for name, words, kind in ROWS:
        page.label(LEFT, HEIGHTS[name], words, kind, 14.5, ha="left")
    for t in range(3):
        i, f, o, g = (gate.item() for gate in gates[t])
        shown, dh = np.tanh(c[t]).item(), float(t == 2)
        _draw_forward(page, t, {"i": i, "f": f, "o": o, "g": g}, (shown, c[t].item()), (h[t].item(), dh))
        _draw_backward(page, t, {
            "do": (dh * shown, da[t][0, 2]), "dc": (dc_prev[t].item(), dc[t].item()),
            "di": (dc[t].item() * g, da[t][0, 0]), "df": (dc[t].item() * c[t - 1].item(), da[t][0, 1]),
            "dg": (dc[t].item() * i, da[t][0, 3])})
    top = page.table(8, ("sum or $c$", SIXTEEN, 1), ("tanh", np.tanh(SIXTEEN), 2),
                     ("$\\sigma$", sigmoid(SIXTEEN), 2))
    page.label(LEFT + 4, top + 15, "For a negative number: tanh(−a) = −tanh(a), and σ(−a) = 1 − σ(a).",
               "quiet", 14.5, ha="left")
    return page.page(
        """A page to fill in by hand: one unit of an LSTM goes three steps forward and back. Step 1 of the
        forward pass and step 3 of the backward pass are worked out; the other gates, c, h and gradients are
        left""",
        f"""The page, filled in: from {short(C_FIRST)} c goes to
        {", ".join(short(c[t].item()) for t in range(3))}, the last h is {short(h[2].item())}, and the
        gradient with respect to c, from the last step to the first, is
        {", ".join(short(dc[t].item()) for t in (2, 1, 0))}, and for the c before the first step
        {short(dc_prev[0].item())}.""")


def _draw_forward(page: Worksheet, t: int, gates: Mapping[str, float], c: tuple[float, float],
                  h: tuple[float, float]) -> None:
    """The boxes of a step forward, which is done if it is the first: gates, tanh(c) and c, h and dh."""
    x, first = COLUMNS[t], t == 0
    page.label(x, 594, f"step {t + 1}", size=14.5, weight="bold")
    for place, (name, gate) in enumerate(gates.items()):
        kind = "c" if name == "g" else "quiet"
        page.box(x - 38, HEIGHTS[name], SUMS[t, place], kind, True)
        page.box(x + 38, HEIGHTS[name], gate, kind, first)
    page.row(x, HEIGHTS["c"], c, "c", first)
    page.box(x - 38, HEIGHTS["h"], h[0], "h", first)
    page.box(x + 38, HEIGHTS["h"], h[1], "gradient", True)


def _draw_backward(page: Worksheet, t: int, pairs: Mapping[str, tuple[float, float]]) -> None:
    """The boxes of a step back, which is done if it is the last, and the arrow to the step before."""
    x = COLUMNS[t]
    for name, pair in pairs.items():
        page.row(x, HEIGHTS[name], pair, "gradient", t == 2)
    if t:
        page.arrow((x - 73, HEIGHTS["dc"]), (COLUMNS[t - 1] + 73, HEIGHTS["dc"]), kind="gradient", gap=4)


DRAWINGS = [lstm_cell, gradient_highway, page_lstm]
