"""The equations of the course as they are printed, worked out with numbers for their symbols.

    check(r"h_t = \\tanh(x_t W_{xh} + b_h)", {"h_t": h, "x_t": x, "W_xh": W, "b_h": b})

It reads the notation of the lessons and no more: rows that are multiplied from the left, a product of two
rows entry by entry, sums and products over an index, fractions, norms, `\\leftarrow` for a new value.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

SPACE = r"\\[,;:!]|\\q?quad\b|\\[bB]igg?[lr]?(?![a-z])|\\left(?![a-z])|\\right(?![a-z])|\\displaystyle|&"
TOKEN = re.compile(r"\s*(\\(?:begin|end)\{pmatrix\}|\\\\|\\[A-Za-z]+|\d+(?:\.\d+)?|[A-Za-z]+|.)")
ENDS = ("+", "-", ")", "]", "}", ",", "=", "\\rVert")        # of a product
FUNCTIONS: dict[str, Callable] = {
    "\\tanh": np.tanh, "\\ln": np.log, "\\cos": np.cos, "\\sin": np.sin, "diag": np.diag,
    "\\sigma": lambda a: 1 / (1 + np.exp(-a)),
    "\\sigma'": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
}


class CannotRead(ValueError):
    """An equation has something in it that has no number."""


def braced(text: str, start: int) -> int:
    """The place behind the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise CannotRead(f"a brace is open in {text!r}")


def plain(text: str) -> str:
    """LaTeX without spaces, remarks below braces, and sizes of brackets."""
    while (start := text.find("\\underbrace{")) >= 0:
        inner = braced(text, start + 11)
        label = braced(text, inner + 1) if text[inner : inner + 2] == "_{" else inner
        text = f"{text[:start]}({text[start + 12 : inner - 1]}){text[label:]}"
    text = re.sub(r"(?s)\\begin\{pmatrix\}.*?\\end\{pmatrix\}", lambda m: m[0].replace("&", ";"), text)
    text = re.sub(r"\\(?:text|mathrm|texttt)\{([^{}]*)\}", lambda m: re.sub(r"\W", "", m[1]) + " ", text)
    text = re.sub(r"\\t?frac\s*(\d)(\d)", r"\\frac{\1}{\2}", text)
    return re.sub(SPACE, " ", text.replace("\\tfrac", "\\frac").replace("{,}", ""))


def split(text: str, marks: str) -> list[str]:
    """The parts of a text between marks that stand in no bracket, and the marks."""
    parts, depth, last = [], 0, 0
    for found in re.finditer(rf"(?P<mark>{marks})|(?P<up>[({{\[]|\\begin\{{pmatrix\}})"
                             rf"|(?P<down>[)}}\]]|\\end\{{pmatrix\}})", text):
        depth += bool(found["up"]) - bool(found["down"])
        if found["mark"] and depth == 0:
            parts += [text[last : found.start()], found["mark"]]
            last = found.end()
    return [*parts, text[last:]]


def check(latex: str, known: Mapping[str, Any], value: Any = None) -> int:
    """Work out each side of each equation: how many were compared. Raises AssertionError where two differ.

    Args:
        latex: what stands between the dollar signs.
        known: by symbol its number, array, sequence by index, or function. An index is a whole number, and
            "j in" names those over which a sum without bounds goes.
        value: of what has only one side.
    """
    known, compared = dict(known), 0
    body = re.sub(r"\\(?:begin|end)\{aligned\}", "", re.sub(r"(?s)&&.*?(?=\\\\|\\end|$)", "", latex))
    for clause in re.split(r",?\s*\\q?quad\b|\\\\(?=\s*[a-z]\w* *&=|\s*[a-z]_t *&=)", body.strip()):
        parts = split(plain(clause).strip().rstrip(".,; "), r"=|\\approx|\\leftarrow")
        sides = [part.strip() for part in parts[::2]]
        if sides == [""]:
            continue
        if len(sides) == 1:
            same(Reader(sides[0], known).all(), value, sides[0], 5e-4)      # as it is printed
            compared += 1
        for left, mark, right in zip(sides, parts[1::2], sides[1:], strict=False):
            result = Reader(right, known).all()
            if mark == "\\leftarrow":
                same(known[f"new {left}"], result, right)
                known[left] = result
            else:
                same(Reader(left, known).all(), result, f"{left} {mark} {right}",
                     1e-4 if mark == "\\approx" or re.search(r"\d\.\d{3,}$", right.split(" ")[0]) else 1e-7)
            compared += 1
    return compared


def same(left: Any, right: Any, words: str, slack: float = 1e-7) -> None:
    assert right is not None, f"nothing is known of {words}"
    assert np.shape(left) == np.shape(right), f"{words}: {np.shape(left)} and {np.shape(right)}"
    assert np.allclose(left, right, rtol=slack, atol=slack), f"{words}: {left} is not {right}"


