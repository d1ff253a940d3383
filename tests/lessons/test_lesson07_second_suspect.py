"""The second suspect of lesson 07: its table, and the check of who has read and mended it."""


import numpy as np
from answers import complete, mistakes, right
from course import LESSONS, cells

from helpers.lessons.lesson07 import check_second_suspect, plain_lstm, suspect_check
from helpers.lessons.lesson07.stage_checks import sequence

LESSON = next(path for path in LESSONS if path.name.startswith("07"))


def as_it_stands():
    """The suspect, out of its cell."""
    source = next(cell["source"] for cell in cells(LESSON, "code") if cell["source"].startswith("def second"))
    space = {"np": np}
    exec(source, space)
    return space["second"]


def mended(p, x, h, c, gates, d_h):
    return plain_lstm.backward(p, x, h, c, gates, d_h)


def with_wrong(change):
    """The right way back with something changed in what it returns."""
    def second(p, x, h, c, gates, d_h):
        grads, da = plain_lstm.backward(p, x, h, c, gates, d_h)
        return change(grads, da)
    return second


def doubled(grads, da):
    grads.W_hh = 2 * grads.W_hh
    return grads, da


def test_its_first_fault_on_the_way_back_is_where_the_check_says():
    given = sequence(np.random.default_rng(3), 3, 4, 2, 5)
    _, da = as_it_stands()(*given)
    wrong = ~np.isclose(da, plain_lstm.backward(*given)[1], rtol=1e-5, atol=1e-7)
    assert not wrong[4].any()
    blocks = dict(zip("ifog", np.split(wrong[3], 4, axis=1), strict=True))
    found = "".join(gate for gate, block in blocks.items() if block.any())
    assert (3, found) == (suspect_check.STEP, suspect_check.WRONG)


test_a_right_answer_is_accepted = right(
    (check_second_suspect, (3, "ifg", mended)),
    (check_second_suspect, (3.0, "g, f, i", mended)),
)

test_a_mistake_is_named = mistakes(
    (check_second_suspect, (4, "ifg", mended), "last-step"),
    (check_second_suspect, (0, "ifg", mended), "read-from-the-left"),
    (check_second_suspect, (7, "ifg", mended), "no-step"),
    (check_second_suspect, (3, "ifog", mended), "o-is-right"),
    (check_second_suspect, (3, "fi", mended), "a-gate-missing"),
    (check_second_suspect, (3, "all", mended), "no-gates"),
    *((check_second_suspect, (3, gates, ...), "not-yet") for gates in (
        ["i", "f", "g"], {"i", "f", "g"}, "IFG")),
    (check_second_suspect, (3, "ifg", as_it_stands()), "still-wrong"),
    (check_second_suspect, (3, "ifg", with_wrong(doubled)), "another-gradient"),
    (check_second_suspect, (3, "ifg", with_wrong(lambda grads, da: (grads, da[0]))), "wrong-shape"),
    (check_second_suspect, (..., ..., as_it_stands()), "not-yet"),
)


test_every_mistake_is_made = complete(suspect_check)
