"""What is shipped is what its makers make: its bytes are noted, and a part of each file is made again.

A part is a run, or the beginning of one, of the file's own seed: as far as another processor's digits are the
same but for the tolerance beside it.
"""

import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import ship

from helpers.data import data_folder, ngram_loss
from helpers.lessons import lesson12
from helpers.lessons.lesson02 import shipped as lesson02
from helpers.lessons.lesson02.experiments import steered as lesson02_steered
from helpers.lessons.lesson03 import experiments as cost
from helpers.lessons.lesson03.shipped import SECONDS
from helpers.lessons.lesson05 import experiments as clipping
from helpers.lessons.lesson05 import shipped as lesson05
from helpers.lessons.lesson08 import experiments as tales
from helpers.lessons.lesson08 import load_tales, tales_loss
from helpers.lessons.lesson08 import shipped as lesson08
from helpers.lessons.lesson09 import shipped as lesson09
from helpers.lessons.lesson09.experiments import CLIPS, FAILURES, HEALTHY, SETTINGS, failing_run, seed_runs
from helpers.lessons.lesson09.experiments_ward import WARD, losses
from helpers.lessons.lesson11 import watch_training
from helpers.lessons.lesson12.experiments import counting, train_counter, train_on_grammar
from helpers.lessons.lesson13 import fixed_points_of, trained_flip_flop
from helpers.lessons.lesson13.experiments import train_fully
from helpers.runs import adding_run, load_run, restore
from helpers.runs.sweep import generator

ENTRIES = {entry.name: entry for entries in ship.lists().values() for entry in entries}
SLOW = pytest.mark.slow


# --- the bytes ---

def test_every_file_has_the_bytes_that_were_noted_when_it_was_made():
    noted, found = ship.noted_sums(data_folder()), ship.sums(data_folder())
    assert {file for file in found if noted.get(file) != found[file]} == set(), (
        "changed by hand, or made anew without noting it: python scripts/ship.py --table")
    assert noted.keys() == found.keys()
    assert found.keys() >= {entry.file for entry in ENTRIES.values()}


def test_the_list_of_sums_names_the_command_that_makes_each_file_with_the_defaults_of_today():
    noted, now = ship.noted_commands(data_folder()), ship.commands()
    assert {file: (noted[file], now[file]) for file in now if noted[file] != now[file]} == {}, (
        "a default of its maker has changed, so make the file again by its command")


# --- a part of each, made again ---

PARTS: list = []        # (name, what makes a part again, how near it comes, marks)
NOT_MADE = {"10/speed": "updates a second: the clock of one machine, and PyTorch",
            "10/faults": "PyTorch: tests/lessons/test_lesson10.py makes a part of it"}


def part(name: str, within: float, *marks) -> Callable:
    """Decorator: the function yields (made again, shipped) of the file called `name`."""
    def note(make: Callable[[], Iterator[tuple[Any, Any]]]) -> Callable:
        PARTS.append(pytest.param(name, make, within, marks=marks, id=name))
        return make
    return note


def sweep_part(name: str, seed: int, parameters: dict, within: float, *marks,
               keys: tuple[str, ...] = (), **shorter) -> None:
    """One run of a sweep, or with `shorter` arguments its beginning: its curves `keys`, as far as they go."""
    @part(name, within, *marks)
    def again():
        (run,) = (one for one in load_run(name) if one.seed == seed and one.parameters == parameters)
        made = ENTRIES[name].maker.function(generator(parameters, seed), **parameters, **shorter)
        if not isinstance(run.value, dict):
            yield made, run.value
            return
        for key in keys or run.value:
            one, other = made[key], run.value[key]
            yield one, other[: len(one)] if isinstance(other, list) else other


OF_LESSON02 = {"class_run": lesson02.class_run, "settings": lesson02.dials, "shifts": lesson02.shifts,
               "optimizers": lesson02.optimizers, "lengths": lesson02.lengths}
