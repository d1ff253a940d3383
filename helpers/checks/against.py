"""Checks that compare what a reader's function returns with a reference version, made from tables.

A lesson writes the reference version, cases to try both on, and a `Mutant` for each common mistake: how who
makes it would answer, and what is said about it. `against` makes the check of these::

    check_double = against(
        "check_double",
        Function(double, ((1,), (2.5,)), (
            Mutant("squared", lambda x: x**2, "That is x squared. Return 2 * x."),
        ), Symptom("another", "Add x to itself."), told="2 * {x} is {right}, but yours is {found}. "),
        right="Correct: yours doubles two numbers.")

In a sentence, the names of the function's arguments stand in braces for their values in the case. So do
``{right}`` and ``{found}``, the index ``{at}`` at which these first differ, and what is there,
``{right_at}``, ``{found_at}`` and, of a text or an array x among the arguments, ``{x_at}``. An answer of
another shape than the right one is compared with the mutants too, which then know nothing of ``{at}``.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from helpers.checks.calls import answer_of, close, entries_of, first_difference, numbers_of, several_of
from helpers.checks.check import Check
from helpers.checks.results import Mistake, further, part, wait_for

Arguments = Iterable[tuple]
FORMS = (lambda array: array, np.float32, np.ndarray.tolist)       # in which an answer may be written


class Mutant:
    """A common mistake, with a name in kebab-case.

    ``wrong`` takes what the reader's function takes, and answers as somebody does who makes this mistake. Of
    the sentences one more is said each time that it is made. ``of`` names the parts of the answer that it
    explains, by default all. ``same`` compares answers, by default as its `Function` does.
    """

    def __init__(self, name: str, wrong: Callable, *sentences: str, of: tuple[str, ...] = (),
                 same: Callable | None = None) -> None:
        self.name, self.wrong, self.sentences, self.of, self.same = name, wrong, sentences, of, same


class Symptom:
    """What is said of a wrong answer that no mutant explains; with `when`, only if ``when(found, right)``."""

    def __init__(self, name: str, *sentences: str, when: Callable | None = None) -> None:
        self.name, self.sentences, self.when = name, sentences, when


@dataclass(frozen=True)
class Part:
    """One of several things that a function returns; see `Function`.

    It waits as long as one of the parts that it ``needs`` is wrong.
    """

    symptoms: tuple[Symptom, ...] | Symptom
    told: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """A function that a reader writes, with what it is compared with.

    Attributes:
        reference: the right version, with the name and the arguments that the lesson asks for.
        cases: arguments to try it on, or a function that makes them.
        symptoms: what is said if no mutant explains an answer; the last one holds always.
        told: comes before each sentence.
        parts: names of what it returns, if that is several things: in order, or its keys if `by_key`.
        part_of: if each case is a part of the check, the name of that part, from the arguments.
        more: further sentences of a mistake that has none.
        also: further names for the sentences, made of a case's arguments.
        shown: the same, made of a wrong answer and the right one.
        called: the name of its part of the check, by default that of the reference version.
        same: whether an answer, or a part of it, is the right one.
        asked: options of `answer_of`. With "read", an answer need not be numbers.
    """

    reference: Callable
    cases: Arguments | Callable[[], Arguments]
    mutants: tuple[Mutant, ...]
    symptoms: tuple[Symptom, ...] | Symptom = ()
    told: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)
    by_key: bool = False
    part_of: Callable[..., str] | None = None
    more: tuple[str, ...] = ()
    also: Callable[..., Mapping] | None = None
    shown: Callable[..., Mapping] | None = None
    called: str = ""
    same: Callable = close
    asked: Mapping = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.called or self.reference.__name__

    def form(self, as_form: Callable) -> Callable:
        """The reference version with its answer in another form, such as a list or single precision."""
        def other(*given):
            right = self.reference(*given)
            if not self.parts:
                return right if "read" in self.asked else as_form(np.asarray(right))
            parts = {name: as_form(np.asarray(self._of(right, name))) for name in self.parts}
            return parts if self.by_key else list(parts.values())

        return other

    def tried(self) -> Iterator[tuple[tuple, object]]:
        """The arguments of each case and the right answer."""
        for given in self.cases() if callable(self.cases) else self.cases:
            yield given, self.reference(*deepcopy(given))

    def look(self, answer: Callable, alone: bool) -> None:
        """Compare a reader's function with the reference version; `alone`: it is all of the check."""
        for given, right in self.tried():
            if self.parts:
                self._look_at_parts(answer, given, right)
                continue
            name = self.part_of(*given) if self.part_of else self.name
            with further(*self.more) if alone and not self.part_of else part(name, *self.more):
                asked, whole = self._asked(given), Part(self.symptoms, self.told)
                what = asked.pop("what", f"What {getattr(answer, '__name__', 'It')} returns")
                read = partial(self._numbers, name, given, right, whole, what, asked.get("place", ""))
                found = answer_of(answer, *given, **{"read": read, **asked})
                self._compare(name, given, found, right, whole)

    def _look_at_parts(self, answer: Callable, given: tuple, right) -> None:
        what = f"What {self.name} returns"
        found = answer_of(answer, *given, **{
            "read": lambda found: (entries_of if self.by_key else several_of)(found, self.parts, what),
            **self._asked(given)})
        for name, asked in self.parts.items():
            with part(name, *self.more):
                wanted = self._of(right, name)
                value = self._numbers(name, given, wanted, asked, "It", "", self._of(found, name))
                self._compare(name, given, value, wanted, asked)

    def _asked(self, given: tuple) -> dict:
        """How the function is called in this case, with the names in the sentences filled in."""
        names = self._names(given)
        return {key: value.format_map(names) if isinstance(value, str) else value
                for key, value in self.asked.items()}

    def _of(self, answer, name: str):
        """This part of an answer."""
        return answer[name if self.by_key else list(self.parts).index(name)] if self.parts else answer

    def _numbers(self, name: str, given: tuple, right, asked: Part, what: str, place: str, found):
        """An answer as numbers. Raise the `Mistake` of a wrong shape, or of the mutant with this answer."""
        try:
            return numbers_of(found, np.shape(right), what, place)
        except Mistake as mistake:
            if mistake.name != "wrong-shape" or not (mutant := self._mutant(name, given, np.asarray(found))):
                raise
            raise self._said(mutant, asked, self._names(given) | {"found": found, "right": right}) from None

    def _compare(self, name: str, given: tuple, found, right, asked: Part) -> None:
        """Raise the `Mistake` of a wrong answer, or wait for the parts that it needs."""
        if self.same(found, right):
            return
        wait_for(*asked.needs)
        symptoms = asked.symptoms if isinstance(asked.symptoms, tuple) else (asked.symptoms,)
        made = self._mutant(name, given, found) or next(
            symptom for symptom in symptoms if symptom.when is None or symptom.when(found, right))
        raise self._said(made, asked, self._compared(given, found, right))

    def _said(self, made: Mutant | Symptom, asked: Part, names: Mapping) -> Mistake:
        first, *more = (sentence.format_map(names) for sentence in made.sentences)
        return Mistake(made.name, asked.told.format_map(names) + first, *more)

    def _mutant(self, name: str, given: tuple, found) -> Mutant | None:
        """The first mutant that has this answer, or this part of it."""
        return next((mutant for mutant in self.mutants if name in (mutant.of or (name,))
                     and self._explains(mutant, name, given, found)), None)

    def _explains(self, mutant: Mutant, name: str, given: tuple, found) -> bool:
        try:
            wrong = self._of(mutant.wrong(*deepcopy(given)), name)
            return bool((mutant.same or self.same)(found, wrong))
        except (IndexError, KeyError, TypeError, ValueError, ZeroDivisionError):    # it stops in this case
            return False

    def _names(self, given: tuple) -> dict:
        """What may stand in braces in a sentence: the arguments, and what else `also` makes of them."""
        names = dict(zip(inspect.signature(self.reference).parameters, given, strict=False))
        return names | (self.also(*given) if self.also else {})

    def _compared(self, given: tuple, found, right) -> dict:
        """The same, and where two answers first differ, if they are numbers."""
        names = self._names(given) | (self.shown(found, right) if self.shown else {})
        if "read" in self.asked and not self.parts:
            return names | {"found": found, "right": right}
        at = first_difference(found, right)
        there = {f"{name}_at": value[at[0]] for name, value in names.items()
                 if at and isinstance(value, str | list | tuple | np.ndarray)
                 and np.ndim(value) + isinstance(value, str) and at[0] < len(value)}
        return names | there | {
            "found": found, "right": right, "at": at[0] if len(at) == 1 else list(at),
            "found_at": np.asarray(found)[at], "right_at": np.asarray(right)[at]}


