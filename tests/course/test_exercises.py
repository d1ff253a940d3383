"""What all checks have in common: parts, named mistakes, a result shown once, and no fault of ours hidden."""

import ast
import io
import linecache
import math
import re
import sys
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from answers import broken, complete, mistakes, printed, right
from course import ROOT
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers.lessons.checks import OPEN, Mistake, Result, check, part, wait_for
from helpers.lessons.lesson00 import check_memory, checks
from helpers.lessons.result_pictures import SIGNS, result_html
from helpers.lessons.student_calls import (
    NOT_YET,
    answer_of,
    array_of,
    arrays_of,
    compare,
    entries_of,
    first_mistake,
    has_dots,
    letter_of,
    need_answers,
    numbers_of,
    several_of,
)
from helpers.networks import RNN, CharModel, Parameters


@check
def check_sum(add) -> str:
    """Try ``add(2, 3)``."""
    answer = answer_of(add, 2, 3)
    if answer == 6:
        raise Mistake("product", "That is the product.").after(f"You say {answer}. ")
    if answer == 0:
        raise ValueError("a fault of the check")
    return "Correct: 5." if answer == 5 else None


@check("one", "two", "sum")
def check_three(one, two, total, stop=None) -> str:
    """Say whether the answers are 1, 2 and their sum."""
    if stop:
        raise Mistake("stopped", "Nothing can be said.")
    for name, answer, wanted in (("one", one, 1), ("two", two, 2)):
        with part(name):
            compare(numbers_of(answer, (), "It"), wanted, {Mistake("too-large-by-one",
                                                                   "One less."): wanted + 1},
                    Mistake("another", "Another."))
    with part("sum"):
        wait_for("one", "two")
        compare(numbers_of(total, (), "It"), 3, {}, Mistake("no-sum", "Not\nthis."))
    return "Correct: all three."


def product(a, b):
    return a * b


# --- what is shown, and what is returned ---

@pytest.mark.parametrize(("add", "mistake", "text"), [
    (product, "product", "✗ You say 6. That is the product."),
    (lambda a, b: a + b, None, "✓ Correct: 5."),
    (lambda a, b: ..., "not-yet", f"… {NOT_YET}"),
])
def test_a_check_prints_its_result_after_a_sign_and_returns_it(add, mistake, text, capsys):
    result = check_sum.result(add)
    assert capsys.readouterr().out == ""
    assert check_sum(add) == result == Result(text[2:], {"sum": mistake})
    assert capsys.readouterr().out == text + "\n"
    assert (result.mistake, result.right, result.solved, result.parts) == (
        mistake, mistake is None, mistake is None, 1)


def test_where_the_signs_can_not_be_printed_the_sentence_is(monkeypatch):
    page = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", page)
    check_sum(product)
    assert page.buffer.getvalue().rstrip() == b"? You say 6. That is the product."


def test_a_fault_of_the_check_is_raised_in_tests_and_told_to_a_reader_as_ours(capsys):
    for answer, error, words in ((0, ValueError, "a fault of the check"), (7, TypeError, "ended without")):
        with pytest.raises(error, match=words):
            check_sum.result(lambda a, b, answer=answer: answer)
        result = check_sum(lambda a, b, answer=answer: answer)
        assert result.text == capsys.readouterr().out.rstrip("\n")
        assert result.text.startswith("! This check crashed: check_sum stops with "
                                      f"{error.__name__} (")
        assert words in result.said and "report" in result.said
        assert (result.mistake, result.right, result.solved, result.parts) == ("check-failed", False, 0, 0)


def test_too_few_answers_are_no_fault_of_the_check():
    for call in (check_three, check_three.result):
        with pytest.raises(TypeError, match="missing"):
            call(1)


def test_a_check_keeps_its_name_and_what_help_says_of_it():
    assert (check_sum.__name__, check_sum.__doc__) == ("check_sum", "Try ``add(2, 3)``.")


# --- parts ---

