"""The language of the *Tales of Tern Island*, a grammar, and what its tales cost a reader who knows it.

Quotations and brackets close, lists are indented, a line under each title is as long as the title, lines have
at most 60 characters, and two people, a place and a thing from the title come back in the tale. The entropy
is computed, not estimated. The same seed gives the same bytes. `shipped` writes the tales, and the notebook
compares models with the floor.
"""

import re
import textwrap
from itertools import product, zip_longest

import numpy as np

from helpers.data import Grammar

WIDTH = 60

NAMES = "Ansa Bodil Corin Dunya Edda Fitch Gorm Hesper Ivo Juniper Kell Lumi Maro Nettle Osk Perrin".split()
PLACES = ("mill", "harbour", "kiln", "old bakery", "signal tower", "rope walk", "cellar", "north gate",
          "clock shop", "ferry stage", "salt house", "orchard")
THINGS = ("lantern", "kettle", "compass", "barrel organ", "weather vane", "tin drum", "music box", "spyglass",
          "ladder", "sewing machine", "door bell", "paper kite")
BOUND = {"A": NAMES, "B": NAMES, "P": PLACES, "T": THINGS}


def words(text: str) -> list[tuple[float, str]]:
    """Choices of equal weight, with bars between them."""
    return [(1, " ".join(choice.split())) for choice in text.split("|")]


