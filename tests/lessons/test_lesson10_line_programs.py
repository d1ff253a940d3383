"""Lesson 10's program over lines: its faults, its service, and its weights in a network of ours."""

from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import numpy as np
import pytest
from course import ROOT, cells

from helpers.lessons.lesson10.faults import FAULTS
from helpers.runs import load_run, restore, save

pytestmark = pytest.mark.torch
LESSON = ROOT / "notebooks" / "10_from_numpy_to_pytorch.ipynb"
SYMBOLS = list("\nzyx abc")


@pytest.fixture(scope="module")
def lines():
    from helpers.lessons.lesson10 import lines

    return lines


@pytest.fixture(scope="module")
def lib():
    from helpers.lessons.lesson10 import pytorch

    return pytorch


@pytest.mark.parametrize("letter", ["right", "C", "G"])
def test_a_part_of_the_shipped_runs_is_made_again(lines, letter, monkeypatch):
    """Its first round, seed 0; later ones depend on the processor's roundings."""
    monkeypatch.setattr(lines, "ROUNDS", 1)
    name = next((name for name, fault in FAULTS.items() if fault.letter == letter), "")
    made = lines.faulty_run(0, name)
    run = next(run for run in load_run("10/faults") if (run["program"], run["seed"]) == (letter, 0))
    count = len(made["training"])
    assert made["training"] == pytest.approx(run["training"][:count], rel=0.02)
    assert made["heldout"] == pytest.approx(run["heldout"][:1], rel=0.05)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("width", [None, 4, 6])
def test_a_network_of_pytorch_becomes_one_of_ours_and_can_be_saved(lib, tmp_path, kind, width):
    """With one-hot rows or an embedding, one as wide as the state too; symbols in any order."""
    torch = lib.torch
    torch.manual_seed(0)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            V = len(SYMBOLS)
            if width:
                self.embed = torch.nn.Embedding(V, width)
            self.cell = getattr(torch.nn, kind)(width or V, 6)
            self.read_out = torch.nn.Linear(6, V)

        def forward(self, ids):
            rows = self.embed(ids) if width else torch.nn.functional.one_hot(ids, len(SYMBOLS)).float()
            return self.read_out(self.cell(rows)[0])

    net = Net()
    save(tmp_path / "net.npz", lib.to_checkpoint(net.state_dict(), SYMBOLS))
    run = restore(tmp_path / "net.npz")
    text = "abc zyx\ncab"
    ours = run.model.scores(run.vocabulary.encode(text)[:, None])[:, 0]
    theirs = net(torch.tensor([SYMBOLS.index(symbol) for symbol in text])).detach().numpy()
    order = [SYMBOLS.index(symbol) for symbol in run.vocabulary.characters]
    assert np.allclose(ours, theirs[:, order], rtol=0, atol=1e-6)


def test_the_model_is_served_by_the_lesson_s_own_lines():
    """Over a real connection, whatever is asked."""
    source = next(cell["source"] for cell in cells(LESSON, "code") if "def serve(" in cell["source"])
    names = {"number": dict.fromkeys("The wren", 0), "sample_line": lambda net, line, temperature: f"{line}|",
             "keep": lambda *given, **named: None, "go_on": lambda path: (None, None, 0), "folder": Path(),
             "line_net": None, "adam": None, "parse_qs": parse_qs}
    exec(source, names)

    class Silent(WSGIRequestHandler):
        def log_message(self, *of_each_request):
            """Nothing."""

    with make_server("127.0.0.1", 0, names["serve"], handler_class=Silent) as server:
        for asked, answer in (("beginning=The%20w", "The w|"), ("", "|"),
                              ("beginning=%00%F0%9F%90%A6<b>", "|"), ("beginning=T&beginning=w", "T|"),
                              ("beginning=" + "e" * 5000, "e" * 80 + "|")):
            thread = Thread(target=server.handle_request)
            thread.start()
            with urlopen(f"http://127.0.0.1:{server.server_port}/?{asked}", timeout=30) as reply:
                assert reply.read().decode() == answer
            thread.join()
