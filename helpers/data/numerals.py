"""Numbers as a reader sees them: with a true minus, and with a power of ten only where one is needed."""

import re

MINUS = "\N{MINUS SIGN}"
PLAIN = 0.001, 10_000       # sizes from the one to the other are written without a power of ten
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
HYPHEN = re.compile(r"(?<![\w)\]}:\[-])-(?=\.?\d)")     # not between two numbers, and not that of an index
POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([-+]?\d+)(?!\w)")
TYPESET = re.compile(r"(?:(\d+(?:\.\d+)?)·|(?<!\w))10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
FORMULA = re.compile(r"(\$[^$]*\$)")                    # matplotlib sets its signs itself


def typeset(words: str) -> str:
    """The words with their numbers as a book has them; formulas between dollar signs stay as they are.

    >>> typeset("from -0.50 to 7.6e-01, then 2.1e-05 and 4.3e+19")
    'from \N{MINUS SIGN}0.50 to 0.76, then 2.1·10⁻⁵ and 4.3·10¹⁹'
    """
    if "-" not in words and "e" not in words:
        return words
    parts = FORMULA.split(words) if words.count("$") > 1 else [words]
    parts[::2] = [HYPHEN.sub(MINUS, POWER.sub(_without_e, part)) for part in parts[::2]]
    return "".join(parts)


def typed(words: str) -> str:
    """The words with their numbers as Python reads them: the other way round.

    >>> typed("\N{MINUS SIGN}0.50 and 2.1·10⁻⁵ and 10¹⁹")
    '-0.50 and 2.1e-5 and 1e19'
    """
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return TYPESET.sub(lambda found: f"{found[1] or 1}e{found[2].translate(plain)}",
                       words.replace(MINUS, "-"))


def _without_e(found: re.Match[str]) -> str:
    mantissa, power = found[1], int(found[2])
    value = float(found[0])
    if value == 0 or PLAIN[0] <= value < PLAIN[1]:
        return f"{value:,.{max(0, len(mantissa.partition('.')[2]) - power)}f}"
    raised = "10" + str(power).translate(RAISED)
    return raised if mantissa == "1" else f"{mantissa}·{raised}"
