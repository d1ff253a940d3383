"""What is installed, and from where: ranges for students, hashed locks for images, a host that only reads."""

import re

import pytest
from course import ROOT
from packaging.requirements import Requirement

LOCKS = sorted((ROOT / "docs" / "locks").glob("python-*.txt"))
WANTED = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines()
          if line.strip() and not line.startswith("-")]


def locked(path) -> dict[str, tuple[str, list[str]]]:
    """Name to version and hashes."""
    entries = re.findall(r"^([\w.-]+)==(\S+)((?:.|\n(?=\s))*)", path.read_text(), re.MULTILINE)
    return {package: (version, re.findall(r"sha256:[0-9a-f]{64}\b", rest))
            for package, version, rest in entries}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_what_the_requirements_ask_for_and_hashes_of_all(path):
    found = locked(path)
    assert len(found) > 50 and all(hashes for _, hashes in found.values())
    for requirement in WANTED:
        version, _ = found[requirement.name]
        assert requirement.specifier.contains(version), f"{requirement} in {path.name}: {version}"


def test_there_is_a_lock_for_each_python():
    assert [path.stem for path in LOCKS] == ["python-3.11", "python-3.12", "python-3.13"]


def test_the_workflow_may_only_read():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text()
    assert re.search(r"^permissions:\n  contents: read\n(?! )", text, re.MULTILINE)
    assert "write" not in text and "secrets." not in text
    assert all(re.fullmatch(r"v\d+", tag) for tag in re.findall(r"uses: \S+@(\S+)", text)), "versions by tag"
    assert all(system in text for system in ("ubuntu", "windows", "macos")) and "cron:" in text
