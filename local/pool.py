"""The workers of a function: started when they are first needed, one for each concurrent event up to a limit, replaced when they die."""

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from local import preload, worker
from local.worker import Failure, Spec

MOST_WORKERS = 8  # workers of one function; further events wait
INIT_SECONDS = 30

_forks = multiprocessing.get_context("forkserver")
_starting = threading.Lock()  # multiprocessing starts one process at a time


def prepare(folders: Sequence[Path]) -> None:
    """Start the process that workers are forked from; it imports the libraries while the stack continues to start."""
    os.environ[preload.FOLDERS] = os.pathsep.join(map(str, folders))
    _forks.set_forkserver_preload(["local.preload"])
    forkserver.ensure_running()


def shut_down() -> None:
    """End that process, once no worker is left."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001 - it would end by itself, a moment after this process
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]  # noqa: SLF001


class Broken(Exception):
    """A function returned no result; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Pool:
    """Runs one function; `offset_seconds` returns how far its clock is ahead, and `on_failure` is called with each failure."""

    def __init__(self, spec: Spec, offset_seconds: Callable[[], float], on_failure: Callable[[str, Failure], None]) -> None:
        self.spec = spec
        self._offset_seconds = offset_seconds
        self._on_failure = on_failure
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._count = 0
        self._free = threading.Condition()
        self._stopped = False

    def invoke(self, event: Mapping[str, Any], *, within_seconds: float | None = None) -> str:
        """The function's result as JSON, within its own timeout or the shorter one given; waits while all workers are busy.

        Raises: Broken.
        """
        limit = min(self.spec.timeout_seconds, within_seconds or self.spec.timeout_seconds)
        member = self._take()
        try:
            result = member.ask((dict(event), self._offset_seconds()), limit)
        except BaseException:
            self._drop(member)
            raise
        if isinstance(result, str):
            self._give_back(member)
            return result
        if member.is_usable():
            self._give_back(member)
        else:
            self._drop(member)
        self._on_failure(self.spec.name, result)
        raise Broken(result)

    def stop(self) -> None:
        """End all workers, busy ones too."""
        with self._free:
            self._stopped = True
            members = list(self._all)
        for member in members:
            member.kill()
        for member in members:
            member.join()

    def _take(self) -> "_Worker":
        with self._free:
            self._free.wait_for(lambda: self._idle or self._count < MOST_WORKERS)
            if self._idle:
                return self._idle.pop()
            self._count += 1
        try:
            member = _Worker(self.spec)
        except BaseException:
            with self._free:
                self._count -= 1
                self._free.notify()
            raise
        with self._free:
            self._all.add(member)
            if self._stopped:
                member.kill()
        return member

    def _give_back(self, member: "_Worker") -> None:
        with self._free:
            self._idle.append(member)
            self._free.notify()

    def _drop(self, member: "_Worker") -> None:
        member.kill()
        member.join()
        with self._free:
            self._all.discard(member)
            self._count -= 1
            self._free.notify()


class _Worker:
    def __init__(self, spec: Spec) -> None:
        self._connection, self._process = _start(worker.serve, spec)
        self._spec = spec
        self._ready = False
        self._usable = True

    def ask(self, message: tuple[dict[str, Any], float], timeout_seconds: float) -> str | Failure:
        try:
            if not self._ready:
                failure = self._receive(INIT_SECONDS)
                self._usable = failure is None
                if isinstance(failure, Failure):
                    return failure
                self._ready = True
            self._connection.send(message)
            return self._receive(timeout_seconds)  # type: ignore[return-value]
        except TimeoutError:
            self._usable = False
            return Failure("Sandbox.Timedout", f"Task timed out after {timeout_seconds:.2f} seconds", "")
        except (EOFError, OSError):
            self._usable = False
            self._process.join(1)
            return Failure("Runtime.ExitError", f"Runtime exited (exit code {self._process.exitcode})", "")

    def is_usable(self) -> bool:
        return self._usable

    def kill(self) -> None:
        self._process.kill()

    def join(self) -> None:
        self._process.join(2)

    def _receive(self, timeout_seconds: float) -> str | Failure | None:
        if not self._connection.poll(timeout_seconds):
            raise TimeoutError
        answer: str | Failure | None = self._connection.recv()
        return answer


def check(specs: Sequence[Spec]) -> dict[str, Failure]:
    """Import each function's handler once; returns failures by function. Functions with the same settings share a process."""
    groups: dict[str, list[Spec]] = {}
    for spec in specs:
        groups.setdefault(str(sorted(_shared(spec.environment).items())), []).append(spec)
    started = [_start(worker.check, group) for group in groups.values()]
    failures: dict[str, Failure] = {}
    ends_at = time.monotonic() + INIT_SECONDS
    for connection, process in started:
        with contextlib.suppress(EOFError):  # an import that ends the process is reported when the function is called
            if connection.poll(max(0.0, ends_at - time.monotonic())):
                failures |= connection.recv()
        process.kill()
        process.join()
    return failures


def _shared(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(("AWS_LAMBDA_", "_HANDLER", "LAMBDA_"))}


def _start(target: Callable[..., None], argument: object) -> tuple[Connection, ForkServerProcess]:
    connection, child_connection = _forks.Pipe()
    with _starting:
        process = _forks.Process(target=target, args=(child_connection, argument), daemon=True)
        process.start()
    child_connection.close()
    return connection, process
