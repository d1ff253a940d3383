"""Two states that read bits, and what a loop has to do for parity."""

from helpers.pictures import Canvas, Picture, styled

BITS = "101101"


@styled
def parity_machine() -> Picture:
    """The automaton of parity, and its way over some bits."""
    page = Canvas(470)
    even = page.node(330, 350, "even", "h", 130, fontsize=20, radius=0.5)
    odd = page.node(670, 350, "odd", "y", 130, fontsize=20, radius=0.5)
    page.arrow((385, 392), (500, 412), (615, 392), turn=60)
    page.arrow((615, 308), (500, 288), (385, 308), turn=60)
    page.label(500, 432, "1", "x", 22)
    page.label(500, 266, "1", "x", 22)
    for box, side in ((even, -1), (odd, 1)):
        x = box.x + side * 65
        out = x + side * 90
        page.arrow((x - side * 8, 382), (out, 390), (out, 310), (x - side * 8, 318), turn=30)
        page.label(x + side * 112, 350, "0", "x", 22)
    page.label(30, 160, "read", "x", 17, ha="left")
    page.label(30, 70, "so far", size=17, ha="left")
    state = 0
    boxes = [page.node(165, 70, "even", "h", 92, 56, fontsize=16)]
    for n, bit in enumerate(BITS, 1):
        x = 165 + 125 * n
        state ^= int(bit)
        page.node(x - 62, 160, bit, "x", 50, fontsize=19)
        boxes.append(page.node(x, 70, "odd" if state else "even", "y" if state else "h", 92, 56, fontsize=16))
        page.arrow((x - 62, 133), (x - 62, 90), kind="x")
        page.arrow(boxes[-2].right, boxes[-1].left, gap=1)
    states = ", ".join("odd" if BITS[:n].count("1") % 2 else "even" for n in range(1, len(BITS) + 1))
    return page.picture(f"""Two states, even and odd. A 0 leads back to the same state, a 1 to the other
        state. Starting at even, the bits {', '.join(BITS)} lead to {states}.""")


DRAWINGS = [parity_machine]
