"""What a reader has written, called and looked at: the one place that does it for all checks.

What is wrong with an answer whatever was asked is a `Slip` of the same name everywhere: "not-yet" (dots, or
nothing), "stops" (an exception), "no-number", "no-numbers", "no-letter", "wrong-shape", "not-finite",
"wrong-count", "no-dictionary", "changed-argument", "shares-argument" and "shares-answer".
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from itertools import product
from textwrap import dedent
from traceback import extract_tb
from types import CodeType

import numpy as np

from helpers.lessons.checking import NO_RETURN, Slip, listed, wait_for
from helpers.networks import CharModel, Parameters

NOT_YET = "Not yet: replace the dots and run both cells again."


def is_open(answer) -> bool:
    """Whether `answer` is still the dots of the starter, or None as a function returns without a return."""
    return answer is None or answer is ...


def need_answers(*answers, said: str = NOT_YET) -> None:
    """Raise the Slip "not-yet" if one of `answers` is still open."""
    if any(map(is_open, answers)):
        raise Slip("not-yet", said)


def has_dots(function: Callable, alone: bool = False) -> bool:
    """Whether the code of a reader's function has dots in it that still stand for something.

    `alone`: on a line of their own, where they do nothing when it is run.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    return _dots_of(code, getattr(code, "co_filename", None))[alone]


@cache
def _dots_of(code: CodeType | None, filename: str | None) -> tuple[bool, bool]:
    """Whether there are dots in a code, and whether some stand alone; no for one that is not to be had.

    `filename` is where its lines are: two codes count as equal in Python wherever they come from, so what is
    remembered of one without lines must not answer for its double in a cell.
    """
    try:
        tree = ast.parse(dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError):
        return False, False
    indices = {id(node) for index in ast.walk(tree) if isinstance(index, ast.Subscript)
               for node in ast.walk(index.slice)}
    dots = {id(node) for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node.value is ... and id(node) not in indices}
    return bool(dots), any(isinstance(node, ast.Expr) and id(node.value) in dots for node in ast.walk(tree))


def need_written(*functions: Callable) -> None:
    """Raise the Slip "not-yet" if one of a reader's functions is none yet, or has dots left anywhere."""
    need_answers(*functions)
    for function in functions:
        if has_dots(function):
            raise _dots_left(function)


def _dots_left(function: Callable) -> Slip:
    """The Slip of a function in which there are dots."""
    return Slip("not-yet", f"Not yet: there are still dots in {getattr(function, '__name__', 'It')}.")


def answer_of(function: Callable, *given, named: Mapping | None = None, place: str = "", hint: str = "",
              brief: bool = False, unanswered: Callable = is_open, shape: tuple[int, ...] | None = None,
              what: str | None = None, read: Callable | None = None, keeps: bool = False, own: bool = False):
    """What a reader's function returns for the arguments `given`. It gets copies, and can spoil nothing.

    Args:
        named: arguments that are given by name.
        place: where the function is tried; before every sentence.
        hint: what helps with an exception; after its sentence.
        brief: an exception is told by its type alone, for a lesson whose saved output has one: its words
            differ between versions.
        unanswered: whether what was returned counts as no answer yet.
        shape: the answer is made finite numbers of this shape by `numbers_of`.
        what: what the answer is called there.
        read: takes the answer apart, instead of `shape`; it may raise a Slip.
        keeps: the arguments have to stay as they are.
        own: they have, and the arrays of the answer have to be new ones at each call.

    Raises:
        Slip: one of those that the head of this file lists.
    """
    name, named = getattr(function, "__name__", "It"), named or {}

    def call():
        mine, by_name = [_copied(thing) for thing in given], {key: _copied(named[key]) for key in named}
        try:
            return function(*mine, **by_name), [*mine, *by_name.values()]
        except Slip:                # from a function of the check's, which asked the reader's
            raise
        except Exception as error:
            if has_dots(function):
                raise _dots_left(function) from error
            told = (type(error).__name__ + ("" if brief else f": {error}")).removesuffix(".")
            more = _line_of(error, function)
            raise Slip("stops", f"{place}{name} stops with {told}.{hint}", *more) from error

    need_answers(function)
    if has_dots(function, alone=True):
        raise _dots_left(function)
    answer, mine = call()
    if unanswered(answer):
        raise Slip("not-yet", NOT_YET if answer is not None else
                   f"Not yet: {name}{NO_RETURN}")
    if keeps or own:
        _need_kept(function, mine, [*given, *named.values()], place)
    if own:
        _need_own(function, answer, mine, call()[0], place)
    if shape is not None:
        return numbers_of(answer, shape, what or f"What {name} returns", place)
    return answer if read is None else read(answer)


