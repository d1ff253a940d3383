"""What a page has that the notebook has not: the sentence below each picture, and answers for the print."""

import ast
import re
from urllib.parse import unquote

from site_tools import cells

PICTURE = re.compile(r'(?:<div class="course-drawn course-narrow[^>]*><img[^>]*></div>)?'
                     r'<img class="course-picture"[^>]*? alt="([^"]*)"[^>]*>')
QUESTION = '<div class="course-question"'
TEX = re.compile(r"\$([^$<>]+)\$")           # in a question, as in a notebook
ANSWER = re.compile(r'<p class="course-because">(<b>\w is right\.</b>.*?)</p>'
                    r"|<summary>A model sentence</summary><p>(.*?)</p>", re.DOTALL)
SOLUTION = re.compile(r"<summary>Solution</summary>\n(.*?)</details>", re.DOTALL)
LINK = re.compile(r"\[([^\[\]]*)\]\((?:\.\./)?(?:notebooks/)?"
                  r"(?:solutions/|inventory/|exam/|exam_questions\.md)[^)]*\)")
AIM = re.compile(r"(?<=\]\()((?!https?:)[^()\s#]*#)((?:[^()\s]|\([^()\s]*\))+)(?=\))")
LISTED = re.compile(r"^(solutions|exam_questions|inventory/README)\n", re.MULTILINE)    # in the list of pages

COLUMN = 54             # letters of code that a column of the print has room for
READ = ("```{container} course-read\n\nThis page is the lesson as it was last run. Its controls move and "
        "its questions wait for you, but its code is only here to read. To run it and change it, there are "
        "places with [nothing to install](../docs/nothing_to_install.md).\n\n```")


def for_reading(notebook: dict) -> None:
    """Give each picture its sentence, question its number, link its aim, and the lesson its answers."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = with_anchors("".join(cell["source"]))
        elif only_shows(cell):
            add_tag(cell, "remove-input")
        elif what := folded(cell):
            add_tag(cell, "hide-input")
            cell["metadata"]["mystnb"] = {"code_prompt_show": what, "code_prompt_hide": "Hide it"}
        printed = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
        if max(map(len, printed.splitlines()), default=0) > COLUMN:
            add_tag(cell, "course-wide")
    pages = [output["data"] for cell in notebook["cells"] for output in cell.get("outputs", [])
             if "text/html" in output.get("data", {})]
    answers: list[str] = []
    for page in pages:
        # The picture keeps its alternative text: so the sentence below it is not said a second time.
        shown = PICTURE.sub(r'<figure class="course-figure">\g<0><figcaption aria-hidden="true">\1'
                            "</figcaption></figure>", "".join(page["text/html"]))
        before, *questions = shown.split(QUESTION)
        for question in questions:
            answers += [next(filter(None, found)) for found in ANSWER.findall(question)]
            before += f'{QUESTION} data-number="{len(answers)}"{equations(question)}'
        page["text/html"] = before
    solved = solutions(notebook)
    if answers or solved:
        listed = "".join(f"<li>{equations(answer)}</li>" for answer in answers)
        html = "<h2>Answers</h2>" + f"<ol>{listed}</ol>" * bool(answers)
        notebook["cells"].append({
            "cell_type": "code", "id": "course-answers", "source": "# shown in the print only",
            "execution_count": None,
            "metadata": {"tags": ["remove-input", "course-answers"]},
            "outputs": [{"output_type": "display_data", "metadata": {}, "data": {kind: text}}
                        for kind, text in (("text/html", html), ("text/markdown", "\n\n".join(solved)))]})


def equations(page: str) -> str:
    """HTML whose equations are marked as Sphinx marks its own."""
    return TEX.sub(lambda found: rf'<span class="math notranslate nohighlight">\({found[1]}\)</span>', page)


def only_shows(cell: dict) -> bool:
    """Whether code only calls something that shows itself: a question, a review, a dashboard, a check.

    >>> only_shows({"source": 'from helpers.widgets import warm_up\\n\\nwarm_up("03")'})
    True
    """
    return len(body := cells.statements("".join(cell["source"]))) == 1 and ends_with_shown(cell, body[0])


def ends_with_shown(cell: dict, last: ast.stmt) -> bool:
    """Whether the statement of a cell is the call of what shows itself."""
    shows = cells.kind_of(cell) in {*cells.WIDGETS, cells.Kind.CHECK}
    return shows and isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


def folded(cell: dict) -> str:
    """What is said of code that is folded: that it only imports, or prepares what shows itself; or else "".

    >>> folded({"source": "import os"}), folded({"source": "a = [1, 2]\\nexplore(f, a=a)"})
    ('Imports', 'Code of this dashboard')
    """
    if cells.kind_of(cell) is cells.Kind.IMPORTS:
        return "Imports"
    *first, last = cells.statements("".join(cell["source"]))
    prepares = all(isinstance(node, ast.Assign) for node in first)
    return "Code of this dashboard" * (prepares and ends_with_shown(cell, last))


def with_anchors(text: str) -> str:
    """Markdown whose links to headings have the names that MyST gives these, instead of JupyterLab's.

    >>> with_anchors("[section 5](04_x.ipynb#5-·-A-cut-(6-min))")
    '[section 5](04_x.ipynb#5--a-cut-6-min)'
    >>> with_anchors("[a paper](https://example.org/#Section-5)")
    '[a paper](https://example.org/#Section-5)'
    """
    return AIM.sub(lambda found: found[1] + re.sub(r"[^\w\-]", "", unquote(found[2]).lower()), text)


def add_tag(cell: dict, tag: str) -> None:
    cell["metadata"].setdefault("tags", []).append(tag)


def say_that_it_is_read(notebook: dict) -> None:
    """Say below the opening of a lesson that tells its readers to run code that here it does not run."""
    notebook["cells"].insert(1, {"cell_type": "markdown", "id": "course-read", "metadata": {},
                                      "source": READ})


def solutions(notebook: dict) -> list[str]:
    """The folded solutions of a lesson, each with the name of its exercise or stage."""
    found, name = [], ""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = re.search(r"^### (.*?)(?: \(.*)?$", text, re.MULTILINE)
            name = heading[1] if heading else name
            found += [f"**{name}**\n\n{solution.strip()}" for solution in SOLUTION.findall(text)]
    return found


def without_solutions(text: str) -> str:
    """A page, or a notebook's source, without links to solutions, exams and inventory, or lists of them."""
    return LISTED.sub("", LINK.sub(r"\1", text))
