"""The pages to be filled in by hand: every number is right, and the blank page gives none of them away."""

import re

import numpy as np
import pytest

from helpers.lessons.lesson01 import drawings as hello
from helpers.lessons.lesson03 import drawings as backward
from helpers.lessons.lesson05 import drawings as clipping
from helpers.lessons.lesson07 import drawings as lstm
from helpers.networks import numerical_gradient

PAGES = [hello.page_hello, backward.page_backward, clipping.page_clipping, lstm.page_lstm]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)


def words(picture) -> set[tuple[int, int, str]]:
    """What stands on a page: place, from the top down, and text."""
    return {(-round(text.get_position()[1]), round(text.get_position()[0]), text.get_text())
            for text in picture.figure.axes[0].texts if text.get_text()}


def answers(page) -> list[str]:
    """What only the filled page shows, as it is read: row by row, from the left."""
    return [text for _, _, text in sorted(words(page(filled=True)) - words(page()))]


def agrees(shown: str, value: float) -> bool:
    """Whether the printed number is the value, to its last digit."""
    digits = len(shown.partition(".")[2])
    return abs(float(shown.replace("\N{MINUS SIGN}", "-")) - value) <= 0.5001 * 10.0**-digits


def assert_filled(page, expected) -> None:
    shown = answers(page)
    assert len(shown) == len(expected)
    wrong = [(place, number, value) for place, (number, value) in enumerate(zip(shown, expected, strict=True))
             if not (number == value if isinstance(value, str) else agrees(number, value))]
    assert wrong == []


@every_page
def test_a_blank_page_is_the_filled_one_without_what_stands_in_the_white_boxes(page):
    blank, filled = page(), page(filled=True)
    assert words(blank) < words(filled)
    boxes, = re.findall(r": (\d+) boxes are empty\.$", blank.sentence)
    frames = [patch for patch in filled.figure.axes[0].patches
              if patch.get_label() == "node" and np.allclose(patch.get_facecolor(), 1)]
    assert int(boxes) == len(answers(page)) == len(frames) and 25 <= int(boxes) <= 40
    for row, x, _ in words(filled) - words(blank):
        assert sum(frame.get_bbox().contains(x, -row) for frame in frames) == 1
    for row, x, text in words(blank):
        assert not any(frame.get_bbox().contains(x, -row) for frame in frames), f"{text} fills a white box"


def test_the_way_back_agrees_with_central_differences():
    W_xh, W_hy = (np.array(backward.WEIGHTS[name]) for name in ("W_xh", "W_hy"))
    W_hh = np.array([backward.WEIGHTS["W_hh"]] * 3)             # one for each step, all alike
    a_moved, h_moved, y_moved = np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))

    def losses():
        h, found = np.zeros(2), []
        for t, (letter, wanted) in enumerate(zip((0, 1, 1), (1, 1, 0), strict=True)):
            h = np.tanh(W_xh[letter] + h @ W_hh[t] + a_moved[t]) + h_moved[t]
            y = h @ W_hy + y_moved[t]
            found.append(np.log(np.exp(y).sum()) - y[wanted])
        return np.array(found)

    def total():
        return float(losses().sum())

    states, h = [], np.zeros(2)
    for t, letter in enumerate((0, 1, 1)):
        h = np.tanh(W_xh[letter] + h @ W_hh[t])
        states.append(h)
    da, dh, dy = (numerical_gradient(total, moved) for moved in (a_moved, h_moved, y_moved))
    own = np.array([numerical_gradient(lambda t=t: float(losses()[t]), h_moved)[t] for t in range(3)])
    by_step = numerical_gradient(total, W_hh)
    products = [number for row in (0, 1) for table in (*by_step[:2], by_step.sum(axis=0))
                for number in table[row]]
    assert_filled(backward.page_backward, [
        *states[1], *states[2], *losses()[1:], total(), *dy[:2].ravel(), *own[:2].ravel(), *dh[:2].ravel(),
        *da[:2].ravel(), *(dh - own)[0], *products])


def test_the_lstm_agrees_with_central_differences():
    sums, first, squash = lstm.SUMS.copy(), np.array([lstm.C_FIRST]), lambda a: 1 / (1 + np.exp(-a))
    gate_moved, c_moved = np.zeros((3, 4)), np.zeros(3)
    seen = {}

    def last_h():
        c = first[0]
        for t in range(3):
            i, f, o, g = gates = np.append(squash(sums[t, :3]), np.tanh(sums[t, 3])) + gate_moved[t]
            c = f * c + i * g + c_moved[t]
            seen[t] = (gates, c, o * np.tanh(c))
        return float(seen[2][2])

    d_gates, d_sums, dc, dc_first = (numerical_gradient(last_h, moved)
                                     for moved in (gate_moved, sums, c_moved, first))
    carried = np.append(dc_first, dc)           # only the last h has a loss: what comes back is all there is
    last_h()
    forward = [seen[t][0][k] for k in range(4) for t in (1, 2)]
    forward += [number for t in (1, 2) for number in (np.tanh(seen[t][1]), seen[t][1])]
    pairs = [*((d_gates[:, k], d_sums[:, k]) for k in (2, 0, 1, 3))]
    pairs.insert(1, (carried, dc))
    back = [number for left, right in pairs for t in (0, 1) for number in (left[t], right[t])]
    assert_filled(lstm.page_lstm, [*forward, seen[1][2], seen[2][2], *back])
