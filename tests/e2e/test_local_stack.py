"""`make dev` from outside: started as a process, called over HTTP, stopped by signals."""

import base64
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.harness import engines
from tests.harness.crowds import at_once
from tests.harness.local_stack import REGISTER, ROOT, START_SECONDS, started

LOGIN = "/api/v1/auth/customer/login"


def members(session):
    """The process ids of a session, without zombies."""
    ids = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, its_session = entry.read_text().rpartition(") ")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                ids.append(int(entry.parent.name))
    return ids


def all_gone(session):
    """Whether each process of a session ends by itself."""
    ends_at = time.monotonic() + START_SECONDS
    while members(session) and time.monotonic() < ends_at:
        time.sleep(0.05)
    return not members(session)


def test_the_first_line_has_the_address_and_the_service_answers_there(stack):
    assert re.fullmatch(r"customer-auth serves on http://127\.0\.0\.1:\d+ .*\n", stack.first_line)
    assert stack.request("GET", "/health").json()["status"] == "ok"
    assert stack.request("GET", "/.well-known/openid-configuration").json()["issuer"] == stack.url
    assert len(stack.request("GET", "/.well-known/jwks.json").json()["keys"]) >= 1


def test_what_is_sent_is_in_the_inbox_by_any_spelling_and_on_the_terminal(stack, number):
    assert stack.sign_up(number).status_code == 201

    for spelling in (number, f"({number[2:5]}) {number[5:]}", number.replace("+", "00", 1).replace("00", "011", 1)):
        [message] = stack.messages(spelling)
        assert (message["channel"], message["provider"], message["to"]) == ("sms", "sns", number)
        assert re.fullmatch(r"\d{6}", message["code"])
        assert message["code"] in message["body"]
    line = f"sms to {number} · code {message['code']}"
    assert any(each.startswith(line) for each in stack.lines)


def test_an_email_has_a_subject_and_the_newest_is_first(stack):
    for number in (1, 2):
        stack.post("/login/email/send", email=f"Ada{number}@Example.COM")
        stack.messages(f"ada{number}@example.com")

    newest, second = stack.messages(count=2)[:2]
    assert [newest["to"].lower(), second["to"].lower()] == ["ada2@example.com", "ada1@example.com"]
    assert newest["channel"] == "email"
    assert newest["subject"]
    assert newest["sent_at"] >= second["sent_at"]


def test_the_page_shows_the_inbox_with_only_its_own_files(stack):
    page = stack.request("GET", "/_local/")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "/_local/messages" in stack.request("GET", "/_local/inbox.js").text
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page.text)
    assert stack.request("GET", "/_local").url == f"{stack.url}/_local/"


def test_the_demo_is_served_with_the_stacks_own_settings(stack):
    page = stack.request("GET", "/_local/demo")
    settings = stack.request("GET", "/_local/demo/settings.js")

    assert page.url == f"{stack.url}/_local/demo/"
    assert settings.headers["content-type"] == "text/javascript; charset=utf-8"
    values = json.loads(settings.text.removeprefix("export const settings = ").removesuffix(";\n"))
    written = (ROOT / "web" / "demo" / "settings.js").read_text(encoding="utf-8")
    assert list(values) == re.findall(r"^  (\w+):", written, re.MULTILINE)
    assert (values["defaultRegion"], values["regions"], values["codeLength"]) == ("US", ["US"], 6)
    assert stack.request("GET", "/_local/customer-auth.js").status_code == 200


@pytest.mark.parametrize("path", ["/_local/%2e%2e/console.py", "/_local/demo/%2e%2e%2f%2e%2e%2ftemplate.yaml", "/_local/web/inbox.js"])
def test_no_other_file_is_served(stack, path):
    assert stack.request("GET", path).status_code == 404


def test_no_other_site_reads_what_is_local(stack):
    assert stack.request("GET", "/_local/messages", headers={"Host": "evil.example.com"}).status_code == 403


def test_moving_the_clock_moves_the_services(stack, number):
    challenge = stack.post(f"{REGISTER}/request-otp", phone=number).json()["challenge"]
    [message] = stack.messages(number)
    assert stack.post(f"{REGISTER}/resend-otp", phone=number).status_code == 429

    assert stack.post("/_local/clock", advance_seconds=301).status_code == 200

    expired = stack.post(f"{REGISTER}/verify-otp", phone=number, challenge=challenge, code=message["code"])
    assert expired.status_code == 401
    assert stack.post(f"{REGISTER}/resend-otp", phone=number).status_code == 200