def wrong_answers(mutants: Iterable[Mutant], *given, **named) -> dict[Mistake, object]:
    """What who makes each of these mistakes would answer, for a check that calls `compare` itself."""
    return {Mistake(mutant.name, *mutant.sentences): mutant.wrong(*given, **named) for mutant in mutants}


def against(name: str, *functions: Function, right: str) -> Check:
    """A check of one or several functions, each compared with its reference version.

    Its parts are the functions if there are several, else what the function returns, or its cases, if these
    are parts. ``right`` is said of a right answer.
    """
    def look(*answers: Callable) -> str:
        for function, answer in zip(functions, answers, strict=True):
            with nullcontext() if alone else part(function.name, *function.more):
                function.look(answer, alone)
        return right

    first, alone = functions[0], len(functions) == 1
    parts = tuple(function.name for function in functions) if not alone else tuple(first.parts)
    if alone and first.part_of:
        parts = tuple(dict.fromkeys(first.part_of(*given) for given, _ in first.tried()))
    references = [function.reference for function in functions]
    signatures = {reference.__name__: inspect.signature(reference) for reference in references}
    parameters = [inspect.Parameter(asked, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Callable)
                  for asked in signatures]
    look.__name__ = look.__qualname__ = name
    look.__module__ = first.reference.__module__
    look.__signature__ = inspect.Signature(parameters, return_annotation=str)  # type: ignore[attr-defined]
    look.__doc__ = "Try " + ", ".join(
        f"``{asked}{signature}``" for asked, signature in signatures.items()) + (
        f" on fresh numbers.\n\n{inspect.getdoc(first.reference) or ''}").rstrip()
    made = Check(look, parts)
    made.mutants = tuple((mutant.name, tuple(mutant.wrong if other is function else other.reference
                                             for other in functions))
                         for function in functions for mutant in function.mutants)
    made.accepted = [tuple(function.form(as_form) for function in functions) for as_form in FORMS]
    return made
