"""Answers put to the checks of the exercises, from a lesson's tables of what is right and what is wrong.

Each function makes a test, which a module names: ``test_a_mistake_is_named = mistakes(...)``. A mistake is
known by its name; its words are free to change. What is asked of every check is in `test_every_check`.
"""

import ast
import inspect
from collections import Counter
from copy import deepcopy
from functools import wraps
from types import FunctionType, ModuleType

import pytest

from helpers.checks.calls import _arrays

# Which answers of a check may write into what they are given: it is meant, or nobody needs it again.
MAY_WRITE = {"check_adagrad": (0,), "check_gradient_error": (0,), "check_train_by_hand": (0,),
             "check_program": (0, 3, 4, 5), "check_by_lag": (0, 1), "check_layout": (0,),
             "check_explosion": (0,), "check_threshold": (0,), "check_horizon": (0,),
             "check_predicted_factor": (0,), "check_peepholes": (0,), "check_small_lstm": (0,),
             "check_control": (0,), "check_dropout": (0,), "check_first_wrong": (0,), "check_gru": (0, 1),
             "check_repair": (1,), "check_task": (2,), "check_gate_order": (0,), "check_gru_biases": (0,),
             "check_combine": (0,), "check_told_apart": (0,)}
MADE: dict[str, set[str]] = {}      # by check, the mistakes that the tables have an answer for


class AlwaysRight(str):
    """A word that is equal to everything."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __str__(self):
        return self

    def strip(self, *signs):
        return self

    lower = strip
    replace = strip


def broken(*_, **__):
    """An answer that stops."""
    raise RuntimeError("lost")


def module_of(check) -> str:
    return f"{check.__module__}.{check.__name__}"


def spoiling(function, spoilt: list):
    """The function, which adds 1 to each array that it was given once its answer is there; notes how many."""
    @wraps(function)
    def spoils(*given, **named):
        answer = deepcopy(function(*given, **named))
        for array in _arrays([*given, *named.values()]):
            if array.size and array.dtype.kind in "fi" and array.flags.writeable:
                array += 1
                spoilt.append(array)
        return answer
    return spoils


def right(*cases):
    """Each case is a check and its answers: all is right, and every part is counted.

    A function that computes the same and writes into an array that it was given is told so: this is asked
    of the first answer to each check.
    """
    first = {module_of(check): answers for check, answers in reversed(cases)}

    @pytest.mark.parametrize(("check", "answers"), cases)
    def test(check, answers):
        result = check.result(*answers)
        assert (result.mistake, result.right) == (None, True), result.said
        assert result.done == list(check.parts)
        for place, answer in enumerate(answers) if answers is first[module_of(check)] else ():
            if isinstance(answer, FunctionType) and place not in MAY_WRITE.get(check.__name__, ()):
                spoilt = []
                told = check.result(*answers[:place], spoiling(answer, spoilt), *answers[place + 1 :])
                assert told.mistake == "changed-argument" or not spoilt, told.said
    return test


def mistakes(*cases, mark=()):
    """Each case is a check, its answers, and the name of the mistake."""
    for check, _, mistake in cases:
        MADE.setdefault(module_of(check), set()).add(mistake)

    @pytest.mark.parametrize(("check", "answers", "mistake"),
                             [pytest.param(*case, marks=mark) for case in cases])
    def test(check, answers, mistake):
        result = check.result(*answers)
        assert (result.mistake, result.right) == (mistake, False), result.said
        assert result.said.strip() and list(result.mistakes) == list(check.parts)
        assert result.solved < result.parts
    return test


def complete(module: ModuleType):
    """Of every check of a module: each mistake in its code has one name, which an answer of a table makes."""
    def test():
        checks = {name: check for name, check in vars(module).items()
                  if hasattr(check, "result") and check.__module__ == module.__name__}
        assert checks
        for name, check in checks.items():
            names = mistake_names(module, name)
            assert [mistake for mistake, count in names.items() if count > 1] == [], f"{name}: one name twice"
            assert set(names) - MADE.get(module_of(check), set()) == set(), f"{name}: no answer makes these"
    return test


def mistake_names(module: ModuleType, check: str) -> Counter:
    """How many mistakes of each name stand in the code of a check and of what it calls in its module."""
    functions = {node.name: node for node in ast.parse(inspect.getsource(module)).body
                 if isinstance(node, ast.FunctionDef)}
    reached, ahead = set(), [check]
    while ahead:
        name = ahead.pop()
        if name in functions and name not in reached:
            reached.add(name)
            ahead += [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
    return Counter(node.args[0].value for name in reached for node in ast.walk(functions[name])
                   if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Mistake"
                   and isinstance(node.args[0], ast.Constant))