def test_a_scheduled_function_runs_on_demand_by_either_name(stack):
    for name in ("rotate_signing_keys", "RotateSigningKeys"):
        answer = stack.post(f"/_local/run/{name}")
        assert (answer.status_code, answer.json()["function"]) == (200, "RotateSigningKeys")


def test_a_customer_becomes_an_admin(stack, number):
    assert stack.post("/_local/admin", phone=number).status_code == 404
    refresh_token = stack.sign_up(number).json()["refresh_token"]

    for _ in range(2):
        assert stack.post("/_local/admin", phone=number).json()["roles"] == ["admin"]

    token = stack.post("/login/refresh", refreshToken=refresh_token).json()["sessionToken"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["roles"] == ["admin"]


OUTCOMES = {"error": "no_answer", "throttle": "throttled", "reject": "opted_out", "lost": "no_answer"}  # as the sender's line says


@pytest.mark.parametrize("mode", OUTCOMES)
def test_a_broken_sender_is_broken_for_a_while(numbers, mode):
    number, other = next(numbers), next(numbers)
    with started("--verbose") as stack:
        stack.post("/_local/faults", sender="sms", mode=mode, for_seconds=3600)

        assert stack.post(f"{REGISTER}/request-otp", phone=number).status_code == 200
        tried = json.loads(stack.logged('"send_message"'))  # written after the provider's response, or its loss
        # «lost» sends the message and drops only the response.
        assert (bool(stack.messages(number, count=0)), tried["outcome"]) == (mode == "lost", OUTCOMES[mode])

        stack.post("/_local/faults", sender="sms", mode=mode, for_seconds=0)
        stack.post(f"{REGISTER}/request-otp", phone=other)
        assert stack.messages(other)


def test_the_other_sender_works_meanwhile(stack):
    stack.post("/_local/faults", sender="sms", mode="error", for_seconds=3600)
    stack.post("/login/email/send", email="whole@example.com")

    assert stack.messages("whole@example.com")
    stack.post("/_local/faults", sender="sms", mode="error", for_seconds=0)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/_local/clock", b"{", 400),
        ("POST", "/_local/clock", b"[]", 400),
        ("POST", "/_local/clock", b'{"advance_seconds": "1"}', 400),
        ("POST", "/_local/clock", b'{"advance_seconds": -1}', 400),
        ("POST", "/_local/clock", b'{"advance_seconds": true}', 400),
        ("POST", "/_local/clock", b'{"advance_seconds": 1e300}', 400),
        ("POST", "/_local/faults", b'{"sender": "pigeon", "mode": "error", "for_seconds": 1}', 400),
        ("POST", "/_local/faults", b'{"sender": "sms", "mode": "shy", "for_seconds": 1}', 400),
        ("POST", "/_local/faults", b'{"sender": "sms", "mode": "error"}', 400),
        ("POST", "/_local/run/check_health", b"", 400),
        ("POST", "/_local/run/nothing", b"", 400),
        ("POST", "/_local/admin", b"{}", 400),
        ("POST", "/_local/admin", b'{"phone": "+12125550100", "email": "ada@example.com"}', 400),
        ("POST", "/_local/admin", b'{"phone": "12"}', 400),
        ("GET", "/_local/clock", b"", 405),
        ("GET", "/_local/nothing", b"", 404),
    ],
)
def test_a_bad_request_to_the_stack_gets_the_reason(stack, method, path, body, status):
    answer = stack.request(method, path, data=body)

    assert answer.status_code == status
    assert answer.json()["message"]


def test_the_gateway_answers_what_no_function_does(stack):
    assert (stack.request("GET", "/nothing").status_code, stack.request("GET", "/nothing").content) == (404, b'{"message":"Not Found"}')
    assert stack.request("DELETE", "/health").status_code == 404
    assert stack.request("HEAD", "/store/customers/me").status_code == 404
    too_long = stack.request("POST", f"{REGISTER}/request-otp", data=b"x" * (10 * 1024 * 1024 + 1))
    assert (too_long.status_code, too_long.json()) == (413, {"message": "Request Too Long"})


