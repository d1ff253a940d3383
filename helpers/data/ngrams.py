"""n-gram models: what counting alone can predict, the baseline for every network of the course.

An n-gram model predicts a character from the n - 1 characters before it, by counting what followed
them in the training text. It has no state and learns nothing else, so a network that falls below
its loss on a held-out text has found something that counting did not.
"""

from numbers import Integral

import numpy as np

from helpers.data.vocabulary import Vocabulary


def ngram_probabilities(
    train_text: str, heldout_text: str, order: int, characters: str | None = None
) -> np.ndarray:
    """Probability (M,) that an n-gram model of `train_text` gives to each character of `heldout_text`.

    `order` is n: 1 is the unigram, frequencies alone. Without `characters` the vocabulary is that of both
    texts. Orders are interpolated as Witten-Bell smoothing does it: with the context c, the n - 1
    characters before w, and c' the same context without its first character,

        p(w | c) = (count(c w) + distinct(c) p(w | c')) / (count(c) + distinct(c))

    where distinct(c) is the number of different characters seen after c. The recursion ends in the
    uniform distribution; a context never seen passes p(w | c') through.

    Raises:
        ValueError: `order` is no whole number from 1 on, a text is empty, or a character is not among
            `characters`.
    """
    if not isinstance(order, Integral) or order < 1:
        raise ValueError(f"order is {order!r}. It must be a whole number of at least 1 (1 is the unigram "
                         "model).")
    for name, text in (("train_text", train_text), ("heldout_text", heldout_text)):
        if not text:
            raise ValueError(f"{name} is empty. Use a text of at least one character.")
    vocabulary = Vocabulary(train_text + heldout_text if characters is None else characters)
    size = len(vocabulary)
    train, heldout = vocabulary.encode(train_text), vocabulary.encode(heldout_text)

    p = np.full(len(heldout), 1 / size)
    # Contexts are numbered 0, 1, ... in the training text; one never seen there has the next number.
    contexts = 1
    train_context = np.zeros(len(train), dtype=np.int64)
    context = np.zeros(len(heldout), dtype=np.int64)
    for k in range(min(order, len(train), len(heldout))):           # contexts of k characters
        train_gram = train_context * size + train[k:]
        gram = context * size + heldout[k:]
        known, number, count = np.unique(train_gram, return_inverse=True, return_counts=True)
        place = np.minimum(np.searchsorted(known, gram), len(known) - 1)
        seen = known[place] == gram

        total = np.bincount(train_context, minlength=contexts + 1)[context]
        distinct = np.bincount(known // size, minlength=contexts + 1)[context]
        distinct = np.maximum(distinct, 1)      # changes only contexts never seen: p is passed through
        p[k:] = (seen * count[place] + distinct * p[k:]) / (total + distinct)

        # The gram that ends at one position is the context of the next.
        contexts = len(known)
        train_context = number[:-1]
        context = np.where(seen, place, contexts)[:-1]
    return p


def ngram_loss(train_text: str, heldout_text: str, order: int, characters: str | None = None) -> float:
    """Mean loss of an n-gram model of `train_text` on `heldout_text`, in nats per character.

    >>> round(ngram_loss("to be or not to be", "not to be", order=3), 2)
    0.6
    """
    return float(-np.log(ngram_probabilities(train_text, heldout_text, order, characters)).mean())
