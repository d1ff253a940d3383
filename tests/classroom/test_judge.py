"""A check asks the process of a submission over a pipe: nothing that happens there reaches it, and what hangs
is stopped.
"""

import inspect
import re
from collections import deque
from fractions import Fraction
from itertools import count
from queue import Queue
from threading import Thread
from traceback import extract_tb
from types import SimpleNamespace

import numpy as np
import pytest
from course import ROOT
from submission import asked_here, runner

from helpers.classroom import judge as judging
from helpers.classroom.answering import Answering, Asked
from helpers.classroom.closed_book import CLOSED
from helpers.classroom.crossing import Crossing, Strange
from helpers.classroom.judge import Asking, Judge, _verdict
from helpers.lessons import lesson03
from helpers.lessons.checks import Mistake
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03 import stage_mutants
from helpers.lessons.lesson03.back_mutants import BACKWARD, BATCH
from helpers.lessons.lesson05 import check_diagnosis
from helpers.lessons.stages import with_changes
from helpers.networks import CELLS, CharModel

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
        return by.ask(check, [code], runner(code, given, by.seconds + 2, fresh))
    return asked


def clip(inside: str) -> str:
    """A function clip with this inside."""
    return "def clip(grads, max_norm):\n" + "\n".join(f"    {line}" for line in inside.splitlines())


def test_a_right_answer_earns_all_and_an_open_or_wrong_one_nothing(ask):
    assert ask(RIGHT).earned == 1 and ask(RIGHT).mistakes == {"clip_norm": None}
    assert ask(clip("return ...")).mistakes == {"clip_norm": "not-yet"}
    wrong = ask(clip("return grads"))
    assert (wrong.earned, wrong.mistakes) == (0, {"clip_norm": "too-long"}) and "threshold" in wrong.said


def test_part_of_an_answer_earns_part(ask):
    some = ask('d = {"A": "c", "B": "b", "C": "e", "D": "a", "E": "d"}', "d", "check_diagnosis")
    assert some.earned == pytest.approx(3 / 5)
    assert sum(mistake is None for mistake in some.mistakes.values()) == 3
    assert list(some.mistakes) == list(check_diagnosis.parts)


def test_a_check_that_crashes_is_no_mistake_of_the_answer():
    """Nobody loses points by it unseen, because it is to be marked by hand."""
    def crashes():
        raise KeyError("course")

    said = _verdict(SimpleNamespace(parts=("clip_norm",), result=crashes),
                    SimpleNamespace(hear=lambda: ["called", [], {}]))
    assert "Mark it by hand" in said.said and (said.mistakes, said.earned) == ({}, 0)


