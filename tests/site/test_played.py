"""What is played for a page: every value of a control, each setting once, frames that share what they can."""

import ast
import io
import json
import re
from itertools import pairwise

import ipywidgets as W
import numpy as np
import play
import pytest
import stage
import states
from course import LESSONS, cells, name
from dials import TooMany, dials_of
from PIL import Image

from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import Picture
from helpers.widgets import Switches, explore


def values(control, name="name", texts=None) -> list:
    """What a control comes to when its dials are turned to each of their values."""
    found = []
    for dial in dials_of(name, control, texts or {}):
        for number in range(len(dial.words)):
            dial.turn(number)
            found.append(control.value)
        dial.turn(dial.start)
    return found


def test_every_value_of_a_control_is_there_once():
    assert values(W.IntSlider(value=3, min=1, max=7, step=2)) == [1, 3, 5, 7]
    assert values(W.FloatSlider(value=0.2, min=0, max=0.3, step=0.1)) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert values(W.FloatLogSlider(value=10, min=-1, max=2, step=1)) == pytest.approx([0.1, 1, 10, 100])
    assert values(W.Dropdown(options=[("one", 1), ("two", 2)])) == [1, 2]
    assert values(W.SelectionSlider(options=["a", "b"])) == ["a", "b"]
    assert values(W.Checkbox(value=True)) == [False, True]
    assert values(W.Text("here"), "text", {"text": ["there", "here"]}) == ["here", "there"]
    assert values(Switches({"i": "1½", "f": "00"}))[:3] == ["0½ 00", "½½ 00", "1½ 00"]
    assert values(W.Button()) == []


@pytest.mark.parametrize(("control", "words", "start"), [
    (W.FloatSlider(value=0.5, min=0, max=1, step=0.25), "0.00 0.25 0.50 0.75 1.00", 2),
    (W.FloatLogSlider(value=100, min=1, max=3, step=1, readout_format=",.0f"), "10 100 1,000", 1),
    (W.Dropdown(options=[("one", 1), ("two", 2)], value=2), "one two", 1),
    (W.ToggleButton(value=True), "off on", 1),
])
def test_values_are_written_as_the_notebook_writes_them_and_begin_where_it_does(control, words, start):
    dial, = dials_of("name", control, {})
    assert (dial.words, dial.start) == (words.split(), start)


def test_what_cannot_be_played_is_refused_with_what_to_do():
    with pytest.raises(TooMany, match=r"1,000,001 values.*a larger step"):
        dials_of("name", W.FloatSlider(description="rate", min=0, max=1, step=1e-6), {})
    with pytest.raises(ValueError, match='name some in the cell\'s metadata, for example "play"'):
        dials_of("beginning", W.Text("Lamp: "), {})
    too_many = explore(lambda a, b: fading_memory(a, b), a=(0.0, 1.0, 0.001), b=(1, 1000))
    with pytest.raises(TooMany, match="2,001 settings, each control alone"):
        stage.explored(0, too_many, {})


@pytest.mark.parametrize("sizes", [(), (1,), (3,), (2, 3), (3, 1, 2, 4)])
def test_from_one_setting_to_the_next_one_control_moves_by_one(sizes):
    found = list(stage.settings(sizes))
    assert sorted(found) == sorted(np.ndindex(*sizes)) and len(set(found)) == len(found)
    for one, other in pairwise(found):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 1


def said(weight=0.5, steps=2, loud=False) -> Picture:
    return Picture(fading_memory(weight, steps).figure, f"{weight:.1f}, {steps} and {loud}")


def test_in_full_each_combination_is_at_its_place_and_the_dashboard_is_as_before():
    dashboard = explore(said, weight=(0.0, 1.0, 0.5), steps=(1, 3), loud=False)
    played = stage.explored(0, dashboard, {})
    assert played.full and played.note == "" and dashboard.said == "0.5, 2 and False"
    assert [one.said for one in played.shown] == [
        f"{weight:.1f}, {steps} and {loud}" for weight in (0, 0.5, 1) for steps in (1, 2, 3)
        for loud in (False, True)]
    assert played.start.said == dashboard.said
    assert [one.said[:3] for one in played.strip] == ["0.0", "0.5", "1.0"]
    assert played.groups == [list(range(18))]


def test_states_that_look_the_same_are_printed_once_along_the_control_that_shows_most():
    def unlike(seed=1, steps=1) -> Picture:
        return Picture(fading_memory(0.5, 1 if steps < 3 else steps).figure, f"seed {seed}, {steps} steps")

    played = stage.explored(0, explore(unlike, seed=(1, 3), steps=(1, 4)), {})
    assert [one.said for one in played.strip] == ["seed 1, 1 steps", "seed 1, 4 steps"]


def test_what_a_phone_loads_and_what_a_desk_loads_are_scripts_of_their_own():
    played = stage.explored(0, explore(fading_memory, weight=(0.0, 1.0, 0.5), steps=(1, 3)), {})
    played.name = "name"
    made = [held for _, held in played.scripts.values()]
    assert made == [list(range(9)), list(range(9, 18))]
    assert all(one.narrow.size[0] < one.size[0] and one.narrow.wide < one.wide / 1.5 for one in played.shown)
    page = states.page("name", {}, "", "", played.start, played.strip)
    first, narrow, *printed = re.findall(r"--course-w:(\d+)", page)[:4]
    assert first == printed[1] == str(played.start.narrow.size[0]) and narrow == str(played.start.size[0])


