"""The patients of lesson 09 carry the faults that it says, and its failures differ in one thing."""

import re

import numpy as np
import pytest
from course import ROOT, cells

from helpers.lessons.lesson09 import (
    FAILURES,
    RIGHT,
    WARD,
    check_text,
    examine,
    gate_difference,
    gradients,
    load_curves,
    make_gates_alike,
    mistakes,
    parameters,
)
from helpers.lessons.lesson09.checks import EVIDENCE
from helpers.lessons.lesson09.experiments import beside, difference
from helpers.lessons.lesson09.experiments_ward import RIGHT_BELOW
from helpers.networks import CELLS, CharModel

SIZES = [(6, 4, 4, 4), (5, 2, 6, 3), (1, 3, 4, 2)]
every_patient = pytest.mark.parametrize("patient", WARD.values(), ids=lambda patient: str(patient.number))


def wrong_steps(found) -> dict[str, list[int]]:
    return {name: np.flatnonzero(errors > RIGHT_BELOW).tolist() for name, errors in found.steps.items()}


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("kind", RIGHT)
def test_the_right_gradients_are_right(kind, sizes):
    found = examine(kind, RIGHT[kind], sizes)
    assert found.wrong == [] and not any(wrong_steps(found).values())


@pytest.mark.parametrize("kind", RIGHT)
def test_the_clinics_networks_are_those_of_helpers(kind):
    rng = np.random.default_rng(0)
    model = CharModel(CELLS[kind](5, 3), rng)
    symbols, answers = rng.integers(5, size=(2, 6, 2))
    loss, grads, _ = model.loss_and_grads(symbols, answers)
    eye = np.eye(5)
    mine, found, _ = gradients(kind, RIGHT[kind], model.params, eye[symbols], eye[answers])
    assert mine == pytest.approx(loss, rel=1e-12)
    for name in grads:
        np.testing.assert_allclose(found[name], grads[name], rtol=1e-9, atol=1e-12)


# What the examination of each patient shows: wrong parameters, and the steps at which da is wrong.
READ_OUT = ["W_hy", "b_y"]
SIGNS = {
    1: (["W_xh", "W_hh", "b_h"], {"a": [0, 1, 2, 3, 4]}),
    2: (["W_xh", "W_hh", "b_h"], {"a": [0, 1, 2, 3, 4, 5]}),
    3: (["W_hh"], {"a": []}),
    4: (["W_xh", "W_hh", "b_h"], {"a": [1, 2, 3, 4, 5]}),
    5: (["b_h"], {"a": []}),
    6: (["W_xh", "W_hh", "b_h", *READ_OUT], {"a": [0, 1, 2, 3, 4, 5]}),
    7: (["W_hh"], {"a": []}),
    8: (["W_xh", "W_hh", "b_h"], {"i": [0, 1, 2, 3, 4], "f": [1, 2, 3, 4], "o": [0, 1, 2, 3],
                                  "g": [0, 1, 2, 3, 4]}),
    9: (["W_xh", "W_hh", "b_h"], {"i": [0, 1, 2, 3, 4], "f": [0, 1, 2, 3, 4, 5], "o": [0, 1, 2, 3, 4],
                                  "g": [0, 1, 2, 3, 4]}),
    10: (["W_xh", "W_hh", "b_h"], {"i": [0, 1, 2, 3, 4], "f": [1, 2, 3, 4], "o": [0, 1, 2, 3, 4, 5],
                                   "g": [0, 1, 2, 3, 4, 5]}),
    11: (["W_xh", "W_hh", "b_h", "b_hn"], {"r": [0, 1, 2, 3, 4], "z": [0, 1, 2, 3, 4, 5],
                                           "n": [0, 1, 2, 3, 4]}),
    12: (["W_xh", "W_hh", "b_h", "b_hn"], {name: [0, 1, 2, 3, 4] for name in "rzn"}),
}


def test_every_patient_is_known_in_every_place():
    code = "\n".join(cell["source"] for cell in cells(ROOT / "notebooks" / "09_clinic.ipynb", "code"))
    last = {int(number) for number in re.findall(r"\bpatient=\(1, (\d+)\)", code)}
    lines, = re.findall(r"^lines = \{(.*?)\}", code, re.MULTILINE | re.DOTALL)
    places = {
        "SIGNS of this file": set(SIGNS), "EVIDENCE of lesson09/checks.py": set(EVIDENCE),
        "data/lesson09/curves.json": {name for name in load_curves() if isinstance(name, int)},
        "the sliders of the notebook": {n for end in last for n in range(1, end + 1)},
        "lines of exercise 9.1": set(map(int, re.findall(r"(\d+):", lines))),
    }
    wrong = {place: sorted(found ^ set(WARD)) for place, found in places.items() if found != set(WARD)}
    assert wrong == {}, "patients that only one of the two has, WARD or the place"
    assert list(WARD) == list(range(1, len(WARD) + 1))


@every_patient
def test_a_patient_is_wrong_where_the_lesson_says(patient):
    found = examine(patient.kind, patient.backward)
    assert (found.wrong, wrong_steps(found)) == SIGNS[patient.number]


@every_patient
@pytest.mark.parametrize("sizes", SIZES)
def test_a_cured_patient_is_right(patient, sizes):
    found = examine(patient.kind, patient.cured(), sizes)
    assert found.wrong == [] and not any(wrong_steps(found).values())


@every_patient
def test_the_named_lines_are_lines_of_the_cure_or_beside_it(patient):
    code = patient.source.splitlines()
    assert set(patient.lines) & set(patient.cure)
    assert all(code[line - 1].strip() for line in patient.lines)
    assert len(code) <= 17 and patient.numbered.splitlines()[3].startswith(" 4  ")


def test_gates_that_start_alike_are_alike_and_have_a_right_gradient():
    p = parameters("LSTM", 4, 3, np.random.default_rng(0))
    assert gate_difference(p) > 0.5
    make_gates_alike(p)
    assert gate_difference(p) == 0
    assert p.W_xh[:, :3].std() > 0


@pytest.mark.parametrize("cause", FAILURES)
def test_a_failure_differs_from_the_healthy_run_beside_it_in_one_thing(cause):
    (field, (here, there)), = difference(FAILURES[cause], beside(cause)).items()
    assert here != there
    assert getattr(FAILURES[cause], field) == here
    lone = [other for other in FAILURES if field in difference(FAILURES[other], beside(other))]
    assert lone == [cause]


def test_a_text_project_warns_of_a_text_that_repeats_itself():
    book, other = mistakes.write_recipes(0, 40), mistakes.write_recipes(1, 6)
    network = mistakes.new_network(book + other)
    assert "the 40-character passages of the held-out text" in check_text.result(book, other, network).said


def test_a_text_project_warns_of_a_network_that_knows_only_its_training_text():
    text, other = mistakes.TRAIN, mistakes.HELDOUT
    mostly_e = re.sub("[a-d]", "e", text)
    knows = mistakes.network_of_frequencies(mostly_e + text)
    for train, heldout, warns in ((mostly_e, other, True), (text, other, False), (text, mostly_e, False)):
        said = check_text.result(train, heldout, knows).said
        assert ("far better than the held-out text" in said) == warns
