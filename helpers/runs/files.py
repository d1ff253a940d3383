"""One text and named arrays in one file that can be trusted.

The file is an ``.npz`` without pickle, so `numpy.load` reads it too. Its last 64 bytes, the comment
of the zip archive, are the SHA-256 of all bytes before them: one changed bit, or a cut, shows.
"""

import hashlib
import io
import math
import os
import threading
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

MAX_BYTES = 2**28  # 256 MB: an LSTM of 1,000 units with Adam's memory takes less than half of it
DIGEST = 64        # hexadecimal digits of SHA-256


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
        raise ValueError(f"{len(body) >> 20} MB are more than the {MAX_BYTES >> 20} that a file may have: "
                         "use float32 or fewer units")
    return body + hashlib.sha256(body).hexdigest().encode()


def unpack(data: bytes) -> tuple[str, dict[str, np.ndarray]]:
    """The text and the arrays that `pack` put into `data`. Sizes are checked before memory is taken.

    Raises:
        ValueError: these are not the bytes of `pack`; crafted ones may provoke any other Exception.
    """
    if hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:
        raise ValueError("its checksum does not fit: it was written by another program, cut short or damaged")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
        if not stored or sum(entry.file_size for entry in entries) > len(data):
            raise ValueError("its entries are compressed or lie over one another")
        arrays = {entry.filename.removesuffix(".npy"): _array(archive.read(entry)) for entry in entries}
    if len(arrays) < len(entries):
        raise ValueError("two of its entries have one name")
    return str(arrays.pop("header")), arrays


def _array(raw: bytes) -> np.ndarray:
    """The array of floats or text in an ``.npy`` entry."""
    file = io.BytesIO(raw)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array has an unknown form")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in "fU" or fortran_order or math.prod(shape) * dtype.itemsize != len(raw) - file.tell():
        raise ValueError(f"an array of {dtype} with shape {shape} is not of the kind that is saved")
    return np.frombuffer(raw, dtype, offset=file.tell()).reshape(shape).copy()


def read_file(path: str | os.PathLike) -> bytes:
    """All bytes of a zip file of at most MAX_BYTES; nothing else is read to its end.

    Raises:
        ValueError: it is not such a file. OSError: it can't be read.
    """
    path = Path(path)
    if not path.is_file():  # a device or a pipe could be endless
        raise ValueError("it is a folder or a device" if path.exists() else "there is no such file")
    with open(path, "rb") as file:
        if file.read(4) != b"PK\3\4":
            raise ValueError("it is a file of another kind")
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise ValueError(f"it has {size >> 20} MB, more than the {MAX_BYTES >> 20} that a run can have")
        file.seek(0)
        return file.read(size)


def write_file(path: str | os.PathLike, data: bytes) -> None:
    """Put `data` into the file `path`, which holds what it held before or all of `data`, whatever happens.

    A new file is written beside it, brought to the disk and put in its place. A process that is
    killed meanwhile may leave a file ``.tmp``, which can be deleted.

    Raises:
        OSError: it can't be written; an earlier file is unchanged.
    """
    path = Path(path).resolve()  # of a link, the file that it points to is replaced
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        for wait in (0.01, 0.03, 0.1, 0.3, 1.0, None):  # on Windows another program may hold the old file
            try:
                os.replace(temporary, path)
                break
            except PermissionError:
                if wait is None:
                    raise
                time.sleep(wait)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    with suppress(OSError):  # the folder remembers the new name after a power cut; not every system can
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
