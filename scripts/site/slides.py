"""A lesson as slides, from the cells and saved outputs of its notebook.

`Deck` lays the cells on slides, and nbconvert's SlidesExporter makes a page of these. A heading begins a
slide, and so do a question and a picture. Text that is too long goes on, at a paragraph, on another slide
with the same heading. An answer comes in two steps after the picture, or what is printed, that shows it. What
to notice stands beside its picture.
"""

import ast
import base64
import html
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from play import Lesson
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from site_tools import cells as kinds
from stage import least_type
from writers.pictures import drawings, svg

from helpers.pictures import for_lecture

Kind = kinds.Kind
DRAWN = 14          # points, the least words of a drawing
EQUATIONS = {"exp", "log", "tanh", "sqrt", "outer", "where", "clip", "linalg"}     # of NumPy or math
NOTICE = "What to notice"
ROOM = 590          # of the 720 pixels of a slide, without its heading
LEAD = 90           # as high is what may stand above a picture or a question
SHORT = 600         # letters of an answer that have room beside a picture
LINES = 21          # of what is printed, on one slide
LETTERS = {"p": 104, "li": 100, "pre": 110}         # that a line has room for


@dataclass
class Slide:
    """A slide: its heading, the one above it, parts in HTML, and what comes by steps beside a picture."""

    above: str
    title: str
    parts: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    filled: float = 0           # pixels
    question: str = ""          # its id, if it asks to predict
    notes: str = ""
    cell: int = -1              # that the picture or the result on it is from

    @property
    def html(self) -> str:
        above = f'<p class="above">{self.above}</p>' * bool(self.above)
        beside = f'<div class="beside">{"".join(self.beside)}</div>' * bool(self.beside)
        return (f'<header>{above}<h2>{self.title}</h2></header><div class="body{" two" * bool(self.beside)}">'
                f'<div class="main">{"".join(self.parts)}</div>{beside}</div>'
                + f'<aside class="notes">{self.notes}</aside>' * bool(self.notes))


def left_out(cell) -> bool:
    """Whether a cell is on no slide: a hint or solution, imports, a check, or what prepares another cell."""
    if cell.metadata.get("slideshow", {}).get("slide_type") == "skip":
        return True
    return cell.cell_type == "code" and kinds.kind_of(cell) in (Kind.IMPORTS, Kind.CHECK, Kind.PREPARATION)


def shows_code(cell) -> bool:
    """Whether the code of a cell is the point: it defines something, has a gap to fill, or an equation."""
    body = ast.parse(cell.source).body
    works = [statement for statement in body if not isinstance(statement, ast.Expr)]
    if kinds.kind_of(cell) in kinds.WIDGETS - {Kind.LIVE_RUN}:
        return False                # it only calls a dashboard, or makes what the dashboard draws
    if kinds.pictures(cell):        # then the picture is the point, unless something is worked out in a loop
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
    saved = file.read_text(encoding="utf-8")
    if file.stem not in drawings() or "@keyframes" in saved:
        return saved, DRAWN * 96 / 72
    with for_lecture():
        picture = drawings()[file.stem]()
    return svg(picture), least_type(picture.figure) / picture.figure.dpi * 96      # a pixel of an SVG


def math_marked(text: str, renderer: Renderer) -> str:
    """HTML in which equations between dollars stand as `renderer` marks them."""
    return re.sub(r"\$([^$<>]+)\$", lambda found: renderer.inline_math(html.unescape(found[1])), text)


def height(element: Tag) -> float:
    """About how high something comes out on a slide, in pixels."""
    if element.name in ("ul", "ol"):
        return sum(map(height, element.find_all("li", recursive=False)))
    if element.name == "table":
        return 38 * len(element.find_all("tr")) + 8
    if element.find(class_="drawing") or element.name == "img":
        return ROOM
    if element.find("i", attrs={"data-display": True}):
        return 90
    pre = element if element.name == "pre" else element.find("pre")
    if pre:
        return 20 + 25 * sum(math.ceil(max(1, len(line)) / LETTERS["pre"])
                             for line in pre.get_text().rstrip().split("\n"))
    return 12 + 30 * math.ceil(len(element.get_text()) / LETTERS.get(element.name, 104))


