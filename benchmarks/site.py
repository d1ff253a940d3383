"""How large the reading site's lessons are, and how soon a picture follows the hand.

    python scripts/site/build_site.py read
    python benchmarks/site.py

Of each lesson: what its page loads before anything is touched, how many dashboards and states there are, the
largest script that a touch loads, the largest dashboard with all its scripts, and how long it takes from the
input to the picture laid out, over up to 40 values of each first control, once all is loaded. The last column
is how long until the browser has drawn a frame with it.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts" / "site"), str(ROOT / "tests" / "support")]
import build_site  # noqa: E402
import play  # noqa: E402
from lab import Browser  # noqa: E402

MOVE = """async id => {
    const one = coursePlayed.get(id), found = [];
    const count = one.dials.length && Math.min(one.dials[0].words.length, 40);
    for (const [, first] of one.files) await one.load(first);
    const frame = () => new Promise(requestAnimationFrame);
    one.root.scrollIntoView();
    for (let value = 0; value < count; value++) {
        await frame();
        const began = performance.now();
        one.go(0, value);
        while (one.shown !== one.number()) await Promise.resolve();
        one.root.getBoundingClientRect();
        const laid = performance.now();
        await frame(); await frame();
        found.push([laid - began, performance.now() - began]);
    }
    return found }"""


def main() -> None:
    print("lesson | page MB | dashboards | largest script MB | largest in all MB | median ms | 95 % ms | "
          "worst ms | frame ms")
    with build_site.serving() as address, Browser() as browser:
        for number in play.lessons():
            page, loaded = browser.page(), []
            page.on("response", lambda response, loaded=loaded: loaded.append(len(response.body())))
            file = next((build_site.SITE / "notebooks").glob(f"{number}_*.html"))
            page.goto(f"{address}/notebooks/{file.name}")
            page.wait_for_function("() => window.coursePlayed")
            page.wait_for_load_state("networkidle")
            before = sum(loaded) / 1e6
            ids = page.evaluate("() => [...coursePlayed.keys()]")
            files = {id: [size(name) for name, *_ in page.evaluate("id => coursePlayed.get(id).files", id)]
                     for id in ids}
            times = np.array([pair for id in ids for pair in page.evaluate(MOVE, id)])
            laid, frame = times.T
            row = [f"{before:.1f}", f"{len(ids)}", f"{max(map(max, files.values())):.2f}",
                   f"{max(map(sum, files.values())):.2f}", f"{np.median(laid):.1f}",
                   f"{np.quantile(laid, 0.95):.1f}", f"{laid.max():.1f}", f"{np.median(frame):.0f}"]
            print(" | ".join([number, *row]), flush=True)
            page.close()


def size(name: str) -> float:
    """The size of a script of states, in MB."""
    return Path(build_site.SITE / "_static" / "states" / name).stat().st_size / 1e6


if __name__ == "__main__":
    main()
