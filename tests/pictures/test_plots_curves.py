"""The pictures of lesson 02 say what their numbers are, and move without being drawn anew."""

import json
import warnings

import numpy as np
import pytest

from helpers.lessons.lesson02 import plot_next_characters, plot_nll
from helpers.pictures import frame_key, run_curve
from helpers.runs import History


def a_shipped_run(train, heldout, updates=(0, 10, 100, 1000), **settings) -> History:
    settings = {"hidden_size": 100, "length": 25, "learning_rate": 0.1, "optimizer": "Adagrad", **settings}
    return History.of({"settings": settings, "updates": updates, "smoothed_loss": [4.1, 4.0, 3.5, 2.5],
                       "train": train, "heldout": heldout})


OVERFITTED = a_shipped_run([4.09, 3.0, 2.0, 1.0], [4.09, 3.1, 2.3, 2.9])
LEARNING = a_shipped_run([4.1, 3.5, 3.2, 3.0], [4.09, 3.6, 3.3, 3.1], hidden_size=10, learning_rate=0.01)


def words(picture) -> list[str]:
    return [text.get_text() for ax in picture.figure.axes for text in ax.texts]


def a_history(*losses: float) -> History:
    history = History(start=4.0)
    for loss in losses:
        history.add(loss)
    return history


def test_the_smoothed_loss_starts_at_chance_and_follows_from_the_first_update_on():
    history = a_history()
    history.record()
    history.add(2.0)
    history.record()
    history.add(1.0)
    history.record()
    assert history.smoothed_loss.tolist() == pytest.approx([4.0, 2.0, (0.995 * 2 + 1) / 1.995])
    assert history.index == 2 and history.updates.tolist() == [0, 1, 2]


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


def test_the_best_held_out_loss_says_where_to_stop():
    history = a_history()
    for update, loss in ((0, 4.0), (100, 2.3), (1000, 2.9)):
        history.record(update, heldout=loss)
    assert history.best_heldout() == OVERFITTED.best_heldout() == (100, 2.3)
    with pytest.raises(ValueError, match="has no held-out losses"):
        a_history(3.0).best_heldout()


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


def test_moving_the_dials_does_not_draw_the_axes_again():
    first, second = run_curve(OVERFITTED, beside=OVERFITTED), run_curve(LEARNING, beside=OVERFITTED)
    assert frame_key(first.figure) == frame_key(second.figure) is not None


@pytest.mark.parametrize(("character", "words", "tick"), [
    ("\t", "the tab", "tab"), ("\n", "the line end", "new\nline"), ("é", "'é'", "é"),
    *((each, f"the U+{number}", f"U+\n{number[:2]}\n{number[2:]}") for each, number in (
        ("\u202e", "202E"), ("\u200b", "200B"), ("\u0301", "0301"), ("\ufeff", "FEFF"), ("\u00ad", "00AD"))),
    ("\U000e0061", "the U+E0061", "U+\nE00\n61"),
    ("漢", "'漢'", "U+\n6F\n22"),                  # of which the picture's type would draw an empty box
])
def test_every_character_is_told_from_the_others_in_sentence_and_ticks(character, words, tick):
    picture = plot_next_characters(np.array([0.7, 0.3]), character + "b")
    assert picture.sentence.startswith(f"The most probable character is {words} (0.700). The choice")
    assert [label.get_text() for label in picture.figure.axes[0].get_xticklabels()] == [tick, "b"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")          # matplotlib warns of what its type does not have
        assert picture.png


def test_a_surprise_is_told_in_nats_bits_and_perplexity():
    assert plot_nll(0.25).sentence.endswith("0.25 costs 1.39 nats, or 2.00 bits: a perplexity of 4.0.")
    assert "costs 0.00 nats" in plot_nll(1.0).sentence
    assert frame_key(plot_nll(0.25).figure) == frame_key(plot_nll(0.9).figure) is not None
    for impossible in (0.0, -0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="probability"):
            plot_nll(impossible)
