"""The course itself: the map of its lessons, and its cover."""

import textwrap
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
from matplotlib.patches import Rectangle

from helpers.data import lesson_facts, lesson_names
from helpers.pictures import COLOURS, Canvas, Picture, count, styled, tint

COLUMNS = [135, 380, 625, 870]
Lessons = Sequence[tuple[str, str, str]]


def in_rows(lessons: Lessons) -> list[list[tuple[str, int]]]:
    """The stages in each row of up to four lessons: the name, in lines that fit, and the number of lessons.

    A stage begins a new row where the last one cannot hold all of it.
    """
    rows: list[list[tuple[str, int]]] = [[]]
    room = len(COLUMNS)
    for stage, members in groupby(lessons, key=itemgetter(2)):
        size = len(list(members))
        if size > room:
            rows.append([])
            room = len(COLUMNS)
        rows[-1].append((textwrap.fill(stage, 15 * size), size))
        room -= size
    return rows


def lessons_on_the_map() -> Lessons:
    """The name, the colour and the stage of each lesson."""
    facts = [lesson_facts(name[:2])["on_the_map"] for name in lesson_names()]
    return [itemgetter("name", "colour", "stage")(lesson) for lesson in facts]


@styled
def course_map() -> Picture:
    """The lessons as one path, to and fro, each stage's name over its lessons."""
    lessons = lessons_on_the_map()
    rows = in_rows(lessons)
    apart = 190 + 28 * max(stage.count("\n") for row in rows for stage, _ in row)
    page = Canvas(20 + apart * len(rows))
    places: list[tuple[int, int]] = []
    turns: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        y = 125 + apart * (len(rows) - 1 - number)
        there, side = (COLUMNS, 965) if number % 2 == 0 else (COLUMNS[::-1], 35)
        turns += [(side, y), (side, y - apart)]
        for stage, size in row:
            over, there = there[:size], there[size:]
            places += [(x, y) for x in over]
            middle = min(max(round(sum(over) / size), 150), 850)        # clear of the track at the sides
            lines = stage.count("\n")
            page.label(middle, y + 60 + 14 * lines, stage, "quiet", 17, style="italic")
    page.arrow(places[0], *turns[:-2], places[-1], gap=0, turn=60, head=False, width=10, colour="#DADADA")
    for number, ((x, y), (name, kind, _)) in enumerate(zip(places, lessons, strict=True)):
        page.node(x, y, f"{number:02d}", kind, 58, radius=0.5, fill=0.25)
        page.label(x, y - 46, name, kind, 15, va="top", linespacing=1.15)
    names = [f"{number:02d} {' '.join(name.split())}" for number, (name, _, _) in enumerate(lessons)]
    return page.picture(f"The map of the course, {count(len(names), 'lesson')} in order: "
                        f"{', '.join(names)}.")


@styled
def cover(updates: Sequence[float], loss: Sequence[float], samples: Sequence[tuple[int, str]]) -> Picture:
    """A training curve, and what the network wrote at 2 to 4 moments: pairs of an update and a text."""
    updates, loss = np.asarray(updates, dtype=float), np.asarray(loss, dtype=float)
    when = [update for update, _ in samples]
    page = Canvas(660)

    def across(update):  # the first updates change the most, so they get the most room
        return 60 + 800 * np.log1p(update / 30) / np.log1p(updates[-1] / 30)

    def up(value):
        return 290 + 218 * value / loss.max()

    x, y = across(updates), up(loss)
    page.axes.fill_between(x, 290, y, color=tint(COLOURS["quiet"], 0.18), linewidth=0, zorder=0)
    page.axes.plot(x, y, color=COLOURS["loss"], linewidth=4, zorder=2, solid_capstyle="round")
    page.label(46, 631, "From noise to words,", size=27, weight="bold", ha="left")
    page.label(46, 590, "one letter at a time", "y", 22, ha="left")
    for x, given, wanted in zip((665, 755, 845, 935), "hell", "ello", strict=True):
        state = page.node(x, 562, "", "h", 42)
        source, goal = page.node(x, 497, given, "x", 40), page.node(x, 629, wanted, "y", 46, 40)
        page.arrow(source.top, state.bottom, kind="x", gap=3)
        page.arrow(state.top, goal.bottom, kind="y", gap=3)
        if x < 935:
            page.arrow(state.right, (x + 90 - 21, 562), kind="h", gap=4)
    wide = (1000 - 20 * (len(when) + 1)) / len(when)
    losses = np.interp(when, updates, loss)
    for place, ((update, text), value) in enumerate(zip(samples, losses, strict=True)):
        left, x, y = 20 + place * (wide + 20), across(update), up(value)
        below = min(max(x, left + 30), left + wide - 30)
        jog = [(x, 258), (below, 258)] if below != x else []
        page.arrow((x, y), *jog, (below, 232), gap=0, turn=min(12, abs(below - x) / 2), head=False, width=2)
        page.node(x, y, "", "loss", 16, radius=0.5)
        spot = (x - 12, y - 32, "right")  # below the curve and beside the line, where nothing can be
        if x < 180:
            spot = (x - 10, y + 31, "left")
        if x > 840:
            spot = (x + 14, y, "left")
        page.label(*spot[:2], f"loss {value:.2f}", size=16, weight="bold", ha=spot[2])
        page.band(left, 16, left + wide, 232, tint(COLOURS["y"], 0.10 + 0.22 * place / (len(when) - 1)))
        page.label(left + 14, 211, f"update {update:,}", "y", 16, ha="left", weight="bold")
        letters = int((wide - 24) / 11.8)
        lines = [part for line in text.splitlines() for part in textwrap.wrap(line, letters)]
        for row, line in enumerate(lines[:6]):
            page.label(left + 14, 178 - 26 * row, line, size=14, ha="left", va="center_baseline",
                       family="monospace", parse_math=False)
    first, last = (" ".join(text.split())[:20] for _, text in (samples[0], samples[-1]))
    return page.picture(f"""A recurrent network learns to write: its loss falls from {losses[0]:.2f} to
        {losses[-1]:.2f} nats per character between updates {when[0]:,} and {when[-1]:,}, and what it writes
        goes from “{first}” to “{last}”.""")


@styled
def cards() -> Picture:
    """Four cards to vote with, on an A4 sheet, to be cut apart: each has its letter, colour and frame."""
    page = Canvas(707)
    for number, (letter, kind, dashes) in enumerate(zip("ABCD", ("heldout", "h", "gradient", "c"),
                                                        ("-", "--", ":", "-."), strict=True)):
        x, y = 250 + 500 * (number % 2), 530 - 353 * (number // 2)
        page.axes.add_patch(Rectangle((x - 228, y - 155), 456, 310, facecolor=tint(COLOURS[kind], 0.12),
                                      edgecolor=COLOURS[kind], linewidth=9, linestyle=dashes))
        page.label(x, y, letter, kind, size=150, weight="bold", va="center_baseline")
    for ends in (((500, 500), (0, 707)), ((0, 1000), (353.5, 353.5))):
        page.axes.plot(*ends, color=COLOURS["quiet"], linewidth=1, linestyle=(0, (2, 6)))
    return page.picture("Four cards with the letters A, B, C and D, to print, cut apart and hold up.")


DRAWINGS = [course_map, cards]
