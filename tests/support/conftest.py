# What several folders of tests use, and nothing that is tested itself: where the files are (`course`), what
# is asked of a lesson in its kernel (`lesson_items`, `after_cells`, `exerciser`, `looks`), a browser (`lab`,
# `barriers`), cells of networks and simulated time (`common`).
