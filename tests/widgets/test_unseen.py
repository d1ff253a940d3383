"""What no page shows waits, its cell run again offers to go on with it, and what was taken over says so."""

import asyncio
import threading
from itertools import count

import numpy as np
import pytest
from common import turns
from test_laboratory import bare_losses, in_an_empty_folder, losses  # noqa: F401, a fixture is among them

from helpers.lessons.lesson00 import fading_memory
from helpers.runs import stepwise
from helpers.widgets import button, explore, laboratory, lecture_mode, live_runs, predict, stepper, warm_up
from helpers.widgets import dashboard as dashboard_module
from helpers.widgets.visibility import AGAIN, UNSEEN

PIECE = 0.4         # seconds


class Page:
    """A page that shows a dashboard: like page.js it presses the button when it comes, and when it is asked.

    While it is not `there`, as when it is loaded anew, it hears nothing.
    """

    def __init__(self, made):
        self.made, self.there, self.asked = made, True, 0
        self.button = next(one for one in made.box.children if "course-there" in one._dom_classes)
        self.button.observe(self._asked, names="description")
        self.button.click()

    def _asked(self, _) -> None:
        self.asked += 1
        if self.there:
            self.button.click()

    def leave(self) -> None:
        self.there = False

    def come_back(self) -> None:
        self.there = True
        self.button.click()


class Begun:
    """Something that was begun and goes on beside the cells, and how much is done of it."""

    def __init__(self, kind: str, simulated):
        self.done = 0

        def steps(number=10_000):
            for self.done in range(1, number + 1):
                simulated.spend(PIECE)
                yield self.done, number
            return "found"

        if kind == "laboratory":
            self.made = laboratory(updates=10_000, hidden_size=5)
            update = self.made.training.update

            def one() -> None:
                update()
                simulated.spend(PIECE)
                self.done = self.made.training.updates

            self.made.training.update = one
            self.made.controls["train"].value = True
            return
        if kind == "live_runs":
            self.made = live_runs({"Run": steps}, lambda points: f"{len(points)} runs", fading_memory(),
                                  done=lambda points: points[-1][0] / points[-1][1])
        else:
            self.made = button("Run", stepwise(steps).steps, "not yet")
        self.made.controls["Run"].click()


EVERY = pytest.mark.parametrize("kind", ["laboratory", "live_runs", "button"])


@EVERY
async def test_it_waits_while_no_page_shows_it_and_then_goes_on_by_itself(kind, simulated):
    begun = Begun(kind, simulated)
    page = Page(begun.made)
    await asyncio.sleep(60)
    assert begun.done > 100 and 20 < page.asked < 40, "a minute of work, few questions"
    page.leave()
    before = begun.done
    await asyncio.sleep(UNSEEN - 2)
    assert begun.done > before + 3, "a page that is loaded anew may take some seconds"
    await asyncio.sleep(5)
    stands, asked, at = begun.done, page.asked, simulated.now
    await asyncio.sleep(3600)
    assert begun.done == stands, "it waits"
    assert page.asked - asked <= 3600 / AGAIN + 1 and simulated.now - at < 3601, "and does nothing else"
    page.come_back()
    await asyncio.sleep(10)
    assert begun.done > stands + 15, "by itself"
    if kind == "laboratory":
        assert "training, 2 updates per second" in begun.made.said
    begun.made.close()


@EVERY
async def test_what_no_page_ever_answered_goes_on_as_in_a_script(kind, simulated):
    begun = Begun(kind, simulated)
    await asyncio.sleep(60)
    assert begun.done > 100
    begun.made.close()


async def test_the_time_to_go_leaves_out_the_time_in_which_it_waited(simulated):
    said = []
    begun = Begun("button", simulated)
    page = Page(begun.made)
    await asyncio.sleep(300)
    page.leave()
    await asyncio.sleep(7200)
    page.come_back()
    await asyncio.sleep(3)
    said.append(begun.made.said)
    begun.made.close()
    minutes = int(said[0].partition("about ")[2].partition(" min")[0])
    assert 55 < minutes < 70, f"10,000 pieces take 67 minutes: {said[0]}"


