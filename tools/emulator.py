"""Runs a built function like Lambda, without Docker: AWS's runtime interface emulator, which comes with the SAM CLI, and AWS's runtime.

The function sees its package, its layers, the libraries of Lambda's Python, its environment, and nothing else.
"""

import compileall
import contextlib
import importlib
import json
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
# The packages to copy: boto3 with its dependencies, and the runtime itself.
RUNTIMES_OWN = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")
RUNTIME = ("awslambdaric", "runtime_client*.so", "simplejson", "snapshot_restore_py.py")
INVOCATIONS = "2015-03-31/functions/function/invocations"
STARTS_SECONDS = 10.0
ANSWERS_SECONDS = 30.0
TELLS_SECONDS = 1.0

_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
_INVOKED = re.compile(r"INVOKE RTDONE\(.*duration: ([\d.]+)ms\)")


class Missing(Exception):
    """Something that the emulator needs is not installed; the message names it, and the command that installs it."""


def program() -> Path:
    """The path of the emulator. Raises: Missing."""
    if sys.platform != "linux":
        raise Missing("Lambda's runtime runs on Linux alone: make invoke-all in a Linux container")
    binaries = list((ROOT / ".tools" / "sam").glob(f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{ARCHITECTURE}"))
    if not binaries:
        raise Missing("the SAM CLI is missing: make setup")
    return binaries[0]


def lay_runtime(place: Path, *patterns: str) -> Path:
    """Copy the libraries that Lambda provides to `place`, compiled like Lambda's."""
    packages = Path(importlib.import_module("botocore").__file__ or "").parents[1]
    for pattern in patterns or (*RUNTIMES_OWN, *RUNTIME):
        for library in packages.glob(pattern):
            (place / library.name).symlink_to(library)
            if library.is_dir():
                compileall.compile_dir(library, quiet=2)
    return place


class Container:
    """One container of one function: cold until its first event."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self._url = f"http://127.0.0.1:{port}/{INVOCATIONS}"
        self._log = log
        self._invoked = 0

    def invoke(self, event: object) -> Any:
        """The function's response; an uncaught error is `{"errorType": …, "errorMessage": …}`."""
        request = urllib.request.Request(self._url, json.dumps(event).encode())  # noqa: S310 (our own address)
        with urllib.request.urlopen(request, timeout=ANSWERS_SECONDS) as answer:  # noqa: S310
            self._invoked += 1
            return json.loads(answer.read())

    def memory_mb(self, kind: str = "VmHWM") -> float:
        """The function's resident memory: the peak, or with `VmRSS` the current value."""
        lists = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        [child] = [child for each in lists for child in each.read_text().split()]
        [kilobytes] = re.findall(rf"^{kind}:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text(), re.MULTILINE)
        return int(kilobytes) / 1024

    def init_ms(self) -> float:
        """The duration of the start, until the function waits for its first event."""
        [figure] = self._figures(_INIT, 1)
        return figure

    def request_ms(self) -> list[float]:
        """The duration of each event."""
        return self._figures(_INVOKED, self._invoked)

    def log(self) -> str:
        """Everything that the function and the emulator have written."""
        return self._log.read_text(encoding="utf-8")

    def _figures(self, pattern: re.Pattern[str], count: int) -> list[float]:
        """The figures in the log that match `pattern`; the emulator may write one shortly after its response."""
        ends_at = time.monotonic() + TELLS_SECONDS
        while len(durations := pattern.findall(self.log())) < count and time.monotonic() < ends_at:
            time.sleep(0.01)
        return [float(each) for each in durations]


@contextlib.contextmanager
def started(package: Path, handler: str, environment: Mapping[str, str], path: Sequence[Path]) -> Iterator[Container]:
    """A container of the function in `package`, with its layers and the runtime on `path`. Raises: Missing."""
    port = _free_port()
    command = [str(program()), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{_free_port()}"]
    # `-S`: without the site packages of this Python.
    command += [f"{sys.base_prefix}/bin/python3.13", "-S", "-m", "awslambdaric", handler]
    variables = {
        "LAMBDA_TASK_ROOT": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's code folder is read-only
        "PYTHONPATH": ":".join(map(str, [package, *path])),
    }
    with tempfile.NamedTemporaryFile() as log:
        pipes: dict[str, Any] = {"stdout": log, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=package, env={**environment, **variables}, **pipes) as process:  # noqa: S603
            try:
                _wait(process, port)
                yield Container(process, port, Path(log.name))
            finally:
                process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    ends_at = time.monotonic() + STARTS_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > ends_at:
                raise RuntimeError("the emulator does not start") from None
            time.sleep(0.01)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
