"""`python -m tools.fuzz`: schemathesis against a local stack of its own, with the document that the stack serves; 0 if it finds nothing."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tools.stack import ROOT, started

HERE = Path(__file__).resolve().parent
SCHEMATHESIS = ROOT / ".tools" / "schemathesis" / "bin" / "schemathesis"


def main() -> int:
    """Run for a limited time with a seed; all other options are schemathesis' own."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-examples", type=int, default=50, help="calls of a kind and round (default: 50)")
    options, more = parser.parse_known_args()
    off = ("--set", "IP_SENDS_PER_HOUR=0", "--set", "IP_REGISTRATIONS_PER_HOUR=0")
    with started(*off, "--set", "REGISTRATION_IDENTIFIER=both") as stack:
        command = [
            *(str(SCHEMATHESIS), "--config-file", str(HERE / "schemathesis.toml"), "run", f"{stack.url}/openapi.json"),
            *("--seed", str(options.seed), "--max-time", str(options.seconds), "--max-examples", str(options.max_examples)),
            *("--warnings", "off", "--no-color", *more),
        ]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
