"""The dials of the laboratory: how they lie on the page, what they mean for a run, and in words."""

import math
from collections.abc import Collection, Mapping
from pathlib import Path

import ipywidgets as W

from helpers.data import Corpus, TextError, course_corpus, name_in_words, own_corpus, read_text, text_path
from helpers.networks import OPTIMIZERS
from helpers.runs import Checkpoint, CheckpointError, CorpusTraining
from helpers.widgets.dashboard import make_button, row

FAULTS = ("state_not_carried", "no_clipping", "rate_times_ten", "targets_not_shifted")
IN_A_FILE = {"sequence_length": "length", "seed": "seed", "clip": "clipping", "no_clipping": "faults"}
LABEL = {"description_width": "initial"}
PANELS = {
    "Network": "Changing anything here starts a new run. The old curve stays in grey. "
               "When you change the length, gradients change size too, so set the clip to 5 divided by the "
               "length.",
    "Text": "Use your own text: type the path of a file, paste a text, or upload a file. This starts a "
            "new run.",
    "File": "Save the run with its settings and its text, to restore it later. Take home makes a page for "
            "any browser.",
    "Break it": "Bugs that people really write. Pick one, predict what the curves will do, then switch the "
                "bug on.",
}
STEP = 0.05         # of the logarithm, of dials that have one


def laboratory_controls(
    start: Mapping, cells: Collection[str]
) -> tuple[dict[str, W.Widget], dict[str, W.Widget]]:
    """The dials of the laboratory by name, with the values in `start`, and those that deal with files."""
    def letters(count: float) -> str:
        return f"calc({count} * var(--course-letter, var(--jp-widgets-font-size)))"    # as type is large

    def switch(description: str) -> W.Checkbox:
        return W.Checkbox(description=description, indent=False, layout=W.Layout(width="auto"))

    def logarithmic(description: str, value: float, low: int, high: int, width: float) -> W.FloatLogSlider:
        return W.FloatLogSlider(value=value, min=low, max=high, step=STEP, readout_format=".2g",
                                description=description, layout=W.Layout(width=letters(width)))

    def whole(description: str, value: int, low: int, high: int, step: int, width: float) -> W.IntSlider:
        return W.IntSlider(value=value, min=low, max=high, step=step, description=description,
                           continuous_update=False, layout=W.Layout(width=letters(width)))

    def menu(description: str, options, value: str, width: float) -> W.Dropdown:
        return W.Dropdown(description=description, options=options, value=value, style=LABEL,
                          layout=W.Layout(width=letters(width)))

    texts = [("the course's play", "play"), ("a file of mine", "path"), ("what I pasted", "paste"),
             ("what I uploaded", "upload"), ("a restored run's", "restored")]
    controls = {
        "train": W.ToggleButton(description="Train", icon="play", layout=W.Layout(width=letters(7.5))),
        "step": make_button("Step", "step-forward"),
        "reset": make_button("Reset", "undo"),
        "sample": make_button("Sample", "pencil"),
        "learning_rate": logarithmic("learning rate", 0.1, -4, 0, 19),
        "threshold": logarithmic("clip at", 0.2, -2, 1, 15),
        "temperature": W.FloatSlider(     # beside the buttons, also in lecture mode
            value=1, min=0.1, max=2, step=0.1, readout_format=".1f", description="temperature",
            layout=W.Layout(width=letters(14), max_width=letters(20), flex="1 1 auto")),
        "clip": menu("clipping", ["off", "by value", "by norm"], "by value", 11.5),
        "optimizer": menu("optimiser", list(OPTIMIZERS), "Adagrad", 12.5),
        "cell": menu("cell", list(cells), "RNN", 11.5),
        "hidden_size": whole("hidden size", 100, 5, 200, 5, 17.5),
        "sequence_length": whole("sequence length", 25, 1, 100, 1, 19.5),
        "seed": whole("seed", 0, 0, 9, 1, 12),
        **{fault: switch(fault.replace("_", " ")) for fault in FAULTS},
    }
    files = {
        "text": menu("text", texts, "play", 14),
        "path": W.Text(description="path", continuous_update=False, style=LABEL,
                       layout=W.Layout(width=letters(14))),
        "paste": W.Textarea(description="paste", continuous_update=False, rows=2, style=LABEL,
                            layout=W.Layout(width=letters(19))),
        "upload": W.FileUpload(description="Upload", multiple=False, layout=W.Layout(width="auto")),
        "file": W.Text(value="my_run.npz", description="file name", continuous_update=False, style=LABEL,
                       layout=W.Layout(width=letters(20.5))),
        "save": make_button("Save", "download"),
        "restore": make_button("Restore", "folder-open"),
        "take_home": make_button("Take home", "share-square"),
    }
    for name, value in start.items():
        if name not in controls or not hasattr(controls[name], "value"):
            raise ValueError(f"The laboratory takes no starting value for {name!r}. You can set "
                             f"{', '.join(key for key, dial in controls.items() if hasattr(dial, 'value'))}.")
        try:
            controls[name].value = value
        except Exception:                   # traitlets has an error of its own for each kind of control
            raise ValueError(f"The control {name} cannot be set to {value!r}.") from None
    for control in controls.values():           # a page moves what lies between two steps to one of them
        if isinstance(control, W.FloatLogSlider):
            control.min += (math.log10(control.value) - control.min) % STEP
    return controls, files


