"""Equations of pages and decks, set by MathJax when these are made: a reader's browser loads no MathJax."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import site_tools

SETS = Path(__file__).with_suffix(".js")
MATH = re.compile(r'(?s)(<(span|div) class="math notranslate nohighlight"[^>]*>)(.*?)</\2>')
GLYPH = re.compile(r'<path id="([^"]+)"[^>]*></path>')
MATHJAX = re.compile(r'(?s)\s*<script[^>]*>window\.MathJax.*?</script>|\s*<script[^>]*mathjax[^>]*></script>')


def setting(wanted: Sequence[tuple[str, bool]]) -> tuple[list[str], str]:
    """Equations in TeX, each with whether it is displayed, as outlines of glyphs, and HTML with the glyphs.

    Raises Problem where there is no Node.js, or MathJax fails.
    """
    node = shutil.which("node")
    if node is None:
        raise site_tools.Problem("equations are set in Node.js, which is not on this machine: install it")
    done = subprocess.run([node, SETS, site_tools.npm_package("mathjax") / "es5"], text=True,
                          input=json.dumps(wanted), capture_output=True)
    if done.returncode:
        raise site_tools.Problem(f"MathJax failed:\n{done.stderr[-5000:]}")
    answer = json.loads(done.stdout)
    return answer["set"], answer["glyphs"]


def in_pages(pages: Mapping[Path, str]) -> dict[Path, str]:
    """Pages as Sphinx makes them, by their paths, with their equations set; each has the glyphs that it uses.

    The same equation is set once for all of them.
    """
    wanted = list(dict.fromkeys(asked(found) for page in pages.values() for found in MATH.finditer(page)))
    each, glyphs = setting(wanted)
    done = dict(zip(wanted, each, strict=True))

    def whole(page: str) -> str:
        made = MATHJAX.sub("", MATH.sub(lambda found: f"{found[1]}{done[asked(found)]}</{found[2]}>", page))
        used = set(re.findall(r'xlink:href="#([^"]+)"', made))
        mine = GLYPH.sub(lambda found: found[0] if found[1] in used else "", glyphs)
        return made.replace("</body>", f"{mine}</body>") if used else made

    return {name: whole(page) for name, page in pages.items()}


def asked(found: re.Match) -> tuple[str, bool]:
    r"""What an equation says in TeX, and whether it is displayed: of \(...\) and \[...\] what is between."""
    return html.unescape(found[3]).strip()[2:-2], found[2] == "div"