@pytest.mark.parametrize(("answers", "found", "text"), [
    ((1, 2, 3), [None, None, None], "✓ Correct: all three."),
    ((..., ..., ...), ["not-yet", "not-yet", "waits"], f"… {NOT_YET}"),
    ((2, 3, 3), ["too-large-by-one", "too-large-by-one", "waits"],
     "✗ 0 of 3 done.\n  ✗ one, two: One less.\n  … sum: waits for one and two"),
    ((1, 9, 3), [None, "another", "waits"],
     "✗ 1 of 3 done.\n  ✓ one\n  ✗ two: Another.\n  … sum: waits for two"),
    ((1, 2, 4), [None, None, "no-sum"], "✗ 2 of 3 done.\n  ✓ one, two\n  ✗ sum: Not\n    this."),
    ((1, 2, ...), [None, None, "not-yet"], "… 2 of 3 done.\n  ✓ one, two\n  … sum: not yet"),
    ((..., 9, ...), ["not-yet", "another", "waits"],
     "✗ 0 of 3 done.\n  ✗ two: Another.\n  … one: not yet\n  … sum: waits for one and two"),
    ((1, 2, 3, True), ["stopped"] * 3, "✗ Nothing can be said."),
])
def test_every_part_is_looked_at_and_told(answers, found, text):
    result = check_three.result(*answers)
    assert result.mistakes == dict(zip(("one", "two", "sum"), found, strict=True))
    assert result.text == text
    assert result.done == [name for name, mistake in result.mistakes.items() if mistake is None]
    assert (result.solved, result.parts) == (found.count(None), 3)
    made = [mistake for mistake in found if mistake and mistake not in OPEN]
    assert result.mistake == (made[0] if made else next(filter(None, found), None))


def test_a_mistake_outside_the_parts_leaves_none_done_and_an_earlier_mistake_of_a_part_stands():
    @check("a", "b")
    def check_two() -> str:
        with part("a"):
            raise Mistake("early", "Early.")
        with part("b"):
            pass
        raise Mistake("late", "Late.")

    assert check_two.result().mistakes == {"a": "early", "b": "late"}


def test_a_part_that_is_met_twice_has_its_first_mistake():
    @check("a")
    def check_cases() -> str:
        for number in range(4):
            with part("a"):
                if number:
                    raise Mistake(f"case-{number}", "Wrong.")
        return "Right."

    assert check_cases.result().mistakes == {"a": "case-1"}


@pytest.mark.parametrize("met", [["a"], ["a", "b", "c"], []])
def test_a_check_that_meets_other_parts_than_its_own_has_failed(met):
    @check("a", "b")
    def check_parts() -> str:
        for name in met:
            with part(name):
                pass
        return "Right."

    with pytest.raises(RuntimeError, match="check_parts has the parts a and b"):
        check_parts.result()


# --- how it looks ---

def test_a_box_has_its_words_a_sign_a_colour_and_shows_what_a_reader_wrote_as_text():
    page = result_html("✗ 1 of 2 done.\n  ✓ a\n  ✗ b: <script>alert('✓ x')</script> & more")
    assert page.startswith('<div class="course-check" role="status"')
    assert re.findall(r'aria-label="([^"]+)"', page) == ["not right", "right", "not right"]
    assert "&lt;script&gt;alert(&#x27;✓ x&#x27;)&lt;/script&gt; &amp; more" in page and "<script" not in page
    words = re.sub(r"<[^>]+>", "", page)
    assert words.startswith("✗ 1 of 2 done.\n  ✓ a\n  ✗ b: ")


def luminance(colour: str) -> float:
    parts = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("sign", SIGNS)
def test_a_box_brings_a_ground_on_which_its_words_and_its_signs_can_be_read(sign):
    page = result_html(f"{sign} Words." + "".join(f"\n  {other} more" for other in SIGNS))
    ground = luminance(re.search(r"background:(#\w{6})", page)[1])
    inks = re.findall(r"[^-]color:(#\w{6})", page)
    assert len(inks) == 1 + len(SIGNS) and "color:#000;" in page
    for ink in inks:
        assert (ground + 0.05) / (luminance(ink) + 0.05) >= 4.5, ink
    assert len({result_html(f"{other} Words.").partition("padding")[0] for other in SIGNS}) == len(SIGNS)


