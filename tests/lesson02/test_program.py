"""The check of a whole program: what is right is right however it is made, what is wrong names its stage."""

import numpy as np
import pytest
from answers import broken, complete, mistakes, no_answers, right, stops, three_times

from helpers.lessons import program
from helpers.lessons.lesson02 import plain_program as plain
from helpers.lessons.program import TAUGHT, check_program
from helpers.lessons.stages import with_changes


def initial(V, H, rng):
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: 0.01 * rng.standard_normal(shape) for name, shape in shapes.items()}


PARTS = {"initial": initial, "forward": plain.forward, "backward": plain.backward, "update": plain.adagrad,
         "sample": plain.sample, "gradient_error": None}


def with_parts(**others):
    """The program with some of its functions exchanged."""
    return tuple({**PARTS, **others}.values())


def changed(part, *changes):
    return with_parts(**{part: with_changes(PARTS[part], changes)})


# --- the same program in other words: other names, states in a list, one array for each layer ---


def initial_in_two(V, H, rng):
    return {"in": rng.uniform(-0.01, 0.01, (V + H + 1, H)), "out": rng.uniform(-0.01, 0.01, (H + 1, V))}


def step_in_two(params, symbol, h):
    V = params["out"].shape[1]
    x = np.concatenate([np.eye(V)[symbol], h, [1]])
    h = np.tanh(x @ params["in"])
    y = np.append(h, 1) @ params["out"]
    return x, h, np.exp(y) / np.exp(y).sum()


def forward_in_two(params, inputs, targets, h_prev):
    h, kept, losses = h_prev, [], []
    for symbol, wanted in zip(inputs, targets, strict=True):
        x, h, p = step_in_two(params, symbol, h)
        kept.append((x, h, p))
        losses.append(-np.log(p[wanted]))
    return np.mean(losses), kept


def backward_in_two(params, inputs, targets, kept):
    V, grads, carried = params["out"].shape[1], {name: 0.0 * one for name, one in params.items()}, 0.0
    for (x, h, p), wanted in list(zip(kept, targets, strict=True))[::-1]:
        dy = (p - (np.arange(V) == wanted)) / len(inputs)
        dh = params["out"][:-1] @ dy + carried
        da = dh * (1 - h * h)
        grads["out"] += np.outer(np.append(h, 1), dy)
        grads["in"] += np.outer(x, da)
        carried = params["in"][V:-1] @ da
    return grads


def backward_in_two_too_late(params, inputs, targets, kept):
    """The read-out is given the state before."""
    grads = backward_in_two(params, inputs, targets, kept)
    grads["out"] = np.roll(grads["out"], 1, axis=0)
    return grads


def spoils_dy(params, inputs, targets, h, p):
    """The 1 is taken off where nothing was wanted."""
    return plain.backward(params, inputs, (targets + 1) % 5, h, p)


def sample_in_two(params, h, i, length, rng):
    drawn = [i]
    while len(drawn) <= length:
        _, h, p = step_in_two(params, drawn[-1], h)
        drawn.append(int(np.searchsorted(np.cumsum(p), rng.random())))
    return np.array(drawn[1:])


def momentum(params, grads, squares, learning_rate):
    """Another rule of learning, which keeps its memory in squares."""
    for name, g in grads.items():
        squares[name] *= 0.9
        squares[name] += np.clip(g, -1, 1)
        params[name] -= learning_rate * squares[name]


def stub(*given, **named):
    return ...


def initial_stub(V, H, rng):
    return ...


def forward_stub(params, inputs, targets, h_prev):
    return ...


def update_binds_anew(params, grads, squares, learning_rate):
    for name in params:
        params = {**params, name: params[name] - learning_rate * grads[name]}


def error_in_one_weight(loss, array, gradient, entries, eps=1e-5):
    return plain.gradient_error(loss, array, gradient, entries[:1], eps)


def error_of_each_entry(loss, array, gradient, entries, eps=1e-5):
    """Relative in another way: the largest error of an entry, with a guard against 0 / 0."""
    each = [plain.gradient_error(loss, array, gradient + 1e-12, [i], eps) for i in entries]
    return max(each)


def error_that_leaves_weights_moved(loss, array, gradient, entries, eps=1e-5):
    error = plain.gradient_error(loss, array, gradient, entries, eps)
    array.flat[entries[0]] += 1e-3
    return error


test_a_program_is_right_however_it_is_made = right(
    (check_program, with_parts()),
    (check_program, with_parts(gradient_error=plain.gradient_error)),
    (check_program, with_parts(gradient_error=error_of_each_entry)),
    (check_program, with_parts(initial=initial_in_two, forward=forward_in_two, backward=backward_in_two,
                               sample=sample_in_two)),
    (check_program, with_parts(update=momentum)),
)

