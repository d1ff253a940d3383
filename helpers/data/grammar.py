"""A language whose entropy is known: texts from a probabilistic grammar, and their exact probability.

Lesson 08 trains on such a language. A grammar gives each symbol a list of (weight, text) choices;
``{name}`` in a text stands for a symbol. A text is made by choosing until no symbol is left. Where no two
series of choices make the same text, the surprise of a text is the sum of the surprises of its choices. Its
mean over all texts, divided by their mean length, is the entropy of the language in nats per character
(Shannon 1948): in the long run no model of that language, whatever its size, has a lower loss.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

SYMBOL = re.compile(r"\{(\w+)\}")
TOKEN = re.compile(r"\{\w+\}|.", re.DOTALL)
FIRST = re.compile(r"()\{([\w/]+)\}")               # the symbol that comes next
IN_WORD = re.compile(r"( [^ \n{]*)\{([\w/]+)\}")    # the first symbol in the word behind a space
SPACE_AND_WORD = re.compile(r" [^ \n]*")


class Entropy(NamedTuple):
    """Means over all texts that a symbol stands for."""

    nats: float
    characters: float


class Grammar:
    """A probabilistic context-free grammar over characters, without left recursion.

    Args:
        choices: for each symbol its (weight, text) pairs; weights need not sum to one.
        bound: names of symbols without choices; each text that is made, or scored, says what they are.

    >>> coin = Grammar({"run": [(1, "h"), (1, "t{run}")]})
    >>> nats, characters = coin.entropy("run")       # 2 ln 2 nats in 2 characters
    >>> round(nats, 4), round(characters, 4)
    (1.3863, 2.0)
    """

    def __init__(self, choices: Mapping[str, Sequence[tuple[float, str]]], bound: Sequence[str] = ()):
        self.bound = tuple(bound)
        self._rules: dict[str, tuple[np.ndarray, list[list[str]]]] = {}
        for symbol, pairs in choices.items():
            weights = np.array([weight for weight, _ in pairs], float)
            if not len(weights) or not (weights > 0).all():
                raise ValueError(f"symbol {symbol!r} needs choices with weights above 0, got {pairs!r}")
            # Of a split text, even places are plain words and odd places names of symbols.
            self._rules[symbol] = weights / weights.sum(), [SYMBOL.split(text) for _, text in pairs]
        for symbol, (_, texts) in self._rules.items():
            for name in (name for parts in texts for name in parts[1::2]):
                if name not in self._rules and name not in self.bound:
                    raise ValueError(f"a choice of {symbol!r} names {{{name}}}, which has no choices")
        self._branches: dict[str, list[tuple[float, str]]] = {}
        for symbol, pairs in choices.items():
            whole = sum(weight for weight, _ in pairs)
            self._branch(symbol, [(weight / whole, TOKEN.findall(text)) for weight, text in pairs])

    def _branch(self, symbol: str, pairs: Sequence[tuple[float, list[str]]]) -> None:
        """The choices of `symbol`, what several begin with taken out: the choice is made where they part.

        So one who reads has few patterns in mind, and not twice as many for every bracket that is open.
        """
        alike: dict[str, list[tuple[float, list[str]]]] = defaultdict(list)
        for p, tokens in pairs:
            alike["".join(tokens[:1])].append((p, tokens[1:]))
        self._branches[symbol] = branches = []
        for first, rests in alike.items():
            whole = sum(p for p, _ in rests)
            rest = "".join(rests[0][1])
            if first and len(rests) > 1:
                name = f"{symbol}/{len(branches)}"
                self._branch(name, [(p / whole, tokens) for p, tokens in rests])
                rest = f"{{{name}}}"
            branches.append((whole, first + rest))

    def sample(self, symbol: str, rng: np.random.Generator, **bound: str) -> tuple[str, float]:
        """A text of `symbol`, and the surprise of all its choices in nats."""
        if symbol in bound:
            return bound[symbol], 0.0
        probabilities, texts = self._rules[symbol]
        chosen = min(int(np.searchsorted(np.cumsum(probabilities), rng.random(), "right")), len(texts) - 1)
        words, nats = list(texts[chosen]), -float(np.log(probabilities[chosen]))
        for place in range(1, len(words), 2):
            words[place], more = self.sample(words[place], rng, **bound)
            nats += more
        return "".join(words), nats

    def reading(self, pattern: str, text: str, width: int | None = None, **bound: str) -> np.ndarray:
        """-ln P of each character of `text` given those before it: what it costs one who knows the grammar.

        Whatever may still come is a pattern, and all that agree with what was read so far are kept, each
        with its probability. The last character is paid with the end of the text, so that the sum is the
        surprise of the text.

        Args:
            pattern: what `text` is made of: words and symbols, such as "{noun} and {noun}.".
            width: if given, `text` was filled to lines of at most so many characters: the space before a
                word that had no more room became a newline.

        Returns:
            (N,) nats.

        >>> coin = Grammar({"run": [(1, "h"), (1, "t{run}")]})
        >>> coin.reading("{run}!", "th!").round(4).tolist()
        [0.6931, 0.6931, 0.0]
        """
        nats, column, to_come = np.zeros(len(text)), 0, self._made({pattern: 1.0}, FIRST, bound)
        for place, character in enumerate(text):
            if width is not None:
                to_come = _filled(self._made(to_come, IN_WORD, bound), width - column)
            fits = {words[1:]: p for words, p in to_come.items() if words[:1] == character}
            here = sum(fits.values())
            if not here:
                raise ValueError(f"text does not fit {pattern!r}: its character {place} is {character!r}")
            nats[place] = np.log(1 / here)
            to_come = self._made({words: p / here for words, p in fits.items()}, FIRST, bound)
            column = 0 if character == "\n" else column + 1
        if not to_come.get(""):
            raise ValueError(f"text does not fit {pattern!r}: it ends too early")
        nats[-1:] += np.log(1 / to_come[""])
        return nats

    def _made(
        self, patterns: Mapping[str, float], due: re.Pattern[str], bound: Mapping[str, str]
    ) -> dict[str, float]:
        """Patterns and their probabilities after the choices that are due have been made, in every way."""
        made: dict[str, float] = defaultdict(float)
        waiting = list(patterns.items())
        while waiting:
            pattern, p = waiting.pop()
            found = due.match(pattern)
            if found is None:
                made[pattern] += p
                continue
            (before, symbol), rest = found.groups(), pattern[found.end() :]
            if symbol in bound:
                waiting.append((before + bound[symbol] + rest, p))
            else:
                waiting += [(before + text + rest, p * q) for q, text in self._branches[symbol]]
        return made

    def entropy(self, symbol: str, **bound: float) -> Entropy:
        """Exact mean surprise and mean length of a text of `symbol`, from two linear equations.

        With p the probabilities of a symbol's choices, its mean surprise is the sum over them of
        p (-ln p + the mean surprises of the symbols that the choice names), and likewise its length.
        `bound` gives the mean length of each bound symbol.
        """
        place = {name: n for n, name in enumerate(self._rules)}
        system, own = np.eye(len(place)), np.zeros((len(place), 2))
        for name, (probabilities, texts) in self._rules.items():
            for p, parts in zip(probabilities, texts, strict=True):
                own[place[name]] -= p * np.log(p), 0
                own[place[name], 1] += p * sum(map(len, parts[::2]))
                for part in parts[1::2]:
                    if part in bound:
                        own[place[name], 1] += p * bound[part]
                    else:
                        system[place[name], place[part]] -= p
        nats, characters = np.linalg.solve(system, own)[place[symbol]]
        return Entropy(float(nats), float(characters))


def _filled(patterns: Mapping[str, float], room: int) -> dict[str, float]:
    """Patterns in a line with room for so many characters more: it ends at the space before a longer word."""
    filled: dict[str, float] = defaultdict(float)
    for pattern, p in patterns.items():
        word = SPACE_AND_WORD.match(pattern)
        filled["\n" + pattern[1:] if word and len(word[0]) > room else pattern] += p
    return filled
