"""A lesson as slides: one idea each, with a heading, from the cells and saved outputs of its notebook.

A cell becomes parts: a paragraph, a list, code with what it prints, a question, a picture. Which cells are
left out, and whose code is shown, is decided here by rules; how much a slide holds, in the browser, by
docs/slides/deck.js, for that depends on how large things come out.
"""

import ast
import base64
import html
import itertools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from play import VIEW, Lesson
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from site_tools import ROOT
from stage import least_type

from helpers.checks.names import calls
from helpers.pictures import for_lecture

DRAWN = 14          # points, the least words of a drawing
EQUATIONS = {"exp", "log", "tanh", "sqrt", "outer", "where", "clip", "linalg"}     # of NumPy or math
NOTICE, PRINTED = "What to notice", "The result"
ANSWER, OTHERS = "The answer", "The other options"


@dataclass
class Part:
    """What stays together on a slide. `shows` says what it is, for the line below the heading."""

    cell: int
    html: str
    shows: str = ""
    with_next: bool = False     # stands on the same slide as what follows, wherever both fit


@dataclass
class Slide:
    """What should stand on one slide. If it is too much, the browser goes on with it on another."""

    kind: str                   # "text", "question" or "picture"
    above: str                  # the heading that the slide's own stands under, if there is one
    title: str
    parts: list[Part]
    question: str = ""          # its id, if it asks to predict
    notes: str = ""


# ---- Which cells, and whose code

def left_out(cell) -> str:
    """Why a cell is on no slide, in a word or two; "" if it is on one."""
    if cell.metadata.get("slideshow", {}).get("slide_type") == "skip":
        return "hint or solution"
    if cell.cell_type != "code" or pictures(cell):
        return ""
    body = ast.parse(cell.source).body
    if all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body):
        return "imports"
    checks = any(name.startswith("check_") for name, _ in calls(cell.source))
    if checks and "course-check" in str(cell.outputs):
        return "check of an answer"
    if not shows_code(cell) and not any(output.output_type == "stream" or "text/html" in output.data
                                        for output in cell.outputs):
        return "prepares what follows"
    return ""


def shows_code(cell) -> bool:
    """Whether the code of a cell is the point: it defines something, has a gap to fill, or an equation."""
    body = ast.parse(cell.source).body
    works = [statement for statement in body if not isinstance(statement, ast.Expr)]
    if any({"text/html", VIEW} <= set(output.get("data", {})) for output in cell.outputs):
        return False                # it only calls a dashboard, or makes what the dashboard draws
    if pictures(cell):              # then the picture is the point, unless something is worked out in a loop
        return any(isinstance(statement, ast.For | ast.While) for statement in works)
    nodes = [node for statement in works for node in outside_print(statement)]
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in nodes):
        return True
    if not cell.outputs:
        return any(isinstance(node, ast.Constant) and node.value is ... for node in nodes)
    lines = {line for node in nodes if isinstance(node, ast.stmt) and not isinstance(node, ast.Expr | ast.For)
             for line in range(node.lineno, node.end_lineno + 1)}
    equation = any(isinstance(node, ast.BinOp | ast.AugAssign) or getattr(node, "attr", "") in EQUATIONS
                   for node in nodes)
    return equation and 2 * len(lines) >= len(cell.source.splitlines())     # the other lines print


