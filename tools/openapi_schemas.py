"""The schemas of the OpenAPI document, as pydantic writes them for the models that the endpoints declare."""

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from tools.openapi_examples import Json
from tools.openapi_responses import SCHEMA

# An optional member that is empty counts as absent, like one that is null.
EMPTY = {"type": "string", "pattern": "^[ \\t\\r\\n]*$"}


class Schemas(GenerateJsonSchema):
    """Request bodies may have further members, responses may not."""

    def model_schema(self, schema: Any) -> Json:
        json_schema = super().model_schema(schema)
        if self.mode == "serialization":
            return json_schema | {"additionalProperties": False}
        for name, member in json_schema.get("properties", {}).items():
            if name not in json_schema.get("required", ()) and {"type": "null"} in member.get("anyOf", ()):
                member["anyOf"].append(EMPTY)
        return json_schema

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 (pydantic's signature)
        return self.mode == "serialization" or super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (pydantic's signature)
        return False


def schemas_of(contracts: Iterable[Any]) -> tuple[dict[str, Json], dict[Any, str]]:
    """The schemas by name, and the reference to its schema for each model of the contracts."""
    needed = {(model, mode) for each in contracts for model, mode in _models(each) if model}
    models: list[Any] = sorted(needed, key=lambda pair: (pair[0].__module__, pair[0].__name__))
    schemas, definitions = models_json_schema(models, ref_template=SCHEMA, schema_generator=Schemas)
    return definitions["$defs"], {model: schema["$ref"] for (model, _), schema in schemas.items()}


def _models(contract: Any) -> tuple[tuple[Any, str], ...]:
    return (contract.body, "validation"), (contract.query, "validation"), (contract.answer, "serialization")
