"""Answers put to the checks of the exercises: the tests that every lesson has, from tables of its cases.

Each function makes a test, which a module names: ``test_a_mistake_is_named = mistakes(...)``. A mistake is
known by its name, and by facts of the answer in its sentence (numbers, steps, names of parameters): its other
words are free to change.
"""

import ast
import inspect
from collections import Counter
from copy import deepcopy
from functools import wraps
from itertools import product
from types import FunctionType, ModuleType

import numpy as np
import pytest
from course import plainly

from helpers.lessons.stages import with_changes
from helpers.lessons.student_calls import _arrays

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]
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
        assert result.said.startswith("Correct") and result.text == f"✓ {result.said}"
        assert result.done == list(check.parts) and result.solved == result.parts == len(check.parts)
        for place, answer in enumerate(answers) if answers is first[module_of(check)] else ():
            if isinstance(answer, FunctionType) and place not in MAY_WRITE.get(check.__name__, ()):
                spoilt = []
                told = check.result(*answers[:place], spoiling(answer, spoilt), *answers[place + 1 :])
                assert told.mistake == "changed-argument" or not spoilt, told.said
    return test


def mistakes(*cases, mark=()):
    """Each case is a check, its answers, the name of the mistake, and facts that its sentence has in it."""
    for check, _, mistake, *_ in cases:
        MADE.setdefault(module_of(check), set()).add(mistake)

    @pytest.mark.parametrize(("check", "answers", "mistake", "facts"),
                             [pytest.param(check, answers, mistake, facts, marks=mark)
                              for check, answers, mistake, *facts in cases])
    def test(check, answers, mistake, facts):
        result = check.result(*answers)
        assert (result.mistake, result.right) == (mistake, False), result.said
        assert result.text[0] == ("…" if mistake == "not-yet" else "✗") and result.text[2:] == result.said
        assert not result.said.startswith("Correct")
        assert list(result.mistakes) == list(check.parts) and result.solved < result.parts
        for fact in facts:
            assert fact in result.said
    return test


def three_times(*cases):
    """Each case is a check, its answers, the name of the mistake, and facts of its first sentence.

    A check that meets the same mistake again says one sentence more, at most two times.
    """
    for check, _, mistake, *_ in cases:
        MADE.setdefault(module_of(check), set()).add(mistake)

    @pytest.mark.parametrize(("check", "answers", "mistake", "facts", "first"),
                             [(check, answers, mistake, facts, number == 0)
                              for number, (check, answers, mistake, *facts) in enumerate(cases)])
    def test(check, answers, mistake, facts, first):
        check.tries.clear()
        once = check(*answers)
        twice = check(*answers) if first else None
        check.tries.update(check.tries if not first else ())        # as if it had been made twice
        thrice = check(*answers)
        assert once.mistake == thrice.mistake == mistake, once.said
        before, after = ([line for line in result.said.splitlines() if line.lstrip()[:1] not in "✓…"]
                         for result in (once, thrice))
        assert after[: len(before)] == before and len(after) > len(before) + 1, after
        assert all(len(line.split()) > 2 for line in after[len(before):])
        for fact in facts:
            assert fact in once.said
        if first:
            assert len(once.said) < len(twice.said) < len(thrice.said)
            assert check(*answers) == thrice
            assert check.result(*answers) == once, "what is asked without being shown counts for nothing"
        check.tries.clear()
    return test


def alone(*cases):
    """Each case is a check of several parts and, for each of these, answers of which only it is right.

    A part that can't be right alone has None for its answers.
    """
    @pytest.mark.parametrize(("check", "part", "answers"), [
        (check, part, answers) for check, parts in cases for part, answers in parts.items()])
    def test(check, part, answers):
        assert set(check.parts) == set(dict(cases)[check])
        if answers is not None:
            result = check.result(*answers)
            assert result.done == [part], result.said
            assert result.said.startswith(f"1 of {len(check.parts)} done.\n  ✓ {part}\n  ")
    test.checks = {module_of(check) for check, _ in cases}
    return test


