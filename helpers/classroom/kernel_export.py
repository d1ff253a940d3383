"""In the kernel of a submission: what a check is to be given, written down for the process that asks it."""

import linecache
import os
from collections.abc import Callable
from pathlib import Path

import cloudpickle

STOPPED, GIVEN, STUCK = b"S", b"G", b"K"        # the first byte says which it is


def hand_over(path: str, evaluate: Callable[[], tuple]) -> None:
    """Write what `evaluate` returns, functions with all that they need, or how it stops, to a new file.

    Some things can't be written, such as a lock: then which.
    """
    kind = STOPPED
    try:
        given = evaluate()
        kind = STUCK
        # Checks look at the code of a function, which is kept here by cell.
        cells = {name: entry for name, entry in linecache.cache.items()
                 if len(entry) == 4 and entry[1] is None}
        written = GIVEN + cloudpickle.dumps((given, cells))
    except Exception as error:
        written = kind + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:2000]
    part = Path(path + ".part")
    try:
        part.write_bytes(written)
    except OSError as error:                # files have a limit, and a function may need a large array
        part.write_bytes(STUCK + f"{len(written) // 1_000_000} MB: {error.strerror}".encode())
    os.replace(part, path)
