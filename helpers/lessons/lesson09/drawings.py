"""How a bug in a backward pass is found."""

import numpy as np

from helpers.pictures import INK, Canvas, Picture, styled

STATIONS = (("which\nparameter?", "W_hh, b_h, …"), ("which\nstep?", "the last one\nthat is wrong"),
            ("which\nline?", "only a few\nare left"))


@styled
def gradient_clinic() -> Picture:
    """From a loss that falls to the line with the bug, and round again until the check is silent."""
    page = Canvas(280)
    patient = page.node(105, 150, "", "loss", 150, 110)
    x = np.linspace(0, 1, 30)
    page.axes.plot(48 + 112 * x, 115 + 76 * np.exp(-4 * x), color=INK, linewidth=2.6, zorder=4)
    page.label(105, 66, "the loss falls:", size=15)
    page.label(105, 42, "proves nothing", size=15)
    first = before = page.node(308, 150, "derived\nagainst\nmeasured", "gradient", 150, 110, 16)
    page.label(308, 66, "the check", size=15)
    page.arrow(patient.right, before.left)
    for place, (name, words) in zip((520, 711, 902), STATIONS, strict=True):
        station = page.node(place, 150, name, "quiet", 160, 96, 16)
        for row, line in enumerate(words.split("\n")):
            page.label(place, 66 - 24 * row, line, size=15)
        page.arrow(before.right, station.left)
        before = station
    page.arrow(before.top, (902, 240), (308, 240), first.top, kind="h")
    page.label(610, 259, "fix the line, and check again", "h", 15)
    return page.picture("""A loss that falls proves nothing about a gradient. A gradient check compares the
        derived gradient with the measured one. It says which parameter is wrong, then which step, and so
        which line to read. When the line is fixed, the gradient is checked again.""")


DRAWINGS = [gradient_clinic]
