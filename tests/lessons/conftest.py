# The checks and the mathematics of the lessons. Without these, a check could refuse what is right, accept
# what is wrong, or stop with an error in front of a student, and nobody would see it before a class does.
#
# `test_every_check` asks the same of every check and stage and finds new ones by itself; `test_lessonNN.py`
# holds what a lesson computes to theory, differences and PyTorch. What it prints and draws is nbval's, its
# runs are made again in `tests/runs`: a new lesson needs nothing here but for mathematics of its own.
