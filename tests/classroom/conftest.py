# A class, from what is handed out to the report. Without these, one hand-in out of sixty could stop the
# others, be lost, earn points that it doesn't deserve, or do harm to the machine of an instructor.
#
# `test_class` takes a made-up class, with those in it that mean harm, through make, take, mark and report.
# The other modules ask each step for what goes wrong in it: broken files, names that fit nobody, answers
# that forge their marks or are taken from the course.
