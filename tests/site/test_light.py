"""Pages of the site: set equations without a script, cards and previews."""

import re

import equations
import front
import play
import pytest
from course import LESSONS, ROOT, name


@pytest.mark.site
def test_equations_are_set_and_a_page_has_the_glyphs_that_it_uses_and_no_script(tmp_path):
    start = '<html><script defer src="mathjax/tex-mml-chtml.js"></script><body>'
    pages = {tmp_path / place: f'{start}<{tag} class="math notranslate nohighlight">{tex}</{tag}></body>'
             for place, tag, tex in (("a", "span", r"\(h_t\)"), ("b", "div", r"\[c &lt; \theta\]"))}
    (a, b) = equations.in_pages(pages).values()
    glyphs = [set(re.findall(r'<path id="([^"]+)"', page)) for page in (a, b)]
    used = [set(re.findall(r'xlink:href="#([^"]+)"', page)) for page in (a, b)]
    assert glyphs == used and glyphs[0] != glyphs[1] and all(glyphs)
    assert "<mo>&lt;</mo>" in b and [page.count('jax="SVG" display="true"') for page in (a, b)] == [0, 1]
    assert "script" not in a + b and r"\(" not in a + b


def test_each_lesson_has_a_card_with_its_picture_minutes_and_aims(tmp_path):
    cards = front.cards(play.lessons()).split("<li><a ")[1:]
    assert len(cards) == len(LESSONS)
    for path, card in zip(LESSONS, cards, strict=True):
        assert f'href="../notebooks/{name(path)}.html"' in card and re.search(r"\d+ minutes", card)
        assert (ROOT / re.search(r'src="\.\./(img/[^"]+)"', card)[1]).exists()
        assert len(re.findall(r"<li>\w", card)) == front.AIMS and "](" not in card and "*" not in card


def test_a_preview_of_a_lesson_says_what_it_is_about_and_shows_its_picture(tmp_path):
    told = front.previews(tmp_path)
    assert sorted(told) == [f"notebooks/{name(path)}" for path in LESSONS]
    for words, picture in told.values():
        assert 60 < len(words) < 190 and words[-1] in ".?!" and not re.search(r"[*`$]|\]\(", words)
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
