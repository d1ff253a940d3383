"""Seven bugs of a training loop that runs through: `lines` trains with them, and the checks ask for them."""

from dataclasses import dataclass

HEALTHY = ""
PART = 4                # updates whose mean loss is one number of a run


@dataclass(frozen=True)
class Fault:
    """A bug in the program of section 7: the letter of its program, how one recognises it, what to do."""

    letter: str
    sign: str
    remedy: str


FAULTS = {
    "gradients not set to zero": Fault(
        "E", "The network learns, but far more slowly, because each step follows the sum of all gradients "
             "so far.",
        "Call zero_grad() before each backward()."),
    "softmax taken twice": Fault(
        "B", "The loss stays above 3.1, however good the network is, because the second softmax gets scores "
             "between 0 and 1.",
        "Pass cross_entropy the scores, not probabilities."),
    "targets not shifted": Fault(
        "G", "The loss is nearly 0 after two rounds, even on lines that the network has never seen.",
        "The target is the following character, so line[1:] belongs to line[:-1]."),
    "padding counted": Fault(
        "C", "The loss that it reports is far below that of a correct program, but measured correctly it "
             "is higher.",
        "Pack the lines, or leave the padding out of the loss with ignore_index."),
    "embedding a plain tensor": Fault(
        "D", "All is well until the network is loaded again. Then its embedding is a different one.",
        "Use torch.nn.Embedding, or register_buffer for numbers that are not trained."),
    "train() while it is measured": Fault(
        "A", "Measured twice, the same network gives two different losses.",
        "Call net.eval() before you measure or sample, and net.train() before you go on."),
    "optimiser of another network": Fault(
        "F", "The loss stays at ln 61 = 4.11, because no weight ever changes.",
        "Create the optimiser after the network, and give it that network's parameters()."),
}