def under_its_name(function: Callable, call: Callable) -> Callable:
    """`call`, which calls a reader's function, named as that one, for `answer_of`."""
    call.__name__, call.__wrapped__ = getattr(function, "__name__", "It"), function
    return call


def numbers_of(value, shape: tuple[int | None, ...], what: str, place: str = "", finite: bool = True,
               instead: Mapping[tuple[int, ...], Slip] | None = None):
    """`value` as an array of finite numbers of this shape; for the shape () as one number.

    Args:
        shape: None in it stands for any length.
        what: what the sentence of a Slip calls the value.
        place: before every sentence.
        finite: without it, infinity is allowed.
        instead: slips for particular wrong shapes, instead of "wrong-shape".
    """
    need_answers(value)
    should = f"{_after(place, what)} should be "
    several = "a list of numbers" if shape == (None,) else f"numbers of shape {shape}".replace("None", "any")
    wanted = should + (several if shape else "one number")
    try:
        array = np.asarray(value, dtype=float)
    except Exception:
        raise Slip("no-numbers" if shape else "no-number", f"{wanted}, not {_shown(value)}.") from None
    if not shape:
        if array.size != 1:
            raise Slip("no-number", f"{wanted}, not {_shown(value)}.")
        array = array.reshape(())
    elif array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        found = f"of shape {array.shape}" if array.ndim else _shown(value)
        raise (instead or {}).get(array.shape, Slip(
            "wrong-shape", f"{wanted}, not {found}.",
            "Write the shape of each thing beside its name in your line: where does this one come from?",
            "With @ the last length of the one meets the first of the other, and .T turns lengths round; "
            "np.outer and [None] add a length; an index, a sum and a mean take one away."))
    if np.isnan(array).any() or (finite and np.isinf(array).any()):
        raise Slip("not-finite", f"{should}finite, " + ("without nan and inf." if shape else f"not {array}."))
    return array if shape else float(array)


def letter_of(value, letters: Iterable[str]) -> str:
    """`value`, such as "C" or "(c).", as the one of these small letters that it is."""
    need_answers(value)
    letters = list(letters)
    letter = word_of(value).strip(" ().:")
    if letter not in letters:
        raise Slip("no-letter", f"Your answer is {_shown(value)}. Give the letter alone, one of "
                                f"{', '.join(letters)}.")
    return letter


def word_of(value) -> str:
    """What is written in `value`, in small letters and without spaces around it.

    A plain string, whatever methods a string of the reader's own class has.
    """
    return str.strip(str(value)).lower()


def several_of(value, names: Iterable[str], what: str, place: str = "") -> list:
    """`value`, a tuple or list, as a list of as many things as there are names; each may still be open."""
    need_answers(value)
    names = list(names)
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Slip("wrong-count", f"{_after(place, what)} should be {len(names)} things, in this order: "
                                  f"{listed(names)}; it is {_shown(value)}.")
    return list(value)


def entries_of(value, keys: Iterable, what: str, place: str = "") -> dict:
    """`value` as a dictionary with these keys; each entry may still be open."""
    need_answers(value)
    keys = list(keys)
    if not isinstance(value, Mapping | Parameters) or not set(keys) <= set(value):
        near = isinstance(value, Mapping | Parameters) and bool(set(keys) & set(value))
        missing = [str(key) for key in keys if near and key not in value]
        more = f"; {listed(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
        raise Slip("no-dictionary", f"{_after(place, what)} should be a dictionary with the keys "
                                    f"{listed(map(str, keys))}{more}.")
    return {key: value[key] for key in keys}


def arrays_of(value, shapes: Mapping[str, tuple[int, ...]], what: str, place: str = "") -> dict:
    """`value` as a dictionary of arrays of finite numbers with these shapes."""
    entries = entries_of(value, shapes, what, place)
    return {name: numbers_of(entries[name], shape, name, place) for name, shape in shapes.items()}


