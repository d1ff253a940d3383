"""A network in one page: what is in it, what it refuses, and what is left of an earlier file."""

import base64
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from common import CELLS, char_model, contents
from course import ROOT

from helpers.data import Vocabulary, load_text
from helpers.networks import RNN, CharModel
from helpers.runs import CheckpointError, load_run, take_home
from helpers.runs.take_home import MOST_BYTES

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
    size = take_home(model, VOCABULARY, "my.html", title="The tide", loss=1.25, updates=300)
    page = (tmp_path / "my.html").read_text("utf-8")
    network = network_in(page)
    weights = np.frombuffer(base64.b64decode(network.pop("weights")), "<f4")
    assert np.array_equal(weights, model.params.vector.astype(np.float32))
    assert network == {"cell": type(model.cell).__name__, "hidden_size": 5, "title": "The tide", "loss": 1.25,
                       "updates": 300, "characters": list(VOCABULARY.characters)}
    assert size == (tmp_path / "my.html").stat().st_size < 50_000
    assert [file.name for file in tmp_path.iterdir()] == ["my.html"]


def test_it_loads_nothing_and_says_what_it_holds(tmp_path):
    take_home(model_of(), VOCABULARY, "my.html")
    page = (tmp_path / "my.html").read_text("utf-8")
    assert re.findall(r"https?:|//\w+\.|@import|url\(|src=", page) == []
    assert re.findall(r'href="(.*?)"', page) == ["data:,"] and "default-src 'none'" in page
    assert "<!--" not in page, "both places are filled"
    said = " ".join(page.split())
    assert "holds the network’s weights, its characters and the name of the text, but not the text" in said
    assert "can still write" in said and "Recurrent neural networks, taken apart" in said
    assert 'lang="en-GB"' in page and 'name="viewport"' in page
    assert network_in(page)["loss"] is None and network_in(page)["updates"] is None


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


def test_its_own_page_is_replaced_and_keeps_its_mode(tmp_path):
    take_home(model_of(), VOCABULARY, "my.html", updates=1)
    os.chmod("my.html", 0o600)
    take_home(model_of(), VOCABULARY, "my.html", updates=2)
    assert network_in((tmp_path / "my.html").read_text("utf-8"))["updates"] == 2
    assert (tmp_path / "my.html").stat().st_mode & 0o777 == 0o600


def refused(words: str, path: str, *network) -> None:
    before = contents(Path.cwd())
    with pytest.raises(CheckpointError) as error:
        take_home(*(network or (model_of(), VOCABULARY)), path)
    assert words in str(error.value) and "\n" not in str(error.value)
    assert contents(Path.cwd()) == before


@pytest.mark.parametrize(("path", "words"), [
    ("my.npz", "use a name that ends in .html"),
    (".html", "use a name that ends in .html"),
    ("", "use a name that ends in .html"),
    ("nowhere/my.html", "in a folder that does not exist"),
    ("folder.html", "is a folder"),
    ("pipe.html", "is a pipe or a device"),
    ("dangling.html", "is a link to a file that is not there"),
    ("a\0b.html", "choose another name"),
    (300 * "x" + ".html", "choose a shorter name"),
    ("letter.html", "'letter.html' already exists, and is write-protected or not a page that Take home"),
    ("empty.html", "already exists, and is write-protected or not"),
])
def test_a_path_where_nothing_can_be_written_is_refused(path, words, tmp_path):
    (tmp_path / "folder.html").mkdir()
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "dangling.html").symlink_to("nothing.html")
    (tmp_path / "letter.html").write_text("<html><p>Recurrent neural networks, taken apart")
    (tmp_path / "empty.html").touch()
    refused(words, path)


def test_a_full_disk_leaves_the_page_that_was_there(tmp_path, monkeypatch):
    take_home(model_of(), VOCABULARY, "my.html")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused("make room on the disk", "my.html")


@pytest.mark.parametrize("kind", [kind for kind in CELLS if kind not in ENGINE_HAS])
def test_a_cell_that_a_page_cannot_run_is_refused(kind):
    refused("take home an RNN with tanh, an LSTM or a GRU", "my.html", model_of(kind), VOCABULARY)


def test_what_does_not_fit_is_refused_with_the_number_that_would(tmp_path):
    vocabulary = Vocabulary("".join(map(chr, range(32, 92))))

    def network(H):
        return CharModel(RNN(60, H), np.random.default_rng(0))

    with pytest.raises(CheckpointError, match="299,450 weights") as error:
        take_home(network(490), vocabulary, "my.html")
    (room,) = re.findall(r"has room for ([\d,]+)", str(error.value))
    sizes = [network(H).params.vector.size for H in range(300, 490)]
    most = max(H for H, size in enumerate(sizes, 300) if size <= int(room.replace(",", "")))
    assert take_home(network(most), vocabulary, "my.html") <= MOST_BYTES
    with pytest.raises(CheckpointError):
        take_home(network(most + 1), vocabulary, "my.html")


def test_a_network_that_has_overfitted_gives_away_a_passage_as_the_page_on_security_says():
    model, vocabulary = load_run("02/long_run")
    text, rng = load_text("input"), np.random.default_rng(0)
    written = vocabulary.decode(model.sample(vocabulary.encode("Lamp: "), 5000, rng, 0.3))
    longest = 0
    for start in range(len(written)):
        while written[start : start + longest + 1] in text and start + longest < len(written):
            longest += 1
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    assert f"a passage of {longest} that is in the play" in said
