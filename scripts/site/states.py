"""What dashboards show, kept for a page: frames and the layers over them, shared and compressed.

A frame is kept once; of one that differs from an earlier one in a small part only that part is kept. All is
written as scripts of at most LIMIT bytes: a page that no server gives can load them too.
"""

import base64
import html
import io
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PIL import Image, ImageChops

LIMIT = 1_000_000       # bytes of a script
PATCH = 0.6             # of a frame: where more differs it is kept whole
EDGE = 4                # pixels around what differs
ALIKE = 24              # of 255: by so much two frames with palettes of their own may differ
BROAD = 37              # sizes of its smallest words: a picture that is wider has no room in a printed column
BASES = 4               # earlier frames that are tried


class TooLarge(ValueError):
    """A picture is too large for the site; the text says of which dashboard."""


class Shown(NamedTuple):
    """What is on the page: a frame as a PNG, its size in pixels, and HTML. A frame may be missing.

    `least` is the size of the smallest words on it, in its pixels, or 0 where that is not known; `narrow` is
    the same for a narrow page, where it was drawn for one.
    """

    png: bytes
    size: tuple[int, int]
    layer: str
    text: str
    said: str
    least: float = 0.0
    narrow: "Shown | None" = None

    @property
    def wide(self) -> float:
        """How wide it is, in sizes of its smallest words: so a page knows how wide it must be at least."""
        return round(self.size[0] / self.least, 1) if self.least else 0


class Frame(NamedTuple):
    """The number of an image, and what lies over it: another's number, its left and its top edge."""

    base: int
    over: tuple[int, int, int] | None = None


def shown_by(frame: str, layer: str, text: str, said: str) -> Shown:
    png = re.search(r'src="data:image/png;base64,([^"]+)"', frame)
    size = re.search(r"--course-w:(\d+);--course-h:(\d+)", frame)
    svg = re.search(r"<svg.*</svg>", layer, re.DOTALL)
    line = re.fullmatch(r'<div class="course-status">(.*)</div>', said, re.DOTALL)
    return Shown(base64.b64decode(png[1]) if png else b"", (int(size[1]), int(size[2])) if size else (0, 0),
                 svg[0] if svg else "", text, line[1] if line else said)


class Images:
    """The frames of a dashboard without what they share, as WebP images without loss."""

    def __init__(self):
        self.kept: list[bytes] = []         # each at the place that is its number
        self._known: dict[bytes, Frame] = {}
        self._bases: list[tuple[int, Image.Image]] = []

    def add(self, png: bytes) -> Frame:
        """The frame that is this PNG, kept if it was not before."""
        if png not in self._known:
            self._known[png] = self._new(Image.open(io.BytesIO(png)).convert("RGB"))
        return self._known[png]

    def _new(self, image: Image.Image) -> Frame:
        parts = [(number, box) for number, base in self._bases if (box := difference(base, image))]
        if parts:
            number, (left, top, right, low) = min(parts, key=lambda part: area(part[1]))
            if area((left, top, right, low)) < PATCH * image.width * image.height:
                return Frame(number, (self._keep(image.crop((left, top, right, low))), left, top))
        number = self._keep(image)
        self._bases = [*self._bases, (number, image)][-BASES:]
        return Frame(number)

    def _keep(self, image: Image.Image) -> int:
        buffer = io.BytesIO()
        image.save(buffer, format="webp", lossless=True, quality=80, method=2)
        self.kept.append(buffer.getvalue())
        return len(self.kept) - 1


Box = tuple[int, int, int, int]


def difference(base: Image.Image, image: Image.Image) -> Box | None:
    """In which box two images differ, with an edge around it; None if they have not the same size."""
    if base.size != image.size:
        return None
    differs = ImageChops.difference(base, image).point([255 * (step > ALIKE) for step in range(256)] * 3)
    left, top, right, low = differs.getbbox() or (0, 0, 1, 1)
    width, height = image.size
    return max(0, left - EDGE), max(0, top - EDGE), min(width, right + EDGE), min(height, low + EDGE)


def area(box: Box) -> int:
    left, top, right, low = box
    return (right - left) * (low - top)


