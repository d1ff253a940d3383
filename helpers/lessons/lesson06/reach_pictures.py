"""What limits a plain network: a plateau that it does not leave, eigenvalues and slopes."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.networks import eigenvalues
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    TEXT_COLOURS,
    End,
    Picture,
    label_ends,
    lag_axes,
    mark_beyond,
    new_figure,
    seed_band,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

LENGTHS = (10, 20, 30, 50, 100)         # of the adding problem, in steps

@styled
def adding_plateaus(results: Sequence[Result]) -> Picture:
    """Errors in the adding problem by updates, one panel per length, with every seed, their median, and 1/6.

    Args:
        results: from the sweep `adding_plateau`.
    """
    figure, axes = new_figure(1, len(LENGTHS), height=4.2, sharey=True)
    figure.subplots_adjust(left=0.105, right=0.975, bottom=0.19, top=0.8, wspace=0.16)
    told = []
    for ax, length in zip(axes, LENGTHS, strict=True):
        runs = [r.value for r in results if r.parameters["length"] == length and r.status == "finished"]
        for run in runs:
            ax.plot(np.divide(run["updates"], 1000), run["errors"], color=COLOURS["loss"], linewidth=1.2,
                    alpha=0.4)
        updates = max((run["updates"] for run in runs), key=len)
        middle = np.median([np.interp(updates, run["updates"], run["errors"]) for run in runs], axis=0)
        ax.plot(np.divide(updates, 1000), middle, color=COLOURS["loss"], linewidth=2.2)
        ax.axhline(1 / 6, color=COLOURS["gradient"], linestyle=LINE_STYLES["heldout"], linewidth=2)
        ax.set(xlim=(0, 3), ylim=(0, 0.34), xticks=[0, 1, 2, 3])
        solved = sum(min(run["errors"]) < 0.05 for run in runs)
        ax.set_title(f"{length} steps", fontsize=15)
        ax.text(0.1, 0.98, f"{solved} of {len(runs)}", transform=ax.transAxes, va="top",
                fontsize=15, fontweight="bold")
        told.append(f"{solved} of {len(runs)} at {length} steps")
    axes[0].set(ylabel="mean squared error", yticks=[0, 0.1, 0.2, 0.3])
    axes[len(LENGTHS) // 2].set_xlabel("thousands of updates")
    axes[0].text(-0.06, 1 / 6, "1/6", transform=axes[0].get_yaxis_transform(), ha="right", va="center",
                 color=TEXT_COLOURS["gradient"], fontsize=14)
    figure.suptitle("Adding problem, tanh network: runs that got below 0.05", x=0.105, ha="left", fontsize=17)
    return Picture(figure, f"""Tanh networks that brought the error of the adding problem under 0.05 within
        3,000 updates: {", ".join(told)}. A network that knows nothing has an error of 1/6. The bold line is
        the median.""")


@styled
def eigenvalues_and_jacobians(
    W_hh: np.ndarray, lags: Sequence[int], stretches: np.ndarray, norms: np.ndarray
) -> Picture:
    """The eigenvalues of W_hh in the plane, and beside them what happens to small changes in the network.

    Args:
        W_hh: (H, H).
        lags: (L,), from 0.
        stretches: (L,), the largest singular value of the running Jacobian at each lag.
        norms: (T + 1,), the norm of a gradient by lag.
    """
    values = eigenvalues(W_hh)
    radius = np.abs(values).max()
    figure, (left, right) = new_figure(1, 2, height=4.7)
    left.set_position((0.09, 0.17, 0.35, 0.7))
    right.set_position((0.57, 0.17, 0.23, 0.7))
    # Few sizes, so that a slider seldom draws the frame anew.
    reach = 1.5 * 2 ** max(0.0, np.ceil(np.log2(max(1.1 * radius / 1.5, 1.0))))
    turn = np.linspace(0, 2 * np.pi, 121)
    left.plot(np.cos(turn), np.sin(turn), color=COLOURS["quiet"], linewidth=1.6)
    dots, = left.plot(values.real, values.imag, linestyle="none", marker="o", markersize=6,
                      color=COLOURS["heldout"])
    set_axes(left, "Eigenvalues of $W_{hh}$", ("real part", -reach, reach), ("imaginary part", -reach, reach))
    left.set_aspect("equal")
    left.locator_params(nbins=5)
    last = lags[-1]
    lag_axes(right, "Promise and outcome", "factor (1 at lag 0)", last, 1e-4, 1e4)
    steps = np.arange(last + 1)
    right.axhline(1, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    curves = right.plot(steps, radius**steps, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"])
    curves += right.plot(lags, stretches, color="black", linestyle=LINE_STYLES["other"])
    curves += right.plot(np.arange(len(norms)), norms, color=COLOURS["gradient"])
    texts = label_ends(right, [
        End(f"{name} {value:.1e}", value, kind) for name, value, kind in (
            ("power", radius**last, "heldout"), ("stretch", stretches[-1], "loss"),
            ("gradient", norms[last], "gradient"))])
    return Picture(figure, f"""The spectral radius of W_hh is {radius:.2f}, so over {last} steps its power is
        {radius**last:.1e}. But the running Jacobian stretches no change by more than {stretches[-1]:.1e}, and
        of the gradient {norms[last]:.1e} is left.""", points=[
            ("spectral radius of W_hh", dots),
            *((words, (curves[n], texts[n])) for n, words in enumerate((
                f"its power is {radius**last:.1e}", f"by more than {stretches[-1]:.1e}",
                f"of the gradient {norms[last]:.1e}")))])


@styled
def reach_while_learning(results: Sequence[Result]) -> Picture:
    """Loss, spectral radius, slope and factor per step while the network from lesson 02 learns.

    Args:
        results: from the sweep `reach_of_text`, with one learning rate. Bands run over all seeds.
    """
    runs = [result.value for result in results if result.status == "finished"]
    updates = np.maximum(runs[0]["updates"], 0.4)       # the logarithmic axis has no 0
    figure, axes = new_figure(1, 3, height=4.2)
    figure.subplots_adjust(left=0.06, right=0.985, bottom=0.2, top=0.86, wspace=0.22)
    panels: Mapping[str, tuple[str, str, tuple]] = {
        "loss": ("Loss (nats per char.)", "loss", (0, 8)),
        "radius": ("Spectral radius of $W_{hh}$", "heldout", (0, 10)),
        "factor": ("Gradient, × per step", "gradient", (0, 1.2)),
    }
    for ax, (name, (title, kind, limits)) in zip(axes, panels.items(), strict=True):
        values = np.array([run[name] for run in runs])
        seed_band(ax, updates, values, kind)
        ax.plot(updates, np.median(values, axis=0), color=COLOURS[kind], marker="o", markersize=6)
        ax.set(xscale="log", ylim=limits, title=title, xticks=[0.4, 1, 10, 100, 1000])
        ax.set_xticklabels(["0", "1", "10", "100", "1,000"])
        ax.minorticks_off()
        mark_beyond(ax, updates, values.max(axis=0), kind)
    axes[1].set_xlabel("updates (logarithmic)")
    yardstick(axes[1], 1)
    yardstick(axes[2], 1)
    first, one, last = (
        {name: np.median([run[name][at] for run in runs]) for name in panels} for at in (0, 1, -1))
    return Picture(figure, f"""Median of {len(runs)} runs: at each step back a gradient is multiplied by
        {first["factor"]:.2f} before training, by {one["factor"]:.2f} after one update, and by
        {last["factor"]:.2f} after {runs[0]["updates"][-1]:,}, while the spectral radius goes from
        {first["radius"]:.2f} to {last["radius"]:.1f} and the loss from {first["loss"]:.2f} to
        {last["loss"]:.2f}.""")
