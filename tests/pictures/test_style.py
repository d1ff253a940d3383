"""A Picture says the same thing to the eye, to a screen reader and to the checks."""

import base64
import re

import matplotlib as mpl
import pytest
from looks import contrast_on_white

from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import TEXT_COLOURS, Picture, new_figure, styled


@pytest.mark.parametrize("quantity", TEXT_COLOURS)
def test_words_can_be_read_on_white(quantity):
    assert contrast_on_white(TEXT_COLOURS[quantity]) >= 4.5


def test_a_picture_is_an_image_with_its_sentence_as_alt_text():
    picture = fading_memory(weight=0.5, steps=3)
    bundle = picture._repr_mimebundle_()
    title = "What is left of a memory, step after step"
    assert bundle["text/plain"] == f"{title}\n{picture.sentence}"
    assert f'alt="{picture.sentence}"' in bundle["text/html"]
    assert 1000 < len(base64.b64decode(bundle["image/png"])) < 30_000


@styled
def empty_picture(sentence: str, text: str = "") -> Picture:
    return Picture(new_figure()[0], sentence, text)


def test_markup_in_words_is_shown_and_never_obeyed():
    evil = '"><script>alert(1)</script>'
    page = empty_picture(evil, text=evil).html()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2
    assert len(re.findall(r'alt="', page)) == 1


def test_drawing_leaves_the_readers_own_settings_alone():
    before = dict(mpl.rcParams)
    fading_memory().html()
    assert dict(mpl.rcParams) == before
