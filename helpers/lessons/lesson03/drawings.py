"""The drawings of lesson 03: chains and paths, how to read a credit matrix, and a page to fill in."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet, printed
from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.pictures import COLOURS, INK, Box, Canvas, Picture, matrix_map, short, styled, tint

X, WISHES, START = (0.6, -0.9, 0.4), (0.9, 0.2, -0.6), 0.5     # of three steps; and h_0
DIGITS = "₀₁₂₃"
HALF = 77           # pixels, half of the width of a box with a name and a number


def chain_states(weight: float) -> list[float]:
    """h_0 to h_3 of the unit h_t = tanh(weight h_{t-1} + x_t), with h_0 = 0.5."""
    h = [START]
    for x in X:
        h.append(float(np.tanh(weight * h[-1] + x)))
    return h


def chain_factors(loss: int, use: int, weight: float) -> list[tuple[str, float]]:
    """The factors, by name, of what the use of `weight` in step `use` does to the loss of step `loss`.

    In the order of the backward pass: the error of the loss (h_t - h*_t)**2 / 2, then the slope of tanh and
    the weight for each step on the path, and last the state that the weight multiplies.
    """
    h = chain_states(weight)
    factors = [(f"h{DIGITS[loss]} − h*{DIGITS[loss]}", h[loss] - WISHES[loss - 1])]
    for t in range(loss, use - 1, -1):
        factors.append((f"1 − h{DIGITS[t]}²", 1 - h[t] ** 2))
        factors.append(("w", weight) if t > use else (f"h{DIGITS[t - 1]}", h[t - 1]))
    return factors


def chain_table(weight: float) -> np.ndarray:
    """(3, 3): at [t - 1, s - 1] the product of `chain_factors(t, s, weight)`, 0 for s > t."""
    table = np.zeros((3, 3))
    for t, s in zip(*np.tril_indices(3), strict=True):
        table[t, s] = np.prod([value for _, value in chain_factors(t + 1, s + 1, weight)])
    return table


@styled
def scalar_chain(loss: int = 3, use: int = 1, weight: float = 0.8) -> Picture:
    """One chain of factors in the unit h_t = tanh(w h_{t-1} + x_t), unrolled over three steps.

    The `loss` of step 1 to 3 sends the gradient, and the weight gets it at its `use` in a step up to that.
    """
    h, factors, table = chain_states(weight), chain_factors(loss, use, weight), chain_table(weight)

    page = Canvas(670)
    states = [Box(96 + 268 * t, 500, 96, 60) for t in range(4)]
    chain = []
    for t, state in enumerate(states):
        page.node(state.x, state.y, f"h{DIGITS[t]} = {short(h[t])}", "h" if t else "quiet", 2 * HALF, 56,
                  15.5)
        if t == 0:
            continue
        error = h[t] - WISHES[t - 1]
        given = page.node(state.x, 380, f"x{DIGITS[t]} = {short(X[t - 1])}", "x", 2 * HALF, 46, 15.5)
        cost = page.node(state.x, 632, f"L{DIGITS[t]} = {short(error**2 / 2)}", "loss", 2 * HALF, 46, 15.5)
        page.arrow(given.top, (state.x, 472), kind="x")
        page.arrow((state.x, 528), cost.bottom, kind="y", shift=(-16, 0))
        left, right = states[t - 1].x + HALF, state.x - HALF
        page.arrow((left, 510), (right, 510), kind="h")
        name = page.label((left + right) / 2, 546, f"w = {short(weight)}", "h", 16,
                          weight="bold" if t == use else "normal")
        if t == use:
            used = name
        if t == loss:
            page.arrow(cost.bottom, (state.x, 528), kind="gradient", shift=(16, 0))
            chain += [page.label(state.x + 30, 580, short(error), "gradient", 17, ha="left", weight="bold")]
            sent = cost
        if use <= t <= loss:
            page.arrow((right, 490), (left, 490), kind="gradient", width=4 if t == use else 2.6)
            last = short(h[t - 1]) if t == use else short(weight)
            chain += [page.label(state.x - across, 452, f"× {factor}", "gradient", 15.5, weight="bold")
                      for across, factor in ((58, short(1 - h[t] ** 2)), (174, last))]
    page.label(14, 632, f"from L{DIGITS[loss]} to the\nw of step {use}", "gradient", 16, ha="left")

    names = "  ·  ".join(f"({name})" if "−" in name else name for name, _ in factors)
    values = "  ·  ".join(short(value) for _, value in factors)
    page.label(14, 316, names, "gradient", 16.5, ha="left")
    page.label(14, 284, f"=  {values}  =  {short(table[loss - 1, use - 1], 4)}", "gradient", 16.5, ha="left")
    product, total = _draw_table(page, table, loss, use)
    return page.picture(f"""With w = {short(weight)}, the loss of step {loss} reaches the weight as used in
        step {use} through {len(factors)} factors, {", ".join(short(value) for _, value in factors)}. Their
        product is {short(table[loss - 1, use - 1], 4)}, and all six such chains add up to dL/dw =
        {short(table.sum(), 4)}.""",
        {f"the loss of step {loss}": sent, f"as used in step {use}": used, f"{len(factors)} factors": chain,
         f"Their product is {short(table[loss - 1, use - 1], 4)}": product,
         f"dL/dw = {short(table.sum(), 4)}": total})


def _draw_table(page: Canvas, table: np.ndarray, loss: int, use: int) -> tuple[Box, Text]:
    """The six chains, a row for each loss, a column for each use, with sums; the chain's place, and dL/dw."""
    left, top, wide, high = 250, 196, 154, 36
    for s in range(3):
        page.label(left + wide * s, top + 38, f"w in step {s + 1}", "h", 16)
    page.label(left + wide * 3 + 20, top + 38, "row sum", "quiet", 16)
    for t in range(3):
        y = top - high * t
        page.label(left - 86, y, f"from L{DIGITS[t + 1]}", "loss", 16, ha="right")
        for s in range(t + 1):
            chosen = (t + 1, s + 1) == (loss, use)
            strength = 0.5 * min(abs(table[t, s]) / 0.4, 1.0)
            page.axes.add_patch(Rectangle((left + wide * s - 62, y - 16), 124, 32, zorder=2, label="node",
                                          facecolor=tint(COLOURS["gradient"], strength),
                                          edgecolor=INK if chosen else "none", linewidth=3))
            page.label(left + wide * s, y, short(table[t, s], 4), size=16,
                       weight="bold" if chosen else "normal")
        page.label(left + wide * 3 + 20, y, short(table[t].sum(), 4), "quiet", 16)
    y = top - high * 3 - 14
    page.axes.plot([left - 180, left + wide * 3 + 80], [y + 25] * 2, color=COLOURS["quiet"], linewidth=1.5)
    page.label(left - 86, y, "sum", "", 16, ha="right")
    for s in range(3):
        page.label(left + wide * s, y, short(table[:, s].sum(), 4), "", 16)
    page.label(left + wide * 3 + 94, y, "=  dL/dw", "gradient", 17, ha="left")
    total = page.label(left + wide * 3 + 20, y, short(table.sum(), 4), "gradient", 17, weight="bold")
    return Box(left + wide * (use - 1), top - high * (loss - 1), 124, 32), total


