"""Examples for the OpenAPI document: bodies and answers are composed of their fields' own, refusals come from the service itself."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from customer_auth.base.account_errors import CancellableDeletionPending, RegistrationIncomplete, VerificationRequired
from customer_auth.base.errors import BadRequest, FieldError, Refusal, Throttled, TooLarge, UnsupportedMedia
from customer_auth.http import examples, request, response
from customer_auth.http.schemas.base import FormModel
from local.events import http_event
from local.routes import PARAMETER

type Json = dict[str, Any]

# The arguments of refusals that need some.
_ARGUMENTS: Mapping[type[Refusal], dict[str, Any]] = {
    Throttled: {"retry_after_seconds": 90},
    VerificationRequired: {"customer_id": examples.CUSTOMER_ID},
    CancellableDeletionPending: {"cancel_token": examples.CANCEL_TOKEN},
    RegistrationIncomplete: {"token": examples.REGISTRATION_TOKEN},
}
REQUEST_ID = "5b3fbd8f811e4225"


class Examples:
    """Composes values of schemas; `schemas` are the document's, by name."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def of(self, schema: Json, nth: int = 0, *, required_alone: bool = False) -> Any:
        """A value: the field's own example, or the nth of several. Raises: LookupError if a field has no example."""
        for known in ([schema["const"]] if "const" in schema else None, schema.get("examples"), schema.get("enum")):
            if known:
                return known[min(nth, len(known) - 1)]
        if schema.get("default") is not None:
            return schema["default"]
        if "$ref" in schema:
            return self.of(self._schemas[schema["$ref"].rpartition("/")[2]], nth, required_alone=required_alone)
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], nth)
        if schema.get("type") == "object":
            members = schema.get("properties", {})
            return {name: self.of(members[name], nth) for name in (schema.get("required", []) if required_alone else members)}
        if schema.get("type") == "array":
            return [self.of(schema["items"], nth)]
        raise LookupError(f"a field has no example: {schema}")

    def answer(self, contract: Any, schema: Json, status: int) -> Json:
        """The service's response with this status, as its event: from the first of the two examples that has this status."""
        answers = (contract.answer.model_validate_json(json.dumps(self.of(schema, nth))) for nth in (0, 1))
        return response.succeed(next(each for each in answers if each.http_status == status), contract.cache_seconds)

    def bare(self, contract: Any) -> Json:
        """A response without a model, as its event."""
        return response.succeed({}, contract.cache_seconds)


def refused(refusal: type[Refusal], route: str, body: Any) -> dict[str, Json]:
    """The service's responses to calls that it refuses for this reason, by kind."""
    if not issubclass(refusal, BadRequest):
        return {refusal.type: response.refuse(refusal(**_ARGUMENTS.get(refusal, {})), _request(route))}
    if body is None:
        name = next(iter(PARAMETER.findall(route)), "limit")  # of the path, or of the query
        refusal_of_name = BadRequest(f"{name.capitalize()} is not valid", FieldError(name, "is not valid"))
        return {"wrong": response.refuse(refusal_of_name, _request(route))}
    fields = body.model_fields.items()
    required = [info.alias or name for name, info in fields if info.is_required()]
    typed, wrong = {"content-type": body.media_type}, _wrong(body, required or [name for name, _ in fields])
    spoilt = {
        BadRequest: ({"missing": _request(route, _without_members(body), typed)} if required else {})
        | {"wrong": _request(route, wrong, typed)},
        TooLarge: {refusal.type: _request(route, b" " * 20_000, typed)},
        UnsupportedMedia: {refusal.type: _request(route, b"<phone/>", {"content-type": "text/xml"})},
    }
    if required:
        spoilt[BadRequest] = {"missing": _request(route, _without_members(body), typed)} | spoilt[BadRequest]
    return {kind: response.refuse(_refusal(spoilt_request, body), spoilt_request) for kind, spoilt_request in spoilt[refusal].items()}


def _wrong(body: Any, names: list[str]) -> bytes:
    """A body with wrong values under these names."""
    if body.media_type == "application/json":
        return json.dumps(dict.fromkeys(names, 7)).encode()
    return urlencode(dict.fromkeys(names, "\x07")).encode() if issubclass(body, FormModel) else b"\x07"


def _without_members(body: Any) -> bytes:
    """A body that says nothing."""
    return b"{}" if body.media_type == "application/json" else b""


def _request(route: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> request.Request:
    return request.Request(http_event("POST", route, headers=headers or {}, body=body, request_id=REQUEST_ID))


def _refusal(spoilt_request: request.Request, body: Any) -> Refusal:
    try:
        request.parse_body(spoilt_request, body)
    except Refusal as refusal:
        return refusal
    raise AssertionError("an invalid body was accepted")
