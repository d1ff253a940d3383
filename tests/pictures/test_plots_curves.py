"""The pictures of lesson 02 say what their numbers are, and move without being drawn anew."""

import contextlib
import json
import warnings
from itertools import combinations, pairwise

import numpy as np
import pytest

from helpers.lessons.lesson02 import plot_first_guess, plot_next_characters, plot_nll
from helpers.pictures import for_lecture, frame_key, laboratory_frame, loss_curve, race, run_curve
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


def test_a_loss_curve_states_its_ends_and_lists_only_what_it_shows():
    history = a_history(*[3.6] * 5)
    assert "from 4.00 to 3.60" in loss_curve(history).sentence
    legend = [text.get_text() for text in loss_curve(history).figure.axes[0].get_legend().get_texts()]
    assert legend == ["each update", "smoothed over about 200 updates"]
    history.record(0, heldout=4.0)
    history.record(5, heldout=3.5)
    assert "3.50" in loss_curve(history).sentence
    assert loss_curve(history, sentence="It falls.").sentence == "It falls."
    with pytest.raises(ValueError, match="at least one update"):
        loss_curve(History(start=4.0))


def test_names_of_lines_that_lie_close_together_stay_readable():
    picture = run_curve(OVERFITTED, {"bigram": 2.41, "no memory": 2.40, "trigram": 2.19, "goal": 2.0})
    ax = picture.figure.axes[0]
    heights = sorted(text.get_position()[1] for text in ax.texts if text.get_transform() == ax.transAxes)
    assert len(heights) == 4
    assert np.diff(heights).min() > 0.055  # of the axes' height: more than a line of type


def test_a_run_says_where_its_held_out_loss_was_best_and_what_became_of_it():
    picture = run_curve(OVERFITTED)
    assert "lowest after 100 updates, 2.30, and 2.90 at the end" in picture.sentence
    assert "100 units, length 25, rate 0.1" in picture.sentence
    assert "best 2.30" in words(picture)
    assert "still falling" in run_curve(LEARNING).sentence


def test_a_run_that_was_given_up_says_so_and_where_its_loss_went():
    picture = run_curve(a_shipped_run([4.1, 30, 300, 1234], [4.09, 9, 9, 9], diverged=True))
    assert "abandoned: by update 1,000 the loss" in picture.sentence and "at the end" not in picture.sentence
    assert "from 4.10 to 1,234.00 nats" in picture.sentence
    assert any("1,234 at the end" in text for text in words(picture))
    assert not any("beyond" in text for text in words(run_curve(LEARNING)))


def test_a_run_can_be_shown_as_a_live_run_shows_it_and_says_how_long_its_loss_remembers():
    picture = run_curve(OVERFITTED, smoothed=True)
    assert "smoothed training loss from 4.10 to 2.50" in picture.sentence
    legend = picture.figure.axes[0].get_legend().get_texts()
    assert "training, smoothed over about 200 updates" in [text.get_text() for text in legend]


def test_two_runs_can_be_compared_by_the_characters_they_read():
    short = a_shipped_run([4.09, 3.5, 3.2, 3.0], [4.09, 3.6, 3.3, 3.1], length=5)
    by_updates, by_characters = (run_curve(short, beside=OVERFITTED, count=c).figure.axes[0]
                                 for c in ("updates", "characters read"))
    assert by_updates.get_xlim()[1] == 1000
    assert by_characters.get_xlim()[1] == 25_000
    with pytest.raises(ValueError, match="characters read"):
        run_curve(short, count="seconds")


def test_moving_the_dials_does_not_draw_the_axes_again():
    first, second = run_curve(OVERFITTED, beside=OVERFITTED), run_curve(LEARNING, beside=OVERFITTED)
    assert frame_key(first.figure) == frame_key(second.figure) is not None


def test_a_race_says_how_high_the_highest_goes_where_all_have_come_down():
    x = [1, 2, 4, 8, 16, 32, 64, 1000]
    runs = {"calm": (x, [4, 4, 4, 4, 4, 3, 3, 1]), "wild": (x, [4, 9.25, 3, 3, 3, 5, 3, 2])}
    ax = race(runs).figure.axes[0]
    mark, number = ax.lines[-1], next(text for text in ax.texts if "up to" in text.get_text())
    assert (mark.get_marker(), number.get_text()) == ("^", "up to 9.25")
    ax.figure.canvas.draw()
    box = number.get_window_extent()
    ways = [line.get_transform().transform_path(line.get_path()) for line in ax.lines[:-1]]
    assert not any(way.intersects_bbox(box, filled=False) for way in ways)


