"""The mistakes that the checks of lesson 10 know, and RIGHT and WRONG answers to each, for the tests."""

from copy import deepcopy

import numpy as np

from helpers.checks import Mutant
from helpers.lessons.lesson10.experiments import FAULTS


def transposed(W: np.ndarray, order: tuple[int, ...] = (0, 1, 3, 2)) -> np.ndarray:
    """W with its four blocks of columns in this order, transposed."""
    return np.concatenate([np.split(W, 4, axis=1)[n] for n in order], axis=1).T


ORDER = (
    Mutant("not-reordered", np.transpose, "It is transposed, but o and g are still in this course's order."),
    Mutant("reshaped", lambda W: W.reshape(W.shape[::-1]),
           "reshape does not transpose. It only reads the same numbers in rows of a different length."),
    Mutant("not-transposed", lambda W: W,
           "The shape is still {W.shape}, but PyTorch's matrix is the transpose, {W.T.shape}.",
           same=lambda found, wrong: found.shape == wrong.shape),
)


def start_of_n(biases: np.ndarray) -> int:
    """Where the last of three blocks begins, that of the candidate n."""
    return len(biases) // 3 * 2


def biases_in_place(b_ih, b_hh):
    """Our biases, right; it writes into b_ih."""
    n = start_of_n(b_hh)
    b_ih[:n] += b_hh[:n]
    return b_ih, b_hh[n:]


BIASES = (
    Mutant("added-in-n", lambda b_ih, b_hh: (b_ih + b_hh, b_hh[start_of_n(b_hh) :]),
           "r and z are right. In the candidate n the two biases are in different places. Only one of them "
           "is multiplied by the reset gate, so they cannot be added.", of=("b_h",)),
    Mutant("outer-bias", lambda b_ih, b_hh: (biases_in_place(b_ih, b_hh)[0], b_ih[start_of_n(b_hh) :]),
           "b_hn is the inner bias, which comes with h W_hn. It is in b_hh, not in b_ih.", of=("b_hn",)),
)


def cut(layer, x1, x2, off=(True, True), carried=True, swapped=False, counts=(1, 1)) -> np.ndarray:
    """The gradient of weight_hh_l0; `off`: whether h and c are detached; `counts`: factors of the outputs."""
    layer.zero_grad()
    first, state = layer(x1)
    state = tuple(s.detach() if cut_off else s for s, cut_off in zip(state, off, strict=True))
    state = (state[::-1] if swapped else state) if carried else None
    second, _ = layer(x2, state)
    (counts[0] * first.sum() + counts[1] * second.sum()).backward()
    return layer.weight_hh_l0.grad.numpy()


MEANS = "The loss is the *sum* of all outputs, not their mean."
FACTOR = ("Your gradient is wrong by a factor of two. Gradients add up in .grad until they are set to zero. "
          "Count the backward calls.")
CUT = (
    Mutant("not-cut", lambda *given: cut(*given, off=(False, False)),
           "That is the full gradient, which still runs back through the first chunk. Detach the state, and "
           "go on with what detach returns."),
    Mutant("only-h", lambda *given: cut(*given, off=(True, False)),
           "You have cut h, but not c, so the gradient still runs back through the memory. Detach both."),
    Mutant("only-c", lambda *given: cut(*given, off=(False, True)),
           "You have cut c, but not h, so the gradient still runs back through the state. Detach both."),
    Mutant("not-carried", lambda *given: cut(*given, carried=False),
           "The second chunk starts from zero. Pass it the (detached) state of the first."),
    Mutant("swapped", lambda *given: cut(*given, swapped=True),
           "h and c have changed places. The state of an LSTM is (h, c), in this order."),
    Mutant("second-only", lambda *given: cut(*given, counts=(0, 1)),
           "That is the gradient of the second chunk's outputs alone. Is the first chunk's loss missing, or "
           "was .grad set to zero between two backward calls?"),
    Mutant("first-only", lambda *given: cut(*given, counts=(1, 0)),
           "That is the gradient of the first chunk's outputs alone."),
    Mutant("means", lambda layer, x1, x2: cut(layer, x1, x2) / len(x1) / layer.hidden_size, MEANS),
    Mutant("means", lambda layer, x1, x2: cut(layer, x1, x2) / 2 / len(x1) / layer.hidden_size, MEANS),
    Mutant("factor-two", lambda *given: cut(*given, counts=(2, 2)), FACTOR),
    Mutant("factor-two", lambda *given: cut(*given, counts=(1 / 2, 1 / 2)), FACTOR),
    Mutant("weights", lambda layer, x1, x2: layer.weight_hh_l0.detach().numpy(),
           "Those are the weights themselves. Return layer.weight_hh_l0.grad."),
)


