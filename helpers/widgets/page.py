"""What a dashboard brings to the page: its style, and a few lines of JavaScript that fit it to the window."""

import html
import time
from functools import cache
from importlib import resources
from zlib import crc32

import ipywidgets as W

from helpers.pictures import COLOURS, TEXT_COLOURS
from helpers.pictures.highlights import MOST

TOOLS = (
    '<div class="course-tools">'
    '<button type="button" title="Fill the window with this; Escape goes back" aria-label="Fill the window" '
    'onclick="window.coursePage.fill(this.closest(\'.course-dashboard\'))">'
    '<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9" '
    'fill="none" stroke="currentColor" stroke-width="2"/></svg></button>'
    '<button type="button" class="course-lecture-switch" title="Lecture mode, large type: Alt-Shift-L" '
    'aria-label="Lecture mode" aria-pressed="false" '
    'onclick="window.coursePage.setLecture(!window.coursePage.lecture())">A</button>'
    '<span role="alert"></span></div>'
)


def page_part() -> W.HTML:
    """The part of a dashboard that holds style, script and the buttons of its corner."""
    arrive = f"window.coursePage.arrive(this.closest('.course-dashboard'), {time.time() * 1000:.0f})"
    part = W.HTML(f'<style onload="{html.escape(_script() + arrive)}">{rules()}</style>{TOOLS}')
    part.add_class("course-page")
    return part


def set_lecture_mode(on: bool) -> str:
    """HTML that switches lecture mode when it comes to the page."""
    return f'<style onload="window.coursePage.setLecture({str(on).lower()})"></style>'


@cache
def _script() -> str:
    code = _file("page.js")
    version = crc32((code + rules()).encode())
    lines = (line for line in code.splitlines() if not line.lstrip().startswith("//"))
    return "\n".join(lines).replace("%VERSION%", f"{version:x}")


@cache
def rules() -> str:
    """The style sheet of dashboards: the colours of pictures, a selector for each number of a sentence."""
    touched = (".course-dashboard:has(.course-status [data-p='{0}']:is(:hover, :focus)) "
               ":is(.course-drawn > svg, .course-characters) [data-p~='{0}']")
    numbers = ",\n".join(touched.format(number) for number in range(1, MOST + 1))
    found = _file("page.css").replace("%touched%", numbers)
    for name, colour in (("quiet", COLOURS["quiet"]), ("y", COLOURS["y"]), ("gradient", COLOURS["gradient"]),
                         ("gradient-text", TEXT_COLOURS["gradient"])):
        found = found.replace(f"%{name}%", colour)
    return found


@cache
def _file(name: str) -> str:
    return (resources.files("helpers.widgets") / name).read_text(encoding="utf-8")
