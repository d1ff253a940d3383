# How pictures are drawn: words that can be read, the moving layer over the frame, pages for paper. Without
# these, a label could be cut off, a curve drawn beside its axis, or the answer stand on the blank page.
#
# The dashboards' own pictures are looked at in the kernels of the lessons (tests/support/lesson_items.py).
