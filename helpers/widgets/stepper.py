"""A dashboard that goes through its pictures one by one."""

import asyncio
from collections.abc import Callable

import ipywidgets as W

from helpers.pictures import ColouredText, Picture
from helpers.widgets.controls import follow, make_controls
from helpers.widgets.dashboard import Dashboard, make_button

SECONDS_PER_STEP = 1.0
FIRST = float("-inf")  # so many steps lead to the start from anywhere


def stepper(draw: Callable[..., Picture | ColouredText], after: str = "", **controls) -> Dashboard:
    """`explore`, with buttons that move its first control: to the start, back, on, and play.

    The first control is a slider; the others are as in `explore`. Play goes on by one step a second.

    >>> from helpers.lessons.lesson01 import unrolled_network
    >>> stepper(unrolled_network, steps=(1, 8))
    Dashboard(steps, to the start, step back, step on, play or pause)
    """
    by_name = make_controls(draw, controls)
    name, slider = next(iter(by_name.items()), ("", None))
    if not isinstance(slider, W.IntSlider | W.FloatSlider):
        what = f"The first control, {name!r}, is not a slider, so" if name else "There is no control, so"
        raise TypeError(f"{what} the buttons cannot move it. Put a slider, such as steps=(1, 8), first.")
    start, back, on, play = (
        make_button("Start", "fast-backward"), make_button("Back", "step-backward"),
        make_button("Step", "step-forward"), make_button("Play", "play"))
    buttons = {"to the start": start, "step back": back, "step on": on, "play or pause": play}
    dashboard = follow(draw, {name: slider} | buttons | by_name, after)
    playing: list[asyncio.Task] = []

    def move(steps: float) -> None:
        slider.value = min(max(slider.value + steps * slider.step, slider.min), slider.max)

    async def go_on() -> None:
        play.description, play.icon = "Pause", "pause"
        try:
            while slider.value < slider.max:
                await asyncio.sleep(SECONDS_PER_STEP)
                move(1)
        finally:
            playing.clear()
            play.description, play.icon = "Play", "play"

    def turn() -> None:
        if playing:
            playing[0].cancel()
            return
        if slider.value >= slider.max:
            move(FIRST)
        if dashboard.live:
            playing.append(dashboard.start(go_on()))
        else:  # a script or a test, where nothing can wait for the next second
            slider.value = slider.max

    start.on_click(lambda _: move(FIRST))
    back.on_click(lambda _: move(-1))
    on.on_click(lambda _: move(1))
    play.on_click(lambda _: dashboard.later(turn))
    return dashboard