for name, settings in OF_LESSON02.items():
    @part(f"02/{name}", 0.003)
    def _first_updates(name=name, settings=settings):
        """Of a run in the middle of the file."""
        runs, wanted = load_run(f"02/{name}"), settings(ENTRIES[f"02/{name}"].seeds)
        run, chosen = runs[len(runs) // 2], wanted[len(runs) // 2]
        made, _ = lesson02.make_run({**chosen, "updates": 8, "samples_at": ()})
        common = sorted({*made["updates"]} & {*run.updates.tolist()})
        assert len(common) > 4
        for curve in ("train", "heldout", *(["smoothed_loss"] if len(run.smoothed_loss) else [])):
            one = dict(zip(made["updates"], made[curve], strict=True))
            other = dict(zip(run.updates.tolist(), run.measured(curve), strict=True))
            yield [one[at] for at in common], [other[at] for at in common]


def made(name: str):
    """All that the maker of a file writes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = ship.ship(ENTRIES[name], Path(folder))
        return restore(path).model if path.suffix == ".npz" else path.read_text("utf-8")


def numbers(found) -> list[float]:
    """All numbers in what a JSON file holds."""
    if isinstance(found, dict | list):
        parts = found.values() if isinstance(found, dict) else found
        return [one for part in parts for one in numbers(part)]
    return [found] if isinstance(found, int | float) else []


def whole(name: str, within: float, *marks) -> None:
    """A file that is made again from its beginning to its end in less than a minute."""
    @part(name, within, *marks)
    def again():
        found, there = made(name), data_folder() / ENTRIES[name].file
        if there.suffix == ".npz":
            yield found.params.vector, load_run(name)[0].params.vector
        elif there.suffix == ".txt":
            yield found == there.read_text("ascii"), True
        else:
            yield numbers(json.loads(found)), numbers(load_run(name))


@part("03/full_bptt", 0.12)
def _full_bptt():
    run = next(one for one in load_run("03/full_bptt")["race"] if one["settings"]["length"] == 100)
    settings = run["settings"]
    clock = itertools.count(0, run["seconds"][-1] / settings["updates"])      # each look half an update later
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "time", SimpleNamespace(process_time=lambda: float(next(clock))))
        made = cost.timed_training(100, settings["learning_rate"], SECONDS, settings["optimizer"], looks=1)
    yield made.train[0], run["train"][0]
    yield made.heldout[0], run["heldout"][0]


whole("02/long_run", 1e-3, SLOW)
whole("04/short_run", 1e-3, SLOW)
whole("04/echo_run", 1e-3)
whole("07/latch", 0.05, SLOW)
whole("08/entropy", 1e-6)
whole("texts/tales", 0)
whole("texts/tales_heldout", 0)
sweep_part("04/echo", 2, {"scale": None, "lag": 1, "window": 2}, 0.02, SLOW)
sweep_part("04/echo_frozen", 1, {"scale": None, "lag": 2, "window": 8, "frozen": True}, 0.02, SLOW)
sweep_part("04/echo_ten", 1, {"scale": None, "lag": 10, "window": 20}, 0.03, SLOW)
sweep_part("04/adding_window", 1, {"length": 100, "window": 25}, 1e-4, updates=0)
sweep_part("05/neighbours", 3, {"w": 5.5, "b": -2.9}, 8, SLOW)
sweep_part("05/race", 2, {"region": "near"}, 6, SLOW, keys=("solved", "acted"))
sweep_part("05/thresholds", 2, {"learning_rate": 1.0, "max_norm": 0.3}, 0.01, keys=("losses",), updates=100)
# One that learns: on another processor, with other weights, as well.
sweep_part("13/distances", 0, {"often": 0.1, "last": True}, 0.02, SLOW)
sweep_part("13/exponents", 2, {"units": 100, "gain": 1.5, "noise": 0.5}, 2e-5)
sweep_part("13/memory", 1, {"matrix": "orthogonal", "radius": 1.0, "size": 0.1}, 0.002, SLOW)
sweep_part("13/searches", 4, {"units": 64}, 0.5, SLOW, keys=("visited", "kinds", "wrong"))
sweep_part("06/near_and_far", 3, {"remedy": "IRNN", "lag": 20}, 0.01, updates=60)
sweep_part("06/adding_plateau", 2, {"length": 20}, 0.002, updates=200)
sweep_part("06/reach_of_text", 3, {"learning_rate": 0.03}, 0.01, updates=10)
sweep_part("07/forget_bias_and_lag", 2, {"forget_bias": 1, "lag": 5}, 20, keys=("updates",))
sweep_part("08/rate_and_size", 3, {"cell": "RNN", "learning_rate": 0.01, "hidden_size": 8}, 0.01)
sweep_part("08/dropout", 2, {"dropout": 0.25}, 0.02, SLOW, updates=200)
sweep_part("11/layers", 3, {"hidden_size": 32}, 0.15, SLOW)
sweep_part("11/copying", 1, {"hidden_size": 8, "length": 4}, 0.1, SLOW)
sweep_part("11/copying_longer", 1, {"hidden_size": 16, "length": 4, "updates": 15000}, 0.1, SLOW)
sweep_part("11/reversal", 2, {"attention": False, "length": 5}, 0.05, SLOW)
sweep_part("11/directions", 2, {"both": True}, 0.05, SLOW)
sweep_part("11/search", 2, {"updates": 100}, 0.15, SLOW)


@part("11/learning", 0.03)
def _learning():
    for attention in (True, False):
        before = [one for one in load_run("11/learning") if one["attention"] is attention][:2]
        rng = np.random.default_rng(*ENTRIES["11/learning"].seeds)
        points = watch_training(rng, attention=attention, updates=50, every=50)
        points = [point for point in points if point]
        yield [point[1] for point in points], [one["share"] for one in before]
        for (*_, weights, string, written), one in zip(points, before, strict=True):
            assert string == one["string"] and (weights is None) == (one["weights"] is None)
            if attention:
                yield weights, one["weights"]
                yield np.mean([a == b for a, b in zip(written, one["written"], strict=True)]), 1


@part("05/dial", 0.01)
def _before_the_turn():
    run = next(one for one in load_run("05/dial") if one.seed == 2 and one.parameters["threshold"] == 0.01)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clipping, "TURN", 100)
        made = clipping.turned_dial(generator(run.parameters, 2), 0.01)
    yield made["losses"][:2], run.value["losses"][:2]


def cut_off(name: str, module, after: int) -> Any:
    """What the maker of a file writes after so many updates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "islice", lambda steps, _: islice(steps, after))
        return json.loads(made(name))


