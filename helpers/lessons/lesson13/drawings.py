"""A memory as a landscape: two basins of attraction, and an unstable point between them."""

import numpy as np

from helpers.pictures import INK, Canvas, Picture, styled


@styled
def two_basins() -> Picture:
    """A ball in one of two basins. A small push rolls back, and a large one goes past the unstable point."""
    page = Canvas(400)
    x = np.linspace(60, 940, 300)
    u = (x - 500) / 260
    height = 110 + 95 * (u**2 - 1) ** 2
    page.axes.plot(x[height < 360], height[height < 360], color=INK, linewidth=3)
    for middle, word in ((240, "the bit is \N{MINUS SIGN}1"), (760, "the bit is +1")):
        page.label(middle, 78, word, "h", 18)
        page.label(middle, 46, "stable: nearby states come here", "h", 15)
    page.node(240, 142, "h", "h", 56, radius=0.5)
    page.arrow((276, 160), (330, 190), kind="x", gap=0)
    page.label(338, 262, "a pulse from outside", "x", 16)
    page.label(338, 238, "pushes the state", "x", 16)
    page.node(500, 221, "", "gradient", 20, radius=0.5)
    page.label(500, 300, "unstable: the smallest push decides", "gradient", 16)
    page.arrow((520, 250), (610, 196), kind="gradient", gap=0)
    return page.picture("A memory of one bit as a landscape with two basins of attraction. The state h is in "
                        "one of them, and a pulse can push it past the unstable point between them.")


DRAWINGS = [two_basins]
