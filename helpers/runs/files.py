"""Files that can be trusted: one text and named arrays in one file, and files of lines that only grow.

The file is an ``.npz`` without pickle, so `numpy.load` reads it too. Its last 64 bytes, the comment
of the zip archive, are the SHA-256 of all bytes before them: one changed bit, or a cut, shows.
"""

import errno
import hashlib
import io
import os
import stat
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from helpers.data import name_in_words

MAX_BYTES = 2**28  # 256 MB: an LSTM of 1,000 units with Adam's memory takes less than half of it
DIGEST = 64        # hexadecimal digits of SHA-256
OTHER = "a pipe or a device"
ROOM, ELSEWHERE = "make room on the disk or choose another folder", "choose another folder"
HINTS = {errno.ENOSPC: ROOM, errno.EDQUOT: ROOM, errno.EFBIG: ROOM, errno.EACCES: ELSEWHERE,
         errno.EPERM: ELSEWHERE, errno.EROFS: ELSEWHERE, errno.ENAMETOOLONG: "choose a shorter name"}
FAR = 2**30        # the byte of a file of lines that is locked on Windows: beyond what anybody reads


def pack(text: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of a file with `text`, as an array named header, and `arrays` of floats: always the same.

    Raises:
        ValueError: together they are larger than MAX_BYTES.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in {"header": np.array(text), **arrays}.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, whenever it is made
            info.create_system = 3                 # and wherever
            archive.writestr(info, entry.getvalue())
        archive.comment = bytes(DIGEST)
    body = buffer.getvalue()[:-DIGEST]
    if len(body) + DIGEST > MAX_BYTES:
        raise ValueError(f"{len(body) >> 20} MB is more than the {MAX_BYTES >> 20} MB that a file may have: "
                         "use float32 or fewer units")
    return body + hashlib.sha256(body).hexdigest().encode()


def unpack(data: bytes) -> tuple[str, dict[str, np.ndarray]]:
    """The text and the arrays that `pack` put into `data`; nothing in them is run.

    Raises:
        ValueError: these are not the bytes of `pack`; crafted ones may provoke any other Exception.
    """
    if hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:
        raise ValueError("its checksum does not match, so another program wrote it or it is damaged")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > len(data):
        raise ValueError("its contents are compressed, so another program wrote it")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ValueError("two of its arrays have one name, so another program wrote it")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = dict(file)
    return str(arrays.pop("header")), arrays


def named(path: str | os.PathLike) -> str:
    """The name of a file for a sentence: in quotes, what is not seen by its number, of a long one the end."""
    name = os.fsdecode(path)
    return f"'{name_in_words(name if len(name) <= 80 else '…' + name[-79:])}'"


def regular(path: str | os.PathLike) -> str:
    """The name of a regular file, with ``~`` spelt out; a device or a pipe could be endless.

    Raises:
        ValueError: it is none. OSError: it can't be looked at.
    """
    name = os.path.expanduser(os.fsdecode(path))
    try:
        mode = os.stat(name).st_mode
    except (FileNotFoundError, ValueError):     # ValueError: a NUL or half a character in the name
        raise ValueError("there is no such file") from None
    if not stat.S_ISREG(mode):
        raise ValueError(f"it is {'a folder' if stat.S_ISDIR(mode) else OTHER}")
    return name


def writable(path: str | os.PathLike) -> Path:
    """The file that can be written under this name, ``~`` and links followed: a regular one, or a new one.

    Raises:
        ValueError: there is none; the sentence says what is in the way and what to do.
    """
    name, shown = os.path.expanduser(os.fsdecode(path)), named(path)
    folder, last = os.path.split(name)
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        if not last:
            raise ValueError(f"{shown} is not the name of a file: use a name such as 'my_run.npz'") from None
        if os.path.islink(name):
            raise ValueError(f"{shown} is a link to a file that is not there: choose another name") from None
        if folder and not os.path.isdir(folder):
            raise ValueError(f"{shown} is in a folder that does not exist: create that folder first, or "
                             "choose another") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{shown} cannot be the name of a file ({reason(error)}): {hint(error)}") from None
    else:
        if stat.S_ISDIR(mode):
            raise ValueError(f"{shown} is a folder: give the name of a file in it")
        if not stat.S_ISREG(mode):
            raise ValueError(f"{shown} is {OTHER} and stays as it is: choose another name")
    return Path(os.path.realpath(name))


def reason(error: Exception) -> str:
    """What an error of the file system says, without number and name."""
    return getattr(error, "strerror", None) or str(error)


def hint(error: Exception) -> str:
    """What to do about an error of the file system."""
    return HINTS.get(getattr(error, "errno", None) or 0, "choose another name")


def read_file(path: str | os.PathLike) -> bytes:
    """All bytes of a zip file of at most MAX_BYTES; nothing else is read to its end.

    Raises:
        ValueError: it is not such a file. OSError: it can't be read.
    """
    with open(regular(path), "rb") as file:
        if file.read(4) != b"PK\3\4":
            raise ValueError("it is not a saved run")
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise ValueError(f"it has {size >> 20} MB, but a run can have {MAX_BYTES >> 20} MB at most")
        file.seek(0)
        return file.read(size)


def append_line(path: str | os.PathLike, line: str, first: bool | None = None) -> None:
    """Add a line to a file of lines, in one write at its end, and bring it to the disk.

    Several processes may do so at once. What a killed one left without its end gets its own line.

    Args:
        first: True adds it to an empty file only, and leaves another as it is; False only to a file that is
            there. By default, and with True, the file is made if need be.

    Raises:
        OSError: it can't be written.
    """
    flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | (0 if first is False else os.O_CREAT)
    file = os.open(path, flags, 0o666)
    try:
        with _alone(file):
            size = os.fstat(file).st_size
            if first and size:
                return
            if size:
                os.lseek(file, size - 1, os.SEEK_SET)
            unended = size > 0 and os.read(file, 1) != b"\n"
            data = ("\n" * unended + line + "\n").encode()
            while data:                             # once, but on a full disk
                data = data[os.write(file, data):]
            os.fsync(file)
    finally:
        os.close(file)
    if not size:
        _remember(Path(path).parent)


@contextmanager
def _alone(file: int) -> Iterator[None]:
    """Nobody else adds to the file meanwhile; not every file system can, and a browser need not."""
    if sys.platform == "win32":
        import msvcrt

        def lock(how: int) -> None:
            os.lseek(file, FAR, os.SEEK_SET)
            with suppress(OSError):
                msvcrt.locking(file, how, 1)

        lock(msvcrt.LK_LOCK)
        try:
            yield
        finally:
            lock(msvcrt.LK_UNLCK)
    else:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)        # until it is closed
        yield


