"""The browser's client module in Node's own test runner: alone, and against a local stack of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.nodes import node

ROOT = Path(__file__).resolve().parents[2]
TESTS = sorted((ROOT / "tests" / "web").glob("*.test.js"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.js"))
def test_the_client_module_passes_its_tests(path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTHON": sys.executable}
    command = [node(), "--test", "--test-reporter=spec", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
