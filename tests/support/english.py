"""How the course writes, as far as a program can tell: ``python tests/support/english.py [file ...]``.

Prints each turn of phrase that english.toml replaces, with its place and what to write instead, and then how
often the words come that link sentences. Without files it reads all that a reader sees.

Text is read as a reader meets it. A formula is left as $·$, code as `·`, what a message fills in as ·; links,
tags and emphasis are taken off. Paragraphs are prose, where the rates are counted. All else is an aside
(headings, tables, options, comments, docstrings), a message, or the error of an exception.
"""

import ast
import functools
import html
import io
import re
import sys
import textwrap
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
from course import ROOT, cells

STYLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
RULES = STYLE["rules"]
RATES = STYLE["rates"]
COLONS = "at most one colon in a sentence"
SENTENCE = re.compile(r"(?<=[.!?])[\"”')]*\s+(?=[\"“'(]*[A-Z0-9$`·]|\()")
LABEL = re.compile(r"(?:^|(?<=[.!?] ))(?:Correct|Right|Not yet|Predict|Minutes|At T = [^:]{1,20}):|"
                   r"\([^()]*\b(?:19|20)\d\d\b[^()]*\)")      # or a reference in brackets


class Piece(NamedTuple):
    """Words that are read together, where they are, and what they are: prose, aside, message or error."""

    place: str
    words: str
    kind: str


class Hit(NamedTuple):
    """Words that break a rule, with those around them: the file, the place in it, what to write instead."""

    file: str
    place: str
    before: str
    words: str
    behind: str
    write: str

    def __str__(self) -> str:
        around = f"{self.before[-50:]}[{self.words}]{self.behind[:40]}"
        return f"{self.file} {self.place}: {around} -> {self.write}"


def plain(text: str) -> str:
    """A text without formulas, code, addresses, emphasis and tags, in one line."""
    text = re.sub(r"`[^`]+`", "`·`", re.sub(r"\$[^$]+\$", "$·$", text))
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1", text)
    text = re.sub(r"<?https?:[^\s>]*>?|</?[a-zA-Z][^>]*>", " ", text)
    return " ".join(html.unescape(re.sub(r"\*+|(?<!\w)_|_(?!\w)", "", text)).split())


def of_markdown(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, words and kind of each paragraph, item, heading and cell of a table."""
    text = re.sub(r"^```.*?^```|<!--.*?-->|<summary>.*?</summary>",
                  lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$\$.*?\$\$", lambda found: "$·$" + "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    begun, lines = 1, []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        if lines and (not bare or bare[0] in "#|" or re.match(r"[-*] |\d+\. ", bare)):
            yield begun, " ".join(lines), "prose"
            lines = []
        if bare.startswith("|"):
            yield from ((number, cell, "aside") for cell in bare.split("|"))
        elif bare.startswith("#"):
            yield number, bare.lstrip("# "), "aside"
        elif bare:
            begun = begun if lines else number
            lines.append(re.sub(r"^(?:[-*>]|\d+\.) ", "", bare))


def of_python(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, words and kind of each message, error and docstring of a public function.

    A message is a string in which three words follow on each other and that is not code.
    """
    nodes = list(ast.walk(ast.parse(source)))
    kinds = {id(part): "error" for node in nodes if isinstance(node, ast.Raise)
             and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func).endswith("Error")
             for part in ast.walk(node)}
    kinds |= {id(part): "" for node in nodes if isinstance(node, ast.JoinedStr)
              for part in ast.walk(node) if part is not node}
    kinds |= {id(node.body[0].value): "aside" if getattr(node, "name", "_")[0].islower() else ""
              for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
              and ast.get_docstring(node)}
    for node in nodes:
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        values = [part.value if isinstance(part, ast.Constant) else "·" for part in parts]
        kind = kinds.get(id(node), "message" if isinstance(node, ast.Constant | ast.JoinedStr) else "")
        if kind and all(isinstance(value, str) for value in values):
            words = "".join(values)
            if re.search(r"[A-Za-z'-]{2,},? [a-z'-]+,? [a-z'-]{2,}", words) and not is_code(words):
                yield from ((node.lineno, part, kind) for part in re.split(r"\n\s*\n", words))


def is_code(text: str) -> bool:
    try:
        return bool(ast.parse(textwrap.dedent(text).strip()))
    except SyntaxError:
        return False


