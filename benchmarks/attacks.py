"""The attacks of docs/threats.md at full size, of which `make test` runs a part. Takes two to three hours."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ATTACKS = (
    "tests/integration/test_threats.py",
    "tests/integration/test_shared_addresses.py",
    "tests/integration/test_ownership.py",
    "tests/integration/test_unverified_addresses_give_no_power.py",
    "tests/integration/keys/test_database_leak.py",
    "tests/integration/deletion/test_process_account_deletions.py",
    "tests/integration/referrals/test_list_referrals.py",
    "tests/integration/test_renumber.py",
)
TIMEOUT_SECONDS = 7_200


def main() -> None:
    """Run the attacks and print the result of each."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--show-capture=no",
        "-p",
        "tools.left_out",
        "-o",
        f"timeout={TIMEOUT_SECONDS}",
        *ATTACKS,
    ]
    completed = subprocess.run(command, cwd=ROOT, env=os.environ | {"ATTACKS": "whole", "REQUIRE_ALL": "1"}, check=False)  # noqa: S603
    if completed.returncode:
        sys.exit(completed.returncode)
