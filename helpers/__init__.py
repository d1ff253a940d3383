"""Shared code of the course: networks, data, runs, pictures, widgets, lessons.

Import the part you need, for example ``from helpers.networks import RNN``.
"""

import sys

__version__ = "2.0.0"        # of the course: the only place to set it

if sys.platform == "emscripten":        # in the browser NumPy comes from another server than this package
    try:
        import numpy
    except ModuleNotFoundError:
        class NumPyOutOfReach(ImportError):
            """NumPy did not load. A notebook shows the sentence alone, without a traceback."""

            def _render_traceback_(self) -> list[str]:
                return str(self).splitlines()

        raise NumPyOutOfReach(
            "NumPy did not load, so this lesson can't run here now.\n"
            "It comes from another server, which did not answer:\n"
            "perhaps you are offline, or your network blocks that server.\n"
            "Reload the page on a network that reaches it, and run this cell again.\n"
            "Until then the lesson can be read, with its saved pictures."
        ) from None
