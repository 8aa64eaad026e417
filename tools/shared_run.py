"""A pytest plugin for processes that share a run: each takes the next part of the tests that nobody has taken, until none is left.

All of them collect the same tests in the same order. Their results are in the run's folder, which the environment names (FOLDER).
"""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = "SHARED_RUN"
# Each of these is one part, because its files share what they start; any other file is a part of its own.
TOGETHER = (Path("tests/unit"), Path("tests/browser"), Path("tests/e2e"))
# The coverage gate counts what these tests reach,
GATE = Path("tests/integration")
FAULTS = GATE / "test_faults.py"  # except for these thousands of requests, which add nothing to it
_seconds: dict[str, float] = {}


def keep(name: str, value: Any) -> None:
    """Save a value for the end of the run; does nothing outside of a shared run."""
    if FOLDER in os.environ:
        Path(os.environ[FOLDER], f"{name}-{os.getpid()}.json").write_text(json.dumps(value), encoding="utf-8")


def kept(name: str) -> list[Any]:
    """The values that the run's processes have saved under this name; none outside of a shared run."""
    if FOLDER not in os.environ:
        return []
    return [json.loads(path.read_text(encoding="utf-8")) for path in Path(os.environ[FOLDER]).glob(f"{name}-*.json")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not _path(item).is_relative_to(GATE) or _path(item) == FAULTS:
            item.add_marker("no_cover")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the parts that this process takes, like pytest's own loop."""
    if session.testsfailed:
        raise session.Interrupted(f"{session.testsfailed} errors during collection")
    for item, following in itertools.pairwise(itertools.chain(_taken(session.items), [None])):
        if item is not None:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    return True


def _taken(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """The tests of each part that this process takes first; it takes the next one when it reaches the last test of the previous one."""
    for number, (part, tests) in enumerate(itertools.groupby(items, _part)):
        try:
            Path(os.environ[FOLDER], f"{number} {part.name}.taken").touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from tests


def _part(item: pytest.Item) -> Path:
    return next((folder for folder in TOGETHER if _path(item).is_relative_to(folder)), _path(item))


def _path(item: pytest.Item) -> Path:
    return item.path.relative_to(item.config.rootpath)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    keep("collected", len(session.items))
    keep("seconds", _seconds)