def scripts(name: str, groups: Sequence[Sequence[int]], every: Sequence[Shown]) -> dict[str, tuple]:
    """What a dashboard shows as scripts: by the file's name what it says, and the settings that it holds.

    The settings of a group are in one script, or in as many as LIMIT asks for.
    """
    every = [one._replace(layer=own(one.layer, name)) for one in every]
    images, made = Images(), {}
    frames = [images.add(one.png) if one.png else None for one in every]

    def write(group: Sequence[int]) -> None:
        text = f'courseStates("{name}-{len(made)}","{packed(images, frames, every, group)}")\n'
        if len(text) <= LIMIT:
            made[f"{name}-{len(made)}.js"] = text, list(group)
        elif len(group) == 1:
            raise TooLarge(f"{name}: what one setting shows takes {len(text):,} bytes, and a script has at "
                           f"most {LIMIT:,}: draw less, or smaller")
        else:
            middle = len(group) // 2
            write(group[:middle])
            write(group[middle:])

    for group in groups:
        write(group)
    return made


def packed(images: Images, frames: Sequence[Frame | None], every: Sequence[Shown],
           group: Sequence[int]) -> str:
    """Some settings with the images that they need: JSON, compressed, in 64 letters."""
    needed = {number for setting in group if (frame := frames[setting])
              for number in (frame.base, *(frame.over or ())[:1])}
    part = {"images": {number: base64.b64encode(images.kept[number]).decode() for number in sorted(needed)},
            "settings": {number: [*(frames[number] or (None, None)), *every[number][1:5], every[number].wide]
                         for number in group}}
    return base64.b64encode(zlib.compress(json.dumps(part, separators=(",", ":")).encode(), 9)).decode()


def own(layer: str, owner: str) -> str:
    """A layer whose clips have names of their own: those of figures not there at once can be the same."""
    return re.sub(r'((?:id="|url\(#)clip-)\d+', rf"\g<1>{owner}", layer)


def page(name: str, index: Mapping, note: str, after: str, start: Shown, strip: Sequence[Shown]) -> str:
    """A dashboard on the page before its script moves it; what is printed of it are the states of `strip`."""
    data = html.escape(json.dumps(index, separators=(",", ":")))
    stills = "".join(still(one, f"{name}-{number}") for number, one in enumerate(strip))
    seen = picture(start, name)
    if start.narrow and start.narrow.png:
        wide = '<div class="course-drawn"'
        seen = seen.replace(wide, narrow(start.narrow, name) + wide, 1)
    question = f' data-after="{html.escape(after)}"' if after else ""
    return (f'<div class="course-dashboard course-play" id="{name}" data-play="{data}" '
            f'data-least="{start.least:.1f}"{question}>'
            f'<div class="course-controls"></div>{seen}'
            f'<div class="course-words">{start.text}</div>'
            f'<div class="course-said" role="status"><div class="course-status">{start.said}</div></div>'
            f'<p class="course-note">{html.escape(note)}</p>'
            f'<div class="course-strip">{stills}</div></div>')


def picture(one: Shown, owner: str) -> str:
    """A frame with its layer, whose clips are named by its owner; nothing where there is none."""
    return f'<div class="course-seen">{drawing(one, owner) if one.png else ""}</div>'


def drawing(one: Shown, owner: str, kind: str = "course-drawn") -> str:
    (width, height), images = one.size, Images()
    images.add(one.png)
    source = base64.b64encode(images.kept[0]).decode()
    alt = "" if 'role="img"' in one.layer else plain(one.said)
    shape = f"--course-w:{width};--course-h:{height};--course-words:{one.wide}"
    return (f'<div class="{kind}" style="{shape}">'
            f'<img width="{width}" height="{height}" decoding="sync" alt="{html.escape(alt)}" '
            f'src="data:image/webp;base64,{source}">{own(one.layer, owner)}</div>')


def narrow(one: Shown, owner: str) -> str:
    """What stands before a picture, in whose place a narrow page and the print show it."""
    kind = "course-drawn course-narrow" + " course-broad" * (one.wide > BROAD)
    return drawing(one, f"{owner}-narrow", kind)


def still(one: Shown, owner: str) -> str:
    """A state as it is printed, drawn for a narrow page where there is such a drawing."""
    seen = picture(one.narrow or one, owner)
    return f"<figure>{seen}{one.text}<figcaption>{one.said}</figcaption></figure>"


def looks(one: Shown) -> tuple:
    """Equal for states that look the same: not what is said of them counts, but what is seen."""
    drawn = one.narrow or one
    return drawn.png, re.sub(r' (id|aria-label)="[^"]*"|url\([^)]*\)', "", drawn.layer), one.text


def plain(words: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", words))
