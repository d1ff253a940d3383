"""The picture of lesson 00: the smallest memory there is."""

import numpy as np

from helpers.pictures import COLOURS, End, Picture, Place, count, label_ends, new_figure, set_axes, styled


@styled
def fading_memory(weight: float = 0.9, steps: int = 20) -> Picture:
    """One number that starts at 1 and is multiplied by `weight` at every step."""
    if steps < 1:
        raise ValueError(f"steps must be at least 1, but is {steps}")
    t = np.arange(steps + 1)
    h = float(weight) ** t
    figure, ax = new_figure(height=4.2)
    figure.subplots_adjust(left=0.125, bottom=0.18, right=0.86)
    ax.axhline(0, color=COLOURS["quiet"], linewidth=1)
    curve, = ax.plot(t, h, color=COLOURS["h"], marker="o", markersize=7)
    top = max(1.15, 1.1 * np.abs(h).max())
    set_axes(ax, "What is left of a memory, step after step", ("step t", -0.5, steps + 0.5),
             ("memory h (no unit)", -top if h.min() < 0 else -0.05 * top, top))
    ax.xaxis.get_major_locator().set_params(integer=True)
    label_ends(ax, [End(f"{h[-1]:.3g}", h[-1], "h")], size=15)
    last = f"{h[-1]:.3g}"
    return Picture(figure, f"A memory that starts at 1 and is multiplied by {weight:.2f} at every step "
                           f"is {last} after {count(steps, 'step')}.",
                   points={"starts at 1": Place(ax, 0, 1), f"multiplied by {weight:.2f}": curve,
                           f"is {last}": (Place(ax, steps, h[-1]), *ax.texts)})
