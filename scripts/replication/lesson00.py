"""What lesson 00 says about networks in general, and what judges it on new seeds."""

from replication.verdicts import NotReplicated

NOT_REPLICATED = (
    NotReplicated("Below 1 the memory fades, above 1 it explodes", "calculated"),
    NotReplicated("because they make recurrent networks hard to train", "elsewhere"),
)
