"""A check is asked away from the hand-in: what is patched there does not reach it, what hangs is stopped."""

import linecache

import pytest

from helpers.lessons.lesson05 import check_clip_norm, check_diagnosis

pytestmark = pytest.mark.classroom

RIGHT = """
import numpy as np
def clip(grads, max_norm):
    norm = np.sqrt(sum((array**2).sum() for array in grads.values()))
    return {name: array * min(1, max_norm / norm) for name, array in grads.items()}
"""


@pytest.fixture(scope="module")
def judge():
    from helpers.classroom.isolate import Judge

    return Judge("05", seconds=10)


@pytest.fixture
def ask(judge, tmp_path):
    """Ask about what `name` is after some code was run, as the kernel of a hand-in would."""
    def asked(code: str, name: str = "clip", check: str = "check_clip_norm"):
        from helpers.classroom.kernel_export import hand_over

        space = {"__name__": "__main__"}
        linecache.cache["<cell>"] = (len(code), None, code.splitlines(keepends=True), "<cell>")
        exec(compile(code, "<cell>", "exec"), space)
        hand_over(str(tmp_path / "answer"), lambda: ((eval(name, space),), {}))
        return judge.ask(check, (tmp_path / "answer").read_bytes(), str(tmp_path))
    return asked


def test_a_right_answer_earns_all_and_an_open_or_wrong_one_nothing(ask):
    assert ask(RIGHT).earned == 1 and ask(RIGHT).mistakes == {"clip_norm": None}
    assert ask("def clip(grads, max_norm):\n    return ...").mistakes == {"clip_norm": "not-yet"}
    wrong = ask("def clip(grads, max_norm):\n    return grads")
    assert (wrong.earned, wrong.mistakes) == (0, {"clip_norm": "too-long"}) and "threshold" in wrong.said


def test_part_of_an_answer_earns_part(ask):
    some = ask('d = {"A": "c", "B": "b", "C": "e", "D": "a", "E": "d"}', "d", "check_diagnosis")
    assert some.earned == pytest.approx(3 / 5)
    assert sum(mistake is None for mistake in some.mistakes.values()) == 3
    assert list(some.mistakes) == list(check_diagnosis.parts)


def test_what_is_patched_in_a_kernel_stays_there(ask, monkeypatch):
    import numpy as np

    monkeypatch.setattr(np, "allclose", lambda *a, **k: True)
    monkeypatch.setattr(np, "isclose", lambda *a, **k: True)
    assert check_clip_norm.result(lambda grads, max_norm: dict(grads)).right, "the patch works here"
    assert ask("def clip(grads, max_norm):\n    return dict(grads)").earned == 0


@pytest.mark.parametrize("inside", [
    "    import numpy as np\n    np.allclose = np.isclose = lambda *a, **k: True\n    return dict(grads)",
    "    import helpers.lessons.checks as c\n    c.Result.points = lambda s, of: of\n    return grads",
])
def test_what_patches_while_it_is_asked_is_told(ask, inside):
    verdict = ask(f"def clip(grads, max_norm):\n{inside}")
    assert verdict.earned == 0 and set(verdict.mistakes.values()) == {"patched"}


@pytest.mark.parametrize(("inside", "mistake"), [
    ("    while True: pass", "too-long"),
    ("    import os; os._exit(0)", "dies"),
    ("    return 'x' * 10**11", "stops"),
    ("    print('x' * 10**8); return grads", "too-long"),
    ("    raise KeyError('w')", "stops"),
])
def test_what_hangs_dies_or_floods_costs_its_own_points(ask, judge, inside, mistake):
    if "while" in inside:
        judge.seconds = 3
    verdict = ask(f"def clip(grads, max_norm):\n{inside}")
    judge.seconds = 10
    assert verdict.earned == 0 and verdict.mistakes["clip_norm"] == mistake
    assert ask(RIGHT).earned == 1, "the next one is asked as if nothing had been"


def test_what_stops_before_it_is_there_is_told(judge, tmp_path):
    from helpers.classroom.kernel_export import hand_over

    hand_over(str(tmp_path / "a"), lambda: 1 / 0)
    told = judge.ask("check_clip_norm", (tmp_path / "a").read_bytes())
    assert told.mistakes == {"clip_norm": "stops"} and "ZeroDivisionError" in told.said
    assert judge.ask("check_clip_norm", None).mistakes == {"clip_norm": "too-long"}


def test_what_cannot_be_taken_out_of_its_notebook_is_left_to_a_hand(ask):
    verdict = ask("import threading\nlock = threading.Lock()\ndef clip(grads, max_norm):\n"
                  "    with lock:\n        return grads")
    assert verdict.mistakes == {} and verdict.earned == 0
    assert "lock" in verdict.said and "by hand" in verdict.said
