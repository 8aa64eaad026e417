"""Every response of the service, and every request that it accepted, is compared with the OpenAPI document; a difference fails the test."""

import base64
import json
from functools import cache
from urllib.parse import parse_qsl

import jsonschema_rs

from customer_auth.addresses import email, phone
from tests.harness.engines import ROOT

DOCUMENT = ROOT / "functions" / "discovery" / "openapi.json"
# Of GraphQL, where a response has them only if there is a session to name or a time to wait for.
OPTIONAL_HEADERS = {"x-session-id", "retry-after"}
# The content type stands by the body's schema.
UNNAMED_HEADERS = {"content-type"}
SECURITY_HEADERS = dict.fromkeys(("customer", "registration", "reset"), "authorization") | {"storefront": "x-publishable-api-key"}


class Undescribed(AssertionError):
    """An answer, or a request that was taken, that the document does not describe."""


def check(event: dict, answer: dict) -> None:
    """Raises: Undescribed."""
    route = event["routeKey"]
    documented = _documented(route, answer["statusCode"])
    if documented is None:
        raise Undescribed(f"{route} answered {answer['statusCode']}, which the document does not know: {answer['body']}")
    about = f"{route} answered {answer['statusCode']} with"
    optional = OPTIONAL_HEADERS if (route, answer["statusCode"]) == ("POST /graphql", 200) else set()
    _check_headers(about, documented, answer["headers"], optional, has_type="content" in documented or route.startswith("HEAD "))
    _check_body(f"{about} the body {answer['body']}", documented, answer)
    if answer["statusCode"] < 300:
        _check_request(route, event)


def _check_headers(about: str, documented: dict, headers: dict, optional: set[str], *, has_type: bool) -> None:
    """All that are described come, the optional ones aside, and no other; none of these answers was born in a gateway."""
    described = {name.lower(): resolved(header)["schema"] for name, header in documented["headers"].items()}
    described = {name: schema for name, schema in described.items() if name in headers or name not in optional}
    if headers.keys() != described.keys() | (UNNAMED_HEADERS if has_type else set()):
        raise Undescribed(f"{about} the headers {sorted(headers)}; described are {sorted(described)}")
    for name, schema in described.items():
        value = headers[name]
        demand(f"{about} {name}: {value}", _json(schema), int(value) if schema["type"] == "integer" else value)


def _check_body(about: str, documented: dict, answer: dict) -> None:
    if "content" not in documented:
        if answer["body"]:
            raise Undescribed(about)
        return
    kind = answer["headers"]["content-type"]
    if kind not in documented["content"]:
        raise Undescribed(f"{about} of type {kind}")
    value = answer["body"] if kind == "text/plain" else json.loads(answer["body"])
    if _is_the_gateways(value):
        raise Undescribed(f"{about}, which is the gateway's to say")
    demand(about, _json(documented["content"][kind]["schema"]), value)


def _check_request(route: str, event: dict) -> None:
    """An accepted request is valid. (A valid request may still be refused for its values.)"""
    operation = _operation(route)
    for parameter in map(resolved, operation.get("parameters", [])):
        query = event.get("queryStringParameters") or {}
        places = {"header": event["headers"], "path": event.get("pathParameters") or {}, "query": query}[parameter["in"]]
        value = places.get(parameter["name"].lower() if parameter["in"] == "header" else parameter["name"])
        if value is not None and parameter["schema"].get("type") == "integer":
            value = int(value)
        if value is not None or parameter.get("required"):
            demand(f"{route} took {parameter['name']}: {value}, and", _json(parameter["schema"]), value)
    required = set() if {} in operation["security"] else {SECURITY_HEADERS[name] for needs in operation["security"] for name in needs}
    if missing := required - event["headers"].keys():
        raise Undescribed(f"{route} took a call without {missing}")
    if "requestBody" in operation:
        body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else (event.get("body") or "").encode()
        described = resolved(operation["requestBody"])
        if body or described["required"]:
            [(kind, content)] = described["content"].items()
            demand(f"{route} took the body {body!r}, and", _json(content["schema"]), _members(kind, body))


def _members(kind: str, body: bytes):
    """What a body of this media type says."""
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(body) if kind == "application/json" else body.decode()


def demand(about: str, schema: str, value) -> None:
    wrong = next(_validator(schema).iter_errors(value), None)
    if wrong:
        place = ".".join(map(str, wrong.instance_path)) or "it"
        raise Undescribed(f"{about} the document does not describe it: {place}: {wrong.message}")


def _is_the_gateways(value) -> bool:
    return _validator(_json({"$ref": "#/components/schemas/GatewayError"})).is_valid(value)


@cache
def document() -> dict:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


@cache
def _operation(route: str) -> dict:
    method, _, path = route.partition(" ")
    return document()["paths"][path][method.lower()]


@cache
def _documented(route: str, status: int) -> dict | None:
    response = _operation(route)["responses"].get(str(status))
    return response and resolved(response)


def resolved(part: dict) -> dict:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return document()["components"][kind][name]


def _json(schema: dict) -> str:
    return json.dumps(schema)


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """`phone` and `idn-email` are what the service reads as such."""
    formats = {"phone": _read_by(phone.parse), "idn-email": _read_by(email.parse)}
    whole = json.loads(schema) | {"components": {"schemas": document()["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=formats)


def _read_by(parse):
    def reads(text: str) -> bool:
        try:
            return bool(parse(text))
        except ValueError:
            return False

    return reads