def write_file(path: str | os.PathLike, data: bytes, new: bool = False) -> None:
    """Put `data` into the file `path`, which holds what it held before or all of `data`, whatever happens.

    A new file is written beside it, brought to the disk and put in its place, with the mode of the old one.
    A process that is killed meanwhile may leave a file ``.tmp``, which can be deleted.

    Args:
        new: never replace anything.

    Raises:
        OSError: it can't be written; an earlier file is unchanged. FileExistsError: it is not `new`.
    """
    path = Path(path).resolve()  # of a link, the file that it points to is replaced
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(temporary, "wb") as file:
            with suppress(FileNotFoundError):
                mode = stat.S_IMODE(os.stat(path).st_mode)
                if mode != stat.S_IMODE(os.fstat(file.fileno()).st_mode):   # shared folders know just one
                    os.chmod(temporary, mode)                               # before anything is in it
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        for wait in (0.01, 0.03, 0.1, 0.3, 1.0, None):  # on Windows another program may hold the old file
            try:
                (_name if new else os.replace)(temporary, path)
                break
            except PermissionError:
                if wait is None:
                    raise
                time.sleep(wait)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    _remember(path.parent)


def _name(temporary: Path, path: Path) -> None:
    """Give the file a name that nothing has: with a second name, for a change of name replaces."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:                # a file system without second names
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        os.replace(temporary, path)


def _remember(folder: Path) -> None:
    """The folder knows a new name after a power cut; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
