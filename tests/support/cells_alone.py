"""Run the code of notebooks the way a browser would have to: one process, one thread, no network, no PyTorch.

    python tests/support/cells_alone.py notebooks/02_min_char_rnn.ipynb

A loop runs, as in a kernel. With `--torch` PyTorch may be imported.

Whatever a browser's Python does not have is refused here while the cells run: a thread, a process, a
socket, a file that the course does not ship. Each cell must print and show what is saved below it.
Each notebook runs in a fork of a process that has imported the course.
Prints one line per notebook, and the most memory that was held; ends with 1 if a notebook failed.
Also runs in WebAssembly, which has no forks.
"""

import argparse
import ast
import asyncio
import contextlib
import gc
import importlib
import io
import json
import linecache
import os
import pickle
import re
import sys
import tempfile
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

FORBIDDEN = ("socket.", "subprocess.", "os.fork", "os.posix_spawn", "os.spawn", "os.exec", "os.system",
             "_winapi.CreateProcess", "urllib.Request", "ctypes.dlopen", "mmap.__new__")
# What raises no audit event, or not with each version of Python.
REFUSED = ("threading._start_new_thread", "threading._start_joinable_thread", "_thread.start_new_thread",
           "signal.alarm", "signal.setitimer", "webbrowser.open")
WRITES = re.compile(r"[wax+]")
PIXELS = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
ROOT = Path(__file__).resolve().parents[2]
TEMPORARY = str(Path(tempfile.gettempdir()).resolve())
PLACES = (ROOT, sys.prefix, sys.base_prefix, *filter(None, sys.path))
SHIPPED = [str(Path(place).resolve()) for place in PLACES]
STAYS_HERE = tuple(str(ROOT / folder) for folder in ("tests", "scripts", "benchmarks", ".git"))


def apart(work: Callable[[], Any]) -> Any:
    """What `work` returns, called in a fork of this process; where there are none, as on Windows, in it."""
    if not hasattr(os, "fork"):
        return work()
    gc.freeze()         # a collection in the fork would copy all that is there
    sys.stdout.flush()
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(receive)
            with os.fdopen(send, "wb") as pipe:
                pickle.dump(work(), pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the fork ended with {status}")
    return pickle.loads(told)


def refuse(event: str, arguments: tuple) -> None:
    """An audit hook: raises where a cell does what no browser's Python can do."""
    if not watching:
        return
    if event.startswith(FORBIDDEN):
        raise RuntimeError(f"no browser can do this: {event} {arguments!r:.200}")
    if event == "open" and isinstance(arguments[0], str | bytes):
        path, mode = str(Path(str(arguments[0])).resolve()), arguments[1] or "r"
        temporary = path.startswith(TEMPORARY) and not path.startswith(str(ROOT))
        if WRITES.search(mode) and not temporary:
            raise RuntimeError(f"a cell writes {path}, outside the folder for temporary files")
        left_here = path.startswith(STAYS_HERE) and not path.endswith(".py")    # which tracebacks read
        if left_here or not (temporary or path.startswith(tuple(SHIPPED))):
            raise RuntimeError(f"a cell reads {path}, which is not shipped")


def refused(*_: object, **__: object):
    """In place of what no browser can do."""
    raise RuntimeError(f"no browser can do this: it has none of {', '.join(REFUSED)}")


watching: list[str] = []        # the notebook that runs
pictures: list = []             # that its cells have shown, each with its place


def run_cell(source: str, place: str, names: dict) -> tuple[str, dict[str, str]]:
    """Run a cell as a kernel does: what it printed, and the text of the value that it shows."""
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)   # for inspect
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, place, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), place, "eval"), names)
    if source.rstrip().endswith(";"):
        value = None
    if hasattr(value, "figure"):
        pictures.append((place, value))
    if value is None or hasattr(value, "_ipython_display_"):        # which has shown itself
        return printed.getvalue(), {}
    bundle = getattr(value, "_repr_mimebundle_", None)
    return printed.getvalue(), bundle() if bundle else {"text/plain": repr(value)}


def told(output: dict) -> str:
    """What a check says, which it prints where there is no kernel."""
    data = output.get("data", {})
    return "".join(data["text/plain"]) + "\n" if "course-check" in "".join(data.get("text/html", "")) else ""


