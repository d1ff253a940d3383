"""The command that builds the sites hands on what it is given."""

import build_site
import lite_site
import pytest


@pytest.mark.parametrize(("line", "read", "lite"), [
    ("read", {"with_lite": False, "lessons": None, "solutions": True, "alone": False}, None),
    ("read 02 12", {"with_lite": False, "lessons": ["02", "12"], "solutions": True, "alone": True}, None),
    ("lite --packages there", None, ("there", True)),
    ("all --without-solutions", {"with_lite": True, "lessons": None, "solutions": False, "alone": False},
     (None, False)),
])
def test_each_site_is_built_as_the_command_says(monkeypatch, tmp_path, line, read, lite):
    asked = {}
    monkeypatch.setattr(build_site, "SITE", tmp_path)
    monkeypatch.setattr(build_site, "read", lambda **given: asked.update(read=given))
    monkeypatch.setattr(lite_site, "build", lambda folder, packages, *, solutions: asked.update(
        lite=(packages, solutions), folder=folder))
    monkeypatch.setattr("sys.argv", ["build_site.py", *line.split()])
    build_site.main()
    assert (asked.get("read"), asked.get("lite")) == (read, lite)
    assert asked.get("folder", tmp_path / "lite") == tmp_path / "lite"