@styled
def credit_guide() -> Picture:
    """How to read a credit matrix: rows are losses, columns are states, down and to the left is the past."""
    page = Canvas(500)
    steps, size, left, top = 6, 64, 112, 480
    chosen_row, chosen_column = 4, 1
    colours = matrix_map()
    for t in range(steps):
        y = top - size * (t + 0.5)
        page.label(left - 34, y, f"$L_{t + 1}$", "loss", 18, weight="bold")
        page.label(left + size * (t + 0.5), top - size * steps - 26, f"$h_{t + 1}$", "h", 18)
        for s in range(t + 1):
            page.axes.add_patch(Rectangle(
                (left + size * s + 2, y - size / 2 + 2), size - 4, size - 4, zorder=2,
                facecolor=colours(1 - 0.19 * (t - s)), edgecolor="none"))
    for row, column, wide, high in ((chosen_row, 0, chosen_row + 1, 1),
                                    (chosen_column, chosen_column, 1, steps - chosen_column)):
        kind = "loss" if high == 1 else "gradient"
        page.axes.add_patch(Rectangle(
            (left + size * column, top - size * (row + high)), size * wide, size * high, fill=False,
            edgecolor=COLOURS[kind], linewidth=4, zorder=4))
    page.label(left + size * 3, top - size * steps - 62, "state of step s", "h", 16)
    page.label(22, top - size * 3, "loss of step t", "loss", 16, rotation=90)
    page.label(left + size * 4.3, top - size * 0.9, "a later state moves\nno earlier loss", "quiet", 16)
    notes = [
        (432, "a bright square", "", "moving $h_s$ a little\nwould move $L_t$ a lot"),
        (318, "a row", "loss", "one loss,\nand every state it depends on"),
        (204, "a column", "gradient", "one state, and each loss after it:\n"
                                      "its vectors add up to $\\partial L / \\partial h_s$"),
        (90, "down and to the left", "", "longer and longer lags, t − s"),
    ]
    for y, head, kind, words in notes:
        page.label(530, y, head, kind, 18, ha="left", weight="bold", va="bottom")
        page.label(530, y - 8, words, "", 16, ha="left", va="top")
    return page.picture("""How to read a credit matrix: a row is the loss of one step, a column the state
        after one step. A bright square means that this loss depends strongly on this state. The diagonal is
        lag 0, longer lags are down and to the left, and the upper half is empty.""")


