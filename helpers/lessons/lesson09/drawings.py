"""How a fault in a backward pass is found."""

import numpy as np

from helpers.pictures import INK, Picture, arrow, label, node, sheet, styled

STATIONS = (("which\nparameter?", "W_hh, b_h, …"), ("which\nstep?", "the last one\nthat is wrong"),
            ("which\nline?", "only a few\nare left"))


@styled
def gradient_clinic() -> Picture:
    """From a loss that falls to the line with the fault, and round again until the check is silent."""
    figure, axes = sheet(280)
    patient = node(axes, 105, 150, "", "loss", 150, 110)
    x = np.linspace(0, 1, 30)
    axes.plot(48 + 112 * x, 115 + 76 * np.exp(-4 * x), color=INK, linewidth=2.6, zorder=4)
    label(axes, 105, 66, "the loss falls:", size=15)
    label(axes, 105, 42, "proves nothing", size=15)
    first = before = node(axes, 318, 150, "derived\nagainst\nmeasured", "gradient", 132, 110, 16)
    label(axes, 318, 66, "the examination", size=15)
    arrow(axes, patient.right, before.left)
    for place, (name, words) in zip((520, 711, 902), STATIONS, strict=True):
        station = node(axes, place, 150, name, "quiet", 140, 96, 16)
        for row, line in enumerate(words.split("\n")):
            label(axes, place, 66 - 24 * row, line, size=15)
        arrow(axes, before.right, station.left)
        before = station
    arrow(axes, before.top, (902, 240), (318, 240), first.top, kind="h")
    label(axes, 610, 259, "mend the line, and examine again", "h", 15)
    return Picture(figure, """A loss that falls proves nothing about a gradient; an examination does, in which
        the derived gradient is compared with the measured one: it says which parameter is wrong, then which
        step, and so which line to read; when the line is mended, one examines again.""")


DRAWINGS = [gradient_clinic]
