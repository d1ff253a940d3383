"""What Lighthouse says of the site to read: the first page and a lesson, on a phone and on a desktop.

    python scripts/site/build_site.py read
    python benchmarks/site_light.py [--runs 3] [--pages docs/index notebooks/12_what_a_loop_can_compute]

Served by scripts/site with gzip and far-off expiry, as a good static host does; the median of some runs, with
Lighthouse's own throttling. Needs Node.js, Chromium and npm's lighthouse@12, which npx fetches.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "site"))
import build_site

PAGES = ["docs/index", "notebooks/12_what_a_loop_can_compute"]
KINDS = {"phone": [], "desktop": ["--preset=desktop"]}


def looked_at(address: str, options: list[str]) -> dict[str, float]:
    """The four marks of a page, 0 to 100, and the bytes that it loads before it is scrolled, in kB."""
    done = subprocess.run(
        ["npx", "--yes", "lighthouse@12", address, "--quiet", "--output=json", *options,
         "--chrome-flags=--headless=new --no-sandbox"], check=True, capture_output=True, text=True,
        env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""})
    report = json.loads(done.stdout)
    marks = {name: 100 * one["score"] for name, one in report["categories"].items()}
    return marks | {"kB": report["audits"]["total-byte-weight"]["numericValue"] / 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    given = parser.parse_args()
    print("| page | screen | performance | accessibility | best practices | SEO | kB |")
    print("|---|---|---|---|---|---|---|")
    with build_site.serving() as address:
        for page in given.pages:
            for kind, options in KINDS.items():
                runs = [looked_at(f"{address}/{page}.html", options) for _ in range(given.runs)]
                medians = [f"{statistics.median(run[name] for run in runs):.0f}" for name in runs[0]]
                print(f"| {page} | {kind} | {' | '.join(medians)} |", flush=True)


if __name__ == "__main__":
    main()
