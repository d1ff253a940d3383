"""Claims about networks in general: what their own seeds and new ones say of them."""

import math

import numpy as np
import pytest
import replicate
from replication import verdicts
from replication.verdicts import Replicated, fisher, verdict

from helpers.runs import Result, Shipped, Sweep, load_run

CLAIMS = [pytest.param(claim, id=f"{sweep.lesson}-{claim.name}")
          for sweep in replicate.claimed_sweeps() for claim in sweep.claims]


@pytest.mark.parametrize("claim", CLAIMS)
def test_most_of_ten_or_more_seeds_of_the_text_support_a_claim(claim):
    if isinstance(claim.run, Shipped) and claim.between:
        assert len(claim.run.seeds) >= 10       # the seeds of the text aren't kept
        return
    values = [] if claim.said else claim.values(load_run(claim.run))
    supporting, seeds = claim.said or claim.supported(values)
    assert claim.between or all(isinstance(value, bool | np.bool_) for value in values)
    assert seeds >= 10 and supporting > seeds / 2


def results(values, start=0, **parameters):
    return [Result({"cell": "LSTM"} | parameters, start + seed, "finished", value, "", 1, 1)
            for seed, value in enumerate(values)]


def test_fishers_test_is_that_of_the_tea():
    assert fisher((3, 4), (1, 4)) == pytest.approx(34 / 70)            # Fisher 1935: the lady tasting tea
    assert fisher((4, 4), (0, 4)) == pytest.approx(2 / 70)
    assert fisher((5, 5), (6, 20)) == pytest.approx(math.comb(20, 14) / math.comb(25, 14))
    assert fisher((5, 5), (20, 20)) == 1 == fisher((0, 5), (0, 20))


@pytest.mark.parametrize(("said", "found", "wanted"), [
    ((5, 5), (20, 20), "holds"),
    ((5, 5), (6, 20), "fails"),
    ((20, 20), (15, 20), "too strong"),
    ((15, 20), (20, 20), "holds"),          # more often than it was said
    ((2, 20), (20, 20), "fails"),           # but not so much more
    (None, (12, 20), "fails"),
    (None, (13, 20), "too strong"),
    (None, (16, 20), "holds"),
])
def test_a_verdict_goes_by_the_rule_in_the_head_of_the_table(said, found, wanted):
    assert verdict(said, found) == wanted


CALLS = []


def one_side(rng, side):
    """A number between 0 and 1, or minus that."""
    CALLS.append(side)
    return float(rng.random()) * side


@pytest.fixture
def counted(monkeypatch):
    """A lesson with one claim, on a sweep of random numbers."""
    sweep = Sweep(one_side, {"side": [1, -1]}, processes=1)
    claim = Replicated("above", "An LSTM unit can count", "12/counting", lambda seed: seed(side=1) > 0)
    entry = Shipped("lesson12/counting.jsonl", "", sweep, range(5), 1, ())
    monkeypatch.setattr(replicate, "claimed_sweeps", lambda _: [replicate.ClaimedSweep("12", entry, [claim])])
    monkeypatch.setattr(verdicts, "load_run", lambda run: results([1.0] * 5, side=1))


def test_the_script_runs_new_seeds_goes_on_where_it_was_and_writes_a_page(counted, tmp_path, monkeypatch,
                                                                          capsys):
    monkeypatch.setattr(replicate, "PAGE", tmp_path / "replication.md")
    for _ in range(2):
        replicate.main(["--seeds", "1000:1004", "--folder", str(tmp_path), "--write"])
        table = capsys.readouterr().out
        assert "| 12, Recap | An LSTM unit can count, with all gates open" in table
        assert "| 5 of 5 | 4 of 4 | holds |" in table
        assert len(CALLS) == 8, "what has ended is not run again"
    assert replicate.PAGE.read_text(encoding="utf-8") == table[:-1]


@pytest.mark.parametrize(("arguments", "words"), [
    (["--lesson", "99"], "Lesson '99' has no claims to replicate: choose one of "),
    (["--seeds", "7:7"], "'7:7' are no seeds: give the first and one more than the last"),
    (["--seeds", "7"], "'7' are no seeds"),
    (["--lesson", "12", "--seeds", "4:24"], "12/parity was made with seed 4: choose others."),
])
def test_what_it_cant_do_it_says_before_it_begins(arguments, words, capsys):
    with pytest.raises(SystemExit):
        replicate.main(arguments)
    assert words in capsys.readouterr().err
