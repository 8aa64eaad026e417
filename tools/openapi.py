"""Writes the OpenAPI document (3.1) from the endpoints and the template's routes; `--check` only reports whether it is up to date.

Each handler declares its contract (body, response, refusals), the template its method, path and area, the models their fields and examples,
the errors their meaning, and the gateway its own responses. Nothing of the API is listed here.
"""

import importlib.util
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.routes import PARAMETER
from local.template import Function, Route, Template
from tools import openapi_graphql
from tools.openapi_components import PARAMETERS, SECURITY
from tools.openapi_examples import Examples, Json
from tools.openapi_responses import SCHEMA, Responses, named
from tools.openapi_schemas import schemas_of

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "functions" / "discovery" / "openapi.json"
GRAPHQL_PURPOSE = "Runs a GraphQL operation"
_NAMED = re.compile(SCHEMA.format(model=r"(\w+)"))


class Document:
    """Collects the parts of the document."""

    def __init__(self, template: Template) -> None:
        self._functions = {name: function for name, function in template.functions.items() if function.routes}
        os.environ |= {name: str(value) for name, value in template.settings.items()}  # the default settings, for the handlers
        handlers = {name: _handler(function) for name, function in self._functions.items()}
        self._contracts = {name: handler.contract for name, handler in handlers.items() if hasattr(handler, "contract")}
        self._schemas, self._references = schemas_of(self._contracts.values())
        self._schemas |= openapi_graphql.SCHEMAS
        self._examples = Examples(self._schemas)
        self._responses = Responses(self._schemas, self._references)
        self._bodies: dict[str, Json] = {}
        self._parameters: dict[str, Json] = {**PARAMETERS}

    def json(self) -> Json:
        """The whole document."""
        paths: dict[str, Json] = {}
        for name, function in self._functions.items():
            graphql = {} if name in self._contracts else openapi_graphql.operations(name=_operation_id(name), purpose=GRAPHQL_PURPOSE)
            for route in function.routes:
                method = route.method.lower()
                paths.setdefault(route.path, {})[method] = graphql.get((route.path, method)) or self._operation(name, route)
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        document: Json = {
            "openapi": "3.1.0",
            "info": {"title": _title(project), "version": project["version"], "description": project["description"] + "."},
            "servers": [{"url": "/", "description": "Where this document comes from."}],
            "tags": list(self._tags()),
            "paths": paths,
            "components": {
                "schemas": {},
                "responses": dict(sorted(self._responses.shared.items())),
                "headers": self._responses.headers,
                "requestBodies": dict(sorted(self._bodies.items())),
                "parameters": self._parameters,
                "securitySchemes": SECURITY,
            },
        }
        document["components"]["schemas"] = {name: self._schemas[name] for name in sorted(self._named_in(document))}
        return document

    def _named_in(self, part: Json) -> set[str]:
        """The schemas that a part refers to, directly or indirectly."""
        named = set(_NAMED.findall(json.dumps(part)))
        return named.union(*(self._named_in(self._schemas[name]) for name in named))

    def _tags(self) -> Iterator[Json]:
        """A tag for each area, described by its banner in the template."""
        banners = re.findall(r"# ── (\w+)/: (.*?) ─", (ROOT / "template.yaml").read_text(encoding="utf-8"))
        areas = {function.code.name for function in self._functions.values()}
        return ({"name": area, "description": _sentence(text)} for area, text in banners if area in areas)

    def _operation(self, name: str, route: Route) -> Json:
        contract, is_head = self._contracts[name], route.method == "HEAD"
        operation: Json = {
            "operationId": _operation_id(name) + ("Head" if is_head else ""),
            "tags": [self._functions[name].code.name],
            "summary": _sentence(contract.purpose),
            "security": [
                *([{}] if contract.caller_optional else []),
                *({name: []} for name, needed in ((contract.bearer, contract.caller), ("storefront", contract.publishable)) if needed),
            ],
        }
        parameters = [*map(self._path_parameter, PARAMETER.findall(route.path))]
        parameters += [{"$ref": "#/components/parameters/IdempotencyKey"}] if contract.takes_key else []
        parameters += self._query_parameters(contract.query) if contract.query else []
        if contract.body:
            parameters += [{"$ref": "#/components/parameters/AcceptLanguage"}] if "locale" in contract.body.model_fields else []
            parameters += self._members_in_query(contract.body)
            operation["requestBody"] = self._request(contract, route.method)
        if parameters:
            operation["parameters"] = parameters
        responses = self._responses.of_head if is_head else self._responses.of
        return operation | {"responses": responses(route.path, contract)}

    def _query_parameters(self, query: Any) -> list[Json]:
        return [{"name": name, "in": "query", "schema": member} for name, member in self._members(query).items()]

    def _members_in_query(self, body: Any) -> list[Json]:
        """Query parameters for members that the body may omit if they are in the query string, where none is null."""
        members, references = self._members(body), []
        for name in body.in_query:
            schema = next(each for each in members[name]["anyOf"] if each != {"type": "null"})
            key = f"{name.title().replace('_', '')}InQuery"
            self._parameters[key] = {"name": name, "in": "query", "description": "Where the body does not have it.", "schema": schema}
            references.append({"$ref": f"#/components/parameters/{key}"})
        return references

    def _members(self, model: Any) -> Json:
        members: Json = self._schemas[named({"$ref": self._references[model]})]["properties"]
        return members

    def _path_parameter(self, name: str) -> Json:
        """A path parameter, with the schema for its name."""
        return {"name": name, "in": "path", "required": True, "schema": {"$ref": SCHEMA.format(model=name.capitalize())}}

    def _request(self, contract: Any, method: str) -> Json:
        reference = {"$ref": self._references[contract.body]}
        least, all_ = (self._examples.of(reference, required_alone=alone) for alone in (True, False))
        examples = {"least": {"value": least}} | ({"all": {"value": all_}} if all_ != least else {})
        for example in examples.values():
            contract.body.model_validate_json(json.dumps(example["value"]))
        name = named(reference)
        required = method != "POST" or self._demands(contract.body)
        content = contract.body.described({"schema": reference, "examples": examples})
        self._bodies[name] = {"required": required, "content": {contract.body.media_type: content}}
        return {"$ref": f"#/components/requestBodies/{name}"}

    def _demands(self, body: Any) -> bool:
        """Whether the model requires a member, or one of several."""
        schema = self._schemas[named({"$ref": self._references[body]})]
        return bool(schema.get("required")) or (not body.in_query and not schema.keys().isdisjoint(("anyOf", "oneOf")))


