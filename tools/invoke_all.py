"""`make invoke-all`: invokes every built function with its event under Lambda's runtime, against a local stack of its own."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from local.template import Function, Template
from tools import emulator, stack
from tools.emulator import ROOT

BUILD = ROOT / ".aws-sam" / "build"
LAYER = BUILD / "SharedLayer" / "python"
SERVER_ERROR = 500


class Run(NamedTuple):
    """One function's first event."""

    function: str
    event: str
    init_ms: float
    first_ms: float
    memory_mb: float
    answer: Any

    @property
    def outcome(self) -> str:
        if not isinstance(self.answer, dict) or "errorType" in self.answer:
            return f"error {self.answer}"
        return str(self.answer.get("statusCode") or json.dumps(self.answer))

    @property
    def failed(self) -> bool:
        """Whether the function crashed, responded with a server error, or failed for a record of its batch."""
        answer = self.answer
        if not isinstance(answer, dict) or "errorType" in answer or answer.get("batchItemFailures"):
            return True
        return bool(answer.get("statusCode", 200) >= SERVER_ERROR)


def events_of(function: Function) -> list[Path]:
    """The function's events: `events/<area>/<function>*.json`."""
    return sorted((ROOT / "events" / function.code.name).glob(f"{function.handler.module}*.json"))


def runs(environments: dict[str, dict[str, str]], runtime: Path) -> Iterator[Run]:
    """Runs each function with each of its events, in a container of its own."""
    for name, function in Template.of_service().functions.items():
        handler = f"{function.handler.module}.{function.handler.attribute}"
        for event in events_of(function):
            with emulator.started(BUILD / name, handler, environments[name], [LAYER, runtime]) as container:
                answer = container.invoke(json.loads(event.read_text(encoding="utf-8")))
                yield Run(name, event.stem, container.init_ms(), container.request_ms()[0], container.memory_mb(), answer)


def main() -> int:
    """Run all functions and print a table; returns 1 if one failed."""
    try:
        emulator.program()
    except emulator.Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"{'function':24}{'event':28}{'INIT ms':>9}{'first ms':>10}{'RSS MB':>8}  answer")
    failed = []
    with tempfile.TemporaryDirectory() as runtime, stack.started() as running:
        for run in runs(running.environments(), emulator.lay_runtime(Path(runtime))):
            print(f"{run.function:24}{run.event:28}{run.init_ms:9.0f}{run.first_ms:10.0f}{run.memory_mb:8.0f}  {run.outcome}")
            failed += [run.function] if run.failed else []
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
