"""A kernel driven as JupyterLab drives it: sliders move while cells run, in floods, and again and again."""

import json
import time

import numpy as np
import pytest
from course import LESSONS, cells, name
from kernels import Kernel

# A reader's own cell: 100 figures through pyplot, each looked at as soon as it is drawn.
READERS_CELL = """
import io, json, time
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt
wrong, began = 0, time.time()
for number in range(100):
    try:
        plt.figure(figsize=(2, 1.5), dpi=50)
        for line in range(4):
            plt.plot([0, number], [line, line])
            time.sleep(0.001)
        plt.title(str(number))
        figure = plt.gcf()
        good = len(figure.axes) == 1 and len(figure.axes[0].lines) == 4 and all(
            line.get_xdata()[1] == number for line in figure.axes[0].lines)
        wrong += not (good and figure.axes[0].get_title() == str(number))
        figure.savefig(io.BytesIO())
        plt.close(figure)
    except Exception:
        wrong += 1
ended = time.time()
"""
RESULT = """
print(json.dumps({"wrong": wrong, "during": sum(began < at < ended for at in heard)}))
"""
OURS = """
import time
from helpers.lessons.lesson00 import fading_memory
from helpers.widgets import explore
heard, drawn, takes = [], [], 0.0
def draw(weight=0.5):
    drawn.append(weight)
    time.sleep(takes)
    return fading_memory(weight)
dashboard = explore(draw, weight=(-1.0, 1.0, 0.001))
slider = dashboard.controls["weight"]
slider.observe(lambda change: heard.append(time.time()), names="value")
print(slider.model_id)
"""


def wait_until(kernel, condition: str, seconds: float = 60) -> None:
    """Wait until `condition`, an expression, holds in the kernel."""
    until = time.monotonic() + seconds
    while "yes" not in kernel.run(f"print('yes' if {condition} else 'no')"):
        assert time.monotonic() < until, f"{condition}: not after {seconds} s"
        time.sleep(0.02)


def moved_while_a_cell_draws(kernel) -> dict:
    """Send 150 moves while the reader's cell draws its 100 figures."""
    model = kernel.run(OURS).strip()
    kernel.move(model, -1.0)  # ipykernel 7.4 leads a widget to its subshell from the second message on
    wait_until(kernel, "heard")
    request = kernel.start(READERS_CELL)
    for value in np.linspace(-1, 1, 151)[1:].round(3).tolist():
        kernel.move(model, value)
        time.sleep(0.006)
    kernel.end(request)
    time.sleep(0.5)  # what the cell itself prints may be taken for the slider's, as both go on at once
    return json.loads(kernel.run(RESULT))


@pytest.fixture(scope="module")
def kernel():
    with Kernel() as running:
        if not running.has_subshells():
            pytest.skip("ipykernel has subshells from version 7 on")
        running.use_subshell()
        yield running


def test_no_figure_of_a_running_cell_is_spoilt_by_a_moving_slider(kernel):
    result = moved_while_a_cell_draws(kernel)
    assert result["wrong"] == 0
    assert result["during"] > 100, "the moves should arrive while the cell runs"
    wait_until(kernel, "'multiplied by 1.00' in dashboard.said")


LEFT = """
import ctypes, gc, json, threading
from comm import get_comm_manager
import ipywidgets, matplotlib.figure, matplotlib.pyplot
gc.collect()
ctypes.CDLL(None).malloc_trim(0)  # what is free is not held
with open("/proc/self/statm") as pages:
    megabytes = int(pages.read().split()[1]) * 4096 / 1e6
print(json.dumps({"comms": len(get_comm_manager().comms), "threads": threading.active_count(),
                  "windows": len(matplotlib.pyplot.get_fignums()),
                  "figures": sum(isinstance(one, matplotlib.figure.Figure) for one in gc.get_objects()),
                  "megabytes": megabytes}))
"""


def left(kernel) -> dict:
    """What is there once all that is free was given back."""
    return json.loads(next(line for line in kernel.run(LEFT).splitlines() if line.startswith("{")))


HEAVY = ("fit(", "live_runs(")  # these train: they are run ten times


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_cell_with_a_dashboard_can_be_run_fifty_times(path):
    view = "application/vnd.jupyter.widget-view+json"
    code = cells(path, "code")
    with Kernel(folder=path.parent) as kernel:
        for cell in code:
            kernel.run(cell["source"], cell["id"])
        for number, cell in enumerate(code):
            if not any(view in output["data"] for output in cell["outputs"]):
                continue
            def again():
                kernel.run(cell["source"], cell["id"])  # noqa: B023
            for _ in range(3):
                again()
            before = left(kernel)
            for _ in range(8 if any(word in cell["source"] for word in HEAVY) else 47):
                again()
            after = left(kernel)
            print(f"{name(path)}, code cell {number}: {before} then {after}")
            for what in ("comms", "threads", "windows"):
                assert after[what] <= before[what], f"code cell {number}: {what}"
            assert after["figures"] <= before["figures"] + 1, f"code cell {number}"
            assert after["megabytes"] < before["megabytes"] + 30, f"code cell {number}"