def arrange(controls: Mapping[str, W.Widget]) -> W.VBox:
    """One panel of four; what may be turned in mid-run; the buttons, close to the picture."""
    panels = {
        "Network": row(*(controls[n] for n in ("cell", "hidden_size", "sequence_length", "seed"))),
        "Text": row(*(controls[n] for n in ("text", "path", "upload", "paste"))),
        "File": row(*(controls[n] for n in ("file", "save", "restore", "take_home"))),
        "Break it": row(*(controls[n] for n in FAULTS)),
    }
    choice = W.ToggleButtons(options=list(PANELS), style={"button_width": "auto"})
    hint = W.HTML()
    hint.add_class("course-hint")

    def open_panel(change=None) -> None:
        for name, panel in panels.items():
            panel.layout.display = "flex" if name == choice.value else "none"
        hint.value = f'<div class="course-status">{PANELS[choice.value]}</div>'

    choice.observe(open_panel, names="value")
    open_panel()
    buttons = row(*(controls[n] for n in ("train", "step", "reset", "sample", "temperature")))
    dials = row(*(controls[n] for n in ("learning_rate", "optimizer", "clip", "threshold")))
    return W.VBox([row(choice, hint), *panels.values(), dials, buttons])


def chosen_corpus(source: str, value) -> Corpus:
    """The text that the control `source` with this value gives, or a restored run's; or a TextError."""
    if source == "play":
        return course_corpus()
    if not value:
        raise TextError("There is no text yet. Type a path, paste some text, upload a file, or restore a run "
                        "that was trained on your own text.")
    if isinstance(value, Corpus):
        return value
    if source == "path":
        path = text_path(value)
        return own_corpus(f"your text {name_in_words(Path(path).name)}", read_text(path))
    if source == "paste":
        return own_corpus("your pasted text", read_text(value.encode("utf-8", "replace")))
    if isinstance(value, dict):             # an upload in ipywidgets 7
        name, content = next((name, file["content"]) for name, file in value.items())
    else:
        name, content = value[0]["name"], value[0]["content"]
    return own_corpus(f"your text {name_in_words(name)}", read_text(bytes(content)))


def apply_settings(training: CorpusTraining, on: Mapping) -> None:
    """Set what may change in mid-run to the values `on` of the controls."""
    steps, kind = training.steps, OPTIMIZERS[on["optimizer"]]
    rate = on["learning_rate"] * (10 if on["rate_times_ten"] else 1)
    if type(steps.optimizer) is not kind:       # a new one starts without memory
        steps.optimizer = kind(rate)
    steps.optimizer.learning_rate = rate
    training.carried, training.shifted = not on["state_not_carried"], not on["targets_not_shifted"]
    steps.clip_norm, steps.clip_value = (
        on["threshold"] if on["clip"] == how and not on["no_clipping"] else None
        for how in ("by norm", "by value"))