@styled
def two_paths() -> Picture:
    """x acts on L = u v through u = x² and through v = 3x: slopes, and the two products added up."""
    x = 2.0
    u, v = x**2, 3 * x
    du_dx, dv_dx, dl_du, dl_dv = 2 * x, 3.0, v, u
    page = Canvas(380)
    page.node(110, 226, f"x = {x:.0f}", "x", 104)
    page.node(890, 226, f"L = {u * v:.0f}", "loss", 124, 70)
    paths = []
    for side, name, rule, value, first, last in ((1, "u", "x²", u, du_dx, dl_du),
                                                 (-1, "v", "3x", v, dv_dx, dl_dv)):
        middle = page.node(500, 226 + 86 * side, f"{name} = {rule} = {value:.0f}", "h", 176, 62)
        for a, b in (((162, 226 + 18 * side), middle.left), (middle.right, (828, 226 + 18 * side))):
            page.arrow(a, b, kind="quiet", shift=(0, 9 * side))
            page.arrow(b, a, kind="gradient", shift=(0, -9 * side))
        page.label(286, 226 + 102 * side, f"d{name}/dx = {first:.0f}", "gradient", 17)
        page.label(708, 226 + 102 * side, f"dL/d{name} = {last:.0f}", "gradient", 17)
        page.label(410, 226 + 24 * side, f"{last:.0f}·{first:.0f} = {last * first:.0f}", "gradient", 17,
                   weight="bold")
        paths.append((last, first))
    page.label(890, 290, "L = u v", "loss", 17)
    sums = " + ".join(f"{last * first:.0f}" for last, first in paths)
    total = sum(last * first for last, first in paths)
    page.label(500, 40, f"dL/dx  =  {sums}  =  {total:.0f}", "gradient", 20, weight="bold")
    return page.picture(f"""x = {x:.0f} acts on L = u v along two paths, through u = x² = {u:.0f} and
        through v = 3x = {v:.0f}. The slopes along each path are multiplied, {v:.0f} times
        {du_dx:.0f} and {u:.0f} times {dv_dx:.0f}, and the two products add up:
        {sums} = {total:.0f}.""")


LETTERS, READ, WANTED = "no", "noo", "oon"
WEIGHTS = {"W_xh": [[-0.4, 0.9], [-0.7, 0.7]], "W_hh": [[-0.9, -0.1], [0.2, -0.5]], "b_h": [0, 0],
           "W_hy": [[-0.6, 0.8], [-1.2, 0.6]]}


