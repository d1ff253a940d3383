"""Checks that say what is wrong with an answer, not only that it is wrong. One module per lesson."""

NOT_YET = "Not yet: replace the dots and run both cells again."
