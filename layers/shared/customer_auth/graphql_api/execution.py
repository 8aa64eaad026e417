"""Runs one operation. What a rule refuses is in the data; what fails in the service ends the whole request."""

from typing import Any

from graphql import ExecutionResult, GraphQLError, execute

from customer_auth import aws
from customer_auth.base.errors import Refusal
from customer_auth.graphql_api import documents, faults
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.faults import DocumentRefused, Json
from customer_auth.graphql_api.outcomes import UNREFUSABLE, message
from customer_auth.graphql_api.requests import GraphqlRequest
from customer_auth.graphql_api.schema import SCHEMA

_UNKNOWN_OPERATION = "The document has no such operation; if it has several, one must be named"


def run(request: GraphqlRequest, context: GraphqlContext) -> Json:
    """The response's members. Raises: DocumentRefused; aws.Failed, Unavailable, Internal and whatever else a resolver fails with."""
    document = documents.read(request.query)
    result = execute(
        SCHEMA,
        document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        hide_suggestions=documents.hides_suggestions(),
    )
    if not isinstance(result, ExecutionResult):  # no resolver is asynchronous
        raise TypeError
    errors = result.errors or []
    for error in errors:
        _raise_if_failed(error)
    if result.data is None and not any(error.path for error in errors):  # nothing was run
        raise DocumentRefused([_of_request(error) for error in errors])
    return {"data": result.data} | ({"errors": [_of_field(error) for error in errors]} if errors else {})


def _raise_if_failed(error: GraphQLError) -> None:
    """Raises: what a resolver has failed with, if that is no refusal."""
    cause = error.original_error
    if isinstance(cause, (aws.Failed, *UNREFUSABLE)) or (cause is not None and not isinstance(cause, (Refusal, GraphQLError))):
        raise cause


def _of_request(error: GraphQLError) -> Json:
    return faults.bad_request(_UNKNOWN_OPERATION) if "operation" in error.message and not error.nodes else faults.of(error)


def _of_field(error: GraphQLError) -> dict[str, Any]:
    """A field that was refused: why, and where it is."""
    refusal = error.original_error
    if not isinstance(refusal, Refusal):
        return faults.of(error)
    places = [{"line": each.line, "column": each.column} for each in error.locations or ()]
    return {"message": message(refusal), "locations": places, "path": error.path, "extensions": {"type": refusal.type}}
