"""The GraphQL endpoint's operations in the OpenAPI document: what they mean is in the schema, so here is how they are called."""

from typing import Any

from customer_auth.base.errors import BadRequest, Internal, Refusal, TooLarge, Unavailable, UnsupportedMedia
from customer_auth.base.graphql_errors import MethodNotAllowed, NotAcceptable
from customer_auth.graphql_api import context, documents
from customer_auth.graphql_api.negotiation import GRAPHQL_JSON, JSON
from customer_auth.http import examples
from tools.openapi_responses import GATEWAY_ANSWERS, SCHEMA

type Json = dict[str, Any]

_QUERY = "{ phoneOtpStatus { has_pending_otp is_expired } }"
_ASK = "mutation ($input: SendPhoneOtpInput!) { sendPhoneOtp(input: $input) { success message } }"
_TEXT: Json = {"type": ["string", "null"]}
_REFUSALS: tuple[type[Refusal], ...] = (BadRequest, NotAcceptable, TooLarge, UnsupportedMedia, Internal, Unavailable)
_SESSION: Json = {
    "name": context.SESSION_HEADER.title(),
    "in": "header",
    "description": f"The verification session, of an earlier response; the cookie `{context.COOKIE}` is the same.",
    "schema": {"type": "string"},
}
_DEVICE: Json = {
    "name": context.DEVICE_HEADER.title(),
    "in": "header",
    "description": "From an earlier response: this client has proven this address.",
    "schema": {"type": "string"},
    "example": examples.DEVICE,
}
_SHARED = [{"$ref": "#/components/parameters/IdempotencyKey"}, {"$ref": "#/components/parameters/AcceptLanguage"}, _SESSION, _DEVICE]

SCHEMAS: Json = {
    "GraphqlRequest": {
        "type": "object",
        "description": "A document, which operation of it is meant, and its variables.",
        "properties": {
            "query": {"type": "string", "description": f"At most {documents.MAX_TOKENS} tokens, by the schema at /graphql/schema."},
            "operationName": _TEXT,
            "variables": {"type": ["object", "null"]},
            "extensions": {"type": ["object", "null"]},
        },
        "required": ["query"],
    },
    "GraphqlError": {
        "type": "object",
        "description": "What is wrong; never a value.",
        "properties": {
            "message": {"type": "string"},
            "locations": {"type": "array", "items": {"type": "object"}},
            "path": {"type": "array"},
            "extensions": {
                "type": "object",
                "properties": {"type": {"type": "string"}, "request_id": {"type": "string"}},
                "required": ["type"],
                "additionalProperties": False,
            },
        },
        "required": ["message", "extensions"],
        "additionalProperties": False,
    },
    "GraphqlResponse": {
        "type": "object",
        "description": "The data; a refused mutation says so in its own. Errors alone: nothing was run.",
        "properties": {
            "data": {"type": ["object", "null"]},
            "errors": {"type": "array", "minItems": 1, "items": {"$ref": SCHEMA.format(model="GraphqlError")}},
        },
        "minProperties": 1,
        "additionalProperties": False,
    },
}


def operations(*, name: str, purpose: str) -> dict[tuple[str, str], Json]:
    """The operations by path and method, for the function of this name."""
    shared: Json = {"tags": ["graphql"], "security": [{}, {"customer": []}]}
    post = {"operationId": name, "summary": purpose, "parameters": _SHARED, "requestBody": _body(), "responses": _responses(200, "POST")}
    get = {
        "operationId": f"{name}ByGet",
        "summary": "Runs a query.",
        "parameters": [*_SHARED, *_in_query()],
        "responses": _responses(200, "GET"),
    }
    schema = {"operationId": f"{name}Schema", "tags": ["graphql"], "summary": "The schema.", "security": [], "responses": {"200": _text()}}
    return {("/graphql", "post"): shared | post, ("/graphql", "get"): shared | get, ("/graphql/schema", "get"): schema}


