"""What a page has that the notebook has not: the sentence below each picture, and answers for the print."""

import re
from urllib.parse import unquote

PICTURE = re.compile(r'<img class="course-picture"[^>]*? alt="([^"]*)"[^>]*>')
QUESTION = '<div class="course-question"'
EQUATIONS = '<div class="course-question mathjax_process"'      # or equations are not set
ANSWER = re.compile(r'<p class="course-because">(<b>\w is right\.</b>.*?)</p>'
                    r"|<summary>A model sentence</summary><p>(.*?)</p>", re.DOTALL)
SOLUTION = re.compile(r"<summary>Solution</summary>\n(.*?)</details>", re.DOTALL)
LINK = re.compile(r"\[([^\[\]]*)\]\((?:\.\./)?(?:notebooks/)?"
                  r"(?:solutions/|inventory/|exam/|exam_questions\.md)[^)]*\)")
AIM = re.compile(r"(?<=\]\()((?!https?:)[^()\s#]*#)((?:[^()\s]|\([^()\s]*\))+)(?=\))")
LIST_OF_SOLUTIONS = re.compile(r"```\{toctree\}\n:caption: (?:Solutions|A concept inventory)\n.*?\n```\n",
                               re.DOTALL)

COLUMN = 54             # letters of code that a column of the print has room for
READ = ("```{container} course-read\n\nThis page is the lesson as it was last run. Its controls move and its "
        "questions wait for you; its code is here to read. Where a text says *run*, *change* or *write*, you "
        "need a place where code runs; there are some with "
        "[nothing to install](../docs/nothing_to_install.md).\n\n```")


def for_reading(notebook: dict) -> None:
    """Give each picture its sentence, question its number, link its aim, and the lesson its answers."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = aimed("".join(cell["source"]))
        printed = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
        if max(map(len, printed.splitlines()), default=0) > COLUMN:
            cell["metadata"].setdefault("tags", []).append("course-wide")
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
            before += f'{EQUATIONS} data-number="{len(answers)}"{question}'
        page["text/html"] = before
    solved = solutions(notebook)
    if answers or solved:
        listed = "".join(f"<li>{answer}</li>" for answer in answers)
        html = "<h2>Answers</h2>" + f'<ol class="mathjax_process">{listed}</ol>' * bool(answers)
        notebook["cells"].append({
            "cell_type": "code", "source": "# shown in the print only", "execution_count": None,
            "metadata": {"tags": ["remove-input", "course-answers"]},
            "outputs": [{"output_type": "display_data", "metadata": {}, "data": {kind: text}}
                        for kind, text in (("text/html", html), ("text/markdown", "\n\n".join(solved)))]})


def aimed(text: str) -> str:
    """Markdown whose links to headings have the names that MyST gives these, instead of JupyterLab's.

    >>> aimed("[section 5](04_x.ipynb#5-·-A-cut-(6-min))")
    '[section 5](04_x.ipynb#5--a-cut-6-min)'
    >>> aimed("[a paper](https://example.org/#Section-5)")
    '[a paper](https://example.org/#Section-5)'
    """
    return AIM.sub(lambda found: found[1] + re.sub(r"[^\w\-]", "", unquote(found[2]).lower()), text)


def say_that_it_is_read(notebook: dict) -> None:
    """Say above the first code of a lesson, which tells its readers to run it, that here it does not run."""
    first = next(place for place, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    notebook["cells"].insert(first, {"cell_type": "markdown", "id": "course-read", "metadata": {},
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
    return LIST_OF_SOLUTIONS.sub("", LINK.sub(r"\1", text))