def blocks(page: str) -> list[Tag]:
    """The paragraphs, tables, code and items of lists of a page, where nothing is folded."""
    soup = BeautifulSoup(page, "html.parser")
    for fold in soup.find_all("details"):
        fold.summary.name = "b"
        fold.unwrap()
    for words in soup.find_all("b", recursive=False):
        words.wrap(soup.new_tag("p"))
    found: list[Tag] = []
    for element in [each for each in soup.contents if isinstance(each, Tag)]:
        items = element.find_all("li", recursive=False) if element.name in ("ul", "ol") else []
        if height(element) < ROOM / 2 or not items:
            found.append(element)
            continue
        for place, item in enumerate(items):        # a long list may go on on another slide
            one = soup.new_tag(element.name, **({"start": str(place + 1)} if element.name == "ol" else {}))
            one.append(item.extract())
            found.append(one)
    return found


def questions_of(page: str, renderer: "Renderer") -> Iterator[tuple[str, str, list[str]]]:
    """Each question of an output: its lead, its stem with the options, and the steps of its answer.

    The answer stands on another slide than the question, so it has the words of its options again.
    """
    for question in BeautifulSoup(math_marked(page, renderer), "html.parser").find_all(
            class_="course-question"):
        lead = question.find("b").extract().get_text().rstrip(".")
        listed = question.find("ol")
        options = listed.find_all("li", recursive=False) if listed else []
        for letter in question.select(".course-because > b"):
            place = "abcdefgh".find(letter.get_text()[:1])
            if 0 <= place < len(options):
                letter.insert_after(BeautifulSoup(
                    f' <span class="again">({options[place].decode_contents()})</span>', "html.parser"))
        steps = []
        for fold in reversed(question.find_all("details")):     # the inner one first
            fold.find("summary").extract()
            steps.insert(0, f'<div class="fragment answer">{fold.extract().decode_contents()}</div>')
        yield lead, str(question), steps


def picture_html(output, large: str = "") -> str:
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


def printed(cell) -> list[str]:
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            lines = output.text.rstrip().split("\n")
            found += [f'<pre class="printed">{html.escape(chr(10).join(lines[first:first + LINES]))}</pre>'
                      for first in range(0, len(lines), LINES)]
        elif "text/html" in output.get("data", {}) and output not in kinds.pictures(cell):
            found.append(f'<div class="shown">{picture_html(output)}</div>')
    return found


def predicted(cell) -> str:
    """The id of the question that a cell asks with `predict`, or ""."""
    asks = cell.cell_type == "code" and kinds.kind_of(cell) is Kind.QUESTION
    return kinds.question_of(cell) if asks else ""


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
        if kinds.kind_of(cell) in kinds.ASKS:
            break
        if re.search(rf'\bafter="{re.escape(asked)}"', cell.source):
            return place
        shown = kinds.pictures(cell) or any(output.output_type == "stream" for output in cell.outputs)
        if first is None and shown and not left_out(cell):
            first = place
    return first


