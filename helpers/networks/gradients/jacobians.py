"""How far a gradient reaches: its norm by lag, and the Jacobian of a state by an earlier state.

Both are found for any cell by its own backward pass, piece by piece, so they are exact and know nothing
of the cell's equations. Lag k means: by the state k steps before the last.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells.cell import Cell
from helpers.networks.parameters import Parameters


def gradient_norms(
    cell: Cell, p: Parameters, x: np.ndarray, d_h: np.ndarray | None = None, state=None, by: str = "h"
) -> np.ndarray:
    """Norm of the gradient of a loss at the last step, by the state `lag` steps earlier.

    Args:
        x: (T, B, D) floats or (T, B) symbols, what the cell reads.
        d_h: (B, H), the gradient with respect to the last state; if left out, the same direction for all
            sequences.
        state: the state before the first step; None means zeros.
        by: which part of the earlier state, a name in `cell.state_names`; the other part is held.

    Returns:
        (T + 1,) norms over all B sequences together, for lags 0 to T, divided by the norm of `d_h`:
        with ``by="h"`` the first is 1.
    """
    which = _part(cell, by)
    x = np.asarray(x)
    if d_h is None:
        d_h = np.ones((x.shape[1] if x.ndim > 1 else 1, cell.hidden_size))
    d_h = np.asarray(d_h, dtype=float)
    size = np.linalg.norm(d_h)
    if not 0 < size < np.inf:
        raise ValueError(f"d_h has the norm {size}. Give a finite gradient that is not zero.")
    with one_blas_thread():
        steps = _backward(cell, p, x, d_h / size, state, range(len(x) + 1))
        return np.array([np.linalg.norm(d[which]) for d in steps])


def running_jacobians(
    cell: Cell, p: Parameters, x: np.ndarray, lags: Sequence[int], state=None, by: str = "h"
) -> np.ndarray:
    """The Jacobians of the last state h_t by earlier states, along one sequence.

    Args:
        cell, p, state, by: as in `gradient_norms`.
        x: (T, 1, D) floats or (T, 1) symbols.
        lags: ascending whole numbers from 0 to T; a few take much less time than all.

    Returns:
        (len(lags), H, H): a small change d of h_s, a row, changes h_t by d @ J. For the plain cell with
        tanh J is the product of W_hh * (1 - h**2) over the steps after s, in the order of time.
    """
    which, x, H = _part(cell, by), np.asarray(x), cell.hidden_size
    if x.ndim < 2 or x.shape[1] != 1:
        raise ValueError(f"x has shape {x.shape}. Give one sequence, (T, 1) symbols or (T, 1, D) floats.")
    lags = list(lags)
    if not lags or lags != sorted(set(lags)) or lags[0] < 0 or lags[-1] > len(x):
        raise ValueError(f"lags is {lags!r}. Give ascending whole numbers from 0 to {len(x)}, the "
                         "number of steps in x.")
    if state is not None:
        state = tuple(np.repeat(part, H, axis=0) for part in state)
    # H copies of the sequence, and for copy i the gradient of the i-th entry of h_t: a column of J.
    with one_blas_thread():
        steps = _backward(cell, p, np.repeat(x, H, axis=1), np.eye(H), state, lags)
        return np.array([d[which].T for d in steps])


def singular_values(jacobians: np.ndarray) -> np.ndarray:
    """Singular values of each Jacobian (L, H, H), (L, H), largest first.

    The largest is the most that any small change is stretched. Values that rounding hides, under about
    1e-14 of the largest, are NaN.
    """
    jacobians = np.asarray(jacobians)
    with one_blas_thread():
        values = np.linalg.svd(jacobians, compute_uv=False)
    hidden = values < np.finfo(values.dtype).eps * values.shape[-1] * values[..., :1]
    return np.where(hidden, np.nan, values)


def eigenvalues(W: np.ndarray) -> np.ndarray:
    """The eigenvalues (H,) of the square matrix W (H, H), most of them complex."""
    with one_blas_thread():
        return np.linalg.eigvals(W)


def spectral_radius(W: np.ndarray) -> float:
    """The largest absolute value of an eigenvalue of the square matrix W."""
    return float(np.abs(eigenvalues(W)).max())


def factor_per_step(norms: np.ndarray, first: int = 0, last: int | None = None) -> float:
    """By what `norms` are multiplied at each lag on average, from a straight line through their logarithms.

    `first` and `last` are the lags to use. Norms that are zero or have overflowed are left out.

    >>> round(factor_per_step(0.5 ** np.arange(20)), 4)
    0.5
    """
    norms = np.asarray(norms, dtype=float)[first : None if last is None else last + 1]
    there = np.flatnonzero((norms > 0) & np.isfinite(norms))
    if len(there) < 2:
        raise ValueError(f"only {len(there)} of the norms from lag {first} on can be used, but "
                         "fitting a line needs two that are above 0 and finite")
    return float(np.exp(np.polyfit(there, np.log(norms[there]), 1)[0]))


def _part(cell: Cell, by: str) -> int:
    if by not in cell.state_names:
        raise ValueError(f"by is {by!r}, but the state of {cell} has only {' and '.join(cell.state_names)}")
    return cell.state_names.index(by)


def _backward(
    cell: Cell, p: Parameters, x: np.ndarray, d_h: np.ndarray, state, lags: Sequence[int]
) -> Iterator[tuple]:
    """The gradient with respect to the state at each of the ascending `lags`, from that at the last: (B, H).

    The sequence is cut at those lags, and each piece goes back as a whole: few pieces are quick.
    """
    pieces, start = [], 0
    for cut in [len(x) - lag for lag in reversed(lags)] + [len(x)]:
        if cut > start:
            _, state, cache = cell.forward(p, x[start:cut], state)
            pieces.append((cut, np.zeros((cut - start, *d_h.shape)), cache))
            start = cut
    d_state = (d_h, *(np.zeros_like(d_h) for _ in cell.state_names[1:]))
    grads = Parameters(cell.shapes, dtype=p.vector.dtype)
    for lag in lags:
        while pieces and pieces[-1][0] > len(x) - lag:
            _, nothing, cache = pieces.pop()
            _, _, d_state = cell.backward(p, nothing, cache, d_state, grads=grads)
        yield d_state
