"""Responses as API Gateway sends them: a model as JSON, a refusal in the one shape that every failure has."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from customer_auth.base.errors import BadRequest, Refusal, Throttled, Unavailable, WrongProof
from customer_auth.http.request import Request, dumps
from customer_auth.http.schemas.base import Model

# Nothing is to be said beside the status and the headers.
_WITHOUT_BODY = (HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER)

type Response = dict[str, Any]
type Payload = Model | dict[str, Any]


def succeed(payload: Payload, cache_seconds: int) -> Response:
    """A model says itself with which status it is sent; anyone may cache the response for `cache_seconds`."""
    headers = {"cache-control": f"public, max-age={cache_seconds}" if cache_seconds else "no-store"}
    if not isinstance(payload, Model):
        return _response(200, payload, headers)
    response = _response(payload.http_status, payload, headers | payload.http_headers)
    return response | ({"cookies": payload.cookies} if payload.cookies else {})


def refuse(refusal: Refusal, request: Request) -> Response:
    """What a caller is told of a refusal: its type and message, the fields that are wrong, and never a value."""
    payload: dict[str, Any] = {"success": False, "type": refusal.type, "message": refusal.message, "request_id": request.id}
    if isinstance(refusal, BadRequest) and refusal.errors:
        payload["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    payload |= refusal.members
    if request.route.startswith("/login/") and (code := error_code(refusal)):
        payload["errorCode"] = code
    headers = {"retry-after": str(refusal.retry_after_seconds)} if isinstance(refusal, Throttled) else {}
    return _response(refusal.status, payload, headers)


def error_code(refusal: Refusal) -> str | None:
    """The sign-in API's own code for a refusal."""
    match refusal:
        case BadRequest():
            return "E011002" if any(error.missing for error in refusal.errors) else "E011001"
        case WrongProof():
            return "E061102"
        case Throttled():
            return "E061103"
    return None


def _response(status: int, payload: Payload, headers: Mapping[str, str]) -> Response:
    if status in _WITHOUT_BODY:
        return {"statusCode": status, "headers": {"cache-control": "no-store"} | dict(headers), "body": ""}
    text = payload.model_dump_json(by_alias=True) if isinstance(payload, Model) else dumps(payload)
    always = {"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if status == Unavailable.status:
        always["retry-after"] = str(Unavailable.retry_after_seconds)
    return {"statusCode": status, "headers": always | dict(headers), "body": text}
