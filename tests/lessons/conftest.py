# The checks and the mathematics of the lessons. Without these, a check could refuse what is right, accept
# what is wrong, or stop with an error in front of a student, and nobody would see it before a class does.
#
# `test_every_check` asks the same of every check and stage and finds new ones by itself. A lesson has
# tables of right and wrong answers, and what its pictures and runs compute, held to theory, differences and
# PyTorch. What a lesson prints is nbval's.
