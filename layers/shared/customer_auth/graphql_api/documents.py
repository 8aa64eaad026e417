"""Parses, bounds and validates documents. Those without string literals are cached for the next request that sends them.

A string literal may be a password or a code: such a document is not cached, and would not come again anyway.
"""

import hashlib
from collections import OrderedDict

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    Visitor,
    VisitorAction,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import BREAK

from customer_auth.base import settings
from customer_auth.base.errors import BadRequest
from customer_auth.graphql_api import bounds, faults
from customer_auth.graphql_api.faults import DocumentRefused
from customer_auth.graphql_api.schema import SCHEMA
from customer_auth.http.request import MAX_BYTES

MAX_TOKENS = 1000
MAX_CACHED = 100
_MAX_COMMENTS = 100
_MAX_ERRORS = 10
_cache: OrderedDict[bytes, DocumentNode] = OrderedDict()


def parse_document(text: str) -> DocumentNode:
    """The valid document of this text. Raises: DocumentRefused."""
    digest = hashlib.sha256(text.encode()).digest()
    document = _cache.get(digest)
    if document is not None:
        _cache.move_to_end(digest)
        return document
    document = _validated(text)
    if not _has_string(document):
        _cache[digest] = document
        if len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return document


def clear_cache() -> None:
    """Cache none any more; for tests."""
    _cache.clear()


def has_mutation(document: DocumentNode, operation_name: str | None) -> bool:
    """Whether the selected operation is a mutation."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if operation_name is None or (each.name and each.name.value == operation_name)]
    return any(each.operation is OperationType.MUTATION for each in named)


def _validated(text: str) -> DocumentNode:
    try:
        document = parse(text, max_lexical_tokens=MAX_TOKENS, max_comments=_MAX_COMMENTS, max_source_length=MAX_BYTES)
        bounds.check(document)
        errors = validate(SCHEMA, document, _rules(), max_errors=_MAX_ERRORS, hide_suggestions=hides_suggestions())
    except GraphQLError as error:
        raise DocumentRefused([faults.of(error)]) from None
    except BadRequest as refused:
        raise DocumentRefused([faults.bad_request(refused.message)]) from None
    except RecursionError:
        raise DocumentRefused([faults.bad_request("The document is nested too deeply")]) from None
    if errors:
        raise DocumentRefused([faults.of(error) for error in errors])
    return document


def hides_suggestions() -> bool:
    """Whether an error may name fields that the caller did not: where the schema may not be asked for, it may not be guessed either."""
    return not settings.service().graphql_introspection


def _rules() -> list[type]:
    return [*specified_rules, *([] if settings.service().graphql_introspection else [NoSchemaIntrospectionCustomRule])]


class _StringFinder(Visitor):
    has_string = False

    def enter_string_value(self, node: StringValueNode, *_: object) -> VisitorAction:  # noqa: ARG002 (the library's signature)
        self.has_string = True
        return BREAK


def _has_string(document: DocumentNode) -> bool:
    finder = _StringFinder()
    visit(document, finder)
    return finder.has_string
