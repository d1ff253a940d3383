"""`report`: what came of the submissions: a table of marks, a page for each person, one for the class."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from jinja2 import Environment, PackageLoader
from nbgrader.api import Gradebook, MissingEntry

from helpers.checks.results import OPEN
from helpers.classroom.collect import PEOPLE, TAKEN, Taken, remembered, visible
from helpers.classroom.people import Person
from helpers.classroom.pictures import tasks_done
from helpers.classroom.plan import GRADEBOOK, RESULTS, plainly, put, read_json, read_plan
from helpers.data import Question, lesson_names, questions
from helpers.pictures import count
from helpers.runs import Progress
from helpers.runs.files import reason, regular

PAUSE = 40                  # minutes: who does nothing for so long has gone away
AGAIN = ("{} {} restore it from a copy. If you have no copy, delete what is left of it, then run  python -m "
         "helpers.classroom make {} --into {}  and mark again. Marks that you gave by hand are then lost.")


def report(course: Path) -> Path:
    """Write ``COURSE/report``: ``marks.csv``, ``class.html`` and ``people/ID.html``; returns the folder.

    Marks are those of nbgrader's gradebook, with what was marked by hand; mistakes are those that the checks
    have named. Records of readers (``my_course.jsonl``), where they were handed in, tell which questions were
    missed at first, and minutes.
    """
    plan, problems = read_plan(course), []
    people = {person.id: person.name for person in _tried(problems, "", remembered, course / PEOPLE, Person)}
    taken = _tried(problems, "", remembered, course / TAKEN, Taken)
    handed_in = {(path.parent.name, path.name[6:]) for path in (course / "submitted").glob("*/lesson*")
                 if path.name[6:] in plan["lessons"]}
    people |= {person: "" for person, _ in handed_in if person not in people}
    kept = _grades(course, plan, [(person, lesson) for person, lesson in sorted(handed_in)
                                  if _results(course, person, lesson).is_file()])
    marks = {(person, lesson): _tried(problems, f"{person}, lesson {lesson}: ", _marks,
                                      _results(course, person, lesson), plan["lessons"][lesson], grades)
             for (person, lesson), grades in kept.items()}
    marks = {submission: rows for submission, rows in marks.items() if rows}
    unmarked = sorted(handed_in - marks.keys())
    records = _records(sorted((course / "progress").glob("*/my_course.jsonl")), problems)
    for problem in problems:
        print(problem)
    if not marks:
        raise ValueError(f"No submission in {course} has been marked yet. First run:  "
                         f"python -m helpers.classroom mark {course}")
    folder = course / "report"
    try:
        (folder / "people").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{folder} cannot hold the report ({reason(error)}). If that is a file, move "
                         "it away and run this again.") from None
    lessons = sorted({lesson for _, lesson in marks})
    _table(folder / "marks.csv", people, marks, lessons)
    pages = Environment(loader=PackageLoader("helpers.classroom"), autoescape=True)

    def write(path: Path, template: str, **shown: Any) -> None:
        put(path, pages.get_template(template).render(shown).encode("utf-8", "replace"))

    aside = [row for row in taken if row.state == "set aside"]
    for person, name in people.items():
        mine = [_own(plan["lessons"][lesson]["title"], marks.get((person, lesson), []),
                     [row for row in taken if (row.person, row.lesson) == (person, lesson)])
                | {"handed_in": (person, lesson) in handed_in} for lesson in lessons]
        write(folder / "people" / f"{person}.html", "person.html", title=name or person, lessons=mine,
              unread=[row for row in aside if row.person == person])
    write(folder / "class.html", "class.html", title="The class", aside=aside, problems=problems, pause=PAUSE,
          lessons=[_lesson(plan["lessons"][lesson], lesson, marks, people,
                           [person for person, one in unmarked if one == lesson]) for lesson in lessons],
          waits=sum(row["waits"] for rows in marks.values() for row in rows),
          questions=_questions(records), minutes=_minutes(records), readers=len(records))
    if unmarked:
        print(f"not marked: {'; '.join(f'{person}, lesson {lesson}' for person, lesson in unmarked)}")
    people = len({person for person, _ in marks})
    print(f"{count(len(marks), 'submission')} by {count(people, 'student')}: {folder / 'class.html'}, "
          f"marks.csv and people/ beside it; {len(unmarked)} not marked, {count(len(problems), 'problem')}")
    return folder


def _tried(problems: list[str], of: str, read: Callable[..., list], *given: Any) -> list:
    """What `read` gives; where it can't, nothing, and a sentence goes to the problems."""
    try:
        return read(*given)
    except Exception as error:          # whatever one has, the others are reported
        problems.append(visible(f"{of}{plainly(error)}"))
        return []


