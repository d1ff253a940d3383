"""Drive every control of a dashboard as a curious reader would, and look at all that it shows."""

import html
import re
import time
from itertools import cycle, islice

import ipywidgets as W
import numpy as np
from looks import alike, assert_made_for_the_last_row, contrast_on_white, too_thin
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from helpers.pictures import STAGE, ColouredText, Picture, for_lecture, frame_key, frame_png
from helpers.widgets import Switches
from helpers.widgets.laboratory.laboratory import Laboratory
from helpers.widgets.switches import NEXT

FRAMES = 2          # settings at random at which the frame of a picture is looked at; or one for ten walks
PLAY = "play or pause"      # a button whose work goes on beside the cells, where a loop runs
SLIDERS = (W.IntSlider, W.FloatSlider, W.BoundedIntText, W.BoundedFloatText)


def choices(control: W.Widget) -> list:
    """Both ends and the middle of a slider, every option of a menu, both states of a switch."""
    if isinstance(control, W.FloatLogSlider):
        return [control.base**control.min, control.base**control.max, control.value]
    if isinstance(control, SLIDERS):
        middle = control.min + round((control.max - control.min) / 2 / control.step) * control.step
        return [control.min, control.max, middle]
    if isinstance(control, Switches):
        marks = control.value
        return [NEXT[marks[0]] + marks[1:], marks[:-1] + NEXT[marks[-1]], marks]
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    if isinstance(control.value, bool):
        return [not control.value, control.value]
    if isinstance(control.value, str):
        return [control.value[:-1], "", control.value]
    raise TypeError(f"the exerciser does not know how to move a {type(control).__name__}")


def anywhere(control: W.Widget, rng: np.random.Generator):
    """A value that a reader may choose."""
    if isinstance(control, SLIDERS):
        steps = int((control.max - control.min) / control.step + 1e-9)
        return control.min + control.step * int(rng.integers(steps + 1))
    if isinstance(control, Switches):
        place = rng.choice([n for n, mark in enumerate(control.value) if mark in NEXT])
        return control.value[:place] + NEXT[control.value[place]] + control.value[place + 1:]
    possible = choices(control)
    return possible[rng.integers(len(possible))]


def put(control: W.Widget, value) -> None:
    """Move a control as a reader does: a slider in one go, switches one click at a time."""
    if not isinstance(control, Switches):
        control.value = value
        return
    for row, marks in zip(control._buttons, value.split(), strict=True):
        for button, mark in zip(row, marks, strict=True):
            while button.description != mark:
                button.click()


