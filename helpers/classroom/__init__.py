"""Handing out, collecting and marking, with nbgrader underneath: ``python -m helpers.classroom --help``.

`tasks` reads what a lesson asks for, `making` writes it as an nbgrader course with its `plan`, `taking` reads
what comes back and `mending` puts it into the form that was given out; `marking` runs it through nbgrader,
where `grading` asks each check in a process of its own (`judging`), and `reporting` writes what came of it.
What a class needs to know is in ``docs/classroom.md``.

Nothing is imported here: the kernel of each submission reads one small module of this room.
"""
