"""On the site a link to a section leads to its heading: MyST names headings otherwise than JupyterLab."""

import re

import paper
import pytest
from course import LESSONS, ROOT, SOLUTIONS, cells, headings, links, name


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS, *sorted((ROOT / "docs").glob("*.md"))],
                         ids=lambda path: name(path) if path.suffix == ".ipynb" else path.name)
def test_on_the_site_a_link_to_a_section_leads_to_its_heading_too(path):
    """Where MyST names headings, as a code host does, by their small letters without signs."""
    for _, file, anchor in links(path):
        if (file.endswith(".ipynb") and anchor) or (not file and path.suffix == ".ipynb"):
            aim = next(one for one in (*LESSONS, *SOLUTIONS) if one.name == (file or path.name)
                       and (bool(file) or one == path))
            text = "\n".join(cell["source"] for cell in cells(aim, "markdown"))
            names = {re.sub(r"[^\w\- ]", "", re.sub(r"[*`]", "", words).lower().replace(" ", "-"))
                     for _, words in headings(text)}
            assert paper.aimed(f"[x](#{anchor})")[5:-1] in names, anchor
