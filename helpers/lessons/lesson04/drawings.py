"""The drawings of lesson 04: what crosses a border, how often and how far back, and a text in streams."""

import numpy as np

from helpers.pictures import COLOURS, INK, Box, Canvas, Picture, count, styled, whole_number

TEXT = "the keeper lights the lamp at night."
CROSS = "\N{BALLOT X}"
LAYOUTS = ("streams", "dealt chunks")
STEPS = 12                      # of the picture of k1 and k2
CARRIED = (0.62, -0.35, 0.08)   # the state at a border


@styled
def carried_state() -> Picture:
    """The border between two chunks, which the state crosses as plain numbers and where the gradient ends."""
    page = Canvas(400)
    for left, right, name in ((20, 390, "chunk 1"), (610, 980, "chunk 2")):
        page.band(left, 30, right, 330)
        page.label((left + right) / 2, 306, name, size=17, weight="bold")
    states = {}
    for step, x in zip(range(1, 7), (80, 205, 330, 670, 795, 920), strict=True):
        given = page.node(x, 80, f"$x_{{{step}}}$", "x", 56)
        states[step] = page.node(x, 190, f"$h_{{{step}}}$", "h", 60)
        page.arrow(given.top, states[step].bottom, kind="x")
    for step in (2, 3, 5, 6):
        page.arrow(states[step - 1].right, states[step].left, kind="h", shift=(0, 11))
        page.arrow(states[step].left, states[step - 1].right, kind="gradient", shift=(0, -11))
    copy = page.vector(500, 190, np.array(CARRIED), "h", len(CARRIED), width=84, cell=34)
    page.arrow(states[3].right, copy.left, kind="h", shift=(0, 11))
    page.arrow(copy.right, states[4].left, kind="h", shift=(0, 11))
    page.arrow(states[4].left, copy.right, kind="gradient", shift=(0, -11), head=False)
    x, y = copy.right
    page.axes.plot([x + 9, x + 9], [y - 21, y - 1], color=COLOURS["gradient"], linewidth=4, zorder=3)
    half = 17 * len(CARRIED)
    page.label(500, 217 + half, "copied numbers", "h", 16)
    page.label(500, 151 - half, "no backward pass", "gradient", 16)
    page.label(500, 127 - half, "from here", "gradient", 16)
    page.arrow((190, 372), (246, 372), kind="h", gap=0)
    page.label(258, 372, "the state goes on", "h", 16, ha="left")
    page.arrow((576, 372), (520, 372), kind="gradient", gap=0)
    page.label(588, 372, "the gradient stays in its chunk", "gradient", 16, ha="left")
    return page.picture(f"""The state at the end of chunk 1 is copied as
        {count(len(CARRIED), "plain number")}, from which chunk 2 starts. Gradients run back inside each
        chunk, and that of chunk 2 ends at the copy.""")


@styled
def k1_k2(k1: int = 3, k2: int = 5) -> Picture:
    """Twelve steps with an update after every k1 of them, whose gradient runs k2 steps back."""
    k1, k2 = whole_number("k1", k1, 1, STEPS), whole_number("k2", k2, 1, STEPS)
    updates = STEPS // k1
    line = min(72, 312 / updates)
    reach = min(22, 0.4 * line)
    page = Canvas(520)
    left, spacing = 150, 820 / STEPS
    size = min(50, 0.72 * spacing)

    def place(step: int) -> float:
        return left + spacing * (step - 0.5)

    page.label(20, 455, "states", "h", 16, ha="left")
    for step in range(1, STEPS + 1):
        state = page.node(place(step), 455, str(step), "h", size, fontsize=16)
        if step > 1:
            page.arrow((place(step - 1) + size / 2, 455), state.left, kind="h", gap=2)
    ends, reaches = [], []
    for update in range(1, updates + 1):
        end, y = update * k1, 400 - line * (update - 0.5)
        first = max(1, end - k2 + 1)
        page.label(20, y, f"update {update}", size=15, ha="left")
        ends += page.axes.plot([place(end) + size / 2 + 3] * 2, [y - reach, y + reach], color=INK,
                               linewidth=2)
        if end > first:
            reaches += page.arrow((place(end), y), (place(first) - 0.3 * spacing, y), kind="gradient", gap=0)
        for step in range(max(first, end - k1 + 1), end + 1):
            page.node(place(step), y, "", "loss", min(26, 0.6 * line))
    page.node(190, 30, "", "loss", 20)
    page.label(214, 30, "a loss that is sent back", size=16, ha="left")
    page.arrow((630, 30), (560, 30), kind="gradient", gap=0)
    page.label(642, 30, "over this many steps", "gradient", 16, ha="left")
    lost = max(0, k1 - k2)
    if lost:
        words = f"{lost} of every {k1} losses {'are' if lost > 1 else 'is'} never sent back"
    elif k1 == 1:
        words = f"from step {k2} on, every loss is sent back over {count(k2, 'step')}, its own included"
    else:
        words = f"from step {k2} on, a loss is sent back over {k2 - k1 + 1} to {k2} steps, its own included"
    return page.picture(f"""With k1 = {k1} and k2 = {k2} there
        {"is" if updates == 1 else "are"} {count(updates, "update")} in {STEPS} steps: {words}.""",
        {count(updates, "update"): ends, **({} if lost else {"sent back": reaches})})


