"""The GraphQL endpoint: reads the event, runs the operation, and responds; every failure gets a response of GraphQL's own shape.

| the request | application/graphql-response+json | application/json |
|---|---|---|
| is not a GraphQL request: no JSON, no `query`, too large | 4xx | 4xx |
| has a document or variables that are wrong | 400 | 200 |
| was run, and a rule has refused it | 200 | 200 |
| failed in the service | 500, 503 | 500, 503 |
"""

from collections.abc import Callable
from typing import Any

from customer_auth import audit, aws
from customer_auth.base import settings
from customer_auth.base.errors import Refusal, Unavailable
from customer_auth.base.graphql_errors import MethodNotAllowed, NotAcceptable
from customer_auth.graphql_api import documents, execution, negotiation, requests
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.faults import DocumentRefused, Json
from customer_auth.graphql_api.negotiation import GRAPHQL_JSON, JSON
from customer_auth.graphql_api.schema import SDL
from customer_auth.http import failures
from customer_auth.http.request import Request, dumps

type Event = dict[str, Any]
_SCHEMA_SECONDS = 300


def endpoint(*, uses: tuple[str, ...]) -> Callable[[Event, aws.Context], Event]:
    """The Lambda handler of all three routes. `uses`: the AWS services to connect to before the first call."""
    settings.service()  # a wrong setting ends the start, and is named
    aws.warm_up(*uses)
    return _handle


def _handle(event: Event, context: aws.Context) -> Event:
    aws.begin_invocation(context)
    request = Request(event)
    if request.route.endswith("/schema"):
        return _response(200, "text/plain", SDL, {"cache-control": f"public, max-age={_SCHEMA_SECONDS}"})
    audit.begin(event="execute_graphql", request_id=request.id)
    kind = GRAPHQL_JSON
    try:
        kind = _negotiated(request)
        audit.note(bucket=request.bucket)
        return _run(request, kind)
    except DocumentRefused as refused:
        audit.end("bad_request")
        return _response(400 if kind == GRAPHQL_JSON else 200, kind, dumps({"errors": refused.errors}))
    except Exception as failure:  # noqa: BLE001 (the last line of defence: nothing internal gets out)
        return _refuse(failures.refusal_of(failure), kind, request)


def _negotiated(request: Request) -> str:
    """The kind of response that the client gets. Raises: NotAcceptable, UnsupportedMedia."""
    kind = negotiation.accepted(request)
    if request.method == "GET":
        negotiation.check_origin(request)
    return kind


def _run(request: Request, kind: str) -> Event:
    """Raises: DocumentRefused, Refusal, aws.Failed."""
    operation, context = requests.read(request), GraphqlContext.of(request)
    document = documents.parse_document(operation.query)
    negotiation.check_method(request, has_mutation=documents.has_mutation(document, operation.operation_name))
    members = execution.run(operation, document, context)
    failures.count(context.refusal)
    audit.end(context.refusal.type if context.refusal else "ok", context.refusal.reason if context.refusal else "")
    response = _response(200, kind, dumps(members), context.headers)
    return response | ({"cookies": context.cookies} if context.cookies else {})


def _refuse(refusal: Refusal, kind: str, request: Request) -> Event:
    """Errors and no data, with the type and the request's id for the operator."""
    failures.count(refusal)
    audit.end(refusal.type, refusal.reason)
    error: Json = {"message": refusal.message, "extensions": {"type": refusal.type, "request_id": request.id}}
    headers = {"retry-after": str(Unavailable.retry_after_seconds)} if isinstance(refusal, Unavailable) else {}
    headers |= {"allow": "POST"} if isinstance(refusal, MethodNotAllowed) else {}
    return _response(refusal.status, JSON if isinstance(refusal, NotAcceptable) else kind, dumps({"errors": [error]}), headers)


def _response(status: int, kind: str, text: str, headers: dict[str, str] | None = None) -> Event:
    always = {"content-type": kind, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return {"statusCode": status, "headers": always | (headers or {}), "body": text}
