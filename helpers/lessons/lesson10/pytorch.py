"""The course's cells and PyTorch's, with the same weights; the notebook calls it. It needs PyTorch.

PyTorch computes a layer as x W_ih^T + b_ih + h W_hh^T + b_hh: its weights are transposed, it has two
biases where ours has one (but for the GRU's inner one), and its LSTM has the gates in the order
i, f, g, o where ours has i, f, o, g.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence

import numpy as np

from helpers.data import Chunk, Vocabulary
from helpers.networks import GRU, LSTM, RNN, Adagrad, Adam, Cell, CharModel, Parameters, train
from helpers.runs import Checkpoint, HowFar, stepwise


class NoPyTorch(ImportError):
    """PyTorch is missing. In a notebook it shows as its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


try:
    import torch
except ImportError:
    raise NoPyTorch(
        "This lesson needs PyTorch, which is not installed here. Run  pip install torch  in a terminal, "
        "restart the kernel and run the lesson again. Without it, read on, because all results are saved."
    ) from None

# The parameters of a recurrent layer, a readout and an embedding.
LEAVES = ({"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}, {"weight", "bias"}, {"weight"})
LAYERS = {RNN: torch.nn.RNN, GRU: torch.nn.GRU, LSTM: torch.nn.LSTM}


def to_torch(cell: Cell, p: Parameters) -> torch.nn.RNNBase:
    """A `torch.nn.RNN`, `GRU` or `LSTM` that computes what `cell` computes with the parameters `p`.

    `p` may be those of a whole model. The layer has the dtype of `p`, one direction, and time first.
    """
    if type(cell) not in LAYERS:
        raise TypeError(f"cell is a {type(cell).__name__}. Use an RNN, GRU or LSTM from helpers.networks.")
    extra = {"nonlinearity": cell.nonlinearity} if isinstance(cell, RNN) else {}
    layer = LAYERS[type(cell)](cell.input_size, cell.hidden_size, **extra)
    b_hh = np.zeros_like(p["b_h"])
    if isinstance(cell, GRU):
        b_hh[2 * cell.hidden_size :] = p["b_hn"]
    weights = {
        "weight_ih_l0": _swap(cell, p["W_xh"]).T, "weight_hh_l0": _swap(cell, p["W_hh"]).T,
        "bias_ih_l0": _swap(cell, p["b_h"]), "bias_hh_l0": b_hh,
    }
    layer.to(torch.from_numpy(p["W_xh"]).dtype)
    layer.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    return layer


def from_torch(layer: torch.nn.RNNBase) -> tuple[Cell, Parameters]:
    """A cell of this course and its parameters, which compute what a PyTorch layer computes.

    Raises:
        TypeError: `layer` is no RNN, GRU or LSTM of PyTorch.
        ValueError: it has several layers, two directions, a projection, or no biases.
    """
    kinds = {theirs: ours for ours, theirs in LAYERS.items()}
    if type(layer) not in kinds:
        raise TypeError(f"layer must be a torch.nn.RNN, GRU or LSTM, got {type(layer).__name__}")
    if layer.num_layers != 1 or layer.bidirectional or layer.proj_size or not layer.bias:
        raise ValueError(f"a cell of this course is one layer in one direction, with biases, got {layer}")
    extra = {"nonlinearity": layer.nonlinearity} if isinstance(layer, torch.nn.RNN) else {}
    cell = kinds[type(layer)](layer.input_size, layer.hidden_size, **extra)
    p = Parameters(cell.shapes, dtype=_numpy(layer.weight_hh_l0).dtype)
    for name, array in _by_our_names(cell, {name: _numpy(w) for name, w in layer.named_parameters()}).items():
        p[name] = array
    return cell, p


def to_checkpoint(state: Mapping[str, torch.Tensor], symbols: Sequence[str]) -> Checkpoint:
    """A PyTorch character model as a model of this course, to be saved by `helpers.runs.save`.

    Dropout is left out. An embedding becomes part of W_xh: one-hot rows times its table times W_ih^T.

    Args:
        state: a `state_dict`: of one `torch.nn.RNN` (tanh), `GRU` or `LSTM`, one layer in one direction; of
            one `Linear`, its readout to V scores; and of one `Embedding` of V rows, or none.
        symbols: V characters, in the order of the scores.

    Raises:
        ValueError: it holds something else, or sizes do not fit; the sentence says what.
    """
    parts: dict[str, dict[str, np.ndarray]] = {}
    for name, tensor in state.items():
        owner, _, leaf = name.rpartition(".")
        parts.setdefault(owner, {})[leaf] = _numpy(tensor)
    layers, read_outs, tables = (
        [part for part in parts.values() if part.keys() == leaves] for leaves in LEAVES)
    V = len(symbols)
    if [len(layers), len(read_outs)] != [1, 1] or len(tables) > 1 or len(parts) > 2 + len(tables):
        raise ValueError(f"state has {', '.join(state)}: it must have the parameters of one RNN, GRU or LSTM "
                         "of one layer in one direction, of one Linear, both with biases, and of at most "
                         "one Embedding")
    layer, read_out, table = layers[0], read_outs[0], tables[0]["weight"] if tables else np.eye(V)
    rows, H = layer["weight_hh_l0"].shape
    sizes = {"the readout": (read_out["weight"].shape, (V, H)),
             "the embedding": (table.shape, (V, layer["weight_ih_l0"].shape[1]))}
    for what, (shape, wanted) in sizes.items():
        if shape != wanted:
            raise ValueError(f"{what} has shape {shape}, but {V} symbols and {H} units need {wanted}")
    cell, vocabulary = {1: RNN, 3: GRU, 4: LSTM}[rows // H](V, H), Vocabulary("".join(symbols))
    order = [list(symbols).index(symbol) for symbol in vocabulary.characters]
    model = CharModel(cell, np.random.default_rng(0), dtype=layer["weight_hh_l0"].dtype)
    ours = _by_our_names(cell, layer)
    model.params.W_xh = (table @ _swap(cell, layer["weight_ih_l0"].T))[order]
    for name in ours.keys() - {"W_xh"}:
        model.params[name] = ours[name]
    model.params.W_hy, model.params.b_y = read_out["weight"][order].T, read_out["bias"][order]
    return Checkpoint(model, Adam(0.001), vocabulary=vocabulary)


def gradients(cell: Cell, layer: torch.nn.RNNBase) -> dict[str, np.ndarray]:
    """The gradients in the layer's weights after `backward`, under our names and in our order.

    Where ours has one bias, both of PyTorch's have the same gradient, which is taken once.
    """
    theirs = {name: _numpy(w.grad) for name, w in layer.named_parameters()}
    theirs["bias_hh_l0"] = theirs["bias_hh_l0"].copy()
    theirs["bias_hh_l0"][: None if not isinstance(cell, GRU) else 2 * cell.hidden_size] = 0
    return _by_our_names(cell, theirs)


def _by_our_names(cell: Cell, theirs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    b_ih, b_hh = theirs["bias_ih_l0"], theirs["bias_hh_l0"]
    ours = {"W_xh": _swap(cell, theirs["weight_ih_l0"].T), "W_hh": _swap(cell, theirs["weight_hh_l0"].T)}
    if isinstance(cell, GRU):  # the candidate's inner bias stays apart, because the reset gate multiplies it
        inner = 2 * cell.hidden_size
        ours["b_h"], ours["b_hn"] = b_ih.copy(), b_hh[inner:]
        ours["b_h"][:inner] += b_hh[:inner]
    else:
        ours["b_h"] = _swap(cell, b_ih + b_hh)
    return ours


def _swap(cell: Cell, array: np.ndarray) -> np.ndarray:
    """The columns with the last two gates of an LSTM exchanged: from our order to PyTorch's, and back."""
    if not isinstance(cell, LSTM):
        return array
    i, f, third, fourth = np.split(array, 4, axis=-1)
    return np.concatenate([i, f, fourth, third], axis=-1)


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()


@stepwise
def updates_per_second(
    cell: Cell, batch: int, length: int, seconds: float = 1.0
) -> Generator[HowFar, None, dict[str, float]]:
    """Updates per second of this course's code, "NumPy", and of "PyTorch", in float32, on one thread.

    Both do the same: symbols in, scores, cross-entropy, backward, norm clip, Adagrad. They take short turns,
    and the rates are medians over these.
    """
    rng = np.random.default_rng(0)
    model = CharModel(cell, rng, dtype=np.float32)
    ids = rng.integers(cell.input_size, size=(length + 1, batch))
    ours = train(model, iter(lambda: Chunk(ids[:-1], ids[1:], False), None), Adagrad(0.01), clip_norm=1.0)
    layer = to_torch(cell, model.params)
    read_out = torch.nn.Linear(cell.hidden_size, cell.input_size, dtype=layer.weight_hh_l0.dtype)
    runs = {"NumPy": lambda: next(ours), "PyTorch": torch_update(layer, read_out, ids)}
    rates: dict[str, list[float]] = {name: [] for name in runs}
    spent = 0.0
    while spent < seconds or len(rates["PyTorch"]) < 5:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            for name, update in runs.items():
                began, count = time.perf_counter(), 0
                while (took := time.perf_counter() - began) < 0.02:
                    update()
                    count += 1
                rates[name].append(count / took)
                spent += took
        finally:
            torch.set_num_threads(threads)      # for others, who run while this one is paused
        yield min(spent / seconds, 1.0)
    return {name: float(np.median(turns)) for name, turns in rates.items()}


def torch_update(
    layer: torch.nn.RNNBase, read_out: torch.nn.Linear, ids: np.ndarray
) -> Callable[[], None]:
    """A function that makes one update as PyTorch users write it, on the same `ids` (T + 1, B) each time."""
    table = torch.eye(layer.input_size, dtype=layer.weight_hh_l0.dtype)
    weights = [*layer.parameters(), *read_out.parameters()]
    optimizer = torch.optim.Adagrad(weights, lr=0.01)
    x, targets = torch.from_numpy(ids[:-1]), torch.from_numpy(ids[1:]).reshape(-1)

    def update() -> None:
        optimizer.zero_grad()
        h, _ = layer(table[x])
        scores = read_out(h).reshape(len(targets), -1)
        torch.nn.functional.cross_entropy(scores, targets).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()

    return update


class SmallNet(torch.nn.Module):
    """A character model whose state is a single tensor, for exercise 10.5."""

    def __init__(self, symbols: int, hidden_size: int):
        super().__init__()
        self.cell = torch.nn.GRU(symbols, hidden_size)
        self.read_out = torch.nn.Linear(hidden_size, symbols)

    def forward(
        self, inputs: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (T, B, V) for whole numbers (T, B), and the state (1, B, H) after them."""
        rows = torch.nn.functional.one_hot(inputs, self.cell.input_size).to(self.read_out.weight.dtype)
        h, state = self.cell(rows, state)
        return self.read_out(h), state


def updates_of(
    net: torch.nn.Module, chunks: Sequence[tuple[torch.Tensor, torch.Tensor]], rate: float = 0.01,
    clip: float | None = 1.0, zero: bool = True, carry: bool = True, step: bool = True, padding: bool = True,
) -> list[float]:
    """Train `net` with Adam on one (inputs, targets) after the other, and return the losses.

    Args:
        zero, carry, step: whether gradients are set to zero, the state is passed on, and weights move.
        padding: whether targets of -1 are left out; otherwise they count as symbol 0.
    """
    optimizer, state, losses = torch.optim.Adam(net.parameters(), lr=rate), None, []
    for inputs, targets in chunks:
        scores, state = net(inputs, state)
        state = state.detach() if carry else None
        loss = torch.nn.functional.cross_entropy(
            scores.flatten(0, 1), (targets if padding else targets.clamp(0)).flatten(), ignore_index=-1)
        if zero:
            optimizer.zero_grad()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
        if step:
            optimizer.step()
        losses.append(loss.item())
    return losses
