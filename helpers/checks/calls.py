"""Calls what a reader has written and looks at the answer, in one place for all checks.

A mistake that does not depend on the question is a Mistake of the same name everywhere: "not-yet" (dots, or
nothing), "no-function", "returns-none", "stops" (an exception), "math-of-array", "no-number", "no-numbers",
"no-letter", "wrong-shape", "not-finite", "no-array", "wrong-count", "no-dictionary", "changed-argument",
"shares-argument" and "shares-answer".
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import product
from traceback import extract_tb

import numpy as np

from helpers.checks.code import has_dots, returned
from helpers.checks.results import NO_RETURN, Mistake, listed, wait_for
from helpers.checks.shape_errors import shape_error
from helpers.networks import CharModel, Parameters

NOT_YET = "Not yet: replace the dots and run both cells again."


def is_open(answer) -> bool:
    """Whether `answer` is still the starter's dots, or the None of a function without a return."""
    return answer is None or answer is ...


def need_answers(*answers, said: str = NOT_YET) -> None:
    """Raise the Mistake "not-yet" if one of `answers` is still open."""
    if any(map(is_open, answers)):
        raise Mistake("not-yet", said)


def need_function(function: Callable) -> None:
    """Raise a Mistake if there is no function yet, or something else in its place."""
    need_answers(function)
    if not callable(function):
        raise Mistake("no-function", f"Pass the function itself to the check, not {_shown(function)}. Write "
                                     "its name alone, without parentheses or arguments after it.")


def need_written(*functions: Callable) -> None:
    """Raise the Mistake "not-yet" if one of a reader's functions does not exist yet, or has dots left."""
    need_answers(*functions)        # of all, before anything is said of one
    for function in functions:
        need_function(function)
        if has_dots(function):
            raise _dots_left(function)


def _dots_left(function: Callable) -> Mistake:
    """The Mistake of a function in which there are dots."""
    return Mistake("not-yet", f"Not yet: there are still dots in {own_name(function)}.")


def own_name(function: Callable) -> str:
    """What the reader calls a function."""
    return getattr(function, "__name__", "It")


def answer_of(function: Callable, *given, named: Mapping = {}, place: str = "", hint: str = "",
              unanswered: Callable = is_open, shape: tuple[int, ...] | None = None, what: str | None = None,
              read: Callable | None = None, keeps: bool = False, own: bool = False):
    """What a reader's function returns for copies of the arguments `given`, and of those `named`.

    Raises the Mistakes that the first lines of this file list.

    Args:
        place: where the function is tried, at the start of every sentence.
        hint: what helps with an exception, after its sentence.
        unanswered: whether what was returned counts as no answer yet.
        shape: the answer is converted to finite numbers of this shape by `numbers_of`, which calls it `what`.
        read: takes the answer apart, instead of `shape`; it may raise a Mistake.
        keeps: the function must not change its arguments.
        own: neither may it change them, nor return an array that it has returned before.
    """
    name = own_name(function)

    def call():
        mine, by_name = [_copied(thing) for thing in given], {key: _copied(named[key]) for key in named}
        try:
            return function(*mine, **by_name), [*mine, *by_name.values()]
        except Mistake:                # from a function of the check's, which asked the reader's
            raise
        except Exception as error:
            if has_dots(function):
                raise _dots_left(function) from error
            told = f"{type(error).__name__}: {error}".removesuffix(".")
            more = _line_of(error, function)
            if isinstance(error, TypeError) and re.search(r"only .* arrays can be converted", str(error)):
                raise Mistake("math-of-array", f"{place}{name} stops with {told}. A function from math, "
                                               "such as math.tanh, takes one number. np.tanh takes an array.",
                              *more) from error
            if unfit := shape_error(error, function):
                raise Mistake("stops", f"{place}{name} stops with ValueError {unfit.said}{hint}", unfit.more,
                              *more) from error
            none = (" Something there is None, which is what a function without a return gives, and also "
                    ".sort() and .append().") * ("'NoneType' object" in str(error))
            raise Mistake("stops", f"{place}{name} stops with {told}.{none or hint}", *more) from error

    need_function(function)
    if has_dots(function, alone=True):
        raise _dots_left(function)
    answer, mine = call()
    if unanswered(answer):
        if answer is None and returned(function):
            raise Mistake("returns-none", f"{place}{name} returns None{_given_to(function, given)}. Either "
                                          "it reaches no return there, or the value it returns is None.")
        raise Mistake("not-yet", NOT_YET if answer is not None else
                      f"Not yet: {name}{NO_RETURN}")
    if keeps or own:
        _need_kept(function, mine, [*given, *named.values()], place)
    if own:
        _need_own(function, answer, mine, call()[0], place)
    if shape is not None:
        return numbers_of(answer, shape, what or f"What {name} returns", place)
    return answer if read is None else read(answer)


def under_its_name(function: Callable, call: Callable) -> Callable:
    """`call`, which calls a reader's function, under that function's name, for `answer_of`."""
    need_function(function)
    call.__name__, call.__wrapped__ = own_name(function), function
    return call


