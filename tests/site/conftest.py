# The site to read, without a browser: what is played of a dashboard, the cards of the first page, and what a
# pull does to a student's copy. Without these, a dashboard on the site could show another number than the
# lesson, and a student's work could be lost.