CELLS = {
    "check_memory(...)": ["… Not yet"],
    "check_memory(18)\ncheck_memory(0.122)": ["✗ That is 0.9 times 20", "✓ Correct"],
    "kept = check_memory(18)\nkept": ["✗ That is"],
    "check_memory.result(18)": ["✗ That is"],
    "[check_memory(answer).right for answer in (18, 0.122)]": ["✗", "✓", "[False, True]"],
}


def test_a_cell_shows_each_result_once_as_a_box_with_its_text():
    notebook = new_notebook(cells=[
        new_code_cell(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
                      "from helpers.lessons.lesson00 import check_memory"), *map(new_code_cell, CELLS)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert notebook.cells[0].outputs == []
    for cell in notebook.cells[1:]:
        shown = [output["data"]["text/plain"] for output in cell.outputs]
        wanted = CELLS[cell.source]
        assert len(shown) == len(wanted), cell.source
        assert all(map(str.startswith, shown, wanted)), shown
        for output in cell.outputs:
            if output["output_type"] == "display_data":
                assert output["data"]["text/html"] == result_html(output["data"]["text/plain"])
                assert output["metadata"] == {}


# --- how a reader's function is called ---

def mistake_of(function, *given, **options) -> tuple[str, str]:
    with pytest.raises(Mistake) as caught:
        function(*given, **options)
    return caught.value.name, caught.value.said


def test_an_answer_is_what_the_function_returns_taken_apart():
    assert answer_of(lambda a, b: (a, b), 1, 2) == (1, 2)
    assert answer_of(lambda: "12", read=list) == ["1", "2"]
    assert answer_of(lambda: None, unanswered=lambda answer: False) is None
    assert answer_of(lambda: 3, shape=()) == 3.0 and isinstance(answer_of(lambda: 3, shape=()), float)
    assert np.array_equal(answer_of(lambda: [1, 2], shape=(2,)), [1.0, 2.0])


def test_dots_are_no_answer_yet():
    assert mistake_of(answer_of, lambda: ...) == ("not-yet", NOT_YET)
    assert mistake_of(answer_of, ...) == ("not-yet", NOT_YET)
    assert mistake_of(answer_of, lambda: ..., read=list) == ("not-yet", NOT_YET)
    assert mistake_of(answer_of, product, 0, 1, unanswered=lambda answer: answer == 0) == ("not-yet", NOT_YET)
    assert mistake_of(need_answers, 1, ..., said="Not yet: 1.") == ("not-yet", "Not yet: 1.")

    def forgetful():
        pass
    assert mistake_of(answer_of, forgetful) == (
        "not-yet", "Not yet: forgetful returns nothing. Does it end with a return?")


def test_an_error_in_an_answer_is_told_with_its_type():
    assert mistake_of(answer_of, broken) == ("stops", "broken stops with RuntimeError: lost.")
    assert mistake_of(answer_of, broken, place="Here: ", hint=" Why?") == (
        "stops", "Here: broken stops with RuntimeError: lost. Why?")
    assert mistake_of(answer_of, broken, brief=True) == ("stops", "broken stops with RuntimeError.")


def test_common_mistakes_in_python_are_named_whatever_is_asked():
    assert mistake_of(answer_of, 3) == (
        "no-function", "Pass the function itself to the check, not 3. Write its name alone, without "
                       "parentheses or arguments after it.")

    def some_lags(lag):
        if lag > 3:
            return 1
    assert mistake_of(answer_of, some_lags, 2) == (
        "returns-none", "some_lags returns None for lag = 2. Either it reaches no return there, or the "
                        "value it returns is None.")
    said = mistake_of(answer_of, lambda x: x.sort()[0], [2, 1])[1]
    assert "Something there is None, which is what a function without a return gives" in said
    said = mistake_of(answer_of, lambda x: math.tanh(x), np.ones(2))[1]
    assert said.endswith("math.tanh, takes one number. np.tanh takes an array.")
    assert mistake_of(numbers_of, [np.ones(2), np.ones(1)], (2,), "It")[1] == (
        "It should be numbers of shape (2,), not a list of 2 arrays of different shapes.")


@check
def check_sums(sums: Callable) -> str:
    for numbers in ([2, 3], [3, 4, 6]):
        total, square = answer_of(sums, numbers, read=lambda answer: several_of(answer, ("s", "q"), "It"))
        if total != sum(numbers):
            raise Mistake("another-sum", "Add them up.")
        if square != sum(numbers) ** 2:
            raise Mistake("another-square", "Square it.")
    return "Correct."


def early(numbers):
    total = 0
    for number in numbers:
        total += number
        return total, total**2


def late(numbers):
    total = 0
    for number in numbers:
        if number > 100:
            return 0, 0
        total += number
    return total, total**2


def with_caret(numbers):
    total = sum(numbers)
    return total, 0 + total^2 + 0


def with_bits(numbers):
    return sum(numbers), 0 ^ 0


def turned(numbers):
    total = sum(numbers)
    return total**2, total


@pytest.mark.parametrize(("sums", "name", "said"), [
    (late, None, "Correct."),
    (lambda numbers: np.array([sum(numbers), sum(numbers) ** 2]), "wrong-count",
     "It should be 2 values, in this order: s and q. It is an array of shape (2,). Put commas between them, "
     "without np.array."),
    (early, "return-in-loop",
     "early returns after the first pass through its loop, because `return total, total ** 2` is inside "
     "it. Move that line below the loop, and indent it less."),
    (with_caret, "caret", "In Python, ^ is not the power operator. Write total**2, not total^2."),
    (with_bits, "another-square", "Square it."),
    (turned, "other-order",
     "Everything that turned returns is right, but in the wrong order. Write `return total, total ** 2`.")])
def test_what_a_look_into_the_code_shows_is_said_instead_of_what_follows_from_it(sums, name, said):
    result = check_sums.result(sums)
    assert (result.mistake, result.said) == (name, said)


def test_the_newest_text_that_python_cannot_read_is_told_even_if_an_older_one_is_right(monkeypatch):
    def shell_with(*cells):
        shell = SimpleNamespace(user_ns={"In": ["", *cells, "check_sums(late)"]})
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
        return check_sums.result(late).said

    right, cut = "def late(numbers):\n    return 1", "def late(numbers):\n    return sum((numbers)\n"
    assert shell_with(cut, right) == "Correct."
    assert shell_with(right, cut) == (
        "Not yet: your latest version of `late` did not run. Line 2, `return "
        "sum((numbers)`, gives SyntaxError: '(' was never closed. Fix it, and run both cells again.")


@check
def check_pair(steps, accepts) -> str:
    need_answers(steps, accepts)
    return "Correct."


@pytest.mark.parametrize(("newest", "told"), [
    ("steps = [[0, 1], [1, 0]]\naccepts = [False, True]", "Correct."),
    ("steps = [[0, 1], [1, 0]\naccepts = [False, True]", "latest version of `steps` did not run. "
     "Line 1, `steps = [[0, 1], [1, 0]`, gives SyntaxError: '[' was never closed."),
    ("steps, accepts = [[0, 1], [1 0]], [False, True]", "Line 1, `steps"),
    ("steps == [1 0]", "Correct."),                                 # it gives them no value
    ("steps = [1 0]; accepts = [1]", "Line 1, `steps"),
    (("accepts = [1 0]", "steps = [[0, 1]]; accepts = [1]"), "Correct."),       # it was fixed in one line
])
def test_a_cell_without_a_function_that_python_cannot_read_is_told(newest, told, monkeypatch):
    newest = [newest] if isinstance(newest, str) else newest
    cells = ["", "steps = accepts = ...", *newest, "check_pair(steps, accepts)"]
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(user_ns={"In": cells, "steps": 1, "accepts": 2})))
    assert told in check_pair.result(1, 2).said


