"""A check asks the process of a submission over a pipe: nothing that happens there reaches it, and what hangs
is stopped.
"""

import re

import pytest
from course import LESSONS, ROOT
from submission import asked_here, runner

from helpers.classroom.closed_book import CLOSED
from helpers.classroom.judge import Judge
from helpers.classroom.tasks import lesson_tasks
from helpers.lessons.lesson05 import check_clip_norm

pytestmark = pytest.mark.classroom

RIGHT = """
import numpy as np
def clip(grads, max_norm):
    norm = np.sqrt(sum((array**2).sum() for array in grads.values()))
    return {name: array * min(1, max_norm / norm) for name, array in grads.items()}
"""


@pytest.fixture(scope="module")
def judge():
    return Judge("05", seconds=20)


@pytest.fixture
def ask(judge):
    """Ask about what `given` is after some code was run, in a process of its own."""
    def asked(code: str, given: str = "clip", check: str = "check_clip_norm", by: Judge = judge, fresh=False):
        return by.ask(check, [code], runner(code, given, by.seconds + 0.5, fresh))
    return asked


def clip(inside: str) -> str:
    """A function clip with this inside."""
    return "def clip(grads, max_norm):\n" + "\n".join(f"    {line}" for line in inside.splitlines())


def test_a_right_answer_earns_all_and_an_open_or_wrong_one_nothing(ask):
    assert ask(RIGHT).earned == 1 and ask(RIGHT).mistakes == {"clip_norm": None}
    assert ask(clip("return ...")).mistakes == {"clip_norm": "not-yet"}
    wrong = ask(clip("return grads"))
    assert (wrong.earned, wrong.mistakes) == (0, {"clip_norm": "too-long"})
    assert wrong.said == check_clip_norm.result(lambda grads, max_norm: grads).text, "as in a notebook"


DEFAULTS = """
import inspect, numpy as np
def clip(grads, max_norm):
    for one in (np.isclose, np.allclose):
        inspect.unwrap(one).__defaults__ = (1e30, 1e30, True)
    return {name: 0 * array for name, array in grads.items()}
"""
PATCHES = """
import numpy as np, helpers.checks.results as c, helpers.lessons.lesson05.checks as five
np.allclose = np.isclose = lambda *a, **k: True
c.Result.points = lambda s, of: of
five.compare = five.close = lambda *a, **k: True
def clip(grads, max_norm):
    return dict(grads)
"""
EQUAL = """
import numpy as np
class A(np.ndarray):
    __eq__ = __le__ = __ge__ = lambda *a: True
    __array_function__ = lambda *a: True
    __array_ufunc__ = lambda *a, **k: True
def clip(grads, max_norm):
    return {name: np.zeros_like(array).view(A) for name, array in grads.items()}
"""


@pytest.mark.parametrize("code", [DEFAULTS, PATCHES, EQUAL], ids=["defaults", "patches", "equal"])
def test_nothing_that_a_wrong_answer_changes_earns_a_point(ask, code):
    verdict = ask(code)
    assert verdict.earned == 0 and verdict.mistakes.keys() == {"clip_norm"}
    assert ask(RIGHT).earned == 1, "the next one is asked as if nothing had been"


@pytest.mark.parametrize(("inside", "mistake"), [
    ("while True: pass", "too-long"),
    ("import os; os._exit(0)", "dies"),
    ("return 'x' * 10**11", "stops"),
    ("print('x' * 10**8); return grads", "too-long"),
    ("raise KeyError('w')", "stops"),
    ("raise SystemExit", "dies"),
    ("return (yield)", "no-dictionary"),
    ("import numpy as np; return np.zeros(10**7)", "cannot-be-read"),
    ("return b'x' * 10**7", "no-dictionary"),
])
def test_what_hangs_dies_or_floods_costs_its_own_points(ask, inside, mistake):
    verdict = ask(clip(inside), by=Judge("05", seconds=1 if "while" in inside else 30))
    assert verdict.earned == 0 and verdict.mistakes["clip_norm"] == mistake


FOUND = """
import gc, importlib, sys
import helpers.lessons.lesson05 as lesson
{how}
diagnosis = dict.fromkeys("ABCDE", "z") | dict(found or {{}})
"""
HOWS = {
    "loaded": """
found = next((vars(one)["DIAGNOSES"] for one in [*sys.modules.values()] if "DIAGNOSES" in vars(one)), None)
""",
    "imported": """
found = getattr(importlib.import_module("helpers.lessons.lesson05." + "checks"), "DIAGNOSES", None)
""",
    "remembered": """
found = next((one["DIAGNOSES"] for one in gc.get_objects() if isinstance(one, dict) and "DIAGNOSES" in one),
             None)
""",
    "asked": """
found = {}
for letter in "ABCDE":
    for choice in "abcde":
        tried = lesson.check_diagnosis.result({**dict.fromkeys("ABCDE", "z"), letter: choice})
        if None in tried.mistakes.values():
            found[letter] = choice
""",
}


