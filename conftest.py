"""Without PyTorch, lesson 10 and its solutions are skipped, with the reason."""

from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(items):
    if find_spec("torch") is None:
        needs = pytest.mark.skip(reason='PyTorch is not installed: pip install -e ".[torch]"')
        for item in items:
            if "10_from_numpy_to_pytorch" in item.nodeid:
                item.add_marker(needs)