@part("05/norms", 0.02)
def _norms():
    yield cut_off("05/norms", clipping, 100), load_run("05/norms")[:100]


@part("05/patients", 0.02)
def _patients():
    again = cut_off("05/patients", lesson05, 20)
    for letter, run in load_run("05/patients").items():
        yield again[letter]["losses"], run["losses"][:20]
        yield again[letter]["norms"][:10], run["norms"][:10]


@part("07/adding", 0.003)
def _adding():
    run = next(one for one in load_run("07/adding") if one.seed == 2 and one.parameters["cell"] == "LSTM")
    tests = (test for test in adding_run(generator(run.parameters, 2), **run.parameters) if test)
    yield list(zip(*islice(tests, 3), strict=True)), [run.value[name][:3] for name in ("updates", "errors")]


@part("08/ngrams", 1e-4)
def _ngrams():
    text = load_tales()
    yield [ngram_loss(text.text, text.heldout, n) for n in (2, 4)], [
        load_run("08/ngrams")[0]["losses"][n] for n in "24"]


@part("13/flip_flop", 0.5, SLOW)
def _flip_flop():
    """Trained again, on another processor with other weights: as many fixed points of each kind."""
    model = train_fully(np.random.default_rng(*ENTRIES["13/flip_flop"].seeds))
    for one, other in zip(fixed_points_of(model).values(), fixed_points_of(trained_flip_flop()).values(),
                          strict=True):
        yield len(one), len(other)


FIRST_LOOKS = {"08/rates": ({"learning_rate": 0.024, "cell": "GRU"}, 100, ()),
               "08/seconds": ({"seconds": 1.0, "cell": "RNN"}, 1, ()), "08/updates": ({}, 3, (SLOW,))}
for name, (settings, seed, marks) in FIRST_LOOKS.items():
    @part(name, 0.02, *marks)
    def _first_look(name=name, settings=settings, seed=seed):
        """The first point of runs of `learn_tales`."""
        for run in load_run(name):
            if run.seed == seed and settings.items() <= run.parameters.items():
                cost = tales.SECONDS[run.parameters["cell"]]
                looks = tales.learn_tales(generator(run.parameters, run.seed), cost=cost, **run.parameters)
                first, _, heldout = next(look for look in looks if look)
                yield [first, heldout], [run.value["updates"][0], run.value["heldout"][0]]


@part("08/ideas", 0.02, SLOW)
def _ideas():
    run = next(one for one in load_run("08/ideas")
               if one.parameters["idea"] == "better start" and one.seed == 2)
    made = tales.ideas_curve(generator(run.parameters, run.seed), **run.parameters)
    yield made["heldout"][-1], run.value["heldout"][-1]


@part("08/snapshots", 0.002)
def _snapshots():
    shown = load_run("08/snapshots")
    for update, model in islice(lesson08.long_training("LSTM", 1), 31):
        if str(update) in shown:
            yield model.params.vector, shown[str(update)]


for cell in ("RNN", "GRU", "LSTM"):
    @part(f"08/{cell.lower()}", 0.02, SLOW)
    def _cell(cell=cell):
        ids = load_tales().heldout_ids
        yield tales_loss(made(f"08/{cell.lower()}"), ids, 2000), tales_loss(
            load_run(f"08/{cell.lower()}")[0], ids, 2000)