def no_answers(*cases):
    """Each case is a check and what makes its answers of a thing that is none: a word, and no exception."""
    @pytest.mark.parametrize("nothing", NOT_ANSWERED, ids=plainly)
    def test(nothing):
        for check, put in cases:
            result = check.result(*put(nothing))
            assert not result.right and result.said.strip(), check.__name__
    return test


def stops(*cases, mark=()):
    """Each case is a check and answers with `broken` among them: the error is told."""
    for check, _ in cases:
        MADE.setdefault(module_of(check), set()).add("stops")

    @pytest.mark.parametrize(("check", "answers"), [pytest.param(*case, marks=mark) for case in cases])
    def test(check, answers):
        result = check.result(*answers)
        assert result.mistake == "stops" and "RuntimeError: lost" in result.said
    return test


def printed(*cases):
    """Each case is a check and its answers: what a script prints is what is said, after its sign."""
    def test(capsys):
        for check, answers in cases:
            result = check.result(*answers)
            assert capsys.readouterr().out == ""
            assert check(*answers) == result
            assert capsys.readouterr().out == result.text + "\n"
    return test


def goes_on(choose, stages, quick=(), slow=(), wrong=()):
    """A lesson uses a reader's function if it is right and quick, no other, and says so. Run again, the cell
    looks at the reader's own.

    `quick`, `slow` and `wrong` are pairs of the name of a stage and an answer. Every stage also gets its
    reference version as someone else wrote it, one that stops, and dots.
    """
    taken = [*quick, *((name, with_changes(stage.plain, ())) for name, stage in stages.items())]
    refused = [*wrong, *product(stages, (broken, lambda *given, **named: ...))]

    @pytest.mark.parametrize(("said", "name", "answer"), [
        *(("From here on, the lesson uses your {}.", *case) for case in taken),
        *(("times as long as the reference version of {}", *case) for case in slow),
        *(("Until yours passes, the lesson uses the reference version of {}.", *case) for case in refused)])
    def test(said, name, answer, capsys):
        @wraps(answer)
        def mine(*given, **named):
            return answer(*given, **named)

        mine.__name__ = name
        chosen = choose(mine)
        assert said.format(name) in capsys.readouterr().out
        if "your {}" in said:
            assert chosen is mine
        else:
            assert chosen.__wrapped__ is stages[name].plain and chosen.own is mine
            assert stages[name].check.result(chosen) == stages[name].check.result(mine)
        assert getattr(choose(chosen), "own", mine) is mine, "the cell is run again"
        assert said.format(name) in capsys.readouterr().out
    return test


def complete(module: ModuleType, alone_test=None, also: dict[str, set[str]] | None = None):
    """Of every check of a module: each mistake in its code has one name, which an answer of a table makes; if
    it has parts, each of them is tried alone; if it takes a reader's function, one that stops is tried.

    `also` has mistakes, by check, whose names are made as the check runs.
    """
    def test():
        checks = {name: check for name, check in vars(module).items()
                  if hasattr(check, "result") and check.__module__ == module.__name__}
        assert checks
        for name, check in checks.items():
            names = mistake_names(module, name)
            twice = [mistake for mistake, count in names.items() if count > 1]
            assert twice == [], f"{name}: one name, two mistakes"
            wanted = set(names) | (also or {}).get(name, set())
            made = MADE.get(module_of(check), set())
            assert wanted - made == set(), f"{name}: no answer makes these"
            assert len(check.parts) == 1 or module_of(check) in alone_test.checks, f"{name}: parts"
            if "Callable" in map(plainly_named, inspect.signature(check).parameters.values()):
                assert "stops" in made, f"{name}: no answer stops"
    return test


def plainly_named(parameter: inspect.Parameter) -> str:
    return getattr(parameter.annotation, "__name__", "")


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
