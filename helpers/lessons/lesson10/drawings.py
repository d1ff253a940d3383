"""The drawing of lesson 10's page: two libraries store the same layer differently."""

from matplotlib.patches import Rectangle

from helpers.pictures import COLOURS, Canvas, Picture, styled, tint

OURS, THEIRS = "ifog", "ifgo"
ROLES = {"i": "add?", "f": "keep?", "o": "read out?", "g": "what"}


@styled
def gate_layouts() -> Picture:
    """The LSTM's weight matrix as this course stores it, and as PyTorch does."""
    page = Canvas(430)
    page.label(270, 395, "this course: $x_t\\, W_{xh}$", "x", 20)
    page.label(770, 395, "PyTorch: $W_{ih}\\, x_t$", "x", 20)
    for n, gate in enumerate(OURS):
        _block(page, 70 + 100 * n, 215, 100, 110, gate, n)
    for n, gate in enumerate(THEIRS):
        _block(page, 715, 272 - 72 * n, 110, 72, gate, OURS.index(gate))
    page.label(270, 348, "$D$ rows, $4H$ columns", size=16)
    page.label(850, 200, "$4H$ rows,\n$D$ columns", size=16, ha="left")
    for n, gate in enumerate(OURS):
        page.label(120 + 100 * n, 190, ROLES[gate], size=15)
    page.arrow((490, 270), (700, 270), kind="quiet")
    page.label(595, 296, "transposed", size=16)
    page.label(595, 242, "o and g swapped", size=16)
    page.label(270, 110, "one bias: $b_h$", size=18)
    page.label(770, 20, "two biases: $b_{ih} + b_{hh}$", size=18)
    page.label(270, 66, "(the GRU has a second, $b_{hn}$)", size=15)
    return page.picture("""The input weights of an LSTM, twice. This course has D rows and 4H columns, in
        four blocks i, f, o, g from left to right. PyTorch has the same blocks transposed, 4H rows and D
        columns, in the order i, f, g, o from top to bottom. This course has one bias for each gate, and
        PyTorch has two that are added.""")


def _block(
    page: Canvas, left: float, bottom: float, width: float, height: float, gate: str, shade: int
) -> None:
    fill = tint(COLOURS["x"], (0.2, 0.4, 0.6, 0.85)[shade])
    page.axes.add_patch(
        Rectangle((left, bottom), width, height, facecolor=fill, edgecolor="black", linewidth=1.6))
    page.label(left + width / 2, bottom + height / 2, f"${gate}$", size=24)


DRAWINGS = [gate_layouts]
