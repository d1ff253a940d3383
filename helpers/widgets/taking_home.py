"""A button that writes a trained network into a page for any browser."""

import base64
import html
import os
from pathlib import Path

from helpers.data import Vocabulary
from helpers.networks import CharModel
from helpers.pictures import TEXT_COLOURS
from helpers.runs import CheckpointError, named, take_home
from helpers.widgets.dashboard import Dashboard, make_button

ASK = "Take home writes this network into one HTML file that runs in any browser, even offline on a phone."


class TakeHome(Dashboard):
    """What `take_home_button` shows."""

    keeps = True            # it writes a file: nothing presses it but the reader
    saved_sentence = ASK

    def __init__(self, model: CharModel, vocabulary: Vocabulary, path: str | os.PathLike, **said):
        self._network, self._path, self._said = (model, vocabulary), path, said
        button = make_button("Take home", "download")
        super().__init__({"Take home": button}, "")
        self.box.add_class("course-stacked")
        self.view.say(ASK)
        button.on_click(lambda _: self.later(self._go))

    def _go(self) -> None:
        try:
            size = take_home(*self._network, self._path, **self._said)
        except CheckpointError as refused:
            self.view.text.value = ""
            self.view.say(f"{str(refused)[0].upper()}{str(refused)[1:]}.")
            return
        self.view.text.value = link(Path(os.path.expanduser(self._path)))
        self.view.say(f"Saved as {named(self._path)} ({size / 1000:,.0f} kB). Open it in any browser.")


def link(file: Path) -> str:
    """A link by which a browser saves a copy of the page: it may be on another computer than the kernel."""
    page = base64.b64encode(file.read_bytes()).decode("ascii")
    return (f'<p style="margin:0"><a style="color:{TEXT_COLOURS["heldout"]};text-decoration:underline" '
            f'download="{html.escape(file.name)}" href="data:text/html;charset=utf-8;base64,{page}">'
            "Download a copy</a>, for example to send it to your phone.</p>")


def take_home_button(
    model: CharModel, vocabulary: Vocabulary, path: str | os.PathLike, title: str = "",
    loss: float | None = None, updates: int | None = None, loss_on: str = "its training text",
) -> TakeHome:
    """A button that writes the network into the HTML file `path`, and says so.

    The arguments are those of `helpers.runs.take_home`; errors are shown below the button.
    """
    return TakeHome(model, vocabulary, path, title=title, loss=loss, updates=updates, loss_on=loss_on)
