"""The numbers of the prose: each stands in an output, in code, in a claim, or is worked out."""

import json

import prose
import pytest
from course import LESSONS, name

BY_HAND = prose.by_hand("worked")


@pytest.mark.parametrize("lesson", prose.LESSONS)
def test_each_number_is_printed_run_claimed_or_worked_out(lesson):
    lost, unused = prose.wrong(lesson)
    assert lost == [], "no output, no code and no claim has these numbers, nor has held.toml"
    assert unused == [], "held.toml has these words, and the prose has not"


@pytest.mark.parametrize("lesson, words, source", BY_HAND, ids=[f"{one[0]} {one[1]}" for one in BY_HAND])
def test_what_is_worked_out_by_hand_comes_to_its_number(lesson, words, source):
    assert prose.unlike(words, eval(source, prose.names(lesson))) == [], source


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in LESSONS if any(
    lesson == path.name[:2] for lesson, *_ in prose.by_hand("moved"))], ids=name)
def test_what_a_dashboard_says_when_it_is_moved(path, monkeypatch):
    from cells_alone import run_cell

    names = {"__name__": "__main__"}
    monkeypatch.chdir(path.parent)
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "import torch" not in source:
            try:
                run_cell(source, f"<cell {number}>", names)
            except NameError:               # what needs PyTorch in lesson 10
                assert path.name.startswith("10")
    for lesson, words, source in prose.by_hand("moved"):
        if lesson == path.name[:2]:
            assert prose.unlike(words, eval(source, names)) == [], source


@pytest.mark.parametrize("wrong", ["$1.1^{20} = 6.74$", r"$2 \ln 2 / 5 = 0.287$", "$365 / 30 = 12$",
                                   r"$1.64^{20} \approx 19{,}900$"])
def test_a_formula_that_does_not_come_to_what_it_says_is_told(wrong):
    with pytest.raises(ValueError, match=r"is \d"):
        prose.worked(wrong)
