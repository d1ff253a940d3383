"""A trained network in one page of HTML that writes in any browser, without Python; behind *Take home*."""

import base64
import json
import os
from importlib import resources
from pathlib import Path

import numpy as np

from helpers.data import Vocabulary
from helpers.networks import GRU, LSTM, RNN, CharModel
from helpers.runs.checkpoint import CheckpointError, destination, write
from helpers.runs.files import named

ENGINE, NETWORK = "<!-- engine -->", "<!-- network -->"     # what the template has in the places of the two
OURS = b'<meta name="generator" content="Recurrent neural networks, taken apart">'
MOST_BYTES = 1_000_000
HEAD = 1_000            # bytes of a page in which its generator is named


def take_home(
    model: CharModel, vocabulary: Vocabulary, path: str | os.PathLike, title: str = "",
    loss: float | None = None, updates: int | None = None, loss_on: str = "its training text",
) -> int:
    """Write one HTML file that holds a trained network and writes with it in any browser.

    The file has the weights in float32, the characters, and what is said of the network here: `title`, the
    name of its text, becomes the heading, and `loss` is in nats per character, on the text that `loss_on`
    names. It does not have the text. A file that `take_home` has written is replaced; nothing else is.

    Returns:
        the size of the file in bytes, at most a million.

    Raises:
        CheckpointError: a page cannot run this network, or the file cannot be written. What was there is
            unchanged.
    """
    page = _filled(_network(model, vocabulary, title, loss, updates, loss_on), model)
    if Path(os.fsdecode(path)).suffix.lower() != ".html":
        raise CheckpointError(f"{named(path)} is not the name of a page: use a name that ends in .html, such "
                              "as 'my_network.html'")
    file = destination(path)
    new = not os.path.lexists(file)
    if not new and not _may_be_replaced(file):
        raise CheckpointError(f"{named(path)} already exists, and is write-protected or not a page that "
                              "Take home wrote. Nothing was written: choose another name")
    if not write(path, page, file, new):
        raise CheckpointError(f"{named(path)} was created by another program just now and was not "
                              "replaced: choose another name")
    return len(page)


def _may_be_replaced(file: Path) -> bool:
    """Whether this is a page of `take_home` that can be written."""
    try:
        with open(file, "rb") as page:
            return OURS in page.read(HEAD) and os.access(file, os.W_OK)
    except OSError:
        return False


def _network(
    model: CharModel, vocabulary: Vocabulary, title: str, loss: float | None, updates: int | None,
    loss_on: str,
) -> dict:
    """What the page says and needs of the network, by the names that it has there."""
    cell = model.cell
    if type(cell) not in (RNN, LSTM, GRU) or (isinstance(cell, RNN) and cell.nonlinearity != "tanh"):
        raise CheckpointError(f"a page cannot run {cell!r}: take home an RNN with tanh, an LSTM or a GRU")
    if len(vocabulary) != cell.input_size:
        raise CheckpointError(f"the vocabulary has {len(vocabulary)} characters, but the model needs "
                              f"{cell.input_size}: use the vocabulary that it was trained with")
    with np.errstate(over="ignore"):
        weights = model.params.vector.astype("<f4")
    if not np.isfinite(weights).all():
        raise CheckpointError("the model has weights that are not finite, so its training has diverged: "
                              "go back to an earlier checkpoint, or train again with a lower learning rate")
    return {
        "cell": type(cell).__name__,
        "hidden_size": cell.hidden_size,
        "characters": list(vocabulary.characters),
        "weights": base64.b64encode(weights.tobytes()).decode("ascii"),
        "title": title,
        "loss": None if loss is None else float(loss),
        "loss_on": loss_on,
        "updates": None if updates is None else int(updates),
    }


def _filled(network: dict, model: CharModel) -> bytes:
    """The page with the engine and the network in it."""
    here = resources.files("helpers.runs")
    template, engine = ((here / name).read_text(encoding="utf-8") for name in ("take_home.html", "engine.js"))
    text = json.dumps(network).replace("<", "\\u003c")      # so that no tag and no comment begins in it
    page = template.replace(ENGINE, engine).replace(NETWORK, text).encode()
    if len(page) > MOST_BYTES:
        room = (MOST_BYTES - len(page) + len(network["weights"])) * 3 // 16     # four bytes are 16/3 letters
        raise CheckpointError(f"the model has {model.params.vector.size:,} weights, but a page of 1 MB has "
                              f"room for {max(0, room):,}: take home a network with fewer units")
    return page