async def test_a_long_cell_and_a_computer_that_slept_are_not_taken_for_a_page_that_went(simulated):
    begun = Begun("laboratory", simulated)
    page = Page(begun.made)
    await asyncio.sleep(10)
    page.leave()                        # while the cell runs nobody hears what it answers
    begun.made.later(lambda: simulated.spend(600))
    await asyncio.sleep(600.5)
    before = begun.done
    await asyncio.sleep(1)
    assert begun.done > before, "it has not begun to wait"
    begun.made.close()


async def test_an_answer_may_come_on_another_thread(monkeypatch):
    lab = laboratory(hidden_size=5)
    page = Page(lab)
    await turns()
    page.leave()
    presence = lab.task._presence
    assert presence.seen(0.4) and not [presence.seen(0.4) for _ in range(20)][-1]
    waiting = asyncio.ensure_future(presence.back())
    await turns()
    assert not waiting.done()
    answer = threading.Thread(target=page.come_back)
    answer.start()
    await asyncio.wait_for(waiting, 30)
    answer.join()
    assert presence.seen(0.4)
    lab.close()


async def test_what_waits_gives_way_to_what_is_begun_and_is_closed_without_a_trace(simulated):
    from ipywidgets.widgets.widget import _instances

    before = set(_instances)
    begun = Begun("laboratory", simulated)
    page = Page(begun.made)
    await asyncio.sleep(5)
    page.leave()
    await asyncio.sleep(30)
    assert begun.made.task.running
    other = Begun("laboratory", simulated)
    await asyncio.sleep(1)
    stands = begun.done
    assert other.done and other.made.task.running and not begun.made.task.running
    page.come_back()
    await asyncio.sleep(1)
    assert begun.done == stands and begun.made.controls["train"].value is False
    other.made.close()
    begun.made.controls["train"].value = True
    page.leave()
    await asyncio.sleep(30)
    begun.made.close()
    await turns()
    assert len(asyncio.all_tasks()) == 1
    assert set(_instances) == before


# The cell is run again.

@pytest.fixture
def a_cell(monkeypatch):
    """From now on what is made is made by one cell, each time in another run of it."""
    runs = count()
    monkeypatch.setattr(dashboard_module, "_this_cell", lambda: ("cell", next(runs)))


def offered(made):
    """The button that offers to take up what was there before, or None."""
    row = made.box.children[1] if not hasattr(made, "training") else made.box.children[2].children[-1]
    return row.children[0] if row.children[0].icon == "forward" else None


def test_a_laboratory_goes_on_from_the_update_at_which_its_cell_was_run_again(a_cell):
    first = laboratory(hidden_size=20)
    first.controls["clip"].value = "off"
    first.controls["learning_rate"].value = 0.05
    first.run(100)
    first.controls["hidden_size"].value = 10        # leaves a grey curve
    first.run(130)
    settings = first.values() | {"train": True}
    again = laboratory(hidden_size=20)
    assert again.training.updates == 0 and again.values() != settings
    assert again.said.startswith("Your earlier run stopped at update 130. Press Resume to continue")
    assert offered(again).description == "Resume from update 130"
    third = laboratory(hidden_size=20)              # run once more by mistake
    offered(third).click()
    assert offered(third) is None and third.said.startswith("Resumed at update 130.")
    assert third.training.updates >= 130 and "1: RNN with 20 units" in third.shown.text
    assert third.values() == settings, "a script does 50 updates, in a notebook it trains"
    third.close()


def test_it_goes_on_as_if_nothing_had_been(a_cell):
    first = laboratory(hidden_size=20)
    first.run(60)
    again = laboratory(hidden_size=20)
    offered(again).click()
    again.run(140 - again.training.updates)
    assert np.array_equal(losses(again.training), bare_losses(140))
    again.close()


def test_a_run_that_has_begun_stays_as_a_curve_when_the_old_one_is_taken_up(a_cell):
    laboratory(hidden_size=20).run(150)
    again = laboratory(hidden_size=10)
    again.run(120)
    assert not again.said.startswith("The run that was here")
    offered(again).click()
    assert again.training.updates >= 150 and "1: RNN with 10 units" in again.shown.text
    again.close()


