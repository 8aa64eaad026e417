"""Writes the OpenAPI document (3.1) from what the endpoints declare and the template routes; `--check` only says whether it is as written.

Each handler carries its contract (body, answer, statuses), the template its method and path: nothing of the API is listed here.
"""

import importlib.util
import json
import os
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from local.template import Function, Template

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "functions" / "discovery" / "openapi.json"
REFERENCE = "#/components/schemas/{model}"
RETRIED = (429, 503)

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Random. The same proof with the same key within 2 minutes gets the same outcome, however the first answer was lost.",
    "schema": {"type": "string", "minLength": 16, "maxLength": 64, "pattern": r"^[\x21-\x7e]+$"},
}


class FieldError(BaseModel):
    """What is wrong with one field; never its value."""

    field: str
    message: str


class Error(BaseModel):
    """The one shape of every error."""

    success: bool = Field(default=False, json_schema_extra={"const": False})
    type: str = Field(description="Stable; what programs look at.", examples=["bad_request"])
    message: str = Field(description="For people.")
    request_id: str
    errors: list[FieldError] | None = Field(default=None, description="With 400: each field that is wrong.")
    error_code: str | None = Field(default=None, alias="errorCode", description="Under /login alone.", examples=["E061102"])


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    template = Template.load(ROOT / "template.yaml")
    os.environ |= {name: str(value) for name, value in template.settings.items()}  # the handlers' settings, as they are by default
    contracts = {name: _contract(function) for name, function in template.functions.items() if function.routes}
    bodies = {contract.body for contract in contracts.values() if contract.body}
    answers = {contract.answer for contract in contracts.values() if contract.answer}
    asked: list[tuple[Any, Any]] = [(model, "validation") for model in bodies]
    asked += [(model, "serialization") for model in answers | {Error}]
    asked.sort(key=lambda pair: (pair[0].__module__, pair[0].__name__))
    schemas, definitions = models_json_schema(asked, ref_template=REFERENCE)
    references = {model: schema["$ref"] for (model, _), schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for name, contract in contracts.items():
        function = template.functions[name]
        for route in function.routes:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(name, function.code.name, contract, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "customer-auth", "version": "1", "description": "Sign-up, sign-in and sessions of a shop's customers."},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"customer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _contract(function: Function) -> Any:
    """What an endpoint declares, from its file alone."""
    path = function.code / f"{function.handler.module}.py"
    name = f"{function.code.name}_{function.handler.module}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic looks for the names in the models' annotations
    spec.loader.exec_module(module)
    return getattr(module, function.handler.attribute).contract


def _operation(name: str, area: str, contract: Any, references: dict[Any, str]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": name[0].lower() + name[1:], "tags": [area], "summary": _sentence(contract.purpose)}
    if contract.takes_key:
        operation["parameters"] = [KEY]
    if contract.body:
        operation["requestBody"] = {"required": True, "content": _json({"$ref": references[contract.body]})}
    if contract.caller:
        operation["security"] = [{"customer": []}]
    told = {"$ref": references[contract.answer]} if contract.answer else {"type": "object"}
    responses = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _json(told)}
        for status in (contract.answer.http_statuses if contract.answer else (200,))
    }
    for refusal in contract.refusals:
        responses.setdefault(str(refusal.status), _refusal(refusal, references[Error]))
    return operation | {"responses": dict(sorted(responses.items()))}


def _refusal(refusal: Any, reference: str) -> dict[str, Any]:
    response: dict[str, Any] = {"description": f"`{refusal.type}`", "content": _json({"$ref": reference})}
    if refusal.status in RETRIED:
        response["headers"] = {"Retry-After": {"description": "Seconds until it may succeed.", "schema": {"type": "integer", "minimum": 1}}}
    return response


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _sentence(purpose: str) -> str:
    return purpose[0].upper() + purpose[1:].rstrip(".")


def main() -> int:
    """Write the document, or compare it."""
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        if DOCUMENT.read_text(encoding="utf-8") == text:
            return 0
        print("functions/discovery/openapi.json is not what the endpoints declare: make openapi")
        return 1
    DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