def test_with_too_many_combinations_each_control_moves_alone():
    played = stage.explored(0, explore(said, weight=(0.0, 1.0, 0.01), steps=(1, 9)), {})
    assert not played.full and "each control moves alone" in played.note
    assert [len(group) for group in played.groups] == [101, 9] and len(played.shown) == 111
    assert played.start.said == "0.5, 2 and False" and played.shown[-1].said == "0.5, 9 and False"


def test_an_error_at_a_setting_is_not_kept_as_a_picture():
    def breaks(steps=1) -> Picture:
        if steps == 3:
            raise ValueError("three is too many")
        return said(steps=steps)

    with pytest.raises(ValueError, match="three is too many"):
        stage.explored(0, explore(breaks, steps=(1, 4)), {})


# Frames.

def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="png")
    return buffer.getvalue()


def test_a_frame_comes_back_as_it_was_and_what_it_shares_is_kept_once():
    rng = np.random.default_rng(0)
    first = rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    second, third = first.copy(), rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    second[20:25, 30:40] = 255 - second[20:25, 30:40]
    images = states.Images()
    frames = [images.add(png(image)) for image in (first, second, third, first)]
    assert frames[0] == frames[3] and frames[0].over is None and frames[2].over is None
    assert frames[1].base == frames[0].base and len(images.kept) == 3
    assert len(images.kept[frames[1].over[0]]) < len(images.kept[0]) / 4
    kept = [Image.open(io.BytesIO(image)).convert("RGB") for image in images.kept]
    for frame, image in zip(frames, (first, second, third), strict=False):
        found = kept[frame.base].copy()
        if frame.over:
            found.paste(kept[frame.over[0]], frame.over[1:])
        assert np.array_equal(np.asarray(found), image)


def test_no_two_clips_of_a_page_have_one_name():
    """Two figures, one after the other at one place in memory, give their clips one name."""
    clipped = '<svg><clipPath id="clip-7-0"/><g clip-path="url(#clip-7-0)"/>clip-7-0</svg>'
    shown = states.Shown(png(np.zeros((9, 9, 3), np.uint8)), (9, 9), clipped, "", "words")
    page = "".join(states.page(name, {}, "", "", shown, [shown, shown]) for name in ("one", "two"))
    names = re.findall(r'clipPath id="([^"]+)"', page)
    assert len(set(names)) == len(names) == 6 and re.findall(r"url\(#([^)]+)\)", page) == names
    assert page.count("clip-7-0") == 6


def noise(seed: int) -> states.Shown:
    image = np.random.default_rng(seed).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    return states.Shown(png(image), (400, 300), "<svg></svg>", "", f"number {seed}")


def test_scripts_are_split_so_that_none_is_too_large():
    every = [noise(seed) for seed in range(5)]
    made = states.scripts("name", [[0, 1, 2], [3, 4]], every)
    assert len(made) > 2 and all(len(text) <= states.LIMIT for text, _ in made.values())
    assert sorted(number for _, held in made.values() for number in held) == list(range(5))


def test_a_picture_that_no_script_can_hold_is_refused(monkeypatch):
    monkeypatch.setattr(states, "LIMIT", 100_000)
    with pytest.raises(states.TooLarge, match=r"name: .* draw less"):
        states.scripts("name", [[0]], [noise(0)])


def test_a_lesson_is_played_again_when_what_it_does_or_reads_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "ROOT", tmp_path)
    monkeypatch.setattr(play, "PLAYED", tmp_path / "played")
    notebook, data = tmp_path / "01_a.ipynb", tmp_path / "data.txt"
    data.write_text("one")

    def write(text: str, code: str, texts=None) -> None:
        notebook.write_text(json.dumps({"cells": [
            {"cell_type": "markdown", "source": text, "metadata": {}},
            {"cell_type": "code", "source": code, "metadata": {"play": texts} if texts else {}}]}))

    write("words", "explore()")
    assert not play.fresh("01")
    (tmp_path / "played" / "01").mkdir(parents=True)
    (tmp_path / "played" / "01" / "lesson.json").write_text(json.dumps(
        {"read": {path.name: play.digest(path) for path in (notebook, data)}}))
    write("other words", "explore()")
    assert play.fresh("01")
    write("words", "explore()", {"beginning": ["a"]})
    assert not play.fresh("01")
    write("words", "explore()")
    data.write_text("two")
    assert not play.fresh("01")
    data.unlink()
    assert not play.fresh("01")


def test_no_lesson_has_another_number():
    with pytest.raises(play.Problem, match="no lesson has the number '77'"):
        play.notebook("77")


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_page_has_texts_to_choose_wherever_a_lesson_lets_one_type(path):
    """A control into which text is typed: the metadata of its cell has what a page offers instead."""
    for cell in cells(path, "code"):
        typed = {given.arg for call in ast.walk(ast.parse(cell["source"]))
                 if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "explore"
                 for given in call.keywords if given.arg != "after"
                 and isinstance(given.value, ast.Constant) and isinstance(given.value.value, str)}
        assert typed <= (cell["metadata"].get("play") or {}).keys(), cell["source"]
