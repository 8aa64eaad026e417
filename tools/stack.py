"""A local stack for a command or a test: started on a free port, called over HTTP, and stopped at the end of the `with` block."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import requests

ROOT = Path(__file__).resolve().parents[1]
SENT_SECONDS = 10.0
ANSWERS_SECONDS = 60.0  # seconds; a container may have to start first


class Stack(NamedTuple):
    """The address of a local stack."""

    url: str

    def ask(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        """The JSON of the response; the request is a POST if there is a body. Raises: requests.RequestException."""
        answer = requests.request("GET" if body is None else "POST", self.url + path, json=body, headers=headers, timeout=ANSWERS_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def code(self, to: str, nth: int = 1) -> str:
        """The code in the nth message to this address; waits until it is sent."""
        ends_at = time.monotonic() + SENT_SECONDS
        while time.monotonic() < ends_at:
            messages = self.ask(f"/_local/messages?to={quote(to)}")
            if len(messages) >= nth:
                return str(messages[-nth]["code"])
            time.sleep(0.02)
        raise TimeoutError(f"no message to {to}")

    def environments(self) -> dict[str, dict[str, str]]:
        """The environment variables of each function, by its name."""
        environments: dict[str, dict[str, str]] = self.ask("/_local/environment")
        return environments


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[Stack]:
    """A stack with these arguments of `python -m local`."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "local", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        lines = process.stdout or ()
        # The stack writes a line for each message, and would block once a pipe that nobody reads is full.
        reader = threading.Thread(target=deque, args=(lines, 0), daemon=True)
        try:
            match = re.search(r"http://127\.0\.0\.1:\d+", next(iter(lines), ""))
            if match is None:
                raise RuntimeError("the local stack does not start")
            reader.start()
            yield Stack(match[0])
        finally:
            process.terminate()
            if reader.ident:
                reader.join()
