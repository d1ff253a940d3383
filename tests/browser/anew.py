"""At some settings of every dashboard of a lesson, taken at random: what it says, and its picture drawn anew.

    python tests/browser/anew.py notebooks/02_min_char_rnn.ipynb 10 settings.json
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def settings(lesson, each: int, seed: int = 0) -> list[dict]:
    """So many settings of each dashboard with controls: the dials' values, the sentence and a PNG."""
    import stage
    from dials import dials_of

    rng, found = np.random.default_rng(seed), []
    for name, number, one in lesson.named():
        if type(one).__name__ in (*stage.WAYS, "list"):
            continue
        dials = [dial for control, widget in one.controls.items()
                 for dial in dials_of(control, widget, lesson.texts(number))]
        sizes, start = [len(dial.words) for dial in dials], [dial.start for dial in dials]
        walk = stage.Walk(one, dials)
        for _ in range(each):
            setting = [int(rng.integers(size)) for size in sizes]
            if np.prod(sizes) > stage.MOST:         # there each control moves alone
                place = int(rng.integers(len(sizes)))
                setting = [*start[:place], setting[place], *start[place + 1:]]
            walk.go(setting)
            found.append({"name": name, "setting": setting, "said": one.said, "png": anew(one.shown)})
        walk.go(start)
    return found


def anew(shown) -> str:
    """The frame of a picture, drawn whole and without what was drawn before; "" of what is no picture."""
    from helpers.pictures import Picture, frame_key, frame_png

    if not isinstance(shown, Picture):
        return ""
    figure = shown.again().figure if shown.again else shown.figure
    png = Picture(figure, "anew").png if frame_key(figure) is None else frame_png(figure)
    return base64.b64encode(png).decode()


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "scripts" / "site"), str(ROOT)]
    import stage

    path, each, file = sys.argv[1:]
    place = Path(file).resolve()
    place.write_text(json.dumps(settings(stage.Lesson(Path(path).resolve()), int(each))), encoding="utf-8")
