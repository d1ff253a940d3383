"""Are the numbers of the prose held? Ten of each lesson are altered, each alone, and must be noticed.

    python benchmarks/altered_numbers.py            # seed 0; another one as an argument

An altered number is near the true one: a digit of it is another, or it is up to a quarter larger or smaller.
It is noticed if tests/course/test_prose_numbers.py or test_claims.py finds it nowhere. Prints a Markdown
table; what is not noticed goes to the standard error.
"""

import random
import re
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("scripts", "tests/support")]
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


def tried(lesson: str, lot: random.Random) -> int:
    """How many of ten altered numbers are noticed."""
    places = []
    for section, source in prose.lesson_of(lesson).prose:
        text = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", source)
        places += [(section, number) for number in prose.numbers(text)]
    noticed = 0
    for section, number in lot.sample(places, EACH):
        text = number.before + number.after
        other = altered(number.text, lot)
        changed = number.before + other + number.after[len(number.text) :]
        where, used, used_now = (f"{lesson} {section}", lesson), set(), set()
        list(prose.rows(*where, text, section, used))
        try:
            after = list(prose.rows(*where, changed, section, used_now))
        except ValueError:              # a formula that no longer comes to what it says
            lost = True
        else:
            lost = (any(row.kind == prose.LOST for row in after) or used_now != used or any(
                words in prose.plain(text) and words not in prose.plain(changed)
                for _, words in prose.claims(lesson)))
        noticed += lost
        if not lost:
            print(f"    {lesson}: {number.words!r} with {other}", file=sys.stderr)
    return noticed


def main() -> int:
    lot, all_noticed = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 0), []
    print("| lesson | altered | noticed |\n|---|---|---|")
    for lesson in prose.LESSONS:
        all_noticed.append(tried(lesson, lot))
        print(f"| {lesson} | {EACH} | {all_noticed[-1]} |", flush=True)
    return 0 if sum(all_noticed) >= 0.8 * EACH * len(all_noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
