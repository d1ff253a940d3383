"""The engine that learns in a page computes what NumPy computes. Needs Chromium or Chrome."""

from pathlib import Path

import numpy as np
import pytest

import helpers.runs
from helpers.data import course_corpus
from helpers.networks import CELLS as known
from helpers.networks import CharModel
from helpers.runs import CorpusTraining
from helpers.widgets.laboratory.controls import FAULTS, apply_settings

pytestmark = pytest.mark.browser
ENGINE = Path(helpers.runs.__file__).with_name("engine.js").read_text(encoding="utf-8")
SIZES = [(5, 4, 3), (13, 9, 30), (60, 100, 25)]       # characters, units, steps
CELLS = {name: cell for name, cell in known.items() if name in ("RNN", "GRU", "LSTM")}

ONE_CHUNK = """({cell, V, H, vector, inputs, targets, state}) => {
    const model = new engine.CharModel(cell, V, H, Float32Array.from(vector));
    model.reserve(100);                                  // what an earlier, longer chunk has left
    for (const name of ['h', 'c', 'a', 'da', 'd_h', 'y', 'tanh_c', 'h_n', 'da_h']) model[name].fill(NaN);
    const ids = list => Int32Array.from(list), from = state && state.map(one => Float32Array.from(one));
    const [loss, grads, last] = model.lossAndGrads(ids(inputs), ids(targets), from);
    const only = model.loss(ids(inputs), ids(targets), from)[0];
    const named = Object.keys(grads.shapes).map(name => [name, Array.from(grads[name])]);
    return {loss, only, grads: Object.fromEntries(named), state: last.map(one => Array.from(one))};
}"""
# Starts from the weights of NumPy's run; `set` is what the controls of the laboratory say.
RUN = """({text, heldout, settings, set, vector, updates}) => {
    const training = new engine.Training({text, heldout, ...settings});
    training.model.params.vector.set(vector);
    training.set(set);
    const before = training.measure(), losses = [];
    for (let n = 0; n < updates; n++) { training.update(); losses.push(training.last) }
    return {before, losses, after: training.measure()};
}"""


@pytest.fixture(scope="module")
def page(browser):
    """A blank page with the engine."""
    page = browser._browser.new_page()
    page.set_content("<!doctype html>")
    page.add_script_tag(content=f"{ENGINE}\nwindow.engine = courseEngine();")
    yield page
    page.close()


def network(cell: str, V: int, H: int, seed: int = 0) -> CharModel:
    """A network with weights and biases that are the same in float32."""
    model = CharModel(CELLS[cell](V, H), np.random.default_rng(seed))
    weights = np.random.default_rng(seed + 1).normal(0, 0.6 / np.sqrt(H) + 0.1, len(model.params.vector))
    model.params.vector[:] = weights.astype(np.float32)
    return model


def relative(found, wanted: np.ndarray) -> float:
    """How far an array is from what it should be, as a share of its length."""
    found = np.reshape(found, wanted.shape)
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("carried", [True, False], ids=["carried", "from zero"])
def test_loss_state_and_every_gradient_are_those_of_numpy(page, cell, sizes, carried):
    V, H, T = sizes
    model, rng = network(cell, V, H), np.random.default_rng(7)
    ids = rng.integers(V, size=T + 1)
    first = tuple(rng.integers(-9, 9, (1, H)) / 16 for _ in model.cell.state_names) if carried else None
    loss, grads, state = model.loss_and_grads(ids[:-1, None], ids[1:, None], first)
    found = page.evaluate(ONE_CHUNK, {
        "cell": cell, "V": V, "H": H, "vector": model.params.vector.tolist(), "inputs": ids[:-1].tolist(),
        "targets": ids[1:].tolist(), "state": first and [one.ravel().tolist() for one in first]})
    assert found["loss"] == pytest.approx(loss, rel=1e-4) == found["only"]
    assert list(found["grads"]) == list(grads)
    far = {name: relative(found["grads"][name], array) for name, array in grads.items()}
    assert max(far.values()) < 1e-4, far
    assert max(map(relative, found["state"], state)) < 1e-4


# At the class's rate of 0.1 runs of NumPy from weights that differ by 1e-7 are 5 % apart after 200 updates.
STARTS = {"optimizer": "Adagrad", "learning_rate": 0.02, "clip": "by value", "threshold": 0.2}
RUNS = {
    "class": {}, "norm": {"clip": "by norm", "threshold": 0.5},
    "Adam": {"optimizer": "Adam", "learning_rate": 0.003}, "SGD": {"optimizer": "SGD", "clip": "off"},
    "RMSProp": {"optimizer": "RMSProp", "learning_rate": 0.002}, "not shifted": {"targets_not_shifted": True},
    "not carried": {"state_not_carried": True}, "faults": {"no_clipping": True, "rate_times_ten": True,
                                                           "learning_rate": 0.003},
}


@pytest.mark.parametrize(
    ("cell", "name"), [*(("RNN", name) for name in RUNS), ("GRU", "class"), ("LSTM", "Adam")])
def test_two_hundred_updates_end_where_those_of_numpy_end(page, cell, name):
    settings, corpus = STARTS | RUNS[name], course_corpus()
    training = CorpusTraining(corpus, cell, 40, 25, 0)
    text, heldout = corpus.texts()
    asked = {"text": text, "heldout": heldout, "set": settings, "updates": 200,
             "vector": training.model.params.vector.tolist(),
             "settings": {"cell": cell, "hidden_size": 40, "sequence_length": 25}}
    found = page.evaluate(RUN, asked)
    set_by_hand(training, settings)
    training.measure()
    losses = []
    for _ in range(200):
        training.update()
        losses.append(training.history.last)
    training.measure()
    before, *_, after = training.history.heldout
    assert found["before"] == pytest.approx(before, rel=1e-4)
    assert found["losses"][-1]["smoothed"] == pytest.approx(losses[-1].smoothed_loss, rel=1e-3)
    assert found["after"] == pytest.approx(after, rel=1e-3)
    for here, there in zip(found["losses"][:20], losses[:20], strict=True):
        assert here["loss"] == pytest.approx(there.loss, rel=1e-3)
        assert here["norm"] == pytest.approx(there.grad_norm, rel=1e-3)
    clipped = [one["clipped"] for one in found["losses"]]
    assert np.mean(clipped) == pytest.approx(np.mean(training.history.clipped), abs=0.02)


def set_by_hand(training: CorpusTraining, settings: dict) -> None:
    """Bring NumPy's run to settings, as the laboratory does."""
    apply_settings(training, dict.fromkeys(FAULTS, False) | settings)
