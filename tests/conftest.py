"""What holds for every test: in CI nothing is skipped."""

import os

import pytest

pytest.register_assert_rewrite("answers")


def refuse_skip(report):
    """Where CI is set in the environment, turn a skip into a failure: there everything is installed."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} would be skipped, and CI skips nothing. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return refuse_skip((yield))
