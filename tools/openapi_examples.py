"""Examples for the OpenAPI document: bodies and responses are composed of their fields' examples, refusals come from the service itself."""

import json
from collections.abc import Mapping
from typing import Any

from customer_auth.base.account_errors import CancellableDeletionPending, RegistrationIncomplete, VerificationRequired
from customer_auth.base.errors import BadRequest, FieldError, Refusal, Throttled, TooLarge, UnsupportedMedia
from customer_auth.http import endpoint, examples, request
from local.events import http_event
from local.routes import PARAMETER

type Json = dict[str, Any]

# The members with which a refusal is created.
_TOLD: Mapping[type[Refusal], dict[str, Any]] = {
    Throttled: {"retry_after_seconds": 90},
    VerificationRequired: {"customer_id": examples.CUSTOMER_ID},
    CancellableDeletionPending: {"cancel_token": examples.CANCEL_TOKEN},
    RegistrationIncomplete: {"token": examples.REGISTRATION_TOKEN},
}
_JSON = {"content-type": "application/json"}
REQUEST_ID = "5b3fbd8f811e4225"


class Examples:
    """Composes example values of schemas; `schemas` are those of the document, by name."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def of(self, schema: Json, nth: int = 0, *, required_alone: bool = False) -> Any:
        """An example value: the field's own example, or the nth of several. Raises: LookupError (there is no example)."""
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
        """The service's response with this status, as an event: the first of two examples that has the status."""
        responses = (contract.answer.model_validate_json(json.dumps(self.of(schema, nth))) for nth in (0, 1))
        return endpoint.answered(next(each for each in responses if each.http_status == status), contract.cache_seconds)

    def bare(self, contract: Any) -> Json:
        """A response without a model, as an event."""
        return endpoint.answered({}, contract.cache_seconds)


def refused(refusal: type[Refusal], route: str, body: Any) -> dict[str, Json]:
    """The service's responses for a refusal, by the name of the example."""
    if not issubclass(refusal, BadRequest):
        return {refusal.type: endpoint.refused(refusal(**_TOLD.get(refusal, {})), _asked(route))}
    if body is None:
        name = next(iter(PARAMETER.findall(route)), "limit")  # of the path, or of the query
        return {"wrong": endpoint.refused(BadRequest(f"{name.capitalize()} is not valid", FieldError(name, "is not valid")), _asked(route))}
    fields = body.model_fields.items()
    required = [info.alias or name for name, info in fields if info.is_required()]
    wrong = json.dumps(dict.fromkeys(required or [name for name, _ in fields], 7)).encode()
    spoilt = {
        BadRequest: ({"missing": _asked(route, b"{}", _JSON)} if required else {}) | {"wrong": _asked(route, wrong, _JSON)},
        TooLarge: {refusal.type: _asked(route, b" " * 20_000, _JSON)},
        UnsupportedMedia: {refusal.type: _asked(route, b"<phone/>", {"content-type": "text/xml"})},
    }
    return {kind: endpoint.refused(_refusal(http_request, body), http_request) for kind, http_request in spoilt[refusal].items()}


def _asked(route: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> request.Request:
    return request.Request(http_event("POST", route, headers=headers or {}, body=body, request_id=REQUEST_ID))


def _refusal(http_request: request.Request, body: Any) -> Refusal:
    try:
        request.body(http_request, body)
    except Refusal as refusal:
        return refusal
    raise AssertionError("a spoilt body was taken")