def _operation_id(name: str) -> str:
    return name[0].lower() + name[1:]


def _handler(function: Function) -> Any:
    """The handler of an endpoint's file, with the contract that it declares; GraphQL's declares none."""
    path = function.code / f"{function.handler.module}.py"
    name = f"{function.code.name}_{function.handler.module}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic resolves the names in annotations
    spec.loader.exec_module(module)
    return getattr(module, function.handler.attribute)


def _title(project: Json) -> str:
    """The project's name and description."""
    purpose = project["description"].partition(",")[0]
    return f"{project['name']}: {purpose[0].lower()}{purpose[1:]}"


def _sentence(purpose: str) -> str:
    return purpose[0].upper() + purpose[1:].rstrip(".")


def _written(value: Json, levels: int) -> str:
    """Compact JSON in which the members of the outermost `levels` of objects are on lines of their own."""
    if not levels or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "{\n" + ",\n".join(f"{json.dumps(name)}:{_written(each, levels - 1)}" for name, each in value.items()) + "\n}"


def main() -> int:
    """Write the document, or compare it."""
    document = Document(Template.of_service()).json()
    text = _written(document, 3) + "\n"  # a line for each operation and component, and small enough to ship
    if "--check" in sys.argv[1:]:
        if DOCUMENT.read_text(encoding="utf-8") == text:
            return 0
        print("functions/discovery/openapi.json is not what the endpoints declare: make openapi")
        return 1
    DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
