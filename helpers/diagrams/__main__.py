"""``python -m helpers.diagrams [folder]`` redraws every picture of ideas, by default in img/."""

import sys
from pathlib import Path

from helpers import diagrams

if __name__ == "__main__":
    for path in diagrams.redraw(Path(sys.argv[1] if len(sys.argv) > 1 else "img")):
        print(path)
