"""A hand-in that was retyped, split, joined, copied or cut is put together again, and told what was done."""

from copy import deepcopy

import pytest
from made_up_class import cell_of, name
from nbformat.v4 import new_code_cell, new_notebook

from helpers.classroom.assignment import planned, source_notebook
from helpers.classroom.repair import mend
from helpers.classroom.tasks import lesson_tasks

LESSON = lesson_tasks("05")
KNOWN = planned(LESSON)
MINE = {"exercise-5-1": "def my_clip_norm(grads, max_norm):\n    return 1", "exercise-5-2":
        "def my_clip_value(grads, limit):\n    return 2", "exercise-5-3": "def choose(norms):\n    return 3",
        "exercise-5-4": 'diagnosis = {"A": "c"}', "exercise-5-5": "def bound(W_hh):\n    return 5"}


@pytest.fixture
def release():
    """As nbgrader gives it out: each answer its starter."""
    made = source_notebook(LESSON)
    for cell in made.cells:
        cell.source = cell.metadata.pop("starter", cell.source)
    return made


@pytest.fixture
def handed_in(release):
    made = deepcopy(release)
    for task, source in MINE.items():
        cell_of(made, task).source = source
    return made


def answers(mended) -> dict[str, str]:
    return {task: cell_of(mended, task).source for task in MINE}


def test_the_lesson_itself_with_answers_in_it_is_taken(release):
    """Not the copy that was given out: all its other cells are left out."""
    cells = [new_code_cell(source) for source in LESSON.own]
    for task, source in MINE.items():
        starter = cell_of(release, task).source
        next(cell for cell in cells if cell.source == starter).source = source
    mended, _ = mend(new_notebook(cells=cells), deepcopy(release), KNOWN)
    assert answers(mended) == MINE and len(mended.cells) == len(release.cells)


def test_split_copied_and_joined_cells(handed_in, release):
    first = MINE["exercise-5-1"].partition("\n")[0]
    cells = []
    for cell in handed_in.cells:
        if name(cell) == "exercise-5-1":        # an older try above, the untouched starter once more below
            cells += [new_code_cell(first + "\n    return 0"), cell,
                      new_code_cell(cell_of(release, "exercise-5-1").source)]
        elif name(cell) == "exercise-5-3":      # two answers in one cell
            cells.append(new_code_cell(cell.source + "\n\n" + MINE["exercise-5-4"]))
        elif name(cell) != "exercise-5-4":
            cells.append(cell)
    handed_in.cells = cells
    mended, said = mend(handed_in, release, KNOWN)
    found = answers(mended)
    code = [cell.source for cell in mended.cells]
    assert code.index(first + "\n    return 0") + 1 == code.index(MINE["exercise-5-1"])
    assert found["exercise-5-1"] == MINE["exercise-5-1"]
    assert found["exercise-5-3"] == MINE["exercise-5-3"] + "\n\n" + MINE["exercise-5-4"]
    assert "..." not in found["exercise-5-4"], "the starter would undo what the cell above says"
    assert any("in several cells" in line for line in said)


def test_cells_of_their_own_are_kept_where_they_stand(handed_in, release):
    place = next(k for k, cell in enumerate(handed_in.cells) if name(cell) == "exercise-5-2")
    handed_in.cells.insert(place, new_code_cell("def helper(x):\n    return x"))
    handed_in.cells.insert(place, new_code_cell("choose = 3   # no function: a number of that name"))
    mended, said = mend(handed_in, release, KNOWN)
    place = next(k for k, cell in enumerate(mended.cells) if name(cell) == "exercise-5-2")
    assert [cell.source[:10] for cell in mended.cells[place - 2 : place]] == ["choose = 3", "def helper"]
    assert answers(mended) == MINE and "2 cells added, kept before the answer that follows" in said


def test_what_stands_in_a_check_is_replaced_and_told(handed_in, release):
    for task in MINE:
        cell_of(handed_in, f"{task}-check").source = "2.0  # Right"
    handed_in.cells.remove(cell_of(handed_in, "exercise-5-4-check"))
    mended, said = mend(handed_in, release, KNOWN)
    assert cell_of(mended, "exercise-5-1-check").source.endswith("check_clip_norm(my_clip_norm).points(2)")
    assert "4 checks written over, put back as given out" in said and "1 check deleted, put back" in said


def test_an_answer_in_words_is_found_below_its_question(handed_in, release):
    cell_of(handed_in, "written-1").source = "Because."
    for cell in handed_in.cells:
        cell.metadata.pop("nbgrader", None)
    mended, said = mend(handed_in, release, KNOWN)
    assert cell_of(mended, "written-1").source == "Because." and not any("words" in line for line in said)


def test_an_answer_in_the_cell_of_its_check_counts(handed_in, release):
    cell_of(handed_in, "exercise-5-1").source = ""
    check = cell_of(handed_in, "exercise-5-1-check")
    check.source = f"{MINE['exercise-5-1']}\n\n{check.source}"
    mended, _ = mend(handed_in, release, KNOWN)
    assert answers(mended)["exercise-5-1"].startswith(MINE["exercise-5-1"])
    assert cell_of(mended, "exercise-5-1-check").source.endswith("check_clip_norm(my_clip_norm).points(2)")
