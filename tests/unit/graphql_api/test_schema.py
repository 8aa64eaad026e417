"""The schema: what its file says, and where it is."""

from pathlib import Path

from graphql import build_schema

import customer_auth.graphql_api
from tests.harness.engines import ROOT

SDL = Path(customer_auth.graphql_api.__file__).with_name("schema.graphql").read_text("utf-8")
TYPES = [each for name, each in build_schema(SDL).type_map.items() if hasattr(each, "fields") and not name.startswith("__")]
FIELDS = [(f"{each.name}.{name}", field) for each in TYPES for name, field in each.fields.items()]


def test_the_schema_in_the_documents_is_the_one_that_is_served():
    assert (ROOT / "docs" / "schema.graphql").read_text("utf-8") == SDL


def test_every_type_field_and_argument_says_what_it_is():
    arguments = [(f"{name}({argument}:)", value) for name, field in FIELDS for argument, value in getattr(field, "args", {}).items()]
    things = [*((each.name, each) for each in TYPES), *FIELDS, *arguments]

    assert len(FIELDS) > 50
    assert [name for name, thing in things if not thing.description and not name.endswith("(input:)")] == []


def test_what_an_output_says_beside_success_and_message_may_be_missing():
    """A refusal has nothing else to say."""
    required = {name for name, field in FIELDS if name.split(".")[0].endswith(("Output", "Token")) and str(field.type).endswith("!")}

    assert {name.split(".")[1] for name in required} == {"success", "message", "phone_verified", "customer_updated", "result"}