def test_an_error_of_the_reading_is_a_fault_of_the_check():
    with pytest.raises(ZeroDivisionError):
        answer_of(lambda: 3, read=lambda answer: answer / 0)


def test_a_reader_who_interrupts_is_not_told_of_an_error():
    def interrupted():
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        answer_of(interrupted)


def test_a_mistake_of_a_function_within_a_function_is_told_as_it_is():
    assert mistake_of(answer_of, lambda: answer_of(broken))[1] == "broken stops with RuntimeError: lost."


def spoil(x, named, listed, params, model):
    """Right, but it spoils all that it is given."""
    for array in (x, *named.values(), *listed, params.vector, model.params.vector):
        array[...] = 0
    named["more"] = listed.pop()
    return 1


def things():
    return (np.ones(3), {"a": np.ones(2)}, [np.ones(1)], Parameters({"W": (2,)}, np.ones(2)),
            CharModel(RNN(2, 2), np.random.default_rng(0)))


def test_a_function_gets_copies_and_can_spoil_nothing():
    x, named, listed, params, model = given = things()
    before = given[4].params.vector.copy()
    assert answer_of(spoil, *given) == 1
    assert answer_of(spoil, x, named={
        "named": named, "listed": listed, "params": params, "model": model}) == 1
    assert x.tolist() == [1, 1, 1] and params.vector.tolist() == [1, 1]
    assert list(named) == ["a"] and named["a"].all() and len(listed) == 1 and listed[0].all()
    assert np.array_equal(model.params.vector, before)


