"""Runs every test, in processes that share the files, then what looks back on all of them: coverage, policies, and the slowest.

Each process takes the next file that none has taken (`tools/shared_run.py`), so that all end at about the same time. There is one more of
them than a small machine has cores, for tests wait as much as they work.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from tools import dynamodb_local, shared_run

PROCESSES = 3
PYTEST = (sys.executable, "-m", "pytest", "-p", "tools.left_out")
LOOKS_BACK = "tests/integration/test_policies.py"
# The gate is asked at the end, of all processes together.
SHARED = (*PYTEST, "-p", "tools.shared_run", "--ignore", LOOKS_BACK, "--cov", "--cov-report=", "--cov-fail-under=0")
COVERAGE = (sys.executable, "-m", "coverage")
SLOWEST = 10


def main() -> int:
    """The status of the first that failed, or 0."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        os.environ[shared_run.FOLDER] = folder
        if dynamodb_local.FOLDER.exists():
            os.environ[dynamodb_local.URL] = ends.enter_context(dynamodb_local.running())
        statuses = [*_run_tests(), _run(*COVERAGE, "combine", "-q", folder), _run(*COVERAGE, "report"), _print_slowest()]
        statuses.append(_run(*PYTEST, LOOKS_BACK))  # last, so that the output ends as pytest's does
        return next(filter(None, statuses), 0)


def _run_tests() -> list[int]:
    """The first process prints as it goes, the others once it is done."""
    with ExitStack() as started:
        others = [_started(started, number) for number in range(1, PROCESSES)]
        statuses = [_run(*SHARED, COVERAGE_FILE=_coverage(0))]
        for process, output in others:
            statuses.append(process.wait())
            output.seek(0)
            print(output.read(), flush=True)
    return statuses


def _started(started: ExitStack, number: int) -> tuple[subprocess.Popen[bytes], IO[str]]:
    output = started.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 (entered here)
    environment = os.environ | {"COVERAGE_FILE": _coverage(number)}
    process = subprocess.Popen(SHARED, stdout=output, stderr=subprocess.STDOUT, env=environment)  # noqa: S603 (our own command)
    return started.enter_context(process), output


def _coverage(number: int) -> str:
    """The file for what a process saw of it, named as `coverage combine` looks for them."""
    return str(Path(os.environ[shared_run.FOLDER], f".coverage.{number}"))


def _run(*command: str, **environment: str) -> int:
    return subprocess.run(command, env=os.environ | environment, check=False).returncode  # noqa: S603 (as above)


def _print_slowest() -> int:
    """Print the slowest tests; returns 1 if a test was run by no process, or by two."""
    seconds: Counter[str] = Counter()
    for each in shared_run.kept("seconds"):
        seconds.update(each)
    print(f"\nThe slowest of {len(seconds)} tests:", flush=True)
    for test, took in seconds.most_common(SLOWEST):
        print(f"{took:6.1f} s  {test}")
    counts = [*shared_run.kept("collected"), sum(map(len, shared_run.kept("seconds"))), len(seconds)]
    if len(set(counts)) != 1:
        print(f"The processes did not share all tests as they should have: {counts}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
