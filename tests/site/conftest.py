# The site to read and the decks, without a browser: what is played of a dashboard, links, slides, and what
# a pull does to a student's copy. Without these, a dashboard on the site could show another number than the
# lesson.
