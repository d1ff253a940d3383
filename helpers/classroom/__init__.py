"""Handing out, collecting and marking, with nbgrader underneath: ``python -m helpers.classroom --help``.

`tasks` reads what a lesson asks for, `assignment` writes it as an nbgrader course with its `plan`, `collect`
reads what comes back and `repair` puts it into the form that was given out. `autograde` runs it through
nbgrader (`nbgrader_config`): a check is asked in a process of its own (`judge`), and the submission's process
answers (`answering`, `closed_book`) with plain data (`crossing`). `report` writes what came of it.
What a class needs to know is in ``docs/classroom.md``.

Nothing is imported here: the kernel of each submission reads one small module of this room.
"""