READ_OUT, CELL = "See lesson 02, stages 2 and 3.", "See lesson 03, stage 5."
test_what_is_wrong_is_told_in_three_steps_and_names_its_stage = three_times(
    (check_program, with_parts(forward=lambda params, inputs, targets: 0), "other-arguments", "inputs"),
    (check_program, with_parts(initial=lambda V, H, rng: tuple(initial(V, H, rng).values())),
     "no-parameters", "dictionary"),
    (check_program, with_parts(forward=lambda params, inputs, targets, h_prev: plain.forward(
        params, inputs, targets, h_prev)[0]), "nothing-kept", "With 7 characters and 10 units"),
    (check_program, changed("forward", ("return loss / len(inputs)", "return loss")), "sum",
     "ln 7 is 1.9459", "See lesson 02, stage 1."),
    (check_program, with_parts(initial=lambda V, H, rng: {
        name: 100 * array for name, array in initial(V, H, rng).items()}), "sure-and-wrong",
     "See lesson 02, section 5."),
    (check_program, changed("forward", ("p[t][targets[t]]", "(p[t][targets[t]] + 0.5)")), "too-good",
     "See lesson 02, stage 1."),
    (check_program, changed("backward", (" / len(inputs)", "")), "no-mean",
     "At T = 1 every gradient is right."),
    (check_program, changed("backward", ("dy = score", "dy = -score")), "turned-sign", READ_OUT),
    (check_program, changed("backward", ("np.outer(h[t], dy)", "np.outer(h[t - 1], dy)")),
    "wrong-read-out-line",
     "the gradient of W_hy is wrong", READ_OUT),
    (check_program, changed("backward", ("np.outer(h[t - 1], da)",
                                         "np.outer(h[t - 1] if t else 0 * da, da)")), "first-state-zero",
     "At T = 1, 2 and 6 the gradient of W_hh is wrong", CELL),
    (check_program, changed("backward", ("(1 - h[t] ** 2) * dh", "dh")), "wrong-cell", CELL),
    (check_program, changed("backward", ("np.outer(h[t - 1], da)", "np.outer(h[t], da)")), "wrong-cell",
     "the gradient of W_hh is wrong", CELL),
    (check_program, changed("backward", (" + dh_next", "")), "wrong-carry", CELL),
    (check_program, changed("backward", ("da @ W_hh.T", "da @ W_hh")), "wrong-carry", CELL),
    (check_program, changed("backward", ('grads["W_hh"] +=', 'grads["W_hh"] =')), "wrong-carry", CELL),
    (check_program, changed("backward", ('grads["W_xh"][inputs[t]] +=', 'grads["W_xh"][inputs[t]] =')),
     "repeated-symbol", "At T = 1 and 2 every gradient is right.", CELL),
    (check_program, with_parts(gradient_error=error_in_one_weight), "gradient-check",
     "wrong in one entry", "See lesson 02, stage 4."),
    (check_program, with_parts(gradient_error=with_changes(plain.gradient_error, ((
        "np.linalg.norm(derived - measured) / lengths", "np.abs(derived - measured).max()"),))),
     "gradient-check", "wrong in one entry and small everywhere", "See lesson 02, stage 4."),
    (check_program, with_parts(gradient_error=error_that_leaves_weights_moved), "gradient-check",
     "See lesson 02, stage 4."),
    (check_program, changed("forward", ("p[t][targets[t]]", "p[t][inputs[t]]")), "not-of-targets",
     "See lesson 02, stage 1."),
    (check_program, changed("forward", ("np.log(", "np.log2(")), "sure-and-wrong"),
    (check_program, changed("forward", ("softmax(h[t] @ W_hy + b_y)",
                                        "softmax(h[t] @ W_hy + b_y) * (1 + h[t].sum())")), "no-probabilities",
     "See lesson 02, stage 1."),
    (check_program, changed("forward", ("{-1: h_prev}", "{-1: np.zeros_like(h_prev)}")),
     "first-state-not-used",
     "At T = 1", "whatever h_prev is", "See lesson 02, stage 1."),
    (check_program, changed("forward", ("h[t - 1] @ W_hh", "h[-1] @ W_hh")), "state-not-carried",
     "At T = 2", "the second step starts from h_prev", "See lesson 02, stage 1."),
    (check_program, changed("update", ("        squares[name] += g**2\n", "")), "squares-not-added",
     "still zero", "See lesson 02, stage 5."),
    (check_program, changed("forward", (" + b_h", "")), "not-in-forward", "the gradient of b_h is wrong"),
    (check_program, changed("backward", ('        grads["b_h"] += da\n', "")), "nothing-added",
     "the gradient of b_h is wrong"),
    (check_program, with_parts(backward=spoils_dy), "wrong-read-out", READ_OUT),
    (check_program, (initial_in_two, forward_in_two, backward_in_two_too_late, plain.adagrad, sample_in_two),
     "wrong-read-out-line", "the gradient of out is wrong", READ_OUT),
    (check_program, changed("update", (" + 1e-10", "")), "nan", "See lesson 02, stage 5."),
    (check_program, changed("update", ("learning_rate * g", "0.1 * g")), "rate-not-used",
     "See lesson 02, stage 5."),
    (check_program, changed("update", (" / (np.sqrt(squares[name]) + 1e-10)", "")), "not-divided", "0.0020"),
    (check_program, with_parts(initial=lambda V, H, rng: {
        name: 0 * array + 0.01 for name, array in initial(V, H, rng).items()}), "units-alike",
     "See lesson 02, section 5."),
    (check_program, changed("update", ("np.clip(grads[name], -clip, clip)", "grads[name]")), "not-clipped",
     "See lesson 02, stage 5."),
    (check_program, with_parts(update=update_binds_anew), "nothing-moves", "See lesson 02, stage 5."),
    (check_program, changed("update", ("params[name] -=", "params[name] +=")), "does-not-learn", "hello",
     "See lesson 02, stage 5."),
    (check_program, with_parts(initial=lambda V, H, rng: {
        name: 0 * array for name, array in initial(V, H, rng).items()}), "units-alike"),
    (check_program, changed("sample", ("        h = np.tanh", "        _ = np.tanh")), "does-not-write",
     "See lesson 02, stage 6."),
    (check_program, changed("sample", ("        i = rng.choice", "        k = rng.choice"),
                            ("drawn.append(i)", "drawn.append(k)")), "other-chances",
     "See lesson 02, stage 6."),
    (check_program, changed("sample", ("p=softmax(h @ W_hy + b_y)", "p=softmax(3 * (h @ W_hy + b_y))")),
     "other-chances"),
    (check_program, with_parts(sample=lambda params, h, i, length, rng: [
        rng.integers(4)] * length), "does-not-write"),
    (check_program, with_parts(sample=lambda params, h, i, length, rng: [
        i, *plain.sample(params, h, i, length, rng)]), "wrong-length", "[0, 1, 2, 2, 3], and not 4 symbols"),
    (check_program, with_parts(backward=lambda params, inputs, targets, h, p: (
        h[0].fill(0), plain.backward(params, inputs, targets, h, p))[1]), "changed-argument"),
)