def _results(course: Path, person: str, lesson: str) -> Path:
    return course / "autograded" / person / f"lesson{lesson}" / RESULTS


def _grades(course: Path, plan: Mapping, marked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict]:
    """By person and lesson, what the gradebook has of each task: points, whether it waits, points by hand."""
    path, kept, marked = course / GRADEBOOK, {}, [*marked]
    wrong = "has no marks. If  mark  finds nothing to do," if path.is_file() else "is missing:"
    try:
        with Gradebook(f"sqlite:///{Path(regular(path)).resolve()}") as gradebook:
            for person, lesson in marked:
                with suppress(MissingEntry):
                    kept[person, lesson] = {
                        grade.name.removesuffix("-check"):
                            (grade.score, grade.needs_manual_grade, grade.manual_score)
                        for notebook in gradebook.find_submission(f"lesson{lesson}", person).notebooks
                        for grade in notebook.grades}
    except Exception as error:          # SQLAlchemy has many, and their words are for programmers
        if "database is locked" in str(error):
            raise ValueError(f"{path} is open in another program, such as Formgrader or nbgrader. It is not "
                             "damaged: close that program, and run this again.") from None
        wrong = "is damaged:" if path.is_file() else wrong
    if marked and not kept:
        raise ValueError(AGAIN.format(path, wrong, " ".join(plan["lessons"]), course))
    return kept


def _marks(path: Path, known: Mapping, kept: Mapping) -> list[dict[str, Any]]:
    """The tasks of one submission: points by the gradebook, words by the checks."""
    try:
        said = {row["id"]: {"said": str(row["said"]),
                            "slips": {part: mistake and visible(mistake)
                                      for part, mistake in row["slips"].items()}}
                for row in read_json(path, list)}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path} is broken: delete it, and mark again.") from error
    notes, rows = said.get("", {}).get("said", ""), []
    for task in (*known["tasks"], *known["written"]):
        name = task["id"]
        points, waits, by_hand = kept.get(name, (0.0, False, None))
        words = ("waits to be marked by hand" if waits else
                 "no answer" if by_hand is None else "marked by hand")
        rows.append({"id": name, "title": task.get("title", f"In words, {name.rpartition('-')[2]}"),
                     "points": points or 0.0, "of": task["points"], "notes": notes,
                     "waits": bool(waits) and "check" not in task,
                     **said.get(name, {"said": words, "slips": None})})
    return rows


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _table(path: Path, people: Mapping[str, str], marks: Mapping, lessons: list[str]) -> None:
    heads = [(lesson, row["id"], row["of"]) for lesson in lessons
             for row in next(rows for (_, one), rows in marks.items() if one == lesson)]
    with io.StringIO(newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "name", *(f"{lesson} {name} (of {of})" for lesson, name, of in heads),
                        *(f"{lesson} total" for lesson in lessons), "left to mark by hand"])
        for person, name in sorted(people.items()):
            own = {lesson: marks.get((person, lesson), []) for lesson in lessons}
            points = {(lesson, row["id"]): row["points"] for lesson, rows in own.items() for row in rows}
            table.writerow([
                _safe(person), _safe(name),
                *(_number(points[lesson, one]) if own[lesson] else "" for lesson, one, _ in heads),
                *(_number(sum(row["points"] for row in rows)) if rows else "" for rows in own.values()),
                sum(row["waits"] for rows in own.values() for row in rows)])
        put(path, file.getvalue().encode("utf-8-sig", "replace"))


def _own(title: str, rows: list[dict], taken: list[Taken]) -> dict[str, Any]:
    """A lesson on the page of one person."""
    return {"title": title, "rows": [{**row, "points": _number(row["points"])} for row in rows],
            "points": _number(sum(row["points"] for row in rows)), "of": sum(row["of"] for row in rows),
            "waits": any(row["waits"] for row in rows),
            "mended": [line for row in taken if row.state != "set aside" for line in row.said]}


