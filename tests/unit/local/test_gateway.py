import json

import pytest

from local.gateway import BROKEN, NOT_FOUND, Gateway, response_of
from local.routes import Routes
from local.server import Request
from local.template import Cors, Template

HEADERS = {"Content-Type": "a/b", "X-N": 1, "X-B": True}
WRITTEN = {"content-type": "a/b", "x-n": "1", "x-b": "true"}


@pytest.mark.parametrize(
    ("result", "status", "headers", "body"),
    [
        ({"statusCode": 201, "body": "x"}, 201, {"content-type": "text/plain;charset=UTF-8"}, b"x"),
        ({"statusCode": 204}, 204, {"content-type": "text/plain;charset=UTF-8"}, b""),
        (
            {"statusCode": "200", "headers": {"Content-Type": "a/b", "X-N": 1, "X-B": True}},
            200,
            {"content-type": "a/b", "x-n": "1", "x-b": "true"},
            b"",
        ),
        (
            {"statusCode": 200, "body": "AAE=", "isBase64Encoded": True, "headers": {"content-type": "a/b"}},
            200,
            {"content-type": "a/b"},
            b"\0\1",
        ),
        ({"hello": "you"}, 200, {"content-type": "application/json"}, b'{"hello": "you"}'),
        ("hello", 200, {"content-type": "application/json"}, b"hello"),
        (None, 200, {"content-type": "application/json"}, b"null"),
    ],
)
def test_a_result_becomes_a_response(result, status, headers, body):
    response = response_of(json.dumps(result))

    assert (response.status, dict(response.headers), response.body) == (status, headers, body)


def test_each_cookie_is_a_header_of_its_own():
    response = response_of(json.dumps({"statusCode": 200, "cookies": ["a=1; Secure", "b=2"]}))

    assert [value for name, value in response.headers if name == "set-cookie"] == ["a=1; Secure", "b=2"]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "many"},
        {"statusCode": None},
        {"statusCode": 200, "body": {}},
        {"statusCode": 200, "body": "%", "isBase64Encoded": True},
    ],
)
def test_a_result_that_is_no_response_is_a_broken_function(result):
    assert response_of(json.dumps(result)) == BROKEN


CORS = Cors(("https://shop.example.com",), ("GET", "POST"), ("content-type", "authorization"), ("retry-after",), 600)


@pytest.fixture
def gateway():
    return Gateway(Routes({}), {}, CORS, domain="127.0.0.1:8000", now=lambda: 0)


def ask(gateway, method, **headers):
    request = Request(method, "/orders", "", tuple((name.replace("_", "-"), value) for name, value in headers.items()), b"", "127.0.0.1")
    response = gateway.answer(request)
    return response, {name: value for name, value in response.headers if name.startswith("access-control-")}


def test_a_preflight_is_answered_for_any_path(gateway):
    response, cors = ask(gateway, "OPTIONS", origin="https://shop.example.com", access_control_request_method="POST")

    assert response.status == 204
    assert cors == {
        "access-control-allow-origin": "https://shop.example.com",
        "access-control-expose-headers": "retry-after",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "content-type,authorization",
        "access-control-max-age": "600",
    }


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_the_stacks_own_origin_is_allowed(gateway, origin):
    response, cors = ask(gateway, "GET", origin=origin)

    assert cors == {"access-control-allow-origin": origin, "access-control-expose-headers": "retry-after"}
    assert response.status == 404


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_another_origin_gets_no_cors_headers(gateway, method):
    response, cors = ask(gateway, method, origin="https://evil.example.com", access_control_request_method="GET")

    assert cors == {}
    assert response.status == (204 if method == "OPTIONS" else 404)


@pytest.mark.parametrize(("origin", "names_credentials"), [("https://shop.example.com", True), ("*", False)])
def test_credentials_are_allowed_to_origins_that_are_listed_and_never_to_all(origin, names_credentials):
    cors = Cors(allow_origins=(origin,), allow_credentials=True)
    gateway = Gateway(Routes({}), {}, cors, domain="127.0.0.1:8000", now=lambda: 0)

    for method in ("OPTIONS", "GET"):
        _, headers = ask(gateway, method, origin="https://shop.example.com", access_control_request_method="POST")
        assert headers["access-control-allow-origin"] == origin
        assert ("access-control-allow-credentials" in headers) is names_credentials


class Function:
    """Answers every request in the same way."""

    def __init__(self, **headers):
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def invoke(self, event, *, within_seconds):
        return json.dumps({"statusCode": 200, "headers": self.headers, "body": "{}"})


ALLOWED = {"access-control-allow-origin": "https://shop.example.com", "access-control-expose-headers": "retry-after"}


@pytest.mark.parametrize(("origin", "expected"), [("https://shop.example.com", ALLOWED), ("https://evil.example.com", {})])
def test_cors_headers_from_a_function_are_discarded(origin, expected):
    functions = {"CheckHealth": Template.of_service().functions["CheckHealth"]}
    pool = Function(Access_Control_Allow_Origin="*", access_control_allow_credentials="true", x_of_its_own="kept")
    gateway = Gateway(Routes(functions), {"CheckHealth": pool}, CORS, domain="127.0.0.1:8000", now=lambda: 0)

    response = gateway.answer(Request("GET", "/health", "", (("origin", origin),), b"", "127.0.0.1"))
    headers = dict(response.headers)

    assert (response.status, headers["x-of-its-own"]) == (200, "kept")
    assert {name: value for name, value in headers.items() if name.startswith("access-control-")} == expected


def test_an_unknown_route_gets_the_gateway_s_own_404(gateway):
    response, _ = ask(gateway, "GET")

    assert response.status == 404
    assert response.body == NOT_FOUND.body == b'{"message":"Not Found"}'
    assert "apigw-requestid" in dict(response.headers)


def test_a_response_has_the_stack_s_date_however_far_its_clock_was_moved(gateway):
    response, _ = ask(gateway, "GET")

    assert dict(response.headers)["date"] == "Thu, 01 Jan 1970 00:00:00 GMT"