def of_cell(source: str) -> Iterator[str]:
    """What is read in a code cell: its comments and strings."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT)
    yield from (words for _, words, _ in of_python(source))


def of_questions(source: str) -> Iterator[tuple[str, str, str]]:
    """Id, words and kind of what a file of questions, or of facts about a lesson, says."""
    for section, entries in tomllib.loads(source).items():
        if isinstance(entries, str):
            yield section, entries, "aside"
        for entry in entries if isinstance(entries, list) else []:
            for name, value in entry.items() if isinstance(entry, dict) else ():
                kind = "prose" if "ask" in entry and name not in ("options", "say") else "aside"
                if name not in ("id", "answer", "numbers", "refresher", "taught", "tests", "asked"):
                    yield from ((entry.get("id", section), words, kind)
                                for words in (value if isinstance(value, list) else [value])
                                if isinstance(words, str))


@functools.cache
def pieces(path: Path) -> list[Piece]:
    """What a reader meets in a file; the literature under Further reading left out."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        found = [(cell["id"], words, kind) for cell in cells(path) for words, kind in (
            [(words, "aside") for words in of_cell(cell["source"])] if cell["cell_type"] == "code" else
            [(words, kind) for _, words, kind in of_markdown(cell["source"])])
            if not cell["source"].startswith("## Further reading")]
    elif path.suffix == ".toml":
        found = of_questions(source)
    else:
        read = of_python if path.suffix == ".py" else of_markdown
        found = ((f"line {line}", words, kind) for line, words, kind in read(source))
    return [Piece(place, plain(words), kind) for place, words, kind in found]


def hits_in(file: str, found: Iterable[Piece], rules: Iterable[str] = (COLONS, *RULES),
            lesson: str = "") -> Iterator[Hit]:
    """What breaks a rule in some pieces of a file."""
    for place, words, kind in found:
        colon = r":(?=\s|$)" if kind == "prose" else r":(?=\s)"       # a message may begin a longer one
        for write in rules:
            if write == COLONS:
                yield from (Hit(file, place, "", sentence, "", COLONS)
                            for sentence in SENTENCE.split(LABEL.sub("", words))
                            if kind != "aside" and len(re.findall(colon, sentence)) > 1)
            elif {lesson, kind} & set(RULES[write].get("only", [kind])):
                yield from (Hit(file, place, words[:match.start()], match[0], words[match.end():], write)
                            for match in re.finditer("|".join(RULES[write]["find"]), words, re.IGNORECASE))


def lesson_of(file: str) -> str:
    """The number of the lesson that a file belongs to, or nothing."""
    found = re.search(r"(?:lesson|sheets/|notebooks/|solutions/)(\d\d)", file)
    return found[1] if found else ""


def hits(path: Path, rules: Iterable[str] = (COLONS, *RULES)) -> list[Hit]:
    """What breaks a rule in a file, of this checkout of the course or of another one."""
    root = next((folder for folder in path.parents if (folder / "pyproject.toml").exists()), ROOT)
    file = path.relative_to(root).as_posix()
    return list(hits_in(file, pieces(path), rules, lesson_of(file)))


def files() -> list[Path]:
    stories = {ROOT / story for story in STYLE["stories"]}
    return [path for pattern in STYLE["files"] for path in sorted(ROOT.glob(pattern)) if path not in stories]


def rates(paths: Iterable[Path]) -> dict[str, float]:
    """By name, how often each of RATES comes in 1,000 words of the prose of some files."""
    prose = "\n".join(piece.words for path in paths for piece in pieces(path) if piece.kind == "prose")
    words = max(len(re.findall(r"[A-Za-z][A-Za-z']*", prose)), 1)
    return {name: 1000 * len(re.findall(pattern, prose, re.IGNORECASE)) / words
            for name, (pattern, _, _) in RATES.items()}


def main(named: list[str]) -> None:
    paths = [Path(path).resolve() for path in named] or files()
    print(*(hit for path in paths for hit in hits(path)), sep="\n")
    for name, rate in rates(paths).items():
        print(f"{name}: {rate:.2f} in 1,000 words, from {RATES[name][1]} to {RATES[name][2]}")


if __name__ == "__main__":
    main(sys.argv[1:])
