"""When a number in an output changes, the author sees each sentence that names it, where she can read it."""

import json

import mentions
import pytest


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one lesson and one page."""
    monkeypatch.setattr(mentions, "ROOT", tmp_path)
    for folder in ("notebooks/solutions", "helpers/lessons/lesson05", "docs/hours"):
        (tmp_path / folder).mkdir(parents=True)
    words = "It ends at 0.183, so 18 % are lost.\nThe other ends at 0.2. Of 1,234 letters three are new."
    (tmp_path / "notebooks/05_new.ipynb").write_text(json.dumps({"cells": [
        {"cell_type": "markdown", "id": "words", "source": [words]}]}), "utf-8")
    (tmp_path / "README.md").write_text("# One\n\nA loss of 0.183 is low.\n", "utf-8")
    (tmp_path / "docs/hours/hour.md").write_text("0.183\n", "utf-8")
    (tmp_path / "helpers/lessons/lesson05/lesson.toml").write_text('show = "it ends at −0.183"\n', "utf-8")


@pytest.mark.parametrize(("number", "where"), [
    ("0.183", ["lesson.toml, line 1", "05_new.ipynb, cell 0", "README.md, line 3"]),
    ("0.21", []), ("1234", ["05_new.ipynb, cell 0"]), ("3", ["05_new.ipynb, cell 0"])])
def test_each_sentence_with_the_old_number_is_named_with_its_place(course, number, where):
    places = [line.partition(" (")[0] for line in mentions.mentions([number], "05")]
    assert len(places) == len(where) and all(map(str.endswith, places, where)), places


def test_only_numbers_that_changed_in_words_are_reported(course):
    def notebook(loss, pixels):
        page = f'<img src="data:image/png;base64,{pixels}" alt="The loss is {loss} at update 20">'
        return {"cells": [{"id": "a", "outputs": [{"data": {"text/html": page, "text/plain": "<Picture>"}}]}]}
    assert mentions.report(notebook("0.183", "AB12"), notebook("0.183", "CD34"), "05") == ""
    report = mentions.report(notebook("0.183", "AB12"), notebook("0.19", "AB12"), "05")
    assert report.startswith("Changed in the outputs: 0.183. 3 sentences to read again:")
