"""What the laboratory shows beside its curves: what the network writes."""

import html

import ipywidgets as W

from helpers.pictures import passage

NOTHING_YET = "(Press Train or Sample, and what the network writes appears here.)"
STYLE = """<style>
.course-dashboard.course-laboratory { grid-template-columns: minmax(0, 4fr) minmax(0, 1fr) !important }
.course-laboratory > :is(.course-controls, .course-beside),
.course-laboratory:not(.course-wordy) > .course-said { grid-column: 1 / -1 !important }
.course-laboratory .course-controls .widget-box { margin: 0 }
.course-laboratory .course-beside { display: flex; flex-flow: row nowrap; gap: 0 14px; overflow: hidden }
.course-laboratory .course-curves { flex: 0 0 auto; overflow: hidden;
  width: min(74%, var(--course-room, 500px) * 1080 / 532) }
.course-laboratory .course-writing { flex: 1 1 0; min-width: 0; min-height: 7em; position: relative;
  overflow: hidden }
.course-laboratory .course-writing > .widget-html-content { position: absolute; inset: 0; overflow: hidden;
  display: flex; flex-direction: column; justify-content: flex-end }
.course-laboratory .course-writing > .widget-html-content > * { margin: 0 0 auto; line-height: 1.35 }
.course-laboratory { --course-grow: 3 }
</style>"""


def writing(text: str) -> str:
    """What the network writes, as HTML: where it is too long for its place, its end is seen."""
    return passage(text) if text else f'<div class="course-status">{html.escape(NOTHING_YET)}</div>'


def beside(curves: W.Widget, text: W.HTML) -> W.Box:
    """The curves with the text at their side, or below them on a narrow page."""
    curves.add_class("course-curves")
    text.add_class("course-writing")
    box = W.Box([curves, text])
    box.add_class("course-beside")
    return box