def test_a_race_lists_its_runners_from_low_to_high():
    x = [0, 10, 100]
    picture = race({"slow": (x, [4.0, 3.0, 2.5]), "fast": (x, [4.0, 2.0, 1.0])}, {"chance": 4.0})
    assert picture.sentence.endswith("fast 1.00, slow 2.50.")
    assert {"fast 1.00", "slow 2.50", "chance 4.00"} <= set(words(picture))
    with pytest.raises(ValueError, match="at least one"):
        race({})


def test_runners_that_stop_early_are_named_where_they_stop():
    picture = race({"short": ([0, 10], [4.0, 3.0]), "long": ([0, 100], [4.0, 2.0])})
    place = {text.get_text(): text.get_position() for text in picture.figure.axes[0].texts}
    assert place["short"][0] == 10
    assert set(place) == {"short", "long"}


def test_the_bars_keep_the_order_of_the_reference():
    reference, sharper = np.array([0.1, 0.6, 0.3]), np.array([0.01, 0.9, 0.09])
    picture, moved = (plot_next_characters(bars, "a b", reference) for bars in (sharper, reference))
    assert frame_key(picture.figure) == frame_key(moved.figure) is not None
    assert [label.get_text() for label in picture.figure.axes[0].get_xticklabels()] == ["space", "b", "a"]
    assert "the space (0.900)" in picture.sentence


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


@pytest.mark.parametrize("first", [0x4E00, 0xAA96, 0x20000])
@pytest.mark.parametrize("lecture", [False, True])
def test_numbers_of_characters_do_not_touch_each_other(first, lecture):
    with for_lecture() if lecture else contextlib.nullcontext():
        figure = plot_next_characters(np.full(20, 0.05), "".join(map(chr, range(first, first + 20)))).figure
    labels = figure.axes[0].get_xticklabels()
    assert labels[0].get_text().replace("\n", "") == f"U+{first:04X}"
    boxes = [label.get_window_extent() for label in labels]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_characters_without_a_bar_are_counted_together():
    picture = plot_next_characters(np.full(60, 1 / 60), "".join(map(chr, range(40, 100))))
    labels = [label.get_text() for label in picture.figure.axes[0].get_xticklabels()]
    assert labels[-1] == "46\nmore"
    assert "choice among 60.0 equally likely" in picture.sentence


def test_probabilities_that_do_not_belong_to_the_characters_are_refused():
    with pytest.raises(ValueError, match="each of the 2 characters"):
        plot_next_characters(np.array([0.5, 0.3, 0.2]), "ab")


def test_a_surprise_is_told_in_nats_bits_and_perplexity():
    assert plot_nll(0.25).sentence.endswith("0.25 costs 1.39 nats, or 2.00 bits: a perplexity of 4.0.")
    assert "costs 0.00 nats" in plot_nll(1.0).sentence
    assert frame_key(plot_nll(0.25).figure) == frame_key(plot_nll(0.9).figure) is not None
    for impossible in (0.0, -0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="probability"):
            plot_nll(impossible)


def test_a_first_guess_tells_how_many_states_are_saturated():
    sentence = plot_first_guess(np.array([0.95, -0.95, 0.1, 0.0]), np.array([0.75, 0.25]), 1.5,
                                scale=1.0).sentence
    assert "50% of the states" in sentence
    assert "gets the probability 0.75" in sentence
    assert "1.50 nats" in sentence


def test_the_numbers_of_earlier_runs_stand_at_their_ends_and_clear_of_each_other():
    ends = [(100, 2.2), (100, 2.25), (50, 3.0), (49, 3.1), (98, 2.3), (30, 2.2)]
    ax = laboratory_frame(100, {"chance": 4.0}, [np.array([[1, x], [4.0, y]]) for x, y in ends]).axes[0]
    numbers = {text.get_text().strip(): text for text in ax.texts if text.get_text().strip().isdigit()}
    places = np.array([numbers[str(run)].get_position() for run in range(1, len(ends) + 1)])
    assert np.allclose(places[:, 1], [y for _, y in ends])
    assert places[[0, 2, 5], 0].tolist() == [100, 50, 30], "the lowest of those that are close stays"
    assert (abs(places[:, 0] - [x for x, _ in ends]) < 9).all()
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent().padded(-1) for text in numbers.values()]     # fonts differ
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