@pytest.mark.parametrize("path", ["/health", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json"])
def test_public_resources_also_answer_head(stack, path):
    got, headed = stack.request("GET", path), stack.request("HEAD", path)

    assert (headed.status_code, headed.content) == (got.status_code, b"")
    own = {"date", "apigw-requestid", "content-length"}
    assert {name: value for name, value in headed.headers.items() if name.lower() not in own} == {
        name: value for name, value in got.headers.items() if name.lower() not in own
    }
    assert headed.headers.get("content-length") in (None, got.headers["content-length"])


def test_connections_are_kept_and_pages_of_the_stack_may_ask(stack):
    with socket.create_connection(("127.0.0.1", int(stack.url.rpartition(":")[2]))) as connection, connection.makefile("rb") as answer:
        for _ in range(3):
            connection.sendall(f"GET /health HTTP/1.1\r\nHost: x\r\nOrigin: {stack.url}\r\n\r\n".encode())
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
            headers = dict(line.decode().rstrip().split(": ", 1) for line in iter(answer.readline, b"\r\n"))
            assert headers["access-control-allow-origin"] == stack.url
            assert json.loads(answer.read(int(headers["content-length"])))["status"] == "ok"


def test_the_clients_address_is_the_connections_own(stack, numbers):
    with started("--set", "IP_SENDS_PER_HOUR=2") as strict:
        headers = {"X-Forwarded-For": "9.9.9.9", "Forwarded": "for=9.9.9.9"}
        statuses = [
            strict.request(
                "POST", f"{REGISTER}/request-otp", json={"phone": next(numbers)}, headers=headers | {"X-Real-Ip": f"9.9.9.{one}"}
            )
            for one in range(3)
        ]
        assert [answer.status_code for answer in statuses] == [200, 200, 429]

        elsewhere = requests.adapters.HTTPAdapter()
        elsewhere.poolmanager.connection_pool_kw["source_address"] = ("127.0.0.9", 0)
        with requests.Session() as session:
            session.mount("http://", elsewhere)
            assert session.post(f"{strict.url}{REGISTER}/request-otp", json={"phone": next(numbers)}, timeout=20).status_code == 200


def test_requests_are_answered_concurrently(stack):
    def ask(_):
        return requests.get(f"{stack.url}/health", timeout=20).status_code

    assert at_once(64, ask) == [200] * 64


def test_one_right_code_at_once_is_one_session(stack, number):
    challenge = stack.post(f"{REGISTER}/request-otp", phone=number).json()["challenge"]
    [message] = stack.messages(number)

    def verify(_):
        body = {"phone": number, "challenge": challenge, "code": message["code"]}
        return requests.post(f"{stack.url}{REGISTER}/verify-otp", json=body, timeout=20).status_code

    assert sorted(at_once(16, verify)) == [201] + [401] * 15


def test_the_state_survives_kill_9(tmp_path, number):
    with started("--data", tmp_path / "data") as first:
        signed_up = first.sign_up(number).json()
        first.post("/_local/clock", advance_seconds=3600)
        receipts_key = first.request("GET", "/_local/receipts-key").text
        first.end(signal.SIGKILL)
    with started("--data", tmp_path / "data") as second:
        me = second.request("GET", "/store/customers/me", headers={"Authorization": f"Bearer {signed_up['token']}"})
        assert me.status_code == 401  # an hour has passed
        renewed = second.post("/login/refresh", refreshToken=signed_up["refresh_token"])
        assert renewed.status_code == 200
        assert len(second.request("GET", "/.well-known/jwks.json").json()["keys"]) == 1
        assert second.request("GET", "/_local/receipts-key").text == receipts_key
        assert second.post(f"{LOGIN}/request-otp", phone=number).status_code == 200
        assert second.messages(number)


def test_a_message_that_was_not_sent_before_kill_9_is_sent_after_it(tmp_path, number):
    with started("--data", tmp_path / "data") as first:
        first.post("/_local/faults", sender="sms", mode="timeout", for_seconds=3600)
        assert first.post(f"{REGISTER}/request-otp", phone=number).status_code == 200
        first.end(signal.SIGKILL)
    with started("--data", tmp_path / "data") as second:
        assert len(second.messages(number)) == 1


def test_a_folder_in_use_is_refused(tmp_path):
    with started("--data", tmp_path) as first, started("--data", tmp_path) as second:
        assert first.first_line
        assert second.process.wait(START_SECONDS) == 2
        assert second.process.stderr.read().strip() == f"{tmp_path} is in use by another local stack"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_stack_and_leaves_nothing(how):
    with started() as stack:
        stack.request("GET", "/health")
        assert len(members(stack.process.pid)) > 2

        stack.end(how)

        assert stack.process.returncode == 0
        assert members(stack.process.pid) == []


def test_the_workers_end_with_the_stack_even_after_kill_9():
    with started() as stack:
        stack.request("GET", "/health")
        stack.end(signal.SIGKILL)

        assert all_gone(stack.process.pid)


def test_a_signal_during_the_start_also_stops_the_stack():
    command = [sys.executable, "-m", "local", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    time.sleep(0.6)
    process.terminate()

    assert process.wait(START_SECONDS) in {0, -signal.SIGTERM}  # the second one before Python has read the first line
    assert all_gone(process.pid)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--set", "COLOUR=red"], r"COLOUR: is no setting of this stack"),
        (["--set", "DEFAULT_REGION=usa"], r"DEFAULT_REGION: must be a two-letter region, like US"),
        (["--set", "DEFAULT_REGION=XX"], r".*DEFAULT_REGION.*"),
        (["--set", "SENDS_PER_HOUR=20", "--set", "SENDS_PER_DAY=1"], r".*SENDS_PER_HOUR.*"),
        (["--set", "DEFAULT_REGION"], r"argument --set: must be NAME=VALUE"),
        (["--port", "many"], r"argument --port: must be a number from 0 to 65535"),
        (["--dynamodb", "http://127.0.0.1:1"], r"the AWS resources cannot be created: .*http://127\.0\.0\.1:1.*"),
        (["--data", "/dev/null/data"], r"/dev/null/data cannot be used: Not a directory"),
    ],
)
def test_an_impossible_start_is_one_line_and_exit_code_2(arguments, line):
    with started(*arguments) as refused:
        assert refused.process.wait(START_SECONDS) == 2
        assert re.fullmatch(line + r"\n", refused.process.stderr.read())
        assert refused.first_line == ""


def test_a_busy_port_is_one_line_and_exit_code_2():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with started("--port", port) as refused:
            assert refused.process.wait(START_SECONDS) == 2
            assert refused.process.stderr.read() == f"port {port} cannot be used: Address already in use\n"


def test_a_stack_parameter_is_set_by_its_setting(numbers):
    with started(
        "--set", "DEFAULT_REGION=TR", "--set", "ALLOWED_REGIONS=TR,IR", "--set", "OTP_LENGTH=8", "--set", "ISSUER=https://a.example.com"
    ) as turkish:
        assert turkish.post(f"{REGISTER}/request-otp", phone="0532 123 45 67").status_code == 200
        [message] = turkish.messages("0532 1234567")
        assert message["to"] == "+905321234567"
        assert len(message["code"]) == 8
        assert turkish.request("GET", "/.well-known/openid-configuration").json()["issuer"] == "https://a.example.com"
        assert turkish.post(f"{REGISTER}/request-otp", phone=next(numbers)).status_code == 400


def test_another_dynamodb_works_too(numbers):
    with engines.dynamodb_local() as url, started("--dynamodb", url) as stack:
        number = next(numbers)
        assert stack.sign_up(number).status_code == 201
        stack.post("/_local/clock", advance_seconds=90)
        assert stack.post(f"{LOGIN}/request-otp", phone=number).status_code == 200
        assert len(stack.messages(number, count=2)) == 2


def test_logs_are_shown_only_with_the_option():
    with started("--verbose") as loud, started() as quiet:
        for stack in (loud, quiet):
            stack.request("GET", "/health")
            stack.post(f"{REGISTER}/request-otp", phone="+12125550100")
            stack.messages("+12125550100")
            stack.end()
        assert '"request_register_code"' in loud.process.stderr.read()
        assert quiet.process.stderr.read() == ""