def test_without_an_update_nothing_is_offered(a_cell):
    laboratory(hidden_size=20)
    again = laboratory(hidden_size=20)
    assert offered(again) is None and again.said.startswith("Before update 1")
    again.close()


def test_a_text_of_ones_own_is_taken_up_too(a_cell):
    first = laboratory(hidden_size=5)
    first.files["paste"].value = "The tide comes in, the tide goes out, and nobody is about.\n" * 20
    first.run(30)
    assert "pasted text" in first.said
    again = laboratory(hidden_size=5)
    assert "pasted text" not in again.training.corpus.title
    offered(again).click()
    assert "pasted text" in again.said and again.files["text"].value == "paste"
    again.close()


@pytest.mark.parametrize("kind", ["live_runs", "button"])
@pytest.mark.parametrize("taken", ["to its end", "and stopped", ""])
async def test_work_goes_on_where_it_was_or_ends_with_the_view_that_offers_it(kind, taken, a_cell, simulated):
    from ipywidgets.widgets.widget import _instances

    before, ended = set(_instances), []

    def steps():
        try:
            for number in range(1, 101):
                simulated.spend(PIECE)
                yield number, 100
            return "all found"
        finally:
            ended.append(number)

    def made():
        if kind == "button":
            return button("Run", stepwise(steps).steps, "not yet")
        return live_runs({"Run": steps}, lambda found: f"{len(found['Run'])} points", fading_memory(),
                         done=lambda points: points[-1][0] / 100)
    first = made()
    first.controls["Run"].click()
    await asyncio.sleep(20)
    again = made()
    words = "Resume" if kind == "button" else "Resume from "
    assert offered(again).description.startswith(words) and not ended and not again.task.running
    if taken:
        offered(again).click()
        await asyncio.sleep(2)
        assert " of 100, about" in again.said or " points, " in again.said, again.said
        assert not again.controls["Stop"].disabled and again.controls["Run"].disabled, "as if it were begun"
        if taken == "and stopped":
            again.controls["Stop"].click()
        await asyncio.sleep(40)
        assert again.controls["Stop"].disabled and not again.controls["Run"].disabled
        assert not again.task.running
    if taken == "and stopped":
        assert len(ended) == 1 and 40 < ended[0] < 70, "Stop ends the work that was taken up"
        again.close()
    elif taken:
        assert ended == [100]
        assert kind == "button" or len(again.points["Run"]) == 100
        third = made()
        assert offered(third).description.startswith("Show ")
        offered(third).click()
        await asyncio.sleep(1)
        assert third.shown == again.shown if kind == "button" else len(third.points["Run"]) == 100
        third.close()
    else:
        again.close()
        assert len(ended) == 1 and 40 < ended[0] < 60
    assert set(_instances) == before


# What another run of its cell takes over.

MADE = {
    "explore": lambda: explore(fading_memory, weight=(0.0, 1.0)),
    "stepper": lambda: stepper(fading_memory, steps=(1, 5)),
    "laboratory": lambda: laboratory(hidden_size=5),
    "live_runs": lambda: live_runs({"Run": count}, lambda points: fading_memory(), fading_memory()),
    "button": lambda: button("Run", lambda: "done", "not yet"),
    "predict": lambda: predict("02.all-weights-zero"),
    "opening": lambda: warm_up("04"),
    "lecture mode": lecture_mode,
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_the_page_is_told_before_the_widgets_of_an_old_view_go(make, monkeypatch):
    monkeypatch.setattr(dashboard_module, "_this_cell", lambda: ("cell", run))
    run = 1
    old, heard = make(), []
    shown = [one for one in dashboard_module.everything_in(old.box) if "course-dashboard" in one._dom_classes]
    for one in shown:
        one.observe(lambda change: heard.append((change["owner"].comm is not None, change["new"][-1])),
                    names="_dom_classes")
    run = 2
    new = make()
    assert heard == [(True, "course-over")] * len(shown) and shown
    assert all(one.comm is None for one in shown) and new.box.comm is not None
    new.close()
