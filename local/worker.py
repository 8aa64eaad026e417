"""A process that runs one function like Lambda's Python runtime: its code and layers, its environment, one event at a time.

The process is forked from one that has imported the libraries but nothing of the service, and sees no environment but the one it is given
here.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple


class Spec(NamedTuple):
    """What a worker needs. `path` has the function's code and its layers; of the tree in `hidden` it sees nothing else."""

    name: str
    arn: str
    module: str
    attribute: str
    path: tuple[str, ...]
    hidden: str
    environment: dict[str, str]
    timeout_seconds: int
    memory_mb: int
    verbose: bool


class Failure(NamedTuple):
    """An uncaught error, in Lambda's form."""

    kind: str
    message: str
    trace: str

    def as_json(self) -> dict[str, str]:
        return {"errorType": self.kind, "errorMessage": self.message}


class Context:
    """Lambda's context object."""

    def __init__(self, spec: Spec) -> None:
        self.function_name = spec.name
        self.function_version = "$LATEST"
        self.invoked_function_arn = spec.arn
        self.memory_limit_in_mb = str(spec.memory_mb)
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{spec.name}"
        self.log_stream_name = "local"
        self.identity = None
        self.client_context = None
        self._ends_at = time.monotonic() + spec.timeout_seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._ends_at - time.monotonic()) * 1000))


def serve(connection: Connection, spec: Spec) -> None:
    """Process events until the connection ends: first report the import, then a result or a Failure for each event."""
    _become(spec)
    handler, failure = _import(spec)
    connection.send(failure)
    while failure is None:
        try:
            event, offset_seconds = connection.recv()
        except EOFError:
            return
        _set_clock(offset_seconds)
        with contextlib.suppress(BrokenPipeError):
            connection.send(_invoke(handler, spec, event))


def check(connection: Connection, specs: Sequence[Spec]) -> None:
    """Import the handlers of functions with the same environment; report a Failure for each one that fails."""
    failures: dict[str, Failure] = {}
    for spec in specs:
        _become(spec)
        _, failure = _import(spec)
        if failure:
            failures[spec.name] = failure
    connection.send(failures)


def _become(spec: Spec) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the stack stops its workers itself
    os.environ.clear()
    os.environ.update(spec.environment)
    time.tzset()
    visible = (each for each in sys.path if Path(each).resolve() != Path(spec.hidden) and each not in spec.path)
    sys.path[:] = [*spec.path, *visible]
    os.chdir(spec.path[0])
    sys.stdout.flush()
    target = 2 if spec.verbose else os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 1)
    os.dup2(target, 2)


def _import(spec: Spec) -> tuple[Any, Failure | None]:
    try:
        return getattr(importlib.import_module(spec.module), spec.attribute), None
    except BaseException as error:  # noqa: BLE001 - whatever it is, the stack tells of it
        return None, _failure(error)


def _invoke(handler: Any, spec: Spec, event: Mapping[str, Any]) -> str | Failure:
    try:
        return json.dumps(handler(event, Context(spec)))
    except BaseException as error:  # noqa: BLE001 - as above
        return _failure(error)


def _failure(error: BaseException) -> Failure:
    return Failure(type(error).__name__, str(error), "".join(traceback.format_exception(error)))


def _set_clock(offset_seconds: float) -> None:
    """Replace the source of the service's clock by the stack's clock."""
    with contextlib.suppress(ImportError):
        clock = importlib.import_module("customer_auth.base.clock")
        clock.source = lambda: time.time() + offset_seconds  # type: ignore[attr-defined]
