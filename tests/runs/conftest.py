# Runs that are saved, taken up again, swept, shipped and taken home. Without these, a run could go on with
# other numbers than it stopped with, a damaged file could be believed, and what a lesson shows as measured
# could be something that its maker no longer makes.
#
# `test_made_again` makes a part of each shipped file again; `test_checkpoint` asks what becomes of a file
# that was cut, forged, or written while the process was killed.
