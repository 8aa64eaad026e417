"""A GraphQL request: its document, which operation of it is meant, and the variables (GraphQL over HTTP, draft, §5)."""

import json
from typing import Any, NamedTuple

from customer_auth.base.errors import BadRequest, FieldError, TooLarge
from customer_auth.http.request import MAX_BYTES, Request


class GraphqlRequest(NamedTuple):
    """What a client sends."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


def read(request: Request) -> GraphqlRequest:
    """The request, from the body or, by GET, from the query string. Raises: BadRequest, TooLarge, UnsupportedMedia."""
    members = _members_of_query(request) if request.method == "GET" else _json(request.text("application/json"), "body")
    if not isinstance(members, dict):
        raise _wrong("body", "must be a JSON object")
    query, name, variables = (members.get(each) for each in ("query", "operationName", "variables"))
    if not isinstance(query, str) or not query.strip():
        raise _wrong("query", "is required" if query in (None, "") or isinstance(query, str) else "must be text")
    if name is not None and not isinstance(name, str):
        raise _wrong("operationName", "must be text")
    for each in ("variables", "extensions"):
        if not isinstance(members.get(each) or {}, dict) or members.get(each) in (0, False, "", []):
            raise _wrong(each, "must be an object")
    return GraphqlRequest(_readable("query", query), name or None, variables or {})


def _members_of_query(request: Request) -> dict[str, Any]:
    if sum(map(len, request.query.values())) > MAX_BYTES:
        raise TooLarge("The query string must be at most 10 KB", FieldError("query", "must be at most 10 KB"))
    members: dict[str, Any] = {name: value for name, value in request.query.items() if value}
    return members | {name: _json(members[name], name) for name in ("variables", "extensions") if name in members}


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(name, "must be JSON") from None


def _readable(name: str, text: str) -> str:
    """The text, if it can be encoded: lone surrogates are no characters. Raises: BadRequest."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _wrong(name, "must be UTF-8") from None
    return text


def _wrong(name: str, message: str) -> BadRequest:
    return BadRequest(f"{name} {message}" if name != "body" else f"The body {message}", FieldError(name, message))
