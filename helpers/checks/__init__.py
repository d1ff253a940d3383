"""Checks of a reader's answers: they name the mistake, and say more each time that it is made.

Used by the lessons, which list what they ask for. It imports `helpers.networks`, and of `helpers.pictures`
the colours.
"""

from helpers.checks.against import Function, Mutant, Part, Symptom, against, wrong_answers
from helpers.checks.calls import (
    answer_of,
    array_of,
    arrays_of,
    close,
    compare,
    entries_of,
    first_difference,
    first_mistake,
    is_open,
    letter_of,
    nearly,
    need_answers,
    need_function,
    need_written,
    numbers_of,
    several_of,
    under_its_name,
    word_of,
)
from helpers.checks.check import Check, check
from helpers.checks.results import Mistake, Result, further, listed, part, something_wrong, wait_for
