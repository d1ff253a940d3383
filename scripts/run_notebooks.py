"""Run the notebooks on fresh kernels and save their outputs in place.

    python scripts/run_notebooks.py                                  # every lesson and every solution
    python scripts/run_notebooks.py notebooks/02_min_char_rnn.ipynb  # only this one
    python scripts/run_notebooks.py --check                          # run, save nothing

What a run would change without meaning anything (versions, times, model ids) is not saved, so a
difference in version control is a difference in the lesson. A cell without a slide tag gets one: a heading
begins a slide. A notebook that fails keeps its old outputs. Where a number in a text output has changed, the
sentences that name the old one are printed (``mentions.py``), to be read again.
"""

import argparse
import json
import os
import sys
import time
from copy import deepcopy
from pathlib import Path

import mentions
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> nbformat.NotebookNode:
    """The notebook at `path`; cells without an id get one from the file's name and their place."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["nbformat"], raw["nbformat_minor"] = 4, 5
    for place, cell in enumerate(raw["cells"]):
        cell.setdefault("id", f"{path.stem[:24].replace('.', '-')}-{place:03d}")
    return nbformat.reads(json.dumps(raw), as_version=4)


def place_on_a_slide(cell: nbformat.NotebookNode) -> str:
    begins = {"### ": "subslide", "#": "slide", "<details>": "skip"} if cell.cell_type == "markdown" else {}
    return next((kind for words, kind in begins.items() if cell.source.startswith(words)), "-")


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs from run to run, or from machine to machine."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in cell.metadata.items() if key in ("slideshow", "tags", "play")}
        )
        cell.metadata.setdefault("slideshow", {"slide_type": place_on_a_slide(cell)})
        for place, output in enumerate(cell.get("outputs", [])):
            output.get("metadata", {}).clear()
            if VIEW in output.get("data", {}):
                output.data[VIEW]["model_id"] = f"{cell.id}-{place}"


def run(path: Path, save: bool = True) -> str:
    """Run the notebook at `path` in its own folder; with `save`, replace the file, all or nothing.

    Returns what to read again because a number has changed, or "".
    """
    notebook = read(path)
    before = deepcopy(notebook)
    tidy(notebook)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False, record_timing=False, coalesce_streams=True,
    ).execute()
    tidy(notebook)
    nbformat.validate(notebook)
    if save:
        beside = path.with_name(path.name + ".new")
        beside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        os.replace(beside, path)
    return mentions.report(before, notebook, path.name[:2])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; without any, all of the course")
    parser.add_argument("--check", action="store_true", help="run, but save nothing")
    arguments = parser.parse_args()
    paths = arguments.paths or sorted(NOTEBOOKS.glob("*.ipynb")) + sorted(NOTEBOOKS.glob("solutions/*.ipynb"))
    failed = 0
    for path in paths:
        began, again = time.perf_counter(), ""
        try:
            again = run(path.resolve(), save=not arguments.check)
            outcome = "ran" if arguments.check else "saved"
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failed += 1
            outcome = f"FAILED, file left as it was\n{error}"
        print(f"{time.perf_counter() - began:6.1f} s  {path}  {outcome}", flush=True)
        if again:
            print(again, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
