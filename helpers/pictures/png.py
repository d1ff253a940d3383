"""A figure as a PNG, for the style and for the layers of a picture."""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image


def rasterise(figure: Figure) -> bytes:
    """The figure as a PNG with a small palette."""
    figure.canvas.draw()
    return as_png(np.asarray(figure.canvas.buffer_rgba()))


def as_png(pixels: np.ndarray) -> bytes:
    """Opaque pixels (height, width, 4) as a PNG with a small palette."""
    image = Image.fromarray(pixels).convert("RGB")
    buffer = io.BytesIO()
    image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(buffer, format="png")
    return buffer.getvalue()
