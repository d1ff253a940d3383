"""The stages in which a reader writes the program: their form, their solutions, the guide, and the lesson's
way on with what the reader wrote."""

import ast
import contextlib
import inspect
import io
import re
from collections.abc import Iterator
from importlib import import_module

import facts
import nbformat
import pytest
from course import LESSONS, ROOT, SOLUTIONS, cells, name, some
from nbclient import NotebookClient
from test_lessons import calls, checks, lesson_of

from helpers.lessons.stages import Mutant
from helpers.lessons.staging import CHECK

HEADING = re.compile(r"^### Stage (\d+) (★{1,3}) (\S.*) \((\d+) minutes?\)$", re.MULTILINE)
MOST_MINUTES, MOST_LINES = 10, 12           # in front of people
WITH_STAGES = [path for path in LESSONS if any(HEADING.search(c["source"]) for c in cells(path, "markdown"))]
QUICK = ("11",)      # of which the whole lesson is run each time
every_staged = pytest.mark.parametrize("path", WITH_STAGES, ids=name)


def stages(path) -> dict[int, tuple[re.Match, list[dict]]]:
    """The stages of a notebook by number: heading, and the cells up to the next heading."""
    found, now = {}, None
    for cell in cells(path):
        heading = cell["cell_type"] == "markdown" and re.match(r"#{1,3} ", cell["source"])
        if heading:
            match = HEADING.search(cell["source"])
            assert match or not cell["source"].startswith("### Stage"), cell["source"][:80]
            now = int(match[1]) if match else None
            if now:
                assert now not in found
                found[now] = match, []
        elif now:
            found[now][1].append(cell)
    return found


def solution_of(path):
    return path.parent / "solutions" / path.name


def said(cell) -> str:
    """What a cell's check says, and what is printed."""
    shown = [output["data"].get("text/plain", "") or output["text"] for output in cell["outputs"]]
    return "\n".join(shown)


def test_the_lessons_in_which_the_reader_writes_are_there():
    assert [path.name[:2] for path in WITH_STAGES] == ["02", "03", "07", "11", "12", "13"]


@every_staged
def test_a_stage_has_starter_check_hint_and_solution_and_starts_as_not_yet(path):
    found = stages(path)
    assert list(found) == list(range(1, len(found) + 1))
    for match, after in found.values():
        assert int(match[4]) <= MOST_MINUTES, match[0]
        code = next(n for n, cell in enumerate(after) if cell["cell_type"] == "markdown")
        assert code == 2, f"{match[0]}: a starter cell and one with its check"
        assert calls(after[1]["source"]) & checks(path), match[0]
        assert said(after[1]).startswith("… Not yet"), f"{match[0]}: {said(after[1])}"
        if "use_if_correct" in after[1]["source"]:
            assert "the lesson uses the reference version of" in said(after[1])
        folded = after[2]["source"]
        assert re.findall(r"<details>\s*<summary>(\w+)", folded) == ["Hint", "Solution"], match[0]
        assert f"](solutions/{path.name}" in folded, match[0]


@every_staged
def test_a_function_that_the_reader_has_not_written_is_not_right(path):
    """Only the imports have run, for example because the stage's own cell stopped with a SyntaxError."""
    lesson: dict = {}
    for cell in cells(path, "code"):
        if re.search(r"import [^.]*\buse_if_correct", cell["source"]):
            exec(cell["source"], lesson)
    imported = [after[1]["source"] for _, after in stages(path).values()
                if set(re.findall(r"use_if_correct\((\w+)\)", after[1]["source"])) & set(lesson)]
    assert len(imported) >= 2
    for source in imported:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(source, lesson)
            exec(source, lesson)        # and when the check is run again
        name = re.search(r"use_if_correct\((\w+)\)", source)[1]
        told = (f"… Not yet: this `{name}` is the reference version, not yours. Run the cell in which you "
                "write it. If that cell stops with an error, fix it first.\n"
                f"Until yours passes, the lesson uses the reference version of {name}.\n")
        assert printed.getvalue() == 2 * told


@every_staged
def test_the_reference_version_of_a_stage_has_the_parameters_and_defaults_of_the_lesson(path):
    lesson = import_module(f"helpers.lessons.lesson{path.name[:2]}")
    plain = inspect.getclosurevars(lesson.use_if_correct).nonlocals["stages"]
    code = "\n".join(cell["source"] for one in (path, solution_of(path)) for _, after in stages(one).values()
                     for cell in after if cell["cell_type"] == "code")
    written = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    for wanted, stage in plain.items():     # in the lesson and in its solution
        said = {re.sub(r"\s", "", ast.unparse(node.args)) for node in written if node.name == wanted}
        assert said == {re.sub(r"\s", "", str(inspect.signature(stage.plain)))[1:-1]}, wanted