def _as_one(title: str, mistakes: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """The mistakes of a task by part; where all parts have the same one, of the task as a whole."""
    return {title: next(iter(mistakes.values()))} if len(set(mistakes.values())) == 1 else mistakes


def _lesson(known: Mapping, lesson: str, marks: Mapping, people: Mapping[str, str],
            unmarked: list[str]) -> dict[str, Any]:
    """A lesson on the page of the class."""
    rows = {person: rows for (person, one), rows in marks.items() if one == lesson}
    done, mistakes, told = {}, Counter(), {}
    by_hand = [f"{person}: handed in, and not marked" for person in unmarked]
    by_hand += [f"{person}: {visible(own[0]['notes'])}" for person, own in rows.items() if own[0]["notes"]]
    for task in known["tasks"]:
        title = task["title"].partition(" · ")[0]
        states = [0, 0, 0, 0]
        for person, own in rows.items():
            row = next(row for row in own if row["id"] == task["id"])
            found = list((row["slips"] or {}).values())
            states[0 if row["points"] == row["of"] else 1 if row["points"] else
                   3 if found and set(found) <= set(OPEN) else 2] += 1
            if row["slips"] == {}:
                by_hand.append(f"{person}, {title}: {row['said'].lstrip('! ').rstrip('.')}")
            for part, mistake in _as_one(title, row["slips"] or {}).items():
                if mistake and mistake not in OPEN:
                    where = title if part == title else f"{title}, {part}"
                    mistakes[where, mistake] += 1
                    told.setdefault((where, mistake), row["said"])
                if mistake == "borrowed":
                    by_hand.append(f"{person}, {title}: taken from the course")
        done[title] = states
    totals = [sum(row["points"] for row in own) for own in rows.values()]
    return {"title": known["title"], "handed_in": len(rows),
            "of": sum(task["points"] for task in (*known["tasks"], *known["written"])),
            "median": _number(median(totals)), "missing": sorted(set(people) - {*rows, *unmarked}),
            "by_hand": list(dict.fromkeys(by_hand)), "picture": tasks_done(done),
            "mistakes": [{"where": where, "name": mistake, "count": count, "said": told[where, mistake]}
                         for (where, mistake), count in mistakes.most_common()]}


def _known_questions() -> dict[str, Question]:
    return {name: question for lesson in lesson_names()
            for name, question in questions(lesson[:2]).predict.items()}


def _records(paths: list[Path], problems: list[str]) -> list[Progress]:
    """Those that can be read; what can't be, and how many lines of the others, goes to the problems."""
    found = []
    for path in paths:
        progress = Progress()
        progress.path = path
        try:
            open(regular(path), "rb").close()
        except (OSError, ValueError) as error:
            problems.append(f"{path.parent.name}: {path} can't be read ({reason(error)}).")
            continue
        odd = [event for event in progress.events() if not isinstance(event.get("question", ""), str)]
        if lines := progress.unread + len(odd):
            problems.append(f"{path.parent.name}: {count(lines, 'line')} of {path} can't be read; the others "
                            "are reported.")
        found.append(progress)
    return found


def _questions(records: list[Progress]) -> list[dict[str, Any]]:
    """First choices by question, those that the largest share missed first."""
    answers, rows = [progress.answered() for progress in records], []
    for name, question in _known_questions().items():
        firsts = Counter(mine[name].first for mine in answers if name in mine and mine[name].first)
        if firsts:
            shown = question.with_numbers(0)
            rows.append({"number": shown.number, "ask": shown.ask, "right": firsts[shown.answer],
                         "answered": firsts.total(),
                         "choices": ", ".join(f"{letter} {firsts[letter]}" for letter in shown.letters)})
    return sorted(rows, key=lambda row: row["right"] / row["answered"])


def _minutes(records: list[Progress]) -> list[dict[str, Any]]:
    """Minutes from one question of a lesson to the next, by the section of the latter."""
    known, gaps = _known_questions(), defaultdict(list)
    for progress in records:
        asked = [(event["question"], event["at"]) for event in progress.events()
                 if isinstance(event.get("question"), str) and event["question"] in known]
        for (before, then), (name, now) in pairwise(asked):
            spent = (now - then).total_seconds() / 60
            if before[:2] == name[:2] and before != name and 0 < spent <= PAUSE:
                gaps[name[:2], known[name].section].append(spent)
    return [{"lesson": lesson, "section": section, "minutes": f"{median(some):.1f}", "readers": len(some)}
            for (lesson, section), some in sorted(gaps.items())]