@styled
def text_streams(layout: str = "streams", batch: int = 3, length: int = 4) -> Picture:
    """A text of 36 characters in `batch` rows (2, 3 or 4; 3 at most if `length` is 4), in chunks of 3 or 4.

    `layout` is "streams", each row a piece of running text, or "dealt chunks", chunk after chunk dealt
    to the rows like cards.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout is {layout!r}. Choose one of {', '.join(map(repr, LAYOUTS))}.")
    batch, length = whole_number("batch", batch, 2, 4), whole_number("length", length, 3, 4)
    if 36 % (batch * length):
        raise ValueError(f"batch is {batch} and length is {length}. Choose two whose product divides 36.")
    chunks = 36 // (batch * length)                              # one for each update
    page = Canvas(500)
    if layout == "streams":
        starts = [[row * chunks * length + n * length for n in range(chunks)] for row in range(batch)]
    else:
        starts = [[(n * batch + row) * length for n in range(chunks)] for row in range(batch)]
    owner = {start: row for row in range(batch) for start in starts[row]}
    _strip(page, length, owner)
    cell = min(52, 640 / (chunks * length))
    gap, x0 = min(80, (840 - cell * chunks * length) / max(1, chunks - 1)), 130
    broken, bands, carried, torn = 0, [], [], []
    for n in range(chunks):
        x = x0 + n * (cell * length + gap)
        page.band(x - 8, 14, x + cell * length + 8, 300)
        bands.append(Box(x + cell * length / 2, 157, cell * length + 16, 286))
        page.label(x + cell * length / 2, 281, f"update {n + 1}", size=16, weight="bold")
        for row in range(batch):
            y = 254 - (row + 0.5) * 232 / batch
            start = starts[row][n]
            for i in range(length):
                _letter(page, x + cell * (i + 0.5), y, TEXT[start + i], cell - 4, _shade(row, batch))
            if n and start == starts[row][n - 1] + length:
                carried += page.arrow((x - gap - 2, y), (x, y), kind="h", gap=0)
            elif n:
                broken += 1
                torn += page.arrow((x - gap - 2, y), (x, y), kind="quiet", gap=0)
                page.label(x - gap / 2, y + 18, CROSS, "gradient", 16, weight="bold")
    rows = [page.label(60, 254 - (row + 0.5) * 232 / batch, f"row {row + 1}", size=16)
            for row in range(batch)]
    borders = batch * (chunks - 1)
    return page.picture(f"""A text of 36 characters laid out as {layout}: {batch} rows, {chunks} updates of
        {length} steps. Of the {borders} states carried over a border, {borders - broken} meet the text that
        follows theirs and {broken} meet text from elsewhere.""",
        {f"{batch} rows": rows, f"{chunks} updates": bands,
         f"{borders - broken} meet the text that follows theirs": carried, f"{broken} meet text": torn})


def _strip(page: Canvas, length: int, owner: dict[int, int]) -> None:
    """The text on one line, each chunk in the shade of its row, whose number stands above it."""
    cell, rows = 26, 1 + max(owner.values())
    page.label(500, 478, "the running text, and the row that each chunk of it goes to", size=16)
    for start, row in owner.items():
        page.label(32 + cell * (start + length / 2), 440, str(row + 1), size=15, weight="bold")
        for i in range(start, start + length):
            _letter(page, 32 + cell * (i + 0.5), 402, TEXT[i], cell - 2, _shade(row, rows))


def _letter(page: Canvas, x: float, y: float, letter: str, size: float, shade: float) -> None:
    shown = "\N{OPEN BOX}" if letter == " " else letter
    page.node(x, y, shown, "x", size, height=34, fontsize=15, fill=shade, radius=0.12)


def _shade(row: int, rows: int) -> float:
    return 0.05 + 0.55 * row / (rows - 1)


DRAWINGS = [carried_state, text_streams]
