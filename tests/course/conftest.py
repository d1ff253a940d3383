# What holds for all lessons and for the repository: exercises, questions, links, plans, imports, the package.
# Without these, a page could say something else than the lesson, a link could lead nowhere, a question could
# give its answer away, a cell could ask for what no browser has, and an installed course could lack a file.
# What cells show is nbval's.
