"""What the first page has besides its words: a board that moves at once, and a card for each lesson."""

import html
import json
import re
import sys
from pathlib import Path

import paper
import play
import site_tools

sys.path.insert(0, str(site_tools.ROOT / "scripts"))
import facts
from writers import pictures

OPENING = "02", "Sample after 0 updates"       # the lesson and the words of a network that learns to write
AIMS = 2                    # of a lesson's objectives, on its card
PICTURE = re.compile(r"!\[[^\]]*\]\(\.\./(img/[^)]+)\)")
ASIDE = re.compile(r" \((?:stages? )?\d[^)]*\)")         # which stage it is


def board(lessons: list[str]) -> str:
    """The dashboard that opens the site, if its lesson is among those that were played; or else "". """
    number, words = OPENING
    found = play.load_played(play.PLAYED / number).dashboards if number in lessons else []
    return next((one.html for one in found if words in one.html), "")


def cards(lessons: list[str]) -> str:
    made = [card(one) for one in facts.lessons() if one.number in lessons]
    return f'<ol class="course-cards">{"".join(made)}</ol>'


def card(one: facts.Lesson) -> str:
    parts = f" in {len(one.sittings)} parts" * (len(one.sittings) > 1)
    minutes = f"{sum(minutes for *_, minutes in one.sittings)} minutes{parts}"
    aims = "".join(f"<li>{plain(aim.words)}</li>" for aim in one.objectives[:AIMS])
    return (f'<li><a href="../notebooks/{one.path.stem}.html">'
            f'<img src="../{picture_of(one)}" alt="" loading="lazy">'
            f"<span>{one.number} · {minutes}</span><b>{html.escape(one.title)}</b></a>"
            f"<ul>{aims}</ul></li>")


def plain(words: str) -> str:
    """An objective in HTML, without the numbers of stages and without marks."""
    short = paper.equations(html.escape(ASIDE.sub("", facts.without_links(words)), quote=False))
    return re.sub(r"\*([^*]+)\*", r"<i>\1</i>", re.sub(r"`([^`]+)`", r"<code>\1</code>", short))


def description(one: facts.Lesson) -> str:
    """What a search engine or a preview says of a lesson: the sentences below its picture."""
    words = next(text for text in opening(one).split("\n\n") if not text.startswith(("#", "!")))
    words = facts.without_links(words).replace("*", "").replace("`", "")
    sentences, said = re.split(r"(?<=[.?!]) ", " ".join(words.split())), ""
    for sentence in sentences:
        if said and len(said) + len(sentence) > 155:
            break
        said += f" {sentence}"
    return said.strip()


def previews(folder: Path) -> dict[str, list[str]]:
    """By the names of lessons' pages what a preview of a link says, and the picture that it shows, a PNG in
    the folder: few that show previews draw SVG."""
    drawn, found = pictures.drawn(), {}
    for one in facts.lessons():
        name = Path(picture_of(one)).stem
        (folder / f"{name}.png").write_bytes(drawn[name].png)
        found[f"notebooks/{one.path.stem}"] = [description(one), f"{name}.png"]
    return found


def picture_of(one: facts.Lesson) -> str:
    return PICTURE.search(opening(one))[1]


def opening(one: facts.Lesson) -> str:
    return "".join(json.loads(one.path.read_text(encoding="utf-8"))["cells"][0]["source"])
