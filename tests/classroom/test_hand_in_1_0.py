"""A hand-in made with version 1.0 is marked: in it, and only in it, the names of then are those of today."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from course import ROOT
from made_up_class import as_zip, results

from helpers.classroom.plagiarism import CHOICE, borrowed, made_with_1_0, not_allowed
from helpers.old_names import OLD, newest

# As it came, with all tasks of lesson 13 answered in cells as they were given out then; no notebook by its
# ending, so that nothing brings it up to date.
HAND_IN = Path(__file__).with_name("hand_in_1_0.json")
CODE = [cell["source"] for cell in json.loads(HAND_IN.read_text("utf-8"))["cells"]]
ROOM = "helpers.lessons.lesson13"


def test_it_is_known_by_the_names_that_it_takes():
    old, new = next(iter(OLD[ROOM].items()))
    assert made_with_1_0(CODE)
    for use in (f"from {ROOM} import {old}", f"def f():\n    from {ROOM} import {old} as g",
                f"import {ROOM} as lesson\nlesson.{old}(1)"):
        assert made_with_1_0(["import math", use])
        assert not made_with_1_0([use.replace(old, new)])
    assert not made_with_1_0([f"from mine import {old}\n{old} = 1", f"{old}(2)", "def broken(",
                              "from helpers.data import chunks", "import sys\nprint(sys.modules)"])


def test_an_old_name_is_the_same_use_as_the_new_one():
    names = [old for old, new in OLD[ROOM].items() if new != CHOICE]        # which gives nothing away
    taken = borrowed([], [f"import {ROOM} as lesson\ndef f(): return lesson.{old}" for old in names])
    assert len(taken) == len(names)
    assert not_allowed(taken, map(newest, taken)) == not_allowed(map(newest, taken), taken) == []
    assert not_allowed(taken, ()) == sorted(taken)


@pytest.mark.classroom
def test_it_earns_what_its_answers_are_worth_also_in_a_course_made_by_1_0(tmp_path):
    course = tmp_path / "course"

    def give(*arguments: str) -> str:
        done = subprocess.run([sys.executable, "-m", "helpers.classroom", *arguments], capture_output=True,
                              text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    give("make", "13", "--into", str(course))
    config = course / "nbgrader_config.py"
    today = config.read_text("utf-8")
    then = re.sub(r"helpers\.classroom\.\w+", "helpers.classroom.of_1_0", today)
    config.write_text(then, encoding="utf-8")
    given = as_zip(tmp_path / "all.zip", {"13/ada.ipynb": HAND_IN.read_bytes()})
    give("take", str(given), "--into", str(course))
    give("mark", str(course))
    assert config.read_text("utf-8") == today
    rows = results(course, "ada", "13")
    assert {name: row["said"] for name, row in rows.items() if row["points"] < row["of"]} == {}
    assert sum(row["points"] for row in rows.values()) == 22
    done = json.loads((course / "autograded/ada/lesson13/lesson13.ipynb").read_text("utf-8"))
    assert [output for cell in done["cells"] for output in cell.get("outputs", ())
            if output["output_type"] == "error"] == []
