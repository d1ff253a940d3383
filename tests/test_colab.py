"""Lessons with the versions that Colab has: older widgets, an older IPython, an older NumPy."""

import os
import subprocess
import sys

import pytest
from course import LESSONS, ROOT, cells

VERSIONS = ["numpy==2.1.3", "matplotlib==3.10.0", "ipywidgets==7.7.1", "ipython==7.34.0", "ipykernel==6.17.1",
            "threadpoolctl"]


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """A Python with the packages of Colab, as they were in November 2026."""
    if sys.version_info >= (3, 14):
        pytest.skip("NumPy 2.1 and IPython 7.34 are not made for this Python; Colab has 3.12")
    place = tmp_path_factory.mktemp("colab")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [python, "-m", "pip", "install", "--quiet", *VERSIONS]
    got = subprocess.run(install, capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"the versions of Colab can't be installed here: {got.stderr[-200:]}")
    return python


@pytest.mark.parametrize("number", ["00", "01", "07", *(
    pytest.param(path.name[:2], marks=pytest.mark.slow) for path in LESSONS
    if path.name[:2] not in ("00", "01", "07", "10"))])
def test_a_lesson_runs_on_colab(colab, number):
    path = next(path for path in LESSONS if path.name.startswith(number))
    result = subprocess.run([colab, ROOT / "tests" / "cells_alone.py", path], capture_output=True, text=True,
                            timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    assert result.stdout == f"{path.name}: {len(cells(path, 'code'))} cells ran\n"