def numbers_of(value, shape: tuple[int | None, ...], what: str, place: str = "", finite: bool = True,
               instead: Mapping[tuple[int, ...], Mistake] | None = None):
    """`value` as an array of finite numbers of this shape, or as one number for the shape ().

    A dimension that is None may have any size; `Parameters` count as their vector. `what` is the value's name
    in sentences, and `place` comes before each. `instead` has mistakes for particular wrong shapes. Unless
    numbers must be `finite`, infinity is allowed.
    """
    need_answers(value)
    should = f"{_after(place, what)} should be "
    several = "a list of numbers" if shape == (None,) else f"numbers of shape {shape}".replace("None", "any")
    wanted = should + (several if shape else "one number")
    try:
        array = np.asarray(value.vector if isinstance(value, Parameters) else value, dtype=float)
    except Exception:
        raise Mistake("no-numbers" if shape else "no-number", f"{wanted}, not {_shown(value)}.") from None
    if not shape:
        if array.size != 1:
            raise Mistake("no-number", f"{wanted}, not {_shown(value)}.")
        array = array.reshape(())
    elif array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        found = f"of shape {array.shape}" if array.ndim else _shown(value)
        raise (instead or {}).get(array.shape, Mistake(
            "wrong-shape", f"{wanted}, not {found}.",
            "Write each array's shape next to its name. Which line makes the wrong one?",
            "With @, the last dimension of the left array must match the first of the right one. .T swaps "
            "dimensions, np.outer and [None] add one, and an index, a sum or a mean removes one."))
    if np.isnan(array).any() or (finite and np.isinf(array).any()):
        raise Mistake("not-finite",
                      f"{should}finite, " + ("without nan, inf or None." if shape else f"not {array}."))
    return array if shape else float(array)


def array_of(value, shape: tuple[int | None, ...], what: str, place: str = "") -> np.ndarray:
    """The same for a value with which the lesson computes: as `numbers_of`, but a list is not enough."""
    array = numbers_of(value, shape, what, place)
    if not isinstance(value, np.ndarray):
        raise Mistake("no-array", f"{_after(place, what)} has the right shape, but it is a "
                                  f"{type(value).__name__}. The lesson computes with it, so make it a NumPy "
                                  "array: np.array(...).")
    return array


def letter_of(value, letters: Sequence[str]) -> str:
    """Which of these small letters `value` is, for example "c" for "C" or "(c)."."""
    need_answers(value)
    letter = word_of(value).strip(" ().:")
    if letter not in letters:
        raise Mistake("no-letter", f"Your answer is {_shown(value)}. Give the letter alone, one of "
                                   f"{', '.join(letters)}.")
    return letter


def word_of(value) -> str:
    """The text of `value`, in small letters and without spaces around it."""
    # not str(value).strip(): a reader's own subclass of str may have other methods
    return str.strip(str(value)).lower()


def several_of(value, names: Iterable[str], what: str, place: str = "") -> list:
    """`value`, a tuple or list, as a list of as many values as there are names; each may still be open."""
    need_answers(value)
    names = list(names)
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Mistake("wrong-count", f"{_after(place, what)} should be {len(names)} values, in this order: "
                                     f"{listed(names)}. It is {_shown(value)}." + (
                                         " Put commas between them, without np.array." * isinstance(
                                             value, np.ndarray)))
    return list(value)


def entries_of(value, keys: Iterable, what: str, place: str = "") -> dict:
    """`value` as a dictionary with these keys; each entry may still be open."""
    need_answers(value)
    keys = list(keys)
    if not isinstance(value, Mapping | Parameters) or not set(keys) <= set(value):
        near = isinstance(value, Mapping | Parameters) and bool(set(keys) & set(value))
        missing = [str(key) for key in keys if near and key not in value]
        if isinstance(value, Mapping) and {str(key) for key in value} >= set(map(str, keys)):
            raise Mistake("no-dictionary", f"{_after(place, what)} should have the keys "
                                           f"{listed(map(str, keys))} as numbers, without quotation marks.")
        more = f"; {listed(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
        raise Mistake("no-dictionary", f"{_after(place, what)} should be a dictionary with the keys "
                                       f"{listed(map(str, keys))}{more}.")
    return {key: value[key] for key in keys}


def arrays_of(value, shapes: Mapping[str, tuple[int, ...]], what: str, place: str = "") -> dict:
    """`value` as a dictionary of arrays of finite numbers with these shapes."""
    entries = entries_of(value, shapes, what, place)
    return {name: numbers_of(entries[name], shape, name, place) for name, shape in shapes.items()}


def close(answer, wrong) -> bool:
    """Whether two arrays have the same shape and, to 1e-9, the same numbers."""
    return np.shape(answer) == np.shape(wrong) and np.allclose(answer, wrong, atol=1e-9)


def nearly(answer, wrong) -> bool:
    """The same as `close`, but to 1e-5, because a result in single precision is right too."""
    return np.shape(answer) == np.shape(wrong) and np.allclose(answer, wrong, rtol=1e-5, atol=1e-6)