@part("08/damage", 1e-4)
def _damage():
    """Of three cells, each with another gate."""
    (model, _), ids, shown = load_run("08/lstm"), load_tales().heldout_ids, load_run("08/damage")
    before, H = tales_loss(model, ids, 2000), model.cell.hidden_size
    gates = {name: fixed for n, (name, fixed) in enumerate(tales.every_gate(model)) if n % (2 * H) == 57}
    for name, fixed in gates.items():
        found = next(one for one in shown if f"{one['gate']}={one['fixed_at']}" == name)
        yield tales_loss(fixed, ids, 2000) - before, found["loss_rises"][57]


@part("09/curves", 0.002)
def _curves():
    number = 7
    (run,) = (one for one in load_run("09/curves") if one["patient"] == number)
    one = WARD[number]
    again = list(islice(losses(one.kind, one.backward, np.random.default_rng(2)), 60))
    yield np.reshape(again, (3, 20)).mean(axis=1), run["losses"][2][:3]


@part("09/failures", 0.01)
def _failures():
    shown = load_run("09/failures")
    causes = {"healthy": HEALTHY} | {what.letter: cause for cause, what in FAILURES.items()}
    for letter in ("healthy", "A", "C"):
        runs = (run for run in failing_run(np.random.default_rng(1), causes[letter]) if run)
        again = next(run.kept() for run in runs if len(run.updates) == 4)
        for curve in ("updates", "train", "heldout"):
            yield again[curve], shown[letter][curve][:4]


@part("09/clips", 0.02, SLOW)
def _clips():
    """Those of Adam; by gradient descent at rate 2 another processor ends elsewhere."""
    for name, what in CLIPS.items():
        if name.startswith("Adam"):
            yield lesson09.training_loss(np.random.default_rng(3), what), load_run("09/clips")[name][3]


@part("09/seeds", 0.005)
def _seeds():
    for seed, name in enumerate(SETTINGS):
        points = (point for point in seed_runs(np.random.default_rng(seed), name) if point)
        yield [loss for _, _, loss in islice(points, 8)], load_run("09/seeds")[name][0][:8]


# Whether something is learnt, and how well it ends, another processor finds as well; after how many updates,
# it may find a little earlier or later.
sweep_part("12/parity", 1, {"kind": "linear (-1, 1)"}, 40, keys=("updates",), longer=0, beyond=(64,))
sweep_part("12/permutations", 1, {"kind": "GRU"}, 80, SLOW, keys=("updates",))
sweep_part("12/grammars", 0, {"grammar": 1}, 0, keys=("network", "automaton", "states"), updates=300)


# How far it counts after 500 updates hangs on the processor: 14, 22 or 25.
@part("12/counting", 4, SLOW)
def _counting():
    (run,) = (one for one in load_run("12/counting") if one.seed == 1 and one.parameters == {"cell": "LSTM"})
    yield counting(generator(run.parameters, 1), **run.parameters)["reach"][1:], run.value["reach"][1:]


@part("12/counters", 8, SLOW)
def _counters():
    (again,) = (model for index, model in islice(train_counter(np.random.default_rng(0), "LSTM"), 1000)
                if index == 1000)
    yield lesson12.reach(again), lesson12.reach(lesson12.counting_network("LSTM"))


@part("12/grammar_networks", 0, SLOW)
def _grammar_networks():
    *_, (_, again) = train_on_grammar(np.random.default_rng(0), 5)
    right = lesson12.answers(lesson12.TOMITA[5], 12)
    yield (lesson12.agreement(lesson12.network_answers(again, 12), right),
           lesson12.agreement(lesson12.network_answers(lesson12.grammar_network(5), 12), right))


@part("02/steered_run", 0.01)
def _steered_run():
    again, before = lesson02_steered(1, 50), load_run("02/steered_run")
    yield again["curve"], before["curve"][:3]


@pytest.mark.parametrize(("name", "make", "within"), PARTS)
def test_a_part_that_is_made_again_is_what_is_shipped(name, make, within):
    compared = 0
    for again, before in make():
        again, before = np.asarray(again, float), np.asarray(before, float)
        assert again.shape == before.shape and np.abs(again - before).max() <= within, name
        compared += before.size
    assert compared


def test_every_file_has_a_part_that_is_made_again_or_a_reason():
    assert {entry.values[0] for entry in PARTS} | NOT_MADE.keys() == ENTRIES.keys()
