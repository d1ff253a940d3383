"""How small the smallest words of pictures are: on a phone in pixels, on paper in points.

    python tests/support/small_type.py _site/notebooks/02_min_char_rnn.html ...
"""

import sys
from pathlib import Path

PHONE = {"width": 390, "height": 844}
PAPER = {"width": 725, "height": 1054}      # A4 within its margins, where a point is 4/3 pixels
PRINTED = 4 / 3

# A picture says how wide it is in sizes of its smallest words, see scripts/site/states.py.
WORDS = """() => [...document.querySelectorAll(".course-drawn")].filter(one => one.getClientRects().length)
    .map(one => [one.closest('[id]').id, one.getBoundingClientRect().width
        / Number(one.style.getPropertyValue("--course-words"))])
    .filter(([, size]) => Number.isFinite(size))"""


def on_a_phone(page) -> list[tuple[str, float]]:
    """The size in pixels of the smallest words of each picture, with the name of what it stands in."""
    page.set_viewport_size(PHONE)
    return [tuple(each) for each in page.evaluate(WORDS)]


def on_paper(page) -> list[tuple[str, float]]:
    """The same in points, of what is printed."""
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    found = [(name, size / PRINTED) for name, size in page.evaluate(WORDS)]
    page.emulate_media(media="screen")
    return found


def main() -> None:
    from lab import Browser

    with Browser(**PHONE) as browser:
        for path in map(Path, sys.argv[1:]):
            page = browser.page()
            page.goto(path.resolve().as_uri())
            for where, unit, found in (("phone", "px", on_a_phone(page)), ("paper", "pt", on_paper(page))):
                name, least = min(found, key=lambda each: each[1], default=("no picture", 0))
                print(f"{path.stem}, {where}: {len(found)} pictures, least {least:.1f} {unit} ({name})")
            page.close()


if __name__ == "__main__":
    main()
