"""What is asked of a lesson in the kernel that has run its cells: see lesson_items.py, which asks.

While cells run, what a browser's Python cannot do is refused them. Nothing of this is among the names of the
lesson. Each function that is asked prints what is wrong as a line of JSON.
"""

import asyncio
import gc
import importlib
import json
import re
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from IPython import get_ipython

ROOT = Path(__file__).resolve().parents[2]
MOST = 3            # points of a run that goes on beside the cells, after which it is stopped
PATIENCE = 60       # seconds in which what goes on beside the cells has shown something
MEMORY = 450        # megabytes: a seat of a class, or a browser, may have no more
NO_BROWSER_CAN = ("socket.", "subprocess.", "os.fork", "os.posix_spawn", "os.spawn", "os.exec", "os.system",
                  "_winapi.CreateProcess", "urllib.Request", "ctypes.dlopen", "mmap.__new__")
REFUSED = ("threading.Thread.start", "signal.alarm", "signal.setitimer", "webbrowser.open")   # without event
TEMPORARY = str(Path(tempfile.gettempdir()).resolve())
NEVER_SHIPPED = tuple(str(ROOT / folder) for folder in ("tests", "scripts", "benchmarks", ".git"))
SHIPPED = tuple(str(Path(place).resolve())
                for place in (ROOT, sys.prefix, sys.base_prefix, *filter(None, sys.path)))

shown: list[tuple[str, Any]] = []       # by cells, at first: each picture, with its place
made: list[tuple[str, Any]] = []        # by cells: each dashboard, with its place
_cells = 0                              # that have run
_watching = False                       # a cell runs


def begin(alone: bool = True) -> None:
    """Keep in mind from now on what each cell shows; refuse what no browser can do, if it runs `alone`."""
    events = get_ipython().events
    if alone:
        for library in ("matplotlib.font_manager", "matplotlib.backends.backend_agg", "PIL.Image",
                        "ipywidgets", "multiprocessing.shared_memory", "threadpoolctl"):
            importlib.import_module(library)        # what they do when they start is the browser's matter
        importlib.import_module("helpers.networks.blas").blas_libraries()   # looked for once
        sys.addaudithook(_audit)
        for words in REFUSED:
            _refuse(*words.rpartition(".")[::2])
        events.register("pre_run_cell", _began)
    events.register("post_run_cell", _ended)


def _audit(event: str, arguments: tuple) -> None:
    """Raises where a cell does what no browser's Python can do, or reads what is not shipped."""
    if not _watching or threading.current_thread() is not threading.main_thread():
        return
    if event.startswith(NO_BROWSER_CAN):
        raise RuntimeError(f"no browser can do this: {event} {arguments!r:.200}")
    if event == "open" and isinstance(arguments[0], str | bytes):
        path = str(Path(str(arguments[0])).resolve())
        if path.startswith(TEMPORARY) and not path.startswith(str(ROOT)):
            return
        if re.search("[wax+]", arguments[1] or "r"):
            raise RuntimeError(f"a cell writes {path}, outside the folder for temporary files")
        hidden = path.startswith(NEVER_SHIPPED) and not path.endswith(".py")    # which tracebacks read
        if hidden or not path.startswith(SHIPPED):
            raise RuntimeError(f"a cell reads {path}, which is not shipped")


def _refuse(where: str, name: str) -> None:
    """Let a function without an audit event raise while a cell runs."""
    module, *inside = where.split(".")
    owner = importlib.import_module(module)
    for part in inside:
        owner = getattr(owner, part)
    own = getattr(owner, name, None)

    def guarded(*given, **named):
        if _watching and threading.current_thread() is threading.main_thread():
            raise RuntimeError(f"no browser can do this: {where}.{name}")
        return own(*given, **named)

    if own:
        setattr(owner, name, guarded)


def _began(_) -> None:
    global _watching
    _watching = True


def _ended(result) -> None:
    global _cells, _watching
    _watching = False
    place, _cells = f"code cell {_cells}", _cells + 1
    if hasattr(result.result, "figure"):
        shown.append((place, result.result))
    widgets, known = sys.modules.get("helpers.widgets.dashboard"), [one for _, one in made]
    for one in widgets.open_views if widgets else ():
        if hasattr(one, "controls") and one not in known:
            made.append((place, one))


def answer(wrong: list[str]) -> None:
    print(json.dumps(wrong))


