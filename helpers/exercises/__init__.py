"""Checks that say what is wrong with an answer, not only that it is wrong. One module per lesson."""