def exercise(dashboard, walks: int = 200, seconds: float = float("inf"), seed: int = 0) -> dict[str, float]:
    """Move every control to its ends and through every option in three orders, then at random.

    Where a loop runs, as in a kernel, what a move asks for is done at once, and Play is left out.

    Nothing may raise; every picture has finite numbers and a sentence; and every control changes
    both at least once. Where the key of a frame says so, the frame is that of the setting before. At the end
    all controls are where they were, and so is the sentence.

    Args:
        dashboard: as `explore`, `stepper` or `laboratory` return it; also as `button`, where no loop runs.
        walks: random moves after the three orders.
        seconds: after so much processor time no other order and no random move begins, and what is left of
            the first order takes only the first and the last choice of each control that is no slider. With
            a limit a long menu gives four of its choices.

    Returns the number of moves, of orders and of random moves, and the seconds taken.
    """
    rng = np.random.default_rng(seed)
    began = time.process_time()      # so that a busy machine looks at as much
    movable = {name: c for name, c in dashboard.controls.items() if not isinstance(c, W.Button)}
    buttons = {name: c for name, c in dashboard.controls.items() if isinstance(c, W.Button)}
    if dashboard.live:
        buttons.pop(PLAY, None)
    start, first, moves = dashboard.values(), dashboard.shown, 0
    moved, retold = set(), set()

    def note(name: str, act) -> None:
        nonlocal moves

        def when() -> str:
            return f"after {name!r}: {dashboard.values()}"

        picture, sentence = seen(dashboard)
        act()
        dashboard.draw_now()
        if dashboard.failed:        # as it raises where no loop runs
            raise ValueError(f"{dashboard.said} ({when()})\n{traceback_on(dashboard)}")
        if isinstance(dashboard, Laboratory):  # most of its dials say how the next updates are made
            dashboard.run(updates=2)
        look_at(dashboard.shown, when())
        assert not dashboard.failed, dashboard.said
        look_at_points(dashboard)
        after = seen(dashboard)
        moves += 1
        if after[0] != picture:
            moved.add(name)
        if after[1] != sentence:
            retold.add(name)

    def move(name: str, value) -> None:
        try:
            note(name, lambda: put(movable[name], value))
        except ValueError as refused:  # half-typed text may be refused, in words that help
            helps = isinstance(value, str) and "give" in str(refused).partition("\n")[0]
            assert helps, f"{name} = {value!r}: {refused}"

    def back_to_the_start() -> None:
        for name, value in start.items():
            put(movable[name], value)
        dashboard.draw_now()

    def late() -> bool:
        return time.process_time() - began > seconds

    look_at(first, "at the start")
    assert not dashboard.failed, dashboard.said
    look_at_points(dashboard)
    if isinstance(first, Picture):
        assert_made_for_the_last_row(first)
    names, orders = list(movable), 0
    for order in (names, names[::-1], rng.permutation(names).tolist()) if names else [[]]:
        if orders and late():
            break
        for name in order:
            values = choices(movable[name])
            long = len(values) > 12
            if long and seconds < float("inf"):
                values = [values[n] for n in np.linspace(0, len(values) - 1, 4, dtype=int)]
            slider = isinstance(movable[name], (*SLIDERS, W.FloatLogSlider))
            for value in [values[0], values[-1]] if late() and not (long or slider) else values:
                move(name, value)
        for button in buttons:
            note(button, buttons[button].click)
        back_to_the_start()
        orders += 1
    walked = 0
    while names and walked < walks and not late():
        name = names[rng.integers(len(names))]
        move(name, anywhere(movable[name], rng))
        walked += 1
    frames = Frames()
    frames.look(dashboard.shown)
    for name in islice(cycle(rng.permutation(names).tolist()), max(FRAMES, walks // 10)):
        move(name, anywhere(movable[name], rng))
        frames.look(dashboard.shown)
    several = {name for name, control in movable.items() if len(set(map(repr, choices(control)))) > 1}
    for name in sorted(several):  # what does nothing beside the others' first values may beside other ones
        for _ in range(12):
            if name in moved & retold:
                break
            for other in sorted(several - {name}):
                move(other, anywhere(movable[other], rng))
            for value in choices(movable[name]):
                move(name, value)
    back_to_the_start()
    if "reset" in buttons:
        buttons["reset"].click()
        dashboard.draw_now()
    assert several <= moved, f"{several - moved} never changed the picture"
    if names and isinstance(first, Picture | ColouredText):
        assert several <= retold, f"{several - retold} never changed the sentence"
        assert dashboard.shown.sentence == first.sentence, "back at the start, another sentence"
    assert moved or not buttons, "no button changed anything"
    return {"moves": moves, "orders": orders, "walks": walked, "seconds": time.process_time() - began}


class Frames:
    """Equal keys mean equal frames: of one dashboard's pictures, in turn as on a desk and in a lecture."""

    def __init__(self):
        self._seen: dict = {}
        self._lecture = False

    def look(self, shown) -> None:
        """Look at the picture that is shown, if it is one, drawn anew."""
        if not isinstance(shown, Picture):
            return
        with for_lecture(STAGE if self._lecture else None):
            figure = shown.again().figure if shown.again else shown.figure
        key = frame_key(figure)
        if key in self._seen:
            earlier, sentence = self._seen[key]
            assert frame_png(earlier) == frame_png(figure), (
                f"one key for two frames: {sentence} / {shown.sentence}")
        elif key is not None:
            self._seen[key] = figure, shown.sentence
        self._lecture = not self._lecture and shown.again is not None


def traceback_on(dashboard) -> str:
    """What is folded under the error that a dashboard shows."""
    return html.unescape(re.sub("<[^>]+>", "", dashboard.view.status.value.partition("<pre>")[2]))


def seen(dashboard) -> tuple[str, str]:
    """What is on the screen, ids and sentences left out, and what it says."""
    page = re.sub(r' (id|alt|aria-label)="[^"]*"|url\([^)]*\)', "", dashboard.screen())
    return page, dashboard.said


def look_at(shown, when: str) -> None:
    """Finite numbers, words that can be read, and a sentence that names no number which is none."""
    if isinstance(shown, Picture):
        assert (bad := not_finite(shown.figure)) == [], f"{when}: {bad}"
        assert (bad := too_pale(shown.figure)) == [], f"{when}: {bad}"
        assert (bad := alike(shown.figure)) == [], f"{when}: {bad}"
        assert (bad := too_thin(shown.figure)) == [], f"{when}: {bad}"
        if isinstance(shown.text, ColouredText):
            look_at(shown.text, when)
    if isinstance(shown, Picture | ColouredText):
        assert not re.search(r"\bnan\b|\binf\b", shown.sentence), f"{when}: {shown.sentence}"


def look_at_points(dashboard) -> None:
    """The numbers of the words that point are those of the parts in the layer, of all that have a part."""
    view = dashboard.view
    words = re.findall(r'<span data-p="(\d+)" tabindex="(-?\d)">', view.status.value)
    parts = set(" ".join(re.findall(r' data-p="([^"]*)"', view.screen())).split())
    assert {number for number, _ in words} == parts, f"{words} and {parts}: {dashboard.said}"
    assert [stop for _, stop in words] == ["0", *["-1"] * (len(words) - 1)][:len(words)], words
    for number, (start, end, found) in enumerate(getattr(dashboard.shown, "points", ()), start=1):
        assert str(number) in parts or not found, (
            f"{dashboard.shown.sentence[start:end]!r} points at what is not seen: {dashboard.said}")


def not_finite(figure: Figure) -> list[str]:
    """What in a figure has a number that is infinite or none; a line may have single gaps, and end early."""
    bad = []
    for ax in figure.axes:
        if not np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all():
            bad.append("the limits of the axes")
        for line in ax.lines:
            x, y = (np.asarray(line.convert_xunits(part), dtype=float) for part in line.get_data(orig=False))
            if not len(x):  # a curve that has not begun
                continue
            gap = np.isnan(x) | np.isnan(y)
            last = len(gap) - np.argmin(gap[::-1])  # a curve may end before the others do
            if np.isinf([*x, *y]).any() or (gap[:last - 1] & gap[1:last]).any() or gap[:1].any():
                places = np.flatnonzero(~np.isfinite(x + y)).tolist()
                bad.append(f"a line of {len(y)} points is not finite at {places[:9]}")
        for mappable in (*ax.images, *ax.collections):
            array = mappable.get_array()
            if array is not None and not np.isfinite(np.ma.filled(array.astype(float), 0.0)).all():
                bad.append(f"the colours of {mappable}")
        for collection in ax.collections:
            if not all(np.isfinite(path.vertices).all() for path in collection.get_paths()):
                bad.append(f"the outline of {collection}")
        for patch in ax.patches:
            if not np.isfinite(patch.get_path().vertices).all():
                bad.append(f"{patch}")
        for text in (*ax.texts, *figure.texts):
            if not np.isfinite(np.asarray(text.get_position(), dtype=float)).all():
                bad.append(f"the place of {text.get_text()!r}")
    return bad


def too_pale(figure: Figure) -> list[str]:
    """Words on white whose contrast is below 4.5; those that may stand on something drawn are left out."""
    words = [*figure.texts]
    for ax in figure.axes:
        words += [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label]
        if not (ax.images or ax.patches or ax.collections or ax.tables or ax.artists):
            words += [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ())]
    return [f"{text.get_text()!r} in {to_hex(text.get_color())}" for text in words
            if text.get_text().strip() and text.get_visible() and text.get_bbox_patch() is None
            and contrast_on_white(to_hex(text.get_color())) < 4.5]
