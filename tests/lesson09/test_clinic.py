"""The patients of lesson 09 carry the faults that it says, and its shipped runs show what it says."""

import re
from itertools import islice

import numpy as np
import pytest
from course import ROOT, cells
from effects import sees

from helpers.lessons.lesson09 import (
    FAILURES,
    LOOKS,
    RIGHT,
    SETTINGS,
    WARD,
    beside,
    count_pairs_won,
    describe_difference,
    describe_findings,
    difference,
    examine,
    failing_run,
    failure_chart,
    gate_difference,
    gradients,
    load_curves,
    load_failures,
    losses,
    make_gates_alike,
    parameters,
    patient_file,
    seed_runs,
    seed_view,
    seeds_so_far,
    ward,
)
from helpers.lessons.lesson09.checks import EVIDENCE
from helpers.lessons.lesson09.ward import RIGHT_BELOW, SEEDS, count_uphill, ward_ends
from helpers.networks import CELLS, CharModel
from helpers.runs import load_run

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


@every_patient
def test_no_source_betrays_its_fault(patient):
    assert "#" not in patient.source


def test_only_patient_5_stops_when_all_sizes_differ():
    stopped = []
    for number, patient in WARD.items():
        try:
            examine(patient.kind, patient.backward, (6, 3, 5, 4))
        except ValueError:
            stopped.append(number)
    assert stopped == [5]


def test_patient_6_is_too_long_and_not_turned():
    found = examine("RNN", WARD[6].backward)
    assert all(ratio == pytest.approx(24) for ratio in found.longer.values())
    assert max(found.turned.values()) < 1e-3


@sees(("a hundredth of the rate", ward.losses, "Adam(learning_rate)", "Adam(learning_rate / 100)"))
@pytest.mark.parametrize("number", [1, 4, 8, 12])
def test_the_loss_falls_under_a_faulty_gradient(number):
    patient = WARD[number]
    found = list(losses(patient.kind, patient.backward, np.random.default_rng(0), updates=40))
    assert found[0] == pytest.approx(np.log(60), abs=0.1)
    assert np.mean(found[-5:]) < 3.7


def test_the_shipped_losses_all_fall_and_some_cannot_be_told_from_a_right_gradients():
    curves = load_curves()
    assert set(curves) == {*WARD, *RIGHT, "alike"}
    assert all(runs.shape == (len(SEEDS), 20) for runs in curves.values())
    middle = {name: np.median(runs[:, -1]) for name, runs in curves.items()}
    over_three = [number for number in WARD if middle[number] > 3]
    assert over_three == [4, 10]
    assert all(1.6 < middle[number] < 2.1 for number in WARD if number not in over_three)
    assert abs(middle[6] - middle["RNN"]) < 0.001 and abs(middle[12] - middle["GRU"]) < 0.01
    assert (curves[8][:, -1] < curves["LSTM"][:, -1]).sum() == 19
    assert (curves["alike"][:, -1] < curves["LSTM"][:, -1]).sum() == 16


def test_gates_that_start_alike_are_alike_and_have_a_right_gradient():
    p = parameters("LSTM", 4, 3, np.random.default_rng(0))
    assert gate_difference(p) > 0.5
    make_gates_alike(p)
    assert gate_difference(p) == 0
    assert p.W_xh[:, :3].std() > 0


def test_the_shipped_failures_are_what_the_lesson_says():
    runs = load_failures()
    assert {what.letter for what in FAILURES.values()} == set("ABCDEFGH") < set(runs)
    train, heldout = ({letter: getattr(run, curve)[-1] for letter, run in runs.items()}
                      for curve in ("train", "heldout"))
    healthy, chance = runs["healthy"], np.log(60)
    assert runs["A"].places[0] > healthy.places[0] + 0.4 and abs(train["A"] - train["healthy"]) < 0.2
    assert train["B"] > 2.2 and abs(train["B"] - heldout["B"]) < 0.3
    assert 2.8 < train["C"] < chance and train["C, a tenth of the rate"] < 1
    assert 2.8 < train["D"] < chance and train["D, a tenth of the rate"] > 2.5
    assert train["E"] < 0.05 and heldout["E"] > chance
    assert train["F"] > 10 and train["F, healthy"] < 2
    assert runs["G"].train[0] > 2 * chance - 1
    assert train["H"] < 0.01 and heldout["H"] < 0.01
    assert all(len(runs[letter].samples[0][1]) == 150 for letter in "ABCDEFGH")