def test_what_can_not_be_copied_is_handed_on_as_it_is():
    running = (number for number in range(3))       # such as a reader keeps for the way back
    assert answer_of(next, running) == 0 and next(running) == 1


@pytest.mark.parametrize("spoilt", range(5))
def test_a_changed_argument_is_told_by_its_name_where_it_matters(spoilt):
    name = ["x", "named", "listed", "params", "model"][spoilt]

    def change(x, named, listed, params, model):
        (x, named["a"], listed[0], params.vector, model.params.vector)[spoilt][0] = 7
        return 1

    assert answer_of(change, *things()) == 1
    for option in ("keeps", "own"):
        assert mistake_of(answer_of, change, *things(), place="Here: ", **{option: True}) == (
            "changed-argument", f"Here: {name} was changed by your function. Make new arrays.")


def test_an_answer_has_arrays_of_its_own_where_it_matters():
    x, buffer = np.arange(4.0), np.zeros(4)

    def view(x):
        return {"first": 2 * x, "second": x[1:]}

    def same(x):
        buffer[:] = 2 * x
        return [buffer]

    for function in (view, same):
        answer_of(function, x, keeps=True)
    assert mistake_of(answer_of, view, x, own=True) == (
        "shares-argument", "What is returned is x itself, or a part of it. Make new arrays.")
    assert mistake_of(answer_of, same, x, own=True)[0] == "shares-answer"
    assert len(answer_of(lambda x: np.split(2 * x, 2), x, own=True)) == 2


@pytest.mark.parametrize(("value", "shape", "mistake", "facts"), [
    ("three", (), "no-number", ["one number", "'three'"]),
    ([1, 2], (), "no-number", ["[1, 2]"]),
    ([], (), "no-number", ["[]"]),
    (np.zeros(2), (), "no-number", ["an array of shape (2,)"]),
    ("a word that is far too long to be shown to anybody at all, ever", (), "no-number", ["of type str"]),
    (float("nan"), (), "not-finite", ["nan"]),
    (float("inf"), (), "not-finite", ["inf"]),
    (..., (), "not-yet", []),
    (None, (2,), "not-yet", []),
    ("ab", (2,), "no-numbers", ["numbers of shape (2,)", "'ab'"]),
    ([[1], [2, 3]], (2,), "no-numbers", []),
    ({}, (2,), "no-numbers", ["{}"]),
    (3, (2,), "wrong-shape", ["not 3"]),
    (np.zeros((2, 3)), (3, 2), "wrong-shape", ["(3, 2)", "(2, 3)"]),
    (np.zeros((2, 3)), (None, 2), "wrong-shape", ["(any, 2)"]),
    (np.zeros(3), (None, 2), "wrong-shape", ["(3,)"]),
    ([1.0, np.nan], (2,), "not-finite", ["nan"]),
])
def test_what_are_no_numbers_of_this_shape(value, shape, mistake, facts):
    name, said = mistake_of(numbers_of, value, shape, "the state", "Here: ")
    assert name == mistake
    assert mistake == "not-yet" or said.startswith("Here: the state should be ")
    assert all(fact in said for fact in facts), said