def compare(printed: str, shown: dict[str, str], saved: list[dict]) -> None:
    """Are these the outputs saved below the cell? Without a kernel, `display` prints no more than a name."""
    printed = re.sub(r"<helpers\.[\w.]+ object at 0x\w+>\n", "", printed)
    printed_then = "".join("".join(output.get("text", "")) or told(output) for output in saved)
    shown_then = ["".join(o["data"]["text/plain"]) for o in saved if o["output_type"] == "execute_result"]
    shown_now = [shown["text/plain"]] if shown else []
    if (printed, shown_now) != (printed_then, shown_then):
        raise RuntimeError(f"now {printed!r}, {shown_now}; saved {printed_then!r}, {shown_then}")


def compare_pages(shown: dict[str, str], saved: list[dict]) -> None:
    """Has a page the saved choice of forms, and the saved HTML but for the pixels of pictures?

    The box of a check is not made without a kernel, so that what is saved is held to its words.
    """
    data = [(output["output_type"], {mime: "".join(part) for mime, part in output["data"].items()})
            for output in saved if "data" in output]
    then = [one for kind, one in data if kind == "execute_result"]
    forms, forms_then = [set(one) for one in ([shown] if shown else [])], [set(one) for one in then]
    html, html_then = ([PIXELS.sub("", one.get("text/html", "")) for one in each]
                       for each in ([shown] if shown else [], then))
    checks = [one for _, one in data if "course-check" in one.get("text/html", "")]
    html += [sys.modules["helpers.checks.results"].result_html(one["text/plain"]) for one in checks]
    html_then += [one["text/html"] for one in checks]
    if (forms, html) != (forms_then, html_then):
        raise RuntimeError(f"now {forms}, {html}; saved {forms_then}, {html_then}")


async def run(path: Path) -> int:
    """Run the code cells of the notebook at `path`, all or up to an error that is a sentence: how many."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names = vars(sys.modules.setdefault("course_notebook", types.ModuleType("course_notebook")))
    names["__name__"] = "__main__"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    os.chdir(path.parent)
    watching.append(path.name)
    for module, function in (whole.split(".") for whole in REFUSED):
        if hasattr(found := importlib.import_module(module), function):
            setattr(found, function, refused)
    try:
        for number, cell in enumerate(code):
            source = "".join(cell["source"])
            try:
                printed, shown = run_cell(source, f"<code cell {number}>", names)
                compare(printed, shown, cell["outputs"])
                compare_pages(shown, cell["outputs"])
            except Exception as error:
                if hasattr(error, "_render_traceback_"):       # a sentence for the reader: the lesson ends
                    return number
                raise RuntimeError(f"cell {number}:\n{source}") from error
            await asyncio.sleep(0)
    finally:
        watching.clear()
    return len(code)


def peak(memory) -> str:
    """The most memory that this process ever held, read from its open status file, where there is one."""
    if memory is None:
        return ""
    memory.seek(0)
    found = re.search(r"VmHWM:\s+(\d+) kB", memory.read())
    return f"peak {int(found[1]) / 1000:.0f} MB"


def run_alone(path: Path) -> bool:
    """Run one notebook and look at its pictures; prints what is to be said of it. Whether it held."""
    status = Path("/proc/self/status")
    memory = status.open() if status.exists() else None     # opened now: later it is refused
    try:
        try:
            ran = asyncio.run(run(path))
        finally:
            print(peak(memory), file=sys.stderr, flush=True)
        look_at = importlib.import_module("exerciser").look_at      # now: it imports helpers
        for place, picture in pictures:
            look_at(picture, place)
        print(f"{path.name}: {ran} cells ran", flush=True)
        return True
    except Exception:
        print(f"{path.name}: FAILED\n{traceback.format_exc()}", flush=True)
        return False


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch", action="store_true")
    parser.add_argument("notebooks", nargs="+", type=Path)
    wanted = parser.parse_args(words)
    for library in ("numpy", "matplotlib.font_manager", "matplotlib.backends.backend_agg", "PIL.Image",
                    "ipywidgets", "IPython.display", "threadpoolctl"):
        importlib.import_module(library)    # what they do when they start is the browser's own matter
    if wanted.torch:
        importlib.import_module("torch")
    else:
        sys.modules["torch"] = None
    sys.addaudithook(refuse)
    watching.append("what the course imports")
    importlib.import_module("helpers.widgets")
    watching.clear()
    importlib.import_module("helpers.networks.blas").blas_libraries()   # looked for once; a browser has none
    held = [apart(lambda: run_alone(path.resolve())) for path in wanted.notebooks]   # noqa: B023
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