CHOICES = {
    # A tale is a title, a line under it (put in later), and blocks.
    "blocks": [(1, "{block}"), (3, "{block}\n\n{blocks}")],
    "block": [(4, "{story}"), (4, "{A_speaks}"), (2, "{work}"), (2, "{chest}")],

    # Stories.
    "story": [(1, "{sentence}"), (2, "{sentence} {story}")],
    "sentence": [
        (3, "{Who} {carried} the {T} {where}{aside}."),
        (2, "In the {P} it was {weather}, and {who} {felt}."),
        (2, "{Who} had {number} {goods}{aside} and nobody to {share} them with."),
        (2, "Nobody {where} had {seen} {thing}{aside}, not even {who}."),
        (2, "After {number} {spans} the {T} began to {hum}{again}."),
        (1, "{Who} {thought}: {claim}{aside}."),
    ],
    "who": [(3, "{A}"), (3, "{B}"), (1, "the {keeper}"), (1, "the {quality} {keeper}")],
    "Who": [(3, "{A}"), (3, "{B}"), (1, "The {keeper}"), (1, "The {quality} {keeper}")],
    "aside": [(5, ""), (2, " ({note})")],
    "note": [
        (2, "{number} {spans} old"),
        (2, "the one with the {part}"),
        (2, "it {had} belonged to the {keeper}{aside}"),
        (1, "or was it {thing}{aside}?"),
        (1, "{who} would say {number}"),
    ],
    "again": [(3, ""), (1, " again"), (1, ", {softly}"), (1, " like {thing}")],

    # Talk: two people take turns.
    "A_speaks": [(1, '{A} {said}, "{speech}"'), (2, '{A} {said}, "{speech}"\n{B_speaks}')],
    "B_speaks": [(1, '{B} {said}, "{speech}"'), (1, '{B} {said}, "{speech}"\n{A_speaks}')],
    "speech": [(2, "{phrase}"), (1, "{phrase} {speech}")],
    "phrase": [
        (1, "A {T} is no {T} without its {part}{aside}."),
        (1, "The {P} has {number} {parts}{aside}."),
        (1, "It will be {weather} {soon}."),
        (2, "Where is the {part} of the {T}?"),
        (2, "Bring me {number} {goods}, please."),
        (2, "The {keeper} told me '{claim}'{again}."),
        (1, "On the {T} it says '{motto}'."),
        (1, "{no}!"),
    ],
    "claim": [
        (2, "a {T} is no {T} without its {part}"),
        (2, "the {P} has {number} {parts}"),
        (1, "{number} {goods} are too many"),
        (1, "it will be {weather} {soon}"),
        (1, "whoever has seen {thing} has seen them all"),
    ],

    # Work to be done, in steps and steps of steps.
    "work": [(1, "To {mend} the {T}:\n{steps}")],
    "steps": [
        (2, "  - {step}"), (3, "  - {step}\n{steps}"),
        (1, "  - {step}:\n{substeps}"), (1, "  - {step}:\n{substeps}\n{steps}"),
    ],
    "substeps": [
        (2, "    - {step}"), (2, "    - {step}\n{substeps}"),
        (1, "    - {step}:\n{subsubsteps}"), (1, "    - {step}:\n{subsubsteps}\n{substeps}"),
    ],
    "subsubsteps": [(2, "      - {step}"), (1, "      - {step}\n{subsubsteps}")],
    "step": [
        (2, "{take} the {part}"), (2, "fetch {number} {goods}"), (1, "ask {who}"),
        (1, "look {where}"), (1, "wait {number} {spans}"),
    ],

    # What is packed in what.
    "chest": [(1, "In the chest of {who}: [{contents}].")],
    "contents": [(1, "{content}"), (2, "{content}, {contents}")],
    "content": [(3, "{item}"), (2, "{box} [{contents_inside}]")],
    "contents_inside": [(2, "{content}"), (1, "{content}, {contents_inside}")],
    "item": words("rope | salt | a candle | wax | twine | a spoon | the {part} | {number} {goods}"),
    "box": words("""
        tin | sack | basket | jar | crate | pouch | bucket | hat | drawer | kettle | nest | suitcase"""),

    # Words.
    "said": [(6, "said")] + words("asked | whispered | shouted | sang | replied"),
    "carried": words("""
        carried | dragged | followed | hid | wheeled | forgot | painted | wound up | admired | borrowed |
        dusted | emptied | insured | juggled | kissed | lost | oiled | pawned | rescued | sketched |
        unpacked | weighed"""),
    "where": [(3, "in the {P}")] + words("""
        behind the {place} | under the stairs | by the sea wall | across the yard | on the roof | near the
        {place}"""),
    "place": words("pump | chapel | smithy | well | chandler's | boat shed | school | beacon"),
    "weather": words("""
        dark | foggy | bitterly cold | quiet | raining | almost noon | bright | too windy to talk | hot |
        icy | misty | muddy | pouring | snowing | stormy | warm for the season"""),
    "felt": words("""
        slept | laughed | lit the stove | felt seasick | kept watch | counted gulls | listened | argued |
        baked | coughed | danced | fished | hummed | knitted | made tea | packed | read | sneezed | stood
        guard | yawned"""),
    "thought": words("thought | wrote in the log | dreamt | knew | remarked to the cat"),
    "softly": words("softly | out of tune | all by itself | once more | as if to itself"),
    "seen": words("seen | heard of | touched | mended | dreamt of | paid for"),
    "share": words("share | eat | sort | count | trade"),
    "hum": words("hum | tick | smoke | glow | spin | whistle | grow warm | hop"),
    "had": [(2, "had once"), (1, "may have"), (1, "must have")],
    "mend": words("""
        mend | clean | open | tune | sell | steer | calm | dismantle | feed | hide | launch | wake"""),
    "take": words("""
        loosen | oil | turn | lift | polish | tie down | measure | replace | bend | cool | drain | file |
        glue | heat | knock on | mark | sand | unscrew | warm | wipe"""),
    "soon": words("tomorrow | by Friday | at dusk | before long | in a month"),
    "number": words("two | three | four | five | six | seven | nine | eleven | twenty | a hundred"),
    "spans": words("minutes | hours | days | winters | years | tides"),
    "goods": words("""
        herrings | buttons | brass screws | lemons | candles | corks | feathers | postcards | plums | blue
        marbles | eggs | nails | acorns | dumplings | envelopes | goose quills | horseshoes | keys |
        matches | needles | oysters | pancakes | radishes | shells | thimbles | umbrellas | walnuts |
        yards of tape | zinc buckets"""),
    "part": words("""
        handle | spring | crank | lid | second wheel | glass eye | hinge | green bolt | whistle |
        mainspring | left foot | dial | axle | bellows | clasp | drum | escapement | flywheel | gasket |
        inner ring | knob | lower jaw | nozzle | outer shell | pendulum | rivet | spout | tail | upper
        valve | winding key"""),
    "parts": words("doors | chimneys | cats | keys | ghosts | windows | clocks | ghostly tenants"),
    "keeper": words("""
        keeper | harbour master | baker | postmistress | chimney sweep | ferryman | twins' aunt |
        clockmaker | night watchman | schoolmaster | cooper | dentist | eel catcher | fiddler | gardener |
        judge | lamplighter | mayor | oboist | pilot | roofer | sailmaker | tinker | vicar"""),
    "thing": words("""
        a whale that could read | a clock with no hands | a boat made of bread | two moons | a goat in a
        hat | an honest parrot | snow in June | a walking house | the inside of a bell | a map of the fog
        | a fish on a bicycle | an umbrella for ships | eleven suns | a sleeping volcano | the king's
        other shoe | a polite storm | a letter from nobody | a very small giant | a staircase to the sea |
        an owl at noon"""),
    "quality": words("""
        old | young | tired | cheerful | one-eyed | famous | suspicious | polite | sunburnt | retired |
        nervous | deaf | generous | barefoot | late | second | wise | unlucky"""),
    "no": words("No | Never | Quite | Nonsense | Hush | Indeed"),
    "motto": words("""
        do not wind | this side up | property of the sea | turn twice | never on Sundays | made by hand"""),
}
GRAMMAR = Grammar(CHOICES, bound=BOUND)
END = "\n\n\n"              # of a tale


