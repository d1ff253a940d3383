"""What is asked of every check and every stage of all lessons; a new one is found by itself."""

import inspect
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import numpy as np
import pytest
from answers import broken
from course import plainly

from helpers import lessons
from helpers.checks.stages import Stage

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]
MODULES = [import_module(f"helpers.lessons.{lesson.name}.{module.name}")
           for lesson in iter_modules(lessons.__path__) if lesson.ispkg
           for module in iter_modules([f"{lessons.__path__[0]}/{lesson.name}"])
           if find_spec("torch") or module.name not in ("pytorch", "lines")]
CHECKS = {check.__name__: check for module in MODULES for check in vars(module).values()
          if hasattr(check, "result") and hasattr(check, "parts")}
STAGES = {name: (stage, module) for module in MODULES
          for name, stage in getattr(module, "STAGES", {}).items() if isinstance(stage, Stage)}


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

        mine.__name__ = name
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
    assert chosen is mine and f"uses your {name}" in capsys.readouterr().out
    assert module.use_if_correct(chosen) is mine, "the cell is run again"
