"""The built functions in Docker, by `sam local`, against a local stack's AWS: one of each trigger, and a sign-in over HTTP."""

import os
import socket
import subprocess

import pytest

from tools import sam_local, stack
from tools.emulator import ARCHITECTURE, ROOT

pytestmark = pytest.mark.timeout(600)  # to build images and start containers
PHONE = "+12125550188"


@pytest.fixture(scope="module")
def running():
    if not sam_local.has_engine():
        pytest.skip(sam_local.NO_ENGINE)
    if not sam_local.SAM.exists():
        pytest.skip("the SAM CLI is missing: make setup")
    environment = os.environ | {"ARCHITECTURE": ARCHITECTURE}
    built = subprocess.run(["make", "-s", "build"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S607
    assert built.returncode == 0, built.stdout + built.stderr
    with stack.started() as running:
        yield running


@pytest.fixture(scope="module")
def sam(running):
    with sam_local.prepared(running) as sam:
        yield sam


@pytest.mark.parametrize(
    ("function", "event", "answer"),
    [
        pytest.param("RequestLoginCode", "signin/request_login_code", {"statusCode": 200}, id="an HTTP request"),
        pytest.param("SendMessages", "messages/send_messages", {"batchItemFailures": []}, id="a table's stream"),
        pytest.param("SendMessages", "messages/send_messages_again", {"batchItemFailures": []}, id="a queue"),
        pytest.param("RotateSigningKeys", "keys/rotate_signing_keys", {"made": 0}, id="a schedule"),
    ],
)
def test_each_kind_of_trigger_starts_a_function(sam, function, event, answer):
    answered = sam.invoke(function, ROOT / "events" / f"{event}.json")

    assert answer.items() <= answered.items()


def test_a_sign_in_is_served_over_http(sam, running):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with sam.api(port) as api:
        code_response = api.ask("/api/v1/auth/customer/register/request-otp", {"phone": PHONE})
        proof = {"phone": PHONE, "challenge": code_response["challenge"], "code": running.code(PHONE)}
        session = api.ask("/api/v1/auth/customer/register/verify-otp", proof)
        me = api.ask("/store/customers/me", headers={"authorization": f"Bearer {session['token']}"})

    assert me["customer"] == session["customer"]