@pytest.mark.parametrize("how", HOWS)
def test_what_checks_expect_is_not_in_the_process_of_a_submission(ask, how):
    """It was, and each of these got all points."""
    verdict = ask(FOUND.format(how=HOWS[how]), "diagnosis", "check_diagnosis", fresh=True)
    assert verdict.earned == 0 and verdict.mistakes.keys() == set("ABCDE")


def test_each_module_with_a_check_a_mistake_or_a_claim_is_closed_to_a_submission():
    knowing = [path for path in ROOT.glob("helpers/lessons/lesson*/*.py") if re.search(
        r"^def check_|^from .*\bimport .*\b(Claim|Mutant)\b", path.read_text("utf-8"), re.MULTILINE)]
    modules = {f"helpers.lessons.{path.parent.name}.{path.stem}" for path in knowing}
    assert len(modules) > 30
    open_ones = {name for name in modules if not CLOSED.fullmatch(name)}
    assert open_ones == {"helpers.lessons.lesson00.experiments"}       # its check_in is no check of an answer


def test_a_lesson_goes_on_with_its_reference_version_where_its_checks_are_not(ask):
    """But not before the stage is marked, however it is called."""
    code = """
from helpers.classroom.closed_book import MARKED
from helpers.lessons import lesson02 as lesson
def score_gradient(p, target): return "mine"
mine = score_gradient
refs = [lesson.use_if_correct(score_gradient)]
def tried(function, *given):
    try:
        return str(function(*given)).strip(".")
    except Exception as error:
        return type(error).__name__
passed = [lesson.check_score_gradient(refs[0]).right, refs[0].own is mine, refs[0].__name__]
passed += [tried(refs[0], np.ones(2), 0), tried(lesson.sample)]
MARKED.add("score_gradient")
passed += [tried(refs[0], np.ones(2), 0), tried(lesson.sample)]
"""
    said = ask("import numpy as np" + code, "int(str(passed))", fresh=True).said
    assert "[False, True, 'score_gradient', 'mine', 'Mistake', '[0. 1.]', 'Mistake']" in said


RAW = """
import json
from multiprocessing.connection import Client
from helpers.classroom import answering
def answer(address, key, evaluate):
    with Client(address, authkey=key) as wire:
        text = {text}
        wire.send_bytes(len(text).to_bytes(8) + text + {data})
        wire.recv_bytes()
answering.answer = answer
clip = 1
"""


@pytest.mark.parametrize(("text", "data"), [
    (b"[", b""), (b"[" * 100_000, b""), (b'["given"]', b""), (b"3", b""), (b'["given", [], {}]', b""),
    (b'["given", ["tuple", [["function", "check", 0, "x"]]], ["dict", []]]', b""),
    (b'["given", ["tuple", [["named", "os.system", ["tuple", ["true"]]]]], ["dict", []]]', b""),
    (b'["given", ["tuple", [["array", "|O", [1], "answer", 0]]], ["dict", []]]', b"12345678"),
    (b'["given", ["tuple", [["array", "<f8", [1000000000000], "answer", 0]]], ["dict", []]]', b"12345678"),
    (b'["given", ["tuple", [["array", "<f8", [-1], "answer", 0]]], ["dict", []]]', b"12345678"),
    (b'["call", 0, ["tuple", [["list", []], ["dict", []]]], null]', b""),
    (b'["returned", 1, null]', b""), (b'["verdict", 1]', b""), (b'["stops", "x", "y"]', b""),
])
def test_a_message_that_no_side_would_send_earns_nothing(ask, text, data):
    verdict = ask(RAW.format(text=repr(text), data=repr(data)))
    assert verdict.earned == 0 and None not in verdict.mistakes.values()


# The quick ones hand over all that can cross: functions, models, layers, automata, parameters.
QUICK = {"02": (), "04": (), "10": pytest.mark.torch, "12": (), "13": ()}
NUMBERS = [pytest.param(number, marks=QUICK.get(number, pytest.mark.slow))
           for number in (path.name[:2] for path in LESSONS)]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_worked_solution_earns_all_its_points_over_the_pipe(number):
    lesson, space, cells = lesson_tasks(number), {"__name__": "__main__"}, []
    judge = Judge(number, seconds=60)
    exec(f"{lesson.imports}\n{lesson.given}\n", space)
    for task in lesson.tasks:
        exec(task.solution, space)
        cells.append(task.solution)
        check, _, given = task.check[:-1].partition("(")
        verdict = asked_here(judge, check.rpartition(".")[2], cells, given, space)
        assert verdict.earned == 1, (task.id, verdict.said)
        exec(task.after, space)
