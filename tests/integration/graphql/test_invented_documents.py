"""Documents that a machine invents from the schema: whatever they hold, the answer is GraphQL's, and never a server error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_auth.graphql_api import schema
from tests.harness.engines import ON_MOTO
from tests.harness.graphql_clients import GraphqlClient

hypothesis_graphql = pytest.importorskip("hypothesis_graphql")
pytestmark = ON_MOTO
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def assert_answered(client: GraphqlClient, raw: bytes) -> None:
    answer = client.send(raw)
    assert answer.status in (200, 400, 413), (raw, answer.text)
    assert set(answer.body) <= {"data", "errors"}


@EXAMPLES
@given(document=hypothesis_graphql.queries(schema.SDL))
def test_no_query_is_a_server_error(guest, document):
    assert_answered(guest, json.dumps({"query": document}).encode())


@EXAMPLES
@given(document=hypothesis_graphql.mutations(schema.SDL))
def test_no_mutation_is_a_server_error(guest, document):
    assert_answered(guest, json.dumps({"query": document}).encode())


@EXAMPLES
@given(document=st.text(max_size=60) | st.text(alphabet='{}()[]:$@!|"#.,abq0 \n', max_size=60), variables=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
))  # fmt: skip
def test_nothing_that_is_sent_is_a_server_error(guest, document, variables):
    assert_answered(guest, json.dumps({"query": document, "variables": variables}).encode())
