"""The checks of lesson 10's exercises. They import PyTorch only when one of its programs is checked."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Part,
    Symptom,
    against,
    answer_of,
    check,
    close,
    compare,
    entries_of,
    first_mistake,
    need_answers,
    numbers_of,
    part,
    word_of,
    wrong_answers,
)
from helpers.lessons.lesson10 import mistakes
from helpers.lessons.lesson10.experiments import FAULTS
from helpers.networks import LSTM


def to_their_order(W: np.ndarray) -> np.ndarray:
    """(D, 4H) in the order i, f, o, g as (4H, D) in the order i, f, g, o."""
    return mistakes.transposed(W)


def weights_of_lstms() -> Iterator[tuple[np.ndarray]]:
    rng = np.random.default_rng(10)
    for D, H in ((3, 2), (6, 1), (2, 5)):
        yield (rng.standard_normal((D, 4 * H)),)


def wrong_blocks(found: np.ndarray, right: np.ndarray) -> str:
    """The names of the gates whose rows differ."""
    blocks = zip("ifgo", np.split(found, 4), np.split(right, 4), strict=True)
    return ", ".join(name for name, mine, true in blocks if not close(mine, true))


check_gate_order = against(
    "check_gate_order",
    Function(to_their_order, weights_of_lstms, mistakes.ORDER, Symptom(
        "wrong-order", "The rows of {wrong} are in the wrong place. The order is i, f, g, o.",
        "i, f, o, g = np.split(W, 4, axis=1) cuts W into its blocks.",
        "np.concatenate puts blocks side by side along axis=1, and .T transposes the result."),
        shown=lambda found, right: {"wrong": wrong_blocks(found, right)}, asked={"what": "The matrix"}),
    right="Correct: the matrix is transposed, and o and g have changed places.")


def our_biases(b_ih: np.ndarray, b_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The biases b_h and b_hn of this course's GRU."""
    n = mistakes.start_of_n(b_hh)
    return np.append(b_ih[:n] + b_hh[:n], b_ih[n:]), b_hh[n:]


def their_biases() -> Iterator[np.ndarray]:
    rng = np.random.default_rng(11)
    for H in (1, 3, 4):
        yield rng.standard_normal((2, 3 * H))


