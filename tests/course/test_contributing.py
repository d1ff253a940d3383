"""The recipes of CONTRIBUTING.md name files that are there, and all that the existing members have."""

import inspect
import re
from pathlib import Path

import pytest
from course import LESSONS, ROOT, cells
from test_shipped import COPY

from helpers.lessons.lesson09 import WARD
from helpers.networks import CELLS, PlainCell
from helpers.networks.cells import plain

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TEXT = PAGE.partition("\n## Recipes\n")[2].partition("\n## ")[0]
RECIPES = dict(re.findall(r"^### (.+)\n((?:(?!### ).*\n?)*)", TEXT, re.MULTILINE))
NUMBERS = [path.name[:2] for path in LESSONS if path.name[:2] != "00"]     # lesson 00 is a greeting


def named(title: str) -> list[str]:
    """The files that a recipe names, between backticks; NN and NAME stand in them for what is new."""
    words = " ".join(re.findall(r"`([^`\n]+)`", RECIPES[title])).split()
    return [word for word in words if re.fullmatch(r"[\w.]+(/[\w.]+)+|\w+\.md", word)]


def on_disk(name: str, number: str = "[0-9][0-9]") -> list[Path]:
    """The files, or folders, that there are of this name today."""
    name = re.sub(r"^(data/lesson.*/NAME)$", r"\1.*", name)             # of any format
    return sorted(ROOT.glob(name.replace("NAME", "*").replace("NN", number)))


def source(thing) -> str:
    return Path(inspect.getsourcefile(thing)).resolve().relative_to(ROOT).as_posix()


def words(*patterns: str) -> str:
    return "\n".join(path.read_text("utf-8") for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def test_there_is_a_recipe_for_each():
    things = ["lesson", "cell", "picture", "dashboard", "shipped run", "patient"]
    assert list(RECIPES) == [f"Add a {thing}" for thing in things]


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_is_short_and_names_files_that_are_there_and_a_check(title):
    steps = re.findall(r"^\d\. .*", RECIPES[title], re.MULTILINE)
    assert 3 <= len(steps) <= 8 and all("`" in step for step in steps)
    assert re.search(r"^Check: .*`python -m pytest ", RECIPES[title], re.MULTILINE)
    assert [name for name in named(title) if not on_disk(name)] == [], "no such file"


# --- a lesson ---

def kinds(number: str) -> set[str]:
    """What files a lesson has, in the words of the recipe."""
    files = [path.relative_to(ROOT).as_posix() for folder in ("notebooks", "helpers/lessons", "tests", "data")
             for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    found = set()
    for file in files:
        kind = file.replace(f"lesson{number}", "lessonNN")
        kind = re.sub(rf"/{number}_\w+\.ipynb$", "/NN_NAME.ipynb", kind)
        if kind != file:
            found.add(re.sub(r"/\w*pictures\.py$", "/pictures.py", kind))
    return found


def test_what_every_lesson_has_is_in_its_recipe():
    recipe = set(named("Add a lesson"))
    common = set.intersection(*map(kinds, NUMBERS))
    assert common - recipe == set(), "every lesson has these, the recipe does not name them"
    for number in NUMBERS:
        lacking = {name for name in recipe if "NN" in name} - kinds(number) - {"tests/lessonNN/held.toml"}
        assert lacking == set(), f"the recipe names these, lesson {number} has none"


def test_what_lists_every_lesson_is_in_its_recipe():
    pages = [path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
             if all(lesson.name in path.read_text("utf-8") for lesson in LESSONS)]
    listing = {path.relative_to(ROOT).as_posix() for path in pages}
    assert "README.md" in listing
    assert listing - set(named("Add a lesson")) == set(), "these list every lesson, and are not named"


# --- a cell ---

def test_every_cell_is_where_the_recipe_says_and_nowhere_else():
    recipe = named("Add a cell")
    for name, cell in CELLS.items():
        forms = {source(getattr(form, "func", form)) for form in cell(2, 3).plain()}      # of a partial, too
        assert (ROOT / source(cell)) in on_disk("helpers/networks/cells/NAME.py")
        assert forms <= {source(cell), source(plain), source(PlainCell)}
        for file in ("helpers/networks/cells/__init__.py", "tests/networks/test_cells.py"):
            assert file in recipe and re.search(rf"\b{name}\b", words(file)), f"{file} does not name {name}"
    everywhere = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("helpers/**/*.py")
                  if all(re.search(rf"\b{name}\b", path.read_text("utf-8")) for name in CELLS)]
    lessons = "helpers/networks/__init__.py"                # hands on what they import; a new one is in CELLS
    assert set(everywhere) - {*recipe, lessons} == set(), "these list all cells, and no recipe says so"


# --- a shipped run ---

# What a file of data/lessonNN is named in, and what the recipe calls that; the cells: test_shipped.py.
PLACES = {
    "a maker": (["helpers/lessons/*/shipped.py"], "helpers/lessons/lessonNN/shipped.py"),
    "a page that says what it is": (["data/*.md"], "data/README.md"),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_shipped_run_has_what_the_recipe_says(place):
    files, step = PLACES[place]
    assert step in named("Add a shipped run")
    text, runs = words(*files), on_disk("data/lessonNN/NAME")
    lacking = [path.relative_to(ROOT).as_posix() for path in runs
               if path.name != COPY and not re.search(rf"\b{path.stem}\b", text)]
    assert lacking == [], f"these lack {place}"


# --- a patient ---

def test_every_place_that_lists_the_patients_is_in_the_recipe():
    recipe = set(named("Add a patient"))
    bodies = {source(patient.backward) for patient in WARD.values()}
    files = [path for pattern in ("helpers/lessons/lesson09/*.py", "tests/lesson09/*.py", "data/lesson09/*",
                                  "notebooks/09*.ipynb", "notebooks/solutions/09*.ipynb")
             for path in ROOT.glob(pattern) if path.name != COPY]
    listing = set(bodies)
    for path in files:
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join(cell["source"] for cell in cells(path, "code"))
        # The key of a dictionary, Patient(7, ... or "patient": 7, ...
        entry = r'(?:Patient\(|"patient": |^ *|[{{,] *)"?{}"?[:,] '
        if all(re.search(entry.format(number), text, re.MULTILINE) for number in WARD):
            listing.add(path.relative_to(ROOT).as_posix())
    assert len(listing) >= 8 and listing - recipe == set(), "these list all patients, and are not named"
