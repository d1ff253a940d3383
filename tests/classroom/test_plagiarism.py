"""What is taken from the course is found, under whatever name; what everybody may use is not."""

import pytest
from course import LESSONS, name

from helpers.classroom.plagiarism import borrowed, not_allowed
from helpers.classroom.tasks import lesson_tasks


@pytest.mark.parametrize(("before", "code", "found"), [
    ("", "from helpers.networks import clip_norm\ndef f(g): return clip_norm(g, 1)", ["networks.clip_norm"]),
    ("from helpers.networks import clip_norm as c", "def f(g): return c(g, 1)", ["networks.clip_norm"]),
    ("import helpers.networks as n", "f = lambda g: n.clip_norm(g, 1)", ["networks.clip_norm"]),
    ("", "def f(g):\n    from helpers.networks import clip_norm\n    return clip_norm(g, 1)",
     ["networks.clip_norm"]),
    ("from helpers.networks import softmax\ndef mine(a): return softmax(a)", "def f(a): return mine(a)",
     ["networks.softmax"]),
    ("", "import helpers.lessons.lesson05.checks as L\nd = dict(L.DIAGNOSES)",
     ["lessons.lesson05.checks.DIAGNOSES"]),
    ("from helpers.data import chunks\nfrom helpers.lessons.lesson02 import check_sample, use_if_correct",
     "x = chunks([1, 2], 1)\nf = use_if_correct(f)\ncheck_sample(f)", []),
    ("import numpy as np", "def softmax(a):\n    e = np.exp(a)\n    return e / e.sum()", []),
    ("from helpers.networks import clip_norm\ndef g(clip_norm): return clip_norm",    # a parameter is its own
     "def f(g): return clip_norm(g, 1)", ["networks.clip_norm"]),
    ("from helpers.networks import clip_norm\ndef g():\n    clip_norm = 1\n    return clip_norm",
     "def f(g): return clip_norm(g, 1)", ["networks.clip_norm"]),
    ("from helpers.networks import *", "def f(g): return clip_norm(g, 1)", ["networks.clip_norm"]),
    ("from helpers.lessons.lesson02.plain import *", "def f(x): return np.tanh(x)", []),
    ("", "%%time\nfrom helpers.networks import softmax\ndef f(a): return softmax(a)", ["networks.softmax"]),
    ("", "import inspect\ndef f(g): return inspect.stack()[1].frame.f_locals['x']",
     ["code (via f_locals)"]),
    ("", "from importlib import import_module\nd = import_module('helpers.' + 'lessons')",
     ["code (via a string)", "code (via import_module)"]),
    ("", "def f(x):\n    'As helpers.networks does it.'  # and helpers.data\n    return x", []),
    ("from helpers.networks import softmax", "%%bash\nsoftmax(a)", []),
    ("from helpers.lessons.lesson02 import use_if_correct",
     "def f(a): pass\nm = use_if_correct(f)\ndef f(a): return m(a)", []),     # which is f itself
    ("from helpers.runs.take_home import GRU as Q", "def f(p): return Q(2, 3)", ["networks.cells.gru.GRU"]),
    ("from helpers.runs.checkpoint import CELLS", "f = CELLS['GRU']", ["networks.CELLS"]),
    ("from helpers.classroom import closed_book", "closed_book.MARKED.add('f')",
     ["classroom.closed_book.MARKED.add"]),
    ("from helpers.lessons import lesson02 as lesson\nrefs = [lesson.backward]",
     "def f(a): return refs[0](a)", ["lessons.lesson02.backward"]),
    ("from helpers.lessons import lesson02 as lesson\nd = {}\nd['b'] = lesson.backward\nd['c'] = 1",
     "def f(a): return d['b'](a)", ["lessons.lesson02.backward"]),
    ("from helpers.lessons import lesson02 as lesson\nmath.s = lesson.sample",
     "def f(a): return math.s(a)", ["lessons.lesson02.sample"]),
    ("from helpers.lessons.lesson02 import use_if_correct",
     "def f(a): return a\nf = use_if_correct(f)\nloss = f(1)\ndef show(): print(loss)", []),
    ("from helpers.lessons import lesson05 as lesson", "def f(g): return lesson.descend(g)",
     ["lessons.lesson05.descend"]),
    ("from helpers.lessons import lesson05 as lesson", "f = lesson.descend", ["lessons.lesson05.descend"]),
    ("from helpers.lessons import lesson05 as lesson",
     "def my_clip_norm(g): return g\nlesson.check_clip_norm(my_clip_norm)", []),
    ("from helpers.lessons import lesson02 as lesson", "f = lesson.use_if_correct(f)\nprint(f(1))", []),
    ("", "def f(lesson): return lesson.descend(1)", []),
    ("import helpers.runs.checkpoint as z", "def f(): return vars(z)['CELLS']['GRU']",
     ["code (via runs.checkpoint)"]),
    ("import helpers.runs.checkpoint as z", "f = z.__dict__['CELLS']['GRU']",
     ["code (via runs.checkpoint.__dict__)"]),
    ("import helpers", "f = getattr(helpers, 'networks').GRU", ["code (via helpers)"]),
    ("import helpers.data as d", "def f(model, name): return getattr(model, name)(d.chunks([1], 1))", []),
])
def test_what_an_answer_takes(before, code, found):
    assert not_allowed(borrowed([before], [code]), ()) == found


@pytest.mark.parametrize(("answer", "use", "found"), [
    ("class make:\n    G = GRU", "make.G(2, 3)", True), ("make = GRU", "make(2, 3)", True),
    ("def make(g=GRU):\n    return g(2, 3)", "make.__defaults__[0](2, 3)", True),
    ("def make():\n    return GRU(2, 3)\nmine = make.G = GRU", "make.G(2, 3)", True),
    ("from helpers.networks import GRU as make", "make(2, 3)", True),
    ("def make():\n    return GRU(2, 3)", "make()", False), ("make = lambda: GRU(2, 3)", "make()", False),
    ("make = GRU(2, 3)", "make.step(1)", False),
    ("class make:\n    def __init__(self):\n        self.cell = GRU(2, 3)", "make().cell", False),
    ("def make(x):\n    make.cell = GRU\n    return make.cell(x)", "make(2)", False),
])
def test_an_earlier_task_may_be_called_but_not_hold_something_for_a_later_one(answer, use, found):
    taken = borrowed(["from helpers.networks import GRU", answer], [f"def f():\n    return {use}"], ["make"])
    assert taken == ({"networks.GRU"} if found else set())


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_no_worked_solution_is_said_to_take_what_it_may_not_from_the_course_or_an_earlier_task(path):
    lesson = lesson_tasks(path.name[:2])
    given, answered = [lesson.imports, lesson.given], set()
    before = [*given]
    for task in lesson.tasks:
        may_use = borrowed(given, [task.starter, task.solution])
        assert not_allowed(borrowed(before, [task.solution, task.check], answered), may_use) == [], task.id
        before += [task.solution, task.check, task.after or ""]
        answered |= {*task.names}
