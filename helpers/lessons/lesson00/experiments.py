"""The check-in of lesson 00: whether this computer has all that the lessons need."""

import os
import platform
import re
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from helpers import __version__
from helpers.data import Vocabulary, load_text
from helpers.lessons.lesson00.pictures import fading_memory
from helpers.networks import RNN, CharModel, gradient_check
from helpers.runs import Progress

OLDEST = {"numpy": (2, 0), "matplotlib": (3, 9), "ipywidgets": (7, 7, 1), "threadpoolctl": (3, 5)}
HANG = ((7, 0), (7, 4))         # of ipykernel: from, and before
LISTED = ("numpy", "matplotlib", "ipywidgets", "ipykernel", "jupyterlab")
INSTALL = "install the course again with the first line of the README"


def check_in() -> str:
    """Say *Ready*, or what is missing and what to do; below that, the versions."""
    wrong = [*_try(_packages), *_try(_texts), *_try(_gradient), *_try(_drawing)]
    notes = _try(_writing)
    ready = "Ready: packages, texts, gradients and drawings work."
    first = "Not yet: " + " Then: ".join(wrong) if wrong else ready
    lines = [f"the course {__version__}", f"Python {platform.python_version()} on {platform.system()}",
             *(f"{name} {_version(name) or 'is not installed'}" for name in LISTED)]
    return "\n".join([first, *notes, "", *lines])


def _try(test: Callable[[], Iterator[str]]) -> list[str]:
    """The sentences of a test about what is wrong, or one that says that the test itself failed."""
    try:
        return list(test())
    except Exception as wrong:          # whatever it is, the reader must see it
        return [f"the test “{test.__name__.strip('_')}” failed ({type(wrong).__name__}: {wrong}). "
                f"Restart the kernel. If that does not help, {INSTALL}."]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _packages() -> Iterator[str]:
    for name, oldest in OLDEST.items():
        if _numbers(_version(name)) < oldest:
            least = ".".join(map(str, oldest))
            problem = f"{name} {_version(name)} is too old" if _version(name) else f"{name} is missing"
            yield f"{problem}. Version {least} or newer is needed, so {INSTALL}."
    if HANG[0] <= _numbers(_version("ipykernel")) < HANG[1]:
        yield f"ipykernel {_version('ipykernel')} hangs now and then, so {INSTALL}."


def _texts() -> Iterator[str]:
    if not load_text("input").strip():
        yield f"the course's texts are empty, so {INSTALL}."


def _gradient() -> Iterator[str]:
    ids = Vocabulary("hello").encode("hello")
    model = CharModel(RNN(4, 3), np.random.default_rng(0))
    errors = gradient_check(model, ids[:-1, None], ids[1:, None])
    if max(errors.values()) > 1e-6:
        yield f"NumPy gives wrong results on this computer, so {INSTALL}."


def _drawing() -> Iterator[str]:
    if "image/png" not in fading_memory()._repr_mimebundle_():
        yield f"pictures cannot be drawn, so {INSTALL}."


def _writing() -> Iterator[str]:
    path = Progress().path
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        yield "Your answers cannot be saved in this folder. Everything else works."
