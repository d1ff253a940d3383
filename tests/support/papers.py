"""Which paper a sentence credits, and whether papers.toml bears it out."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PAPERS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
READING = "\n## Further reading"
NAME = r"[A-ZÀ-Þ][\wÀ-ÿ]*(?:-[A-Z]\w+)*"
YEAR = r"\b(?:18|19|20)\d\d\b(?!,\d)"
BESIDE = rf",?(?:[\w ]{{0,20}} in)? \(?(?P<year>{YEAR})"
CITED = re.compile(rf"(?P<names>(?:{NAME}, )*{NAME} and {NAME}|{NAME} et al\.|{NAME}){BESIDE}")
NO_AUTHORS = {"ICLR", "ICML", "In", "Munich", "Without"}      # before a year
TITLED = re.compile(r"\[\*?(?P<words>[^\[\]]*?)\*?\]\((?P<link>https?://[^()\s]+)\)"
                    r"|(?<!\*)(?<!, in )\*(?P<title>[A-Z][^*]+)\*(?!\*)")
# A question belongs to its answer, and what is in brackets to the sentence before it.
SENTENCE = re.compile(r"(?:(?<=[.!])|(?<=[.!]\)))(?<! al\.)\s+(?!\()")
ORDER = {"first": 0, "second": 1, "third": 2, "former": -2, "latter": -1}


def names_of(key: str) -> list[str]:
    """How a text names the authors of a paper: all of them, or one "et al."."""
    *authors, last = re.sub(r"(?: et al\.)?(?: \d{4})?$", "", key).split(", ")
    short = [f"{[*authors, last][0]} et al."] if len(authors) > 1 or " et al." in key else []
    return [f"{', '.join(authors)} and {last}" if authors else last, *short]


NAMED = {one: {key for key in PAPERS if one in names_of(key)} for paper in PAPERS for one in names_of(paper)}
_ALL = "|".join(map(re.escape, sorted(NAMED, key=len, reverse=True)))
CREDIT = re.compile(
    rf"(?P<names>\b(?:{_ALL})(?!\w))(?:'s)?(?:{BESIDE})?|⟨(?P<key>[^⟩]+)⟩"
    rf"|(?:(?<=authors of )|(?<=cell of )|(?<=LSTM of )|(?<=thesis of ))(?P<of>{YEAR})"
    r"|\b(?:[Tt]he|[Tt]hat) (?:(?P<which>first|second|third|former|latter|same) )?paper\b(?! that| by)")


def titled(words: str) -> str | None:
    """The paper whose title begins with these words, or ends them."""
    words = words.casefold()
    return next((key for key, paper in PAPERS.items()
                 if re.match(re.escape(words) + r"(?!\w)", paper["title"].casefold())
                 or words.endswith(" " + paper["title"].casefold())), None)


def credits(text: str) -> Iterator[tuple[str, list[tuple[re.Match, set[str]]]]]:
    """Each sentence, and what it credits with the papers that this can mean."""
    past: list[set[str]] = []
    for line in text.splitlines():
        here: list[set[str]] = []
        for sentence in SENTENCE.split(re.sub(r"\*|\b(?:[A-Z]\. )+", "", line)):
            found = []
            for one in CREDIT.finditer(sentence):
                if one["names"] or one["of"]:
                    year = one["year"] or one["of"] or ""
                    papers = {key for key in NAMED.get(one["names"], PAPERS) if key.endswith(year)}
                elif one["key"]:
                    papers = {one["key"]} & PAPERS.keys()
                else:       # the last one, or one of those that the paragraph has named
                    at, among = ORDER.get(one["which"], -1), here if one["which"] in ORDER else past + here
                    papers = among[at] if -len(among) <= at < len(among) else set()
                found.append((one, papers))
                here += [papers] * (papers not in here)
            yield sentence, found
        past += here


def wrong(text: str, alone: bool = True) -> list[str]:
    """The credits that no word of the table bears out; `alone`: also those to a single unknown name."""
    body, _, reading = text.partition(READING)
    reading = TITLED.sub(lambda one: f"⟨{titled(one['words'] or one['title'])}⟩", reading)
    listed = re.findall("⟨.*?⟩", reading)
    lost = [f"{title} is listed twice" for title in set(listed) if listed.count(title) > 1]
    read = list(credits(body + "\n" + reading))
    told = {key for sentence, found in read if "⟨" not in sentence for _, papers in found for key in papers}
    for sentence, found in read:
        for one, papers in found:
            words = [word for key in papers for word in PAPERS[key]["about"]]
            if not (any(word.casefold() in sentence.casefold() for word in words)
                    or ("⟨" in sentence and "](#" in sentence and papers & told)):
                lost.append(f"{one[0]} is not that of {' or '.join(sorted(papers))}: {sentence[:90]}")
        dated = [papers for one, papers in found if one["year"]]
        lost += [f"a paper twice: {sentence[:90]}"] * any(dated.count(papers) > 1 for papers in dated)
        years = {key[-4:] for _, papers in found for key in papers}
        lost += [f"{year} is of none of them: {sentence[:90]}"
                 for year in re.findall(YEAR, sentence.rpartition("?")[2]) if found and year not in years]
        lost += [f"{one[0]} is in no table" for one in CITED.finditer(CREDIT.sub("", sentence))
                 if one["names"] not in NO_AUTHORS and (alone or re.search(" and | al.", one["names"]))]
    return lost