def pictures() -> None:
    """What is wrong with what cells returned, with their memory, and whether dashboards point."""
    from exerciser import look_at

    wrong = []
    for place, one in shown:
        try:
            look_at(one, place)
        except AssertionError as error:
            wrong.append(str(error))
    drawn = [one for _, one in made if hasattr(one.shown, "sentence")]
    pointing = [one for one in drawn if one.shown.points]
    if len(pointing) < 0.9 * len(drawn):
        wrong.append(f"{len(pointing)} of {len(drawn)} dashboards point at parts of their pictures")
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if peak and int(peak[1]) / 1000 > MEMORY and "torch" not in sys.modules:
        wrong.append(f"the cells took {int(peak[1]) / 1000:.0f} MB")
    answer(wrong)


def controls(walks: int) -> None:
    """Move every control of each dashboard; and whether each can take what the text tells to set."""
    from exerciser import exercise

    gc.set_threshold(200_000, 20, 50)
    wrong = []
    for place, one in made:
        if one.values() and not getattr(one, "keeps", False):     # what a learner does is kept
            began = time.monotonic()
            try:
                exercise(one, walks)
            except Exception:
                wrong.append(f"{place}, {one}: {traceback.format_exc()}")
            print(f"{place}, {one}: {time.monotonic() - began:.1f} s")
    answer(wrong)


def told(name: str) -> None:
    """What the text of the notebook tells to set and no control of that name can be set to."""
    from exerciser import takes, told_to_set

    notebook = json.loads(Path(name).read_text(encoding="utf-8"))
    by_name: dict[str, list] = {}
    for _, dashboard in made:
        for control, widget in dashboard.controls.items():
            by_name.setdefault(control, []).append(widget)
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    answer([f"*{what}* cannot be set to {value}" for text in texts for what, value in told_to_set(text)
            if (those := by_name.get(what.lower().replace(" ", "_")))
            and not any(takes(one, value) for one in those)])


async def buttons() -> None:
    """Press each button whose work takes its time as a reader does, who waits."""
    from exerciser import PLAY

    wrong = []
    for place, one in made:
        if not getattr(one, "keeps", False) and (PLAY in one.controls or not one.values()):
            try:
                for label in [PLAY] if PLAY in one.controls else list(one.controls):
                    await (_play(one) if label == PLAY else _press(one, label))
            except Exception:
                wrong.append(f"{place}, {one}: {traceback.format_exc()}")
    answer(wrong)


async def _press(dashboard, label: str) -> None:
    """Whether a button computes something new, whose sentence is true."""
    from exerciser import look, state

    before, task = state(dashboard), getattr(dashboard, "task", None)
    dashboard.controls[label].click()
    dashboard.draw_now()
    began = time.monotonic()
    while task and task.running:
        await asyncio.sleep(0.01)
        assert time.monotonic() - began < PATIENCE, f"{label!r} has not ended"
        if len(getattr(dashboard, "points", {}).get(label, ())) >= MOST:
            dashboard.controls["Stop"].click()
            dashboard.draw_now()
    look(dashboard, f"after {label!r}")
    assert label == "Stop" or before != state(dashboard), f"{label!r} shows nothing new"
    said = f"{dashboard.said}{dashboard.shown if isinstance(dashboard.shown, str) else ''}"
    assert not re.search(r"\b(nan|inf|None)\b", said), f"{label!r}: {said}"


async def _play(dashboard) -> None:
    """Whether Play goes on by itself, and Pause ends it."""
    from exerciser import PLAY

    button, slider = dashboard.controls[PLAY], next(iter(dashboard.controls.values()))
    start, before = slider.value, dashboard.screen()
    button.click()
    async with asyncio.timeout(PATIENCE):
        while slider.value == start or dashboard.screen() == before:
            await asyncio.sleep(0.01)
        button.click()
        while button.description != "Play":
            await asyncio.sleep(0.01)
    assert not dashboard.failed, dashboard.said
    slider.value = start
    dashboard.draw_now()


def again(source: str, times: int) -> None:
    """What is left behind when a cell with a dashboard runs so many times more."""
    before, shell = None, get_ipython()
    for number in range(times):
        if number == 3:
            before = _left()
        shell.run_cell(source).raise_error()
    after = _left()
    few = {"figures": 1, "megabytes": 30}
    answer([f"{what}: {before[what]} have become {after[what]}" for what in after
            if after[what] > before[what] + few.get(what, 0)])


def _left() -> dict[str, float]:
    """What is there once all that is free was given back."""
    import ctypes

    from comm import get_comm_manager
    from matplotlib.figure import Figure

    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    figures = sum(isinstance(one, Figure) for one in gc.get_objects())
    return {"comms": len(get_comm_manager().comms), "threads": threading.active_count(), "figures": figures,
            "megabytes": pages * 4096 / 1e6}
