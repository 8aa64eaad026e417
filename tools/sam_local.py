"""Runs the built functions in Docker by `sam local`, with the tables of a running local stack.

`make invoke FUNCTION=RequestLoginCode` runs one with its event, `make start-api` serves them all; both need a running `make dev`.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import requests

from local.template import Template
from tools import invoke_all
from tools.emulator import ARCHITECTURE, ROOT
from tools.forward import forwarded
from tools.stack import Stack

SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
IMAGE = f"public.ecr.aws/lambda/python:3.13-{ARCHITECTURE}"
NO_ENGINE = "no Docker engine answers: apt-get install docker.io, and start it"
SERVES_SECONDS = 60.0
START_API = "start-api"


class Failed(Exception):
    """The command failed; the message says why."""


class SamLocal(NamedTuple):
    """`sam local` for the built functions, with the AWS of a local stack."""

    arguments: tuple[str, ...]

    def invoke(self, function: str, event: Path) -> Any:
        """The response of the function, run in a new container. Raises: Failed, with the container's log."""
        completed = subprocess.run(  # noqa: S603
            [SAM, "local", "invoke", function, "--event", event, *self.arguments], env=_environment(), capture_output=True, check=False
        )
        try:
            return json.loads(completed.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            raise Failed(completed.stderr.decode()) from None

    @contextlib.contextmanager
    def api(self, port: int) -> Iterator[Stack]:
        """All functions behind `sam local start-api`, which starts the container of each at its first request."""
        command = [str(SAM), "local", "start-api", "--port", str(port), "--warm-containers", "LAZY", *self.arguments]
        with subprocess.Popen(command, env=_environment(), stderr=subprocess.DEVNULL) as process:  # noqa: S603
            try:
                api = Stack(f"http://127.0.0.1:{port}")
                _wait(process, api)
                yield api
            finally:
                process.terminate()


def has_engine() -> bool:
    """Whether Docker can run containers here; the client alone, without an engine, cannot."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0  # noqa: S607
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def prepared(stack: Stack) -> Iterator[SamLocal]:
    """`sam local` for the functions in `.aws-sam/build`. Raises: Failed."""
    if not has_engine():
        raise Failed(NO_ENGINE)
    _bring_image()
    try:
        environments = stack.environments()
    except requests.ConnectionError:
        raise Failed(f"nothing serves on {stack.url}; in another terminal: make dev") from None
    [port] = {re.sub(r".*:", "", environment["AWS_ENDPOINT_URL"]) for environment in environments.values()}
    # A container has a loopback address of its own.
    bridge = _docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}")
    with forwarded(bridge, int(port)) as carried, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(environments).replace(f"http://127.0.0.1:{port}", f"http://{bridge}:{carried}"))
        file.flush()
        options = ("--template", str(invoke_all.BUILD / "template.yaml"), "--env-vars", file.name, "--skip-pull-image")
        yield SamLocal((*options, "--parameter-overrides", f"Architecture={ARCHITECTURE}"))


def _bring_image() -> None:
    """Pull the image of Lambda's Python, or build an equivalent one if its registry cannot be reached."""
    present = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)  # noqa: S603, S607
    if present.returncode and subprocess.run(["docker", "pull", "-q", IMAGE], capture_output=True, check=False).returncode:  # noqa: S603, S607
        completed = subprocess.run([ROOT / "tools" / "lambda-base-image.sh", IMAGE], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
        if completed.returncode:
            raise Failed(completed.stderr)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607


def _environment() -> dict[str, str]:
    """The environment, with dummy credentials for the SAM CLI to pass to the containers."""
    invented = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | invented | {"SAM_CLI_TELEMETRY": "0"}


def _wait(process: subprocess.Popen[bytes], api: Stack) -> None:
    ends_at = time.monotonic() + SERVES_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            api.ask("/.well-known/openid-configuration")
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise Failed("sam local start-api does not serve")


def main() -> int:
    """Run one function with each of its events, or serve until Ctrl-C."""
    functions = Template.of_service().functions
    parser = argparse.ArgumentParser(prog="sam_local")
    parser.add_argument("--stack", default="http://127.0.0.1:8000", help="where `make dev` serves (default: %(default)s)")
    parser.add_argument("--port", type=int, default=3000, help="where start-api serves (default: %(default)s)")
    parser.add_argument("what", choices=[START_API, *functions], metavar="FUNCTION", help="a function, like RequestLoginCode, or start-api")
    arguments = parser.parse_args()
    try:
        with prepared(Stack(arguments.stack)) as sam:
            if arguments.what == START_API:
                _serve(sam, arguments.port)
            else:
                for event in invoke_all.events_of(functions[arguments.what]):
                    print(json.dumps(sam.invoke(arguments.what, event), indent=2, ensure_ascii=False))
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


def _serve(sam: SamLocal, port: int) -> None:
    with contextlib.suppress(KeyboardInterrupt), sam.api(port) as api:
        print(f"sam local start-api serves on {api.url} · stop: Ctrl-C", flush=True)
        while True:
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
