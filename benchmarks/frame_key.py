"""What it costs to know whether the frame of a picture must be drawn again, beside drawing it.

    python benchmarks/frame_key.py

At every move of a slider a dashboard makes the picture, then the key of its frame, and then the small layer
alone where the key is that of the frame on the screen, or else the whole picture. Milliseconds of processor
time, medians of 15 new figures each.
"""

import statistics
import time
from collections.abc import Callable

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson01 import unrolled_network
from helpers.lessons.lesson02 import plot_nll
from helpers.lessons.lesson04 import k1_k2
from helpers.lessons.lesson05 import cliff_grows, clip_plane, repeated_matrix
from helpers.lessons.lesson07 import lstm_cell
from helpers.pictures import for_lecture, frame_key, svg
from helpers.pictures.style import rasterise

PICTURES = (fading_memory, plot_nll, clip_plane, repeated_matrix, cliff_grows, unrolled_network, k1_k2,
            lstm_cell)


def milliseconds(draw: Callable, work: Callable) -> float:
    """The median time of `work` on the figure of a picture that `draw` makes anew each time."""
    taken = []
    for _ in range(15):
        figure = draw().figure
        began = time.process_time()
        work(figure)
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def main() -> None:
    print("| picture | key | in a lecture | layer | drawn whole | key / whole |\n" + 6 * "|---" + "|")
    for draw in PICTURES:
        with for_lecture():
            large = milliseconds(draw, frame_key)
        key, layer, whole = (milliseconds(draw, work) for work in (
            frame_key, lambda figure: svg(figure, "seen"), rasterise))
        numbers = f"{key:.2f} | {large:.2f} | {layer:.2f} | {whole:.1f} | {key / whole:.2f}"
        print(f"| {draw.__name__} | {numbers} |", flush=True)


if __name__ == "__main__":
    main()
