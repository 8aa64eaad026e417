"""AWS's own DynamoDB Local, in memory on a free port of this machine: one for a run's processes together, or one of a test's own.

It keeps the tables of each access key apart, so whoever shares one does so under a key of their own.
"""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".tools" / "dynamodb-local" / "lib"
URL = "SHARED_DYNAMODB_LOCAL"  # the variable with the address of the one that is shared
MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner"
# The better compiler pays after some ten thousand requests, which only all tests together send.
SHORT_LIVED = "-XX:TieredStopAtLevel=1"
STARTS_SECONDS = 60


@contextlib.contextmanager
def running(*options: str) -> Iterator[str]:
    """Its address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = (f"-Djava.library.path={FOLDER}", "-cp", f"{FOLDER}/*")
    command = ["java", "-XX:+UseSerialGC", *options, *where, MAIN, "-inMemory", "-disableTelemetry", "-port", str(port)]
    with tempfile.TemporaryDirectory() as folder:  # it leaves a file where it starts
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)  # noqa: S603
        try:
            _await(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _await(port: int) -> None:
    ends_at = time.monotonic() + STARTS_SECONDS
    while time.monotonic() < ends_at:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
