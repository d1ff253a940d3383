"""What every notebook keeps to, so that it reads, runs and is checked like the others."""

import ast
import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from course import LESSONS, NOTEBOOKS, SOLUTIONS, Tags, broken_links, cells, headings, markdown, name
from PIL import Image

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)

MOST_LINES = 20  # 15 is the rule
FORBIDDEN_NAMES = {
    "interact", "interact_manual", "interactive", "interactive_output", "Output", "clear_output",
    "update_display", "display_id", "tqdm", "pyplot", "pylab", "warnings", "get_ipython", "simplefilter",
}


def images(path: Path) -> list[tuple[str, str]]:
    """Every image of a notebook, in prose and in outputs, as (alt text, source)."""
    texts = [markdown(cell["source"]) for cell in cells(path, "markdown")]
    found = [pair for text in texts for pair in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", text)]
    texts += [o["data"].get("text/html", "") for cell in cells(path, "code") for o in cell["outputs"]]
    for text in texts:
        found += [(a.get("alt", ""), a.get("src", "")) for tag, a in Tags(text).found if tag == "img"]
    return found


def forbidden(source: str) -> list[str]:
    """What a code cell uses and must not."""
    try:
        tree = compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        return [f"not plain Python (a magic, a shell command?): {error}"]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            found += [n for n in names if n == "*" or FORBIDDEN_NAMES & set(n.split("."))]
        elif isinstance(node, ast.Name | ast.Attribute):
            words = ast.unparse(node)
            legacy = re.fullmatch(r"np\.random\.(?!default_rng|Generator|SeedSequence)\w+", words)
            if words == "sys.path" or legacy or words.rpartition(".")[2] in FORBIDDEN_NAMES:
                found.append(words)
        elif isinstance(node, ast.keyword) and node.arg in FORBIDDEN_NAMES:
            found.append(f"{node.arg}=")
        elif isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            found.append("await: no cell of the course waits")
    return found + re.findall(r"#\s*NBVAL_\w+", source)


def test_the_first_three_lessons_and_their_solutions_exist():
    assert [path.name[:2] for path in LESSONS][:3] == ["00", "01", "02"]
    assert {path.name for path in SOLUTIONS} <= {path.name for path in LESSONS}


RULES = []      # functions of a notebook's path, each of which asserts one thing


def rule(function):
    RULES.append(function)
    return function


@every_notebook
def test_it_keeps_every_rule(path):
    broken = {}
    for keeps in RULES:
        try:
            keeps(path)
        except AssertionError as error:
            broken[keeps.__name__] = str(error)
    assert broken == {}


@rule
def it_was_run_once_from_top_to_bottom(path):
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1)), (
        "run it with scripts/run_notebooks.py")


@rule
def no_cell_is_empty(path):
    assert all(cell["source"].strip() for cell in cells(path))


@rule
def no_output_is_an_error_or_a_warning(path):
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
    assert [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"] == []


@rule
def no_cell_uses_what_the_course_does_without(path):
    found = {cell["source"]: forbidden(cell["source"]) for cell in cells(path, "code")}
    assert {source: bad for source, bad in found.items() if bad} == {}


@rule
def no_cell_is_kept_from_being_compared(path):
    tags = {tag for cell in cells(path) for tag in cell["metadata"].get("tags", [])}
    assert not {tag for tag in tags if tag.startswith("nbval") or tag == "raises-exception"}


@rule
def cells_are_short(path):
    for cell in cells(path, "code"):
        lines = [line for line in cell["source"].splitlines() if line.strip()]
        assert len(lines) <= MOST_LINES, cell["source"]


@rule
def every_image_says_what_it_shows(path):
    assert [(alt, src[:60]) for alt, src in images(path) if len(alt.split()) < 5] == []
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            if any(mime.startswith("image/") for mime in output["data"]):
                assert "<img" in output["data"].get("text/html", ""), f"no alt text: {cell['source']}"


@rule
def no_picture_is_blank(path):
    """The comparison leaves pixels out, so an empty picture with the right sentence would pass it."""
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            html = output["data"].get("text/html", "")
            for pixels in re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", html):
                grey = np.asarray(Image.open(io.BytesIO(base64.b64decode(pixels))).convert("L"))
                assert (grey < 200).mean() > 0.002, f"nothing is drawn: {cell['source']}"


@rule
def links_and_images_lead_somewhere(path):
    assert [bad for cell in cells(path, "markdown") for bad in broken_links(path, cell["source"])] == []


@rule
def it_has_one_title_and_it_comes_first(path):
    titles = [(number, words) for number, cell in enumerate(cells(path)) if cell["cell_type"] == "markdown"
              for level, words in headings(cell["source"]) if level == 1]
    assert len(titles) == 1, titles
    number, title = titles[0]
    assert number == 0
    assert path in SOLUTIONS or title.startswith(f"{path.name[:2]} · "), title


@rule
def it_is_small_and_speaks_of_no_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert re.findall(r"(?<![\w.])/(?:home|Users|root|tmp|work|opt|usr)/[\w./-]*|\b[A-Z]:\\\\\w+", text) == []


@rule
def its_metadata_hold_the_kernel_and_no_widgets(path):
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert metadata["kernelspec"]["name"] == "python3"
    assert "widgets" not in metadata
    assert "version" not in metadata.get("language_info", {})


@rule
def every_cell_has_its_place_on_a_slide(path):
    kinds = {"slide", "subslide", "fragment", "skip", "notes", "-"}
    assert [cell.get("id", cell["source"][:40]) for cell in cells(path)
            if cell["metadata"].get("slideshow", {}).get("slide_type") not in kinds] == [], (
        "scripts/run_notebooks.py gives slide tags to cells that have none")
