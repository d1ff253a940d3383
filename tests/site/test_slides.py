"""The order of a deck, from its slides, without a browser."""

import re

import play
import pytest
import slides
from course import LESSONS, cells

HEADING = re.compile(r"^#{1,3} ", re.MULTILINE)


def results(everything: list, number: int) -> list[int]:
    """The cells that print or draw after the question in cell `number`, before a heading or a question."""
    found = []
    for place, cell in enumerate(everything[number + 1:], number + 1):
        outputs = str(cell.get("outputs", ""))
        heading = cell["cell_type"] == "markdown" and HEADING.search(cell["source"])
        if heading or "course-question" in outputs:
            break
        if "image/png" in outputs or "'stream'" in outputs or 'class="course-text"' in outputs:
            found.append(place)
    return found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name[:2])
def test_an_answer_comes_after_its_picture_and_before_what_to_notice(path, monkeypatch):
    monkeypatch.setattr(slides, "large_drawing", lambda file: ("<svg/>", 18.0))     # drawing takes seconds
    everything, found = cells(path), slides.slides(path, play.Lesson([], {}, {}, [], ""))
    parts = [(slide, part) for slide in found for part in slide.parts]
    asked = [place for place, (slide, _) in enumerate(parts) if slide.question]
    assert len(asked) == sum(cell["source"].startswith("predict(") for cell in everything)
    for place in asked:
        slide, question = parts[place]
        following = until_next(parts[place + 1:], slide)
        answers = [at for at, part in enumerate(following) if part.cell == question.cell]
        shown = results(everything, question.cell)
        assert ('class="fragment answer"' in question.html) == (not shown) == (not answers), slide.question
        if shown:
            waits = [cell for cell in shown if f'after="{slide.question}"' in everything[cell]["source"]]
            result = (waits or shown)[0]
            before = following[:answers[0]]
            assert result in [part.cell for part in before], slide.question
            noticed = [part for part in before if part.shows == slides.NOTICE and part.cell > result]
            assert noticed == [], slide.question
            assert answers == list(range(answers[0], answers[0] + len(answers))), slide.question


def until_next(parts: list, asked: slides.Slide) -> list[slides.Part]:
    """The parts before the next heading or question."""
    same = [(slide.above, slide.title) == (asked.above, asked.title) and slide.kind != "question"
            for slide, _ in parts]
    return [part for _, part in parts[:[*same, False].index(False)]]
