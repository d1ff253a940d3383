"""A page to be filled in by hand: two units read n, o, o of *noon*, and the gradient goes back."""

import numpy as np

from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet, printed
from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.pictures import Picture, short, styled

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
    y = dict(zip(("a", "h", "p", "loss"), 557 - 39 * np.arange(4), strict=True))
    y |= dict(zip(("dy", "own", "dh", "da", "dh_next"), 394 - 39 * np.arange(5), strict=True))
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

    top = page.table(8, ("$p$", np.arange(4, 20) / 20, 2), ("$-\\ln p$", -np.log(np.arange(4, 20) / 20), 2))
    page.table(top + 2, ("$a$", SIXTEEN, 1), ("$\\tanh(a)$", np.tanh(SIXTEEN), 2))
    sums = ", ".join(short(number) for number in grads.W_hh.ravel())
    return page.page(
        """A page to fill in by hand: two units read n, o, o. Step 1 of the forward pass and step 3 of the
        backward pass are done. The other states, losses, gradients and outer products, and dW_hh,
        are left to fill in""",
        f"""The page, filled in: the losses {", ".join(map(short, losses))} add up to
        {short(losses.sum())}, and the three outer products to dW_hh, row by row {sums}.""")


DRAWINGS = [page_backward]
