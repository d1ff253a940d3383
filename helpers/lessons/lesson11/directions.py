"""A network that reads forward and one that reads both ways, with a task that asks what comes later."""

import numpy as np

from helpers.networks import GRU, Adam, Parameters, clip_norm, one_blas_thread, softmax

SYMBOLS, LENGTH, BATCH = 8, 10, 32


def label_repeats(symbols: np.ndarray) -> np.ndarray:
    """For each place of (T, B) whether the same symbol comes once more later: 1 or 0."""
    later = [(symbols[t + 1 :] == symbols[t]).any(axis=0) for t in range(len(symbols))]
    return np.array(later).astype(int)


def share_of_labels(
    rng: np.random.Generator, both: bool, hidden_size: int = 32, updates: int = 1000,
) -> dict[str, float]:
    """Train a GRU, or two that read in opposite directions, to say where a symbol comes again.

    Returns:
        "accuracy" on 500 new strings of ten symbols out of eight; "often", the share of a guess that says at
        each place what is more frequent there, the best that is possible without seeing the rest.
    """
    H, cell = hidden_size, GRU(SYMBOLS, hidden_size)
    ways = (1, -1) if both else (1,)
    size = sum(int(np.prod(shape)) for shape in cell.shapes.values())
    shapes = {f"w{n}_{name}": shape for n in range(len(ways)) for name, shape in cell.shapes.items()}
    p = Parameters({**shapes, "W_hy": (H * len(ways), 2), "b_y": (2,)}, dtype=np.float32)
    grads, optimizer = p.zeros_like(), Adam(0.01)

    def part(everything: Parameters, n: int) -> Parameters:
        return Parameters(cell.shapes, everything.vector[n * size : (n + 1) * size])

    for n in range(len(ways)):
        part(p, n).vector = cell.init(rng, dtype=np.float32).vector
    p.W_hy = rng.uniform(-1, 1, p.W_hy.shape) / np.sqrt(H)

    def read(x):
        runs = [cell.forward(part(p, n), x[::way]) for n, way in enumerate(ways)]
        h = np.concatenate([run[0][::way] for run, way in zip(runs, ways, strict=True)], axis=2)
        return h, [run[2] for run in runs], softmax(h @ p.W_hy + p.b_y)

    with one_blas_thread():
        for _ in range(updates):
            x = rng.integers(SYMBOLS, size=(LENGTH, BATCH))
            h, caches, dy = read(x)
            dy = (dy - np.eye(2)[label_repeats(x)]).astype(np.float32) / x.size
            grads.W_hy, grads.b_y = np.einsum("tbh,tbk->hk", h, dy), dy.sum(axis=(0, 1))
            d_h = np.split(dy @ p.W_hy.T, len(ways), axis=2)
            for n, way in enumerate(ways):
                cell.backward(part(p, n), np.ascontiguousarray(d_h[n][::way]), caches[n], grads=part(grads,
                                                                                                     n))
            clip_norm(grads, 1.0)
            optimizer.update(p, grads)
        x = rng.integers(SYMBOLS, size=(LENGTH, 500))
        wanted = label_repeats(x)
        often = np.maximum(wanted.mean(axis=1), 1 - wanted.mean(axis=1)).mean()
        return {"accuracy": float((read(x)[2].argmax(axis=2) == wanted).mean()), "often": float(often)}
