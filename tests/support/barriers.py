"""Barriers on a page, as axe-core finds them: those against WCAG 2.2 A and AA, and what is no good practice.

    found = barriers.look(page)             # all of the page
    found = barriers.look(page, ".part")    # what lies in these
"""

import functools
from importlib.util import find_spec
from pathlib import Path

import pytest

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is folded, or waits for an answer, is looked at as well: each question is answered with a and revealed.
OPEN = """() => {
    document.querySelectorAll('details').forEach(folded => { folded.open = true });
    for (const asked of document.querySelectorAll('.course-question')) {
        const press = name => [...asked.querySelectorAll('button')].find(button =>
            button.textContent.trim() === name && !button.disabled)?.click();
        ['Show the options', 'a', 'Reveal', 'Show a sample answer'].forEach(press);
    }
    document.querySelectorAll('details').forEach(folded => { folded.open = true });
}"""
# Of each fault the rule and the beginning of the element. axe does not read equations: a table's heading that
# is one is not empty.
ASK = """async ([inside, tags]) => {
    const tried = {runOnly: tags, preload: false, resultTypes: ['violations']};
    const {violations} = await axe.run(inside ? {include: [[inside]]} : document, tried);
    const equation = ({target}) => document.querySelector(target.join(' '))?.querySelector('mjx-container');
    const of = practice => violations.filter(({tags}) => tags.includes('best-practice') === practice)
        .flatMap(({id, nodes}) => nodes.filter(node => id !== 'empty-table-header' || !equation(node))
            .map(node => [id, node.html.slice(0, 160)]));
    return {wcag: of(false), practice: of(true)};
}"""


@functools.cache
def script() -> str:
    """axe-core; a test that asks for it is skipped where it is missing."""
    found = find_spec("axe_playwright_python")
    if found is None:
        pytest.skip("axe-playwright-python, which brings axe-core, is not installed: pip install -e '.[dev]'")
    folder = Path(found.submodule_search_locations[0])
    return next(folder.glob("axe.min.js")).read_text(encoding="utf-8")


def look(page, inside: str | None = None) -> dict[str, list]:
    """What axe-core finds on a page, or in the parts of it that a selector finds.

    `wcag` and `practice` are the faults, each its rule and where it begins.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(script())
    return page.evaluate(ASK, [inside, TAGS])