def turn(control: W.Widget, value) -> None:
    """Set a control; a slider that is too short for the value is made longer.

    A slider that tells each move would have the page answer with the nearest value that it can show.
    """
    tells = isinstance(control, W.FloatLogSlider | W.FloatSlider) and control.continuous_update
    if tells:
        control.continuous_update = False
    if isinstance(control, W.FloatLogSlider):
        power = math.log10(value)
        control.min, control.max = min(control.min, math.floor(power)), max(control.max, math.ceil(power))
    elif hasattr(control, "max"):
        control.min, control.max = min(control.min, value), max(control.max, value)
    control.value = value
    if tells:
        control.continuous_update = True


def fits(control: W.Widget, value) -> bool:
    """Whether a control can be turned to the value."""
    if isinstance(control, W.Dropdown):
        return value in control.options
    if type(value) is not type(control.value):
        return False
    return isinstance(control, W.Checkbox) or 0 < value < math.inf or value == 0 == control.min


def dials_of(run: Checkpoint, controls: Mapping[str, W.Widget]) -> dict:
    """The values of the dials when the run was saved, as far as the file knows; or a CheckpointError."""
    kept = {name: value for name, value in run.settings.items() if name in controls}
    known = {"learning_rate": float(run.optimizer.learning_rate), "rate_times_ten": False} | kept | {
        "cell": type(run.model.cell).__name__, "hidden_size": run.model.cell.hidden_size,
        "optimizer": type(run.optimizer).__name__}
    for name, value in known.items():
        if not fits(controls[name], value):
            raise CheckpointError(f"This run cannot be resumed because its {name.replace('_', ' ')} is "
                                  f"{value!r}, which the laboratory does not offer.")
    return known


def unknown(run: Checkpoint) -> str:
    """What the file of a run does not record, in words; old files have little more than the network."""
    words = [word for name, word in IN_A_FILE.items() if name not in run.settings]
    words += ["text"] * (run.text is None)
    return " and ".join([", ".join(words[:-1]), *words[-1:]]) if words[1:] else "".join(words)


def disable_unused(controls: Mapping[str, W.Widget], on: Mapping, goes_on: bool) -> None:
    """What can't be used now is grey; the switch says what it will do."""
    for name, unusable in (("step", goes_on), ("clip", on["no_clipping"]),
                           ("threshold", on["no_clipping"] or on["clip"] == "off")):
        controls[name].disabled = unusable
    switch = controls["train"]
    switch.description, switch.icon = ("Pause", "pause") if goes_on else ("Train", "play")


def run_in_words(training: CorpusTraining, broken: Collection[str]) -> str:
    """The settings of a run, and which of the faults it has, or has had."""
    clip = "no clipping"
    for kind, threshold in (("value", training.steps.clip_value), ("norm", training.steps.clip_norm)):
        if threshold:
            clip = f"clipped by {kind} at {threshold:.2g}"
    faults = ", ".join(fault.replace("_", " ") for fault in FAULTS if fault in broken)
    return f"{training.settings()}, {clip}{'; broken on purpose: ' if faults else ''}{faults}"


def state_in_words(training: CorpusTraining, on: Mapping, goes_on: bool, rate: float, end: int) -> str:
    """How far a run is, and its settings; `rate` in updates per second, 0 if it is not known."""
    heldout = f"held out {training.history.heldout[-1]:.2f} nats per character"
    if training.history.last is None:
        stands = f"Before update {training.updates + 1:,} of {end:,}: {heldout}. Press Train."
    else:
        state = "training" if goes_on else "paused"
        if goes_on and rate:
            state += f", {rate:,.0f} updates per second, about {(end - training.updates) / rate:,.0f} s to go"
        share, recent = training.history.clipped_steps(), len(training.history.clipped)
        clipped = (f"{share:.0%} of the last {recent:,} gradients were clipped" if recent > 1 else
                   f"the last gradient was {'' if share else 'not '}clipped")
        stands = (f"Update {training.updates:,} of {end:,} ({state}): "
                  f"smoothed loss {training.history.smoothed:.2f}, {heldout}; "
                  f"{clipped}.")
    settings = run_in_words(training, {fault for fault in FAULTS if on[fault]})
    return f"{stands} {settings}; temperature {on['temperature']:.1f}; it reads {training.corpus.title}."
