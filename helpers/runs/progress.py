"""What a learner did, kept in one file beside the notebooks that anybody can read.

Questions and lessons write and read it, and so does the report of a class. Each line is one event. Lines are
only ever added; the newest one about a thing is true. Nothing leaves the machine, and where nothing can be
written, nothing is kept.
"""

import json
import os
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from helpers.runs.files import append_line

FILE = "my_course.jsonl"
DAYS = 2, 7, 21, 60         # until a question is asked again, after so many right answers one after the other
A_DAY = 5                   # questions that come back on one day, at most


@dataclass(frozen=True)
class Answered:
    """What is kept of a question."""

    first: str          # the letter chosen first of all; "" if it was skipped then
    last: str           # the letter chosen last; "" if it was skipped
    right: bool         # whether that was the right one
    times: int          # how often it was answered
    in_a_row: int       # how many of the last answers were right, one after the other
    at: datetime        # when it was answered last

    @property
    def due(self) -> datetime:
        """When it comes back: a miss after as many days as at first."""
        days = DAYS[min(max(self.in_a_row - 1, 0), len(DAYS) - 1)]
        return min(self.at, datetime.max - timedelta(days)) + timedelta(days)


class Progress:
    """The file of a learner, looked at anew each time that something is asked of it.

    It lies in the folder of the notebook, or where the environment variable MY_COURSE says. A link, a pipe, a
    device or a folder in its place is neither read nor written. `unread` lines could not be read.
    """

    def __init__(self):
        self.path, self.unread = Path(os.environ.get("MY_COURSE") or FILE), 0
        self.now: Callable[[], datetime] = datetime.now
        self._forget()

    def _forget(self) -> None:
        self._data, self.unread = b"", 0
        self._events: list[dict[str, Any]] = []
        self._answered: dict[str, Answered] = {}

    def add(self, **event: Any) -> bool:
        """Keep an event, with the time; False if nothing can be written here."""
        line = json.dumps({"at": self.now().isoformat(timespec="seconds"), **event}, ensure_ascii=False)
        try:
            if os.path.lexists(self.path) and not _is_file(self.path):
                return False
            append_line(self.path, line.encode("utf-8", "replace").decode())    # half a letter is a "?"
        except OSError:
            return False
        return True

    def events(self) -> list[dict[str, Any]]:
        """All events, the oldest first. Other lines are left out, and counted as `unread`."""
        try:
            data = self.path.read_bytes() if _is_file(self.path) else b""
        except OSError:
            data = b""
        if not data.startswith(self._data) or self._data[-1:] not in (b"", b"\n"):
            self._forget()              # somebody has changed it, or its last line had no end
        for line in data[len(self._data):].decode("utf-8-sig", errors="replace").split("\n"):
            if line.strip():
                if (event := _event(line)) is None:
                    self.unread += 1
                else:
                    self._events.append(event)
                    self._note(event)
        self._data = data
        return [*self._events]

    def _note(self, event: Mapping[str, Any]) -> None:
        """What an event says of its question."""
        name, letter = event.get("question"), event.get("chose", "")
        if not (isinstance(name, str) and isinstance(letter, str)):
            return
        before, right = self._answered.get(name), event.get("right") is True
        self._answered[name] = Answered(
            before.first if before else str(event.get("first", letter)), letter, right,
            (before.times if before else 0) + bool(letter),
            (before.in_a_row if before else 0) + 1 if right else 0, event["at"])

    def answered(self) -> dict[str, Answered]:
        """What is kept of each question that was answered or skipped, by its name."""
        self.events()
        return dict(self._answered)

    def latest(self, thing: str) -> dict[str, Any]:
        """The newest event about each: ``latest("lesson")["02"]`` is the one with the entry lesson: "02"."""
        return {event[thing]: event for event in self.events()
                if isinstance(event.get(thing), str)}

    def finished(self) -> list[str]:
        """The lessons that the learner has called done, in order."""
        return sorted(name for name, event in self.latest("lesson").items() if event.get("done") is True)

    def due(self, questions: Collection[str]) -> list[str]:
        """The questions to ask today, at most five a day: the longest overdue first, then the new ones."""
        kept, now = self.answered(), self.now()
        today = sum(answered.at.date() == now.date() for name, answered in kept.items() if name in questions)
        back = sorted((name for name in questions if name in kept and kept[name].due <= now),
                      key=lambda name: kept[name].due)
        fresh = [name for name in questions if name not in kept]
        return [*back, *fresh][:max(0, A_DAY - today)]


def _is_file(path: Path) -> bool:
    """Whether there is a regular file, and no link to one: that could be any document."""
    return stat.S_ISREG(path.lstat().st_mode)


def _event(line: str) -> dict[str, Any] | None:
    """The event in a line, its time as a datetime; None if it is no event."""
    try:
        event = json.loads(line)
        if not isinstance(event, Mapping):
            return None
        return {**event, "at": datetime.fromisoformat(event["at"]).replace(tzinfo=None)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
