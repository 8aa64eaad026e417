"""Runs every test, in three concurrent processes since tests wait as much as they work: with the coverage gate, in browsers, and the rest.

Tests from outside (built artifacts, containers, local stacks) share a build and run in sequence. The report of the gate comes first.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from typing import IO

PYTEST = (sys.executable, "-m", "pytest", "-p", "tools.left_out")
FAULTS = "tests/integration/test_faults.py"
WITH_COVERAGE = ("tests/integration", "--ignore", FAULTS, "--cov")
IN_BROWSERS = ("tests/browser",)
# The thousands of requests that these tests make fail are compared with the policies too.
ALLOWED = "tests/integration/test_policies.py::test_every_request_that_a_function_made_is_allowed_by_its_policies"
THE_REST = ("tests/unit", FAULTS, ALLOWED, "tests/e2e")


def main() -> int:
    """Run all processes; returns the status of the first one that failed, or 0."""
    with ExitStack() as started:
        others = [_started(started, part) for part in (IN_BROWSERS, THE_REST)]
        statuses = [subprocess.run([*PYTEST, *WITH_COVERAGE], check=False).returncode]  # noqa: S603 (our own command)
        for process, output in others:
            statuses.append(process.wait())
            output.seek(0)
            print(output.read(), flush=True)
    return next(filter(None, statuses), 0)


def _started(started: ExitStack, part: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], IO[str]]:
    output = started.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 (entered here)
    process = subprocess.Popen([*PYTEST, *part], stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 (as above)
    return started.enter_context(process), output


if __name__ == "__main__":
    sys.exit(main())