DEFAULTS = """
import inspect, numpy as np
def clip(grads, max_norm):
    for one in (np.isclose, np.allclose):
        inspect.unwrap(one).__defaults__ = (1e30, 1e30, True)
    return {name: 0 * array for name, array in grads.items()}
"""
PATCHES = """
import numpy as np, helpers.lessons.checks as c, helpers.lessons.lesson05.checks as five
np.allclose = np.isclose = lambda *a, **k: True
c.Result.points = lambda s, of: of
five.compare = five.close = lambda *a, **k: True
def clip(grads, max_norm):
    return dict(grads)
"""
LETTER = """
class T(str):
    def strip(self, *a): return self
    lower = __str__ = casefold = strip
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = lambda self: hash("a")
diagnosis = {k: T("a") for k in "ABCDE"}
"""
KEYS = """
import importlib
class D(dict):
    def keys(self):
        found = getattr(importlib.import_module("helpers.lessons.lesson05.checks"), "DIAGNOSES", {})
        for key in found: found[key] = "a"
        return super().keys()
    __iter__ = lambda self: iter(self.keys())
diagnosis = D({k: "a" for k in "ABCDE"})
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


@pytest.mark.parametrize("code", [LETTER, KEYS], ids=["letter", "keys"])
def test_letters_that_say_they_are_right_are_read_as_letters(ask, code):
    honest = ask('diagnosis = {k: "a" for k in "ABCDE"}', "diagnosis", "check_diagnosis")
    assert ask(code, "diagnosis", "check_diagnosis").mistakes == honest.mistakes


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
    verdict = ask(clip(inside), by=Judge("05", seconds=4 if "while" in inside else 30))
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
    assert {name for name in modules if not CLOSED.fullmatch(name)} == {"helpers.lessons.lesson00.check_in"}


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


def test_what_never_opens_the_pipe_has_not_answered(judge):
    verdict = judge.ask("check_clip_norm", [], lambda address, key: None)
    assert verdict.mistakes == {"clip_norm": "dies"}
    assert verdict.said.startswith("The submission's process didn't answer the check")


def test_what_stops_before_it_is_there_is_told(ask, judge):
    told = ask(RIGHT, "clip, 1 / 0")
    assert told.mistakes == {"clip_norm": "stops"} and "ZeroDivisionError" in told.said
    assert judge.too_long("check_clip_norm").mistakes == {"clip_norm": "too-long"}


def test_a_mistake_without_a_name_is_a_mistake(ask):
    code = "from helpers.lessons.checks import Mistake\n" + clip("raise Mistake('', 'Correct: full marks')")
    verdict = ask(code)
    assert verdict.mistakes == {"clip_norm": "stops"} and verdict.said.startswith("✗")


def test_what_can_not_cross_stays_and_does_its_work_there(ask):
    code = RIGHT.replace("    norm", "    with lock: norm")
    assert ask(f"import threading\nlock = threading.Lock()\n{code}").earned == 1


def test_the_line_at_which_an_answer_stops_is_read_from_its_text(ask):
    said = ask("# a line\n" + clip("total = 0\nreturn total[3]  # here")).said
    assert "TypeError" in said and "'int' object is not subscriptable" in said


WRONG = (
    ("check_sweep", plain.sweep, stage_mutants.SWEEP), ("check_backward", plain.backward, BACKWARD),
    ("check_batch", plain.batch_backward, BATCH))
MUTANTS = [pytest.param(check, function, mutant, id=f"{check}-{mutant.name}")
           for check, function, mutants in WRONG for mutant in mutants]


@pytest.mark.parametrize(("check", "function", "mutant"), MUTANTS)
def test_a_wrong_answer_gets_the_same_sentence_as_in_its_notebook(check, function, mutant):
    wrong = with_changes(function, mutant.changes)
    here = getattr(lesson03, check).result(wrong)
    there = asked_here(Judge("03", 20), check, [], "wrong", {"wrong": wrong})
    assert (there.said, there.mistakes) == (here.text, here.mistakes) and there.earned < 1


def message(text: bytes) -> bytes:
    return len(text).to_bytes(8) + text


class Side(Crossing):
    """A side of a pipe, with the other in one process: this one hears while the other calls it."""

    def __init__(self, me: str, other: str) -> None:
        self.came, self.there, self.calls = Queue(), None, 0
        super().__init__(lambda sent: self.there.came.put(sent), lambda: self.came.get(timeout=5), me, other)

    def call(self, *given):
        hears = None if self.there.calls else Thread(target=self.there.hear, daemon=True)
        self.calls += 1
        try:
            if hears:
                hears.start()
            return super().call(*given)
        finally:
            self.calls -= 1
            if hears:
                self.there.came.put(message(b'["end"]'))
                hears.join()

    def error(self, number, kind, said, line):
        return LookupError(kind, said, line)


@pytest.fixture
def sides():
    """Two sides of a pipe, and what crosses from the first to the second."""
    mine, theirs = Side("check", "answer"), Side("answer", "check")
    mine.there, theirs.there = theirs, mine

    def cross(thing):
        mine.say("given", thing)
        return theirs.hear()[1]

    return cross, mine, theirs


SAME = [None, True, 0.1, "größer", 2**9_998, -(2**9_999 - 1), [1, (2, {3}), frozenset({4})],
        {(1, 2): {"a": [...]}, None: 1.5}, 1 + 2j, np.float32(0.1), np.int8(-7), np.bool_(True), np.str_("x")]


@pytest.mark.parametrize("thing", SAME, ids=lambda one: str(one)[:20])
def test_plain_data_cross_as_they_are(sides, thing):
    came = sides[0](thing)
    assert came == thing and (type(came) is type(thing) or isinstance(came, str))


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(2, 3), np.array(7), np.zeros((0, 3), dtype="<i2"), np.array(["ab", "c"]),
    np.arange(12)[::-3], np.array([True, False]), np.array([1j, 2])], ids=str)
def test_arrays_cross_with_their_form_and_one_that_comes_again_is_the_same(sides, array):
    cross, *_ = sides
    came, again = cross([array, array])
    assert came.dtype == array.dtype and came.shape == array.shape and np.array_equal(came, array)
    assert np.shares_memory(came, again) or came.size == 0
    if array.size and array.flags.owndata:
        array[...] = array[::-1] if array.ndim else 8
        assert not np.shares_memory(cross(array), came), "but not where it was changed meanwhile"
        assert np.array_equal(cross(array), array)


def test_what_has_a_form_of_its_own_crosses_as_what_it_is_like(sides):
    cross, _, theirs = sides
    assert cross(range(2, 9, 3)).tolist() == [2, 5, 8] and cross(Fraction(1, 4)) == 0.25
    assert cross(np.array([1, None, "x"], dtype=object)) == [1, None, "x"]
    assert repr(cross(2**9_999)) == "an integer that is too large" and repr(cross(iter)) != ""

    class Odd:
        def __init__(self, said):
            self.said = said

        def __repr__(self):
            return self.said if self.said else 1 / 0

    assert repr(cross(Odd("y" * 201))) == "y" * 200 and repr(cross(Odd(""))) == "of type Odd"
    there = cross(odd := Odd("z"))
    theirs.say("given", [there, there, cross(odd)])
    assert all(one is odd for one in sides[1].hear()[1]), "and comes back as it was"
    rng = np.random.default_rng(3)
    rng.random(5)
    assert cross(rng).random() == rng.random()
    model = CharModel(CELLS["LSTM"](4, 3), rng)
    came = cross(model)
    assert np.array_equal(came.params.vector, model.params.vector) and type(came.cell) is type(model.cell)


def test_a_function_is_called_on_its_side_and_changes_what_it_is_given(sides):
    cross, mine, theirs = sides

    def work(array, rows, names, fixed, *, rng):
        array += 1
        rows.append(4)
        del rows[0]
        names["b"] = names.pop("a")
        names["in"][0] = 9
        return rng.random(), fixed

    here, rng = cross(work), np.random.default_rng(1)
    assert here.__name__ == "work" and cross(work) is here
    fixed = np.ones(2)
    fixed.flags.writeable = False
    array, rows, names = np.zeros((2, 2)), [1, 2], {"a": 1, "in": [0]}
    first, same = here(array, rows, names, fixed, rng=rng)
    assert (array == 1).all() and rows == [2, 4] and names == {"b": 1, "in": [9]} and (same == 1).all()
    assert first == np.random.default_rng(1).random() and rng.random() != first
    theirs.say("given", here)
    assert mine.hear()[1] is work
    assert cross(lambda call: call(3))(lambda x: 2 * x) == 6, "and what it is given may be one, too"

    def outer(names, call, look):
        names.append(call())
        return look()

    def inner(row, look):
        row.append(1)
        return look()

    outside, inside, row, seen = cross(outer), cross(inner), [0], []
    assert outside(seen, lambda: inside(row, lambda: len(row)), lambda: seen[:]) == [2], "at once"
    with pytest.raises(LookupError) as told:
        cross(lambda: {}["k" * 3000])()
    kind, said, line = told.value.args
    assert kind == "KeyError" and len(said) == 2000 and line is None


@pytest.mark.parametrize("sent", [
    ["returned", 1], ["returned", 1, None, 2], ["raised", "x", "y"], ["given", 1, None]])
def test_what_answers_no_call_is_strange(sides, sent):
    _, mine, theirs = sides
    theirs.say(*sent)
    mine.there = SimpleNamespace(came=Queue(), calls=True)
    with pytest.raises(Strange, match=f"'{sent[0]}' answers no call"):
        mine.call(0, (), {})


def test_of_an_error_the_last_line_in_the_cell_is_told_and_what_the_check_knows_is_not():
    side = Answering(None, None, "answer", "check")

    def twice(n):
        return twice(n - 1) if n else [][
            0]

    def told(error):
        with pytest.raises(type(error)) as found:
            raise error
        return side.told(twice, found.value)

    with pytest.raises(IndexError) as found:
        twice(2)
    first = twice.__code__.co_firstlineno
    assert side.told(twice, found.value) == ("IndexError", "list index out of range", first + 1)
    assert side.told(len, found.value) == ("IndexError", "list index out of range", None)
    assert told(Asked("x")) == ("", "", None) and told(KeyError("k" * 3000))[1] == "'" + "k" * 1999
    assert told(Mistake("odd", "s" * 3000)) == ("Mistake odd", "s" * 2000, None)


CODE = ["def f(a): pass", "def f(x, /, y: oops = oops(1), *rest, z, w=2, **more) -> oops:\n    return x\n"]


@pytest.fixture
def asking():
    """A check's side, with the messages that its wire brings."""
    came = []
    wire = SimpleNamespace(send_bytes=None, poll=lambda left: bool(came) and left >= 0,
                           recv_bytes=lambda most: came.pop()(most))
    return Asking(wire, CODE, 5), came


