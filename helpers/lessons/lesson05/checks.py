"""The checks of lesson 05: both clips, a threshold from data, runs to diagnose."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.lessons.checking import Slip, answer_of, check, first_slip, need_answers

SHAPES = {"W_xh": (4, 3), "W_hh": (3, 3), "b_h": (3,)}
DIAGNOSES = {"A": "c", "B": "b", "C": "e", "D": "d", "E": "a"}


@check
def check_clip_norm(clip_norm: Callable) -> str:
    """Try ``clip_norm(grads, max_norm) -> new grads`` on fresh gradients, long and short."""
    rng = np.random.default_rng(51)
    for length, max_norm in ((8.0, 2.0), (0.5, 2.0), (1e4, 5.0), (2.0, 3.0)):
        grads = _gradient(rng, length)
        answer = _clipped(clip_norm, grads, max_norm, "clip_norm")
        before, after = _flat(grads), _flat(answer)
        norm = np.linalg.norm(after)
        if length <= max_norm and not np.allclose(after, before):
            raise Slip("short-scaled",
                       f"A gradient of length {length:g} is within the threshold {max_norm:g} and should "
                       f"come back as it is, but its length is {norm:.3g} now: only what is too long is "
                       "shortened.")
        cosine = after @ before / (norm * length) if norm > 0 else 0.0
        if cosine < 1 - 1e-9:
            each = all(np.linalg.norm(array) <= max_norm * (1 + 1e-9) for array in answer.values())
            if each and not np.isclose(norm, max_norm):
                slip = Slip("array-by-array",
                            "Is each array shortened on its own? There is one norm, of all arrays together.")
            else:
                slip = Slip("turned", "Multiply all entries by the same number.")
            raise slip.after(f"The direction has changed: by {_degrees(cosine):.0f}°. ")
        if not np.isclose(norm, min(length, max_norm)):
            if norm < max_norm:
                slip = Slip("too-short", "The norm is the root of the sum of the squares.")
            else:
                slip = Slip("too-long", "The factor is max_norm / norm.")
            raise slip.after(f"The direction is right, the length is not: it was {length:g}, the threshold "
                             f"is {max_norm:g}, and yours is {norm:.3g}. ")
    return "Right: long gradients end on the threshold, short ones are left alone, and none is turned."


@check
def check_clip_value(clip_value: Callable) -> str:
    """Try ``clip_value(grads, limit) -> (new grads, angle in degrees)`` on fresh gradients."""
    rng = np.random.default_rng(52)
    for length, limit in ((6.0, 0.8), (0.3, 1.0), (1e3, 2.0)):
        grads = _gradient(rng, length)
        answer = _clipped(lambda g, l: clip_value(g, l)[0], grads, limit, "clip_value")
        before, after = _flat(grads), _flat(answer)
        right = before.clip(-limit, limit)
        if not np.allclose(after, right):
            slips = {
                Slip("one-sided",
                     "Large negative entries are still there: an entry is too large if its *size* is."):
                    np.minimum(before, limit),
                Slip("signs-lost", "The signs are lost: a negative entry is brought to minus the limit."):
                    np.minimum(np.abs(before), limit),
                Slip("by-norm", "That is clipping by norm. By value, each entry is cut on its own."):
                    before * min(1, limit / np.linalg.norm(before)),
                Slip("zeroed", "Entries that are too large became 0; they should become the limit."):
                    np.where(np.abs(before) > limit, 0, before),
            }
            raise first_slip(slips, after, Slip(
                "another-entry", f"With a limit of {limit:g}, the entry {before[0]:.3f} should "
                                 f"become {right[0]:.3f}, but yours is {after[0]:.3f}."), same=np.allclose)
        cosine = before @ right / np.linalg.norm(before) / np.linalg.norm(right)
        angle = answer_of(
            clip_value, {name: array.copy() for name, array in grads.items()}, limit, slip="no-angle",
            unanswered=None, read=lambda answer: float(answer[1]),
            stops="The clipped gradient is right. The second thing to return is the angle, one number.")
        if not np.isclose(angle, _degrees(cosine), atol=1e-3):
            slips = {
                Slip("cosine", "That is the cosine; np.arccos makes an angle of it."): cosine,
                Slip("radians", "That is in radians: np.degrees."): np.radians(_degrees(cosine)),
            }
            slip = first_slip(slips, angle, Slip(
                "another-angle", "Is it the angle between the *whole* gradients, all arrays together?"),
                same=np.isclose)
            raise slip.after("The clipped gradient is right, the angle is not: it should be "
                             f"{_degrees(cosine):.2f}°, but yours is {angle:.4g}. ")
    return "Right: cut entry by entry, and you can say by how much that turned it."


@check
def check_threshold(choose: Callable) -> str:
    """Try ``choose(norms) -> threshold`` on records of several networks, quiet and with spikes."""
    rng = np.random.default_rng(53)
    for what, size, spikes in (("a quiet run", 1.7, 0.0), ("a run with small gradients", 0.02, 0.0),
                               ("a run with large gradients", 300.0, 0.0),
                               ("a run with rare, huge spikes", 1.0, 0.004)):
        norms = size * rng.lognormal(0, 0.3, 2000)
        spiked = rng.random(2000) < spikes
        norms[spiked] *= 1000
        threshold = answer_of(choose, norms.copy(), stops="choose stops with {error}.")
        try:
            threshold = float(threshold)
        except (TypeError, ValueError):
            raise Slip("no-number", "choose should return one number, the threshold.") from None
        share = float(np.mean(norms > threshold))
        if not 0.01 <= share <= 0.1:
            if 0.3 < share < 0.7:
                slip = Slip("clips-half", "Half of all gradients are usual; a clip is for the unusual.")
            elif share > 0.7:
                slip = Slip("not-from-record",
                            "Every network has gradients of its own size: take the threshold from the "
                            "record.")
            elif spikes:
                slip = Slip("moved-by-spikes",
                            "Spikes should not move the threshold: they move an average, and they are the "
                            "largest.")
            elif share < 0.01:
                slip = Slip("never-clips", "A clip that never acts helps nobody.")
            else:
                slip = Slip("clips-often", "A clip is for the unusual.")
            raise slip.after(f"For {what} (median norm {np.median(norms):.3g}) your threshold "
                             f"{threshold:.3g} clips {share:.1%} of the updates; wanted are 1 % to 10 %. ")
    return "Right: it fits networks whose gradients differ ten-thousandfold, and spikes do not move it."


@check
def check_diagnosis(diagnosis: Mapping[str, str]) -> str:
    """Say whether the letters a to e are given to the runs A to E as they should."""
    if not isinstance(diagnosis, Mapping) or set(diagnosis) != set(DIAGNOSES):
        raise Slip("no-dictionary", "diagnosis should be a dictionary with the keys A, B, C, D and E.")
    need_answers(*diagnosis.values())
    said = {
        "A": "A does not fit: it learns, but slowly. How many of its updates were clipped, and how long are "
             "its gradients without the clip?",
        "B": "B does not fit: its gradients grow to dozens of times their first size. Was anything clipped?",
        "C": "C does not fit: it is slow too, but was anything clipped? Then the clip is not to blame.",
        "D": "D does not fit: its loss is far above chance *although* most updates were clipped. A step is "
             "as long as rate times threshold.",
        "E": "E does not fit: look at the loss at its end, and at the share of clipped updates.",
    }
    wrong = [words for name, words in said.items()
             if str(diagnosis[name]).strip().lower() != DIAGNOSES[name]]
    if wrong:
        raise Slip("wrong-diagnosis", "\n".join(wrong))
    return "Right: the share of clipped updates, beside the loss, tells the five apart."


def _gradient(rng: np.random.Generator, length: float) -> dict[str, np.ndarray]:
    """Arrays of the given length together, no two of which have the same norm."""
    grads = {name: scale * rng.normal(size=shape)
             for scale, (name, shape) in zip((1.0, 4.0, 0.3), SHAPES.items(), strict=True)}
    total = np.linalg.norm(_flat(grads))
    return {name: array * (length / total) for name, array in grads.items()}


def _flat(grads: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(grads[name]) for name in SHAPES])


def _degrees(cosine: float) -> float:
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _clipped(clip: Callable, grads: dict, limit: float, name: str) -> dict:
    """What the reader's function makes of a gradient."""
    given = {key: array.copy() for key, array in grads.items()}
    answer = answer_of(
        clip, grads, limit, read=lambda answer: {key: np.asarray(answer[key], dtype=float) for key in SHAPES},
        stops=f"{name} stops with {{error}}. It gets a dictionary of arrays and a number.")
    for key, shape in SHAPES.items():
        if answer[key].shape != shape or not np.isfinite(answer[key]).all():
            raise Slip("wrong-shape" if answer[key].shape != shape else "not-finite",
                       f"{key} should be finite numbers of shape {shape}; yours has shape "
                       f"{answer[key].shape}.")
    if any(not np.array_equal(given[key], grads[key]) for key in SHAPES):
        raise Slip("changed-argument",
                   "The gradient that was given has been changed on the way: make new arrays.")
    return answer
