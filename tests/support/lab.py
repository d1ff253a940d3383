"""JupyterLab in headless Chromium, driven by keyboard and mouse as a reader would.

    with Lab(folder) as lab, Browser() as browser:
        notebook = lab.open(browser.page(), "notebooks/00_start_here.ipynb")
        notebook.run_all()
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False, "doNotDisturbMode": True, "fetchNews": "false",
    },
    # Otherwise cells outside the window are not in the page.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# What a dashboard shows apart from its controls: all in an HTML or Image widget, but for ids, which are new
# at every drawing.
SHOWN = """root => Array.from(root.querySelectorAll('.widget-html-content, .widget-image'))
    .map(part => part.tagName === 'IMG' ? part.src : part.innerHTML)
    .join('\\n').replace(/ id="[^"]*"|url\\(#[^)]*\\)/g, '')"""
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
# While a cell runs, the kernel's status says idle as soon as a widget's message was answered beside it.
RUNNING = "Array.from(document.querySelectorAll('.jp-InputPrompt'), p => p.textContent).includes('[*]:')"


def chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


class Lab:
    """A JupyterLab server over `folder`, with settings, kernels and history of its own.

    `settings` are added to those of every test, by the name of the plugin.
    """

    def __init__(self, folder: Path, settings: dict | None = None):
        self._root, self.folder, self._settings = folder, folder, SETTINGS | (settings or {})

    def __enter__(self) -> "Lab":
        self._own = tempfile.TemporaryDirectory(prefix="course-lab-", ignore_cleanup_errors=True)
        own = Path(self._own.name)
        (own / "app").mkdir()
        (own / "app" / "overrides.json").write_text(json.dumps(self._settings))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url, self._token = f"http://127.0.0.1:{port}", secrets.token_hex(16)
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(own / "config"), "JUPYTER_DATA_DIR": str(own / "data"),
            "JUPYTER_RUNTIME_DIR": str(own / "runtime"), "IPYTHONDIR": str(own / "ipython"),
        }
        with (own / "lab.log").open("w") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                 "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
                 f"--IdentityProvider.token={self._token}", f"--ServerApp.root_dir={self._root}",
                 f"--LabApp.app_settings_dir={own / 'app'}", f"--LabApp.user_settings_dir={own / 'user'}",
                 f"--LabApp.workspaces_dir={own / 'workspaces'}", "--LabApp.expose_app_in_browser=True",
                 "--LabApp.extension_manager=readonly", "--LabApp.news_url="],
                stdout=log, stderr=subprocess.STDOUT, env=environment)
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                said = (own / "lab.log").read_text()[-3000:]
                self.__exit__()
                raise RuntimeError(f"JupyterLab did not start:\n{said}")
            time.sleep(0.1)
        return self

    def _ask(self, path: str, method: str = "GET"):
        """What the server answers."""
        head = {"Authorization": f"token {self._token}"}
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers=head)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")

    def _answers(self) -> bool:
        try:
            return bool(self._ask("status"))
        except OSError:
            return False

    @contextlib.contextmanager
    def room(self, name: str) -> Iterator["Lab"]:
        """The same server, for a while over a new folder in its own; then the kernels end."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._root))
        yield self
        for session in self._ask("sessions"):
            with contextlib.suppress(urllib.error.HTTPError):       # it has just been ended
                self._ask(f"sessions/{session['id']}", "DELETE")

    def write(self, path: str, cells: Iterable) -> None:
        """A notebook of these cells, of which words stand for a cell of code."""
        import nbformat
        from nbformat.v4 import new_code_cell, new_notebook

        cells = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), self.folder / path)

    def __exit__(self, *_) -> None:
        self._server.terminate()        # it ends its kernels on the way out
        try:
            self._server.wait(15)
        except subprocess.TimeoutExpired:
            self._server.kill()
        self._own.cleanup()

    def address(self, path: str) -> str:
        """Where the notebook at `path`, from its folder, is to be found."""
        path = (self.folder / path).relative_to(self._root).as_posix()
        return f"{self.url}/doc/tree/{path}?token={self._token}&reset"

    def open(self, page, path: str) -> "Notebook":
        """Open the notebook at `path` and wait until its kernel is idle."""
        page.goto(self.address(path))
        return self.ready(page)

    def ready(self, page) -> "Notebook":
        """The notebook that `page` is opening, as soon as its kernel is idle."""
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context", timeout=90_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        notebook = Notebook(page)
        notebook.wait_idle()
        return notebook


class Browser:
    """Headless Chromium; every page keeps the errors of its console in `page.problems`."""

    def __init__(self, width: int = 1280, height: int = 900):
        self.size = {"width": width, "height": height}

    def __enter__(self) -> "Browser":
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        return self

    def page(self, **settings):
        """A new page; `settings` are those of its context, such as has_touch."""
        page = self._browser.new_page(**{"viewport": self.size} | settings)
        page.problems = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    def close_pages(self) -> None:
        """Close every page, with what it keeps."""
        for context in self._browser.contexts:
            context.close()

    def __exit__(self, *_) -> None:
        self._browser.close()
        self._playwright.stop()


class Notebook:
    """An open notebook: run it, move its controls, see what it shows."""

    def __init__(self, page):
        self.page = page

    def wait_idle(self, seconds: float = 60) -> None:
        idle = f"() => {KERNEL}?.status === 'idle' && !{RUNNING}"
        self.page.wait_for_function(idle, timeout=1000 * seconds)

    def run_all(self) -> None:
        """Run every cell, as Run > Run All Cells does, and wait until all of them have ended."""
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_idle()

    def shut_down(self) -> None:
        """End the kernel and close the page."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()

    def dashboards(self) -> list:
        """The dashboards on the page, top to bottom."""
        return self.page.locator(".jp-OutputArea .course-dashboard").all()

    def errors(self) -> list[str]:
        """What a reader would see as an error: in outputs, in widgets, in dashboards."""
        seen = self.page.locator(
            "[data-mime-type='application/vnd.jupyter.stderr'], "
            "[data-mime-type='application/vnd.jupyter.error'], .course-error, .jupyter-widgets-error-widget"
        ).all_inner_texts()
        outputs = self.page.locator(".jp-OutputArea-output").all_inner_texts()
        signs = ("Error displaying widget", "Loading widget", "Javascript Error")
        return seen + [text for text in outputs if text.startswith(signs)]

    def broken_pictures(self) -> list[str]:
        """The alt text of each image outside folded parts whose pixels are not on the page."""
        return self.page.evaluate("""async () => {
            const all = Array.from(document.querySelectorAll('.jp-Notebook img'))
                .filter(image => !image.closest('details:not([open])'));
            await Promise.all(all.map(image => image.decode().catch(() => null)));
            const seen = image => image.naturalWidth && image.checkVisibility();
            return all.filter(image => !seen(image)).map(image => image.alt);
        }""")

    def watch_live(self) -> None:
        """Count, from now on, how often each live view changes while a cell runs."""
        self.page.evaluate(f"""() => {{
            const shown = {SHOWN}, last = new WeakMap();
            window.courseWatch = setInterval(() => {{
                const running = {RUNNING};
                for (const root of document.querySelectorAll('.course-live')) {{
                    const now = shown(root);
                    if (running && last.has(root) && last.get(root) !== now)
                        root.dataset.changes = Number(root.dataset.changes ?? 0) + 1;
                    last.set(root, now);
                }}
            }}, 50);
        }}""")

    def live_changes(self) -> list[int]:
        """How often each live view changed since `watch_live`; stops watching."""
        return self.page.evaluate("""() => {
            clearInterval(window.courseWatch);
            return Array.from(document.querySelectorAll('.course-live'), r => Number(r.dataset.changes ?? 0));
        }""")

    def shows(self, root) -> str:
        """Everything that the dashboard `root` shows, as one string to compare."""
        return root.evaluate(SHOWN)

    def wait_for_change(self, root, before: str, seconds: float = 20) -> bool:
        """Wait until `root` shows something other than `before`, and the kernel has no more to say of it.

        Where after `seconds` nothing has changed, what the kernel is at work on is still waited for.
        """
        from playwright.sync_api import TimeoutError

        with contextlib.suppress(TimeoutError):
            self.page.wait_for_function(f"([root, before]) => ({SHOWN})(root) !== before",
                                        arg=[root.element_handle(), before], timeout=1000 * seconds)
        self.settle(root)
        return self.shows(root) != before

    def settle(self, root) -> None:
        """Wait until all that is under way to `root` is on the page; one that keeps changing is left so.

        What the kernel sends is seen in the order in which it was sent, so after the answer to a request
        everything drawn before is there. A drawing may wait for 50 ms after the last one: hence the rest.
        """
        root.evaluate(f"""async root => {{
            const shown = {SHOWN}, kernel = {KERNEL}, wait = ms => new Promise(done => setTimeout(done, ms));
            for (let turn = 0; turn < 20; turn++) {{
                const before = shown(root);
                await wait(60);
                const answer = kernel.requestExecute({{code: '', silent: true}}).done;
                await Promise.race([answer, wait(20_000).then(() => {{ throw Error('no answer') }})]);
                await new Promise(requestAnimationFrame);
                if (shown(root) === before) return;
            }}
        }}""")