def outside_print(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a syntax tree, without what stands in a call of print or is only asserted."""
    prints = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    if not prints and not isinstance(node, ast.Assert):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from outside_print(child)


def pictures(cell) -> list:
    """The outputs of a cell that hold a picture, or text whose colours are one."""
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
            or 'class="course-text"' in output.get("data", {}).get("text/html", "")]


# ---- From Markdown and outputs to HTML

class Renderer(IPythonRenderer):
    """Markdown as a page needs it that has nothing beside it.

    Drawings are put inside, links to other files of the course become their words, and an equation becomes
    a mark, `<i class=tex>`, with what to set in its attribute.
    """

    def __init__(self, folder: Path):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.folder = folder

    def page(self, source: str) -> str:
        """Markdown as HTML. Where a table's heading has no words, there is no heading."""
        return re.sub(r"<th[^>]*></th>", "<td></td>", MarkdownWithMath(renderer=self).render(source))

    def image(self, text, url, title=None):
        drawing, least = large_drawing(self.folder / url)
        return (f'<img class="drawing" data-least="{least:.1f}" alt="{html.escape(text)}" '
                f'src="data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}">')

    def link(self, text, url, title=None):
        return super().link(text, url, title) if url.startswith("http") else text

    def inline_math(self, body):
        return f'<i class="tex" data-tex="{html.escape(body)}"></i>'

    def block_math(self, body):
        return f'<i class="tex" data-display="yes" data-tex="{html.escape(body)}"></i>'


def large_drawing(file: Path) -> tuple[str, float]:
    """A drawing of img as SVG, drawn for the last row, and the size of its smallest words in its pixels.

    One that moves is as it was saved, and its smallest words are as in all drawings.
    """
    sys.path.append(str(ROOT / "scripts"))
    from writers.pictures import drawings, svg

    saved = file.read_text(encoding="utf-8")
    if file.stem not in drawings() or "@keyframes" in saved:
        return saved, DRAWN * 96 / 72
    with for_lecture():
        picture = drawings()[file.stem]()
    return svg(picture), least_type(picture.figure) / picture.figure.dpi * 96      # a pixel of an SVG


def code_html(source: str) -> str:
    """Python source as coloured HTML."""
    return highlight(source, PythonLexer(), HtmlFormatter(cssclass="code"))


def math_marked(text: str, renderer: Renderer) -> str:
    """HTML in which equations between dollars stand as `renderer` marks them."""
    return re.sub(r"\$([^$<>]+)\$", lambda found: renderer.inline_math(html.unescape(found[1])), text)


def as_steps(element: Tag) -> None:
    """Make a paragraph, or each item of a list, appear by itself."""
    for step in element.find_all("li", recursive=False) or [element]:
        step["class"] = [*step.get("class", []), "fragment"]


def text_parts(cell: int, source: str, renderer: Renderer) -> list[Part]:
    """The paragraphs, lists, tables, equations and drawings of a Markdown text without headings."""
    page = BeautifulSoup(renderer.page(source), "html.parser")
    for fold in page.find_all("details"):       # nothing is folded on a slide
        fold.summary.name = "b"
        fold.unwrap()
    for words in page.find_all("b", recursive=False):
        words.wrap(page.new_tag("p"))
    parts, notice = [], False
    for element in [each for each in page.contents if isinstance(each, Tag)]:
        lead = element.find(["strong", "em"]) if element.name == "p" else None
        words = lead.get_text().rstrip(" .:") if lead else ""
        if words == NOTICE:
            notice = True
            lead.extract()
        # A term that is introduced, or the few words that a paragraph begins with.
        names = lead and (lead.name == "strong" or lead.get_text() != words)
        shows = words[0].upper() + words[1:] if names and re.fullmatch(r"[^,]{4,50}", words) else ""
        if notice:
            as_steps(element)
        if element.get_text(strip=True) or element.find(["img", "i"]):
            parts.append(Part(cell, str(element), NOTICE if notice else shows,
                              element.get_text().rstrip().endswith(":")))
    return parts


def question_parts(cell: int, output: str, renderer: Renderer) -> Iterator[Part]:
    """Each question of an output: its stem and options, and what was folded as steps."""
    page = BeautifulSoup(math_marked(output, renderer), "html.parser")
    for question in page.find_all(class_="course-question"):
        lead = question.find("b").extract().get_text().rstrip(".")
        for fold in question.find_all("details"):
            fold.find("summary").extract()
            fold.name = "div"
            fold["class"] = "fragment answer"
        yield Part(cell, str(question), lead)


def answer_apart(question: Part) -> list[Part]:
    """Takes the answer out of a question, and what is said of the other options.

    The question is on another slide by then, so each has the words of its options again (`data-again`).
    """
    page = BeautifulSoup(question.html, "html.parser")
    options = page.find("ol").find_all("li", recursive=False)
    answer = page.find(class_="answer").extract()
    for letter in answer.select(".course-because > b"):
        words = options["abcdefgh".index(letter.get_text()[0])].decode_contents()
        letter.insert_after(BeautifulSoup(f' <span data-again="yes">({words})</span>', "html.parser"))
    others = [each.extract() for each in answer.find_all(class_="answer")]
    question.html = str(page)
    return [Part(question.cell, str(answer), ANSWER),
            *(Part(question.cell, str(each), OTHERS) for each in others)]


def picture_html(output, large: str = "") -> str:
    """A picture with its sentence below it, and not the values of its controls: the saved, or a large one."""
    page = BeautifulSoup(large or output.data["text/html"], "html.parser")
    settings = settings_of(output)
    for words in page.find_all("p"):
        if settings and words.get_text() == settings:
            words.extract()
    picture = page.find("img")
    if picture:
        sentence = page.new_tag("figcaption", attrs={"aria-hidden": "true"})
        sentence.string = picture["alt"]
        del picture["style"]
        picture.wrap(page.new_tag("figure")).append(sentence)
    return str(page)


def settings_of(output) -> str:
    """The values of the controls in a dashboard's saved output, for example "probability = 0.25"."""
    last = output.data.get("text/plain", "").rpartition("\n")[2]
    return last[1:-1] if last.startswith("[") and " = " in last and last.endswith("]") else ""


def code_parts(number: int, cell) -> list[Part]:
    """The code of a cell, where it is the point, with what it prints; its pictures are not among them."""
    pieces = [code_html(cell.source)] if shows_code(cell) else []
    for output in cell.outputs:
        if output.output_type == "stream":
            pieces.append(f'<pre class="printed">{html.escape(output.text.rstrip())}</pre>')
        elif "text/html" in output.data and output not in pictures(cell):
            pieces.append(f'<div class="shown">{picture_html(output)}</div>')
    named = re.search(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE)
    shows = PRINTED if not shows_code(cell) else f"In code: {named[1]}" if named else "In code"
    return [Part(number, "".join(pieces), shows)] if pieces else []


# ---- The slides of a lesson

def result_of(cells: list, number: int) -> int | None:
    """The cell whose picture or printed lines show the answer of the question in cell `number`.

    It is the dashboard that waits for the question, or else the first after it. None if a heading or
    another question comes before.
    """
    asked, first = predicted(cells[number]), None
    for place, cell in enumerate(cells[number + 1:], number + 1):
        if cell.cell_type == "markdown":
            if re.search(r"^#{1,3} ", cell.source, re.MULTILINE):
                break
            continue
        if 'class="course-question"' in str(cell.outputs):
            break
        if re.search(rf'\bafter="{re.escape(asked)}"', cell.source):
            return place
        shown = pictures(cell) or any(output.output_type == "stream" for output in cell.outputs)
        if first is None and shown and not left_out(cell):
            first = place
    return first


def predicted(cell) -> str:
    """The id of the question that a cell asks with `predict`, or ""."""
    found = re.match(r'predict\("(.+?)"\)', cell.source)
    return found[1] if found and cell.cell_type == "code" else ""


def slides(notebook: Path, played: Lesson) -> list[Slide]:
    """The slides of a lesson, without its notes, and with what of it was played for a lecture."""
    cells = nbformat.read(notebook, as_version=4).cells
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    # The states that a page is printed with stand at its end.
    moves = {code[each.cell]: each.html.partition('<div class="course-strip">')[0] + "</div>"
             for each in played.dashboards}
    large = {code[place]: picture for place, picture in played.pictures.items()}
    laid = Laid(Renderer(notebook.parent))
    for number, (cell, following) in enumerate(itertools.zip_longest(cells, cells[1:])):
        if left_out(cell) and number not in moves:
            if cell.cell_type == "markdown":
                laid.end_task()             # a hint stands at the end of a stage or an exercise
        elif cell.cell_type == "markdown":
            laid.markdown(number, cell.source, bool(following) and left_out(following))
        else:
            if predicted(cell):
                laid.result = result_of(cells, number)
            laid.code(number, cell, moves.get(number, ""), large.get(number, ""))
    laid.answered(len(cells))
    return laid.slides


class Laid:
    """The slides so far, and under which headings the next part stands."""

    def __init__(self, renderer: Renderer):
        self.renderer, self.slides = renderer, []
        self.section = self.task = ""
        self.fresh = True           # whether the next part begins a slide, for a heading came since the last
        self.result: int | None = None      # the cell that shows the answer of the last question
        self.answer: list[Part] = []        # that answer, until the result is on a slide

    def begin(self, kind: str, *parts: Part) -> None:
        """Begin a slide with these parts."""
        above = self.section if self.task else ""
        self.slides.append(Slide(kind, above, self.task or self.section, list(parts)))
        self.fresh = False

    def end_task(self) -> None:
        """What follows stands under the section again, not under a stage or an exercise."""
        self.fresh, self.task = self.fresh or bool(self.task), ""

    def answered(self, number: int) -> None:
        """Before cell `number` is laid: if the result of the latest question is there, its answer follows."""
        if self.answer and self.result is not None and self.result < number:
            if self.slides[-1].kind == "text":
                self.slides[-1].parts[-1].with_next = True
            for part in self.answer:
                self.add(part)
            self.answer = []

    def markdown(self, number: int, source: str, following: str) -> None:
        """Headings and text of a cell, but for a sentence that only announces a cell which is left out.

        `following` says why the next cell is left out, if it is.
        """
        self.answered(number)
        parts: list[Part] = []
        for piece in re.split(r"^(?=#{1,3} )", source, flags=re.MULTILINE):
            if heading := re.match(r"(#+) (.+)\n*", piece):
                words = heading_html(heading[2], self.renderer)
                self.section, self.task = (self.section, words) if len(heading[1]) == 3 else (words, "")
                self.fresh, piece = True, piece[heading.end():]
            parts = text_parts(number, piece, self.renderer)
            if following in ("imports", "prepares what follows") and source.endswith(piece) and parts and \
                    len(BeautifulSoup(parts[-1].html, "html.parser").get_text()) < 80:
                parts.pop()
            for part in parts:
                self.add(part)

    def code(self, number: int, cell, dashboard: str, large: str) -> None:
        """Code and what it prints, questions, and the picture or the dashboard of a cell."""
        parts = code_parts(number, cell)
        questions = [each for part in parts for each in question_parts(number, part.html, self.renderer)]
        if questions or shows_code(cell):       # what else is printed or drawn is part of the result
            self.answered(number)
        if predicted(cell) and self.result is not None:
            self.answer = answer_apart(questions[0])
        for place, question in enumerate(questions):
            question.shows += f" {place + 1} of {len(questions)}" if len(questions) > 1 else ""
            self.begin("question", question)
            self.slides[-1].question = predicted(cell)
        for part in parts if not questions else []:
            if not self.fresh and self.slides[-1].kind == "text":
                self.slides[-1].parts[-1].with_next = True
            self.add(part)
        drawn = pictures(cell)
        if dashboard or drawn:
            names = re.findall(r"(?:^|, )([^,=]+) =", settings_of(drawn[-1]) if drawn else "")[:4]
            still = [picture_html(output, large) for output in drawn]
            self.begin("picture", Part(number, dashboard or "".join(still),
                                       f"Move {', '.join(names)}" if names else "In a picture"))

    def add(self, part: Part) -> None:
        """Put a part on the slide before it, or begin one: text beside its picture, code by its text."""
        last = self.slides[-1] if not self.fresh else None
        if 'class="drawing"' in part.html:
            self.begin("picture", part)
        elif last and last.kind == "picture" and said_of(part, last):
            # What is printed comes last: there may not be room for all.
            last.parts[1:] = sorted([*last.parts[1:], part], key=lambda each: each.shows == PRINTED)
        elif last and last.kind == "text" and keeps_order(part, last):
            last.parts.append(part)
        else:
            self.begin("text", part)


def said_of(part: Part, slide: Slide) -> bool:
    """Whether a part is about the picture of a slide: from the next cell, or what to notice after numbers."""
    next_to = part.cell - slide.parts[0].cell < 2
    shown = {each.shows for each in slide.parts}
    after_numbers = part.shows == NOTICE and PRINTED in shown
    if part.shows in (ANSWER, OTHERS):
        return True
    return (next_to or after_numbers) and keeps_order(part, slide) and not part.shows.startswith("In code")


def keeps_order(part: Part, slide: Slide) -> bool:
    """Whether a part may follow on a slide: by an answer that is to come only what comes by steps, too."""
    return part.shows in (ANSWER, OTHERS, NOTICE) or all(each.shows != ANSWER for each in slide.parts)


def heading_html(text: str, renderer: Renderer) -> str:
    """A heading without the minutes of a section: those are in the notes."""
    text = re.sub(r" \*?\((?:optional, )?\d+ min(?:, [^)]*)?\)\*?$", "", text)
    return re.sub("^<p>|</p>\n?$", "", renderer.page(text))
