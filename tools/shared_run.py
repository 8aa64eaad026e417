"""A pytest plugin for processes that share a run: each takes the next part of the tests that nobody has taken, until none is left.

All of them collect the same tests in the same order. Their results are in the run's folder, which the environment names (FOLDER).
"""

import importlib
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = "SHARED_RUN"
LIBRARY = Path("layers/shared/customer_auth")
E2E, GATE = Path("tests/e2e"), Path("tests/integration")  # the coverage gate counts what the latter reach
# Each of these is one part, because its files share what they start, or the build; any other file is a part of its own.
TOGETHER = (
    (Path("tests/unit"),),
    (Path("tests/browser"),),
    tuple(E2E / f"test_{name}.py" for name in ("built_artifacts", "lambda_runtime", "sam_local")),
)
# Thousands of requests each, which add nothing to what the gate counts but the time of counting.
MANY_REQUESTS = {
    GATE / f"test_{name}.py"
    for name in (
        "messages_without_end",
        "threats",
        "faults",
        "renumber",
        "unverified_addresses_give_no_power",
        "shared_addresses",
        "races",
        "ownership",
    )
}
# The parts in the order in which they are taken: first what does not bear to come after tests with an AWS in their process, then what
# takes long, so that no process is left alone with it at the end. Any other file comes after them.
FIRST = (
    Path("tests/unit"),
    Path("tests/browser"),
    E2E / "test_sam_local.py",
    E2E / "test_local_stack.py",
    E2E,
    GATE / "deletion" / "test_process_account_deletions.py",
    GATE / "test_deployment.py",
    GATE / "test_unverified_addresses.py",
    *sorted(MANY_REQUESTS),
)
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
    # Now, while lines are counted: whichever tests come first, what a module does when it is imported is theirs.
    for path in sorted(LIBRARY.rglob("*.py")):
        importlib.import_module(".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts).removesuffix(".__init__"))
    for item in items:
        if not _path(item).is_relative_to(GATE) or _path(item) in MANY_REQUESTS:
            item.add_marker("no_cover")
    items.sort(key=_turn)


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


def _turn(item: pytest.Item) -> int:
    """The place in the order of a test's part."""
    return next((turn for turn, path in enumerate(FIRST) if _part(item).is_relative_to(path)), len(FIRST))


def _part(item: pytest.Item) -> Path:
    """The path that names a test's part: the last one of those that are together."""
    together = (paths for paths in TOGETHER if any(_path(item).is_relative_to(path) for path in paths))
    return next(together, (_path(item),))[-1]


def _path(item: pytest.Item) -> Path:
    return item.path.relative_to(item.config.rootpath)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    keep("collected", len(session.items))
    keep("seconds", _seconds)