class Deck:
    """The slides of a lesson whose notebook is in `folder`, with what of it was played for a lecture."""

    def __init__(self, folder: Path, played: Lesson) -> None:
        self.played, self.renderer, self.slides = played, Renderer(folder), []
        self.section = self.task = ""
        self.answer: list[str] = []             # of the last question, until the result of it is on a slide
        self.result: int | None = None          # the cell that shows it

    def cells(self) -> list:
        above, cells = None, []
        for slide in self.slides:
            cell = nbformat.v4.new_raw_cell(slide.html, metadata={"raw_mimetype": "text/html", "slideshow": {
                "slide_type": "subslide" if (slide.above or slide.title) == above else "slide"}})
            cells.append(cell)
            above = slide.above or slide.title
        return cells

    def lay(self, cells: list) -> None:
        code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
        # The states that a page is printed with stand at its end.
        moves = {code[each.cell]: each.html.partition('<div class="course-strip">')[0] + "</div>"
                 for each in self.played.dashboards}
        large = {code[place]: picture for place, picture in self.played.pictures.items()}
        for number, cell in enumerate(cells):
            if left_out(cell) and number not in moves:
                if cell.cell_type == "markdown":
                    self.task = ""              # a hint stands at the end of a stage or an exercise
            elif cell.cell_type == "markdown":
                self.text(cell.source)
            else:
                self.code(cells, number, moves.get(number, ""), large.get(number, ""))
        self.answered(len(cells))

    def begin(self, *parts: str, cell: int = -1, question: str = "") -> None:
        """Begin a slide under the heading that holds here, or go on with one that has but a line or two."""
        above, title = self.section if self.task else "", self.task or self.section
        last = self.slides[-1] if self.slides else Slide("", "")
        if last.title != title or last.filled > (LEAD if parts else 0):
            self.slides.append(Slide(above, title))
        slide = self.slides[-1]
        slide.parts += parts
        slide.cell, slide.question, slide.filled = cell, question, ROOM if parts else 0

    def put(self, part: str, high: float) -> None:
        """Put a part on the last slide or, where there is no room for it, on another one."""
        last = self.slides[-1]
        if (last.filled + high > ROOM and last.parts) or last.title != (self.task or self.section):
            self.begin()
        self.slides[-1].parts.append(part)
        self.slides[-1].filled += high

    def answered(self, number: int) -> None:
        """Before cell `number` is laid: if the result of the latest question is there, its answer follows."""
        if self.answer and (self.result is None or self.result < number):
            shows = [slide for slide in self.slides if slide.cell == self.result]
            if shows:           # both steps of a short answer stay
                words = "".join(self.answer)
                short = len(BeautifulSoup(words, "html.parser").get_text()) < SHORT
                shows[-1].beside[:0] = [f"<div>{words}</div>"] if short else self.answer
            else:
                self.begin(*self.answer)
            self.answer = []

    def text(self, source: str) -> None:
        """Headings and text. What to notice goes beside the picture before it, if there is one."""
        if self.result is None:
            self.answered(0)
        for piece in re.split(r"^(?=#{1,3} )", source, flags=re.MULTILINE):
            if heading := re.match(r"(#+) (.+)\n*", piece):
                words = heading_html(heading[2], self.renderer)
                self.section, self.task = (self.section, words) if len(heading[1]) == 3 else (words, "")
                piece = piece[heading.end():]
                self.begin()
            notice = False
            for block in blocks(self.renderer.page(piece)):
                lead = block.find(["strong", "em"]) if block.name == "p" else None
                notice = notice or (bool(lead) and lead.get_text().rstrip(" .:") == NOTICE)
                if block.find(class_="drawing"):
                    self.begin(str(block))
                elif notice and self.slides[-1].cell >= 0:
                    self.slides[-1].beside.append(f'<div class="fragment">{block}</div>')
                elif block.get_text(strip=True) or block.find(["img", "i"]):
                    self.put(str(block), height(block))

    def code(self, cells: list, number: int, dashboard: str, large: str) -> None:
        """Code and what it prints, questions, and the picture or the dashboard of a cell."""
        cell = cells[number]
        pieces = printed(cell)
        asked = [one for piece in pieces for one in questions_of(piece, self.renderer)]
        if asked or shows_code(cell):
            self.answered(number)
        for place, (lead, question, steps) in enumerate(asked):
            name = f"{lead} {place + 1} of {len(asked)}" if len(asked) > 1 else lead
            self.begin(f'<p class="shows">{name}</p>{question}', question=predicted(cell))
            self.answer, self.result = steps, result_of(cells, number) if predicted(cell) else None
            if self.result is None:
                self.slides[-1].parts += self.answer
                self.answer = []
        if asked:
            return
        code = highlight(cell.source, PythonLexer(), HtmlFormatter(cssclass="code"))
        shown = [code] * shows_code(cell) + pieces
        for piece in shown:
            self.put(piece, height(BeautifulSoup(piece, "html.parser").find()))
        if shown and self.result == number:
            self.slides[-1].cell = number if not (dashboard or kinds.pictures(cell)) else -1
        if dashboard or kinds.pictures(cell):
            page = dashboard or "".join(picture_html(output, large) for output in kinds.pictures(cell))
            words = BeautifulSoup(page, "html.parser").find(class_="course-words")
            # Beside a picture that has a text of its own there is no room for more.
            self.begin(page, cell=-1 if words and words.get_text(strip=True) else number)


def heading_html(text: str, renderer: Renderer) -> str:
    """A heading without the minutes of a section: those are in the notes."""
    text = re.sub(r" \*?\((?:optional, )?\d+ min(?:, [^)]*)?\)\*?$", "", text)
    return re.sub("^<p>|</p>\n?$", "", renderer.page(text))
