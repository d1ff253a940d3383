"""The numbers that a published program starts from, so that its results can be met to the digit."""

import numpy as np


def small_lstm(rng: np.random.Generator | None = None) -> dict[str, np.ndarray]:
    """What the exercise starts from: four inputs of 50 numbers, and weights that all four gates share.

    Args:
        rng: for fresh numbers; without it those of the program "Simple LSTM", which seeds its generator
            again for every array, so that all gates start alike.

    Returns:
        W_xh (50, 400), W_hh (100, 400), b_h (400,), inputs (4, 50), targets (4,).
    """
    W = 0.2 * (rng or old_stream(0)).random((100, 150)) - 0.1
    rng = rng or old_stream(0)
    b = 0.2 * rng.random(100) - 0.1
    return {"W_xh": np.tile(W[:, :50].T, 4), "W_hh": np.tile(W[:, 50:].T, 4), "b_h": np.tile(b, 4),
            "inputs": rng.random((4, 50)), "targets": np.array([-0.5, 0.2, 0.1, -0.5])}


def old_stream(seed: int) -> np.random.Generator:
    """The uniform numbers that NumPy's old global generator gave after it was seeded with `seed`.

    The Mersenne twister MT19937, whose 624 words are filled from one number.
    """
    key = np.empty(624, np.uint32)
    key[0] = word = seed
    for k in range(1, 624):
        key[k] = word = (1812433253 * (word ^ (word >> 30)) + k) % 2**32
    bits = np.random.MT19937(0)
    bits.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}
    return np.random.Generator(bits)