def test_a_function_of_a_cell_looks_as_it_does_in_the_text(asking):
    side, _ = asking
    here = side.look_alike("f", 3, lambda *given, **named: 7)
    assert str(inspect.signature(here)) == "(x, /, y=Ellipsis, *rest, z, w=Ellipsis, **more)"
    assert here(1) == 7 and inspect.getsource(here) == CODE[1]
    assert [side.look_alike(name, 4, lambda: 1).__name__ for name in ("g", "no name")] == ["g", "answer"]


@pytest.mark.parametrize(("kind", "said", "line", "is_a", "lineno"), [
    ("KeyError", "k", 2, KeyError, 2), ("Own", "k", 1, Exception, 1), ("KeyError", "k", 0, KeyError, None),
    ("KeyError", "k", 99_999, KeyError, 99_999), ("KeyError", "k", 100_000, KeyError, None),
    ("SystemExit", "k", None, Exception, None), ("print", "k", 1, Exception, 1)])
def test_an_error_that_comes_over_is_raised_at_its_line(asking, kind, said, line, is_a, lineno):
    side, _ = asking
    side.look_alike("f", 3, lambda: 1)
    error = side.error(3, kind, said, line)
    assert (type(error).__name__, str(error), isinstance(error, is_a)) == (kind, said, True)
    assert not isinstance(error, SystemExit)
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<cell 1>"]
    assert lines == ([lineno] if lineno else [])


