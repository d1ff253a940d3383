"""Files that can be trusted: one text and named arrays in one file, and files of lines that only grow.

All that the course keeps is written here. The file of arrays is an ``.npz`` without pickle, so `numpy.load`
reads it too, and the sums in its zip archive show whether it is damaged.
"""

import errno
import io
import os
import shutil
import threading
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from helpers.data import name_in_words

MAX_BYTES = 2**28  # 256 MB: an LSTM of 1,000 units with Adam's memory takes less than half of it
ROOM, ELSEWHERE = "make room on the disk or choose another folder", "choose another folder"
HINTS = {errno.ENOSPC: ROOM, errno.EDQUOT: ROOM, errno.EFBIG: ROOM, errno.EACCES: ELSEWHERE,
         errno.EPERM: ELSEWHERE, errno.EROFS: ELSEWHERE, errno.ENAMETOOLONG: "choose a shorter name"}


def pack(text: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of a file with `text`, as an array named header, and `arrays`: always the same."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, header=np.array(text), **arrays)
    if buffer.tell() > MAX_BYTES:
        raise ValueError(f"{buffer.tell() >> 20} MB is more than the {MAX_BYTES >> 20} MB that a file may "
                         "have: use float32 or fewer units")
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[str, dict[str, np.ndarray]]:
    """The text and the arrays that `pack` put into `data`; nothing in them is run.

    Other bytes raise ValueError, crafted ones any Exception.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise ValueError(f"it holds more than {MAX_BYTES >> 20} MB")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = dict(file)
    except zipfile.BadZipFile:
        raise ValueError("it is damaged, or another program wrote it") from None
    return str(arrays.pop("header")), arrays


def named(path: str | os.PathLike) -> str:
    """The name of a file for a sentence, in quotes; of a long one only the end."""
    name = os.fsdecode(path)
    return f"'{name_in_words(name if len(name) <= 80 else '…' + name[-79:])}'"


def regular(path: str | os.PathLike) -> str:
    """The name of a file that is there, with ``~`` spelt out; ValueError for a folder, a pipe or nothing."""
    name = os.path.expanduser(os.fsdecode(path))
    if "\0" in name or not os.path.exists(name):
        raise ValueError("there is no such file")
    if not os.path.isfile(name):            # a pipe would be waited for without end
        raise ValueError("it is a folder" if os.path.isdir(name) else "it is a pipe or a device")
    return name


def writable(path: str | os.PathLike) -> Path:
    """The file that can be written under this name, ``~`` and links followed; else ValueError says why."""
    name, shown = os.path.expanduser(os.fsdecode(path)), named(path)
    folder, last = os.path.split(name)
    if not last or "\0" in name:
        raise ValueError(f"{shown} is not the name of a file: use a name such as 'my_run.npz'")
    if os.path.isdir(name):
        raise ValueError(f"{shown} is a folder: give the name of a file in it")
    if folder and not os.path.isdir(folder):
        raise ValueError(f"{shown} is in a folder that does not exist: create that folder first, or choose "
                         "another")
    return Path(os.path.realpath(name))


def reason(error: Exception) -> str:
    """What an error of the file system says, without number and name."""
    return getattr(error, "strerror", None) or str(error)


def hint(error: Exception) -> str:
    """What to do about an error of the file system."""
    return HINTS.get(getattr(error, "errno", None) or 0, "choose another name")


def read_file(path: str | os.PathLike) -> bytes:
    """All bytes of a file of at most MAX_BYTES; ValueError for a larger one."""
    with open(regular(path), "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES >> 20} MB")
    return data


def append_line(path: str | os.PathLike, line: str, first: bool | None = None) -> None:
    """Add a line to a file of lines, in one write at its end, and bring it to the disk.

    Several processes may do so at once, where files can be locked. What a killed one left unfinished gets a
    line of its own. The file is made if need be.

    Args:
        first: True adds the line only to an empty file, False only to a file that is there.
    """
    if first is False:
        os.stat(path)
    with open(path, "ab+") as file:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)        # until it is closed
        size = file.seek(0, os.SEEK_END)
        if first and size:
            return
        file.seek(max(size - 1, 0))
        unended = size > 0 and file.read(1) != b"\n"
        file.write(("\n" * unended + line + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def write_file(path: str | os.PathLike, data: bytes, new: bool = False) -> None:
    """Put `data` into the file `path`, which holds what it held before or all of `data`, whatever happens.

    A new file is written beside it, brought to the disk and put in its place, with the mode of the old one.
    A process that is killed meanwhile may leave a file ``.tmp``, which can be deleted. A `new` file never
    replaces anything: FileExistsError.
    """
    path = Path(path).resolve()  # of a link, the file that it points to is replaced
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(temporary, "wb") as file:
            with suppress(FileNotFoundError):
                shutil.copymode(path, temporary)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            take_name(temporary, path)
        else:
            os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def take_name(temporary: Path, path: Path) -> None:
    """Give a file a name that nothing has; FileExistsError if something has it.

    A second name (a hard link) never replaces anything, as a change of name does.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:                # a file system without second names
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        os.replace(temporary, path)
