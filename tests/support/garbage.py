"""How often Python looks for objects that only refer to each other."""

import gc


def seldom_collected() -> None:
    """Look less often, in this process: with all its figures and tests, a tenth of the time went there."""
    gc.set_threshold(200_000, 20, 50)


def collected_once() -> None:
    """Look for the last time, and then at nothing that is here: at its end pytest looks five times."""
    gc.collect()
    gc.freeze()