@every_staged
def test_a_stage_has_its_worked_solution_which_is_right(path):
    mine, solved = stages(path), stages(solution_of(path))
    assert [match[0] for match, _ in mine.values()] == [match[0] for match, _ in solved.values()]
    for match, after in solved.values():
        told = [said(cell) for cell in after if cell["cell_type"] == "code"
                and calls(cell["source"]) & checks(solution_of(path))]
        assert told and told[-1].startswith("✓ Correct"), f"{match[0]}: {told}"


def mistakes() -> Iterator[tuple[str, Mutant]]:
    """Every common mistake that a stage tells, by the lesson and the name of its list."""
    for file in sorted(ROOT.glob("helpers/lessons/lesson*/stage_mutants.py")):
        module = import_module(f"helpers.lessons.{file.parent.name}.stage_mutants")
        for group, listed in vars(module).items():
            if isinstance(listed, tuple):
                yield from ((f"{file.parent.name} {group}", one) for one in listed if isinstance(one, Mutant))


def test_what_is_said_of_a_mistake_does_not_recommend_it():
    def bare(code: str) -> str:
        return re.sub(r"[() ]", "", code)

    wrong = [(name, one.mistake) for name, one in mistakes() for right, written in one.changes
             if len(bare(written)) > 3 and bare(written) in bare(one.mistake)
             and bare(right) not in bare(one.mistake) and bare(written) not in bare(right)]
    assert len(list(mistakes())) > 200 and not wrong


@every_staged
def test_the_objectives_name_what_is_written_in_which_stage(path):
    objectives = cells(path, "markdown")[1]["source"]
    named = {int(number) for words in re.findall(r"\((?:stages? )?([\d, and]+)\)", objectives)
             for number in re.findall(r"\d+", words)}
    assert named >= set(stages(path))


def lines_of(words: str) -> list[str]:
    """The lines of code in a cell of the guide's table, in their order."""
    return re.findall(r"`([^`]+)`", words)


@every_staged
def test_the_guide_has_each_stage_with_lines_that_are_right_and_a_mistake_that_is_told(path):
    solved = stages(solution_of(path))
    for one in facts.lesson(path.name[:2]).stages:
        number, lines = one.number, one.lines
        code = "\n".join(cell["source"] for cell in solved[int(number)][1] if cell["cell_type"] == "code")
        assert 0 < len(lines_of(lines)) <= MOST_LINES, f"stage {number}"
        places = [code.find(line) for line in lines_of(lines)]
        assert -1 not in places, f"stage {number}: {lines_of(lines)[places.index(-1)]} is not in the solution"
        assert one.in_class in ("in class", "at home"), f"stage {number}: {one.in_class}"
        wrong, right = lines_of(one.mistake)
        assert code.count(right) == 1, f"stage {number}: {right} stands {code.count(right)} times"
        answered = answer_to(path, int(number), right, wrong)
        assert answered.startswith("✗") and one.says in answered, f"stage {number}: {answered}"


def answer_to(path, number: int, right: str, wrong: str) -> str:
    """What the check of a stage says of its solution with `wrong` in the place of `right`, the first time."""
    solution = solution_of(path)
    ahead = [cell["source"] for cell in cells(solution, "code")]
    code = [cell["source"] for cell in stages(solution)[number][1] if cell["cell_type"] == "code"]
    space: dict = {}
    for source in ahead[: ahead.index(code[0])]:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source, space)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for source in code:
            exec(source.replace(right, wrong), space)
            if calls(source) & checks(solution):
                break
    for check in checks(solution):
        getattr(lesson_of(path), check).tries.clear()
    return printed.getvalue()


@pytest.mark.parametrize("path", some(WITH_STAGES, QUICK))
def test_the_lesson_goes_on_with_what_the_reader_wrote(path):
    """All cells are run with the solutions where the starters stand."""
    notebook = nbformat.read(path, as_version=4)
    by_id = {cell["id"]: cell for cell in notebook.cells}
    taken = []
    for number, (_, after) in stages(path).items():
        solved = [cell["source"] for cell in stages(solution_of(path))[number][1]
                  if cell["cell_type"] == "code"]
        first = next(n for n, source in enumerate(solved) if calls(source) & checks(solution_of(path)))
        lines = "\n\n".join(solved[: first + 1]).splitlines()
        by_id[after[0]["id"]]["source"] = "\n".join(line for line in lines if not CHECK.match(line))
        taken += re.findall(r"use_if_correct\((\w+)\)", after[1]["source"])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    printed = "\n".join(output.get("text", "") for cell in notebook.cells if cell["cell_type"] == "code"
                        for output in cell["outputs"])
    assert re.findall(r"From here on, the lesson uses your (\w+)\.", printed) == taken
    for _, after in stages(path).values():
        shown = [output["data"]["text/plain"] for output in by_id[after[1]["id"]]["outputs"]
                 if "data" in output]
        assert shown[0].startswith("✓ Correct")


def test_every_solution_with_stages_has_its_lesson():
    assert {path.name for path in SOLUTIONS if stages(path)} == {path.name for path in WITH_STAGES}
