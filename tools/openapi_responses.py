"""The responses in the OpenAPI document: all that a status can mean, with the headers and bodies that the service sends."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from customer_auth.base.errors import BadRequest, Refusal
from local import gateway
from local.routes import PARAMETER
from tools.openapi_examples import Examples, Json, refused

SCHEMA = "#/components/schemas/{model}"
GATEWAY_ANSWERS = (gateway.TOO_LONG, gateway.message(429, "Too Many Requests"), gateway.BROKEN, gateway.TOO_SLOW)
GATEWAY_ERROR: Json = {
    "type": "object",
    "description": "Born in the gateway: its own throttle, a body over 10 MB, a function that crashed or took too long.",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
    "additionalProperties": False,
}
FIELD_ERROR: Json = {
    "type": "object",
    "description": "What is wrong with one field; never its value.",
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
    "required": ["field", "message"],
    "additionalProperties": False,
}
HEADERS = {
    "cache-control": "Whether the answer may be kept.",
    "retry-after": "Seconds until the call may succeed; the gateway's own answers have none.",
    "x-content-type-options": "The body is what its type says.",
    "location": "Where the browser goes on.",
}


class DocumentedResponse(NamedTuple):
    """One possible response: the schema of its body, its meaning, and examples by name, as events."""

    schema: Json
    meaning: str
    events: Mapping[str, Json]


class Responses:
    """Creates responses. Error schemas are added to `schemas`, and what operations have in common to `shared` and `headers`."""

    def __init__(self, schemas: dict[str, Json], references: Mapping[Any, str]) -> None:
        self._schemas, self._references = schemas, references
        self._examples = Examples(schemas)
        self.shared: dict[str, Json] = {}
        self.headers: dict[str, Json] = {}
        schemas |= {"GatewayError": GATEWAY_ERROR, "FieldError": FIELD_ERROR}

    def of(self, path: str, contract: Any) -> Json:
        """The responses of an operation, by status."""
        statuses = {*_statuses(contract), *(refusal.status for refusal in contract.refusals)}
        return {str(status): self._response(path, contract, status) for status in sorted(statuses)}

    def of_head(self, path: str, contract: Any) -> Json:
        """The responses to HEAD, which have no bodies."""
        return {status: self._bodiless(response) for status, response in self.of(path, contract).items()}

    def _bodiless(self, response: Json) -> Json:
        resolved = self.shared[named(response)] if "$ref" in response else response
        return {name: part for name, part in resolved.items() if name != "content"}

    def _response(self, path: str, contract: Any, status: int) -> Json:
        answers = [*self._answer(contract, status)]
        refusals = [refusal for refusal in contract.refusals if refusal.status == status]
        outcomes = [*answers, *(self._refusal(refusal, path, contract) for refusal in refusals)]
        born_in_gateway = [*_gateways(status)]
        response = self._merged(outcomes, born_in_gateway)
        if answers:
            return response
        name = "Or".join(named(outcome.schema) for outcome in outcomes)
        if BadRequest in refusals:  # its examples name fields of this body, or the parameter of this path
            name += "Of" + self._of_what(path, contract)
        self.shared[name] = response
        return {"$ref": f"#/components/responses/{name}"}

    def _of_what(self, path: str, contract: Any) -> str:
        """Where a bad request has its fault: in a body, a query string or a path parameter."""
        model = contract.body or contract.query
        return named({"$ref": self._references[model]}) if model else PARAMETER.findall(path)[0].capitalize()

    def _answer(self, contract: Any, status: int) -> Iterator[DocumentedResponse]:
        if status not in _statuses(contract):
            return
        if contract.answer is None:
            yield DocumentedResponse({"type": "object"}, "This document.", {"": self._examples.bare(contract)})
            return
        schema = {"$ref": self._references[contract.answer]}
        yield DocumentedResponse(schema, contract.answer.__doc__, {"answer": self._examples.answer(contract, schema, status)})

    def _refusal(self, refusal: type[Refusal], path: str, contract: Any) -> DocumentedResponse:
        events = refused(refusal, path, contract.body)
        bodies = [json.loads(event["body"]) for event in events.values()]
        coded = "errorCode" in bodies[0]
        name = ("Login" if coded else "") + refusal.__name__
        self._schemas[name] = _error_schema(refusal, bodies)
        return DocumentedResponse({"$ref": SCHEMA.format(model=name)}, f"`{refusal.type}`: {_line(refusal)}", events)

    def _merged(self, outcomes: list[DocumentedResponse], born_in_gateway: list[DocumentedResponse]) -> Json:
        all_ = [*outcomes, *born_in_gateway]
        schemas = [outcome.schema for outcome in all_]
        content: Json = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
        bodies = [event["body"] for outcome in all_ for event in outcome.events.values()]
        examples = {
            name: {"value": json.loads(event["body"] or "{}")} for outcome in all_ for name, event in outcome.events.items() if name
        }
        [headers] = {json.dumps(event["headers"]) for outcome in outcomes for event in outcome.events.values()}
        named = {name.title(): value for name, value in json.loads(headers).items() if name in HEADERS}
        return {
            "description": " ".join(outcome.meaning for outcome in all_),
            "headers": {name: self._header(name, value, always=not born_in_gateway) for name, value in named.items()},
        } | ({"content": {"application/json": content | ({"examples": examples} if examples else {})}} if any(bodies) else {})

    def _header(self, name: str, value: str, *, always: bool) -> Json:
        schema: Json = {"type": "string", "const": value}
        if value.isdecimal():
            schema = {"type": "integer", "minimum": 1, "examples": [int(value)]}
        elif name == "Location":
            schema = {"type": "string", "examples": [value]}
        header = {"description": HEADERS[name.lower()], "required": always, "schema": schema}
        key = name.replace("-", "") + ("" if always else "UnlessOfGateway")
        known = self.headers.setdefault(key, header)
        return {"$ref": f"#/components/headers/{key}"} if header == known or value.isdecimal() else header


def named(reference: Json) -> str:
    """The name of the component that is referred to."""
    return str(reference["$ref"]).rpartition("/")[2]


def _statuses(contract: Any) -> tuple[int, ...]:
    return contract.answer.http_statuses if contract.answer else (HTTPStatus.OK,)


def _gateways(status: int) -> Iterator[DocumentedResponse]:
    for answer in GATEWAY_ANSWERS:
        if answer.status == status:
            event = {"headers": {}, "body": answer.body.decode()}
            yield DocumentedResponse({"$ref": SCHEMA.format(model="GatewayError")}, "Or the gateway's own.", {"gateway": event})


def _error_schema(refusal: type[Refusal], bodies: list[Json]) -> Json:
    """The schema of a refusal: members that all its bodies have are required, and its type, success and codes are fixed."""
    kinds: Json = {
        "success": {"type": "boolean", "const": False},
        "type": {"type": "string", "const": refusal.type},
        "message": {"type": "string", "description": "For people."},
        "request_id": {"type": "string", "description": "The operator's way to the call."},
        "errors": {"type": "array", "items": {"$ref": SCHEMA.format(model="FieldError")}, "minItems": 1},
        "customer_id": {"type": "string", "pattern": "^cus_[0-9a-v]{24}$"},
        "cancel_token": {"type": "string", "description": "For POST /store/customers/account-deletion/cancel-confirm, alone."},
        "token": {"type": "string", "description": "A registration's, for POST /store/customers."},
        "errorCode": {"type": "string", "enum": sorted({body.get("errorCode", "") for body in bodies})},
    }
    return {
        "type": "object",
        "description": _line(refusal),
        "properties": {name: kinds[name] for name in bodies[0]},
        "required": [*bodies[0]],
        "additionalProperties": False,
    }


def _line(refusal: type[Refusal]) -> str:
    return (refusal.__doc__ or "").strip().splitlines()[0]