def first_difference(answer, right) -> tuple[int, ...]:
    """The place of the first number that differs between two arrays of one shape, as far as `nearly` sees."""
    off = ~np.isclose(answer, right, rtol=1e-5, atol=1e-6)
    return tuple(int(n) for n in np.unravel_index(np.argmax(off), off.shape))


def first_mistake(mistakes: Mapping[Mistake, object], answer, otherwise: Mistake,
                  same: Callable = close) -> Mistake:
    """The first of `mistakes`, each with its wrong answer, for which ``same(answer, wrong)`` holds."""
    return next((mistake for mistake, wrong in mistakes.items() if same(answer, wrong)), otherwise)


def compare(answer, right, mistakes: Mapping[Mistake, object], otherwise: Mistake, told: str = "",
            same: Callable = close, made_of: Iterable[str] = ()) -> None:
    """Raise the `first_mistake` of a wrong answer, with the words `told` before it.

    It waits instead if one of the parts that the answer is made of is wrong.
    """
    if not same(answer, right):
        wait_for(*made_of)
        raise first_mistake(mistakes, answer, otherwise, same).after(told)


def _shown(value) -> str:
    """A value as a sentence names it."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    words = repr(value.item() if isinstance(value, np.generic) else value)
    if inspect.isroutine(value):
        return f"the function {value.__name__}"
    if isinstance(value, list | tuple) and (len(words) > 60 or "array" in words):
        if len({part.shape for part in value if isinstance(part, np.ndarray)}) > 1:
            return f"a {type(value).__name__} of {len(value)} arrays of different shapes"
        return f"a {type(value).__name__} of length {len(value)}"
    return words if len(words) <= 60 else f"of type {type(value).__name__}"


def _after(place: str, what: str) -> str:
    """The start of a sentence, in small letters after a place. A name keeps its letters."""
    small = place and what.split()[0] in ("What", "The", "It")
    return place + (what[0].lower() + what[1:] if small else what)


def _line_of(error: Exception, function: Callable) -> list[str]:
    """What else can be said about an error: which line of a reader's function it came from."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    lines = [frame.line.split("  #")[0].strip() for frame in extract_tb(error.__traceback__)
             if code and frame.filename == code.co_filename and frame.line]
    return [f"It stops at this line: {lines[-1]}", "Just before that line, print every variable in it "
            "and its np.shape. Is each what you expect?"] if lines else []


def _copied(thing):
    """A copy, or the reader's thing itself if it can't be copied."""
    try:
        return deepcopy(thing)
    except Exception:
        return thing


def _given_to(function: Callable, given: Iterable) -> str:
    """What a reader's function was given, as far as it can be said in a few words."""
    said = [f"{_argument(function, n)} = {thing!r}" for n, thing in enumerate(given)
            if isinstance(thing, str | int | float | np.number) and len(repr(thing)) < 30]
    return f" for {listed(said)}" if said else ""


def _argument(function: Callable, n: int) -> str:
    """What a reader's function calls its n-th argument, from 0."""
    try:
        return list(inspect.signature(function).parameters)[n]
    except (TypeError, ValueError, IndexError):
        return f"argument {n + 1}"


def _need_kept(function: Callable, arguments: list, before: list, place: str) -> None:
    """Raise a Mistake if a reader's function has changed one of its arguments."""
    for n, (argument, kept) in enumerate(zip(arguments, before, strict=True)):
        pairs = list(_arrays(argument)), list(_arrays(kept))
        if len(pairs[0]) != len(pairs[1]) or not all(map(np.array_equal, *pairs)):
            name = _argument(function, n)
            raise Mistake("changed-argument", f"{place}{name} was changed by your function. Make new arrays.",
                          f"Python passes the array itself, not a copy, and the caller still needs {name} "
                          "unchanged.",
                          f"One of your lines writes into {name}, or into another name for the same array "
                          f"(-=, +=, out=, or an index on the left). Begin with {name}.copy().")


def _need_own(function: Callable, answer, arguments: list, again, place: str) -> None:
    """Raise a Mistake if the answer shares memory with an argument, or with that of another call, `again`."""
    for n, argument in enumerate(arguments):
        if _share(answer, argument):
            raise Mistake("shares-argument", f"{_after(place, 'What')} is returned is "
                                             f"{_argument(function, n)} itself, or a part of it. Make new "
                                             "arrays.")
    if _share(answer, again):
        name = own_name(function)
        raise Mistake("shares-answer", f"{place}{name} writes into the arrays that it returned before. Make "
                                       "new ones.")


def _arrays(thing) -> Iterator[np.ndarray]:
    """The arrays in an argument or an answer, in order."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, Parameters):
        yield thing.vector
    elif isinstance(thing, CharModel):
        yield thing.params.vector
    elif isinstance(thing, Mapping | list | tuple):
        for part in thing.values() if isinstance(thing, Mapping) else thing:
            yield from _arrays(part)


def _share(one, other) -> bool:
    """Whether a change of one could be seen in the other."""
    return any(np.may_share_memory(*pair) for pair in product(_arrays(one), _arrays(other)))
