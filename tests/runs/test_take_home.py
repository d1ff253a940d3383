"""A network in one page: what is in it, what it refuses, and what is left of an earlier file."""

import base64
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from common import char_model, contents

from helpers.data import Vocabulary
from helpers.networks import CharModel
from helpers.runs import CheckpointError, take_home

TEXT = "The tide comes in; the tide goes out.\n"
VOCABULARY = Vocabulary(TEXT)
ENGINE_HAS = ("tanh", "LSTM", "GRU")


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def model_of(kind: str = "LSTM", dtype=np.float64) -> CharModel:
    return char_model(len(VOCABULARY), 5, kind, dtype, seed=1)


def network_in(page: str) -> dict:
    (found,) = re.findall(r'<script type="application/json" id="network">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ENGINE_HAS)
def test_the_page_has_the_network_and_what_is_said_of_it(kind, dtype, tmp_path):
    model = model_of(kind, dtype)
    size = take_home(model, VOCABULARY, "my.html", title="The tide", loss=1.25, updates=300, loss_on="a play")
    page = (tmp_path / "my.html").read_text("utf-8")
    network = network_in(page)
    weights = np.frombuffer(base64.b64decode(network.pop("weights")), "<f4")
    assert np.array_equal(weights, model.params.vector.astype(np.float32))
    assert network == {"cell": type(model.cell).__name__, "hidden_size": 5, "title": "The tide", "loss": 1.25,
                       "loss_on": "a play", "updates": 300, "characters": list(VOCABULARY.characters)}
    assert size == (tmp_path / "my.html").stat().st_size < 50_000
    assert [file.name for file in tmp_path.iterdir()] == ["my.html"]


def test_it_loads_nothing(tmp_path):
    take_home(model_of(), VOCABULARY, "my.html")
    page = (tmp_path / "my.html").read_text("utf-8")
    assert re.findall(r"https?:|//\w+\.|@import|url\(|src=", page) == []
    assert re.findall(r'href="(.*?)"', page) == ["data:,"] and "default-src 'none'" in page
    assert "<!--" not in page, "both places are filled"


@pytest.mark.parametrize("title", ["</script><script>alert(1)</script>", "<!-- engine --> <!-- network -->",
                                   "“It's” \\ \"mine\" & yours\n€\u2028", "half \ud800 a character"])
def test_no_name_and_no_character_leaves_its_place(title, tmp_path):
    vocabulary = Vocabulary(title + "<!-->/'\"\\")
    take_home(char_model(len(vocabulary), 3), vocabulary, "my.html", title=title)
    page = (tmp_path / "my.html").read_text("utf-8")
    network = network_in(page)
    assert network["title"] == title and "".join(network["characters"]) == vocabulary.characters
    take_home(char_model(len(vocabulary), 3), vocabulary, "plain.html")
    plain = (tmp_path / "plain.html").read_text("utf-8")
    assert page.count("<") == plain.count("<")


def test_its_own_page_is_replaced(tmp_path):
    for updates in (1, 2):
        take_home(model_of(), VOCABULARY, "my.html", updates=updates)
        assert network_in((tmp_path / "my.html").read_text("utf-8"))["updates"] == updates


def refused(path: str, *network) -> None:
    before = contents(Path.cwd())
    with pytest.raises(CheckpointError) as error:
        take_home(*(network or (model_of(), VOCABULARY)), path)
    assert "\n" not in str(error.value) and contents(Path.cwd()) == before


@pytest.mark.parametrize("path", ["my.npz", "", "nowhere/my.html", "folder.html", "a\0b.html", "letter.html"])
def test_a_path_where_nothing_can_be_written_is_refused(path, tmp_path):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "letter.html").write_text("<html><p>Recurrent neural networks, taken apart")
    refused(path)


def test_a_full_disk_leaves_the_page_that_was_there(tmp_path, monkeypatch):
    take_home(model_of(), VOCABULARY, "my.html")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused("my.html")


@pytest.mark.parametrize(("kind", "hidden_size"), [("PeepholeLSTM", 5), ("tanh", 490)])
def test_what_a_page_cannot_run_or_nobody_can_send_is_refused(kind, hidden_size):
    refused("my.html", char_model(60, hidden_size, kind), Vocabulary("".join(map(chr, range(32, 92)))))
