"""Answers put to the checks of the exercises: the tests that every lesson has, from tables of its cases.

Each function makes a test, which a module names: ``test_a_slip_is_named = slips(...)``. A slip is known by
its name, and by facts of the answer in its sentence (numbers, steps, names of parameters): its other words
are free to change.
"""

import numpy as np
import pytest
from course import plainly

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]


def broken(*_, **__):
    """An answer that stops."""
    raise RuntimeError("lost")


def right(*cases):
    """Each case is a check and its answers: all is right."""
    @pytest.mark.parametrize(("check", "answers"), cases)
    def test(check, answers):
        result = check.result(*answers)
        assert (result.slip, result.right) == (None, True), result.said
        assert result.said.startswith("Right")
    return test


def slips(*cases):
    """Each case is a check, its answers, the name of the slip, and facts that its sentence has in it."""
    @pytest.mark.parametrize(("check", "answers", "slip", "facts"),
                             [(check, answers, slip, facts) for check, answers, slip, *facts in cases])
    def test(check, answers, slip, facts):
        result = check.result(*answers)
        assert (result.slip, result.right) == (slip, False), result.said
        assert not result.said.startswith("Right")
        for fact in facts:
            assert fact in result.said
    return test


def no_answers(*cases):
    """Each case is a check and what makes its answers of a thing that is none: a word, and no exception."""
    @pytest.mark.parametrize("nothing", NOT_ANSWERED, ids=plainly)
    def test(nothing):
        for check, put in cases:
            result = check.result(*put(nothing))
            assert not result.right and result.said.strip(), check.__name__
    return test


def stops(*cases):
    """Each case is a check and answers with `broken` among them: the error is told."""
    @pytest.mark.parametrize(("check", "answers"), cases)
    def test(check, answers):
        result = check.result(*answers)
        assert result.slip == "stops" and "RuntimeError: lost" in result.said
    return test


def printed(*cases):
    """Each case is a check and its answers: what a notebook shows is what is said, and nothing else."""
    def test(capsys):
        for check, answers in cases:
            said = check.result(*answers).said
            assert capsys.readouterr().out == ""
            assert check(*answers) is None
            assert capsys.readouterr().out == said + "\n"
    return test
