# A class, from what is handed out to the report. Without these, one hand-in out of sixty could stop the
# others, be lost, earn points that it doesn't deserve, or do harm to the machine of an instructor.
#
# `test_class` takes a made-up class through make, take, mark and report. The other modules ask each step
# for what goes wrong in it: broken and hostile files, names that fit nobody, answers taken from the course.
