"""The check of a whole program: what is right is right however it is made, what is wrong names its stage."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks import program
from helpers.checks.program import check_program
from helpers.checks.stages import with_changes
from helpers.lessons.lesson02 import plain_program as plain


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


def spoils_dy(params, inputs, targets, h, p):
    """The 1 is taken off where nothing was wanted."""
    return plain.backward(params, inputs, (targets + 1) % 5, h, p)


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


test_a_program_is_right_however_it_is_made = right(
    (check_program, with_parts()),
    (check_program, with_parts(gradient_error=plain.gradient_error)),
    (check_program, with_parts(gradient_error=error_of_each_entry)),
    (check_program, with_parts(update=momentum)),
)


test_what_is_wrong_is_told_in_three_steps_and_names_its_stage = mistakes(
    (check_program, with_parts(forward=lambda params, inputs, targets: 0), "other-arguments"),
    (check_program, with_parts(initial=lambda V, H, rng: tuple(initial(V, H, rng).values())),
     "no-parameters"),
    (check_program, with_parts(forward=lambda params, inputs, targets, h_prev: plain.forward(
        params, inputs, targets, h_prev)[0]), "nothing-kept"),
    (check_program, changed("forward", ("return loss / len(inputs)", "return loss")), "sum"),
    (check_program, with_parts(initial=lambda V, H, rng: {
        name: 100 * array for name, array in initial(V, H, rng).items()}), "sure-and-wrong"),
    (check_program, changed("forward", ("p[t][targets[t]]", "(p[t][targets[t]] + 0.5)")), "too-good"),
    (check_program, changed("backward", (" / len(inputs)", "")), "no-mean"),
    (check_program, changed("backward", ("dy = score", "dy = -score")), "turned-sign"),
    (check_program, changed("backward", ("np.outer(h[t], dy)", "np.outer(h[t - 1], dy)")),
    "wrong-read-out-line"),
    (check_program, changed("backward", ("np.outer(h[t - 1], da)",
                                         "np.outer(h[t - 1] if t else 0 * da, da)")), "first-state-zero"),
    (check_program, changed("backward", ("(1 - h[t] ** 2) * dh", "dh")), "wrong-cell"),
    (check_program, changed("backward", (" + dh_next", "")), "wrong-carry"),
    (check_program, changed("backward", ('grads["W_xh"][inputs[t]] +=', 'grads["W_xh"][inputs[t]] =')),
     "repeated-symbol"),
    (check_program, with_parts(gradient_error=error_in_one_weight), "gradient-check"),
    (check_program, changed("forward", ("p[t][targets[t]]", "p[t][inputs[t]]")), "not-of-targets"),
    (check_program, changed("forward", ("softmax(h[t] @ W_hy + b_y)",
                                        "softmax(h[t] @ W_hy + b_y) * (1 + h[t].sum())")),
     "no-probabilities"),
    (check_program, changed("forward", ("{-1: h_prev}", "{-1: np.zeros_like(h_prev)}")),
     "first-state-not-used"),
    (check_program, changed("forward", ("h[t - 1] @ W_hh", "h[-1] @ W_hh")), "state-not-carried"),
    (check_program, changed("update", ("        squares[name] += g**2\n", "")), "squares-not-added"),
    (check_program, changed("forward", (" + b_h", "")), "not-in-forward"),
    (check_program, changed("backward", ('        grads["b_h"] += da\n', "")), "nothing-added"),
    (check_program, with_parts(backward=spoils_dy), "wrong-read-out"),
    (check_program, changed("update", (" + 1e-10", "")), "nan"),
    (check_program, changed("update", ("learning_rate * g", "0.1 * g")), "rate-not-used"),
    (check_program, changed("update", (" / (np.sqrt(squares[name]) + 1e-10)", "")), "not-divided"),
    (check_program, with_parts(initial=lambda V, H, rng: {
        name: 0 * array + 0.01 for name, array in initial(V, H, rng).items()}), "units-alike"),
    (check_program, changed("update", ("np.clip(grads[name], -clip, clip)", "grads[name]")), "not-clipped"),
    (check_program, with_parts(update=update_binds_anew), "nothing-moves"),
    (check_program, changed("update", ("params[name] -=", "params[name] +=")), "does-not-learn"),
    (check_program, changed("sample", ("        h = np.tanh", "        _ = np.tanh")), "does-not-write"),
    (check_program, changed("sample", ("        i = rng.choice", "        k = rng.choice"),
                            ("drawn.append(i)", "drawn.append(k)")), "other-chances"),
    (check_program, with_parts(sample=lambda params, h, i, length, rng: [
        i, *plain.sample(params, h, i, length, rng)]), "wrong-length"),
    (check_program, with_parts(backward=lambda params, inputs, targets, h, p: (
        h[0].fill(0), plain.backward(params, inputs, targets, h, p))[1]), "changed-argument"),
)


def my_forward(params, inputs, targets, h_prev):
    return plain.forward(params, inputs, targets, h_prev)[0]


def my_backward(params, inputs, targets, h, p):
    return list(plain.backward(params, inputs, targets, h, p).values())


test_a_function_is_called_as_the_reader_calls_it = mistakes(
    (check_program, with_parts(forward=my_forward), "nothing-kept"),
    (check_program, with_parts(backward=my_backward), "no-dictionary"),
)

test_what_is_not_written_is_not_yet = mistakes(
    (check_program, (initial_stub, forward_stub, stub, stub, stub), "not-yet"),
    (check_program, with_parts(backward=lambda params, inputs, targets, h: {}), "stops"),
)


test_every_mistake_is_made = complete(program)
