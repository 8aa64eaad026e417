"""`make bench`: every benchmark, one after the other; `make bench ARGS=cold_start` runs one."""

import importlib
import sys

BENCHMARKS = ("sign_in", "passwords", "cold_start", "memory", "attacks", "deletions")

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        importlib.import_module(f"benchmarks.{name}").main()
