"""A slider moves while a cell runs, on a subshell as in JupyterLab: the cell's own figures are not spoilt."""

import json
import queue
import time

import numpy as np
import pytest
from course import ROOT
from jupyter_client.manager import start_new_kernel

DASHBOARD = """
import time
from helpers.lessons.lesson00 import fading_memory
from helpers.widgets import explore
heard = []
dashboard = explore(fading_memory, weight=(-1.0, 1.0, 0.001))
slider = dashboard.controls["weight"]
slider.observe(lambda change: heard.append(time.time()), names="value")
print(slider.model_id)
"""
# A reader's own cell: 100 figures through pyplot, each looked at as soon as it is drawn.
READERS_CELL = """
import io, time
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt
wrong, began = 0, time.time()
for number in range(100):
    plt.figure(figsize=(2, 1.5), dpi=50)
    for line in range(4):
        plt.plot([0, number], [line, line])
        time.sleep(0.001)
    lines = plt.gcf().axes[0].lines
    wrong += len(plt.gcf().axes) != 1 or [one.get_xdata()[1] for one in lines] != [number] * 4
    plt.savefig(io.BytesIO())
    plt.close()
during = sum(began < at < time.time() for at in heard)
"""


@pytest.fixture
def client():
    """A client of a kernel in the folder of the course; a cell that raises fails the test."""
    manager, client = start_new_kernel(cwd=str(ROOT))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def ended(client, request: str) -> str:
    """Wait until a cell has ended: what it printed."""
    printed, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") == request:
            kind, content = message["msg_type"], message["content"]
            assert kind != "error", "\n".join(content["traceback"])
            printed += content.get("text", "")
            if kind == "status" and content["execution_state"] == "idle":
                return printed
    raise TimeoutError(printed)


def test_no_figure_of_a_running_cell_is_spoilt_by_a_moving_slider(client):
    """150 moves arrive while the reader's cell draws its figures.

    It takes five seconds, or more on a busy machine: pyplot is spoilt only where two threads really draw.
    """
    if "kernel subshells" not in client.kernel_info(reply=True, timeout=30)["content"].get(
            "supported_features", ()):
        pytest.skip("ipykernel has subshells from version 7 on")
    client.control_channel.send(client.session.msg("create_subshell_request", {}))
    shell = client.get_control_msg(timeout=30)["content"]["subshell_id"]
    model = ended(client, client.execute(DASHBOARD)).strip()

    def move(value: float) -> None:
        content = {"comm_id": model, "data": {"method": "update", "state": {"value": value},
                                              "buffer_paths": []}}
        message = client.session.msg("comm_msg", content)
        message["header"]["subshell_id"] = shell
        client.shell_channel.send(message)

    move(-1.0)          # ipykernel 7.4 leads a widget to its subshell from the second message on
    time.sleep(0.2)
    running = client.execute(READERS_CELL)
    for value in np.linspace(-1, 1, 151)[1:].round(3).tolist():
        move(value)
        time.sleep(0.005)
    ended(client, running)
    time.sleep(0.5)     # what the cell prints may be taken for the slider's, as both go on at once
    said = ended(client, client.execute("import json; dashboard.draw_now(); "
                                        "print(json.dumps([int(wrong), during, dashboard.said]))"))
    wrong, during, sentence = json.loads(said.splitlines()[-1])
    assert wrong == 0 and during > 100, "the moves should arrive while the cell runs"
    assert "multiplied by 1.00" in sentence
