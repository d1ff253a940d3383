"""Weights carried to PyTorch and back compute the same; without PyTorch lesson 10 says one sentence."""

from functools import partial

import nbformat
import numpy as np
import pytest
from course import ROOT, cells
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.data import Chunk
from helpers.networks import GRU, LSTM, RNN, Adagrad, Cell, CharModel, train

LESSON = ROOT / "notebooks" / "10_from_numpy_to_pytorch.ipynb"
MAKERS = {"tanh": RNN, "relu": partial(RNN, nonlinearity="relu"), "GRU": GRU, "LSTM": LSTM}
every_cell = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture
def lib():
    from helpers.lessons.lesson10 import pytorch

    return pytorch


def random_parameters(cell: Cell, rng: np.random.Generator, dtype=np.float64):
    p = cell.init(rng, dtype=dtype)
    for name in p:
        p[name] = 0.5 * rng.standard_normal(p[name].shape)
    return p


@pytest.mark.torch
@every_cell
def test_there_and_back_changes_no_bit(lib, make):
    for dtype in (np.float32, np.float64):
        cell = make(5, 4)
        p = random_parameters(cell, np.random.default_rng(0), dtype)
        back, q = lib.from_torch(lib.to_torch(cell, p))
        assert type(back) is type(cell) and back.shapes == cell.shapes
        assert q.vector.dtype == dtype and np.array_equal(p.vector, q.vector)


@pytest.mark.torch
@every_cell
def test_outputs_and_gradients_agree(lib, make):
    rng, cell = np.random.default_rng(1), make(5, 4)
    p = random_parameters(cell, rng)
    x, d_h = rng.standard_normal((6, 3, 5)), rng.standard_normal((6, 3, 4))
    h, _, cache = cell.forward(p, x)
    grads, _, _ = cell.backward(p, d_h, cache)
    layer = lib.to_torch(cell, p)
    h_theirs, _ = layer(lib.torch.from_numpy(x))
    (h_theirs * lib.torch.from_numpy(d_h)).sum().backward()
    theirs = lib.gradients(cell, layer)
    assert np.allclose(h, h_theirs.detach().numpy(), rtol=0, atol=1e-10)
    assert set(theirs) == set(grads)
    assert all(np.allclose(grads[name], theirs[name], rtol=0, atol=1e-10) for name in grads)


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
