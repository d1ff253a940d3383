"""Two layers and the paths through them, and an encoder and a decoder with attention."""

from helpers.pictures import Canvas, Picture, count, styled, whole_number


@styled
def two_layers(steps: int = 3) -> Picture:
    """Two layers unrolled, the second reading the states of the first, for 1 to 5 steps."""
    steps = whole_number("steps", steps, 1, 5)
    page = Canvas(430)
    left, gap = 160, min(165, 760 / max(steps - 1, 1))
    xs, ones, twos = [], [], []
    for t in range(steps):
        x = left + t * gap
        xs.append(page.node(x, 60, f"$x_{t}$", "x", 58))
        ones.append(page.node(x, 190, f"$h^{{(1)}}_{t}$", "h", 68))
        twos.append(page.node(x, 330, f"$h^{{(2)}}_{t}$", "c", 68, radius=0.24))
        page.arrow(xs[t].top, ones[t].bottom)
        page.arrow(ones[t].top, twos[t].bottom)
        if t:
            page.arrow(ones[t - 1].right, ones[t].left)
            page.arrow(twos[t - 1].right, twos[t].left)
    page.label(52, 60, "input", "x", 16)
    page.label(52, 190, "first\nlayer", "h", 16)
    page.label(52, 330, "second\nlayer", "c", 16)
    page.label(500, 405, "the states of the first layer are the inputs of the second", size=17)
    paths, lead = count(steps, "path"), "leads" if steps == 1 else "lead"
    return page.picture(f"In two layers over {count(steps, 'step')}, {paths} {lead} from the first input to "
                        "the last state of the second layer, one for each step at which a path may go up.",
                        points={"the first input": xs[0], "the last state of the second layer": twos[-1]})


@styled
def encoder_decoder() -> Picture:
    """A string read into a state and written backwards out of it, with attention at one step."""
    page = Canvas(430)
    read, written = "abc", "cba"
    reads, writes = [], []
    for t, letter in enumerate(read):
        x = 90 + 140 * t
        letters = page.node(x, 62, letter, "x", 58)
        reads.append(page.node(x, 180, f"$h_{t}$", "h", 70))
        page.arrow(letters.top, reads[t].bottom)
        if t:
            page.arrow(reads[t - 1].right, reads[t].left)
    for t, letter in enumerate(written):
        x = 590 + 140 * t
        fed = page.node(x, 62, "›" if t == 0 else written[t - 1], "x", 58)
        writes.append(page.node(x, 180, f"$s_{t}$", "c", 70, radius=0.24))
        out = page.node(x, 370, letter, "y", 62)
        page.arrow(fed.top, writes[t].bottom)
        page.arrow(writes[t].top, out.bottom)
        if t:
            page.arrow(writes[t - 1].right, writes[t].left)
    page.arrow(reads[-1].right, writes[0].left)
    page.label(480, 203, "the state", "h", 16)
    page.label(230, 15, "the encoder reads", "h", 17)
    page.label(730, 15, "the decoder writes", "c", 17)
    answer = page.node(450, 300, "attention", "quiet", 130, 54, fontsize=17)
    for state, weight in zip(reads, (1.4, 2.0, 5.0), strict=True):
        page.arrow(state.top, answer.left, width=weight)
    page.arrow(answer.right, (556, 352), kind="quiet")
    page.label(205, 335, "where does it say\nwhat I need?", size=16)
    return page.picture("""An encoder reads the symbols a, b and c into its states. The decoder starts with
        the last of them and writes c, b, a, each time reading the symbol that it wrote before. With attention
        it also looks at all states of the encoder, most of all at the one for c when it has to write c.""")


DRAWINGS = [encoder_decoder]