BLOCKS = "b_ih and b_hh each have the blocks r, z and n, each of size {H} here."
check_gru_biases = against(
    "check_gru_biases",
    Function(our_biases, their_biases, mistakes.BIASES, parts={
        "b_h": Part(Symptom(
            "another-b-h", "It should be b_ih + b_hh for r and z, and b_ih alone for n.", BLOCKS,
            "From index 2 * H on, where n begins, b_h is b_ih alone.")),
        "b_hn": Part(Symptom(
            "another-b-hn", "It should be the part of b_hh that belongs to n, the one that the reset gate "
                            "multiplies.", BLOCKS, "b_hn is b_hh from index 2 * H on, where n begins."))},
        also=lambda b_ih, b_hh: {"H": len(b_hh) // 3}),
    right="Correct: the gates' biases are added, and the candidate's two stay separate.")


@check
def check_cut(chunk_gradients: Callable) -> str:
    """Try ``chunk_gradients(layer, x1, x2)``: gradients of the sum of all outputs, in two chunks.

    The second chunk starts from the state of the first, and no gradient crosses the border. The
    function returns the gradient of `weight_hh_l0` summed over both.
    """
    from helpers.lessons.lesson10.pytorch import to_torch, torch

    rng = np.random.default_rng(12)
    cell = LSTM(2, 3)
    p = cell.init(rng, dtype=np.float64)
    chunks = rng.standard_normal((2, 4, 1, 2))
    given = to_torch(cell, p), *map(torch.from_numpy, chunks)
    try:
        answer = answer_of(chunk_gradients, *given, read=lambda answer: numbers_of(
            _as_numbers(answer), p.W_hh.T.shape, "The gradient of weight_hh_l0"))
    except Mistake as mistake:
        if mistake.name != "returns-none":
            raise
        raise Mistake("no-backward", f"{mistake.said} A .grad is None until backward() is called.") from None

    compare(answer, mistakes.cut(*given), wrong_answers(mistakes.CUT, *given), Mistake(
        "another-gradient", "That is not the gradient of the sum of both chunks' outputs.",
        "Call layer on x1, and on x2 with the detached state. Each call returns outputs and a state.",
        "Add up all outputs of both calls, call backward() on that sum, and return layer.weight_hh_l0.grad."))
    return "Correct: the state is carried, and the gradient is not."


@check
def check_loop(trained: Callable) -> str:
    """Try ``trained(net, chunks)``: one update for each (inputs, targets), with Adam at 0.01, clipped at 1.

    ``net(inputs, state)`` returns scores (T, B, V) and the next state, one tensor. Targets of -1 do not
    count. The function returns the losses, numbers, in their order.
    """
    from helpers.lessons.lesson10.pytorch import SmallNet, torch

    torch.manual_seed(13)
    net, lengths = SmallNet(5, 4), (6, 6, 6, 6, 3)
    with torch.no_grad():
        net.read_out.weight *= 8                    # so that some gradients are long enough to be clipped
    chunks = [tuple(torch.randint(5, (2, T, 3))) for T in lengths]
    for _, targets in chunks[1:]:
        targets[-2:, 1] = -1
    right = mistakes.update(net, chunks)
    try:
        answer = answer_of(trained, net, chunks, read=lambda answer: numbers_of(
            _as_numbers(answer), (len(chunks),), "The losses, one for each chunk,"))
    except Mistake as mistake:
        raise _in_words(mistake) from None
    if np.allclose(answer, right, rtol=1e-4, atol=0):
        return "Correct: your loop carries the state, ignores the padding, and learns."
    n = int(np.argmax(~np.isclose(answer, right, rtol=1e-4, atol=0)))
    raise first_mistake(wrong_answers(mistakes.LOOP, net, chunks), answer, Mistake(
        "other-losses", f"The loss of chunk {n + 1} should be {right[n]:.5f}, and yours is {answer[n]:.5f}. "
                        + ("Those before it are right, so look at what happens from backward to step."
                           if n else "Nothing has been learnt by then, so look at the scores and the loss."),
        "Compare your loop line by line with the one in section 4 of the lesson.",
        "For each chunk: net(inputs, state), cross_entropy over all positions that count, zero_grad, "
        "backward, clip_grad_norm_, step, and state.detach()."),
        same=partial(np.allclose, rtol=1e-4, atol=0))


def _in_words(mistake: Mistake) -> Mistake:
    """The mistake, or what an error of PyTorch means in this loop."""
    if "second time" in mistake.said:
        return Mistake("graph-kept", "backward stops at the second chunk, because the state still belongs to "
                                     "the graph of the first. Write state = state.detach(), without "
                                     "retain_graph.")
    if "'tuple' object has no attribute" in mistake.said:
        return Mistake("state-is-a-tensor", "The state of this network is one tensor, not a pair. Write "
                                            "state = state.detach().")
    return mistake


def _as_numbers(answer):
    """Losses as numbers, even if they are tensors that still belong to a graph."""
    if isinstance(answer, list | tuple):
        return [_as_numbers(loss) for loss in answer]
    return answer.detach().numpy() if hasattr(answer, "detach") else answer


@check(*sorted(fault.letter for fault in FAULTS.values()))
def check_programs(faults: Mapping[str, str]) -> str:
    """Check which of `FAULTS` each program is said to have."""
    letters = dict(sorted((fault.letter, name) for name, fault in FAULTS.items()))
    for letter, answer in entries_of(faults, letters, "faults").items():
        with part(letter):
            need_answers(answer)
            name = word_of(answer).replace("optimizer", "optimiser")
            if name not in FAULTS:
                raise Mistake("no-such-fault",
                              f"There is no bug called {name!r}. Choose one of {', '.join(FAULTS)}.")
            if name != letters[letter]:
                raise Mistake("another-fault",
                              f"It is not {name!r}. That bug looks like this: {FAULTS[name].sign}")
    return "\n".join(["Correct: you found all seven bugs.\n", *(
        f"{letter}  {name}. {FAULTS[name].sign} Remedy: {FAULTS[name].remedy}"
        for letter, name in letters.items())])
