"""A pytest plugin: says at the end which tests were left out and why; where REQUIRE_ALL is set, a test left out is a failure.

A test is left out by `pytest.skip` with a reason that holds the one command that brings it.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest

REQUIRE_ALL = bool(os.environ.get("REQUIRE_ALL"))


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was left out, and REQUIRE_ALL is set: {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = Counter(_reason(report) for report in terminalreporter.getreports("skipped"))
    if left_out:
        terminalreporter.section("left out")
    for reason, count in left_out.most_common():
        terminalreporter.line(f"{count} × {reason}")
