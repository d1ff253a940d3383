"""The command of a class: ``python -m helpers.classroom make | take | mark | report``."""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

MISSING = ("This command needs nbgrader, which is not installed here: run  pip install -e '.[class]'  in "
           "the course's folder.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpers.classroom", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="create an nbgrader course from lessons")
    making.add_argument("lessons", nargs="+", metavar="LESSON", help="two digits, such as 02")
    making.add_argument("--into", type=Path, required=True, metavar="COURSE")
    taking = commands.add_parser("take", help="take submissions in any format into a course")
    taking.add_argument("sources", nargs="+", type=Path, metavar="FOLDER_OR_ZIP")
    taking.add_argument("--into", type=Path, required=True, metavar="COURSE")
    taking.add_argument("--roster", type=Path, metavar="CSV", help="the people: columns id, name, email")
    marking = commands.add_parser("mark", help="nbgrader's autograde for what is not marked, several at once")
    marking.add_argument("course", type=Path, metavar="COURSE")
    marking.add_argument("--lessons", nargs="*", default=[], metavar="LESSON")
    marking.add_argument("--at-once", type=int, metavar="N")
    reporting = commands.add_parser("report", help="a table of marks, a page per person, one for the class")
    reporting.add_argument("course", type=Path, metavar="COURSE")
    asked = parser.parse_args(arguments)
    if not find_spec("nbgrader"):
        print(MISSING, file=sys.stderr)
        return 1
    try:                # each command loads only what it needs itself
        if asked.command == "make":
            from helpers.classroom.assignment import make

            make(asked.lessons, asked.into)
        elif asked.command == "take":
            from helpers.classroom.collect import take

            take(asked.sources, asked.into, asked.roster)
        elif asked.command == "mark":
            from helpers.classroom.autograde import mark

            return bool(mark(asked.course, asked.lessons, asked.at_once))
        else:
            from helpers.classroom.report import report

            report(asked.course)
        return 0
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to continue from here.", file=sys.stderr)
        return 130
    except (ValueError, RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    sys.exit(main())
