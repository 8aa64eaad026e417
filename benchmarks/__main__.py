"""`make bench`: every benchmark, one after the other; `make bench ARGS=cold_start` runs one, and `compare` takes what to compare with."""

import importlib
import subprocess
import sys

BENCHMARKS = ("sign_in", "passwords", "cold_start", "memory", "attacks", "deletions")


def run(*given: str) -> None:
    """One in this process, several in one of their own each: what a warm container keeps must not reach the next."""
    match given:
        case ["compare", *command]:
            importlib.import_module("benchmarks.compare").main(*command)
        case [name]:
            importlib.import_module(f"benchmarks.{name}").main()
        case names:
            for name in names or BENCHMARKS:
                subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)  # noqa: S603 (ours)


if __name__ == "__main__":
    run(*sys.argv[1:])
