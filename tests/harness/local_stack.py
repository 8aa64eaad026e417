"""A local stack in a process of its own, as `make dev` starts it, called over HTTP."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
REGISTER = "/api/v1/auth/customer/register"
START_SECONDS = 60  # to start or to stop on a busy machine; it takes one or two


class Stack:
    """One local stack in a process of its own."""

    def __init__(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-m", "local", "--port", "0", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **pipes)  # noqa: S603
        self.first_line = self.process.stdout.readline()
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()
        self.url = re.search(r"http://\S+", self.first_line)[0] if self.first_line else None
        self.session = requests.Session()

    def request(self, method, path, **options):
        return self.session.request(method, self.url + path, timeout=20, **options)

    def post(self, path, **body):
        return self.request("POST", path, json=body)

    def messages(self, to="", count=1, seconds=20):
        """The messages to an address, once there are `count`."""
        ends_at = time.monotonic() + seconds
        while len(messages := self.request("GET", "/_local/messages", params={"to": to}).json()) < count and time.monotonic() < ends_at:
            time.sleep(0.02)
        return messages

    def logged(self, text):
        """The next line of the functions' logs with this text; they are shown with --verbose."""
        return next(line for line in self.process.stderr if text in line)

    def sign_up(self, phone):
        challenge = self.post(f"{REGISTER}/request-otp", phone=phone).json()["challenge"]
        [message] = self.messages(phone)
        return self.post(f"{REGISTER}/verify-otp", phone=phone, challenge=challenge, code=message["code"])

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        self.session.close()

    def close(self):
        if self.process.poll() is None:
            self.end()
        self.process.stdout.close()
        self.process.stderr.close()


def started(*arguments):
    return contextlib.closing(Stack(*arguments))