def test_a_tenth_of_the_rate_helps_the_rate_that_is_too_high_and_not_the_wrong_gradient():
    runs = load_failures()
    gained = {letter: runs[letter].train[-1] - runs[f"{letter}, a tenth of the rate"].train[-1]
              for letter in "ABCDEFGH"}
    assert [letter for letter, nats in gained.items() if nats > 0.2] == ["C", "F"]


@pytest.mark.parametrize("cause", FAILURES)
def test_a_failure_differs_from_the_healthy_run_beside_it_in_one_thing(cause):
    (field, (here, there)), = difference(FAILURES[cause], beside(cause)).items()
    assert here != there and "not" in describe_difference(cause) and ";" not in describe_difference(cause)
    assert getattr(FAILURES[cause], field) == here
    lone = [other for other in FAILURES if field in difference(FAILURES[other], beside(other))]
    assert lone == [cause]
    assert describe_difference("no clipping") == "clipping off, not at 1.0"
    assert describe_difference("overfitting") == "characters to learn from 1,000, not all"


def test_whether_it_is_clipped_decides_for_descent_and_not_for_adam():
    ends = {name: np.array(losses) for name, losses in load_run("09/clips").items()}
    clipped, bare, descent, fallen = ends.values()
    assert all(len(losses) == 20 for losses in ends.values())
    assert max(clipped.max(), bare.max()) < 1 and abs(clipped.mean() - bare.mean()) < 0.1
    assert descent.max() < 1.9 and fallen.min() > 8 > np.log(60)
    code = "\n".join(cell["source"] for cell in cells(ROOT / "notebooks" / "09_clinic.ipynb", "code"))
    assert code.count(', healthy", runs["healthy"])') == 2  # saved and live, F has its partner
    healthy = load_failures()["F, healthy"].train[-1]
    assert healthy == pytest.approx(load_run("09/clips")["descent at 2, clipped"][1], abs=0.1)


@pytest.mark.parametrize("cause", ["", *FAILURES])
def test_a_failing_run_gives_a_point_after_ten_updates(cause):
    points = []
    for point in failing_run(np.random.default_rng(0), cause):
        points.append(point)
        if len(points) == 10:
            break
    assert points[:9] == [None] * 9
    run = points[9]
    assert run.updates.tolist() == [10] and np.isfinite([run.train, run.heldout]).all()


def test_an_unknown_cause_or_setting_or_kind_is_refused():
    with pytest.raises(ValueError, match="rate too high"):
        next(failing_run(np.random.default_rng(0), "bad luck"))
    with pytest.raises(ValueError, match="GRU, 32 units"):
        next(seed_runs(np.random.default_rng(0), "LSTM"))
    with pytest.raises(ValueError, match="RNN, LSTM, GRU"):
        examine("rnn", RIGHT["RNN"])


def test_the_shipped_seeds_overlap_for_two_sizes_and_part_for_the_gru():
    few, many, gru = (np.array(load_run("09/seeds")[name])[:, -1] for name in SETTINGS)
    assert count_pairs_won(many, few) == 42 and count_pairs_won(gru, many) == 64
    assert sum(few < many) == 3 and few[0] < many[0]
    of_the_difference = np.hypot(few.std(ddof=1), many.std(ddof=1)) / np.sqrt(8)
    assert 1 < (few.mean() - many.mean()) / of_the_difference < 2
    assert (many.mean() - gru.mean()) / (np.hypot(many.std(ddof=1), gru.std(ddof=1)) / np.sqrt(8)) > 5


@sees(("weights start six times as large", seed_runs,
       "CharModel(SETTINGS[setting], rng)", "CharModel(SETTINGS[setting], rng, scale=0.7)"))
def test_seed_runs_start_at_chance_and_differ():
    runs = seed_runs(np.random.default_rng(0), "plain, 24 units", seeds=2, updates=20)
    points = [point for point in runs if point]
    assert [(number, update) for number, update, _ in points] == [(n, u) for n in (0, 1) for u in (0, 10, 20)]
    assert points[0][2] == pytest.approx(np.log(60), abs=0.1)
    assert points[2][2] != points[5][2]