def _body() -> Json:
    value = {"query": _ASK, "variables": {"input": {"phone_number": examples.PHONE}}}
    schema = {"$ref": SCHEMA.format(model="GraphqlRequest")}
    return {"required": True, "content": {JSON: {"schema": schema, "examples": {"least": {"value": value}}}}}


def _in_query() -> list[Json]:
    """The same members, each as text; and the header that a page of another site cannot send."""
    preflighted = {
        "name": "X-Requested-With",
        "in": "header",
        "description": "Or the content type application/json.",
        "schema": {"type": "string"},
    }
    described = {"query": "A document.", "operationName": "Which operation is meant.", "variables": "JSON.", "extensions": "JSON."}
    members = [
        {"name": name, "in": "query", "required": name == "query", "description": text, "schema": {"type": "string"}}
        for name, text in described.items()
    ]
    return [preflighted, *(each | ({"example": _QUERY} if each["name"] == "query" else {}) for each in members)]


def _responses(success: int, method: str) -> Json:
    data = {"phoneOtpStatus": {"has_pending_otp": False, "is_expired": False}}
    responses = {success: _response("What the operation came to.", {"data": data})}
    responses[success]["headers"] |= _optional_headers() if method == "POST" else {}
    refusals: list[type[Refusal]] = [*_REFUSALS, *([MethodNotAllowed] if method == "GET" else [])]
    responses |= {refusal.status: _refused(refusal) for refusal in refusals}
    return {str(status): responses[status] for status in sorted(responses)}


def _refused(refusal: type[Refusal]) -> Json:
    message = refusal.message if "message" in vars(refusal) else "query is required"
    error = {"message": message, "extensions": {"type": refusal.type, "request_id": "5b3fbd8f811e4225"}}
    response = _response(f"`{refusal.type}`: {(refusal.__doc__ or '').splitlines()[0]}", {"errors": [error]}, gateways=refusal.status)
    if refusal is Unavailable:
        response["headers"]["Retry-After"] = _header(
            "Seconds until the call may succeed.", {"type": "integer", "minimum": 1}, required=False
        )
    if refusal is MethodNotAllowed:
        response["headers"]["Allow"] = _header("The method that is meant.", {"type": "string", "const": "POST"})
    return response


def _response(meaning: str, example: Json, *, gateways: int = 0) -> Json:
    schemas = [{"$ref": SCHEMA.format(model="GraphqlResponse")}]
    schemas += [{"$ref": SCHEMA.format(model="GatewayError")} for each in GATEWAY_ANSWERS if each.status == gateways]
    schema: Json = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    content = {"schema": schema, "examples": {"answer": {"value": example}}}
    is_ours = len(schemas) == 1
    return {"description": meaning, "headers": _headers(required=is_ours), "content": dict.fromkeys((GRAPHQL_JSON, JSON), content)}


def _text() -> Json:
    headers = _headers() | {"Cache-Control": _header("Whether the answer may be kept.", {"type": "string"})}
    return {
        "description": "In GraphQL's schema language.",
        "headers": headers,
        "content": {"text/plain": {"schema": {"type": "string"}, "examples": {"answer": {"value": "type Query"}}}},
    }


def _headers(*, required: bool = True) -> Json:
    kept = _header("Whether the answer may be kept.", {"type": "string", "const": "no-store"}, required=required)
    sniffed = _header("The body is what its type says.", {"type": "string", "const": "nosniff"}, required=required)
    return {"Cache-Control": kept, "X-Content-Type-Options": sniffed}


def _optional_headers() -> Json:
    return {
        "X-Session-Id": _header("A new verification session, of `sendPhoneOtp`.", {"type": "string"}, required=False),
        "Retry-After": _header("Where a mutation was throttled.", {"type": "integer", "minimum": 1}, required=False),
    }


def _header(description: str, schema: Json, *, required: bool = True) -> Json:
    return {"description": description, "required": required, "schema": schema}
