"""The README's curl session, run as it is printed, against a local stack of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINTED = "http://127.0.0.1:8000"
CHAPTER = re.compile(r"^## A session with curl\n(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def url():
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, "-m", "local", "--port", "0"], cwd=ROOT, env=environment, **pipes) as process:
        yield re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        process.terminate()


@pytest.fixture(scope="module")
def answers(url):
    """The session's output, one JSON object a line."""
    if shutil.which("curl") is None:
        pytest.skip("curl is missing: apt-get install curl")
    [chapter] = CHAPTER.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    session = "\n".join(BLOCK.findall(chapter))
    assert session.count(PRINTED) == 1
    command = ["bash", "-euo", "pipefail", "-c", session.replace(PRINTED, url)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_session_signs_up_by_phone_shows_the_customer_and_continues_with_the_next_token_pair(answers):
    code_response, session, me, renewed, *_ = answers

    assert code_response["masked_phone"] == "+1*****0123"
    assert (session["registered"], session["customer"]["first_name"]) == (True, "Ada")
    assert me == {"customer": session["customer"]}
    assert renewed["success"]
    assert renewed["refreshToken"] != session["refresh_token"]


def test_the_session_signs_in_by_email_as_somebody_else(answers):
    session, code_response, entered = answers[1], *answers[4:6]

    assert code_response["maskedEmail"] == "a***@example.com"
    assert (entered["success"], entered["registered"], entered["user"]["email"]) == (True, True, "ada@example.com")
    assert entered["user"]["userId"] != session["customer"]["id"]


def test_the_session_ends_logged_out_everywhere(answers):
    logged_out, me, clock = answers[6:]

    assert logged_out == {"success": True, "message": "Logged out successfully"}
    assert me["type"] == "not_authenticated"
    assert clock["advanced_seconds"] == 90
