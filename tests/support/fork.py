"""Work in a fork of this process, which is left as it is."""

import gc
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any


def apart(work: Callable[[], Any]) -> Any:
    """What `work` returns, called in a fork of this process; where there are none, as on Windows, in it."""
    if not hasattr(os, "fork"):
        return work()
    gc.freeze()         # a collection in the fork would copy all that is there
    sys.stdout.flush()
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(receive)
            with os.fdopen(send, "wb") as pipe:
                pickle.dump(work(), pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the fork ended with {status}")
    return pickle.loads(told)
