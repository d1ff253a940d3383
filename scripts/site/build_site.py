"""Build the course as a site, and serve it on this machine.

    python scripts/site/build_site.py read     # to read: search, navigation, every picture; no server needed
    python scripts/site/build_site.py lite     # to run: JupyterLab and Python in the reader's browser
    python scripts/site/build_site.py all      # both, the second inside the first
    python scripts/site/build_site.py serve    # then open the address that it prints
    python scripts/site/build_site.py tools    # fetch what the others need, and build nothing

All lands in _site, which can be put on any host of static files. The tools are installed once, into
build/site-venv; MathJax and Pyodide come from npm.
"""

import argparse
import contextlib
import functools
import http.server
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import lite_site
import play
import site_tools

SITE = site_tools.ROOT / "_site"
EMPTY = re.compile(r'<th class="head[^"]*"><p></p></th>')        # a heading of a table, without words
# A group of pages in the list of all, whose sign to fold it has no words.
FOLDED = re.compile(r'(<a class="[^"]*" href="[^"]*">([^<]*)</a><details[^>]*><summary)(?=>)')
ICONS = re.compile(r'\s*<script[^>]*src="[^"]*/fontawesome\.js[^"]*"></script>')
DOOR = '<!doctype html><meta charset="utf-8"><title>{title}</title><meta http-equiv="refresh" ' \
       'content="0; url={place}"><a href="{place}">{title}</a>\n'


def read(site: Path = SITE, with_lite: bool = False, lessons: list[str] | None = None,
         solutions: bool = True) -> None:
    """Build the site to read into `site`; with buttons to the site that runs, if it is to stand there too.

    The dashboards of these `lessons`, by default of all, move. Without `solutions`, or where their folder is
    missing, there is no page of them and no link to one.
    """
    lessons = play.lessons() if lessons is None else lessons
    play.play([number for number in lessons if not play.fresh(number)])
    solutions = solutions and any((site_tools.ROOT / "notebooks" / "solutions").glob("*.ipynb"))
    tags = ([f"moves{number}" for number in lessons] + ["lite"] * with_lite
            + ["without_solutions"] * (not solutions))
    pages = site_tools.BUILD / "read" / "pages"     # MyST-NB leaves a folder of its own beside the pages
    shutil.rmtree(pages.parent, ignore_errors=True)
    moved = pages.parent / "static"                 # what conf.py adds to every page
    (moved / "states").mkdir(parents=True)
    (moved / "player.js").write_text(play.script(), encoding="utf-8")
    (moved / "player.css").write_text(play.style(), encoding="utf-8")
    for number in lessons:
        for states in (play.PLAYED / number).glob("*.js"):
            shutil.copy(states, moved / "states")
    site_tools.run("sphinx", "-b", "html", "-E", "-W", "--keep-going", "-q", "-c", "docs",
                   *(part for tag in tags for part in ("-t", tag)), "-d", site_tools.BUILD / "doctrees",
                   ".", pages)
    for old in ("notebooks", "docs", "_sources", "_static"):   # what is no longer made must not stay
        shutil.rmtree(site / old, ignore_errors=True)
    leave_out_icons(pages)
    name_parts(pages)
    shutil.copytree(pages, site, dirs_exist_ok=True)
    site_tools.copy_mathjax(site / "_static" / "mathjax")
    shutil.copytree(site_tools.ROOT / "img", site / "img", dirs_exist_ok=True)
    door = DOOR.format(title="Recurrent neural networks, taken apart", place="docs/index.html")
    (site / "index.html").write_text(door, encoding="utf-8")
    (site / ".nojekyll").touch()    # or GitHub Pages leaves out the folders that begin with _


def leave_out_icons(pages: Path) -> None:
    """Take out the theme's script of all icons, 1.6 MB: site.css shows the few in use by the theme's font."""
    for page in pages.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(ICONS.sub("", text), encoding="utf-8")
    for file in pages.glob("_static/scripts/fontawesome.js*"):
        file.unlink()


def name_parts(pages: Path) -> None:
    """Give parts of a page the names that a screen reader says: the list of pages, and its folded groups.

    Where a table's heading has no words, there is no heading.
    """
    for page in pages.rglob("*.html"):
        text = FOLDED.sub(r'\1 aria-label="Pages below: \2"', page.read_text(encoding="utf-8"))
        text = text.replace('<div id="pst-primary-sidebar" ',
                            '<div id="pst-primary-sidebar" role="complementary" aria-label="All pages" ')
        page.write_text(EMPTY.sub("<td></td>", text), encoding="utf-8")


def fetch_tools() -> None:
    """Fetch all that builds the sites: from then on building needs a network for wheels alone."""
    site_tools.python()
    for name in site_tools.VERSIONS:
        site_tools.npm_package(name)
    site_tools.npm_package("pyodide", lite_site.pyodide_version())


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files as any static host gives them, with the type that WebAssembly needs."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript",
        ".whl": "application/octet-stream", ".ipynb": "application/json",
    }

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serving(site: Path = SITE) -> Iterator[str]:
    """Serve `site` beside what goes on here; its address."""
    with server(site, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def server(site: Path = SITE, port: int = 8000) -> http.server.ThreadingHTTPServer:
    """A server of `site` on this machine alone; port 0 takes a free one."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=site))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["read", "lite", "all", "serve", "tools"])
    parser.add_argument("--packages", help="where the browser gets NumPy and the other compiled packages: a "
                        "folder with their files, which then become part of the site, or an address; "
                        "without it, Pyodide's public server")
    parser.add_argument("--without-solutions", action="store_true",
                        help="leave out the solutions, the exams and the inventory, and the links to them")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    began = time.perf_counter()
    try:
        if arguments.what == "tools":
            return fetch_tools()
        if arguments.what in ("read", "all"):
            read(with_lite=arguments.what == "all", solutions=not arguments.without_solutions)
        if arguments.what in ("lite", "all"):
            lite_site.build(SITE / "lite", arguments.packages, solutions=not arguments.without_solutions)
    except site_tools.Problem as problem:
        sys.exit(str(problem))
    if arguments.what == "serve":
        with server(port=arguments.port) as running:
            print(f"http://localhost:{arguments.port}  (Ctrl-C ends it)", flush=True)
            try:
                running.serve_forever()
            except KeyboardInterrupt:
                return
    print(f"{SITE}: {site_tools.size(SITE)}, built in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