class Reader:
    """Works out an expression from left to right; a batch of one row counts as that row."""

    batch_of_one = True

    def __init__(self, text: str, known: dict[str, Any]):
        self.tokens = [token for token in TOKEN.findall(text) if token.strip()]
        self.known, self.at = known, 0

    def all(self) -> Any:
        found = self.sum()
        if self.next() is not None:
            raise CannotRead(f"{' '.join(self.tokens)!r}: {self.next()!r} is one thing too many")
        return found

    def next(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, wanted: str | None = None) -> str:
        token = self.next()
        if token is None or (wanted and token != wanted):
            raise CannotRead(f"{' '.join(self.tokens)!r}: {token!r} instead of {wanted!r}")
        self.at += 1
        return token

    def group(self) -> list[str]:
        """The tokens of `{...}`, or the single one that stands in their place."""
        if self.take() != "{":
            return [self.tokens[self.at - 1]]
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return self.tokens[start : self.at - 1]

    def of(self, tokens: list[str]) -> Any:
        return Reader(" ".join(tokens), self.known).all()

    def sum(self) -> Any:
        found = self.product()
        while self.next() in ("+", "-"):
            found = found + self.product() if self.take() == "+" else found - self.product()
        return found

    def product(self) -> Any:
        if self.next() == "-":
            self.take()
            return -self.product()
        found = self.power()
        while (token := self.next()) is not None and token not in ENDS:
            if token in ("\\cdot", "\\times", "\\odot", "/"):
                self.take()
            other = self.power()
            if token == "/":
                found = found / other
            elif token == "\\odot":
                found = found * other
            elif max(np.ndim(found), np.ndim(other)) == 2 and 0 not in (np.ndim(found), np.ndim(other)):
                found = found @ other
            elif token == "\\cdot" and np.ndim(found) == np.ndim(other) == 1:
                found = found @ other
            else:
                found = found * other
        return found

    def power(self) -> Any:
        found = self.factor()
        while self.next() == "^":
            self.take()
            exponent = self.group()
            found = found.T if exponent == ["\\top"] else found ** self.of(exponent)
        return found

    def factor(self) -> Any:
        token = self.take()
        if token in ("(", "{"):
            found = [self.sum()]
            while self.next() == ",":
                self.take()
                found.append(self.sum())
            self.take(")" if token == "(" else "}")
            return found[0] if len(found) == 1 else np.array(found)
        if token == "[":                                        # 1 if it is so, else 0
            left = self.sum()
            self.take("=")
            found = float(left == self.sum())
            self.take("]")
            return found
        if token == "\\lVert":
            found = np.linalg.norm(self.sum())
            self.take("\\rVert")
            return found
        if token == "\\frac":
            return self.of(self.group()) / self.of(self.group())
        if token == "\\sqrt":
            return np.sqrt(self.of(self.group()))
        if token in ("\\sum", "\\prod"):
            return self.over(token)
        if token == "\\begin{pmatrix}":
            return self.matrix()
        if re.match(r"\d", token):
            return float(token)
        return self.named(token)

    def matrix(self) -> np.ndarray:
        rows: list[list[Any]] = [[]]
        depth = self.tokens[self.at :].index("\\end{pmatrix}")
        for row in " ".join(self.tokens[self.at : self.at + depth]).split("\\\\"):
            rows.append([Reader(one, self.known).all() for one in row.split(";")])
        self.at += depth + 1
        return np.array(rows[1:])

    def over(self, sign: str) -> Any:
        self.take("_")
        bounds = self.group()
        name, values = bounds[0], self.known.get(f"{bounds[0]} in", ())
        if bounds[1:2] not in ([], ["\\le"], ["="]):
            raise CannotRead(f"over what is {' '.join(bounds)!r}?")
        if bounds[1:2] == ["\\le"]:
            values = [value for value in values if value <= self.of(bounds[2:])]
        elif bounds[1:2] == ["="]:
            self.take("^")
            values = range(int(self.of(bounds[2:])), int(self.of(self.group())) + 1)
        before, here, found = self.known, self.at, None
        for value in values:
            self.known, self.at = {**before, name: value}, here
            one = self.product()
            found = one if found is None else (found + one if sign == "\\sum" else found @ one)
        self.known = before
        if found is None:
            raise CannotRead(f"{' '.join(self.tokens)!r}: over which {name}?")
        return found

    def named(self, token: str) -> Any:
        name, index = token, None
        while self.next() in ("'", "^", "_"):
            if self.next() == "^":
                if self.tokens[self.at + 1] not in ("*", "+"):
                    break
                self.take()
                name += self.take()
            elif self.take() == "'":
                name += "'"
            else:
                index = "".join(self.group())
        key = name if index is None else f"{name}_{index}"
        if key in self.known:
            found = self.known[key]
        elif index is not None and name in self.known:
            places = tuple(int(Reader(one, self.known).all()) for one in index.split(","))
            found = self.known[name]
            for place in places:
                found = found[place]
        elif key in FUNCTIONS:
            return FUNCTIONS[key](self.power())
        elif key == "e":
            return np.e
        else:
            raise CannotRead(f"no number is known for {key}")
        if np.ndim(found) == 2 and len(found) == 1 and self.batch_of_one:
            return found[0]
        if callable(found):
            self.take("(")
            found = found(self.sum())
            self.take(")")
        return found
