# What holds for all lessons and for the repository: form, questions, links, plans, English, imports, the
# package. Without these, a page could say something else than the lesson, a link could lead nowhere, a
# question could have two right answers, and an installed course could lack a file. What cells compute is
# nbval's.
