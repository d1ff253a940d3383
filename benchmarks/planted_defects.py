"""Do the checks bite? Faults are planted in copies of the course, and CI's own checks must go red.

    python benchmarks/planted_defects.py                # all of them, about twenty minutes
    python benchmarks/planted_defects.py gates carry    # those with one of these words in their name

Each fault goes alone into a fresh copy, where the checks named beside it are run as CI runs them. The same
checks must be green on a copy without a fault. Prints a Markdown table and the score, and fails if a
fault gets through.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
from cells_alone import run_cell  # noqa: E402

PARTS = ("helpers", "notebooks", "img", "data", "scripts", "tests", "benchmarks", "docs", "conftest.py",
         "pyproject.toml", "README.md", "CONTRIBUTING.md", "LICENSE", "requirements.txt", ".ci")
LESSON = "notebooks/01_introduction_to_rnns.ipynb"
SOLUTION = "notebooks/solutions/01_introduction_to_rnns.ipynb"
RULES = ("tests/course/test_notebooks.py",)
RUN = (LESSON,)
MOVED = ("tests/widgets/test_dashboards.py", "-k", "01_introduction or 02_min")
BROWSER = ("tests/browser/test_browser.py", "-k", "01_introduction and not solutions")
READOUTS = "helpers/networks/readouts.py"
CELLS = ("tests/networks/test_cells.py", "tests/networks/test_gradients.py", "tests/networks/test_model.py",
         "tests/networks/test_readouts.py")


class Defect(NamedTuple):
    """A fault: its name, what plants it in the copy at a path, and the checks that must notice."""

    name: str
    plant: Callable[[Path], None]
    checks: tuple[str, ...]


# Ways to plant.

def notebook(change: Callable[[list[dict]], None], path: str = LESSON) -> Callable[[Path], None]:
    """Change the cells of a notebook as if a hand had edited the file."""
    def plant(copy: Path) -> None:
        content = json.loads((copy / path).read_text(encoding="utf-8"))
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"])
        before = json.dumps(content)
        change(content["cells"])
        assert json.dumps(content) != before
        (copy / path).write_text(json.dumps(content), encoding="utf-8")
    return plant


def metadata(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """Change what a notebook says of itself."""
    def plant(copy: Path) -> None:
        content = json.loads((copy / LESSON).read_text(encoding="utf-8"))
        change(content["metadata"])
        (copy / LESSON).write_text(json.dumps(content), encoding="utf-8")
    return plant


def replaced(file: str, old: str, new: str, every: bool = False) -> Callable[[Path], None]:
    """Put `new` where `old` stands, once in the file, or at every place."""
    def plant(copy: Path) -> None:
        text = (copy / file).read_text(encoding="utf-8")
        assert text.count(old) == 1 or (every and old in text), f"{file}: {text.count(old)} times {old!r}"
        (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return plant


def code(cells: list[dict], has: Callable[[dict], bool]) -> dict:
    """The first code cell for which `has` is true."""
    return next(cell for cell in cells if cell["cell_type"] == "code" and has(cell))


def prose(cells: list[dict], words: str) -> dict:
    """The first cell of prose with these words."""
    return next(cell for cell in cells if cell["cell_type"] == "markdown" and words in cell["source"])


def printed(cell: dict) -> bool:
    return any(output["output_type"] == "stream" for output in cell["outputs"])


def pictured(cell: dict) -> bool:
    return any("<img" in "".join(output.get("data", {}).get("text/html", "")) for output in cell["outputs"])


def after_imports(source: str) -> Callable[[Path], None]:
    """Append a line to the cell of the imports, which prints nothing."""
    def change(cells):
        code(cells, lambda cell: "import numpy" in cell["source"])["source"] += "\n" + source
    return notebook(change)


def live(source: str) -> Callable[[Path], None]:
    """A cell with a dashboard of its own at the end, saved with the text that it shows before it is moved."""
    source = ("from helpers.lessons.lesson00 import fading_memory\n"
              "from helpers.widgets import explore, on_press, run_live\n" + source)
    _, shown = run_cell(source, "planted", {})      # here, for it redirects what all threads print
    output = {"output_type": "execute_result", "execution_count": 99, "metadata": {},
              "data": {"text/plain": shown["text/plain"]}}

    def change(cells):
        cells.append({"cell_type": "code", "id": "planted", "metadata": {}, "outputs": [output],
                      "execution_count": 99, "source": source})
    return notebook(change)


# What is planted in notebooks.

def stale_text(cells):
    def numbers(cell: dict) -> str:
        return "".join(cell["outputs"][0]["text"]) if printed(cell) else ""

    cell = code(cells, lambda cell: re.search(r"\d", numbers(cell)))
    other = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), numbers(cell), count=1)
    cell["outputs"][0]["text"] = other


def stale_sentence(cells):
    for output in code(cells, pictured)["outputs"]:
        output["data"]["text/plain"] = "Not so: " + "".join(output["data"]["text/plain"])
        output["data"]["text/html"] = "".join(output["data"]["text/html"]).replace('alt="', 'alt="Not so: ')


def blank_picture(cells):
    import base64
    import io

    from PIL import Image

    white = io.BytesIO()
    Image.new("RGB", (1000, 400), "white").save(white, "PNG")
    pixels = base64.b64encode(white.getvalue()).decode()
    for output in code(cells, pictured)["outputs"]:
        html = "".join(output["data"]["text/html"])
        output["data"]["text/html"] = re.sub(r"base64,[A-Za-z0-9+/=]+", f"base64,{pixels}", html)
        if "image/png" in output["data"]:
            output["data"]["image/png"] = pixels


def vanished_picture(cells):
    code(cells, pictured)["outputs"] = []


def never_run(cells):
    cell = code(cells, printed)
    cell["execution_count"], cell["outputs"] = None, []


def out_of_order(cells):
    first, second = [cell for cell in cells if cell["cell_type"] == "code"][2:4]
    first["execution_count"], second["execution_count"] = second["execution_count"], first["execution_count"]


def no_alt_text(cells):
    output = code(cells, pictured)["outputs"][0]
    output["data"]["text/html"] = re.sub(r'alt="[^"]*"', 'alt=""', "".join(output["data"]["text/html"]))


def broken(words: str) -> Callable:
    def change(cells):
        cells[1]["source"] += words
    return change


def five_megabytes(cells):
    code(cells, printed)["outputs"][0]["text"] = "na " * 1_700_000


def kernel_death(cells):
    code(cells, printed)["source"] += "\nimport os\nos._exit(1)"


def skipped(cells):
    code(cells, printed)["metadata"]["tags"] = ["nbval-skip"]


def no_solution(cells):
    number = next(n for n, cell in enumerate(cells) if cell["source"].startswith("### Exercise"))
    end = next((n for n in range(number + 1, len(cells)) if cells[n]["source"].startswith("#")), len(cells))
    del cells[number:end]


def error_kept(cells):
    code(cells, printed)["outputs"] = [{"output_type": "error", "ename": "ValueError", "evalue": "x",
                                        "traceback": []}]


HALF = "draw = lambda steps=5: fading_memory(steps=steps if steps < 9 else 1 / 0)\n"
NOTEBOOK_DEFECTS = [
    Defect("text output is stale", notebook(stale_text), RUN),
    Defect("sentence of a picture no longer holds", notebook(stale_sentence), RUN),
    Defect("picture is blank", notebook(blank_picture), RULES),
    Defect("picture has vanished", notebook(vanished_picture), RUN),
    Defect("cell was never run", notebook(never_run), RULES),
    Defect("cells were run out of order", notebook(out_of_order), RULES),
    Defect("slider raises only when moved", live(HALF + "explore(draw, steps=(1, 30))"), MOVED),
    Defect("observer raises", live("d = explore(lambda steps=5: fading_memory(steps=steps), steps=(1, 30))\n"
                                   "d.controls['steps'].observe(lambda change: 1 / 0, names='value')\nd"),
           MOVED),
    Defect("button raises", live("on_press('Go', lambda: 1 / 0, 'not yet')"), BROWSER),
    Defect("background task raises", live(
        "def work():\n    yield 1.0\n    raise RuntimeError('in the middle')\n"
        "run_live({'Go': work}, lambda points: fading_memory(), fading_memory())"), BROWSER),
    Defect("warning appears", after_imports("import sys\nsys.stderr.write('DeprecationWarning: x')"), RUN),
    Defect("error stands in the outputs", notebook(error_kept), RULES),
    Defect("link is broken", notebook(broken("\n\n[more](02_min_char.ipynb)")), RULES),
    Defect("image is broken", notebook(broken("\n\n![a network, drawn step by step](../img/no.svg)")), RULES),
    Defect("anchor is broken", notebook(broken("\n\n[there](02_min_char_rnn.ipynb#Nowhere)")), RULES),
    Defect("alt text is removed", notebook(no_alt_text), RULES),
    Defect("second title", notebook(broken("\n\n# Another title")), RULES),
    Defect("absolute path", notebook(broken(f"\n\nIt is in `{'/home'}/me/course`.")), RULES),
    Defect("output of 5 MB", notebook(five_megabytes), RULES),
    Defect("wrong kernel", metadata(lambda m: m["kernelspec"].update(name="my-env")), RULES),
    Defect("widget state is saved", metadata(lambda m: m.update(widgets={"state": {}})), RULES),
    Defect("kernel dies", notebook(kernel_death), RUN),
    Defect("cell is kept from being compared", notebook(skipped), RULES),
    Defect("star import", after_imports("from math import *"), RULES),
    Defect("magic", after_imports("%timeit 1"), RULES),
    Defect("exercise without solution", notebook(no_solution, SOLUTION), ("tests/course/test_lessons.py",)),
    Defect("picture file is not what is drawn", replaced(
        "helpers/pictures/through_time.py", 'COLOURS["h"]', 'COLOURS["x"]', every=True),
        ("tests/pictures/test_diagrams.py",)),
    Defect("lesson is missing in the README", replaced(
        "README.md", "(notebooks/01_introduction_to_rnns.ipynb) | 00 | 23 + 33 |",
        "(notebooks/01_introduction_to_rnns.ipynb) | 00 | 55 |"), ("tests/course/test_repository.py",)),
    Defect("mathematics draws", replaced("helpers/data/ngrams.py", "import numpy as np", "import matplotlib\n"
                                         "import numpy as np"), ("tests/course/test_repository.py",)),
    Defect("a lower room imports a higher one", replaced(
        "helpers/networks/parameters.py", "import numpy as np",
        "import numpy as np\n\nimport helpers.runs.files"),
        ("tests/course/test_repository.py",)),
]

RNN, GRU, LSTM, WORKSPACE, PLAIN = (f"helpers/networks/cells/{name}.py" for name in (
    "rnn", "gru", "lstm", "workspace", "plain"))
BACK = "times_W_hh_T, add, multiply = multiplier(p.W_hh.T, tape.batch)"
MATHEMATICS = [
    Defect("missing transpose (RNN)", replaced(RNN, BACK, BACK.replace(".T,", ",")), CELLS),
    Defect("recurrent bias dropped (GRU)", replaced(
        GRU, "add(a_n, b_hn, s.h_n)", "s.h_n[...] = a_n"), CELLS),
    Defect("gates i and f swapped (LSTM)", replaced(
        LSTM, "multiply(s.f, s.c_prev, s.c)\n                multiply(s.i, s.g, i_g)",
        "multiply(s.i, s.c_prev, s.c)\n                multiply(s.f, s.g, i_g)"), CELLS),
    Defect("gates o and g swapped in the gradient (LSTM)", replaced(
        LSTM, "multiply(dh, s.dh_da_o, s.da_o)", "multiply(dh, s.dh_da_o, s.da_g)"), CELLS),
    Defect("gates i and f bound to each other's place (LSTM)", replaced(
        LSTM, "self.i, self.f, self.o, self.g = self.ifog",
        "self.f, self.i, self.o, self.g = self.ifog"), CELLS),
    Defect("gates r and z swapped (GRU)", replaced(
        GRU, "multiply(s.r, s.h_n, s.n)", "multiply(s.z, s.h_n, s.n)"), CELLS),
    Defect("forget bias lost", replaced(
        LSTM, '= check_finite("forget_bias", forget_bias)', "= 0"), CELLS),
    Defect("carry dropped (RNN)", replaced(
        RNN, "add(dh, d_h_t, dh)", "np.copyto(dh, d_h_t)"), CELLS),
    Defect("carry of c dropped (LSTM)", replaced(
        LSTM, "multiply(dc, s.dc_dc_prev, dc)", "dc[...] = 0"), CELLS),
    Defect("dc after dh was overwritten (LSTM)", replaced(
        LSTM, "multiply(dc, s.dc_dc_prev, dc)\n        times_W_hh_T(s.da, dh)",
        "times_W_hh_T(s.da, dh)\n        multiply(dh, s.dh_dc, dc)"), CELLS),
    Defect("off by one in time (dW_hh)", replaced(
        RNN, "np.dot(flat(v.h_prev).T,", "np.dot(flat(v.h).T,"), CELLS),
    Defect("derivative of tanh taken twice", replaced(
        RNN, "multiply(dh, s.dh_da, s.da)", "multiply(dh, s.dh_da * s.dh_da, s.da)"), CELLS),
    Defect("sign error (target not subtracted)", replaced(
        READOUTS, "e[targets, columns] -= 1 / count", "e[targets, columns] += 1 / count"), CELLS),
    Defect("mean and sum mixed up", replaced(
        READOUTS, "e *= 1 / (count * total)", "e *= 1 / total"), CELLS),
    Defect("clipped before the sum over time", replaced(
        RNN, "multiply(dh, s.dh_da, s.da)", "np.clip(dh * s.dh_da, -0.01, 0.01, out=s.da)"), CELLS),
    Defect("bias summed over the wrong axis", replaced(
        WORKSPACE, "np.dot(np.ones(len(shorter), d_a.dtype), shorter, d_b)",
        "d_b[...] = shorter.sum(axis=1)[: 1]"), CELLS),
    Defect("slope of the sigmoid forgotten (plain LSTM)", replaced(
        PLAIN, "da_f = df * f * (1 - f)", "da_f = df"), CELLS),
    Defect("state not handed back past the gates (plain GRU)", replaced(
        PLAIN, "dh_prev = dh * z + da_h @ p.W_hh.T", "dh_prev = da_h @ p.W_hh.T"), CELLS),
    Defect("softmax without the shift", replaced(
        READOUTS, "scores -= np.maximum.reduce(scores, axis=0)", "scores -= 0"), CELLS),
    Defect("sampling always takes the likeliest", replaced(
        "helpers/networks/model.py", "(scores + noise_i).argmax()", "scores.argmax()"), CELLS),
    Defect("memory of Adagrad not kept", replaced(
        "helpers/networks/optim.py",
        'new["s"] += old["s"]', 'new["s"] += 0 * old["s"]'), ("tests/networks/test_optim.py",)),
    Defect("Adam without its correction", replaced(
        "helpers/networks/optim.py", "step *= self.learning_rate * lack_v**0.5 / lack_m",
        "step *= self.learning_rate"), ("tests/networks/test_optim.py",)),
    Defect("clipping turns the gradient", replaced(
        "helpers/networks/clip.py", "g *= max_norm / length", "np.clip(g, -max_norm, max_norm, out=g)"),
        ("tests/networks/test_optim.py",)),
    Defect("state not carried from chunk to chunk", replaced(
        "helpers/networks/train.py", "start = None if chunk.starts_over else self.state", "start = None"),
        ("tests/networks/test_train.py",)),
    Defect("failed step leaves its mark", replaced(
        "helpers/networks/optim.py", "            if not np.isfinite(step.dot(step)):",
        "            vector -= step\n            if not np.isfinite(step.dot(step)):"),
        ("tests/networks/test_optim.py", "tests/networks/test_train.py")),
    Defect("one reused array is returned as a state", replaced(
        RNN, "return w.h, (w.h[-1].copy(),), tape", "return w.h, (w.h[-1],), tape"),
        (*CELLS, "tests/networks/test_train.py")),
    Defect("credit matrix off by one", replaced(
        "helpers/networks/gradients/credit.py", "one[s - 1, s:] = d.reshape(rows, B, H)",
        "one[s - 1, s - 1 : -1] = d.reshape(rows, B, H)"), ("tests/networks/test_credit.py",)),
    Defect("truncation cuts one step late", replaced(
        "helpers/networks/gradients/pairs.py", "(s <= t) & (s > end - k2)", "(s <= t) & (s >= end - k2)"),
        ("tests/networks/test_truncation.py",)),
    Defect("checkpoint forgets the generator", replaced(
        "helpers/runs/checkpoint.py",
        '"rng": None if rng is None else rng.bit_generator.state', '"rng": None'),
        ("tests/runs/test_checkpoint.py",)),
    Defect("BLAS keeps its threads", replaced(
        "helpers/networks/blas.py", "library.set_num_threads(1)", "pass"), ("tests/networks/test_train.py",)),
]
FACTS = ("tests/course/test_claims.py",)
TRUTH = [
    Defect("a sentence of 06 says the contrary", replaced(
        "notebooks/06_vanishing_gradients.ipynb", "is lost at every step", "is kept at every step",
        every=True), FACTS),
    Defect("a claim of 06 is turned round", replaced(
        "helpers/lessons/lesson06/claims.py", "lambda f: 0.72 <= f.numbers", "lambda f: 0.82 <= f.numbers"),
        FACTS),
    Defect("a claim is true whatever is printed", replaced(
        "helpers/lessons/lesson00/claims.py", "round(f.number(\"1.1 to the power 20 is\")) == 7",
        "f.number(\"1.1 to the power 20 is\") is not None"), FACTS),
    Defect("letters stand still under moving bars", replaced(
        "helpers/pictures/overlay.py", "() if plain else formatter.format_ticks(places)", "()"),
        ("tests/pictures/test_overlay.py",)),
    Defect("one leap of the loss is called divergence", replaced(
        "helpers/networks/train.py", "PATIENCE = 25 ", "PATIENCE = 1 "),
        ("tests/networks/test_training_faults.py",)),
    Defect("a run that is lost is never given up", replaced(
        "helpers/networks/train.py", "PATIENCE = 25 ", "PATIENCE = 10**9 "),
        ("tests/networks/test_training_faults.py",)),
    Defect("a check hands out its own arrays", replaced(
        "helpers/lessons/asking.py", "return deepcopy(thing)", "return thing"),
        ("tests/lessons/test_exercises.py", "tests/lessons/test_exercises_lesson07.py")),
    Defect("the gradient of the mean goes unnamed in lesson 03", replaced(
        "helpers/lessons/lesson03/back_faults.py", 'Fault("mean", _then("dy /= len(symbols)")',
        'Fault("mean", _then("dy /= 1")'),
        ("tests/lessons/test_exercises_lesson03.py", "tests/lessons/test_stages_lesson03.py")),
    Defect("a check never says more than where", replaced(
        "helpers/lessons/checking.py", "*self.more[: max(time, 1) - 1]", "*self.more[:0]"),
        ("tests/lessons/test_stages_lesson02.py",)),
    Defect("the lesson goes on with what is wrong", replaced(
        "helpers/lessons/stages.py", "if not stage.check.result(mine).right:", "if False:"),
        ("tests/lessons/test_stages_lesson02.py",)),
    Defect("a program may leave its gradients unmeasured", replaced(
        "helpers/lessons/program.py",
        "    _need_gradients(initial, forward, backward, states, taught)\n", ""),
        ("tests/lessons/test_program.py",)),
    Defect("one group's runs are counted for all", replaced(
        "helpers/lessons/lesson05/clip_pictures.py", "{len(ends[0])} runs each", "{len(results)} runs each"),
        ("tests/lessons/test_plots_gradients.py",)),
    Defect("a button can be pressed while it works", replaced(
        "helpers/widgets/press.py", "self._button.disabled = True", "self._button.disabled = False"),
        ("tests/widgets/test_buttons.py", "-k", "button_is_off")),
    Defect("the smoothed loss remembers ten updates", replaced(
        "helpers/runs/history.py", "SMOOTHED_OVER = 200", "SMOOTHED_OVER = 10"),
        ("tests/runs/test_runs.py", "tests/pictures/test_plots_curves.py")),
    Defect("steps of the way back by lot without their end", replaced(
        "helpers/lessons/lesson04/influence.py", "def average_way(go_on: float, steps: int) -> float:",
        "def average_way(go_on: float, steps: int) -> float:\n    return 1 / (1 - go_on)"),
        ("tests/lessons/test_influence.py",)),
    Defect("a term before its explanation", replaced(
        "notebooks/02_min_char_rnn.ipynb", "**smoothed loss**", "smoothed loss"),
        ("tests/course/test_terms.py",)),
    Defect("a file is said to be shown where it is not", replaced(
        "helpers/lessons/lesson05/shipped.py", 'shown_in=("exercise 5.4",)', 'shown_in=("exercise 5.3",)'),
        ("tests/course/test_shipped.py",)),
]
DEFECTS = NOTEBOOK_DEFECTS + MATHEMATICS + TRUTH


# To run the checks.

def copied(folder: Path) -> Path:
    """The course in a new folder."""
    for part in filter(lambda part: (ROOT / part).exists(), PARTS):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    return folder


def run(folder: Path, checks: tuple[str, ...]) -> tuple[bool, str]:
    """Whether the checks are green in `folder`, and the first line that says what was found."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-x", "-p", "no:cacheprovider", *checks], cwd=folder,
        capture_output=True, text=True, timeout=900, env={**os.environ, "PYTHONPATH": str(folder)},
    )
    if result.returncode not in (0, 1):
        raise RuntimeError(f"{checks} did not run:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    found = re.search(r"^(?:FAILED|ERROR) (.+)$", result.stdout, re.MULTILINE)
    return result.returncode == 0, found[1] if found else ""


def trial(defect: Defect) -> tuple[bool, str, float]:
    """Plant one fault in a fresh copy and run its checks: whether it was noticed, by what, and seconds."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        defect.plant(copy)
        green, found = run(copy, defect.checks)
    return not green, found, time.perf_counter() - began


def main() -> int:
    words = sys.argv[1:]
    chosen = [d for d in DEFECTS if not words or any(word.lower() in d.name.lower() for word in words)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        copy = copied(Path(folder))
        sound = {checks: pool.submit(run, copy, checks) for checks in {d.checks for d in chosen}}
        red = {checks: found.result()[1] for checks, found in sound.items() if not found.result()[0]}
    if red:
        print(f"These checks fail without any fault, so they prove nothing: {red}")
        return 1
    print(f"Without a fault: all of {len(sound)} sets of checks are green.\n")
    print("| planted | noticed | by | s |\n|---|---|---|---|")
    noticed = 0
    with ThreadPoolExecutor(2) as pool:
        for defect, (caught, found, seconds) in zip(chosen, pool.map(trial, chosen), strict=True):
            noticed += caught
            by = found.split(" - ")[0].replace("|", "\\|")[:90]
            print(f"| {defect.name} | {'yes' if caught else '**no**'} | {by} | {seconds:.0f} |", flush=True)
    print(f"\n{noticed} of {len(chosen)} planted faults were noticed.")
    return 0 if noticed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
