"""What lesson 12 claims."""

from helpers.lessons.lesson12.automata import TOMITA, agreement, answers
from helpers.lessons.lesson12.extraction import extract_automaton, network_answers
from helpers.lessons.lesson12.pictures import factor_on_ones, parity_by_factor, plot_crossings
from helpers.lessons.lesson12.shipped import grammar_network
from helpers.lessons.prose_facts import Claim, Facts
from helpers.lessons.replication import Replicated, Seed
from helpers.runs import load_run


def learnt(f: Facts, kind: str) -> list[float]:
    """Of a kind: how many of five learnt parity, of how many, after how many updates each; then lengths."""
    return f.numbers(f"{kind:15} learnt by")


def counted_to(f: Facts, cell: str) -> list[float]:
    """How far five networks of a cell count after 2,000 updates; then how many less far than before."""
    return f.numbers(f"{cell:4} after 2,000 updates [")


def swaps(f: Facts, kind: str, runs: int) -> list[float]:
    """The medians of a kind on permutations, at 64 and 1,024, if so many `runs` solve it."""
    return f.numbers(f"{kind:15} {runs} of 5 learn strings of 20; medians at 64 and 1,024:")


def never_the_ring(distance: float) -> bool:
    """Whether the automaton of grammar 6 is no ring of three, and not better than its network."""
    network, right = grammar_network(6), answers(TOMITA[6], 12)
    drawn = extract_automaton(network, distance)
    return drawn.closed and len(drawn.smallest.accepts) > 3 and agreement(
        answers(drawn.smallest, 12), right) < agreement(network_answers(network, 12), right)


CLAIMS = (
    Claim("half-of-the-rest", "is a coin on 4,096", lambda f: parity_by_factor(-0.99, 256).all()
          and 0.5 < parity_by_factor(-0.99, 4096)[1:].mean() < 0.55),
    Claim("no-sign-no-parity", "The sign never changes: with one such unit there is no parity at all",
          lambda f: all("its sign never changes" in factor_on_ones(factor).sentence
                        and "50 % of 40" in factor_on_ones(factor).sentence for factor in (0.5, 0.9, 0.99))),
    Claim("crosses-as-often-as-units", "With 1 unit the curve crosses zero once, with 2 twice",
          lambda f: all(f"crosses zero {units} time" in plot_crossings(units).sentence for units in range(1,
                                                                                                          7))),
    Claim("never-with-positive-factors", "With factors in (0, 1) nothing is learnt",
          lambda f: learnt(f, "linear (0, 1)")[0] == 0),
    Claim("fast-and-first-to-break", "parity is learnt about as fast as by a GRU",
          lambda f: abs(sum(learnt(f, "linear (-1, 1)")[2:7]) - sum(learnt(f, "GRU")[2:7])) < 200
          and max(f.numbers("linear (-1, 1) breaks after")) < 1024),
    Claim("hold-to-the-end", "LSTM and GRU hold to the end, and so does the plain network",
          lambda f: min(learnt(f, kind)[-1] for kind in ("LSTM", "GRU", "RNN")) >= 0.99),
    Claim("linear-fades", "A linear step lets it fade, and its errors too",     # a factor multiplies both
          lambda f: learnt(f, "linear (-1, 1)")[-1] < 0.55 and learnt(f, "RNN")[-1] > 0.99
          and 0.99**600 < 0.01),
    Claim("four-slow-runs", "in the four runs that find it, slowly",
          lambda f: learnt(f, "RNN")[0] == 4 and min(learnt(f, "RNN")[2:6]) > max(learnt(f, "LSTM")[2:7])),
    Claim("set-by-hand", "The unit set by hand counts to a thousand",
          lambda f: "True" in f.line("every string up to n = 1,000 is told right")),
    Claim("grows-with-the-square", "What is missing grows with the square of $n$",
          lambda f: f.numbers("counts to:") == [5, 8, 8, 36, 10, 99, 12, 271]
          and 2.5 < 99 / 36 < 3 and 2.5 < 271 / 99 < 3),        # e is 2.7: two units of bias, a factor e in n
    Claim("all-have-learnt-twenty", "All these LSTMs and GRUs have learnt their twenty",
          lambda f: min(counted_to(f, "LSTM")[:5] + counted_to(f, "GRU")[:5]) > 20
          and max(counted_to(f, "LSTM")[:5] + counted_to(f, "GRU")[:5]) < 30),
    Claim("some-counted-further-before", "two of these five LSTMs",
          lambda f: counted_to(f, "LSTM")[-1] == 2),
    Claim("further-than-those-five", "with which the LSTM counts further than any of those five",
          lambda f: f.number("the LSTM counts to") > max(
              max(run.value["reach"]) for run in load_run("12/counting"))),
    Claim("of-every-string", "Is it *the* automaton of grammar 5?",
          lambda f: "None" in f.line("a string that tells automaton and grammar apart")
          and f.numbers("network right on") == [8190, 8190]),
    Claim("over-seven-no-harm", "and over seven symbols that does no harm",
          lambda f: len(f.line("the shortest string on which automaton and grammar").split()[-1]) == 8),
    Claim("never-the-ring", "it never becomes a ring of three, and is never better than the network",
          lambda f: f.numbers("states left, by distance:")[1::2] == [7, 15, 24]
          and f.numbers("the automaton is right on")[0] > 50
          and all(never_the_ring(distance / 100) for distance in range(15, 65, 5))),
    Claim("all-but-three", "32 of 35 automata are the grammar",
          lambda f: f.numbers("in all")[:2] == [32, 35]
          and all(run.value["apart"] is None or run.parameters["grammar"] == 6
                  for run in load_run("12/grammars"))),
    Claim("ahead-of-its-network", "one automaton is right on more strings than the network",
          lambda f: f.number("the automaton is right on more strings than its network:") == 1),
    Claim("guesses-among-three", "A network that knows the sign guesses among three",
          lambda f: 0.33 <= swaps(f, "linear (-1, 1)", 0)[0] < 0.36),
    Claim("gated-in-every-run", "LSTM and GRU solve it in every run, the plain network in one",
          lambda f: min(swaps(f, "LSTM", 5) + swaps(f, "GRU", 5)) > 0.98 > max(swaps(f, "RNN", 1))),
    Claim("twelve-rounds", "each round doubles how far back a step reaches",
          lambda f: [f.number("A sequence of"), f.number("for the one before, and")] == [2**6, 6]),
    Claim("the-last-counts", "The delta rule writes only what is not there yet",
          lambda f: f.numbers("the delta rule reads") == [5, 3] != f.numbers("linear attention reads")),
)


