"""A pytest plugin that reports at the end which tests were skipped and why, and which were run at a reduced size.

The reason of `pytest.skip` must contain the one command that installs what the test needs; with REQUIRE_ALL set, a skipped test fails. A
test of a reduced size reports its size in the property PART (`part_of` in the tests' harness).
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest

REQUIRE_ALL = bool(os.environ.get("REQUIRE_ALL"))
PART = "part"


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
    parts = _parts([*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")])
    if left_out or parts:
        terminalreporter.section("left out")
    for reason, count in left_out.most_common():
        terminalreporter.line(f"{count} × {reason}")
    if parts:
        terminalreporter.line(f"{len(parts)} not run whole: make bench ARGS=attacks")
    for test, part in parts.items():
        terminalreporter.line(f"  {test}: {part}")


def _parts(reports: list[pytest.TestReport]) -> dict[str, str]:
    """The size at which each reduced test was run, by the test's file and name."""
    parts: dict[str, dict[str, None]] = {}
    for report in reports:
        for name, part in report.user_properties:
            if name == PART and report.when == "call":
                parts.setdefault(report.nodeid.partition("[")[0], {})[str(part)] = None
    return {test: ", ".join(each) for test, each in parts.items()}
