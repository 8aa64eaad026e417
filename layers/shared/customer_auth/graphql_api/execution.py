"""Runs one operation. What a rule refuses is in the data; what fails in the service ends the whole request."""

from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, execute, get_operation_ast

from customer_auth import aws
from customer_auth.base.errors import Refusal
from customer_auth.graphql_api import documents, faults
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.faults import DocumentRefused, Json
from customer_auth.graphql_api.outcomes import FAILURES, message
from customer_auth.graphql_api.requests import GraphqlRequest
from customer_auth.graphql_api.schema import SCHEMA

_UNKNOWN_OPERATION = "The document has no such operation; if it has several, one must be named"


def run(request: GraphqlRequest, document: DocumentNode, context: GraphqlContext) -> Json:
    """The response's members. Raises: DocumentRefused; aws.Failed, Unavailable, Internal and whatever else a resolver fails with."""
    if get_operation_ast(document, request.operation_name) is None:
        raise DocumentRefused([faults.bad_request(_UNKNOWN_OPERATION)])
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
        _judge(error, context)
    if result.data is None and not any(error.path for error in errors):  # nothing was run
        raise DocumentRefused([faults.of(error) for error in errors])
    return {"data": result.data} | ({"errors": [_of_field(error) for error in errors]} if errors else {})


def _judge(error: GraphQLError, context: GraphqlContext) -> None:
    """Note the refusal of a field. Raises: what a resolver has failed with, if that is no refusal."""
    cause = error.original_error
    if isinstance(cause, (aws.Failed, *FAILURES)) or (cause is not None and not isinstance(cause, (Refusal, GraphQLError))):
        raise cause
    if isinstance(cause, Refusal):
        context.refuse(cause)


def _of_field(error: GraphQLError) -> dict[str, Any]:
    """A field that was refused: why, and where it is."""
    refusal = error.original_error
    if not isinstance(refusal, Refusal):
        return faults.of(error)
    return {"message": message(refusal), "locations": faults.locations(error), "path": error.path, "extensions": {"type": refusal.type}}