def parity_at_the_end(seed: Seed, kind: str) -> float:
    """The share of strings of 4,096 bits of which a network of a kind tells the parity."""
    return seed(kind=kind)["right"][-1]


REPLICATED = (
    Replicated("never-with-positive-factors", "With factors in (0, 1) nothing is learnt", "12/parity",
               lambda seed: seed(kind="linear (0, 1)")["updates"] is None),
    Replicated("linear-breaks", "With factors in (−1, 1)", "12/parity",
               lambda seed: seed(kind="linear (-1, 1)")["breaks"] < 1024),
    Replicated("hold-to-the-end", "LSTM and GRU hold to the end", "12/parity",
               lambda seed: min(parity_at_the_end(seed, kind) for kind in ("LSTM", "GRU")) >= 0.99),
    Replicated("all-have-learnt-twenty", "have learnt their twenty", "12/counting",
               lambda seed: min(seed(cell=cell)["reach"][-1] for cell in ("LSTM", "GRU")) >= 20),
    Replicated("grammar-proved", "automata are the grammar", "12/grammars",
               lambda seed: all(seed(grammar=grammar)["apart"] is None for grammar in (1, 2, 3, 4, 7))),
    Replicated("gated-in-every-run", "LSTM and GRU solve it in every run", "12/permutations",
               lambda seed: min(seed(kind=kind)["right"][2] for kind in ("LSTM", "GRU")) > 0.9),
    Replicated("guesses-among-three", "A network that knows the sign guesses among three", "12/permutations",
               lambda seed: seed(kind="linear (-1, 1)")["right"][2], (0.3, 0.37)),
)
