"""Alternative texts that are written by hand, in Markdown, say of a drawing what it says of itself.

A drawing's own sentence is its title, and its words stand in the file as comments.
"""

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from course import NOTEBOOKS, ROOT, cells, name
from sentences import missing, values_of

WORDS = {word: number for number, word in enumerate(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen".split(), start=2)}
# Words of which the contrary would be another picture.
CONTRARY = [{"forward", "back"}, {"row", "column"}, {"bright", "dark"}, {"left", "right"}, {"up", "down"},
            {"above", "below"}, {"first", "last"}, {"given", "wanted"}, {"norm", "value"},
            {"short", "long"}, {"high", "low"}, {"input", "output"}, {"falls", "rises"}, {"circle", "square"}]
# Numbers that stand in no word of the drawing, and what they count in it.
COUNTED = {"cover": {4: "moments, each with its field"},
           "given_minus_wanted": {3: "scores, each with its bar"},
           "two_clips": {2: "ways, on a circle and on a square"},
           "gradient_along_time": {8: "states: that of the loss, and seven steps back"},
           "lstm_cell": {3: "gates: i, f and o"}}
NUMBER = r"[-−]?\d+(?:\.\d+)?"
LISTED = re.compile(rf"{NUMBER}(?:(?:,| and|, and) {NUMBER})+")
NAMES = re.compile(r"\b[a-z]\b(?:(?:,| and|, and) [a-z]\b)+")
ALIKE = 0.33            # the least share of a text's words that its drawing says, too


def alternatives() -> list:
    """The drawing and the alternative text of every place in Markdown that shows one."""
    pages = [(name(path), cell["source"]) for path in NOTEBOOKS for cell in cells(path, "markdown")]
    pages += [(path.name, path.read_text("utf-8")) for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))]
    image = re.compile(r"!\[(.*?)\]\([^)]*img/([^)]*)\.svg\)", re.DOTALL)
    return [pytest.param(drawing, " ".join(alt.split()), id=f"{place}-{drawing}")
            for place, page in pages for alt, drawing in image.findall(page)]


every_alternative = pytest.mark.parametrize(("drawing", "alt"), alternatives())


@cache
def of_itself(drawing: str) -> tuple[str, str]:
    """A drawing's sentence, and the words in it."""
    file = ROOT / "img" / f"{drawing}.svg"
    title = ElementTree.parse(file).find("{http://www.w3.org/2000/svg}title").text
    return title, " ".join(re.findall(r"<!-- (.*?) -->", file.read_text("utf-8"), re.S))


def spelt(text: str) -> set[str]:
    """How the words of a text begin, in small letters; those that any text has are left out."""
    common = set("that with from each into which this what then they their more most over while every some "
                 "like other them when will same".split())
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in common}


def in_figures(text: str) -> str:
    """The text with its numbers from two to twelve in figures."""
    return re.sub(rf"\b({'|'.join(WORDS)})\b", lambda word: str(WORDS[word[0].lower()]), text, flags=re.I)


@every_alternative
def test_an_alternative_text_has_the_numbers_of_its_drawing_and_no_others(drawing, alt):
    sentence, words = of_itself(drawing)
    assert missing(in_figures(alt), [*values_of(in_figures(f"{sentence} {words}")),
                                     *COUNTED.get(drawing, {})]) == []


@every_alternative
def test_an_alternative_text_lists_numbers_in_the_order_of_its_drawing(drawing, alt):
    sentence, words = of_itself(drawing)
    for listed in LISTED.findall(in_figures(alt)):
        numbers = values_of(listed)
        for text in (words, sentence):
            left = iter(values_of(in_figures(text)))
            if all(any(number == drawn for drawn in left) for number in numbers):
                break
        else:
            raise AssertionError(f"{listed!r} stands in another order in the drawing")


@every_alternative
def test_an_alternative_text_lists_names_of_one_letter_in_the_order_of_its_drawing(drawing, alt):
    names = re.findall(r"\b[a-z]\b", ", ".join(NAMES.findall(alt)))
    for text in of_itself(drawing):
        left = iter(re.findall(r"\b[a-z]\b", text))
        assert all(any(one == drawn for drawn in left) for one in names), text


@every_alternative
def test_an_alternative_text_is_that_of_its_drawing(drawing, alt):
    shown = {one.values[0] for one in alternatives()}
    share = {other: len(spelt(alt) & spelt(" ".join(of_itself(other)))) / len(spelt(alt)) for other in shown}
    assert share[drawing] == max(share.values()) and share[drawing] >= ALIKE, share


@every_alternative
def test_an_alternative_text_does_not_say_the_contrary(drawing, alt):
    said, own = ({*re.findall(r"[a-z]+", text.lower())} for text in (alt, " ".join(of_itself(drawing))))
    for pair in CONTRARY:
        for word in pair & said:
            assert word in own or not pair & own, f"{word!r}, where the drawing says {pair & own}"


@every_alternative
def test_an_alternative_text_joins_what_the_drawing_joins(drawing, alt):
    """By norm a circle and by value a square, for example, and not the other way round."""
    said, own = (joined(text) for text in (alt, " ".join(of_itself(drawing))))
    assert {pair: way for pair, way in said.items() if pair in own} == {
        pair: way for pair, way in own.items() if pair in said}


def joined(text: str) -> dict[tuple[int, int], bool]:
    """Of two pairs of contraries whose words all stand in a text, whether both have the same order."""
    first = {}
    words = re.findall(r"[a-z]+", text.lower())
    for number, pair in enumerate(CONTRARY):
        one, other = sorted(pair)
        if pair <= {*words}:
            first[number] = words.index(one) < words.index(other)
    return {(a, b): first[a] == first[b] for a in first for b in first if a < b}


def test_what_is_joined_the_other_way_round_is_found():
    assert joined("By norm it ends on a circle, by value on a square") == {(8, 13): True}
    assert joined("By norm it ends on a square, by value on a circle") == {(8, 13): False}