def test_a_mistake_and_an_error_of_the_check_come_back_as_they_were(asking):
    side, _ = asking
    mistake = side.error(0, "Mistake odd", "said", None)
    assert isinstance(mistake, Mistake) and (mistake.name, mistake.said) == ("odd", "said")
    assert str(side.error(0, "", "no", None)) == "no"
    assert type(side.error(0, "a b", "", None)).__name__ == "Exception"
    side.told(len, raised := KeyError("of the check"))
    assert side.error(0, "", "", None) is raised


@pytest.mark.parametrize(("brings", "mistake", "said"), [
    (None, "too-long", "The answer was stopped after 5 seconds."),
    (EOFError, "dies", "The process in which the answer was tried has ended: perhaps it needs more memory "
     "than there is, or calls exit."), (ConnectionError, "dies", "The process in which"),
    (b'["stops",', "cannot-be-read", "The check cannot read the data that the answer returns."),
    (b'["stops", "E", "x"]', "stops", "The answer stops with E: x"),
    (b'["given", ["tuple", []], ["dict", []]]', None, "The check crashed, not the answer (AttributeError: ")])
def test_what_a_check_says_of_an_answer_that_does_not_come(asking, brings, mistake, said):
    side, came = asking

    def bring(most):
        if isinstance(brings, bytes):
            return message(brings)
        raise brings

    came += [bring] * (brings is not None)
    verdict = _verdict(SimpleNamespace(parts=("a", "b")), side)
    assert verdict.mistakes == ({"a": mistake, "b": mistake} if mistake else {}) and said in verdict.said
    assert verdict.earned == 0


def test_an_answer_has_its_seconds_and_not_more(asking, monkeypatch):
    side, came = asking
    came += [lambda most: message(f'["said", {most}]'.encode())] * 2
    for left, heard in ((0, ["said", 64_000_000]), (-0.1, None)):
        monkeypatch.setattr(judging, "time", SimpleNamespace(monotonic=lambda left=left: side.ends - left))
        if heard:
            assert side.hear() == heard
        else:
            with pytest.raises(judging.Ended):
                side.hear()


@pytest.mark.parametrize(("polls", "used", "later", "mistake", "said"), [
    ([False], 0, 0, "dies", "process didn't answer the check: it has ended, or its time ran out."),
    ([True, False], 31, 0, "too-long", "The check was stopped: the answer gives it too much to do."),
    ([True, False, True], 30, 150, None, "fine"), ([True, False], 0, 150.5, "too-long", "The check was"),
    ([True, True], 99, 999, None, "fine")])
def test_a_check_has_its_own_time(monkeypatch, polls, used, later, mistake, said):
    clock, waited, ended, came = count(10, later), [], [], deque([
        b'["place", "key"]', b"opened", b'{"said": "fine", "mistakes": {"a": null}, "earned": 1}'])
    pipe = SimpleNamespace(recv_bytes=lambda *most: came.popleft(), close=lambda: None,
                           poll=lambda seconds: waited.append(seconds) or polls.pop(0))
    process = SimpleNamespace(pid=7, **{name: lambda name=name: ended.append(name)
                                        for name in ("start", "kill", "join", "close")})
    context = SimpleNamespace(Pipe=lambda duplex: (pipe, pipe), Process=lambda **_: process)
    monkeypatch.setattr(judging.multiprocessing, "get_all_start_methods", lambda: [])
    monkeypatch.setattr(judging.multiprocessing, "get_context", lambda how: context)
    monkeypatch.setattr(judging, "spent", lambda pid: used)
    monkeypatch.setattr(judging, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    asked = []
    verdict = Judge("05", 20).ask("check_clip_norm", [], lambda *given: asked.append(given))
    assert asked == [("place", "key")] and ended == ["start", "kill", "join", "close"]
    assert said in verdict.said and waited[0] == 5
    assert verdict.mistakes == ({"clip_norm": mistake} if mistake else {"a": None})
