"""A shape that does not fit: the message names the operands, their shapes, and what would change them."""

import linecache

import numpy as np
import pytest

from helpers.lessons.checks import Mistake
from helpers.lessons.shape_errors import shape_error
from helpers.lessons.student_calls import answer_of

GIVEN = {"x": np.ones(4), "h": np.ones(3), "W": np.ones((4, 3)), "grads": {"b": np.zeros(3)}}


def written(body: str, name: str = "<shape cell>"):
    """A function of x, h, W and grads as a notebook has it, with its text where Python looks for it."""
    source = f"def step(x, h, W, grads):\n    {body}\n"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"np": np}
    exec(compile(source, name, "exec"), names)
    return names["step"]


def mistake(body: str) -> Mistake:
    with pytest.raises(Mistake) as caught:
        answer_of(written(body), *GIVEN.values())
    return caught.value


@pytest.mark.parametrize(("body", "left", "right"), [
    ("return np.tanh(W @ x + h)", "W, has shape (4, 3)", "x, has shape (4,)"),
    ("return np.tanh(x @ W + W[:, :2])", "x @ W, has shape (3,)", "W[:, :2], has shape (4, 2)"),
    ("return W @ W", "W, has shape (4, 3)", "W, has shape (4, 3)"),
    ("return np.dot(np.tanh(h), W)", "np.tanh(h), has shape (3,)", "W, has shape (4, 3)"),
    ("grads['b'] += np.outer(x, h)", "grads['b'], has shape (3,)", "np.outer(x, h), has shape (4, 3)"),
    ("return (x\n            * h)", "x, has shape (4,)", "h, has shape (3,)"),
    ("ä = 'äöü'; return x - h", "x, has shape (4,)", "h, has shape (3,)"),
])
def test_both_operands_and_their_shapes_are_named(body, left, right):
    found = mistake(body)
    assert found.name == "stops" and found.said.startswith("step stops with ValueError at ")
    assert f"The left operand, {left}" in found.said and f"the right operand, {right}" in found.said


def test_then_it_says_what_a_transpose_an_index_a_sum_and_a_mean_would_do():
    more = mistake("return W @ x").more
    assert "W.T has shape (3, 4)" in more[0] and "W[0] and W.sum(axis=0) have shape (3,)" in more[0]
    assert "a mean" in more[0] and more[1] == "It stops at this line: return W @ x"
    assert ".T changes nothing" in mistake("return x - h").more[0]


@pytest.mark.parametrize("body", [
    "return x.reshape(2, 7)",                       # two operands are not what is wrong
    "return int('four')",
    "raise ValueError('of my own')",
    "return x.reshape(5) @ W",                      # the error is inside of the left operand
])
def test_another_error_keeps_its_own_words(body):
    assert mistake(body).said.startswith("step stops with ValueError: ")


def test_what_could_change_something_is_not_worked_out_again():
    calls = []
    step = written("return later(x) @ W")
    step.__globals__["later"] = lambda x: calls.append(1) or x[:2]
    with pytest.raises(Mistake) as caught:
        answer_of(step, *GIVEN.values())
    assert calls == [1] and caught.value.said.startswith("step stops with ValueError: ")


def test_a_frame_that_is_not_the_functions_is_not_looked_into():
    step = written("return x @ h")
    try:
        exec(compile("\nraise ValueError('remote')", "<shape cell>", "exec"), {})
    except ValueError as error:
        assert shape_error(error, step) is None
