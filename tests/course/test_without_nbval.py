"""Where nbval is not, `instead_of_nbval` runs the notebooks and compares them as strictly."""

import json
import os
import re
import subprocess
import sys

import pytest
from course import LESSONS, ROOT, cells


def planted(path, copy) -> set[str]:
    """Write a copy of a notebook in which the first printed digit is another, a picture's sentence has one
    word more, and another picture has other pixels; the names of the two cells that are to be noticed."""
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    texts = ["".join(output.get("text", "")) for cell in code for output in cell["outputs"][:1] or [{}]]
    pages = ["".join(output.get("data", {}).get("text/html", ""))
             for cell in code for output in cell["outputs"][:1] or [{}]]
    printed = next(n for n, text in enumerate(texts) if re.search(r"\d", text))
    spoken, drawn, *_ = (n for n, page in enumerate(pages) if "data:image/png;base64" in page)
    another = re.sub(r"\d", lambda digit: str(9 - int(digit[0])), texts[printed], count=1)
    code[printed]["outputs"][0]["text"] = another
    code[spoken]["outputs"][0]["data"]["text/html"] = pages[spoken].replace('alt="', 'alt="Not ', 1)
    code[drawn]["outputs"][0]["data"]["text/html"] = re.sub("base64,[^\"]+", "base64,AAAA", pages[drawn])
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    return {f"Cell {printed}", f"Cell {spoken}"}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["01", "05"])
def test_just_the_changed_words_and_numbers_are_noticed(lesson, tmp_path):
    (path,) = (path for path in LESSONS if path.name.startswith(lesson))
    changed = planted(path, tmp_path / path.name)
    path_of_python = os.pathsep.join(str(ROOT / folder) for folder in ("", "scripts", "tests/support"))
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:nbval", "-p", "no:cacheprovider", "-p", "instead_of_nbval",
         "-rf", str(tmp_path / path.name)], cwd=tmp_path, capture_output=True, text=True, timeout=500,
        env={**os.environ, "PYTHONPATH": path_of_python, "MY_COURSE": str(tmp_path / "my_course.jsonl")})
    assert set(re.findall(r"^FAILED .*::(Cell \d+)", ended.stdout, re.MULTILINE)) == changed, ended.stdout
    assert f"{len(changed)} failed, {len(cells(path, 'code')) - len(changed)} passed" in ended.stdout