def cut_by_two_calls(layer, x1, x2):
    outputs, (h, c) = layer(x1)
    outputs.sum().backward()
    layer(x2, (h.detach(), c.data))[0].sum().backward()
    return layer.weight_hh_l0.grad


def cut_without_backward(layer, x1, x2):
    _, state = layer(x1)
    layer(x2, tuple(s.detach() for s in state))
    return layer.weight_hh_l0.grad


def update(net, chunks, **change) -> list[float]:
    """The losses of the loop `updates_of` with this change."""
    from helpers.lessons.lesson10.pytorch import updates_of

    return updates_of(deepcopy(net), chunks, **change)


LOOP = (
    Mutant("nothing-learnt", lambda *given: update(*given, step=False),
           "The weights never change. Call .zero_grad() before backward, and .step() after it."),
    Mutant("not-set-to-zero", lambda *given: update(*given, zero=False),
           "The gradients of earlier chunks are still in .grad. Call zero_grad() on your optimiser."),
    Mutant("not-carried", lambda *given: update(*given, carry=False),
           "Each chunk starts from zero. Pass on the state, detached."),
    Mutant("not-clipped", lambda *given: update(*given, clip=None),
           "The gradient is not clipped. Call clip_grad_norm_(net.parameters(), 1.0) between backward and "
           "step."),
    Mutant("padding-counted", lambda *given: update(*given, padding=False),
           "Targets of -1 are padding. ignore_index=-1 leaves them out."),
    Mutant("another-rate", lambda *given: update(*given, rate=0.001),
           "That is Adam at its default rate of 0.001. Use 0.01."),
)


def loop_without_detach(net, chunks):
    state = None
    for inputs, _ in chunks:
        scores, state = net(inputs, state)
        scores.sum().backward()


def loop_with_a_pair(net, chunks):
    state = None
    for inputs, _ in chunks:
        _, state = net(inputs, state)
        state = tuple(s.detach() for s in state)


PROGRAMS = {fault.letter: name for name, fault in FAULTS.items()}

RIGHT = {
    "check_gru_biases": [(biases_in_place,)],
    "check_cut": [(cut,), (cut_by_two_calls,)],
    "check_loop": [(update,)],
    "check_programs": [(PROGRAMS,), (PROGRAMS | {"A": f" {PROGRAMS['A'].upper()} "},),
                       (PROGRAMS | {"F": "optimizer of another network"},)],
}
WRONG = {
    "check_gate_order": [("wrong-order", (lambda W: transposed(W, (1, 0, 3, 2)),))],
    "check_cut": [
        *((mutant.name, (mutant.wrong,)) for mutant in CUT),
        ("no-backward", (cut_without_backward,)),
        ("another-gradient", (lambda *given: cut(*given) + 1,)),
    ],
    "check_loop": [
        *((mutant.name, (mutant.wrong,)) for mutant in LOOP),
        ("other-losses", (lambda *given: update(*given, rate=0.1),)),
        ("graph-kept", (loop_without_detach,)),
        ("state-is-a-tensor", (loop_with_a_pair,)),
    ],
    "check_programs": [
        ("another-fault", ({**PROGRAMS, "A": "padding counted", "C": PROGRAMS["A"]},)),
        ("no-such-fault", ({**PROGRAMS, "B": "bad luck"},)),
    ],
}
