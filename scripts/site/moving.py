"""Put what was played of a lesson into its page: dashboards that move, and questions that are asked."""

import re

from play import VIEW, Lesson

STILL = '<img class="course-picture"'


def moving(notebook: dict, lesson: Lesson) -> None:
    """Replace the saved outputs of dashboards by those that move, and give questions their names.

    Before a picture that stands still comes what a narrow page and the print show in its place.
    """
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for dashboard in lesson.dashboards:
        shown = next(output for output in code[dashboard.cell]["outputs"] if VIEW in output.get("data", {}))
        shown["data"] = {"text/html": dashboard.html, "text/plain": shown["data"]["text/plain"]}
    for number, picture in lesson.pictures.items():
        for output in code[number]["outputs"]:
            if output["output_type"] == "execute_result" and "text/html" in (data := output["data"]):
                data["text/html"] = "".join(data["text/html"]).replace(STILL, picture + STILL, 1)
    for number, ids in lesson.questions.items():
        name_questions(code[number], ids, lesson.recalled)


def learning(notebook: dict, cells: dict[str, str], more: list[str]) -> None:
    """Put networks that learn where a lesson opens its laboratory; see learner.py, `of_lesson`.

    `cells` has their HTML by the numbers of cells with code, as words because they come from JSON. `more` is
    empty, or it has a heading and the words and the HTML that come before it.
    """
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, page in cells.items():
        shown = [output["data"] for output in code[int(number)]["outputs"] if "data" in output]
        next(data for data in shown if "text/html" in data)["text/html"] = page
    if more:
        heading, words, page = more
        place = next(place for place, cell in enumerate(notebook["cells"])
                     if "".join(cell["source"]).startswith(heading))
        data = {"text/html": page, "text/plain": ""}
        output = {"output_type": "display_data", "metadata": {}, "data": data}
        notebook["cells"][place:place] = [
            {"cell_type": "markdown", "id": "course-learner", "metadata": {}, "source": words},
            {"cell_type": "code", "id": "course-learns", "metadata": {"tags": ["remove-input"]},
             "execution_count": None, "source": "# on the page alone", "outputs": [output]}]


def name_questions(cell: dict, names: list[str], recalled: list[str]) -> None:
    waiting = list(names)

    def named(found: re.Match) -> str:
        name = waiting.pop(0)
        recall = " data-recall" if name in recalled else ""
        return f'{found[0][:-1]} data-question="{name}"{recall}>'

    for output in cell["outputs"]:
        data = output.get("data", {})
        if VIEW in data:
            page = "".join(data["text/html"])
            data["text/html"] = re.sub(r'<div class="course-question">', named, page, count=len(names))
