"""A process with limits: ``python -m helpers.classroom.limits GIGABYTES MODULE ARGUMENT ...`` starts one.

Where the system has no such limits (Windows) there are none, but for the time that others watch.
"""

import os
import sys
from contextlib import suppress

PROCESSES = 64                  # more than are there already
FILE = 50_000_000               # bytes, of each file


def limit(gigabytes: float) -> None:
    """Limit the memory of this process, the size of the files that it writes, and how many it starts."""
    try:
        import resource
    except ImportError:
        return
    wanted = {resource.RLIMIT_AS: int(gigabytes * 2**30), resource.RLIMIT_FSIZE: FILE,
              resource.RLIMIT_CORE: 0, resource.RLIMIT_NPROC: _running() + PROCESSES}
    for kind, value in wanted.items():
        with suppress(ValueError, OSError):             # a stricter limit is there already
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))


def _running() -> int:
    """How many threads the user of this process has, as the system counts them."""
    count = 0
    with suppress(OSError):
        for entry in os.scandir("/proc"):
            with suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    return count or 1000


if __name__ == "__main__":
    limit(float(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
