"""What lesson 12 says about networks in general, and what judges it on new seeds."""

from replication.verdicts import NotReplicated, Replicated, Seed

LINEAR = "linear (-1, 1)"


def learns_as_fast(seed: Seed) -> bool:
    """Whether a linear recurrence and a GRU learn parity within a factor of two in updates."""
    linear, gru = (seed(kind=kind)["updates"] for kind in (LINEAR, "GRU"))
    return bool(linear and gru and gru / 2 <= linear <= 2 * gru)


def plain_holds(seed: Seed) -> bool:
    """Whether a plain network finds parity, later than an LSTM, and is then right on strings of 4,096."""
    plain, lstm = seed(kind="RNN"), seed(kind="LSTM")["updates"]
    return bool(plain["updates"] and lstm) and plain["updates"] > lstm and plain["right"][-1] >= 0.99


REPLICATED = (
    Replicated("never-with-positive-factors", "With factors in (0, 1) nothing is learnt", "12/parity",
               lambda seed: seed(kind="linear (0, 1)")["updates"] is None),
    Replicated("as-fast-as-a-gru", "learn parity, about as fast as a GRU", "12/parity", learns_as_fast),
    Replicated("breaks", "However, they fail somewhere between 168 and 1,234 bits", "12/parity",
               lambda seed: seed(kind=LINEAR)["breaks"], (168, 1234)),
    Replicated("hold-to-the-end", "LSTM and GRU hold to the end", "12/parity",
               lambda seed: all(seed(kind=kind)["right"][-1] >= 0.99 for kind in ("LSTM", "GRU"))),
    Replicated("plain-holds", "and so does the plain network", "12/parity", plain_holds),
    Replicated("all-have-learnt-twenty", "All twenty LSTMs count to 20", "12/counting",
               lambda seed: seed(cell="LSTM")["reach"][-1] >= 20),
    Replicated("twenty-and-a-bit", "19 of them stop between 21 and 33", "12/counting",
               lambda seed: 21 <= seed(cell="LSTM")["reach"][-1] <= 33),
    Replicated("grus-reach-twenty", "Of the twenty GRUs, four don't reach 20", "12/counting",
               lambda seed: seed(cell="GRU")["reach"][-1] >= 20),
    Replicated("further-before", "eight of the twenty LSTMs had counted further", "12/counting",
               lambda seed: seed(cell="LSTM")["reach"][2] >= seed(cell="LSTM")["reach"][1]),
    Replicated("six-grammars-proved", "The other 16 are all from grammar 6", "12/grammars",
               lambda seed: all(seed(grammar=grammar)["apart"] is None for grammar in (1, 2, 3, 4, 5, 7))),
    Replicated("ring-not-found", "where four of the twenty networks have found the ring", "12/grammars",
               lambda seed: seed(grammar=6)["apart"] is not None),
    Replicated("behind-its-network", "and 14 on fewer strings", "12/grammars",
               lambda seed: seed(grammar=6)["automaton"] < seed(grammar=6)["network"]),
    Replicated("guesses-among-three", "A network that knows the sign guesses among three", "12/permutations",
               lambda seed: seed(kind=LINEAR)["right"][2], (0.29, 0.39)),
    Replicated("sign-is-lost", "and at length 1,024 it has nearly lost the sign, too", "12/permutations",
               lambda seed: seed(kind=LINEAR)["right"][-1] < 0.25),     # a sixth is chance, a third the sign
    Replicated("gated-in-every-run", "LSTM and GRU learn the task in every run", "12/permutations",
               lambda seed: all(seed(kind=kind)["updates"] is not None for kind in ("LSTM", "GRU"))),
    Replicated("plain-in-five", "the plain network in 5 of 20", "12/permutations",
               lambda seed: seed(kind="RNN")["updates"] is None),
    Replicated("lstm-far-beyond", "19 LSTMs and 18 GRUs", "12/permutations",
               lambda seed: seed(kind="LSTM")["right"][-1] > 0.9),
    Replicated("gru-far-beyond", "18 GRUs still get more than 90 % right", "12/permutations",
               lambda seed: seed(kind="GRU")["right"][-1] > 0.9),
)

NOT_REPLICATED = (
    NotReplicated("256 bits is little better than a coin on 4,096", "calculated"),
    NotReplicated("A constant and $H$ decaying exponentials cross zero at most $H$ times", "calculated"),
    NotReplicated("Grazzi et al. (2025) prove this limit", "cited"),
    NotReplicated("A linear step, however, lets both the state and its errors fade", "calculated"),
    NotReplicated("Gers and Schmidhuber (2001) found that trained LSTMs count like this", "cited"),
    NotReplicated("With bias 10 the unit counts to 99, with bias 8 to 36", "calculated"),
    NotReplicated("Weiss, Goldberg and Yahav (2018) show", "cited"),
    NotReplicated("After the first few a's, the LSTM's unit goes down", "one network"),
    NotReplicated("It falls fast at first, then less and less", "one network"),
    NotReplicated("network and its automaton get the grammar right at almost the same time", "one network"),
    NotReplicated("it never becomes a ring of three", "one network"),
    NotReplicated("over seven symbols this does no harm", "one network"),
    NotReplicated("A network that is right on 98 % of the strings may have learnt something", "one network"),
    NotReplicated("Merrill, Petty and Sabharwal (2024) prove a limit for five cups", "cited"),
    NotReplicated("have been trained in parallel over all time steps", "cited"),
)
