"""What is asked of every check and every stage of all lessons; a new one is found by itself.

A check that `against` made brings its mutants. For any other, the lesson's `mistakes` lists right answers in
RIGHT and wrong ones in WRONG, both by the name of the check.
"""

import ast
import inspect
import sys
from collections import Counter
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import numpy as np
import pytest
from course import plainly

from helpers import lessons
from helpers.checks import program
from helpers.checks.stages import Stage

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]
MODULES = [import_module(f"helpers.lessons.{lesson.name}.{module.name}")
           for lesson in iter_modules(lessons.__path__) if lesson.ispkg
           for module in iter_modules([f"{lessons.__path__[0]}/{lesson.name}"])
           if find_spec("torch") or module.name not in ("pytorch", "lines")] + [program]
CHECKS = {f"{check.__module__.split('.')[-2]}.{check.__name__}": check      # such as lesson03.check_backward
          for module in MODULES for check in vars(module).values()
          if hasattr(check, "result") and hasattr(check, "parts")}
STAGES = {f"{module.__name__.split('.')[-2]}.{name}": (stage, module) for module in MODULES
          for name, stage in getattr(module, "STAGES", {}).items() if isinstance(stage, Stage)}


def broken(*_, **__):
    """An answer that stops."""
    raise RuntimeError("lost")


every_check = pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.torch] * ("lesson10" in check.__module__))     # some call PyTorch
    for name, check in CHECKS.items()])


@every_check
def test_no_answer_makes_a_check_raise_or_pass(name):
    check = CHECKS[name]
    parameters = inspect.signature(check).parameters.values()
    for nothing in [*NOT_ANSWERED, broken]:
        answers = [nothing if "Callable" not in str(parameter.annotation) or callable(nothing)
                   else lambda *given, nothing=nothing: nothing for parameter in parameters]
        for given in ([nothing] * len(answers), answers):
            result = check.result(*given)
            assert not result.right and result.said.strip(), plainly(nothing)


def listed_for(check, table: str) -> list:
    """What `mistakes` lists for a check in this table: that of its lesson, or of any if it has no lesson."""
    package = check.__module__.rpartition(".")[0]
    return [row for module in MODULES if module.__name__.endswith(".mistakes")
            and package in ("helpers.checks", module.__name__.rpartition(".")[0])
            for row in getattr(module, table, {}).get(check.__name__, ())]


MUTANTS = [pytest.param(name, mistake, answers, id=f"{name}-{mistake}{n}",
                        marks=[pytest.mark.torch] * ("lesson10" in check.__module__))
           for name, check in CHECKS.items()
           for n, (mistake, answers) in enumerate([*check.mutants, *listed_for(check, "WRONG")])]


@pytest.mark.parametrize(("name", "mistake", "answers"), MUTANTS)
def test_a_mistake_is_named(name, mistake, answers):
    result = CHECKS[name].result(*answers)
    assert (result.mistake, result.right) == (mistake, False), result.said
    assert result.said.strip() and list(result.mistakes) == list(CHECKS[name].parts)


@every_check
def test_a_right_answer_is_accepted_in_each_form(name):
    check = CHECKS[name]
    answers = [*check.accepted, *listed_for(check, "RIGHT")]
    assert answers, f"{name}: list a right answer in RIGHT, in the lesson's mistakes.py"
    for given in answers:
        result = check.result(*given)
        assert result.right and result.done == list(check.parts), result.said


@every_check
def test_each_mistake_in_the_code_of_a_check_has_an_answer_that_makes_it(name):
    check = CHECKS[name]
    made = {mistake for mistake, _ in [*check.mutants, *listed_for(check, "WRONG")]}
    names = mistakes_in(sys.modules[check.__module__], check.__name__)
    assert [mistake for mistake, count in names.items() if count > 1] == [], "one name twice"
    assert set(names) - made == set(), "list answers that make these in WRONG, in the lesson's mistakes.py"


def mistakes_in(module: ModuleType, check: str) -> Counter:
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


@every_check
def test_what_a_script_prints_is_what_is_said(name, capsys):
    check = CHECKS[name]
    result = check(*[...] * len(inspect.signature(check).parameters))
    assert capsys.readouterr().out == result.text + "\n"
    check.tries.clear()


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_falls_back_to_the_reference_version(name, capsys):
    stage, module = STAGES[name]
    for wrong in (broken, lambda *given, **named: ...):
        def mine(*given, wrong=wrong, **named):
            return wrong(*given, **named)

        mine.__name__ = stage.plain.__name__
        chosen = module.use_if_correct(mine)
        assert chosen.__wrapped__ is stage.plain and chosen.own is mine
        assert stage.check.result(chosen) == stage.check.result(mine)
        assert "the lesson uses the reference version" in capsys.readouterr().out


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_takes_what_is_right(name, capsys):
    stage, module = STAGES[name]

    @wraps(stage.plain)
    def mine(*given, **named):
        return stage.plain(*given, **named)

    chosen = module.use_if_correct(mine)
    assert chosen is mine and f"uses your {mine.__name__}" in capsys.readouterr().out
    assert module.use_if_correct(chosen) is mine, "the cell is run again"
