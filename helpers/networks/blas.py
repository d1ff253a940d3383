"""The libraries that multiply matrices, held to one thread: more would only get in the way."""

import sys
from functools import cache

from threadpoolctl import ThreadpoolController


class one_blas_thread:
    """`with one_blas_thread():` makes products use one thread, and afterwards as many as before.

    At the sizes of this course more threads cost more than they bring, on a busy machine many times
    more. Where no BLAS can be set, as in a browser, nothing happens.
    """

    def __enter__(self) -> None:
        self.before = []
        for library in blas_libraries():
            threads = library.get_num_threads()
            if threads != 1:  # to ask is cheaper than to set
                self.before.append((library, threads))
                library.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        for library, threads in self.before:
            library.set_num_threads(threads)


@cache
def blas_libraries() -> list:
    """The BLAS libraries of this process, looked for once."""
    if sys.platform == "emscripten":  # a browser: no threads
        return []
    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]
