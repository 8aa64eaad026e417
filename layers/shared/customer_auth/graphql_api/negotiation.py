"""What a response is sent as, and which requests a page of another site cannot make (GraphQL over HTTP, draft, §5 and §6).

A browser sends JSON, or a header that is not among the few simple ones, to another site only if that site allows it (Fetch §3.2).
"""

import re

from customer_auth.base.errors import UnsupportedMedia
from customer_auth.base.graphql_errors import MethodNotAllowed, NotAcceptable
from customer_auth.graphql_api.context import DEVICE_HEADER, SESSION_HEADER
from customer_auth.http.request import Request

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
# The kinds that a response may be sent as, the preferred one first, with the ranges that each is in.
_KINDS = {GRAPHQL_JSON: (GRAPHQL_JSON, "application/*", "*/*"), JSON: (JSON, "application/*", "*/*")}
_NOT_SIMPLE = (SESSION_HEADER, DEVICE_HEADER, "authorization", "x-requested-with")
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def accepted(request: Request) -> str:
    """The kind of response that the client prefers (RFC 9110 §12.5.1). Raises: NotAcceptable."""
    accept = request.header("accept")
    if not accept or not accept.strip():
        return GRAPHQL_JSON
    weights = dict(map(_weighted, accept.split(",")))
    by_kind = {kind: next((weights[each] for each in ranges if each in weights), 0.0) for kind, ranges in _KINDS.items()}
    best = max(by_kind, key=lambda kind: by_kind[kind])  # of equals the first
    if not by_kind[best]:
        raise NotAcceptable
    return best


def _weighted(media_range: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in media_range.split(";"))
    weights = [match[1] for match in map(_WEIGHT.fullmatch, parameters) if match]
    return name.lower(), float(weights[0]) if weights else 1.0


def check_origin(request: Request) -> None:
    """Raises: UnsupportedMedia for a GET that a page of another site could have made."""
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type != JSON and not any(request.header(name) for name in _NOT_SIMPLE):
        raise UnsupportedMedia("Send the content type application/json, or the header X-Requested-With")


def check_method(request: Request, *, has_mutation: bool) -> None:
    """Raises: MethodNotAllowed for a mutation by GET."""
    if request.method == "GET" and has_mutation:
        raise MethodNotAllowed