def my_forward(params, inputs, targets, h_prev):
    return plain.forward(params, inputs, targets, h_prev)[0]


def my_backward(params, inputs, targets, h, p):
    return list(plain.backward(params, inputs, targets, h, p).values())


test_a_function_is_called_as_the_reader_calls_it = mistakes(
    (check_program, with_parts(forward=my_forward), "nothing-kept", "my_forward should return the loss"),
    (check_program, with_parts(backward=my_backward), "no-dictionary", "hat my_backward returns should be"),
)

test_what_is_not_written_is_not_yet = mistakes(
    (check_program, (initial_stub, forward_stub, stub, stub, stub), "not-yet"),
    (check_program, with_parts(forward=forward_stub), "not-yet"),
    (check_program, with_parts(backward=stub), "not-yet",
     "initial and forward are right so far; there are still dots in stub"),
    (check_program, with_parts(sample=stub), "not-yet", "initial, forward, backward and adagrad are right"),
    (check_program, with_parts(backward=lambda *given: None, update=stub), "not-yet", "returns nothing"),
    (check_program, with_parts(backward=lambda params, inputs, targets, h: {}), "stops", "after the "
     "loss: 2 more"),
    (check_program, with_parts(forward=...), "not-yet"),
)

test_an_error_is_told_and_not_raised = stops(
    *((check_program, with_parts(**{part: broken}))
      for part in ("initial", "backward", "update", "sample", "gradient_error")),
    (check_program, changed("forward", ("    h, p, loss", '    raise RuntimeError("lost")\n    h, p, loss'))))

test_what_is_no_answer_is_not_taken_for_one = no_answers(*(
    (check_program, lambda nothing, part=part, what=what: with_parts(**{part: what(nothing)}))
    for part in ("initial", "backward", "sample") for what in (
        lambda nothing: nothing, lambda nothing: lambda *given: nothing)))

test_every_mistake_is_made = complete(program)


@pytest.mark.parametrize(("states", "path"), [(1, "02_min_char_rnn"), (2, "07_lstm")])
def test_the_places_that_are_named_are_lessons(states, path):
    lessons = {words.split(",")[0] for words in TAUGHT[states].values()}
    assert lessons <= {"lesson 02", "lesson 03", "lesson 07"}
    assert path[:2] in "".join(TAUGHT[states].values())


def test_a_program_is_not_changed_by_being_looked_at():
    assert check_program.result(*with_parts()) == check_program.result(*with_parts())
