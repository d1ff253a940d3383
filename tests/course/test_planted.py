"""The faults of benchmarks can be planted, and the checks named beside them are there.

Whether the checks notice is asked by planted_defects.py and planted_in_lessons.py, which take their time.
"""

import ast
import json
import re
import sys
from collections import Counter

import pytest
from course import ROOT

sys.path.append(str(ROOT / "benchmarks"))
from lesson_faults import FAULTS, KINDS, plant_of
from planted_defects import DEFECTS
from planted_in_lessons import CHECKS, filled


def test_no_two_faults_have_one_name():
    assert [name for name, count in Counter(defect.name for defect in DEFECTS).items() if count > 1] == []


def test_what_a_fault_changes_is_there():
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for file in {one.plant.file for one in DEFECTS}}
    gone = []
    for name, (file, change), _ in DEFECTS:
        try:
            assert change(texts[file]) != texts[file], "nothing changes"
        except (AssertionError, StopIteration, ValueError) as problem:
            gone.append(f"{name}: plant it where {file} has changed. {problem}")
    assert gone == []


def test_the_checks_of_a_fault_are_there():
    others = " ".join(path.name for path in (ROOT / "notebooks").rglob("*.ipynb"))
    for name in ("gallery.py", "frames.py", "lesson_items.py"):     # which have the names of cases
        others += (ROOT / "tests" / "support" / name).read_text(encoding="utf-8")
    of_lessons = {tuple(filled(step.arguments, [fault for fault in FAULTS if fault.kind == kind], ROOT))
                  for kind in KINDS for step in CHECKS[kind]}
    for checks in {defect.checks for defect in DEFECTS} | of_lessons:
        files = [ROOT / name for name in checks if "/" in name]
        assert files and all(path.is_file() for path in files), checks
        chosen = checks[checks.index("-k") + 1] if "-k" in checks else ""
        tests = "".join(path.read_text(encoding="utf-8") for path in files) + others
        gone = [word for word in re.findall(r"\w+", chosen)
                if word not in ("and", "or", "not", "solutions") and word not in tests]
        assert not gone, f"{checks}: no test has {', '.join(gone)} in its name"


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_faults_of_lessons_are_there_of_each_kind_and_can_be_planted(kind):
    faults = [fault for fault in FAULTS if fault.kind == kind]
    assert len({fault.name for fault in faults}) == len(faults) == 20
    for fault in faults:
        file, change = plant_of(fault)
        text = (ROOT / file).read_text(encoding="utf-8")
        try:
            faulty = change(text)
            assert faulty != text
        except (AssertionError, StopIteration) as problem:
            pytest.fail(f"{fault.name}: plant it where {file} has changed. {problem}")
        cells = json.loads(faulty)["cells"] if file.endswith(".ipynb") else []
        for source in [cell["source"] for cell in cells if cell["cell_type"] == "code"] or [faulty]:
            ast.parse(source, fault.name)       # what is no Python at all would be noticed by any test