@pytest.mark.parametrize(("value", "shape", "found"), [
    (3, (), 3.0), (np.array([[3]]), (), 3.0), ([3], (), 3.0), ("0.5", (), 0.5), (True, (), 1.0),
    ([1, 2], (2,), [1, 2]), (np.ones((3, 2), int), (None, 2), np.ones((3, 2))), ([], (0,), []),
])
def test_what_are_numbers_of_this_shape(value, shape, found):
    assert np.array_equal(numbers_of(value, shape, "It"), found)


def test_infinity_and_particular_shapes_can_be_asked_for():
    assert numbers_of(float("inf"), (), "It", finite=False) == float("inf")
    assert mistake_of(numbers_of, float("nan"), (), "It", finite=False)[0] == "not-finite"
    turned = Mistake("turned", "Turned.")
    with pytest.raises(Mistake, match="turned"):
        numbers_of(np.zeros((2, 3)), (3, 2), "It", instead={(2, 3): turned})


def test_several_things_and_dictionaries():
    assert several_of((1, ...), "ab", "It") == [1, ...] and several_of([1, 2], "ab", "It") == [1, 2]
    for value in ((1,), {"a": 1, "b": 2}, "ab", 3, np.zeros(2)):
        name, said = mistake_of(several_of, value, "ab", "It", "Here: ")
        assert name == "wrong-count"
        assert said.startswith("Here: it should be 2 values, in this order: a and b. It is ")
    assert entries_of({"a": 1, "b": ..., "c": 3}, "ab", "It") == {"a": 1, "b": ...}
    for value in ({"A": 1}, [1, 2], 3, "ab"):
        assert mistake_of(entries_of, value, "ab", "It") == (
            "no-dictionary", "It should be a dictionary with the keys a and b.")
    assert mistake_of(entries_of, {"a": 1, "B": 2}, "ab", "It")[1].endswith("keys a and b; b is missing.")
    for read, nothing in ((entries_of, ...), (several_of, None)):
        assert mistake_of(read, nothing, "ab", "It")[0] == "not-yet"
    params = Parameters({"W": (2,), "b": (1,)})
    assert list(arrays_of(params, params.shapes, "It")) == ["W", "b"]
    assert mistake_of(arrays_of, {"W": 3, "b": [1]}, params.shapes, "It")[0] == "wrong-shape"


def test_the_first_mistake_that_fits_is_taken():
    table = {Mistake("two", ""): 2, Mistake("also-two", ""): 2, Mistake("three", ""): 3}
    other = Mistake("other", "")
    assert [first_mistake(table, answer, other).name for answer in (2, 3, 4)] == ["two", "three", "other"]
    compare(1, 1, table, other)
    with pytest.raises(Mistake) as caught:
        compare(3, 1, {Mistake("three", "It is three."): 3}, other, "Not one. ")
    assert (caught.value.name, caught.value.said) == ("three", "Not one. It is three.")


def mistakes_in(path) -> list[str]:
    """The names of all mistakes that stand in a file."""
    return [branch.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Mistake"
            for branch in ([node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp)
                           else [node.args[0]])
            if isinstance(branch, ast.Constant)]


LESSONS = ROOT / "helpers" / "lessons"


def test_names_of_mistakes_are_in_kebab_case():
    names = {name for path in LESSONS.rglob("*.py") for name in mistakes_in(path)}
    assert len(names) > 100
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def returning_none(more=False):
    if more:
        return 1