@styled
def page_backward(filled: bool = False) -> Picture:
    """Three steps forward and back; the first forward and the last back are done, the rest if `filled`."""
    p = printed(WEIGHTS)
    letters, wanted = (np.array([LETTERS.index(letter) for letter in word]) for word in (READ, WANTED))
    states = rnn_forward(p, letters[:, None], np.zeros((1, 2)))
    h = np.array([states[t][0] for t in range(-1, 3)])          # h[t] is the state before step t
    a = p.W_xh[letters] + h[:-1] @ p.W_hh
    chances = softmax(h[1:] @ p.W_hy)
    losses = -np.log(chances[range(3), wanted])
    dy = chances - np.eye(2)[wanted]
    own = dy @ p.W_hy.T
    grads, _, _, da = rnn_backward(p, letters[:, None], states, own[:, None])
    da = da[:, 0]
    dh_next = da @ p.W_hh.T
    dh = own + np.vstack([dh_next[1:], [[0, 0]]])

    page = Worksheet("Back through noon",
                     "Two units without biases read n, o, o and should predict o, o, n. Grey boxes are "
                     "filled in.\nA pair is units 0 and 1, or letters n and o. Two digits are enough, and "
                     "the last may be one off.", filled)
    columns = (326, 514, 702)
    y = _name_quantities(page)
    for t, x in enumerate(columns):
        page.label(x, 592, f"step {t + 1}: {READ[t]} → {WANTED[t]}", size=14.5, weight="bold")
        first, last = t == 0, t == 2
        page.row(x, y["a"], a[t], "h", True)
        page.row(x, y["h"], h[t + 1], "h", first)
        page.row(x, y["p"], chances[t], "y", True)
        page.box(x, y["loss"], losses[t], "loss", first)
        page.row(x, y["dy"], dy[t], "gradient", last)
        page.row(x, y["own"], own[t], "gradient", last)
        page.row(x, y["dh"], dh[t], "gradient", last)
        page.row(x, y["da"], da[t], "gradient", last)
        if t:
            page.arrow((columns[t - 1] + 73, y["h"]), (x - 94, y["h"]), (x - 94, y["a"]), (x - 73, y["a"]),
                       kind="h", gap=4, turn=8)
            page.row(x, y["dh_next"], dh_next[t], "gradient", last)
            page.arrow((x - 73, y["dh_next"]), (x - 94, y["dh_next"]), (x - 94, y["dh"]),
                       (columns[t - 1] + 73, y["dh"]), kind="gradient", gap=4, turn=8)
        page.table_of_boxes(x, y["dW"], np.outer(h[t], da[t]), "gradient", last)
        page.label(x + 94, y["dW"], "=" if last else "+", size=20)
    page.label(columns[0], y["dh_next"], "$h_0 = 0$", "h", 14.5)
    page.weights(892, 590, "$W_{xh}$", p.W_xh, "x", rows=LETTERS)
    page.box(892, y["loss"], losses.sum(), "loss")
    page.label(892, y["loss"] + 31, "$L$, all added up", "loss", 14.5)
    page.weights(892, 400, "$W_{hy}$", p.W_hy, "y", columns=LETTERS)
    page.weights(892, 286, "$W_{hh}$", p.W_hh, "h")
    page.table_of_boxes(892, y["dW"], grads.W_hh, "gradient")

    page.table(page.table_of_logs(8) + 2, ("$a$", SIXTEEN, 1), ("$\\tanh(a)$", np.tanh(SIXTEEN), 2))
    sums = ", ".join(short(number) for number in grads.W_hh.ravel())
    return page.page(
        """A page to fill in by hand: two units read n, o, o. Step 1 of the forward pass and step 3 of the
        backward pass are done. The other states, losses, gradients and outer products, and dW_hh,
        are left to fill in""",
        f"""The page, filled in: the losses {", ".join(map(short, losses))} add up to
        {short(losses.sum())}, and the three outer products to dW_hh, row by row {sums}.""")


def _name_quantities(page: Worksheet) -> dict[str, float]:
    """The names of the rows of boxes, on the left; the height of each row."""
    y = {row: 557 - 39 * place for place, row in enumerate(("a", "h", "p", "loss"))}
    y |= {row: 394 - 39 * place for place, row in enumerate(("dy", "own", "dh", "da", "dh_next"))}
    y["dW"] = 160
    for row, words, kind in (
            ("a", "$a_t = x_t\\,W_{xh} + h_{t-1}\\,W_{hh}$", "h"), ("h", "$h_t = \\tanh(a_t)$", "h"),
            ("p", "$p_t = $ softmax$(h_t\\,W_{hy})$", "y"), ("loss", "$L_t = -\\ln p_t$ [wanted]", "loss"),
            ("dy", "$dy_t = p_t - $ one-hot", "gradient"),
            ("own", "from its loss: $dy_t\\,W_{hy}^\\top$", "gradient"),
            ("dh", "$dh_t = $ that + dh_next", "gradient"), ("da", "$da_t = (1 - h_t^2)\\,dh_t$", "gradient"),
            ("dh_next", "dh_next: $da_t\\,W_{hh}^\\top$", "gradient"),
            ("dW", "$dW_{hh} = \\Sigma\\; h_{t-1}^\\top\\,da_t$", "gradient")):
        page.label(LEFT, y[row], words, kind, 14.5, ha="left")
    return y


DRAWINGS = [credit_guide, two_paths, page_backward]
