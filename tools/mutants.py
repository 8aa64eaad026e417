"""Puts plausible faults into a copy of the tree, one at a time, and runs the tests that must detect each.

The faults are listed in tests/mutants/*.toml: a name, the file, the text to replace (it must occur once), its replacement, and the tests,
of which at least one must fail. Tests that fail without a fault prove nothing, so they are first run without one.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "tests" / "mutants"
MADE = (".venv", ".tools")  # installed by make; a copy has links to them
AT_ONCE = 2
LONGEST_SECONDS = 300  # for the tests of one fault; four times as long for all tests without a fault
# Exit statuses of pytest: a test failed; a test was not found, or its file could not be imported.
FAILED, NOT_FOUND = 1, (4, 5)
PYTEST = ("-m", "pytest", "-p", "tools.left_out", "-p", "no:cacheprovider", "-q", "-x", "--no-header", "--tb=line", "--show-capture=no")


class Mutant(NamedTuple):
    """One fault, and the tests that must detect it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def stale(self, root: Path = ROOT) -> str | None:
        """Why the fault can no longer be put in; None if it can."""
        path = root / self.file
        count = path.read_text("utf-8").count(self.old) if path.is_file() else 0
        if count != 1:
            return f"its text stands {count} times in {self.file}"
        return None

    def mutated(self, text: str) -> str:
        """The text of a file with the fault."""
        return text.replace(self.old, self.new)


class MutantResult(NamedTuple):
    """The result for a mutant, its duration, and the output of its tests if that is of interest."""

    mutant: Mutant
    state: str
    seconds: float = 0.0
    output: str = ""


def listed() -> list[Mutant]:
    """Every mutant, in the order of the files."""
    lists = [tomllib.loads(path.read_text("utf-8")) for path in sorted(LISTS.glob("*.toml"))]
    return [Mutant(**fields | {"tests": tuple(fields["tests"])}) for each in lists for fields in each["mutant"]]


def main() -> int:
    """Run the mutants; returns 0 if every one was detected."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="run those alone whose name or file has one of these words")
    words = parser.parse_args().words
    mutants = [each for each in listed() if not words or any(word in f"{each.name} {each.file}" for word in words)]
    started, outcomes = time.monotonic(), list[MutantResult]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [_copied(Path(folder) / str(number)) for number in range(AT_ONCE)]
        if not _are_right(mutants, copies):
            return 1
        for outcome in _tried(mutants, copies):
            outcomes.append(outcome)
            print(f"{outcome.state:8} {outcome.seconds:4.0f} s  {outcome.mutant.name}", flush=True)
            if outcome.output:
                print(outcome.output, flush=True)
    survivors = [outcome for outcome in outcomes if outcome.state != "killed"]
    print(f"{len(outcomes) - len(survivors)} of {len(outcomes)} killed in {time.monotonic() - started:.0f} s")
    return 1 if survivors or not outcomes else 0


def _copied(folder: Path) -> Path:
    """A copy of the working tree: tracked files with their changes, and new files."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 (the developer's git)
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in MADE:
        if not (folder / name).exists() and (ROOT / name).exists():
            (folder / name).symlink_to((ROOT / name).resolve())
    return folder


def _are_right(mutants: Iterable[Mutant], copies: list[Path]) -> bool:
    """Whether the tests succeed without a fault."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    shares = [(share, copy) for number, copy in enumerate(copies) if (share := tests[number :: len(copies)])]
    with ThreadPoolExecutor(len(copies)) as pool:
        results = list(pool.map(lambda each: _run(each[0], each[1], 4 * LONGEST_SECONDS), shares))
    failed = [each for each in results if each is None or each.returncode]
    for each in failed:
        print(f"without any fault:\n{each.stdout if each else 'it takes too long'}")
    return not failed


def _tried(mutants: Iterable[Mutant], copies: list[Path]) -> Iterator[MutantResult]:
    """The result for each mutant, in order; as many run concurrently as there are copies."""
    free = SimpleQueue[Path]()
    for copy in copies:
        free.put(copy)

    def tried(mutant: Mutant) -> MutantResult:
        copy = free.get()
        try:
            return _outcome(mutant, copy)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(tried, mutants)


def _outcome(mutant: Mutant, copy: Path) -> MutantResult:
    if wrong := mutant.stale(copy):
        return MutantResult(mutant, "stale", output=wrong)
    started, path = time.monotonic(), copy / mutant.file
    text = path.read_text("utf-8")
    _write(path, mutant.mutated(text))
    try:
        completed = _run(mutant.tests, copy)
    finally:
        _write(path, text)
    seconds = time.monotonic() - started
    if completed is None:
        return MutantResult(mutant, "HUNG", seconds)
    if completed.returncode in NOT_FOUND:
        return MutantResult(mutant, "stale", seconds, completed.stdout)
    if completed.returncode == FAILED:
        return MutantResult(mutant, "killed", seconds)
    return MutantResult(
        mutant, "SURVIVED" if not completed.returncode else "BROKEN", seconds, completed.stdout if completed.returncode else ""
    )


def _write(path: Path, text: str) -> None:
    """Write the text and delete the compiled file, which Python may take for current if size and time are the same."""
    path.write_text(text, "utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def _run(tests: Iterable[str], copy: Path, longest_seconds: int = LONGEST_SECONDS) -> subprocess.CompletedProcess[str] | None:
    """Run the tests until one fails or is skipped; None if they take too long."""
    environment = {name: value for name, value in os.environ.items() if name not in ("ATTACKS", "PYTHONPATH")} | {"REQUIRE_ALL": "1"}
    command = [sys.executable, *PYTEST, *tests]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        return subprocess.run(command, cwd=copy, env=environment, timeout=longest_seconds, check=False, **options)  # noqa: S603 (our own)
    except subprocess.TimeoutExpired:
        return None


if __name__ == "__main__":
    sys.exit(main())
