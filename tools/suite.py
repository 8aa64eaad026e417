"""Runs every test in two processes, one for each core: the service by its handlers, with the coverage gate, and all the rest.

What is run from outside (built artifacts, containers, local stacks, browsers) shares its build and is run in order; its report comes last.
"""

import subprocess
import sys
import tempfile

PYTEST = (sys.executable, "-m", "pytest", "-p", "tools.left_out")
INSIDE = ("tests/integration",)
OUTSIDE = ("tests/unit", "tests/e2e", "tests/browser")


def main() -> int:
    """The status of the first that failed, or 0."""
    with tempfile.TemporaryFile("w+") as told:
        with subprocess.Popen([*PYTEST, *OUTSIDE], stdout=told, stderr=subprocess.STDOUT) as outside:  # noqa: S603 (our own command)
            inside = subprocess.run([*PYTEST, *INSIDE, "--cov"], check=False)  # noqa: S603 (as above)
        told.seek(0)
        print(told.read(), flush=True)
    return inside.returncode or outside.returncode


if __name__ == "__main__":
    sys.exit(main())
