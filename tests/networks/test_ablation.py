"""The table of what each trick of the fast code buys edits its source: here the edits still fit."""

from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_each_trick_can_be_switched_off_and_the_losses_are_the_same(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.syspath_prepend(tmp_path)
    import ablation

    for number, trick in enumerate(ablation.TRICKS):
        package = ablation.without(trick, f"helpers_{number}", tmp_path)
        for cell in trick.cells.split():
            with_it, without_it = (ablation.update(name, cell, (2, 25, 8), np.float64)
                                   for name in ("helpers", package))
            for _ in range(3):
                assert without_it().loss == pytest.approx(with_it().loss, abs=1e-9), (trick.name, cell)
