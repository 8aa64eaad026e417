"""The API's document by itself; every test that calls the service compares the response with it."""

import json

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from customer_auth.base import errors, graphql_errors
from tests.harness import described
from tests.harness.service import routes, template

DOCUMENT = described.document()
OPERATIONS = [
    pytest.param(f"{method.upper()} {path}", operation, id=operation["operationId"])
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]


def test_it_is_valid_by_the_specification():
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_an_operation_has_the_name_of_its_function():
    operations = {operation["operationId"] for _, operation in (param.values for param in OPERATIONS)}

    graphql = {"executeGraphqlByGet", "executeGraphqlSchema"}  # the one function that has several routes
    assert operations - graphql == {
        name[0].lower() + name[1:] + ("Head" if method == "HEAD" else "") for (method, _), name in routes().items()
    }


def test_every_area_says_what_it_is():
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}

    assert set(tags) == {template().functions[name].code.name for name in routes().values()}
    assert all(tags.values())


def test_every_refusal_that_is_raised_is_described():
    described = {name.removeprefix("Login") for name in DOCUMENT["components"]["schemas"]}

    kinds = {kind for kind in _kinds(errors.Refusal) if "type" in vars(kind) and kind.__module__ != graphql_errors.__name__}
    assert {kind.__name__ for kind in kinds if kind is not errors.WrongProof} <= described  # GraphQL's errors have one schema


def _kinds(of):
    return [kind for each in of.__subclasses__() for kind in (each, *_kinds(each))]


@pytest.mark.parametrize(("route", "operation"), OPERATIONS)
def test_every_example_matches_its_schema(template_settings, route, operation):
    contents = [described.resolved(operation["requestBody"])] if "requestBody" in operation else []
    contents += [described.resolved(response) for response in operation["responses"].values()]

    for content in (content for each in contents for content in each.get("content", {}).values()):  # a 204 has no body
        assert content.get("examples") or route == "GET /openapi.json"
        for name, example in content.get("examples", {}).items():
            described.demand(f"{route}: the example {name}", json.dumps(content["schema"]), example["value"])
    for parameter in map(described.resolved, operation.get("parameters", [])):
        if "example" in parameter:
            described.demand(f"{route}: the example of {parameter['name']}", json.dumps(parameter["schema"]), parameter["example"])


@pytest.mark.parametrize(("route", "operation"), OPERATIONS)
def test_every_429_and_503_says_when_to_try_again(route, operation):
    for status in {"429", "503"} & operation["responses"].keys():
        assert "Retry-After" in described.resolved(operation["responses"][status])["headers"]


def test_every_schema_can_be_used():
    for name in DOCUMENT["components"]["schemas"]:
        described._validator(json.dumps({"$ref": f"#/components/schemas/{name}"}))
        assert jsonschema_rs.meta.is_valid(DOCUMENT["components"]["schemas"][name]), name