# --- its pictures ---

def test_a_file_shows_the_code_and_the_losses_that_are_shipped():
    curves = load_curves()
    picture = patient_file(6, LOOKS[1], curves)
    assert picture.text.startswith(" 1  def patient_6(")
    ends = [np.median(curves[name][:, -1]) for name in (6, "RNN")]
    assert all(f"{end:.2f}" in picture.sentence for end in ends)
    assert f" of {len(curves[6])} seeds." in picture.sentence
    drawn = [line.get_ydata() for line in picture.figure.axes[0].lines]
    assert any(np.allclose(line, np.median(curves[6], axis=0)) for line in drawn if len(line) == 20)


def test_an_examination_names_the_first_wrong_step_and_writes_right_where_it_is():
    picture = patient_file(8, LOOKS[2], load_curves())
    assert "the first wrong step is t = 4, in da of i, f, g" in picture.sentence
    words = [text.get_text() for text in picture.figure.axes[1].texts]
    assert len(words) == 24 and words.count("right") == 6    # step 5, o at step 4, f before the memory
    assert "24 times too long" in patient_file(6, LOOKS[2], load_curves()).sentence
    assert "only at t = 0" in patient_file(4, LOOKS[2], load_curves()).sentence
    assert describe_findings(examine("GRU", RIGHT["GRU"])) == "every gradient is right."


@pytest.mark.parametrize("patient, look", [(0, LOOKS[0]), (len(WARD) + 1, LOOKS[0]), (1, "asleep")])
def test_another_patient_or_look_is_refused(patient, look):
    with pytest.raises(ValueError, match=f"from 1 to {len(WARD)}"):
        patient_file(patient, look, load_curves())


def test_a_failure_chart_tells_its_numbers_and_shows_the_sample():
    runs = load_failures()
    picture = failure_chart(runs["A"], runs["healthy"], "Run A")
    assert f"{runs['A'].places[0]:.2f} at the first character" in picture.sentence
    assert picture.text == runs["A"].samples[0][1]
    named = failure_chart(runs["A"], runs["healthy"], "State reset", describe_difference("state reset at "
                                                                                         "every chunk"))
    assert named.sentence.startswith("State reset (state reset at every chunk, not carried on): the training")
    begun = failing_run(np.random.default_rng(0), "rate too high")
    *_, part = islice(begun, 30)
    picture = failure_chart(part, runs["healthy"], "Mine")
    assert "after 30, held out" in picture.sentence and picture.text == ""
    assert "no points yet" in failure_chart(None, runs["healthy"]).sentence


def test_seeds_are_shown_as_many_as_asked_for():
    ends = {name: np.array(runs) for name, runs in load_run("09/seeds").items()}
    one = seed_view(ends, 1, 3)
    assert all(f"{ends[name][2, -1]:.3f}" in one.sentence for name in SETTINGS)
    assert len(one.figure.axes[0].lines) == 3 and len(seed_view(ends).figure.axes[0].lines) == 24
    with pytest.raises(ValueError, match="from 1 to 8"):
        seed_view(ends, 9)


def test_seeds_that_have_not_come_yet_are_not_counted():
    points = {name: [] for name in SETTINGS}
    assert seeds_so_far(points).sentence.count("not yet") == 3
    points["GRU, 32 units"] = [(0, 0, 4.1), (0, 10, 3.0), (0, 200, 2.1), (1, 0, 4.1)]
    sentence = seeds_so_far(points).sentence
    assert "GRU, 32 units 2.100" in sentence and sentence.count("not yet") == 2


def test_what_is_measured_again_starts_alike_for_all_and_falls():
    ends = ward_ends(np.random.default_rng(0), updates=40)
    assert ends.keys() == {*RIGHT, *map(str, WARD), "alike"}
    assert all(last < first for first, last in ends.values())
    assert ends["6"] == ends["RNN"] != ends["1"], "Adam hides the factor of patient 6"


def test_in_another_draw_three_gradients_at_most_point_uphill():
    assert count_uphill(np.random.default_rng(1)) <= 3
