"""What all checks have in common: a named slip, a printed sentence, a result, and no fault of ours hidden."""

import ast
import re

import pytest
from answers import broken, printed, right, slips, stops
from course import ROOT

from helpers.lessons.checking import NOT_YET, Result, Slip, answer_of, check, first_slip, need_answers
from helpers.lessons.lesson00 import check_memory


@check
def check_sum(add) -> str:
    """Try ``add(2, 3)``."""
    answer = answer_of(add, 2, 3, stops="Your sum stops with {error}.")
    if answer == 6:
        raise Slip("product", "That is the product.").after(f"You say {answer}. ")
    if answer == 0:
        raise ValueError("a fault of the check")
    return "Right: 5." if answer == 5 else None


def test_a_slip_is_printed_and_its_result_is_not(capsys):
    assert check_sum(lambda a, b: a * b) is None
    assert capsys.readouterr().out == "You say 6. That is the product.\n"
    result = check_sum.result(lambda a, b: a * b)
    assert result == Result("product", "You say 6. That is the product.") and not result.right
    assert capsys.readouterr().out == ""


def test_right_is_printed_and_its_result_is_not(capsys):
    assert check_sum(lambda a, b: a + b) is None
    assert capsys.readouterr().out == "Right: 5.\n"
    result = check_sum.result(lambda a, b: a + b)
    assert result == Result(None, "Right: 5.") and result.right
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("answer", "error"), [(0, ValueError), (7, TypeError)])
def test_a_fault_of_the_check_is_raised(answer, error, capsys):
    for call in (check_sum, check_sum.result):
        with pytest.raises(error, match=r"a fault of the check|check_sum came to its end"):
            call(lambda a, b: answer)
    assert capsys.readouterr().out == ""


def test_a_check_keeps_its_name_and_what_help_says_of_it():
    assert (check_sum.__name__, check_sum.__doc__) == ("check_sum", "Try ``add(2, 3)``.")


def slip_of(*given, **options) -> tuple[str, str]:
    with pytest.raises(Slip) as caught:
        answer_of(*given, **options)
    return caught.value.name, caught.value.said


def test_an_answer_is_what_the_function_returns_taken_apart():
    assert answer_of(lambda a, b: (a, b), 1, 2) == (1, 2)
    assert answer_of(lambda: "12", read=list) == ["1", "2"]
    assert answer_of(lambda: None, unanswered=None) is None


def test_dots_are_no_answer_yet():
    assert slip_of(lambda: ...) == slip_of(lambda: None) == ("not-yet", NOT_YET)
    assert slip_of(lambda: ..., read=list, not_yet="Well?") == ("not-yet", "Well?")
    assert slip_of(lambda: 0, unanswered=lambda answer: answer == 0) == ("not-yet", NOT_YET)
    with pytest.raises(Slip) as caught:
        need_answers(1, ..., said="Not yet: 1.")
    assert (caught.value.name, caught.value.said) == ("not-yet", "Not yet: 1.")


def test_an_error_in_an_answer_is_told_with_its_type():
    assert slip_of(broken) == ("stops", "broken stops with RuntimeError: lost.")
    assert slip_of(broken, stops="{kind} in yours: {error}", slip="ends") == (
        "ends", "RuntimeError in yours: RuntimeError: lost")
    assert slip_of(lambda: 3, read=list, stops="{kind}") == ("stops", "TypeError")
    assert slip_of(3)[1].startswith("It stops with TypeError")


def test_a_reader_who_interrupts_is_not_told_of_an_error():
    def interrupted():
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        answer_of(interrupted)


def test_the_first_slip_that_fits_is_taken():
    table = {Slip("two", ""): 2, Slip("also-two", ""): 2, Slip("three", ""): 3}
    other = Slip("other", "")
    assert [first_slip(table, answer, other).name for answer in (2, 3, 4)] == ["two", "three", "other"]


def test_names_of_slips_are_in_kebab_case():
    names = {node.args[0].value for path in (ROOT / "helpers" / "lessons").rglob("*.py")
             for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Slip"
             and isinstance(node.args[0], ast.Constant)}
    assert len(names) > 100
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


# --- lesson 00 ---

test_a_right_answer_is_accepted = right((check_memory, (0.9**20,)), (check_memory, ("0.122",)))
test_a_slip_is_named = slips(
    (check_memory, (...,), "not-yet"),
    (check_memory, ("much",), "no-number", "str"),
    (check_memory, (18,), "product"),
    (check_memory, (0.9**19,), "off-by-one"),
    (check_memory, (0.9**21,), "off-by-one"),
    (check_memory, (1 - 0.9**20,), "what-is-lost"),
    (check_memory, (float("nan"),), "another-number"),
)
test_what_is_printed_is_what_is_said = printed((check_memory, (...,)), (check_memory, (0.122,)))
test_an_error_in_an_answer_is_told_and_not_raised = stops((check_sum, (broken,)))
