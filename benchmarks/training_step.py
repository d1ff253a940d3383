"""How fast is one whole update: forward, backward, clip, Adagrad?

    python benchmarks/training_step.py            # all sizes, about fifteen minutes
    python benchmarks/training_step.py --quick    # a look, about a minute

Prints Markdown tables; `benchmarks/README.md` says how to read them. Every number is process CPU
time with one BLAS thread. PyTorch's columns are left out where it is not installed.
"""

import argparse
import gc
import itertools
import statistics
import time

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import Adagrad, CharModel, cells, train

try:
    import torch
except ImportError:
    torch = None

SIZES = {  # batch B, steps T, hidden units H
    "class": (1, 25, 100),
    "lecture": (16, 32, 128),
    "medium": (32, 50, 256),
    "large": (64, 100, 512),
}
BLOCK_SECONDS, ROUNDS = 0.008, 30


class PlainLoop:
    """The plain form of the program, one column vector a step, as a first reader would write it."""

    def __init__(self, V: int, H: int, rng: np.random.Generator, dtype):
        def weights(*shape):
            return (0.01 * rng.standard_normal(shape)).astype(dtype)

        self.W_xh, self.W_hh, self.W_hy = weights(H, V), weights(H, H), weights(V, H)
        self.b_h, self.b_y = np.zeros((H, 1), dtype), np.zeros((V, 1), dtype)
        self.params = self.W_xh, self.W_hh, self.W_hy, self.b_h, self.b_y
        self.memory = [np.zeros_like(p) for p in self.params]
        self.h = np.zeros((H, 1), dtype)

    def update(self, inputs: list[int], targets: list[int]) -> float:
        x, h, probabilities, loss = {}, {-1: self.h}, {}, 0.0
        for t, symbol in enumerate(inputs):
            x[t] = np.zeros((self.W_xh.shape[1], 1), self.h.dtype)
            x[t][symbol] = 1
            h[t] = np.tanh(np.dot(self.W_xh, x[t]) + np.dot(self.W_hh, h[t - 1]) + self.b_h)
            y = np.dot(self.W_hy, h[t]) + self.b_y
            probabilities[t] = np.exp(y) / np.sum(np.exp(y))
            loss += -np.log(probabilities[t][targets[t], 0])
        grads = [np.zeros_like(p) for p in self.params]
        dW_xh, dW_hh, dW_hy, db_h, db_y = grads
        dh_next = np.zeros_like(self.h)
        for t in reversed(range(len(inputs))):
            dy = np.copy(probabilities[t])
            dy[targets[t]] -= 1
            dW_hy += np.dot(dy, h[t].T)
            db_y += dy
            dh = np.dot(self.W_hy.T, dy) + dh_next
            da = (1 - h[t] * h[t]) * dh
            db_h += da
            dW_xh += np.dot(da, x[t].T)
            dW_hh += np.dot(da, h[t - 1].T)
            dh_next = np.dot(self.W_hh.T, da)
        for g in grads:
            np.clip(g, -5, 5, out=g)
        for p, g, m in zip(self.params, grads, self.memory, strict=True):
            m += g * g
            p += -0.1 * g / np.sqrt(m + 1e-8)
        self.h = h[len(inputs) - 1]
        return loss

    def sample(self, symbol: int, length: int, rng: np.random.Generator) -> list[int]:
        h, ids, V = self.h, [], self.W_xh.shape[1]
        x = np.zeros((V, 1), h.dtype)
        x[symbol] = 1
        for _ in range(length):
            h = np.tanh(np.dot(self.W_xh, x) + np.dot(self.W_hh, h) + self.b_h)
            y = np.dot(self.W_hy, h) + self.b_y
            p = np.exp(y) / np.sum(np.exp(y))
            symbol = rng.choice(range(V), p=p.ravel())
            x = np.zeros((V, 1), h.dtype)
            x[symbol] = 1
            ids.append(symbol)
        return ids


