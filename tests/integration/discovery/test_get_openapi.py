import json
import re
from urllib.parse import urlencode

import pytest

from tests.harness import described
from tests.harness.described import Undescribed
from tests.harness.people import new_number
from tests.harness.service import handler, routes

REQUEST_CODE = "/login/mobile/send"
OPERATIONS = [
    pytest.param(f"{method.upper()} {path}", operation, id=operation["operationId"])
    for path, item in described.document()["paths"].items()
    for method, operation in item.items()
]


def test_the_document_names_every_route_of_the_template_and_no_other(api):
    answer = api.get("/openapi.json")
    described = {(method.upper(), path) for path, item in answer["paths"].items() for method in item if method != "parameters"}

    assert answer.status == 200
    assert answer["openapi"].startswith("3.1")
    assert described == set(routes())


def test_the_document_takes_no_request_to_aws_and_can_be_cached(api):
    answer = api.get("/openapi.json")

    assert answer.aws_calls == ()
    assert answer.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.parametrize(("route", "operation"), OPERATIONS)
def test_every_example_of_a_body_is_valid(api, route, operation):
    if "requestBody" not in operation:
        return
    [(kind, content)] = described.resolved(operation["requestBody"])["content"].items()
    for example in content["examples"].values():
        answer = api.request(*route.split(" "), raw=encoded(kind, example["value"]), headers={"content-type": kind})
        assert answer.status in {200, 201, 401, 403, 404, 409, 429}


def encoded(kind: str, value) -> bytes:
    """A body of this media type."""
    if kind == "application/x-www-form-urlencoded":
        return urlencode(value).encode()
    return json.dumps(value).encode() if kind == "application/json" else value.encode()


@pytest.mark.parametrize(("route", "operation"), OPERATIONS)
def test_an_endpoint_that_needs_a_token_declares_it_and_its_refusal(api, route, operation):
    name = routes()[tuple(route.split(" "))]
    if name == "ExecuteGraphql":
        return  # it declares none; what an operation needs is in the schema

    contract = handler(name).contract

    assert {kind for each in operation["security"] for kind in each} == {
        kind for kind, is_needed in ((contract.bearer, contract.caller), ("storefront", contract.publishable)) if is_needed
    }
    assert not operation["security"] or "401" in operation["responses"]


def test_a_bearer_token_that_is_no_access_token_has_a_security_scheme_of_its_own():
    paths, schemes = (described.document()[part] for part in ("paths", "components"))
    bearers = {f"{method} {path}": each["security"] for path, item in paths.items() for method, each in item.items() if each["security"]}

    assert bearers["post /store/customers"] == [{"registration": []}]
    assert bearers["post /auth/customer/emailpass/update"] == [{"reset": []}]
    assert bearers["get /store/customers/me"] == [{"customer": []}]
    assert {"customer", "registration", "reset", "storefront"} == schemes["securitySchemes"].keys()


@pytest.mark.parametrize("path", ["/auth/customer/emailpass", "/auth/customer/emailpass/reset-password"])
def test_members_that_the_query_string_may_have_are_listed_without_passwords(path):
    listed = {
        each["name"] for each in map(described.resolved, described.document()["paths"][path]["post"]["parameters"]) if each["in"] == "query"
    }

    assert listed == {"email", "phone", "email_or_phone", "device", "locale"}


def test_the_title_names_the_identifiers_of_the_settings():
    assert {"codes", "passwords"} <= set(described.document()["info"]["title"].split())


# ── answers are held against it ──


@pytest.fixture
def exchange(api):
    """The event of a valid code request and its response, to be spoilt."""
    seen = []
    check = described.check
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(described, "check", lambda event, answer: seen.append((event, answer)) or check(event, answer))
        api.post(REQUEST_CODE, phone=new_number())
    return seen[0]


def spoilt(answer: dict, **body) -> dict:
    return answer | {"body": json.dumps(json.loads(answer["body"]) | body)}


SPOILT = {
    "a status of its own": (lambda answer: answer | {"statusCode": 202}, "answered 202, which the document does not know"),
    "a member that nobody knows": (lambda answer: spoilt(answer, secret="x"), "secret"),
    "a member of another type": (lambda answer: spoilt(answer, expiresAt=1769851800), "expiresAt: "),
    "a time that is none": (lambda answer: spoilt(answer, expiresAt="tomorrowZ"), "expiresAt: "),
    "an empty body": (lambda answer: answer | {"body": "{}"}, "required"),
    "the gateway's shape": (lambda answer: answer | {"body": '{"message": "Hello"}'}, "the gateway's to say"),
    "a header more": (lambda answer: answer | {"headers": answer["headers"] | {"server": "x"}}, "server"),
    "a header less": (lambda answer: answer | {"headers": {"content-type": "application/json"}}, "cache-control"),
    "another value of a header": (
        lambda answer: answer | {"headers": answer["headers"] | {"cache-control": "public"}},
        "cache-control: public",
    ),
    "another type": (lambda answer: answer | {"headers": answer["headers"] | {"content-type": "text/html"}}, "of type text/html"),
}


@pytest.mark.parametrize(("spoil", "complaint"), SPOILT.values(), ids=SPOILT)
def test_a_response_that_is_not_described_is_detected(exchange, spoil, complaint):
    event, answer = exchange

    with pytest.raises(Undescribed, match=re.escape(complaint)):
        described.check(event, spoil(answer))


@pytest.mark.parametrize("body", [{}, {"phone": 7}, {"phone": "+1"}, {"phone": "+14155550123", "locale": 7}], ids=str)
def test_an_accepted_request_that_is_not_valid_is_detected(exchange, body):
    event, answer = exchange

    with pytest.raises(Undescribed, match=f"POST {REQUEST_CODE} took the body"):
        described.check(event | {"body": json.dumps(body)}, answer)
