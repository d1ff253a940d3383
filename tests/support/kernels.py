"""A kernel and a client that speaks to it as JupyterLab does: cells with their ids, sliders on a subshell.

    with Kernel() as kernel:
        print(kernel.run("print(1 + 1)"))
"""

import sys
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]


class Kernel:
    """A kernel of the Python `python`, started in `folder`, where `helpers` can be imported."""

    def __init__(self, python: str = sys.executable, folder: Path = ROOT):
        self._python, self._folder = python, folder

    def __enter__(self) -> "Kernel":
        self.manager = KernelManager()
        self.manager.kernel_spec.argv[0] = str(self._python)
        self.manager.start_kernel(cwd=str(self._folder))
        self._connect()
        self.run(f"import sys; sys.path.insert(0, {str(ROOT)!r})")
        return self

    def __exit__(self, *_) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def restart(self) -> None:
        """As the restart button does; nothing of the old state is left."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self._connect()
        self.run(f"import sys; sys.path.insert(0, {str(ROOT)!r})")

    def _connect(self) -> None:
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self._subshell = None

    def start(self, code: str, cell: str = "") -> str:
        """Begin to run a cell; the id of the request."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}
        metadata = {"cellId": cell} if cell else {}
        request = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(request)
        return request["header"]["msg_id"]

    def end(self, request: str, seconds: float = 120) -> str:
        """Wait until the cell has ended: what it printed. Raises what the cell raised, as RuntimeError."""
        printed, until = "", time.monotonic() + seconds
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, until - time.monotonic()))
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                printed += content["text"]
            elif kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                return printed

    def run(self, code: str, cell: str = "", seconds: float = 120) -> str:
        """Run a cell to its end: what it printed."""
        return self.end(self.start(code, cell), seconds)

    def has_subshells(self) -> bool:
        """Whether widgets can be heard while a cell runs."""
        about = self.client.kernel_info(reply=True, timeout=30)["content"]
        return "kernel subshells" in about.get("supported_features", ())

    def use_subshell(self) -> None:
        """From now on widgets speak over a subshell, as JupyterLab's do where the kernel has them."""
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        while True:
            reply = self.client.get_control_msg(timeout=30)
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                self._subshell = reply["content"]["subshell_id"]
                return

    def move(self, model: str, value) -> None:
        """Tell the widget `model` its new value, as a moved slider does."""
        content = {"comm_id": model, "data": {"method": "update", "state": {"value": value},
                                              "buffer_paths": []}}
        message = self.client.session.msg("comm_msg", content)
        if self._subshell:
            message["header"]["subshell_id"] = self._subshell
        self.client.shell_channel.send(message)
