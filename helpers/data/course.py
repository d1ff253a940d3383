"""The course's own texts and shipped results: where they are."""

from pathlib import Path


def data_folder() -> Path:
    """The folder of the course's texts and shipped results, in a checkout and in an installed wheel."""
    installed = Path(__file__).parents[1] / "corpora"     # where the wheel puts the checkout's data/
    return installed if installed.is_dir() else Path(__file__).parents[2] / "data"


def load_text(name: str) -> str:
    """A text of the course by name, for example "input" (to train on) or "heldout" (kept out of it)."""
    files = {path.stem: path for path in sorted((data_folder() / "texts").glob("*.txt"))}
    if name not in files:
        raise ValueError(
            f"The course has no text called {name!r}. Choose one of {', '.join(map(repr, files))}, "
            "or read your own file with read_text."
        )
    return files[name].read_text(encoding="utf-8")