def torch_step(kind: str, V: int, H: int, batches, dtype, loop: bool):
    """PyTorch eager: nn.RNN, nn.LSTM or nn.GRU, or with `loop` their cells in a Python loop."""
    dtype = getattr(torch, np.dtype(dtype).name)
    net = getattr(torch.nn, kind + "Cell" * loop)(V, H, dtype=dtype)
    read_out = torch.nn.Linear(H, V, dtype=dtype)
    weights = [*net.parameters(), *read_out.parameters()]
    optimizer = torch.optim.Adagrad(weights, lr=0.01)
    one_hot = torch.eye(V, dtype=dtype)
    state = None

    def detached(state):
        return tuple(map(detached, state)) if isinstance(state, tuple) else state.detach()

    def step():
        nonlocal state
        inputs, targets = next(batches)
        x = one_hot[inputs]
        if loop:
            states = []
            for x_t in x:
                state = net(x_t, state)
                states.append(state[0] if kind == "LSTM" else state)
            h = torch.stack(states)
        else:
            h, state = net(x, state)
        loss = torch.nn.functional.cross_entropy(read_out(h).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        state = detached(state)
        return loss.item()

    return step


def floor_step(gates: int, V: int, B: int, T: int, H: int, dtype):
    """Only the matrix products that an update can't do without, into arrays made before."""
    G, rng = gates * H, np.random.default_rng(0)

    def array(*shape):
        return rng.standard_normal(shape).astype(dtype)

    h, a, scores = array(T, B, H), array(T, B, G), array(T * B, V)
    W_hh, W_hh_T, W_hy, W_hy_T = array(H, G), array(G, H), array(H, V), array(V, H)
    dW_hh, dW_hy, d_h = array(H, G), array(H, V), array(T * B, H)
    flat_h, flat_a = h.reshape(T * B, H), a.reshape(T * B, G)
    out_a, out_h = array(B, G), array(B, H)
    if B == 1:
        h, a, out_a, out_h = h[:, 0], a[:, 0], out_a[0], out_h[0]

    def step():
        for h_t in h:
            np.dot(h_t, W_hh, out=out_a)           # forward, one product a step
        np.dot(flat_h, W_hy, out=scores)
        np.dot(scores, W_hy_T, out=d_h)
        np.dot(flat_h.T, scores, out=dW_hy)
        for a_t in a:
            np.dot(a_t, W_hh_T, out=out_h)         # backward, one product a step
        np.dot(flat_h.T, flat_a, out=dW_hh)

    return step


def measure(steps: dict, rounds: int) -> dict[str, list[float]]:
    """CPU seconds a call of every step, in blocks taken in turn so that a busy machine hits all alike."""
    counts = {}
    for name, step in steps.items():
        for _ in range(3):
            step()
        start = time.process_time()
        step()
        counts[name] = max(1, int(BLOCK_SECONDS / (time.process_time() - start)) + 1)
    seconds = {name: [] for name in steps}
    gc.collect()
    gc.freeze()  # what was made so far is not looked through while we measure
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            for _ in range(counts[name]):
                step()
            seconds[name].append((time.process_time() - start) / counts[name])
    return seconds


def ratio(seconds: dict, name: str, ours: str) -> str:
    """Median over the rounds of how many times longer `name` took than `ours`."""
    if name not in seconds:
        return "-"
    return f"{statistics.median(a / b for a, b in zip(seconds[name], seconds[ours], strict=True)):.2f}"


def compare(kind: str, size: str, dtype, rounds: int) -> dict[str, list[float]]:
    B, T, H = SIZES[size]
    text = load_text("input") * (1 + B * T * 3 // 4000)  # large batches read the text again and again
    vocabulary = Vocabulary(text)
    ids, V = vocabulary.encode(text), len(vocabulary)
    rng = np.random.default_rng(0)
    cell = getattr(cells, kind)(V, H)
    model = CharModel(cell, rng, dtype, scale=0.01)
    steps = {"ours": train(model, chunks(ids, T, B), Adagrad(0.01), clip_norm=1.0).__next__}
    if size == "class":
        plain = PlainLoop(V, H, rng, np.float64)                 # the program knows no other dtype
        pieces = itertools.cycle([(c.inputs.ravel().tolist(), c.targets.ravel().tolist())
                                  for c in itertools.islice(chunks(ids, T), 160)])
        steps["plain"] = lambda: plain.update(*next(pieces))
        drawn = ids[:1]
        steps["ours, sampling"] = lambda: model.sample(drawn, 100, rng)
        steps["plain, sampling"] = lambda: plain.sample(int(drawn[0]), 100, rng)
    if torch is not None:
        batches = [(torch.tensor(c.inputs), torch.tensor(c.targets))
                   for c in itertools.islice(chunks(ids, T, B), 20)]
        steps["torch"] = torch_step(kind, V, H, itertools.cycle(batches), dtype, loop=False)
        steps["torch, cell in a loop"] = torch_step(kind, V, H, itertools.cycle(batches), dtype, loop=True)
    steps["floor"] = floor_step(cell.gate_count, V, B, T, H, dtype)
    return measure(steps, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, no large size: a look only")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--cells", nargs="+", choices=["RNN", "GRU", "LSTM"], default=["RNN", "GRU", "LSTM"])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    if torch is not None:
        torch.set_num_threads(1)
    rounds = 5 if arguments.quick else arguments.rounds
    with threadpool_limits(1):
        print("| size | cell | dtype | ours, ms | plain / ours | torch / ours | torch cell / ours "
              "| ours / floor | sampling |")
        print("|---|---|---|---|---|---|---|---|---|")
        dtypes = np.float32, np.float64
        for size, kind, dtype in itertools.product(arguments.sizes, arguments.cells, dtypes):
            if arguments.quick and size == "large":
                continue
            s = compare(kind, size, dtype, rounds)
            floor = statistics.median(a / b for a, b in zip(s["ours"], s["floor"], strict=True))
            print(f"| {size} | {kind} | {dtype.__name__} | {1e3 * statistics.median(s['ours']):.3f} | "
                  f"{ratio(s, 'plain', 'ours')} | {ratio(s, 'torch', 'ours')} | "
                  f"{ratio(s, 'torch, cell in a loop', 'ours')} | {floor:.2f} | "
                  f"{ratio(s, 'plain, sampling', 'ours, sampling') if size == 'class' else '-'} |",
                  flush=True)


if __name__ == "__main__":
    main()
