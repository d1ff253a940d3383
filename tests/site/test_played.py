"""What is played for a page: every value of a control, each setting once, frames that share what they can."""

import json

import ipywidgets as W
import play
import pytest
import stage
from dials import TooMany, dials_of

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


def test_what_cannot_be_played_is_refused_with_what_to_do():
    with pytest.raises(TooMany, match=r"1,000,001 values.*a larger step"):
        dials_of("name", W.FloatSlider(description="rate", min=0, max=1, step=1e-6), {})
    with pytest.raises(ValueError, match='name some in the cell\'s metadata, for example "play"'):
        dials_of("beginning", W.Text("Lamp: "), {})
    too_many = explore(lambda a, b: fading_memory(a, b), a=(0.0, 1.0, 0.001), b=(1, 1000))
    with pytest.raises(TooMany, match="2,001 settings, each control alone"):
        stage.explored(0, too_many, {})


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


def test_an_error_at_a_setting_is_not_kept_as_a_picture():
    def breaks(steps=1) -> Picture:
        if steps == 3:
            raise ValueError("three is too many")
        return said(steps=steps)

    with pytest.raises(ValueError, match="three is too many"):
        stage.explored(0, explore(breaks, steps=(1, 4)), {})


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
