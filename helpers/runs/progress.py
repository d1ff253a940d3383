"""What a learner did, kept in one file beside the notebooks that anybody can read.

Each line is one event. Lines are only ever added; the newest one about a thing is true. Nothing leaves the
machine, nothing is counted up, and where nothing can be written, nothing is kept. Lines of version 1.0 name a
question by its old id: they are read as if they had its name, and stay as they are.
"""

import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from helpers.data import old_ids
from helpers.runs.files import append_line

FILE = "my_course.jsonl"
DAYS = 2, 7, 21, 60         # until a question is asked again, after so many right answers one after the other
A_DAY = 5                   # questions that come back on one day, at most


@dataclass(frozen=True)
class Answered:
    """What is kept of a question.

    Attributes:
        first: the letter chosen first of all; "" if it was skipped then.
        last: the letter chosen last; "" if it was skipped.
        right: whether that was the right one.
        times: how often it was answered.
        in_a_row: how often the last answers were right, one after the other.
        at: when it was answered last.
    """

    first: str
    last: str
    right: bool
    times: int
    in_a_row: int
    at: datetime

    @property
    def due(self) -> datetime:
        """When it comes back: a miss after as many days as at first."""
        return self.at + timedelta(days=DAYS[min(max(self.in_a_row - 1, 0), len(DAYS) - 1)])


class Progress:
    """The file of a learner, read anew each time that something is asked of it.

    It lies in the folder of the notebook, or where the environment variable MY_COURSE says.

    Attributes:
        path: of the file.
        now: the clock.
        unread: how many lines could not be read when it was read last.
    """

    def __init__(self):
        self.path, self.unread = Path(os.environ.get("MY_COURSE") or FILE), 0
        self.now: Callable[[], datetime] = datetime.now

    def add(self, **event: Any) -> bool:
        """Keep an event, with the time; False if nothing can be written here."""
        line = {"at": self.now().isoformat(timespec="seconds"), **event}
        try:
            append_line(self.path, json.dumps(line, ensure_ascii=False))
        except OSError:
            return False
        return True

    def events(self) -> list[dict[str, Any]]:
        """All events, the oldest first. Lines that are none are left out, and counted as `unread`."""
        try:
            lines = self.path.read_bytes().decode("utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        found = [event for line in lines if line.strip() and (event := _event(line)) is not None]
        self.unread = sum(bool(line.strip()) for line in lines) - len(found)
        return found

    def answered(self) -> dict[str, Answered]:
        """What is kept of each question that was answered or skipped, by its name."""
        found: dict[str, Answered] = {}
        for event in self.events():
            name, letter = event.get("question"), event.get("chose", "")
            if not (isinstance(name, str) and isinstance(letter, str)):
                continue
            before, right = found.get(name), event.get("right") is True
            found[name] = Answered(
                before.first if before else str(event.get("first", letter)), letter, right,
                (before.times if before else 0) + bool(letter),
                (before.in_a_row if before else 0) + 1 if right else 0, event["at"])
        return found

    def latest(self, thing: str) -> dict[str, Any]:
        """The newest event about each: ``latest("lesson")["02"]`` is the one with the entry lesson: "02"."""
        return {event[thing]: event for event in self.events()
                if isinstance(event.get(thing), str)}

    def finished(self) -> list[str]:
        """The lessons that the learner has called done, in order."""
        return sorted(name for name, event in self.latest("lesson").items() if event.get("done") is True)

    def due(self, questions: Collection[str]) -> list[str]:
        """Which of the questions are to be asked again today, the longest overdue first.

        Those that were never answered come last, in their order. Over one day there are at most five.
        """
        kept, now = self.answered(), self.now()
        today = sum(one.at.date() == now.date() for name, one in kept.items() if name in questions)
        back = sorted((name for name in questions if name in kept and kept[name].due <= now),
                      key=lambda name: kept[name].due)
        fresh = [name for name in questions if name not in kept]
        return [*back, *fresh][:max(0, A_DAY - today)]


def _event(line: str) -> dict[str, Any] | None:
    """The event in a line, its time as a datetime and its question by name; None if it is no event."""
    try:
        event = json.loads(line)
        if not isinstance(event, Mapping):
            return None
        names = {thing: old_ids().get(event[thing], event[thing]) for thing in ("question", "saw")
                 if isinstance(event.get(thing), str)}
        return {**event, **names, "at": datetime.fromisoformat(event["at"]).replace(tzinfo=None)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