def tale(rng: np.random.Generator) -> tuple[str, float]:
    """One tale with long lines, and its surprise in nats: four choices for the title, and the blocks'."""
    # Only `random` is asked of the generator: its numbers are the same in every version of NumPy.
    bound = {name: options[int(rng.random() * len(options))] for name, options in BOUND.items()}
    while bound["B"] == bound["A"]:
        bound["B"] = NAMES[int(rng.random() * len(NAMES))]
    blocks, nats = GRAMMAR.sample("blocks", rng, **bound)
    return f"{title(**bound)}\n\n{blocks}{END}", nats + title_nats()


def title(A: str, B: str, P: str, T: str) -> str:
    line = f"{A}, {B} and the {T} in the {P}"
    return f"{line}\n{'=' * len(line)}"


def title_nats() -> float:
    return float(np.log(len(NAMES) * (len(NAMES) - 1) * len(PLACES) * len(THINGS)))


def wrap(text: str) -> str:
    """The text in lines of at most 60 characters; lists and titles are short already.

    Only spaces become newlines, by a rule, so that nothing is added that could surprise.
    """
    return "\n".join(textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in text.split("\n"))


def entropy() -> float:
    """Exact nats per character of the language of all tales."""
    means = {name: float(np.mean([len(word) for word in chosen])) for name, chosen in BOUND.items()}
    nats, characters = GRAMMAR.entropy("blocks", **means)
    heading = 2 * (sum(means.values()) + len(title("", "", "", "").split("\n")[0])) + len("\n")
    return (nats + title_nats()) / (characters + heading + len("\n\n" + END))


def make_text(seed: int, size: int) -> tuple[str, float]:
    """Whole tales until `size` characters are reached, and the surprise of all their choices."""
    rng = np.random.default_rng(seed)
    tales, written, nats = [], 0, 0.0
    while written < size:
        more, surprise = tale(rng)
        tales.append(wrap(more))
        written, nats = written + len(tales[-1]), nats + surprise
    return "".join(tales), nats


# --- the floor under every model ---

TITLE = re.compile(r"(\w+), (\w+) and the ([\w ]+) in the ([\w ]+)\n=+")
# Only a speech ends a line within a block, and what is in a list is indented: at these ends a line was full.
FULL = re.compile(r'(?<=[^"=\n])\n(?=[^ =\n])')
REMEMBERED = ("title and underline", "the two people", "the place and the thing", "ends of full lines",
              "everything else")


def true_nll(text: str) -> np.ndarray:
    """-ln P of each character of whole tales (N,), given all before it, for a reader who knows the grammar.

    Its mean is the surprise of the choices that made the text. A network's loss above this mean is what the
    network does not know.

    Raises:
        ValueError: the text does not consist of whole tales.
    """
    titles = [title(A, B, P, T) for A, B, P, T in product(*BOUND.values()) if A != B]
    *tales, rest = text.split(END)
    if rest:
        raise ValueError(f"text has {len(text)} characters and ends within a tale: give whole tales")
    nats = []
    for piece in tales:
        heading, gap, blocks = piece.partition("\n\n")
        names = TITLE.fullmatch(heading)
        if names is None or heading not in titles or not gap:
            raise ValueError(f"a tale begins {piece[:60]!r}: expected an underlined title and an empty line")
        nats.append(_nll_among(titles, heading))
        bound = dict(zip("ABTP", names.groups(), strict=True))
        nats.append(GRAMMAR.reading(f"{gap}{{blocks}}{END}", gap + blocks + END, WIDTH, **bound))
    return np.concatenate(nats)


def _nll_among(texts: list[str], chosen: str) -> np.ndarray:
    """-ln P of each character (N,) of one of `texts`, which are all equally probable."""
    nats = np.zeros(len(chosen))
    for place, character in enumerate(chosen):
        fits = [text for text in texts if text[place : place + 1] == character]
        nats[place], texts = np.log(len(texts) / len(fits)), fits
    return nats


def sum_by_memory(text: str, values: np.ndarray) -> dict[str, float]:
    """Sums of `values` (N,), divided by N, over the characters that depend on something far back.

    The names are those of `REMEMBERED`: the title itself; the names of its two people, and of its place and
    its thing, wherever they come back; the newlines where a line had no more room; everything else. The
    shares add up to the mean of all values. The text begins with a title.
    """
    part = np.full(len(text), REMEMBERED.index("everything else"))
    titles = [*TITLE.finditer(text)]
    for names, after in zip_longest(titles, titles[1:]):
        part[names.start() : names.end()] = REMEMBERED.index("title and underline")
        # A line may end between two words of a place.
        A, B, thing, place = (word.replace(" ", "[ \n]") for word in names.groups())
        below = names.end(), after.start() if after else len(text)
        for kind, words in (("the two people", f"{A}|{B}"), ("the place and the thing", f"{thing}|{place}")):
            for word in re.compile(rf"\b({words})\b").finditer(text, *below):
                part[word.start() : word.end()] = REMEMBERED.index(kind)
    part[[end.start() for end in FULL.finditer(text)]] = REMEMBERED.index("ends of full lines")
    return {kind: float(values[part == n].sum() / len(text)) for n, kind in enumerate(REMEMBERED)}
