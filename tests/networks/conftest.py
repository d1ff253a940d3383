# The mathematics: cells, models, losses, optimisers, training. Without these, a gradient could be wrong by
# a factor and every lesson would still run, because networks learn in spite of it.
#
# Each cell of `CELLS` passes the gradient check in both types and agrees with its plain form, its stepper
# and, if PyTorch has it, with PyTorch. A new cell is tested as soon as it has its line there.
