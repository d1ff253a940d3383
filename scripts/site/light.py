"""Makes pages light: their pictures are files of their own, each loaded when it is scrolled near."""

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

KINDS = {"png": "png", "webp": "webp", "svg+xml": "svg"}
INSIDE = re.compile(r'src="data:image/(png|webp|svg\+xml);base64,([^"]+)"')
LATER = re.compile(r"<img (?![^>]*\bloading=)")


def with_files(pages: Mapping[Path, str], folder: Path) -> dict[Path, str]:
    """Pages by their paths, with the pictures that were inside them written to a folder, each once.

    All pictures of a page but its first are loaded when they are scrolled near.
    """
    folder.mkdir(exist_ok=True)
    made = {}
    for path, text in pages.items():
        def beside(found: re.Match, path: Path = path) -> str:
            data = base64.b64decode(found[2])
            file = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.{KINDS[found[1]]}"
            if not file.exists():
                file.write_bytes(data)
            return f'src="{Path(os.path.relpath(file, path.parent)).as_posix()}"'

        first, image, rest = INSIDE.sub(beside, text).partition("<img ")
        made[path] = first + image + LATER.sub('<img loading="lazy" ', rest)
    return made
