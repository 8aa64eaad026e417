"""The older API's examples against `make dev`, sent by curl and by a client library that is not ours."""

import itertools
import json
import re
import shutil
import subprocess

import pytest

from tests.harness.graphql_examples import EMAIL, NUMBER, OTHER_NUMBER, example
from tests.harness.local_stack import started

TURKEY = ("--set", "DEFAULT_REGION=TR", "--set", "ALLOWED_REGIONS=TR")
SESSION = re.compile(r"^x-session-id: ([\w-]+)\r?$", re.MULTILINE | re.IGNORECASE)
NEW = itertools.count(1_000_000)
SENT = {"success": True, "message": "OTP sent successfully"}


@pytest.fixture(scope="module")
def stack():
    with started(*TURKEY) as stack:
        yield stack


def code_of(stack, number: str, act) -> str:
    """The code that `act` has sent to the number."""
    before = len(stack.messages(f"+90{number}", 0))
    act()
    return stack.messages(f"+90{number}", before + 1)[0]["code"]


def sign_in(stack, number: str) -> str:
    """The access token of whoever has the number."""
    stack.post("/_local/clock", advance_seconds=3_600)  # no window is in the way
    code = code_of(stack, number, lambda: stack.post("/login/mobile/send", phone=number))
    answer = stack.post("/login/mobile/verify", phone=number, code=code).json()
    assert answer["registered"] is False
    return answer["sessionToken"]


def set_free(stack, number: str) -> None:
    """Its customer gets another number."""
    headers, new = {"authorization": f"Bearer {sign_in(stack, number)}"}, f"+90532{next(NEW)}"
    asked = stack.request("POST", "/store/customers/me/contact", headers=headers, json={"phone": new}).json()
    body = {"token": asked["token"], "code": stack.messages(new)[0]["code"]}
    assert stack.request("POST", "/store/customers/me/contact/verify", headers=headers, json=body).status_code == 200
    stack.post("/_local/clock", advance_seconds=21_600)  # of ten messages a day


class Curl:
    """curl, which keeps the header of the session by hand, for `Secure` cookies need TLS."""

    def __init__(self, stack):
        if shutil.which("curl") is None:
            pytest.skip("curl is missing: apt-get install curl")
        self.stack, self.headers = stack, {"content-type": "application/json"}

    def run(self, document: str) -> dict:
        headers = [part for name, value in self.headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["curl", "-sS", "-i", f"{self.stack.url}/graphql", *headers, "-d", json.dumps({"query": document})]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
        head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
        if session := SESSION.search(head):
            self.headers["X-Session-Id"] = session[1]
        return json.loads(body)["data"]


class Library:
    """gql, which reads the schema first, and checks each document by it."""

    def __init__(self, stack):
        gql = pytest.importorskip("gql")
        transport = pytest.importorskip("gql.transport.requests").RequestsHTTPTransport(f"{stack.url}/graphql", headers={})
        self.gql, self.transport = gql.gql, transport
        self.client, self.headers = gql.Client(transport=transport, fetch_schema_from_transport=True), transport.headers

    def run(self, document: str) -> dict:
        data = self.client.execute(self.gql(document))
        self.headers |= {name: value for name, value in self.transport.response_headers.items() if name.lower() == "x-session-id"}
        return data


@pytest.fixture(params=[Curl, Library], ids=["curl", "gql"])
def client(request, stack):
    return request.param(stack)


@pytest.mark.parametrize("name", ["create_with_phone", "create_with_attribute", "create_from_session"])
def test_a_guest_verifies_a_number_and_registers_with_it_and_then_changes_to_another(stack, client, name):
    sent = []
    code = code_of(stack, NUMBER, lambda: sent.append(client.run(example("send"))["sendPhoneOtp"]))
    status = client.run(example("status"))["phoneOtpStatus"]
    verified = client.run(example("verify", code))["verifyPhoneOtp"]
    [created] = client.run(example(name)).values()

    assert sent == [SENT]
    assert (status["has_pending_otp"], status["phone_number"], status["is_expired"]) == (True, NUMBER, False)
    assert (verified["success"], verified["phone_verified"], verified["customer_updated"]) == (True, True, False)
    assert created["customer"]["email"] == EMAIL
    assert (created["customer"].get("phone_number") or created["customer"]["custom_attributes"][0]["value"]) == NUMBER

    client.headers["Authorization"] = f"Bearer {sign_in(stack, NUMBER)}"
    code = code_of(stack, OTHER_NUMBER, lambda: sent.append(client.run(example("customer_send"))["sendPhoneOtp"]))
    shown = client.run(example("customer"))["customer"]
    changed = client.run(example("customer_verify", code))["verifyPhoneOtp"]

    assert sent == [SENT] * 2
    assert (shown["firstname"], shown["phone_number"], shown["phone_verified"]) == ("John", NUMBER, True)
    assert (changed["success"], changed["phone_verified"], changed["customer_updated"]) == (True, True, True)
    set_free(stack, OTHER_NUMBER)


def test_the_gateway_lets_a_page_send_and_read_the_session(stack):
    origin = {"origin": stack.url, "access-control-request-method": "POST", "access-control-request-headers": "x-session-id,x-device"}
    allowed = stack.request("OPTIONS", "/graphql", headers=origin)
    answer = stack.request("POST", "/graphql", headers={"origin": stack.url}, json={"query": example("send")})

    assert {"x-session-id", "x-device"} <= set(allowed.headers["access-control-allow-headers"].split(","))
    assert "x-session-id" in answer.headers["access-control-expose-headers"].split(",")
    assert answer.headers["set-cookie"].startswith("__Host-phone-otp=")


def test_the_schema_and_graphiql_are_there(stack):
    schema, page = stack.request("GET", "/graphql/schema"), stack.request("GET", "/_local/graphiql")

    assert schema.text.count("type ") > 10
    assert page.url == f"{stack.url}/_local/graphiql/"
    if page.status_code == 200:
        files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert all(
            stack.request("GET", f"/_local/graphiql/{name}").status_code == 200 for name in files if ":" not in name and "/" not in name
        )
        assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    else:
        assert (page.status_code, page.json()) == (404, {"message": "GraphiQL is not installed: make graphiql"})
