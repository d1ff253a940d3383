"""What builds the sites, as the scripts make it, for the tests of the sites."""

from functools import cache
from pathlib import Path

import pytest
import site_tools


@cache
def site_python() -> Path:
    """The Python that has Sphinx, JupyterLite and nbgitpuller; made if need be. Skips without a network."""
    try:
        return site_tools.python()
    except Exception as problem:
        pytest.skip(f"the tools that build the site can't be installed here: {problem}")


def need_npm() -> None:
    """Skips where what comes from npm is neither here nor to be had."""
    try:
        for name in site_tools.VERSIONS:
            site_tools.npm_package(name)
    except Exception as problem:
        pytest.skip(f"MathJax, reveal.js or Pyodide can't be fetched here: {problem}")