def close(answer, wrong) -> bool:
    """Whether two arrays are equal in shape and, to 1e-9, in numbers."""
    return np.shape(answer) == np.shape(wrong) and np.allclose(answer, wrong, atol=1e-9)


def nearly(answer, wrong) -> bool:
    """The same to 1e-5: what was made in single precision is right too."""
    return np.shape(answer) == np.shape(wrong) and np.allclose(answer, wrong, rtol=1e-5, atol=1e-6)


def close_to_one(answer, several: Iterable) -> bool:
    """Whether an array is `close` to one of several."""
    return any(close(answer, one) for one in several)


def first_slip(slips: Mapping[Slip, object], answer, otherwise: Slip, same: Callable = close) -> Slip:
    """The first of `slips`, each with the wrong answer it makes, for which ``same(answer, wrong)`` holds."""
    return next((slip for slip, wrong in slips.items() if same(answer, wrong)), otherwise)


def compare(answer, right, slips: Mapping[Slip, object], otherwise: Slip, told: str = "",
            same: Callable = close, made_of: Iterable[str] = ()) -> None:
    """Raise the `first_slip` of an answer that is not the right one, with the words `told` before it.

    If one of the parts that it is made of is wrong, it waits for that one instead.
    """
    if not same(answer, right):
        wait_for(*made_of)
        raise first_slip(slips, answer, otherwise, same).after(told)


def _shown(value) -> str:
    """A value as a sentence names it."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    words = repr(value.item() if isinstance(value, np.generic) else value)
    if isinstance(value, list | tuple) and (len(words) > 60 or "array" in words):
        return f"a {type(value).__name__} of {len(value)}"
    return words if len(words) <= 60 else f"of type {type(value).__name__}"


def _after(place: str, what: str) -> str:
    """A sentence's beginning, small after a place; a name keeps its letters."""
    small = place and what.split()[0] in ("What", "The", "It")
    return place + (what[0].lower() + what[1:] if small else what)


def _line_of(error: Exception, function: Callable) -> list[str]:
    """What more can be said of an error: in which line of a reader's function it came up."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    lines = [frame.line.split("  #")[0].strip() for frame in extract_tb(error.__traceback__)
             if code and frame.filename == code.co_filename and frame.line]
    return [f"It stops at this line: {lines[-1]}", "Just before it, print every thing that this line uses, "
            "and its np.shape: is each what the line takes it for?"] if lines else []


def _copied(thing):
    """A copy; a thing of the reader's own that can't be copied, itself."""
    try:
        return deepcopy(thing)
    except Exception:
        return thing


def _argument(function: Callable, n: int) -> str:
    """What a reader's function calls its n-th argument, from 0."""
    try:
        return list(inspect.signature(function).parameters)[n]
    except (TypeError, ValueError, IndexError):
        return f"argument {n + 1}"


def _need_kept(function: Callable, arguments: list, before: list, place: str) -> None:
    """Raise a Slip if a reader's function has changed one of its arguments."""
    for n, (argument, kept) in enumerate(zip(arguments, before, strict=True)):
        pairs = list(_arrays(argument)), list(_arrays(kept))
        if len(pairs[0]) != len(pairs[1]) or not all(map(np.array_equal, *pairs)):
            name = _argument(function, n)
            raise Slip("changed-argument", f"{place}{name} was changed on the way: make new arrays.",
                       f"Python hands an array over, not a copy of it: whoever gave {name} to your function "
                       "still needs it as it was.",
                       f"Somewhere a line writes into {name}, or into what is another name for it (-=, +=, "
                       f"out=, or an index on the left): begin with {name}.copy().")


def _need_own(function: Callable, answer, arguments: list, again, place: str) -> None:
    """Raise a Slip if the answer shares memory with an argument, or with that of another call, `again`."""
    for n, argument in enumerate(arguments):
        if _share(answer, argument):
            raise Slip("shares-argument", f"{_after(place, 'What')} is returned is {_argument(function, n)} "
                                          "itself, or a part of it: make new arrays.")
    if _share(answer, again):
        name = getattr(function, "__name__", "It")
        raise Slip("shares-answer", f"{place}{name} writes into the arrays that it has returned before: make "
                                    "new ones.")


def _arrays(thing) -> Iterator[np.ndarray]:
    """The arrays in an argument or an answer, in their order."""
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
