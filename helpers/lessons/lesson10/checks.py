"""The checks of lesson 10: gates in another order, two biases, a cut graph, programs, a training loop."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    close,
    close_to_one,
    compare,
    entries_of,
    first_mistake,
    need_answers,
    numbers_of,
    part,
    several_of,
    word_of,
)
from helpers.lessons.lesson10.faults import FAULTS
from helpers.networks import LSTM


@check
def check_gate_order(to_their_order: Callable) -> str:
    """Try ``to_their_order(W)``: (D, 4H) in the order i, f, o, g to (4H, D) in the order i, f, g, o."""
    rng = np.random.default_rng(10)
    for D, H in ((3, 2), (6, 1), (2, 5)):
        W = rng.standard_normal((D, 4 * H))
        same_shape = Mistake("not-transposed", f"The shape is still {W.shape}, but PyTorch's matrix is the "
                                               f"transpose, {W.T.shape}.")
        answer = answer_of(to_their_order, W, read=partial(
            numbers_of, shape=(4 * H, D), what="The matrix", instead={W.shape: same_shape}))
        i, f, o, g = np.split(W, 4, axis=1)
        right = np.concatenate([i, f, g, o], axis=1).T
        mistakes = {
            Mistake("not-reordered", "It is transposed, but o and g are still in this course's order."): W.T,
            Mistake("reshaped",
                    "reshape does not transpose. It only reads the same numbers in rows of a different "
                    "length."):
                W.reshape(4 * H, D),
        }
        blocks = zip("ifgo", np.split(answer, 4), np.split(right, 4), strict=True)
        wrong = ", ".join(name for name, mine, true in blocks if not close(mine, true))
        compare(answer, right, mistakes, Mistake(
            "wrong-order", f"The rows of {wrong} are in the wrong place. The order is i, f, g, o.",
            "i, f, o, g = np.split(W, 4, axis=1) cuts W into its blocks.",
            "np.concatenate puts blocks side by side along axis=1, and .T transposes the result."))
    return "Correct: the matrix is transposed, and o and g have changed places."


@check("b_h", "b_hn")
def check_gru_biases(our_biases: Callable) -> str:
    """Try ``our_biases(b_ih, b_hh)``, which returns (b_h, b_hn) for a GRU of any size."""
    rng = np.random.default_rng(11)
    for H in (1, 3, 4):
        b_ih, b_hh = rng.standard_normal((2, 3 * H))
        b_h, b_hn = answer_of(our_biases, b_ih, b_hh, read=lambda answer: several_of(
            answer, ("b_h", "b_hn"), "What it returns"))
        b_h, b_hn = numbers_of(b_h, (3 * H,), "b_h"), numbers_of(b_hn, (H,), "b_hn")
        right = b_ih + b_hh
        right[2 * H:] = b_ih[2 * H:]
        with part("b_h"):
            compare(b_h, right, {
                Mistake("added-in-n",
                        "r and z are right. In the candidate n the two biases are in different places. Only "
                        "one of them is multiplied by the reset gate, so they cannot be added."):
                    b_ih + b_hh,
            }, Mistake("another-b-h", "It should be b_ih + b_hh for r and z, and b_ih alone for n.",
                       f"b_ih and b_hh each have the blocks r, z and n, each of size {H} here.",
                       "From index 2 * H on, where n begins, b_h is b_ih alone."))
        with part("b_hn"):
            compare(b_hn, b_hh[2 * H:], {
                Mistake("outer-bias", "b_hn is the inner bias, which comes with h W_hn. It is in b_hh, not "
                                      "in b_ih."): b_ih[2 * H:],
            }, Mistake("another-b-hn", "It should be the part of b_hh that belongs to n, the one that the "
                                       "reset gate multiplies.",
                       f"b_ih and b_hh each have the blocks r, z and n, each of size {H} here.",
                       "b_hn is b_hh from index 2 * H on, where n begins."))
    return "Correct: the gates' biases are added, and the candidate's two stay separate."


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
    layer = to_torch(cell, p)
    try:
        answer = answer_of(
            chunk_gradients, layer, *(torch.from_numpy(x) for x in chunks),
            read=lambda answer: numbers_of(_as_numbers(answer), tuple(layer.weight_hh_l0.shape),
                                           "The gradient of weight_hh_l0"))
    except Mistake as mistake:
        if mistake.name != "returns-none":
            raise
        raise Mistake("no-backward", f"{mistake.said} A .grad is None until backward() is called.") from None

    def gradient(cut: tuple[bool, bool] = (True, True), carried: bool = True, swapped: bool = False,
                 counts: tuple[float, float] = (1, 1)) -> np.ndarray:
        fresh = to_torch(cell, p)
        first, state = fresh(torch.from_numpy(chunks[0]))
        state = tuple(s.detach() if off else s for s, off in zip(state, cut, strict=True))
        state = (state[::-1] if swapped else state) if carried else None
        second, _ = fresh(torch.from_numpy(chunks[1]), state)
        (counts[0] * first.sum() + counts[1] * second.sum()).backward()
        return fresh.weight_hh_l0.grad.numpy()

    right, mean = gradient(), 1 / chunks[0].shape[0] / cell.hidden_size
    mistakes = {
        Mistake("not-cut",
                "That is the full gradient, which still runs back through the first chunk. Detach the state, "
                "and go on with what detach returns."):
            [gradient(cut=(False, False))],
        Mistake("only-h", "You have cut h, but not c, so the gradient still runs back through the memory. "
                          "Detach both."): [gradient(cut=(True, False))],
        Mistake("only-c", "You have cut c, but not h, so the gradient still runs back through the state. "
                          "Detach both."): [gradient(cut=(False, True))],
        Mistake("not-carried", "The second chunk starts from zero. Pass it the (detached) state of the "
                               "first."):
            [gradient(carried=False)],
        Mistake("swapped", "h and c have changed places. The state of an LSTM is (h, c), in this order."):
            [gradient(swapped=True)],
        Mistake("second-only", "That is the gradient of the second chunk's outputs alone. Is the first "
                               "chunk's loss missing, or was .grad set to zero between two backward calls?"):
            [gradient(counts=(0, 1))],
        Mistake("first-only", "That is the gradient of the first chunk's outputs alone."):
            [gradient(counts=(1, 0))],
        Mistake("means", "The loss is the *sum* of all outputs, not their mean."):
            [mean * right, mean / 2 * right],
        Mistake("factor-two", "Your gradient is wrong by a factor of two. Gradients add up in .grad until "
                              "they are set to zero. Count the backward calls."): [2 * right, right / 2],
        Mistake("weights", "Those are the weights themselves. Return layer.weight_hh_l0.grad."):
            [layer.weight_hh_l0.detach().numpy()],
    }
    compare(answer, [right], mistakes, Mistake(
        "another-gradient", "That is not the gradient of the sum of both chunks' outputs.",
        "Call layer on x1, and on x2 with the detached state. Each call returns outputs and a state.",
        "Add up all outputs of both calls, call backward() on that sum, and return layer.weight_hh_l0.grad."),
        same=close_to_one)
    return "Correct: the state is carried, and the gradient is not."


@check
def check_loop(trained: Callable) -> str:
    """Try ``trained(net, chunks)``: one update for each (inputs, targets), with Adam at 0.01, clipped at 1.

    ``net(inputs, state)`` returns scores (T, B, V) and the next state, one tensor. Targets of -1 do not
    count. The function returns the losses, numbers, in their order.
    """
    from helpers.lessons.lesson10.pytorch import SmallNet, torch, updates_of

    torch.manual_seed(13)
    net, lengths = SmallNet(5, 4), (6, 6, 6, 6, 3)
    with torch.no_grad():
        net.read_out.weight *= 8                    # so that some gradients are long enough to be clipped
    chunks = [tuple(torch.randint(5, (2, T, 3))) for T in lengths]
    for _, targets in chunks[1:]:
        targets[-2:, 1] = -1
    right = updates_of(deepcopy(net), chunks)
    try:
        answer = answer_of(trained, net, chunks, read=lambda answer: numbers_of(
            _as_numbers(answer), (len(chunks),), "The losses, one for each chunk,"))
    except Mistake as mistake:
        raise _in_words(mistake) from None
    if np.allclose(answer, right, rtol=1e-4, atol=0):
        return "Correct: your loop carries the state, ignores the padding, and learns."
    mistakes = {
        Mistake("nothing-learnt", "The weights never change. Call .zero_grad() before backward, and .step() "
                                  "after it."): {"step": False},
        Mistake("not-set-to-zero", "The gradients of earlier chunks are still in .grad. Call "
                                   "zero_grad() on your optimiser."): {"zero": False},
        Mistake("not-carried", "Each chunk starts from zero. Pass on the state, detached."): {"carry": False},
        Mistake("not-clipped", "The gradient is not clipped. Call clip_grad_norm_(net.parameters(), 1.0) "
                               "between backward and step."): {"clip": None},
        Mistake("padding-counted", "Targets of -1 are padding. ignore_index=-1 leaves them out."):
            {"padding": False},
        Mistake("another-rate", "That is Adam at its default rate of 0.001. Use 0.01."): {"rate": 0.001},
    }
    wrong = {mistake: updates_of(deepcopy(net), chunks, **change) for mistake, change in mistakes.items()}
    n = int(np.argmax(~np.isclose(answer, right, rtol=1e-4, atol=0)))
    raise first_mistake(wrong, answer, Mistake(
        "other-losses", f"The loss of chunk {n + 1} should be {right[n]:.5f}, and yours is {answer[n]:.5f}. "
                        + ("Those before it are right, so look at what happens from backward to step."
                           if n else "Nothing has been learnt by then, so look at the scores and the loss."),
        "Compare your loop line by line with the one in section 4 of the lesson.",
        "For each chunk: net(inputs, state), cross_entropy over all positions that count, zero_grad, "
        "backward, clip_grad_norm_, step, and state.detach()."),
        same=partial(np.allclose, rtol=1e-4, atol=0))


def _in_words(mistake: Mistake) -> Mistake:
    """The Mistake of a loop, with what an error of PyTorch means there."""
    if "second time" in mistake.said:
        return Mistake("graph-kept", "backward stops at the second chunk, because the state still belongs to "
                                     "the graph of the first. Write state = state.detach(), without "
                                     "retain_graph.")
    if "'tuple' object has no attribute" in mistake.said:
        return Mistake("state-is-a-tensor", "The state of this network is one tensor, not a pair. Write "
                                            "state = state.detach().")
    return mistake


def _as_numbers(answer):
    """Losses as numbers, also of tensors that still belong to a graph."""
    if isinstance(answer, list | tuple):
        return [_as_numbers(one) for one in answer]
    return answer.detach().numpy() if hasattr(answer, "detach") else answer


@check(*sorted(fault.letter for fault in FAULTS.values()))
def check_programs(faults: Mapping[str, str]) -> str:
    """Say whether the bug of each program is named, one of `FAULTS`."""
    letters = dict(sorted((fault.letter, name) for name, fault in FAULTS.items()))
    for letter, said in entries_of(faults, letters, "faults").items():
        with part(letter):
            need_answers(said)
            name = word_of(said).replace("optimizer", "optimiser")
            if name not in FAULTS:
                raise Mistake("no-such-fault",
                              f"There is no bug called {name!r}. Choose one of {', '.join(FAULTS)}.")
            if name != letters[letter]:
                raise Mistake("another-fault",
                              f"It is not {name!r}. That bug looks like this: {FAULTS[name].sign}")
    return "\n".join(["Correct: you found all seven bugs.\n", *(
        f"{letter}  {name}. {FAULTS[name].sign} Remedy: {FAULTS[name].remedy}"
        for letter, name in letters.items())])
