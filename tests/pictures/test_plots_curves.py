"""The curves of a run: they start at chance, stay short, and are the same again from a file."""

import json

import numpy as np
import pytest

from helpers.runs import History


def test_however_long_a_run_its_first_look_and_its_last_stay_and_so_do_its_first_update_and_its_last():
    history = History(start=4.0)
    for update in range(1300):
        history.record(heldout=-update)
        assert history.updates[0] == history.heldout[0] == 0
        assert history.updates[-1] == -history.heldout[-1] == update
        assert len(history.heldout) == len(history.updates) == len(history.smoothed_loss) <= 150
        history.add(update + 1, grad_norm=1300 - update, clipped=update < 310)
        updates, losses, _, norms = history.curves()
        assert updates[-1] == losses[-1] == update + 1 and (updates == losses).all() and len(updates) <= 300
        assert norms[0] == 1300, "the largest gradient since the point before"
    assert (np.diff(history.updates) > 0).all() and (np.diff(updates) > 0).all()
    assert history.clipped_steps() == 0.01 and list(history.norms) == [*range(1000, 0, -1)], "the last 1,000"


def test_a_history_that_was_written_to_a_file_is_the_same_again():
    history = History(start=4.0, settings={"seed": 1})
    for update in range(3):
        history.record(train=3.0 - update, heldout=3.25)
        history.add(3.0)
    history.samples.append((2, "hello"))
    kept = {"settings": history.settings, "samples": history.samples, **history.kept()}
    again = History.of(json.loads(json.dumps(kept)))
    assert again.settings == history.settings and again.samples == history.samples and again.index == 2
    for name in ("updates", "smoothed_loss", "train", "heldout"):
        assert getattr(again, name).tolist() == pytest.approx(getattr(history, name).tolist())
