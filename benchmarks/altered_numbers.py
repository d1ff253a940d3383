"""Are the numbers of the prose held? Ten of each lesson are altered, each alone, and must be noticed.

    python benchmarks/altered_numbers.py            # seed 0; another one as an argument

An altered number is near the true one: a digit of it is another, or it is up to a quarter larger or smaller.
*Noticed* is what tests/course/test_prose_numbers.py and test_claims.py notice. *By meaning* is what they
notice even if the tables of numbers are written anew without being read: the altered number is found nowhere.
Prints a Markdown table; what is not noticed by meaning goes to the standard error.
"""

import random
import re
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "scripts")]
import prose  # noqa: E402

EACH = 10


def altered(text: str, lot: random.Random) -> str:
    """Another number of the same form, near to it."""
    it = prose.value(text)
    plain = text.replace("{,}", "").replace(",", "")
    while True:
        if lot.random() < 0.5:
            places = [place for place, letter in enumerate(plain) if letter.isdigit()]
            place = lot.choice(places)
            other = plain[:place] + str(lot.randrange(10)) + plain[place + 1 :]
        else:
            size = it.size * lot.uniform(0.75, 1.25)
            bare = f"{size:.{max(it.decimals, 0)}f}"
            other = re.sub(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", bare, plain, count=1)
        if prose.value(other).size not in (it.size, 0) and len(other) == len(plain):
            return other if "," not in text else re.sub(r"(?<=\d)(?=(?:\d{3})+\b)", ",", other)


def tried(lesson: str, lot: random.Random) -> tuple[int, int]:
    """How many of ten altered numbers are noticed, and how many of these by meaning."""
    places = []
    for section, source in prose.lesson_of(lesson).prose:
        text = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", source)
        places += [(section, number) for number in prose.numbers(text)]
    noticed = meant = 0
    for section, number in lot.sample(places, EACH):
        text = number.before + number.after
        other = altered(number.text, lot)
        changed = number.before + other + number.after[len(number.text) :]
        where, used, used_now = (f"{lesson} {section}", lesson), set(), set()
        before = list(prose.rows(*where, text, section, used))
        try:
            after = list(prose.rows(*where, changed, section, used_now))
        except ValueError:              # a formula that no longer comes to what it says
            after, lost = [], True
        else:
            lost = (any(row.kind == prose.LOST for row in after) or used_now != used or any(
                words in prose.plain(text) and words not in prose.plain(changed)
                for _, words in prose.claims(lesson)))
        noticed += lost or before != after
        meant += lost
        if not lost:
            print(f"    {lesson}: {number.words!r} with {other}", file=sys.stderr)
    return noticed, meant


def main() -> int:
    lot, all_noticed = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 0), []
    print("| lesson | altered | noticed | by meaning |\n|---|---|---|---|")
    for lesson in prose.LESSONS:
        noticed, meant = tried(lesson, lot)
        all_noticed.append(noticed)
        print(f"| {lesson} | {EACH} | {noticed} | {meant} |", flush=True)
    return 0 if min(all_noticed) >= 9 else 1


if __name__ == "__main__":
    sys.exit(main())
