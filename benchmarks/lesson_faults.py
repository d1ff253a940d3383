"""Faults of lessons, as data: twenty of each kind. `planted_in_lessons.py` plants them and runs the checks.

Each is a mistake of someone who changes a lesson: a digit, two names exchanged, a range that is one too
long, a line that was left out.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from planting import ROOT, Plant, notebook, replaced

SOURCE, EVERYTHING, DROPPED = "source", "", "drop"


class Fault(NamedTuple):
    """An exchange of words in a file, or in one cell of a notebook, that a check must notice.

    Attributes:
        kind: of fault.
        name: what is wrong, and where.
        file: "05" or "solutions/05" for a notebook, or a path. If a module has moved, it is the one under the
            same top folder that has `old`.
        cell: the id of a cell, or "" where the words are in the file itself.
        old: the words that are exchanged, everywhere in that place.
        new: what stands there then.
        where: SOURCE, a mime type or "stream" of the saved outputs, EVERYTHING that is saved, or DROPPED:
            `old` is the mime type that is left out.
        words: what the id of a test that notices has, if neither notebook nor cell is in it.
        lesson: the lesson in which it shows, if `file` is no lesson.
        shows: the cell in which it shows, if it is another one.
    """

    kind: str
    name: str
    file: str
    cell: str
    old: str
    new: str
    where: str = SOURCE
    words: str = ""
    lesson: str = ""
    shows: str = ""


def found_notebook(short: str, tree: Path) -> str:
    """The path of "05" or "solutions/05" in a tree."""
    folder, _, number = short.rpartition("/")
    path, = (tree / "notebooks" / folder).glob(f"{number}_*.ipynb")
    return path.relative_to(tree).as_posix()


def file_of(fault: Fault, tree: Path = ROOT) -> str:
    """The path of the file in which a fault is planted.

    Raises FileNotFoundError if it has moved and no other one has what is exchanged.
    """
    if re.fullmatch(r"(solutions/)?\d\d", fault.file):
        return found_notebook(fault.file, tree)
    if (tree / fault.file).exists():
        return fault.file
    top, suffix = fault.file.split("/")[0], Path(fault.file).suffix
    others = [path for path in (tree / top).rglob(f"*{suffix}") if fault.old in path.read_text("utf-8")]
    if len(others) != 1:
        raise FileNotFoundError(f"{fault.name}: {len(others)} files in {top} have {fault.old!r}: say which")
    return others[0].relative_to(tree).as_posix()


def notebook_of(fault: Fault, tree: Path = ROOT) -> str:
    """The path of the notebook in which a fault shows."""
    return found_notebook(fault.lesson or fault.file, tree)


def code_cell(fault: Fault, tree: Path = ROOT) -> int | None:
    """The number among the code cells of the one in which a fault shows; None if that is no code cell."""
    cells = json.loads((tree / notebook_of(fault, tree)).read_text("utf-8"))["cells"]
    code = [cell["id"] for cell in cells if cell["cell_type"] == "code"]
    place = fault.shows or fault.cell
    return code.index(place) if place in code else None


def plant_of(fault: Fault, tree: Path = ROOT) -> Plant:
    """What plants a fault; it raises AssertionError or StopIteration if what is exchanged is not there."""
    def change(cells: list[dict]) -> None:
        cell = next(cell for cell in cells if cell["id"] == fault.cell)
        if fault.where == SOURCE:
            assert fault.old in cell["source"], f"{fault.cell} has no {fault.old!r}"
            cell["source"] = cell["source"].replace(fault.old, fault.new)
            return
        for output in cell["outputs"]:
            data = output.get("data", {})
            if fault.where == DROPPED:
                data.pop(fault.old, None)
            if "text" in output and fault.where in ("stream", EVERYTHING):
                output["text"] = "".join(output["text"]).replace(fault.old, fault.new)
            for kind in data:
                if fault.where in (kind, EVERYTHING) and not isinstance(data[kind], dict):
                    data[kind] = "".join(data[kind]).replace(fault.old, fault.new)

    file = file_of(fault, tree)
    return notebook(change, file) if fault.cell else replaced(file, fault.old, fault.new)


HTML, TEXT, PNG = "text/html", "text/plain", "image/png"

# A print that is not what is saved below it: here the cell was changed, or the saved text was.
PRINTED = [
    ("02: two digits of a count change places", "02", "02_min_char_rnn-006", "4,214", "4,241", "stream"),
    ("02: a perplexity with a decimal", "02", "02_min_char_rnn-022", "{math.exp(uniform_loss):.0f}",
     "{math.exp(uniform_loss):.1f}"),
    ("02: shapes are turned", "02", "02_min_char_rnn-013", "array.shape for name", "array.T.shape for name"),
    ("02: a scale is left out, and its line", "02", "02_min_char_rnn-110", "(0.0, 0.01, 0.1, 0.3, 1.0)",
     "(0.0, 0.01, 0.1, 1.0)"),
    ("02: the last update comes first", "02", "02_min_char_rnn-065", "(np.argmin(long_run.heldout), -1)",
     "(-1, np.argmin(long_run.heldout))"),
    ("12: a print that was left from a search", "12", "12-022",
     'breaks[-1]:,} bits")', 'breaks[-1]:,} bits")\nprint(len(found))'),
    ("12: another bias is tried", "12", "12-038", "(5, 8, 10, 12)", "(5, 8, 10, 15)"),
    ("12: a median is larger by 1", "12", "12-043", "median 21", "median 22",
     "stream"),
    ("12: the empty string is counted too", "12", "12-055", "{sum(map(len, right)) - 1}",
     "{sum(map(len, right))}"),
    ("12: a product from the other side", "12", "12-075",
     'print("the delta rule reads  ", (key @ by_delta)', 'print("the delta rule reads  ", (by_delta @ key)'),
    ("05: one digit more", "05", "a3424daa", ":.3g}", ":.4g}"),
    ("05: the last of three lines is gone", "05", "b7f191b5", "for scale in (0.5, 0.8, 1.2)",
     "for scale in (0.5, 0.8)"),
    ("05: two digits of a length change places", "05", "f36ce804", "0.0072 after", "0.0027 after", "stream"),
    ("05: two lines change places", "05", "1150d2e3", '("near", "away")', '("away", "near")'),
    ("05: the median of all in place of the first", "05", "a6f4e186",
     "np.mean(norms[1800:] > np.median(norms[:200]))", "np.mean(norms[1800:] > np.median(norms))"),
    ("05: a sum begins one step too early", "05", "2737d48c", "steps[21:].sum()", "steps[20:].sum()"),
    ("08: two digits of an entropy change places", "08", "46fa635a", "0.2773", "0.2737", "stream"),
    ("08: a cell is left out, and its line", "08", "0d5e2398", '("RNN", RNN), ("GRU"', '("GRU"'),
    ("08: another word for the chosen rate", "08", "b7d891ec", "<- chosen", "<- best"),
    ("08: the worst in place of the median", "08", "6705bc95", "last {np.median(last):.2f}",
     "last {np.max(last):.2f}"),
]

# What a cell shows and does not print: the page that a reader sees, and what is read aloud of a picture.
SHOWN = [
    ("02: two digits in an alt text change places", "02", "02_min_char_rnn-008", "(0.179)", "(0.197)", HTML),
    ("02: the sentence of a dashboard's picture", "02", "02_min_char_rnn-020", "costs 1.39 nats",
     "costs 1.93 nats", HTML),
    ("02: another option is folded as right", "02", "02_min_char_rnn-predict-1", "<b>c is right.</b>",
     "<b>b is right.</b>", HTML),
    ("02: the class of a check's frame", "02", "02_min_char_rnn-s1-2", "course-check", "check", HTML),
    ("02: the settings under a text", "02", "02_min_char_rnn-072", "temperature = 1.0", "temperature = 0.7",
     HTML),
    ("02: a picture is saved without its HTML", "02", "02_min_char_rnn-011", HTML, "", DROPPED),
    ("02: a live view is saved without its picture", "02", "02_min_char_rnn-061", PNG, "", DROPPED),
    ("02: the summary of a fold", "02", "02_min_char_rnn-saw-1", "A model sentence", "Answer", HTML),
    ("12: an alt text says the contrary", "12", "12-007", "not accepted", "accepted", HTML),
    ("12: a length in an alt text", "12", "12-013", "of 4,096", "of 4,069", HTML),
    ("12: two options change places", "12", "12_what_a_loop_can_compute-predict-124",
     "<li>about 100</li><li>about 1,000</li>", "<li>about 1,000</li><li>about 100</li>", HTML),
    ("12: the class of a picture", "12", "12-045", "course-picture", "picture", HTML),
    ("12: reviews have the heading of an opening", "12", "12_what_a_loop_can_compute-five-cell",
     "<b>Keep.</b>", "<b>Recall.</b>", HTML),
    ("05: a dashboard is saved without its text", "05", "be27f17f", TEXT, "", DROPPED),
    ("05: a point is lost from a number in an alt text", "05", "49b81828", "the norm 1.8;", "the norm 18;",
     HTML),
    ("05: a setting under a picture, in text and HTML", "05", "d696acb3", "threshold = 2.3",
     "threshold = 2.5", EVERYTHING),
    ("08: another network is named over a text", "08", "16b548d3", "surprise of the LSTM",
     "surprise of the GRU", HTML),
    ("08: an exponent in an alt text", "08", "73c3b740", "1.9e-05", "1.9e-04", HTML),
    ("08: the range of twenty runs", "08", "4444e446", "0.369 to 0.411", "0.396 to 0.411", HTML),
    ("12: the quotation mark in an alt text is not escaped", "helpers/pictures/style.py", "",
     'alt="{html.escape(alt)}"', 'alt="{alt}"', SOURCE, "", "12"),
]

# Pictures: of the shared code, each in one picture's function; and of the cell that draws.
PICTURES_02, PICTURES_12 = "helpers/lessons/lesson02/pictures.py", "helpers/lessons/lesson12/pictures.py"
CLIPS, CLIFF, RACES = ("helpers/lessons/lesson05/clip_pictures.py",
     "helpers/lessons/lesson05/cliff_pictures.py",
                       "helpers/lessons/lesson08/pictures.py")
PICTURES = [
    ("02: the curve is in bits, the axis in nats", PICTURES_02, "", "ax.plot(p, -np.log(p),",
     "ax.plot(p, -np.log2(p),", SOURCE, "[surprise", "02"),
    ("02: labels of the axes change places", PICTURES_02, "",
     '("value of a hidden unit", -1.03, 1.03), ("share of the units", 0, 1)',
     '("share of the units", -1.03, 1.03), ("value of a hidden unit", 0, 1)', SOURCE, "[first_guess", "02"),
    ("02: a legend is not drawn again", PICTURES_02, "",
     '    ax.legend(handles=[*ax.get_lines()[:2], ax.get_lines()[-1]], loc="lower left")\n', "", SOURCE,
     "[plot_losses_by_hand", "02"),
    ("12: an axis is not logarithmic", PICTURES_12, "", '0.8, 1.2 * lengths[-1]), log="xy")',
     '0.8, 1.2 * lengths[-1]), log="x")', SOURCE, "[scan_steps", "12"),
    ("12: the unit of an axis is lost", PICTURES_12, "", "length of the string (symbols)",
     "length of the string", SOURCE, "[plot_accuracy_beyond", "12"),
    ("12: all cells have one colour", PICTURES_12, "",
     'color=COLOURS[KIND_COLOURS[kind]], markerfacecolor="none"',
     'color=COLOURS["c"], markerfacecolor="none"',
     SOURCE, "[reaches", "12"),
    ("12: the sentence says the contrary", PICTURES_12, "", 'is predicted correctly" if right else',
     'is predicted correctly" if not right else', SOURCE, "[memories", "12"),
    ("12: two curves differ in colour alone", PICTURES_12, "", '[0, n, 0], ":", color="black"',
     '[0, n, 0], "-", color="black"', SOURCE, "[counted", "12"),
    ("05: sorted norms along the updates", CLIPS, "", "time.plot(norms, color",
     "time.plot(np.sort(norms), color",
     SOURCE, "[norms_and_threshold", "05"),
    ("05: dashes of a reference are lost", CLIPS, "",
     ', linewidth=2,\n                      linestyle=LINE_STYLES["other"])', ", linewidth=2)", SOURCE,
     "[threshold_view", "05"),
    ("05: the name of another curve", CLIFF, "", '((away, "-", "above the wall")', '((away, "-", "below")',
     SOURCE, "[two_sides", "05"),
    ("05: the sentence has the mean as the median", CLIPS, "",
     "median {np.median(norms):.2f}, {run['clipped']",
     "median {np.mean(norms):.2f}, {run['clipped']", SOURCE, "[patients_chart", "05"),
    ("08: the same curve twice", RACES, "", "ax.plot(there, [more[n] for n in there]",
     "ax.plot(there, [ngrams[n] for n in there]", SOURCE, "[plot_loss_and_entropy", "08"),
    ("08: the name of an axis is lost", RACES, "", '(LOSS, 0.19, 2.5), log="y"', '("", 0.19, 2.5), log="y"',
     SOURCE, "[equal_seconds", "08"),
    ("08: a name at the end of another curve", RACES, "",
     'End(f"held out {middle[-1]:.2f}", middle[-1], "heldout")',
     'End(f"held out {middle[-1]:.2f}", learnt, "heldout")', SOURCE, "[by_heart", "08"),
    ("02: the bigram is drawn under the trigram's name", "02", "02_min_char_rnn-064",
     '"trigram": lines["trigram"]',
     '"trigram": lines["bigram"]'),
    ("01: two curves change places", "01", "01_introduction_to_rnns-046",
     "hello_losses(losses, losses_without)",
     "hello_losses(losses_without, losses)"),
    ("12: a title says the contrary", "12", "12-007", "number of 1s is odd", "number of 1s is even"),
    ("08: the line of another n-gram", "08", "4444e446", '"5-gram": ngrams[5]', '"5-gram": ngrams[8]'),
    ("13: the targets are drawn as the answers", "13", "l13-008", "lesson.read_bits(p, states)[:, 0])",
     "example.targets[:, 0])"),
]

# Controls that fail at one value, don't do what they say, or begin in a wrong place.
CONTROLS = [
    ("12: a range that is one too long", "12", "12-017", "units=(1, 6)", "units=(1, 7)"),
    ("12: a value that is refused", "12", "12-013", "-1.0, -0.999,", "-1.0, -1.01, -0.999,"),
    ("12: a control without effect", "12", "12-071", "scan_steps(lengths, length)",
     "scan_steps(lengths, 64)"),
    ("12: an option that was not computed", "12", "12-042", "updates=[500, 1000, 2000]",
     "updates=[500, 1000, 4000]"),
    ("02: a range from 0, of which there is no logarithm", "02", "02_min_char_rnn-020", "(0.01, 1.0, 0.01)",
     "(0.0, 1.0, 0.01)"),
    ("06: another initial value", "06", "8ec37ecd", "value=5)", "value=10)"),
    ("02: the state before is shown", "02", "02_min_char_rnn-032",
     "def at_scale(scale=0.01):\n    fresh = initial_parameters(np.random.default_rng(0), scale)",
     "before = [0.01]\n\ndef at_scale(scale=0.01):\n    before.append(scale)\n"
     "    fresh = initial_parameters(np.random.default_rng(0), before[-2])"),
    ("02: the bars don't follow the temperature", "02", "02_min_char_rnn-072",
     "net.probabilities(prompt, temperature), vocabulary", "net.probabilities(prompt), vocabulary"),
    ("05: a range from 0 steps", "05", "be27f17f", "steps=(1, 100)", "steps=(0, 100)"),
    ("05: a threshold without effect", "05", "868686e7", "start_b, learning_rate, threshold)\n",
     "start_b, learning_rate, 1.0)\n"),
    ("05: an error at the option none", "05", "65cb66a2", "threshold if threshold < math.inf else None",
     "threshold"),
    ("05: a range from a threshold of 0", "05", "d696acb3", "(0.5, 4.0, 0.05)", "(0.0, 4.0, 0.05)"),
    ("08: a menu without effect", "08", "c7702f5d", "run.seed)], loss)", 'run.seed)], "held out")'),
    ("08: an option that was not computed", "08", "39355efd", "dropout=[0.0, 0.25, 0.5]",
     "dropout=[0.0, 0.3, 0.5]"),
    ("00: a control without effect", "00", "00_start_here-007", "explore(lesson.fading_memory,",
     "explore(lambda weight=0.9, steps=20: lesson.fading_memory(weight),"),
    ("01: a switch without effect", "01", "01_introduction_to_rnns-056",
     "(history if memory else history_without)",
     "history_without"),
    ("01: moved, it changes what other cells read", "01", "01_introduction_to_rnns-050",
     "params = history[100].copy()", "params = history[100]"),
    ("13: a unit that is not there", "13", "l13-048", "unit=(0, 63)", "unit=(0, 64)"),
    ("09: a run that is not there", "09", "55475177", 'run=list("ABCDEFGH")', 'run=list("ABCDEFGHI")'),
    ("12: a moved control doesn't change the sentence", "helpers/widgets/view.py", "",
     "        self.say(sentence, note, points)\n",
     "        self.say(self._sentence or sentence, note, points)\n", SOURCE, "", "12"),
]

# Buttons that fail, show nothing, or change what is not theirs.
BUTTON, LIVE_PLOT = "helpers/widgets/button.py", "helpers/widgets/live_plot.py"
BUTTONS = [
    ("03: the work of a button raises", "03", "484f23ae", "measure.steps()",
     "measure.steps(None, None, None)"),
    ("05: new runs are not shown", "05", "8d51ec64", "threshold_losses([*results, *found])",
     "threshold_losses(results)"),
    ("05: pressed, it changes what other cells read", "05", "740d2d0c",
     'return lesson.plot_cliff_race([*race, race[0]._replace(parameters={"region": "near"}, value=value)])',
     'race.append(race[0]._replace(parameters={"region": "near"}, value=value))\n'
     "    return lesson.plot_cliff_race(race)"),
    ("03: the page stays empty", "03", "bptt-page", "page_backward(filled=True)", "page_backward()"),
    ("06: all is done, and its progress begins again", "06", "daf9ad87",
     "    found = yield from sweep_steps(lesson.near_and_far, setting, seeds=range(100, 105))\n",
     "    found = yield from sweep_steps(lesson.near_and_far, setting, seeds=range(100, 105))\n"
     "    for _ in range(20):\n        yield 0.0\n"),
    ("12: the run of a button raises", "12", "12-051", "default_rng(1), number)",
     "default_rng(1), str(number))"),
    ("12: the button of one grammar shows another", "12", "12-051", "points[f\"Grammar {going['grammar']}\"]",
     'points["Grammar 5"]'),
    ("12: its progress stays at nothing", "12", "12-051", "points[-1].updates / 1000",
     "points[-1].updates / 10**9"),
    ("00: the check of the computer raises", "00", "00_start_here-check-in", "lesson.check_in,",
     "lambda: lesson.check_in(None),"),
    ("01: the page stays empty", "01", "01_introduction_to_rnns-page", "page_hello(filled=True)",
     "page_hello()"),
    ("03: measured here, it shows what was measured before", "03", "484f23ae",
     'return lesson.bptt_costs((yield from lesson.measure.steps()), "on this computer")',
     "yield from lesson.measure.steps()\n    return before"),
    ("07: points under a name that no button has", "07", "ffcbe44d",
     "for cell, tests in points.items() if tests",
     "for cell, tests in points.items() if cell not in rates"),
    ("08: the picture asks for another button's points", "08", "0a4be7d2", 'points["Start"]',
     'points["start"]'),
    ("08: all buttons train one cell", "08", "ed5268ab",
     "{cell: partial(begin, cell) for cell in lesson.SIZES}",
     '{cell: partial(begin, "GRU") for cell in lesson.SIZES}'),
    ("Stop stays off while it works", BUTTON, "", '= "cog", False', '= "cog", True', SOURCE, "", "01"),
    ("after an error the button stays off", BUTTON, "", "        finally:\n            self._rest()\n",
     "        finally:\n            pass\n", SOURCE, "", "01"),
    ("stopped, it shows nothing", BUTTON, "", 'self.show(self._before, f"Stopped', 'self.show("", f"Stopped',
     SOURCE,
     "", "01"),
    ("it does not say how far it is", BUTTON, "", "        if seconds - self._told >= TOLD:\n",
     "        if seconds < self._told:\n", SOURCE, "", "01"),
    ("what was found is not shown", BUTTON, "", "self._found = end.value", "self._found = None", SOURCE, "",
     "01"),
    ("Stop is off while a run goes on", LIVE_PLOT, "", 'self.controls["Stop"].disabled = running is None',
     'self.controls["Stop"].disabled = running is not None', SOURCE, "", "12"),
]

# Cells that print what is saved from top to bottom, once, and not in another order; or not even so.
ORDER = [
    ("02: part C lacks an import", "02", "02_min_char_rnn-047-opening", "import numpy as np\n", ""),
    ("02: part B lacks an import", "02", "02_min_char_rnn-034-opening",
     "from helpers.widgets import predict\n",
     "", {"shows": "02_min_char_rnn-predict-3"}),
    ("02: the exercises lack an import that only a function uses", "02", "02_min_char_rnn-082",
     "from itertools import islice\n", "", {"shows": "02_min_char_rnn-094"}),
    ("02: an update in place goes on from the last", "02", "02_min_char_rnn-045",
     "params = initial_parameters(np.random.default_rng(0))\n", ""),
    ("05: part B lacks an optimiser", "05", "05_exploding_gradients_and_clipping-part-b",
     "import SGD, Parameters",
     "import Parameters", {"shows": "7953aa6e"}),
    ("05: the exercises lack an import", "05", "43af7879", "from helpers.runs import load_run\n", "",
     {"shows": "c3abeb56"}),
    ("06: a later cell takes the name of the norms", "06", "b9b6b129", "norms_trained", "norms",
     {"shows": "971fd057"}),
    ("05: a minimum takes the name of the results", "05", "92ef6c48", "lowest", "results"),
    ("05: norms are sorted in place", "05", "a6f4e186", 'are longer than the first")',
     'are longer than the first")\nnorms.sort()\nlargest = norms[-5:]'),
    ("12: the exercises lack an import that only a function uses", "12", "12-exercises-imports",
     "import numpy as np\n", "", {"shows": "12-096"}),
    ("12: a cell takes the name of another's runs", "12", "12-063", "results", "runs", {"shows": "12-022"}),
    ("12: a cell needs a later one's generator", "12", "12-009", "np.random.default_rng(0).integers",
     "rng.integers"),
    ("12: a cell reads the bits of another section", "12", "12-077",
     "bits = np.random.default_rng(6).integers(2, size=1000)\n", ""),
    ("01: two cells share a generator", "01", "01_introduction_to_rnns-007",
     "rng = np.random.default_rng(1)\n",
     "", {"shows": "01_introduction_to_rnns-010"}),
    ("01: part B lacks an import", "01", "01-part-b", "from helpers.pictures import truncated_bptt\n", "",
     {"shows": "01_introduction_to_rnns-067"}),
    ("01: a copy is not a copy", "01", "01_introduction_to_rnns-051", "cut = history[100].copy()",
     "cut = history[100]"),
    ("01: a section goes on from another one's runs", "01", "01_introduction_to_rnns-054",
     "history, history_without = train_hello(1000)[0], train_hello(1000, memory=False)[0]\n", ""),
    ("03: a later cell takes a name", "03", "2c12b928",
     "text = rng.integers(6, size=(13, 1))\nsmall_inputs, small_targets = text[:-1], text[1:]",
     "symbols = rng.integers(6, size=(13, 1))\nsmall_inputs, small_targets = symbols[:-1], symbols[1:]",
     {"shows": "0eb5d459"}),
    ("03: a weight is moved and not moved back", "03", "afec4457", "changed = model.params.copy()",
     "changed = model.params"),
    ("09: part B lacks an import", "09", "09-part-b", "import numpy as np\n", "", {"shows": "80649515"}),
]

# Cells that run in a kernel and can't in a browser's Python.
BROWSER = [
    ("02: n-grams are counted by threads", "02", "02_min_char_rnn-057", 'lines = {"chance": uniform_loss}\n',
     'from concurrent.futures import ThreadPoolExecutor\n'
     'with ThreadPoolExecutor(3) as pool:\n'
     '    list(pool.map(lambda n: ngram_loss(text, heldout_text, n), (1, 2, 3)))\n'
     'lines = {"chance": uniform_loss}\n'),
    ("02: weights are saved beside the notebook", "02", "02_min_char_rnn-013",
     "params = initial_parameters(np.random.default_rng(0))\n",
     'params = initial_parameters(np.random.default_rng(0))\nnp.savez("first_parameters.npz", **params)\n'),
    ("05: a pool of processes", "05", "b7f191b5", "rng = np.random.default_rng(0)\n",
     "from multiprocessing import Pool\nwith Pool(2) as pool:\n    pool.map(abs, [-1, 1])\n"
     "rng = np.random.default_rng(0)\n"),
    ("05: half a gigabyte", "05", "a3424daa", "for factor in (0.9, 1.0, 1.1)",
     "powers = np.ones((8000, 8000)) * 1.1\nfor factor in (0.9, 1.0, 1.1)"),
    ("08: a process for the counts", "08", "46fa635a", "nats, characters = ho.entropy",
     "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'pass'], check=True)\n"
     "nats, characters = ho.entropy"),
    ("08: the words of the system", "08", "42b3dd1f", "tales = lesson.load_tales()\n",
     "from pathlib import Path\nwords = Path('/usr/share/dict/words')\n"
     "try:\n    known = words.read_text().split()\nexcept OSError:\n    known = []\n"
     "tales = lesson.load_tales()\n"),
    ("12: asks git for the version", "12", "12-009", "h, odd = 1, []\n",
     "import subprocess\nsubprocess.run(['git', '--version'], capture_output=True)\nh, odd = 1, []\n"),
    ("12: memory shared with another process", "12", "12-013", "factors = [",
     "from multiprocessing.shared_memory import SharedMemory\nshared = SharedMemory(create=True, size=64)\n"
     "shared.close(), shared.unlink()\nfactors = ["),
    ("00: asks for the computer's name", "00", "00_start_here-004", "h = 1.0\n",
     "import socket\nhere = socket.gethostname()\nh = 1.0\n"),
    ("00: looks whether there is a network", "00", "00_start_here-009", 'print(f"0.9 to',
     "import urllib.request\ntry:\n    urllib.request.urlopen('http://127.0.0.1:9', timeout=1)\n"
     'except OSError:\n    pass\nprint(f"0.9 to'),
    ("01: reads a file of the tests", "01", "01_introduction_to_rnns-004",
     'words = ["dog", "bites", "man"]\n',
     'words = ["dog", "bites", "man"]\nsettings = open("../tests/support/nbval.cfg").read()\n'),
    ("01: a timer ends a loop that takes long", "01", "01_introduction_to_rnns-022", "def unit(weight",
     "import threading\nlimit = threading.Timer(0.01, lambda: None)\nlimit.start()\n\ndef unit(weight"),
    ("03: an alarm ends a loop that takes long", "03", "0453554a", "slopes = [",
     "import signal\nsignal.alarm(0)\nslopes = ["),
    ("06: asks for the free memory", "06", "dcf936a4", "T, H = 40, 64\n",
     "import psutil\nfree = psutil.virtual_memory().available\nT, H = 40, 64\n"),
    ("11: imports PyTorch", "11", "11-code-010", "def gradient_at", "import torch\n\ndef gradient_at"),
    ("13: a child of its own", "13", "l13-010", "for steps in",
     "import os\nif os.fork() == 0:\n    os._exit(0)\nfor steps in"),
    ("13: a function of the system's library", "13", "l13-008", "p = model.params\n",
     "import ctypes\nsine = ctypes.CDLL('libm.so.6').sin\np = model.params\n"),
    ("04: clears the terminal", "04", "1e2c640f", "explore(", "import os\nos.system('true')\nexplore("),
    ("09: a sweep in two processes", "09", "15b1683b", "T, B, V, H",
     "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(2) as pool:\n"
     "    sizes = list(pool.map(abs, [-4, 4]))\nT, B, V, H"),
    ("07: opens the page of the paper", "07", "7f76ab04", "def one_lag", "import webbrowser\n"
     "webbrowser.open('http://127.0.0.1:9')\n\ndef one_lag"),
]

# Worked solutions that are wrong or print something else, and folded ones that are not the worked ones.
SOLUTIONS = [
    ("02: the sum in place of the mean", "solutions/02", "02_min_char_rnn-st1c",
     "return loss / len(inputs), h, p",
     "return loss, h, p"),
    ("02: a difference over one step", "solutions/02", "02_min_char_rnn-st4c", "(above - below) / (2 * eps)",
     "(above - below) / eps"),
    ("02: the bias is forgotten when it writes", "solutions/02", "02_min_char_rnn-st6c", "h @ W_hh + b_h)",
     "h @ W_hh)"),
    ("02: two digits of a loss change places", "solutions/02", "02_min_char_rnn-009", "loss 1.41",
     "loss 1.14",
     "stream"),
    ("02: another letter", "solutions/02", "02_min_char_rnn-025", 'buys = "b"', 'buys = "c"'),
    ("05: an angle in radians", "solutions/05", "ff6b5edc", "np.degrees(np.arccos(np.clip(cosine, -1, 1)))",
     "np.arccos(np.clip(cosine, -1, 1))"),
    ("05: the median clips half of all", "solutions/05", "06cfc364", "np.quantile(norms, 0.95)",
     "np.quantile(norms, 0.5)"),
    ("05: two diagnoses change places", "solutions/05", "594800fc", '"B": "b", "C": "e", "D": "d"',
     '"B": "d", "C": "e", "D": "b"'),
    ("05: a sign", "solutions/05", "55-code", "return start - w * s,", "return start + w * s,"),
    ("12: a forget gate that forgets", "solutions/12", "12-504", "b_h[1] = 20", "b_h[1] = 2 "),
    ("12: depth first finds no shortest string", "solutions/12", "12-515", "ahead.pop(0)", "ahead.pop()"),
    ("12: the sentence of a picture", "solutions/12", "12-513", "of which 2 accept", "of which 3 accept",
     TEXT),
    ("08: one bias of the GRU is not counted", "solutions/08", "65f57a63", "inner += H  ", "inner += 0  "),
    ("02: folded, targets in place of inputs", "02", "02_min_char_rnn-s1-3", "W_xh[inputs[t]]",
     "W_xh[targets[t]]",
     SOURCE, "[Stage 1 of 02]"),
    ("02: folded, two shifts change places", "02", "02_min_char_rnn-092", "B by 0, C by 1", "B by 1, C by 0",
     SOURCE,
     "[2.2]"),
    ("05: folded, the larger in place of the smaller", "05", "6c92bca3", "min(1, max_norm",
     "max(1, max_norm", SOURCE,
     "[5.1]"),
    ("05: folded, a factor in place of a power", "05", "05_exploding_gradients_and_clipping-55-fold",
     "** steps",
     "* steps", SOURCE, "[5.5]"),
    ("12: folded, a sign", "12", "12-028", "W_xh[1, 3] = -20", "W_xh[1, 3] = 20", SOURCE, "[Stage 1 of 12]"),
    ("12: folded, two gates are left out", "12", "12-098", "b_h[:6] = 20", "b_h[:4] = 20", SOURCE, "[12.4]"),
    ("01: folded, weights that are too small", "01", "01_introduction_to_rnns-086", "With $K = 6$",
     "With $K = 1$",
     SOURCE, "[1.4]"),
]
KINDS = {"printed text": PRINTED, "HTML and alt texts": SHOWN, "pictures": PICTURES, "controls": CONTROLS,
         "buttons": BUTTONS, "order of cells": ORDER, "browser-only Python": BROWSER, "solutions": SOLUTIONS}
FAULTS = [Fault(kind, *(word for word in row if isinstance(word, str)),
                **{name: word for named in row if isinstance(named, dict) for name, word in named.items()})
          for kind, rows in KINDS.items() for row in rows]
