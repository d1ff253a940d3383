"""A page to be filled in by hand: one unit of an LSTM, three steps forward and three steps back."""

import numpy as np

from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet
from helpers.networks import Parameters, sigmoid
from helpers.networks.cells.plain import lstm_forward, lstm_step_back
from helpers.pictures import Picture, short, styled

SUMS = np.array([[1.3, -0.7, 0.5, -0.7], [1.0, 0.9, 1.5, -1.1], [0.8, 1.4, 1.2, 0.7]])    # of i, f, o, g
C_FIRST = 0.5


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
    columns = (496, 690, 884)
    rows = (("i", "input gate: sum, and $i = \\sigma($sum$)$", "quiet"),
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
    y = {name: 564 - 39.5 * place - 8 * ((place > 5) + (place > 6) + (place > 7))
         for place, (name, _, _) in enumerate(rows)}
    for name, words, kind in rows:
        page.label(LEFT, y[name], words, kind, 14.5, ha="left")
    for t, x in enumerate(columns):
        i, f, o, g = (gate.item() for gate in gates[t])
        first, last, shown, dh = t == 0, t == 2, np.tanh(c[t]).item(), float(t == 2)
        page.label(x, 594, f"step {t + 1}", size=14.5, weight="bold")
        pairs = {"i": (SUMS[t, 0], i, "quiet"), "f": (SUMS[t, 1], f, "quiet"), "o": (SUMS[t, 2], o, "quiet"),
                 "g": (SUMS[t, 3], g, "c")}
        for name, (total, gate, kind) in pairs.items():
            page.box(x - 38, y[name], total, kind, True)
            page.box(x + 38, y[name], gate, kind, first)
        page.box(x - 38, y["c"], shown, "c", first)
        page.box(x + 38, y["c"], c[t].item(), "c", first)
        page.box(x - 38, y["h"], h[t].item(), "h", first)
        page.box(x + 38, y["h"], dh, "gradient", True)
        back = {"do": (dh * shown, da[t][0, 2]), "dc": (dc_prev[t].item(), dc[t].item()),
                "di": (dc[t].item() * g, da[t][0, 0]), "df": (dc[t].item() * c[t - 1].item(), da[t][0, 1]),
                "dg": (dc[t].item() * i, da[t][0, 3])}
        for name, pair in back.items():
            page.row(x, y[name], pair, "gradient", last)
        if t:
            page.arrow((x - 73, y["dc"]), (columns[t - 1] + 73, y["dc"]), kind="gradient", gap=4)
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


DRAWINGS = [page_lstm]
