"""Build the course as a site, and serve it on this machine.

    python scripts/site/build_site.py read     # to read: search, navigation, every picture; no server needed
    python scripts/site/build_site.py read 02 12    # these lessons alone, in a minute
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
import gzip
import http
import http.server
import io
import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import equations
import front
import learner
import light
import lite_site
import play
import site_tools

SITE = site_tools.ROOT / "_site"
NAMES = {       # what the theme leaves unsaid
    'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
    ' aria-label="Toggle hidden content"': "",
    '<aside class="sidebar-drawer"': '<aside class="sidebar-drawer" aria-label="All pages"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    '<div id="search-results"': '<h1>Search</h1><div id="search-results"',
}
EMPTY = re.compile(r'<th class="head[^"]*"><p></p></th>')        # a heading of a table, without words
TEXTS = {".html", ".css", ".js", ".mjs", ".svg", ".json", ".ipynb", ".txt"}
LASTING = re.compile(r"\?v=|/_images/[0-9a-f]{16}\.|/fonts/")
FACES = re.compile(r"-latin-(400-normal|400-italic|600-normal)\.woff2$")
DOOR = '<!doctype html><meta charset="utf-8"><title>{title}</title><meta http-equiv="refresh" ' \
       'content="0; url={place}"><a href="{place}">{title}</a>\n'


def read(site: Path = SITE, with_lite: bool = False, lessons: list[str] | None = None,
         solutions: bool = True, alone: bool = False) -> None:
    """Build the site to read into `site`; with buttons to the site that runs, if it is to stand there too.

    The dashboards of these `lessons`, by default of all, move. If they are `alone`, there are no other
    lessons and few other pages. Without `solutions`, or where their folder is missing, there is no page of
    them and no link to one.
    """
    lessons = play.lessons() if lessons is None else lessons
    play.play([number for number in lessons if not play.fresh(number)])
    solutions = solutions and any((site_tools.ROOT / "notebooks" / "solutions").glob("*.ipynb"))
    tags = ([f"moves{number}" for number in lessons] + ["lite"] * with_lite
            + ["without_solutions"] * (not solutions) + [f"only{number}" for number in lessons if alone])
    pages = site_tools.BUILD / "read" / "pages"     # MyST-NB leaves a folder of its own beside the pages
    shutil.rmtree(pages.parent, ignore_errors=True)
    moved = pages.parent / "static"                 # what conf.py adds to every page
    (moved / "states").mkdir(parents=True)
    (moved / "player.js").write_text(play.script(), encoding="utf-8")
    (moved / "player.css").write_text(play.style(), encoding="utf-8")
    shutil.copytree(site_tools.npm_package("@fontsource/source-serif-4") / "files", moved / "fonts",
                    ignore=lambda _, names: [name for name in names if not FACES.search(name)])
    (moved / "previews").mkdir()
    for name, text in learner.scripts().items():
        (moved / name).write_text(text, encoding="utf-8")
    told = {"board": learner.front(front.board(lessons)),
            "cards": front.cards(lessons if alone else play.lessons()),
            "previews": front.previews(moved / "previews"),
            "learners": {number: learner.of_lesson(number) for number in lessons}}
    (pages.parent / "front.json").write_text(json.dumps(told), encoding="utf-8")
    for number in lessons:
        for states in (play.PLAYED / number).glob("*.js"):
            shutil.copy(states, moved / "states")
    strict = [] if alone else ["-W", "--keep-going"]        # pages that aren't there are linked to
    site_tools.run("sphinx", "-b", "html", "-E", *strict, "-q", "-c", "docs",
                   *(part for tag in tags for part in ("-t", tag)), "-d", site_tools.BUILD / "doctrees",
                   ".", pages)
    for old in ("notebooks", "docs", "_sources", "_static"):   # what is no longer made must not stay
        shutil.rmtree(site / old, ignore_errors=True)
    finish(pages)
    shutil.copytree(pages, site, dirs_exist_ok=True)
    shutil.copytree(site_tools.ROOT / "img", site / "img", dirs_exist_ok=True)
    door = DOOR.format(title="Recurrent neural networks, taken apart", place="docs/index.html")
    (site / "index.html").write_text(door, encoding="utf-8")
    (site / "robots.txt").write_text("User-agent: *\nAllow: /\n", encoding="utf-8")
    (site / ".nojekyll").touch()    # or GitHub Pages leaves out the folders that begin with _


def finish(pages: Path) -> None:
    """Set the equations of all pages, and make their pictures files."""
    found = {path: named(path.read_text(encoding="utf-8")) for path in pages.rglob("*.html")}
    for path, text in light.with_files(equations.in_pages(found), pages / "_images").items():
        path.write_text(text, encoding="utf-8")


def named(page: str) -> str:
    """A page whose headings and folded cells have what screen readers say of them, and words."""
    for before, after in NAMES.items():
        page = page.replace(before, after)
    return EMPTY.sub("<td></td>", page)


def fetch_tools() -> None:
    """Fetch all that builds the sites: from then on building needs a network for wheels alone."""
    site_tools.python()
    for name in site_tools.VERSIONS:
        site_tools.npm_package(name)
    site_tools.npm_package("pyodide", lite_site.pyodide_version())


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files as a good static host gives them: text is compressed, and what pages load is kept by browsers."""

    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript",
        ".whl": "application/octet-stream", ".ipynb": "application/json",
    }

    def send_head(self):
        file = Path(self.translate_path(self.path))
        taken = self.headers.get("Accept-Encoding", "")
        if file.suffix not in TEXTS or not file.is_file() or "gzip" not in taken:
            return super().send_head()
        packed = gzipped(file, file.stat().st_mtime_ns)
        self.send_response(http.HTTPStatus.OK)
        for name, value in (("Content-Type", self.guess_type(str(file))), ("Content-Encoding", "gzip"),
                            ("Content-Length", str(len(packed)))):
            self.send_header(name, value)
        self.end_headers()
        return io.BytesIO(packed)

    def end_headers(self):
        if LASTING.search(self.path):
            self.send_header("Cache-Control", "max-age=31536000")
        super().end_headers()

    def log_message(self, *_):
        """Say nothing."""


@functools.lru_cache(maxsize=1000)
def gzipped(file: Path, changed: int) -> bytes:
    """A file compressed; by when it was `changed` it is read again."""
    return gzip.compress(file.read_bytes(), 6)


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
    parser.add_argument("lessons", nargs="*", metavar="NN", help="read: these lessons alone")
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
            read(with_lite=arguments.what == "all", lessons=arguments.lessons or None,
                 solutions=not arguments.without_solutions, alone=bool(arguments.lessons))
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
    size = sum(file.stat().st_size for file in SITE.rglob("*") if file.is_file())
    print(f"{SITE}: {size / 1e6:.0f} MB, built in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
