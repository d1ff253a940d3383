# What several folders of tests use, and nothing that is tested itself: where the files are (`course`), the
# tests of exercises (`answers`), what is asked of a lesson in its kernel (`lesson_items`, `after_cells`,
# `exerciser`, `looks`), cells without a kernel (`cells_alone`), a browser (`lab`), and the rules of English
# (`english`).
