"""Lesson 10: weights to PyTorch and back, its program over lines, and its sentence without PyTorch."""

from functools import partial
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import nbformat
import numpy as np
import pytest
from course import ROOT, cells
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.data import Chunk
from helpers.lessons.lesson10.experiments import FAULTS
from helpers.networks import GRU, LSTM, RNN, Adagrad, CharModel, train
from helpers.runs import load_run, restore, save

LESSON = ROOT / "notebooks" / "10_from_numpy_to_pytorch.ipynb"
MAKERS = {"tanh": RNN, "relu": partial(RNN, nonlinearity="relu"), "GRU": GRU, "LSTM": LSTM}
every_cell = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture
def lib():
    from helpers.lessons.lesson10 import pytorch

    return pytorch


@pytest.mark.torch
@every_cell
def test_there_and_back_changes_no_bit(lib, make):
    for dtype in (np.float32, np.float64):
        cell = make(5, 4)
        p = cell.init(np.random.default_rng(0), dtype=dtype)
        p.vector = np.random.default_rng(1).standard_normal(p.vector.size)
        back, q = lib.from_torch(lib.to_torch(cell, p))
        assert type(back) is type(cell) and back.shapes == cell.shapes
        assert q.vector.dtype == dtype and np.array_equal(p.vector, q.vector)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_a_layer_that_pytorch_made_becomes_a_cell(lib, name):
    lib.torch.manual_seed(0)
    layer = getattr(lib.torch.nn, name)(5, 4, dtype=lib.torch.float64)
    cell, p = lib.from_torch(layer)
    x = np.random.default_rng(2).standard_normal((6, 3, 5))
    assert np.allclose(cell.forward(p, x)[0], layer(lib.torch.from_numpy(x))[0].detach().numpy(), atol=1e-10)


@pytest.mark.torch
@every_cell
def test_the_two_sides_of_the_race_do_the_same_work(lib, make):
    """With Adagrad each entry moves by the rate in the first update, whatever the two biases do."""
    ids = np.random.default_rng(3).integers(7, size=(9, 2))
    model = CharModel(make(7, 5), np.random.default_rng(4))
    layer = lib.to_torch(model.cell, model.params)
    read_out = lib.torch.nn.Linear(5, 7, dtype=lib.torch.float64)
    with lib.torch.no_grad():
        read_out.weight[:] = lib.torch.from_numpy(model.params.W_hy.T)
        read_out.bias[:] = lib.torch.from_numpy(model.params.b_y)
    lib.torch_update(layer, read_out, ids)()
    next(train(model, iter([Chunk(ids[:-1], ids[1:], True)]), Adagrad(0.01), clip_norm=1.0))
    assert np.allclose(model.params.W_hy, read_out.weight.detach().numpy().T, rtol=0, atol=1e-10)
    _, p = lib.from_torch(layer)
    assert all(np.allclose(model.params[name], p[name], rtol=0, atol=1e-10) for name in ("W_xh", "W_hh"))
    assert set(lib.updates_per_second(model.cell, 2, 8, seconds=0.1)) == {"NumPy", "PyTorch"}


def test_without_pytorch_the_lesson_says_one_sentence(tmp_path):
    """PyTorch's import is blocked in the kernel's first cell; Run All then stops with the sentence alone."""
    block = nbformat.v4.new_code_cell("import sys\nsys.modules['torch'] = None")
    first = next(cell for cell in cells(LESSON, "code"))
    notebook = nbformat.v4.new_notebook(cells=[block, nbformat.v4.new_code_cell(first["source"])])
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, kernel_name="python3", timeout=60,
                       resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[1].outputs
    shown = "\n".join(output["traceback"])
    assert output["output_type"] == "error" and output["ename"] == "NoPyTorch"
    assert shown.startswith("This lesson needs PyTorch") and "pip install torch" in shown
    assert "Traceback" not in shown and "File" not in shown and len(shown) < 300


SYMBOLS = list("\nzyx abc")


@pytest.mark.torch
@pytest.mark.parametrize("letter", ["right", "C", "G"])
def test_a_part_of_the_shipped_runs_is_made_again(letter, monkeypatch):
    """Its first round, seed 0; later ones depend on the processor's roundings."""
    from helpers.lessons.lesson10 import lines

    monkeypatch.setattr(lines, "ROUNDS", 1)
    name = next((name for name, fault in FAULTS.items() if fault.letter == letter), "")
    made = lines.faulty_run(0, name)
    run = next(run for run in load_run("10/faults") if (run["program"], run["seed"]) == (letter, 0))
    count = len(made["training"])
    assert made["training"] == pytest.approx(run["training"][:count], rel=0.02)
    assert made["heldout"] == pytest.approx(run["heldout"][:1], rel=0.05)


@pytest.mark.torch
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
