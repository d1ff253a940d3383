"""Parameters: named arrays and one flat vector are the same numbers."""

import copy
import doctest
import pickle

import numpy as np
import pytest

import helpers.networks.parameters
from helpers.networks import Parameters

SHAPES = {"W_xh": (2, 3), "W_hh": (3, 3), "b_h": (3,)}


@pytest.fixture
def p() -> Parameters:
    return Parameters(SHAPES, np.arange(18.0))


def views_hold(p: Parameters) -> bool:
    """Whether every array still shows the vector's memory, in order and without gaps."""
    p.vector[...] = np.arange(p.vector.size)
    return np.array_equal(np.concatenate([a.ravel() for a in p.values()]), np.arange(p.vector.size))


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(helpers.networks.parameters).failed == 0


def test_arrays_lie_in_the_vector_in_the_order_of_their_names(p):
    assert list(p) == list(p.keys()) == ["W_xh", "W_hh", "b_h"] and len(p) == 3
    assert {name: array.shape for name, array in p.items()} == SHAPES
    assert p.W_hh is p["W_hh"] and p.W_hh[0, 0] == 6
    assert "b_h" in p and "b_y" not in p and "b_h" in dir(p)
    assert views_hold(p)


@pytest.mark.parametrize("assign", [
    lambda p, a: setattr(p, "W_hh", a),
    lambda p, a: p.__setitem__("W_hh", a),
    lambda p, a: p.W_hh.__setitem__(..., a),
    lambda p, a: p.vector.__setitem__(slice(6, 15), a.ravel()),
], ids=["p.W_hh = a", "p['W_hh'] = a", "p.W_hh[...] = a", "p.vector[6:15] = a"])
def test_every_way_of_writing_is_seen_in_the_array_and_in_the_vector(p, assign):
    assign(p, 100 * np.eye(3))
    assert np.array_equal(p.W_hh, 100 * np.eye(3))
    assert np.array_equal(p.vector, [*range(6), 100, 0, 0, 0, 100, 0, 0, 0, 100, 15, 16, 17])


def test_adding_in_place_writes_through_and_one_number_fills_an_array(p):
    p.b_h += 1
    p.W_xh = 0
    assert p.vector[-3:].tolist() == [16, 17, 18] and not p.vector[:6].any()
    p.vector = np.ones(18)
    assert p.W_hh.sum() == 9 and views_hold(p)


def test_assignment_copies_numbers_so_the_source_stays_apart(p):
    source = np.zeros(3)
    p.b_h = source
    p.b_h[0] = 5
    assert source[0] == 0


@pytest.mark.parametrize("duplicate", [
    Parameters.copy, copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p)),
], ids=["copy()", "copy.copy", "deepcopy", "pickle"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_copy_has_equal_numbers_its_own_memory_and_working_views(duplicate, dtype):
    p = Parameters(SHAPES, np.arange(18, dtype=dtype))
    twin = duplicate(p)
    assert np.array_equal(twin.vector, p.vector) and twin.vector.dtype == dtype and twin.shapes == p.shapes
    twin.W_hh = -1
    assert p.vector.tolist() == list(range(18))
    assert views_hold(twin)


def test_zeros_like_has_the_same_names_and_dtype_and_leaves_the_original(p):
    zeros = Parameters(SHAPES, dtype=np.float32).zeros_like()
    assert zeros.vector.dtype == np.float32 and not p.zeros_like().vector.any()
    assert zeros.shapes == p.shapes and p.vector[-1] == 17


@pytest.mark.parametrize("value, error", [
    (np.zeros((3, 2)), ValueError), (np.zeros(3), ValueError), (np.zeros((1, 3, 3)), ValueError),
    (np.zeros((3, 3), complex), TypeError), (np.zeros((3, 3), bool), TypeError),
    ("zero", TypeError), (None, TypeError),
], ids=["wrong shape", "broadcastable row", "one axis too many", "complex", "bool", "text", "None"])
def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(p, value, error):
    with pytest.raises(error, match="W_hh"):
        p.W_hh = value
    with pytest.raises(error, match="W_hh"):
        p["W_hh"] = value
    assert p.vector.tolist() == list(range(18))


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(p):
    for attempt in (lambda: p["W_hy"], lambda: p.__setitem__("W_hy", 1)):
        with pytest.raises(KeyError, match=r"W_hy.*W_xh, W_hh, b_h"):
            attempt()
    for attempt in (lambda: p.W_hy, lambda: setattr(p, "W_hy", 1)):
        with pytest.raises(AttributeError, match=r"W_hy.*W_xh, W_hh, b_h"):
            attempt()


@pytest.mark.parametrize("name", ["vector", "shapes", "copy", "items", "not a name", ""])
def test_a_name_that_would_hide_something_cannot_be_given(name):
    with pytest.raises(ValueError, match="cannot name"):
        Parameters({name: (2,)})


@pytest.mark.parametrize("vector, error", [
    (np.zeros(17), ValueError), (np.zeros((18, 1)), ValueError), (np.zeros(36)[::2], ValueError),
    (np.zeros(18, int), TypeError), (np.zeros(18, np.float16), TypeError), ([0.0] * 18, TypeError),
], ids=["too short", "two axes", "not contiguous", "int", "float16", "list"])
def test_memory_that_does_not_fit_is_refused(vector, error):
    with pytest.raises(error, match=r"vector|dtype"):
        Parameters(SHAPES, vector)


@pytest.mark.parametrize("dtype", [int, np.float16, complex, "no dtype", None])
def test_only_float32_and_float64_are_offered(dtype):
    with pytest.raises(TypeError, match="float32 or float64"):
        Parameters(SHAPES, dtype=dtype)
