"""Errors of a document or its variables, in words that repeat none of the caller's values; codes and passwords are among those.

The library's messages do repeat them. They are kept where they are about names; what they say about a value is replaced.
"""

import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError, ObjectFieldNode, ValueNode, VariableNode

from customer_auth.base import settings
from customer_auth.base.errors import BadRequest

type Json = dict[str, Any]

# How messages of the library begin; of what follows there, nothing is repeated.
_LIMITED = re.compile(r"Syntax Error: (?:Document|Source) contains more than \d+ [a-z ]+")
_MISSING = re.compile(
    r"(?:Variable '\$\w+' has invalid value(?: at [.\w\[\]]+)?: )?Expected value of type '\w+' to include required field '(\w+)'"
)
_OF_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid (?:default )?value(?: at ([.\w\[\]]+))?:")


class DocumentRefused(Exception):
    """A document, or its variables, that are wrong; `errors` as the response has them."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__()
        self.errors = errors


def bad_request(message: str, error: GraphQLError | None = None) -> Json:
    """An error of the request, where the document has it."""
    places = locations(error) if error else []
    return {"message": message} | ({"locations": places} if places else {}) | {"extensions": {"type": BadRequest.type}}


def locations(error: GraphQLError) -> list[Json]:
    """Where in the document an error is."""
    return [{"line": each.line, "column": each.column} for each in error.locations or ()]


def of(error: GraphQLError) -> Json:
    """An error of parsing, validating or reading the variables."""
    return bad_request(_message(error), error)


def _message(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        limited = _LIMITED.match(error.message)
        return limited[0].removeprefix("Syntax Error: ") if limited else "The document is not GraphQL"
    if missing := _MISSING.match(error.message):
        return f"{missing[1]} is required"
    if variable := _OF_VARIABLE.match(error.message):
        place = f"${variable[1]}{variable[2] or ''}"
        return f"Variable {place} does not have the type that is expected"
    if any(isinstance(node, (ValueNode, ObjectFieldNode)) and not isinstance(node, VariableNode) for node in error.nodes or ()):
        return "A value does not have the type that is expected here"
    return error.message if settings.service().graphql_introspection else error.message.partition(" Did you mean")[0]