BUFFER = np.zeros(1)
MAKERS = {      # of every mistake that any answer may have, whatever was asked
    "not-yet": lambda: need_answers(...),
    "no-function": lambda: answer_of(3),
    "returns-none": lambda: answer_of(returning_none),
    "math-of-array": lambda: answer_of(math.tanh, np.zeros(2)),
    "stops": lambda: answer_of(broken),
    "no-number": lambda: numbers_of("three", (), "It"),
    "no-numbers": lambda: numbers_of("three", (3,), "It"),
    "wrong-shape": lambda: numbers_of([1, 2], (3,), "It"),
    "not-finite": lambda: numbers_of(np.nan, (), "It"),
    "no-array": lambda: array_of([1, 2], (2,), "It"),
    "wrong-count": lambda: several_of((1, 2), "abc", "It"),
    "no-letter": lambda: letter_of("c) brake", "abc"),
    "no-dictionary": lambda: entries_of([1, 2], "ab", "It"),
    "changed-argument": lambda: answer_of(lambda x: x.sort(), np.array([2, 1]), unanswered=bool, keeps=True),
    "shares-argument": lambda: answer_of(lambda x: x.T, np.zeros(2), own=True),
    "shares-answer": lambda: answer_of(lambda: BUFFER, own=True),
}


def test_the_mistakes_that_any_answer_may_have_are_made_listed_and_used_by_no_check_for_something_else():
    general = set(mistakes_in(LESSONS / "student_calls.py"))
    assert {name: mistake_of(make)[0] for name, make in MAKERS.items()} == {name: name for name in general}
    head = (LESSONS / "student_calls.py").read_text(encoding="utf-8").split('"""')[1]
    assert general == set(re.findall(r'"([a-z-]+)"', head))
    for path in LESSONS.glob("lesson*/*check*.py"):
        assert general & set(mistakes_in(path)) == set(), path


def test_readers_functions_are_called_in_one_place_alone():
    """In the checks a parameter that is a function is handed on, never called."""
    called = []
    for path in LESSONS.glob("lesson*/*check*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name.startswith("check_"):
                given = {argument.arg for argument in function.args.args}
                called += [f"{path.name}: {node.func.id}" for node in ast.walk(function)
                           if isinstance(node, ast.Call) and getattr(node.func, "id", "") in given]
    assert called == []


def test_what_is_known_of_a_function_without_lines_says_nothing_of_its_double_in_a_cell():
    code = "def half(x):\n    y = x\n    ...\n    return y / 2\n"
    functions = []
    for file in ("<typed somewhere>", "<a cell>"):
        if file == "<a cell>":
            linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file
        space = {}
        exec(compile(code, file, "exec"), space)
        functions.append(space["half"])
    assert functions[0].__code__ == functions[1].__code__       # as Python sees them
    assert [has_dots(function) for function in functions] == [False, True]


# --- lesson 00 ---

test_a_right_answer_is_accepted = right(*((check_memory, (answer,)) for answer in (
    0.9**20, "0.122", 0.1216, np.float32(0.1216), np.prod(np.full(20, 0.9)), np.array([0.122]))))
test_a_mistake_is_named = mistakes(
    (check_memory, (...,), "not-yet"),
    (check_memory, ("much",), "no-number", "'much'"),
    (check_memory, (18,), "product"),
    (check_memory, ((0, 122),), "comma", "(0, 122)"),
    (check_memory, (0.9**19,), "off-by-one"),
    (check_memory, (0.9**21,), "off-by-one"),
    (check_memory, (1 - 0.9**20,), "what-is-lost"),
    (check_memory, (12.2,), "per-cent"),
    (check_memory, (0.12,), "too-few-digits"),
    (check_memory, (9 ^ 20,), "caret"),
    (check_memory, (float("nan"),), "not-finite"),
    (check_memory, (0.5,), "another-number"),
)
test_what_is_printed_is_what_is_said = printed((check_memory, (...,)), (check_memory, (0.122,)))
test_every_mistake_is_made = complete(checks)
